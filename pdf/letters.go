package pdf

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"nysreferral/forms"
	"nysreferral/workflow"
)

// LetterFacts are what a letter says beside its view.
type LetterFacts struct {
	Facts
	Kind     workflow.LetterKind
	Language string // BCP 47 tag of a words file

	SignedBy string    // name; "" is not signed, and a preview says so
	SignedAs string    // title
	SignedAt time.Time //
	Since    time.Time // what the letter tells of happened then

	Lines   []HelpLine // numbers that are the same for everybody
	Near    []NearLine // verified contacts near the person
	Call    *NearLine  // where a department calls back; nil where no number is verified
	LeftOut bool       // others near are not verified, and are left out
	Silent  bool       // nobody near is named, and nothing is said of it
}

// HelpLine is a number for help.
type HelpLine struct {
	Name, Plain       string // Plain for a letter that others may open
	Phone, Text, Word string
}

// NearLine is a contact near the person.
type NearLine struct {
	Name, Phone string
	Checked     string // day on which somebody verified it, in words
}

// Block is one part of a letter, as it is drawn on paper or on a page. One of
// Heading, Text, Strong, Small, List and Rows is set; Title and Text make a box.
type Block struct {
	Heading string // of level 2; of the first block, the heading of the letter
	Title   string // of a box
	Text    string
	Strong  string
	Small   string
	List    []string
	Rows    []LetterRow
	Loud    bool // comes before all else: a page marks it
	Lasts   bool // a duty that is not done when the letter is acknowledged: a page says it again then
}

// LetterRow is a label and its value.
type LetterRow struct{ Label, Value string }

// letterRules say from whose view a letter is drawn, and which sections it may hold:
// another view is refused, so that no letter tells more than it should.
var letterRules = map[workflow.LetterKind]struct {
	reader   forms.Reader
	sections string // form.section, of those that may stand in it
	finding  string // the determination that it tells
}{
	workflow.LetterMinor:        {forms.ReadsNotice, "referral.A referral.C referral.D referral.E referral.I", ""},
	workflow.LetterConfirmation: {forms.ReadsHolder, "referral.C review.S4", "confirmed"},
	workflow.LetterAgency:       {forms.ReadsReferrer, "review.S4", "confirmed"},
	workflow.LetterNotConfirmed: {forms.ReadsHolder, "review.S4", "not_confirmed"},
	workflow.LetterExtension:    {forms.ReadsReferrer, "review.S4", ""},
	workflow.LetterWithdrawal:   {forms.ReadsHolder, "", ""},
}

// Letter draws a letter. A view that is not for this letter is refused, and a
// language without words too.
//
// Law: SSL 483-cc(b) (the finding is reported to the person and the referring
// agency; a district is told of a minor); 22 USC 7105(b) (federal certification
// is another thing); 9 NYCRR 6174.3(c); 18 NYCRR 765.1.
func Letter(f LetterFacts, v forms.View) ([]byte, []Undrawn, error) {
	w, blocks, err := letter(languages, f, v)
	if err != nil {
		return nil, nil, err
	}
	if about, _ := workflow.LetterOf(f.Kind); about.To == workflow.ToPerson {
		f.GeneratedFor, f.Version, f.Digest = "", 0, "" // whose helper is the police does not stand in a letter that others may find
	}
	p := begin(f.Facts, w.File, w.Foot)
	p.doc.Language, p.doc.Producer = f.Language, plainProducer
	for i, b := range blocks {
		p.letterBlock(i == 0, b)
	}
	return p.end()
}

// plainProducer stands in the properties of a letter where other documents name
// this program: its name alone would tell.
const plainProducer = "Document"

// LetterBlocks returns what stands in a letter, block by block, for a page that
// shows it before it is signed.
func LetterBlocks(f LetterFacts, v forms.View) ([]Block, error) {
	_, blocks, err := letter(languages, f, v)
	return blocks, err
}

// letterBlock draws one block.
func (p *paper) letterBlock(first bool, b Block) {
	switch {
	case b.Heading != "" && first:
		p.Heading(1, b.Heading)
	case b.Heading != "":
		p.Heading(2, b.Heading)
	case b.Title != "":
		p.Box(b.Title, b.Text)
	case b.Text != "":
		p.Paragraph(b.Text)
	case b.Strong != "":
		p.Strong(b.Strong)
	case b.Small != "":
		p.Small(b.Small)
	case len(b.List) > 0:
		p.List(b.List)
	}
	if len(b.Rows) == 0 {
		return
	}
	p.Space(4)
	for _, r := range b.Rows {
		p.Row(r.Label, r.Value)
	}
	p.Space(8)
}

// letter puts the blocks of a letter together.
func letter(all map[string]*words, f LetterFacts, v forms.View) (letterWords, []Block, error) {
	words, rule := all[f.Language], letterRules[f.Kind]
	if words == nil || rule.reader == "" || v.Reader != rule.reader {
		return letterWords{}, nil, errReader
	}
	for _, part := range v.Parts {
		if !slices.Contains(strings.Fields(rule.sections), part.Form+"."+part.Section) {
			return letterWords{}, nil, errReader
		}
	}
	if found := v.Item("determination"); rule.finding != "" && (found == nil || found.Value != rule.finding) {
		return letterWords{}, nil, errReader
	}
	w := words.Letters[f.Kind]
	c := composing{words: words, letter: w, f: f, v: v}
	c.plain, _ = workflow.LetterOf(f.Kind)
	c.add(Block{Heading: w.Heading})
	if f.SignedBy == "" && len(c.plain.Signers) > 0 {
		c.add(Block{Title: words.Shared["preview_title"], Text: words.Shared["preview"]})
	}
	c.add(Block{Title: words.Shared["approval_title"], Text: words.Shared["approval"]})
	for _, b := range w.Block {
		if b.Put == "" {
			c.add(c.block(b))
			continue
		}
		put := puts[b.Put]
		if put == nil {
			return letterWords{}, nil, fmt.Errorf("pdf: words of letters: nothing is called %q", b.Put)
		}
		put(&c)
	}
	return w, c.out, nil
}

// composing is a letter being put together.
type composing struct {
	words  *words
	letter letterWords
	plain  workflow.Letter
	f      LetterFacts
	v      forms.View
	out    []Block
}

func (c *composing) add(b Block) { c.out = append(c.out, b) }

// block fills the names in braces of a block.
func (c *composing) block(b wordBlock) Block {
	out := Block{Heading: c.fill(b.Heading), Text: c.fill(b.Text + b.Box), Title: c.fill(b.Title), Strong: c.fill(b.Strong), Small: c.fill(b.Small), Loud: b.Loud, Lasts: b.Lasts}
	for _, item := range b.List {
		out.List = append(out.List, c.fill(item))
	}
	return out
}

// named are the names in braces that every letter may use.
func (f LetterFacts) named() map[string]string {
	return map[string]string{"date": day(f.At), "since": day(f.Since), "until": "", "received": forms.At(f.ReceivedAt).Words(), "reference": f.Reference,
		"within": forms.At(workflow.DistrictReports(f.At)).Words()}
}

func (c *composing) fill(text string) string {
	values := c.f.named()
	if it := c.v.Item("appealUntil"); it != nil {
		values["until"] = value(*it)
	}
	return fillIn(text, values)
}

// fillIn puts values in the place of names in braces.
func fillIn(text string, values map[string]string) string {
	for name, value := range values {
		text = strings.ReplaceAll(text, "{"+name+"}", value)
	}
	return text
}
