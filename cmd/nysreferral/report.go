package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"nysreferral/config"
	"nysreferral/referrals"
	"nysreferral/reports"
)

// report is the command of numbers.
type report struct {
	config.Settings
	Name   string `arg:"" help:"Which report: timeliness, road, contact, minors, referrals or yearly."`
	From   string `placeholder:"2026-01" help:"First month, or a day of it. Without it, eleven months before the last."`
	To     string `placeholder:"2026-12" help:"Last month, or a day of it. Without it, the last month that is over."`
	Format string `enum:"csv,json" default:"csv" help:"Format: csv or json."`
}

// Help says what a report is and is not.
func (report) Help() string {
	return "Reports count whole months. Numbers of people under " + fmt.Sprint(reports.Least) + " are withheld, and so is what would tell them. " +
		"The report stands in the log as made on this machine."
}

// Run writes the report to standard output.
func (c *report) Run(e *env) error {
	if !slices.Contains(reports.Names(), c.Name) {
		return fmt.Errorf("there is no report %q: choose one of %s", c.Name, strings.Join(reports.Names(), ", "))
	}
	return with(e, c.Settings, func(p *program) error {
		if err := p.readHolidays(e.ctx); err != nil {
			return err
		}
		rep, err := p.door.ReportByCommand(e.ctx, referrals.Asked{Name: c.Name, From: c.From, To: c.To})
		if err != nil {
			return err
		}
		if c.Format == "csv" {
			return rep.CSV(e.out)
		}
		out := json.NewEncoder(e.out)
		out.SetIndent("", "  ")
		if err := out.Encode(rep); err != nil {
			return fmt.Errorf("writing the report: %w", err)
		}
		return nil
	})
}
