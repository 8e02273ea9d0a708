package main

import (
	"fmt"
	"time"

	"nysreferral/config"
	"nysreferral/handlers"
)

type userList struct{ config.Settings }

// Run lists accounts. It is a line of the log, so that it is refused beside a
// server on SQLite.
func (c *userList) Run(e *env) error {
	return with(e, c.Settings, func(p *program) error {
		list, err := p.registry.Commands().Accounts(e.ctx)
		if err != nil {
			return err
		}
		for _, a := range list {
			fmt.Fprintf(e.out, "%d\t%s\t%s\t%s\t%s\t%s\n", a.ID, a.AgencyName, a.Duty, a.Email, handlers.AccountState(a), signedIn(a.SignedInAt))
		}
		return nil
	})
}

// signedIn is when somebody last signed in.
func signedIn(at time.Time) string {
	if at.IsZero() {
		return "never signed in"
	}
	return "signed in " + at.Format(time.RFC3339)
}
