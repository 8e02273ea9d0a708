//go:build !unix

package seal

import "os"

// checkOwner has nothing to check where files have no numbered owner.
func checkOwner(os.FileInfo) error { return nil }
