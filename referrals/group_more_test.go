package referrals_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"nysreferral/cases"
	"nysreferral/demo"
	"nysreferral/ent/auditentry"
	"nysreferral/ent/referral"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// A change of the shared facts waits to be carried into the drafts; it leaves
// alone what was written for one person, and what was sent.
func TestCarryFacts(t *testing.T) {
	each(t, cases.LoadGroup(15).Now, func(t *testing.T, s *demo.State) {
		g := gathered(t, s, 9)
		sendAll(t, s, g, ready(g)[:1], "")
		trooper := s.As("trooper")
		before := open(t, s, "trooper", g.People[0].Reference)
		g, err := s.Door.EditGroup(t.Context(), trooper, referrals.Seen{Ref: g.Reference, Rev: g.Rev}, func(r *forms.Referral) forms.Problems {
			r.FirstEncounter, r.CountyFound, r.FamilyName, r.Summary = "2026-10-14", "queens", "Wrongly", "Placed here"
			return nil
		})
		if err != nil || g.Behind != 8 || g.Apart != 1 { // person 9 was found in Suffolk
			t.Fatalf("%d behind, %d apart, %v", g.Behind, g.Apart, err)
		}
		if g.Answers.FamilyName != "" || g.Answers.Summary != "" {
			t.Error("the shared facts hold something of a person")
		}
		if got := open(t, s, "trooper", g.People[1].Reference); got.Answers.FirstEncounter != "2026-10-15" {
			t.Error("a draft changed before anybody asked for it")
		}
		if _, err := s.Door.CarryFacts(t.Context(), trooper, referrals.Seen{Ref: g.Reference, Rev: g.Rev - 1}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("carried by an old page: %v", err)
		}
		g, err = s.Door.CarryFacts(t.Context(), trooper, referrals.Seen{Ref: g.Reference, Rev: g.Rev})
		if err != nil || g.Behind != 0 {
			t.Fatalf("%d behind: %v", g.Behind, err)
		}
		if got := open(t, s, "trooper", g.People[1].Reference).Answers; got.FirstEncounter != "2026-10-14" || got.CountyFound != "queens" || got.FamilyName != "Tarnwick" {
			t.Errorf("%v %v", got.FirstEncounter, got.CountyFound)
		}
		if got := open(t, s, "trooper", g.People[8].Reference).Answers; got.FirstEncounter != "2026-10-14" || got.CountyFound != "suffolk" {
			t.Errorf("%v %v", got.FirstEncounter, got.CountyFound)
		}
		after := open(t, s, "trooper", g.People[0].Reference)
		if after.Digest != before.Digest || after.Rev != before.Rev || after.View.Item("firstEncounter").Value != "2026-10-15" {
			t.Error("what was sent was changed")
		}
		if g = group(t, s, g.Reference); g.Behind != 0 {
			t.Errorf("%d behind after carrying", g.Behind)
		}
		// A second change finds again what was carried.
		g, err = s.Door.EditGroup(t.Context(), trooper, referrals.Seen{Ref: g.Reference, Rev: g.Rev}, func(r *forms.Referral) forms.Problems {
			r.Traffickers = nil
			return nil
		})
		if err != nil || g.Behind != 8 {
			t.Errorf("%d behind, %v", g.Behind, err)
		}
		var problems forms.Problems
		if _, err := s.Door.EditGroup(t.Context(), trooper, referrals.Seen{Ref: g.Reference, Rev: g.Rev}, func(r *forms.Referral) forms.Problems {
			r.FirstEncounter = "2026-10-16"
			return nil
		}); !errors.As(err, &problems) || problems.Of("firstEncounter") == "" {
			t.Errorf("a day to come: %v", err)
		}
	})
}

// Another person with the same facts gets those of the encounter, from a draft
// and from what was sent, and nothing that was said of the first person or of
// what happened; what was sent keeps its digest and its revision.
func TestAnother(t *testing.T) {
	each(t, cases.Load(5).Now, func(t *testing.T, s *demo.State) {
		trooper := s.As("trooper")
		sent := refer(t, s, 5).Reference
		r, _, err := demo.Referral(5, "")
		if err != nil {
			t.Fatal(err)
		}
		r.Traffickers = []forms.Trafficker{{Name: "Of the first person alone"}}
		draft, err := s.Door.Import(t.Context(), trooper, r)
		if err != nil {
			t.Fatal(err)
		}
		for _, ref := range []string{sent, draft.Ref} {
			before := open(t, s, "trooper", ref)
			seen, err := s.Door.Another(t.Context(), trooper, ref, nil)
			if err != nil {
				t.Fatal(err)
			}
			got := open(t, s, "trooper", seen.Ref)
			want := forms.SharedOf(r)
			want.Organization, want.SourceKind, want.Designated = got.Answers.Organization, got.Answers.SourceKind, got.Answers.Designated
			want.Events = forms.Events{}
			if a, b := written(t, got.Answers), written(t, want); a != b {
				t.Errorf("another begins with %s, want %s", a, b)
			}
			if got.Group == nil || *got.Group != (referrals.Together{N: 2, People: 2, Sent: open(t, s, "trooper", ref).Group.Sent}) {
				t.Errorf("%+v", got.Group)
			}
			if after := open(t, s, "trooper", ref); before.Status != workflow.Draft && (after.Rev != before.Rev || after.Digest != before.Digest || !after.UpdatedAt.Equal(before.UpdatedAt)) {
				t.Error("what was sent was changed")
			}
			third, err := s.Door.Another(t.Context(), trooper, seen.Ref, &forms.Referral{Source: forms.Source{CountyFound: "queens"}})
			if err != nil {
				t.Fatal(err)
			}
			if got := open(t, s, "trooper", third.Ref); got.Group.N != 3 || got.Answers.CountyFound != "queens" {
				t.Errorf("%+v", got.Group)
			}
		}
		// The road goes on as for any referral, and the list of statuses still counts.
		confirmed(t, s, sent)
		if got := open(t, s, "reviewer", sent); got.Status != workflow.Confirmed || got.Group != nil {
			t.Errorf("%s %+v", got.Status, got.Group)
		}
		page, err := s.Door.List(t.Context(), s.As("reviewer"), referrals.Filter{})
		if err != nil || len(page.Lines) != 1 || page.Lines[0].Facets.Source != "state_police" || page.Groups != nil || page.Lines[0].Group != "" {
			t.Errorf("%+v %v", page, err)
		}
		gone := refer(t, s, 5).Reference
		take(t, s, gone, do("trooper", workflow.Withdraw, 0, func(d *forms.Deed) { d.Reason = "Asked for it." }))
		if _, err := s.Door.Another(t.Context(), trooper, gone, nil); fault.KindOf(err) != fault.NotFound {
			t.Errorf("another of what was withdrawn: %v", err)
		}
	})
}

func written(t *testing.T, r *forms.Referral) string {
	t.Helper()
	text, err := forms.Questions.JSON(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A referrer's list shows the group once, with how many were sent, and each
// person's line says to which it belongs; the sheet is no line.
func TestListShowsGroups(t *testing.T) {
	each(t, cases.LoadGroup(15).Now, func(t *testing.T, s *demo.State) {
		g := gathered(t, s, 5)
		sendAll(t, s, g, ready(g)[:2], "")
		alone := refer(t, s, 5).Reference
		trooper := s.As("trooper")
		for _, filter := range []referrals.Filter{{}, {Status: workflow.Submitted}, {Status: workflow.Draft}, {Size: 2}} {
			page, err := s.Door.List(t.Context(), trooper, filter)
			if err != nil || len(page.Groups) != 1 || page.Groups[0].Count != 5 || page.Groups[0].Sent != 2 || page.Groups[0].People != nil {
				t.Fatalf("%+v: %+v %v", filter, page.Groups, err)
			}
			for _, l := range page.Lines {
				if l.Reference == g.Reference || (l.Group == g.Reference) == (l.Reference == alone) {
					t.Errorf("%+v", l)
				}
			}
		}
	})
}

// The drafts of a group are destroyed together, what was sent stays, and the
// group goes with the last of its people.
func TestDiscardGroup(t *testing.T) {
	each(t, cases.LoadGroup(15).Now, func(t *testing.T, s *demo.State) {
		trooper := s.As("trooper")
		g := gathered(t, s, 4)
		sendAll(t, s, g, ready(g)[:1], "")
		if err := s.Door.DiscardGroup(t.Context(), trooper, referrals.Seen{Ref: g.Reference, Rev: g.Rev - 1}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("discarded by an old page: %v", err)
		}
		if err := s.Door.DiscardGroup(t.Context(), trooper, referrals.Seen{Ref: g.Reference, Rev: g.Rev}); err != nil {
			t.Fatal(err)
		}
		if got := group(t, s, g.Reference); got.Count != 1 || got.Sent != 1 {
			t.Errorf("%d people, %d sent", got.Count, got.Sent)
		}
		if _, err := s.Door.Open(t.Context(), trooper, g.People[1].Reference, referrals.Want{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a discarded draft opens: %v", err)
		}
		next, err := s.Door.Another(t.Context(), trooper, g.Reference, nil)
		if err != nil || open(t, s, "trooper", next.Ref).Group.N != 5 {
			t.Errorf("a number was given again: %v", err)
		}
		empty, err := s.Door.BeginGroup(t.Context(), trooper, nil, 2)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Door.DiscardGroup(t.Context(), trooper, referrals.Seen{Ref: empty.Reference, Rev: empty.Rev}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Door.OpenGroup(t.Context(), trooper, empty.Reference); fault.KindOf(err) != fault.NotFound {
			t.Errorf("an empty group is still there: %v", err)
		}
	})
}

// Nothing at rest tells who was met together: no row of a referral names the
// group, the sheet looks as any draft does, and only the log of the acts of the
// referrer names both.
func TestGroupAtRest(t *testing.T) {
	each(t, cases.LoadGroup(15).Now, func(t *testing.T, s *demo.State) {
		g := gathered(t, s, 3)
		sendAll(t, s, g, ready(g)[:1], "press")
		if _, err := s.Door.Begin(t.Context(), s.As("trooper")); err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"Quillon", "OP-1015", "people", "raid_or_operation", "\"group\""} {
			if where := inClear(t, s, word); where != "" {
				t.Errorf("%q stands in %s", word, where)
			}
		}
		rows := s.DB.Read().Referral.Query().Where(referral.Status("draft")).AllX(viewer.Job(t.Context(), "test"))
		for _, r := range rows {
			if len(r.Facets) > 0 || r.SubmittedAt != nil || len(r.DataKey) != len(rows[0].DataKey) {
				t.Errorf("a draft tells that it is more: %s", r.Ref)
			}
		}
		for _, l := range s.DB.Read().AuditEntry.Query().Where(auditentry.Duty(string(workflow.Referrer))).AllX(t.Context()) {
			if len(l.Refs) > 1 && l.Action != "save" && l.Action != "list" {
				t.Errorf("a line %s names several: %v", l.Action, l.Refs)
			}
		}
		open(t, s, "reviewer", g.People[0].Reference)
		last := s.DB.Read().AuditEntry.Query().Where(auditentry.Action("read")).AllX(t.Context())
		if n := len(last); n == 0 || !slices.Equal(last[n-1].Refs, []string{g.People[0].Reference}) {
			t.Error("opening one person's referral names another in the log")
		}
	})
}

// Whatever any account reads of one person at the door, it holds no reference of
// another person of the group, and nothing that was said of that person.
func TestDoorTellsNothingOfAnother(t *testing.T) {
	each(t, cases.LoadGroup(15).Now, func(t *testing.T, s *demo.State) {
		g := gathered(t, s, 14)
		sent := sendAll(t, s, g, ready(g), "")
		k := cases.LoadGroup(15)
		mine := sent[8].Reference
		confirmed(t, s, mine)
		for _, a := range s.Accounts {
			got, err := s.Door.Open(t.Context(), a.Actor, mine, referrals.Want{})
			if err != nil {
				continue
			}
			text, err := json.Marshal(got)
			if err != nil {
				t.Fatal(err)
			}
			for i, one := range sent {
				if i == 8 {
					continue
				}
				var said struct{ FamilyName, Summary string }
				if err := json.Unmarshal(k.People[i], &said); err != nil {
					t.Fatal(err)
				}
				for _, word := range []string{one.Reference, said.FamilyName, said.Summary, g.Reference} {
					if strings.Contains(string(text), word) {
						t.Errorf("%s reads %q of person %d in the referral of person 9", a.Key, word, i+1)
					}
				}
			}
		}
	})
}

// Who stepped back from one person's referral finds nothing of it among those of
// the encounter either, and does not count it.
func TestEncounterHidesFromWhoSteppedBack(t *testing.T) {
	each(t, cases.LoadGroup(15).Now, func(t *testing.T, s *demo.State) {
		g := gathered(t, s, 3)
		sendAll(t, s, g, ready(g), "")
		refs := []string{g.People[0].Reference, g.People[1].Reference, g.People[2].Reference}
		take(t, s, refs[2], do("reviewer", workflow.Take, 0, nil), do("reviewer", workflow.Recuse, 0, func(d *forms.Deed) { d.Reason = "I know the person." }))
		if got := open(t, s, "reviewer", refs[0]); got.Group == nil || got.Group.People != 2 {
			t.Errorf("%+v", got.Group)
		}
		list, err := s.Door.Encounter(t.Context(), s.As("reviewer"), refs[0])
		if err != nil || len(list) != 2 || list[0].Reference != refs[0] || list[1].Reference != refs[1] {
			t.Errorf("%+v %v", list, err)
		}
		if list, err := s.Door.Encounter(t.Context(), s.As("second_reviewer"), refs[0]); err != nil || len(list) != 3 {
			t.Errorf("a colleague: %+v %v", list, err)
		}
	})
}
