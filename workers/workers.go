// Package workers is the other edge: work that is done after the commit that
// asked for it. A worker is shaped like a handler: it asks the door, draws or
// sends, and decides nothing. A job may run twice; each worker makes that
// harmless.
package workers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"nysreferral/auth"
	"nysreferral/jobs"
	"nysreferral/mail"
	"nysreferral/referrals"
)

// Sender sends one mail without content; id is the same when a job runs again.
type Sender interface {
	Send(ctx context.Context, to string, kind mail.Kind, id string) error
}

// Deps is what the workers stand on.
type Deps struct {
	Referrals *referrals.Service
	Auth      *auth.Service // nil: nobody is told that an account changed
	Mail      Sender        // nil: no mail server is set, and mails are passed over
	Draw      func(ctx context.Context, p referrals.Paper) ([]byte, error)
}

// New returns the workers of every kind of job.
func New(d Deps) (*jobs.Workers, error) {
	w := jobs.NewWorkers()
	err := errors.Join(jobs.Handle(w, d.mail), jobs.Handle(w, d.notice), jobs.Handle(w, d.drawPacket), jobs.Handle(w, d.drawLetter), jobs.Handle(w, d.climb), jobs.Handle(w, d.sweep),
		jobs.Handle(w, d.upkeep), jobs.Handle(w, d.endDrafts), jobs.Handle(w, d.Referrals.Dispose),
		jobs.Handle(w, d.Referrals.Find), jobs.Handle(w, d.Referrals.SweepPairs),
		jobs.Handle(w, d.Referrals.Scan), jobs.Handle(w, d.Referrals.DropBlobs), jobs.Handle(w, d.scanHeld), jobs.Handle(w, d.sweepFiles))
	if err != nil {
		return nil, fmt.Errorf("workers: %w", err)
	}
	return w, nil
}

// mail tells accounts that something waits, or changed. An address that cannot be sent to
// does not keep the others from being told; the job is tried again.
func (d Deps) mail(ctx context.Context, job referrals.Mail) error {
	if d.Mail == nil {
		return nil
	}
	to, err := d.Referrals.Addresses(ctx, job)
	if err != nil {
		return err
	}
	kind := mail.Waiting
	switch {
	case job.Late():
		kind = mail.Due
	case job.Stops():
		kind = mail.Ended
	case job.What == referrals.MailChanged:
		kind = mail.Changed
	}
	var errs []error
	for _, address := range to {
		if err := d.Mail.Send(ctx, address, kind, job.ID); err != nil {
			errs = append(errs, fmt.Errorf("workers: mail %s: %w", job.What, err))
		}
	}
	return errors.Join(errs...)
}

// notice tells people that an account changed, or that one waits for them.
func (d Deps) notice(ctx context.Context, job auth.Notice) error {
	if d.Mail == nil || d.Auth == nil {
		return nil
	}
	to, err := d.Auth.Addresses(ctx, job)
	if err != nil {
		return err
	}
	kind := mail.Account
	if job.Invited {
		kind = mail.Invited
	}
	var errs []error
	for _, address := range to {
		if err := d.Mail.Send(ctx, address, kind, job.ID); err != nil {
			errs = append(errs, fmt.Errorf("workers: mail about an account: %w", err))
		}
	}
	return errors.Join(errs...)
}

// drawLetter draws a letter that was signed, or that goes out by itself, and has it kept, sealed.
func (d Deps) drawLetter(ctx context.Context, job referrals.DrawLetter) error {
	paper, ok, err := d.Referrals.LetterToDraw(ctx, job)
	if err != nil || !ok {
		return err
	}
	pdf, err := d.Draw(ctx, paper)
	if err != nil {
		return fmt.Errorf("workers: drawing a letter: %w", err)
	}
	if _, err := d.Referrals.KeepPaper(ctx, paper, pdf); err != nil {
		return fmt.Errorf("workers: keeping a letter: %w", err)
	}
	return nil
}

// drawPacket draws the packet of a hand-over and has it kept, sealed.
func (d Deps) drawPacket(ctx context.Context, job referrals.DrawPacket) error {
	paper, ok, err := d.Referrals.PacketToDraw(ctx, job)
	if err != nil || !ok {
		return err
	}
	pdf, err := d.Draw(ctx, paper)
	if err != nil {
		return fmt.Errorf("workers: drawing a packet: %w", err)
	}
	if _, err := d.Referrals.KeepPaper(ctx, paper, pdf); err != nil {
		return fmt.Errorf("workers: keeping a packet: %w", err)
	}
	return nil
}

// climb does what is to happen by itself by now.
func (d Deps) climb(ctx context.Context, _ referrals.Ladder) error {
	if _, err := d.Referrals.Climb(ctx); err != nil {
		return fmt.Errorf("workers: the ladder: %w", err)
	}
	return nil
}

// sweep looks for people who have nothing next. There should be none, so it is
// told when there is.
func (d Deps) sweep(ctx context.Context, _ referrals.Sweep) error {
	n, err := d.Referrals.Mend(ctx)
	if n > 0 {
		slog.WarnContext(ctx, "confirmed referrals had no next date and were given one", "referrals", n)
	}
	if err != nil {
		return fmt.Errorf("workers: the sweep: %w", err)
	}
	return nil
}

// scanHeld has files scanned that waited for a scanner. That none answers is told,
// and tried again a minute later.
func (d Deps) scanHeld(ctx context.Context, _ referrals.ScanHeld) error {
	if _, err := d.Referrals.ScanHeld(ctx); err != nil {
		slog.WarnContext(ctx, "files wait on for the virus scanner", "error", err.Error())
	}
	return nil
}

// sweepFiles takes away stored bytes of which no row knows.
func (d Deps) sweepFiles(ctx context.Context, _ referrals.SweepFiles) error {
	n, err := d.Referrals.SweepFiles(ctx, time.Now())
	if n > 0 {
		slog.InfoContext(ctx, "stored files of which no row knew were taken away", "files", n)
	}
	if err != nil {
		return fmt.Errorf("workers: sweeping files: %w", err)
	}
	return nil
}

// endDrafts warns of drafts that are kept no longer soon, and destroys those
// whose time is over; and it goes on with batches that two persons had destroyed
// and that are not done.
func (d Deps) endDrafts(ctx context.Context, _ referrals.EndDrafts) error {
	_, _, err := d.Referrals.EndDrafts(ctx)
	if err := errors.Join(err, d.Referrals.ResumeDisposals(ctx)); err != nil {
		return fmt.Errorf("workers: ending what is over: %w", err)
	}
	return nil
}

// upkeep switches off accounts that nobody uses, and forgets sessions that are
// over and what counts against no limit any more.
func (d Deps) upkeep(ctx context.Context, _ auth.Upkeep) error {
	if d.Auth == nil {
		return nil
	}
	if _, err := d.Auth.Retire(ctx); err != nil {
		return fmt.Errorf("workers: unused accounts: %w", err)
	}
	if _, err := d.Auth.Sweep(ctx); err != nil {
		return fmt.Errorf("workers: sessions: %w", err)
	}
	if err := d.Auth.Forget(ctx); err != nil {
		return fmt.Errorf("workers: what was counted: %w", err)
	}
	return nil
}

// Periodic is the work that is done again and again.
func Periodic() []jobs.Periodic {
	return []jobs.Periodic{{Every: time.Minute, Work: referrals.Ladder{}}, {Every: time.Hour, Work: referrals.Sweep{}}, {Every: time.Hour, Work: referrals.EndDrafts{}},
		{Every: 24 * time.Hour, Work: referrals.SweepPairs{}}, {Every: 24 * time.Hour, Work: auth.Upkeep{}},
		{Every: time.Minute, Work: referrals.ScanHeld{}}, {Every: time.Hour, Work: referrals.SweepFiles{}}}
}
