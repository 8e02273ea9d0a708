package forms

import (
	"net/url"
	"reflect"
	"slices"
	"strings"
)

// Attached is a file that the referrer added, as the answers list it: what it is,
// and a digest by which it can be known again. Its bytes lie sealed beside the
// answers. It is filled in when a file is taken, never from what was typed into
// the form; State is not kept in the answers, as it changes after they are sent.
type Attached struct {
	Number Number    `json:"number" derived:"attaching"`
	Kind   PaperKind `json:"kind" derived:"attaching" validate:"omitempty,option"`
	Text   Text      `json:"text" derived:"attaching" validate:"omitempty,max=200,line"`
	Others YesNo     `json:"othersInIt" derived:"attaching" validate:"omitempty,option"`
	PassOn YesNo     `json:"passOn" sees:"V O" derived:"attaching" validate:"omitempty,option"`
	Format Format    `json:"format" derived:"attaching" validate:"omitempty,option"`
	Size   Number    `json:"size" derived:"attaching"`
	Pages  Number    `json:"pages" derived:"attaching"`
	Digest Text      `json:"digest" derived:"attaching" validate:"omitempty,max=64,line"`
	State  FileState `json:"state" derived:"scanning" validate:"omitempty,option"`
}

// Format is what an attached file is.
type Format string

// Options returns the codes.
func (Format) Options() []string {
	return list(`pdf jpeg png text`)
}

// FileState says whether an attached file can be opened.
type FileState string

// The states: held until it is scanned, clean afterwards, or harmful for good.
const (
	FileHeld    FileState = "held"
	FileClean   FileState = "clean"
	FileHarmful FileState = "harmful"
)

// Options returns the codes.
func (FileState) Options() []string {
	return list(`held clean harmful`)
}

// tellsNothing are kinds of papers that do not tell what happened: OTDA reads
// them whether or not it is consulted.
var tellsNothing = []PaperKind{"consent", "court_letter", "age_document"}

// shownTo reports whether a reader may know of the file. Who helps the person
// gets what the referrer ticked, and OTDA by the kind: the others may hold what
// happened, which it reads while it is consulted.
func (a Attached) shownTo(s Sight) bool {
	switch s.Reader {
	case ReadsProvider, ReadsDistrict:
		return a.PassOn == "yes"
	case ReadsProgram:
		return s.Consulting || slices.Contains(tellsNothing, a.Kind)
	}
	return true
}

// guarded is a row that not everybody sees who sees the question.
type guarded interface{ shownTo(s Sight) bool }

// DecodeAttached reads what is said of a file that is added, by the names of the
// rows of M2: kind, text, othersInIt, passOn.
func DecodeAttached(in url.Values) (Attached, Problems) {
	r := Referral{Documents: Documents{Files: make([]Attached, 1)}}
	var bad Problems
	row := reflect.ValueOf(&r.Files[0]).Elem()
	for _, f := range AttachedFields() {
		if err := f.set(row.FieldByIndex(f.index), in[f.Name]); err != nil {
			bad = append(bad, Problem{ID: f.ID, Field: f.Name, Message: err.Error()})
		}
	}
	for _, p := range Questions.Shape(&r, "") {
		if name, ok := strings.CutPrefix(p.Field, "files.0."); ok && bad.Of(name) == "" {
			bad = append(bad, Problem{ID: p.ID, Field: name, Message: p.Message})
		}
	}
	if f := Questions.ByID("M2.kind"); r.Files[0].Kind == "" && bad.Of(f.Name) == "" {
		bad = append(bad, Problem{ID: f.ID, Field: f.Name, Message: f.Missing})
	}
	return r.Files[0], bad
}

// AttachedFields are the questions that are asked of a file.
func AttachedFields() []*Field {
	return []*Field{Questions.ByID("M2.kind"), Questions.ByID("M2.text"), Questions.ByID("M2.othersInIt"), Questions.ByID("M2.passOn")}
}
