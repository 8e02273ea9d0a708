//go:build !linux

package main

// diskSpace is not known where only Linux is asked.
func diskSpace(string) (free, all uint64, ok bool) { return 0, 0, false }

// clockSynchronized is not known where only Linux is asked.
func clockSynchronized() (yes, known bool) { return false, false }
