package referrals_test

import (
	"path/filepath"
	"testing"
	"time"

	"nysreferral/cases"
	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/seal"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// each runs fn on both databases with the made-up State, at the moment start.
func each(t *testing.T, start time.Time, fn func(t *testing.T, s *demo.State)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) { fn(t, world(t, db, start)) })
}

func world(t testing.TB, db *store.DB, start time.Time) *demo.State {
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
	if err := s.Populate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// refer sends case n exactly as it stands in its file, at its moment.
func refer(t *testing.T, s *demo.State, n int) referrals.Receipt {
	t.Helper()
	s.Clock.Set(cases.Load(n).Now)
	r, body, err := demo.Referral(n, "")
	if err != nil {
		t.Fatal(err)
	}
	receipt, err := s.Door.Send(t.Context(), s.As(demo.Referrers[n]), r, "", body)
	if err != nil {
		t.Fatal(err)
	}
	return receipt
}

func take(t *testing.T, s *demo.State, ref string, steps ...demo.Step) referrals.Record {
	t.Helper()
	got, err := s.Take(t.Context(), ref, steps...)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func open(t *testing.T, s *demo.State, who, ref string) referrals.Record {
	t.Helper()
	got, err := s.Door.Open(t.Context(), s.As(who), ref, referrals.Want{})
	if err != nil {
		t.Fatalf("%s opens: %v", who, err)
	}
	return got
}

func confirmed(t *testing.T, s *demo.State, ref string) referrals.Record {
	t.Helper()
	take(t, s, ref, append(demo.ToDecision, demo.Confirm)...)
	return open(t, s, "program", ref)
}

func day(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

func do(key string, what workflow.Action, n int, deed func(*forms.Deed)) demo.Step {
	return demo.Step{Who: key, Do: what, N: n, Deed: deed}
}
