package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// frozenFile is a key file as it was written once, and what was sealed with it:
// what lies in databases and backups has to open for as long as they are kept.
const frozenBody = `nysreferral key file 1
# made for a test
root AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=
key 3 2026-11-22T09:00:00Z ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=
key 16909060 2026-11-23T09:00:00Z QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8=
`

// What was sealed with frozenBody.
const (
	frozenWrapped = "AgECAwSXvlcY/JqeqH5Axo9rPL6iG8rT0x58rw+rlS961Xmyb2uVewOS46tW8VjHGpgBsurko0ghapog3GblQkI="
	frozenField   = "AZf2DWWfMAILrSR+RN17jZMDRS8010s+N4t7wNrc4q5iF3wEFSM="
	frozenSystem  = "AwECAwSSQ1TJeSgGM8blOyTdeQzc/6D/XE2THm4yq4p5nJ9MMwY="
	frozenDerived = "52336085549627827c2650a58f169b02a1f2e7effd8850f2882469b8870d2682"
	frozenShred   = "7K4M2QX9C3TB5 2026-11-22T09:00:00.000001Z 3 61d7d4ac89cdd7995bbfff3cc4499bdb6716e77df6247da221c26a3e82696562\n"
)

// summed is a body with the sum that a whole key file ends with.
func summed(body string) string {
	sum := sha256.Sum256([]byte(body))
	return body + "sum " + hex.EncodeToString(sum[:]) + "\n"
}

// opened is the ring of a key file with that text.
func opened(t *testing.T, text string) (*Ring, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(path)
}

// What was sealed once opens with every later program: formats, labels of keys
// and what is bound stay as they are.
func TestStoredFormatsStay(t *testing.T) {
	r, err := opened(t, summed(frozenBody))
	if err != nil {
		t.Fatal(err)
	}
	raw := func(text string) []byte {
		b, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	wrapped, field, system := raw(frozenWrapped), raw(frozenField), raw(frozenSystem)
	key, err := r.Key(wrapped, at.Row)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := key.Open(field, at); err != nil || string(plain) != "an answer" {
		t.Errorf("an answer: %q, %v", plain, err)
	}
	if plain, err := r.Open(system, at); err != nil || string(plain) != "a row" {
		t.Errorf("a system row: %q, %v", plain, err)
	}
	if got, err := r.Derive("label/1"); err != nil || hex.EncodeToString(got) != frozenDerived {
		t.Errorf("a derived key is now %x, %v", got, err)
	}
	l, err := OpenLedger(filepath.Join(t.TempDir(), "shreds"), r)
	if err != nil {
		t.Fatal(err)
	}
	if list, _, _, err := l.parse([]byte(ledgerHead + frozenShred)); err != nil || len(list) != 1 || list[0] != shreds[0] {
		t.Errorf("the ledger: %v, %v", list, err)
	}
	if got := at.bound("field"); string(got) != "\rnysreferral/1\x05field\aanswers\x06sealed\r7K4M2QX9C3TB5\x04" {
		t.Errorf("what is bound is now %q", got)
	}
}

// Sealed bytes begin with their format and the version of the key, from which a
// query tells what is still wrapped under an older one.
func TestHead(t *testing.T) {
	r, err := opened(t, summed(frozenBody))
	if err != nil {
		t.Fatal(err)
	}
	if r.Current() != 0x01020304 {
		t.Fatalf("current is %x", r.Current())
	}
	_, wrapped := dataKey(t, r, at.Row)
	if !bytes.Equal(Head(0x01020304), []byte{2, 1, 2, 3, 4}) || !bytes.HasPrefix(wrapped, Head(r.Current())) || len(wrapped) != 5+12+16+32 {
		t.Errorf("a data key begins with %x", wrapped[:5])
	}
	if sealed, err := r.Seal(nil, at); err != nil || !bytes.HasPrefix(sealed, []byte{3, 1, 2, 3, 4}) || len(sealed) != 5+12+16 {
		t.Errorf("a system row begins with %x, %v", sealed, err)
	}
	if again, changed, err := r.Rewrap(wrapped, at.Row); changed || err != nil || !bytes.Equal(again, wrapped) {
		t.Errorf("what is wrapped under the current version was wrapped again: %v, %v", changed, err)
	}
}

// Two keys are never the same, whatever made them: the root, a version, and the
// data key of a referral are random.
func TestKeysDiffer(t *testing.T) {
	r, path := ring(t)
	for range 3 {
		if _, err := Rotate(path, time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.Reload(); err != nil {
		t.Fatal(err)
	}
	set := r.keys()
	seen := map[string]string{string(make([]byte, KeySize)): "nothing", string(set.root): "the root"}
	if bytes.Equal(set.root, make([]byte, KeySize)) {
		t.Error("the root is zeros")
	}
	for n, key := range set.keys {
		if other, known := seen[string(key)]; known {
			t.Errorf("version %d is the same as %s", n, other)
		}
		seen[string(key)] = fmt.Sprint("version ", n)
	}
	if len(set.keys) != 4 || set.current != 4 {
		t.Errorf("%d versions, current is %d", len(set.keys), set.current)
	}
	_, one := dataKey(t, r, "A")
	_, two := dataKey(t, r, "A")
	a, err := r.unwrap(one, "A")
	b, err2 := r.unwrap(two, "A")
	if err != nil || err2 != nil || bytes.Equal(a, b) || bytes.Equal(a, make([]byte, KeySize)) {
		t.Errorf("two data keys are %v: %v, %v", bytes.Equal(a, b), err, err2)
	}
}

// A key file with a right sum is refused all the same when it is not one: what
// somebody typed by hand must not open as fewer, other or no keys.
func TestLoadRefusesFalseFile(t *testing.T) {
	const root = "root AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
	const key = " 2026-11-22T09:00:00Z ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=\n"
	const head = fileHead + "\n"
	for name, body := range map[string]string{
		"another head":         "nysreferral key file 2\n" + root + "key 1" + key,
		"no root":              head + "key 1" + key,
		"no key":               head + root,
		"a version twice":      head + root + "key 1" + key + "key 1" + key,
		"versions backwards":   head + root + "key 2" + key + "key 1" + key,
		"version 0":            head + root + "key 0" + key,
		"a negative version":   head + root + "key -1" + key,
		"no version":           head + root + "key x" + key,
		"too great a version":  head + root + "key 4294967296" + key,
		"a word too many":      head + root + "key 1 1" + key,
		"root of three words":  head + "root 1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\nkey 1" + key,
		"another word":         head + root + "lock 1" + key,
		"another root":         head + "stem AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\nkey 1" + key,
		"a short root":         head + "root AAECAwQF\nkey 1" + key,
		"a short key":          head + root + "key 1 2026-11-22T09:00:00Z ICEi\n",
		"a key of other signs": head + root + "key 1 2026-11-22T09:00:00Z !CEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=\n",
		"no day":               head + root + "key 1 yesterday ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=\n",
		"too long":             head + root + "key 1" + key + "#" + strings.Repeat("x", fileLimit) + "\n",
	} {
		if _, err := opened(t, summed(body)); err == nil {
			t.Errorf("%s: was read", name)
		}
	}
	for name, body := range map[string]string{"as it is": head + root + "key 1" + key, "with a note between": head + root + "# kept in the safe\nkey 1" + key + "key 10" + key,
		"the highest version": head + root + "key 4294967295" + key, "as long as may be": head + root + "key 1" + key + "#" + strings.Repeat("x", fileLimit-len(head+root+"key 1"+key)-71) + "\n"} {
		r, err := opened(t, summed(body))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if name == "as it is" && r.Current() != 1 {
			t.Errorf("%s: %d", name, r.Current())
		}
	}
}

// A version is retired when another one is current, and only if it is there.
func TestRetireRefuses(t *testing.T) {
	_, path := ring(t)
	for _, version := range []int{0, 1, 2} {
		if err := Retire(path, version); err == nil {
			t.Errorf("version %d, of one, was retired", version)
		}
	}
	if n, err := Rotate(path, time.Time{}); n != 2 || err != nil {
		t.Fatal(n, err)
	}
	if err := Retire(path, 3); err == nil {
		t.Error("a version that is not there was retired")
	}
	if err := Retire(path, 1); err != nil {
		t.Fatal(err)
	}
	if left, err := Versions(path); err != nil || len(left) != 1 || left[0].ID != 2 {
		t.Errorf("left: %v, %v", left, err)
	}
	gone := filepath.Join(t.TempDir(), "none")
	if err := Retire(gone, 1); err == nil {
		t.Error("retired in a file that is not there")
	}
	if _, err := Rotate(gone, time.Time{}); err == nil {
		t.Error("rotated a file that is not there")
	}
	if _, err := Versions(gone); err == nil {
		t.Error("listed a file that is not there")
	}
}

// A ring takes up a version that is somewhat newer than its own, of the same
// root and not older than its own, and reads its source for nothing else.
func TestVersionTaken(t *testing.T) {
	const body = fileHead + "\nroot AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
	const key = " 2026-11-22T09:00:00Z ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=\n"
	for n, taken := range map[uint32]bool{4: false, 5: true, 6: true, 68: true, 69: true, 70: false, 4000: false} {
		path := filepath.Join(t.TempDir(), "keys")
		if err := os.WriteFile(path, []byte(summed(body+"key 2"+key+"key 5"+key)), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		text := body + "key 2" + key + "key 4" + key + "key 5" + key
		if n > 5 {
			text += fmt.Sprintf("key %d%s", n, key)
		}
		if err := os.WriteFile(path, []byte(summed(text)), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, ok := r.version(n); ok != taken {
			t.Errorf("version %d is taken up: %v", n, ok)
		}
	}
	r, path := ring(t)
	if _, ok := r.version(2); ok {
		t.Error("a version that is nowhere was taken up")
	}
	if _, err := Rotate(path, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Reload(); err != nil {
		t.Fatal(err)
	}
	older, text := filepath.Join(t.TempDir(), "older"), encode(r.keys().root, []entry{{version: 1, key: r.keys().keys[1]}})
	other := encode(make([]byte, KeySize), []entry{{version: 7, key: r.keys().keys[1]}})
	for name, text := range map[string][]byte{"older ones": text, "another system's": other} {
		if err := os.WriteFile(older, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(older, path); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Reload(); !errors.Is(err, ErrOtherKeys) || r.Current() != 2 {
			t.Errorf("%s: %v, current is %d", name, err, r.Current())
		}
	}
}

// Who counts what a ring opens and seals counts each once, and the ring that is
// not watched counts nothing.
func TestWatched(t *testing.T) {
	r, _ := ring(t)
	seen := 0
	w := r.Watched(func() { seen++ })
	key, wrapped, err := w.NewKey("A")
	if err != nil {
		t.Fatal(err)
	}
	steps := []func() error{
		func() error { _, err := w.Key(wrapped, "A"); return err },
		func() error { key.Seal(nil, at); return nil },
		func() error { _, err := key.Open(key.Seal([]byte("x"), at), at); return err },
	}
	for i, want := range []int{2, 3, 5} {
		if err := steps[i](); err != nil || seen != want {
			t.Errorf("step %d: %d, want %d; %v", i, seen, want, err)
		}
	}
	if plain, err := key.Open(key.Seal([]byte("x"), at), at); err != nil || string(plain) != "x" {
		t.Errorf("a watched key opens %q, %v", plain, err)
	}
	if _, err := r.Key(wrapped, "A"); err != nil || seen != 7 {
		t.Errorf("a ring that nobody watches counted: %d, %v", seen, err)
	}
}

// A ledger holds each key once whatever is appended how often, also in a folder
// that is not there or to a file that is no ledger.
func TestLedgerLines(t *testing.T) {
	r, _ := ring(t)
	l, path := ledger(t, r)
	for range 2 {
		if err := l.Append(shreds[1], shreds[1], shreds[0]); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := l.Read(); err != nil || len(list) != 2 {
		t.Errorf("%v, %v", list, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	nowhere, err := OpenLedger(filepath.Join(t.TempDir(), "none", "ledger"), r)
	if err != nil {
		t.Fatal(err)
	}
	if err := nowhere.Append(shreds[0]); err == nil || !strings.Contains(err.Error(), "opening the ledger") {
		t.Errorf("appended in a folder that is not there: %v", err)
	}
	within, err := OpenLedger(filepath.Join(path, "ledger"), r) // within a file: not absent, but not to be opened either
	if err != nil {
		t.Fatal(err)
	}
	if _, err := within.Read(); err == nil || !strings.Contains(err.Error(), "opening the ledger") {
		t.Errorf("a ledger that cannot be opened is read as an empty one: %v", err)
	}
	if list, err := nowhere.Read(); err != nil || list != nil {
		t.Errorf("a ledger that is not there: %v, %v", list, err)
	}
	folder, err := OpenLedger(t.TempDir(), r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := folder.Read(); err == nil {
		t.Error("a folder was read as a ledger")
	}
	for name, line := range map[string]string{"no reference": " 2026-11-22T09:00:00.000001Z 3", "no time": "7K4M2QX9C3TB5 soon 3", "nobody": "7K4M2QX9C3TB5 2026-11-22T09:00:00.000001Z x",
		"a word too many": "7K4M2QX9C3TB5 2026-11-22T09:00:00.000001Z 3 4", "one word": "7K4M2QX9C3TB5"} {
		text := fmt.Sprintf("%s%s %s\n", ledgerHead, line, hex.EncodeToString(l.code(nil, line)))
		if list, _, _, err := l.parse([]byte(text)); !errors.Is(err, ErrLedger) {
			t.Errorf("%s: %v, %v", name, list, err)
		}
	}
	for name, text := range map[string]string{"no blank": ledgerHead + "x\n", "a blank alone": ledgerHead + " \n", "an empty line": ledgerHead + "\n"} {
		if list, _, _, err := l.parse([]byte(text)); !errors.Is(err, ErrLedger) {
			t.Errorf("%s: %v, %v", name, list, err)
		}
	}
}
