//go:build !pkcs11 || !cgo

package hsm_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"nysreferral/hsm"
)

// A program that cannot speak to a token says how to get one that can, and opens
// nothing.
func TestWithoutPKCS11(t *testing.T) {
	pin := filepath.Join(t.TempDir(), "pin")
	if err := os.WriteFile(pin, []byte("1234\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := (hsm.Token{PINFile: pin}).Seal([]byte("keys")); !errors.Is(err, hsm.ErrNot) {
		t.Errorf("sealing: %v", err)
	}
}
