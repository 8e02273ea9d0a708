package referrals

import (
	"context"
	"strconv"
	"strings"

	"nysreferral/workflow"
)

// useSafeWay is said to a recipient whose last try was not safe.
const useSafeWay = "The last try went by a way that the referral does not call safe, and OTDA was told. Read again how the person may be reached, and use that way only."

// safeTry reports whether what was logged with the act keeps to what the
// referral says of how the person may be reached. An act that tells no way does.
func (x *passing) safeTry() bool {
	if x.deed.How == "" || x.h.route.Kind == workflow.KindOTDA {
		return true
	}
	try := workflow.Try{How: string(x.deed.How), LeftMessage: x.deed.Result == "left_a_message", Reached: x.step.Do != workflow.Attempt}
	return workflow.SafeTry(try, x.f.reaching())
}

// tryStill leaves the clock of the next try running after one that was not
// permitted, with what the recipient must heed; where none runs, one begins.
func (x *passing) tryStill(ctx context.Context) error {
	if err := x.f.readTasks(ctx, x.tx); err != nil {
		return err
	}
	if next := x.f.openTask(x.h.N, workflow.TaskTry); next != nil {
		return x.s.reword(ctx, x.tx, x.f, next, useSafeWay)
	}
	return x.s.addTasks(ctx, x.tx, x.f, newTask{kind: workflow.TaskTry, agency: x.who.Agency, handover: x.h.N, say: useSafeWay})
}

// alarm has OTDA look at a try that was not safe, at once. The try itself stays
// in the log: it happened, and what is refused is never told. The task is the
// referral's and not the hand-over's, so that giving the hand-over back does not
// end it. While it is open each further try that is not safe is told by a mail of
// its own, and stands in the same task: it may be of another recipient, who puts
// the person in danger anew.
//
// Law: 28 CFR 94.115; 34 USC 12291(b)(2).
func (x *passing) alarm(ctx context.Context) error {
	if x.safeTry() {
		return nil
	}
	x.f.alarmed = true
	if err := x.f.readTasks(ctx, x.tx); err != nil {
		return err
	}
	say := "Hand-over " + strconv.Itoa(x.h.N) + ", " + x.h.name() + "; the way: " + string(label("how", string(x.deed.How))) + "."
	if err := x.unsafeTold(ctx, say); err != nil {
		return err
	}
	return x.mail(ctx, Mail{Duty: workflow.Program, What: mailDue})
}

// unsafeTold gives OTDA the task, or adds to the words of the one that is open:
// each recipient and way once.
func (x *passing) unsafeTold(ctx context.Context, say string) error {
	open := x.f.openTask(0, workflow.TaskUnsafe)
	switch {
	case open == nil:
		return x.s.addTasks(ctx, x.tx, x.f, newTask{kind: workflow.TaskUnsafe, say: say})
	case strings.Contains(open.about.Say, say):
		return nil
	}
	return x.s.reword(ctx, x.tx, x.f, open, open.about.Say+" "+say)
}
