// Package migrations holds every change of the tables as SQL, a folder for
// each database, with the sums that show when a file was edited after it was
// written. What is tested is what ships: store.Migrate applies these files and
// nothing else makes a table but River's own migrator. It runs nothing itself.
package migrations

import "embed"

// Files holds the folders sqlite and postgres.
//
//go:embed sqlite postgres
var Files embed.FS
