//go:build !linux

package main

// closeMemory has nothing to do where only Linux has it.
func closeMemory() error { return nil }

// lockMemory locks nothing where only Linux is asked for it.
func lockMemory() (bool, error) { return false, nil }
