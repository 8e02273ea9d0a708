package auth

import (
	"context"
	"encoding/base32"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"nysreferral/ent"
	"nysreferral/ent/factor"
	"nysreferral/ent/recoverycode"
	"nysreferral/fault"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// strict is a house as serve has it: a password alone signs nobody in.
func strict(t testing.TB, db *store.DB) *house {
	h := open(t, db)
	h.alone = false
	return h
}

// shows returns the code that an app with the secret shows at a moment.
func shows(t testing.TB, secret string, at time.Time) string {
	t.Helper()
	code, err := hotp.GenerateCodeCustom(secret, uint64(at.Unix()/30), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// app binds an app to who and returns its secret and the recovery codes.
func (h *house) app(t testing.TB, who workflow.Actor) (string, []string) {
	t.Helper()
	secret, address, err := h.NewApp("Partner Services", who)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(address, "otpauth://totp/") || strings.Contains(address, "Robin") || strings.Contains(address, "example.org:") {
		t.Errorf("the address of the app: %s", address)
	}
	codes, err := h.AddApp(t.Context(), who, secret, shows(t, secret, h.Now()), "")
	if err != nil {
		t.Fatal(err)
	}
	h.pass(time.Minute)
	return secret, codes
}

// The codes of RFC 6238 are those that an app is expected to show.
func TestAppVectors(t *testing.T) {
	secret := base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		if step, ok := matchStep(secret, want, time.Unix(at, 0)); !ok || step != at/30 {
			t.Errorf("%d: %d %t", at, step, ok)
		}
	}
	at := time.Unix(1234567890, 0)
	for _, off := range []time.Duration{-61 * time.Second, 61 * time.Second} {
		if _, ok := matchStep(secret, shows(t, secret, at.Add(off)), at); ok {
			t.Errorf("a code of %s away is taken", off)
		}
	}
}

// With an app, a password alone signs nobody in; the code does, once; a code of
// a minute ago, of another secret or of nothing does not.
func TestSecondFactor(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := strict(t, db), t.Context()
		who := h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
		first, err := h.SignIn(ctx, "robin@example.org", passphrase, "")
		if err != nil || first.Stage != StageSetUp {
			t.Fatalf("without a second factor: %+v %v", first, err)
		}
		secret, codes := h.app(t, who)
		if len(codes) != 10 {
			t.Errorf("%d recovery codes", len(codes))
		}
		e, err := h.SignIn(ctx, "robin@example.org", passphrase, "")
		if err != nil || e.Stage != StageCode || e.Who != who {
			t.Fatalf("%+v %v", e, err)
		}
		now := shows(t, secret, h.Now())
		for _, bad := range []string{"", "000000", shows(t, secret, h.Now().Add(-time.Minute)), now + "1", codes[0] + "0"} {
			if bad == now {
				continue
			}
			if _, err := h.Second(ctx, who.ID, bad, ""); fault.KindOf(err) != fault.Unauthorized {
				t.Errorf("%q: %v", bad, err)
			}
			h.pass(Window) // so that the path does not lock
			h.pass(-Window)
			h.change(t, func(tx *ent.Tx) error { return h.Unlock(ctx, tx, who.ID) })
		}
		spaced := now[:3] + " " + now[3:]
		if e, err := h.Second(ctx, who.ID, spaced, ""); err != nil || e.Stage != StageIn || e.Who != who {
			t.Errorf("the right code: %+v %v", e, err)
		}
		if _, err := h.Second(ctx, who.ID, now, ""); fault.KindOf(err) != fault.Unauthorized {
			t.Errorf("the same code again: %v", err)
		}
		lines := h.log(t, "sign_in")
		if last := lines[len(lines)-1]; !strings.HasSuffix(last, "refused used_code") {
			t.Errorf("log %v", lines)
		}
	})
}

// A code that is sent fifty times at once is good once.
func TestCodeIsGoodOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := strict(t, db)
		who := h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
		secret, codes := h.app(t, who)
		for _, code := range []string{shows(t, secret, h.Now()), codes[3]} {
			h.change(t, func(tx *ent.Tx) error { return h.Unlock(t.Context(), tx, who.ID) })
			var good int
			var mu sync.Mutex
			var group sync.WaitGroup
			for range 50 {
				group.Go(func() {
					if _, err := h.Second(context.Background(), who.ID, code, ""); err == nil {
						mu.Lock()
						good++
						mu.Unlock()
					} else if fault.KindOf(err) != fault.Unauthorized {
						t.Error(err)
					}
				})
			}
			group.Wait()
			if good != 1 {
				t.Errorf("%d were let in", good)
			}
		}
	})
}

// Five wrong codes lock the password path, and a right password in between does
// not give five more.
func TestCodesLock(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := strict(t, db), t.Context()
		who := h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
		secret, _ := h.app(t, who)
		for range 5 {
			if _, err := h.SignIn(ctx, "robin@example.org", passphrase, ""); err != nil {
				t.Fatal(err)
			}
			if _, err := h.Second(ctx, who.ID, "12345", ""); fault.KindOf(err) != fault.Unauthorized {
				t.Fatal(err)
			}
		}
		if _, err := h.Second(ctx, who.ID, shows(t, secret, h.Now()), ""); fault.KindOf(err) != fault.Unauthorized {
			t.Errorf("the right code after five wrong ones: %v", err)
		}
		if _, err := h.SignIn(ctx, "robin@example.org", passphrase, ""); fault.KindOf(err) != fault.Unauthorized {
			t.Errorf("the right password after five wrong codes: %v", err)
		}
		lines := h.log(t, "sign_in")
		if n := len(lines); n != 7 || !strings.HasSuffix(lines[4], lockedNow) || !strings.HasSuffix(lines[5], " "+locked) {
			t.Errorf("log %v", lines)
		}
		h.pass(LockedFor)
		if _, err := h.Second(ctx, who.ID, shows(t, secret, h.Now()), ""); err != nil {
			t.Errorf("after the lock: %v", err)
		}
	})
}

// Ten recovery codes of 112 bits or more, each good once, kept as hashes alone;
// new ones end the old; using one tells the owner and the coordinators.
func TestRecoveryCodes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := strict(t, db), t.Context()
		who := h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
		_, codes := h.app(t, who)
		seen := map[string]bool{}
		for _, c := range codes {
			if plain := strings.ReplaceAll(c, "-", ""); len(plain)*5 < 112 || seen[c] {
				t.Errorf("code %q", c)
			}
			seen[c] = true
		}
		for _, row := range db.Read().RecoveryCode.Query().AllX(ctx) {
			if len(row.Hash) != 32 {
				t.Errorf("kept: %x", row.Hash)
			}
		}
		if e, err := h.Second(ctx, who.ID, strings.ToLower(strings.ReplaceAll(codes[0], "-", " ")), ""); err != nil || e.Stage != StageIn {
			t.Errorf("as people copy it: %+v %v", e, err)
		}
		if _, err := h.Second(ctx, who.ID, codes[0], ""); fault.KindOf(err) != fault.Unauthorized {
			t.Errorf("a second time: %v", err)
		}
		other := h.person(t, "other@example.org", workflow.Referrer, workflow.SidePolice)
		h.app(t, other)
		if _, err := h.Second(ctx, other.ID, codes[1], ""); fault.KindOf(err) != fault.Unauthorized {
			t.Errorf("of another account: %v", err)
		}
		fresh, err := h.NewCodes(ctx, who, "")
		if err != nil || len(fresh) != 10 {
			t.Fatalf("%d, %v", len(fresh), err)
		}
		if _, err := h.Second(ctx, who.ID, codes[2], ""); fault.KindOf(err) != fault.Unauthorized {
			t.Errorf("one of before: %v", err)
		}
		if n := db.Read().RecoveryCode.Query().Where(recoverycode.UserID(who.ID)).CountX(ctx); n != 11 {
			t.Errorf("%d rows", n)
		}
		to, err := h.Addresses(ctx, Notice{Users: []int{who.ID, other.ID}})
		if err != nil || len(to) != 2 || to[0] != "robin@example.org" {
			t.Errorf("told: %v %v", to, err)
		}
	})
}

// The secret of an app lies sealed, is bound to its row, and never prints; the
// register keeps what was taken away.
func TestFactorIsSealed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := strict(t, db), t.Context()
		who := h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
		secret, _ := h.app(t, who)
		row := db.Read().Factor.Query().OnlyX(ctx)
		if strings.Contains(string(row.Data), secret) || strings.Contains(row.String(), secret) {
			t.Error("the secret lies in clear")
		}
		moved := *row
		moved.Mark = random(16)
		if _, err := h.openFactor(&moved); err == nil {
			t.Error("a secret opens in another row")
		}
		k, err := h.openFactor(row)
		if err != nil || k.Secret != secret {
			t.Fatal(err)
		}
		if err := h.Remove(ctx, who, row.Mark, ""); fault.KindOf(err) != fault.Conflict {
			t.Errorf("the last factor was taken: %v", err)
		}
		h.app(t, who)
		if n := db.Read().Factor.Query().Where(factor.RevokedAtNotNil()).CountX(ctx); n != 1 {
			t.Errorf("%d factors in the register were taken away", n)
		}
		stranger := h.person(t, "other@example.org", workflow.Referrer, workflow.SidePolice)
		in := db.Read().Factor.Query().Where(factor.RevokedAtIsNil()).OnlyX(ctx)
		if err := h.Remove(ctx, stranger, in.Mark, ""); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger's factor: %v", err)
		}
	})
}

// Before the gravest acts the app is asked, not the password; wrong ones count.
func TestProve(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := strict(t, db), t.Context()
		who := h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
		if err := h.Prove(ctx, who, Proof{AskPassword, passphrase}, ""); err != nil {
			t.Errorf("the password of who has nothing else: %v", err)
		}
		secret, _ := h.app(t, who)
		for _, p := range []Proof{{AskPassword, passphrase}, {AskCode, "000"}, {AskPasskey, "{}"}, {"", ""}} {
			if err := h.Prove(ctx, who, p, ""); fault.KindOf(err) != fault.Unauthorized {
				t.Errorf("%s: %v", p.Ask, err)
			}
		}
		code := shows(t, secret, h.Now())
		if err := h.Prove(ctx, who, Proof{AskCode, code}, ""); err != nil {
			t.Errorf("the code: %v", err)
		}
		if err := h.Prove(ctx, who, Proof{AskCode, code}, ""); fault.KindOf(err) != fault.Unauthorized {
			t.Errorf("the code again: %v", err)
		}
		state := h.person(t, "state@example.org", workflow.Reviewer, workflow.SideDCJS)
		if err := h.Prove(ctx, state, Proof{AskPassword, passphrase}, ""); fault.KindOf(err) != fault.Unauthorized {
			t.Errorf("a reviewer's password: %v", err)
		}
	})
}
