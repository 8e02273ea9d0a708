package referrals

import (
	"context"
	"strconv"

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

// alarm has OTDA look at a try that was not safe, at once. The try itself stays
// in the log: it happened, and what is refused is never told. The task is the
// referral's and not the hand-over's, so that giving the hand-over back does not
// end it.
//
// Law: 28 CFR 94.115; 34 USC 12291(b)(2).
func (x *passing) alarm(ctx context.Context) error {
	if x.safeTry() {
		return nil
	}
	if err := x.f.readTasks(ctx, x.tx); err != nil || x.f.openTask(0, workflow.TaskUnsafe) != nil {
		return err
	}
	say := "Hand-over " + strconv.Itoa(x.h.N) + ", " + x.h.name() + "; the way: " + string(label("how", string(x.deed.How))) + "."
	if err := x.s.addTasks(ctx, x.tx, x.f, newTask{kind: workflow.TaskUnsafe, say: say}); err != nil {
		return err
	}
	return x.mail(ctx, Mail{Duty: workflow.Program, What: mailDue})
}
