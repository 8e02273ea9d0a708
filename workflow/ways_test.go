package workflow

import (
	"slices"
	"strings"
	"testing"
)

// Who sends a letter by which way: its signer, but by mail OTDA alone; by a way that
// there is not, and a notice that nobody signs, nobody.
func TestSentBy(t *testing.T) {
	for _, tt := range []struct {
		who  Duty
		kind LetterKind
		way  Way
		want bool
	}{
		{Director, LetterNotConfirmed, ByMail, false}, {Program, LetterNotConfirmed, ByReferrer, false}, {Reviewer, LetterNotConfirmed, ByReferrer, false},
		{Program, LetterMinor, ByMail, false}, {Program, LetterMinor, ToInbox, false}, {Program, "coffee", ByMail, false}, {Program, LetterConfirmation, "pigeon", false},
		{Director, LetterNotConfirmed, ByReferrer, true}, {Program, LetterNotConfirmed, ByMail, true}, {Program, LetterConfirmation, ByAttorney, true}, {Program, LetterAgency, OnPage, true},
	} {
		if got := SentBy(tt.who, tt.kind, tt.way); got != tt.want {
			t.Errorf("%s sends %s by %s: %v", tt.who, tt.kind, tt.way, got)
		}
	}
}

// Mail goes where the person alone opens it, and OTDA alone sends it.
func TestOpenMail(t *testing.T) {
	for _, living := range livings {
		mail := Reaching{Reach: "directly", Living: living, Address: true}
		safe := slices.Contains([]string{"own_home", "domestic_violence_shelter", "homeless_shelter", "runaway_or_homeless_youth_program"}, living)
		if got := slices.Contains(SafeWays(LetterWithdrawal, mail), ByMail); got != safe {
			t.Errorf("mailed to %q: %v", living, got)
		}
		for _, d := range Duties() {
			ways := WaysFor(d, LetterNotConfirmed, mail)
			if got := slices.Contains(ways, ByMail); got != (safe && d == Program) {
				t.Errorf("%s mails to %q: %v", d, living, got)
			}
			if got := slices.Contains(ways, ByReferrer); got != (d == Director && living != "with_trafficker") && living != "with_trafficker" {
				t.Errorf("%s has it handed over at %q: %v", d, living, got)
			}
		}
	}
}

// Every way of trying is marked by its own name, in the order of the table.
func TestPermitsNameTheirWay(t *testing.T) {
	for i, p := range Permits(Reaching{}) {
		if p.How != TryRules[i].How || p.How == "" {
			t.Errorf("%d: %+v", i, p)
		}
	}
	texts := Reaching{Reach: "through_attorney", Released: true, Phone: true, Texts: true, Email: true, Messages: true}
	for _, how := range []string{"phone", "text_message", "email", "in_person"} {
		if SafeTry(Try{How: how}, texts) {
			t.Errorf("%s, although the person may be reached through the attorney alone", how)
		}
	}
	if SafeTry(Try{How: "text_message"}, Reaching{Reach: "directly", Texts: true}) {
		t.Error("a text without a number")
	}
}

// A word that harms is named once; a duty of no list stands nowhere.
func TestOnceAndNowhere(t *testing.T) {
	if got := strings.Join(Harmful("police, police and Police"), " "); got != "police Police" {
		t.Errorf("%s", got)
	}
	for _, side := range Sides() {
		if Fits("owner", side) || Fits("", side) {
			t.Errorf("a duty of no list stands at %s", side)
		}
	}
}
