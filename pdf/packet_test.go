package pdf

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"nysreferral/cases"
	"nysreferral/forms"
	"nysreferral/pdf/pdftest"
)

var update = flag.Bool("update", false, "write the golden files")

// caseOf returns the answers of a case, and what the State would add to them.
func caseOf(t testing.TB, n int) (*forms.Referral, *forms.Review) {
	t.Helper()
	c, r := cases.Load(n), new(forms.Referral)
	if problems := forms.Questions.DecodeJSON(r, c.Answers); len(problems) > 0 {
		t.Fatal(problems)
	}
	r.Organization, r.SourceKind = "Example Agency", forms.SourceKind(c.Source)
	review := new(forms.Review)
	review.Received, review.Due = forms.At(c.Now), forms.At(c.Now.AddDate(0, 0, 4))
	review.AgeBand = map[int]forms.AgeBand{1: "40_to_59", 3: "16_to_17"}[n]
	review.Bases = map[int][]forms.Basis{1: {"severe_form_adult", "pl_230_34"}, 3: {"severe_form_minor", "pl_230_34_a"}}[n]
	review.Confirmed, review.Decision.Finding, review.Decided = "sex", "confirmed", forms.At(c.Now.AddDate(0, 0, 3))
	review.Reason = "What was told agrees, and the elements are shown."
	return r, review
}

// packetOf draws the packet of a case as reader gets it.
func packetOf(t testing.TB, n int, reader forms.Reader) []byte {
	t.Helper()
	r, review := caseOf(t, n)
	c := cases.Load(n)
	route := new(forms.Route)
	route.Kind, route.Recipient = map[forms.Reader]forms.RouteKind{forms.ReadsProvider: "rhtp", forms.ReadsDistrict: "ldss"}[reader], "Example Recipient"
	route.Rule, route.Reason, route.FollowUp = "R5", "Rule text for OTDA", forms.At(c.Now.AddDate(0, 0, 11))
	if r.FromLaw() && r.OfferedLink == "accepted" {
		route.Scope = []forms.Receiver{"rhtp_provider", "ldss"}
	}
	v := forms.NewView(forms.Sight{Reader: reader, Release: true, Health: r.ReleaseHealth == "yes"}, r, review, forms.NumberedRoute{N: 1, Route: route})
	facts := Facts{Reference: "7K4M-2QX9-C3TB-5", GeneratedFor: "Example Recipient", Version: 1, Digest: strings.Repeat("0123456789abcdef", 4), At: c.Now.AddDate(0, 0, 4), DecidedAt: c.Now.AddDate(0, 0, 3)}
	out, _, err := Packet(facts, v)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var runs = regexp.MustCompile(` {2,}`)

// legible is the text of a PDF for a golden file: columns are told apart by a bar, so that other versions of the tool say
// the same.
func legible(t *testing.T, pdf []byte) string {
	t.Helper()
	var out strings.Builder
	for line := range strings.Lines(pdftest.Run(t, pdf, "pdftotext", "-layout", "@", "-")) {
		if line = strings.TrimSpace(strings.Trim(directions.ReplaceAllString(line, ""), "\f\n")); line != "" {
			out.WriteString(runs.ReplaceAllString(line, " | ") + "\n")
		}
	}
	return out.String()
}

// The packets of case 1 (a provider) and case 3 (a local department) read as they did when somebody last looked at them.
func TestPacketsAsKept(t *testing.T) {
	for n, reader := range map[int]forms.Reader{1: forms.ReadsProvider, 3: forms.ReadsDistrict} {
		got := legible(t, packetOf(t, n, reader))
		path := filepath.Join("testdata", fmt.Sprintf("packet-case%d.txt", n))
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("case %d reads otherwise; if that is meant, run with -update:\n%s", n, got)
		}
	}
}

// No packet tells what happened: no five words in a row of any narrative stand in a packet of any case.
func TestPacketsHoldNoNarrative(t *testing.T) {
	looked := 0
	for _, c := range cases.All() {
		r, review := caseOf(t, c.N)
		for _, reader := range []forms.Reader{forms.ReadsProvider, forms.ReadsDistrict} {
			text := copied(t, packetOf(t, c.N, reader))
			for _, told := range []forms.Prose{r.Beginning, r.Summary, r.Reasons, r.OtherEvents, r.MeansText, r.NotFreeWhy, review.Reason} {
				words := strings.Fields(string(told))
				for i := 0; i+5 <= len(words); i++ {
					looked++
					if five := strings.Join(words[i:i+5], " "); strings.Contains(text, five) {
						t.Errorf("case %d for %s tells %q", c.N, reader, five)
					}
				}
			}
		}
	}
	if looked < 100 {
		t.Fatalf("only %d places were looked at", looked)
	}
}

// How to reach the person safely comes before every other answer about the person, and says what not to do.
func TestSafeContactComesFirst(t *testing.T) {
	for reach, want := range map[forms.Reach]string{
		"":                          "How to reach the person safely is not known.",
		"directly":                  "Contact the person only in the ways below.",
		"only_through_the_referrer": "Do not call, write to or visit the person. Reach the person through the referrer",
		"through_attorney":          "Reach the person through the attorney.",
		"through_other_advocate":    "Reach the person through the advocate.",
	} {
		r := new(forms.Referral)
		r.Reach, r.FamilyName, r.NotSafe, r.Living = reach, "FAMILYNAME", "NOTATNIGHT", "with_trafficker"
		out, _, err := Packet(someFacts(), forms.NewView(forms.Sight{Reader: forms.ReadsProvider}, r, nil))
		if err != nil {
			t.Fatal(err)
		}
		text := copied(t, out)
		at := strings.Index(text, want)
		if at < 0 || at > strings.Index(text, "NOTATNIGHT") || strings.Index(text, "NOTATNIGHT") > strings.Index(text, "FAMILYNAME") {
			t.Errorf("%s: %s", reach, text)
		}
		if !strings.Contains(text, "The person lives with the trafficker.") {
			t.Errorf("%s: does not say with whom the person lives", reach)
		}
	}
	for _, code := range forms.Reach("").Options() {
		if ways[code] == "" {
			t.Errorf("nothing is said for %s", code)
		}
	}
}

// What is needed now stands before what is needed soon, and that before what is needed later.
func TestNeedsNowComeFirst(t *testing.T) {
	r := new(forms.Referral)
	r.Needs.Wanted.Housing, r.Needs.Wanted.Food, r.Needs.Wanted.Compensation = "later", "soon", "now"
	v := forms.NewView(forms.Sight{Reader: forms.ReadsDistrict}, r, nil)
	out, _, err := Packet(someFacts(), v)
	if err != nil {
		t.Fatal(err)
	}
	text := copied(t, out)
	label := func(path string) int { return strings.Index(text, forms.Questions.Field(path).Label) }
	if now, soon, later := label("needs.compensation"), label("needs.food"), label("needs.emergencyHousing"); now < 0 || now > soon || soon > later {
		t.Errorf("%d, %d, %d: %s", now, soon, later, text)
	}
	if v.Item("needs").Rows[0][0].Name != "emergencyHousing" {
		t.Error("the view itself was put in another order")
	}
}

// Case 9: names of every script stand in the referrer's copy and the State's file as they were written, letter for letter.
func TestNamesOfCase9(t *testing.T) {
	r, review := caseOf(t, 9)
	for _, s := range []forms.Sight{{Reader: forms.ReadsReferrer}, {Reader: forms.ReadsReviewer}, {Reader: forms.ReadsProgram}} {
		out := drawnFor(t, forms.NewView(s, r, review))
		text := copied(t, out)
		for _, name := range append(names, string(r.FamilyName), string(r.GivenNames)) {
			if !strings.Contains(text, name) {
				t.Errorf("%s: %q is not there", s.Reader, name)
			}
		}
		sound(t, out)
	}
}

// The consent sheet says that it awaits approval, and holds what the person is told and may choose.
func TestConsentSheet(t *testing.T) {
	sheet, _, err := ConsentSheet(Facts{At: noon})
	if err != nil {
		t.Fatal(err)
	}
	sound(t, sheet)
	text := copied(t, sheet)
	for _, want := range append(append(optionsOf("toldThePerson"), optionsOf("mayReceive")...), approval, "Not translated yet: Spanish", "Valid until") {
		if !strings.Contains(text, want) {
			t.Errorf("the consent sheet lacks %q", want)
		}
	}
	// What the release says has a name, which is kept with each consent: words that
	// are changed get another name, and then another sum here.
	sum := sha256.Sum256([]byte(strings.Join(strings.Fields(text), " ")))
	if got, want := forms.ReleaseWording+" "+hex.EncodeToString(sum[:6]), "2026-01 proposed 237944544c91"; got != want {
		t.Errorf("the words of the release are %q, want %q: give changed words a new name", got, want)
	}
	if strings.Count(text, "Signature") < 3 {
		t.Error("the consent sheet lacks a place to sign")
	}
}

// BenchmarkDocuments draws the documents of case 1.
func BenchmarkDocuments(b *testing.B) {
	r, review := caseOf(b, 1)
	views := map[string]forms.View{}
	for name, reader := range map[string]forms.Reader{"referral": "R", "file": "V", "packet": "P"} {
		views[name] = forms.NewView(forms.Sight{Reader: reader, Consulting: true}, r, review)
	}
	views["receipt"] = forms.View{Reader: "R", Parts: views["referral"].Parts[:1]}
	for name, draw := range documents {
		b.Run(name, func(b *testing.B) {
			before, n := cpu(b), 0
			for b.Loop() {
				if _, _, err := draw(someFacts(), views[name]); err != nil {
					b.Fatal(err)
				}
				n++
			}
			b.ReportMetric(float64((cpu(b)-before).Microseconds())/1000/float64(n), "cpu-ms/op")
		})
	}
	b.Run("consent", func(b *testing.B) {
		before, n := cpu(b), 0
		for b.Loop() {
			if _, _, err := ConsentSheet(someFacts()); err != nil {
				b.Fatal(err)
			}
			n++
		}
		b.ReportMetric(float64((cpu(b)-before).Microseconds())/1000/float64(n), "cpu-ms/op")
	})
}
