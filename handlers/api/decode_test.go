package api

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"nysreferral/forms"
	"nysreferral/workflow"
)

// What is wrong with the frame of a saved draft is said before its answers are
// looked at, and nothing of it is repeated.
func TestDecodeSaveRefuses(t *testing.T) {
	for _, c := range []struct{ body, field string }{
		{``, ""}, {`[]`, ""}, {`{`, ""}, {`{"rev":1,"answers":{}} x`, ""}, {"{\"rev\":1,\"answers\":{\"summary\":\"\xff\"}}", ""},
		{`{"rev":1,"answers":{},"more":1}`, ""}, {`{"rev":1,"rev":1,"answers":{}}`, "rev"}, {`{"answers":{}}`, "rev"}, {`{"rev":null,"answers":{}}`, "rev"},
		{`{"rev":"1","answers":{}}`, "rev"}, {`{"rev":1.5,"answers":{}}`, "rev"}, {`{"rev":1}`, "answers"}, {`{"rev":1,"answers":null}`, "answers"},
		{`{"rev":1,"answers":{"Jane Example":1}}`, "(withheld)"}, {`{"rev":1,"answers":{"age":"x"}}`, "age"},
	} {
		r := &forms.Referral{}
		_, bad := decodeSave([]byte(c.body), r)
		if len(bad) == 0 || bad[len(bad)-1].Field != c.field || strings.Contains(bad[0].Message, "Jane") {
			t.Errorf("%s: %+v, want one at %q", c.body, bad, c.field)
		}
	}
	r := &forms.Referral{}
	if rev, bad := decodeSave([]byte(` {"answers":{"age":20}, "rev":7} `), r); rev != 7 || len(bad) > 0 || r.Age.N != 20 {
		t.Errorf("%d, %+v, %d", rev, bad, r.Age.N)
	}
}

// What says nothing is left out, and the order and every answer stay.
func TestTrimmed(t *testing.T) {
	for in, want := range map[string]string{
		`{}`: "", `null`: "", `[{}]`: "", `{"a":{"b":[""]}}`: "",
		`{"b":0,"a":{"x":false,"y":"no"},"c":[null,{"d":true}]}`: `{"b":0,"a":{"y":"no"},"c":[{"d":true}]}`,
		` { "<": "\u0041" } `: "{\"\\u003c\":\"\\u0041\"}",
	} {
		if got := string(trimmed(json.RawMessage(in))); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

// Whatever is sent as a saved draft is refused with problems or taken as it is:
// nothing of it panics, and what was taken reads the same when it is sent again.
func FuzzDecodeSave(f *testing.F) {
	for _, s := range []string{`{"rev":1,"answers":{}}`, `{"rev":1,"answers":{"age":20,"needs":{"food":"now"},"traffickers":[{"name":"X"}]}}`, `{"rev":1`,
		`{"rev":1,"answers":{"summary":"a\u0000b"}}`, `{"rev":-1,"answers":{"born":"1984-03"}}`, `{"rev":1,"answers":{"otherNames":[{}]}}`, "\xff"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r := &forms.Referral{}
		rev, bad := decodeSave(body, r)
		if len(bad) > 0 {
			return
		}
		if !json.Valid(body) || !utf8.Valid(body) {
			t.Fatalf("took %q", body)
		}
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte(`\u0000`)) {
			t.Fatalf("took NUL in %q", body)
		}
		// What was taken is taken again as it is.
		again := &forms.Referral{}
		back, err := json.Marshal(saved{Rev: rev, Answers: text})
		if err != nil {
			t.Fatal(err)
		}
		if same, bad := decodeSave(back, again); same != rev || len(bad) > 0 {
			t.Fatalf("%q came back as %q: %+v", body, back, bad)
		}
		if second, err := json.Marshal(again); err != nil || !bytes.Equal(text, second) {
			t.Fatalf("%s and %s, %v", text, second, err)
		}
		if short := trimmed(text); short != nil && !json.Valid(short) {
			t.Fatalf("trimmed to %s", short)
		}
	})
}

type saved struct {
	Rev     int             `json:"rev"`
	Answers json.RawMessage `json:"answers"`
}

// Whatever is sent with an act is refused with problems or names a revision.
func FuzzDecodeDeed(f *testing.F) {
	var names []string
	for _, do := range workflow.Actions() {
		names = append(names, string(do))
	}
	for _, do := range workflow.HandoverActions() {
		names = append(names, "handover."+string(do))
	}
	for _, do := range workflow.PairActions() {
		names = append(names, "pair."+string(do))
	}
	for i := range names {
		f.Add(uint8(i), []byte(`{"rev":1,"reason":"x","elementAction":{"finding":"shown"},"bases":["severe_form_adult"]}`))
		f.Add(uint8(i), []byte(`{"rev":1}`))
	}
	f.Fuzz(func(t *testing.T, which uint8, body []byte) {
		do := names[int(which)%len(names)]
		deed, bad := decodeDeed(do, body)
		if deed == nil {
			t.Fatal("no deed")
		}
		if len(bad) > 0 {
			return
		}
		if !json.Valid(body) || !utf8.Valid(body) || !deed.Rev.Set {
			t.Fatalf("took %q", body)
		}
		form := forms.FormOf(do)
		form.Check(deed, "2026-11-02")
	})
}
