package referrals_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"testing"

	"nysreferral/demo"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/store"
	"nysreferral/workflow"
)

// noLog makes the database refuse every new line of the log.
func noLog(t *testing.T, s *demo.State) {
	t.Helper()
	statements := []string{`CREATE TRIGGER no_room BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'no room'); END`}
	if s.DB.Dialect() == store.Postgres {
		statements = []string{`CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no room'; END $$`,
			`CREATE TRIGGER no_room BEFORE INSERT ON audit_entries FOR EACH ROW EXECUTE FUNCTION no_room()`}
	}
	for _, one := range statements {
		if _, err := s.DB.SQL().ExecContext(t.Context(), one); err != nil {
			t.Fatal(err)
		}
	}
}

// rows is a sum over everything that the tables of referrals hold.
func rows(t *testing.T, s *demo.State) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, table := range told {
		found, err := s.DB.Read().QueryContext(t.Context(), "SELECT * FROM "+table+" ORDER BY id")
		if err != nil {
			t.Fatal(err)
		}
		names, err := found.Columns()
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.New()
		for found.Next() {
			values, into := make([]any, len(names)), make([]any, len(names))
			for i := range values {
				into[i] = &values[i]
			}
			if err := found.Scan(into...); err != nil {
				t.Fatal(err)
			}
			fmt.Fprint(sum, values...)
		}
		if err := found.Close(); err != nil {
			t.Fatal(err)
		}
		out[table] = fmt.Sprintf("%x", sum.Sum(nil))
	}
	return out
}

// readings are all ways to read the referral through the door.
func readings(ctx context.Context, s *demo.State, ref string) map[string]func() (any, error) {
	d := s.Door
	refs := func(key string) (context.Context, workflow.Actor, string) { return ctx, s.As(key), ref }
	return map[string]func() (any, error){
		"open":     func() (any, error) { c, w, r := refs("program"); return d.Open(c, w, r, referrals.Want{}) },
		"open own": func() (any, error) { c, w, r := refs("detective"); return d.Open(c, w, r, referrals.Want{}) },
		"reveal": func() (any, error) {
			c, w, r := refs("reviewer")
			return d.Open(c, w, r, referrals.Want{Reveal: []string{"C14"}})
		},
		"refused": func() (any, error) { c, w, r := refs("trooper"); return d.Open(c, w, r, referrals.Want{}) },
		"looks":   func() (any, error) { c, w, r := refs("program"); return d.Looks(c, w, r, "") },
		"carried": func() (any, error) { return d.TakeLooks(refs("director")) },
		"desk":    func() (any, error) { return d.Desk(refs("program")) },
		"list":    func() (any, error) { return d.List(ctx, s.As("reviewer"), referrals.Filter{}) },
		"board":   func() (any, error) { return d.Board(ctx, s.As("program")) },
		"tasks":   func() (any, error) { return d.Tasks(ctx, s.As("program"), false) },
		"watched": func() (any, error) { return d.Watched(ctx, s.As("program")) },
		"letters": func() (any, error) { return d.Letters(ctx, s.As("ldss_erie")) },
		"paper":   func() (any, error) { c, w, r := refs("program"); return d.Paper(c, w, r, referrals.PaperPacket, 1) },
	}
}

// When the line of the log cannot be written, every read, list, act and paper
// fails as our own failure, a refusal, too, and so does destroying a key; every
// table and the ledger are as they were.
func TestNoLineNoData(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ledger := withLedger(t, s)
		ref, gone := refer(t, s, 1).Reference, withdrawnOne(t, s)
		confirmed(t, s, ref)
		rec := open(t, s, "program", ref)
		draft, err := s.Door.Begin(t.Context(), s.As("detective"))
		if err != nil {
			t.Fatal(err)
		}
		asked := &forms.Deed{}
		asked.Reason = "Asked."
		noLog(t, s)
		before, d, ctx := rows(t, s), s.Door, t.Context()
		answers, body, err := demo.Referral(1, d.Today())
		if err != nil {
			t.Fatal(err)
		}
		tries := readings(ctx, s, ref)
		maps.Copy(tries, map[string]func() (any, error){
			"begin":   func() (any, error) { return d.Begin(ctx, s.As("detective")) },
			"send":    func() (any, error) { return d.Send(ctx, s.As("detective"), answers, "", body) },
			"draft":   func() (any, error) { return d.Open(ctx, s.As("detective"), draft.Ref, referrals.Want{Answers: true}) },
			"discard": func() (any, error) { return nil, d.Discard(ctx, s.As("detective"), draft) },
			"withdraw": func() (any, error) {
				return d.Act(ctx, s.As("detective"), referrals.Seen{Ref: ref, Rev: rec.Rev}, workflow.Withdraw, asked)
			},
			"hand over": func() (any, error) {
				return d.Act(ctx, s.As("program"), referrals.Seen{Ref: ref, N: 1, Rev: rec.Handover[0].Rev}, workflow.Send, &forms.Deed{})
			},
			"report": func() (any, error) {
				return d.Report(ctx, s.As("director"), referrals.Asked{Name: "yearly", From: "2026-10", To: "2026-11"})
			},
			"destroy":     func() (any, error) { return nil, d.Destroy(ctx, destroys(s, gone, "retention", "director", "program")) },
			"key event":   func() (any, error) { return nil, d.KeyEvent(ctx, "rotate_key", 2, "begun") },
			"forget pair": func() (any, error) { return nil, d.SweepPairs(ctx, referrals.SweepPairs{}) },
		})
		for name, try := range tries {
			_, err := try()
			if name == "forget pair" && err == nil {
				continue // there was nothing to do
			}
			if err == nil || fault.KindOf(err) != fault.Internal {
				t.Errorf("%s without its line: %v", name, err)
			}
		}
		for table, sum := range rows(t, s) {
			if before[table] != sum {
				t.Errorf("%s is not as it was", table)
			}
		}
		if list, err := ledger.Read(); err != nil || len(list) != 0 {
			t.Errorf("the ledger: %v, %v", list, err)
		}
	})
}
