package main

import (
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nysreferral/audit"
	"nysreferral/config"
	"nysreferral/store"
)

// earlier puts a database back to how it was when the log had some lines, as who
// restores an earlier copy of it would.
func earlier(t *testing.T, s config.Settings, lines int64) {
	t.Helper()
	opened(t, s, func(p *program) {
		do := func(text string, values ...any) {
			t.Helper()
			if _, err := p.db.SQL().ExecContext(t.Context(), text, values...); err != nil {
				t.Fatal(err)
			}
		}
		for _, table := range []string{"audit_entries", "audit_leaves", "audit_hashes", "audit_checkpoints"} {
			if p.db.Dialect() == store.Postgres {
				do("ALTER TABLE " + table + " DISABLE TRIGGER ALL")
			} else {
				do("DROP TRIGGER " + table + "_no_delete")
			}
		}
		do(`DELETE FROM audit_checkpoints WHERE size > $1`, lines)
		do(`DELETE FROM audit_entries WHERE id IN (SELECT entry_id FROM audit_leaves WHERE "index" >= $1) OR id NOT IN (SELECT entry_id FROM audit_leaves)`, lines)
		do(`DELETE FROM audit_leaves WHERE "index" >= $1`, lines)
	})
}

// linesOf is how many lines the newest head of a set-up is over.
func linesOf(t *testing.T, s config.Settings) (n int64) {
	t.Helper()
	opened(t, s, func(p *program) {
		logHolds(t, p)
		a, err := p.anchoring(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, n, err = a.newest(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
	return n
}

// wentOn writes a log of which the file outside has the last head, and returns how
// many lines it had at an earlier moment.
func wentOn(t *testing.T, s config.Settings) int64 {
	t.Helper()
	wrote(t, s, 4)
	early := linesOf(t, s)
	wrote(t, s, 5)
	if _, err := run(t, &auditAnchor{Settings: s}); err != nil {
		t.Fatal(err)
	}
	return early
}

// A database that was put back to an earlier copy looks whole by itself. By the
// heads that lie outside, in the file or in a mail, it is found: verifying says
// where the log ends, a server does not start, and it stays found when the log
// went on and is longer than it was.
func TestRollbackIsFound(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		s := settingsFor(url, keyFile(t))
		s.Anchor.File = filepath.Join(t.TempDir(), "anchors")
		wrote(t, s, 4)
		early := linesOf(t, s)
		printed, err := run(t, &auditAnchor{Settings: s})
		if err != nil {
			t.Fatal(err)
		}
		wrote(t, s, 5)
		if _, err := run(t, &auditAnchor{Settings: s}); err != nil {
			t.Fatal(err)
		}
		mailed := filepath.Join(t.TempDir(), "mail")
		if err := os.WriteFile(mailed, []byte("Subject: x\r\n\r\nKeep it.\r\n\r\n"+strings.ReplaceAll(printed, "\n", "\r\n")), 0o600); err != nil {
			t.Fatal(err)
		}
		verify := func(c auditVerify) (string, error) {
			c.Settings = s
			return run(t, &c)
		}
		both := auditVerify{Anchors: []string{s.Anchor.File, mailed}}
		if out, err := verify(both); err != nil || !strings.Contains(out, "3 kept checkpoints agree") {
			t.Fatalf("the log as it is: %s %v", out, err)
		}
		earlier(t, s, early)
		if out, err := verify(auditVerify{Anchors: []string{mailed}}); err != nil {
			t.Errorf("by a head from before: %s %v", out, err)
		}
		if _, err := verify(auditVerify{}); err != nil {
			t.Errorf("without a head it is found: %v", err)
		}
		refused(t, s, audit.Shortened)
		if _, err := verify(both); err == nil || !strings.Contains(err.Error(), string(audit.Shortened)) {
			t.Errorf("put back: %v", err)
		}
		withoutFile := s
		withoutFile.Anchor.File = ""
		wrote(t, withoutFile, 20)
		refused(t, s, audit.Forked)
		if _, err := verify(both); err == nil || !strings.Contains(err.Error(), string(audit.Forked)) {
			t.Errorf("put back and gone on with: %v", err)
		}
	})
}

// refused wants no server to start, and nothing to be appended to the file.
func refused(t *testing.T, s config.Settings, why audit.What) {
	t.Helper()
	before, err := os.ReadFile(s.Anchor.File)
	if err != nil {
		t.Fatal(err)
	}
	opened(t, s, func(p *program) {
		if _, err := p.anchoring(t.Context()); !errors.Is(err, ErrRolledBack) || !strings.Contains(err.Error(), string(why)) {
			t.Errorf("a server starts: %v", err)
		}
	})
	if _, err := run(t, &auditAnchor{Settings: s}); !errors.Is(err, ErrRolledBack) {
		t.Errorf("a head is appended: %v", err)
	}
	if after, err := os.ReadFile(s.Anchor.File); err != nil || string(after) != string(before) {
		t.Errorf("the file changed: %v", err)
	}
}

// A file that holds no head that this log signed is refused, and not begun anew.
func TestAnchorsOfOthersAreRefused(t *testing.T) {
	s, other := settingsFor("sqlite:"+filepath.Join(t.TempDir(), "a", "nysreferral.db"), keyFile(t)), settingsFor("sqlite:"+filepath.Join(t.TempDir(), "b", "nysreferral.db"), keyFile(t))
	s.Anchor.File = filepath.Join(t.TempDir(), "anchors")
	other.Anchor.File = s.Anchor.File
	wrote(t, s, 2)
	wrote(t, other, 2)
	if _, err := run(t, &auditAnchor{Settings: other}); err != nil {
		t.Fatal(err)
	}
	refused(t, s, audit.NotKept)
	if _, err := run(t, &auditVerify{Settings: s, Anchors: []string{s.KeyFile}}); err == nil || !strings.Contains(err.Error(), "holds no checkpoint") {
		t.Errorf("a file without any: %v", err)
	}
}

// While lines are written a head goes into the file every ten minutes, or after a
// hundred lines, and by mail every hour; where nothing was written none goes. What
// one place refuses, the other has all the same, and it is tried again.
func TestAnchorsAreGiven(t *testing.T) {
	s := settingsFor("sqlite:"+filepath.Join(t.TempDir(), "data", "nysreferral.db"), keyFile(t))
	mails, addr := mailServer(t)
	s.SMTP = config.SMTP{Addr: addr, From: "desk@partners.example.org", StartTLS: "off", Timeout: 5 * time.Second}
	s.Anchor.File, s.Anchor.Mail = filepath.Join(t.TempDir(), "anchors"), []string{"auditor@example.org"}
	opened(t, s, func(p *program) {
		now := time.Now()
		a, err := p.anchoring(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		a.now, a.log = func() time.Time { return now }, slog.New(slog.NewTextHandler(io.Discard, nil))
		file := a.File
		look := func(after time.Duration, lines int, inFile, byMail int) {
			t.Helper()
			now = now.Add(after)
			for range lines {
				if err := p.door.Copied(t.Context(), "backup", now); err != nil {
					t.Fatal(err)
				}
			}
			logHolds(t, p)
			if err := a.look(t.Context()); (err != nil) != (a.File != file) {
				t.Fatal(err)
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			sent, _ := mails.text()
			if got := len(audit.Anchors(text)); got != inFile {
				t.Errorf("%d heads in the file, want %d", got, inFile)
			}
			if got := len(audit.Anchors(sent)); got != byMail {
				t.Errorf("%d heads by mail, want %d", got, byMail)
			}
		}
		look(0, 1, 1, 1)
		look(time.Minute, 0, 1, 1)
		look(time.Minute, 5, 1, 1)
		look(8*time.Minute, 0, 2, 1)
		look(time.Minute, 100, 3, 1)
		look(time.Hour, 0, 3, 2)
		a.File = filepath.Join(file, "not a folder")
		look(time.Hour, 1, 3, 3)
		a.File = file
		look(time.Second, 0, 4, 3)
		if err := p.door.Copied(t.Context(), "backup", now); err != nil {
			t.Fatal(err)
		}
		logHolds(t, p)
		a.last(t.Context())
		look(0, 0, 5, 3)
	})
}

// A database that is put back to an earlier copy under a server that runs is found
// for as long as the file outside holds a head that it does not go on from: the
// server gives no head of the other log to that file.
func TestForkIsNotCoveredByItsOwnHead(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		s := settingsFor(url, keyFile(t))
		s.Anchor.File = filepath.Join(t.TempDir(), "anchors")
		early := wentOn(t, s)
		withoutFile := s
		withoutFile.Anchor.File = ""
		var a *anchoring
		opened(t, s, func(p *program) { // the server that runs, as it knew the log
			var err error
			if a, err = p.anchoring(t.Context()); err != nil {
				t.Fatal(err)
			}
		})
		earlier(t, s, early)
		wrote(t, withoutFile, 20)
		opened(t, withoutFile, func(p *program) {
			a.db, a.log, a.now = p.db, slog.New(slog.DiscardHandler), func() time.Time { return time.Now().Add(time.Hour) }
			if err := a.look(t.Context()); !errors.Is(err, ErrRolledBack) || a.found.Load() == nil {
				t.Errorf("a look at a log that was put back: %v", err)
			}
			a.last(t.Context())
			o := outside{file: s.Anchor.File, verifier: a.out.verifier}
			found, err := o.held(t.Context(), p.db)
			if err != nil {
				t.Fatal(err)
			}
			if found == nil || found.What != audit.Forked {
				t.Errorf("five lines are gone and the file outside proves it, and a look finds %+v", found)
			}
		})
		opened(t, s, func(p *program) {
			if _, err := p.anchoring(t.Context()); !errors.Is(err, ErrRolledBack) {
				t.Errorf("a server starts on it: %v", err)
			}
		})
	})
}

// Where the place outside is not there, such as a disk that is not mounted, a log
// that gave heads to it before is not taken for one that never did.
func TestAbsentAnchorsAreNotNone(t *testing.T) {
	s := settingsFor("sqlite:"+filepath.Join(t.TempDir(), "data", "nysreferral.db"), keyFile(t))
	s.Anchor.File = filepath.Join(t.TempDir(), "anchors")
	early := wentOn(t, s)
	earlier(t, s, early)
	if err := os.Rename(s.Anchor.File, s.Anchor.File+".elsewhere"); err != nil {
		t.Fatal(err)
	}
	opened(t, s, func(p *program) {
		if _, err := p.anchoring(t.Context()); !errors.Is(err, ErrAnchorsGone) {
			t.Errorf("a server starts on a log that was cut, because the file of anchors is not mounted: %v", err)
		}
	})
	if _, err := run(t, &auditAnchor{Settings: s}); !errors.Is(err, ErrAnchorsGone) {
		t.Errorf("a head begins a new file: %v", err)
	}
	if _, err := os.Stat(s.Anchor.File); err == nil {
		t.Error("there is a file where none was asked for")
	}
	if err := os.WriteFile(s.Anchor.File, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	opened(t, s, func(p *program) {
		if _, err := p.anchoring(t.Context()); !errors.Is(err, ErrAnchorsGone) {
			t.Errorf("a server starts over an empty file: %v", err)
		}
	})
	if _, err := run(t, &auditAnchor{Settings: s, Begin: true}); err != nil {
		t.Fatal(err)
	}
	opened(t, s, func(p *program) {
		if _, err := p.anchoring(t.Context()); err != nil {
			t.Errorf("after a new file was begun on purpose: %v", err)
		}
	})
}

// A server that starts again and again mails no more heads than one that runs.
func TestStartsMailNoHeadEachTime(t *testing.T) {
	s := settingsFor("sqlite:"+filepath.Join(t.TempDir(), "data", "nysreferral.db"), keyFile(t))
	mails, addr := mailServer(t)
	s.SMTP = config.SMTP{Addr: addr, From: "desk@partners.example.org", StartTLS: "off", Timeout: 5 * time.Second}
	s.Anchor.Mail = []string{"auditor@example.org"}
	for start, after := range []time.Duration{0, 0, time.Minute, 2 * time.Hour} {
		wrote(t, s, 1)
		opened(t, s, func(p *program) {
			a, err := p.anchoring(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			a.now, a.log = func() time.Time { return time.Now().Add(after) }, slog.New(slog.DiscardHandler)
			if err := a.look(t.Context()); err != nil {
				t.Fatal(err)
			}
			text, _ := mails.text()
			if got, want := len(audit.Anchors(text)), 1+start/3; got != want {
				t.Errorf("start %d: %d heads by mail, want %d", start, got, want)
			}
		})
	}
}

// Each head that the log's own key signed is held against the log, and not only
// the longest: two of one size that differ, in either order, are a fork.
func TestEveryHeadOutsideIsHeld(t *testing.T) {
	s := settingsFor("sqlite:"+filepath.Join(t.TempDir(), "data", "nysreferral.db"), keyFile(t))
	s.Anchor.File = filepath.Join(t.TempDir(), "anchors")
	wrote(t, s, 4)
	early := linesOf(t, s)
	wrote(t, s, 2)
	other, err := run(t, &auditAnchor{Settings: s})
	if err != nil {
		t.Fatal(err)
	}
	earlier(t, s, early)
	if err := os.Rename(s.Anchor.File, s.Anchor.File+".kept"); err != nil {
		t.Fatal(err)
	}
	withoutFile := s
	withoutFile.Anchor.File = ""
	wrote(t, withoutFile, 2)
	this, err := run(t, &auditAnchor{Settings: withoutFile})
	if err != nil {
		t.Fatal(err)
	}
	wrote(t, withoutFile, 2)
	longer, err := run(t, &auditAnchor{Settings: withoutFile})
	if err != nil {
		t.Fatal(err)
	}
	for _, heads := range [][]string{{this, other}, {other, this}, {other, longer}, {longer, other}} {
		if err := os.WriteFile(s.Anchor.File, []byte(strings.Join(heads, "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
		refused(t, s, audit.Forked)
	}
}
