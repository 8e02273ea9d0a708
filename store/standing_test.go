package store_test

import (
	"testing"

	"nysreferral/store"
	"nysreferral/store/storetest"
)

// What the database is set to is read back beside whoever writes, and a trigger
// that was taken away is missed, by name.
func TestStandings(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		bad := func() (out []store.Standing) {
			list, err := db.Standings(t.Context())
			if err != nil || len(list) < 7 {
				t.Fatalf("%d, %v", len(list), err)
			}
			for _, s := range list {
				if !s.Good && s.Grave && s.Name != "fsync" && s.Name != "full_page_writes" { // a server of tests does not wait for the disk
					out = append(out, s)
				}
			}
			return out
		}
		if list := bad(); len(list) > 0 {
			t.Errorf("%+v", list)
		}
		take := "DROP TRIGGER shreds_no_delete"
		if db.Dialect() == store.Postgres {
			take = "ALTER TABLE shreds DISABLE TRIGGER shreds_no_truncate"
		}
		if _, err := db.SQL().ExecContext(t.Context(), take); err != nil {
			t.Fatal(err)
		}
		if list := bad(); len(list) != 1 || list[0].Name != "append-only tables" || list[0].Do == "" {
			t.Errorf("a trigger is gone: %+v", list)
		}
	})
}
