package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"nysreferral/audit"
	"nysreferral/calendar"
	"nysreferral/config"
	"nysreferral/ent"
	"nysreferral/registry"
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
		return sayWeek(e.out, w)
	})
}

// sayWeek writes a week as a short table of plain words, and below it the lines
// that somebody reads. Where there is nothing, nothing stands.
func sayWeek(out io.Writer, w audit.Week) error {
	fmt.Fprintf(out, "The log from %s until %s: %s.\n\n", w.From.Format(time.DateOnly), w.Until.Format(time.DateOnly), counted(w.Lines, "line", "lines"))
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	for _, of := range slices.Sorted(maps.Keys(w.Outcomes)) {
		fmt.Fprintf(table, "Lines of what was %s\t\t%d\n", of, w.Outcomes[of])
	}
	for _, part := range registry.WhoStoodOut(w) {
		for _, one := range part.List {
			account := fmt.Sprintf("Account %d", one.Account)
			if one.Account == 0 {
				account = part.Unnamed
			}
			fmt.Fprintf(table, "%s\t%s\t%d\n", part.Title, account, one.Times)
		}
	}
	if w.Searches > 0 {
		fmt.Fprintf(table, "Searches for a person\t\t%d\n", w.Searches)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("writing the review of a week: %w", err)
	}
	sayLines(out, "Some of the searches", w.Sample)
	sayLines(out, "Keys, and what was destroyed", w.Keys)
	return nil
}

// sayLines writes lines of the log under a title, with their codes as words.
func sayLines(out io.Writer, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(out, "\n%s\n", title)
	for _, line := range lines {
		fmt.Fprintln(out, "  "+strings.ReplaceAll(line, "_", " "))
	}
}

// counted is a number of things with their word.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
