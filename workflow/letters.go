package workflow

// LetterKind is what a letter says. The words stand in addresses of the API and
// in what is sealed, never in a column.
type LetterKind string

// The kinds of letters.
const (
	LetterMinor        LetterKind = "minor_notice"  // to the district: a minor was referred
	LetterConfirmation LetterKind = "confirmation"  // to the person: confirmed
	LetterAgency       LetterKind = "agency_notice" // to the referring agency: confirmed
	LetterNotConfirmed LetterKind = "not_confirmed" // to the person: not confirmed
	LetterExtension    LetterKind = "extension"     // to the referring agency: more time
	LetterWithdrawal   LetterKind = "withdrawal"    // to the person: taken back
)

// Addressee is to whom a letter is written.
type Addressee string

// The addressees.
const (
	ToPerson   Addressee = "person"
	ToReferrer Addressee = "referrer"
	ToDistrict Addressee = "district"
)

// Letter is one kind of letter: who gets it, who signs it, and after what.
type Letter struct {
	Kind     LetterKind
	Name     string // as those who sign it call it; never printed on a letter to the person
	To       Addressee
	Signers  []Duty   // who signs and sends it; none: it goes out by itself, at once
	After    Action   // the step that has it written
	At       []Status // where the referral stands while the letter may be worked on
	Lasts    bool     // stands whatever becomes of the referral: the law asked for it on receipt
	Harmless bool     // says nothing that would harm if the trafficker found it
	Law      string
}

// Letters is every kind of letter. The notice about a minor goes out on receipt
// and waits for nobody's signature. Who signs the others is procedure, and
// awaits the State's word.
//
// Law: SSL 483-cc(b); 9 NYCRR 6174.3; 18 NYCRR 765.1.
var Letters = []Letter{
	{Kind: LetterMinor, Name: "Notice about a minor", To: ToDistrict, After: Submit, Lasts: true,
		Law: "SSL 483-cc(b): a minor referred for confirmation"},
	{Kind: LetterConfirmation, Name: "Notice of confirmation", To: ToPerson, Signers: program, After: Confirm, At: []Status{Confirmed, Closed},
		Law: "SSL 483-cc(b): OTDA reports the finding to the victim"},
	{Kind: LetterAgency, Name: "Notice to the referring agency", To: ToReferrer, Signers: program, After: Confirm, At: []Status{Confirmed, Closed},
		Law: "SSL 483-cc(b): OTDA reports the finding to the referring agency"},
	{Kind: LetterNotConfirmed, Name: "Letter after a decline", To: ToPerson, Signers: director, After: Decline, At: []Status{Declined, Closed}, Harmless: true,
		Law: "18 NYCRR 765.1: the confirmation and appeal processes"},
	{Kind: LetterExtension, Name: "Notice of more time", To: ToReferrer, Signers: director, After: Extend, At: []Status{InReview, Asked, Confirmed, Declined},
		Law: lawExtend},
	{Kind: LetterWithdrawal, Name: "Letter after a withdrawal", To: ToPerson, Signers: program, After: Withdraw, At: []Status{Withdrawn}, Harmless: true,
		Law: lawVoluntary},
}

// LetterOf returns the letter of that kind, and whether there is one.
func LetterOf(kind LetterKind) (Letter, bool) {
	for _, l := range Letters {
		if l.Kind == kind {
			return l, true
		}
	}
	return Letter{}, false
}

// LettersAfter returns the letters that a step on a referral has written.
func LettersAfter(do Action) []Letter {
	var out []Letter
	for _, l := range Letters {
		if l.After == do && len(l.Signers) > 0 {
			out = append(out, l)
		}
	}
	return out
}

// LetterStatus is where one letter stands. The zero value is a letter that has
// not been written.
type LetterStatus string

// The statuses of a letter that somebody signs.
const (
	Unwritten  LetterStatus = ""           // there is no letter yet
	Prepared   LetterStatus = "prepared"   // written, and shown to those who sign it
	Signed     LetterStatus = "signed"     // it will not change any more
	LetterSent LetterStatus = "sent"       // with whoever hands it over; to the referring agency: it is there
	Handed     LetterStatus = "handed"     // the person has it
	NotHanded  LetterStatus = "not_handed" // it could not be handed over
	Stopped    LetterStatus = "stopped"    // it is not sent any more
)

// LetterStatuses lists every status of a letter in the order of its road.
func LetterStatuses() []LetterStatus {
	return []LetterStatus{Prepared, Signed, LetterSent, Handed, NotHanded, Stopped}
}

// What is done to a letter.
const (
	Sign     Action = "sign"      // put name, title and time under it
	Deliver  Action = "deliver"   // send it by a way that is safe
	HandOver Action = "hand_over" // the person has it
	CouldNot Action = "could_not" // it could not be handed over safely
	Stop     Action = "stop"      // it is not sent any more
)

// LetterActions lists every action on a letter.
func LetterActions() []Action { return []Action{Sign, Deliver, HandOver, CouldNot, Stop} }

// LetterStep is a step of a letter.
type LetterStep = StepOn[LetterStatus]

// Who and what, for the table below.
var (
	signers  = []Duty{Director, Program}
	toSign   = []Guard{NotRecused, LetterSigner, LetterTime}
	toSendIt = []Guard{NotRecused, LetterSender, LetterTime, SafeWay}
	toStop   = []Guard{LetterSigner, ReasonGiven}
	byThem   = []Guard{LetterTime, HandedByReferrer}
	byUs     = []Guard{LetterTime, HandedByOffice}
)

const lawLetter = "SSL 483-cc(b); 28 CFR 94.115: by the way that is safe for the person"

// LetterSteps is every permitted action on a letter that somebody signs. What is
// not listed is refused. A letter that could not be handed over is sent again by
// another safe way, or stopped; nobody is left without an answer in silence.
//
// Law: SSL 483-cc(b); 28 CFR 94.115.
var LetterSteps = []LetterStep{
	{Do: Sign, From: Prepared, To: Signed, Duties: signers, Needs: toSign, Say: "Sign", Law: lawLetter},
	{Do: Deliver, From: Signed, To: LetterSent, Duties: signers, Needs: toSendIt, Say: "Send", Law: lawLetter},
	{Do: Deliver, From: NotHanded, To: LetterSent, Duties: signers, Needs: toSendIt, Say: "Send again", Law: lawLetter},

	{Do: HandOver, From: LetterSent, To: Handed, Duties: referrer, Own: true, Needs: byThem, Say: "I handed it over", Law: lawLetter},
	{Do: CouldNot, From: LetterSent, To: NotHanded, Duties: referrer, Own: true, Needs: append([]Guard{ReasonGiven}, byThem...), Say: "I could not", Law: lawLetter},
	{Do: HandOver, From: LetterSent, To: Handed, Duties: signers, Needs: byUs, Say: "It arrived", Law: lawLetter},
	{Do: CouldNot, From: LetterSent, To: NotHanded, Duties: signers, Needs: append([]Guard{ReasonGiven}, byUs...), Say: "It came back", Law: lawLetter},

	{Do: Stop, From: Prepared, To: Stopped, Duties: signers, Needs: toStop, Say: "Do not send it", Law: procedure},
	{Do: Stop, From: Signed, To: Stopped, Duties: signers, Needs: toStop, Say: "Do not send it", Law: procedure},
	{Do: Stop, From: NotHanded, To: Stopped, Duties: signers, Needs: toStop, Say: "Do not send it again", Law: procedure},
}

// NextLetter is Next for the letter that c describes, standing at from.
func NextLetter(who Actor, do Action, from LetterStatus, c Circumstances) (LetterStep, error) {
	return next(LetterSteps, who, do, from, c)
}

// LetterOffer is a button on a letter.
type LetterOffer = OfferOn[LetterStatus]

// OpenLetter is Open for the letter that c describes, standing at from.
func OpenLetter(who Actor, from LetterStatus, c Circumstances) []LetterOffer {
	return open(LetterSteps, who, from, c)
}

// EndsLetters says whether a step on a referral stops the letters of a kind that
// nobody has handed over yet: what they say is true no longer.
func EndsLetters(do Action, kind LetterKind) bool {
	if l, ok := LetterOf(kind); !ok || l.Lasts {
		return false
	}
	switch do {
	case Withdraw:
		return kind != LetterWithdrawal
	case Reconsider, Appeal:
		return kind == LetterNotConfirmed
	}
	return false
}
