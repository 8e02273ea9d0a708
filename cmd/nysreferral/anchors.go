package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strconv"
	"time"

	"golang.org/x/mod/sumdb/note"

	"nysreferral/audit"
	"nysreferral/config"
	"nysreferral/seal"
	"nysreferral/store"
)

// rolledBack is what to do where the log does not go on from what lies outside.
const rolledBack = "Let nobody work with this database and keep it as it is: lines of the log are gone, or were rewritten. Tell the auditor, and run nysreferral audit verify --anchors. " +
	"Where a backup was put back on purpose, the auditor keeps the old file as the proof of what was before, and anchor-file names a new one."

// fromOutside says whether the log goes on from the newest head in a file outside, and
// what that head says. A file that is not there yet holds none; a head that the
// log's key did not sign is none.
func fromOutside(ctx context.Context, db *store.DB, verifier note.Verifier, file string) (*audit.Finding, audit.Checkpoint, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, audit.Checkpoint{}, nil
	}
	if err != nil {
		return nil, audit.Checkpoint{}, fmt.Errorf("reading the file of anchors: %w", err)
	}
	last, says := audit.LastAnchor(text, verifier)
	if last == nil {
		if len(audit.Anchors(text)) > 0 {
			return &audit.Finding{What: audit.NotKept, From: -1, To: -1}, says, nil
		}
		return nil, says, nil
	}
	found, err := audit.Continues(ctx, db, verifier, last)
	return found, says, err
}

// appendAnchor adds a head to a file, and returns when it is on the disk. It only
// adds, so that the file may be one that nobody can change.
func appendAnchor(file, head string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("opening the file of anchors: %w", err)
	}
	_, err = f.WriteString("\n" + head)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("writing the file of anchors: %w", err)
	}
	return nil
}

// anchorLines is after how many lines a head goes into the file at the next look,
// however short the time since the last.
const anchorLines = 100

// given is what one place was given last.
type given struct {
	size int64
	at   time.Time
}

// due says whether a place gets a head of that size now.
func (g given) due(size int64, now time.Time, every time.Duration, lines int64) bool {
	return size > g.size && (now.Sub(g.at) >= every || lines > 0 && size-g.size >= lines)
}

// anchoring gives signed heads of the log to places outside.
type anchoring struct {
	config.Anchor
	db       *store.DB
	verifier note.Verifier
	send     func(ctx context.Context, to, head, id string) error // nil: no mail server is set
	log      *slog.Logger
	now      func() time.Time
	file     given
	mail     given
}

// ErrRolledBack says that the log of this database is not the one of which a head
// lies outside.
var ErrRolledBack = errors.New("the log does not go on from the head of it that lies outside")

// anchoring makes what gives heads away, and refuses a log that does not go on
// from what was given.
func (p *program) anchoring(ctx context.Context) (*anchoring, error) {
	a := &anchoring{Anchor: p.settings.Anchor, db: p.db, log: p.log, now: time.Now}
	var err error
	if _, a.verifier, err = audit.Keys(p.ring); err != nil {
		return nil, err
	}
	if len(a.Mail) > 0 && p.settings.SMTP.Addr != "" {
		sender, err := p.mailer()
		if err != nil {
			return nil, err
		}
		a.send = sender.SendHead
	}
	if a.File == "" {
		return a, nil
	}
	found, says, err := fromOutside(ctx, p.db, a.verifier, a.File)
	if err != nil {
		return nil, err
	}
	if found != nil {
		return nil, fmt.Errorf("%w: %s. %s", ErrRolledBack, found.What, rolledBack)
	}
	a.file = given{says.Size, says.At}
	return a, nil
}

// keep gives heads away until ctx ends.
func (a *anchoring) keep(ctx context.Context) {
	if a.File == "" && a.send == nil {
		return
	}
	for {
		if err := a.look(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("a signed head of the log did not get outside; it is tried again in a minute", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Minute):
		}
	}
}

// look gives the newest head to each place that is due.
func (a *anchoring) look(ctx context.Context) error {
	head, size, err := a.newest(ctx)
	if err != nil || size == 0 {
		return err
	}
	now, errs := a.now(), []error(nil)
	if a.File != "" && a.file.due(size, now, a.Every, anchorLines) {
		if err := appendAnchor(a.File, head); err != nil {
			errs = append(errs, err)
		} else {
			a.file = given{size, now}
		}
	}
	if a.send != nil && a.mail.due(size, now, a.MailEvery, 0) {
		var failed []error
		for _, to := range a.Mail {
			failed = append(failed, a.send(ctx, to, head, strconv.FormatInt(size, 10)))
		}
		if err := errors.Join(failed...); err != nil {
			errs = append(errs, err)
		} else {
			a.mail = given{size, now}
		}
	}
	return errors.Join(errs...)
}

// last gives the file the head over everything, when a server ends. That it could
// not does not keep a server from ending well.
func (a *anchoring) last(ctx context.Context) {
	if a.File == "" {
		return
	}
	head, size, err := a.newest(ctx)
	if err == nil && size > a.file.size {
		if err = appendAnchor(a.File, head); err == nil {
			a.file = given{size, a.now()}
		}
	}
	if err != nil {
		a.log.Error("the last head of the log did not get outside", "err", err)
	}
}

// newest is the newest head and how many lines it is over; 0 where there is none.
func (a *anchoring) newest(ctx context.Context) (string, int64, error) {
	head, err := audit.Latest(ctx, a.db)
	if errors.Is(err, audit.ErrEmpty) {
		return "", 0, nil
	}
	if err != nil {
		return "", 0, err
	}
	says, err := audit.ParseCheckpoint([]byte(head), a.verifier)
	return head, says.Size, err
}

type auditAnchor struct{ config.Settings }

// Run prints the newest head, for paper or another place, and appends it to the
// file that the settings name.
func (c *auditAnchor) Run(e *env) error {
	return reading(e, c.Settings, func(db *store.DB, ring *seal.Ring) error {
		_, verifier, err := audit.Keys(ring)
		if err != nil {
			return err
		}
		a := &anchoring{Anchor: c.Anchor, db: db, verifier: verifier}
		head, size, err := a.newest(e.ctx)
		if err != nil {
			return err
		}
		if size == 0 {
			return audit.ErrEmpty
		}
		if a.File != "" {
			found, _, err := fromOutside(e.ctx, db, verifier, a.File)
			if err != nil {
				return err
			}
			if found != nil {
				return fmt.Errorf("%w: %s. %s", ErrRolledBack, found.What, rolledBack)
			}
			if err := appendAnchor(a.File, head); err != nil {
				return err
			}
		}
		fmt.Fprint(e.out, head)
		return nil
	})
}
