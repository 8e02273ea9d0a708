package referrals_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/handover"
	"nysreferral/ent/referral"
	"nysreferral/ent/schema"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// tables counts what a context meets in every table, by the way of any handler
// that forgot its check. Tables that refuse are -1.
func tables(t *testing.T, s *demo.State, ctx context.Context) map[string]int {
	t.Helper()
	c := s.Door.DB.Read()
	out := map[string]int{}
	all := reflect.ValueOf(c).Elem()
	for i := range all.NumField() {
		query := all.Field(i).MethodByName("Query")
		if !query.IsValid() {
			continue
		}
		got := query.Call(nil)[0].MethodByName("Count").Call([]reflect.Value{reflect.ValueOf(ctx)})
		name := all.Type().Field(i).Name
		out[name] = int(got[0].Int())
		if err, _ := got[1].Interface().(error); err != nil {
			out[name] = -1
		}
	}
	if len(out) < 20 {
		t.Fatalf("only %d tables", len(out))
	}
	return out
}

// ofPersons are the tables about people, and sharedTables those of them that no
// agency reads.
var (
	ofPersons    = []string{"Referral", "Answers", "Entry", "Request", "Handover", "Letter", "Task", "Document", "PairIndex", "PairKey", "PairEntry", "Shred"}
	sharedTables = []string{"PairIndex", "PairKey", "PairEntry", "Shred"}
	secrets      = []string{"Session", "Token", "Factor", "RecoveryCode", "Invitation"}
)

// peopled has referrals of several agencies, pairs, and a confirmed person.
func peopled(t *testing.T, s *demo.State) {
	t.Helper()
	refer(t, s, 3)
	provider, police := twice(t, s)
	find(t, s, provider)
	find(t, s, police)
	confirmed(t, s, refer(t, s, 1).Reference)
}

// A way past the door meets nobody: without a viewer every table of persons
// refuses, and with a foreign one it is empty, also for those who administer.
func TestSecondLock(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		peopled(t, s)
		everything := tables(t, s, viewer.Job(t.Context(), "test"))
		nobody := tables(t, s, t.Context())
		for _, table := range ofPersons {
			if nobody[table] != -1 {
				t.Errorf("%s: %d rows for nobody", table, nobody[table])
			}
		}
		for _, table := range []string{"Referral", "Answers", "Entry", "Handover", "Task", "Letter", "PairKey"} {
			if everything[table] == 0 {
				t.Errorf("%s is empty: the walk proves nothing", table)
			}
		}
		for name, who := range map[string]workflow.Actor{
			"not signed in":        {},
			"a referrer elsewhere": {ID: 9001, Agency: 9000, Duty: workflow.Referrer, Side: workflow.SidePolice, Lead: true},
			"a recipient":          {ID: 9002, Agency: 9000, Duty: workflow.Recipient, Side: workflow.SideLDSS},
			"a false reviewer":     {ID: 9003, Agency: 9000, Duty: workflow.Reviewer, Side: workflow.SideRHTP},
			"a coordinator":        s.As("coordinator"),
			"an administrator":     s.As("administrator"),
		} {
			met := tables(t, s, viewer.Person(t.Context(), who))
			for _, table := range ofPersons {
				if met[table] != 0 {
					t.Errorf("%s: %s meets %d rows", table, name, met[table])
				}
			}
			for _, table := range secrets {
				if met[table] != -1 {
					t.Errorf("%s: %s reads secrets of accounts", table, name)
				}
			}
		}
		state := tables(t, s, viewer.Person(t.Context(), s.As("reviewer")))
		for _, table := range []string{"Referral", "Answers", "Entry", "Handover", "PairKey"} {
			if state[table] != everything[table] {
				t.Errorf("%s: the State meets %d of %d rows", table, state[table], everything[table])
			}
		}
	})
}

// An agency meets what it wrote or what it was sent, and nothing else.
func TestSecondLockOwnRows(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		peopled(t, s)
		all := viewer.Job(t.Context(), "test")
		c := s.Door.DB.Read()
		whos := map[string]workflow.Actor{}
		for _, row := range c.Referral.Query().AllX(all) {
			whos[fmt.Sprint("a referrer of agency ", row.AgencyID)] = workflow.Actor{ID: 9000, Agency: row.AgencyID, Duty: workflow.Referrer, Side: workflow.SideProvider}
		}
		for _, h := range c.Handover.Query().Where(handover.AgencyIDNotNil()).AllX(all) {
			whos[fmt.Sprint("a recipient of agency ", *h.AgencyID)] = workflow.Actor{ID: 9000, Agency: *h.AgencyID, Duty: workflow.Recipient, Side: workflow.SideRHTP}
		}
		if len(whos) < 3 {
			t.Fatalf("the walk proves nothing: %v", whos)
		}
		for name, who := range whos {
			ctx := viewer.Person(t.Context(), who)
			met := c.Referral.Query().AllX(ctx)
			if len(met) == 0 || len(met) == c.Referral.Query().CountX(all) {
				t.Errorf("%s meets %d referrals: the walk proves nothing", name, len(met))
			}
			own := map[int]bool{}
			for _, row := range met {
				own[row.ID] = row.AgencyID == who.Agency
				for _, h := range c.Handover.Query().Where(handover.ReferralID(row.ID)).AllX(all) {
					own[row.ID] = own[row.ID] || who.Duty == workflow.Recipient && h.AgencyID != nil && *h.AgencyID == who.Agency
				}
				if !own[row.ID] {
					t.Errorf("%s meets another's referral", name)
				}
			}
			for _, e := range c.Entry.Query().AllX(ctx) {
				if !own[e.ReferralID] {
					t.Errorf("%s meets an entry of another's referral", name)
				}
			}
			for _, a := range c.Answers.Query().WithReferral().AllX(ctx) {
				if !own[a.ReferralID] || a.Edges.Referral == nil {
					t.Errorf("%s meets answers of another's referral", name)
				}
			}
			for _, table := range sharedTables {
				if met := tables(t, s, ctx)[table]; met != 0 {
					t.Errorf("%s: %s meets %d rows", table, name, met)
				}
			}
		}
	})
}

// Without a viewer nothing about a person is written, changed or taken away.
func TestSecondLockWrites(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		for name, change := range map[string]func(tx *ent.Tx) error{
			"made":       func(tx *ent.Tx) error { return tx.Shred.Create().SetRef("x").SetAt(s.Door.Now()).Exec(t.Context()) },
			"changed":    func(tx *ent.Tx) error { return tx.Referral.Update().SetStatus("gone").Exec(t.Context()) },
			"taken away": func(tx *ent.Tx) error { _, err := tx.PairKey.Delete().Exec(t.Context()); return err },
		} {
			if err := s.Door.DB.Do(t.Context(), change); !errors.Is(err, schema.ErrNobody) {
				t.Errorf("a row was %s: %v", name, err)
			}
		}
		if n := s.Door.DB.Read().Referral.Query().Where(referral.Status("gone")).CountX(viewer.Job(t.Context(), "test")); n != 0 {
			t.Errorf("%d referrals were changed", n)
		}
	})
}
