package store_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"nysreferral/store"
	"nysreferral/store/storetest"
)

// Who closes the database lets the next one open it, though a program that is just
// being started still has a copy of everything that was open.
func TestLockGoesThoughACopyIsOpen(t *testing.T) {
	url := storetest.SQLiteURL(t)
	db, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	open, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	copies := 0
	for _, name := range open {
		to, err := os.Readlink(name)
		if err != nil || to != strings.TrimPrefix(url, "sqlite:")+".lock" {
			continue
		}
		n, err := strconv.Atoi(filepath.Base(name))
		if err != nil {
			t.Fatal(err)
		}
		same, err := syscall.Dup(n)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = syscall.Close(same) })
		copies++
	}
	if err := db.Close(); err != nil || copies != 1 {
		t.Fatal(copies, err)
	}
	again, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}
