package referrals_test

import (
	"errors"
	"testing"

	"nysreferral/demo"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// A duty towards a child is not marked done with no word, nor the age with a word
// that does not say whether it was settled or the district was told.
func TestDoneWantsWords(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		r, body, err := demo.Referral(1, "")
		if err != nil {
			t.Fatal(err)
		}
		r.Under18, r.Under18Then, r.Custody, r.SCR, r.HHSRequest, r.Born = "not_sure", "yes", "no", "no", "no", "unknown"
		receipt, err := s.Door.Send(t.Context(), s.As("detective"), r, "", body)
		if err != nil {
			t.Fatal(err)
		}
		request := theTask(t, s, "program", receipt.Reference, "hhs_request")
		check := theTask(t, s, "program", receipt.Reference, "minor_check")
		for _, tt := range []struct {
			id           int
			words, field string
		}{
			{request.ID, "", "note"},
			{check.ID, "", "note"},
			{check.ID, "Called the referrer.", "way"},
			{check.ID, "The age is settled: the person is 18 or older.", "note"},
		} {
			err := s.Door.Done(t.Context(), s.As("program"), tt.id, tt.words)
			if bad := (forms.Problems{}); !errors.As(err, &bad) || bad.Of(tt.field) == "" {
				t.Errorf("%q: %v", tt.words, err)
			}
		}
		for id, words := range map[int]string{request.ID: "Asked through the portal.", check.ID: noteFor("minor_check")} {
			if err := s.Door.Done(t.Context(), s.As("program"), id, words); err != nil {
				t.Errorf("%q: %v", words, err)
			}
		}
	})
}

// The person's own word is enough: OTDA withdraws on it with a reason, from
// wherever the referral stands, also a closed one; a reviewer does not, and a
// stranger finds nothing.
func TestWithdrawOnThePersonsWord(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		why := func(d *forms.Deed) { d.Reason = "She called from the number of the referral and asked for it." }
		ref := accepted(t, s, 1, "rhtp_harbor")
		if _, err := s.Take(t.Context(), ref, do("reviewer", workflow.Withdraw, 0, why)); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a reviewer withdraws: %v", err)
		}
		_, err := s.Take(t.Context(), ref, do("program", workflow.Withdraw, 0, nil))
		if bad := (forms.Problems{}); !errors.As(err, &bad) || bad.Of("reason") == "" {
			t.Errorf("without a reason: %v", err)
		}
		take(t, s, ref, do("program", workflow.Withdraw, 0, why))
		if toStop(t, s, "rhtp_harbor", ref) == nil {
			t.Error("the recipient is not told")
		}
		for key, words := range map[string]func(*forms.Deed){"detective": nil, "program": why} {
			over := accepted(t, s, 1, "rhtp_harbor")
			take(t, s, over, do("rhtp_harbor", workflow.Refuse, 1, saidNo), do("program", workflow.Close, 0, nil))
			if rec := open(t, s, "detective", over); rec.Status != workflow.Closed {
				t.Fatal(rec.Status)
			}
			take(t, s, over, do(key, workflow.Withdraw, 0, words))
			if rec := open(t, s, "detective", over); rec.Status != workflow.Withdrawn {
				t.Errorf("%s: it stands at %s", key, rec.Status)
			}
			if toStop(t, s, "rhtp_harbor", over) == nil {
				t.Errorf("%s: who had the packet is not told", key)
			}
		}
	})
}

// OTDA reads the facts that were added in words after a confirmation: nobody else
// acts then.
func TestOTDAReadsAddedFacts(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := accepted(t, s, 1, "rhtp_harbor")
		if _, err := tells(t, s, "detective", ref, workflow.Add, forms.Deed{Deeds: forms.Deeds{Facts: "He has her phone now."}}, nil); err != nil {
			t.Fatal(err)
		}
		if open(t, s, "rhtp_harbor", ref).View.Item("additions") != nil {
			t.Error("the recipient reads it")
		}
		if it := open(t, s, "program", ref).View.Item("additions.0.text"); it == nil || it.Value != "He has her phone now." {
			t.Errorf("OTDA reads %+v", it)
		}
	})
}
