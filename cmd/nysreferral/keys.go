package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"nysreferral/audit"
	"nysreferral/config"
	"nysreferral/hsm"
	"nysreferral/referrals"
	"nysreferral/seal"
	"nysreferral/store"
)

type keys struct {
	New    keyNew    `cmd:"" help:"Make a key file. It must not lie in the data folder; keep a copy apart from the backups."`
	Token  keyToken  `cmd:"" help:"Have a hardware security module, or another token, seal a plain key file."`
	Rotate keyRotate `cmd:"" help:"Make a new version of the key current and wrap every data key under it, while people work. Run it again after it was stopped: it goes on."`
	Retire keyRetire `cmd:"" help:"Take an old version of the key away, when nothing needs it any more."`
	Shred  keyShred  `cmd:"" help:"Destroy the key of a withdrawn or closed referral: nobody can ever read it again."`
	List   keyList   `cmd:"" help:"List the versions of the key, and how many data keys each wraps."`
}

// keysOf is where the settings say that the keys are.
func keysOf(s config.Settings) seal.Source {
	switch {
	case s.Token.Module != "":
		return hsm.Token{Module: s.Token.Module, Label: s.Token.Label, Key: s.Token.Key, PINFile: s.Token.PINFile, File: s.KeyFile}
	case s.KeyCredential != "":
		return seal.Credential(s.KeyCredential)
	}
	return seal.File(s.KeyFile)
}

type keyToken struct {
	config.Settings
	Plain string `arg:"" help:"The plain key file, as key new makes it."`
}

// Run has the token of the settings seal a plain key file into the key file of the
// settings, and reads it back.
func (c *keyToken) Run(e *env) error {
	token, ok := keysOf(c.Settings).(seal.Sealer)
	if !ok {
		return errors.New("say which token: key-token-module, key-token-label and key-token-pin-file")
	}
	if _, err := ringOf(config.Settings{KeyFile: c.Plain}); err != nil {
		return err
	}
	text, err := seal.File(c.Plain).Read()
	if err != nil {
		return err
	}
	sealed, err := token.Seal(text)
	clear(text)
	if err != nil {
		return err
	}
	if err := writeNew(c.KeyFile, sealed, 0o600); err != nil {
		return err
	}
	if _, err := seal.From(token); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "Made %s, which opens with this token only. Keep %s offline, for the day on which the token is lost, and take it from this machine.\n", c.KeyFile, c.Plain)
	return nil
}

type keyNew struct {
	File string `arg:"" help:"The file to make."`
}

// Run makes a key file.
func (c *keyNew) Run(e *env) error {
	if err := seal.Create(c.File, time.Now()); err != nil {
		return noFolder(err, c.File)
	}
	fmt.Fprintf(e.out, "Made %s. Without it nothing stored can be read: keep a copy in another place.\n", c.File)
	return nil
}

type keyRotate struct{ config.Settings }

// Run rotates, or finishes what a run before began. Where a server has the
// embedded database, the server wraps, and Run tells how far it is.
func (c *keyRotate) Run(e *env) error {
	err := with(e, c.Settings, func(p *program) error { return p.rotate(e) })
	if !errors.Is(err, store.ErrInUse) {
		return err
	}
	return reading(e, c.Settings, func(db *store.DB, ring *seal.Ring) error {
		door := &referrals.Service{DB: db, Ring: ring, Now: time.Now}
		left, err := door.Outdated(e.ctx, ring.Current())
		if err != nil {
			return err
		}
		if left == 0 {
			if _, err := seal.RotateIn(keysOf(c.Settings), time.Now()); err != nil {
				return err
			}
			if _, err := ring.Reload(); err != nil {
				return err
			}
		}
		fmt.Fprintf(e.out, "Version %d is current. The server that runs wraps the data keys; this only watches, and may be stopped.\n", ring.Current())
		return watch(e, door, ring.Current())
	})
}

// rotate makes a new version current and wraps, or finishes wrapping.
func (p *program) rotate(e *env) error {
	left, err := p.door.Outdated(e.ctx, p.ring.Current())
	if err != nil {
		return err
	}
	if left > 0 {
		fmt.Fprintf(e.out, "An earlier rotation to version %d is not finished; it goes on.\n", p.ring.Current())
		return p.rewrap(e)
	}
	next := p.ring.Current() + 1
	if err := p.door.KeyEvent(e.ctx, "rotate_key", next, "begun"); err != nil {
		return err
	}
	if _, err := seal.RotateIn(keysOf(p.settings), time.Now()); err != nil {
		return err
	}
	if _, err := p.ring.Reload(); err != nil {
		return err
	}
	if err := p.door.KeyEvent(e.ctx, "rotate_key", next, audit.Done); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "Version %d is current.\n", next)
	return p.rewrap(e)
}

// rewrap wraps what is left and tells how far it is.
func (p *program) rewrap(e *env) error {
	out, err := p.door.Rewrap(e.ctx, func(w referrals.Wrapped) {
		fmt.Fprintf(e.out, "%d of %d data keys are wrapped under version %d.\n", w.Done, w.Left, w.Version)
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "All data keys are wrapped under version %d; %d were wrapped anew. Older versions can be retired; backups that were made before need them.\n", out.Version, out.Done)
	return nil
}

// watch tells how many data keys are left until none is.
func watch(e *env, door *referrals.Service, version int) error {
	for told := -1; ; {
		left, err := door.Outdated(e.ctx, version)
		if err != nil {
			return err
		}
		if left == 0 {
			fmt.Fprintf(e.out, "All data keys are wrapped under version %d.\n", version)
			return nil
		}
		if left != told {
			fmt.Fprintf(e.out, "%d data keys are still under an older version.\n", left)
			told = left
		}
		select {
		case <-e.ctx.Done():
			return e.ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

type keyRetire struct {
	config.Settings
	Version   int  `arg:"" help:"The version to take away."`
	Restarted bool `help:"Every server has taken up the current version; do not wait."`
}

// retireAfter is how long servers of a common database have to take up a new
// version before an old one may go: one that had not yet would wrap a new
// data key under it.
const retireAfter = time.Hour

// Run takes an old version away.
func (c *keyRetire) Run(e *env) error {
	return with(e, c.Settings, func(p *program) error {
		list, err := seal.VersionsIn(keysOf(c.Settings))
		if err != nil {
			return err
		}
		newest := list[len(list)-1]
		if newest.ID == c.Version {
			return fmt.Errorf("version %d is the current one; run key rotate first", c.Version)
		}
		if p.db.Dialect() == store.Postgres && !c.Restarted && time.Since(newest.Made) < retireAfter {
			return fmt.Errorf("version %d is younger than %s: a server may not have taken it up yet. Wait, or restart every server and add --restarted", newest.ID, retireAfter)
		}
		n, err := p.door.Under(e.ctx, c.Version)
		if err != nil {
			return err
		}
		if n > 0 {
			return fmt.Errorf("%d data keys are wrapped under version %d; run key rotate, which goes on, and then this again", n, c.Version)
		}
		if err := p.door.KeyEvent(e.ctx, "retire_key", c.Version, "begun"); err != nil {
			return err
		}
		if err := seal.RetireIn(keysOf(c.Settings), c.Version); err != nil {
			return err
		}
		fmt.Fprintf(e.out, "Version %d is gone. What was copied of this file before must be destroyed, too. Sessions that began under it end.\n", c.Version)
		return p.door.KeyEvent(e.ctx, "retire_key", c.Version, audit.Done)
	})
}

type keyList struct{ config.Settings }

// Run lists the versions.
func (c *keyList) Run(e *env) error {
	return reading(e, c.Settings, func(db *store.DB, ring *seal.Ring) error {
		list, err := seal.VersionsIn(keysOf(c.Settings))
		if err != nil {
			return err
		}
		door := &referrals.Service{DB: db, Ring: ring, Now: time.Now}
		for _, v := range list {
			n, err := door.Under(e.ctx, v.ID)
			if err != nil {
				return err
			}
			current := ""
			if v.Current {
				current = "\tcurrent"
			}
			fmt.Fprintf(e.out, "%d\t%s\t%d data keys%s\n", v.ID, v.Made.Format(time.RFC3339), n, current)
		}
		return nil
	})
}

const (
	lookAtKeys = 15 * time.Second // how often a server looks whether the key was rotated
	wrapAgain  = time.Hour        // how often it looks for data keys that another server wrapped under an older version
)

// keepKeys takes up a new version of the key while the server runs, and wraps
// what is not under it, until ctx ends.
func (p *program) keepKeys(ctx context.Context) {
	again := time.Now()
	for {
		rotated := p.takeUpKeys(ctx)
		if now := time.Now(); !rotated && !now.Before(again) {
			again = now.Add(wrapAgain)
			p.wrapRest(ctx)
		} else if rotated {
			again = now.Add(4 * lookAtKeys) // others take it up meanwhile
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(lookAtKeys):
		}
	}
}

// takeUpKeys looks once whether another version is current, and wraps all data
// keys under it.
func (p *program) takeUpKeys(ctx context.Context) bool {
	rotated, err := p.ring.Reload()
	if err != nil {
		p.log.Error("the keys cannot be read again; those in use stay", "err", err)
	}
	if !rotated {
		return false
	}
	p.log.Info("a new version of the key is current", "version", p.ring.Current())
	if err := p.door.KeyEvent(ctx, "adopt_key", p.ring.Current(), audit.Done); err != nil {
		p.log.Error("the new version of the key is not in the log", "err", err)
	}
	p.wrapRest(ctx)
	return true
}

// wrapRest wraps the data keys that are not under the current version.
func (p *program) wrapRest(ctx context.Context) {
	if _, err := p.door.Rewrap(ctx, nil); err != nil && ctx.Err() == nil {
		p.log.Error("data keys are not wrapped anew; the next hour tries again", "err", err)
	}
}
