package main

import (
	"fmt"

	"nysreferral/config"
)

type userInvite struct {
	config.Settings
	Email string `arg:"" help:"E-mail of the account."`
}

// Run makes an invitation and prints its code.
func (c *userInvite) Run(e *env) error {
	return with(e, c.Settings, func(p *program) error {
		code, second, err := p.registry.Commands().Invite(e.ctx, c.Email)
		if err != nil {
			return noAccount(err)
		}
		fmt.Fprintf(e.out, "The code is %s\nIt is good once, within 24 hours. The person opens %s/welcome with it.\n", code, c.PublicURL)
		if second {
			fmt.Fprintln(e.out, "This account was in use before: a coordinator or an administrator has to approve it first.")
		}
		return nil
	})
}
