package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strconv"
	"sync/atomic"
	"time"

	"nysreferral/audit"
	"nysreferral/config"
	"nysreferral/seal"
	"nysreferral/store"
)

// rolledBack is what to do where the log does not go on from what lies outside.
const rolledBack = "Let nobody work with this database and keep it as it is: lines of the log are gone, or were rewritten. Tell the auditor, and run nysreferral audit verify --anchors. " +
	"Where a backup was put back on purpose, the auditor keeps the old file as the proof of what was before, anchor-file names a new one, and nysreferral audit anchor --begin begins it."

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
	db    *store.DB
	out   outside
	send  func(ctx context.Context, to, head, id string) error // nil: no mail server is set
	log   *slog.Logger
	now   func() time.Time
	file  given
	mail  given
	found atomic.Pointer[audit.Finding] // what the last look found wrong; nil where nothing is
}

// ErrRolledBack says that the log of this database is not the one of which a head
// lies outside.
var ErrRolledBack = errors.New("the log does not go on from the head of it that lies outside")

// ErrAnchorsGone says that the file of anchors is not there or holds nothing,
// though this log gave heads to it.
var ErrAnchorsGone = errors.New("the file of anchors is not there, or is empty, and this log gave heads to it before. Look whether its folder is mounted. " +
	"Where anchor-file names a new one on purpose, keep the old one and run: nysreferral audit anchor --begin")

// anchoring makes what gives heads away, and refuses a log that does not go on
// from what was given. It writes nothing.
func (p *program) anchoring(ctx context.Context) (*anchoring, error) {
	_, verifier, err := audit.Keys(p.ring)
	if err != nil {
		return nil, err
	}
	a := &anchoring{Anchor: p.settings.Anchor, db: p.db, out: outside{file: p.settings.Anchor.File, verifier: verifier}, log: p.log, now: time.Now}
	if len(a.Mail) > 0 && p.settings.SMTP.Addr != "" {
		sender, err := p.mailer()
		if err != nil {
			return nil, err
		}
		a.send = sender.SendHead
		if a.mail.at, err = audit.AnchorMailed(ctx, p.db); err != nil {
			return nil, err
		}
		if a.mail.at.After(a.now()) {
			a.mail.at = time.Time{} // nobody keeps mails back by writing a later moment
		}
	}
	if _, err := a.check(ctx); err != nil {
		return nil, err
	}
	a.file = given{a.out.says.Size, a.out.says.At}
	return a, nil
}

// openOutside holds the log against its heads outside, once.
func (p *program) openOutside(ctx context.Context) (err error) {
	if p.outside == nil {
		p.outside, err = p.anchoring(ctx)
	}
	return err
}

// check holds the log against all that was given, and says whether the next head
// begins the file: only where this log never gave one.
func (a *anchoring) check(ctx context.Context) (begin bool, err error) {
	found, err := a.out.held(ctx, a.db)
	gone := errors.Is(err, fs.ErrNotExist)
	if err != nil && !gone {
		return false, err
	}
	a.found.Store(found)
	if found != nil {
		return false, fmt.Errorf("%w: %s. %s", ErrRolledBack, found.What, rolledBack)
	}
	if a.File == "" || !gone && a.out.last != nil {
		return false, nil
	}
	begun, err := audit.AnchorsBegun(ctx, a.db)
	if err != nil {
		return false, err
	}
	if begun || a.out.last != nil {
		return false, ErrAnchorsGone
	}
	return true, nil
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

// look gives the newest head to each place that is due. Where the log does not go
// on from what was given, no place gets any: a head of another log would cover
// what is gone.
func (a *anchoring) look(ctx context.Context) error {
	head, size, err := a.newest(ctx)
	if err != nil {
		return err
	}
	begin, err := a.check(ctx)
	if errors.Is(err, ErrRolledBack) || size == 0 {
		return err
	}
	now, errs := a.now(), []error{err}
	if a.File != "" && err == nil && a.file.due(size, now, a.Every, anchorLines) {
		errs = append(errs, a.append(ctx, head, size, begin))
	}
	if a.send != nil && a.mail.due(size, now, a.MailEvery, 0) {
		errs = append(errs, a.post(ctx, head, size))
	}
	return errors.Join(errs...)
}

// append adds a head to the file, and keeps that there is one.
func (a *anchoring) append(ctx context.Context, head string, size int64, begin bool) error {
	if err := appendAnchor(a.File, head, begin); err != nil {
		return err
	}
	a.file = given{size, a.now()}
	a.gave(head)
	return audit.BeginAnchors(ctx, a.db, a.now())
}

// post mails a head, and keeps when.
func (a *anchoring) post(ctx context.Context, head string, size int64) error {
	var failed []error
	for _, to := range a.Mail {
		failed = append(failed, a.send(ctx, to, head, strconv.FormatInt(size, 10)))
	}
	if err := errors.Join(failed...); err != nil {
		return err
	}
	a.mail = given{size, a.now()}
	a.gave(head)
	return audit.SetAnchorMailed(ctx, a.db, a.now())
}

// gave keeps what was given last: the log goes on from it, or it is another one.
func (a *anchoring) gave(head string) {
	if says, err := audit.ParseCheckpoint([]byte(head), a.out.verifier); err == nil {
		a.out.keep([]byte(head), says)
	}
}

// last gives the file the head over everything, when a server ends. That it could
// not does not keep a server from ending well.
func (a *anchoring) last(ctx context.Context) {
	if a.File == "" {
		return
	}
	head, size, err := a.newest(ctx)
	begin := false
	if err == nil {
		begin, err = a.check(ctx)
	}
	if err == nil && size > a.file.size {
		err = a.append(ctx, head, size, begin)
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
	says, err := audit.ParseCheckpoint([]byte(head), a.out.verifier)
	return head, says.Size, err
}

type auditAnchor struct {
	config.Settings
	Begin bool `help:"Begin a new file of anchors where this log gave heads to another one before, which the auditor keeps."`
}

// Run prints the newest head, for paper or another place, and appends it to the
// file that the settings name.
func (c *auditAnchor) Run(e *env) error {
	return reading(e, c.Settings, func(db *store.DB, ring *seal.Ring) error {
		_, verifier, err := audit.Keys(ring)
		if err != nil {
			return err
		}
		a := &anchoring{Anchor: c.Anchor, db: db, out: outside{file: c.Anchor.File, verifier: verifier}}
		head, size, err := a.newest(e.ctx)
		if err != nil {
			return err
		}
		if size == 0 {
			return audit.ErrEmpty
		}
		if a.File != "" {
			if err := c.append(e, a, head); err != nil {
				return err
			}
		}
		fmt.Fprint(e.out, head)
		return nil
	})
}

func (c *auditAnchor) append(e *env, a *anchoring, head string) error {
	begin, err := a.check(e.ctx)
	if c.Begin && errors.Is(err, ErrAnchorsGone) {
		begin, err = true, nil
	}
	if err != nil {
		return err
	}
	if err := appendAnchor(a.File, head, begin); err != nil {
		return err
	}
	if begun, err := audit.AnchorsBegun(e.ctx, a.db); begun || err != nil {
		return err
	}
	url, err := urlOf(c.Settings)
	if err != nil {
		return err
	}
	db, err := store.Open(e.ctx, url) // the other one only reads
	if err != nil {
		return err
	}
	return errors.Join(audit.BeginAnchors(e.ctx, db, time.Now()), db.Close())
}
