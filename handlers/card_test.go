package handlers

import (
	"slices"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// The recipient of a person who lives with the trafficker reads the warning and
// the times that are not safe before any number; the number lies behind the same
// card, with what may be left on it, and nowhere else on the page. Where the way
// is not the person's own phone, the number is no part of the way either.
func TestNumbersLieBehindTheWarning(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	const number, mail, home, unsafe = "518-555-0177", "mei@example.org", "12 Example Street, Flushing", "Never after six in the evening."
	told := func(reach forms.Reach, living forms.Living, last forms.LastContact) func(*forms.Referral) {
		return func(r *forms.Referral) {
			r.Reach, r.Living, r.LastContact, r.NotSafe = reach, living, last, unsafe
			r.SafePhone = forms.SafePhone{Phone: number, Voicemail: "no", Text: "unknown", SayWho: ""}
			r.SafeEmail, r.SafeAddress = mail, home
		}
	}
	for _, c := range []struct {
		name    string
		reach   forms.Reach
		living  forms.Living
		last    forms.LastContact
		warned  string
		folded  bool
		primary string
	}{
		{"with the trafficker", "directly", "with_trafficker", "", "The person lives with the trafficker", true, "Directly, and only in these ways"},
		{"still with", "directly", "other", "still_with", "The person is still with the trafficker", true, "Directly, and only in these ways"},
		{"alone", "directly", "own_home", "within_a_month", "", false, "Directly, and only in these ways"},
		{"through the referrer", "only_through_the_referrer", "own_home", "", "", true, "Only through the referrer"},
		{"through the referrer, with", "only_through_the_referrer", "with_trafficker", "", "The person lives with the trafficker", true, "Only through the referrer"},
	} {
		ref := s.sendWith(1, told(c.reach, c.living, c.last), confirmed(sent, demo.Step{Who: "rhtp_harbor", Do: workflow.Accept, N: 1})...)
		page := s.at("rhtp_harbor").mustShow(refPath(ref), c.primary)
		at := strings.Index(page, `class="contact-box`)
		end := at + strings.Index(page[at:], `class="card-grid"`)
		card, rest := page[at:end], page[:at]+page[end:]
		for _, way := range []string{number, mail, home} {
			if strings.Count(card, way) != 1 || strings.Contains(rest, way) {
				t.Errorf("%s: %q stands in the card %d times, and elsewhere %d times", c.name, way, strings.Count(card, way), strings.Count(rest, way))
			}
		}
		first := strings.Index(card, number)
		for _, words := range []string{c.warned, unsafe, "Leave no message."} {
			if at := strings.Index(card, words); at < 0 || words != "Leave no message." && at > first {
				t.Errorf("%s: %q does not stand before the number", c.name, words)
			}
		}
		if !strings.Contains(card, "Send no text: nobody said that it is safe.") || !strings.Contains(card, "Do not say who is calling") {
			t.Errorf("%s: what is not known to be safe is not said to be unsafe", c.name)
		}
		fold := strings.Index(card, "<details")
		if c.folded != (fold >= 0 && fold < first) {
			t.Errorf("%s: folded %v", c.name, fold >= 0)
		}
	}
}

// A voicemail may be left only where somebody said so.
func TestPhoneSaysItsRules(t *testing.T) {
	for answer, want := range map[forms.YesNoUnknown]string{"yes": "A message may be left.", "no": "Leave no message.",
		"unknown": "Leave no message: nobody said that it is safe.", "": "Leave no message: nobody said that it is safe."} {
		r := &forms.Referral{}
		r.SourceKind, r.SafePhone = "nypd", forms.SafePhone{Phone: "518-555-0177", Voicemail: answer}
		v := forms.NewView(forms.Sight{Reader: forms.ReadsProvider}, r, nil)
		if rows := phoneRows(v); len(rows) != 1 || !strings.Contains(rows[0].Values[0], "\n"+want) {
			t.Errorf("%q: %+v", answer, rows)
		}
	}
	if rows := phoneRows(forms.NewView(forms.Sight{Reader: forms.ReadsProvider}, &forms.Referral{}, nil)); len(rows) > 0 {
		t.Errorf("no number: %+v", rows)
	}
}

// Whoever must be reached through an attorney or an advocate is reached through
// the referrer first, and the card says why, unless the release names the
// attorney.
func TestCardAsksTheRelease(t *testing.T) {
	for _, tt := range []struct {
		reach forms.Reach
		named []forms.Receiver
		first string
		says  bool
	}{
		{"through_attorney", nil, "through_the_referrer", true},
		{"through_attorney", []forms.Receiver{"rhtp_provider"}, "through_the_referrer", true},
		{"through_other_advocate", []forms.Receiver{"victims_attorney"}, "through_the_referrer", true},
		{"through_attorney", []forms.Receiver{"rhtp_provider", "victims_attorney"}, "through_attorney_or_advocate", false},
		{"only_through_the_referrer", nil, "through_the_referrer", false},
		{"directly", nil, "", false},
	} {
		r := &forms.Referral{}
		r.Reach, r.Consented, r.Release = tt.reach, "yes_verbal", tt.named
		v := forms.NewView(forms.Sight{Reader: forms.ReadsProvider}, r, nil)
		if got := through(v); got != tt.first {
			t.Errorf("%s, %v: %q is offered first", tt.reach, tt.named, got)
		}
		if got := slices.Contains(safeContact(v).Lines, unnamed); got != tt.says {
			t.Errorf("%s, %v: the card says that they are not named: %v", tt.reach, tt.named, got)
		}
	}
}

// Whom to ask for stands in the card that says how the person may be reached, below
// what is dangerous and what is not safe and above any number, for whoever has
// accepted and for nobody else. A name that nobody knows leaves no line.
func TestCardSaysWhomToAskFor(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	const unsafe, number = "Never after six in the evening.", "518-555-0177"
	ref := s.sendWith(1, func(r *forms.Referral) {
		r.Reach, r.NotSafe, r.SafePhone.Phone, r.NameToUse = "directly", unsafe, number, "Mei"
	}, confirmed(sent)...)
	b := s.at("rhtp_harbor")
	if page := b.mustShow(refPath(ref)); strings.Contains(page, "刘") || strings.Contains(page, "Name in the papers") {
		t.Error("the name stands there before the hand-over is accepted")
	}
	if _, err := s.state.Take(t.Context(), ref, demo.Step{Who: "rhtp_harbor", Do: workflow.Accept, N: 1}); err != nil {
		t.Fatal(err)
	}
	page, last := b.mustShow(refPath(ref)), 0
	for _, words := range []string{"The person lives with the trafficker", "Directly, and only in these ways", unsafe, "Mei<", "Name in the papers", "刘, 美玲", number} {
		at := strings.Index(page, words)
		if at <= last {
			t.Errorf("%q stands at %d, after %d", words, at, last)
		}
		last = at
	}
	if rows := whom(forms.NewView(forms.Sight{Reader: forms.ReadsProvider}, &forms.Referral{}, nil)); len(rows) > 0 {
		t.Errorf("nobody's name: %+v", rows)
	}
}
