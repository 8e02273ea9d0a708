package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

const (
	prSetDumpable = 4 // PR_SET_DUMPABLE of prctl(2)
	mclOnFault    = 4 // MCL_ONFAULT of mlockall(2): only what is used
	rlimitMemlock = 8 // RLIMIT_MEMLOCK of getrlimit(2)
	capIPCLock    = 14
	unlimited     = ^uint64(0)
)

// closeMemory has no core written, and lets no other process of the same
// account read the memory of this one.
func closeMemory() error {
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}); err != nil {
		return fmt.Errorf("forbidding core files: %w", err)
	}
	if _, _, failed := syscall.RawSyscall(syscall.SYS_PRCTL, prSetDumpable, 0, 0); failed != 0 {
		return fmt.Errorf("closing the memory to others: %w", failed)
	}
	return nil
}

// lockMemory keeps all memory of this process, keys and opened answers, from ever
// being swapped, where there is no limit to that. Within a limit it does nothing
// and says false: what asked for memory beyond it would be refused some time
// later.
func lockMemory() (bool, error) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(rlimitMemlock, &limit); err != nil {
		return false, fmt.Errorf("asking how much memory may be locked: %w", err)
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return false, fmt.Errorf("asking what this process may do: %w", err)
	}
	if !mayLockAll(limit.Cur, string(status)) {
		return false, nil
	}
	if err := syscall.Mlockall(syscall.MCL_CURRENT | syscall.MCL_FUTURE | mclOnFault); err != nil {
		return false, fmt.Errorf("locking the memory: %w", err)
	}
	return true, nil
}

// mayLockAll reports whether nothing bounds how much this process locks: no limit,
// or the capability CAP_IPC_LOCK, which the status of a process tells.
func mayLockAll(limit uint64, status string) bool {
	if limit == unlimited {
		return true
	}
	for line := range strings.Lines(status) {
		if caps, ok := strings.CutPrefix(line, "CapEff:"); ok {
			set, err := strconv.ParseUint(strings.TrimSpace(caps), 16, 64)
			return err == nil && set&(1<<capIPCLock) != 0
		}
	}
	return false
}
