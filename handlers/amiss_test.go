package handlers

import (
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/store/storetest"
)

// A draft that holds an answer which cannot be sent as it is says what is the
// matter, in the list, on its own page and at the question, and leads there; it is
// not called one more answer that is needed. A draft without says nothing of it.
func TestDraftSaysWhatIsAmiss(t *testing.T) {
	const say = "That consent does not count."
	s := newStage(t, storetest.SQLite(t))
	key := demo.Referrers[3]
	drafted := func(change func(r *forms.Referral)) string {
		t.Helper()
		r, _, err := demo.Referral(3, s.state.Door.Today())
		if err != nil {
			t.Fatal(err)
		}
		change(r)
		draft, err := s.state.Door.Import(t.Context(), s.state.As(key), r)
		if err != nil {
			t.Fatal(err)
		}
		return draft.Ref
	}
	b := s.at(key)
	plain := drafted(func(*forms.Referral) {})
	if page := b.mustShow("/referrals", plain); strings.Contains(page, say) {
		t.Error("a draft that can be sent is said to be amiss")
	}
	ref := drafted(func(r *forms.Referral) {
		r.ConsentBy = []forms.Giver{"parent_or_guardian"}
		r.Consenter.Name, r.Consenter.Relationship = "Marco Bianchi", "Uncle"
		r.Traffickers = []forms.Trafficker{{Name: "Marco Bianchi"}}
	})
	list := b.mustShow("/referrals", say, refPath(ref, "sections", "B")+"#B6-giver-name")
	if strings.Contains(list, "1 answer is needed.") {
		t.Error("the list speaks of an answer that is needed")
	}
	if page := b.mustShow(refPath(ref), say); strings.Contains(page, "1 answer is needed.") {
		t.Error("the draft speaks of an answer that is needed")
	}
	b.mustShow(refPath(ref, "sections", "B"), say, `aria-describedby="B6-giver-name-odd"`)
	b.mustShow(refPath(ref, "check"), say, "#B6-giver-name")
}

// Who stepped back from a referral finds none of its tasks, and reads why a list may
// be shorter; everybody at DCJS reads the same sentence, so that it tells nothing of
// how such a referral goes on.
func TestTasksSayWhatTheyLeaveOut(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	for _, key := range []string{"reviewer", "director"} {
		s.at(key).mustShow(tasksPath, "none of its tasks here")
	}
	for _, key := range []string{"program", "detective", "rhtp_harbor"} {
		if page := s.at(key).mustShow(tasksPath); strings.Contains(page, "none of its tasks here") {
			t.Errorf("%s reads of stepping back", key)
		}
	}
}
