package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"nysreferral/ent"
	"nysreferral/ent/answers"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/viewer"
)

// said fills every table that is only ever added to with one row, and answers
// with a draft and a submission.
func said(t *testing.T, db *store.DB) {
	t.Helper()
	ctx := t.Context()
	err := db.Do(ctx, func(tx *ent.Tx) error {
		a := tx.Agency.Create().SetName("a").SetKind("nypd").SetSide("police").SetCreatedAt(noon).SaveX(ctx)
		u := tx.User.Create().SetName("Test Person").SetEmail("person@example.org").SetDuty("referrer").SetAgency(a).SetCreatedAt(noon).SaveX(ctx)
		r := tx.Referral.Create().SetRef("7K4M2QX9C3TB5").SetStatus("Submitted").SetAgency(a).SetAuthor(u).SetCreatedAt(noon).SetUpdatedAt(noon).SaveX(viewer.Job(ctx, "test"))
		one := func(version int, kind string) error {
			return tx.Answers.Create().SetReferral(r).SetVersion(version).SetKind(kind).SetAuthor(u).SetAt(noon).SetSealed([]byte("s")).Exec(viewer.Job(ctx, "test"))
		}
		return errors.Join(one(0, "draft"), one(1, "submission"),
			tx.Entry.Create().SetReferral(r).SetSeq(1).SetAction("Submit").SetAt(noon).Exec(viewer.Job(ctx, "test")),
			tx.AuditEntry.Create().SetAt(noon).SetAction("submit").SetRefs([]string{r.Ref}).Exec(ctx),
			tx.AuditLeaf.Create().SetIndex(0).SetEntryID(1).SetHash([]byte("h")).Exec(ctx),
			tx.AuditHash.Create().SetIdx(0).SetHash([]byte("h")).Exec(ctx),
			tx.AuditCheckpoint.Create().SetSize(1).SetText("t").SetAt(noon).Exec(ctx),
			tx.Shred.Create().SetRef(r.Ref).SetAt(noon).Exec(viewer.Job(ctx, "test")))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// refused runs statement in a unit of work of its own and wants it refused by
// a trigger, with all rows as they were.
func refused(t *testing.T, db *store.DB, table, statement string) {
	t.Helper()
	count := func() (n int) {
		rows, err := db.Read().QueryContext(t.Context(), "SELECT count(*) FROM "+table)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		if !rows.Next() {
			t.Fatal("no count of ", table)
		}
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := count()
	if before == 0 {
		t.Fatalf("%s is empty: nothing would be tried", table)
	}
	err := db.Do(t.Context(), func(tx *ent.Tx) error {
		_, err := tx.ExecContext(t.Context(), statement)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), table+":") {
		t.Errorf("%s: %v", statement, err)
	}
	if after := count(); after != before {
		t.Errorf("%s: %d rows of %d are left", statement, after, before)
	}
}

// The log, its tree, the entries and the ledger of shreds are only ever added
// to: UPDATE, DELETE, and what replaces or empties, are refused.
func TestKept(t *testing.T) {
	columns := map[string]string{"audit_entries": "action", "audit_leaves": "hash", "audit_hashes": "hash",
		"audit_checkpoints": "text", "entries": "action", "shreds": "ref"}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		said(t, db)
		for table, column := range columns {
			refused(t, db, table, fmt.Sprintf("UPDATE %s SET %s = 'x'", table, column))
			refused(t, db, table, "UPDATE "+table+" SET id = id + 100")
			refused(t, db, table, "DELETE FROM "+table)
			if db.Dialect() == store.Postgres {
				refused(t, db, table, "TRUNCATE "+table)
				continue
			}
			refused(t, db, table, "INSERT OR REPLACE INTO "+table+" SELECT * FROM "+table)
			refused(t, db, table, "UPDATE OR REPLACE "+table+" SET id = 1")
		}
	})
}

// What was submitted is never changed or deleted, and a draft does not become
// a submission in place; the draft itself may change and go.
func TestAnswersKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		said(t, db)
		refused(t, db, "answers", "UPDATE answers SET digest = 'x' WHERE version = 1")
		refused(t, db, "answers", "UPDATE answers SET version = 0, kind = 'draft' WHERE version = 1")
		refused(t, db, "answers", "DELETE FROM answers WHERE version = 1")
		refused(t, db, "answers", "UPDATE answers SET version = 2, kind = 'addition' WHERE version = 0")
		if db.Dialect() == store.SQLite {
			refused(t, db, "answers", "INSERT OR REPLACE INTO answers SELECT * FROM answers WHERE version = 1")
		}
		ctx := context.Background()
		err := db.Do(ctx, func(tx *ent.Tx) error {
			n, err := tx.Answers.Update().Where(answers.Version(0)).SetSealed([]byte("new")).Save(viewer.Job(ctx, "test"))
			if err != nil || n != 1 {
				return fmt.Errorf("changing the draft: %d, %w", n, err)
			}
			n, err = tx.Answers.Delete().Where(answers.Version(0)).Exec(viewer.Job(ctx, "test"))
			if err != nil || n != 1 {
				return fmt.Errorf("deleting the draft: %d, %w", n, err)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// A referral with answers, an agency with users and a user with referrals
// cannot be deleted: nothing cascades.
func TestNothingCascades(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		said(t, db)
		for _, table := range []string{"referrals", "users", "agencies"} {
			err := db.Do(t.Context(), func(tx *ent.Tx) error {
				_, err := tx.ExecContext(t.Context(), "DELETE FROM "+table)
				return err
			})
			if err == nil {
				t.Errorf("%s were deleted", table)
			}
		}
	})
}

// An address of mail is lower-case in the database whatever the code does, and
// no two accounts share one.
func TestEmailLower(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		a := oneAgency(t, db, "a")
		add := func(email string) error {
			return db.Do(t.Context(), func(tx *ent.Tx) error {
				return tx.User.Create().SetName("Test Person").SetEmail(email).SetDuty("referrer").SetAgencyID(a.ID).SetCreatedAt(noon).Exec(t.Context())
			})
		}
		if err := add("Person@example.org"); err == nil {
			t.Error("an upper-case letter was taken")
		}
		if err := add("person@example.org"); err != nil {
			t.Fatal(err)
		}
		if err := add("person@example.org"); !ent.IsConstraintError(err) {
			t.Errorf("a second account of one address: %v", err)
		}
	})
}
