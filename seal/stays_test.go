package seal

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A data key says under which version it is wrapped, and what is none says 0.
func TestWrappedUnder(t *testing.T) {
	whole := make([]byte, headLen+gcmCost+KeySize)
	whole[0] = formatWrap
	binary.BigEndian.PutUint32(whole[1:], 0x01020304)
	if got := WrappedUnder(whole); got != 0x01020304 {
		t.Errorf("wrapped under %x", got)
	}
	other := append([]byte{}, whole...)
	other[0] = formatSystem
	for name, b := range map[string][]byte{"nothing": nil, "too short": whole[:len(whole)-1], "too long": append(append([]byte{}, whole...), 0), "another format": other} {
		if got := WrappedUnder(b); got != 0 {
			t.Errorf("%s: wrapped under %x", name, got)
		}
	}
}

// What is wrapped under a version that the file does not have never opens, also
// when it was made with a key that anybody can compute.
func TestMissingVersionDoesNotOpen(t *testing.T) {
	r, _ := ring(t)
	for _, empty := range [][]byte{nil, make([]byte, KeySize)} {
		r.keys().keys[90] = empty
		aead, err := r.kek(90)
		if err != nil {
			t.Fatal(err)
		}
		system, err := r.system(90, at.bound("system"))
		if err != nil {
			t.Fatal(err)
		}
		delete(r.keys().keys, 90)
		head := func(format byte) []byte { return binary.BigEndian.AppendUint32([]byte{format}, 90) }
		if _, err := r.Key(aead.Seal(head(formatWrap), nil, make([]byte, KeySize), Place{Row: "A"}.bound("data key")), "A"); !errors.Is(err, ErrOpen) {
			t.Errorf("a data key that anybody can make opens: %v", err)
		}
		if _, err := r.Open(system.Seal(head(formatSystem), nil, []byte("x"), at.bound("system")), at); !errors.Is(err, ErrOpen) {
			t.Errorf("a row that anybody can make opens: %v", err)
		}
	}
}

// Keys and rings are withheld from logs and texts by a word, not by nothing: who
// reads the log sees that something was left out.
func TestWithheldByAWord(t *testing.T) {
	r, _ := ring(t)
	key, _ := dataKey(t, r, "A")
	if key.LogValue().String() != withheld || r.LogValue().String() != withheld {
		t.Error("a log does not say that it withholds")
	}
	for _, text := range []func() ([]byte, error){key.MarshalText, r.MarshalText} {
		if got, err := text(); err != nil || string(got) != withheld {
			t.Errorf("%q, %v", got, err)
		}
	}
}

// A credential is named by one word, also when a file lies where a path leads.
func TestCredentialIsOneWord(t *testing.T) {
	_, path := ring(t)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "credentials")
	for _, name := range []string{"sub/keys", "../keys", "keys"} {
		to := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, text, 0o400); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv(CredentialsDirectory, dir)
	for name, opens := range map[Credential]bool{"keys": true, "sub/keys": false, "../keys": false, "./keys": false, "sub/../keys": false, "..": false, ".": false, "": false} {
		if _, err := From(name); (err == nil) != opens {
			t.Errorf("%q: %v", name, err)
		}
		if got, err := name.Path(); (err == nil) != opens || opens && got != filepath.Join(dir, "keys") || !opens && got != "" {
			t.Errorf("%q is %q, %v", name, got, err)
		}
	}
	if got, err := File(path).Path(); err != nil || got != path {
		t.Errorf("a file is %q, %v", got, err)
	}
}

// Lines of a key file have just their words, and keys no sign that is none.
func TestLoadRefusesFalseLine(t *testing.T) {
	const root, key = "root AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "key 1 2026-11-22T09:00:00Z ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="
	whole := fileHead + "\n" + root + "\n" + key + "\n"
	if _, _, err := decode([]byte(summed(whole))); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"a word after the root": strings.Replace(whole, root, root+" x", 1), "a word after the key": strings.Replace(whole, key, key+" x", 1),
		"a sign after the root": strings.Replace(whole, root, root+"!", 1), "a sign after the key": strings.Replace(whole, key, key+"!", 1),
		"too long": whole + "#" + strings.Repeat("x", fileLimit) + "\n",
	} {
		if _, _, err := decode([]byte(summed(text))); !errors.Is(err, errFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A file that cannot be written to the end, as on a full disk, is not taken for
// one that was.
func TestWriteAllSaysWhatFailed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := writeAll(f, []byte("x")); err == nil {
		t.Error("what was not written counts as written")
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	// A pipe takes what is written, and cannot keep it.
	if err := writeAll(write, []byte("x")); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("what is on no disk counts as written: %v", err)
	}
}

// Nothing is sealed under a version that the ring does not hold.
func TestMissingVersionDoesNotSeal(t *testing.T) {
	r, path := ring(t)
	_, wrapped := dataKey(t, r, "A")
	r.keys().current = 90
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.NewKey("A"); err == nil {
		t.Error("a data key was wrapped")
	}
	if _, err := r.Seal(nil, at); err == nil {
		t.Error("a row was sealed")
	}
	if _, _, err := r.Rewrap(wrapped, "A"); err == nil {
		t.Error("a data key was wrapped again")
	}
}

// A cipher of a key of another length stops the program with words that say why.
func TestShortKeySaysSo(t *testing.T) {
	defer func() {
		if said := recover(); said != "seal: a key of another length" {
			t.Errorf("it said %v", said)
		}
	}()
	newAEAD(make([]byte, KeySize-1))
}

// Sealing with no key stops the program with words that say why.
func TestNoKeySaysSo(t *testing.T) {
	defer func() {
		if said := recover(); said != "seal: sealing with no key" {
			t.Errorf("it said %v", said)
		}
	}()
	Key{}.Seal(nil, at)
}
