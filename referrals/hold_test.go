package referrals_test

import (
	"errors"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/ent/auditentry"
	"nysreferral/ent/referral"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

func holds(ref string, n, rev int, do workflow.Action, why string) referrals.HoldAct {
	return referrals.HoldAct{Ref: ref, N: n, Rev: rev, Do: do, Reason: why}
}

// A legal hold is placed by a director or program staff, with a reason, on what
// the State has; to everybody outside of the State there is none.
func TestHoldRefused(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		draft, err := s.Door.Begin(t.Context(), s.As("detective"))
		if err != nil {
			t.Fatal(err)
		}
		for who, want := range map[string]fault.Kind{"reviewer": fault.Forbidden, "detective": fault.NotFound, "auditor": fault.NotFound, "trooper": fault.NotFound,
			"administrator": fault.NotFound, "coordinator": fault.NotFound, "rhtp_harbor": fault.NotFound} {
			if _, err := s.Door.Hold(t.Context(), s.As(who), holds(ref, 0, 0, workflow.PlaceHold, "because")); fault.KindOf(err) != want {
				t.Errorf("%s places one: %v", who, err)
			}
		}
		for _, key := range []string{"detective", "auditor", "coordinator", "administrator"} {
			if _, err := s.Door.Holds(t.Context(), s.As(key), ref); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s reads holds: %v", key, err)
			}
		}
		for _, c := range []struct {
			name string
			a    referrals.HoldAct
			want fault.Kind
		}{
			{"on a draft", holds(draft.Ref, 0, 0, workflow.PlaceHold, "because"), fault.NotFound},
			{"one that is not there", holds(ref, 1, 1, workflow.AskLift, "because"), fault.NotFound},
			{"ended before it was placed", holds(ref, 0, 0, workflow.LiftHold, "because"), fault.Forbidden},
			{"something else", holds(ref, 0, 0, "shred", "because"), fault.Forbidden},
			{"a number below", holds(ref, -1, 0, workflow.AskLift, "because"), fault.NotFound},
		} {
			if _, err := s.Door.Hold(t.Context(), s.As("director"), c.a); fault.KindOf(err) != c.want {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		var bad forms.Problems
		for _, why := range []string{"", "  \n", "a\u202eb", strings.Repeat("a", 2001)} {
			if _, err := s.Door.Hold(t.Context(), s.As("director"), holds(ref, 0, 0, workflow.PlaceHold, why)); !errors.As(err, &bad) || bad.Of("reason") == "" {
				t.Errorf("the reason %.10q: %v", why, err)
			}
		}
		if n := s.DB.Read().Hold.Query().CountX(viewer.Job(t.Context(), "test")); n != 0 {
			t.Errorf("%d were placed", n)
		}
	})
}

// While a hold stands nothing destroys the referral: no command of two persons,
// and no batch. It ends when one person asks and another one agrees; who asked
// never agrees, not even after it was kept and asked again.
func TestHoldKeeps(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		withLedger(t, s)
		ref := overdue(t, s)
		h := places(t, s, "program", ref)
		destroyed := func() fault.Kind {
			return fault.KindOf(s.Door.Destroy(t.Context(), destroys(s, ref, "withdrawn", "director", "program")))
		}
		act := func(who string, do workflow.Action, want fault.Kind) {
			t.Helper()
			got, err := s.Door.Hold(t.Context(), s.As(who), holds(ref, h.N, h.Rev, do, "The matter is over."))
			if err == nil {
				h = got
			}
			if want == fault.Internal && err != nil || want != fault.Internal && fault.KindOf(err) != want {
				t.Fatalf("%s, %s: %v", who, do, err)
			}
		}
		if destroyed() != fault.Forbidden || !retention(t, s, "director").Over[0].Held {
			t.Error("a hold does not keep it")
		}
		if r := retention(t, s, "auditor"); r.Over[0].Held || len(r.Holds) > 0 {
			t.Errorf("an auditor reads of holds: %+v", r)
		}
		if _, err := s.Door.ProposeDisposal(t.Context(), s.As("director")); fault.KindOf(err) != fault.Conflict {
			t.Errorf("what is held is proposed: %v", err)
		}
		act("director", workflow.LiftHold, fault.Forbidden) // nobody asked
		act("director", workflow.AskLift, fault.Internal)
		if destroyed() != fault.Forbidden {
			t.Error("it was destroyed while one person asked")
		}
		act("director", workflow.LiftHold, fault.Forbidden)
		act("reviewer", workflow.LiftHold, fault.Forbidden)
		act("program", workflow.KeepHold, fault.Internal)
		act("program", workflow.LiftHold, fault.Forbidden)
		act("program", workflow.AskLift, fault.Internal)
		act("program", workflow.LiftHold, fault.Forbidden)
		old := h
		act("deputy_director", workflow.LiftHold, fault.Internal)
		if _, err := s.Door.Hold(t.Context(), s.As("director"), holds(ref, old.N, old.Rev, workflow.KeepHold, "No.")); fault.KindOf(err) != fault.Conflict {
			t.Errorf("from an old page: %v", err)
		}
		if h.Status != workflow.Lifted || h.EndedAt.IsZero() || len(h.Said) != 5 || h.Said[4].Who != s.Account("deputy_director").Name {
			t.Errorf("%+v", h)
		}
		if err := s.Door.Destroy(t.Context(), destroys(s, ref, "withdrawn", "director", "program")); err != nil {
			t.Error(err)
		}
		if row := s.DB.Read().Referral.Query().Where(referral.Ref(ref)).OnlyX(viewer.Job(t.Context(), "test")); len(row.DataKey) > 0 {
			t.Error("after the hold it was not destroyed")
		}
	})
}

// The State reads of a hold where it reads the referral, withdrawn ones too; its
// referrer, and whoever received the person, read nothing of it, and the row
// looks the same to them.
func TestHoldIsTheStates(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := withdrawnOne(t, s)
		before := open(t, s, "detective", ref)
		places(t, s, "director", ref)
		for _, key := range []string{"reviewer", "director", "program"} {
			if r := open(t, s, key, ref); len(r.Holds) != 1 || r.Holds[0].Said[0].Why == "" {
				t.Errorf("%s reads %+v", key, r.Holds)
			}
		}
		for _, key := range []string{"detective", "auditor"} {
			if r := open(t, s, key, ref); len(r.Holds) != 0 {
				t.Errorf("%s reads %+v", key, r.Holds)
			}
		}
		if after := open(t, s, "detective", ref); after.Rev != before.Rev || !after.UpdatedAt.Equal(before.UpdatedAt) {
			t.Error("the referrer can tell that something was done")
		}
		l := s.DB.Read().AuditEntry.Query().Where(auditentry.Action("hold_place"), auditentry.Outcome("done")).OnlyX(t.Context())
		if l.Refs[0] != ref || l.Rule == "" || l.Reason != "" {
			t.Errorf("the line: %+v", l)
		}
		row := s.DB.Read().Hold.Query().OnlyX(viewer.Job(t.Context(), "test"))
		if strings.Contains(string(row.Sealed), "Subpoena") {
			t.Error("the reason lies in clear")
		}
	})
}
