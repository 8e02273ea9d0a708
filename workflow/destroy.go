package workflow

// A DestroyReason is why the key of a referral may be destroyed.
type DestroyReason struct {
	Code string // as the log and the ledger hold it
	Says string // for whoever chooses it
	Law  string
}

// DestroyReasons is every reason. What is not listed is refused.
var DestroyReasons = []DestroyReason{
	{"retention", "as the State's schedule of retention asks", lawRetention},
	{"withdrawn", "because the person withdrew and asks for it", "28 CFR 94.115; 34 USC 12291(b)(2): what is held rests on the person's release"},
	{"court", "as a court ordered", "procedure: the order is kept by the State's counsel"},
}

// destroyable are the statuses in which nobody works on a referral any more. A
// draft is discarded by its author.
var destroyable = []Status{Withdrawn, Closed}

// destroyers are the duties of which two persons destroy together.
var destroyers = []Duty{Director, Program}

// Destroy returns the reason of that code when first and second may destroy a
// referral that stands at from. Two persons are needed, and nobody works on it.
//
// Law: retention awaits the State's word; procedure: two persons.
func Destroy(first, second Actor, from Status, code string) (DestroyReason, error) {
	for _, who := range []Actor{first, second} {
		if !able(who) || !among(who.Duty, destroyers) {
			return DestroyReason{}, &Refusal{Say: "Two accounts of directors or program staff are needed to destroy a referral."}
		}
	}
	if first.ID == second.ID {
		return DestroyReason{}, &Refusal{Say: "One person does not destroy a referral alone: name a second account."}
	}
	if !among(from, destroyable) {
		return DestroyReason{}, &Refusal{Say: "Only a referral that is withdrawn or closed can be destroyed: somebody still works on this one."}
	}
	for _, r := range DestroyReasons {
		if r.Code == code {
			return r, nil
		}
	}
	return DestroyReason{}, &Refusal{Say: "A referral is destroyed for a reason of the list: retention, withdrawn or court."}
}
