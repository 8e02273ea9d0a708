package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"nysreferral/audit"
	"nysreferral/ent"
	"nysreferral/mail"
	"nysreferral/registry"
)

const (
	watchEvery = time.Minute
	tellAgain  = time.Hour // an alarm that goes on is told again after this long
)

// lookout is what a server knows of its own troubles.
type lookout struct {
	seen    map[string]int        // in how many looks in a row a check failed
	told    map[telling]time.Time // when it was told, kept when it is over
	outside *outside              // what was held against heads outside
}

// telling is a check that somebody was told of. Nobody's address is the program's
// own log.
type telling struct{ check, to string }

func newLookout() *lookout { return &lookout{seen: map[string]int{}, told: map[telling]time.Time{}} }

// keepWatch looks each minute whether the log can be written, grows and gets
// outside, whether there are backups and room, whether the clock holds and the
// jobs run, whether somebody reads or tries too much, and tells who runs the system of what failed twice.
func (p *program) keepWatch(ctx context.Context) {
	if kind, err := p.registry.Folder(ctx); err == nil && kind == registry.Demo {
		return // its clock is its own, and nobody waits
	}
	w := newLookout()
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(watchEvery):
		}
		if err := w.look(ctx, p, time.Now()); err != nil && ctx.Err() == nil {
			p.log.Error("nobody could be told that the system needs attention", "err", err)
		}
	}
}

// look looks once and tells what is new.
func (w *lookout) look(ctx context.Context, p *program, now time.Time) error {
	x := &examination{ctx: ctx, s: p.settings, now: now, ring: p.ring, db: p.db, outside: w.outside}
	for _, l := range x.looks() {
		if l.watched {
			l.do()
		}
	}
	w.outside = x.outside
	if p.outside != nil {
		if found := p.outside.found.Load(); found != nil {
			x.fail("anchors", string(found.What), rolledBack)
		}
	}
	if err := p.db.Saves(); err != nil {
		x.failed("saving", err, unsaved(p.db))
	}
	if at := p.stepped.Load(); at != nil && now.Sub(*at) < tellAgain {
		x.fail("clock", "it was moved", "Look at the lines clock_step of the log, and at the time server.")
	}
	if err := p.logTakes(ctx); err != nil {
		x.failed("log", err, "Nothing is shown that cannot be logged. Look at the database and the disk.")
	}
	if ctx.Err() != nil {
		return nil // what failed, failed because the server ends
	}
	bad := map[string]string{}
	for _, f := range x.list {
		if (f.level == broken || f.tell) && bad[f.check] == "" {
			bad[f.check] = f.is
		}
	}
	for check := range w.seen {
		if bad[check] == "" {
			delete(w.seen, check)
		}
	}
	for check := range bad {
		w.seen[check]++
	}
	for _, check := range w.due("", now) {
		w.told[telling{check, ""}] = now
		p.log.Error("the system needs attention: run nysreferral doctor", "check", check, "is", bad[check])
	}
	return w.alarm(ctx, p, now)
}

// due is of what somebody is to be told now: it failed twice in a row, and at most
// once an hour each, though it was well between.
func (w *lookout) due(to string, now time.Time) (checks []string) {
	for check, times := range w.seen {
		at, was := w.told[telling{check, to}]
		if times >= 2 && (!was || now.Sub(at) >= tellAgain) {
			checks = append(checks, check)
		}
	}
	return checks
}

// alarm mails those who run the system that it needs them. Whom no mail reached
// is told at the next look.
func (w *lookout) alarm(ctx context.Context, p *program, now time.Time) error {
	var errs []error
	for _, to := range p.settings.Alert.Mail {
		checks := w.due(to, now)
		if len(checks) == 0 {
			continue
		}
		sender, err := p.mailer()
		if err != nil || sender == nil {
			return err
		}
		if err := sender.Send(ctx, to, mail.Alarm, now.UTC().Format(time.RFC3339)); err != nil {
			errs = append(errs, err)
			continue
		}
		for _, check := range checks {
			w.told[telling{check, to}] = now
		}
	}
	return errors.Join(errs...)
}

// errTried takes back the line by which logTakes tries.
var errTried = errors.New("only tried")

// logTakes says whether a line can be written: it writes one and takes it back.
func (p *program) logTakes(ctx context.Context) error {
	err := p.db.Do(ctx, func(tx *ent.Tx) error {
		if err := audit.Add(ctx, tx, audit.Line{At: time.Now(), Duty: "system", Action: "try_log", Outcome: audit.Done}); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "SELECT 1"); err != nil { // the line is sent no later than a question
			return err
		}
		return errTried
	})
	if errors.Is(err, errTried) {
		return nil
	}
	return fmt.Errorf("no line can be written into the log: %w", err)
}
