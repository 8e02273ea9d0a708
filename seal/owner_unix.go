//go:build unix

package seal

import (
	"errors"
	"os"
	"syscall"
)

// checkOwner refuses a key file of another user; the superuser's is accepted,
// because service managers hand out credentials in that way.
func checkOwner(info os.FileInfo) error { return ownedBy(info, uint32(os.Geteuid())) }

func ownedBy(info os.FileInfo, user uint32) error {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || st.Uid == user || st.Uid == 0 {
		return nil
	}
	return errors.New("another user owns the file")
}
