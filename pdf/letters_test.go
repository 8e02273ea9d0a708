package pdf

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"nysreferral/forms"
	"nysreferral/pdf/pdftest"
	"nysreferral/workflow"
)

// letterOf is a letter of that kind about case 1 (a minor's: case 3), signed, and its view.
func letterOf(t testing.TB, kind workflow.LetterKind) (LetterFacts, forms.View) {
	t.Helper()
	n := 1
	if kind == workflow.LetterMinor {
		n = 3
	}
	r, review := caseOf(t, n)
	review.Reason, review.ReasonCode = "Wage theft, no force, fraud or coercion.", "facts_insufficient_after_request"
	f := LetterFacts{Facts: someFacts(), Kind: kind, Language: "en", SignedBy: "Dana Example", SignedAs: "Program Manager", SignedAt: noon, Since: noon,
		LeftOut: true,
		Lines:   []HelpLine{{Name: "Emergency", Plain: "In danger now", Phone: "911"}, {"National Human Trafficking Hotline", "A help line", "1-888-373-7888", "233733", "HELP"}},
		Near:    []NearLine{{"Harbor Light Anti-Trafficking Program", "518-555-0142", "November 2, 2026"}}}
	decision := &forms.Review{Decision: review.Decision}
	switch kind {
	case workflow.LetterMinor:
		return f, forms.NewView(forms.Sight{Reader: forms.ReadsNotice}, r, nil)
	case workflow.LetterConfirmation:
		return f, forms.NewView(forms.Sight{Reader: forms.ReadsHolder}, r, decision)
	case workflow.LetterAgency:
		return f, forms.NewView(forms.Sight{Reader: forms.ReadsReferrer}, nil, decision)
	case workflow.LetterNotConfirmed:
		f.Code = ""
		decision.AppealUntil = forms.At(noon.AddDate(0, 0, 60))
		decision.Finding, decision.ForPerson = "not_confirmed", "What is known so far is not enough. It would help to know who kept your papers."
		return f, forms.NewView(forms.Sight{Reader: forms.ReadsHolder}, nil, decision)
	case workflow.LetterExtension:
		return f, forms.NewView(forms.Sight{Reader: forms.ReadsReferrer}, nil,
			&forms.Review{Decision: forms.Decision{Extended: forms.At(noon.AddDate(0, 0, 4)), ExtendedFrom: forms.At(noon.AddDate(0, 0, -3)), ExtendedWhy: "A record from another state is on its way."}})
	}
	f.Code = ""
	return f, forms.View{Reader: forms.ReadsHolder}
}

func kinds() []workflow.LetterKind {
	var out []workflow.LetterKind
	for _, l := range workflow.Letters {
		out = append(out, l.Kind)
	}
	return out
}

func drawLetter(t testing.TB, f LetterFacts, v forms.View) []byte {
	t.Helper()
	out, lack, err := Letter(f, v)
	if err != nil || lack != nil {
		t.Fatalf("%s: %v %v", f.Kind, lack, err)
	}
	return out
}

// A letter is drawn from its own reader's view and from no other, holds no section beyond its own, and is refused where
// the determination is another: nobody gets a notice of confirmation for a decline. A language without words is refused,
// and so is a letter that there is not.
func TestLettersRefuse(t *testing.T) {
	whole := fillForms(chosen)
	for _, kind := range kinds() {
		f, v := letterOf(t, kind)
		for _, reader := range append(forms.Readers(), "") {
			other := v
			other.Reader = reader
			if out, _, err := Letter(f, other); (err == nil) != (reader == v.Reader) || err != nil && (out != nil || !errors.Is(err, errReader)) {
				t.Errorf("%s for %q: %v", kind, reader, err)
			}
		}
		allowed := map[string]bool{}
		for _, p := range v.Parts {
			allowed[p.Form+"."+p.Section] = true
		}
		for _, p := range whole.view(forms.Sight{Reader: forms.ReadsReviewer}).Parts {
			more := v
			more.Parts = append(slices.Clone(v.Parts), p)
			if _, _, err := Letter(f, more); err == nil && !allowed[p.Form+"."+p.Section] {
				t.Errorf("%s with section %s.%s", kind, p.Form, p.Section)
			}
		}
		foreign := f
		foreign.Language = "fr"
		if _, _, err := Letter(foreign, v); !errors.Is(err, errReader) {
			t.Errorf("%s in a language without words: %v", kind, err)
		}
	}
	f, v := letterOf(t, workflow.LetterConfirmation)
	declined, declinedView := letterOf(t, workflow.LetterNotConfirmed)
	declined.Kind, f.Kind = f.Kind, declined.Kind
	if _, _, err := Letter(declined, declinedView); !errors.Is(err, errReader) {
		t.Errorf("a notice of confirmation for a decline: %v", err)
	}
	if _, _, err := Letter(f, v); !errors.Is(err, errReader) {
		t.Errorf("a letter after a decline for a confirmation: %v", err)
	}
	f.Kind = "postcard"
	if _, _, err := Letter(f, v); !errors.Is(err, errReader) {
		t.Errorf("a letter that there is not: %v", err)
	}
}

// properties are what people wrote into the properties of a file.
var properties = regexp.MustCompile(`(?m)^(Title|Subject|Author|Keywords|Creator|Producer):.*$`)

// Whoever finds a harmless letter, on paper or as a file, reads no word that tells what happened: not in the text, not in
// the title, the foot or the properties. It names nobody near the person, and does not say whose number it gives.
func TestHarmlessLetters(t *testing.T) {
	for _, l := range workflow.Letters {
		f, v := letterOf(t, l.Kind)
		out := drawLetter(t, f, v)
		said := strings.Join(properties.FindAllString(pdftest.Run(t, out, "pdfinfo", "@"), -1), " ")
		all := copied(t, out) + said
		if found := workflow.Harmful(all); l.Harmless && len(found) > 0 {
			t.Errorf("%s says %v", l.Kind, found)
		}
		for _, never := range []string{"Harbor Light", "Example Agency", "Example Office", "nysreferral", "Liu", "刘", "1984"} {
			if l.Harmless && strings.Contains(all, never) {
				t.Errorf("%s says %q", l.Kind, never)
			}
		}
		if found := workflow.Harmful(said); len(found) > 0 || strings.Contains(said, "referral") || strings.Contains(said, "onfirm") {
			t.Errorf("%s: the properties are not neutral:\n%s", l.Kind, said)
		}
	}
}

// Each letter says what it is for: who is meant, what was decided, what it is not, what there is to do, and who signed it;
// it is sound, carries the reference on every page, says that its words await approval, and is the same twice.
func TestLettersSayWhatTheyAre(t *testing.T) {
	signed := []string{"Dana Example", "Program Manager"}
	for kind, want := range map[workflow.LetterKind][]string{
		workflow.LetterConfirmation: append(signed, "Notice of Confirmation as a Human Trafficking Victim in New York State", "刘", "March 9, 1984", "ab12cd34ef", "Sex trafficking",
			"State-confirmed is not federally certified", "Harbor Light Anti-Trafficking Program: 518-555-0142 (checked on November 2, 2026)", "are left out", "1-888-373-7888", "in English only", "Check a letter"),
		workflow.LetterAgency:       append(signed, "State-confirmed is not federally certified", "Never mail it", "Generated for Example Office", "Harbor Light", "are left out"),
		workflow.LetterNotConfirmed: append(signed, "who kept your papers", "until January 21, 2027", "appeal", "A help line: 1-888-373-7888; or text HELP to 233733", "In danger now: 911"),
		workflow.LetterExtension:    append(signed, "Due before the extension November 19, 2026", "November 26, 2026", "A record from another state", "9 NYCRR 6174.3(c)"),
		workflow.LetterWithdrawal:   append(signed, "was taken back on November 22, 2026", "It is locked away"),
		workflow.LetterMinor: {"Minor Individual Referred for Confirmation", "Erie", "483-cc(b)", "Only through", "It is not a confirmation", "Statewide Central Register", "Generated for Example Office",
			"Nobody has checked a number of OTDA for this notice"},
	} {
		f, v := letterOf(t, kind)
		out := drawLetter(t, f, v)
		sound(t, out)
		text := copied(t, out)
		for _, w := range append(want, "awaits approval by New York State", "7K4M-2QX9-C3TB-5") {
			if !strings.Contains(text, w) {
				t.Errorf("%s lacks %q:\n%s", kind, w, text)
			}
		}
		for _, never := range []string{"Wage theft", "facts_insufficient", "Nobody has signed", "{", "!"} {
			if strings.Contains(text, never) {
				t.Errorf("%s says %q", kind, never)
			}
		}
		if again := drawLetter(t, f, v); !bytes.Equal(out, again) {
			t.Errorf("%s: other bytes", kind)
		}
		if dir := os.Getenv("LETTERS"); dir != "" { // to be looked at
			if err := os.WriteFile(filepath.Join(dir, string(kind)+".pdf"), out, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A notice about a minor names OTDA's number with the day on which it was checked, and without one no number at all, and
// says what to do; no other letter names it.
func TestNoticeSaysWhereToCallBack(t *testing.T) {
	for _, kind := range kinds() {
		f, v := letterOf(t, kind)
		f.Near = nil
		f.Call = &NearLine{"OTDA, made up", "518-555-0171", "November 2, 2026"}
		text := copied(t, drawLetter(t, f, v))
		if got, want := strings.Contains(text, "OTDA, made up: 518-555-0171 (checked on November 2, 2026)"), kind == workflow.LetterMinor; got != want {
			t.Errorf("%s names the number: %v", kind, got)
		}
		f.Call = nil
		text = copied(t, drawLetter(t, f, v))
		if kind == workflow.LetterMinor && (!strings.Contains(text, "Do not trust a number that a caller gives you") || strings.Contains(text, "518-555")) {
			t.Errorf("without a number:\n%s", text)
		}
	}
}

// A letter that nobody has signed says so, and one without a name says what stands for it; what is not known leaves no
// hole.
func TestLettersBeforeTheyAreSigned(t *testing.T) {
	for _, kind := range kinds() {
		f, v := letterOf(t, kind)
		f.SignedBy, f.SignedAs, f.SignedAt = "", "", noon
		text := copied(t, drawLetter(t, f, v))
		if kind != workflow.LetterMinor && (!strings.Contains(text, "Nobody has signed this letter yet") || strings.Contains(text, "Dana Example")) {
			t.Errorf("%s does not say that it is a preview: %s", kind, text)
		}
	}
	f, v := letterOf(t, workflow.LetterConfirmation)
	v.Parts = v.Parts[1:]
	if text := copied(t, drawLetter(t, f, v)); !strings.Contains(text, "The name was not told") || strings.Contains(text, "Liu") {
		t.Error(text)
	}
	f, v = letterOf(t, workflow.LetterNotConfirmed)
	v = forms.NewView(forms.Sight{Reader: forms.ReadsHolder}, nil, &forms.Review{Decision: forms.Decision{Finding: "not_confirmed", Decided: forms.At(noon)}})
	if text := copied(t, drawLetter(t, f, v)); !strings.Contains(text, "is written when the letter is signed") {
		t.Error(text)
	}
	f, v = letterOf(t, workflow.LetterAgency)
	f.Near, f.LeftOut = nil, true
	if text := copied(t, drawLetter(t, f, v)); !strings.Contains(text, "are left out of this letter") {
		t.Error("nothing says that contacts were left out")
	}
	f.Silent = true
	if text := copied(t, drawLetter(t, f, v)); strings.Contains(text, "left out") {
		t.Error("a silent letter speaks of contacts near")
	}
}

// A page shows a letter before it is signed in the same words as the paper.
func TestLetterBlocksAreThePaper(t *testing.T) {
	for _, kind := range kinds() {
		f, v := letterOf(t, kind)
		blocks, err := LetterBlocks(f, v)
		if err != nil {
			t.Fatal(err)
		}
		paper := copied(t, drawLetter(t, f, v))
		texts := 0
		for _, b := range blocks {
			list := append([]string{b.Heading, b.Title, b.Text, b.Strong, b.Small}, b.List...)
			for _, r := range b.Rows {
				list = append(list, r.Label)
			}
			for _, text := range list {
				text = strings.TrimSpace(spaces.ReplaceAllString(text, " "))
				texts += len(text)
				if first, _, _ := strings.Cut(text, " "); !strings.Contains(paper, first) {
					t.Errorf("%s: %q does not stand on the paper", kind, text)
				}
			}
		}
		if texts < 400 {
			t.Errorf("%s: only %d letters", kind, texts)
		}
	}
}

var braces = regexp.MustCompile(`\{[^}]*\}`)

// Every language has the words of every letter and of every shared name, and asks for nothing that there is not; the
// words of a harmless letter are harmless. Another file is another language, and one with a slip is refused.
func TestWordsOfLetters(t *testing.T) {
	english := languages["en"]
	used := map[string]bool{}
	for tag, w := range languages {
		if w.Name == "" {
			t.Errorf("%s has no name", tag)
		}
		for key, text := range english.Shared {
			if w.Shared[key] == "" || strings.Join(braces.FindAllString(text, -1), "") != strings.Join(braces.FindAllString(w.Shared[key], -1), "") {
				t.Errorf("%s: %s is %q", tag, key, w.Shared[key])
			}
		}
		if len(w.Letters) != len(workflow.Letters) {
			t.Errorf("%s has %d letters", tag, len(w.Letters))
		}
		for _, l := range workflow.Letters {
			one := w.Letters[l.Kind]
			if one.File == "" || one.Foot == "" || one.Heading == "" || one.Office == "" || len(one.Block) == 0 {
				t.Errorf("%s: %s lacks words", tag, l.Kind)
			}
			for _, b := range one.Block {
				for _, name := range braces.FindAllString(b.Heading+b.Text+b.Strong+b.Small+b.Box+b.Title+strings.Join(b.List, ""), -1) {
					if _, ok := (LetterFacts{}).named()[strings.Trim(name, "{}")]; !ok {
						t.Errorf("%s: %s asks for %s", tag, l.Kind, name)
					}
				}
				used[b.Put] = true
				if b.Put != "" && puts[b.Put] == nil {
					t.Errorf("%s: %s puts %s", tag, l.Kind, b.Put)
				}
			}
		}
	}
	for name := range puts {
		if !used[name] {
			t.Errorf("no letter puts %s", name)
		}
	}
	if got := Languages(); got[0].Tag != "en" || len(Untranslated())+len(got) != len(stateLanguages)+1 {
		t.Errorf("%v, not translated: %v", got, Untranslated())
	}
}

// Another words file is another language, without a line of code; a file with a name that nobody asks for is refused.
func TestAnotherLanguage(t *testing.T) {
	text, err := wordFiles.ReadFile("words/en.toml")
	if err != nil {
		t.Fatal(err)
	}
	other := strings.ReplaceAll(strings.ReplaceAll(string(text), `name = "English"`, `name = "Plain English"`), "What you can do", "What now")
	all, err := loadWords(fstest.MapFS{"words/en.toml": {Data: text}, "words/en-x-plain.toml": {Data: []byte(other)}})
	if err != nil {
		t.Fatal(err)
	}
	f, v := letterOf(t, workflow.LetterWithdrawal)
	f.Language = "en-x-plain"
	_, blocks, err := letter(all, f, v)
	if err != nil || !slices.ContainsFunc(blocks, func(b Block) bool { return b.Heading == "What now" }) {
		t.Errorf("%v %v", blocks, err)
	}
	for _, slip := range []string{"\n[withdrawal.blok]\ntext = \"x\"\n", "\nname = 3\n", "[["} {
		if _, err := loadWords(fstest.MapFS{"words/en.toml": {Data: append(bytes.Clone(text), slip...)}}); err == nil {
			t.Errorf("%q was taken", slip)
		}
	}
}
