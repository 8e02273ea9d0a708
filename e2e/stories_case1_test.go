package e2e

import (
	"strings"
	"testing"
)

// A detective's referral of an adult goes from the sign-in to the person being
// reached, by the pages alone, and each on the way sees what is theirs: the
// decision is due on the third business day after, Election Day not counted;
// the packet says how to reach the person and nothing of the story.
func TestCase1FromSignInToReached(t *testing.T) {
	k := situationOf(t, 1)
	EachDatabase(t, Settings{Now: k.Now, Args: []string{"--empty"}}, func(t *testing.T, prog *Program) {
		r := newRoad(t, prog)
		p := r.write("detective", k.byName())
		p.See("刘")
		p.See("Who will be told what")
		r.send(p, "due by Friday, November 6, 2026", "Received November 2, 2026")
		receipt := PDFText(t, paper(t, p, Link("Receipt (PDF)")))
		want(t, []string{receipt}, r.ref, "November 6, 2026")
		if strings.Contains(receipt, "美玲") || strings.Contains(receipt, "Flushing") {
			t.Error("the receipt tells who or what")
		}
		r.decided(elements{action: "G4", means: "G6", minor: "not_a_minor", minorBy: []string{"C5"}}, answers{"typeConfirmed": {"sex"}, "bases": {"severe_form_adult", "pl_230_34"}})
		card := r.handedOver("rhtp_harbor")
		card.See("Only through the referrer")
		packet := PDFText(t, paper(t, card, Link("Packet (PDF)")))
		want(t, []string{packet}, r.ref, "How to reach the person safely", "Only through the referrer", "Fuzhounese")
		for _, never := range []string{"promised a job", "deport", "38,000", "recruiter"} {
			if strings.Contains(packet, never) || strings.Contains(card.HTML(), never) {
				t.Errorf("the recipient reads of what happened: %q", never)
			}
		}
		r.does("rhtp_harbor", "handovers/1/reach", answers{"how": {"through_the_referrer"}})
		r.reached("detective")
	})
}

// reached wants the referrer to see that the person was reached.
func (r *road) reached(key string) {
	r.t.Helper()
	p := r.open(key)
	if !strings.Contains(p.Text(".cards"), "Reached") {
		r.t.Errorf("the hand-over says to the referrer:\n%s", p.Text(".cards"))
	}
	p.Gone("Somebody says: I have reached the person.")
}
