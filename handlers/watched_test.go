package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"nysreferral/auth"
	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/web"
	"nysreferral/workflow"
)

// Every answer to a miss is the same byte for byte, whether it is the first or the
// twentieth, of what is absent or of what is another's; the request after the
// twentieth is nobody's any more, and another session of the account too. What the
// site does not have at all counts for nothing: browsers ask for it themselves.
func TestMissesAnswerAlike(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, func(d *Deps) {
			var err error
			if d.Auth, err = auth.New(auth.Options{DB: db, Ring: d.Referrals.Ring, Now: time.Now, Cost: 1, PasswordAlone: true}); err != nil {
				t.Fatal(err)
			}
		})
		theirs := s.send(1)
		b, own := s.at("case_manager"), s.browser()
		if got := own.post(web.PathSignIn, web.PathSignIn, url.Values{"email": {s.state.Account("case_manager").Email}, "password": {demo.Password}}); got.status != http.StatusSeeOther {
			t.Fatal(got.status)
		}
		for range 2 * auth.MissesEnd {
			if got := b.get("/favicon.ico"); got.status != http.StatusNotFound {
				t.Fatal(got.status)
			}
		}
		var first answer
		for i := range auth.MissesEnd {
			ref := forms.NewReference(uint64(i + 1))
			if i < 2 {
				ref = []string{theirs, "12345"}[i]
			}
			got := b.get("/referrals/" + ref)
			if i == 0 {
				first = got
			}
			for _, a := range []*answer{&first, &got} {
				a.header.Del("Date")
			}
			if got.status != http.StatusNotFound || got.body != first.body || !sameHeaders(got.header, first.header) {
				t.Fatalf("miss %d: %d\n%v\n%v", i+1, got.status, got.header, first.header)
			}
		}
		for _, one := range []*browser{b, own} {
			if got := one.get("/referrals"); got.status != http.StatusSeeOther || !strings.HasPrefix(got.to(), web.PathSignIn) {
				t.Errorf("after that: %d %s", got.status, got.to())
			}
		}
		if got := s.at("detective").get("/referrals/" + theirs); got.status != http.StatusOK {
			t.Errorf("another account: %d", got.status)
		}
	})
}

func sameHeaders(a, b http.Header) bool {
	if len(a) != len(b) {
		return false
	}
	for name := range a {
		if strings.Join(a[name], "\n") != strings.Join(b[name], "\n") {
			return false
		}
	}
	return true
}

// Over the budget a page asks for a proof, says why, and leads to what was to be
// opened once it is given; a wrong proof opens nothing. At the end of it a plain
// sentence says so, and what was open before stays open.
func TestBudgetByThePage(t *testing.T) {
	var later atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(later.Load())) }
	s := newStage(t, storetest.SQLite(t), func(d *Deps) {
		var err error
		if d.Auth, err = auth.New(auth.Options{DB: d.Referrals.DB, Ring: d.Referrals.Ring, Now: now, Cost: 1, Fresh: time.Minute, PasskeyDuties: []workflow.Duty{}}); err != nil {
			t.Fatal(err)
		}
		d.Referrals.Options.Reads = referrals.Reads{Referrer: 1, State: 1, Recipient: 1}
	})
	refs := []string{s.send(1), s.send(1), s.send(1), s.send(1)}
	b := s.browser()
	b.post(web.PathSignIn, web.PathSignIn, url.Values{"email": {s.state.Account(demo.Referrers[1]).Email}, "password": {demo.Password}})
	secret, got := b.addApp(0)
	if got.status != http.StatusOK {
		t.Fatalf("adding an app answers %d", got.status)
	}
	opens := func(ref string) {
		t.Helper()
		if got := b.get("/referrals/" + ref); got.status != http.StatusOK || !strings.Contains(got.body, ref) || !strings.Contains(got.body, `class="mark" aria-hidden="true"`) {
			t.Errorf("%d: %s", got.status, got.body)
		}
	}
	opens(refs[0])
	opens(refs[1]) // the sign-in is a proof
	later.Store(int64(2 * time.Minute))
	asked := b.get("/referrals/" + refs[2])
	if asked.status != http.StatusOK || !strings.Contains(asked.body, "Confirm that it is you") || !strings.Contains(asked.body, "more than usual") || strings.Contains(asked.body, `class="mark"`) {
		t.Fatalf("%d: %s", asked.status, asked.body)
	}
	opens(refs[1])
	in := hiddenOf(asked.body)
	in.Set("next", "/referrals/"+refs[2])
	in.Set(web.InputAsk, string(auth.AskCode))
	in.Set(web.InputProof, "000000")
	if got := b.do(http.MethodPost, provePath, in.Encode()); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong code answers %d", got.status)
	}
	in.Set(web.InputProof, code(t, secret, 4))
	if got := b.do(http.MethodPost, provePath, in.Encode()); got.status != http.StatusSeeOther || got.to() != "/referrals/"+refs[2] {
		t.Fatalf("the code answers %d %s", got.status, got.to())
	}
	opens(refs[2])
	if got := b.get("/referrals/" + refs[3]); got.status != http.StatusTooManyRequests || !strings.Contains(got.body, "which is the limit") || strings.Contains(got.body, `class="mark"`) {
		t.Errorf("the end of it: %d %s", got.status, got.body)
	}
	opens(refs[0])
}
