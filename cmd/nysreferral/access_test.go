package main

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"nysreferral/config"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

// A server for real people does not start as a superuser of PostgreSQL, nor over a
// way to another machine on which nobody looks who answers, and says what to do. It
// starts as the role that servers are given; a trial starts as either.
func TestServeWantsARoleOfItsOwn(t *testing.T) {
	address := storetest.PostgresURL(t)
	s := realSettings(t)
	s.Database = config.Database(address)
	if _, err := run(t, &serve{s}); err == nil || !strings.Contains(err.Error(), "is a superuser") || !strings.Contains(err.Error(), "--app-role") {
		t.Errorf("as a superuser it says %v", err)
	}
	away := s
	away.Database = "postgres://app:made-up-word@db.example.org/x?sslmode=require"
	if _, err := run(t, &serve{away}); err == nil || !strings.Contains(err.Error(), "sslmode=verify-full") || strings.Contains(err.Error(), "made-up-word") {
		t.Errorf("over a way that is not verified it says %v", err)
	}
	s.Pilot = true
	if err := accessed(t.Context(), s); err != nil {
		t.Errorf("a trial: %v", err)
	}
	s.Pilot, s.Database = false, config.Database(storetest.AppURL(t, address))
	ctx, stop := context.WithCancel(t.Context())
	said, ended := make(told, 1), make(chan error, 1)
	go func() {
		ended <- (&serve{s}).Run(&env{ctx: ctx, out: said, log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	}()
	select {
	case err := <-ended:
		t.Fatalf("as its own role it does not start: %v", err)
	case <-time.After(2 * time.Minute):
		t.Fatal("as its own role it does not start in two minutes")
	case <-said:
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("it ends with %v", err)
	}
}

// Doctor tells how the server signs in to a real PostgreSQL and what its role may: of
// a superuser where real people are served, and that nothing is left to do for the
// role that servers are given.
func TestDoctorLooksHowOneSignsIn(t *testing.T) {
	address := storetest.PostgresURL(t)
	as := storetest.AppURL(t, address)
	look := func(url string, pilot bool) string {
		t.Helper()
		db, err := store.OpenReadOnly(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		x := &examination{ctx: t.Context(), now: time.Now(), db: db}
		x.s.Database, x.s.Pilot = config.Database(url), pilot
		x.access()
		return findings(x)
	}
	for _, one := range []struct {
		url   string
		pilot bool
		want  []string
	}{
		{as, false, []string{"ok", "ok"}}, {as, true, []string{"ok", "ok"}},
		{address, false, []string{"ok", "FAIL"}}, {address, true, []string{"ok", "warn"}},
	} {
		if got := look(one.url, one.pilot); !slices.Equal(levels(got), one.want) || !strings.Contains(got, "by scram-sha-256 to the database on this machine") {
			t.Errorf("pilot %t: %s", one.pilot, got)
		}
	}
	storetest.AsAdmin(t, address, "GRANT DELETE ON audit_entries TO "+strings.Fields(look(as, false))[1])
	if got := look(as, false); !strings.Contains(got, "warn") || !strings.Contains(got, "may change or empty the log") {
		t.Errorf("a role that may empty the log: %s", got)
	}
}

// findings is what an examination found, a line a finding.
func findings(x *examination) string {
	var b strings.Builder
	for _, f := range x.list {
		b.WriteString(f.level.String() + " " + f.is + "\n")
	}
	return b.String()
}

func levels(found string) (list []string) {
	for line := range strings.Lines(found) {
		list = append(list, strings.Fields(line)[0])
	}
	return list
}

// Each way in which a database asks who calls is judged: what is weak on the machine
// is to be mended where it goes to another one.
func TestProofIsJudged(t *testing.T) {
	here, away, open := store.Way{Verified: true}, store.Way{Away: true, Verified: true}, store.Way{Away: true}
	for _, one := range []struct {
		by   string
		way  store.Way
		want string
	}{
		{store.ByPeer, here, "ok"}, {store.ByCertificate, away, "ok"}, {store.BySCRAM, here, "ok"}, {store.BySCRAM, away, "ok"}, {store.ByKerberos, away, "ok"},
		{store.BySCRAM, open, "FAIL ok"}, {store.ByTrust, here, "FAIL"}, {store.ByTrust, away, "FAIL"}, {store.ByTrust, open, "FAIL FAIL"},
		{store.ByMD5, here, "warn"}, {store.ByMD5, away, "FAIL"}, {store.ByMD5, open, "FAIL FAIL"},
		{store.ByPassword, here, "warn"}, {store.ByPassword, away, "ok"}, {store.ByPassword, open, "FAIL FAIL"},
	} {
		x := &examination{}
		x.proof(store.Access{Way: one.way, Proof: one.by, Role: "app"})
		if got := strings.Join(levels(findings(x)), " "); got != one.want {
			t.Errorf("%s over %+v: %s, want %s", one.by, one.way, got, one.want)
		}
		for _, f := range x.list {
			if f.level != fine && f.do == "" {
				t.Errorf("%s: it does not say what to do: %s", one.by, f.is)
			}
		}
	}
}
