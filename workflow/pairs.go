package workflow

// PairStatus is where the question stands whether two referrals are about one
// person. It is the State's alone: neither referral has a status for it, and
// each keeps its own road. The zero value is a pair that nobody and nothing
// suspects.
type PairStatus string

// The statuses of a pair.
const (
	Unpaired      PairStatus = ""
	PairFound     PairStatus = "found"     // the program found them alike, or facts came in since it was decided
	PairLinked    PairStatus = "linked"    // decided: the same person
	PairDismissed PairStatus = "dismissed" // decided: not the same person
)

// PairStatuses lists every status of a pair.
func PairStatuses() []PairStatus { return []PairStatus{PairFound, PairLinked, PairDismissed} }

// Values lists the stored words.
func (PairStatus) Values() []string { return words(PairStatuses()) }

// PairStep is a step of a pair.
type PairStep = StepOn[PairStatus]

// PairOffer is a button on a pair.
type PairOffer = OfferOn[PairStatus]

// lawPair is why people at the State decide it, and nobody else ever learns.
const lawPair = "procedure; 34 USC 12291(b)(2), 28 CFR 94.115: no referrer or recipient learns of another referral"

var toPair = []Guard{ReasonGiven}

// PairSteps is every permitted action on a pair. What is not listed is refused.
// Nothing is merged: a link changes neither referral.
var PairSteps = []PairStep{
	{Do: Link, From: PairFound, To: PairLinked, Duties: state, Needs: toPair, Say: "The same person", Law: lawPair},
	{Do: Dismiss, From: PairFound, To: PairDismissed, Duties: state, Needs: toPair, Say: "Not the same person", Law: lawPair},
	{Do: Undo, From: PairLinked, To: PairFound, Duties: state, Needs: toPair, Say: "Undo the decision", Law: lawPair},
	{Do: Undo, From: PairDismissed, To: PairFound, Duties: state, Needs: toPair, Say: "Undo the decision", Law: lawPair},
}

// Reopens says whether an act on a referral brings facts that a decision about
// its pairs did not know: the question is then asked again.
func Reopens(do Action) bool {
	return among(do, []Action{Answer, Add, Reconsider, Appeal})
}

// NextPair is Next for a pair that stands at from.
func NextPair(who Actor, do Action, from PairStatus, c Circumstances) (PairStep, error) {
	return next(PairSteps, who, do, from, c)
}

// OpenPair is Open for a pair that stands at from.
func OpenPair(who Actor, from PairStatus, c Circumstances) []PairOffer {
	return open(PairSteps, who, from, c)
}

// SeesPairs says whether who may know of pairs at all: those at the State who
// can decide them. To everybody else they are absent.
func SeesPairs(who Actor) bool {
	return able(who) && among(who.Duty, state)
}
