package main

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nysreferral/cases"
	"nysreferral/config"
	"nysreferral/demo"
	"nysreferral/ent/auditentry"
	"nysreferral/ent/referral"
	"nysreferral/fault"
	"nysreferral/referrals"
	"nysreferral/seal"
	"nysreferral/store/storetest"
	"nysreferral/store/storetest/scratch"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// copied copies a database that nobody has open, and returns the address of the copy.
func copied(t *testing.T, from string) string {
	t.Helper()
	path, file := strings.CutPrefix(from, "sqlite:")
	if !file {
		u, err := url.Parse(from)
		if err != nil {
			t.Fatal(err)
		}
		admin := storetest.Admin(t)
		to, err := scratch.Database(t.Context(), admin, strings.TrimPrefix(u.Path, "/"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := scratch.Drop(context.Background(), admin, to); err != nil {
				t.Error(err)
			}
		})
		return to
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "db")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(folder, "nysreferral.db")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}

// A backup from before a key was destroyed, put back beside the key file and
// its ledger, has it destroyed again before anything is read, with a line in the
// log; what was not destroyed stays. A ledger that was changed stops the start.
func TestRestoreShredsAgain(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		keys := keyFile(t)
		s := settingsFor(url, keys)
		var ref, other string
		var door *demo.State
		opened(t, s, func(p *program) {
			door = &demo.State{DB: p.db, Ring: p.ring, Clock: demo.NewClock(cases.Load(1).Now, time.Now), Door: p.door, Registry: p.registry, Auth: p.auth}
			p.door.Now = door.Clock.Now
			if err := door.Populate(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, r := range []*string{&ref, &other} {
				receipt, err := door.Send(t.Context(), 1)
				if err != nil {
					t.Fatal(err)
				}
				*r = receipt.Reference
				if _, err := door.Take(t.Context(), *r, demo.Step{Who: "detective", Do: workflow.Withdraw}); err != nil {
					t.Fatal(err)
				}
			}
		})
		old := copied(t, url)
		destroy := &keyShred{Settings: s, Reference: ref, Why: "retention", As: door.Account("director").Email, And: door.Account("director").Email}
		if _, err := run(t, destroy); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("one person alone: %v", err)
		}
		destroy.And = door.Account("program").Email
		if out, err := run(t, destroy); err != nil || !strings.Contains(out, "is destroyed") {
			t.Fatalf("%s %v", out, err)
		}
		for range 2 { // the second start finds nothing to do
			restored(t, settingsFor(old, keys), door.As("director"), ref, other)
		}
		changedLedger(t, settingsFor(old, keys), keys+".shreds", other)
	})
}

// restored opens a database that was put back and looks that ref is destroyed
// there and other is not.
func restored(t *testing.T, s config.Settings, who workflow.Actor, ref, other string) {
	t.Helper()
	opened(t, s, func(p *program) {
		if n := p.db.Read().Referral.Query().Where(referral.Ref(ref), referral.DataKeyNotNil()).CountX(viewer.Job(t.Context(), "test")); n != 0 {
			t.Error("the backup brought the key back")
		}
		if _, err := p.door.Open(t.Context(), who, ref, referrals.Want{}); fault.KindOf(err) != fault.Gone {
			t.Errorf("after restoring: %v", err)
		}
		if _, err := p.door.Open(t.Context(), who, other, referrals.Want{}); err != nil {
			t.Errorf("another referral: %v", err)
		}
		if n := p.db.Read().AuditEntry.Query().Where(auditentry.Action("shred_again")).CountX(t.Context()); n != 1 {
			t.Errorf("%d lines say that it was destroyed again", n)
		}
		logHolds(t, p)
	})
}

// changedLedger writes a line into the ledger and wants nothing to open.
func changedLedger(t *testing.T, s config.Settings, path, ref string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	line := strings.Split(string(text), "\n")[1]
	forged := string(text) + ref + line[strings.IndexByte(line, ' '):] + "\n"
	if err := os.WriteFile(path, []byte(forged), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t, &keyShred{Settings: s, Reference: ref}); !errors.Is(err, seal.ErrLedger) {
		t.Errorf("with a forged line in the ledger: %v", err)
	}
}
