package referrals

import (
	"context"

	"nysreferral/forms"
	"nysreferral/workflow"
)

// gridOf is the grid of elements as it was assessed last.
func (x *act) gridOf() workflow.Grid {
	r := x.s.review(x.f)
	return workflow.Grid{Action: string(r.Action.Finding), Means: string(r.Means.Finding), Purpose: string(r.Purpose.Finding), Minor: string(r.Minor.Finding)}
}

// declineFits refuses a reason that the grid of elements contradicts.
func (x *act) declineFits() error {
	say := workflow.ReasonMisfit(string(x.deed.ReasonCode), x.gridOf())
	if agreed := x.f.agreedReason(); say == "" && agreed != "" && agreed != x.deed.ReasonCode {
		say = "The second reader agreed to decline for another reason: " + string(forms.FormOf(string(workflow.Decline)).Field("reasonCategory").LabelOf(string(agreed))) +
			". Choose that one; or have a reviewer recommend to decline for this reason, and a colleague read it anew."
	}
	if say == "" {
		return nil
	}
	return forms.Problems{{ID: "reasonCategory", Field: "reasonCategory", Message: say}}
}

// agreedReason is the category of the recommendation that the second reader of
// this round agreed to; "" where there was none to agree to.
func (f *file) agreedReason() forms.ReasonCode {
	var advised, agreed forms.ReasonCode
	for _, e := range f.entries {
		switch workflow.Action(e.Action) {
		case workflow.Recommend:
			advised = e.deed.ReasonCode // none of one to confirm
		case workflow.Second:
			agreed = advised
		case workflow.Assess, workflow.Disagree, workflow.Confirm, workflow.Decline:
			advised, agreed = "", ""
		}
	}
	return agreed
}

// confirmFits refuses bases that do not go with the type, the age or the grid.
func (x *act) confirmFits() error {
	grid, field := x.gridOf(), forms.FormOf(string(workflow.Confirm)).Field("bases")
	keys := make([]string, len(x.deed.Bases))
	for i, b := range x.deed.Bases {
		keys[i] = string(b)
		if say := workflow.BasisMisfit(keys[i], string(x.deed.Confirmed), grid); say != "" {
			return forms.Problems{{ID: "bases", Field: "bases", Message: field.LabelOf(keys[i]) + ": " + say}}
		}
	}
	if say := workflow.BasesMissing(keys, string(x.deed.Confirmed)); say != "" {
		return forms.Problems{{ID: "bases", Field: "bases", Message: say}}
	}
	return nil
}

// recommend keeps what the reviewer proposes. To decline wants its reason, of the
// list and in plain words, for whoever reads it second; so does what goes against
// the grid.
func recommend(ctx context.Context, x *act) error {
	if err := x.adviceFits().Err(); err != nil {
		return err
	}
	if err := tell(Mail{Duty: workflow.Director, What: "waiting"})(ctx, x); err != nil {
		return err
	}
	return x.wantSecond(ctx)
}

// adviceFits is what stands against a recommendation. One to confirm has no reason
// of a decline.
func (x *act) adviceFits() forms.Problems {
	grid, say, out := x.gridOf(), "", forms.Problems{}
	decline := x.deed.Advice == "decline"
	if !decline {
		x.deed.ReasonCode = ""
	}
	switch {
	case decline && x.deed.ReasonCode == "":
		out = append(out, forms.Problem{ID: "reasonCategory", Field: "reasonCategory", Message: "Choose why you recommend to decline. The second reader reads it."})
	case decline:
		if misfit := workflow.ReasonMisfit(string(x.deed.ReasonCode), grid); misfit != "" {
			out = append(out, forms.Problem{ID: "reasonCategory", Field: "reasonCategory", Message: misfit})
		}
	}
	switch {
	case x.deed.Reason != "":
	case decline && x.s.circumstances(x.f, nil).DisagreedBy != 0:
		say = "A second reader disagreed with a decline. Write why you recommend to decline all the same."
	case decline && grid.Shown():
		say = "The grid says that every element is shown. Write why you recommend to decline all the same."
	case decline:
		say = "Write in plain words why you recommend to decline. The second reader and the director read it."
	case x.deed.Advice == "confirm" && grid.Lacks():
		say = "The grid says that an element is not shown. Write why you recommend to confirm all the same."
	}
	if say != "" {
		out = append(out, forms.Problem{ID: "reason", Field: "reason", Message: say})
	}
	return out
}

// readings are the tasks of a second reading: to read, and to weigh what was
// read. A new grid or a new recommendation ends them.
var readings = []string{workflow.TaskSecond, workflow.TaskContested}

// wantSecond asks colleagues for a second reader of a decline that was
// recommended, until the decision is due; any other recommendation asks nobody.
func (x *act) wantSecond(ctx context.Context) error {
	if err := x.s.endTasks(ctx, x.tx, x.f, x.who, readings...); err != nil || x.deed.Advice != "decline" || x.f.row.DueAt == nil {
		return err
	}
	if err := x.s.addTasks(ctx, x.tx, x.f, newTask{kind: workflow.TaskSecond, due: *x.f.row.DueAt}); err != nil {
		return err
	}
	return x.mail(ctx, Mail{Duty: workflow.Reviewer, What: "waiting"})
}

// second keeps that a second reader agrees, and asks no more colleagues.
func second(ctx context.Context, x *act) error {
	if err := tell(Mail{Duty: workflow.Director, What: "waiting"})(ctx, x); err != nil {
		return err
	}
	return x.s.endTasks(ctx, x.tx, x.f, x.who, workflow.TaskSecond)
}

// disagree keeps why a second reader does not agree to a decline. Then nobody
// can sign one until it was weighed anew; a director is asked to, the clock of
// the determination runs on, and whoever holds the referral hears of it.
func disagree(ctx context.Context, x *act) error {
	if err := tell(Mail{Duty: workflow.Director, What: "waiting"})(ctx, x); err != nil {
		return err
	}
	if held := x.f.row.AssignedID; held != nil && *held != x.who.ID {
		if err := x.mail(ctx, Mail{User: *held, What: "waiting"}); err != nil {
			return err
		}
	}
	if err := x.s.endTasks(ctx, x.tx, x.f, x.who, readings...); err != nil || x.f.row.DueAt == nil {
		return err
	}
	return x.s.addTasks(ctx, x.tx, x.f, newTask{kind: workflow.TaskContested, due: *x.f.row.DueAt})
}

// reading is the task that the second reading of a decline wants as it stands, ""
// for none: somebody agreed.
func reading(c workflow.Circumstances) string {
	switch {
	case c.DisagreedBy != 0:
		return workflow.TaskContested
	case c.SecondBy != 0:
		return ""
	}
	return workflow.TaskSecond
}

// readAnew asks for what the second reading wants now that somebody left the
// referral, or came back, with what was said of it: was is what it wanted before.
// The word of whoever left asks nobody else to read, so that it is asked here.
func (x *act) readAnew(ctx context.Context, was string) error {
	f, want := x.f, reading(x.s.circumstances(x.f, nil))
	if want == was || f.row.DueAt == nil || f.status() != workflow.InReview && f.status() != workflow.Asked {
		return nil
	}
	if err := x.s.endTasks(ctx, x.tx, f, x.who, readings...); err != nil || want == "" {
		return err
	}
	if err := x.s.addTasks(ctx, x.tx, f, newTask{kind: want, due: *f.row.DueAt}); err != nil {
		return err
	}
	kind, _ := workflow.TaskOf(want)
	return x.mail(ctx, Mail{Duty: kind.For, What: "waiting"})
}
