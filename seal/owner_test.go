//go:build unix

package seal

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A key file of another account is refused: who owns it can put another in its
// place. One of root's is how a service is given it.
func TestLoadRefusesOthersFile(t *testing.T) {
	_, path := ring(t)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	mine := uint32(os.Geteuid())
	for owner, refused := range map[uint32]bool{mine: false, 0: false, 4711: true} {
		if err := checkOwner(owned{info, &syscall.Stat_t{Uid: owner}}); (err != nil) != (refused && owner != mine) {
			t.Errorf("of account %d, for %d: %v", owner, mine, err)
		}
	}
	if err := checkOwner(owned{info, "a system without owners"}); err != nil {
		t.Errorf("where files have no owner: %v", err)
	}
	if err := os.Chown(path, 4711, 4711); err != nil {
		return // only root gives a file away
	}
	if _, err := Load(path); err == nil {
		t.Error("another account's key file was opened")
	}
}

// owned is a file of a made-up owner.
type owned struct {
	os.FileInfo
	by any
}

// Sys says who owns it.
func (o owned) Sys() any { return o.by }

// What is no plain file is refused before it is read: a pipe would keep the
// program waiting, a folder has nothing.
func TestLoadRefusesWhatIsNoFile(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip("no pipes here")
	}
	held, err := os.OpenFile(pipe, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	folder := filepath.Join(t.TempDir(), "folder")
	if err := os.Mkdir(folder, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, folder} {
		if _, err := readFile(path, forOthers); err == nil || err.Error() != "this is not a plain file" {
			t.Errorf("%s: %v", path, err)
		}
	}
}
