package referrals

import (
	"context"
	"fmt"
	"slices"
	"time"

	"nysreferral/ent"
	"nysreferral/forms"
	"nysreferral/jobs"
	"nysreferral/workflow"
)

// ask puts a question to the referrer, pinned to questions of the form, with a
// day by which the answer is asked for.
//
// Law: SSL 483-cc(b): in consultation with the referring agency.
func ask(ctx context.Context, x *act) error {
	var err error
	if x.deed.About, err = pinned(x.deed.About); err != nil {
		return err
	}
	due, err := x.answerDue(ctx)
	if err != nil {
		return err
	}
	until := x.f.row.DueAt
	if x.deed.Pause {
		if until, err = x.pause(due); err != nil {
			return err
		}
	}
	if err := x.moveDue(ctx, until, nil); err != nil {
		return err
	}
	task := newTask{kind: workflow.TaskAnswer, agency: x.f.row.AgencyID, due: due}
	if err := x.s.addTasks(ctx, x.tx, x.f, task); err != nil {
		return err
	}
	return x.mail(ctx, x.author())
}

// answerDue is when the answer is due: at close of business of the day that was
// asked for, or when the clock of an answer runs out. The day is kept with the
// question.
func (x *act) answerDue(ctx context.Context) (time.Time, error) {
	if x.deed.AnswerBy == "" {
		due, err := x.due(ctx, workflow.ClockAnswer, x.s.now())
		if err != nil {
			return time.Time{}, err
		}
		x.deed.AnswerBy = forms.DateOf(due)
		return due, nil
	}
	return x.s.closing(x.deed.AnswerBy), x.s.workingDay("answerBy", x.deed.AnswerBy)
}

// answer adds what the referrer answers to the record, in words and as a new
// version of the answers that the question was pinned to.
func answer(ctx context.Context, x *act) error {
	before := x.f.answers
	set, err := x.retell(ctx)
	if err != nil {
		return err
	}
	if !x.said(x.deed.Answer) {
		return nothingSaid(workflow.Answer, "answer")
	}
	if err := x.moveDue(ctx, x.resume(), set); err != nil {
		return err
	}
	if err := x.s.endTasks(ctx, x.tx, x.f, x.who, workflow.TaskAnswer); err != nil {
		return err
	}
	if err := x.told(ctx, before); err != nil {
		return err
	}
	return x.mail(ctx, x.holder())
}

// take makes the actor the one who holds the referral. From a question it goes
// on without the answer.
func take(ctx context.Context, x *act) error {
	due := x.f.row.DueAt
	if x.step.From == workflow.Asked {
		due = x.resume()
	}
	if err := x.moveDue(ctx, due, func(up *ent.ReferralUpdate) { up.SetAssignedID(x.who.ID) }); err != nil || x.step.From != workflow.Asked {
		return err
	}
	return x.s.endTasks(ctx, x.tx, x.f, x.who, workflow.TaskAnswer)
}

// add adds facts to the record, in words and as a new version of the answers.
func add(ctx context.Context, x *act) error {
	before := x.f.answers
	set, err := x.retell(ctx)
	if err != nil {
		return err
	}
	if !x.said(x.deed.Facts) {
		return nothingSaid(workflow.Add, "facts")
	}
	if err := x.move(ctx, set); err != nil {
		return err
	}
	if err := x.told(ctx, before); err != nil {
		return err
	}
	mails := []jobs.Args{x.holder()}
	if x.f.status() == workflow.Confirmed {
		mails = append(mails, Mail{Duty: workflow.Program, What: "waiting"})
	}
	return x.mail(ctx, mails...)
}

// holder is a mail to the reviewer who holds the referral, or to all.
func (x *act) holder() Mail {
	if x.f.row.AssignedID == nil {
		return Mail{Duty: workflow.Reviewer, What: "waiting"}
	}
	return Mail{User: *x.f.row.AssignedID, What: "waiting"}
}

// pause stops the clock of the determination for the question, where the State
// chose that a question may: it goes on when the answer is there, at the latest
// when it is due. It returns when the determination is due then; both due dates
// stay with the question.
//
// Law: workflow.LawPause.
func (x *act) pause(answer time.Time) (*time.Time, error) {
	bad := func(field, say string) error { return forms.Problems{{ID: field, Field: field, Message: say}} }
	most := x.s.Options.QuestionPause
	if most <= 0 {
		return nil, bad("pause", "A question does not stop the clock of the determination. Leave this empty, or extend the time for good cause.")
	}
	days, _ := x.s.Calendar.Left(x.s.now(), answer)
	if days > most {
		return nil, bad("answerBy", fmt.Sprintf("The clock may stand still for %d business days at most. Choose an earlier day.", most))
	}
	until := x.s.daysAfter(*x.f.row.DueAt, days)
	x.deed.DueBefore, x.deed.DueAfter = forms.At(*x.f.row.DueAt), forms.At(until)
	return &until, nil
}

// resume ends the pause of the last question, if there was one, and returns when
// the determination is due: the business days for which the clock stood still
// are added to what was due without it. More time that was given meanwhile stays.
func (x *act) resume() *time.Time {
	asked := x.f.lastAsk()
	if asked < 0 || !bool(x.f.entries[asked].deed.Pause) {
		return x.f.row.DueAt
	}
	question := x.f.entries[asked]
	before, err := time.Parse(time.RFC3339, string(question.deed.DueBefore))
	if err != nil {
		return x.f.row.DueAt
	}
	until := x.s.now()
	if due := x.s.closing(question.deed.AnswerBy); until.After(due) {
		until = due
	}
	days, _ := x.s.Calendar.Left(question.At, until)
	after := x.s.daysAfter(before, days)
	if slices.ContainsFunc(x.f.entries[asked:], func(e happened) bool { return workflow.Action(e.Action) == workflow.Extend }) {
		after = *x.f.row.DueAt
	}
	x.deed.DueBefore, x.deed.DueAfter = forms.At(before), forms.At(after)
	return &after
}

// lastAsk is where the last question stands in the entries, or -1.
func (f *file) lastAsk() int {
	for i, e := range slices.Backward(f.entries) {
		if workflow.Action(e.Action) == workflow.Ask {
			return i
		}
	}
	return -1
}

// asked is the last question as it was asked.
func (f *file) asked() forms.Deed {
	if i := f.lastAsk(); i >= 0 {
		return f.entries[i].deed
	}
	return forms.Deed{}
}
