package handlers

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/handlers/api"
	"nysreferral/pdf/pdftest"
	"nysreferral/referrals"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workers"
	"nysreferral/workflow"
)

// marker answers every question, texts and dates with a mark that stands
// nowhere else.
type marker struct {
	n       int
	choices map[string]string
	marks   map[string]string // by mark, the path
}

// marking are choices that let the questions be asked that depend on them, and
// markingToo the others.
var (
	marking = map[string]string{"consented": "yes_written", "consentDocument": "typed_signature", "consentLanguage": "spanish", "consentGivenBy": "other", "under18": "yes",
		"offeredToConnect": "not_offered", "tribalNation": "other", "spokenLanguage": "other", "writtenLanguage": "other", "reach": "through_other_advocate",
		"countyNow": "outside_new_york", "living": "hospital", "category": "unknown", "missing": "now", "screeningTool": "tvit_short", "ongoing": "no", "freeToLeave": "no", "county": "outside_new_york", "born": "unknown"}
	markingToo = map[string]string{"countyNow": "homeless", "born": "", "reach": "directly", "living": "with_trafficker"}
)

// object answers the questions of a form, a group or a row.
func (m *marker) object(fields []*forms.Field, prefix string) map[string]any {
	out := map[string]any{}
	for _, f := range fields {
		if f.Derived {
			continue
		}
		m.n++
		path := prefix + f.Name
		switch f.Kind {
		case forms.KindGroup:
			out[f.Name] = m.object(f.Fields, path+".")
		case forms.KindRepeat:
			out[f.Name] = []any{m.object(f.Fields, path+".0."), m.object(f.Fields, path+".1.")}
		case forms.KindMulti:
			out[f.Name] = f.Codes[:min(len(f.Codes), 5)]
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
			out[f.Name] = m.text(f, path)
		}
	}
	return out
}

// text is a text, address or date that holds a mark.
func (m *marker) text(f *forms.Field, path string) string {
	if code, ok := m.choices[f.Name]; ok && f.Kind == forms.KindPartial {
		return code
	}
	word := "Zq"
	for n := m.n; n > 0; n /= 26 {
		word += string(rune('a' + n%26))
	}
	word += "qz"
	switch {
	case f.Kind == forms.KindDate || f.Kind == forms.KindPartial:
		day := time.Date(2009, 1, 1+m.n, 0, 0, 0, 0, time.UTC)
		if !strings.Contains(f.Rules, "past") {
			day = day.AddDate(20, 0, 0)
		}
		m.marks[day.Format("January 2, 2006")], m.marks[day.Format(time.DateOnly)] = path, path
		return day.Format(time.DateOnly)
	case f.Kind == forms.KindPhone:
		word = fmt.Sprintf("+44 7700 900%03d", m.n)
	case f.Kind == forms.KindEmail:
		word = strings.ToLower(word) + "@example.org"
	case strings.Contains(f.Rules, "reference"):
		word = forms.NewReference(uint64(m.n) << 20)
	}
	m.marks[word] = path
	return word
}

// markedReferral answers everything, shared facts too, as somebody does who
// writes something of its own everywhere for one person.
func markedReferral(t *testing.T, choices map[string]string) (*forms.Referral, map[string]string) {
	t.Helper()
	m := &marker{choices: choices, marks: map[string]string{}}
	var fields []*forms.Field
	for _, s := range forms.Questions.Sections {
		fields = append(fields, s.Fields...)
	}
	text, err := json.Marshal(m.object(fields, ""))
	if err != nil {
		t.Fatal(err)
	}
	r := &forms.Referral{}
	if bad := forms.Questions.DecodeJSON(r, text); len(bad) > 0 {
		t.Fatalf("%+v", []forms.Problem(bad))
	}
	if len(m.marks) < 100 {
		t.Fatalf("only %d marks", len(m.marks))
	}
	return r, m.marks
}

// Of one person of a group, in whose referral every question is answered,
// nothing is found in any output about another person of the group, for any
// account: no page, no answer of the API, no PDF; nor the reference, but where
// the referrer and the State ask who is of the encounter.
func TestNothingOfOneStandsInAnother(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := wholeStage(t, db)
		_, refs := s.gather(11)
		all := map[string]string{}
		too := maps.Clone(marking)
		maps.Copy(too, markingToo)
		trooper := s.state.As("trooper")
		for i, choices := range []map[string]string{marking, too} {
			r, marks := markedReferral(t, choices)
			maps.Copy(all, marks)
			seen, err := s.state.Door.Edit(t.Context(), trooper, referrals.Seen{Ref: refs[i], Rev: 2}, func(now *forms.Referral) forms.Problems { *now = *r; return nil })
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 { // one is sent, one stays a draft
				if _, err := s.state.Door.Submit(t.Context(), trooper, seen, ""); err != nil {
					t.Fatalf("%+v", err)
				}
			}
		}
		adult, minor := refs[2], refs[10]
		for _, ref := range []string{adult, minor} {
			if _, err := s.state.Door.Submit(t.Context(), trooper, referrals.Seen{Ref: ref, Rev: 2}, ""); err != nil {
				t.Fatal(err)
			}
		}
		steps := confirmed(sent, demo.Step{Who: "rhtp_harbor", Do: workflow.Accept, N: 1})
		if _, err := s.state.Take(t.Context(), adult, steps...); err != nil {
			t.Fatal(err)
		}
		seen := map[string]int{}
		for _, a := range s.state.Accounts {
			for _, path := range append(pathsFor(a.Duty, []string{adult, minor}), apiPaths(t, s, []string{adult, minor})...) {
				kind, text := s.output(t, a, path)
				seen[kind]++
				one := strings.Contains(path, adult) || strings.Contains(path, minor)
				for mark, of := range all {
					if !one && of == "deadline" {
						continue // a list flags each referral by its own deadline
					}
					if strings.Contains(text, mark) {
						t.Errorf("%s: %s holds %q, which is %s of another person", a.Key, path, mark, of)
					}
				}
				if !one || strings.Contains(path, "/groups/") || strings.HasSuffix(path, "/encounter") {
					continue
				}
				for _, other := range refs[:2] {
					if strings.Contains(text, other) {
						t.Errorf("%s: %s holds the reference of another person", a.Key, path)
					}
				}
			}
		}
		if seen["page"] < 80 || seen["json"] < 60 || seen["pdf"] < 8 {
			t.Errorf("only %v were looked at", seen)
		}
	})
}

// wholeStage is the site with its API and with papers as they are drawn.
func wholeStage(t *testing.T, db *store.DB) *stage {
	t.Helper()
	return newStage(t, db, func(d *Deps) {
		d.Draw = workers.Draw
		routes, err := api.New(api.Deps{Referrals: d.Referrals, Auth: d.Auth, Draw: workers.Draw})
		if err != nil {
			t.Fatal(err)
		}
		d.API = func(g *echo.Group) { routes(g) }
	})
}

// apiPaths are the addresses of all that the API gives of these referrals.
func apiPaths(t *testing.T, s *stage, refs []string) []string {
	t.Helper()
	var doc struct {
		Paths map[string]map[string]struct {
			Parameters []struct {
				Name   string
				Schema struct{ Enum []string }
			}
		}
	}
	if err := json.Unmarshal([]byte(s.at("trooper").get("/api/v1/openapi.json").body), &doc); err != nil {
		t.Fatal(err)
	}
	var out []string
	for path, calls := range doc.Paths {
		call, ok := calls["get"]
		if !ok || path == "/openapi.json" {
			continue
		}
		kinds := []string{""}
		for _, p := range call.Parameters {
			if p.Name == "kind" {
				kinds = p.Schema.Enum
			}
		}
		for _, ref := range refs {
			for _, kind := range kinds {
				out = append(out, "/api/v1"+strings.NewReplacer("{ref}", ref, "{n}", "1", "{id}", "1", "{kind}", kind, "{name}", "none").Replace(path))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// output is what an account gets of an address, as text, and its kind when it
// was given.
func (s *stage) output(t *testing.T, a demo.Account, path string) (kind, text string) {
	t.Helper()
	var headers []string
	if strings.HasPrefix(path, "/api/") {
		headers = []string{"Authorization", "Bearer " + a.Token}
	}
	got := s.at(a.Key).get(path, headers...)
	if got.status >= 500 {
		t.Errorf("%s: %s answers %d", a.Key, path, got.status)
	}
	switch {
	case strings.HasPrefix(got.header.Get("Content-Type"), "application/pdf"):
		return "pdf", pdftest.Text(t, []byte(got.body))
	case got.status != 200:
		return "refused", got.body
	case headers != nil:
		return "json", got.body
	}
	return "page", got.body
}
