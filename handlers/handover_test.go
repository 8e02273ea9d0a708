package handlers

import (
	"regexp"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/store/storetest"
)

// sendWith is send with answers changed.
func (s *stage) sendWith(n int, change func(*forms.Referral), steps ...demo.Step) string {
	s.t.Helper()
	r, body, err := demo.Referral(n, s.state.Door.Today())
	if err != nil {
		s.t.Fatal(err)
	}
	change(r)
	receipt, err := s.state.Door.Send(s.t.Context(), s.state.As(demo.Referrers[n]), r, "", body)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.state.Take(s.t.Context(), receipt.Reference, steps...); err != nil {
		s.t.Fatal(err)
	}
	return receipt.Reference
}

// stepsBar is the foot of a page with its buttons.
var stepsBar = regexp.MustCompile(`(?s)<div class="steps.*`)

// Where OTDA sends, and where it chooses somebody else, the person's own words
// on where not to be referred stand beside the button: the rules read names, and
// only a person reads that a cousin works there.
func TestWishesStandBesideSend(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	const not, wish = "Anywhere in Flushing, my cousin works there", "Not in the same community."
	ref := s.sendWith(1, func(r *forms.Referral) { r.DoNotRefer, r.Preference = not, wish }, confirmed()...)
	b := s.at("program")
	bar := stepsBar.FindString(b.mustShow(handoverPath(ref, 1), handoverPath(ref, 1, "send")))
	for _, words := range []string{"Do not refer to", not, wish} {
		if at := strings.Index(bar, words); at < 0 || at > strings.Index(bar, "Send") {
			t.Errorf("%q does not stand before the button", words)
		}
	}
	b.mustShow(handoverPath(ref, 1, "reroute"), not, wish)
	b.mustDo(handoverPath(ref, 1), handoverPath(ref, 1, "send"), nil)
	if bar := stepsBar.FindString(b.mustShow(handoverPath(ref, 1))); strings.Contains(bar, not) {
		t.Error("the words stand at the foot, though nothing is left to send")
	}
	if page := s.at("rhtp_harbor").mustShow(refPath(ref)); strings.Contains(page, not) || strings.Contains(page, wish) {
		t.Error("the recipient reads where the person did not wish to go")
	}
	plain := s.sendWith(1, func(r *forms.Referral) { r.DoNotRefer, r.Preference = "", "" }, confirmed()...)
	if page := b.mustShow(handoverPath(plain, 1)); strings.Contains(page, "Do not refer to") {
		t.Error("words that nobody said are announced")
	}
}
