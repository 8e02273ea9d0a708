package referrals_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"nysreferral/cases"
	"nysreferral/demo"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// gathered is the group of case 15 with drafts of its first people, as its
// trooper sees it.
func gathered(t *testing.T, s *demo.State, people int) referrals.Group {
	t.Helper()
	g, err := s.Gather(t.Context(), 15, people, "")
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// ready are the drafts of a group from which nothing is missing.
func ready(g referrals.Group) []referrals.Seen {
	var out []referrals.Seen
	for _, m := range g.People {
		if m.Status == workflow.Draft && m.Missing == 0 {
			out = append(out, referrals.Seen{Ref: m.Reference, Rev: m.Rev})
		}
	}
	return out
}

// sendAll sends those drafts of a group that at names, and wants each to go.
func sendAll(t *testing.T, s *demo.State, g referrals.Group, at []referrals.Seen, key string) []referrals.Sent {
	t.Helper()
	sent, err := s.Door.SubmitGroup(t.Context(), s.As("trooper"), g.Reference, at, key)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range sent {
		if one.Err != nil {
			t.Fatalf("person %d: %v", one.N, one.Err)
		}
	}
	return sent
}

func group(t *testing.T, s *demo.State, ref string) referrals.Group {
	t.Helper()
	g, err := s.Door.OpenGroup(t.Context(), s.As("trooper"), ref)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// A group is its referrer's: to everybody else, whatever the duty, it is absent,
// by its own reference and by that of one of its people; and it is no referral,
// not even to its referrer.
func TestGroupIsAbsentToOthers(t *testing.T) {
	each(t, cases.LoadGroup(15).Now, func(t *testing.T, s *demo.State) {
		g := gathered(t, s, 3)
		sendAll(t, s, g, ready(g)[:2], "")
		at := referrals.Seen{Ref: g.Reference, Rev: g.Rev}
		absent := func(what string, err error) {
			t.Helper()
			if fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: %v", what, err)
			}
		}
		for _, a := range s.Accounts {
			if a.Key == "trooper" {
				continue
			}
			for _, ref := range []string{g.Reference, g.People[0].Reference, g.People[2].Reference} {
				_, err := s.Door.OpenGroup(t.Context(), a.Actor, ref)
				absent(a.Key+" opens the group", err)
				_, err = s.Door.Another(t.Context(), a.Actor, ref, nil)
				absent(a.Key+" adds a person", err)
			}
			_, err := s.Door.AddPeople(t.Context(), a.Actor, at, 1, "")
			absent(a.Key+" adds people", err)
			_, err = s.Door.EditGroup(t.Context(), a.Actor, at, func(*forms.Referral) forms.Problems { return nil })
			absent(a.Key+" edits", err)
			_, err = s.Door.CarryFacts(t.Context(), a.Actor, at)
			absent(a.Key+" carries", err)
			_, err = s.Door.SubmitGroup(t.Context(), a.Actor, g.Reference, ready(g), "")
			absent(a.Key+" sends", err)
			absent(a.Key+" discards", s.Door.DiscardGroup(t.Context(), a.Actor, at))
			if _, err := s.Door.Encounter(t.Context(), a.Actor, g.Reference); err == nil {
				t.Errorf("%s reads the sheet as a referral", a.Key)
			}
			_, err = s.Door.Encounter(t.Context(), a.Actor, g.People[2].Reference)
			absent(a.Key+" reads the encounter of a draft", err)
			if _, err := s.Door.Encounter(t.Context(), a.Actor, g.People[0].Reference); (err == nil) != slices.Contains([]string{"reviewer", "second_reviewer", "director", "deputy_director", "program"}, a.Key) {
				t.Errorf("%s reads the encounter: %v", a.Key, err)
			}
		}
		trooper := s.As("trooper")
		_, err := s.Door.Encounter(t.Context(), trooper, g.People[0].Reference)
		absent("the referrer reads the State's list", err)
		_, err = s.Door.Open(t.Context(), trooper, g.Reference, referrals.Want{})
		absent("the sheet opens", err)
		_, err = s.Door.Submit(t.Context(), trooper, at, "")
		absent("the sheet is sent", err)
		_, err = s.Door.Edit(t.Context(), trooper, at, func(*forms.Referral) forms.Problems { return nil })
		absent("the sheet is edited as a draft", err)
		absent("the sheet is discarded as a draft", s.Door.Discard(t.Context(), trooper, at))
		_, err = s.Door.Paper(t.Context(), trooper, g.Reference, referrals.PaperReceipt, 0)
		absent("the sheet has a receipt", err)
		_, err = s.Door.SubmitGroup(t.Context(), trooper, g.Reference, []referrals.Seen{{Ref: refer(t, s, 5).Reference, Rev: 1}}, "")
		absent("another referral is sent as one of the group", err)
	})
}

// Case 15: the facts are typed once for fourteen people found at two places;
// each gets a referral of the own that is sent, decided and handed over alone;
// all are due on Tuesday.
func TestCase15(t *testing.T) {
	k := cases.LoadGroup(15)
	each(t, k.Now, func(t *testing.T, s *demo.State) {
		facts, people, err := demo.Operation(15, "")
		if err != nil {
			t.Fatal(err)
		}
		trooper := s.As("trooper")
		g, err := s.Door.BeginGroup(t.Context(), trooper, facts, 8)
		if err != nil {
			t.Fatal(err)
		}
		if g, err = s.Door.AddPeople(t.Context(), trooper, referrals.Seen{Ref: g.Reference, Rev: g.Rev}, 6, "suffolk"); err != nil {
			t.Fatal(err)
		}
		if g.Count != 14 || g.Label() != "Raid or operation, October 15, 2026" {
			t.Errorf("%d people, %q", g.Count, g.Label())
		}
		for i, m := range g.People {
			draft := open(t, s, "trooper", m.Reference).Answers
			if draft.ReferrerName != "Toni Marsh" || draft.FirstEncounter != "2026-10-15" || draft.Traffickers[0].Name != "Vesper Quillon" || draft.CountyFound != people[i].CountyFound || draft.FamilyName != "" {
				t.Fatalf("person %d begins with other facts", m.N)
			}
			if _, err := s.Door.Edit(t.Context(), trooper, referrals.Seen{Ref: m.Reference, Rev: m.Rev}, demo.Says(people[i])); err != nil {
				t.Fatal(err)
			}
		}
		sent := sendAll(t, s, g, ready(group(t, s, g.Reference)), "press")
		if len(sent) != 14 {
			t.Fatalf("%d sent", len(sent))
		}
		for i, one := range sent {
			if want := day("2026-10-20T21:00:00Z"); !one.Receipt.DueAt.Equal(want) {
				t.Errorf("due %s, want %s", one.Receipt.DueAt, want)
			}
			got := open(t, s, "reviewer", one.Reference)
			if got.Group == nil || got.Group.People != 14 || got.Group.N != 0 || got.View.Item("familyName").Text[0] != string(people[i].FamilyName) {
				t.Errorf("person %d: %+v", one.N, got.Group)
			}
		}
		ref := sent[8].Reference
		confirmed(t, s, ref)
		if got := open(t, s, "trooper", ref); got.Status != workflow.Confirmed || *got.Group != (referrals.Together{N: 9, People: 14, Sent: 14}) {
			t.Errorf("%s %+v", got.Status, got.Group)
		}
		if got := open(t, s, "trooper", sent[9].Reference); got.Status != workflow.Submitted || len(got.Timeline) != 1 {
			t.Errorf("a decision about one person moved another: %s", got.Status)
		}
		letters, err := s.Door.Tasks(t.Context(), s.As("program"), false)
		if err != nil || !slices.ContainsFunc(letters, func(k referrals.Task) bool { return k.Reference == sent[10].Reference && k.Kind == "hhs_request" }) {
			t.Errorf("the minor among them has no task: %v", err)
		}
	})
}

// What the State learns of an encounter is how many of it were received and
// stand, and by an act of its own which they are; drafts, and who withdrew, are
// not among them.
func TestEncounter(t *testing.T) {
	each(t, cases.LoadGroup(15).Now, func(t *testing.T, s *demo.State) {
		g := gathered(t, s, 4)
		sent := sendAll(t, s, g, ready(g)[:1], "")
		if got := open(t, s, "reviewer", sent[0].Reference); got.Group != nil {
			t.Errorf("one of one: %+v", got.Group)
		}
		if _, err := s.Door.Encounter(t.Context(), s.As("reviewer"), sent[0].Reference); fault.KindOf(err) != fault.NotFound {
			t.Errorf("an encounter of one: %v", err)
		}
		sendAll(t, s, g, ready(g)[1:3], "")
		refs := []string{g.People[0].Reference, g.People[1].Reference, g.People[2].Reference}
		for _, key := range []string{"reviewer", "director", "program"} {
			list, err := s.Door.Encounter(t.Context(), s.As(key), refs[1])
			if err != nil || len(list) != 3 || list[0].Reference != refs[0] || list[2].Reference != refs[2] || list[0].Facets.Month != "" {
				t.Errorf("%s: %+v %v", key, list, err)
			}
			if got := open(t, s, key, refs[0]); got.Group == nil || *got.Group != (referrals.Together{People: 3}) {
				t.Errorf("%s: %+v", key, got.Group)
			}
		}
		for _, key := range []string{"auditor", "trooper"} {
			if got := open(t, s, key, refs[0]); key == "auditor" && got.Group != nil || key == "trooper" && got.Group.Sent != 3 {
				t.Errorf("%s: %+v", key, got.Group)
			}
		}
		take(t, s, refs[2], do("trooper", workflow.Withdraw, 0, func(d *forms.Deed) { d.Reason = "Asked for it." }))
		if list, err := s.Door.Encounter(t.Context(), s.As("reviewer"), refs[0]); err != nil || len(list) != 2 {
			t.Errorf("who withdrew is still told: %+v %v", list, err)
		}
		if got := open(t, s, "reviewer", refs[2]); got.Group != nil {
			t.Errorf("what was withdrawn tells of others: %+v", got.Group)
		}
		if got := open(t, s, "reviewer", refs[0]); got.Group.People != 2 {
			t.Errorf("%+v", got.Group)
		}
	})
}

// Of several drafts that are sent together, what stands against one keeps no
// other back; pressing again, at once or later, with the same key or another,
// sends none twice.
func TestSendAllThatAreReady(t *testing.T) {
	each(t, cases.LoadGroup(15).Now, func(t *testing.T, s *demo.State) {
		g := gathered(t, s, 6)
		trooper := s.As("trooper")
		unready, err := s.Door.AddPeople(t.Context(), trooper, referrals.Seen{Ref: g.Reference, Rev: g.Rev}, 1, "")
		if err != nil {
			t.Fatal(err)
		}
		at := append(ready(g), referrals.Seen{Ref: unready.People[6].Reference, Rev: 1})
		at[2].Rev-- // somebody typed meanwhile
		results := make([][]referrals.Sent, 4)
		var press sync.WaitGroup
		for i := range results {
			press.Go(func() {
				got, err := s.Door.SubmitGroup(t.Context(), trooper, g.Reference, at, "one press")
				if err != nil {
					t.Error(err)
				}
				results[i] = got
			})
		}
		press.Wait()
		for _, sent := range results {
			if len(sent) != 7 {
				t.Fatalf("%d results", len(sent))
			}
			for i, one := range sent {
				var missing forms.Problems
				switch {
				case i == 2 && fault.KindOf(one.Err) != fault.Conflict, i == 6 && !errors.As(one.Err, &missing):
					t.Errorf("person %d: %v", one.N, one.Err)
				case i != 2 && i != 6 && (one.Err != nil || one.Receipt.Reference != one.Reference || one.Receipt.Digest != results[0][i].Receipt.Digest):
					t.Errorf("person %d: %v", one.N, one.Err)
				}
			}
		}
		if got := group(t, s, g.Reference); got.Sent != 5 || got.People[2].Status != workflow.Draft || got.People[6].Status != workflow.Draft {
			t.Errorf("%d are sent", got.Sent)
		}
		later, err := s.Door.SubmitGroup(t.Context(), trooper, g.Reference, at[:1], "another press")
		if err != nil || fault.KindOf(later[0].Err) != fault.Conflict {
			t.Errorf("sent twice: %+v %v", later, err)
		}
		page, err := s.Door.List(t.Context(), s.As("reviewer"), referrals.Filter{})
		if err != nil || len(page.Lines) != 5 {
			t.Errorf("the State has %d: %v", len(page.Lines), err)
		}
		if _, err := s.Door.SubmitGroup(t.Context(), trooper, g.Reference, nil, ""); !errors.As(err, new(forms.Problems)) {
			t.Errorf("nothing was sent: %v", err)
		}
	})
}

// A group counts once toward the limit of an hour, however many its people; what
// is over the limit, or over fifty people, is refused in a sentence.
func TestGroupCountsOnce(t *testing.T) {
	each(t, cases.LoadGroup(15).Now, func(t *testing.T, s *demo.State) {
		s.Door.Options.DraftsAnHour, s.Door.Options.SubmissionsAnHour = 3, 3
		g := gathered(t, s, 14)
		sendAll(t, s, g, ready(g)[:9], "")
		trooper := s.As("trooper")
		single, err := s.Door.Begin(t.Context(), trooper)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Door.Another(t.Context(), trooper, g.Reference, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Door.BeginGroup(t.Context(), trooper, nil, 2); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Door.Begin(t.Context(), trooper); fault.KindOf(err) != fault.TooMany {
			t.Errorf("a fourth draft: %v", err)
		}
		if _, err := s.Door.BeginGroup(t.Context(), trooper, nil, 2); fault.KindOf(err) != fault.TooMany {
			t.Errorf("a fourth group: %v", err)
		}
		if _, err := s.Door.Another(t.Context(), trooper, single.Ref, nil); fault.KindOf(err) != fault.TooMany {
			t.Errorf("a group around the single draft: %v", err)
		}
		r, body, err := demo.Referral(5, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Door.Send(t.Context(), trooper, r, "", body); fault.KindOf(err) != fault.TooMany {
			t.Errorf("a fourth referral: %v", err)
		}
		var problems forms.Problems
		now := group(t, s, g.Reference)
		for _, n := range []int{-1, 0, 36} {
			if _, err := s.Door.AddPeople(t.Context(), trooper, referrals.Seen{Ref: now.Reference, Rev: now.Rev}, n, ""); !errors.As(err, &problems) || !strings.Contains(problems.Of("people"), "1 to 50 people, and this one has 15") {
				t.Errorf("%d more: %v", n, err)
			}
		}
		if got, err := s.Door.AddPeople(t.Context(), trooper, referrals.Seen{Ref: now.Reference, Rev: now.Rev}, 35, ""); err != nil || got.Count != 50 {
			t.Errorf("fifty: %d, %v", got.Count, err)
		}
		if _, err := s.Door.Another(t.Context(), trooper, g.People[0].Reference, nil); !errors.As(err, &problems) {
			t.Errorf("a fifty-first: %v", err)
		}
	})
}

// The limit is of what was begun in an hour: a draft of before that is sent
// counts for nothing, however many are sent at once.
func TestOldDraftsAreNoHour(t *testing.T) {
	each(t, cases.Load(6).Now, func(t *testing.T, s *demo.State) {
		s.Door.Options.DraftsAnHour, s.Door.Options.SubmissionsAnHour = 3, 3
		who := s.As(demo.Referrers[6])
		var old []referrals.Seen
		for range 3 {
			old = append(old, draftWith(t, s, 6))
		}
		if _, err := s.Door.Begin(t.Context(), who); fault.KindOf(err) != fault.TooMany {
			t.Errorf("a fourth in the hour: %v", err)
		}
		s.Clock.Set(cases.Load(6).Now.Add(61 * time.Minute))
		for _, draft := range old {
			if _, err := s.Door.Submit(t.Context(), who, draft, ""); err != nil {
				t.Fatal(err)
			}
		}
		for range 3 {
			if _, err := s.Door.Begin(t.Context(), who); err != nil {
				t.Fatalf("one of the three of a new hour: %v", err)
			}
		}
		if _, err := s.Door.Begin(t.Context(), who); fault.KindOf(err) != fault.TooMany {
			t.Errorf("a fourth of the new hour: %v", err)
		}
	})
}
