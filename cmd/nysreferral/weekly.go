package main

import (
	"fmt"
	"time"

	"nysreferral/audit"
	"nysreferral/calendar"
	"nysreferral/config"
	"nysreferral/ent"
)

type auditWeekly struct {
	config.Settings
	Until time.Time `format:"2006-01-02" help:"Day before which the week ends; today."`
}

// Run writes the review of a week. That it was looked at is a line of the log.
func (c *auditWeekly) Run(e *env) error {
	return with(e, c.Settings, func(p *program) error {
		until := c.Until
		if until.IsZero() {
			until = time.Now()
		}
		err := p.db.Do(e.ctx, func(tx *ent.Tx) error {
			return audit.Add(e.ctx, tx, audit.Line{At: time.Now(), Duty: "system", Action: "review_log", Outcome: audit.Done, Source: "command"})
		})
		if err != nil {
			return err
		}
		w, err := audit.Review(e.ctx, p.db, until.AddDate(0, 0, -7), until, calendar.NewYork())
		if err != nil {
			return err
		}
		fmt.Fprintf(e.out, "The log from %s until %s: %d lines, by outcome %v.\n", w.From.Format(time.DateOnly), w.Until.Format(time.DateOnly), w.Lines, w.Outcomes)
		for _, part := range []struct {
			title string
			list  []audit.Busy
		}{{"Opened far more referrals than others", w.Wide}, {"Opened referrals at night or on a weekend", w.Night}, {"Asked to see withheld answers", w.Reveals},
			{"Refused five times or more", w.Refused}, {"Sign-ins failed five times or more (0: unknown addresses)", w.Failed}} {
			fmt.Fprintf(e.out, "\n%s\n", part.title)
			for _, one := range part.list {
				fmt.Fprintf(e.out, "  account %d: %d\n", one.Account, one.Times)
			}
		}
		fmt.Fprintf(e.out, "\nSearches for a person: %d; some of them\n", w.Searches)
		for _, line := range w.Sample {
			fmt.Fprintln(e.out, "  "+line)
		}
		fmt.Fprintln(e.out, "\nKeys and destroyed referrals")
		for _, line := range w.Keys {
			fmt.Fprintln(e.out, "  "+line)
		}
		return nil
	})
}
