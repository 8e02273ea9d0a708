package policy_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"nysreferral/forms"
)

// grown and child are the choices of two made-up people, so that every question
// applies to one of them; what stands in neither is answered by its first option.
var (
	grown = map[string]string{"consented": "yes_written", "consentDocument": "typed_signature", "consentLanguage": "spanish", "consentGivenBy": "other", "mayReceiveHealth": "no",
		"under18": "no", "born": "1990-04-05", "category": "other_or_no_status_or_pending", "federalSteps": "none", "tribalNation": "other", "spokenLanguage": "other", "writtenLanguage": "other",
		"reach": "directly", "countyFound": "queens", "countyNow": "queens", "countyWished": "queens", "living": "hospital", "screeningTool": "tvit_short", "ongoing": "no", "freeToLeave": "no",
		"county": "outside_new_york", "shelterTonight": "no", "danger": "no", "contactWished": "rhtp_provider"}
	child = map[string]string{"consented": "yes_written", "consentDocument": "typed_signature", "consentLanguage": "spanish", "consentGivenBy": "other", "mayReceiveHealth": "yes",
		"under18": "yes", "born": "unknown", "category": "unknown", "tribalNation": "other", "spokenLanguage": "other", "writtenLanguage": "other",
		"reach": "through_other_advocate", "countyFound": "erie", "custodyCounty": "erie", "countyNow": "outside_new_york", "living": "hospital", "screeningTool": "tvit_short", "ongoing": "no", "freeToLeave": "no",
		"county": "outside_new_york", "missing": "now", "contactWished": "ldss"}
)

// marker answers every question; a text holds a word that stands nowhere else.
type marker struct {
	n       int
	choices map[string]string
	marks   map[string]string // by mark, the id of the question
}

// marked returns a referral in which every question is answered, and the marks.
func marked(t *testing.T, choices map[string]string) (*forms.Referral, map[string]string) {
	t.Helper()
	m := &marker{choices: choices, marks: map[string]string{}}
	all := map[string]any{}
	for _, s := range forms.Questions.Sections {
		m.answer(s.Fields, all)
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	r := &forms.Referral{}
	if bad := forms.Questions.DecodeJSON(r, text); len(bad) > 0 {
		t.Fatalf("%+v", []forms.Problem(bad))
	}
	if len(m.marks) < 60 {
		t.Fatalf("only %d marks", len(m.marks))
	}
	return r, m.marks
}

func (m *marker) answer(fields []*forms.Field, out map[string]any) {
	for _, f := range fields {
		if f.Derived {
			continue
		}
		m.n++
		switch f.Kind {
		case forms.KindGroup:
			inner := map[string]any{}
			m.answer(f.Fields, inner)
			out[f.Name] = inner
		case forms.KindRepeat:
			row := map[string]any{}
			m.answer(f.Fields, row)
			out[f.Name] = []any{row}
		case forms.KindMulti:
			out[f.Name] = f.Codes[:min(len(f.Codes), f.Max)]
			if code, ok := m.choices[f.Name]; ok {
				out[f.Name] = []string{code}
			}
		case forms.KindTick:
			out[f.Name] = true
		case forms.KindNumber:
			out[f.Name] = 3
		case forms.KindChoice:
			out[f.Name] = f.Codes[0]
			if code, ok := m.choices[f.Name]; ok && slices.Contains(f.Codes, code) {
				out[f.Name] = code
			}
		default:
			out[f.Name] = m.text(f)
		}
	}
}

// text is a word, address, number or date of its own.
func (m *marker) text(f *forms.Field) string {
	word := "Zq"
	for n := m.n; n > 0; n /= 26 {
		word += string(rune('a' + n%26))
	}
	word += "qz"
	if choice, ok := m.choices[f.Name]; ok && f.Kind == forms.KindPartial {
		return choice
	}
	switch {
	case f.Kind == forms.KindDate || f.Kind == forms.KindPartial:
		day := time.Date(2009, 1, 1+m.n, 0, 0, 0, 0, time.UTC)
		if !strings.Contains(f.Rules, "past") {
			day = day.AddDate(20, 0, 0)
		}
		return day.Format(time.DateOnly)
	case f.Kind == forms.KindPhone:
		word = fmt.Sprintf("+44 7700 900%03d", m.n)
	case f.Kind == forms.KindEmail:
		word = strings.ToLower(word) + "@example.org"
	case strings.Contains(f.Rules, "reference"):
		word = forms.NewReference(uint64(m.n) << 20)
	}
	m.marks[word] = f.ID
	return word
}
