package referrals

import (
	"context"
	"crypto/rand"
	"fmt"

	"nysreferral/ent"
	"nysreferral/ent/predicate"
	"nysreferral/ent/user"
	"nysreferral/jobs"
	"nysreferral/workflow"
)

// Mail is the job of telling accounts that something waits: one account, all
// of a duty, or the recipients of an agency. It names no referral.
type Mail struct {
	ID     string        `json:"id"` // the same when the job runs again
	User   int           `json:"user,omitempty"`
	Duty   workflow.Duty `json:"duty,omitempty"`
	Agency int           `json:"agency,omitempty"`
	What   string        `json:"what"` // received, waiting, changed, packet, stop, or due
}

// MailChanged is a mail that says that something changed, and no more.
const MailChanged = "changed"

// mailDue is what a mail is about that says: soon, or late.
const mailDue = "due"

// mailStop is what a mail is about that says: a hand-over has ended for its
// recipient.
const mailStop = "stop"

// Stops reports whether the mail is about what the receiver must no longer act
// on.
func (m Mail) Stops() bool { return m.What == mailStop }

// Late reports whether the mail is about what is due soon, or overdue.
func (m Mail) Late() bool { return m.What == mailDue }

// Kind names the job.
func (Mail) Kind() string { return "mail" }

// Outside says that it waits for the mail server.
func (Mail) Outside() {}

// Urgent says that a mail goes before others and before scans when it is about
// what must stop, or is late.
func (m Mail) Urgent() bool { return m.Stops() || m.Late() }

// DrawPacket is the job of drawing the packet of hand-over N.
type DrawPacket struct {
	Ref string `json:"ref"`
	N   int    `json:"n"`
}

// Kind names the job.
func (DrawPacket) Kind() string { return "draw_packet" }

// later queues work in tx, to be done after the commit.
func (s *Service) later(ctx context.Context, tx *ent.Tx, work ...jobs.Args) error {
	for i, w := range work {
		if m, ok := w.(Mail); ok {
			m.ID = rand.Text()
			work[i] = m
		}
	}
	if err := jobs.Add(ctx, tx, s.DB.Dialect(), work...); err != nil {
		return fmt.Errorf("referrals: %w", err)
	}
	return nil
}

// Addresses returns the work addresses that the mail goes to: accounts that
// are not disabled, of agencies that are active.
func (s *Service) Addresses(ctx context.Context, m Mail) ([]string, error) {
	var who predicate.User
	switch {
	case m.User != 0:
		who = user.ID(m.User)
	case m.Agency != 0:
		who = user.And(user.AgencyID(m.Agency), receivers())
	case m.Duty != "":
		who = user.Duty(string(m.Duty))
	default:
		return nil, nil
	}
	users, err := s.DB.Read().User.Query().Where(who, inUse()).
		Order(ent.Asc(user.FieldID)).Limit(200).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading addresses: %w", err)
	}
	out := make([]string, len(users))
	for i, u := range users {
		out[i] = u.Email
	}
	return out, nil
}
