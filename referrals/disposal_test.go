package referrals_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/ent/disposalitem"
	"nysreferral/ent/referral"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/seal"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// overdue is a withdrawn referral whose time is over.
func overdue(t *testing.T, s *demo.State) string {
	t.Helper()
	ref := withdrawnOne(t, s)
	s.Clock.Set(s.Clock.Now().AddDate(0, 0, 120))
	return ref
}

func retention(t *testing.T, s *demo.State, who string) referrals.Retention {
	t.Helper()
	out, err := s.Door.Retention(t.Context(), s.As(who))
	if err != nil {
		t.Fatalf("%s: %v", who, err)
	}
	return out
}

func proposes(t *testing.T, s *demo.State, who string) referrals.Batch {
	t.Helper()
	b, err := s.Door.ProposeDisposal(t.Context(), s.As(who))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func decides(b referrals.Batch, do workflow.Action, reason string) referrals.BatchDecision {
	return referrals.BatchDecision{N: b.N, Rev: b.Rev, Do: do, Reason: reason}
}

func places(t *testing.T, s *demo.State, who, ref string) referrals.Hold {
	t.Helper()
	h, err := s.Door.Hold(t.Context(), s.As(who), referrals.HoldAct{Ref: ref, Do: workflow.PlaceHold, Reason: "Subpoena in a civil matter."})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// A referral is proposed when its time is over, never sooner, and nobody but the
// keepers of the State's records and the auditor knows of batches at all.
func TestDisposalIsProposed(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		withLedger(t, s)
		ref := withdrawnOne(t, s)
		s.Clock.Set(s.Clock.Now().AddDate(0, 0, 80))
		if r := retention(t, s, "program"); len(r.Over) != 0 || r.Offer || len(r.Schedule) != 4 {
			t.Errorf("before the time is over: %+v", r)
		}
		if _, err := s.Door.ProposeDisposal(t.Context(), s.As("program")); fault.KindOf(err) != fault.Conflict {
			t.Errorf("proposed before the time is over: %v", err)
		}
		s.Clock.Set(s.Clock.Now().AddDate(0, 0, 40))
		knows := map[string]bool{"program": true, "director": true, "deputy_director": true, "auditor": true}
		for _, a := range s.Accounts {
			r, err := s.Door.Retention(t.Context(), a.Actor)
			if (err == nil) != knows[a.Key] || err != nil && fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s reads: %v", a.Key, err)
			}
			if err == nil && (len(r.Over) != 1 || r.Over[0].Reference != ref || r.Offer != (a.Key != "auditor")) {
				t.Errorf("%s reads: %+v", a.Key, r)
			}
			if a.Duty == workflow.Director || a.Duty == workflow.Program {
				continue
			}
			want := fault.NotFound
			if a.Key == "auditor" {
				want = fault.Forbidden
			}
			if _, err := s.Door.ProposeDisposal(t.Context(), a.Actor); fault.KindOf(err) != want {
				t.Errorf("%s proposes: %v", a.Key, err)
			}
		}
		proposes(t, s, "director")
		r := retention(t, s, "auditor")
		if len(r.Batches) != 1 || r.Over[0].Batch != r.Batches[0].N || r.Offer {
			t.Errorf("after it was proposed: %+v", r)
		}
		if _, err := s.Door.ProposeDisposal(t.Context(), s.As("program")); fault.KindOf(err) != fault.Conflict {
			t.Errorf("proposed twice: %v", err)
		}
	})
}

// One person proposes and another one approves: never the same person, not in
// two requests at once, not from an old page, and nobody who is no keeper of the
// records. Nothing is destroyed before, and what was refused stays.
func TestDisposalNeedsTwo(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := overdue(t, s)
		b := proposes(t, s, "director")
		if _, err := s.Door.DecideDisposal(t.Context(), s.As("program"), decides(b, workflow.ApproveBatch, "")); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("approved without a ledger: %v", err)
		}
		withLedger(t, s)
		for _, c := range []struct {
			who  string
			d    referrals.BatchDecision
			want fault.Kind
		}{
			{"director", decides(b, workflow.ApproveBatch, ""), fault.Forbidden},
			{"auditor", decides(b, workflow.ApproveBatch, ""), fault.Forbidden},
			{"reviewer", decides(b, workflow.ApproveBatch, ""), fault.NotFound},
			{"administrator", decides(b, workflow.ApproveBatch, ""), fault.NotFound},
			{"detective", decides(b, workflow.ApproveBatch, ""), fault.NotFound},
			{"program", referrals.BatchDecision{N: b.N, Rev: b.Rev + 1, Do: workflow.ApproveBatch}, fault.Conflict},
			{"program", referrals.BatchDecision{N: b.N + 1, Rev: 1, Do: workflow.ApproveBatch}, fault.NotFound},
			{"program", decides(b, "destroy", ""), fault.Forbidden},
		} {
			if _, err := s.Door.DecideDisposal(t.Context(), s.As(c.who), c.d); fault.KindOf(err) != c.want {
				t.Errorf("%s: %v", c.who, err)
			}
		}
		var bad forms.Problems
		if _, err := s.Door.DecideDisposal(t.Context(), s.As("program"), decides(b, workflow.RefuseBatch, "because")); !errors.As(err, &bad) {
			t.Errorf("refused without a reason of the list: %v", err)
		}
		var wait sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			who := s.As("director")
			if i%2 == 1 {
				who = s.As("deputy_director")
			}
			wait.Go(func() { _, errs[i] = s.Door.DecideDisposal(t.Context(), who, decides(b, workflow.ApproveBatch, "")) })
		}
		wait.Wait()
		won := 0
		for i, err := range errs {
			if err == nil {
				won++
			}
			if i%2 == 0 && err == nil || err != nil && fault.KindOf(err) != fault.Forbidden && fault.KindOf(err) != fault.Conflict {
				t.Errorf("%d: %v", i, err)
			}
		}
		if won != 1 {
			t.Errorf("%d of them approved it", won)
		}
		if row := s.DB.Read().Referral.Query().Where(referral.Ref(ref)).OnlyX(viewer.Job(t.Context(), "test")); len(row.DataKey) == 0 {
			t.Error("it was destroyed before the job ran")
		}
		if n := s.DB.Read().AuditEntry.Query().Where(auditentry.Action("disposal_approve"), auditentry.Outcome("done")).CountX(t.Context()); n != 1 {
			t.Errorf("%d lines say that it was approved", n)
		}
	})
}

// A batch that was refused destroys nothing, and what was in it can be proposed
// again.
func TestDisposalRefused(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		withLedger(t, s)
		ref := overdue(t, s)
		b := proposes(t, s, "director")
		b, err := s.Door.DecideDisposal(t.Context(), s.As("program"), decides(b, workflow.RefuseBatch, "schedule"))
		if err != nil || b.Status != workflow.DisposalRefused || b.Reason != "schedule" {
			t.Fatalf("%+v: %v", b, err)
		}
		if err := s.Door.Dispose(t.Context(), referrals.Dispose{N: b.N}); err != nil {
			t.Error(err)
		}
		if open(t, s, "reviewer", ref).Reference != ref {
			t.Error("it is gone")
		}
		if again := proposes(t, s, "program"); again.N == b.N || again.Items[0].Reference != ref {
			t.Errorf("%+v", again)
		}
	})
}

// The job destroys the key of what the batch holds and leaves what a legal hold
// keeps, what moved on, what is still owed and what was destroyed before, each
// with why; it goes on where it was stopped, destroys nothing twice, and ends
// with a certificate whose digest stands in the log.
func TestDispose(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ledger := withLedger(t, s)
		gone, held, before := withdrawnOne(t, s), withdrawnOne(t, s), withdrawnOne(t, s)
		s.Clock.Set(s.Clock.Now().AddDate(0, 0, 120))
		b := proposes(t, s, "director")
		if len(b.Items) != 3 {
			t.Fatalf("%+v", b)
		}
		b, err := s.Door.DecideDisposal(t.Context(), s.As("program"), decides(b, workflow.ApproveBatch, ""))
		if err != nil || b.Status != workflow.DisposalApproved {
			t.Fatalf("%+v: %v", b, err)
		}
		places(t, s, "deputy_director", held)
		if err := s.Door.Destroy(t.Context(), destroys(s, before, "withdrawn", "director", "program")); err != nil {
			t.Fatal(err)
		}
		kept := s.Door.Ledger
		s.Door.Ledger = nil
		if err := s.Door.Dispose(t.Context(), referrals.Dispose{N: b.N}); err == nil {
			t.Error("it ran without a ledger")
		}
		s.Door.Ledger = kept
		var wait sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			wait.Go(func() { errs[i] = s.Door.Dispose(t.Context(), referrals.Dispose{N: b.N}) })
		}
		wait.Go(func() {
			if err := s.Door.ResumeDisposals(t.Context()); err != nil {
				t.Error(err)
			}
		})
		wait.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		b, err = s.Door.Disposal(t.Context(), s.As("auditor"), b.N)
		if err != nil || b.Status != workflow.DisposalDone || b.Destroyed != 1 || b.LeftOut != 2 {
			t.Fatalf("%+v: %v", b, err)
		}
		for _, it := range b.Items {
			if want := map[string]string{gone: "", held: workflow.LeftHeld, before: workflow.LeftGone}[it.Reference]; it.LeftOut != want || it.DoneAt.IsZero() {
				t.Errorf("%+v, want %q", it, want)
			}
		}
		list, err := ledger.Read()
		if err != nil || len(list) != 2 || !slices.ContainsFunc(list, func(one seal.Shredded) bool { return one.Ref == gone }) {
			t.Errorf("the ledger: %v, %v", list, err)
		}
		certified(t, s, b, gone)
	})
}

// certified wants a certificate of b that says by digests alone what was done,
// is the same each time, and is for those who may read batches.
func certified(t *testing.T, s *demo.State, b referrals.Batch, gone string) {
	t.Helper()
	cert, err := s.Door.Certificate(t.Context(), s.As("auditor"), b.N)
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.Door.Certificate(t.Context(), s.As("program"), b.N)
	if err != nil || !bytes.Equal(again.CSV, cert.CSV) || cert.Digest != b.Digest {
		t.Errorf("another certificate: %v", err)
	}
	rows, err := csv.NewReader(bytes.NewReader(cert.CSV)).ReadAll()
	if err != nil || len(rows) != 4 || strings.Contains(string(cert.CSV), gone) {
		t.Errorf("%d rows: %v", len(rows), err)
	}
	line := s.DB.Read().AuditEntry.Query().Where(auditentry.Action("disposal_done")).OnlyX(t.Context())
	if !strings.Contains(line.Reason, cert.Digest) || !strings.Contains(line.Reason, "1 destroyed, 2 left") {
		t.Errorf("the line: %+v", line)
	}
	for _, key := range []string{"reviewer", "administrator", "coordinator", "detective", "rhtp_harbor"} {
		if _, err := s.Door.Certificate(t.Context(), s.As(key), b.N); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s reads the certificate: %v", key, err)
		}
	}
	change(t, s, func(tx *ent.Tx) error {
		return tx.DisposalItem.Update().Where(disposalitem.LeftOut(workflow.LeftHeld)).SetLeftOut("").Exec(viewer.Job(t.Context(), "test"))
	})
	if _, err := s.Door.Certificate(t.Context(), s.As("auditor"), b.N); err == nil || fault.KindOf(err) != fault.Internal {
		t.Errorf("a changed row: %v", err)
	}
}

// What a director stepped back from is not shown to that director in a batch, and
// that director does not approve it; to others it is as any other.
func TestDisposalHidden(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		withLedger(t, s)
		ref := refer(t, s, 1).Reference
		take(t, s, ref, do("director", workflow.Recuse, 0, func(d *forms.Deed) { d.Reason = "I know somebody of it." }), do("detective", workflow.Withdraw, 0, nil))
		s.Clock.Set(s.Clock.Now().AddDate(0, 0, 120))
		if r := retention(t, s, "director"); len(r.Over) > 0 {
			t.Errorf("it is shown: %+v", r.Over)
		}
		b := proposes(t, s, "program")
		seen, err := s.Door.Disposal(t.Context(), s.As("director"), b.N)
		if err != nil || len(seen.Items) != 0 || seen.Hidden != 1 {
			t.Errorf("%+v: %v", seen, err)
		}
		if _, err := s.Door.DecideDisposal(t.Context(), s.As("director"), decides(b, workflow.ApproveBatch, "")); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("approved: %v", err)
		}
		if _, err := s.Door.DecideDisposal(t.Context(), s.As("deputy_director"), decides(b, workflow.ApproveBatch, "")); err != nil {
			t.Error(err)
		}
	})
}
