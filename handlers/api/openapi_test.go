package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"nysreferral/forms"
	"nysreferral/handlers/api"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

var update = flag.Bool("update", false, "write openapi.json anew")

// The kept description is what the program serves, to everybody, and the same
// every time it is made.
func TestDescriptionIsFresh(t *testing.T) {
	made, err := api.Describe()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("openapi.json", made, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, made) {
		t.Error("openapi.json is not what the program says. Run: go test ./handlers/api -run TestDescriptionIsFresh -update")
	}
	h := open(t, storetest.SQLite(t))
	got := h.want(200, "", "GET", "/openapi.json", nil)
	if !bytes.Equal(got.body, made) {
		t.Error("what is served is not what is kept")
	}
	h.want(304, "", "GET", "/openapi.json", nil, "If-None-Match", got.header.Get("ETag"))
}

// Every act of both tables, and every question of the form, stands in the
// description.
func TestDescriptionIsWhole(t *testing.T) {
	made, err := api.Describe()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths      map[string]map[string]json.RawMessage `json:"paths"`
		Components struct {
			Schemas map[string]struct {
				Properties map[string]json.RawMessage `json:"properties"`
				Required   []string                   `json:"required"`
			} `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(made, &doc); err != nil {
		t.Fatal(err)
	}
	for _, s := range workflow.Steps {
		if doc.Paths["/referrals/{ref}/"+string(s.Do)]["post"] == nil {
			t.Errorf("no call does %s", s.Do)
		}
	}
	for _, s := range workflow.HandoverSteps {
		if s.Do != workflow.Propose && doc.Paths["/referrals/{ref}/handovers/{n}/"+string(s.Do)]["post"] == nil {
			t.Errorf("no call does %s on a hand-over", s.Do)
		}
	}
	for _, s := range workflow.PairSteps {
		if doc.Paths["/referrals/{ref}/pairs/{other}/"+string(s.Do)]["post"] == nil {
			t.Errorf("no call does %s on a pair", s.Do)
		}
	}
	asked := doc.Components.Schemas["Referral"].Properties
	for _, s := range forms.Questions.Sections {
		for _, f := range s.Fields {
			if asked[f.Name] == nil {
				t.Errorf("%s is not described", f.ID)
			}
		}
	}
	if got := doc.Components.Schemas["deed.confirm"]; strings.Join(got.Required, " ") != "rev typeConfirmed bases" || len(got.Properties) != 3 {
		t.Errorf("confirming takes %+v", got)
	}
	for _, m := range regexp.MustCompile(`"\$ref": ?"#/components/schemas/([^"]+)"`).FindAllSubmatch(made, -1) {
		if _, ok := doc.Components.Schemas[string(m[1])]; !ok {
			t.Errorf("%s is named and not described", m[1])
		}
	}
}

// The form is served as one JSON Schema to whoever has a token, and again only
// when it changed.
func TestForm(t *testing.T) {
	h := open(t, storetest.SQLite(t))
	got := h.want(200, "detective", "GET", "/form", nil)
	var schema struct {
		Dialect    string `json:"$schema"`
		Properties map[string]struct {
			ID      string   `json:"x-id"`
			Section string   `json:"x-section"`
			Sees    []string `json:"x-sees"`
			Label   string   `json:"label"`
			Options []struct{ Code, Label string }
		} `json:"properties"`
	}
	got.into(t, &schema)
	county := schema.Properties["countyFound"]
	if schema.Dialect != "https://json-schema.org/draft/2020-12/schema" || county.ID != "A12" || county.Section != "A" || len(county.Sees) == 0 || county.Label == "" || len(county.Options) != 62 {
		t.Errorf("%s, %+v", schema.Dialect, county)
	}
	tag := got.header.Get("ETag")
	for _, same := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
		if again := h.want(304, "reviewer", "GET", "/form", nil, "If-None-Match", same); len(again.body) != 0 {
			t.Error("a body with 304")
		}
	}
	h.want(200, "reviewer", "GET", "/form", nil, "If-None-Match", `"other"`)
}

// The token's account is told who it is, and nothing that others need not know.
func TestMe(t *testing.T) {
	h := open(t, storetest.SQLite(t))
	got := h.want(200, "shelter_lead", "GET", "/me", nil)
	if want := `{"name":"Lee Harbor","duty":"referrer","agency":"Example House Shelter","side":"provider","lead":true}`; string(got.body) != want {
		t.Errorf("%s, want %s", got.body, want)
	}
}
