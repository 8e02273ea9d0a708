package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/handlers"
	"nysreferral/handlers/api"
	"nysreferral/referrals"
	"nysreferral/seal"
	"nysreferral/store"
)

// house is the made-up State behind the real site, as programs reach it.
type house struct {
	*demo.State
	t    testing.TB
	url  string
	log  *syncBuffer
	http *http.Client
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// start is a Monday morning in New York.
var start = time.Date(2026, 11, 2, 15, 15, 0, 0, time.UTC)

// open starts the site over db; change may alter the door.
func open(t testing.TB, db *store.DB, change ...func(*demo.State)) *house {
	t.Helper()
	file := filepath.Join(t.TempDir(), "key")
	if err := seal.Create(file, start); err != nil {
		t.Fatal(err)
	}
	ring, err := seal.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := demo.New(db, ring, demo.NewClock(start, time.Now), time.Now, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Populate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, f := range change {
		f(s)
	}
	h := &house{State: s, t: t, log: &syncBuffer{}, http: &http.Client{Timeout: time.Minute}}
	routes, err := api.New(api.Deps{Referrals: s.Door, Auth: s.Auth, Draw: drawn})
	if err != nil {
		t.Fatal(err)
	}
	site, err := handlers.New(handlers.Deps{Referrals: s.Door, Registry: s.Registry, Auth: s.Auth, Now: s.Clock.Now, API: routes,
		Log: slog.New(slog.NewTextHandler(h.log, nil)), Settings: handlers.Settings{Insecure: true}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	h.url = server.URL
	return h
}

// drawn stands for drawing: it says of what and for whom a paper is.
func drawn(_ context.Context, p referrals.Paper) ([]byte, error) {
	return fmt.Appendf(nil, "%%PDF-1.7 %s %s %d", p.Kind, p.Reference, p.N), nil
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// into reads the JSON of an answer.
func (a answer) into(t testing.TB, out any) {
	t.Helper()
	if err := json.Unmarshal(a.body, out); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
}

// trouble is an error as the API says it.
type trouble struct {
	Type     string         `json:"type"`
	Title    string         `json:"title"`
	Status   int            `json:"status"`
	Detail   string         `json:"detail"`
	Number   string         `json:"number"`
	Problems forms.Problems `json:"problems"`
}

// trouble reads an error and checks that it is one.
func (a answer) trouble(t testing.TB) trouble {
	t.Helper()
	var out trouble
	a.into(t, &out)
	if got := a.header.Get("Content-Type"); got != "application/problem+json" || out.Type == "" || out.Title == "" || out.Detail == "" || out.Status != a.status {
		t.Errorf("an error as %s: %s", got, a.body)
	}
	if a.status < 500 && out.Number != "" {
		t.Errorf("a refusal has a number: %s", a.body)
	}
	return out
}

// ask sends one request; body is sent as it is when it is bytes or a string,
// else as JSON. The account of key "" sends no token.
func (h *house) ask(key, method, path string, body any, headers ...string) answer {
	h.t.Helper()
	a, err := h.try(key, method, path, body, headers...)
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

func (h *house) try(key, method, path string, body any, headers ...string) (answer, error) {
	text, err := written(body)
	if err != nil {
		return answer{}, err
	}
	r, err := http.NewRequestWithContext(context.Background(), method, h.url+api.Base+path, bytes.NewReader(text))
	if err != nil {
		return answer{}, err
	}
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+h.Account(key).Token)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	got, err := h.http.Do(r)
	if err != nil {
		return answer{}, err
	}
	all, err := io.ReadAll(got.Body)
	if closed := got.Body.Close(); err == nil {
		err = closed
	}
	return answer{got.StatusCode, got.Header, all}, err
}

func written(body any) ([]byte, error) {
	switch b := body.(type) {
	case nil:
		return nil, nil
	case string:
		return []byte(b), nil
	case []byte:
		return b, nil
	}
	return json.Marshal(body)
}

// want is ask, with the status that the test wants.
func (h *house) want(status int, key, method, path string, body any, headers ...string) answer {
	h.t.Helper()
	a := h.ask(key, method, path, body, headers...)
	if a.status != status {
		h.t.Fatalf("%s: %s %s answers %d, wants %d: %s", key, method, path, a.status, status, a.body)
	}
	return a
}

// record is what the tests read of a referral.
type record struct {
	Reference  string                     `json:"reference"`
	Status     string                     `json:"status"`
	Rev        int                        `json:"rev"`
	ReceivedAt string                     `json:"receivedAt"`
	DueAt      string                     `json:"dueAt"`
	RouteDueAt string                     `json:"routeDueAt"`
	Digest     string                     `json:"digest"`
	Agency     string                     `json:"agency"`
	HeldBy     string                     `json:"heldBy"`
	Answers    map[string]json.RawMessage `json:"answers"`
	Review     map[string]json.RawMessage `json:"review"`
	Handovers  []struct {
		N         int                        `json:"n"`
		Status    string                     `json:"status"`
		Rev       int                        `json:"rev"`
		Kind      string                     `json:"kind"`
		Recipient string                     `json:"recipient"`
		Reason    string                     `json:"reason"`
		Actions   []button                   `json:"actions"`
		Facts     map[string]json.RawMessage `json:"facts"`
	} `json:"handovers"`
	Actions  []button       `json:"actions"`
	Problems forms.Problems `json:"problems"`
	Warnings forms.Problems `json:"warnings"`
	Masked   []string       `json:"masked"`

	Revisions []struct {
		Version int `json:"version"`
		Changes []struct {
			Field string `json:"field"`
		} `json:"changes"`
	} `json:"revisions"`
	Timeline []struct {
		At, Say, Who string
	} `json:"timeline"`
	Letters []struct {
		Reference string `json:"reference"`
		N         int    `json:"n"`
		Kind      string `json:"kind"`
	} `json:"letters"`
}

type button struct {
	Action  string   `json:"action"`
	Ready   bool     `json:"ready"`
	Missing []string `json:"missing"`
}

// read opens a referral as the account of key.
func (h *house) read(key, ref string) record {
	h.t.Helper()
	var out record
	h.want(200, key, "GET", "/referrals/"+ref, nil).into(h.t, &out)
	return out
}

// do is one step as the account of key, on what it sees now; body without rev.
func (h *house) do(key, ref, step, body string) record {
	h.t.Helper()
	return h.step(key, ref, step, body, h.read(key, ref).Rev)
}

// doHandover is do for the first hand-over.
func (h *house) doHandover(key, ref, step, body string) record {
	h.t.Helper()
	return h.step(key, ref, "handovers/1/"+step, body, h.read(key, ref).Handovers[0].Rev)
}

func (h *house) step(key, ref, step, body string, rev int) record {
	h.t.Helper()
	text := fmt.Sprintf(`{"rev":%d`, rev)
	if body != "" {
		text += "," + body
	}
	var out record
	h.want(200, key, "POST", "/referrals/"+ref+"/"+step, text+"}").into(h.t, &out)
	return out
}

// answers returns the answers of a case as a program sends them.
func (h *house) answers(n int) []byte {
	h.t.Helper()
	r, _, err := demo.Referral(n, h.Door.Today())
	if err != nil {
		h.t.Fatal(err)
	}
	text, err := json.Marshal(r)
	if err != nil {
		h.t.Fatal(err)
	}
	return text
}

// sent refers a case and returns its receipt.
func (h *house) sent(n int) receipt {
	h.t.Helper()
	var out receipt
	h.want(201, demo.Referrers[n], "POST", "/referrals", h.answers(n), "Idempotency-Key", fmt.Sprintf("case-%d", n)).into(h.t, &out)
	return out
}

type receipt struct {
	Reference  string `json:"reference"`
	Status     string `json:"status"`
	ReceivedAt string `json:"receivedAt"`
	DueAt      string `json:"dueAt"`
	RouteDueAt string `json:"routeDueAt"`
	Digest     string `json:"digest"`
}

// holds fails unless text holds every part.
func holds(t testing.TB, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%q does not stand in %s", p, text)
		}
	}
}
