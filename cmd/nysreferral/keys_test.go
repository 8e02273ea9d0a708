package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nysreferral/audit"
	"nysreferral/config"
	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/ent/referral"
	"nysreferral/forms"
	"nysreferral/seal"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/viewer"
)

// TestMain also is the command that a test kills, whose arguments stand in the
// environment, and the whole program, for tests that want it as a process.
func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		os.Exit(0)
	}
	if url := os.Getenv("ROTATE_URL"); url != "" {
		c := &keyRotate{settingsFor(url, os.Getenv("ROTATE_KEYS"))}
		e := &env{ctx: context.Background(), out: os.Stdout, log: slog.New(slog.DiscardHandler)}
		if err := c.Run(e); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// settingsFor are settings over a database and a key file.
func settingsFor(url, keys string) config.Settings {
	s := config.Default()
	s.KeyFile, s.SignIn.PasswordCost = keys, 10
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		s.Data = filepath.Dir(path)
	} else {
		s.Database, s.Data = config.Database(url), filepath.Join(filepath.Dir(keys), "data")
	}
	return s
}

// eachURL runs fn with the address of a database of each kind that nobody has open.
func eachURL(t *testing.T, fn func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); fn(t, storetest.SQLiteURL(t)) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); fn(t, storetest.PostgresURL(t)) })
}

// databases are a database of each kind, to be made, that nobody has open.
func databases(*testing.T) []struct {
	name string
	make func(testing.TB) string
} {
	return []struct {
		name string
		make func(testing.TB) string
	}{{"sqlite", storetest.SQLiteURL}, {"postgres", storetest.PostgresURL}}
}

// started is when the keys of tests were made.
var started = time.Now().Add(-2 * time.Hour)

// keyFile makes a key file in a folder of its own.
func keyFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys")
	if err := seal.Create(path, started); err != nil {
		t.Fatal(err)
	}
	return path
}

// run runs a command and returns what it said.
func run(t *testing.T, c interface{ Run(*env) error }) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := c.Run(&env{ctx: t.Context(), out: &out, log: slog.New(slog.DiscardHandler)})
	return out.String(), err
}

// filled is a made-up State with n referrals, each with a sealed word.
func filled(t *testing.T, s config.Settings, n int) {
	t.Helper()
	opened(t, s, func(p *program) {
		state := &demo.State{DB: p.db, Ring: p.ring, Clock: demo.NewClock(time.Now(), time.Now), Door: p.door, Registry: p.registry, Auth: p.auth}
		if err := state.Populate(t.Context()); err != nil {
			t.Fatal(err)
		}
		who := state.As("detective")
		err := p.db.Do(t.Context(), func(tx *ent.Tx) error {
			for i := 0; i < n; i += 200 {
				var rows []*ent.ReferralCreate
				for range min(200, n-i) {
					ref := forms.NewReference(rand.Uint64())
					key, wrapped, err := p.ring.NewKey(ref)
					if err != nil {
						return err
					}
					rows = append(rows, tx.Referral.Create().SetRef(ref).SetStatus("closed").SetAgencyID(who.Agency).SetAuthorID(who.ID).SetCreatedAt(time.Now()).
						SetUpdatedAt(time.Now()).SetDataKey(wrapped).SetFacets(key.Seal([]byte("word of "+ref), wordAt(ref))))
				}
				if err := tx.Referral.CreateBulk(rows...).Exec(viewer.Job(t.Context(), "test")); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func wordAt(ref string) seal.Place {
	return seal.Place{Table: "referrals", Column: "facets", Row: ref, Version: 1}
}

// opened has the program open for fn, migrated.
func opened(t *testing.T, s config.Settings, fn func(p *program)) {
	t.Helper()
	e := &env{ctx: t.Context(), out: io.Discard, log: slog.New(slog.DiscardHandler)}
	if err := with(e, s, func(p *program) error { fn(p); return nil }); err != nil {
		t.Fatal(err)
	}
}

// readable opens every referral's word and counts the versions of their keys.
func readable(t *testing.T, s config.Settings, n int) map[int]int {
	t.Helper()
	out := map[int]int{}
	opened(t, s, func(p *program) {
		rows := p.db.Read().Referral.Query().Where(referral.DataKeyNotNil()).AllX(viewer.Job(t.Context(), "test"))
		if len(rows) != n {
			t.Errorf("%d referrals, want %d", len(rows), n)
		}
		for _, row := range rows {
			out[seal.WrappedUnder(row.DataKey)]++
			key, err := p.ring.Key(row.DataKey, row.Ref)
			if err != nil {
				t.Fatalf("the key of %s does not open", row.Ref)
			}
			if word, err := key.Open(row.Facets, wordAt(row.Ref)); err != nil || string(word) != "word of "+row.Ref {
				t.Fatalf("%s reads %q: %v", row.Ref, word, err)
			}
		}
	})
	return out
}

// killed runs a rotation in a process of its own and kills it after the nth
// line that it says, and a little later. It says whether the process had ended.
func killed(t *testing.T, url, keys string, lines int, after time.Duration) (ended bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "ROTATE_URL="+url, "ROTATE_KEYS="+keys)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewScanner(out)
	for range lines {
		if !said.Scan() {
			return cmd.Wait() == nil
		}
	}
	time.Sleep(after)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		return true
	}
	return false
}

// A rotation that is killed at any point loses nothing: after each kill every
// referral opens, the next run goes on and adds no further version, an old
// version is not taken away while it is needed, and when it is gone its copies
// open nothing. The log holds a line for each change of keys and is whole.
func TestRotateKilled(t *testing.T) {
	const n = 1500
	eachURL(t, func(t *testing.T, url string) {
		keys := keyFile(t)
		s := settingsFor(url, keys)
		filled(t, s, n)
		var old []byte
		opened(t, s, func(p *program) {
			old = p.db.Read().Referral.Query().FirstX(viewer.Job(t.Context(), "test")).DataKey
		})
		kills, halves, chance := 0, 0, rand.New(rand.NewPCG(4, 3))
		for at := range 12 {
			if killed(t, url, keys, at%3, time.Duration(chance.IntN(30))*time.Millisecond) {
				break
			}
			kills++
			by := readable(t, s, n)
			if by[2] == n {
				break
			}
			if by[1] > 0 && by[2] > 0 {
				halves++
				if _, err := run(t, &keyRetire{Settings: s, Version: 1, Restarted: true}); err == nil || !strings.Contains(err.Error(), "data keys are wrapped under version 1") {
					t.Fatalf("version 1 was taken away with %d keys under it: %v", by[1], err)
				}
			}
		}
		if by := readable(t, s, n); by[2] != n {
			if out, err := run(t, &keyRotate{s}); err != nil {
				t.Fatalf("%s: %v", out, err)
			}
		}
		if by := readable(t, s, n); by[2] != n || len(by) != 1 || halves == 0 {
			t.Fatalf("after %d kills, %d of them half-way, the keys are under %v", kills, halves, by)
		}
		retiredOpensNothing(t, s, old, n)
		if last := readable(t, s, n); last[2] != n {
			t.Errorf("after retiring %v", last)
		}
	})
}

// retiredOpensNothing takes version 1 away and looks at what is left of it.
func retiredOpensNothing(t *testing.T, s config.Settings, old []byte, n int) {
	t.Helper()
	if _, err := run(t, &keyRetire{Settings: s, Version: 2, Restarted: true}); err == nil {
		t.Error("the current version was taken away")
	}
	if s.Database != "" {
		if _, err := run(t, &keyRetire{Settings: s, Version: 1}); err == nil || !strings.Contains(err.Error(), "younger") {
			t.Errorf("an old version was taken away before every server can know the new one: %v", err)
		}
	}
	if _, err := run(t, &keyRetire{Settings: s, Version: 1, Restarted: true}); err != nil {
		t.Fatal(err)
	}
	opened(t, s, func(p *program) {
		row := p.db.Read().Referral.Query().FirstX(viewer.Job(t.Context(), "test"))
		if _, err := p.ring.Key(old, row.Ref); err == nil {
			t.Error("a copy of a data key opens under a version that was taken away")
		}
		said := map[string]int{}
		for _, l := range p.db.Read().AuditEntry.Query().Where(auditentry.ActionIn("rotate_key", "rewrap_keys", "retire_key")).AllX(t.Context()) {
			said[l.Action+" "+l.Outcome]++
		}
		if said["rotate_key begun"] == 0 || said["rewrap_keys done"] < n/200 || said["retire_key begun"] != 1 || said["retire_key done"] != 1 {
			t.Errorf("the log says %v", said)
		}
		logHolds(t, p)
	})
}

// logHolds takes all lines into the tree and verifies it.
func logHolds(t *testing.T, p *program) {
	t.Helper()
	tree, err := audit.NewTree(p.db, p.ring, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tree.Take(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, v, err := audit.Keys(p.ring)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := audit.Verify(t.Context(), p.db, v); err != nil || r.Bad != nil {
		t.Errorf("the log: %+v %v", r.Bad, err)
	}
}

// A rotation beside a running server: the server takes the new version up,
// wraps every data key and writes the lines; new data keys are under it.
func TestRotateBesideServer(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		keys := keyFile(t)
		s := settingsFor(url, keys)
		filled(t, s, 300)
		opened(t, s, func(p *program) {
			ctx, stop := context.WithCancel(t.Context())
			kept := make(chan struct{})
			go func() { defer close(kept); p.keepKeys(ctx) }()
			defer func() { stop(); <-kept }()
			if p.db.Dialect() == store.SQLite {
				go func() { // as the loop does every few seconds
					for range 200 {
						time.Sleep(20 * time.Millisecond)
						if p.takeUpKeys(ctx) {
							return
						}
					}
				}()
			}
			out, err := run(t, &keyRotate{s})
			if err != nil {
				t.Fatalf("%s: %v", out, err)
			}
			if _, err := p.ring.Reload(); err != nil {
				t.Fatal(err)
			}
			if n, err := p.door.Outdated(t.Context(), 2); n != 0 || err != nil || p.ring.Current() != 2 {
				t.Errorf("%d keys are left, version %d is current: %v", n, p.ring.Current(), err)
			}
		})
		if by := readable(t, s, 300); by[2] != 300 {
			t.Errorf("%v", by)
		}
	})
}

// Without a token in the settings nothing is sealed, and a program that cannot
// speak to one says how to get one that can; no file is made.
func TestKeyTokenRefused(t *testing.T) {
	plain := keyFile(t)
	s := settingsFor("sqlite:"+filepath.Join(t.TempDir(), "data", "nysreferral.db"), plain+".sealed")
	if _, err := run(t, &keyToken{Settings: s, Plain: plain}); err == nil || !strings.Contains(err.Error(), "key-token-module") {
		t.Errorf("without a token: %v", err)
	}
	s.Token = config.Token{Module: "/none.so", Label: "none", Key: "none", PINFile: plain}
	if _, err := run(t, &keyToken{Settings: s, Plain: plain}); err == nil {
		t.Error("a library that is not there sealed it")
	}
	if _, err := os.Stat(s.KeyFile); err == nil {
		t.Error("a file was made")
	}
}
