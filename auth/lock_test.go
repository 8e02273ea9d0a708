package auth

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"nysreferral/fault"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// locking answers who the locked session belongs to, as "locked NUMBER", and at
// /reopen opens it with the password in the query.
func locking(t *testing.T, h *house) http.Handler {
	m := h.Sessions(true)
	all := site(t, h, true)
	one := m.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		who, err := m.Locked(ctx)
		if fault.KindOf(err) == fault.Unauthorized {
			fmt.Fprint(w, "not locked")
			return
		}
		if r.URL.Path == "/reopen" {
			err = h.Reopen(ctx, who, Proof{AskPassword, r.URL.Query().Get("password")}, "")
			if fault.KindOf(err) == fault.Unauthorized {
				fmt.Fprint(w, "wrong")
				return
			}
			if err == nil {
				err = m.Begin(ctx, who)
			}
		}
		if err != nil {
			t.Error(err)
		}
		fmt.Fprint(w, "locked ", who.ID)
	}))
	mux := http.NewServeMux()
	mux.Handle("/locked", one)
	mux.Handle("/reopen", one)
	mux.Handle("/", all)
	return mux
}

func (b *browser) says(path, want string) {
	b.t.Helper()
	if got := b.get(path); got != want {
		b.t.Errorf("%s answers %q, want %q", path, got, want)
	}
}

// Ten minutes after the last request a session is nobody's, also for what a page
// asks by itself; the right factor opens it under a new token, a wrong one
// counts, and a sweep leaves it alone. Nothing opens it after ten hours, though
// it was opened again and again.
func TestScreenLocks(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		who := h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
		b := &browser{t: t, site: locking(t, h)}
		b.want("/in?email=robin@example.org", who.ID)
		h.pass(10*time.Minute - time.Second)
		b.says("/locked", "not locked")
		h.pass(10*time.Minute - time.Second)
		b.want("/", who.ID)
		h.pass(10 * time.Minute)
		b.want("/poll", 0)
		b.want("/", 0)
		h.pass(2 * time.Hour)
		if _, err := h.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.says("/locked", fmt.Sprint("locked ", who.ID))
		b.says("/reopen?password=wrong+wrong+wrong", "wrong")
		b.want("/", 0)
		before := *b.cookie
		b.says("/reopen?password=marble+otter+lantern+kite", fmt.Sprint("locked ", who.ID))
		b.want("/", who.ID)
		old := &browser{t: t, site: b.site, cookie: &before}
		old.want("/", 0)
		old.says("/locked", "not locked")
		if got, want := fmt.Sprint(h.log(t, "lock_screen"), h.log(t, "unlock_screen")),
			fmt.Sprintf("[%d done] [%d refused wrong %d done password]", who.ID, who.ID, who.ID); got != want {
			t.Errorf("the log says %s, want %s", got, want)
		}
		h.pass(8*time.Hour - time.Minute)
		b.says("/locked", "not locked")
		b.says("/reopen?password=marble+otter+lantern+kite", "not locked")
	})
}

// An account that is switched off, or whose sessions were ended, while its
// screen is locked is not opened any more.
func TestLockedScreenOfDisabledAccount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		for at, what := range []string{"/disable", "/revoke"} {
			who := h.person(t, fmt.Sprintf("robin%d@example.org", at), workflow.Referrer, workflow.SidePolice)
			in := fmt.Sprintf("/in?email=robin%d@example.org", at)
			b, other := &browser{t: t, site: locking(t, h)}, &browser{t: t, site: locking(t, h)}
			b.want(in, who.ID)
			h.pass(11 * time.Minute)
			b.says("/locked", fmt.Sprint("locked ", who.ID))
			other.want(in, who.ID)
			other.get(what)
			b.says("/locked", "not locked")
		}
	})
}

// A session in which nobody is signed in is not kept longer for the lock.
func TestNobodysSessionIsSwept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		b := &browser{t: t, site: locking(t, h)}
		b.get("/put")
		h.pass(16 * time.Minute)
		if n, err := h.Sweep(t.Context()); n != 1 || err != nil {
			t.Errorf("swept %d, %v", n, err)
		}
	})
}
