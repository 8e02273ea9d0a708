package pdf

import (
	"strings"
	"testing"

	"nysreferral/forms"
)

// Every paper lists the files that its reader may know of, each with its number
// and its digest, and no other file.
func TestPapersListFiles(t *testing.T) {
	r, review := caseOf(t, 1)
	r.Files = []forms.Attached{
		{Number: forms.Of(1), Kind: "police_report", Text: "Notes of the night", Format: "pdf", Size: forms.Of(1234), Digest: forms.Text(strings.Repeat("a1", 32))},
		{Number: forms.Of(2), Kind: "consent", PassOn: "yes", Format: "jpeg", Size: forms.Of(4321), Digest: forms.Text(strings.Repeat("b2", 32))},
	}
	for _, c := range []struct {
		sight         forms.Sight
		first, second bool
	}{
		{forms.Sight{Reader: forms.ReadsReferrer}, true, true},
		{forms.Sight{Reader: forms.ReadsReviewer}, true, true},
		{forms.Sight{Reader: forms.ReadsProgram}, false, true},
		{forms.Sight{Reader: forms.ReadsProgram, Consulting: true}, true, true},
		{forms.Sight{Reader: forms.ReadsProvider, Release: true}, false, true},
		{forms.Sight{Reader: forms.ReadsDistrict, Release: true}, false, true},
		{forms.Sight{Reader: forms.ReadsDistrict}, false, false},
	} {
		text := strings.ReplaceAll(copied(t, drawnFor(t, forms.NewView(c.sight, r, review))), " ", "")
		for digest, want := range map[string]bool{strings.Repeat("a1", 32): c.first, strings.Repeat("b2", 32): c.second} {
			if strings.Contains(text, digest) != want {
				t.Errorf("%+v: the digest %.6s… is there: %t", c.sight, digest, !want)
			}
		}
		if strings.Contains(text, "Notesofthenight") != c.first {
			t.Errorf("%+v: what the first file is, is told: %t", c.sight, !c.first)
		}
	}
}
