package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"nysreferral/ent"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

// ask runs query in tx and returns its rows' first columns as text.
func ask(tx *ent.Tx, query string, args ...any) (_ []string, err error) {
	rows, err := tx.QueryContext(context.Background(), query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var all []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, rows.Err()
}

// A query may be asked again while its own rows are still being read.
func TestSameQueryWithin(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if db.Dialect() == store.Postgres {
			return // one connection of PostgreSQL answers one query at a time
		}
		err := db.Do(t.Context(), func(tx *ent.Tx) error {
			const query = "SELECT value FROM json_each($1)"
			outer, err := tx.QueryContext(t.Context(), query, `["a","b","c"]`)
			if err != nil {
				return err
			}
			defer outer.Close()
			var seen string
			for outer.Next() {
				var s string
				if err := outer.Scan(&s); err != nil {
					return err
				}
				in, err := ask(tx, query, `["`+s+`1"]`)
				if err != nil {
					return err
				}
				seen += s + fmt.Sprint(in)
			}
			if seen != "a[a1]b[b1]c[c1]" {
				return fmt.Errorf("read %q", seen)
			}
			return outer.Err()
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// A statement that failed, was left half read, or was asked before a table
// changed, gives the right answer the next time, and so does one of many more
// than a connection keeps.
func TestStatementsAskedAgain(t *testing.T) {
	db := storetest.SQLite(t)
	do := func(fn func(tx *ent.Tx) error) {
		t.Helper()
		if err := db.Do(context.Background(), fn); err != nil {
			t.Fatal(err)
		}
	}
	do(func(tx *ent.Tx) error {
		const set = "INSERT INTO settings (key, value) VALUES ($1, $2) RETURNING key"
		for _, key := range []string{"a", "b"} {
			if got, err := ask(tx, set, key, "1"); err != nil || fmt.Sprint(got) != "["+key+"]" {
				return fmt.Errorf("adding %s: %v, %w", key, got, err)
			}
		}
		if _, err := ask(tx, set, "a", "2"); err == nil {
			return errors.New("a second a was taken")
		}
		if got, err := ask(tx, set, "c", "3"); err != nil || len(got) != 1 {
			return fmt.Errorf("adding c: %v, %w", got, err)
		}
		half, err := tx.QueryContext(context.Background(), "SELECT key FROM settings ORDER BY key")
		if err != nil || !half.Next() {
			return fmt.Errorf("reading half: %w", err)
		}
		return half.Close()
	})
	if _, err := db.SQL().Exec("ALTER TABLE settings ADD COLUMN more text"); err != nil {
		t.Fatal(err)
	}
	for round := range 2 {
		do(func(tx *ent.Tx) error {
			if got, err := ask(tx, "SELECT key FROM settings ORDER BY key"); err != nil || fmt.Sprint(got) != "[a b c]" {
				return fmt.Errorf("round %d: %v, %w", round, got, err)
			}
			for i := range 500 {
				got, err := ask(tx, fmt.Sprintf("SELECT %d + $1", i), 1)
				if err != nil || fmt.Sprint(got) != fmt.Sprintf("[%d]", i+1) {
					return fmt.Errorf("the %dth: %v, %w", i, got, err)
				}
			}
			return nil
		})
	}
}
