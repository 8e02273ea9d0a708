package handlers

import (
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/store/storetest"
)

// Who names as the giver of consent somebody whose name shares a part with an
// alleged trafficker's reads so at that question, can send it all the same, and
// the reviewer has a mark at that answer. OTDA, who does not read who the
// traffickers are, does not learn it by a mark.
func TestGiverWithASharedNameIsMarked(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	const say = "shares a part with an alleged trafficker"
	name := func(r *forms.Referral) {
		r.ConsentBy = []forms.Giver{"the_person", "parent_or_guardian"}
		r.Consenter.Name, r.Consenter.Relationship = "Uncle Marco", "Uncle"
		r.Traffickers = []forms.Trafficker{{Name: "Marco Bianchi"}}
	}
	r, _, err := demo.Referral(3, s.state.Door.Today())
	if err != nil {
		t.Fatal(err)
	}
	key := demo.Referrers[3]
	plain, err := s.state.Door.Import(t.Context(), s.state.As(key), r)
	if err != nil {
		t.Fatal(err)
	}
	b := s.at(key)
	if page := b.mustShow(refPath(plain.Ref, "sections", "B")); strings.Contains(page, say) {
		t.Error("a mark without a reason")
	}
	name(r)
	draft, err := s.state.Door.Import(t.Context(), s.state.As(key), r)
	if err != nil {
		t.Fatal(err)
	}
	page := b.mustShow(refPath(draft.Ref, "sections", "B"), say, `aria-describedby="B6-giver-name-odd"`)
	if at := strings.Index(page, say); at > strings.Index(page, `name="consentGiver.name"`) {
		t.Error("the mark does not stand before the name")
	}
	b.mustShow(refPath(draft.Ref, "check"), say, "#B6-giver-name")
	ref := s.sendWith(3, name)
	s.at("reviewer").mustShow(refPath(ref), say)
	if page := s.at("program").mustShow(refPath(ref)); strings.Contains(page, say) {
		t.Error("OTDA reads of it")
	}
}
