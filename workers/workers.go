// Package workers is the other edge: work that is done after the commit that
// asked for it. A worker is shaped like a handler: it asks the door, draws or
// sends, and decides nothing. A job may run twice; each worker makes that
// harmless.
package workers

import (
	"context"
	"errors"
	"fmt"

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
	Mail      Sender // nil: no mail server is set, and mails are passed over
	Draw      func(ctx context.Context, p referrals.Paper) ([]byte, error)
}

// New returns the workers of every kind of job.
func New(d Deps) (*jobs.Workers, error) {
	w := jobs.NewWorkers()
	err := errors.Join(jobs.Handle(w, d.mail), jobs.Handle(w, d.drawPacket), jobs.Handle(w, d.Referrals.Find), jobs.Handle(w, d.Referrals.Sweep))
	if err != nil {
		return nil, fmt.Errorf("workers: %w", err)
	}
	return w, nil
}

// mail tells accounts that something waits. An address that cannot be sent to
// does not keep the others from being told; the job is tried again.
func (d Deps) mail(ctx context.Context, job referrals.Mail) error {
	if d.Mail == nil {
		return nil
	}
	to, err := d.Referrals.Addresses(ctx, job)
	if err != nil {
		return err
	}
	var errs []error
	for _, address := range to {
		if err := d.Mail.Send(ctx, address, mail.Waiting, job.ID); err != nil {
			errs = append(errs, fmt.Errorf("workers: mail %s: %w", job.What, err))
		}
	}
	return errors.Join(errs...)
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
