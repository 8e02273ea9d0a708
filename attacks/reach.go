package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// answered is one kind of answer, as the program's log names it.
type answered struct {
	route  string // "GET /referrals/:ref"
	status int
}

// tally is how often each kind of answer was given.
type tally map[answered]int

// all is how many answers there were.
func (n tally) all() int { return n.of() }

// of is how many had one of these statuses; without any, all of them.
func (n tally) of(statuses ...int) int {
	sum := 0
	for a, k := range n {
		if len(statuses) == 0 || slices.Contains(statuses, a.status) {
			sum += k
		}
	}
	return sum
}

// on is what was answered at one route.
func (n tally) on(route string) tally {
	out := tally{}
	for a, k := range n {
		if a.route == route {
			out[a] = k
		}
	}
	return out
}

// since is what was answered after before.
func (n tally) since(before tally) tally {
	out := tally{}
	for a, k := range n {
		if k > before[a] {
			out[a] = k - before[a]
		}
	}
	return out
}

// String is "12 (200: 10, 404: 2)".
func (n tally) String() string {
	sums := map[int]int{}
	for a, k := range n {
		sums[a.status] += k
	}
	var parts []string
	for _, status := range slices.Sorted(maps.Keys(sums)) {
		parts = append(parts, fmt.Sprintf("%d: %d", status, sums[status]))
	}
	return fmt.Sprintf("%d (%s)", n.all(), strings.Join(parts, ", "))
}

// requestLogs counts what a program says in its log that it answered. An attack
// that only met a limit, or a page that asks to sign in, found nothing because it
// saw nothing: that is told by what the program answered, and not by what a tool
// believes to have sent.
type requestLogs struct {
	mu   sync.Mutex
	rest []byte // the beginning of a line
	n    tally
}

var requestLine = regexp.MustCompile(`msg=request method=(\S+) route=(\S+) status=(\d+)`)

// Write reads lines of the log.
func (l *requestLogs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.n == nil {
		l.n = tally{}
	}
	lines := strings.Split(string(append(l.rest, p...)), "\n")
	l.rest = []byte(lines[len(lines)-1])
	for _, line := range lines[:len(lines)-1] {
		m := requestLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		if status, err := strconv.Atoi(m[3]); err == nil {
			l.n[answered{m[1] + " " + strings.Trim(m[2], `"`), status}]++
		}
	}
	return len(p), nil
}

// behindTheAnswer is how long the log may come after the answer.
const behindTheAnswer = 300 * time.Millisecond

// now is what was counted so far; nil counts nothing.
func (l *requestLogs) now() tally {
	if l == nil {
		return tally{}
	}
	time.Sleep(behindTheAnswer)
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.n)
}

// heard sees that everybody is still who they were: a form with its token and its
// origin is taken, and a program's token is. Otherwise that forged requests are
// refused, or that nothing was found, says nothing. A session that has ended, or is
// locked, does not come back by itself, so who is there at the end was there all the
// time.
func (t *target) heard(ctx context.Context) error {
	for _, p := range t.people {
		if err := t.lives(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// between is how long nobody asks for anything: a screen is locked after ten minutes.
const between = 3 * time.Minute

// awake keeps everybody from being locked out while a tool takes its time with what
// nobody is signed in for. It brings nobody back whose session has ended.
func (t *target) awake(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(between):
			_ = t.heard(ctx) // what it says is asked at the end of each attack
		}
	}
}

// lives sees that the session and the token of a person are taken.
func (t *target) lives(ctx context.Context, p person) error {
	got, err := ask(ctx, p.client, http.MethodPost, t.plain+"/stay", "_csrf="+p.csrf, "Origin", t.plain, "Sec-Fetch-Site", "same-origin")
	if err != nil {
		return err
	}
	if got.status != http.StatusNoContent {
		return fmt.Errorf("a form of the %s with its token answers %d: the session has ended", p.duty, got.status)
	}
	if got, err = ask(ctx, nobody(), http.MethodGet, t.plain+"/api/v1/me", "", "Authorization", "Bearer "+p.token); err != nil {
		return err
	}
	if got.status != http.StatusOK {
		return fmt.Errorf("a program of the %s is answered %d", p.duty, got.status)
	}
	return nil
}

// reached sees that an attack came to what it attacks.
func (t *target) reached(ctx context.Context, a attack, got tally) error {
	if n := got.of(http.StatusTooManyRequests); n > 0 {
		return fmt.Errorf("%d of %d requests met a limit, and nothing behind it", n, got.all())
	}
	if got.all() < a.least {
		return fmt.Errorf("%d requests reached the program, and at least %d have to", got.all(), a.least)
	}
	return t.heard(ctx)
}
