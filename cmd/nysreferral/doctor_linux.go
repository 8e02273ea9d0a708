package main

import "syscall"

// diskSpace is how many bytes are free for this account where path lies, and how
// many there are.
func diskSpace(path string) (free, all uint64, ok bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(path, &s); err != nil || s.Bsize <= 0 {
		return 0, 0, false
	}
	return s.Bavail * uint64(s.Bsize), s.Blocks * uint64(s.Bsize), true
}

// timeError is what adjtimex(2) answers where nothing keeps the clock right.
const timeError = 5

// clockSynchronized says whether the kernel was told by a time server that its
// clock is right.
func clockSynchronized() (yes, known bool) {
	state, err := syscall.Adjtimex(&syscall.Timex{})
	return state != timeError, err == nil
}
