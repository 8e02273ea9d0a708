package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"nysreferral/forms"
	"nysreferral/pdf/pdftest"
)

// documents are all that are drawn of a view, by name.
var documents = map[string]func(Facts, forms.View) ([]byte, []Undrawn, error){
	"receipt": Receipt, "referral": Referral, "file": File, "packet": Packet,
}

// readersOf says who gets which document; nobody else does.
var readersOf = map[string]string{"receipt": "R", "referral": "R", "file": "V O", "packet": "P L"}

// A document is refused to every reader that it is not for: no recipient gets the State's file, nobody but a recipient
// gets a packet, and those who wait, count or audit get none.
func TestRefusesOtherReaders(t *testing.T) {
	f := fillForms(chosen)
	for name, draw := range documents {
		for _, reader := range append(forms.Readers(), "") {
			v := f.view(forms.Sight{Reader: reader})
			if name == "receipt" {
				v.Parts = v.Parts[:min(1, len(v.Parts))]
			}
			out, _, err := draw(someFacts(), v)
			if want := slices.Contains(strings.Fields(readersOf[name]), string(reader)); (err == nil) != want || (out != nil) != want {
				t.Errorf("%s for %q: %d bytes, %v", name, reader, len(out), err)
			}
			if err != nil && !errors.Is(err, errReader) {
				t.Error(err)
			}
		}
	}
}

// A receipt is refused a view that may tell what happened.
func TestReceiptRefusesNarrative(t *testing.T) {
	f := fillForms(chosen)
	whole := f.view(forms.Sight{Reader: forms.ReadsReferrer})
	for _, part := range whole.Parts {
		v := forms.View{Reader: whole.Reader, Parts: []forms.Part{part}}
		if _, _, err := Receipt(someFacts(), v); err == nil && slices.Contains([]string{"G", "S2", "S4", "S5"}, part.Section) {
			t.Errorf("receipt with section %s", part.Section)
		}
	}
}

// A document without a time is refused, whatever it is.
func TestDocumentsNeedTheTime(t *testing.T) {
	f := fillForms(chosen)
	none := someFacts()
	none.At = time.Time{}
	for reader := range drawnAs {
		s := forms.Sight{Reader: reader}
		for name, draw := range documents {
			if out, _, err := draw(none, f.view(s)); err == nil || out != nil {
				t.Errorf("%s for %s", name, s.Reader)
			}
		}
	}
	if _, _, err := ConsentSheet(none); err == nil {
		t.Error("consent sheet")
	}
}

// told is a label and its value with one space between words, wherever lines end: that is how they come out of the
// structure of the document.
type told struct{ label, value string }

func tight(s string) string { return strings.Join(strings.Fields(s), " ") }

// rowsIn reads the rows of a document as a screen reader finds them, and headings with the paragraph below.
func rowsIn(t *testing.T, pdf []byte) map[told]int {
	t.Helper()
	out := map[told]int{}
	var label, value strings.Builder
	var into *strings.Builder
	heading := ""
	end := func() {
		if label.Len() > 0 {
			out[told{tight(label.String()), tight(value.String())}]++
		}
		label.Reset()
		value.Reset()
		into = nil
	}
	for line := range strings.Lines(pdftest.Run(t, pdf, "pdfinfo", "-struct-text", "@")) {
		line = strings.TrimSpace(line)
		switch {
		case line == "TR", line == "Document", strings.HasPrefix(line, "Table"), strings.HasPrefix(line, "Sect"), strings.HasPrefix(line, "L"):
			end()
		case strings.HasPrefix(line, "H1"), strings.HasPrefix(line, "H2"), strings.HasPrefix(line, "H3"):
			end()
			heading = line[:2]
			into = &label
		case strings.HasPrefix(line, "TH"):
			into = &label
		case strings.HasPrefix(line, "TD"):
			into = &value
		case line == "P (block)":
			if heading != "H3" || value.Len() > 0 && !strings.HasPrefix(tight(value.String()), "May be hard to read.") {
				end()
			}
			into = &value
			value.WriteByte(' ')
		case len(line) > 1 && line[0] == '"' && into != nil:
			into.WriteString(strings.TrimSuffix(line[1:], `"`))
		}
	}
	end()
	return out
}

// rowsOf are the rows that a view makes, group by group.
func rowsOf(out map[told]int, items []forms.Item) {
	for _, it := range items {
		for _, row := range it.Rows {
			rowsOf(out, row)
		}
		switch {
		case it.Masked:
			out[told{tight(it.Label), tight(withheld)}]++
		case it.Rows == nil:
			out[told{tight(it.Label), tight(strings.Join(it.Text, " "))}]++
		}
	}
}

// Every item of a view stands in its document exactly once, with its own label: lists and ticks too, and what is withheld
// says so.
func TestEveryItemOnceWithItsLabel(t *testing.T) {
	for i, choices := range []map[string]string{chosen, chosenToo()} {
		f := fillForms(choices)
		for j, s := range f.sights() {
			if i > 0 && j%3 > 0 {
				continue // the other choices change few rows; each reader is tried
			}
			v := f.view(s)
			got, want := rowsIn(t, drawnFor(t, v)), map[told]int{}
			for _, part := range v.Parts {
				rowsOf(want, part.Items)
			}
			for row, n := range want {
				found := got[row] + got[told{row.label, tight("May be hard to read. " + row.value)}]
				for _, group := range []string{"safePhone", "representative"} {
					found += got[told{tight(forms.Questions.Field(group).Label + ": " + row.label), row.value}]
				}
				if found != n {
					t.Errorf("%s: %+v stands there %d times, want %d", brief(s), row, found, n)
				}
			}
			if len(want) < 40 {
				t.Errorf("%s: only %d rows", brief(s), len(want))
			}
		}
	}
}

// A view without answers makes a document that is sound, and one with as much as the form can hold does not lose any.
func TestEmptyAndHuge(t *testing.T) {
	for _, reader := range []forms.Reader{forms.ReadsReferrer, forms.ReadsReviewer, forms.ReadsProgram, forms.ReadsProvider, forms.ReadsDistrict} {
		out := drawnFor(t, forms.View{Reader: reader})
		sound(t, out)
		if text := copied(t, out); !strings.Contains(text, "7K4M-2QX9-C3TB-5") || !strings.Contains(text, "Page 1 of 1") {
			t.Errorf("%s: %s", reader, text)
		}
	}
	r := &forms.Referral{}
	r.SourceKind, r.NotSafe = "nypd", forms.Prose(strings.Repeat("never call, ", 40)+"NOTSAFEEND")
	r.SafeAddress = forms.Text(strings.Repeat("x", 300))
	review := &forms.Review{}
	for i := range 50 {
		review.Questions = append(review.Questions, forms.Question{Asked: "2026-01-02T03:04:05Z", Text: forms.Prose(strings.Repeat("why ", 450)), Answer: forms.Prose(strings.Repeat("because ", 1800) + fmt.Sprintf("END%03d", i))})
	}
	r.Summary = forms.Prose(strings.Repeat("word ", 2990) + "SUMMARYEND")
	r.Reasons = forms.Prose(strings.Repeat("\n", 14000) + "REASONSEND")
	v := forms.NewView(forms.Sight{Reader: forms.ReadsReviewer}, r, review)
	out := drawnFor(t, v)
	sound(t, out)
	text := copied(t, out)
	for i := range 50 {
		if want := fmt.Sprintf("END%03d", i); strings.Count(text, want) != 1 {
			t.Errorf("%s is lost", want)
		}
	}
	if !strings.Contains(text, "SUMMARYEND") || !strings.Contains(text, "REASONSEND") {
		t.Error("the end of a text is lost")
	}
	if text := copied(t, drawnFor(t, forms.NewView(forms.Sight{Reader: forms.ReadsProvider}, r, review))); !strings.Contains(text, "NOTSAFEEND") {
		t.Error("the safe contact is cut")
	}
}

// The same view and facts give the same bytes, twenty times and side by side; the race detector watches.
func TestDocumentsSameBytes(t *testing.T) {
	r, review := caseOf(t, 1)
	var wg sync.WaitGroup
	for reader, draw := range drawnAs {
		v := forms.NewView(forms.Sight{Reader: reader}, r, review)
		first := drawnFor(t, v)
		for range 4 {
			wg.Go(func() {
				for range 5 {
					if again, _, err := draw(someFacts(), v); err != nil || !bytes.Equal(first, again) {
						t.Errorf("%s: other bytes, %v", reader, err)
					}
				}
			})
		}
	}
	wg.Wait()
	one, _, err := ConsentSheet(Facts{At: noon})
	two, _, err2 := ConsentSheet(Facts{At: noon})
	if err != nil || err2 != nil || !bytes.Equal(one, two) {
		t.Error("consent sheet", err, err2)
	}
}

// What cannot be drawn is said where it stands and at the end, and returned with its number.
func TestDocumentsSayWhatIsMissing(t *testing.T) {
	r := &forms.Referral{}
	r.FamilyName, r.NameToUse = "Lopez 😀", "😀 Ana 𠀀"
	for _, s := range []forms.Sight{{Reader: forms.ReadsReferrer}, {Reader: forms.ReadsReviewer}, {Reader: forms.ReadsProgram}, {Reader: forms.ReadsProvider}, {Reader: forms.ReadsDistrict}} {
		out, lack, err := drawnAs[s.Reader](someFacts(), forms.NewView(s, r, nil))
		if err != nil || fmt.Sprint(lack) != fmt.Sprint([]Undrawn{{0x1F600, 2}, {0x20000, 1}}) {
			t.Fatalf("%s: %v, %v", s.Reader, lack, err)
		}
		if text := copied(t, out); !strings.Contains(text, "Lopez [U+1F600 cannot be printed]") || !strings.Contains(text, "3 characters could not be printed") {
			t.Errorf("%s: %s", s.Reader, text)
		}
	}
}

// Every page of every document carries the reference, the notice, who it is for, the version, the digest, the time and
// its number; the properties of the file name nobody.
func TestFootOfDocuments(t *testing.T) {
	f := fillForms(chosen)
	for reader := range drawnAs {
		s := forms.Sight{Reader: reader}
		out := drawnFor(t, f.view(s))
		pages := strings.Split(strings.TrimSuffix(pdftest.Run(t, out, "pdftotext", "-layout", "@", "-"), "\f"), "\f")
		for i, page := range pages {
			page = spaces.ReplaceAllString(page, " ")
			for _, want := range []string{"7K4M-2QX9-C3TB-5", notice, "Version 2", "Digest 0123456789abcdef ·", "Generated for Example Office", "November 22, 2026, 12:00 pm EST", fmt.Sprintf("Page %d of %d", i+1, len(pages))} {
				if !strings.Contains(page, want) {
					t.Errorf("%s: page %d lacks %q", s.Reader, i+1, want)
				}
			}
		}
		said := pdftest.Run(t, out, "pdfinfo", "@")
		for _, a := range f.all {
			if a.mark != "" && strings.Contains(said, a.mark) {
				t.Errorf("%s: the properties show %s", s.Reader, a.id)
			}
		}
		if strings.Contains(strings.ToLower(said), "traffick") {
			t.Error("the properties are not neutral: " + said)
		}
	}
}

// A content note stands before what is hard to read, once a section, and nowhere else: what is withheld needs none.
func TestContentNotes(t *testing.T) {
	f := fillForms(chosen)
	for _, s := range f.sights() {
		v, want := f.view(s), 0
		for _, part := range v.Parts {
			if slices.ContainsFunc(part.Items, veiled) {
				want++
			}
		}
		text := copied(t, drawnFor(t, v))
		if got := strings.Count(text, "Content note"); got != want {
			t.Errorf("%s: %d content notes, want %d", brief(s), got, want)
		}
		if mark := string(f.referral.Summary); strings.Contains(text, mark) && strings.Index(text, "Content note") > strings.Index(text, mark) {
			t.Errorf("%s: the note comes after the summary", brief(s))
		}
	}
}
