package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"nysreferral/cases"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

type group struct {
	Reference string                     `json:"reference"`
	Label     string                     `json:"label"`
	Rev       int                        `json:"rev"`
	Answers   map[string]json.RawMessage `json:"answers"`
	Count     int                        `json:"count"`
	Sent      int                        `json:"sent"`
	Behind    int                        `json:"behind"`
	People    []struct {
		N         int    `json:"n"`
		Reference string `json:"reference"`
		Status    string `json:"status"`
		Rev       int    `json:"rev"`
		Missing   int    `json:"missing"`
		DueAt     string `json:"dueAt"`
	} `json:"people"`
}

type results struct {
	Results []struct {
		N         int      `json:"n"`
		Reference string   `json:"reference"`
		Receipt   *receipt `json:"receipt"`
		Detail    string   `json:"detail"`
		Problems  []any    `json:"problems"`
	} `json:"results"`
}

// gathered begins a group of so many people by the API.
func (h *house) gathered(people int) group {
	h.t.Helper()
	h.Clock.Set(cases.LoadGroup(15).Now)
	var g group
	body := fmt.Sprintf(`{"answers":%s,"people":%d}`, cases.LoadGroup(15).Shared, people)
	h.want(201, "trooper", "POST", "/groups", body).into(h.t, &g)
	return g
}

// What a group does not take is refused: answers about one person, numbers
// beyond the limit, names that nobody asks for; and to everybody else it is the
// same 404 as what does not exist.
func TestGroupRefuses(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		for _, body := range []string{``, `[]`, `{}`, `{"people":"3"}`, `{"people":3.5}`, `{"people":-1}`, `{"people":51}`, `{"people":null}`, `{"people":1,"people":2}`, `{"people":1,"name":"x"}`,
			`{"people":1,"answers":{"familyName":"Xa"}}`, `{"people":1,"answers":{"summary":"Xa"}}`, `{"people":1,"answers":{"traffickers":[{"relationship":"employer"}]}}`, `{"people":1,"answers":{"firstEncounter":"2027-01-01"}}`} {
			if got := h.ask("trooper", "POST", "/groups", body, "Content-Type", "application/json"); got.status != 422 || len(got.trouble(t).Problems) == 0 {
				t.Errorf("%s: %d %s", body, got.status, got.body)
			}
		}
		g := h.gathered(2)
		path := "/groups/" + g.Reference
		for _, body := range []string{`{}`, `{"drafts":[]}`, `{"drafts":[{"reference":"x"}]}`, `{"drafts":[{"rev":1}],"all":true}`, `{"drafts":[{"reference":"x","rev":1,"name":"y"}]}`, `{"drafts":{}}`} {
			if got := h.ask("trooper", "POST", path+"/submit", body); got.status != 422 {
				t.Errorf("%s: %d", body, got.status)
			}
		}
		none := h.want(404, "detective", "GET", "/groups/7K4M-2QX9-C3TB-5", nil)
		for _, key := range []string{"detective", "case_manager", "shelter_lead", "reviewer", "director", "program", "rhtp_harbor", "auditor", "coordinator", "administrator"} {
			for _, ref := range []string{g.Reference, g.People[0].Reference} {
				if got := h.want(404, key, "GET", "/groups/"+ref, nil); !bytes.Equal(got.body, none.body) {
					t.Errorf("%s is told more of a group: %s", key, got.body)
				}
				h.want(404, key, "POST", "/drafts?with="+ref, nil)
				h.want(404, key, "POST", "/groups/"+ref+"/people", `{"rev":1,"people":1}`)
				h.want(404, key, "POST", "/groups/"+ref+"/carry", `{"rev":1}`)
				h.want(404, key, "DELETE", "/groups/"+ref, `{"rev":1}`)
				h.want(404, key, "PUT", "/groups/"+ref, `{"rev":1,"answers":{}}`)
				h.want(404, key, "GET", "/referrals/"+ref+"/encounter", nil)
			}
		}
		h.want(404, "trooper", "GET", "/referrals/"+g.Reference, nil)
		h.want(404, "trooper", "POST", "/drafts/"+g.Reference+"/submit", `{"rev":1}`)
		h.want(409, "trooper", "POST", path+"/people", fmt.Sprintf(`{"rev":%d,"people":1}`, g.Rev+1))
	})
}

// A program refers several people: the shared facts once, each person's answers
// on top, each sent alone; the same key sends none twice, and one person's
// record tells no other's reference.
func TestGroupByTheAPI(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		k := cases.LoadGroup(15)
		g := h.gathered(2)
		if g.Label != "Raid or operation, October 15, 2026" || g.Count != 2 || string(g.Answers["countyFound"]) != `"nassau"` {
			t.Fatalf("%+v", g)
		}
		path := "/groups/" + g.Reference
		for i := range 2 {
			now := h.read("trooper", g.People[i].Reference)
			for name, said := range now.Answers {
				if !bytes.Contains(k.People[i], []byte(`"`+name+`"`)) && name != "organization" && name != "sourceKind" && name != "designated" {
					k.People[i] = append([]byte(fmt.Sprintf(`{%q:%s,`, name, said)), k.People[i][1:]...)
				}
			}
			h.want(200, "trooper", "PUT", "/drafts/"+g.People[i].Reference, fmt.Sprintf(`{"rev":%d,"answers":%s}`, now.Rev, k.People[i]))
		}
		var third draft
		h.want(201, "trooper", "POST", "/drafts?with="+g.Reference, []byte(k.People[8])).into(t, &third)
		if got := h.read("trooper", third.Reference); string(got.Answers["countyFound"]) != `"suffolk"` || string(got.Answers["firstEncounter"]) != `"2026-10-15"` || len(got.Problems) != 0 {
			t.Errorf("%v %v", got.Answers, got.Problems)
		}
		h.want(200, "trooper", "GET", path, nil).into(t, &g)
		h.want(201, "trooper", "POST", path+"/people", fmt.Sprintf(`{"rev":%d,"people":1,"countyFound":"suffolk"}`, g.Rev)).into(t, &g)
		var drafts []string
		for _, p := range g.People {
			drafts = append(drafts, fmt.Sprintf(`{"reference":%q,"rev":%d}`, p.Reference, p.Rev))
		}
		body := `{"drafts":[` + strings.Join(drafts, ",") + `]}`
		first := h.want(200, "trooper", "POST", path+"/submit", body, "Idempotency-Key", "all")
		again := h.want(200, "trooper", "POST", path+"/submit", body, "Idempotency-Key", "all")
		if !bytes.Equal(first.body, again.body) {
			t.Errorf("first %s, again %s", first.body, again.body)
		}
		var out results
		first.into(t, &out)
		for i, one := range out.Results {
			if (one.Receipt != nil) != (i < 3) || (len(one.Problems) > 0) != (i == 3) || one.N != i+1 {
				t.Errorf("%+v", one)
			}
			if i < 3 && one.Receipt.DueAt != "2026-10-20T21:00:00Z" {
				t.Errorf("due %s", one.Receipt.DueAt)
			}
		}
		h.tellsOnlyItself(g)
		var seen struct{ Referrals []struct{ Reference string } }
		h.want(200, "reviewer", "GET", "/referrals/"+g.People[0].Reference+"/encounter", nil).into(t, &seen)
		if len(seen.Referrals) != 3 {
			t.Errorf("%+v", seen)
		}
		h.want(404, "auditor", "GET", "/referrals/"+g.People[0].Reference+"/encounter", nil)
		h.changesTheFacts(g)
	})
}

// tellsOnlyItself wants the list to show the group once, and the record of one
// person no other's reference.
func (h *house) tellsOnlyItself(g group) {
	t := h.t
	t.Helper()
	var listed struct {
		Groups    []group `json:"groups"`
		Referrals []struct{ Reference, Group string }
	}
	h.want(200, "trooper", "GET", "/referrals", nil).into(t, &listed)
	if len(listed.Groups) != 1 || listed.Groups[0].Count != 4 || listed.Groups[0].Sent != 3 || len(listed.Referrals) != 4 || listed.Referrals[0].Group != g.Reference {
		t.Errorf("%+v", listed)
	}
	for _, key := range []string{"trooper", "reviewer", "program", "auditor"} {
		got := h.want(200, key, "GET", "/referrals/"+g.People[0].Reference, nil)
		for _, other := range append(slices.Clone(g.People[1:]), g.People[0]) {
			if other.N != 1 && bytes.Contains(got.body, []byte(other.Reference)) || bytes.Contains(got.body, []byte(g.Reference)) {
				t.Errorf("%s reads another's reference in %s", key, got.body)
			}
		}
		tells := map[string]string{"trooper": `"group":{"n":1,"people":4,"sent":3}`, "reviewer": `"group":{"people":3}`, "program": `"group":{"people":3}`}[key]
		if tells == "" && bytes.Contains(got.body, []byte(`"group"`)) || !bytes.Contains(got.body, []byte(tells)) {
			t.Errorf("%s reads %s", key, got.body)
		}
	}
}

// changesTheFacts carries a change into the draft that is left, and then
// discards it.
func (h *house) changesTheFacts(g group) {
	t := h.t
	t.Helper()
	path := "/groups/" + g.Reference
	h.want(200, "trooper", "PUT", path, fmt.Sprintf(`{"rev":%d,"answers":{"firstEncounter":"2026-10-14"}}`, g.Rev)).into(t, &g)
	if g.Behind != 1 {
		t.Errorf("%d behind", g.Behind)
	}
	var carried group
	h.want(200, "trooper", "POST", path+"/carry", fmt.Sprintf(`{"rev":%d}`, g.Rev)).into(t, &carried)
	g.Rev, g.Behind = carried.Rev, carried.Behind
	if got := h.read("trooper", g.People[3].Reference); string(got.Answers["firstEncounter"]) != `"2026-10-14"` || g.Behind != 0 {
		t.Errorf("%v", got.Answers)
	}
	h.want(204, "trooper", "DELETE", path, fmt.Sprintf(`{"rev":%d}`, g.Rev))
	h.want(404, "trooper", "GET", "/referrals/"+g.People[3].Reference, nil)
	h.want(200, "trooper", "GET", path, nil).into(t, &g)
	if g.Count != 3 {
		t.Errorf("%d people", g.Count)
	}
}
