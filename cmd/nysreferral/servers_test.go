package main

import (
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"nysreferral/audit"
	"nysreferral/migrations"
	"nysreferral/registry"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

// Three servers that are started at the same moment over an empty database work
// as one: the tables are made once; a referral that reaches two of them at once
// is there once; the limit of an hour holds over all; each job is worked once and
// each mail is sent once, by more than one of them; who signs out at one, or is
// switched off, is refused by all at once; and the log holds.
func TestServersWorkAsOne(t *testing.T) {
	const limit, each, many = 20, 15, 45
	mails, mailAddr := mailServer(t)
	s := settingsFor(storetest.EmptyPostgresURL(t), keyFile(t))
	all := starts(t, s, 3, "--limit-submissions", strconv.Itoa(limit), "--smtp-addr", mailAddr, "--smtp-from", "desk@partners.example.org", "--smtp-start-tls", "off")
	h := people(t, s)
	madeOnce(t, h.p.db)

	var sending sync.WaitGroup
	var mu sync.Mutex
	took, answers, statuses := map[string]string{}, 0, map[int]int{}
	reference := regexp.MustCompile(`"reference":"([^"]+)"`)
	for i := range 3 * each { // each to two servers at once
		for _, at := range []int{i % 3, (i + 1) % 3} {
			sending.Go(func() {
				key := fmt.Sprintf("key-%d", i)
				status, text := h.sends(t, all[at].base, i%3, key)
				found := reference.FindStringSubmatch(text)
				mu.Lock()
				defer mu.Unlock()
				if found == nil || status != http.StatusCreated && status != http.StatusOK {
					t.Errorf("%s: %d %s", key, status, text)
					return
				}
				if answers++; took[key] != "" && took[key] != found[1] {
					t.Errorf("%s was taken as %s and as %s", key, took[key], found[1])
				}
				took[key] = found[1]
			})
		}
	}
	for i := range many { // of one account, over its limit
		sending.Go(func() {
			status, _ := h.sends(t, all[i%3].base, 3, fmt.Sprintf("many-%d", i))
			mu.Lock()
			defer mu.Unlock()
			statuses[status]++
		})
	}
	sending.Wait()
	if answers != 2*3*each || statuses[http.StatusCreated] != limit || statuses[http.StatusTooManyRequests] != many-limit {
		t.Errorf("%d answers; of %d over a limit of %d the servers took %v", answers, many, limit, statuses)
	}
	sent := 3*each + limit
	if got := count(t, h.p.db, `SELECT count(*) FROM referrals`); got != sent {
		t.Errorf("%d referrals are stored, want %d", got, sent)
	}
	workedOnce(t, h.p.db, mails, 3*sent)
	revokedEverywhere(t, h, all)
	for _, one := range all {
		one.ends(t, syscall.SIGTERM)
	}
	_, verifier, err := audit.Keys(h.p.ring)
	if err != nil {
		t.Fatal(err)
	}
	if report, err := audit.Verify(t.Context(), h.p.db, verifier); err != nil || report.Bad != nil || report.Waiting > 0 {
		t.Errorf("the log: %+v, %v", report, err)
	}
}

// count is the one number of a query.
func count(t *testing.T, db *store.DB, query string) (n int) {
	t.Helper()
	if err := db.SQL().QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// madeOnce wants the tables, the directory and the mark of the folder made once.
func madeOnce(t *testing.T, db *store.DB) {
	t.Helper()
	files, err := fs.Glob(migrations.Files, "postgres/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]int{
		`SELECT count(*) FROM schema_revisions`:                                                      len(files),
		`SELECT count(*) FROM audit_entries WHERE action = '` + string(registry.SetFolder) + `'`:     1,
		`SELECT count(*) FROM audit_entries WHERE action = '` + audit.Started + `'`:                  3,
		`SELECT count(*) - count(DISTINCT key) FROM contact_points`:                                  0,
		`SELECT count(*) FROM audit_entries WHERE action = '` + string(registry.SeedDirectory) + `'`: 1,
	} {
		if got := count(t, db, query); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
}

// workedOnce waits until the work is done, and wants none of it done twice.
func workedOnce(t *testing.T, db *store.DB, mails *spool, want int) {
	t.Helper()
	const open = `SELECT count(*) FROM river_job WHERE state IN ('available', 'running', 'retryable') AND scheduled_at <= now()`
	for end := time.Now().Add(2 * time.Minute); count(t, db, open) > 0 && time.Now().Before(end); {
		time.Sleep(100 * time.Millisecond)
	}
	if n := count(t, db, open); n > 0 {
		t.Fatalf("%d jobs are not done", n)
	}
	// Two that look for pairs may meet: then one gives way, and is tried again.
	if n := count(t, db, `SELECT count(*) FROM river_job WHERE attempt > 1 + coalesce(cardinality(errors), 0) OR kind <> 'find_pairs' AND attempt > 1`); n > 0 {
		t.Errorf("%d jobs were worked again though nothing had failed", n)
	}
	if n := count(t, db, `SELECT count(DISTINCT attempted_by[1]) FROM river_job WHERE kind = 'mail'`); n < 2 {
		t.Errorf("%d servers worked: that proves nothing", n)
	}
	text, n := mails.text()
	ids := regexp.MustCompile(`(?i)\r\nMessage-ID: *<([^>]+)>`).FindAllString("\r\n"+string(text), -1)
	slices.Sort(ids)
	if n != want || len(slices.Compact(ids)) != want {
		t.Errorf("%d mails with %d ids, want %d", n, len(ids), want)
	}
}

// revokedEverywhere signs out at one server, and switches an account off by a
// command, and wants the others to refuse.
func revokedEverywhere(t *testing.T, h *house, all []*process) {
	t.Helper()
	takes := func(one *process, cookie string) bool {
		status, _ := browser(t, http.MethodGet, one.base+"/referrals", cookie, nil)
		return status == http.StatusOK
	}
	cookie := h.signedIn(t, h.accounts[0])
	for _, one := range all {
		if !takes(one, cookie) {
			t.Fatal("a server does not take a session")
		}
	}
	_, page := browser(t, http.MethodGet, all[0].base+"/referrals", cookie, nil)
	token := regexp.MustCompile(`name="_csrf" value="([^"]+)"`).FindStringSubmatch(page)
	if token == nil {
		t.Fatal("the page has no token")
	}
	began := time.Now()
	if status, text := browser(t, http.MethodPost, all[0].base+"/sign-out", cookie, url.Values{"_csrf": {token[1]}}); status != http.StatusSeeOther {
		t.Fatalf("signing out: %d %s", status, text)
	}
	for i, one := range all {
		if takes(one, cookie) {
			t.Errorf("server %d takes a session that was ended %s ago at another", i, time.Since(began))
		}
	}
	cookie = h.signedIn(t, h.accounts[1])
	if !takes(all[1], cookie) {
		t.Fatal("a server does not take a session")
	}
	if _, err := run(t, &userDisable{Settings: h.settings, Email: "referrer1@example.org"}); err != nil {
		t.Fatal(err)
	}
	for i, one := range all {
		if status, _ := h.sends(t, one.base, 1, fmt.Sprintf("off-%d", i)); takes(one, cookie) || status != http.StatusUnauthorized {
			t.Errorf("server %d takes an account that was switched off: %d", i, status)
		}
	}
}

// A server that is told to end says first that it wants no more requests, goes
// on answering until the proxy has noticed, says on each connection that this was
// the last answer, and then ends in order.
func TestLeavingServerIsNotMissed(t *testing.T) {
	s := settingsFor(storetest.PostgresURL(t), keyFile(t))
	one := starts(t, s, 1)[0]
	if got, err := http.Get(one.base + pathLive); err != nil || got.StatusCode != http.StatusOK || got.Body.Close() != nil {
		t.Fatal(err)
	}
	if err := one.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	leaving, answered := false, 0
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		ready, err := http.Get(one.base + pathReady)
		if err != nil {
			break
		}
		leaving = ready.StatusCode == http.StatusServiceUnavailable
		got, err := http.Get(one.base + "/help")
		if err == nil && ready.Body.Close() == nil && got.Body.Close() == nil && leaving && got.StatusCode == http.StatusOK && got.Close {
			answered++
		}
	}
	if err := one.cmd.Wait(); err != nil || !leaving || answered == 0 {
		t.Errorf("it said that it leaves: %t, and answered %d times after that; it ends with %v: %s", leaving, answered, err, one.said.bytes())
	}
}

// A server that nobody asked whether it is ready has no proxy to wait for.
func TestNobodyAskedNobodyWaits(t *testing.T) {
	h := &health{log: slog.New(slog.DiscardHandler)}
	began := time.Now()
	if h.leave(time.Hour, nil); time.Since(began) > time.Minute {
		t.Error("it waited")
	}
	h.asked.Store(time.Now().UnixMicro())
	failed := make(chan error, 1)
	failed <- io.EOF
	h.leave(time.Hour, failed) // a server that failed has nothing to wait for
}

// Readiness needs a database that answers, may be written and has every table;
// what is wrong is not told to whoever asks.
func TestReadiness(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if err := store.Serves(t.Context(), db); err != nil {
			t.Error(err)
		}
	})
	empty, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "empty.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer empty.Close()
	if err := store.Serves(t.Context(), empty); err == nil {
		t.Error("a database without tables is ready")
	}
	standby, err := store.OpenReadOnly(t.Context(), storetest.PostgresURL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer standby.Close()
	if err := store.Serves(t.Context(), standby); err == nil {
		t.Error("a database that takes no writes is ready")
	}
}
