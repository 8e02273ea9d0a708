package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"nysreferral/audit"
	"nysreferral/config"
	"nysreferral/ent"
	"nysreferral/ent/user"
)

type auditTouched struct {
	config.Settings
	Account int       `help:"Number of the account, as lines of the log show it."`
	Session int64     `default:"-1" help:"Place in the log of the sign-in that began a session."`
	From    time.Time `help:"First moment, for example 2026-11-03T00:00:00-05:00."`
	Until   time.Time `help:"Moment before which it ends."`
}

// Help says what is listed and what is not.
func (auditTouched) Help() string {
	return "After something went wrong: which referrals an account, a session or everybody in a span of time touched, from the log alone, as CSV. " +
		"A referral stands in it when it was opened, written, or only shown in a list; what was refused does not. " +
		"The log does not tell two browsers of one account apart: what the account did meanwhile in another one stands in it, too. That this was asked is a line of the log."
}

// Run writes the list to standard output.
func (c *auditTouched) Run(e *env) error {
	if c.Account == 0 && c.Session < 0 && c.From.IsZero() {
		return fmt.Errorf("%w: --account NUMBER, --session PLACE, or --from MOMENT; --until bounds the first and the last", audit.ErrNoSpan)
	}
	return with(e, c.Settings, func(p *program) error {
		span := audit.Span{Account: c.Account, From: c.From, Until: c.Until}
		if c.Session >= 0 {
			if span != (audit.Span{}) {
				return errors.New("a session says whose it is and when: give --session alone")
			}
			var err error
			if span, err = audit.SessionSpan(e.ctx, p.db, c.Session, p.settings.Session.Absolute); err != nil {
				return err
			}
		}
		list, err := audit.Touched(e.ctx, p.db, span)
		if err != nil {
			return err
		}
		err = p.db.Do(e.ctx, func(tx *ent.Tx) error {
			return audit.Add(e.ctx, tx, audit.Line{At: time.Now(), Duty: "system", Action: "list_touched", Outcome: audit.Done, Source: "command",
				Reason: fmt.Sprintf("account %d, from %s until %s: %d referrals", span.Account, stamped(span.From), stamped(span.Until), len(list))})
		})
		if err != nil {
			return err
		}
		if len(list) == 0 && c.Account != 0 {
			if known, err := p.db.Read().User.Query().Where(user.ID(c.Account)).Exist(e.ctx); err != nil {
				return fmt.Errorf("looking for an account: %w", err)
			} else if !known {
				return errors.New(noNumber) // a slip must not look like an account that touched nothing
			}
		}
		return writeTouched(e, list)
	})
}

// stamped is a moment, or that there is none.
func stamped(t time.Time) string {
	if t.IsZero() {
		return "any time"
	}
	return t.UTC().Format(time.RFC3339)
}

func writeTouched(e *env, list []audit.Touch) error {
	w := csv.NewWriter(e.out)
	rows := [][]string{{"reference", "first", "last", "times", "actions", "fields"}}
	for _, t := range list {
		rows = append(rows, []string{t.Ref, stamped(t.First), stamped(t.Last), strconv.Itoa(t.Times), strings.Join(t.Actions, " "), strings.Join(t.Fields, " ")})
	}
	if err := w.WriteAll(rows); err != nil {
		return fmt.Errorf("writing what was touched: %w", err)
	}
	return nil
}
