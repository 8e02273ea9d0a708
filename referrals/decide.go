package referrals

import (
	"context"
	"slices"
	"strings"

	"nysreferral/forms"
	"nysreferral/workflow"
)

// consult records a consultation, or that one was tried and nobody was reached.
//
// Law: SSL 483-cc(b); 9 NYCRR 6174.3(b).
func consult(ctx context.Context, x *act) error {
	bad := func(field, say string) error { return forms.Problems{{ID: field, Field: field, Message: say}} }
	kind, ok := workflow.Consultation(x.who.Duty, workflow.Party(x.deed.Party))
	switch {
	case !ok:
		return bad("party", "OTDA records its own view, and the talk with the referring agency is DCJS's to record.")
	case !slices.Contains(kind.Outcomes, string(x.deed.Outcome)) && kind.With == workflow.WithOTDA && x.who.Duty != workflow.Program:
		return bad("outcome", "OTDA writes its own view. Record here only that you tried and reached nobody.")
	case !slices.Contains(kind.Outcomes, string(x.deed.Outcome)):
		return bad("outcome", "Say whether OTDA agrees, disagrees or has no view.")
	case x.deed.Outcome == workflow.Failed && x.deed.Note == "":
		return bad("note", "Say how and when you tried, and why nobody was reached. It counts only with its reason.")
	}
	x.deed.Party = forms.Party(kind.With)
	return x.move(ctx, nil)
}

// withDCJS fills in with whom OTDA spoke where OTDA does not say it: its view goes
// to DCJS, and to whoever holds the referral there.
func (x *act) withDCJS() {
	if x.who.Duty != workflow.Program || x.deed.With != "" {
		return
	}
	x.deed.With = "DCJS"
	if x.f.row.AssignedID != nil && x.f.names[*x.f.row.AssignedID] != "" {
		x.deed.With = forms.Text(x.f.names[*x.f.row.AssignedID] + ", DCJS")
	}
}

// assess keeps the grid of elements, each with the answers that show it.
//
// Law: 22 USC 7102(11); 9 NYCRR 6174.3(d).
func assess(ctx context.Context, x *act) error {
	var problems forms.Problems
	for _, line := range []struct {
		path    string
		element *forms.Element
	}{{"elementAction", &x.deed.Action}, {"elementMeans", &x.deed.Means}, {"elementPurpose", &x.deed.Purpose}, {"elementMinor", &x.deed.Minor}} {
		at := line.path + ".shownBy"
		ids, wrong := pointers(line.element.ShownBy)
		switch {
		case len(wrong) > 0:
			problems = append(problems, forms.Problem{ID: at, Field: at, Message: "The form has no answer " + strings.Join(wrong, ", ") + ". Give letters and numbers as they stand beside the answers."})
		case line.element.Finding == "shown" && len(ids) == 0:
			problems = append(problems, forms.Problem{ID: at, Field: at, Message: "Say which answers show it."})
		}
		line.element.ShownBy = forms.Text(strings.Join(ids, " "))
	}
	if err := problems.Err(); err != nil {
		return err
	}
	if err := x.move(ctx, nil); err != nil {
		return err
	}
	return x.s.endTasks(ctx, x.tx, x.f, x.who, readings...) // a new grid is recommended on anew
}

// pointers returns the ids of answers that a text names, and what in it is none.
func pointers(text forms.Text) (ids, wrong []string) {
	for _, id := range forms.Pointed(string(text)) {
		f := forms.Questions.ByID(id)
		if f == nil || !readsAny(f) {
			wrong = append(wrong, id)
			continue
		}
		ids = append(ids, f.ID)
	}
	return ids, wrong
}

// readsAny reports whether reviewers read f.
func readsAny(f *forms.Field) bool {
	_, ok := f.Sees[forms.ReadsReviewer]
	return ok
}

// stamp keeps with a determination by which rules and on which answers it was
// made.
func (x *act) stamp() {
	x.deed.Rules, x.deed.Version = forms.Text(workflow.RulesVersion()), forms.Of(x.f.version)
}

// OtherHelp is what stands in a decline when the director writes nothing else:
// a decline never ends with nothing.
const OtherHelp = "Help does not depend on this decision. The National Human Trafficking Hotline, 1-888-373-7888, is open day and night in many languages and knows programs near the person. " +
	"Shelters, legal aid, health care and crime victim services are open to the person as before. In danger call 911."

// decline decides, with what other help there is and until when an appeal can be
// made.
//
// Law: 18 NYCRR 765.1.
func decline(ctx context.Context, x *act) error {
	if err := x.declineFits(); err != nil {
		return err
	}
	if x.deed.OtherHelp == "" {
		x.deed.OtherHelp = OtherHelp
	}
	until, err := x.due(ctx, workflow.ClockAppeal, x.s.now())
	if err != nil {
		return err
	}
	x.deed.AppealUntil = forms.At(until)
	if err := decide(ctx, x); err != nil {
		return err
	}
	return x.s.addTasks(ctx, x.tx, x.f, newTask{kind: workflow.TaskAppeal, agency: x.f.row.AgencyID, due: until})
}
