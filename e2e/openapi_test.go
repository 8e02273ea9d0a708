package e2e

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// described reads the kept description of the API.
func described(t *testing.T) *openapi3.T {
	t.Helper()
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(root, "handlers", "api", "openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// The description of the API is a right OpenAPI 3.1 document, and programs that
// are made from it find every call.
func TestDescriptionOfAPI(t *testing.T) {
	doc := described(t)
	if err := doc.Validate(context.Background(), openapi3.IsOpenAPI31OrLater()); err != nil {
		t.Fatal(err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{
		{"POST", "/referrals"}, {"GET", "/referrals/7K4M-2QX9-C3TB-5"}, {"POST", "/referrals/7K4M-2QX9-C3TB-5/take"}, {"PUT", "/drafts/7K4M-2QX9-C3TB-5"},
		{"POST", "/referrals/7K4M-2QX9-C3TB-5/handovers/2/accept"}, {"GET", "/referrals/7K4M-2QX9-C3TB-5/letter/referral"}, {"GET", "/tasks"}, {"GET", "/form"},
	} {
		req, err := http.NewRequest(c[0], apiBase+c[1], nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := router.FindRoute(req); err != nil {
			t.Errorf("%s %s is not described: %v", c[0], c[1], err)
		}
	}
}

// What a body must be is said so that a program can check it before it sends
// it: a right body passes, and wrong ones do not.
func TestDescriptionOfBodies(t *testing.T) {
	doc := described(t)
	for _, c := range []struct {
		schema, body string
		right        bool
	}{
		{"Referral", `{"age":20,"countyFound":"queens","needs":{"food":"now"},"born":"1984-03"}`, true},
		{"Referral", `{"countyFound":"paris"}`, false},
		{"Referral", `{"nonsense":1}`, false},
		{"Referral", `{"age":"twenty"}`, false},
		{"Referral", `{"traffickers":[{"name":7}]}`, false},
		{"Save", `{"rev":1,"answers":{"age":20}}`, true},
		{"Save", `{"answers":{}}`, false},
		{"deed.confirm", `{"rev":3,"typeConfirmed":"sex","bases":["severe_form_adult"]}`, true},
		{"deed.confirm", `{"rev":3,"typeConfirmed":"sex"}`, false},
		{"deed", `{"rev":3,"reason":"x"}`, false},
		{"Receipt", `{"reference":"7K4M-2QX9-C3TB-5","status":"submitted","receivedAt":"2026-11-02T15:15:00Z","dueAt":"2026-11-06T22:00:00Z","routeDueAt":"2026-11-12T22:00:00Z"}`, true},
		{"Receipt", `{"reference":"7K4M-2QX9-C3TB-5","status":"sent"}`, false},
	} {
		var body any
		if err := json.Unmarshal([]byte(c.body), &body); err != nil {
			t.Fatal(err)
		}
		s := doc.Components.Schemas[c.schema]
		if s == nil {
			t.Errorf("%s is not described", c.schema)
			continue
		}
		if err := s.Value.VisitJSON(body, openapi3.EnableJSONSchema2020()); (err == nil) != c.right {
			t.Errorf("%s %s: %v", c.schema, c.body, err)
		}
	}
}

// What the running program answers is what its description says, whoever asks
// and whatever it is asked.
func TestAnswersAreDescribed(t *testing.T) {
	p := Start(t)
	for _, duty := range []string{"referrer", "coordinator", "reviewer", "director", "program", "recipient", "administrator", "auditor"} {
		c := API(t, p, duty)
		c.Described()
		for _, path := range []string{"/me", "/form", "/tasks?all=true", "/letters", "/referrals?waiting=true", "/referrals?status=lost", "/referrals/7K4M-2QX9-C3TB-5", "/nothing"} {
			c.Do(Call{Method: http.MethodGet, Path: path})
		}
		a := c.Do(Call{Method: http.MethodGet, Path: "/referrals"})
		if a.Status == http.StatusNotFound {
			continue // this duty has no list
		}
		var list struct {
			Referrals []struct {
				Reference string `json:"reference"`
				Rev       int    `json:"rev"`
			} `json:"referrals"`
		}
		a.Into(t, &list)
		if len(list.Referrals) == 0 && duty != "recipient" {
			t.Errorf("the demo shows a %s no referral", duty)
		}
		for _, r := range list.Referrals {
			one := "/referrals/" + r.Reference
			for _, path := range []string{"", "/looks", "/receipt", "/letter/confirmation", "/packet?for=1"} {
				c.Do(Call{Method: http.MethodGet, Path: one + path})
			}
			c.Do(Call{Method: http.MethodPost, Path: one + "/take", Body: map[string]int{"rev": r.Rev + 50}})
			c.Do(Call{Method: http.MethodPost, Path: one + "/ask", Body: map[string]string{"nonsense": "x"}})
		}
		c.Do(Call{Method: http.MethodPost, Path: "/drafts", Body: map[string]int{}})
		c.Do(Call{Method: http.MethodPost, Path: "/referrals", Body: map[string]int{}, Header: map[string]string{"Idempotency-Key": "k"}})
	}
}
