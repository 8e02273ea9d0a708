package referrals

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/predicate"
	"nysreferral/ent/task"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/seal"
	"nysreferral/workflow"
)

// Task is one thing that somebody must do by a time: a clock that runs, or ran.
type Task struct {
	ID        int
	Reference string
	N         int // number of the hand-over
	Kind      string
	Name      string        // of its clock
	Counts    string        // how its clock counts, in words: "24 hours, counted day and night"
	Words     string        // what is to be done
	Short     string        // the same in a few words
	For       workflow.Duty // whose it is
	Whose     string        // the same in words: an office, or who holds the referral
	Contact   string        // key of the directory's line that needs verification
	ByHand    bool          // whoever's it is marks it done; the others end with the act that they ask for
	Law       string
	Standing  workflow.Standing
	CreatedAt time.Time // its clock began
	SoonAt    time.Time // it turns due soon; zero: never
	DueAt     time.Time
	DoneAt    time.Time
	Was       []Moved // due dates that it had before, the first one first
	Held      []Held  // pauses
	Count     int     // how long there is, in the unit of its clock; 0: at once, or until a day that was named
	Beside    []int   // of one to stop: own hand-overs of the same referral that go on
	Waits     string  // in a list of the State: for whom it waits, where the reader cannot do it yet

	referral int // row of the referral, and how it stands
	status   workflow.Status
}

// mostTasks is how many tasks a list holds, besides those to stop with a
// hand-over, and how many are read at once.
const mostTasks = 500

// Tasks returns what who has to do: the hand-overs to stop with, all of them, and
// then the next due first; with done, also what was done in the last 30 days. It
// is the first page of TaskPage, as long as one can be. Those without tasks get
// none.
func (s *Service) Tasks(ctx context.Context, who workflow.Actor, done bool) ([]Task, error) {
	page, err := s.TaskPage(ctx, who, TaskFilter{All: done, Size: mostTasks})
	return page.Tasks, err
}

// Watched returns what others have to do and who looks after, as Tasks does.
func (s *Service) Watched(ctx context.Context, who workflow.Actor) ([]Task, error) {
	page, err := s.TaskPage(ctx, who, TaskFilter{Others: true, Size: mostTasks})
	return page.Tasks, err
}

// tasksFor is a list of tasks without its line in the log.
func (s *Service) tasksFor(ctx context.Context, tx *ent.Tx, who workflow.Actor, where []predicate.Task) ([]Task, error) {
	page, err := s.pageOfTasks(ctx, tx, who, where, TaskFilter{Size: mostTasks})
	return page.Tasks, err
}

// pageOfTasks is a page of a list of tasks without its line in the log.
func (s *Service) pageOfTasks(ctx context.Context, tx *ent.Tx, who workflow.Actor, where []predicate.Task, filter TaskFilter) (TaskPage, error) {
	if where == nil {
		return TaskPage{}, nil
	}
	rows, next, err := s.taskRows(ctx, tx, who, where, filter)
	if err != nil {
		return TaskPage{}, err
	}
	if rows, err = s.dangerAhead(ctx, tx, who, where, filter, rows); err != nil {
		return TaskPage{}, err
	}
	referrals := make([]*ent.Referral, len(rows))
	for i, row := range rows {
		referrals[i] = row.Edges.Referral
	}
	unseen, err := s.unseen(ctx, tx, who, referrals)
	if err != nil {
		return TaskPage{}, err
	}
	out, err := s.stoppedFor(ctx, tx, who)
	if err != nil {
		return TaskPage{}, err
	}
	first := map[int]bool{}
	for _, t := range out {
		first[t.ID] = true
	}
	if filter.Cursor != "" || filter.Done {
		out = nil // they stand on the first page
	}
	for _, row := range rows {
		if first[row.ID] || row.ReferralID != nil && unseen[*row.ReferralID] {
			continue
		}
		t, ok, err := s.seenTask(ctx, tx, who, row)
		if err != nil {
			return TaskPage{}, err
		}
		if ok {
			out = append(out, t)
		}
	}
	if err := s.addWaits(ctx, tx, who, out); err != nil {
		return TaskPage{}, err
	}
	return TaskPage{Tasks: out, Next: next}, nil
}

// seenTask is a task as who may see it in a list now, and whether who does.
func (s *Service) seenTask(ctx context.Context, tx *ent.Tx, who workflow.Actor, row *ent.Task) (Task, bool, error) {
	r := row.Edges.Referral
	if r == nil {
		return Task{}, false, nil
	}
	if len(r.DataKey) == 0 {
		return s.lastStop(row), row.DoneAt == nil && workflow.Duty(row.Duty) == workflow.Recipient, nil
	}
	one := running{row: row}
	if err := s.openAt(r, row.Sealed, taskAt(r.Ref, row.CreatedAt), &one.about); err != nil {
		return Task{}, false, err
	}
	kind, _ := workflow.TaskOf(one.about.Kind)
	out := s.task(r.Ref, one)
	out.referral, out.status = r.ID, workflow.Status(r.Status)
	if kind.Quiet && out.Standing == workflow.Runs {
		return Task{}, false, nil
	}
	if r.Edges.Assigned != nil && kind.For == workflow.Reviewer {
		out.Whose = r.Edges.Assigned.Name
	}
	if who.Duty != workflow.Referrer && who.Duty != workflow.Recipient {
		return out, true, nil
	}
	if kind.Key == workflow.TaskBring && who.Duty == workflow.Referrer {
		out.Was, out.Held = nil, nil // that the person waits is for who was told
	}
	if kind.Beyond { // it says that the hand-over is seen no more
		return out, true, s.besideStop(ctx, tx, who, &out)
	}
	ok, err := s.ownTask(ctx, tx, who, r, &out)
	return out, ok, err
}

// ownTask reports whether a task concerns a referral that its referrer sees,
// or a hand-over that its recipient sees now. A provider reads with whom the
// person is to be brought together; police do not, for it would tell where
// the person is.
func (s *Service) ownTask(ctx context.Context, tx *ent.Tx, who workflow.Actor, r *ent.Referral, t *Task) (bool, error) {
	out := true
	if who.Duty == workflow.Referrer {
		out = workflow.Owns(who, workflow.Circumstances{AgencyID: r.AgencyID, AuthorID: r.AuthorID})
		if t.Kind != workflow.TaskBring || !out || !learnsRecipient(who) {
			return out, nil
		}
	}
	f, err := s.open(ctx, tx, t.Reference)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	h := f.handover(t.N)
	switch {
	case h == nil:
		return false, nil
	case who.Duty == workflow.Recipient:
		return workflow.Look(who, f.status(), s.circumstances(f, h)) != workflow.Nothing, nil
	}
	t.Words = nobodyReached(h.name())
	return true, nil
}

// nobodyReached asks a provider that referred to bring the person together with
// a recipient.
func nobodyReached(recipient string) string {
	return "Nobody has reached the person yet. Can you bring the person together with " + recipient + ", in the way that is safe for the person?"
}

// mine are the tasks of an actor: the duty's, and for those outside the State
// the agency's.
func mine(who workflow.Actor) []predicate.Task {
	if !workflow.Fits(who.Duty, who.Side) {
		return nil
	}
	switch who.Duty {
	case workflow.Reviewer:
		return []predicate.Task{task.Duty(string(workflow.Reviewer))}
	case workflow.Director:
		return []predicate.Task{task.DutyIn(string(workflow.Reviewer), string(workflow.Director))}
	case workflow.Program:
		return []predicate.Task{task.Duty(string(workflow.Program))}
	case workflow.Referrer, workflow.Recipient:
		return []predicate.Task{task.Duty(string(who.Duty)), task.AgencyID(who.Agency)}
	}
	return nil
}

// offices are whose a task is, in words.
var offices = map[workflow.Duty]string{
	workflow.Referrer: "The referrer", workflow.Reviewer: "DCJS", workflow.Director: "DCJS", workflow.Program: "OTDA", workflow.Recipient: "The recipient",
}

// task is one running clock as it stands now.
func (s *Service) task(ref string, one running) Task {
	row, a := one.row, one.about
	kind, _ := workflow.TaskOf(a.Kind)
	clock, _ := workflow.ClockOf(kind.Clock)
	t := Task{ID: row.ID, Reference: ref, N: row.Handover, Kind: a.Kind, Name: clock.Name, Counts: clock.Counted(a.Count), Words: kind.Say, Short: kind.Short,
		For: workflow.Duty(row.Duty), Whose: offices[workflow.Duty(row.Duty)], ByHand: kind.ByHand, Law: clock.Law,
		Standing: one.standing(s.now()), CreatedAt: row.CreatedAt, SoonAt: a.Soon, Was: a.Was, Held: a.Held, Count: a.Count}
	if row.DueAt != nil {
		t.DueAt = *row.DueAt
	}
	if row.DoneAt != nil {
		t.DoneAt = *row.DoneAt
	}
	if row.Edges.Contact != nil {
		t.Contact = row.Edges.Contact.Key
	}
	if kind.For == workflow.Recipient && row.Edges.Agency != nil {
		t.Whose = row.Edges.Agency.Name
	}
	if a.Say != "" {
		t.Words += " " + a.Say
	}
	if c := row.Edges.Contact; c != nil && a.Kind == workflow.TaskVerify && verified(c) && c.AgencyID == nil {
		t.Words, t.Short = NobodyReceives, "Verified, but nobody receives there"
	}
	return t
}

// clocks are the tasks of the referral that a reader sees beside it, those of
// the referral itself for n 0. The tasks must have been read.
func (s *Service) clocks(f *file, who workflow.Actor, reader forms.Reader, n int) []Task {
	var out []Task
	for _, one := range f.tasks {
		kind, _ := workflow.TaskOf(one.about.Kind)
		if one.row.Handover != n || string(who.Duty) != one.row.Duty && !strings.Contains(kind.Sees, string(reader)) {
			continue
		}
		if who.Duty == workflow.Recipient && kind.For == workflow.Recipient && (one.row.AgencyID == nil || *one.row.AgencyID != who.Agency) {
			continue
		}
		t := s.task(f.row.Ref, one)
		if reader == forms.ReadsReferrer || reader == forms.ReadsAuditor {
			t.Whose = offices[t.For] // no name of a recipient
		}
		if reader == forms.ReadsAuditor {
			t.Was, t.Held = withoutWords(t.Was), nil
		}
		if reader == forms.ReadsReferrer && n != 0 {
			t.Was, t.Held = nil, nil // that the person waits is for who was told
		}
		out = append(out, t)
	}
	return out
}

// DueBefore is when the determination was due before it was extended the last
// time; zero when it was not, or the reader may not know.
func (r Record) DueBefore() time.Time {
	for _, t := range r.Clocks {
		if n := len(t.Was); t.Kind == workflow.TaskDetermination && t.DoneAt.IsZero() && n > 0 {
			return t.Was[n-1].DueAt
		}
	}
	return time.Time{}
}

func withoutWords(list []Moved) []Moved {
	out := slices.Clone(list)
	for i := range out {
		out[i].Why = ""
	}
	return out
}

// openAt opens one sealed thing of a referral whose row is at hand.
func (s *Service) openAt(r *ent.Referral, sealed []byte, at seal.Place, into any) error {
	key, err := s.Ring.Key(r.DataKey, r.Ref)
	if err != nil {
		return fmt.Errorf("referrals: opening the key: %w", err)
	}
	text, err := key.Open(sealed, at)
	if err != nil {
		return fmt.Errorf("referrals: opening %s of a referral: %w", at.Table, err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("referrals: reading %s of a referral: %w", at.Table, err)
	}
	return nil
}

// Done marks a task done by hand, with a note that stays on the record. Where
// somebody still waits for the person to be reached, OTDA's next look begins.
// A task that ends with an act is fault.Forbidden.
func (s *Service) Done(ctx context.Context, who workflow.Actor, id int, note string) error {
	return s.do(ctx, who, string(taskEnded), "", func(ctx context.Context, tx *ent.Tx) error {
		where := mine(who)
		if where == nil || who.Duty != workflow.Program && who.Duty != workflow.Referrer {
			return fault.Absent()
		}
		row, err := tx.Task.Query().Where(append(where, task.ID(id))...).WithReferral().WithContact().Only(ctx)
		if ent.IsNotFound(err) {
			return fault.Absent()
		}
		if err != nil {
			return fmt.Errorf("referrals: reading a task: %w", err)
		}
		t, ok, err := s.seenTask(ctx, tx, who, row)
		if err != nil {
			return err
		}
		if !ok {
			return fault.Absent()
		}
		if !t.ByHand {
			return fault.New(fault.Forbidden, "This task ends with the act that it asks for. Open the referral and do it there.")
		}
		return s.taskDone(ctx, tx, who, t, note)
	})
}

// taskDone ends a task and enters on the record that it was done, with its
// note.
func (s *Service) taskDone(ctx context.Context, tx *ent.Tx, who workflow.Actor, t Task, note string) error {
	f, err := s.open(ctx, tx, t.Reference)
	if err != nil {
		return err
	}
	deed := &forms.Deed{}
	deed.Note = forms.Prose(note)
	if err := s.wordsOf(t.Kind, deed).Err(); err != nil {
		return err
	}
	act := taskEnded
	switch {
	case t.Kind == workflow.TaskReport:
		act = reportSettled
	case who.Duty == workflow.Referrer:
		act = paperHeld
	}
	if err := s.enter(ctx, tx, f, who, newEntry{action: act, handover: t.N, from: f.row.Status, to: f.row.Status, deed: deed}); err != nil {
		return err
	}
	n, err := tx.Task.Update().Where(task.ID(t.ID), task.DoneAtIsNil()).SetDoneAt(s.now()).SetDoneByID(who.ID).Save(ctx)
	if err != nil {
		return fmt.Errorf("referrals: ending a task: %w", err)
	}
	if n == 0 {
		return fault.New(fault.Conflict, "This task was done already.")
	}
	kind, _ := workflow.TaskOf(t.Kind)
	if h := f.handover(t.N); kind.Again != "" && f.status() == workflow.Confirmed && (t.N == 0 || h != nil && h.status() != workflow.HandoverClosed) {
		if err := s.addTasks(ctx, tx, f, newTask{kind: kind.Again, handover: t.N}); err != nil {
			return err
		}
	}
	if err := s.keepNext(ctx, tx, f); err != nil {
		return err
	}
	return s.record(ctx, tx, s.line(who, string(act), f.row.Ref))
}
