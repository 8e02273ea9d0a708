package referrals

import (
	"context"
	"fmt"
	"time"

	"nysreferral/ent"
	"nysreferral/forms"
	"nysreferral/jobs"
	"nysreferral/workflow"
)

// moveDue is move, and moves what is due with it: the clock of the determination
// runs on until due, and keeps what was due before. A due date that is the same, or nil, moves nothing.
func (x *act) moveDue(ctx context.Context, due *time.Time, set func(*ent.ReferralUpdate)) error {
	moves := due != nil && (x.f.row.DueAt == nil || !due.Equal(*x.f.row.DueAt))
	err := x.move(ctx, func(up *ent.ReferralUpdate) {
		if moves {
			up.SetDueAt(*due)
		}
		if set != nil {
			set(up)
		}
	})
	if err != nil || !moves {
		return err
	}
	for _, kind := range readings { // they are due with the determination
		if err := x.moveOpen(ctx, kind, *due); err != nil {
			return err
		}
	}
	if x.f.openTask(0, workflow.TaskDetermination) != nil {
		return x.moveOpen(ctx, workflow.TaskDetermination, *due)
	}
	return x.s.addTasks(ctx, x.tx, x.f, newTask{kind: workflow.TaskDetermination, due: *due})
}

// moveOpen moves an open task of the referral, if there is one of that kind.
func (x *act) moveOpen(ctx context.Context, kind string, due time.Time) error {
	if err := x.f.readTasks(ctx, x.tx); err != nil {
		return err
	}
	t := x.f.openTask(0, kind)
	if t == nil {
		return nil
	}
	return x.s.moveTask(ctx, x.tx, x.f, t, due, x.whyMoved(), x.held())
}

// whyMoved is why what is due moves, as it stands beside the clock.
func (x *act) whyMoved() string {
	switch x.step.Do {
	case workflow.Extend:
		return string(x.deed.Reason)
	case workflow.Ask:
		return "The clock stands still until the question is answered."
	}
	return "The clock goes on."
}

// held is the pause that begins with a question, nil for what is none.
func (x *act) held() *Held {
	if x.step.Do != workflow.Ask {
		return nil
	}
	return &Held{From: x.s.now(), Until: x.s.closing(x.deed.AnswerBy), Why: "A question was asked."}
}

// extend gives more time, until a business day. What was due before stays with
// it, and the referrer is told that something changed.
//
// Law: 9 NYCRR 6174.3(c): good cause, after consulting OTDA.
func extend(ctx context.Context, x *act) error {
	if err := x.s.workingDay("until", x.deed.Until); err != nil {
		return err
	}
	until := x.s.closing(x.deed.Until)
	if x.f.row.DueAt != nil {
		before := *x.f.row.DueAt
		days, _ := x.s.Calendar.Left(before, until)
		if !until.After(before) || days == 0 { // no more time than there was
			return forms.Problems{{ID: "until", Field: "until", Message: "The new due date must lie after the one that stands now."}}
		}
		x.deed.DueBefore, x.deed.Days = forms.At(before), forms.Of(days)
	}
	x.deed.DueAfter = forms.At(until)
	if err := x.moveDue(ctx, &until, nil); err != nil {
		return err
	}
	return x.mail(ctx, Mail{User: x.f.row.AuthorID, What: MailChanged})
}

// reopen starts the clock of the determination anew, because of new facts, in
// words and as a new version of the answers, or because of an appeal. The
// determination that was made stays on the record.
//
// Law: 18 NYCRR 765.1.
func reopen(ctx context.Context, x *act) error {
	before := x.f.answers
	set, err := x.retell(ctx)
	if err != nil {
		return err
	}
	now := x.s.now()
	count, err := x.s.counting(ctx, x.tx, x.f)
	if err != nil {
		return err
	}
	due, routed := count.due(workflow.ClockDetermination, now), count.due(workflow.ClockNotice, now)
	err = x.move(ctx, func(up *ent.ReferralUpdate) {
		up.ClearDecidedAt().ClearAssignedID().SetDueAt(due).SetRouteDueAt(routed)
		if set != nil {
			set(up)
		}
	})
	if err != nil {
		return err
	}
	if err := x.s.endTasks(ctx, x.tx, x.f, x.who, workflow.TaskAppeal); err != nil {
		return err
	}
	err = x.s.addTasks(ctx, x.tx, x.f, newTask{kind: workflow.TaskDetermination, due: due}, newTask{kind: workflow.TaskNotice, due: routed})
	if err != nil {
		return err
	}
	if err := x.told(ctx, before); err != nil {
		return err
	}
	mails := []jobs.Args{Mail{Duty: workflow.Reviewer, What: "waiting"}, Mail{Duty: workflow.Director, What: "waiting"}}
	if x.who.ID != x.f.row.AuthorID {
		mails = append(mails, Mail{User: x.f.row.AuthorID, What: MailChanged})
	}
	return x.mail(ctx, mails...)
}

// daysAfter is close of business of the n-th business day after what was due.
func (s *Service) daysAfter(due time.Time, n int) time.Time {
	if n <= 0 {
		return due
	}
	return s.Calendar.Due(due, n)
}

// farthest is how many days ahead a day may lie until which something is asked for:
// no year that was mistyped stops a clock for good. More can be asked for then.
const farthest = 90

// workingDay says what is wrong with a day until which something is asked for:
// it is over, too far away, or nobody works on it.
func (s *Service) workingDay(field string, day forms.Date) error {
	bad := func(say string) error { return forms.Problems{{ID: field, Field: field, Message: say}} }
	until := s.closing(day)
	switch {
	case !until.After(s.now()):
		return bad("This day is over. Choose a later one.")
	case s.Calendar.DaysBetween(s.now(), until) > farthest:
		return bad(fmt.Sprintf("This day is more than %d days away. Choose an earlier one; if more time is needed, ask for it again then.", farthest))
	case !s.Calendar.BusinessDay(until):
		next := s.Calendar.Due(until, 1)
		return bad(fmt.Sprintf("%s is no business day. Choose another one, for example %s.", longDay(until), longDay(next)))
	}
	return nil
}

// longDay writes the day of t as people say it: "Thursday, November 12".
func longDay(t time.Time) string { return t.In(newYork).Format("Monday, January 2") }
