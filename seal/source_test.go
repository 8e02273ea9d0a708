package seal

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A ring that is in use takes a new version up by itself when it meets a data
// key under it, and keeps what it has when the file is gone, broken or another.
func TestReload(t *testing.T) {
	r, path := ring(t)
	beside, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if rotated, err := r.Reload(); rotated || err != nil {
		t.Errorf("nothing changed: %v, %v", rotated, err)
	}
	if _, err := Rotate(path, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if rotated, err := beside.Reload(); !rotated || err != nil || beside.Current() != 2 {
		t.Fatalf("after rotation: %v, %v, %d", rotated, err, beside.Current())
	}
	_, wrapped := dataKey(t, beside, "A")
	if _, err := r.Watched(func() {}).Key(wrapped, "A"); err != nil || r.Current() != 2 {
		t.Errorf("a key under the new version: %v; version %d is current", err, r.Current())
	}
	older, _ := ring(t)
	text, err := older.held.source.Read()
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func() error{
		"another file": func() error { return os.WriteFile(path, text, 0o600) },
		"half a file":  func() error { return os.WriteFile(path, text[:80], 0o600) },
		"no file":      func() error { return os.Remove(path) },
	} {
		if err := change(); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		if rotated, err := r.Reload(); rotated || err == nil {
			t.Errorf("%s: %v, %v", name, rotated, err)
		}
		if _, err := r.Key(wrapped, "A"); err != nil {
			t.Errorf("%s: the keys in use are lost", name)
		}
	}
}

// A systemd credential opens like a key file; without systemd, with a path for
// a name, or open to others it is refused.
func TestCredential(t *testing.T) {
	_, path := ring(t)
	t.Setenv(CredentialsDirectory, "")
	if _, err := From(Credential("keys")); err == nil || !strings.Contains(err.Error(), CredentialsDirectory) {
		t.Errorf("without systemd: %v", err)
	}
	t.Setenv(CredentialsDirectory, filepath.Dir(path))
	for _, name := range []Credential{"", ".", "..", "../keys", "sub/keys", "/etc/passwd", "absent"} {
		if _, err := From(name); err == nil {
			t.Errorf("%q was opened", name)
		}
	}
	for mode, open := range map[os.FileMode]bool{0o400: true, 0o440: true, 0o600: true, 0o444: false, 0o460: false, 0o404: false} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := From(Credential("keys")); (err == nil) != open {
			t.Errorf("mode %04o: %v", mode, err)
		}
	}
}
