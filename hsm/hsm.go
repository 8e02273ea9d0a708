// Package hsm lets a hardware security module, or another token that speaks
// PKCS#11, hold the key that opens the key file. The file then lies sealed: who
// steals the disk and the file has nothing without the token, and the token never
// gives its key out. The package decides nothing about the keys in the file.
// Speaking to a token needs C: a program that was built without the tag pkcs11
// refuses with ErrNot.
package hsm

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"

	"nysreferral/seal"
)

// head begins a key file that a token sealed, and is bound to what it holds.
const head = "nysreferral keys, sealed by a token 1\n"

// nonceSize is that of AES-GCM, in bytes.
const nonceSize = 12

// ErrNot says that the program cannot speak to a token.
var ErrNot = errors.New("hsm: this program was built without PKCS#11: build it with CGO_ENABLED=1 and -tags pkcs11")

// ErrFile says that a file is not one that this token sealed, or was changed.
var ErrFile = errors.New("hsm: this is not a key file that this token sealed, or it was changed")

// Token is a key file that a key of a token sealed. It is a seal.Source.
type Token struct {
	Module  string // file of the maker's PKCS#11 library
	Label   string // of the token
	Key     string // label of the key on it
	PINFile string // holds the PIN, for the owner alone
	File    string // the sealed key file, for the owner alone
}

// Read has the token open the file. A file or PIN that others may read is
// refused as seal.File refuses it.
func (t Token) Read() ([]byte, error) {
	text, err := seal.File(t.File).Read()
	if err != nil {
		return nil, err
	}
	return t.Open(text)
}

// Open has the token open what Seal returned. It returns ErrFile for anything
// else, and ErrPIN as Seal does.
func (t Token) Open(sealed []byte) ([]byte, error) {
	body, ours := bytes.CutPrefix(sealed, []byte(head))
	raw, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(body)))
	if err != nil || !ours || len(raw) <= nonceSize {
		return nil, ErrFile
	}
	return t.ask(func(pin string) ([]byte, error) { return t.open(pin, raw[:nonceSize], raw[nonceSize:]) })
}

// Path is the sealed file.
func (t Token) Path() (string, error) { return t.File, nil }

// Seal returns the text of a key file as the token seals it. A token that has no
// key of that label makes one, which never leaves it. It returns ErrPIN for a PIN
// that the token refuses, or refused before.
func (t Token) Seal(text []byte) ([]byte, error) {
	nonce := make([]byte, nonceSize)
	rand.Read(nonce)
	sealed, err := t.ask(func(pin string) ([]byte, error) { return t.close(pin, nonce, text) })
	if err != nil {
		return nil, err
	}
	return []byte(head + base64.StdEncoding.EncodeToString(append(nonce, sealed...)) + "\n"), nil
}

// ask reads the PIN and does with it what needs the token.
func (t Token) ask(do func(pin string) ([]byte, error)) ([]byte, error) {
	pin, err := t.pin()
	if err != nil {
		return nil, err
	}
	return everRefused.try(t.Module+"\x00"+t.Label, pin, do)
}

func (t Token) pin() (string, error) {
	text, err := seal.File(t.PINFile).Read()
	if err != nil {
		return "", fmt.Errorf("hsm: reading the PIN: %w", err)
	}
	return string(bytes.TrimSpace(text)), nil
}
