package store

import (
	"context"
	"io/fs"
)

// MigrateFrom is Migrate with the migrations of all.
func MigrateFrom(ctx context.Context, db *DB, all fs.FS) error { return migrateFrom(ctx, db, all) }

// Recent is recent.
func Recent(version string) error { return recent(version) }
