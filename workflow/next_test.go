package workflow

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// The people of the tests: one for each duty, at an agency where it may stand.
func person(d Duty) Actor {
	switch d {
	case Referrer:
		return Actor{ID: 1, Agency: 10, Duty: d, Side: SideProvider}
	case Coordinator:
		return Actor{ID: 2, Agency: 10, Duty: d, Side: SideProvider}
	case Reviewer:
		return Actor{ID: 3, Agency: 20, Duty: d, Side: SideDCJS}
	case Director:
		return Actor{ID: 4, Agency: 20, Duty: d, Side: SideDCJS}
	case Program:
		return Actor{ID: 5, Agency: 30, Duty: d, Side: SideOTDA}
	case Recipient:
		return Actor{ID: 6, Agency: 40, Duty: d, Side: SideRHTP}
	case Administrator:
		return Actor{ID: 7, Agency: 50, Duty: d, Side: SideAdministration}
	case Auditor:
		return Actor{ID: 8, Agency: 60, Duty: d, Side: SideAuditor}
	}
	return Actor{}
}

// allMet are circumstances in which no guard stands in the way of a first
// reader. Colleagues 90, 91 and 92 assessed, recommended and read second, 93
// stepped back, and 94 and 95 signed the decline that is appealed.
func allMet() Circumstances {
	return Circumstances{
		AgencyID: 10, AuthorID: 1, AssignedID: 3,
		AssessedBy: []int{90}, RecommendedBy: 91, SecondBy: 92,
		Recused: []int{93}, DeclinedBy: []int{94}, DeclinedWith: []int{95},
		ConsultedProgram: true, ConsultedReferrer: true, ConsultationOpen: true, HasElements: true,
		HasReason: true, Referral: Confirmed, Handovers: 2,
		RecipientID: 40, Handover: Accepted, Verified: true, Received: true, ReleaseAllows: true, ForPeople: true, Heeded: true, Attempts: 1, NotElsewhere: true,
		Firsts: []int{96},
	}
}

// closing are the same circumstances after the time to appeal.
func closing() Circumstances {
	c := allMet()
	c.AppealOver = true
	return c
}

// free are the same circumstances of a referral that nobody holds.
func free() Circumstances {
	c := allMet()
	c.AssignedID = 0
	return c
}

// referralMatrix is written by hand: who may do what to a referral, where
// nothing stands in the way. It is not made from Steps.
var referralMatrix = map[Duty]map[Status]string{
	Referrer: {
		Draft:     "save submit discard",
		Submitted: "add withdraw",
		InReview:  "add withdraw",
		Asked:     "answer add withdraw",
		Confirmed: "add withdraw",
		Declined:  "reconsider appeal withdraw",
		Closed:    "withdraw",
	},
	Reviewer: {
		Submitted: "take reveal recuse",
		InReview:  "take hand_back ask consult assess recommend second disagree note reveal recuse",
		Asked:     "take consult note reveal recuse",
		Confirmed: "reveal recuse",
		Declined:  "close reveal recuse",
	},
	Director: {
		Submitted: "take reveal recuse exclude readmit",
		InReview:  "take hand_back ask consult assess second disagree note confirm decline extend reveal recuse exclude readmit",
		Asked:     "take consult note extend reveal recuse exclude readmit",
		Confirmed: "reveal recuse exclude readmit",
		Declined:  "reconsider close reveal recuse exclude readmit",
	},
	Program: {
		Submitted: "withdraw",
		InReview:  "consult withdraw reveal",
		Asked:     "consult withdraw reveal",
		Confirmed: "withdraw close",
		Declined:  "appeal withdraw close",
		Closed:    "withdraw",
	},
}

// handoverMatrix is written by hand too. The program's actor is not of the
// agency to which the hand-over went.
var handoverMatrix = map[Duty]map[HandoverStatus]string{
	Program: {
		Unproposed: "propose",
		Proposed:   "send reroute close",
		Sent:       "reroute close revoke",
		Accepted:   "reroute warm close revoke",
		Returned:   "reroute close",
		Reached:    "close revoke",
		NotReached: "reroute warm close revoke",
		Enrolled:   "close revoke",
		Served:     "close revoke",
	},
	Recipient: {
		Sent:       "accept return",
		Accepted:   "return attempt wait warm reach miss refuse transfer",
		NotReached: "return attempt wait warm reach refuse transfer",
		Reached:    "enroll serve tell refuse transfer close",
		Enrolled:   "serve tell refuse transfer close",
		Served:     "serve tell refuse transfer close",
	},
	Referrer: {Sent: "revoke", Accepted: "bring revoke", NotReached: "bring revoke", Reached: "revoke", Enrolled: "revoke", Served: "revoke"},
}

// What is not listed is refused: every duty, status and action.
func TestNextRefusesWhatIsNotListed(t *testing.T) {
	permitted := 0
	for _, d := range append(Duties(), "", "owner") {
		for _, from := range append(Statuses(), Gone, "lost") {
			for _, do := range append(Actions(), Propose, Send, Accept, "", "delete") {
				want := among(string(do), strings.Fields(referralMatrix[d][from]))
				_, before := Next(person(d), do, from, allMet())
				_, after := Next(person(d), do, from, closing())
				_, unheld := Next(person(d), do, from, free())
				if got := before == nil || after == nil || unheld == nil; got != want {
					t.Errorf("%s, %s at %q: permitted %v, want %v", d, do, from, got, want)
				}
				if want {
					permitted++
				}
				checkRefusal(t, before)
			}
		}
	}
	if permitted < 40 {
		t.Fatalf("only %d permitted acts were tried; the loop does not see the table", permitted)
	}
}

// The same for hand-overs.
func TestNextHandoverRefusesWhatIsNotListed(t *testing.T) {
	permitted := 0
	for _, d := range append(Duties(), "", "owner") {
		for _, from := range append(HandoverStatuses(), Unproposed, "lost") {
			for _, do := range append(HandoverActions(), Submit, Confirm, Withdraw, "", "delete") {
				want := among(string(do), strings.Fields(handoverMatrix[d][from]))
				_, err := NextHandover(person(d), do, from, allMet())
				if got := err == nil; got != want {
					t.Errorf("%s, %s at %q: permitted %v, want %v", d, do, from, got, want)
				}
				if want {
					permitted++
				}
				checkRefusal(t, err)
			}
		}
	}
	if permitted < 25 {
		t.Fatalf("only %d permitted acts were tried; the loop does not see the table", permitted)
	}
}

// checkRefusal wants every error to be a refusal with a sentence.
func checkRefusal(t *testing.T, err error) {
	t.Helper()
	var r *Refusal
	if err == nil {
		return
	}
	if !errors.As(err, &r) || r.Say == "" || !strings.HasSuffix(r.Say, ".") || r.Error() != r.Say {
		t.Errorf("%v is not a refusal with a sentence", err)
	}
}

// With nothing known of a referral, no act of judgment and no hand-over is
// open to anybody: a fact that nobody filled in opens nothing.
func TestZeroCircumstancesRefuse(t *testing.T) {
	for _, d := range Duties() {
		for _, do := range []Action{Take, Assess, Recommend, Second, Confirm, Decline, Extend} {
			for _, from := range Statuses() {
				if _, err := Next(person(d), do, from, Circumstances{}); err == nil {
					t.Errorf("%s may %s at %s with nothing known", d, do, from)
				}
			}
		}
		for _, do := range HandoverActions() {
			for _, from := range append(HandoverStatuses(), Unproposed) {
				if _, err := NextHandover(person(d), do, from, Circumstances{}); err == nil {
					t.Errorf("%s may %s a hand-over at %s with nothing known", d, do, from)
				}
			}
		}
	}
}

// An account whose duty does not fit its agency may do nothing and sees
// nothing, and neither may one without an id or an agency.
func TestMisplacedAccountsDoNothing(t *testing.T) {
	var odd []Actor
	for _, d := range Duties() {
		for _, side := range append(Sides(), "", "court") {
			who := person(d)
			if who.Side = side; !Fits(d, side) {
				odd = append(odd, who)
			}
		}
		noID, noAgency := person(d), person(d)
		noID.ID, noAgency.Agency = 0, 0
		odd = append(odd, noID, noAgency)
	}
	if Fits(Director, SidePolice) || Fits(Program, SideDCJS) || Fits(Recipient, SidePolice) {
		t.Fatal("a police account could decide, route or receive")
	}
	for _, who := range odd {
		for _, c := range []Circumstances{allMet(), closing(), {}} {
			for _, from := range Statuses() {
				if CanSee(who, from, c) || len(Open(who, from, c)) > 0 {
					t.Errorf("%+v sees or may act on a referral at %s", who, from)
				}
				for _, do := range Actions() {
					if _, err := Next(who, do, from, c); err == nil {
						t.Errorf("%+v may %s at %s", who, do, from)
					}
				}
			}
			for _, from := range HandoverStatuses() {
				if len(OpenHandover(who, from, c)) > 0 {
					t.Errorf("%+v may act on a hand-over at %s", who, from)
				}
			}
		}
	}
}

// A referral is its author's and its agency's lead's; a hand-over its
// recipient agency's; what OTDA keeps, OTDA's. Nobody else acts on it.
func TestOwn(t *testing.T) {
	author := person(Referrer)
	colleague := Actor{ID: 11, Agency: 10, Duty: Referrer, Side: SideProvider}
	lead := colleague
	lead.Lead = true
	stranger := Actor{ID: 12, Agency: 11, Duty: Referrer, Side: SidePolice, Lead: true}
	moved := author
	moved.Agency = 11
	for _, tt := range []struct {
		name string
		who  Actor
		want bool
	}{
		{"a lead of another agency", stranger, false},
		{"an author who left the agency", moved, false},
		{"a colleague", colleague, false},
		{"the agency's lead", lead, true},
		{"the author", author, true},
		{"a coordinator of the agency", person(Coordinator), false},
		{"a reviewer", person(Reviewer), false},
		{"a director", person(Director), false},
	} {
		if got := Owns(tt.who, allMet()); got != tt.want {
			t.Errorf("%s owns it: %v, want %v", tt.name, got, tt.want)
		}
		_, err := Next(tt.who, Withdraw, Submitted, allMet())
		if got := err == nil; got != tt.want {
			t.Errorf("%s withdraws: %v, want %v", tt.name, got, tt.want)
		}
	}

	other := person(Recipient)
	other.Agency = 41
	if _, err := NextHandover(other, Accept, Sent, allMet()); err == nil {
		t.Error("another provider accepted the hand-over")
	}
	if got := OpenHandover(other, Sent, allMet()); len(got) != 0 {
		t.Errorf("another provider is offered %v", got)
	}
	kept := allMet()
	kept.RecipientID = person(Program).Agency
	if _, err := NextHandover(person(Program), Reach, Accepted, kept); err != nil {
		t.Errorf("OTDA cannot work on what it keeps: %v", err)
	}
	if _, err := NextHandover(person(Program), Reach, Accepted, allMet()); err == nil {
		t.Error("OTDA said that a provider's person was reached")
	}
}

// Nobody is an owner: an account without an id or an agency, or at a side that does
// not fit its duty, owns nothing, not even where the record has no agency either.
func TestNobodyOwns(t *testing.T) {
	none, astray, recipient := person(Referrer), person(Referrer), person(Recipient)
	none.ID, none.Lead, astray.Side, recipient.Agency = 0, true, SideAuditor, 0
	for _, who := range []Actor{none, astray, recipient, {}} {
		for _, c := range []Circumstances{allMet(), {}} {
			if Owns(who, c) {
				t.Errorf("%+v owns something", who)
			}
		}
	}
	if !Owns(person(Recipient), allMet()) {
		t.Error("the recipient does not own its hand-over")
	}
}

// Open offers exactly what Next permits, names every guard that is missing,
// and does not hold a button back for what its own page asks.
func TestOpenAgreesWithNext(t *testing.T) {
	poor := Circumstances{AgencyID: 10, AuthorID: 1, RecipientID: 40}
	kept, lean := allMet(), poor
	kept.RecipientID, lean.RecipientID = person(Program).Agency, person(Program).Agency // OTDA keeps the hand-over itself
	for _, c := range []Circumstances{allMet(), closing(), free(), kept, poor, lean} {
		for _, d := range Duties() {
			for _, from := range Statuses() {
				agree(t, Open(person(d), from, c), Actions(), func(do Action) error {
					written := c
					written.HasReason = true
					_, err := Next(person(d), do, from, written)
					return err
				})
			}
			for _, from := range append(HandoverStatuses(), Unproposed) {
				agree(t, OpenHandover(person(d), from, c), HandoverActions(), func(do Action) error {
					written := c
					written.HasReason = true
					_, err := NextHandover(person(d), do, from, written)
					return err
				})
			}
		}
	}
}

// agree compares offers with what next says of every action.
func agree[S Road](t *testing.T, offers []OfferOn[S], all []Action, next func(Action) error) {
	t.Helper()
	seen := map[Action]OfferOn[S]{}
	for _, o := range offers {
		if _, twice := seen[o.Do]; twice {
			t.Errorf("%s is offered twice at %q", o.Do, o.From)
		}
		seen[o.Do] = o
	}
	for _, do := range all {
		err := next(do)
		o, offered := seen[do]
		if offered && o.Ready() != (err == nil) {
			t.Errorf("%s at %q: ready %v, but %v", do, o.From, o.Ready(), err)
		}
		if !offered && err == nil {
			t.Errorf("%s is permitted but not offered", do)
		}
		var r *Refusal
		if offered && errors.As(err, &r) && !slices.Contains(o.Missing, r.Guard) {
			t.Errorf("%s: refused for %s, which the offer does not name: %v", do, r.Guard, o.Missing)
		}
	}
}

// A decline is offered before its reason is written, and refused without one.
func TestReasonIsAskedOnThePage(t *testing.T) {
	c := allMet()
	c.HasReason = false
	if _, err := Next(person(Director), Decline, InReview, c); err == nil {
		t.Fatal("declined without a reason")
	}
	for _, o := range Open(person(Director), InReview, c) {
		if o.Do == Decline && !o.Ready() {
			t.Fatalf("the button is held back for %v", o.Missing)
		}
	}
}
