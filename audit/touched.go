package audit

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/ent/auditleaf"
	"nysreferral/ent/predicate"
	"nysreferral/store"
)

// Span is what is looked for after something went wrong: what one account did,
// or everybody, between two moments. At least one of them is set.
type Span struct {
	Account int       // 0 is everybody, with the system and commands
	From    time.Time // zero: from the beginning
	Until   time.Time // not included; zero: until now
}

// Touch is one referral that was touched within a span.
type Touch struct {
	Ref     string
	First   time.Time
	Last    time.Time
	Times   int
	Actions []string // what was done, in the words of the log
	Fields  []string // ids of masked answers that were shown, or given to somebody outside
}

// aReference is how the log writes the reference of a referral.
var aReference = regexp.MustCompile(`^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]$`)

// ErrNoSpan says that a span would be the whole log.
var ErrNoSpan = errors.New("audit: say whose lines, or from when on")

const touchPage = 2000 // lines read at once

// Touched returns every referral that was touched within a span, from the log
// alone: what was read, listed, written or given, in the order of the first
// time. What was refused touched nothing. A line that shows a list names all
// that it showed, so a referral whose line alone was seen is among them.
func Touched(ctx context.Context, db *store.DB, s Span) ([]Touch, error) {
	if s.Account == 0 && s.From.IsZero() {
		return nil, ErrNoSpan
	}
	at := map[string]int{}
	var out []Touch
	for after := 0; ; {
		rows, err := db.Read().AuditEntry.Query().Where(append(s.where(), auditentry.IDGT(after))...).Order(ent.Asc(auditentry.FieldID)).Limit(touchPage).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("audit: reading what was touched: %w", err)
		}
		for _, row := range rows {
			after = row.ID
			for _, ref := range row.Refs {
				if !aReference.MatchString(ref) {
					continue
				}
				if _, ok := at[ref]; !ok {
					at[ref] = len(out)
					out = append(out, Touch{Ref: ref, First: row.At.UTC()})
				}
				out[at[ref]].add(row, ref == row.Refs[0])
			}
		}
		if len(rows) < touchPage {
			return out, nil
		}
	}
}

// where is the span as conditions on lines.
func (s Span) where() []predicate.AuditEntry {
	out := []predicate.AuditEntry{auditentry.OutcomeNotIn(Refused, Failed), auditentry.RefsNotNil()}
	if s.Account != 0 {
		out = append(out, auditentry.Actor(s.Account))
	}
	if !s.From.IsZero() {
		out = append(out, auditentry.AtGTE(s.From.UTC()))
	}
	if !s.Until.IsZero() {
		out = append(out, auditentry.AtLT(s.Until.UTC()))
	}
	return out
}

// add counts a line; fields are those of the referral that it names first.
func (t *Touch) add(row *ent.AuditEntry, own bool) {
	t.Times++
	t.Last = row.At.UTC()
	if !slices.Contains(t.Actions, row.Action) {
		t.Actions = append(t.Actions, row.Action)
	}
	for _, id := range row.Fields {
		if own && !slices.Contains(t.Fields, id) {
			t.Fields = append(t.Fields, id)
		}
	}
}

// ErrNoSession says that no sign-in stands at a place of the log.
var ErrNoSession = errors.New("audit: no sign-in stands at this place of the log")

// SessionSpan is what the session could have done that began with the sign-in at
// a place of the log, when a session lasts no longer than longest. The log does
// not tell two browsers of one account apart: what the account did in another
// one meanwhile is in the span, too.
func SessionSpan(ctx context.Context, db *store.DB, place int64, longest time.Duration) (Span, error) {
	leaf, err := db.Read().AuditLeaf.Query().Where(auditleaf.Index(place)).Only(ctx)
	if ent.IsNotFound(err) {
		return Span{}, ErrNoSession
	}
	if err != nil {
		return Span{}, fmt.Errorf("audit: reading a place of the log: %w", err)
	}
	row, err := db.Read().AuditEntry.Get(ctx, leaf.EntryID)
	if err != nil {
		return Span{}, fmt.Errorf("audit: reading a line of the log: %w", err)
	}
	if !strings.HasPrefix(row.Action, "sign_in") || row.Outcome != Done || row.Actor == 0 {
		return Span{}, ErrNoSession
	}
	return Span{Account: row.Actor, From: row.At.UTC(), Until: row.At.UTC().Add(longest + time.Second)}, nil
}
