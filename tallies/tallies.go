// Package tallies counts what tells of misuse: referrals that an account opens,
// records that it asks for and that are not there for it. The
// counts lie in the database, so that they outlive a restart and hold over all
// servers, and cost the same however long the log is. The package refuses
// nobody and tells nobody: referrals and auth do, and whoever runs the system
// asks for Alarms.
package tallies

import (
	"context"
	"fmt"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/tally"
	"nysreferral/store"
)

// Kind is what is counted.
type Kind string

// The kinds that are counted against limits.
const (
	Opened Kind = "opened" // an account opened a referral; what is its reference
	Missed Kind = "missed" // an account asked for what is absent or not its own; what is a mark of it
)

// The kinds that whoever runs the system is told of.
const (
	ManyOpened Kind = "many_opened" // an account is over its budget of an hour
	ManyMissed Kind = "many_missed" // an account, or a network, asks again and again for what is not its own
	Sprayed    Kind = "sprayed"     // passwords are tried at many accounts
)

// Hour is in which opened referrals count, and for how long an alarm stands.
const Hour = time.Hour

// kept is how long a row stays, for whoever looks after the hour is over.
const kept = 24 * time.Hour

// again is how exactly the last time of a thing is kept that counts once: who
// reads the same page twice in a minute writes once.
const again = time.Minute

// Note counts a thing in the transaction of what it is about. The same what of
// the same account counts once, by its last moment.
func Note(ctx context.Context, tx *ent.Tx, kind Kind, who int, what, source string, at time.Time) error {
	err := tx.Tally.Create().SetKind(string(kind)).SetUserID(who).SetWhat(what).SetSource(source).SetAt(at).
		OnConflictColumns(tally.FieldKind, tally.FieldUserID, tally.FieldWhat).
		Update(func(u *ent.TallyUpsert) { u.SetAt(at) }).Exec(ctx)
	if err != nil {
		return fmt.Errorf("tallies: counting: %w", err)
	}
	return nil
}

// Count is how many things of a kind an account has since a moment.
func Count(ctx context.Context, tx *ent.Tx, kind Kind, who int, since time.Time) (int, error) {
	n, err := tx.Tally.Query().Where(tally.Kind(string(kind)), tally.UserID(who), tally.AtGT(since)).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("tallies: counting: %w", err)
	}
	return n, nil
}

// Misses is how many times an account missed since a moment, outside of a unit of
// work.
func Misses(ctx context.Context, db *store.DB, who int, since time.Time) (int, error) {
	n, err := db.Read().Tally.Query().Where(tally.Kind(string(Missed)), tally.UserID(who), tally.AtGT(since)).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("tallies: counting: %w", err)
	}
	return n, nil
}

// CountFrom is how many things of a kind came from a network since a moment,
// whoever did them.
func CountFrom(ctx context.Context, tx *ent.Tx, kind Kind, source string, since time.Time) (int, error) {
	n, err := tx.Tally.Query().Where(tally.Kind(string(kind)), tally.Source(source), tally.AtGT(since)).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("tallies: counting: %w", err)
	}
	return n, nil
}

// Reach is to how many different referrals an account comes within an hour.
type Reach struct {
	Known bool // all that are opened now were opened within the hour
	N     int  // with those that are opened now; 0 where all are known

	stale bool // the last time is to be written anew
}

// Reached says to how many different referrals an account comes by opening these
// at a moment. Where one of them is new, it waits for its turn: what the same
// account opens at the same time, on whatever server, is counted.
func Reached(ctx context.Context, db *store.DB, tx *ent.Tx, who int, refs []string, at time.Time) (Reach, error) {
	mine := tx.Tally.Query().Where(tally.Kind(string(Opened)), tally.UserID(who), tally.AtGT(at.Add(-Hour)))
	times, err := mine.Clone().Where(tally.WhatIn(refs...)).All(ctx)
	if err != nil {
		return Reach{}, fmt.Errorf("tallies: counting: %w", err)
	}
	if len(times) == len(refs) {
		r := Reach{Known: true}
		for _, one := range times {
			r.stale = r.stale || at.Sub(one.At) >= again
		}
		return r, nil
	}
	if err := db.Alone(ctx, tx, store.LimitOfAccount, who); err != nil {
		return Reach{}, err
	}
	n, err := mine.Where(tally.WhatNotIn(refs...)).Count(ctx)
	if err != nil {
		return Reach{}, fmt.Errorf("tallies: counting: %w", err)
	}
	return Reach{N: n + len(refs), stale: true}, nil
}

// Keep counts that the account opened refs, as Reached found.
func (r Reach) Keep(ctx context.Context, tx *ent.Tx, who int, refs []string, at time.Time) error {
	if !r.stale {
		return nil
	}
	for _, ref := range refs {
		if err := Note(ctx, tx, Opened, who, ref, "", at); err != nil {
			return err
		}
	}
	return nil
}

// Alarms is how many accounts and networks stand under each kind since a moment:
// numbers, and nobody's name.
func Alarms(ctx context.Context, db *store.DB, since time.Time) (map[Kind]int, error) {
	out := map[Kind]int{}
	for _, kind := range []Kind{ManyOpened, ManyMissed, Sprayed} {
		n, err := db.Read().Tally.Query().Where(tally.Kind(string(kind)), tally.AtGT(since)).Count(ctx)
		if err != nil {
			return nil, fmt.Errorf("tallies: reading alarms: %w", err)
		}
		out[kind] = n
	}
	return out, nil
}

// Sweep takes away what counted a day ago or earlier, and returns how many rows.
func Sweep(ctx context.Context, db *store.DB, now time.Time) (n int, err error) {
	err = db.Do(ctx, func(tx *ent.Tx) error {
		n, err = tx.Tally.Delete().Where(tally.AtLT(now.Add(-kept))).Exec(ctx)
		if err != nil {
			return fmt.Errorf("tallies: sweeping: %w", err)
		}
		return nil
	})
	return n, err
}
