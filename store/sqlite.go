package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
)

// readers is how many connections read SQLite at once.
const readers = 8

// synchronous is FULL. Only the linker can say otherwise, for a program whose
// losses show that the power cuts of faults find what is lost.
var synchronous = "FULL"

// leastSQLite is the oldest SQLite, built into the program, with which it was
// tried: whoever builds it with another driver learns of it at the start.
const leastSQLite = 3053000 // as sqlite3_libversion_number has it

// pragma is a setting of SQLite and what it must read back as.
type pragma struct{ name, set, back string }

// pragmas are set on every connection and read back before it is used:
// FULL, so that what was acknowledged survives a power cut; secure_delete, so
// that a shredded key leaves the file; recursive_triggers, so that INSERT OR
// REPLACE does not delete past the triggers that keep the log.
func pragmas() []pragma {
	back := map[string]string{"FULL": "2", "OFF": "0"}[synchronous]
	return []pragma{
		{"journal_mode", "WAL", "wal"},
		{"synchronous", synchronous, back},
		{"foreign_keys", "1", "1"},
		{"secure_delete", "1", "1"},
		{"temp_store", "MEMORY", "2"},
		{"trusted_schema", "0", "0"},
		{"recursive_triggers", "1", "1"},
		{"busy_timeout", "10000", "10000"},
	}
}

// dsn returns the driver's name for the file, with times as whole
// microseconds and begin as the kind of transaction.
func dsn(path, begin string, set []pragma) string {
	q := url.Values{"_txlock": {begin}, "_defensive": {"1"}, "_time_integer_format": {"unix_micro"}, "_inttotime": {"1"}}
	for _, p := range set {
		q.Add("_pragma", p.name+"("+p.set+")")
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

func openSQLite(ctx context.Context, path string) (_ *DB, err error) {
	path, err = ownFile(path)
	if err != nil {
		return nil, err
	}
	lock, err := lockFile(path + ".lock")
	if err != nil {
		return nil, err
	}
	db := &DB{dialect: SQLite, path: path, lock: lock}
	defer func() {
		if err != nil {
			err = errors.Join(err, db.Close())
		}
	}()
	db.write, err = openPool(ctx, dsn(path, "immediate", pragmas()), 1, pragmas())
	if err != nil {
		return nil, err
	}
	if err = db.openReaders(ctx); err != nil {
		return nil, err
	}
	db.clients()
	return db, nil
}

func openSQLiteReadOnly(ctx context.Context, path string) (_ *DB, err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("store: finding the database: %w", err)
	}
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("store: finding the database: %w", err)
	}
	db := &DB{dialect: SQLite, path: path}
	if err := db.openReaders(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	db.clients()
	return db, nil
}

func (db *DB) openReaders(ctx context.Context) (err error) {
	set := append(pragmas(), pragma{"query_only", "1", "1"})
	db.read, err = openPool(ctx, dsn(db.path, "deferred", set), readers, set)
	return err
}

// openPool opens at most n connections to name and reads its settings back.
func openPool(ctx context.Context, name string, n int, want []pragma) (*sql.DB, error) {
	pool := sql.OpenDB(connector{name})
	pool.SetMaxOpenConns(n)
	pool.SetMaxIdleConns(n)
	if err := readBack(ctx, pool, want); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return pool, nil
}

// recent refuses an SQLite that is older than leastSQLite.
func recent(version string) error {
	var major, minor, patch int
	if _, err := fmt.Sscanf(version, "%d.%d.%d", &major, &minor, &patch); err != nil {
		return fmt.Errorf("store: reading SQLite's version %q: %w", version, err)
	}
	if major*1_000_000+minor*1_000+patch < leastSQLite {
		return fmt.Errorf("store: SQLite must be %d.%d.%d or newer and is %s", leastSQLite/1_000_000, leastSQLite/1000%1000, leastSQLite%1000, version)
	}
	return nil
}

// readBack returns an error when a setting is not what it was set to.
func readBack(ctx context.Context, pool *sql.DB, want []pragma) error {
	var version string
	if err := pool.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return fmt.Errorf("store: asking SQLite's version: %w", err)
	}
	if err := recent(version); err != nil {
		return err
	}
	for _, p := range want {
		var is string
		if err := pool.QueryRowContext(ctx, "PRAGMA "+p.name).Scan(&is); err != nil {
			return fmt.Errorf("store: reading %s back: %w", p.name, err)
		}
		if is != p.back {
			return fmt.Errorf("store: SQLite's %s is %s and must be %s", p.name, is, p.back)
		}
	}
	return nil
}

// ownFile makes the folder and the file of path when they are not there, and
// closes them to other accounts. A folder that already holds something else
// keeps its mode. It returns the absolute path.
func ownFile(path string) (string, error) {
	if path == "" {
		return "", errors.New("store: the database has no path; say sqlite:PATH or postgres://…")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("store: finding the database: %w", err)
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("store: making the folder: %w", err)
	}
	held, err := os.ReadDir(dir)
	if err != nil {
		return "", fmt.Errorf("store: reading the folder: %w", err)
	}
	if len(held) == 0 {
		if err := os.Chmod(dir, 0o700); err != nil {
			return "", fmt.Errorf("store: closing the folder to others: %w", err)
		}
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return "", fmt.Errorf("store: making the file: %w", err)
	}
	if err := f.Close(); err != nil {
		return "", fmt.Errorf("store: making the file: %w", err)
	}
	// SQLite gives its own files beside it the mode of the file.
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if err := os.Chmod(name, 0o600); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("store: closing the file to others: %w", err)
		}
	}
	return path, nil
}

// ErrInUse says that another process has the SQLite file open for writing.
var ErrInUse = errors.New("another nysreferral has this database open for writing; stop it first, or use PostgreSQL, which serves several")

// lockFile takes the lock that says this process writes. The kernel drops it
// when the process ends, however it ends.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("store: opening the lock: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = ErrInUse
	}
	return nil, errors.Join(fmt.Errorf("store: %w", err), f.Close())
}

// unlock gives the lock up. That the file is closed is not enough: a program that
// this one is starting at the moment still has it open.
func unlock(f *os.File) error {
	return errors.Join(syscall.Flock(int(f.Fd()), syscall.LOCK_UN), f.Close())
}
