package auth

import (
	"strings"
	"testing"

	"nysreferral/auth/authtest"
	"nysreferral/ent"
	"nysreferral/ent/factor"
	"nysreferral/fault"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

const (
	address = "https://referrals.example.org"
	rpID    = "referrals.example.org"
)

// withKeys is a strict house at an address where passkeys work.
func withKeys(t testing.TB, db *store.DB) *house {
	h := strict(t, db)
	var err error
	if h.keys, err = newPasskeys("", address); err != nil || h.keys == nil {
		t.Fatal(err)
	}
	return h
}

// bindKey adds a passkey to who and returns it.
func (h *house) bindKey(t testing.TB, who workflow.Actor) *authtest.Key {
	t.Helper()
	key := authtest.New(address, rpID)
	c, err := h.BeginPasskey(t.Context(), who)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.AddPasskey(t.Context(), who, c.Held, key.Make(c.Ask), "blue key", ""); err != nil {
		t.Fatal(err)
	}
	return key
}

// enter tries to sign in with a passkey.
func (h *house) enter(t testing.TB, key *authtest.Key) (Entry, error) {
	t.Helper()
	c, err := h.AskPasskey()
	if err != nil {
		t.Fatal(err)
	}
	return h.SignInPasskey(t.Context(), c.Held, key.Use(c.Ask), "")
}

// A passkey signs in; one of a false page, of another name, to another
// question, without a person verified, a copied one, an unknown one and a
// removed one do not, all with the same words; the log tells them apart.
func TestPasskey(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := withKeys(t, db), t.Context()
		who := h.person(t, "robin@example.org", workflow.Reviewer, workflow.SideDCJS)
		key := h.bindKey(t, who)
		if e, err := h.enter(t, key); err != nil || e != (Entry{who, StageIn}) {
			t.Fatalf("%+v %v", e, err)
		}
		refused := func(name, reason string, err error) {
			t.Helper()
			if say, _ := fault.Say(err); fault.KindOf(err) != fault.Unauthorized || say != sayKey || err.Error() != sayKey {
				t.Errorf("%s: %v", name, err)
			}
			lines := h.log(t, "sign_in")
			if last := lines[len(lines)-1]; !strings.HasSuffix(last, "refused "+reason) {
				t.Errorf("%s: log %s", name, last)
			}
		}
		lie := func(name, reason string, change func(*authtest.Key)) {
			t.Helper()
			other := key.Copy()
			change(other)
			_, err := h.enter(t, other)
			refused(name, reason, err)
		}
		lie("a false page", wrongKey, func(k *authtest.Key) { k.Origin = "https://referrals.example.org.evil.example" })
		lie("the same host without TLS", wrongKey, func(k *authtest.Key) { k.Origin = "http://referrals.example.org" })
		lie("another name", wrongKey, func(k *authtest.Key) { k.RPID = "evil.example" })
		lie("nobody verified", wrongKey, func(k *authtest.Key) { k.Absent = true })
		lie("a count that went back", copied, func(k *authtest.Key) { k.Count = 0 })
		_, err := h.enter(t, authtest.New(address, rpID))
		refused("a key that nobody has", wrongKey, err)
		first, _ := h.AskPasskey()
		second, _ := h.AskPasskey()
		_, err = h.SignInPasskey(ctx, second.Held, key.Use(first.Ask), "")
		refused("to another question", wrongKey, err)
		_, err = h.SignInPasskey(ctx, second.Held, "{}", "")
		refused("no answer", wrongKey, err)
		if _, err = h.SignInPasskey(ctx, "", key.Use(first.Ask), ""); fault.KindOf(err) != fault.Unauthorized {
			t.Errorf("no question: %v", err)
		}
		h.change(t, func(tx *ent.Tx) error { return tx.User.UpdateOneID(who.ID).SetDisabledAt(h.Now()).Exec(ctx) })
		_, err = h.enter(t, key)
		refused("a disabled account", disabled, err)
		h.change(t, func(tx *ent.Tx) error { return tx.User.UpdateOneID(who.ID).ClearDisabledAt().Exec(ctx) })
		h.bindKey(t, who)
		row := db.Read().Factor.Query().Where(factor.UserID(who.ID)).Order(ent.Asc(factor.FieldID)).FirstX(ctx)
		if err := h.Remove(ctx, who, row.Mark, ""); err != nil {
			t.Fatal(err)
		}
		_, err = h.enter(t, key)
		refused("a removed key", wrongKey, err)
	})
}

// A path that is locked for passwords stays open for the passkey, and what the
// State's duties have beside it lets them in nowhere.
func TestPasskeyBesidePassword(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := withKeys(t, db), t.Context()
		who := h.person(t, "robin@example.org", workflow.Director, workflow.SideDCJS)
		key := h.bindKey(t, who)
		secret, _ := h.app(t, who)
		if e, err := h.SignIn(ctx, "robin@example.org", passphrase, ""); err != nil || e.Stage != StageCode {
			t.Fatalf("%+v %v", e, err)
		}
		if e, err := h.Second(ctx, who.ID, shows(t, secret, h.Now()), ""); fault.KindOf(err) != fault.Unauthorized || e != (Entry{}) {
			t.Errorf("a director came in with password and app: %+v %v", e, err)
		}
		for range 6 {
			_, _ = h.SignIn(ctx, "robin@example.org", "wrong", "")
		}
		if _, err := h.enter(t, key); err != nil {
			t.Errorf("the passkey of a locked account: %v", err)
		}
		codes, err := h.NewCodes(ctx, who, "")
		if err != nil {
			t.Fatal(err)
		}
		h.change(t, func(tx *ent.Tx) error { return h.Unlock(ctx, tx, who.ID) })
		if e, err := h.Second(ctx, who.ID, codes[0], ""); err != nil || e.Stage != StageSetUp {
			t.Errorf("a recovery code lets a director add a passkey and nothing else: %+v %v", e, err)
		}
	})
}

// Several passkeys stand beside each other; an answer to another's question
// binds nothing; before a grave act only the own passkey counts.
func TestSeveralPasskeys(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := withKeys(t, db), t.Context()
		who := h.person(t, "robin@example.org", workflow.Reviewer, workflow.SideDCJS)
		other := h.person(t, "other@example.org", workflow.Reviewer, workflow.SideDCJS)
		one, two, theirs := h.bindKey(t, who), h.bindKey(t, who), h.bindKey(t, other)
		for i, key := range []*authtest.Key{one, two} {
			if e, err := h.enter(t, key); err != nil || e.Who != who {
				t.Errorf("key %d: %+v %v", i, e, err)
			}
		}
		c, err := h.BeginPasskey(ctx, other)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.AddPasskey(ctx, who, c.Held, authtest.New(address, rpID).Make(c.Ask), "", ""); fault.KindOf(err) != fault.Invalid {
			t.Errorf("bound by another's question: %v", err)
		}
		prove := func(key *authtest.Key) error {
			c, err := h.AskPasskey()
			if err != nil {
				t.Fatal(err)
			}
			return h.ProvePasskey(ctx, who, c.Held, key.Use(c.Ask), "")
		}
		if err := prove(theirs); fault.KindOf(err) != fault.Unauthorized {
			t.Errorf("proved by another's key: %v", err)
		}
		if err := prove(two); err != nil {
			t.Errorf("proved by the own key: %v", err)
		}
		if r, err := h.Register(ctx, who, ""); err != nil || len(r.Factors) != 2 || r.Factors[0].Label != "blue key" || r.Codes != 10 {
			t.Errorf("%+v %v", r, err)
		}
	})
}

// At a number instead of a name there are no passkeys, and asking says so.
func TestNoPasskeysAtANumber(t *testing.T) {
	h := strict(t, storetest.SQLite(t))
	var err error
	if h.keys, err = newPasskeys("", "http://127.0.0.1:8080"); err != nil || h.Passkeys() {
		t.Fatalf("%v %v", h.keys, err)
	}
	if _, err := h.AskPasskey(); fault.KindOf(err) != fault.Forbidden {
		t.Error(err)
	}
}
