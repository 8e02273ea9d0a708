package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"nysreferral/ent"
	"nysreferral/fault"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

// onBrokenDisk in the environment is the file that a process of this test opens, to
// write it on a disk that keeps nothing.
const onBrokenDisk = "TEST_BROKEN_DISK"

// One rule of a filter of system calls, and what the kernel needs to find it.
type (
	rule struct {
		code   uint16
		yes    uint8
		no     uint8
		number uint32
	}
	program struct {
		length uint16
		_      [6]byte
		first  *rule
	}
)

// diskBreaks has every fsync(2) and fdatasync(2) of this process fail with EIO from
// now on, as they do on a disk that dies. Nothing undoes that.
func diskBreaks() error {
	const (
		load, equal, give  = 0x20, 0x15, 0x06 // BPF_LD|BPF_W|BPF_ABS, BPF_JMP|BPF_JEQ|BPF_K, BPF_RET|BPF_K
		allow, fail        = 0x7fff0000, 0x00050000
		noNewPrivileges    = 38
		setFilter, allOfUs = 1, 1
	)
	runtime.LockOSThread() // what the first call gives up is this thread's
	defer runtime.UnlockOSThread()
	call := map[string]uintptr{"amd64": 317, "arm64": 277}[runtime.GOARCH]
	rules := []rule{{code: load}, {equal, 1, 0, uint32(syscall.SYS_FSYNC)}, {equal, 0, 1, uint32(syscall.SYS_FDATASYNC)},
		{code: give, number: fail | uint32(syscall.EIO)}, {code: give, number: allow}}
	p := program{length: uint16(len(rules)), first: &rules[0]}
	if _, _, failed := syscall.RawSyscall6(syscall.SYS_PRCTL, noNewPrivileges, 1, 0, 0, 0, 0); failed != 0 {
		return fmt.Errorf("giving up privileges: %w", failed)
	}
	if _, _, failed := syscall.RawSyscall(call, setFilter, allOfUs, uintptr(unsafe.Pointer(&p))); failed != 0 {
		return fmt.Errorf("setting the filter: %w", failed)
	}
	return nil
}

// TestMain also is the process that writes on a disk that breaks.
func TestMain(m *testing.M) {
	if path := os.Getenv(onBrokenDisk); path != "" {
		if err := writeOnBrokenDisk(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// writeOnBrokenDisk returns what is not as it must be when a disk breaks under a
// program that runs.
func writeOnBrokenDisk(path string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, "sqlite:"+path)
	if err != nil {
		return err
	}
	add := func(name string) error {
		return db.Do(ctx, func(tx *ent.Tx) error { return addAgency(ctx, tx, name) })
	}
	if err := add("kept"); err != nil {
		return err
	}
	if err := diskBreaks(); err != nil {
		return err
	}
	wrong := func(what string, is any) { err = errors.Join(err, fmt.Errorf("%s: %v", what, is)) }
	refused := add("not acknowledged")
	if say, _ := fault.Say(refused); fault.KindOf(refused) != fault.Unavailable || !strings.HasPrefix(say, "Nothing was saved") || !db.Failed() {
		wrong("a disk that breaks answers", refused)
	}
	begun := false
	if again := db.Do(ctx, func(*ent.Tx) error { begun = true; return nil }); fault.KindOf(again) != fault.Unavailable || begun {
		wrong("the next unit of work", again)
	}
	if again := db.Resume(ctx, func(*ent.Tx) error { begun = true; return nil }); again == nil || begun || db.Saves() == nil {
		wrong("it goes on without a new start", again)
	}
	if n, failed := db.Read().Agency.Query().Count(ctx); failed != nil || n != 1 {
		wrong("what it reads", fmt.Sprint(n, failed))
	}
	return err
}

// On a disk that refuses to keep what it was given nothing more is acknowledged,
// whatever comes, until the program is started anew; what was acknowledged before
// is read meanwhile, and is there afterwards.
func TestBrokenDisk(t *testing.T) {
	if runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		t.Skip("SKIPPED: the numbers of system calls are known for amd64 and arm64 alone; no disk was broken")
	}
	path := strings.TrimPrefix(storetest.SQLiteURL(t), "sqlite:")
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), onBrokenDisk+"="+path)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	db, err := store.Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	names, err := db.Read().Agency.Query().Select("name").Strings(t.Context())
	if err != nil || len(names) == 0 || names[0] != "kept" || db.Saves() != nil {
		t.Errorf("after a new start there are %v, %v, %v", names, err, db.Saves())
	}
	if err := db.Do(t.Context(), func(tx *ent.Tx) error { return addAgency(t.Context(), tx, "next") }); err != nil {
		t.Error(err)
	}
}
