package handlers

import (
	"errors"
	"strconv"
	"strings"

	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

// asksOf is what is asked when a task is marked done: which of several things it
// was, where the kind knows more than one, and a note that stays on the record.
func asksOf(t referrals.Task) []web.Field {
	id := strconv.Itoa(t.ID)
	note := web.Field{Kind: web.KindProse, ID: "note-" + id, Name: web.InputNote, Label: "What was done?", Hint: "Stays on the record. No names are needed.", Max: 2000, Rows: 2}
	kind, _ := workflow.TaskOf(t.Kind)
	if len(kind.Begins) == 0 {
		return []web.Field{note}
	}
	way := web.Field{Kind: web.KindChoice, ID: "way-" + id, Name: web.InputWay, Label: "Which of the two was it?"}
	for _, one := range kind.Begins {
		way.Options = append(way.Options, web.Option{Code: one, Label: one})
	}
	note.Label = "How do you know?"
	return []web.Field{way, note}
}

// doneAgain is a task that could not be marked done, with what was typed.
type doneAgain struct {
	task, way, note string
	bad             forms.Problems
}

// into puts what was typed back into its form, and says whether there was such.
func (b *doneAgain) into(v *web.StateTasks) bool {
	if b == nil {
		return false
	}
	for _, g := range v.Groups {
		for _, t := range g.Tasks {
			if t.Done == nil || t.Done.Task != b.task {
				continue
			}
			t.Done.Open = true
			for i := range t.Done.Asks {
				f := &t.Done.Asks[i]
				f.Value = map[string]string{web.InputWay: b.way, web.InputNote: b.note}[f.Name]
				if f.Error = b.bad.Of(f.Name); f.Error != "" {
					v.Problems = append(v.Problems, web.Problem{ID: f.ID, Text: f.Error})
				}
			}
		}
	}
	return true
}

// taskDone marks a task done, with a note that stays on the record.
func (s *server) taskDone(c *call) error {
	b := doneAgain{task: c.form().Get(web.InputTask), way: c.form().Get(web.InputWay), note: clean(c.form().Get(web.InputNote))}
	id, err := strconv.Atoi(b.task)
	if err != nil {
		return fault.Absent()
	}
	words := b.note
	if b.way != "" {
		words = strings.TrimSpace(b.way + " " + b.note)
	}
	err = s.Referrals.Done(c.ctx(), c.who, id, words)
	if errors.As(err, &b.bad) {
		return s.drawTasks(c, &b)
	}
	if err != nil {
		return err
	}
	c.flash(web.BoxSuccess, "Done, and written on the record.")
	return c.to(tasksPath)
}
