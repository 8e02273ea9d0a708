package e2e

import (
	"strings"
	"testing"
	"time"
)

// A school's referral of a girl of 16 is written and sent by the keyboard alone.
// Her county's department hears of it before anybody has decided, from a notice
// without her story; no means are asked for; after the confirmation the
// department gets the packet, which holds what concerns a minor and not the
// account.
func TestCase3ByKeyboardFromSignInToReached(t *testing.T) {
	k := situationOf(t, 3)
	EachDatabase(t, Settings{Now: k.Now, Args: []string{"--empty"}}, func(t *testing.T, prog *Program) {
		r := newRoad(t, prog)
		r.typed("social_worker", k.byName())
		r.noticed("ldss_erie")
		r.decided(elements{action: "G4", minor: "shown", minorBy: []string{"C5", "C7"}}, answers{"typeConfirmed": {"sex"}, "bases": {"severe_form_minor"}})
		card := r.handedOver("ldss_erie")
		card.See("Only through the referrer")
		packet := PDFText(t, paper(t, card, Link("Packet (PDF)")))
		want(t, []string{packet}, r.ref, "How to reach the person safely", "Only through the referrer", "Statewide Central Register", "Ruth Sample")
		for _, never := range []string{"escort", "arranged meetings", "threatened or forced"} {
			if strings.Contains(packet, never) || strings.Contains(card.HTML(), never) {
				t.Errorf("the department reads of what happened: %q", never)
			}
		}
		r.does("ldss_erie", "handovers/1/reach", answers{"how": {"through_the_referrer"}})
		r.reached("social_worker")
	})
}

// typed writes and sends the referral by the keyboard, from the sign-in to the
// receipt.
func (r *road) typed(key string, a answers) {
	r.t.Helper()
	p := r.prog.Browser(r.t, View{ReducedMotion: true}) // without gliding, a stop is in sight at once
	r.seats[key] = p
	k := &typist{Page: p, answers: a}
	k.signIn(person(r.t, r.prog, key))
	k.press(Button("New referral"))
	r.ref = strings.TrimPrefix(p.Path(), "/referrals/")
	k.press(`.tasks a`)
	for range 20 {
		if !strings.Contains(p.Path(), "/sections/") {
			break
		}
		k.section()
	}
	if got := p.Path(); got != r.path("check") {
		r.t.Fatalf("after the last section comes %s", got)
	}
	a.asked(r.t, k.filled)
	k.press(Button("Send the referral"))
	r.received(p, "due by Wednesday, December 23, 2026", "Received December 18, 2026")
}

// noticed wants the notice about a minor at a department that sees nothing else
// of the referral, while nobody has decided.
func (r *road) noticed(department string) {
	r.t.Helper()
	p := r.at(department)
	for end := time.Now().Add(20 * time.Second); !p.Has(Link(r.ref)); {
		if time.Now().After(end) {
			r.t.Fatalf("no notice is at the department:\n%s", p.Says())
		}
		time.Sleep(200 * time.Millisecond)
		p.Open("/inbox")
	}
	p.See("Notices about minors")
	p.Follow(Link(r.ref))
	p.See("nothing is decided yet")
	p.See("Jordan")
	for _, never := range []string{"escort", "threatened or forced", "Confirmed"} {
		if strings.Contains(p.HTML(), never) {
			r.t.Errorf("the notice tells %q", never)
		}
	}
	p.Follow(Button("Acknowledge"))
	p.See("Acknowledged")
	if status := p.Open(r.path()); status != 404 {
		r.t.Errorf("the department opens the referral before any hand-over: %d", status)
	}
}
