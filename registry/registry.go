// Package registry is the one door through which agencies, accounts, the
// directory's lines, the folder's settings and, for an auditor, the log are
// read or changed. Every method asks the table Powers what the actor may do,
// and commits the rows and the audit line together or not at all; a refusal is
// a line of its own. Nobody here sees a person: no method opens a referral,
// and none gives an account a duty that reads referrals to those who run the
// program. The package draws nothing, sends nothing and knows no HTTP; what is
// to be done once a contact point is verified, it is told (OnVerified).
package registry

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"nysreferral/audit"
	"nysreferral/auth"
	"nysreferral/calendar"
	"nysreferral/ent"
	"nysreferral/fault"
	"nysreferral/seal"
	"nysreferral/store"
	"nysreferral/workflow"
)

// Service is the door. All fields but those that begin with On are needed.
type Service struct {
	DB   *store.DB
	Auth *auth.Service
	Ring *seal.Ring       // whose checkpoints VerifyNow believes
	Now  func() time.Time // moments are kept in UTC and whole microseconds

	// OnVerified is called in the transaction that verifies a contact point,
	// for what waited for it. An error undoes the verification. It may run
	// again when the transaction gives way, so it changes nothing but rows.
	OnVerified func(ctx context.Context, tx *ent.Tx, contact *ent.ContactPoint) error

	// OnAsked is called in the transaction in which OTDA first asks to have a
	// contact point verified. An error undoes the question.
	OnAsked func(ctx context.Context, tx *ent.Tx) error

	// OnHolidays is called after a list of holidays was saved, so that it counts
	// at once. The list is kept also where it returns an error.
	OnHolidays func(ctx context.Context) error
}

// Problem is one refused answer of a page: the field and what to do.
type Problem struct {
	Field string
	Say   string
}

// Problems are all that stands against saving a page. Nothing was saved.
type Problems []Problem

// Error lists the problems, one on a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.Field + ": " + one.Say
	}
	return strings.Join(lines, "\n")
}

// add notes a problem.
func (p *Problems) add(field, say string) { *p = append(*p, Problem{field, say}) }

// err is the problems as an error, nil when there is none.
func (p Problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// today is the day in New York, written 2026-11-03.
func (s *Service) today() string { return calendar.DateOf(s.now()).String() }

// work is what one act does in its unit of work. It may name in the line what
// it touched or showed. It may run again: it sets results and adds to none.
type work func(tx *ent.Tx, l *audit.Line) error

// do runs fn as act of who, if Powers let who do it.
func (s *Service) do(ctx context.Context, who workflow.Actor, act Act, fn work) error {
	if refusal := may(who, act); refusal != nil {
		return s.refuse(ctx, who, act, refusal)
	}
	return s.run(ctx, who, act, fn)
}

// run runs fn as one unit of work that ends with its audit line.
func (s *Service) run(ctx context.Context, who workflow.Actor, act Act, fn work) error {
	err := s.DB.Do(ctx, func(tx *ent.Tx) error {
		l := s.line(who, act)
		if err := fn(tx, &l); err != nil {
			return err
		}
		return audit.Add(ctx, tx, l)
	})
	var refusal *fault.Error
	if errors.As(err, &refusal) && refusal.Kind != fault.Internal {
		return s.refuse(ctx, who, act, refusal)
	}
	return err
}

// refuse keeps a line about a refusal and returns it. A refusal that cannot be
// kept is our own failure.
func (s *Service) refuse(ctx context.Context, who workflow.Actor, act Act, refusal *fault.Error) error {
	err := s.DB.Do(ctx, func(tx *ent.Tx) error {
		l := s.line(who, act)
		l.Outcome, l.Reason = audit.Refused, refusal.Say
		return audit.Add(ctx, tx, l)
	})
	if err != nil {
		return fmt.Errorf("registry: keeping a refusal: %w", err)
	}
	return refusal
}

// line begins the audit line of an act.
func (s *Service) line(who workflow.Actor, act Act) audit.Line {
	return audit.Line{At: s.now(), Actor: who.ID, Duty: string(who.Duty), Agency: who.Agency,
		Action: string(act), Outcome: audit.Done, Rule: powerOf(act).Law}
}

// stale is the refusal of a save that was made from an old page.
func stale(thing string) *fault.Error {
	return fault.New(fault.Conflict, "Somebody else changed "+thing+" after you opened it. Nothing of yours was saved. Look at it again, then decide.")
}

// most is how long a text of a page may be, in characters.
const most = 200

// plain tidies a text that somebody typed and says what is wrong with it.
func plain(text string, must bool, what string) (tidy, wrong string) {
	tidy = strings.Join(strings.Fields(text), " ")
	switch {
	case tidy == "" && must:
		return "", "Enter " + what + "."
	case !utf8.ValidString(tidy) || strings.ContainsFunc(tidy, hidden):
		return tidy, "Type this again without special characters: it holds some that are not shown."
	case utf8.RuneCountInString(tidy) > most:
		return tidy, fmt.Sprintf("Use at most %d characters.", most)
	}
	return tidy, ""
}

// hidden says whether a character is not shown as it is stored.
func hidden(r rune) bool { return !unicode.IsPrint(r) }
