package referrals_test

import (
	"fmt"
	"strings"
	"testing"

	"entgo.io/ent/dialect/sql"

	"nysreferral/demo"
	"nysreferral/ent/auditentry"
)

type sqlSelector = sql.Selector

func actionIs(action string) *sql.Predicate { return sql.EQ(auditentry.FieldAction, action) }

// told are the tables that hold what is told about people. The directory, the
// agencies and accounts hold public facts and staff.
var told = []string{"referrals", "answers", "entries", "handovers", "letters", "tasks", "documents", "requests", "audit_entries", "river_job", "settings", "shreds", "pair_indexes", "pair_keys", "pair_entries"}

// inClear returns the table in whose rows word can be read, or "".
func inClear(t *testing.T, s *demo.State, word string) string {
	t.Helper()
	for _, table := range told {
		rows, err := s.DB.Read().QueryContext(t.Context(), "SELECT * FROM "+table)
		if err != nil {
			t.Fatal(err)
		}
		names, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for rows.Next() {
			values, into := make([]any, len(names)), make([]any, len(names))
			for i := range values {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			for i, v := range values {
				text := fmt.Sprint(v)
				if b, ok := v.([]byte); ok {
					text = string(b)
				}
				if strings.Contains(text, word) {
					_ = rows.Close()
					return table + "." + names[i]
				}
			}
			n++
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		_ = rows.Close()
		if n == 0 && (table == "referrals" || table == "answers" || table == "audit_entries") {
			t.Fatalf("%s is empty: nothing was looked at", table)
		}
	}
	return ""
}
