package main

import (
	"fmt"

	"nysreferral/config"
	"nysreferral/web"
)

// welcome is where somebody begins who was invited. A command that was not told the
// address of the server, as the server was, does not know it.
func welcome(s config.Settings) string {
	at := s.PublicURL + web.PathWelcome
	if s.PublicURL == config.Default().PublicURL {
		at += " (or " + web.PathWelcome + " at the address of the server, where it has another --public-url)"
	}
	return at
}

type userInvite struct {
	config.Settings
	Email string `arg:"" help:"E-mail of the account."`
}

// Run makes an invitation and prints its code.
func (c *userInvite) Run(e *env) error {
	return with(e, c.Settings, func(p *program) error {
		code, second, err := p.registry.Commands().Invite(e.ctx, c.Email)
		if err != nil {
			return absent(err, noEmail)
		}
		fmt.Fprintf(e.out, "The code is %s\nIt is good once, within 24 hours. The person opens %s with it.\n", code, welcome(c.Settings))
		if second {
			fmt.Fprintln(e.out, "This account was in use before: a coordinator or an administrator has to approve it first.")
		}
		return nil
	})
}
