package web

import (
	"slices"
	"strings"
	"testing"

	"nysreferral/forms"
)

// Only the answers that the page shows are links; what a reviewer mistyped
// stays readable.
func TestPointers(t *testing.T) {
	facts := FactParts("", madeUpView(forms.ReadsReviewer).Of("referral"), nil)
	var got []string
	for _, p := range Pointers("G4, G14; D2.phone X1 and g7", facts) {
		got = append(got, p.Code+p.Href)
	}
	if want := []string{"G4#G4", "G14#G14", "D2.phone", "X1"}; !slices.Equal(got, want) {
		t.Errorf("found %q, wants %q", got, want)
	}
	if got := Pointers("D2.phone", FactParts("", madeUpView(forms.ReadsProgram).Of("referral"), nil)); len(got) != 1 || got[0].Href != "#D2-phone" {
		t.Errorf("a part of an answer is not found: %v", got)
	}
}

// A withheld answer has a button and no words; without a way to ask for it not
// even the button.
func TestWithheldFactsHaveNoWords(t *testing.T) {
	facts := FactParts("", madeUpView(forms.ReadsReviewer).Of("referral"), nil)
	page := draw(t, FactsPart(facts, &Reveal{Action: "/r/reveal", CSRF: "token"}))
	if strings.Contains(page, "wheelchair") {
		t.Error("the withheld answer stands in the page")
	}
	for _, want := range []string{`value="C14.text"`, `formaction="/r/reveal#C14-text"`, `name="_csrf" value="token"`, "written in the log"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if page := draw(t, FactsPart(facts, nil)); strings.Contains(page, "<button") || strings.Contains(page, "wheelchair") {
		t.Error("a page that asks for nothing has a button")
	}
	shown := FactParts("", madeUpView(forms.ReadsReviewer, "C14.text").Of("referral"), nil)
	if page := draw(t, FactsPart(shown, &Reveal{Shown: []string{"C14.text"}})); !strings.Contains(page, "wheelchair") || !strings.Contains(page, `name="_shown" value="C14.text"`) {
		t.Error("what was asked for is not shown, or is forgotten by the next asking")
	}
}

// The account is closed until it is asked for, and open on the page that was
// asked for it; markup in it stays text.
func TestVeilIsClosed(t *testing.T) {
	facts := FactParts("", madeUpView(forms.ReadsReviewer).Of("referral"), nil)
	page := draw(t, FactsPart(facts, &Reveal{}))
	at := strings.Index(page, `<details class="veil">`)
	if at < 0 || !strings.Contains(page[at:], "&lt;b&gt;paragraph&lt;/b&gt;") {
		t.Error("the account is not behind a closed note, or is markup")
	}
	if page := draw(t, FactsPart(facts, &Reveal{Shown: []string{"G14"}})); !strings.Contains(page, `<details class="veil" open>`) {
		t.Error("the account that was asked for is closed")
	}
}

// A page for those who know no numbers shows none.
func TestUnnumbered(t *testing.T) {
	page := draw(t, FactsPart(Unnumbered(FactParts("", madeUpView(forms.ReadsProvider).Parts, nil)), nil))
	if strings.Contains(page, "fact-code") || !strings.Contains(page, "518-555-0111") {
		t.Error("numbers are shown, or the answers are not")
	}
}

// Every flag has a word and a shape of its own.
func TestFlags(t *testing.T) {
	if tags := (Flags{}).Tags(); len(tags) != 0 {
		t.Errorf("nothing is flagged as %v", tags)
	}
	seen := map[string]bool{}
	for _, tag := range (Flags{Tonight: true, Minor: true, Detained: true, Deadline: "Nov 12"}).Tags() {
		if tag.Word == "" || seen[tag.Shape.Path] {
			t.Errorf("%q has no word or another's shape", tag.Word)
		}
		seen[tag.Shape.Path] = true
	}
	if len(seen) != 4 {
		t.Errorf("%d flags", len(seen))
	}
	for _, code := range forms.FormOf("assess").Field("elementAction.finding").Codes {
		if FindingTag(code) == FindingTag("") {
			t.Errorf("the finding %s has no tag", code)
		}
	}
}
