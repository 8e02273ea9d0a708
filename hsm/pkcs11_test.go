//go:build pkcs11 && cgo

package hsm_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"nysreferral/hsm"
	"nysreferral/seal"
)

// token makes a token of SoftHSM in a folder of its own, and a key file.
func token(t *testing.T) hsm.Token {
	t.Helper()
	module := "/usr/lib/softhsm/libsofthsm2.so"
	if _, err := os.Stat(module); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("SoftHSM is not here, and nothing may be left out")
		}
		t.Skip("SKIPPED: SoftHSM is not here; no token was spoken to")
	}
	dir := t.TempDir()
	at := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	if err := os.Mkdir(filepath.Join(dir, "tokens"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SOFTHSM2_CONF", at("conf", "directories.tokendir = "+filepath.Join(dir, "tokens")+"\nobjectstore.backend = file\nlog.level = ERROR\n"))
	for _, label := range []string{"first", "second"} {
		out, err := exec.CommandContext(t.Context(), "softhsm2-util", "--init-token", "--free", "--label", label, "--pin", "1234", "--so-pin", "5678").CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	return hsm.Token{Module: module, Label: "first", Key: "nysreferral", PINFile: at("pin", "1234\n"), File: filepath.Join(dir, "sealed")}
}

// What a token sealed opens by that token and its PIN alone, and is a source of
// keys as the plain file is; a changed file, another token, another key, a wrong
// PIN and a file that others may read open nothing.
func TestToken(t *testing.T) {
	of := token(t)
	plain := of.File + ".plain"
	if err := seal.Create(plain, time.Now()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(plain)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := of.Seal(text)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, text[:40]) {
		t.Error("the keys stand in the sealed file")
	}
	write := func(b []byte, mode os.FileMode) {
		if err := errors.Join(os.WriteFile(of.File, b, mode), os.Chmod(of.File, mode)); err != nil {
			t.Fatal(err)
		}
	}
	wrong := func(change func(*hsm.Token)) error {
		other := of
		change(&other)
		_, err := other.Read()
		return err
	}
	write(sealed, 0o600)
	if got, err := of.Read(); err != nil || !bytes.Equal(got, text) {
		t.Fatalf("reading: %v", err)
	}
	for name, change := range map[string]func(*hsm.Token){
		"another token": func(o *hsm.Token) { o.Label = "second" }, "no token": func(o *hsm.Token) { o.Label = "third" },
		"another key": func(o *hsm.Token) { o.Key = "else" }, "a wrong PIN": func(o *hsm.Token) { o.PINFile = plain }, "no library": func(o *hsm.Token) { o.Module = "/none.so" },
	} {
		if wrong(change) == nil {
			t.Errorf("%s opened it", name)
		}
	}
	sameKeys(t, plain, of)
	write(sealed, 0o640)
	if wrong(func(*hsm.Token) {}) == nil {
		t.Error("a file that others may read was opened")
	}
	changed := bytes.Clone(sealed)
	changed[len(changed)-10] ^= 1
	write(changed, 0o600)
	if _, err := of.Read(); !errors.Is(err, hsm.ErrFile) {
		t.Errorf("a changed file: %v", err)
	}
	write(text, 0o600)
	if _, err := of.Read(); !errors.Is(err, hsm.ErrFile) {
		t.Errorf("the plain file: %v", err)
	}
}

// sameKeys wants that what is wrapped under a plain file opens by the token.
func sameKeys(t *testing.T, plain string, of hsm.Token) {
	t.Helper()
	mine, err := seal.Load(plain)
	if err != nil {
		t.Fatal(err)
	}
	ring, err := seal.From(of)
	if err != nil {
		t.Fatal(err)
	}
	_, wrapped, err := mine.NewKey("A")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ring.Key(wrapped, "A"); err != nil {
		t.Errorf("the keys of the token are not those of the file: %v", err)
	}
}

// sealNew seals a new file of keys by the token.
func sealNew(t *testing.T, of hsm.Token) {
	t.Helper()
	plain := of.File + ".plain"
	if err := seal.Create(plain, time.Now()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(plain)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := of.Seal(text)
	if err := errors.Join(err, os.WriteFile(of.File, sealed, 0o600)); err != nil {
		t.Fatal(err)
	}
}

// Sealing again uses the key that the token made before, so that what it sealed
// still opens.
func TestTokenKeepsItsKey(t *testing.T) {
	of := token(t)
	first, err := of.Seal([]byte("one"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := of.Seal([]byte("two")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(of.File, first, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := of.Read(); err != nil || string(got) != "one" {
		t.Errorf("%q, %v", got, err)
	}
}

// A key is rotated and retired on a token too, and the file stays sealed by it.
func TestTokenRotates(t *testing.T) {
	of := token(t)
	sealNew(t, of)
	if n, err := seal.RotateIn(of, time.Now()); err != nil || n != 2 {
		t.Fatalf("rotating: %d, %v", n, err)
	}
	if err := seal.RetireIn(of, 1); err != nil {
		t.Fatal(err)
	}
	list, err := seal.VersionsIn(of)
	if err != nil || len(list) != 1 || list[0].ID != 2 {
		t.Errorf("versions: %+v, %v", list, err)
	}
	if _, err := seal.Versions(of.File); err == nil {
		t.Error("the file lies open after a rotation")
	}
}

// A PIN that the token refused is not tried again, even where the token would
// take it by now; another one is.
func TestTokenIsNotAskedTwiceWithAWrongPIN(t *testing.T) {
	of := token(t)
	pin := func(text string) {
		if err := os.WriteFile(of.PINFile, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	anew := func(pin string) {
		out, err := exec.CommandContext(t.Context(), "softhsm2-util", "--init-token", "--token", "first", "--label", "first", "--pin", pin, "--so-pin", "5678").CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	pin("999999")
	if _, err := of.Seal([]byte("one")); !errors.Is(err, hsm.ErrPIN) {
		t.Fatalf("a wrong PIN: %v", err)
	}
	anew("999999")
	if _, err := of.Seal([]byte("one")); !errors.Is(err, hsm.ErrPIN) {
		t.Errorf("the PIN that was refused: %v", err)
	}
	anew("777777")
	pin("777777")
	if _, err := of.Seal([]byte("one")); err != nil {
		t.Errorf("the right PIN: %v", err)
	}
}

// A ring whose token has another PIN by now goes on, and does not ask it as long
// as the sealed file is the same.
func TestTokenIsAskedOnlyWhenTheFileChanged(t *testing.T) {
	of := token(t)
	sealNew(t, of)
	ring, err := seal.From(of)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := seal.RotateIn(of, time.Now()); err != nil {
		t.Fatal(err)
	}
	if rotated, err := ring.Reload(); !rotated || err != nil {
		t.Fatalf("after a rotation: %v, %v", rotated, err)
	}
	if err := os.WriteFile(of.PINFile, []byte("888888\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if rotated, err := ring.Reload(); rotated || err != nil {
		t.Errorf("the token was asked though nothing changed: %v, %v", rotated, err)
	}
}
