//go:build unix

package seal

import (
	"errors"
	"os"
	"syscall"
)

// checkOwner refuses a key file of another user; the superuser's is accepted,
// because service managers hand out credentials in that way.
func checkOwner(info os.FileInfo) error {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || st.Uid == uint32(os.Geteuid()) || st.Uid == 0 {
		return nil
	}
	return errors.New("another user owns the file")
}
