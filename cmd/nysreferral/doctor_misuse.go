package main

import (
	"fmt"

	"nysreferral/auth"
	"nysreferral/tallies"
)

// manyLocked is how many accounts lock within an hour when somebody tries them: one
// or two are people who forgot.
const manyLocked = 3

// misuse says whether somebody reads far more than work needs, asks for what is
// not theirs, or tries to sign in as others. It tells numbers alone: the log says
// who.
func (x *examination) misuse() {
	if x.db == nil || x.demo {
		return
	}
	n, err := tallies.Alarms(x.ctx, x.db, x.now.Add(-tallies.Hour))
	if err != nil {
		x.failed("misuse", err, "Look whether the database is migrated.")
		return
	}
	locked, err := auth.LockedLately(x.ctx, x.db, x.now)
	if err != nil {
		x.failed("misuse", err, "Look whether the database runs.")
		return
	}
	before := len(x.list)
	if n[tallies.ManyOpened] > 0 {
		x.fail("reading", fmt.Sprintf("accounts that opened more referrals in an hour than their budget: %d", n[tallies.ManyOpened]),
			"Have an auditor look in the log for lines \"over the budget of an hour\", and ask the person. An account that is not theirs any more is switched off at once.")
	}
	if n[tallies.ManyMissed] > 0 {
		x.fail("guessing", fmt.Sprintf("accounts or networks that asked again and again for what is not theirs: %d", n[tallies.ManyMissed]),
			"Have an auditor look in the log for refusals \"absent or not theirs\" and for end_guessing. References are random: nobody meets so many by mistake.")
	}
	if locked >= manyLocked || n[tallies.Sprayed] > 0 {
		x.fail("sign-in", fmt.Sprintf("in the last hour %d accounts locked, and %d times passwords were tried at many accounts", locked, n[tallies.Sprayed]),
			"Have an auditor look in the log for refused sign-ins and where they came from; passkeys and open sessions go on.")
	}
	if len(x.list) == before {
		x.fine("misuse", "nobody reads, guesses or tries too much")
	}
}
