package policy_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/fault"
	"nysreferral/referrals"
	"nysreferral/registry"
	"nysreferral/seal"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workers"
	"nysreferral/workflow"
)

// duo is two persons, and how the act of which one asks is done up to where the
// second agrees.
type duo struct {
	first, second workflow.Actor
	ask           func() (agree func(who workflow.Actor) error)
}

// Each act of the list that needs two persons is refused to the one who asked
// for it, alone and in several requests at once, and is done by another person.
// A line of the list that nothing here does fails, and so does an act here that
// stands in no line.
func TestNeedTwo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db)
		ledger, err := seal.OpenLedger(filepath.Join(t.TempDir(), "shreds"), s.Ring)
		if err != nil {
			t.Fatal(err)
		}
		s.Door.Ledger = ledger
		acts := s.duos(t)
		for _, n := range workflow.NeedTwo {
			one, ok := acts[n.Key]
			if !ok {
				t.Errorf("%s: %q is done by nothing here", n.Key, n.What)
				continue
			}
			delete(acts, n.Key)
			agree := one.ask()
			var wait sync.WaitGroup
			errs := make([]error, 4)
			for i := range errs {
				wait.Go(func() { errs[i] = agree(one.first) })
			}
			wait.Wait()
			for _, err := range errs {
				held(t, fault.KindOf(err) == fault.Forbidden, "%s, the same person: %v", n.Key, err)
			}
			err := agree(one.second)
			held(t, err == nil, "%s, another person: %v", n.Key, err)
		}
		for key := range acts {
			t.Errorf("%s stands in no line of the list", key)
		}
	})
}

// duos are the acts, by the keys of the list.
func (s *site) duos(t *testing.T) map[string]duo {
	director, deputy, program := s.As("director"), s.As("deputy_director"), s.As("program")
	first, second := s.coordinator(t, "first"), s.coordinator(t, "second")
	return map[string]duo{
		"account":    {first, second, func() func(workflow.Actor) error { return s.account(t, first) }},
		"invitation": {first, second, func() func(workflow.Actor) error { return s.invitation(t, first) }},
		"hold":       {director, program, func() func(workflow.Actor) error { return s.hold(t, director) }},
		"disposal":   {program, director, func() func(workflow.Actor) error { return s.disposal(t, program) }},
		"shred":      {director, program, func() func(workflow.Actor) error { return s.shred(t, director) }},
		"disclosure": {director, deputy, func() func(workflow.Actor) error { return s.disclosure(t, director) }},
	}
}

// coordinator is one of DCJS, made by a command.
func (s *site) coordinator(t *testing.T, name string) workflow.Actor {
	t.Helper()
	made, err := s.Registry.Commands().AddAccount(t.Context(), registry.NewAccount{Name: "Pat " + name, Email: name + "@example.org", Duty: workflow.Coordinator, Agency: s.As("director").Agency})
	if err != nil {
		t.Fatal(err)
	}
	who, err := s.Auth.Actor(t.Context(), made.ID)
	if err != nil {
		t.Fatal(err)
	}
	return who
}

func (s *site) account(t *testing.T, first workflow.Actor) func(workflow.Actor) error {
	t.Helper()
	added, err := s.Registry.AddAccount(t.Context(), first, registry.NewAccount{Name: "Pat New", Email: "new@example.org", Duty: workflow.Director})
	if err != nil {
		t.Fatal(err)
	}
	return func(who workflow.Actor) error { return s.Registry.Enable(t.Context(), who, added.ID, added.Rev) }
}

// invitation is one for the reviewer, who had a second factor.
func (s *site) invitation(t *testing.T, first workflow.Actor) func(workflow.Actor) error {
	t.Helper()
	whose := s.As("reviewer")
	err := s.DB.Do(t.Context(), func(tx *ent.Tx) error {
		return tx.Factor.Create().SetUserID(whose.ID).SetKind("app").SetMark("made up").SetHandle([]byte("made up")).SetData([]byte("made up")).SetCreatedAt(s.Clock.Now().UTC()).Exec(t.Context())
	})
	if err != nil {
		t.Fatal(err)
	}
	code, two, err := s.Registry.Invite(t.Context(), first, whose.ID, 1)
	if err != nil || code == "" || !two {
		t.Fatalf("second %v: %v", two, err)
	}
	return func(who workflow.Actor) error { return s.Registry.ApproveInvitation(t.Context(), who, whose.ID, 2) }
}

// withdrawn is a referral that was withdrawn long ago.
func (s *site) withdrawn(t *testing.T) string {
	t.Helper()
	receipt, err := s.Send(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Take(t.Context(), receipt.Reference, demo.Step{Who: "detective", Do: workflow.Withdraw}); err != nil {
		t.Fatal(err)
	}
	s.Clock.Set(s.Clock.Now().AddDate(0, 0, 120))
	return receipt.Reference
}

func (s *site) hold(t *testing.T, first workflow.Actor) func(workflow.Actor) error {
	t.Helper()
	ref := s.withdrawn(t)
	act := func(who workflow.Actor, n, rev int, do workflow.Action) (referrals.Hold, error) {
		return s.Door.Hold(t.Context(), who, referrals.HoldAct{Ref: ref, N: n, Rev: rev, Do: do, Reason: "A civil matter."})
	}
	h, err := act(first, 0, 0, workflow.PlaceHold)
	if err == nil {
		h, err = act(first, h.N, h.Rev, workflow.AskLift)
	}
	if err != nil {
		t.Fatal(err)
	}
	return func(who workflow.Actor) error {
		_, err := act(who, h.N, h.Rev, workflow.LiftHold)
		return err
	}
}

func (s *site) disposal(t *testing.T, first workflow.Actor) func(workflow.Actor) error {
	t.Helper()
	s.withdrawn(t)
	b, err := s.Door.ProposeDisposal(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	return func(who workflow.Actor) error {
		_, err := s.Door.DecideDisposal(t.Context(), who, referrals.BatchDecision{N: b.N, Rev: b.Rev, Do: workflow.ApproveBatch})
		return err
	}
}

func (s *site) shred(t *testing.T, first workflow.Actor) func(workflow.Actor) error {
	t.Helper()
	ref := s.withdrawn(t)
	return func(who workflow.Actor) error {
		return s.Door.Destroy(t.Context(), referrals.Destruction{Ref: ref, Reason: "withdrawn", First: first, Second: who})
	}
}

func (s *site) disclosure(t *testing.T, first workflow.Actor) func(workflow.Actor) error {
	t.Helper()
	ref := s.withdrawn(t)
	act := func(who workflow.Actor, n, rev int, do workflow.Action) (referrals.Disclosure, error) {
		return s.Door.Disclose(t.Context(), who, referrals.DisclosureAct{Ref: ref, N: n, Rev: rev, Do: do, Reason: "As counsel says.",
			Asked: referrals.DisclosureAsked{Demand: "foil", Asker: "Example asker", Scope: "All.", Due: "2027-12-01", Tell: "nothing_personal"}}, workers.Draw)
	}
	d, err := act(first, 0, 0, workflow.PrepareDisclosure)
	if err == nil {
		d, err = act(first, d.N, d.Rev, workflow.ProposeDisclosure)
	}
	if err != nil {
		t.Fatal(err)
	}
	return func(who workflow.Actor) error {
		_, err := act(who, d.N, d.Rev, workflow.ApproveDisclosure)
		return err
	}
}

// Over HTTP it is the same: whoever proposed a batch is refused when they send
// the form of the second person, several times at once too; nobody outside finds
// an address; no program approves, gives or ends anything, since the API has no
// way to.
func TestNeedTwoOverHTTP(t *testing.T) {
	s := newSite(t, storetest.SQLite(t))
	ledger, err := seal.OpenLedger(filepath.Join(t.TempDir(), "shreds"), s.Ring)
	if err != nil {
		t.Fatal(err)
	}
	s.Door.Ledger = ledger
	s.withdrawn(t)
	form := func(key string) string { return hidden(s.ask(key, http.MethodGet, "/retention", "").body).Encode() }
	if got := s.ask("program", http.MethodPost, "/retention", form("program")); got.status != http.StatusSeeOther || got.header.Get("Location") != "/retention/1" {
		t.Fatalf("proposing answers %d", got.status)
	}
	page := s.ask("program", http.MethodGet, "/retention/1", "").body
	held(t, !strings.Contains(page, `href="/retention/1/approve"`), "who proposed a batch is offered to approve it")
	sends := map[string]string{"program": form("program"), "director": form("director")}
	for key, want := range map[string]int{"program": http.StatusForbidden, "auditor": http.StatusNotFound, "administrator": http.StatusNotFound, "reviewer": http.StatusNotFound, "case_manager": http.StatusNotFound} {
		if sends[key] == "" {
			sends[key] = hidden(s.ask(key, http.MethodGet, "/help", "").body).Encode()
		}
		var wait sync.WaitGroup
		got := make([]answer, 3)
		for i := range got {
			wait.Go(func() { got[i] = s.ask(key, http.MethodPost, "/retention/1/approve", sends[key]+"&_rev=1") })
		}
		wait.Wait()
		for _, a := range got {
			held(t, a.status == want, "%s approves: %d, want %d", key, a.status, want)
		}
	}
	for _, r := range s.mux.Routes() {
		program := strings.HasPrefix(r.Path, "/api/")
		held(t, !program || !strings.Contains(r.Path, "retention") && !strings.Contains(r.Path, "holds") && !strings.Contains(r.Path, "disclosures"), "a program reaches %s", r.Path)
	}
	got := s.ask("director", http.MethodPost, "/retention/1/approve", sends["director"]+"&_rev=1")
	held(t, got.status == http.StatusSeeOther, "another person approves: %d", got.status)
}
