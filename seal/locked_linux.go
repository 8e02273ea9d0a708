package seal

import (
	"os"
	"syscall"
)

// madvDontDump is MADV_DONTDUMP of madvise(2).
const madvDontDump = 16

// lockedPage is one page that is not swapped and stands in no core; nil where
// that is not permitted. It holds over a hundred keys.
func lockedPage() []byte {
	page, err := syscall.Mmap(-1, 0, os.Getpagesize(), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		return nil
	}
	if syscall.Mlock(page) != nil || syscall.Madvise(page, madvDontDump) != nil {
		_ = syscall.Munmap(page) // nothing lies in it yet
		return nil
	}
	return page
}
