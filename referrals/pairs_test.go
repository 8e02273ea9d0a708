package referrals_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"nysreferral/cases"
	"nysreferral/demo"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/match"
	"nysreferral/referrals"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// twice sends both referrals of case 10 and does the jobs that they ask for.
// change alters the answers of the second.
func twice(t *testing.T, s *demo.State, change ...func(*forms.Referral)) (provider, police string) {
	t.Helper()
	provider = refer(t, s, 10).Reference
	find(t, s, provider)
	s.Clock.Set(cases.Load(10).Second.Now)
	r, body, err := demo.Second("")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range change {
		f(r)
	}
	receipt, err := s.Door.Send(t.Context(), s.As(demo.SecondReferrer), r, "", body)
	if err != nil {
		t.Fatal(err)
	}
	find(t, s, receipt.Reference)
	return provider, receipt.Reference
}

func find(t *testing.T, s *demo.State, ref string) {
	t.Helper()
	if err := s.Door.Find(t.Context(), referrals.FindPairs{Ref: ref}); err != nil {
		t.Fatal(err)
	}
}

// decide takes a step on the pair of ref and other as it is now.
func decide(t *testing.T, s *demo.State, who, ref, other string, what workflow.Action, why string) error {
	t.Helper()
	rev := -1
	for _, p := range open(t, s, who, ref).Pairs {
		if p.Reference == other {
			rev = p.Rev
		}
	}
	deed := &forms.Deed{}
	deed.Reason = forms.Prose(why)
	_, err := s.Door.Act(t.Context(), s.As(who), referrals.Seen{Ref: ref, Other: other, Rev: rev}, what, deed)
	return err
}

// must is decide where nothing stands against it.
func must(t *testing.T, s *demo.State, who, ref, other string, what workflow.Action) {
	t.Helper()
	if err := decide(t, s, who, ref, other, what, "Read both side by side."); err != nil {
		t.Fatalf("%s does %s: %v", who, what, err)
	}
}

// onePair is the only pair of ref as who sees it.
func onePair(t *testing.T, s *demo.State, who, ref string) referrals.Pair {
	t.Helper()
	list := open(t, s, who, ref).Pairs
	if len(list) != 1 {
		t.Fatalf("%s sees %d pairs of %s", who, len(list), ref)
	}
	return list[0]
}

func reasonCodes(p referrals.Pair) []string {
	var out []string
	for _, r := range p.Reasons {
		out = append(out, string(r.Code))
	}
	return out
}

// Case 10: DCJS and OTDA see the pair from both sides, with the reasons; the
// referrers, whoever receives, and all others see nothing of it, in no view and
// by no act.
func TestCase10(t *testing.T) {
	each(t, cases.Load(10).Now, func(t *testing.T, s *demo.State) {
		provider, police := twice(t, s)
		for _, who := range []string{"reviewer", "director", "program"} {
			for _, side := range [][2]string{{provider, police}, {police, provider}} {
				p := onePair(t, s, who, side[0])
				if p.Reference != side[1] || p.Status != workflow.PairFound || p.Strength != "likely" || len(p.Offers) != 2 {
					t.Errorf("%s: %+v", who, p)
				}
				place := match.PlaceSame
				if who == "program" {
					place = "unread" // OTDA reads where it happened only while it is consulted, and then on demand
				}
				for _, code := range []forms.Agreement{match.NamePart, match.AgeFits, place, match.CountySame} {
					if !slices.Contains(reasonCodes(p), string(code)) {
						t.Errorf("%s is not told %s: %+v", who, code, p.Reasons)
					}
				}
			}
		}
		if it := open(t, s, "reviewer", provider).View.Item("samePerson"); it == nil || len(it.Rows) != 1 {
			t.Errorf("the facts of the State do not hold it: %+v", it)
		}
		nothingTold(t, s, provider, police)
		must(t, s, "reviewer", provider, police, workflow.Link)
		nothingTold(t, s, provider, police)
	})
}

// nothingTold fails when anybody outside the State's duties reads of the other
// referral, or can act on the pair.
func nothingTold(t *testing.T, s *demo.State, provider, police string) {
	t.Helper()
	for ref, other := range map[string]string{provider: police, police: provider} {
		for _, a := range s.Accounts {
			if workflow.SeesPairs(a.Actor) {
				continue
			}
			if _, err := s.Door.Compare(t.Context(), a.Actor, ref, other); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s compares: %v", a.Key, err)
			}
			for _, what := range workflow.PairActions() {
				_, err := s.Door.Act(t.Context(), a.Actor, referrals.Seen{Ref: ref, Other: other, Rev: 1}, what, &forms.Deed{})
				if fault.KindOf(err) != fault.NotFound {
					t.Errorf("%s does %s: %v", a.Key, what, err)
				}
			}
			got, err := s.Door.Open(t.Context(), a.Actor, ref, referrals.Want{})
			if fault.KindOf(err) == fault.NotFound {
				continue
			}
			text, failed := json.Marshal(got)
			if err != nil || failed != nil || strings.Contains(string(text), other) || strings.Contains(string(text), "samePerson") {
				t.Errorf("%s reads %s %v %v", a.Key, text, err, failed)
			}
			looks, err := s.Door.Looks(t.Context(), a.Actor, ref, "")
			if err == nil && slices.ContainsFunc(looks.Looks, func(l referrals.Look) bool { return l.What == "compare" || l.What == "find_pairs" }) {
				t.Errorf("%s is told of it by who looked: %+v", a.Key, looks)
			}
		}
	}
}

// A phone is compared and kept from DCJS, which does not read it: the reviewer
// is told that something agrees, OTDA what.
func TestPairReasonsByReader(t *testing.T) {
	each(t, cases.Load(10).Now, func(t *testing.T, s *demo.State) {
		provider, _ := twice(t, s, func(r *forms.Referral) {
			r.Reach, r.SafePhone = "directly", forms.SafePhone{Phone: "(518) 555-0177"}
		})
		for who, want := range map[string]string{"reviewer": "unread", "program": "phone_same"} {
			p := onePair(t, s, who, provider)
			codes := reasonCodes(p)
			if !slices.Contains(codes, want) || slices.Contains(codes, "phone_same") == (who == "reviewer") {
				t.Errorf("%s: %v", who, codes)
			}
			sum := 0
			for _, r := range p.Reasons {
				sum += r.Points
			}
			if sum < p.Score || p.Strength != "strong" {
				t.Errorf("%s: %d of the reasons, %d in all, %s", who, sum, p.Score, p.Strength)
			}
		}
		text, err := json.Marshal(open(t, s, "reviewer", provider))
		if err != nil || strings.Contains(string(text), "phone_same") || strings.Contains(string(text), "same phone") {
			t.Errorf("%v", err)
		}
	})
}

// A decision needs a reason, is for who saw the pair as it is, stands on both
// sides, can be undone, and asks again when facts come in to either.
func TestDecidePair(t *testing.T) {
	each(t, cases.Load(10).Now, func(t *testing.T, s *demo.State) {
		provider, police := twice(t, s)
		var problems forms.Problems
		if err := decide(t, s, "reviewer", provider, police, workflow.Link, ""); !errors.As(err, &problems) || problems.Of("reason") == "" {
			t.Errorf("linked without a reason: %v", err)
		}
		if err := decide(t, s, "reviewer", provider, police, workflow.Undo, "Why not."); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("undone what nobody decided: %v", err)
		}
		before := open(t, s, "case_manager", provider)
		must(t, s, "reviewer", provider, police, workflow.Dismiss)
		deed := &forms.Deed{}
		deed.Reason = "Late."
		_, err := s.Door.Act(t.Context(), s.As("program"), referrals.Seen{Ref: police, Other: provider, Rev: 1}, workflow.Link, deed)
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("decided on what somebody else decided: %v", err)
		}
		p := onePair(t, s, "program", police)
		if p.Status != workflow.PairDismissed || p.DecidedBy != s.As("reviewer").Name || p.Why != "Read both side by side." || p.AskedAgain {
			t.Errorf("%+v", p)
		}
		after := open(t, s, "case_manager", provider)
		if after.Rev != before.Rev || !after.UpdatedAt.Equal(before.UpdatedAt) || len(after.Timeline) != len(before.Timeline) {
			t.Errorf("the referral moved by it: %d %s", after.Rev, after.UpdatedAt)
		}

		take(t, s, police, do("detective", workflow.Add, 0, func(d *forms.Deed) { d.Facts = "She says that she was in a shelter before." }))
		p = onePair(t, s, "reviewer", provider)
		if p.Status != workflow.PairFound || !p.AskedAgain || p.Decided != workflow.Dismiss {
			t.Errorf("new facts of the other do not ask again: %+v", p)
		}
		must(t, s, "program", police, provider, workflow.Link)
		must(t, s, "director", provider, police, workflow.Undo)
		if p = onePair(t, s, "reviewer", police); p.Status != workflow.PairFound || p.Decided != "" || p.AskedAgain {
			t.Errorf("after undoing: %+v", p)
		}
	})
}

// A reading of both is one line in the log, which names both, and shows each as
// its reader sees it: what is masked stays so.
func TestCompareSideBySide(t *testing.T) {
	each(t, cases.Load(10).Now, func(t *testing.T, s *demo.State) {
		provider, police := twice(t, s)
		looks := func() int {
			list, err := s.Door.Looks(t.Context(), s.As("detective"), police, "")
			if err != nil {
				t.Fatal(err)
			}
			return len(list.Looks)
		}
		if n := looks(); n != 0 {
			t.Fatalf("%d looked before anybody did", n)
		}
		open(t, s, "reviewer", provider) // names the other beside it
		before := s.DB.Read().AuditEntry.Query().CountX(t.Context())
		got, err := s.Door.Compare(t.Context(), s.As("reviewer"), provider, police)
		if err != nil {
			t.Fatal(err)
		}
		if n := s.DB.Read().AuditEntry.Query().CountX(t.Context()); n != before+1 {
			t.Errorf("%d lines", n-before)
		}
		line := s.DB.Read().AuditEntry.Query().Where(func(q *sqlSelector) { q.Where(actionIs("compare")) }).OnlyX(t.Context())
		if !slices.Equal(line.Refs, []string{provider, police}) {
			t.Errorf("the line names %v", line.Refs)
		}
		for _, one := range []referrals.Record{got.One, got.Other} {
			if it := one.View.Item("category"); it == nil || !it.Masked {
				t.Errorf("the category: %+v", it)
			}
			if one.View.Item("safePhone.phone") != nil || one.View.Item("familyName") == nil || len(one.Offers) > 0 {
				t.Errorf("%+v", one.View)
			}
		}
		if n := looks(); n != 0 {
			t.Errorf("%d looked at the one that was only named or compared", n)
		}
		open(t, s, "reviewer", police)
		if n := looks(); n != 1 {
			t.Errorf("%d looked, want the one who opened it", n)
		}
		stranger := refer(t, s, 1).Reference
		for _, other := range []string{stranger, provider, "7K4M2QX9C3TB5", "nonsense"} {
			if _, err := s.Door.Compare(t.Context(), s.As("reviewer"), provider, other); fault.KindOf(err) != fault.NotFound {
				t.Errorf("compared with %q: %v", other, err)
			}
		}
	})
}

// Of a linked pair the second is not handed over by itself: OTDA sees under
// which the person was handed over, and sends only with a reason. The referrer
// sees what it would have seen without the link.
func TestNoSecondHandover(t *testing.T) {
	each(t, cases.Load(10).Now, func(t *testing.T, s *demo.State) {
		provider, police := twice(t, s)
		must(t, s, "program", police, provider, workflow.Link)
		confirmed(t, s, provider)
		take(t, s, provider, do("program", workflow.Send, 1, nil))
		confirmed(t, s, police)
		seen := open(t, s, "program", police)
		if len(seen.Pairs) != 1 || len(seen.Pairs[0].HandedOver) != 1 {
			t.Fatalf("OTDA is not told where the person is: %+v", seen.Pairs)
		}
		if got := open(t, s, "reviewer", police).Pairs[0].HandedOver; len(got) > 0 {
			t.Errorf("DCJS is told %v", got)
		}
		var problems forms.Problems
		_, err := s.Take(t.Context(), police, do("program", workflow.Send, 1, nil))
		if !errors.As(err, &problems) || !strings.Contains(problems.Of("reason"), "another referral") {
			t.Fatalf("handed over twice: %v", err)
		}
		if h := open(t, s, "detective", police).Handover; len(h) != 1 || h[0].Status != workflow.Proposed {
			t.Errorf("the referrer sees %+v", h)
		}
		take(t, s, police, do("program", workflow.Send, 1, func(d *forms.Deed) { d.Reason = "She asked for another provider." }))
	})
}

// A hand-over that was given back, and a pair that was undone, hold nothing up.
func TestSecondHandoverIsOpenAgain(t *testing.T) {
	each(t, cases.Load(10).Now, func(t *testing.T, s *demo.State) {
		provider, police := twice(t, s)
		confirmed(t, s, provider)
		take(t, s, provider, do("program", workflow.Send, 1, nil))
		confirmed(t, s, police)
		must(t, s, "program", police, provider, workflow.Link)
		must(t, s, "program", police, provider, workflow.Undo)
		take(t, s, police, do("program", workflow.Send, 1, nil))
	})
}

// A referral that was withdrawn, or whose key was destroyed, loses its keys and
// its pairs on both sides, and is found by nobody who comes later.
func TestWithdrawnIsNoPair(t *testing.T) {
	each(t, cases.Load(10).Now, func(t *testing.T, s *demo.State) {
		provider, police := twice(t, s)
		must(t, s, "reviewer", provider, police, workflow.Link)
		take(t, s, provider, do("case_manager", workflow.Withdraw, 0, nil))
		if n := s.DB.Read().PairIndex.Query().CountX(viewer.Job(t.Context(), "test")); n != 1 {
			t.Errorf("%d indexes after the withdrawal", n)
		}
		if list := open(t, s, "reviewer", police).Pairs; len(list) > 0 {
			t.Errorf("the other still shows %+v", list)
		}
		if _, err := s.Door.Compare(t.Context(), s.As("reviewer"), police, provider); fault.KindOf(err) != fault.NotFound {
			t.Errorf("compared with a withdrawn one: %v", err)
		}
		find(t, s, provider) // the job that the withdrawal asked for
		if n := s.DB.Read().PairEntry.Query().CountX(viewer.Job(t.Context(), "test")); n != 0 {
			t.Errorf("%d entries are left", n)
		}
		find(t, s, police)
		if list := open(t, s, "reviewer", police).Pairs; len(list) > 0 {
			t.Errorf("found again: %+v", list)
		}
		find(t, s, police)
		find(t, s, "7K4M2QX9C3TB5") // gone since
	})
}
