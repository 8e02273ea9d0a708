package referrals_test

import (
	"path/filepath"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/ent/auditentry"
	"nysreferral/ent/document"
	"nysreferral/ent/referral"
	"nysreferral/ent/task"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/seal"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// withLedger gives the door a ledger of destroyed keys.
func withLedger(t *testing.T, s *demo.State) *seal.Ledger {
	t.Helper()
	l, err := seal.OpenLedger(filepath.Join(t.TempDir(), "shreds"), s.Ring)
	if err != nil {
		t.Fatal(err)
	}
	s.Door.Ledger = l
	return l
}

// withdrawnOne sends case 1, has it confirmed and sent on, and has it withdrawn.
func withdrawnOne(t *testing.T, s *demo.State) string {
	t.Helper()
	ref := refer(t, s, 1).Reference
	confirmed(t, s, ref)
	take(t, s, ref, do("program", workflow.Send, 1, nil))
	open(t, s, "reviewer", ref)
	take(t, s, ref, do("detective", workflow.Withdraw, 0, nil))
	return ref
}

func destroys(s *demo.State, ref, why, first, second string) referrals.Destruction {
	return referrals.Destruction{Ref: ref, Reason: why, First: s.As(first), Second: s.As(second)}
}

// A referral is destroyed by two persons of the State's, for a reason of the
// list, when nobody works on it, and where a ledger keeps it destroyed. Whatever
// is refused destroys nothing.
func TestDestroyRefused(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := withdrawnOne(t, s)
		running := refer(t, s, 1).Reference
		draft, err := s.Door.Begin(t.Context(), s.As("detective"))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name string
			d    referrals.Destruction
			want fault.Kind
		}{
			{"without a ledger", destroys(s, ref, "retention", "director", "program"), fault.Unavailable},
			{"one person twice", destroys(s, ref, "retention", "director", "director"), fault.Forbidden},
			{"a reviewer", destroys(s, ref, "retention", "reviewer", "director"), fault.Forbidden},
			{"agreed to by a reviewer", destroys(s, ref, "retention", "director", "reviewer"), fault.Forbidden},
			{"its referrer", destroys(s, ref, "retention", "detective", "director"), fault.Forbidden},
			{"agreed to by a stranger", destroys(s, ref, "retention", "director", "trooper"), fault.NotFound},
			{"an administrator", destroys(s, ref, "retention", "administrator", "director"), fault.NotFound},
			{"no reason", destroys(s, ref, "", "director", "program"), fault.Forbidden},
			{"a reason of no list", destroys(s, ref, "mistake", "director", "program"), fault.Forbidden},
			{"somebody works on it", destroys(s, running, "court", "director", "program"), fault.Forbidden},
			{"a draft", destroys(s, draft.Ref, "retention", "director", "program"), fault.NotFound},
			{"none", destroys(s, "0000-0000-0000-0", "retention", "director", "program"), fault.NotFound},
		} {
			if err := s.Door.Destroy(t.Context(), c.d); fault.KindOf(err) != c.want {
				t.Errorf("%s: %v", c.name, err)
			}
			withLedger(t, s)
		}
		if n := s.DB.Read().Referral.Query().Where(referral.DataKeyIsNil()).CountX(viewer.Job(t.Context(), "test")) + s.DB.Read().Shred.Query().CountX(viewer.Job(t.Context(), "test")); n != 0 {
			t.Errorf("%d were destroyed", n)
		}
	})
}

// When a key is destroyed, whoever knew of the referral is told that it was
// destroyed and when, everybody else finds nothing as before; lists say it, no
// list fails, no paper, task or pair is left but who was told to stop, and the
// counts and the log stay.
func TestDestroyed(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ledger := withLedger(t, s)
		ref := withdrawnOne(t, s)
		before, err := s.Door.Facts(t.Context(), "2026-01-01", "2026-11-02")
		if err != nil {
			t.Fatal(err)
		}
		lines := s.DB.Read().AuditEntry.Query().CountX(t.Context())
		if err := s.Door.Destroy(t.Context(), destroys(s, ref, "retention", "director", "program")); err != nil {
			t.Fatal(err)
		}
		toldOrAbsent(t, s, ref)
		listsHold(t, s, ref)
		row := s.DB.Read().Referral.Query().Where(referral.Ref(ref)).OnlyX(viewer.Job(t.Context(), "test"))
		if len(row.DataKey)+len(row.Facets) > 0 || row.ShreddedAt == nil || row.SubmittedAt == nil || row.Status != string(workflow.Withdrawn) {
			t.Errorf("the row: %+v", row)
		}
		job := viewer.Job(t.Context(), "test")
		left := s.DB.Read().Document.Query().Where(document.ReferralID(row.ID)).CountX(job) +
			s.DB.Read().Task.Query().Where(task.ReferralID(row.ID), task.DoneAtIsNil()).CountX(job) + s.DB.Read().PairKey.Query().CountX(job)
		if left != 1 || toStop(t, s, "rhtp_harbor", ref) == nil {
			t.Errorf("%d rows are left, want that of who was told to stop", left)
		}
		after, err := s.Door.Facts(t.Context(), "2026-01-01", "2026-11-02")
		if err != nil || len(after) != len(before) {
			t.Errorf("%d facts, before %d: %v", len(after), len(before), err)
		}
		if l := s.DB.Read().AuditEntry.Query().Where(auditentry.Action("shred"), auditentry.Outcome("done")).OnlyX(t.Context()); l.Actor != s.As("director").ID || l.Refs[0] != ref || !strings.Contains(l.Reason, "retention") {
			t.Errorf("the line: %+v", l)
		}
		if n := s.DB.Read().AuditEntry.Query().CountX(t.Context()); n <= lines {
			t.Errorf("%d lines, before %d", n, lines)
		}
		if list, err := ledger.Read(); err != nil || len(list) != 1 || list[0].Ref != ref {
			t.Errorf("the ledger: %v, %v", list, err)
		}
		if n, err := s.Door.Replay(t.Context()); n != 0 || err != nil {
			t.Errorf("replayed %d: %v", n, err)
		}
	})
}

// toldOrAbsent opens the destroyed referral as everybody.
func toldOrAbsent(t *testing.T, s *demo.State, ref string) {
	t.Helper()
	knew := map[string]bool{"detective": true, "reviewer": true, "second_reviewer": true, "director": true, "program": true, "auditor": true}
	for _, a := range s.Accounts {
		_, err := s.Door.Open(t.Context(), a.Actor, ref, referrals.Want{})
		_, absent := s.Door.Open(t.Context(), a.Actor, "0000-0000-0000-0", referrals.Want{})
		switch say, _ := fault.Say(err); {
		case knew[a.Key] && (fault.KindOf(err) != fault.Gone || !strings.Contains(say, "was destroyed on November")):
			t.Errorf("%s reads: %v", a.Key, err)
		case !knew[a.Key] && fault.KindOf(err) == fault.Gone && a.Duty != workflow.Referrer && a.Duty != workflow.Auditor && a.Duty != workflow.Program && a.Duty != workflow.Director && a.Duty != workflow.Reviewer,
			fault.KindOf(err) == fault.NotFound && err.Error() != absent.Error():
			t.Errorf("%s, who knew nothing of it, reads: %v", a.Key, err)
		case a.Key == "trooper" && fault.KindOf(err) != fault.NotFound:
			t.Errorf("another agency reads: %v", err)
		}
	}
	door, who := s.Door, s.As("program")
	for name, err := range map[string]error{
		"looks": failure(door.Looks(t.Context(), who, ref, "")),
		"paper": failure(door.Paper(t.Context(), who, ref, referrals.PaperPacket, 1)),
		"act":   failure(door.Act(t.Context(), who, referrals.Seen{Ref: ref, Rev: 1}, workflow.Close, nil)),
		"desk":  failure(door.Desk(t.Context(), who, ref)),
		"again": door.Destroy(t.Context(), destroys(s, ref, "retention", "director", "program")),
	} {
		if fault.KindOf(err) != fault.Gone {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func failure[T any](_ T, err error) error { return err }

// listsHold reads every list as everybody.
func listsHold(t *testing.T, s *demo.State, ref string) {
	t.Helper()
	says := map[string]bool{}
	for _, a := range s.Accounts {
		list, err := s.Door.List(t.Context(), a.Actor, referrals.Filter{})
		if err != nil && fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s lists: %v", a.Key, err)
		}
		for _, l := range list.Lines {
			if l.Reference == ref {
				says[a.Key] = !l.Destroyed.IsZero()
			}
		}
		_, err1 := s.Door.Tasks(t.Context(), a.Actor, false)
		_, err2 := s.Door.Board(t.Context(), a.Actor)
		_, _, err3 := s.Door.Inbox(t.Context(), a.Actor, referrals.Filter{})
		_, err4 := s.Door.Letters(t.Context(), a.Actor)
		_, err5 := s.Door.Watched(t.Context(), a.Actor)
		for _, err := range []error{err1, err2, err3, err4, err5} {
			if err != nil && fault.KindOf(err) == fault.Internal {
				t.Errorf("%s: %v", a.Key, err)
			}
		}
	}
	for _, key := range []string{"detective", "reviewer", "director", "program"} {
		if !says[key] {
			t.Errorf("the list of %s does not say that it was destroyed", key)
		}
	}
	if _, err := s.Door.Climb(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := s.Door.Mend(t.Context()); err != nil {
		t.Error(err)
	}
}

// Who stepped back from a referral, and whoever may be the one who was excluded,
// does not learn either that it was destroyed.
func TestDestroyedStaysUnseen(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		withLedger(t, s)
		ref := refer(t, s, 1).Reference
		take(t, s, ref, do("reviewer", workflow.Recuse, 0, func(d *forms.Deed) { d.Reason = "I know the family." }))
		take(t, s, ref, do("detective", workflow.Withdraw, 0, nil))
		if err := s.Door.Destroy(t.Context(), destroys(s, ref, "withdrawn", "director", "program")); err != nil {
			t.Fatal(err)
		}
		for key, want := range map[string]fault.Kind{"reviewer": fault.NotFound, "second_reviewer": fault.Gone, "director": fault.Gone} {
			if _, err := s.Door.Open(t.Context(), s.As(key), ref, referrals.Want{}); fault.KindOf(err) != want {
				t.Errorf("%s: %v", key, err)
			}
		}
		list, err := s.Door.List(t.Context(), s.As("reviewer"), referrals.Filter{})
		if err != nil || strings.Contains(strings.Join(refsIn(list), " "), ref) {
			t.Errorf("%v %v", list, err)
		}
	})
}

func refsIn(p referrals.Page) []string {
	var out []string
	for _, l := range p.Lines {
		out = append(out, l.Reference)
	}
	return out
}

// A data key that is destroyed while keys are wrapped anew stays destroyed, and
// what people do meanwhile is not lost.
func TestRewrapUnderLoad(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, path := world(t, db, monday), filepath.Join(t.TempDir(), "key")
		if err := seal.Create(path, monday); err != nil {
			t.Fatal(err)
		}
		ring, err := seal.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		s.Ring, s.Door.Ring = ring, ring
		withLedger(t, s)
		gone := withdrawnOne(t, s)
		for range 20 {
			refer(t, s, 1)
		}
		old := s.DB.Read().Referral.Query().Where(referral.Ref(gone)).OnlyX(viewer.Job(t.Context(), "test"))
		if _, err := seal.Rotate(path, monday); err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() {
			var err error
			for i := 0; i < 20 && err == nil; i++ {
				_, err = s.Send(t.Context(), 1)
			}
			done <- err
		}()
		if err := s.Door.Destroy(t.Context(), destroys(s, gone, "retention", "director", "program")); err != nil {
			t.Fatal(err)
		}
		if _, err := ring.Reload(); err != nil {
			t.Fatal(err)
		}
		if n, err := s.Door.RewrapOne(t.Context(), old); n != 0 || err != nil {
			t.Errorf("a destroyed key was wrapped anew: %d, %v", n, err)
		}
		if _, err := s.Door.Rewrap(t.Context(), nil); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
		if out, err := s.Door.Rewrap(t.Context(), nil); err != nil || out.Version != 2 {
			t.Errorf("%+v %v", out, err)
		}
		if n, err := s.Door.Under(t.Context(), 1); n != 0 || err != nil {
			t.Errorf("%d keys are under version 1: %v", n, err)
		}
		for _, row := range s.DB.Read().Referral.Query().Where(referral.StatusNEQ("draft")).AllX(viewer.Job(t.Context(), "test")) {
			if _, err := s.Door.Open(t.Context(), s.As("director"), row.Ref, referrals.Want{}); err != nil && row.Ref != gone {
				t.Errorf("%s: %v", row.Ref, err)
			}
		}
	})
}

// While something is open that the law asks for a child, the key is not destroyed:
// who presses for a withdrawal could end it so.
func TestDestroyWaitsForADutyTowardsAChild(t *testing.T) {
	each(t, day("2026-12-18T21:20:00Z"), func(t *testing.T, s *demo.State) {
		ledger := withLedger(t, s)
		ref := refer(t, s, 4).Reference // not sure whether under 18
		take(t, s, ref, do(demo.Referrers[4], workflow.Withdraw, 0, nil))
		err := s.Door.Destroy(t.Context(), destroys(s, ref, "withdrawn", "director", "program"))
		if fault.KindOf(err) != fault.Forbidden || !strings.Contains(err.Error(), "asks for a child") {
			t.Errorf("destroyed while a child's notice is open: %v", err)
		}
		if list, err := ledger.Read(); err != nil || len(list) > 0 {
			t.Errorf("the ledger: %v, %v", list, err)
		}
	})
}
