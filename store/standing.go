package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Standing is one thing on which what was acknowledged stands, as the database
// says it is now.
type Standing struct {
	Name  string // what it is called
	Is    string
	Good  bool
	Grave bool   // where it is not good, nothing should be written
	Do    string // what to do where it is not good
}

// kept are the tables whose rows triggers keep from being changed or removed.
var kept = []string{"audit_checkpoints", "audit_entries", "audit_hashes", "audit_leaves", "entries", "shreds"}

// Standings reads back, beside a server that may be running, what the database
// must be so that nothing acknowledged is lost and no line of the log goes.
func (db *DB) Standings(ctx context.Context) ([]Standing, error) {
	ask := db.sqliteStandings
	if db.dialect == Postgres {
		ask = db.postgresStandings
	}
	out, err := ask(ctx)
	if err != nil {
		return nil, err
	}
	guards, err := db.guards(ctx)
	return append(out, guards), err
}

func (db *DB) sqliteStandings(ctx context.Context) ([]Standing, error) {
	version, err := db.word(ctx, `SELECT sqlite_version()`)
	if err != nil {
		return nil, err
	}
	out := []Standing{{Name: "SQLite", Is: version, Good: recent(version) == nil, Grave: true, Do: "Build the program with a newer SQLite: this one can lose a commit."}}
	for _, p := range pragmas() {
		is, err := db.word(ctx, "PRAGMA "+p.name)
		if err != nil {
			return nil, err
		}
		out = append(out, Standing{Name: p.name, Is: is, Good: is == p.back, Grave: true, Do: "It must read back as " + p.back + ". Stop the server and find out what else opens this file."})
	}
	return out, nil
}

func (db *DB) postgresStandings(ctx context.Context) ([]Standing, error) {
	number, err := db.word(ctx, `SELECT current_setting('server_version_num')`)
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(number)
	if err != nil {
		return nil, fmt.Errorf("store: reading the version of PostgreSQL: %w", err)
	}
	out := []Standing{{Name: "PostgreSQL", Is: strconv.Itoa(n/10000) + "." + strconv.Itoa(n%10000), Good: n >= 130000, Grave: true, Do: "Use version 13 or newer."}}
	for _, one := range []struct {
		name, query, want string
		grave             bool
		do                string
	}{
		{"fsync", `SELECT current_setting('fsync')`, "on", true, "Set fsync = on: without it a power cut loses what was acknowledged."},
		{"full_page_writes", `SELECT current_setting('full_page_writes')`, "on", true, "Set full_page_writes = on: without it a power cut can leave half a page."},
		{"synchronous_commit", `SELECT current_setting('synchronous_commit')`, "on", true, "Set synchronous_commit = on."},
		{"replica", `SELECT pg_is_in_recovery()::text`, "false", true, "Name the primary: a replica may not know the newest decision."},
		{"data_checksums", `SELECT current_setting('data_checksums')`, "on", false, "Turn data checksums on (pg_checksums --enable): without them bit rot is read as data."},
		{"role is superuser", `SELECT rolsuper::text FROM pg_roles WHERE rolname = current_user`, "false", false, "Serve as a role of its own that is no superuser: a superuser passes by every rule of the database."},
	} {
		is, err := db.word(ctx, one.query)
		if err != nil {
			return nil, err
		}
		out = append(out, Standing{Name: one.name, Is: is, Good: is == one.want, Grave: one.grave, Do: one.do})
	}
	return out, nil
}

// guards says whether those that keep the log and the decisions are in force.
func (db *DB) guards(ctx context.Context) (Standing, error) {
	query, ends := `SELECT name FROM sqlite_master WHERE type = 'trigger'`, []string{"_no_update", "_no_delete"}
	if db.dialect == Postgres {
		query = `SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE n.nspname = current_schema() AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')`
		ends = []string{"_no_change", "_no_truncate"}
	}
	rows, err := db.read.QueryContext(ctx, query)
	if err != nil {
		return Standing{}, fmt.Errorf("store: listing triggers: %w", err)
	}
	defer rows.Close()
	var have, gone []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return Standing{}, fmt.Errorf("store: listing triggers: %w", err)
		}
		have = append(have, name)
	}
	if err := rows.Err(); err != nil {
		return Standing{}, fmt.Errorf("store: listing triggers: %w", err)
	}
	for _, table := range kept {
		for _, end := range ends {
			if !slices.Contains(have, table+end) {
				gone = append(gone, table+end)
			}
		}
	}
	s := Standing{Name: "append-only tables", Is: "kept by triggers", Good: len(gone) == 0, Grave: true,
		Do: "Somebody took them away: run nysreferral audit verify with checkpoints that were kept elsewhere, and find out who."}
	if !s.Good {
		s.Is = "without " + strings.Join(gone, ", ")
	}
	return s, nil
}

// word is the one value of a query, as text.
func (db *DB) word(ctx context.Context, query string) (string, error) {
	var is string
	if err := db.read.QueryRowContext(ctx, query).Scan(&is); err != nil {
		return "", fmt.Errorf("store: reading a setting back: %w", err)
	}
	return is, nil
}
