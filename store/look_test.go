package store_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"nysreferral/ent"
	"nysreferral/ent/agency"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

// A look changes nothing, whatever is tried, and sees what is committed.
func TestLookOnlyReads(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		a := oneAgency(t, db, "there")
		tries := map[string]func(tx *ent.Tx) error{
			"insert": func(tx *ent.Tx) error {
				return tx.Agency.Create().SetName("more").SetKind("nypd").SetSide("police").SetCreatedAt(noon).Exec(t.Context())
			},
			"update": func(tx *ent.Tx) error { return tx.Agency.UpdateOneID(a.ID).SetName("other").Exec(t.Context()) },
			"change": func(tx *ent.Tx) error {
				_, err := tx.Agency.Update().SetName("other").Save(t.Context())
				return err
			},
			"delete": func(tx *ent.Tx) error { return tx.Agency.DeleteOneID(a.ID).Exec(t.Context()) },
			"lock": func(tx *ent.Tx) error {
				_, err := tx.QueryContext(t.Context(), `SELECT id FROM agencies FOR UPDATE`)
				return err
			},
			"other words": func(tx *ent.Tx) error {
				_, err := tx.QueryContext(t.Context(), `WITH gone AS (DELETE FROM agencies RETURNING id) SELECT id FROM gone`)
				return err
			},
		}
		for name, try := range tries {
			if err := db.Look(t.Context(), try); !errors.Is(err, store.ErrReadOnly) {
				t.Errorf("%s: %v", name, err)
			}
		}
		over, end := context.WithCancel(t.Context())
		end()
		for query, want := range map[string]error{`UPDATE agencies SET name = 'other'`: store.ErrReadOnly, `SELECT name FROM agencies`: context.Canceled} {
			if rows, err := db.Ask(over, query); !errors.Is(err, want) {
				t.Errorf("%s: %v, %v", query, rows, err)
			}
		}
		var seen []string
		err := db.Look(t.Context(), func(tx *ent.Tx) (err error) {
			seen, err = tx.Agency.Query().Select(agency.FieldName).Strings(t.Context())
			return err
		})
		if err != nil || !slices.Equal(seen, []string{"there"}) {
			t.Errorf("a look sees %q, %v", seen, err)
		}
	})
}

// One statement is kept whole or not at all.
func TestDoOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		add := func(places ...int64) error {
			return db.DoOne(t.Context(), func(c *ent.Client) error {
				rows := make([]*ent.AuditHashCreate, len(places))
				for i, at := range places {
					rows[i] = c.AuditHash.Create().SetIdx(at).SetHash([]byte{byte(at)})
				}
				return c.AuditHash.CreateBulk(rows...).Exec(t.Context())
			})
		}
		if err := add(3, 4, 3); err == nil {
			t.Error("two rows of one place were kept")
		}
		if n := db.Read().AuditHash.Query().CountX(t.Context()); n != 0 {
			t.Errorf("%d rows are left of what was refused", n)
		}
		if err := add(1, 2); err != nil {
			t.Fatal(err)
		}
		if n := db.Read().AuditHash.Query().CountX(t.Context()); n != 2 {
			t.Errorf("%d rows are there", n)
		}
	})
}
