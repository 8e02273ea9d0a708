package seal

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	"unsafe"
)

// Opened keys lie in memory that is not swapped and that no core holds, and stay
// at their place when the file is read again; a new version comes beside them.
func TestKeysAreLocked(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("SKIPPED: only Linux says of which memory that is so; nothing was checked")
	}
	file := filepath.Join(t.TempDir(), "keys")
	if err := Create(file, time.Now()); err != nil {
		t.Fatal(err)
	}
	r, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Locked() {
		t.Fatal("the keys are not locked: is RLIMIT_MEMLOCK 0 here?")
	}
	first := r.keys()
	if _, err := Rotate(file, time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Reload(); err != nil {
		t.Fatal(err)
	}
	now := r.keys()
	if &now.root[0] != &first.root[0] || &now.keys[1][0] != &first.keys[1][0] || len(now.keys) != 2 {
		t.Error("keys that did not change were moved")
	}
	for name, key := range map[string][]byte{"the root": now.root, "version 1": now.keys[1], "version 2": now.keys[2]} {
		flags, err := memoryFlags(uintptr(unsafe.Pointer(&key[0])))
		if err != nil || !strings.Contains(flags, " lo ") || !strings.Contains(flags, " dd ") {
			t.Errorf("%s lies in memory of the kind%s, %v: it wants lo and dd", name, flags, err)
		}
	}
}

// memoryFlags is what the kernel says of the memory at an address.
func memoryFlags(at uintptr) (string, error) {
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		return "", err
	}
	defer f.Close()
	inside := false
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var from, to uintptr
		if n, _ := fmt.Sscanf(lines.Text(), "%x-%x ", &from, &to); n == 2 {
			inside = from <= at && at < to
		}
		if flags, ok := strings.CutPrefix(lines.Text(), "VmFlags:"); ok && inside {
			return flags + " ", nil
		}
	}
	return "", os.ErrNotExist
}

// Where there is no room, a key stays where it is, and the ring says so.
func TestKeysWithoutRoom(t *testing.T) {
	l := locked{page: make([]byte, 2*KeySize), tried: true}
	a, b, c := []byte(strings.Repeat("a", KeySize)), []byte(strings.Repeat("b", KeySize)), []byte(strings.Repeat("c", KeySize))
	if kept := l.keep(a); string(kept) != strings.Repeat("a", KeySize) || a[0] != 0 || !l.all() {
		t.Errorf("the first: %q, what it came from %q, all locked %v", kept, a, l.all())
	}
	if l.keep(b); !l.all() {
		t.Error("the second found no room")
	}
	if kept := l.keep(c); &kept[0] != &c[0] || c[0] != 'c' || l.all() {
		t.Errorf("the third: %q, all locked %v", kept, l.all())
	}
	if (&locked{}).all() || (&Ring{held: &held{}}).Locked() {
		t.Error("nothing was locked, and it says so of all")
	}
}
