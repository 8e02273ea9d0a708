package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"

	"nysreferral/audit"
	"nysreferral/ent"
	"nysreferral/ent/session"
	"nysreferral/ent/user"
	"nysreferral/fault"
	"nysreferral/store"
	"nysreferral/tallies"
	"nysreferral/workflow"
)

// Limits of asking for what is absent or somebody else's, which nobody's work
// needs in such number. Whoever tries references one after the other meets them.
const (
	MissWindow      = 10 * time.Minute
	MissesTold      = 5  // of an account; then whoever runs the system is told
	MissesEnd       = 20 // of an account; then its sessions end, and its tokens wait until the window is over
	MissesOfNetwork = 50 // of all accounts of a network; then whoever runs the system is told
)

const sayMisses = "This account has asked too often for what is not there or not its own. Wait ten minutes, and ask for references that you were given."

// endGuessing is the word of the log for sessions that ended by that.
const endGuessing = "end_guessing"

// Asked is what a request asks for, for Missed: the address of one that reads. What
// a form or a body asks for stands in no address; it is "".
func Asked(r *http.Request) string {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return ""
	}
	return r.URL.Path + "?" + r.URL.RawQuery
}

// missMark stands for what an account asked for where nobody shall read it, another
// for each account. What was asked in no address counts each time.
func (s *Service) missMark(who workflow.Actor, asked string) string {
	if asked == "" {
		return random(8)
	}
	mac := hmac.New(sha256.New, s.marks)
	fmt.Fprintf(mac, "miss\x00%d\x00%s", who.ID, asked) // no address of mail holds a zero
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// Missed counts that who asked for something that is absent or not theirs, see
// Asked: the caller gives the same answer whatever becomes of it. The same thing
// counts once, by its last moment: a program that looks again after what has ended
// is nobody who guesses. The twentieth in ten minutes ends every session of the
// account, and so does each one after it.
func (s *Service) Missed(ctx context.Context, who workflow.Actor, asked, source string) error {
	if s.guessing {
		return nil
	}
	at := s.moment()
	return s.db.Do(ctx, func(tx *ent.Tx) error {
		if err := s.db.Alone(ctx, tx, store.LimitOfAccount, who.ID); err != nil {
			return err
		}
		was, err := tallies.Count(ctx, tx, tallies.Missed, who.ID, at.Add(-MissWindow))
		if err != nil {
			return err
		}
		if err := tallies.Note(ctx, tx, tallies.Missed, who.ID, s.missMark(who, asked), source, at); err != nil {
			return err
		}
		n, err := tallies.Count(ctx, tx, tallies.Missed, who.ID, at.Add(-MissWindow))
		if err != nil {
			return err
		}
		if n >= MissesTold {
			if err := tallies.Note(ctx, tx, tallies.ManyMissed, who.ID, "", source, at); err != nil {
				return err
			}
		}
		if err := s.missedFrom(ctx, tx, source, at); err != nil {
			return err
		}
		if n < MissesEnd {
			return nil
		}
		return s.endGuesser(ctx, tx, who, was, n, source)
	})
}

// missedFrom looks at all accounts of a network together.
func (s *Service) missedFrom(ctx context.Context, tx *ent.Tx, source string, at time.Time) error {
	if source == "" {
		return nil
	}
	n, err := tallies.CountFrom(ctx, tx, tallies.Missed, source, at.Add(-MissWindow))
	if err != nil || n < MissesOfNetwork {
		return err
	}
	return tallies.Note(ctx, tx, tallies.ManyMissed, 0, source, source, at)
}

// endGuesser ends the sessions of who. It is one line where one ended, or where
// the limit is reached: a program that goes on fills no log.
func (s *Service) endGuesser(ctx context.Context, tx *ent.Tx, who workflow.Actor, was, misses int, source string) error {
	ended, err := tx.Session.Delete().Where(session.UserID(who.ID)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("auth: ending the sessions of who guesses: %w", err)
	}
	if ended == 0 && was >= MissesEnd {
		return nil
	}
	return audit.Add(ctx, tx, audit.Line{At: s.now(), Actor: who.ID, Duty: string(who.Duty), Agency: who.Agency, Action: endGuessing, Outcome: audit.Done,
		Reason: fmt.Sprintf("%d misses in %d minutes", misses, int(MissWindow.Minutes())), Source: source})
}

// Guesses refuses with fault.TooMany a program whose account has guessed so often
// that its sessions were ended: it has none. What it asks for is not looked at.
func (s *Service) Guesses(ctx context.Context, who workflow.Actor) error {
	if s.guessing {
		return nil
	}
	n, err := tallies.Misses(ctx, s.db, who.ID, s.moment().Add(-MissWindow))
	if err != nil {
		return err
	}
	if n >= MissesEnd {
		return fault.New(fault.TooMany, sayMisses)
	}
	return nil
}

// LockedLately is how many accounts locked within the last hour after wrong
// passwords or codes.
func LockedLately(ctx context.Context, db *store.DB, now time.Time) (int, error) {
	n, err := db.Read().User.Query().Where(user.LockedUntilGT(now.Add(LockedFor-time.Hour)), user.FailuresSinceGT(now.Add(-Window-time.Hour))).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("auth: counting locked accounts: %w", err)
	}
	return n, nil
}

// Forget takes away what was counted a day ago or earlier, here and by others.
func (s *Service) Forget(ctx context.Context) error {
	_, err := tallies.Sweep(ctx, s.db, s.moment())
	return err
}
