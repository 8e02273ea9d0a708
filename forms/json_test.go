package forms

import (
	"encoding/json"
	"reflect"
	"testing"
)

// What is done to a copy of a referral is not done to the referral, in lists
// and in the rows of rows.
func TestCloneSharesNothing(t *testing.T) {
	r := &Referral{}
	r.Trafficking = []Trafficking{"sex"}
	r.Traffickers = []Trafficker{{Name: "A"}}
	other := r.Clone()
	other.Trafficking[0], other.Traffickers[0].Name = "labor", "B"
	if r.Trafficking[0] != "sex" || r.Traffickers[0].Name != "A" {
		t.Errorf("the copy changed its original: %v", r.Traffickers[0].Name)
	}
}

// FuzzElements: whatever the library finds in valid JSON, our walk finds, in
// the same order and with the same text.
func FuzzElements(f *testing.F) {
	for _, s := range []string{`{}`, `[ ]`, ` { "a" : 1 , "b\\u0022" : [ "x]" , {"y":"}"} ] } `, `[1,-2e9,true,null,"\\\\","",{"":{}}]`, `"x"`, `3`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !json.Valid(raw) {
			return
		}
		raw = raw[next(raw, 0):]
		switch raw[0] {
		case '[':
			var want []json.RawMessage
			if err := json.Unmarshal(raw, &want); err != nil {
				t.Fatal(err)
			}
			got := []json.RawMessage{}
			for _, item := range elements(raw) {
				got = append(got, item)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s is walked as %s", raw, got)
			}
		case '{':
			var want map[string]json.RawMessage
			if err := json.Unmarshal(raw, &want); err != nil {
				t.Fatal(err)
			}
			got := map[string]json.RawMessage{}
			for key, value := range elements(raw) {
				got[unquoted(key)] = value
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s is walked as %s", raw, got)
			}
		}
	})
}
