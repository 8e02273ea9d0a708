package api

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"nysreferral/forms"
)

// notObject is said of a body that cannot be read at all.
const notObject = "The body is not one JSON object. Check the commas, quotes and braces."

// missingRev is said when a step does not say what it was decided on.
var missingRev = forms.Problem{ID: "rev", Field: "rev",
	Message: "Give rev, the revision that you saw, so that your step does not overwrite somebody else's."}

// decodeSave reads {"rev": …, "answers": {…}} into r, which is empty.
func decodeSave(body []byte, r *forms.Referral) (rev int, bad forms.Problems) {
	in, bad := outer(body, "rev", "answers")
	if len(bad) > 0 {
		return 0, bad
	}
	deed, bad := decodeDeed("save", joined(in, "rev"))
	if in["answers"] == nil || string(in["answers"]) == "null" {
		bad = append(bad, forms.Problem{ID: "answers", Field: "answers", Message: "Give answers, an object with all answers of the draft: it replaces what was saved before."})
		return 0, bad
	}
	return deed.Rev.N, append(bad, forms.Questions.DecodeJSON(r, in["answers"])...)
}

// joined returns an object with those members of in that are named.
func joined(in map[string]json.RawMessage, names ...string) []byte {
	var parts []string
	for _, name := range names {
		if in[name] != nil {
			parts = append(parts, `"`+name+`":`+string(in[name]))
		}
	}
	return []byte("{" + strings.Join(parts, ",") + "}")
}

// decodeDeed reads what was sent with an act: do is the action of a referral,
// or "handover." and the action of a hand-over.
func decodeDeed(do string, body []byte) (*forms.Deed, forms.Problems) {
	deed, bad := decodeNote(do, body)
	if !deed.Rev.Set && bad.Of(missingRev.Field) == "" && len(bad) == 0 {
		bad = append(bad, missingRev)
	}
	return deed, bad
}

// decodeTold is decodeDeed for an act by which answers may change: they stand
// beside the words, by name.
func decodeTold(do string, body []byte) (*forms.Deed, json.RawMessage, forms.Problems) {
	if !utf8.Valid(body) {
		return &forms.Deed{}, nil, forms.Problems{{Message: "The body is not valid UTF-8. Send the text as UTF-8."}}
	}
	list, err := membersOf(body)
	if len(body) > 0 && err != nil {
		return &forms.Deed{}, nil, forms.Problems{{Message: notObject}}
	}
	var words []member
	var answers json.RawMessage
	for _, m := range list {
		switch {
		case m.name != toldAnswers:
			words = append(words, m)
		case answers != nil:
			return &forms.Deed{}, nil, forms.Problems{{ID: m.name, Field: m.name, Message: "This was given twice. Give it once."}}
		default:
			answers = m.value
		}
	}
	deed, bad := decodeDeed(do, whole(words))
	return deed, answers, bad
}

// toldAnswers is the name of the answers beside the words of an act.
const toldAnswers = "answers"

// whole writes members as an object, each as it came.
func whole(list []member) []byte {
	out := []byte{'{'}
	for i, m := range list {
		if i > 0 {
			out = append(out, ',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			panic("api: " + err.Error()) // a string
		}
		out = append(append(append(out, name...), ':'), m.value...)
	}
	return append(out, '}')
}

// decodeNote is decodeDeed for what has no revision to be seen. A body that is
// left out is an empty one.
func decodeNote(do string, body []byte) (*forms.Deed, forms.Problems) {
	deed := &forms.Deed{}
	if len(body) == 0 {
		return deed, nil
	}
	return deed, forms.FormOf(do).DecodeJSON(deed, body)
}

// decodeNothing refuses a body that holds anything.
func decodeNothing(body []byte) error {
	if len(body) == 0 {
		return nil
	}
	if list, err := membersOf(body); err != nil || len(list) > 0 {
		return forms.Problems{{Message: "This call takes no body, or an empty object."}}
	}
	return nil
}

// outer reads one JSON object whose names are among those given, each at most
// once, and leaves the values as they are.
func outer(body []byte, names ...string) (map[string]json.RawMessage, forms.Problems) {
	if !utf8.Valid(body) {
		return nil, forms.Problems{{Message: "The body is not valid UTF-8. Send the text as UTF-8."}}
	}
	list, err := membersOf(body)
	if err != nil {
		return nil, forms.Problems{{Message: notObject}}
	}
	out := map[string]json.RawMessage{}
	for _, m := range list {
		if !slices.Contains(names, m.name) {
			return nil, forms.Problems{{Message: "The body takes these names and no others: " + strings.Join(names, ", ") + "."}}
		}
		if out[m.name] != nil {
			return nil, forms.Problems{{ID: m.name, Field: m.name, Message: "This was given twice. Give it once."}}
		}
		out[m.name] = m.value
	}
	return out, nil
}

// member is one member of a JSON object.
type member struct {
	name  string
	value json.RawMessage
}

// membersOf returns the members of a JSON object in their order.
func membersOf(raw []byte) ([]member, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errNotObject
	}
	var out []member
	for d.More() {
		t, err := d.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			return nil, errNotObject
		}
		m := member{name: name}
		if err := d.Decode(&m.value); err != nil {
			return nil, errNotObject
		}
		out = append(out, m)
	}
	if _, err := d.Token(); err != nil {
		return nil, errNotObject
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errNotObject
	}
	return out, nil
}

var errNotObject = forms.Problems{{Message: notObject}}

// trimmed returns raw without what says nothing: null, false, empty texts, and
// objects and lists that hold nothing else. It returns nil when nothing is
// left. The order stays.
func trimmed(raw json.RawMessage) json.RawMessage {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return nil
	}
	switch raw[0] {
	case '{':
		list, err := membersOf(raw)
		if err != nil {
			return nil
		}
		return written(list)
	case '[':
		var items []json.RawMessage
		if err := json.Unmarshal(raw, &items); err != nil {
			return nil
		}
		var parts [][]byte
		for _, item := range items {
			if item = trimmed(item); item != nil {
				parts = append(parts, item)
			}
		}
		if len(parts) == 0 {
			return nil
		}
		return slices.Concat([]byte("["), bytes.Join(parts, []byte(",")), []byte("]"))
	}
	if text := string(raw); text == `""` || text == "null" || text == "false" {
		return nil
	}
	return raw
}

// written returns the object of list, trimmed.
func written(list []member) json.RawMessage {
	var parts [][]byte
	for _, m := range list {
		if m.value = trimmed(m.value); m.value == nil {
			continue
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil
		}
		parts = append(parts, slices.Concat(name, []byte(":"), m.value))
	}
	if len(parts) == 0 {
		return nil
	}
	return slices.Concat([]byte("{"), bytes.Join(parts, []byte(",")), []byte("}"))
}
