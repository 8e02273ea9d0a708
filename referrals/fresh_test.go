package referrals_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

const district = "demo-ldss-new-york-city-adult"

// proposing is the words with which OTDA proposes one more hand-over.
func proposing(contact string) *forms.Deed {
	deed := &forms.Deed{}
	deed.Contact, deed.Reason = forms.Text(contact), "The district pays for the stay."
	return deed
}

// OTDA proposes one more hand-over beside those that there are. Nobody else
// learns of it before it is sent: no mail goes out, and nothing of it stands in
// what the referrer, the State's reviewers, an auditor or another recipient see.
func TestProposeAnother(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		take(t, s, ref, do("program", workflow.Send, 1, nil), do("rhtp_harbor", workflow.Accept, 1, nil))
		others := []string{"detective", "reviewer", "director", "auditor", "rhtp_harbor"}
		seen := func() string {
			var out strings.Builder
			for _, key := range others {
				text, err := json.Marshal(open(t, s, key, ref))
				if err != nil {
					t.Fatal(err)
				}
				out.Write(text)
			}
			return out.String()
		}
		before, jobs := seen(), waitingJobs(t, s)
		rec := open(t, s, "program", ref)
		p := rec.Proposal
		if p == nil || p.N != 2 || !p.Offer.Ready() || !slices.ContainsFunc(p.Candidates, func(c referrals.Candidate) bool { return c.Key == district }) {
			t.Fatalf("OTDA is offered %+v", p)
		}
		if slices.ContainsFunc(p.Candidates, func(c referrals.Candidate) bool { return c.Key == "demo-rhtp-harbor-light" }) {
			t.Error("who has the person already is offered again")
		}
		after, err := s.Door.Act(t.Context(), s.As("program"), referrals.Seen{Ref: ref, N: 2, Rev: rec.Rev}, workflow.Propose, proposing(district))
		if err != nil {
			t.Fatal(err)
		}
		h := after.Handover[1]
		if h.Status != workflow.Proposed || h.Kind != "ldss" || h.Contact != district || !h.Permitted || after.Proposal == nil || after.Proposal.N != 3 {
			t.Errorf("%+v, %+v", h, after.Proposal)
		}
		if got := seen(); got != before {
			t.Errorf("others learn of it:\n%s\nbefore:\n%s", got, before)
		}
		if got := waitingJobs(t, s); got != jobs {
			t.Errorf("%d jobs were begun", got-jobs)
		}
		tasks, err := s.Door.Tasks(t.Context(), s.As("program"), false)
		if err != nil || !slices.ContainsFunc(tasks, func(one referrals.Task) bool { return one.Reference == ref && one.N == 2 && one.Kind == "route" }) {
			t.Errorf("no task to send it: %+v %v", tasks, err)
		}
		take(t, s, ref, do("program", workflow.Send, 2, demo.Knowingly), do("ldss_nyc_adult", workflow.Accept, 2, nil))
		if got := open(t, s, "detective", ref).Handover; len(got) != 2 || got[1].Status != workflow.Accepted {
			t.Errorf("once sent, the referrer sees %+v", got)
		}
		if text, err := json.Marshal(open(t, s, "rhtp_harbor", ref)); err != nil || strings.Contains(string(text), "district pays") {
			t.Errorf("a recipient learns of another: %s %v", text, err)
		}
	})
}

// What is proposed and ended without being sent was never told to anybody.
func TestProposedInVain(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		rec := confirmed(t, s, ref)
		before, err := json.Marshal(open(t, s, "reviewer", ref).Timeline)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Door.Act(t.Context(), s.As("program"), referrals.Seen{Ref: ref, N: 2, Rev: rec.Rev}, workflow.Propose, proposing(district)); err != nil {
			t.Fatal(err)
		}
		take(t, s, ref, do("program", workflow.Close, 2, func(d *forms.Deed) { d.CloseReason, d.Reason = "other", "Not needed." }))
		after := open(t, s, "reviewer", ref)
		if text, err := json.Marshal(after.Timeline); err != nil || string(text) != string(before) || len(after.Handover) != 1 {
			t.Errorf("%s, before %s, %v", text, before, err)
		}
	})
}

// A hand-over is not proposed without the release, where the person asked not to
// be referred, to who has the person already, without a reason, on an old page,
// or by anybody but OTDA; nothing of it is kept.
func TestProposeRefused(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		r, body, err := demo.Referral(1, "")
		if err != nil {
			t.Fatal(err)
		}
		r.Consented, r.Release, r.DoNotRefer = "yes_verbal", []forms.Receiver{"dcjs_and_otda", "rhtp_provider"}, "Open Door"
		receipt, err := s.Door.Send(t.Context(), s.As("detective"), r, "", body)
		if err != nil {
			t.Fatal(err)
		}
		ref := receipt.Reference
		act := func(key string, n, rev int, deed *forms.Deed) error {
			_, err := s.Door.Act(t.Context(), s.As(key), referrals.Seen{Ref: ref, N: n, Rev: rev}, workflow.Propose, deed)
			return err
		}
		if err := act("program", 1, open(t, s, "program", ref).Rev, proposing("demo-rhtp-hudson-bridge")); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("before it is confirmed: %v", err)
		}
		rec := confirmed(t, s, ref)
		if slices.ContainsFunc(rec.Proposal.Candidates, func(c referrals.Candidate) bool {
			return strings.HasPrefix(c.Key, "demo-ldss") || c.Key == "demo-rhtp-open-door"
		}) {
			t.Errorf("what cannot be proposed is offered: %+v", rec.Proposal.Candidates)
		}
		noReason := proposing("demo-rhtp-hudson-bridge")
		noReason.Reason = ""
		for name, try := range map[string]struct {
			key    string
			n, rev int
			deed   *forms.Deed
			kind   fault.Kind
			say    string
		}{
			"no release":   {"program", 2, rec.Rev, proposing(district), fault.Forbidden, workflow.ReleaseNamesIt.Say()},
			"excluded":     {"program", 2, rec.Rev, proposing("demo-rhtp-open-door"), fault.Forbidden, workflow.NotExcluded.Say()},
			"old page":     {"program", 2, rec.Rev - 1, proposing("demo-rhtp-hudson-bridge"), fault.Conflict, ""},
			"wrong number": {"program", 3, rec.Rev, proposing("demo-rhtp-hudson-bridge"), fault.NotFound, ""},
			"reviewer":     {"reviewer", 2, rec.Rev, proposing("demo-rhtp-hudson-bridge"), fault.NotFound, ""},
			"referrer":     {"detective", 2, rec.Rev, proposing("demo-rhtp-hudson-bridge"), fault.NotFound, ""},
			"recipient":    {"rhtp_harbor", 2, rec.Rev, proposing("demo-rhtp-hudson-bridge"), fault.NotFound, ""},
		} {
			err := act(try.key, try.n, try.rev, try.deed)
			if got, _ := fault.Say(err); fault.KindOf(err) != try.kind || try.say != "" && got != try.say {
				t.Errorf("%s: %v", name, err)
			}
		}
		for name, deed := range map[string]*forms.Deed{"no reason": noReason, "nowhere": proposing("no-such-line"), "nobody": proposing(""), "again": proposing("demo-rhtp-harbor-light")} {
			var bad forms.Problems
			if err := act("program", 2, rec.Rev, deed); fault.KindOf(err) == fault.Forbidden || !problemsIn(err, &bad) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if got := open(t, s, "program", ref); len(got.Handover) != 1 || got.Rev != rec.Rev {
			t.Errorf("something is kept: %+v", got.Handover)
		}
	})
}

// Of two who propose at once the second is told that it moved on.
func TestProposeAtOnce(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		rec := confirmed(t, s, ref)
		done := make(chan error)
		for range 2 {
			go func() {
				_, err := s.Door.Act(t.Context(), s.As("program"), referrals.Seen{Ref: ref, N: 2, Rev: rec.Rev}, workflow.Propose, proposing(district))
				done <- err
			}()
		}
		kinds := []fault.Kind{}
		for range 2 {
			if err := <-done; err != nil {
				kinds = append(kinds, fault.KindOf(err))
			}
		}
		if len(kinds) != 1 || kinds[0] != fault.Conflict {
			t.Errorf("%v", kinds)
		}
		if got := open(t, s, "program", ref).Handover; len(got) != 2 {
			t.Errorf("%d hand-overs", len(got))
		}
	})
}

// waitingJobs counts the jobs that were ever begun.
func waitingJobs(t *testing.T, s *demo.State) int {
	t.Helper()
	var n int
	if err := s.DB.SQL().QueryRowContext(t.Context(), "SELECT count(*) FROM river_job").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// problemsIn reports whether err is what is wrong with the words.
func problemsIn(err error, bad *forms.Problems) bool { return errors.As(err, bad) }
