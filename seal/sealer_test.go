package seal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// toy is a source that seals by turning bits, and counts how often it is asked to
// open. spoils is what becomes of what it seals.
type toy struct {
	path   string
	asked  int
	fails  error
	spoils func([]byte) []byte
	gave   [][]byte // what was opened, as whoever asked holds it
	got    []byte   // what was to be sealed last, as whoever asked holds it
}

func turned(text []byte) []byte {
	out := bytes.Clone(text)
	for i := range out {
		out[i] ^= 0x55
	}
	return out
}

func (s *toy) Path() (string, error) { return s.path, nil }

func (s *toy) Read() ([]byte, error) {
	text, err := File(s.path).Read()
	if err != nil {
		return nil, err
	}
	return s.Open(text)
}

func (s *toy) Seal(text []byte) ([]byte, error) {
	s.got = text
	out := turned(text)
	if s.spoils != nil {
		out = s.spoils(out)
	}
	return out, nil
}

func (s *toy) Open(sealed []byte) ([]byte, error) {
	s.asked++
	out := turned(sealed)
	s.gave = append(s.gave, out)
	return out, s.fails
}

// amiss is a toy of which one thing or another fails. It reads its file whoever
// may read it.
type amiss struct {
	*toy
	at                string // where it says that its file lies
	path, seal, opens error
}

func (s amiss) Path() (string, error)         { return s.at, s.path }
func (s amiss) Seal(b []byte) ([]byte, error) { return turned(b), s.seal }
func (s amiss) Open(b []byte) ([]byte, error) { return turned(b), s.opens }
func (s amiss) Read() ([]byte, error) {
	text, err := os.ReadFile(s.toy.path)
	return turned(text), err
}

// sealing makes a source that seals, and its file.
func sealing(t *testing.T) *toy {
	t.Helper()
	plain := filepath.Join(t.TempDir(), "plain")
	if err := Create(plain, time.Now()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(plain)
	if err != nil {
		t.Fatal(err)
	}
	s := &toy{path: plain + ".sealed"}
	if err := os.WriteFile(s.path, turned(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// What seals a file is asked when the ring is opened and when the file changed,
// and never between, however often somebody looks; one that failed is asked again.
func TestReloadAsksASealerOnlyAfterAChange(t *testing.T) {
	s := sealing(t)
	r, err := From(s)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if rotated, err := r.Reload(); rotated || err != nil {
			t.Fatalf("nothing changed: %v, %v", rotated, err)
		}
	}
	if s.asked != 1 {
		t.Errorf("it was asked %d times and the file is the same", s.asked)
	}
	if _, err := RotateIn(s, time.Now()); err != nil {
		t.Fatal(err)
	}
	s.asked, s.fails = 0, errors.New("the token is not there")
	if rotated, err := r.Reload(); rotated || !errors.Is(err, s.fails) || s.asked != 1 {
		t.Errorf("a token that is not there: %v, %v, asked %d times", rotated, err, s.asked)
	}
	s.fails = nil
	for want, rotates := range []bool{true, false} {
		if rotated, err := r.Reload(); rotated != rotates || err != nil || s.asked != 2 {
			t.Errorf("look %d after a rotation: %v, %v, asked %d times", want, rotated, err, s.asked)
		}
	}
	if err := os.Chmod(s.path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Reload(); err == nil {
		t.Error("a sealed file that others may read is not told of")
	}
}

// A sealed text that does not open, or opens as something else, does not take the
// place of the only file: a rotation and a retirement fail and leave it as it was.
func TestRewriteKeepsTheFileWhenTheNewOneDoesNotOpen(t *testing.T) {
	s := sealing(t)
	if _, err := RotateIn(s, time.Now()); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(s.path)
	if err != nil {
		t.Fatal(err)
	}
	for name, spoils := range map[string]func([]byte) []byte{
		"a changed bit": func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"half of it":    func(b []byte) []byte { return b[:len(b)/2] },
		"nothing":       func([]byte) []byte { return nil },
	} {
		s.spoils = spoils
		if _, err := RotateIn(s, time.Now()); err == nil {
			t.Errorf("%s: rotated", name)
		}
		if err := RetireIn(s, 1); err == nil {
			t.Errorf("%s: retired", name)
		}
		if after, err := os.ReadFile(s.path); err != nil || !bytes.Equal(before, after) {
			t.Fatalf("%s: the file was replaced", name)
		}
	}
	s.spoils = nil
	if err := RetireIn(s, 1); err != nil {
		t.Error(err)
	}
}

// Whatever of a source fails is said, by its own error: when it is opened, looked
// at again, and rotated, and then its file stays.
func TestSourceFails(t *testing.T) {
	s, lost := sealing(t), errors.New("lost")
	before, err := os.ReadFile(s.path)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		source amiss
		says   error
	}{
		"its path":   {amiss{toy: s, at: s.path, path: lost}, lost},
		"what seals": {amiss{toy: s, at: s.path, seal: lost}, lost},
		"what opens": {amiss{toy: s, at: s.path, opens: lost}, lost},
		"its folder": {amiss{toy: s, at: filepath.Join(s.path+".not", "keys")}, os.ErrNotExist},
	} {
		if _, err := RotateIn(c.source, time.Now()); !errors.Is(err, c.says) {
			t.Errorf("rotated, and %s fails: %v", name, err)
		}
		if after, err := os.ReadFile(s.path); err != nil || !bytes.Equal(before, after) {
			t.Fatalf("%s: the file was replaced", name)
		}
	}
	if _, err := From(amiss{toy: s, at: s.path, path: lost}); !errors.Is(err, lost) {
		t.Errorf("opened, and its path fails: %v", err)
	}
	r, err := From(amiss{toy: s, at: s.path})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(s.path, 0o640); err != nil {
		t.Fatal(err)
	}
	const others = "others than the owner have access"
	if _, err := From(amiss{toy: s, at: s.path}); err == nil || !strings.Contains(err.Error(), others) {
		t.Errorf("a sealed file that others may read is opened: %v", err)
	}
	if _, err := r.Reload(); err == nil || !strings.Contains(err.Error(), others) {
		t.Errorf("a sealed file that others may read now is not told of: %v", err)
	}
}

// What was opened, to read the keys or to see that a new file opens, does not stay
// in memory, nor what was sealed.
func TestOpenedTextIsCleared(t *testing.T) {
	s := sealing(t)
	for _, c := range []struct {
		name  string
		asks  func() error
		seals bool
	}{
		{"opening", func() error { _, err := From(s); return err }, false},
		{"listing", func() error { _, err := VersionsIn(s); return err }, false},
		{"rotating", func() error { _, err := RotateIn(s, time.Now()); return err }, true},
		{"retiring", func() error { return RetireIn(s, 1) }, true},
	} {
		s.gave, s.got = nil, nil
		if err := c.asks(); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if len(s.gave) == 0 || c.seals != (len(s.got) > 0) {
			t.Errorf("%s opened %d times, and was to seal %d bytes", c.name, len(s.gave), len(s.got))
		}
		for _, text := range append(s.gave, s.got) {
			if len(bytes.Trim(text, "\x00")) > 0 {
				t.Errorf("%s leaves %d bytes", c.name, len(text))
			}
		}
	}
}
