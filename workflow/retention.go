package workflow

// Outcome is how a referral ended, as the schedule of retention knows it. The
// zero value is one that has not ended: nobody disposes of it.
type Outcome string

// The outcomes.
const (
	Unended          Outcome = ""
	OutcomeDraft     Outcome = "draft"     // never sent
	OutcomeWithdrawn Outcome = "withdrawn" // taken back
	OutcomeDeclined  Outcome = "declined"  // not confirmed, and closed
	OutcomeConfirmed Outcome = "confirmed" // confirmed, handed over, and closed
)

// Retained is one line of the schedule: how long a record is kept after an
// outcome, and how it ends.
type Retained struct {
	Outcome Outcome
	Name    string   // "Not confirmed"
	Clock   ClockKey // how long, from when; the State sets the count there
	Ends    string   // how it ends when the time is over
	Batch   bool     // two persons dispose of it, in a batch; else it ends by itself
}

// Retention is the schedule of retention, by outcome. How long is a clock, and
// the counts are set where all clocks are; no law found so far fixes them, and
// the defaults await the State's word. A legal hold goes before every line.
//
// Law: Arts and Cultural Affairs Law 57-A (the State Archives' schedules,
// recalled and not verified); 28 CFR 94.115 and 34 USC 12291(b)(2) for a draft.
var Retention = []Retained{
	{OutcomeDraft, "Draft, never sent", ClockDraft, "It destroys itself, after its author was warned. The State never sees it, so nobody approves.", false},
	{OutcomeWithdrawn, "Withdrawn", ClockSealed, "Two persons dispose of it.", true},
	{OutcomeDeclined, "Not confirmed, and closed", ClockDeclinedKept, "Two persons dispose of it.", true},
	{OutcomeConfirmed, "Confirmed, and closed", ClockConfirmedKept, "Two persons dispose of it.", true},
}

// RetainedAs returns the line of the schedule for an outcome, and whether there
// is one.
func RetainedAs(o Outcome) (Retained, bool) {
	for _, r := range Retention {
		if r.Outcome == o {
			return r, true
		}
	}
	return Retained{}, false
}

// OutcomeOf is the outcome of a referral that stands at at; before is where it
// stood before it was closed.
func OutcomeOf(at, before Status) Outcome {
	switch {
	case at == Draft:
		return OutcomeDraft
	case at == Withdrawn:
		return OutcomeWithdrawn
	case at == Closed && before == Declined:
		return OutcomeDeclined
	case at == Closed && before == Confirmed:
		return OutcomeConfirmed
	}
	return Unended
}

// HoldStatus is where a legal hold stands. The zero value is no hold yet.
type HoldStatus string

// The statuses of a legal hold.
const (
	Unheld    HoldStatus = ""
	Held      HoldStatus = "held"          // nothing destroys the referral
	LiftAsked HoldStatus = "release_asked" // one person asked that it ends; it still holds
	Lifted    HoldStatus = "released"      // it ended
)

// HoldStatuses lists every status of a hold.
func HoldStatuses() []HoldStatus { return []HoldStatus{Held, LiftAsked, Lifted} }

// Values lists the stored words.
func (HoldStatus) Values() []string { return words(HoldStatuses()) }

// Holds says whether a hold that stands there keeps the referral.
func (s HoldStatus) Holds() bool { return s == Held || s == LiftAsked }

// What is done to a hold.
const (
	PlaceHold Action = "place"
	AskLift   Action = "ask_release"
	KeepHold  Action = "keep"
	LiftHold  Action = "release"
)

// HoldActions lists every action on a hold.
func HoldActions() []Action { return []Action{PlaceHold, AskLift, KeepHold, LiftHold} }

// HoldStep is a step of a legal hold.
type HoldStep = StepOn[HoldStatus]

// HoldOffer is a button on a legal hold.
type HoldOffer = OfferOn[HoldStatus]

const lawHold = "procedure: a record that a proceeding may need is not destroyed (CPLR 3126, recalled and not verified)"

// custodians are those who keep the State's records.
var custodians = []Duty{Director, Program}

// HoldSteps is every permitted action on a legal hold. What is not listed is
// refused. It is placed by one person, since it only protects; it ends by two.
var HoldSteps = []HoldStep{
	{Do: PlaceHold, From: Unheld, To: Held, Duties: custodians, Needs: []Guard{NotRecused, ReasonGiven}, Say: "Place a legal hold", Law: lawHold},
	{Do: AskLift, From: Held, To: LiftAsked, Duties: custodians, Needs: []Guard{NotRecused, ReasonGiven}, Say: "Ask that the hold ends", Law: lawHold},
	{Do: KeepHold, From: LiftAsked, To: Held, Duties: custodians, Needs: []Guard{NotRecused, ReasonGiven}, Say: "Keep the hold", Law: lawHold},
	{Do: LiftHold, From: LiftAsked, To: Lifted, Duties: custodians, Needs: []Guard{NotRecused, SecondPerson, ReasonGiven}, Say: "Agree that the hold ends", Law: lawHold},
}

// NextHold is Next for a hold that stands at from.
func NextHold(who Actor, do Action, from HoldStatus, c Circumstances) (HoldStep, error) {
	return next(HoldSteps, who, do, from, c)
}

// OpenHold is Open for a hold that stands at from.
func OpenHold(who Actor, from HoldStatus, c Circumstances) []HoldOffer {
	return open(HoldSteps, who, from, c)
}

// SeesHolds says whether who may know of a hold: those at the State who read
// the referral. A referrer is not told; a hold may be about a proceeding.
func SeesHolds(who Actor) bool { return able(who) && among(who.Duty, state) }

// DisposalStatus is where a batch of referrals stands that are to be destroyed.
// The zero value is no batch yet.
type DisposalStatus string

// The statuses of a batch.
const (
	Unbatched        DisposalStatus = ""
	DisposalProposed DisposalStatus = "proposed" // waits for a second person
	DisposalApproved DisposalStatus = "approved" // keys are being destroyed
	DisposalRefused  DisposalStatus = "refused"  // nothing was destroyed
	DisposalDone     DisposalStatus = "done"     // with a certificate
)

// DisposalStatuses lists every status of a batch.
func DisposalStatuses() []DisposalStatus {
	return []DisposalStatus{DisposalProposed, DisposalApproved, DisposalRefused, DisposalDone}
}

// Values lists the stored words.
func (DisposalStatus) Values() []string { return words(DisposalStatuses()) }

// What is done to a batch; the program itself ends it.
const (
	ProposeBatch Action = "propose"
	ApproveBatch Action = "approve"
	RefuseBatch  Action = "refuse"
)

// DisposalActions lists every action on a batch.
func DisposalActions() []Action { return []Action{ProposeBatch, ApproveBatch, RefuseBatch} }

// DisposalStep is a step of a batch.
type DisposalStep = StepOn[DisposalStatus]

// DisposalOffer is a button on a batch.
type DisposalOffer = OfferOn[DisposalStatus]

// DisposalSteps is every permitted action on a batch. What is not listed is
// refused. One person proposes, another one approves; either may refuse.
var DisposalSteps = []DisposalStep{
	{Do: ProposeBatch, From: Unbatched, To: DisposalProposed, Duties: custodians, Say: "Propose that these are destroyed", Law: lawRetention},
	{Do: ApproveBatch, From: DisposalProposed, To: DisposalApproved, Duties: custodians, Needs: []Guard{SecondPerson}, Say: "Approve, and destroy them", Law: lawRetention},
	{Do: RefuseBatch, From: DisposalProposed, To: DisposalRefused, Duties: custodians, Needs: []Guard{ReasonGiven}, Say: "Refuse", Law: lawRetention},
}

// NextDisposal is Next for a batch that stands at from.
func NextDisposal(who Actor, do Action, from DisposalStatus, c Circumstances) (DisposalStep, error) {
	return next(DisposalSteps, who, do, from, c)
}

// OpenDisposal is Open for a batch that stands at from.
func OpenDisposal(who Actor, from DisposalStatus, c Circumstances) []DisposalOffer {
	return open(DisposalSteps, who, from, c)
}

// SeesDisposals says whether who may read batches and certificates: references
// and dates, and nothing of a person.
func SeesDisposals(who Actor) bool {
	return able(who) && (among(who.Duty, custodians) || who.Duty == Auditor)
}

// Why a referral of an approved batch was left as it is.
const (
	LeftHeld  = "held"      // a legal hold stands
	LeftMoved = "moved_on"  // it did not end so, or its time is not over
	LeftOwed  = "owed"      // something that outlasts it is still open
	LeftGone  = "destroyed" // it was destroyed before
)

// LeftReasons puts the codes in words.
var LeftReasons = map[string]string{
	LeftHeld:  "A legal hold stands",
	LeftMoved: "It moved on: its time is not over",
	LeftOwed:  "Something that outlasts it is still open",
	LeftGone:  "It was destroyed before",
}

// A RefuseReason is why a batch is refused. It is a code, since what is typed
// could tell of a person.
type RefuseReason struct {
	Code string
	Says string
}

// RefuseReasons is every reason.
var RefuseReasons = []RefuseReason{
	{"needed", "One of them may still be needed: a legal hold is to be placed"},
	{"schedule", "The schedule of retention is to change"},
	{"unclear", "It is not clear that their time is over"},
}

// RefuseReasonOf returns the reason of that code, and whether there is one.
func RefuseReasonOf(code string) (RefuseReason, bool) {
	for _, r := range RefuseReasons {
		if r.Code == code {
			return r, true
		}
	}
	return RefuseReason{}, false
}
