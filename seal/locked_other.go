//go:build !linux

package seal

// lockedPage has nothing where only Linux is asked for it.
func lockedPage() []byte { return nil }
