package backup

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"nysreferral/seal"
)

// A manifest is read as it was signed; one that was changed, or that another
// system signed, is refused, and so is a file that is not its own.
func TestManifest(t *testing.T) {
	ring, other := ringOf(t), ringOf(t)
	file := []byte("sealed bytes")
	m := Manifest{At: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), Migrated: "0001_tables.sql", Tables: []Count{{"referrals", 3, "aa"}},
		Size: int64(len(file)), Digest: "a66f50b5372a4a5f8a0b0a0b"}
	signed, err := m.sign(ring)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseManifest(signed, ring)
	if err != nil || got.Rows("referrals") != 3 || got.Rows("users") != 0 || !got.At.Equal(m.At) {
		t.Fatalf("read as %+v, %v", got, err)
	}
	if _, err := ParseManifest(signed, other); !errors.Is(err, ErrManifest) {
		t.Errorf("another system's manifest: %v", err)
	}
	if _, err := ParseManifest(bytes.Replace(signed, []byte(`"rows": 3`), []byte(`"rows": 4`), 1), ring); !errors.Is(err, ErrManifest) {
		t.Errorf("a changed manifest: %v", err)
	}
	if err := got.Check(bytes.NewReader(file)); !errors.Is(err, ErrChanged) {
		t.Errorf("another file: %v", err)
	}
}

func ringOf(t *testing.T) *seal.Ring {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys")
	if err := seal.Create(path, time.Now()); err != nil {
		t.Fatal(err)
	}
	ring, err := seal.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}
