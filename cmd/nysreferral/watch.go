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
	seen map[string]int       // in how many looks in a row a check failed
	told map[string]time.Time // when it was told
}

// keepWatch looks each minute whether the log can be written, grows and gets
// outside, whether there are backups and room, whether the clock holds and the
// jobs run, and tells who runs the system of what failed twice.
func (p *program) keepWatch(ctx context.Context) {
	if kind, err := p.registry.Folder(ctx); err == nil && kind == registry.Demo {
		return // its clock is its own, and nobody waits
	}
	w := lookout{map[string]int{}, map[string]time.Time{}}
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
	x := &examination{ctx: ctx, s: p.settings, now: now, ring: p.ring, db: p.db}
	for _, l := range x.looks() {
		if l.watched {
			l.do()
		}
	}
	if err := p.logTakes(ctx); err != nil {
		x.failed("log", err, "Nothing is shown that cannot be logged. Look at the database and the disk.")
	}
	if ctx.Err() != nil {
		return nil // what failed, failed because the server ends
	}
	bad := map[string]string{}
	for _, f := range x.list {
		if f.level == broken && bad[f.check] == "" {
			bad[f.check] = f.is
		}
	}
	tell := false
	for check := range w.seen {
		if bad[check] == "" {
			delete(w.seen, check)
			delete(w.told, check)
		}
	}
	for check, is := range bad {
		if w.seen[check]++; w.seen[check] < 2 || now.Sub(w.told[check]) < tellAgain {
			continue
		}
		w.told[check], tell = now, true
		p.log.Error("the system needs attention: run nysreferral doctor", "check", check, "is", is)
	}
	if !tell {
		return nil
	}
	return p.alarm(ctx, now)
}

// alarm mails those who run the system that it needs them.
func (p *program) alarm(ctx context.Context, now time.Time) error {
	if len(p.settings.Alert.Mail) == 0 {
		return nil
	}
	sender, err := p.mailer()
	if err != nil || sender == nil {
		return err
	}
	var errs []error
	for _, to := range p.settings.Alert.Mail {
		errs = append(errs, sender.Send(ctx, to, mail.Alarm, now.UTC().Format(time.RFC3339)))
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
		return errTried
	})
	if errors.Is(err, errTried) {
		return nil
	}
	return fmt.Errorf("no line can be written into the log: %w", err)
}
