package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/sqljson"

	"nysreferral/audit"
	"nysreferral/ent/answers"
	"nysreferral/ent/auditentry"
	"nysreferral/ent/referral"
	"nysreferral/ent/task"
	"nysreferral/referrals"
	"nysreferral/seal"
	"nysreferral/store"
	"nysreferral/viewer"
)

// check opens the database, which no server has, and holds it against the
// receipts from number on: whatever was acknowledged is stored once, with the
// digest of its receipt and its clocks, its answers open, and the log holds. It
// returns how many receipts have no referral, and how many referrals there are.
func (s *server) check(ctx context.Context, data string, b *book, from int) (lost, stored int, err error) {
	ctx = viewer.Job(ctx, "faults")
	address := s.database
	if address == "" {
		address = "sqlite:" + filepath.Join(data, "nysreferral.db")
	}
	ring, err := seal.Load(s.keys)
	if err != nil {
		return 0, 0, err
	}
	db, err := store.Open(ctx, address) // the first opening replays SQLite's log
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := integrity(ctx, db); err != nil {
		return 0, 0, err
	}
	refs := map[string]bool{}
	for _, r := range b.acknowledged(0) {
		if refs[r.Reference] {
			return 0, 0, fmt.Errorf("two receipts have the reference %s", r.Reference)
		}
		refs[r.Reference] = true
	}
	for _, r := range b.acknowledged(from) {
		kept, err := one(ctx, db, r)
		if err != nil {
			return lost, 0, err
		}
		if !kept {
			lost++
		}
	}
	if stored, err = db.Read().Referral.Query().Count(ctx); err != nil {
		return lost, 0, err
	}
	return lost, stored, whole(ctx, db, ring)
}

// integrity asks SQLite to read its whole file.
func integrity(ctx context.Context, db *store.DB) error {
	if db.Dialect() != store.SQLite {
		return nil
	}
	var said string
	if err := db.SQL().QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&said); err != nil || said != "ok" {
		return fmt.Errorf("SQLite's file is damaged: %s %w", said, err)
	}
	return nil
}

// one says whether a receipt's referral is stored, and fails when it is stored
// otherwise than it was acknowledged.
func one(ctx context.Context, db *store.DB, r receipt) (bool, error) {
	row, err := db.Read().Referral.Query().Where(referral.Ref(r.Reference)).All(ctx)
	if err != nil || len(row) == 0 {
		return false, err
	}
	n, err := db.Read().Answers.Query().Where(answers.ReferralID(row[0].ID), answers.Version(1), answers.Digest(r.Digest)).Count(ctx)
	if err != nil || n != 1 {
		return false, errors.Join(err, fmt.Errorf("%s has %d answers with the digest of its receipt", r.Reference, n))
	}
	clocks, err := db.Read().Task.Query().Where(task.ReferralID(row[0].ID), task.DueAt(r.DueAt)).Count(ctx)
	if err != nil || clocks == 0 {
		return false, errors.Join(err, fmt.Errorf("%s has no clock of the determination", r.Reference))
	}
	lines, err := db.Read().AuditEntry.Query().Where(auditentry.Action("submit"), func(q *sql.Selector) {
		q.Where(sqljson.ValueEQ(auditentry.FieldRefs, r.Reference, sqljson.Path("[0]")))
	}).Count(ctx)
	if err != nil || lines != 1 {
		return false, errors.Join(err, fmt.Errorf("%s has %d lines of its submission", r.Reference, lines))
	}
	return true, nil
}

// whole opens every answer and verifies the log.
func whole(ctx context.Context, db *store.DB, ring *seal.Ring) error {
	door := &referrals.Service{DB: db, Ring: ring, Now: time.Now}
	if _, err := door.Opens(ctx, 0); err != nil {
		return err
	}
	_, verifier, err := audit.Keys(ring)
	if err != nil {
		return err
	}
	report, err := audit.Verify(ctx, db, verifier)
	if err != nil {
		return err
	}
	if report.Bad != nil {
		return fmt.Errorf("the log does not hold: %s", report.Bad.What)
	}
	return nil
}
