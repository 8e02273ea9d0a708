package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"nysreferral/store"
)

// machine says on what everything below was measured.
func (r *run) machine() error {
	r.say("machine: %d × %s, %s memory, %s %s, %s/%s, load %s", runtime.NumCPU(), field("/proc/cpuinfo", "model name"),
		field("/proc/meminfo", "MemTotal"), word("/proc/sys/kernel/osrelease"), runtime.Version(), runtime.GOOS, runtime.GOARCH, loadAverage())
	flush, err := r.flush()
	if err != nil {
		return err
	}
	db, err := store.Open(r.ctx, "sqlite:"+filepath.Join(r.dir, "version", "v.db"))
	if err != nil {
		return err
	}
	var version string
	err = db.SQL().QueryRowContext(r.ctx, "SELECT sqlite_version()").Scan(&version)
	if closed := db.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("asking SQLite's version: %w", err)
	}
	r.say("disk: fsync of 4 KiB takes %s (median of 200); SQLite %s, WAL, synchronous=FULL", flush.Round(time.Microsecond), version)
	return r.server()
}

// server says which PostgreSQL is measured and whether it waits for the disk.
func (r *run) server() error {
	if r.postgres == "" {
		return nil
	}
	c, err := pgx.Connect(r.ctx, r.postgres)
	if err != nil {
		return fmt.Errorf("asking PostgreSQL: %w", err)
	}
	defer func() { _ = c.Close(r.ctx) }()
	var version, fsync, pages, buffers string
	err = c.QueryRow(r.ctx, `SELECT current_setting('server_version'), current_setting('fsync'), current_setting('full_page_writes'), current_setting('shared_buffers')`).
		Scan(&version, &fsync, &pages, &buffers)
	if err != nil {
		return fmt.Errorf("asking PostgreSQL: %w", err)
	}
	r.say("PostgreSQL %s on this machine, fsync=%s, full_page_writes=%s, synchronous_commit=on, shared_buffers=%s", version, fsync, pages, buffers)
	if fsync != "on" {
		r.say("WARNING: this PostgreSQL does not wait for the disk, so its numbers of writing mean nothing.")
	}
	return nil
}

// flush is how long the disk takes to keep 4 KiB.
func (r *run) flush() (time.Duration, error) {
	f, err := os.Create(filepath.Join(r.dir, "flush"))
	if err != nil {
		return 0, fmt.Errorf("measuring the disk: %w", err)
	}
	defer func() { _ = f.Close() }()
	page := make([]byte, 4096)
	took := make([]time.Duration, 200)
	for i := range took {
		began := time.Now()
		if _, err := f.WriteAt(page, int64(i)*4096); err != nil {
			return 0, fmt.Errorf("measuring the disk: %w", err)
		}
		if err := f.Sync(); err != nil {
			return 0, fmt.Errorf("measuring the disk: %w", err)
		}
		took[i] = time.Since(began)
	}
	return median(took), nil
}

// loadAverage is how many processes wanted a processor in the last minute.
func loadAverage() string {
	first, _, _ := strings.Cut(word("/proc/loadavg"), " ")
	return first
}

// word is the first line of a file, "?" where there is none.
func word(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return "?"
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimSpace(line)
}

// field is the value of the first line "name : value" of a file, "?" where
// there is none.
func field(path, name string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return "?"
	}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.Join(strings.Fields(value), " ")
		}
	}
	return "?"
}

// cpu is the time that the processors have spent on this process, or on those
// that it has waited for.
func cpu(who int) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(who, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
