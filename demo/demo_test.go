package demo_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/match"
	"nysreferral/referrals"
	"nysreferral/seal"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// The made-up State can be made on both databases, and holds referrals in every
// status but closed; its log never runs back in time, and nobody was reached there
// by a way that is not safe.
func TestTell(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		start := time.Date(2026, 11, 2, 15, 15, 0, 0, time.UTC)
		s := newState(t, db, start)
		if err := s.Populate(t.Context()); err != nil {
			t.Fatal(err)
		}
		before := db.Read().AuditEntry.Query().CountX(t.Context())
		if err := s.Tell(t.Context(), start); err != nil {
			t.Fatal(err)
		}
		lines := db.Read().AuditEntry.Query().Order(ent.Asc(auditentry.FieldID)).Offset(before).AllX(t.Context())
		for i := range lines[1:] {
			if lines[i+1].At.Before(lines[i].At) {
				t.Errorf("line %d of the log is of %s, and the one before it of %s", i+1, lines[i+1].At, lines[i].At)
			}
		}
		tasks, err := s.Door.Tasks(t.Context(), s.As("program"), false)
		if err != nil || slices.ContainsFunc(tasks, func(one referrals.Task) bool { return one.Kind == workflow.TaskUnsafe }) {
			t.Errorf("an unsafe try is told: %v", err)
		}
		page, err := s.Door.List(t.Context(), s.As("director"), referrals.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		seen := map[workflow.Status]int{}
		for _, l := range page.Lines {
			seen[l.Status]++
		}
		for _, status := range workflow.Statuses() {
			if want := status != workflow.Draft && status != workflow.Closed; (seen[status] > 0) != want {
				t.Errorf("%d referrals are %s", seen[status], status)
			}
		}
	})
}

// With some months before, a report of the year has numbers to show; without
// them it says that there are too few. Of all that was done then hardly a task is
// open for anybody, nearly all is closed, and people come from many counties.
func TestHistory(t *testing.T) {
	start := time.Date(2026, 11, 2, 15, 15, 0, 0, time.UTC)
	s := newState(t, storetest.SQLite(t), start)
	if err := s.Populate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if rep, err := s.Door.Report(t.Context(), s.As("director"), referrals.Asked{Name: "yearly"}); err != nil || rep.TooFew == "" {
		t.Errorf("a year of nobody: %v", err)
	}
	if err := s.History(t.Context(), start, 3); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"timeliness", "road", "yearly"} {
		rep, err := s.Door.Report(t.Context(), s.As("program"), referrals.Asked{Name: name})
		if err != nil || rep.TooFew != "" {
			t.Errorf("%s: %v %s", name, err, rep.TooFew)
		}
	}
	for _, a := range s.Accounts {
		tasks, err := s.Door.Tasks(t.Context(), a.Actor, false)
		if err != nil && fault.KindOf(err) != fault.NotFound || len(tasks) > 3 {
			t.Errorf("%s has %d tasks: %+v %v", a.Key, len(tasks), tasks, err)
		}
	}
	page, err := s.Door.List(t.Context(), s.As("director"), referrals.Filter{Size: 100})
	if err != nil {
		t.Fatal(err)
	}
	counties, closed := map[string]bool{}, 0
	for _, l := range page.Lines {
		counties[l.Facets.County] = true
		if l.Status == workflow.Closed {
			closed++
		}
	}
	if len(counties) < 8 || closed < 20 || len(page.Lines) != 30 {
		t.Errorf("%d referrals, %d closed, of %d counties", len(page.Lines), closed, len(counties))
	}
	if !s.Clock.Now().Before(start.Add(time.Hour)) || s.Clock.Now().Before(start) {
		t.Errorf("the clock stands at %v", s.Clock.Now())
	}
}

func newState(t *testing.T, db *store.DB, start time.Time) *demo.State {
	t.Helper()
	file := filepath.Join(t.TempDir(), "key")
	if err := seal.Create(file, start); err != nil {
		t.Fatal(err)
	}
	ring, err := seal.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := demo.New(db, ring, demo.NewClock(start, time.Now), time.Now, 10)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// People who are made from different numbers are different: no two of them look
// like one person, but for those whom a second agency refers anew; and the same
// number makes the same person.
func TestInventedPeopleDiffer(t *testing.T) {
	const many = 100
	ids := make([]match.Identity, many)
	for i := range ids {
		r := &forms.Referral{}
		demo.Invent(i).Fill(r)
		ids[i] = match.Of(r, "2026-11-02")
	}
	if first, again := demo.Invent(7), demo.Invent(7); first != again {
		t.Error("the same number makes another person")
	}
	alike := 0
	for i := range ids {
		for j := range i {
			if match.Compare(ids[i], ids[j]).Strength != match.None {
				alike++
			}
		}
	}
	if alike > 1 {
		t.Errorf("%d pairs of %d people look alike", alike, many)
	}
}
