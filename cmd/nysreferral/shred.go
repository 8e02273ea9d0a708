package main

import (
	"fmt"

	"nysreferral/config"
	"nysreferral/referrals"
	"nysreferral/seal"
	"nysreferral/store"
)

type keyShred struct {
	config.Settings
	Reference string `arg:"" help:"Reference of the referral."`
	Why       string `required:"" help:"Reason: retention, withdrawn or court."`
	As        string `required:"" help:"E-mail of the director's or program staff's account that orders it; it stands in the log."`
	And       string `required:"" help:"E-mail of the second account, of another person, who agrees."`
}

// Run destroys the key of a referral.
func (c *keyShred) Run(e *env) error {
	return with(e, c.Settings, func(p *program) error {
		first, err := actorOf(e.ctx, p, c.As)
		if err != nil {
			return err
		}
		second, err := actorOf(e.ctx, p, c.And)
		if err != nil {
			return err
		}
		if err := p.door.Destroy(e.ctx, referrals.Destruction{Ref: c.Reference, Reason: c.Why, First: first, Second: second}); err != nil {
			return err
		}
		fmt.Fprintf(e.out, "The key of %s is destroyed. A backup that is put back beside this key file and its ledger has it destroyed again at the next start.\n", c.Reference)
		return nil
	})
}

// ledgerOf is the ledger of destroyed keys that the settings name, nil when
// there is no place for one. It lies apart from the data as the keys do.
func ledgerOf(s config.Settings, ring *seal.Ring) (*seal.Ledger, error) {
	path := s.ShredLedger
	if path == "" && s.KeyCredential != "" {
		return nil, nil // systemd's folder takes nothing
	}
	if path == "" {
		path = s.KeyFile + ".shreds"
	}
	if err := seal.Apart(path, s.Data); err != nil {
		return nil, fmt.Errorf("the ledger of destroyed keys: %w", err)
	}
	return seal.OpenLedger(path, ring)
}

// ready brings the tables up to date, and destroys again what the ledger says
// was destroyed, before anything is read.
func (p *program) ready(e *env) error {
	if err := store.Migrate(e.ctx, p.db); err != nil {
		return err
	}
	if err := keysFit(e.ctx, p.db, p.ring); err != nil {
		return err
	}
	if err := p.listThere(); err != nil {
		return err
	}
	n, err := p.door.Replay(e.ctx)
	if n > 0 {
		p.log.Warn("a backup brought back keys that were destroyed; they are destroyed again", "referrals", n)
	}
	return err
}

// listThere makes the list of destroyed keys when there is none yet: so a list
// that is missing later was lost, and is asked for.
func (p *program) listThere() error {
	if p.door.Ledger == nil {
		return nil
	}
	if _, there, err := p.door.Ledger.Lines(); there || err != nil {
		return err
	}
	return p.door.Ledger.Append()
}
