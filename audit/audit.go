// Package audit keeps the log of who did and read what. Add writes a line in
// the transaction of what the line is about: no line, no data. A Gather adds the
// lines of those who only read, and of nothing else, several in one commit,
// before anything is shown. A Tree takes
// committed lines into a Merkle tree and signs its heads, so that an auditor
// who keeps one checkpoint can prove later that no line was changed, removed,
// added in between or put in another order; Verify, Prove and Export are for
// that auditor. A line holds opaque ids and words of the rules, never what a
// person told. The package does not decide what is recorded, and cannot tell a
// true line from a false one that somebody with the database's password
// appended.
package audit

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"nysreferral/ent"
	"nysreferral/store"
)

// Words for Line.Outcome.
const (
	Done    = "done"    // it was done, or shown
	Refused = "refused" // a rule did not allow it
	Failed  = "failed"  // it was tried and did not succeed
)

// Line is one line of the log.
type Line struct {
	At       time.Time // when; kept in UTC and whole microseconds; never zero
	Actor    int       // the account; 0 when nobody is signed in
	Duty     string    // of the account, as it then was
	Agency   int       // of the account; 0 for none
	Action   string    // what was done or tried; never empty
	Outcome  string    // Done, Refused, Failed, or a word of the action's own
	Refs     []string  // references or other opaque ids that it touched or showed
	Handover int       // number of the hand-over within the referral; 0 is the referral itself
	Fields   []string  // ids of form fields that it touched or showed
	Reason   string    // a code, or words that the rules hold; never what somebody told
	Rule     string    // the rule or law it stands on
	Source   string    // where the request came from, as far as policy keeps it
}

// Limits of one line. A line that does not keep them is refused: it would be
// a defect of the program, or an attempt to write a false line.
const (
	maxWord   = 100  // characters of Action, Outcome, Duty, Source, each ref and each field
	maxReason = 500  // characters of Reason and of Rule
	maxRefs   = 5000 // one line a response, with all ids that it showed
	maxFields = 500
)

// ErrLine says that a line cannot be kept as it is.
var ErrLine = errors.New("audit: this line cannot be kept")

// Add writes l in the transaction tx. Call it last, and give up what the line
// is about when it fails. It returns ErrLine in the chain for a line without
// time or action, beyond a limit, or with characters that do not print.
func Add(ctx context.Context, tx *ent.Tx, l Line) error {
	if err := l.check(); err != nil {
		return err
	}
	if _, err := l.row(tx.Client()).Save(store.Unread(ctx)); err != nil {
		return fmt.Errorf("audit: adding a line: %w", err)
	}
	return nil
}

// row is l as it is stored.
func (l Line) row(c *ent.Client) *ent.AuditEntryCreate {
	add := c.AuditEntry.Create().SetAt(l.At.UTC().Truncate(time.Microsecond)).
		SetActor(l.Actor).SetDuty(l.Duty).SetAgency(l.Agency).SetAction(l.Action).SetOutcome(l.Outcome).
		SetHandover(l.Handover).SetReason(l.Reason).SetRule(l.Rule).SetSource(l.Source)
	if len(l.Refs) > 0 {
		add.SetRefs(l.Refs)
	}
	if len(l.Fields) > 0 {
		add.SetFields(l.Fields)
	}
	return add
}

func (l Line) check() error {
	if l.At.IsZero() || l.Action == "" {
		return fmt.Errorf("%w: it has no time or no action", ErrLine)
	}
	if year := l.At.UTC().Year(); year < 1 || year > 9999 {
		return fmt.Errorf("%w: its time is not one", ErrLine)
	}
	if len(l.Refs) > maxRefs || len(l.Fields) > maxFields {
		return fmt.Errorf("%w: too many ids", ErrLine)
	}
	for name, words := range map[string][]string{
		"a word": {l.Action, l.Outcome, l.Duty, l.Source}, "a reference": l.Refs, "a field": l.Fields,
	} {
		for _, w := range words {
			if !printable(w, maxWord) {
				return fmt.Errorf("%w: %s is too long or does not print", ErrLine, name)
			}
		}
	}
	if !printable(l.Reason, maxReason) || !printable(l.Rule, maxReason) {
		return fmt.Errorf("%w: the reason or the rule is too long or does not print", ErrLine)
	}
	return nil
}

// printable refuses line breaks, escapes, invisible characters and those that
// turn the direction of writing: they make a log say what it does not hold.
func printable(s string, most int) bool {
	if utf8.RuneCountInString(s) > most {
		return false
	}
	for _, r := range s { // what is no character comes as utf8.RuneError
		if !unicode.IsPrint(r) || r == utf8.RuneError {
			return false
		}
	}
	return true
}

// text is the canonical form of the line at place n of the tree, which is
// hashed, exported and proved. It is one line of JSON with all keys in this
// order. It never changes: a new column is a new version, for new lines.
func text(n int64, e *ent.AuditEntry) []byte {
	b := make([]byte, 0, 384)
	b = append(b, `{"v":1,"n":`...)
	b = strconv.AppendInt(b, n, 10)
	b = append(b, `,"id":`...)
	b = strconv.AppendInt(b, int64(e.ID), 10)
	b = append(b, `,"at":"`...)
	b = e.At.UTC().AppendFormat(b, "2006-01-02T15:04:05.000000Z")
	b = append(b, `","actor":`...)
	b = strconv.AppendInt(b, int64(e.Actor), 10)
	b = quote(append(b, `,"duty":`...), e.Duty)
	b = append(b, `,"agency":`...)
	b = strconv.AppendInt(b, int64(e.Agency), 10)
	b = quote(append(b, `,"action":`...), e.Action)
	b = quote(append(b, `,"outcome":`...), e.Outcome)
	b = quoteAll(append(b, `,"refs":`...), e.Refs)
	b = append(b, `,"handover":`...)
	b = strconv.AppendInt(b, int64(e.Handover), 10)
	b = quoteAll(append(b, `,"fields":`...), e.Fields)
	b = quote(append(b, `,"reason":`...), e.Reason)
	b = quote(append(b, `,"rule":`...), e.Rule)
	b = quote(append(b, `,"source":`...), e.Source)
	return append(b, '}')
}

func quoteAll(b []byte, words []string) []byte {
	b = append(b, '[')
	for i, w := range words {
		if i > 0 {
			b = append(b, ',')
		}
		b = quote(b, w)
	}
	return append(b, ']')
}

// quote appends s as a JSON string. Lines hold only characters that print; of
// a tampered one, what does not print is written so that it differs from every
// other string and stays on one line.
func quote(b []byte, s string) []byte {
	b = append(b, '"')
	for i, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], string(utf8.RuneError)):
			b = fmt.Appendf(b, `\ufffd%02x`, s[i])
		case r < ' ':
			b = fmt.Appendf(b, `\u%04x`, r)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}
