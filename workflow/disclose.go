package workflow

// DisclosureStatus is where an answer to somebody outside stands who has a
// right to ask: a court, a party with a subpoena, FOIL, an inspector. The zero
// value is none yet.
type DisclosureStatus string

// The statuses of a disclosure.
const (
	Undisclosed        DisclosureStatus = ""
	DisclosurePrepared DisclosureStatus = "prepared" // fields are being picked; by default none
	DisclosureProposed DisclosureStatus = "proposed" // waits for a second person
	DisclosureReleased DisclosureStatus = "released" // the package is made and sealed; it never changes
	DisclosureCanceled DisclosureStatus = "canceled" // nothing was given
)

// DisclosureStatuses lists every status of a disclosure.
func DisclosureStatuses() []DisclosureStatus {
	return []DisclosureStatus{DisclosurePrepared, DisclosureProposed, DisclosureReleased, DisclosureCanceled}
}

// Values lists the stored words.
func (DisclosureStatus) Values() []string { return words(DisclosureStatuses()) }

// Open says whether somebody still works on it.
func (s DisclosureStatus) Open() bool { return s == DisclosurePrepared || s == DisclosureProposed }

// What is done to a disclosure.
const (
	PrepareDisclosure Action = "prepare"
	PickFields        Action = "pick"
	ProposeDisclosure Action = "propose"
	SendBack          Action = "send_back"
	ApproveDisclosure Action = "approve"
	CancelDisclosure  Action = "cancel"
)

// DisclosureActions lists every action on a disclosure.
func DisclosureActions() []Action {
	return []Action{PrepareDisclosure, PickFields, ProposeDisclosure, SendBack, ApproveDisclosure, CancelDisclosure}
}

// DisclosureStep is a step of a disclosure.
type DisclosureStep = StepOn[DisclosureStatus]

// DisclosureOffer is a button on a disclosure.
type DisclosureOffer = OfferOn[DisclosureStatus]

const lawDisclose = "34 USC 12291(b)(2); 28 CFR 94.115: only what a statute or a court compels, with reasonable attempts to give notice to the person"

var (
	toPrepare = []Guard{NotRecused}
	toApprove = []Guard{NotRecused, SecondPerson}
	toSayWhy  = []Guard{NotRecused, ReasonGiven}
)

// DisclosureSteps is every permitted action on a disclosure. What is not listed
// is refused. Staff of DCJS, who read the file, prepare it and pick each field;
// a director who had no hand in it approves.
//
// Law: 34 USC 12291(b)(2); 28 CFR 94.115.
var DisclosureSteps = []DisclosureStep{
	{Do: PrepareDisclosure, From: Undisclosed, To: DisclosurePrepared, Duties: reviews, Needs: toSayWhy, Say: "Prepare a disclosure", Law: lawDisclose},
	{Do: PickFields, From: DisclosurePrepared, To: DisclosurePrepared, Duties: reviews, Needs: toPrepare, Say: "Pick what is given", Law: lawDisclose},
	{Do: ProposeDisclosure, From: DisclosurePrepared, To: DisclosureProposed, Duties: reviews, Needs: toPrepare, Say: "Send it to a second person", Law: lawDisclose},
	{Do: SendBack, From: DisclosureProposed, To: DisclosurePrepared, Duties: reviews, Needs: toSayWhy, Say: "Send it back", Law: lawDisclose},
	{Do: ApproveDisclosure, From: DisclosureProposed, To: DisclosureReleased, Duties: director, Needs: toApprove, Say: "Approve, and make the package", Law: lawDisclose},
	{Do: CancelDisclosure, From: DisclosurePrepared, To: DisclosureCanceled, Duties: reviews, Needs: toSayWhy, Say: "Give nothing", Law: lawDisclose},
	{Do: CancelDisclosure, From: DisclosureProposed, To: DisclosureCanceled, Duties: reviews, Needs: toSayWhy, Say: "Give nothing", Law: lawDisclose},
}

// NextDisclosure is Next for a disclosure that stands at from.
func NextDisclosure(who Actor, do Action, from DisclosureStatus, c Circumstances) (DisclosureStep, error) {
	return next(DisclosureSteps, who, do, from, c)
}

// OpenDisclosures is Open for a disclosure that stands at from.
func OpenDisclosures(who Actor, from DisclosureStatus, c Circumstances) []DisclosureOffer {
	return open(DisclosureSteps, who, from, c)
}

// SeesDisclosures says whether who may read what is prepared or was given.
func SeesDisclosures(who Actor) bool { return able(who) && among(who.Duty, reviews) }

// A Demand is by what right somebody outside asks.
type Demand struct {
	Code   string
	Name   string
	Fields Pickable // which answers may be picked at all
	Law    string
}

// Pickable is which answers a demand lets be picked. The zero value is none.
type Pickable int

// What may be picked, from nothing to everything.
const (
	IndexOnly  Pickable = iota // none: what is held, and not a word of it
	CodesDates                 // those that an auditor reads: codes and dates, no name and no free text
	Unmasked                   // those that a reviewer reads without lifting a veil
	Everything                 // masked ones, too
)

// Says puts it in words.
func (p Pickable) Says() string {
	return [...]string{"the index only", "codes and dates", "answers, one by one, but none that is masked", "answers, one by one, masked ones too"}[p]
}

// Demands is every kind of demand. What is not listed is refused, and every package
// begins as an index: what is given is picked, one answer at a time.
//
// Law: 34 USC 12291(b)(2); 28 CFR 94.115. How far each goes is policy
// and awaits counsel's word.
var Demands = []Demand{
	{"court_order", "Order of a court", Everything, "34 USC 12291(b)(2): what a court mandates; how far it goes awaits counsel's word"},
	{"subpoena", "Subpoena", Unmasked, "34 USC 12291(b)(2); whether a subpoena alone compels awaits counsel's word"},
	{"inspector", "Inspector or auditor by statute", CodesDates, "State Finance Law 8 (recalled, not verified); awaits counsel's word"},
	{"foil", "Freedom of Information Law", IndexOnly, "Public Officers Law 87(2)(b), (e), 89; Civil Rights Law 50-b (recalled, not verified)"},
}

// DemandOf returns the demand of that code, and whether there is one.
func DemandOf(code string) (Demand, bool) {
	for _, d := range Demands {
		if d.Code == code {
			return d, true
		}
	}
	return Demand{}, false
}

// A TellPerson is what was decided about telling the person whom a disclosure
// is about.
type TellPerson struct {
	Code    string
	Says    string
	Because bool // needs words: how, when, or by which order
	Hidden  bool // the referrer does not read of the disclosure
}

// TellPersons is every decision. One of them stands before anything is given.
//
// Law: 34 USC 12291(b)(2): reasonable attempts to provide notice, and steps to
// protect privacy and safety.
var TellPersons = []TellPerson{
	{"told", "The person was told, in a way that is safe", true, false},
	{"through_referrer", "The referrer tells the person", false, false},
	{"tried", "Reasonable attempts were made, and nobody was reached", true, false},
	{"barred", "A court forbids it", true, true},
	{"nothing_personal", "Nothing of the person is given: the index only", false, false},
}

// TellOf returns the decision of that code, and whether there is one.
func TellOf(code string) (TellPerson, bool) {
	for _, n := range TellPersons {
		if n.Code == code {
			return n, true
		}
	}
	return TellPerson{}, false
}

// TwoPersons is an act for which one person asks and another one agrees.
type TwoPersons struct {
	Key    string
	What   string // what is done
	First  []Duty // who asks for it
	Second []Duty // who agrees, and is somebody else
	Law    string
}

// Separation of duties, as the table below cites it.
const lawTwo = "procedure: separation of duties (CJIS Security Policy AC-5)"

var grantors = []Duty{Coordinator, Administrator}

// NeedTwo is every act that one person alone never does. There is no line for
// the export of a key, since nothing exports one; nor for a change of an
// account's duty, since a duty is given with the account and never changes.
var NeedTwo = []TwoPersons{
	{"account", "An account at an office of the State is switched on, and its duty given with it", grantors, grantors, lawTwo},
	{"invitation", "Somebody who had signed in before begins anew, with no factor left", grantors, grantors, lawTwo},
	{"hold", "A legal hold ends", custodians, custodians, lawHold},
	{"disposal", "A batch of referrals is destroyed when their time is over", custodians, custodians, lawRetention},
	{"shred", "One referral is destroyed, by a command on the machine", destroyers, destroyers, lawRetention},
	{"disclosure", "A package is given to somebody outside", reviews, director, lawDisclose},
}
