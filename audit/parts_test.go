package audit

import (
	"slices"
	"testing"

	"nysreferral/store"
	"nysreferral/store/storetest"
)

// However many lines come at once, a connection to PostgreSQL meets only a few
// statements that add them to the tree, and so remembers only a few: one for each
// number of lines would fill what every connection keeps.
func TestFewStatementsAddLines(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ring, sum := newRing(t), 0
		tree := newTree(t, db, ring)
		for n := 1; n <= 20; n++ {
			add(t, db, many(n, "open")...)
			take(t, tree, n)
			sum += n
		}
		sound(t, db, ring, int64(sum))
		if db.Pool() == nil {
			return
		}
		kept := map[string]bool{}
		for _, c := range db.Pool().AcquireAllIdle(t.Context()) {
			rows, err := c.Query(t.Context(), `SELECT statement FROM pg_prepared_statements WHERE statement LIKE 'INSERT INTO "audit_leaves"%'`)
			if err != nil {
				t.Fatal(err)
			}
			for rows.Next() {
				var text string
				if err := rows.Scan(&text); err != nil {
					t.Fatal(err)
				}
				kept[text] = true
			}
			if err := rows.Err(); err != nil {
				t.Fatal(err)
			}
			c.Release()
		}
		if n := len(kept); n == 0 || n > 5 {
			t.Errorf("%d statements are remembered for 1 to 20 lines, of which 1, 2, 4, 8 and 16 are needed", n)
		}
	})
}

// A list is cut into lists of 1, 2, 4, … in their order, the longest first, and
// whoever has enough goes.
func TestParts(t *testing.T) {
	for n, want := range [][]int{{}, {1}, {2}, {2, 1}, {4}, {4, 1}, {4, 2}, {4, 2, 1}, {8}} {
		list, got, all := make([]int, n, 40), []int{}, []int{}
		for i := range list {
			list[i] = i + 1
		}
		for part := range parts(list) {
			if got, all = append(got, len(part)), append(all, part...); len(got) > 9 {
				break
			}
		}
		if !slices.Equal(got, want) || !slices.Equal(all, list) {
			t.Errorf("%d: %v, want %v, with %v", n, got, want, all)
		}
		for range parts(list) {
			break
		}
	}
}
