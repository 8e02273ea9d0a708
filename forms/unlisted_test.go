package forms

import (
	"net/url"
	"strings"
	"testing"
)

// A language that the list does not have is answered with what to do: which
// option to choose, and at which question to write it. Typed on a page and sent
// to the API it is the same sentence.
func TestUnlistedLanguage(t *testing.T) {
	for _, c := range []struct{ section, field, want string }{
		{"E", "spokenLanguage", "This is not in the list. Choose one of its answers, or choose “Other” and write it at “Which language?”."},
		{"B", "consentLanguage", "This is not in the list. Choose one of its answers, or “Other”."},
		{"A", "countyFound", "Choose one of the answers in the list."},
	} {
		p := Questions.DecodeSection(&Referral{}, c.section, url.Values{c.field: {"Vietnamese"}})
		if got := p.Of(c.field); got != c.want {
			t.Errorf("%s: %q, want %q", c.field, got, c.want)
		}
	}
	r := &Referral{Language: Language{Spoken: "vietnamese"}}
	if got := Questions.Shape(r, "2026-11-02").Of("spokenLanguage"); !strings.HasSuffix(got, "write it at “Which language?”.") {
		t.Errorf("the API says %q", got)
	}
}
