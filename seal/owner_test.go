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
	for _, c := range []struct {
		owner, user uint32
		refused     bool
	}{{1000, 1000, false}, {0, 1000, false}, {0, 0, false}, {1, 1000, true}, {1001, 1000, true}, {1000, 0, true}} {
		if err := ownedBy(owned{info, &syscall.Stat_t{Uid: c.owner}}, c.user); (err != nil) != c.refused {
			t.Errorf("of account %d, for %d: %v", c.owner, c.user, err)
		}
	}
	if err := ownedBy(owned{info, "a system without owners"}, 1000); err != nil {
		t.Errorf("where files have no owner: %v", err)
	}
	if err := checkOwner(info); err != nil {
		t.Errorf("the own file: %v", err)
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
		t.Fatal(err)
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
