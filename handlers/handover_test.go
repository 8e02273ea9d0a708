package handlers

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
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

// OTDA proposes one more hand-over from the page of the referral, to a recipient
// that it chooses, with a reason; the reviewer's page knows nothing of it. Where
// the release names nobody, the page says so and offers no choice.
func TestProposeAnotherByTheForms(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		ref := s.sendWith(1, func(r *forms.Referral) { r.Preference = "Not in the same community." }, confirmed(sent)...)
		b, path := s.at("program"), handoverPath(ref, 2, "propose")
		b.mustShow(refPath(ref), "Propose another hand-over", path)
		page := b.mustShow(path, "Not in the same community.", `value="demo-ldss-new-york-city-adult"`, `value="demo-rhtp-open-door"`)
		if strings.Contains(page, `value="demo-rhtp-harbor-light"`) {
			t.Error("who has the person is offered again")
		}
		if got := b.post(path, path, url.Values{"contact": {"demo-rhtp-open-door"}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `value="demo-rhtp-open-door" checked`) {
			t.Errorf("without a reason: %d", got.status)
		}
		if to := b.mustDo(path, path, url.Values{"contact": {"demo-ldss-new-york-city-adult"}, "reason": {"The district pays for the stay."}}); to != handoverPath(ref, 2) {
			t.Errorf("it leads to %s", to)
		}
		b.mustShow(handoverPath(ref, 2), "The district pays for the stay.", "Chosen by OTDA", "Proposed")
		if page := s.at("reviewer").mustShow(refPath(ref)); strings.Contains(page, "Propose another") || strings.Contains(page, "New York City") && strings.Contains(page, "Proposed") {
			t.Error("the reviewer reads of it")
		}
		if got := s.at("reviewer").get(path); got.status != http.StatusNotFound {
			t.Errorf("the reviewer gets %d", got.status)
		}
		if got := b.get(handoverPath(ref, 5, "propose")); got.status != http.StatusConflict {
			t.Errorf("a number that is not the next: %d", got.status)
		}
		none := s.sendWith(1, func(r *forms.Referral) { r.OfferedLink = "declined" }, confirmed()...)
		if page := b.mustShow(refPath(none), workflow.ReleaseNamesIt.Say()); strings.Contains(page, handoverPath(none, 2, "propose")) {
			t.Error("without a release it is offered")
		}
	})
}
