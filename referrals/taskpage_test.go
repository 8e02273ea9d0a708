package referrals_test

import (
	"slices"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// A list of tasks goes on page by page to its end, each task once and in the order
// of the whole list. A cursor is of who was given it and of that list: a forged
// one, another's, and that of another list are refused alike; who has no tasks
// gets none.
func TestTasksPageByPage(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		for range 3 {
			accepted(t, s, 1, "rhtp_harbor")
		}
		page := func(key string, f referrals.TaskFilter) (referrals.TaskPage, error) {
			return s.Door.TaskPage(t.Context(), s.As(key), f)
		}
		first, err := page("program", referrals.TaskFilter{Size: 2})
		if err != nil || len(first.Tasks) != 2 || first.Next == "" {
			t.Fatalf("%d tasks, next %q, %v", len(first.Tasks), first.Next, err)
		}
		others, err := page("program", referrals.TaskFilter{Others: true, Size: 2})
		if err != nil || others.Next == "" {
			t.Fatalf("of others: %v", err)
		}
		for _, try := range []struct {
			key string
			f   referrals.TaskFilter
		}{
			{"program", referrals.TaskFilter{Cursor: "forged"}},
			{"reviewer", referrals.TaskFilter{Cursor: first.Next}},
			{"program", referrals.TaskFilter{Cursor: others.Next}},
			{"program", referrals.TaskFilter{Cursor: first.Next, Others: true}},
			{"program", referrals.TaskFilter{Cursor: first.Next, Done: true}},
		} {
			if _, err := page(try.key, try.f); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s, %+v: %v", try.key, try.f, err)
			}
		}
		if got, err := page("auditor", referrals.TaskFilter{}); err != nil || len(got.Tasks) > 0 || got.Next != "" {
			t.Errorf("an auditor has %d tasks, %v", len(got.Tasks), err)
		}
		for _, f := range []referrals.TaskFilter{{}, {All: true}, {Done: true}, {Others: true}} {
			f.Size = 500
			whole, err := page("program", f)
			if err != nil || whole.Next != "" {
				t.Fatal(err)
			}
			var ids []int
			for f.Size = 2; ; {
				part, err := page("program", f)
				if err != nil || len(part.Tasks) > 2 {
					t.Fatalf("%+v: %d, %v", f, len(part.Tasks), err)
				}
				ids = append(ids, idsOf(part.Tasks)...)
				if f.Cursor = part.Next; f.Cursor == "" {
					break
				}
			}
			if !slices.Equal(ids, idsOf(whole.Tasks)) || len(ids) == 0 {
				t.Errorf("%+v: page by page %v, whole %v", f, ids, idsOf(whole.Tasks))
			}
		}
	})
}

func idsOf(list []referrals.Task) []int {
	var out []int
	for _, t := range list {
		out = append(out, t.ID)
	}
	return out
}

// A person who may be in danger stands on top of the first page of the list, however
// much is due longer and however short a page is, and on no later page again; when
// it was settled, no more.
func TestDangerIsFirstOfTheWholeList(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		refs := make([]string, 2)
		for i := range 4 {
			refs[i%2] = accepted(t, s, 1, "rhtp_harbor") // with tasks of OTDA's that are due before what follows
		}
		s.Clock.Set(monday.AddDate(0, 0, 14))
		for _, ref := range refs {
			take(t, s, ref, tries("text_message"))
		}
		page := func(cursor string) referrals.TaskPage {
			t.Helper()
			got, err := s.Door.TaskPage(t.Context(), s.As("program"), referrals.TaskFilter{Size: 2, Cursor: cursor})
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		first := page("")
		if len(first.Tasks) != 4 || first.Next == "" {
			t.Fatalf("%d tasks on the first page, next %q", len(first.Tasks), first.Next)
		}
		for i, one := range first.Tasks {
			if danger := one.Kind == workflow.TaskUnsafe; danger != (i < 2) || danger && one.Reference != refs[i] {
				t.Errorf("place %d has %s of %s", i, one.Kind, one.Reference)
			}
		}
		ids := idsOf(first.Tasks)
		for cursor := first.Next; cursor != ""; {
			got := page(cursor)
			ids, cursor = append(ids, idsOf(got.Tasks)...), got.Next
		}
		whole, err := s.Door.Tasks(t.Context(), s.As("program"), false)
		if err != nil || !slices.Equal(ids, idsOf(whole)) {
			t.Errorf("page by page %v, whole %v, %v", ids, idsOf(whole), err)
		}
		if err := s.Door.Done(t.Context(), s.As("program"), first.Tasks[0].ID, "The person is safe."); err != nil {
			t.Fatal(err)
		}
		if now := page("").Tasks; now[0].Reference != refs[1] || len(now) != 3 || now[1].Kind == workflow.TaskUnsafe {
			t.Errorf("afterwards %d stand there", len(now))
		}
		if others, err := s.Door.TaskPage(t.Context(), s.As("program"), referrals.TaskFilter{Others: true}); err != nil || slices.ContainsFunc(others.Tasks, func(one referrals.Task) bool { return one.Kind == workflow.TaskUnsafe }) {
			t.Errorf("among those of others: %v", err)
		}
	})
}

// What a duty cannot do yet says for whom it waits, and no longer once it can be
// done: OTDA hands nobody over before DCJS has decided, a determination waits for
// the answer that was asked for, who recommended does not read it second, and a
// line that the administrator is asked about is the administrator's to verify.
func TestTasksWaitForSomebodyElse(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		waits := func(key, ref, kind, want string) {
			t.Helper()
			if got := theTask(t, s, key, ref, kind).Waits; want == "" && got != "" || !strings.Contains(got, want) {
				t.Errorf("%s, %s: waits for %q, want %q", key, kind, got, want)
			}
		}
		ref := refer(t, s, 1).Reference
		waits("program", ref, workflow.TaskNotice, "DCJS")
		waits("reviewer", ref, workflow.TaskDetermination, "")
		take(t, s, ref, demo.ToDecision[0], do("reviewer", workflow.Ask, 0, func(d *forms.Deed) { d.Question = "Since when?" }))
		waits("reviewer", ref, workflow.TaskDetermination, "the referrer")
		take(t, s, ref, do("detective", workflow.Answer, 0, func(d *forms.Deed) { d.Answer = "Since the spring." }))
		take(t, s, ref, demo.ToDecision[1:4]...)
		take(t, s, ref, recommends("decline", "Nothing tells of force."))
		waits("reviewer", ref, workflow.TaskSecond, "a colleague")
		waits("second_reviewer", ref, workflow.TaskSecond, "")
		waits("program", ref, workflow.TaskNotice, "DCJS")

		sent := refer(t, s, 1).Reference
		confirmed(t, s, sent)
		take(t, s, sent, do("program", workflow.Reroute, 1, func(d *forms.Deed) { d.Contact, d.Reason = "ldss-erie", "Nearer to her sister." }))
		waits("program", sent, workflow.TaskVerify, "")
		if _, err := s.Registry.AskVerify(t.Context(), s.As("program"), "ldss-erie"); err != nil {
			t.Fatal(err)
		}
		waits("program", sent, workflow.TaskVerify, "the administrator")
	})
}
