package blob

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func folder(t *testing.T) (*Folder, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "files")
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f, path
}

// No name but one that was made here reaches the disk: none leads out of the
// folder, none overwrites what is there.
func TestNamesStayInside(t *testing.T) {
	f, path := folder(t)
	outside := filepath.Join(filepath.Dir(path), "secret")
	if err := os.WriteFile(outside, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := Name()
	if err := os.Symlink(outside, filepath.Join(path, link)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", ".", "..", "../secret", "/etc/passwd", "a", Name() + "/x", "..%2fsecret", "NAME0123456789ABCDEF0123456789AB", Name() + ".part", "con"} {
		if err := f.Put(t.Context(), name, []byte("y")); err == nil {
			t.Errorf("%q was written", name)
		}
		if _, err := f.Read(t.Context(), name, 10); !errors.Is(err, ErrAbsent) {
			t.Errorf("%q reads as %v", name, err)
		}
		if err := f.Remove(t.Context(), name); err != nil {
			t.Errorf("removing %q: %v", name, err)
		}
	}
	if _, err := f.Read(t.Context(), link, 10); err == nil {
		t.Error("a link leads out of the folder")
	}
	if b, err := os.ReadFile(outside); err != nil || string(b) != "x" {
		t.Errorf("what lies outside was touched: %q %v", b, err)
	}
}

// What was put is read back, by nobody else on the machine, until it is removed;
// more than was asked for is not read.
func TestKeeps(t *testing.T) {
	f, path := folder(t)
	name, want := Name(), bytes.Repeat([]byte("sealed"), 9)
	if _, err := f.Read(t.Context(), name, 100); !errors.Is(err, ErrAbsent) {
		t.Errorf("before: %v", err)
	}
	if err := f.Put(t.Context(), name, want); err != nil {
		t.Fatal(err)
	}
	if got, err := f.Read(t.Context(), name, 100); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%q %v", got, err)
	}
	if _, err := f.Read(t.Context(), name, 10); err == nil {
		t.Error("more was read than was asked for")
	}
	for _, one := range []string{path, filepath.Join(path, name)} {
		if info, err := os.Stat(one); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("others can read %s: %v %v", one, info.Mode(), err)
		}
	}
	for range 2 {
		if err := f.Remove(t.Context(), name); err != nil {
			t.Error(err)
		}
	}
	if _, err := f.Read(t.Context(), name, 100); !errors.Is(err, ErrAbsent) {
		t.Errorf("afterwards: %v", err)
	}
}

// Old names are listed, young ones and strangers are not, and what was left
// unfinished is taken away.
func TestBefore(t *testing.T) {
	f, path := folder(t)
	old, young := Name(), Name()
	for _, name := range []string{old, young, old + ".part"} {
		if err := os.WriteFile(filepath.Join(path, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(path, "lost+found"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	then := time.Now().Add(-time.Hour)
	for _, name := range []string{old, old + ".part", "lost+found"} {
		if err := os.Chtimes(filepath.Join(path, name), then, then); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	if err := f.Before(t.Context(), then.Add(time.Minute), func(name string) error { got = append(got, name); return nil }); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, []string{old}) {
		t.Errorf("%v", got)
	}
	if _, err := os.Stat(filepath.Join(path, old+".part")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what was left unfinished is there still: %v", err)
	}
}
