package e2e

import "testing"

// Each call makes a database of its own, and without a server the test says so.
func TestPostgresIsFresh(t *testing.T) {
	a, b := Postgres(t), Postgres(t)
	if a == b {
		t.Error("two tests share a database")
	}
	tell(t, a, "CREATE TABLE things (name text)")
	tell(t, b, "CREATE TABLE things (name text)")
}
