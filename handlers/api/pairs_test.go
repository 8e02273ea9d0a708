package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"nysreferral/cases"
	"nysreferral/demo"
	"nysreferral/referrals"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

// twice sends both referrals of case 10 through the API and does the jobs that
// they ask for.
func (h *house) twice() (provider, police string) {
	t := h.t
	t.Helper()
	for i, key := range []string{demo.Referrers[10], demo.SecondReferrer} {
		r, _, err := demo.Referral(10, h.Door.Today())
		if i == 1 {
			h.Clock.Set(cases.Load(10).Second.Now)
			r, _, err = demo.Second(h.Door.Today())
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var got receipt
		h.want(201, key, "POST", "/referrals", text, "Idempotency-Key", fmt.Sprintf("twice-%d", i)).into(t, &got)
		if err := h.Door.Find(t.Context(), referrals.FindPairs{Ref: got.Reference}); err != nil {
			t.Fatal(err)
		}
		provider, police = police, got.Reference
	}
	return provider, police
}

// pairs is what the tests read of a referral's pairs.
type pairs struct {
	Review map[string]json.RawMessage `json:"review"`
	Pairs  []struct {
		Reference string   `json:"reference"`
		Rev       int      `json:"rev"`
		Status    string   `json:"status"`
		Strength  string   `json:"strength"`
		Actions   []button `json:"actions"`
		Reasons   []struct{ Code, Say string }
	} `json:"pairs"`
}

// Case 10 through the API: DCJS and OTDA open the pair, compare and decide; the
// referrers get what somebody gets who asks for nothing that exists.
func TestPairs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		h.Clock.Set(cases.Load(10).Now)
		provider, police := h.twice()
		var seen pairs
		h.want(200, "program", "GET", "/referrals/"+police, nil).into(t, &seen)
		if len(seen.Pairs) != 1 || seen.Pairs[0].Reference != provider || seen.Pairs[0].Status != "found" || len(seen.Pairs[0].Reasons) < 3 || len(seen.Pairs[0].Actions) != 2 {
			t.Fatalf("%+v", seen.Pairs)
		}
		holds(t, string(seen.Review["samePerson"]), provider, "name_part", "age_fits", "county_same", "unread")
		address := "/referrals/" + police + "/pairs/" + provider
		var both struct{ One, Other record }
		h.want(200, "reviewer", "GET", address, nil).into(t, &both)
		if both.One.Reference != police || both.Other.Reference != provider || len(both.Other.Answers["familyName"]) == 0 || string(both.Other.Answers["category"]) != `{"masked":true}` {
			t.Errorf("%+v", both.Other)
		}
		h.want(404, "reviewer", "GET", "/referrals/"+police+"/pairs/"+nobody, nil)
		h.want(404, "reviewer", "GET", "/referrals/"+police+"/pairs/"+police, nil)
		if bad := h.want(422, "reviewer", "POST", address+"/link", `{"rev":1}`).trouble(t); bad.Problems.Of("reason") == "" {
			t.Errorf("%+v", bad)
		}
		h.want(422, "reviewer", "POST", address+"/link", `{"reason":"x"}`)
		h.want(200, "reviewer", "POST", address+"/link", `{"rev":1,"reason":"The same person."}`)
		h.want(409, "program", "POST", address+"/dismiss", `{"rev":1,"reason":"I think not."}`)
		h.want(403, "program", "POST", address+"/dismiss", `{"rev":2,"reason":"I think not."}`)
		h.want(200, "program", "POST", "/referrals/"+provider+"/pairs/"+police+"/undo", `{"rev":2,"reason":"Looked again."}`)
		h.want(200, "director", "POST", address+"/dismiss", `{"rev":3,"reason":"Two people."}`)
		h.strangersToPair(provider, police)
	})
}

// strangersToPair wants the bytes for an existing pair to be those for none.
func (h *house) strangersToPair(provider, police string) {
	h.t.Helper()
	for key, own := range map[string]string{"detective": police, "case_manager": provider, "shelter_lead": provider, "auditor": police, "rhtp_harbor": police, "administrator": police} {
		other := map[string]string{police: provider, provider: police}[own]
		for _, c := range [][3]string{{"GET", "", ""}, {"POST", "/link", `{"rev":4,"reason":"x"}`}, {"POST", "/undo", `{"rev":4,"reason":"x"}`}} {
			there := h.want(404, key, c[0], "/referrals/"+own+"/pairs/"+other+c[1], bodyOf(c[2]))
			absent := h.want(404, key, c[0], "/referrals/"+own+"/pairs/"+nobody+c[1], bodyOf(c[2]))
			if !bytes.Equal(there.body, absent.body) || !sameHeaders(there.header, absent.header) {
				h.t.Errorf("%s %s: %s and %s", key, c, there.body, absent.body)
			}
		}
		for _, path := range []string{"/referrals/" + own, "/referrals", "/referrals/" + own + "/looks", "/tasks"} {
			got := h.ask(key, "GET", path, nil)
			for _, word := range []string{other, "samePerson", `"pairs"`, "compare"} {
				if key != "auditor" && strings.Contains(string(got.body), word) || key == "auditor" && word != other && strings.Contains(string(got.body), word) {
					h.t.Errorf("%s %s tells %s: %s", key, path, word, got.body)
				}
			}
		}
	}
}
