package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nysreferral/backup"
	"nysreferral/cases"
	"nysreferral/config"
	"nysreferral/demo"
	"nysreferral/ent/auditentry"
	"nysreferral/ent/referral"
	"nysreferral/jobs"
	"nysreferral/referrals"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/viewer"
)

// storied fills a database with the demonstration's stories, and returns its State,
// whose doors are closed again.
func storied(t *testing.T, s config.Settings) (state *demo.State, refs []string) {
	t.Helper()
	opened(t, s, func(p *program) {
		now := cases.Load(1).Now
		state = &demo.State{DB: p.db, Ring: p.ring, Clock: demo.NewClock(now, time.Now), Door: p.door, Registry: p.registry, Auth: p.auth}
		p.door.Now = state.Clock.Now
		if err := errors.Join(state.Populate(t.Context()), state.Tell(t.Context(), now)); err != nil {
			t.Fatal(err)
		}
		if err := p.openFiles(); err != nil {
			t.Fatal(err)
		}
		draft, err := p.door.Begin(t.Context(), state.As("case_manager"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.door.Attach(t.Context(), state.As("case_manager"), draft.Ref, referrals.Attaching{Kind: "other", Text: "Notes", PassOn: "no", Others: "no", Name: "note.txt", From: strings.NewReader("words")}); err != nil {
			t.Fatal(err)
		}
		logHolds(t, p)
		for _, row := range p.db.Read().Referral.Query().AllX(viewer.Job(t.Context(), "test")) {
			refs = append(refs, row.Ref)
		}
	})
	return state, refs
}

// backedUp writes a backup with a pair of keys of its own.
func backedUp(t *testing.T, s config.Settings) (file, private string) {
	t.Helper()
	private = filepath.Join(t.TempDir(), "offline")
	if _, err := run(t, &backupKey{File: private}); err != nil {
		t.Fatal(err)
	}
	s.Backup = config.Backup{Key: private + ".pub", Folder: filepath.Join(t.TempDir(), "copies")}
	if out, err := run(t, &backupWrite{s}); err != nil || !strings.Contains(out, "lines of the log") {
		t.Fatalf("%s %v", out, err)
	}
	list, err := written(s)
	if err != nil || len(list) != 1 {
		t.Fatalf("%v %v", list, err)
	}
	return list[0], private
}

// What was backed up from either database is put back into either, row by row
// as it was, with its log, its receipts and the work that waits; it goes on from
// there, and nobody is signed in. A referral that was destroyed meanwhile is
// destroyed again.
func TestBackupIsPutBack(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		keys := keyFile(t)
		s := settingsFor(url, keys)
		state, refs := storied(t, s)
		file, private := backedUp(t, s)
		director, program := state.Account("director").Email, state.Account("program").Email
		gone := withdrawn(t, s)
		if out, err := run(t, &keyShred{Settings: s, Reference: gone, Why: "withdrawn", As: director, And: program}); err != nil {
			t.Fatalf("%s %v", out, err)
		}
		for _, to := range []string{"sqlite:" + filepath.Join(t.TempDir(), "new", "nysreferral.db"), storetest.EmptyPostgresURL(t)} {
			back := settingsFor(to, keys)
			out, err := run(t, &backupRestore{back, putBack{File: file, With: private}})
			if err != nil {
				t.Fatalf("%s %v", out, err)
			}
			for _, want := range []string{"found each as it was copied", "The log holds", "Destroyed 1 keys again", "and 2 attached files", "signs in anew"} {
				if !strings.Contains(out, want) {
					t.Errorf("it does not say %q:\n%s", want, out)
				}
			}
			refusesUntilAccepted(t, back)
			goesOn(t, back, state, refs)
			if _, err := run(t, &backupRestore{back, putBack{File: file, With: private}}); !errors.Is(err, store.ErrHolds) {
				t.Errorf("a second time: %v", err)
			}
		}
	})
}

// refusesUntilAccepted looks that no server takes a copy before somebody looked.
func refusesUntilAccepted(t *testing.T, s config.Settings) {
	t.Helper()
	serves := func() (err error) {
		opened(t, s, func(p *program) { err = p.dedicate(&env{ctx: t.Context()}) })
		return err
	}
	if err := serves(); err == nil || !strings.Contains(err.Error(), "backup accept") {
		t.Errorf("a server takes a copy that nobody looked through: %v", err)
	}
	if out, err := run(t, &backupAccept{s}); err != nil || !strings.Contains(out, "is accepted") {
		t.Errorf("%s %v", out, err)
	}
	if err := serves(); err != nil && strings.Contains(err.Error(), "backup accept") {
		t.Errorf("after it was accepted: %v", err)
	}
}

// Nothing is put back where the list of destroyed keys is not, or is shorter
// than it was, unless somebody says so.
func TestRestoreWantsTheListOfDestroyedKeys(t *testing.T) {
	keys := keyFile(t)
	s := settingsFor(storetest.SQLiteURL(t), keys)
	state, _ := storied(t, s)
	gone := withdrawn(t, s)
	if out, err := run(t, &keyShred{Settings: s, Reference: gone, Why: "withdrawn", As: state.Account("director").Email, And: state.Account("program").Email}); err != nil {
		t.Fatalf("%s %v", out, err)
	}
	file, private := backedUp(t, s)
	missing, short := filepath.Join(t.TempDir(), "missing"), filepath.Join(t.TempDir(), "short")
	if err := os.WriteFile(short, []byte("nysreferral destroyed keys 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, list := range map[string]string{"missing": missing, "short": short} {
		back := settingsFor("sqlite:"+filepath.Join(t.TempDir(), "new", "nysreferral.db"), keys)
		back.ShredLedger = list
		if out, err := run(t, &backupRestore{back, putBack{File: file, With: private}}); err == nil || !strings.Contains(err.Error(), "bring the whole list") {
			t.Errorf("%s: %s %v", name, out, err)
		}
		if out, err := run(t, &backupDrill{back, putBack{File: file, With: private, WithoutList: true}}); err != nil {
			t.Errorf("%s, and it was said: %s %v", name, out, err)
		}
	}
}

// A server that still has a PostgreSQL which is moved away takes nothing more.
func TestMoveUnderAServer(t *testing.T) {
	s := settingsFor(storetest.PostgresURL(t), keyFile(t))
	state, _ := storied(t, s)
	opened(t, s, func(p *program) { // the server, or the second one of them
		p.door.Now = state.Clock.Now
		again := &demo.State{DB: p.db, Ring: p.ring, Clock: state.Clock, Door: p.door, Registry: p.registry, Auth: p.auth}
		if _, err := again.Known(t.Context()); err != nil {
			t.Fatal(err)
		}
		to := "sqlite:" + filepath.Join(t.TempDir(), "new", "nysreferral.db")
		if out, err := run(t, &migrate{Settings: s, To: to}); err != nil {
			t.Fatalf("%s %v", out, err)
		}
		if r, err := again.Send(t.Context(), 1); err == nil {
			t.Errorf("a referral is acknowledged that only the database has that was left: %+v", r)
		}
	})
}

// withdrawn is a referral of the stories that was withdrawn.
func withdrawn(t *testing.T, s config.Settings) (ref string) {
	t.Helper()
	opened(t, s, func(p *program) {
		ref = p.db.Read().Referral.Query().Where(referral.Status("withdrawn")).FirstX(viewer.Job(t.Context(), "test")).Ref
	})
	return ref
}

// goesOn looks that a database that was put back is worked on as before.
func goesOn(t *testing.T, s config.Settings, state *demo.State, refs []string) {
	t.Helper()
	opened(t, s, func(p *program) {
		if n := p.db.Read().Referral.Query().CountX(viewer.Job(t.Context(), "test")); n != len(refs) {
			t.Errorf("%d referrals, and there were %d", n, len(refs))
		}
		if n := p.db.Read().Session.Query().CountX(t.Context()); n != 0 {
			t.Errorf("%d sessions came back", n)
		}
		if work, err := jobs.Count(t.Context(), p.db); err != nil || work.Waiting == 0 {
			t.Errorf("no work waits: %+v %v", work, err)
		}
		again := &demo.State{DB: p.db, Ring: p.ring, Clock: state.Clock, Door: p.door, Registry: p.registry, Auth: p.auth}
		p.door.Now = again.Clock.Now
		if _, err := again.Known(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := again.Send(t.Context(), 1); err != nil {
			t.Errorf("nobody can go on: %v", err)
		}
		if n := p.db.Read().AuditEntry.Query().Where(auditentry.Action("restore")).CountX(t.Context()); n != 1 {
			t.Errorf("%d lines say that it was put back", n)
		}
		logHolds(t, p)
	})
}

// Nothing is put back of a file that was changed, with another's manifest, or
// with another key, and the database stays empty.
func TestChangedBackupIsRefused(t *testing.T) {
	keys := keyFile(t)
	s := settingsFor(storetest.SQLiteURL(t), keys)
	filled(t, s, 20)
	file, private := backedUp(t, s)
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := os.ReadFile(file + manifestEnd)
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "other")
	if _, err := run(t, &backupKey{File: other}); err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(raw)
	flipped[len(flipped)/2] ^= 4
	for name, c := range map[string]struct {
		file, manifest []byte
		keys, private  string
		want           error
	}{
		"a changed file":       {flipped, signed, keys, private, backup.ErrChanged},
		"a shorter file":       {raw[:len(raw)-1], signed, keys, private, backup.ErrChanged},
		"a changed manifest":   {raw, bytes.Replace(signed, []byte(`"rows"`), []byte(`"Rows"`), 1), keys, private, backup.ErrManifest},
		"another key file":     {raw, signed, keyFile(t), private, backup.ErrManifest},
		"another private key":  {raw, signed, keys, other, backup.ErrOpen},
		"the public key of it": {raw, signed, keys, private + ".pub", backup.ErrKey},
	} {
		changed := filepath.Join(t.TempDir(), "a.backup")
		if err := errors.Join(os.WriteFile(changed, c.file, 0o600), os.WriteFile(changed+manifestEnd, c.manifest, 0o600)); err != nil {
			t.Fatal(err)
		}
		to := settingsFor("sqlite:"+filepath.Join(t.TempDir(), "new", "nysreferral.db"), c.keys)
		if out, err := run(t, &backupRestore{to, putBack{File: changed, With: c.private}}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		opened(t, to, func(p *program) {
			if n := p.db.Read().User.Query().CountX(t.Context()); n != 0 {
				t.Errorf("%s: %d accounts were put back", name, n)
			}
		})
	}
	if out, err := run(t, &backupDrill{s, putBack{File: file, With: private}}); err != nil || !strings.Contains(out, "is removed") {
		t.Errorf("the drill: %s %v", out, err)
	}
	if out, err := run(t, &backupCheck{s, file}); err != nil || !strings.Contains(out, "is the one that was written") {
		t.Errorf("the check: %s %v", out, err)
	}
}

// A backup can be written while a server has the database, and is of one moment.
func TestBackupBesideAServer(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		s := settingsFor(url, keyFile(t))
		filled(t, s, 300)
		opened(t, s, func(p *program) {
			file, private := backedUp(t, s)
			if out, err := run(t, &backupDrill{s, putBack{File: file, With: private}}); err != nil {
				t.Errorf("%s %v", out, err)
			}
		})
	})
}

// The folder keeps as many backups as it is told, the newest, and a backup in
// the data folder is refused.
func TestBackupsAreKept(t *testing.T) {
	s := settingsFor(storetest.SQLiteURL(t), keyFile(t))
	filled(t, s, 3)
	private := filepath.Join(t.TempDir(), "offline")
	if _, err := run(t, &backupKey{File: private}); err != nil {
		t.Fatal(err)
	}
	s.Backup = config.Backup{Key: private + ".pub", Folder: t.TempDir(), Keep: 2}
	for range 4 {
		if _, err := run(t, &backupWrite{s}); err != nil {
			t.Fatal(err)
		}
	}
	list, err := os.ReadDir(s.Backup.Folder)
	if err != nil || len(list) != 4 {
		t.Errorf("%d files, want two backups and their manifests: %v", len(list), err)
	}
	s.Backup.Folder = filepath.Join(s.Data, "copies")
	if _, err := run(t, &backupWrite{s}); err == nil || !strings.Contains(err.Error(), "must not lie in the data folder") {
		t.Errorf("in the data folder: %v", err)
	}
	if _, err := run(t, &backupKey{File: private}); !errors.Is(err, os.ErrExist) {
		t.Errorf("a private key was written over: %v", err)
	}
}

// Everything moves from either database to either, with its digests, and goes on
// there; the old one refuses to serve or to be moved again, and a full one
// refuses to be moved to.
func TestMove(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		keys := keyFile(t)
		s := settingsFor(url, keys)
		state, refs := storied(t, s)
		full := settingsFor(storetest.SQLiteURL(t), keys)
		filled(t, full, 1)
		if _, err := run(t, &migrate{Settings: s, To: "sqlite:" + filepath.Join(full.Data, "nysreferral.db")}); !errors.Is(err, store.ErrHolds) {
			t.Errorf("to a full one: %v", err)
		}
		to := storetest.EmptyPostgresURL(t)
		if strings.HasPrefix(url, "postgres") {
			to = "sqlite:" + filepath.Join(t.TempDir(), "new", "nysreferral.db")
		}
		out, err := run(t, &migrate{Settings: s, To: to})
		if err != nil || !strings.Contains(out, "has the same digest") || !strings.Contains(out, "The log holds") {
			t.Fatalf("%s %v", out, err)
		}
		opened(t, settingsFor(to, keys), func(p *program) {
			if err := p.door.Copied(t.Context(), "restore", time.Now()); err != nil {
				t.Fatal(err)
			}
		})
		goesOn(t, settingsFor(to, keys), state, refs)
		opened(t, s, func(p *program) {
			if err := p.dedicate(&env{ctx: t.Context()}); err == nil || !strings.Contains(err.Error(), "was moved") {
				t.Errorf("the old one serves: %v", err)
			}
		})
		if _, err := run(t, &migrate{Settings: s, To: storetest.EmptyPostgresURL(t)}); !errors.Is(err, ErrMoved) {
			t.Errorf("a second time: %v", err)
		}
	})
}

// A server writes a backup when the newest is older than it is told.
func TestServerBacksUp(t *testing.T) {
	s := settingsFor(storetest.SQLiteURL(t), keyFile(t))
	private := filepath.Join(t.TempDir(), "offline")
	if _, err := run(t, &backupKey{File: private}); err != nil {
		t.Fatal(err)
	}
	s.Backup = config.Backup{Key: private + ".pub", Folder: t.TempDir(), Every: time.Hour}
	opened(t, s, func(p *program) {
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); p.keepBackups(ctx) }()
		for range 500 {
			if !p.backupDue() {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		stop()
		<-ended
		if list, err := written(s); err != nil || len(list) != 1 {
			t.Errorf("%d backups: %v", len(list), err)
		}
	})
}
