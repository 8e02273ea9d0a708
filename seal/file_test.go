package seal

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A key file that others may read, and what is no plain file, is refused.
func TestLoadRefusesOpenFile(t *testing.T) {
	_, path := ring(t)
	for _, mode := range []os.FileMode{0o640, 0o604, 0o660, 0o644, 0o610, 0o601, 0o777} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path); err == nil || !strings.Contains(err.Error(), "owner") {
			t.Errorf("mode %04o: %v", mode, err)
		}
		if _, err := Rotate(path, time.Time{}); err == nil {
			t.Errorf("mode %04o: rotated", mode)
		}
	}
	for _, mode := range []os.FileMode{0o600, 0o400} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path); err != nil {
			t.Errorf("mode %04o: %v", mode, err)
		}
	}
	if _, err := Load(t.TempDir()); err == nil {
		t.Error("a folder was read as a key file")
	}
}

// A key file is written for its owner alone, also by rotation, and is never
// written over.
func TestCreate(t *testing.T) {
	_, path := ring(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := Create(path, time.Time{}); err == nil {
		t.Error("a key file was written over")
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the refused creation changed the file")
	}
	if _, err := Rotate(path, time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".keys-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	got, err := Versions(path)
	if err != nil || len(got) != 2 || got[0].Current || !got[1].Current || got[1].Made.Year() != 2027 {
		t.Errorf("Versions: %+v, %v", got, err)
	}
}

// A key file that was cut short or changed anywhere is refused, and the
// refusal holds nothing of it.
func TestLoadRefusesBrokenFile(t *testing.T) {
	_, path := ring(t)
	if _, err := Rotate(path, time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(whole), "\n")
	broken := map[string]string{
		"empty":          "",
		"without a key":  strings.Join(append(append([]string{}, lines[:3]...), lines[4:]...), ""),
		"without newest": strings.Join(append(append([]string{}, lines[:4]...), lines[5:]...), ""),
		"without sum":    strings.Join(lines[:5], ""),
		"half":           string(whole[:len(whole)/2]),
		"too long":       string(whole) + strings.Repeat("#", fileLimit),
	}
	for i := 0; i < len(whole)-1; i += 7 {
		b := bytes.Clone(whole)
		b[i] ^= 1
		broken["byte "+string(b[max(0, i-3):i+1])] = string(b)
	}
	for name, text := range broken {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path); err == nil {
			t.Errorf("%s: was read", name)
		} else if strings.Contains(err.Error(), "root ") {
			t.Errorf("%s: the refusal tells the file: %v", name, err)
		}
	}
}

// A key file inside the data folder is refused, also by way of a link.
func TestApart(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	if err := os.MkdirAll(filepath.Join(data, "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(data, link); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"data/keys", "data/sub/keys", "data/..keys", "link/keys", "link/sub/../keys", "data"} {
		if err := Apart(filepath.Join(dir, key), data); err == nil {
			t.Errorf("%s is accepted", key)
		}
	}
	for _, key := range []string{"keys", "data-keys/keys", "data/../keys", "", "none/at/all/keys"} {
		if err := Apart(filepath.Join(dir, key), data); err != nil {
			t.Errorf("%s: %v", key, err)
		}
	}
	plain := filepath.Join(dir, "plain")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Apart(filepath.Join(plain, "keys"), data); err == nil {
		t.Error("a key file within a file is accepted: nobody knows where it is")
	}
	if err := Apart(plain, filepath.Join(plain, "data")); err == nil {
		t.Error("a data folder within a file is accepted: nobody knows where it is")
	}
}
