package main

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nysreferral/audit"
	"nysreferral/cases"
	"nysreferral/config"
	"nysreferral/demo"
	"nysreferral/ent/auditentry"
	"nysreferral/referrals"
)

// The command lists exactly the referrals that an account touched, and no other,
// from the log alone; that it was asked is a line, and the whole log is refused.
func TestAuditTouched(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		s := settingsFor(url, keyFile(t))
		var refs []string
		var account int
		opened(t, s, func(p *program) {
			door := &demo.State{DB: p.db, Ring: p.ring, Clock: demo.NewClock(cases.Load(1).Now, time.Now), Door: p.door, Registry: p.registry, Auth: p.auth}
			p.door.Now = door.Clock.Now
			if err := door.Populate(t.Context()); err != nil {
				t.Fatal(err)
			}
			for range 3 {
				receipt, err := door.Send(t.Context(), 1)
				if err != nil {
					t.Fatal(err)
				}
				refs = append(refs, receipt.Reference)
			}
			account = door.As("reviewer").ID
			for _, ref := range refs[:2] {
				if _, err := door.Door.Open(t.Context(), door.As("reviewer"), ref, referrals.Want{}); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := door.Door.Open(t.Context(), door.As("second_reviewer"), refs[2], referrals.Want{}); err != nil {
				t.Fatal(err)
			}
		})
		out, err := run(t, &auditTouched{Settings: s, Account: account, Session: -1})
		if err != nil {
			t.Fatal(err)
		}
		if lines := strings.Split(strings.TrimSpace(out), "\n"); len(lines) != 3 || !strings.HasPrefix(lines[1], refs[0]+",") || !strings.HasPrefix(lines[2], refs[1]+",") || !strings.Contains(lines[2], ",read,") {
			t.Errorf("touched:\n%s", out)
		}
		if _, err := run(t, &auditTouched{Settings: s, Session: -1}); !errors.Is(err, audit.ErrNoSpan) {
			t.Errorf("the whole log: %v", err)
		}
		if _, err := run(t, &auditTouched{Settings: s, Session: 99999}); !errors.Is(err, audit.ErrNoSession) {
			t.Errorf("no session: %v", err)
		}
		if _, err := run(t, &auditTouched{Settings: s, Session: 1, Account: 1}); err == nil {
			t.Error("a session and an account")
		}
		reopened(t, s)
	})
}

// Whoever asks what was touched and does not say by whom or when is told which flags
// say it, before anything is opened.
func TestAuditTouchedNamesItsFlags(t *testing.T) {
	s := settingsFor("sqlite:"+filepath.Join(t.TempDir(), "none", "nysreferral.db"), filepath.Join(t.TempDir(), "none"))
	for _, typed := range []string{"audit touched", "audit touched --until 2026-11-03T00:00:00-05:00"} {
		_, err := types(t, s, strings.Fields(typed)...)
		for _, flag := range []string{"--account", "--session", "--from", "--until"} {
			if err == nil || !strings.Contains(err.Error(), flag) {
				t.Errorf("%s does not name %s: %v", typed, flag, err)
			}
		}
	}
}

// reopened wants the question in the log.
func reopened(t *testing.T, s config.Settings) {
	t.Helper()
	opened(t, s, func(p *program) {
		if n := p.db.Read().AuditEntry.Query().Where(auditentry.Action("list_touched")).CountX(t.Context()); n != 1 {
			t.Errorf("%d lines say that it was asked", n)
		}
	})
}
