package auth

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"nysreferral/ent"
	"nysreferral/fault"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// browser keeps one cookie and asks a small site: /in signs in, /out signs
// out, /put writes to the session, /revoke revokes it and /disable disables the
// account in the middle of a request, /poll is a quiet request, all else answers who is signed in.
type browser struct {
	t      *testing.T
	site   http.Handler
	cookie *http.Cookie
}

func site(t *testing.T, h *house, secure bool) http.Handler {
	m := h.Sessions(secure)
	inner := m.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		var err error
		switch r.URL.Path {
		case "/in":
			var who workflow.Actor
			var e Entry
			if e, err = h.SignIn(ctx, r.URL.Query().Get("email"), passphrase, ""); err == nil {
				who = e.Who
				err = m.Begin(ctx, who)
			}
		case "/out":
			err = m.End(ctx, "")
		case "/put":
			m.Put(ctx, "note", "x")
		case "/revoke":
			who, _ := m.Who(ctx)
			m.Put(ctx, "note", "y")
			err = h.db.Do(ctx, func(tx *ent.Tx) error { return h.Revoke(ctx, tx, who.ID) })
		case "/disable":
			who, _ := m.Who(ctx)
			err = h.db.Do(ctx, func(tx *ent.Tx) error { return tx.User.UpdateOneID(who.ID).SetDisabledAt(h.Now()).Exec(ctx) })
		}
		if err != nil {
			t.Error(err)
		}
		who, err := m.Who(ctx)
		if err != nil && fault.KindOf(err) != fault.Unauthorized {
			t.Error(err)
		}
		fmt.Fprint(w, who.ID)
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/poll" {
			r = r.WithContext(Quiet(r.Context()))
		}
		inner.ServeHTTP(w, r)
	})
}

func (b *browser) get(path string) string {
	b.t.Helper()
	r := httptest.NewRequestWithContext(b.t.Context(), http.MethodGet, path, nil)
	if b.cookie != nil {
		r.AddCookie(b.cookie)
	}
	w := httptest.NewRecorder()
	b.site.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		b.cookie = c
	}
	return w.Body.String()
}

func (b *browser) want(path string, id int) {
	b.t.Helper()
	if got := b.get(path); got != fmt.Sprint(id) {
		b.t.Errorf("%s: signed in is %s, want %d", path, got, id)
	}
}

// Where screens are not locked, a session ends fifteen minutes after the last request and ten hours after
// the sign-in, by the server's clock; what a page asks by itself does not keep
// it alive.
func TestSessionEnds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		h.lock = 0
		who := h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
		s := site(t, h, true)
		b := &browser{t: t, site: s}
		b.want("/", 0)
		if b.cookie != nil {
			t.Error("a visit without sign-in left a cookie")
		}
		b.want("/in?email=robin@example.org", who.ID)
		h.pass(14 * time.Minute)
		b.want("/", who.ID)
		h.pass(14 * time.Minute)
		b.want("/poll", who.ID)
		h.pass(time.Minute)
		b.want("/", 0)
		h.pass(-time.Minute)
		b.want("/", who.ID)
		b.want("/in?email=robin@example.org", who.ID)
		for range 59 {
			h.pass(10 * time.Minute)
			b.want("/", who.ID)
		}
		h.pass(10*time.Minute - time.Second)
		b.want("/put", who.ID)
		h.pass(time.Second)
		b.want("/", 0)
		if n, err := h.Sweep(t.Context()); err != nil || n != 1 || db.Read().Session.Query().CountX(t.Context()) != 0 {
			t.Errorf("swept %d, %v", n, err)
		}
	})
}

// The token changes at sign-in and the old one is dead; signing out kills the
// new one at the server too.
func TestSessionToken(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		who := h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
		s := site(t, h, true)
		b := &browser{t: t, site: s}
		b.want("/put", 0)
		before := &browser{t: t, site: s, cookie: b.cookie}
		b.want("/in?email=robin@example.org", who.ID)
		if before.cookie.Value == b.cookie.Value {
			t.Error("the token stayed the same")
		}
		before.want("/", 0)
		c := b.cookie
		if c.Name != "__Host-session" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.MaxAge != 0 || !c.Expires.IsZero() {
			t.Errorf("cookie %s", c)
		}
		rows := db.Read().Session.Query().AllX(t.Context())
		if len(rows) != 1 || rows[0].UserID == nil || *rows[0].UserID != who.ID {
			t.Fatalf("%d rows", len(rows))
		}
		if dump := fmt.Sprintf("%s %s", rows[0].TokenHash, rows[0].Data); strings.Contains(dump, c.Value) || bytes.Contains(rows[0].Data, []byte("user")) {
			t.Error("the table holds the token or the content in clear")
		}
		kept := &browser{t: t, site: s, cookie: c}
		b.want("/out", 0)
		kept.want("/", 0)
		if b.cookie.MaxAge >= 0 {
			t.Errorf("cookie after signing out: %s", b.cookie)
		}
		if lines := h.log(t, "sign_out"); len(lines) != 1 {
			t.Errorf("log %v", lines)
		}
		loop := &browser{t: t, site: site(t, h, false)}
		loop.want("/in?email=robin@example.org", who.ID)
		if loop.cookie.Name != "session" || loop.cookie.Secure {
			t.Errorf("on loopback: %s", loop.cookie)
		}
	})
}

// A disabled account is out at once, and a session that is revoked in the
// middle of a request does not come back at its end.
func TestSessionRevoked(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := open(t, db), t.Context()
		who := h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
		other := h.person(t, "kim@example.org", workflow.Referrer, workflow.SidePolice)
		s := site(t, h, true)
		a, b, k := &browser{t: t, site: s}, &browser{t: t, site: s}, &browser{t: t, site: s}
		a.want("/in?email=robin@example.org", who.ID)
		b.want("/in?email=robin@example.org", who.ID)
		k.want("/in?email=kim@example.org", other.ID)
		a.get("/revoke")
		a.want("/", 0)
		b.want("/", 0)
		k.want("/", other.ID)
		h.change(t, func(tx *ent.Tx) error { return tx.User.UpdateOneID(other.ID).SetDisabledAt(h.Now()).Exec(ctx) })
		k.want("/", 0)
		h.change(t, func(tx *ent.Tx) error { return tx.User.UpdateOneID(other.ID).ClearDisabledAt().Exec(ctx) })
		k.want("/", other.ID)
		h.change(t, func(tx *ent.Tx) error { return tx.Agency.UpdateOneID(other.Agency).SetActive(false).Exec(ctx) })
		k.want("/", 0)
	})
}

// An account that is disabled is nobody's from then on, also in the rest of the
// request that disabled it, which read it with its session.
func TestSessionOfADisabledAccount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		who := h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
		b := &browser{t: t, site: site(t, h, true)}
		b.want("/in?email=robin@example.org", who.ID)
		b.want("/", who.ID)
		b.want("/disable", 0)
		b.want("/", 0)
	})
}

// The fourth session of an account ends its oldest, and nobody else's.
func TestSessionsAtMostThree(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		who := h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
		other := h.person(t, "kim@example.org", workflow.Referrer, workflow.SidePolice)
		s := site(t, h, true)
		k := &browser{t: t, site: s}
		k.want("/in?email=kim@example.org", other.ID)
		all := make([]*browser, 4)
		for i := range all {
			h.pass(time.Second)
			all[i] = &browser{t: t, site: s}
			all[i].want("/in?email=robin@example.org", who.ID)
		}
		all[0].want("/", 0)
		for _, b := range all[1:] {
			b.want("/", who.ID)
		}
		k.want("/", other.ID)
	})
}

// A made-up or foreign cookie is nobody's.
func TestSessionMadeUp(t *testing.T) {
	h := open(t, storetest.SQLite(t))
	for _, value := range []string{"", "x", strings.Repeat("A", 43), strings.Repeat("z", 5000)} {
		b := &browser{t: t, site: site(t, h, true), cookie: &http.Cookie{Name: "__Host-session", Value: value}}
		b.want("/", 0)
	}
}

// A token that is unknown, revoked, expired or of a disabled account gets the
// same refusal, recorded when it looks like one; a good one says who it is.
func TestBearer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := open(t, db), t.Context()
		who := h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
		other := h.person(t, "kim@example.org", workflow.Referrer, workflow.SidePolice)
		token := func(of workflow.Actor, expires time.Time) string {
			t.Helper()
			text, err := h.NewToken(ctx, of, of.ID, "records system", expires, "")
			if err != nil {
				t.Fatal(err)
			}
			return text
		}
		good, revoked, expired, ofDisabled := token(who, time.Time{}), token(who, time.Time{}), token(who, h.Now().Add(time.Hour)), token(other, time.Time{})
		if got, err := h.Bearer(ctx, expired, ""); err != nil || got != who {
			t.Errorf("before it expires: %v, %v", got, err)
		}
		rows := db.Read().Token.Query().AllX(ctx)
		for _, r := range rows {
			if bytes.Contains(r.Hash, []byte(good[4:])) {
				t.Error("the table holds a token")
			}
		}
		if err := h.RevokeToken(ctx, other, other.ID, rows[1].ID, ""); fault.KindOf(err) != fault.NotFound {
			t.Errorf("somebody else's token was revoked: %v", err)
		}
		if err := h.RevokeToken(ctx, who, who.ID, rows[1].ID, ""); err != nil {
			t.Fatal(err)
		}
		h.change(t, func(tx *ent.Tx) error { return tx.User.UpdateOneID(other.ID).SetDisabledAt(h.Now()).Exec(ctx) })
		h.pass(time.Hour)
		unknownToken := tokenPrefix + strings.Repeat("A", 43)
		for _, bad := range []string{"", "x", tokenPrefix, good[4:], good + "A", good[:len(good)-1], unknownToken, revoked, expired, ofDisabled} {
			if got, err := h.Bearer(ctx, bad, ""); fault.KindOf(err) != fault.Unauthorized || err.Error() != saySignIn || got != (workflow.Actor{}) {
				t.Errorf("%q: %v, %v", bad, got, err)
			}
		}
		want := fmt.Sprintf("[0 refused unknown %d refused revoked %d refused expired %d refused disabled]", who.ID, who.ID, other.ID)
		if got := fmt.Sprint(h.log(t, "bearer")); got != want {
			t.Errorf("log %s, want %s", got, want)
		}
		if got, err := h.Bearer(ctx, good, ""); err != nil || got != who {
			t.Errorf("a good token: %v, %v", got, err)
		}
		if _, err := h.NewToken(ctx, who, who.ID+100, "", time.Time{}, ""); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a token for nobody: %v", err)
		}
	})
}
