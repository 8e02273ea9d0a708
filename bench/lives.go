package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"nysreferral/audit"
	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/seal"
	"nysreferral/store"
	"nysreferral/workflow"
)

// life is a way that a referral goes. It is gone once, through the doors, and
// copied as often as its share says.
type life struct {
	n      int // case
	share  int // of a hundred of its kind: of what is over, or of what is open
	steps  []demo.Step
	closes bool // the referral is closed at the end
}

// past are referrals that are over. Of a hundred some eighty are confirmed; two
// thirds of those go to a department and the others to a provider; of the
// department's half never make contact. Last come those that are declined and
// withdrawn. No decline rate is published; the share here is an assumption.
func past() []life {
	decided := slices.Concat(demo.ToDecision, []demo.Step{demo.Confirm}, act("program", workflow.Send, 1, nil))
	taken := slices.Concat(decided, act("ldss_tompkins", workflow.Accept, 1, nil))
	missed := slices.Concat(taken, act("ldss_tompkins", workflow.Attempt, 1, tried), act("ldss_tompkins", workflow.Attempt, 1, tried),
		act("program", workflow.Close, 1, over("no_contact")))
	reached := slices.Concat(taken, act("ldss_tompkins", workflow.Reach, 1, through), act("ldss_tompkins", workflow.Serve, 1, began),
		act("ldss_tompkins", workflow.Close, 1, over("services_completed")))
	provided := slices.Concat(decided, act("rhtp_harbor", workflow.Accept, 1, nil), act("rhtp_harbor", workflow.Reach, 1, through),
		act("rhtp_harbor", workflow.Serve, 1, began), act("rhtp_harbor", workflow.Close, 1, over("services_completed")))
	return []life{{5, 27, missed, true}, {5, 24, reached, true}, {1, 29, provided, true},
		{9, 13, slices.Concat(demo.ToDecision, demo.Decline), false},
		{9, 7, act("trooper", workflow.Withdraw, 0, func(d *forms.Deed) { d.Reason = "The person asked for it." }), false}}
}

// present are referrals that somebody works on, from the queue to the board.
func present() []life {
	confirmed := slices.Concat(demo.ToDecision, []demo.Step{demo.Confirm})
	sent := slices.Concat(confirmed, act("program", workflow.Send, 1, nil))
	taken := slices.Concat(sent, act("ldss_tompkins", workflow.Accept, 1, nil))
	asked := slices.Concat(demo.ToDecision[:1], act("reviewer", workflow.Ask, 0, func(d *forms.Deed) {
		d.Question, d.About = "Since when has the person been kept from leaving?", "G12 G20"
	}))
	return []life{{9, 15, nil, false}, {10, 15, demo.ToDecision, false}, {7, 10, asked, false}, {6, 10, confirmed, false}, {1, 10, sent, false},
		{5, 15, slices.Concat(taken, act("ldss_tompkins", workflow.Attempt, 1, tried)), false},
		{5, 25, slices.Concat(taken, act("ldss_tompkins", workflow.Reach, 1, through)), false}}
}

func act(who string, do workflow.Action, n int, deed func(*forms.Deed)) []demo.Step {
	return []demo.Step{{Who: who, Do: do, N: n, Deed: deed}}
}

func tried(d *forms.Deed)   { d.How, d.Result = "through_the_referrer", "no_answer" }
func through(d *forms.Deed) { d.How = "through_the_referrer" }
func began(d *forms.Deed)   { d.Started, d.Services = []forms.Help{"benefits"}, "Temporary assistance" }

func over(reason forms.CloseReason) func(*forms.Deed) {
	return func(d *forms.Deed) { d.CloseReason, d.Reason = reason, "It is over." }
}

// Names that are put in the place of those of a case, and in every copy in the
// place of these.
const (
	someFamily = "Qfamilyson"
	someGiven  = "Qgivenna"
)

// mold is a life that was gone, read as its rows lie, with what is sealed of it
// opened.
type mold struct {
	share  int
	ref    string
	at     time.Time // when it was sent
	over   bool
	sheets []sheet
}

// sheet is the rows of one table. In a place of what is sealed stands its text.
type sheet struct {
	store.Table
	rows [][]any
}

// column is the place of a column in a row, -1 for none.
func (s sheet) column(name string) int {
	return slices.IndexFunc(s.Columns, func(c store.Column) bool { return c.Name == name })
}

// copied are the tables of a referral that are copied, referrals first.
var copied = []string{"referrals", "answers", "entries", "handovers", "letters", "tasks", "pair_indexes", "pair_keys"}

// sealedAt is where something sealed of a row lies.
func sealedAt(table, ref string, value func(column string) any) seal.Place {
	at := seal.Place{Table: table, Column: "sealed", Row: ref, Version: 1}
	switch table {
	case "referrals":
		at.Column = "facets"
	case "answers":
		at.Version = int(value("version").(int64))
	case "entries":
		at.Version = int(value("seq").(int64))
	case "handovers", "letters":
		at.Version = int(value("n").(int64))
	case "tasks":
		at.Row = fmt.Sprintf("%s %d", ref, value("created_at"))
	}
	return at
}

// live goes a life through the doors, at once, and returns its reference.
func (s *site) live(ctx context.Context, l life) (string, error) {
	r, _, err := demo.Referral(l.n, s.Door.Today())
	if err != nil {
		return "", err
	}
	if r.FamilyName != "" {
		r.FamilyName = someFamily
	}
	r.GivenNames = someGiven
	receipt, err := s.Door.Send(ctx, s.As(demo.Referrers[l.n]), r, "", nil)
	if err != nil {
		return "", err
	}
	if _, err := s.Take(ctx, receipt.Reference, l.steps...); err != nil {
		return "", err
	}
	if l.closes {
		if err := s.close(ctx, receipt.Reference); err != nil {
			return "", err
		}
	}
	return receipt.Reference, s.Door.Find(ctx, referrals.FindPairs{Ref: receipt.Reference})
}

// close ends a referral, and first the hand-overs that are still open.
func (s *site) close(ctx context.Context, ref string) error {
	now, err := s.Door.Open(ctx, s.As("program"), ref, referrals.Want{})
	if err != nil {
		return err
	}
	var steps []demo.Step
	for _, h := range now.Handover {
		if h.Status != workflow.HandoverClosed {
			steps = slices.Concat(steps, act("program", workflow.Close, h.N, over("other")))
		}
	}
	_, err = s.Take(ctx, ref, slices.Concat(steps, act("program", workflow.Close, 0, nil))...)
	return err
}

// molds goes every life once and reads what it left. Of what is over no task is
// open.
func (s *site) molds(ctx context.Context, lives []life, over bool) ([]mold, error) {
	out := make([]mold, len(lives))
	for i, l := range lives {
		ref, err := s.live(ctx, l)
		if err != nil {
			return nil, fmt.Errorf("case %d: %w", l.n, err)
		}
		out[i] = mold{share: l.share, ref: ref, at: s.Clock.Now().UTC(), over: over}
	}
	err := s.DB.Snapshot(ctx, func(snap *store.Snapshot) error {
		tables, err := snap.Tables(ctx)
		if err != nil {
			return err
		}
		for i := range out {
			if err := s.read(ctx, snap, tables, &out[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// read fills a mold in.
func (s *site) read(ctx context.Context, snap *store.Snapshot, tables []store.Table, m *mold) error {
	var id any
	var key seal.Key
	for _, name := range copied {
		i := slices.IndexFunc(tables, func(t store.Table) bool { return t.Name == name })
		one := sheet{Table: tables[i]}
		of, want := one.column("referral_id"), id
		if name == "referrals" {
			of, want = one.column("ref"), any(m.ref)
		}
		err := snap.Rows(ctx, tables[i], func(row []any) error {
			if row[of] != want {
				return nil
			}
			if name == "referrals" {
				var err error
				id = row[one.column("id")]
				if key, err = s.Ring.Key(row[one.column("data_key")].([]byte), m.ref); err != nil {
					return err
				}
			}
			if done := one.column("done_at"); m.over && name == "tasks" && row[done] == nil {
				row[done] = row[one.column("created_at")] // nothing is left to do
			}
			one.rows = append(one.rows, row)
			return one.unseal(key, m.ref, row)
		})
		if err != nil {
			return err
		}
		m.sheets = append(m.sheets, one)
	}
	return nil
}

// sealed is the column that holds what is sealed of a row, -1 for none.
func (s sheet) sealed() int {
	if s.Name == "referrals" {
		return s.column("facets")
	}
	return s.column("sealed")
}

func (s sheet) unseal(key seal.Key, ref string, row []any) error {
	at := s.sealed()
	if at < 0 || row[at] == nil {
		return nil
	}
	plain, err := key.Open(row[at].([]byte), sealedAt(s.Name, ref, func(c string) any { return row[s.column(c)] }))
	if err != nil {
		return fmt.Errorf("opening %s: %w", s.Name, err)
	}
	row[at] = plain
	return nil
}

// acts are what the log has of one referral, beside its submission: by whom and
// how often of a hundred.
var acts = []struct {
	who    string
	action string
	share  int
}{{"reviewer", "read", 30}, {"director", "read", 12}, {"program", "read", 14}, {"reviewer", "list", 12}, {"program", "board", 10},
	{"trooper", "read", 6}, {"ldss_tompkins", "read", 8}, {"ldss_tompkins", "paper", 3}, {"reviewer", string(workflow.Consult), 3}, {"director", string(workflow.Confirm), 2}}

// heading are the columns of the log.
const heading = `at, actor, duty, agency, action, outcome, refs, handover, fields, reason, rule, source`

// line is one row of the log.
func (s *site) line(at time.Time, who workflow.Actor, action, ref string) []any {
	return []any{at, who.ID, string(who.Duty), who.Agency, action, audit.Done, `["` + ref + `"]`, 0, nil, "", "", ""}
}
