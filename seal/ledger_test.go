package seal

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func ledger(t testing.TB, r *Ring) (*Ledger, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys.shreds")
	l, err := OpenLedger(path, r)
	if err != nil {
		t.Fatal(err)
	}
	return l, path
}

var shreds = []Shredded{
	{"7K4M2QX9C3TB5", time.Date(2026, 11, 22, 9, 0, 0, 1000, time.UTC), 3},
	{"8K4M2QX9C3TB4", time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), 0},
	{"9K4M2QX9C3TB3", time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC), 12},
}

// What was written is read again, each once, also after the last line was torn
// by a power cut and after the key was rotated.
func TestLedger(t *testing.T) {
	r, keys := ring(t)
	l, path := ledger(t, r)
	if list, err := l.Read(); len(list) != 0 || err != nil {
		t.Fatalf("no file: %v, %v", list, err)
	}
	if err := l.Append(shreds[0], shreds[1], shreds[0]); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Rotate(keys, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if r, err = Load(keys); err != nil {
		t.Fatal(err)
	}
	for cut := range len(whole) {
		if err := os.WriteFile(path, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := OpenLedger(path, r)
		if err != nil {
			t.Fatal(err)
		}
		if list, err := l.Read(); err != nil || len(list) != max(0, strings.Count(string(whole[:cut]), "\n")-1) {
			t.Fatalf("cut to %d bytes: %v, %v", cut, list, err)
		}
		if cut%37 > 0 {
			continue
		}
		if err := l.Append(shreds...); err != nil {
			t.Fatal(err)
		}
		list, err := l.Read()
		if err != nil || len(list) != 3 {
			t.Fatalf("cut to %d bytes and gone on with: %v, %v", cut, list, err)
		}
		for i, one := range list {
			if one != shreds[i] {
				t.Errorf("%+v, want %+v", one, shreds[i])
			}
		}
	}
}

// The ledger says where it lies, whether it is there, and how much it lists; one
// that was changed is no number.
func TestLedgerCounts(t *testing.T) {
	r, _ := ring(t)
	l, path := ledger(t, r)
	if n, there, err := l.Lines(); n != 0 || there || err != nil || l.Path() != path {
		t.Errorf("no file: %d, %v, %v, at %s", n, there, err, l.Path())
	}
	if err := l.Append(shreds[:2]...); err != nil {
		t.Fatal(err)
	}
	if n, there, err := l.Lines(); n != 2 || !there || err != nil {
		t.Errorf("two lines: %d, %v, %v", n, there, err)
	}
	if err := os.WriteFile(path, []byte("root of all\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, there, err := l.Lines(); !there || !errors.Is(err, ErrLedger) {
		t.Errorf("another file: %v, %v", there, err)
	}
}

// A line that somebody else wrote, changed, exchanged or took out is found: a
// ledger that anybody could write in would destroy what he names.
func TestLedgerRefuses(t *testing.T) {
	r, _ := ring(t)
	l, path := ledger(t, r)
	if err := l.Append(shreds...); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(whole), "\n")
	stranger, _ := ring(t)
	other, otherPath := ledger(t, stranger)
	if err := other.Append(shreds[2]); err != nil {
		t.Fatal(err)
	}
	foreign, err := os.ReadFile(otherPath)
	if err != nil {
		t.Fatal(err)
	}
	changed := map[string]string{
		"another system's":  string(foreign),
		"a line of another": lines[0] + strings.SplitAfter(string(foreign), "\n")[1],
		"without the first": lines[0] + lines[2] + lines[3],
		"exchanged":         lines[0] + lines[2] + lines[1] + lines[3],
		"twice":             lines[0] + lines[1] + lines[1],
		"without a code":    lines[0] + "7K4M2QX9C3TB5 2026-11-22T09:00:00.000001Z 3\n",
		"another file":      "root of all\n",
	}
	for i := range len(whole) - 1 {
		b := []byte(string(whole))
		b[i] ^= 1
		changed["bit of byte "+string(rune(i))] = string(b)
	}
	for name, text := range changed {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		list, err := l.Read()
		if err == nil && len(list) < 3 && strings.HasPrefix(string(whole), strings.TrimSuffix(text, text[strings.LastIndexByte(text, '\n')+1:])) {
			continue // the newline at the end of a line was hit: that is a torn last line
		}
		if !errors.Is(err, ErrLedger) {
			t.Errorf("%s: %v, %v", name, list, err)
		}
		if err := l.Append(shreds[0]); !errors.Is(err, ErrLedger) && !strings.HasPrefix(name, "bit") {
			t.Errorf("%s: was gone on with: %v", name, err)
		}
	}
}
