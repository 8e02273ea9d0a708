package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"text/template"

	atlas "ariga.io/atlas/sql/migrate"
	atlasschema "ariga.io/atlas/sql/schema"
	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/schema"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver pgx
	_ "modernc.org/sqlite"             // the driver sqlite

	"nysreferral/ent/migrate"
	"nysreferral/store/storetest/scratch"
)

var (
	goodName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	numbered = regexp.MustCompile(`^(\d{4})_.*\.sql$`)
)

// writeSums writes the sums of both folders under dir again.
func writeSums(dir string) error {
	for _, sub := range []string{"sqlite", "postgres"} {
		d, err := atlas.NewLocalDir(filepath.Join(dir, sub))
		if err != nil {
			return fmt.Errorf("migration: opening %s: %w", sub, err)
		}
		sum, err := d.Checksum()
		if err != nil {
			return fmt.Errorf("migration: summing %s: %w", sub, err)
		}
		if err := atlas.WriteSumFile(d, sum); err != nil {
			return fmt.Errorf("migration: writing the sums of %s: %w", sub, err)
		}
	}
	return nil
}

// write adds to both folders under dir what ent/schema has and they lack, in
// files of the same number, and returns the files that it wrote.
func write(ctx context.Context, dir, name string) ([]string, error) {
	if !goodName.MatchString(name) {
		return nil, fmt.Errorf("migration: the name %q must be lower-case letters, digits and underscores", name)
	}
	number, err := next(dir)
	if err != nil {
		return nil, err
	}
	lite, err := diffSQLite(ctx, filepath.Join(dir, "sqlite"), number, name)
	if err != nil {
		return nil, err
	}
	pg, err := diffPostgres(ctx, filepath.Join(dir, "postgres"), number, name)
	return append(lite, pg...), err
}

// next returns the number after the highest in either folder.
func next(dir string) (string, error) {
	high := 0
	for _, sub := range []string{"sqlite", "postgres"} {
		files, err := os.ReadDir(filepath.Join(dir, sub))
		if err != nil {
			return "", fmt.Errorf("migration: reading %s: %w", sub, err)
		}
		for _, f := range files {
			if m := numbered.FindStringSubmatch(f.Name()); m != nil {
				n, _ := strconv.Atoi(m[1])
				high = max(high, n)
			}
		}
	}
	return fmt.Sprintf("%04d", high+1), nil
}

func diffSQLite(ctx context.Context, dir, number, name string) ([]string, error) {
	tmp, err := os.MkdirTemp("", "migration")
	if err != nil {
		return nil, fmt.Errorf("migration: making a folder: %w", err)
	}
	defer os.RemoveAll(tmp)
	db, err := sql.Open("sqlite", "file:"+filepath.Join(tmp, "dev.db")+"?_pragma=foreign_keys(1)")
	if err != nil {
		return nil, fmt.Errorf("migration: opening SQLite: %w", err)
	}
	defer db.Close()
	return diff(ctx, entsql.OpenDB(dialect.SQLite, db), dir, number, name)
}

func diffPostgres(ctx context.Context, dir, number, name string) (_ []string, err error) {
	admin := os.Getenv("DEV_POSTGRES")
	if admin == "" {
		s, err := scratch.Start(ctx)
		if err != nil {
			return nil, err
		}
		defer s.Close()
		admin = s.URL
	}
	url, err := scratch.Database(ctx, admin, "")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, scratch.Drop(ctx, admin, url)) }()
	db, err := sql.Open("pgx", url)
	if err != nil {
		return nil, fmt.Errorf("migration: opening PostgreSQL: %w", err)
	}
	defer db.Close()
	return diff(ctx, entsql.OpenDB(dialect.Postgres, db), dir, number, name)
}

// diff replays the files of dir on the empty database behind drv and writes
// what ent/schema has beyond them into one more file.
func diff(ctx context.Context, drv dialect.Driver, dir, number, name string) ([]string, error) {
	before, err := filepath.Glob(filepath.Join(dir, "*.sql"))
	if err != nil {
		return nil, fmt.Errorf("migration: listing %s: %w", dir, err)
	}
	d, err := atlas.NewLocalDir(dir)
	if err != nil {
		return nil, fmt.Errorf("migration: opening %s: %w", dir, err)
	}
	format, err := formatter(number)
	if err != nil {
		return nil, err
	}
	err = migrate.NewSchema(drv).NamedDiff(ctx, name,
		schema.WithDir(d), schema.WithFormatter(format), schema.WithMigrationMode(schema.ModeReplay),
		schema.WithDropColumn(true), schema.WithDropIndex(true), schema.WithDiffHook(keepByHand))
	if err != nil {
		return nil, fmt.Errorf("migration: comparing %s with ent/schema: %w", dir, err)
	}
	after, err := filepath.Glob(filepath.Join(dir, "*.sql"))
	if err != nil {
		return nil, fmt.Errorf("migration: listing %s: %w", dir, err)
	}
	return slices.DeleteFunc(after, func(f string) bool { return slices.Contains(before, f) }), nil
}

// byHand are indexes over an expression, which ent/schema cannot say: they stand
// in files that were written by hand.
var byHand = []string{"auditentry_first_ref"}

// keepByHand takes what would drop them out of the changes.
func keepByHand(next schema.Differ) schema.Differ {
	return schema.DiffFunc(func(current, desired *atlasschema.Schema) ([]atlasschema.Change, error) {
		changes, err := next.Diff(current, desired)
		drops := func(c atlasschema.Change) bool {
			drop, ok := c.(*atlasschema.DropIndex)
			return ok && slices.Contains(byHand, drop.I.Name)
		}
		return slices.DeleteFunc(changes, func(c atlasschema.Change) bool {
			m, ok := c.(*atlasschema.ModifyTable)
			if !ok {
				return false
			}
			m.Changes = slices.DeleteFunc(m.Changes, drops)
			return len(m.Changes) == 0
		}), err
	})
}

// formatter names a file NNNN_name.sql, so that the two folders tell the same
// story in the same order.
func formatter(number string) (atlas.Formatter, error) {
	file, err := template.New("file").Parse(number + "_{{ .Name }}.sql")
	if err != nil {
		return nil, fmt.Errorf("migration: naming the file: %w", err)
	}
	body, err := template.New("body").Parse(
		"{{ range .Changes }}{{ with .Comment }}{{ printf \"-- %s\\n\" . }}{{ end }}{{ printf \"%s;\\n\" .Cmd }}{{ end }}")
	if err != nil {
		return nil, fmt.Errorf("migration: writing the file: %w", err)
	}
	f, err := atlas.NewTemplateFormatter(file, body)
	if err != nil {
		return nil, fmt.Errorf("migration: writing the file: %w", err)
	}
	return f, nil
}
