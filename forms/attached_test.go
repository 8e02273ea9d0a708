package forms

import (
	"net/url"
	"strings"
	"testing"
)

// What is said of a file is checked as any answer is: codes of the lists, one
// line of words, and its kind always.
func TestSaidOfAFile(t *testing.T) {
	for field, in := range map[string]url.Values{
		"kind":       {},
		"passOn":     {"kind": {"other"}, "passOn": {"maybe"}},
		"othersInIt": {"kind": {"other"}, "othersInIt": {"yes", "no"}},
		"text":       {"kind": {"other"}, "text": {strings.Repeat("a", 201)}},
	} {
		if _, bad := DecodeAttached(in); len(bad) != 1 || bad.Of(field) == "" || !strings.HasPrefix(bad[0].ID, "M2.") {
			t.Errorf("%s: %v", field, bad)
		}
	}
	if _, bad := DecodeAttached(url.Values{"kind": {"other"}, "text": {"two\nlines"}}); bad.Of("text") == "" {
		t.Error("two lines are taken for one")
	}
	got, bad := DecodeAttached(url.Values{"kind": {"consent"}, "text": {" The release "}, "passOn": {"yes"}, "digest": {"made up"}, "state": {"clean"}, "number": {"7"}})
	if len(bad) > 0 || got != (Attached{Kind: "consent", Text: "The release", PassOn: "yes"}) {
		t.Errorf("%+v %v", got, bad)
	}
}

// No answer that is typed or sent makes a file: they are listed by the program
// alone.
func TestFilesAreNotTyped(t *testing.T) {
	r := &Referral{}
	if bad := Questions.DecodeSection(r, "M", url.Values{"files.0.kind": {"other"}, "files.0.state": {"clean"}}); len(r.Files) > 0 {
		t.Errorf("a page makes %+v %v", r.Files, bad)
	}
	if bad := Questions.DecodeJSON(r, []byte(`{"files":[{"number":1,"state":"clean"}]}`)); len(r.Files) > 0 || len(bad) > 0 {
		t.Errorf("a program makes %+v %v", r.Files, bad)
	}
}

// Who may know of a file: the table beside domain rule M1, by kind, tick and
// consultation.
func TestWhoKnowsOfAFile(t *testing.T) {
	for _, c := range []struct {
		reader     Reader
		consulting bool
		kind       PaperKind
		passOn     YesNo
		want       bool
	}{
		{ReadsReferrer, false, "other", "", true}, {ReadsReviewer, false, "police_report", "no", true},
		{ReadsProgram, false, "police_report", "yes", false}, {ReadsProgram, true, "police_report", "", true}, {ReadsProgram, false, "screening_tool", "", false},
		{ReadsProgram, false, "consent", "", true}, {ReadsProgram, false, "court_letter", "", true}, {ReadsProgram, false, "age_document", "", true}, {ReadsProgram, false, "", "", false},
		{ReadsProvider, false, "consent", "", false}, {ReadsProvider, false, "consent", "no", false}, {ReadsProvider, false, "consent", "yes", true}, {ReadsDistrict, false, "other", "yes", true}, {ReadsDistrict, false, "other", "", false},
		{ReadsWaiting, false, "consent", "yes", false}, {ReadsNotice, false, "consent", "yes", false}, {ReadsHolder, false, "consent", "yes", false}, {ReadsAuditor, false, "consent", "yes", false}, {ReadsStatistic, false, "consent", "yes", false},
	} {
		r := &Referral{}
		r.Files = []Attached{{Number: Of(1), Kind: c.kind, PassOn: c.passOn, Format: "pdf"}}
		v := NewView(Sight{Reader: c.reader, Consulting: c.consulting, Release: true}, r, nil)
		if got := v.Item("files") != nil; got != c.want {
			t.Errorf("%+v: %t", c, got)
		}
	}
}
