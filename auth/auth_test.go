package auth

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/fault"
	"nysreferral/seal"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

const (
	passphrase = "marble otter lantern kite"
	testCost   = 3
)

// house is a service on a fresh database with a clock that the test turns.
type house struct {
	*Service
	db    *store.DB
	clock time.Time
	mu    sync.Mutex
}

func (h *house) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.clock
}

func (h *house) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clock = h.clock.Add(d)
}

func open(t testing.TB, db *store.DB) *house {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys")
	if err := seal.Create(path, time.Time{}); err != nil {
		t.Fatal(err)
	}
	ring, err := seal.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{db: db, clock: time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)}
	h.Service, err = New(Options{DB: db, Ring: ring, Now: h.Now, Cost: testCost, PasswordAlone: true})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// person adds an account with the test's passphrase.
func (h *house) person(t testing.TB, email string, duty workflow.Duty, side workflow.Side) workflow.Actor {
	t.Helper()
	hash, err := h.Hash(t.Context(), passphrase)
	if err != nil {
		t.Fatal(err)
	}
	var id int
	err = h.db.Do(t.Context(), func(tx *ent.Tx) error {
		a, err := tx.Agency.Create().SetName("Office of " + email).SetKind("office").SetSide(string(side)).SetCreatedAt(h.Now()).Save(t.Context())
		if err != nil {
			return err
		}
		u, err := tx.User.Create().SetName("Robin Example").SetEmail(email).SetDuty(string(duty)).SetAgency(a).SetCreatedAt(h.Now()).
			SetPasswordHash(hash.Bytes).SetPasswordScheme(hash.Scheme).SetPasswordCost(hash.Cost).Save(t.Context())
		if err != nil {
			return err
		}
		id = u.ID
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	who, err := h.Actor(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return who
}

func (h *house) change(t testing.TB, fn func(tx *ent.Tx) error) {
	t.Helper()
	if err := h.db.Do(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// log is the lines of an action as "actor outcome reason".
func (h *house) log(t testing.TB, action string) []string {
	t.Helper()
	rows, err := h.db.Read().AuditEntry.Query().Where(auditentry.Action(action)).Order(ent.Asc(auditentry.FieldID)).All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = strings.TrimSpace(fmt.Sprintf("%d %s %s", r.Actor, r.Outcome, r.Reason))
	}
	return out
}

// Unknown, wrong, locked, disabled, without password and of a closed agency:
// all get the same refusal, and the log tells them apart without the address.
func TestSignInRefusesAlike(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := open(t, db), t.Context()
		users := map[string]workflow.Actor{}
		for _, name := range []string{"wrong", "locked", "disabled", "empty", "closed", "misplaced"} {
			users[name] = h.person(t, name+"@example.org", workflow.Reviewer, workflow.SideDCJS)
		}
		later := h.Now().Add(time.Minute)
		h.change(t, func(tx *ent.Tx) error {
			return errors.Join(
				tx.User.UpdateOneID(users["locked"].ID).SetLockedUntil(later).Exec(ctx),
				tx.User.UpdateOneID(users["disabled"].ID).SetDisabledAt(h.Now()).Exec(ctx),
				tx.User.UpdateOneID(users["empty"].ID).ClearPasswordHash().Exec(ctx),
				tx.Agency.UpdateOneID(users["closed"].Agency).SetActive(false).Exec(ctx),
				tx.User.UpdateOneID(users["misplaced"].ID).SetDuty("auditor").Exec(ctx))
		})
		cases := []struct{ name, password, reason string }{
			{"nobody", passphrase, unknown}, {"wrong", passphrase + " ", wrong}, {"locked", passphrase, locked},
			{"disabled", passphrase, disabled}, {"empty", passphrase, wrong}, {"empty", "", wrong},
			{"closed", passphrase, disabled}, {"misplaced", passphrase, disabled}, {"wrong", strings.Repeat("x", 5000), wrong},
		}
		for i, c := range cases {
			who, err := h.SignIn(ctx, c.name+"@example.org", c.password, "")
			if say, ok := fault.Say(err); !ok || say != sayWrong || fault.KindOf(err) != fault.Unauthorized || err.Error() != sayWrong || who != (Entry{}) {
				t.Errorf("%s: %v, %v", c.name, who, err)
			}
			lines := h.log(t, "sign_in")
			if want := fmt.Sprintf("%d refused %s", users[c.name].ID, c.reason); len(lines) != i+1 || lines[i] != want {
				t.Errorf("%s: log %v, want %s", c.name, lines, want)
			}
		}
	})
}

// The right password signs in whatever the case of the address, and is recorded.
func TestSignIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		who := h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
		got, err := h.SignIn(t.Context(), " Robin@Example.ORG ", passphrase, "192.0.2.0/24")
		if err != nil || got != (Entry{who, StageIn}) || who.Side != workflow.SidePolice || who.Duty != workflow.Referrer {
			t.Fatalf("%+v, %v", got, err)
		}
		if err := h.SignedOut(t.Context(), who, ""); err != nil {
			t.Fatal(err)
		}
		if lines := append(h.log(t, "sign_in"), h.log(t, "sign_out")...); len(lines) != 2 || lines[0] != fmt.Sprint(who.ID, " done") {
			t.Errorf("log %v", lines)
		}
		u := db.Read().User.GetX(t.Context(), who.ID)
		if u.SignedInAt == nil || !u.SignedInAt.Equal(h.Now()) {
			t.Errorf("signed in at %v", u.SignedInAt)
		}
	})
}

// Five wrong passwords within fifteen minutes lock the password path, for the
// right one too; four, or five spread over more, do not; time releases it and
// so does a coordinator.
func TestLock(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := open(t, db), t.Context()
		who := h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
		fail := func(n int) {
			t.Helper()
			for range n {
				if _, err := h.SignIn(ctx, "robin@example.org", "wrong", ""); fault.KindOf(err) != fault.Unauthorized {
					t.Fatal(err)
				}
			}
		}
		signIn := func() error { _, err := h.SignIn(ctx, "robin@example.org", passphrase, ""); return err }
		fail(4)
		if err := signIn(); err != nil {
			t.Fatalf("after four: %v", err)
		}
		for range 10 {
			fail(1)
			h.pass(4 * time.Minute)
		}
		if err := signIn(); err != nil {
			t.Fatalf("after ten in forty minutes: %v", err)
		}
		fail(5)
		if err := signIn(); fault.KindOf(err) != fault.Unauthorized {
			t.Fatalf("after five: %v", err)
		}
		if lines := h.log(t, "sign_in"); !strings.HasSuffix(lines[len(lines)-2], lockedNow) || !strings.HasSuffix(lines[len(lines)-1], " "+locked) {
			t.Errorf("log %v", lines)
		}
		if got, err := h.Actor(ctx, who.ID); err != nil || got != who {
			t.Errorf("a live session does not survive the lock: %v", err)
		}
		h.pass(LockedFor - time.Microsecond)
		fail(3)
		if err := signIn(); fault.KindOf(err) != fault.Unauthorized {
			t.Errorf("a moment before the end: %v", err)
		}
		h.pass(time.Microsecond)
		if err := signIn(); err != nil {
			t.Errorf("attempts during the lock made it longer: %v", err)
		}
		fail(5)
		h.change(t, func(tx *ent.Tx) error { return h.Unlock(ctx, tx, who.ID) })
		if err := signIn(); err != nil {
			t.Errorf("after the release: %v", err)
		}
	})
}

// Fifty wrong passwords at once count as fifty: the path is locked after five.
func TestLockAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
		var group sync.WaitGroup
		for range 50 {
			group.Go(func() {
				if _, err := h.SignIn(context.Background(), "robin@example.org", "wrong", ""); fault.KindOf(err) != fault.Unauthorized {
					t.Error(err)
				}
			})
		}
		group.Wait()
		count := map[string]int{}
		for _, l := range h.log(t, "sign_in") {
			count[strings.Fields(l)[2]]++
		}
		if count[wrong] != 4 || count[lockedNow] != 1 || count[locked] != 45 {
			t.Errorf("%v", count)
		}
	})
}

// A stronger cost replaces the stored password at the next right sign-in, and
// a wrong one changes nothing.
func TestRehash(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := open(t, db), t.Context()
		who := h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
		h.cost, h.nobody = 2*testCost, newHash(2*testCost)
		for _, c := range []struct {
			password string
			cost     int
		}{{"wrong", testCost}, {passphrase, 2 * testCost}, {passphrase, 2 * testCost}} {
			_, err := h.SignIn(ctx, "robin@example.org", c.password, "")
			if (err == nil) != (c.password == passphrase) {
				t.Fatal(err)
			}
			if u := db.Read().User.GetX(ctx, who.ID); u.PasswordCost != c.cost {
				t.Errorf("%s: cost %d", c.password, u.PasswordCost)
			}
		}
	})
}

// The stored password is of no use without the key file, and never prints.
func TestPepper(t *testing.T) {
	db := storetest.SQLite(t)
	h, other := open(t, db), open(t, db)
	h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
	if _, err := other.SignIn(t.Context(), "robin@example.org", passphrase, ""); fault.KindOf(err) != fault.Unauthorized {
		t.Errorf("signed in with other keys: %v", err)
	}
	hash, err := h.Hash(t.Context(), passphrase)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "hash", hash)
	if out := fmt.Sprintf("%v %+v %#v %x", hash, hash, hash, hash) + log.String(); strings.Count(out, "(withheld)") != 5 {
		t.Errorf("printed: %s", out)
	}
}

// A password too short, too long, on a list, or made of words about the person
// or this system is refused; long ones of any script are not.
func TestCheckPassword(t *testing.T) {
	for _, bad := range []string{
		"", "marble otter k", "abcdefghijklmno", "aaaaaaaaaaaaaaaaaa", "abcabcabcabcabcabc", "passwordpassword1", "P@ssw0rd P@ssw0rd",
		"correct horse battery staple", "CorrectHorseBatteryStaple1", "Trafficking2026!", "Summer2026Winter2026", "Robin Example 1999",
		"robin.example@example.org", "Ulster County Sheriff 12", "1234567890123456", "nysreferral-nysreferral", strings.Repeat("marble ", 200),
	} {
		if err := CheckPassword(bad, "Robin Example", "robin@example.org", "Ulster County Sheriff"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, good := range []string{
		passphrase, "marble otter ki", "жираф ест яблоко", "🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔🐧🐦🐤🦆", strings.Repeat("gN7 kelp vane ", 9), "the sheriff's ugly mauve bicycle",
	} {
		if err := CheckPassword(good, "Robin Example", "robin@example.org", "Ulster County Sheriff"); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}

// Composed and decomposed letters are the same password; a space more is
// another; nothing is cut off at the end.
func TestPasswordIsExact(t *testing.T) {
	h := open(t, storetest.SQLite(t))
	long := strings.Repeat("marble otter kite ", 40)
	for _, c := range []struct {
		set, try string
		want     bool
	}{
		{"caf\u00e9 otter lantern kite", "cafe\u0301 otter lantern kite", true}, {passphrase, passphrase + " ", false},
		{passphrase, strings.ToUpper(passphrase), false}, {long, long, true}, {long, long[:len(long)-1], false}, {passphrase, "", false},
	} {
		hash, err := h.hash(t.Context(), c.set)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := h.matches(t.Context(), hash, c.try); got != c.want || err != nil {
			t.Errorf("%q against %q: %v, %v", c.try, c.set, got, err)
		}
	}
	if got, err := h.matches(t.Context(), Hash{Scheme: "none", Bytes: []byte("x"), Cost: 1}, passphrase); got || err != nil {
		t.Errorf("a stored password of an unknown scheme: %v, %v", got, err)
	}
}

// A new password ends the sessions and tokens that the old one had opened, and
// a bad one changes nothing.
func TestSetPassword(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := open(t, db), t.Context()
		who := h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
		token, err := h.NewToken(ctx, who, who.ID, "desk", time.Time{}, "")
		if err != nil {
			t.Fatal(err)
		}
		if err := h.SetPassword(ctx, who, who.ID, "Robin Example 1999", ""); fault.KindOf(err) != fault.Invalid {
			t.Errorf("made of the name: %v", err)
		}
		if err := h.SetPassword(ctx, who, who.ID+100, "seven violet anchors hum", ""); fault.KindOf(err) != fault.NotFound {
			t.Errorf("of nobody: %v", err)
		}
		if _, err := h.Bearer(ctx, token, ""); err != nil {
			t.Errorf("a refused change ended the token: %v", err)
		}
		if err := h.SetPassword(ctx, who, who.ID, "seven violet anchors hum", ""); err != nil {
			t.Fatal(err)
		}
		if _, err := h.SignIn(ctx, "robin@example.org", passphrase, ""); fault.KindOf(err) != fault.Unauthorized {
			t.Errorf("the old password: %v", err)
		}
		if _, err := h.SignIn(ctx, "robin@example.org", "seven violet anchors hum", ""); err != nil {
			t.Errorf("the new password: %v", err)
		}
		if _, err := h.Bearer(ctx, token, ""); fault.KindOf(err) != fault.Unauthorized {
			t.Errorf("the token of before: %v", err)
		}
		if lines := h.log(t, "set_password"); len(lines) != 1 {
			t.Errorf("log %v", lines)
		}
	})
}
