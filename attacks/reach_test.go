package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// What a program says that it answered is counted by route and status, in whatever
// pieces the log comes, and what else stands there counts for nothing.
func TestAnswersAreCounted(t *testing.T) {
	l := &requestLogs{}
	log := "level=INFO msg=request method=GET route=/queue status=200 took=1ms\n" +
		"level=INFO msg=\"nysreferral: request method=GET route=/queue\" status=200\n" +
		"level=INFO msg=request method=GET route=\"\" status=404 took=1ms\n" +
		"level=INFO msg=request method=GET route=/queue status=429 took=1ms\nlevel=INFO msg=request method=GET route=/queue sta"
	for _, one := range strings.SplitAfter(log, "t") {
		if n, err := l.Write([]byte(one)); n != len(one) || err != nil {
			t.Fatal(n, err)
		}
	}
	got := l.now()
	if got.all() != 3 || got.of(200) != 1 || got.of(404, 429) != 2 || got.on("GET /queue").all() != 2 || got.on("GET ").of(404) != 1 {
		t.Errorf("%v", map[answered]int(got))
	}
	if again := l.now().since(got); again.all() != 0 || (*requestLogs)(nil).now().all() != 0 {
		t.Errorf("nothing was answered since, and it counts %s", again)
	}
	if got.String() != "3 (200: 1, 404: 1, 429: 1)" {
		t.Errorf("it says %s", got)
	}
}

// An attack that met a limit, asked too little, or was signed out has proved
// nothing, and so has a point that refused whoever asked.
func TestNothingReachedIsNoProof(t *testing.T) {
	stay, me := http.StatusNoContent, http.StatusOK
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(map[string]int{"/stay": stay, "/api/v1/me": me}[r.URL.Path])
	}))
	defer site.Close()
	s := &target{plain: site.URL, people: []person{{duty: "reviewer", client: nobody()}}}
	enough := tally{{"GET /queue", 200}: 60}
	for name, c := range map[string]struct {
		got      tally
		stay, me int
		says     string
	}{
		"reached":      {enough, 204, 200, "<nil>"},
		"a limit":      {tally{{"GET /queue", 200}: 60, {"GET /queue", 429}: 1}, 204, 200, "1 of 61 requests met a limit"},
		"too little":   {tally{{"GET /queue", 200}: 9}, 204, 200, "9 requests reached"},
		"signed out":   {enough, 303, 200, "session has ended"},
		"token is out": {enough, 204, 401, "a program of the reviewer is answered 401"},
	} {
		stay, me = c.stay, c.me
		if err := s.reached(t.Context(), attack{least: 50}, c.got); !strings.Contains(fmt.Sprint(err), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, c := range map[string]struct {
		said string
		ok   bool
	}{
		"tried":          {strings.Repeat("method=GET route=/queue status=200\n", 60), true},
		"never as asked": {strings.Repeat("method=GET route=/queue status=404\n", 60), false},
		"a limit":        {strings.Repeat("method=GET route=/queue status=200\n", 60) + "method=GET route=/queue status=429\n", false},
		"elsewhere":      {strings.Repeat("method=GET route=/board status=200\n", 60), false},
		"too little":     {"method=GET route=/queue status=200\n", false},
	} {
		s.plainLog = &requestLogs{}
		if _, err := s.plainLog.Write([]byte(strings.ReplaceAll(c.said, "method=", "msg=request method="))); err != nil {
			t.Fatal(err)
		}
		if err := s.tried(&run{log: t.Output()}, point{route: "GET /queue", like: 200}, tally{}); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}
