package referrals_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/ent/search"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// why is a search with its reason.
func why(q referrals.Sought) referrals.Sought {
	q.Reason, q.Words = workflow.SearchAsked, "The agency called about its referral."
	return q
}

// toldOf is what a case tells of its person.
func toldOf(t *testing.T, n int) *forms.Referral {
	t.Helper()
	r, _, err := demo.Referral(n, "")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// searchLine is the newest line of the log about a search.
func searchLine(t *testing.T, s *demo.State) *ent.AuditEntry {
	t.Helper()
	return s.Door.DB.Read().AuditEntry.Query().Where(auditentry.Action("search")).Order(ent.Desc(auditentry.FieldID)).FirstX(t.Context())
}

// Whoever is not of the State is told that there is no search, as of an address
// that does not exist, and the log says that it was tried.
func TestSearchIsTheStatesAlone(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 10).Reference
		for _, name := range []string{demo.Referrers[10], "rhtp_harbor", "ldss_erie", "coordinator", "administrator", "auditor"} {
			hits, err := s.Door.Search(t.Context(), s.As(name), why(referrals.Sought{Reference: ref}))
			if fault.KindOf(err) != fault.NotFound || len(hits) > 0 {
				t.Errorf("%s: %v, %v", name, hits, err)
			}
			if l := searchLine(t, s); l.Outcome != "refused" || len(l.Refs) > 0 || l.Actor != s.As(name).ID {
				t.Errorf("%s: the log says %+v", name, l)
			}
		}
		if n := s.Door.DB.Read().Search.Query().CountX(viewer.Job(t.Context(), "test")); n != 0 {
			t.Errorf("%d searches were kept", n)
		}
	})
}

// Nothing is looked for without a reason of the list and words to it, nor by
// what fits too many people; each is said at its field.
func TestSearchWantsAReason(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		r := toldOf(t, 10)
		whole := why(referrals.Sought{Family: r.FamilyName, Given: r.GivenNames, Born: r.Born})
		for name, c := range map[string]struct {
			change func(q *referrals.Sought)
			field  string
		}{
			"no reason":           {func(q *referrals.Sought) { q.Reason = "" }, "reason"},
			"another reason":      {func(q *referrals.Sought) { q.Reason = "curiosity" }, "reason"},
			"no words":            {func(q *referrals.Sought) { q.Words = "  because   " }, "words"},
			"nothing":             {func(q *referrals.Sought) { q.Family, q.Given, q.Born = "", "", "" }, "family"},
			"a name alone":        {func(q *referrals.Sought) { q.Given, q.Born = "", "" }, "family"},
			"a date alone":        {func(q *referrals.Sought) { q.Family, q.Given = "", "" }, "family"},
			"what is no date":     {func(q *referrals.Sought) { q.Born = "?" }, "born"},
			"what is no phone":    {func(q *referrals.Sought) { q.Family, q.Given, q.Born, q.Phone = "", "", "", "yes" }, "family"},
			"no reference at all": {func(q *referrals.Sought) { q.Reference = "7K4M" }, "reference"},
		} {
			q := whole
			c.change(&q)
			var bad forms.Problems
			if hits, err := s.Door.Search(t.Context(), s.As("reviewer"), q); !errors.As(err, &bad) || bad.Of(c.field) == "" || len(hits) > 0 {
				t.Errorf("%s: %v, %v", name, hits, err)
			}
		}
	})
}

// A person is found by a reference, by a name that sounds alike with the date of
// birth, by both names, and by a telephone number; not by what does not agree,
// not in a draft, and no longer after a withdrawal or without a release.
func TestSearchFinds(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		provider, police := twice(t, s)
		r := toldOf(t, 10)
		by := s.As("reviewer")
		seek := func(q referrals.Sought) string {
			t.Helper()
			hits, err := s.Door.Search(t.Context(), by, why(q))
			if err != nil {
				t.Fatal(err)
			}
			var refs []string
			for _, h := range hits {
				refs = append(refs, h.Reference)
			}
			return strings.Join(refs, " ")
		}
		if got := seek(referrals.Sought{Reference: provider}); got != provider {
			t.Errorf("by its reference: %q", got)
		}
		for name, q := range map[string]referrals.Sought{
			"both names":                {Family: r.FamilyName, Given: r.GivenNames},
			"the name and the birthday": {Family: r.FamilyName, Born: r.Born},
			"all":                       {Family: r.FamilyName, Given: r.GivenNames, Born: r.Born},
		} {
			if got := seek(q); !strings.Contains(got, provider) {
				t.Errorf("by %s: %q, want %s", name, got, provider)
			}
		}
		phone := referrals.Sought{Phone: r.SafePhone.Phone}
		if got := seek(phone); phone.Phone == "" || got != "" {
			t.Errorf("DCJS does not read the number %q, and found by it %q", phone.Phone, got)
		}
		by = s.As("program")
		if got := seek(phone); !strings.Contains(got, provider) {
			t.Errorf("by the telephone: %q", got)
		}
		for name, q := range map[string]referrals.Sought{
			"another birthday": {Family: r.FamilyName, Born: "1901-02-03"},
			"another name":     {Family: "Quillfeather", Given: "Ottoline", Born: r.Born},
			"another number":   {Phone: "518-555-0199"},
			"both that differ": {Family: r.FamilyName, Given: r.GivenNames, Born: "1901-02-03"},
		} {
			if got := seek(q); got != "" {
				t.Errorf("by %s: %q", name, got)
			}
		}
		withdrawn(t, s, police, demo.SecondReferrer)
		find(t, s, police)
		withdrawn(t, s, provider, demo.Referrers[10])
		find(t, s, provider)
		if got := seek(referrals.Sought{Family: r.FamilyName, Given: r.GivenNames, Born: r.Born}); got != "" {
			t.Errorf("after the withdrawal: %q", got)
		}
	})
}

// The log keeps who, why and how many, and all that was opened; what was looked
// for stands nowhere, and the words of the reason only sealed.
func TestSearchLeavesNoTrace(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 10).Reference
		find(t, s, ref)
		r := toldOf(t, 10)
		if _, err := s.Door.Search(t.Context(), s.As("program"), why(referrals.Sought{Family: r.FamilyName, Given: r.GivenNames})); err != nil {
			t.Fatal(err)
		}
		l := searchLine(t, s)
		if l.Outcome != "done" || l.Actor != s.As("program").ID || l.Reason != "agency_asked; shown: 1" || len(l.Refs) != 1 || l.Refs[0] != ref {
			t.Errorf("the log says %+v", l)
		}
		kept := s.Door.DB.Read().Search.Query().OnlyX(viewer.Job(t.Context(), "test"))
		if kept.Code != "agency_asked" || kept.Found != 1 || strings.Contains(string(kept.Sealed), "called") || len(kept.Sealed) < 40 {
			t.Errorf("kept is %v", kept)
		}
	})
}

// An account searches so often in an hour and no more; another one still may,
// and so may the same one when the hour is over.
func TestSearchIsLimited(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		q := why(referrals.Sought{Phone: "518-555-0199"})
		for range workflow.SearchesAnHour {
			if _, err := s.Door.Search(t.Context(), s.As("reviewer"), q); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Door.Search(t.Context(), s.As("reviewer"), q); fault.KindOf(err) != fault.TooMany {
			t.Errorf("one more: %v", err)
		}
		if _, err := s.Door.Search(t.Context(), s.As("director"), q); err != nil {
			t.Errorf("a colleague: %v", err)
		}
		s.Clock.Set(s.Door.Now().Add(time.Hour + time.Second))
		if _, err := s.Door.Search(t.Context(), s.As("reviewer"), q); err != nil {
			t.Errorf("an hour later: %v", err)
		}
		if n := s.Door.DB.Read().Search.Query().Where(search.UserID(s.As("reviewer").ID)).CountX(viewer.Job(t.Context(), "test")); n != workflow.SearchesAnHour+1 {
			t.Errorf("%d searches are kept", n)
		}
	})
}
