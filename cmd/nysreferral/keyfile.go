package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"nysreferral/audit"
	"nysreferral/config"
	"nysreferral/seal"
	"nysreferral/store"
)

// ringOf opens the keys that the settings name. Where their file is not there it
// says how a new system gets one.
func ringOf(s config.Settings) (*seal.Ring, error) {
	ring, err := seal.From(keysOf(s))
	if err == nil {
		return ring, nil
	}
	path, none := keysOf(s).Path()
	if none != nil || !lacks(err, path) {
		return nil, err
	}
	const first = "there is no key file %s. Where data was stored before, make no new one, which opens nothing of it: is its folder mounted, and are these the server's settings? Else bring the copy back"
	if _, err := os.Stat(path + ".shreds"); err == nil { // what was destroyed is listed beside the keys
		return nil, fmt.Errorf(first, path)
	}
	return nil, fmt.Errorf(first+". "+noKeys(s, path), path)
}

// errOtherKeys says what is wrong where a key file opens and is not that of the
// database. With it everything new would be sealed by a key that nobody looks for,
// and nothing old would open.
var errOtherKeys = errors.New("this key file is not the one of this database: its log was signed with another. Look whether key-file and the database of the settings belong together; if they do, somebody replaced the newest head of the log: keep everything as it is, and tell the auditor")

// keysFit returns errOtherKeys unless the log of the database was signed with a key
// of ring; an empty log fits to any.
func keysFit(ctx context.Context, db *store.DB, ring *seal.Ring) error {
	_, verifier, err := audit.Keys(ring)
	if err != nil {
		return err
	}
	err = audit.SignedBy(ctx, db, verifier)
	if errors.Is(err, audit.ErrOtherKey) {
		return errOtherKeys
	}
	return err
}

// lacks says whether an error is that this file is not there, and not another.
func lacks(err error, path string) bool {
	var at *fs.PathError
	return errors.As(err, &at) && at.Path == path && errors.Is(at, fs.ErrNotExist)
}

// noKeys is the command that makes the key file of a new system.
func noKeys(s config.Settings, path string) string {
	switch {
	case s.Token.Module != "":
		words := []string{"nysreferral key token PLAIN --key-file", quoted(path), "--key-token-module", quoted(s.Token.Module),
			"--key-token-label", quoted(s.Token.Label), "--key-token-key", quoted(s.Token.Key), "--key-token-pin-file", quoted(s.Token.PINFile)}
		return "A new system has a plain one made, nysreferral key new PLAIN, and sealed by the token: " + strings.Join(words, " ")
	case s.KeyCredential != "":
		return fmt.Sprintf("systemd handed out no credential %s: name the key file in LoadCredential of the unit. A new system makes it with: nysreferral key new FILE", s.KeyCredential)
	}
	return "A new system makes it with: nysreferral key new " + quoted(path)
}

// plainWord needs no quotes in a shell.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./:@%+,=-]+$`)

// quoted is a word as one types it in a shell.
func quoted(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// noFolder says how the folder of a file is made that is to be made in it.
func noFolder(err error, file string) error {
	if folder := filepath.Dir(file); lacks(err, file) {
		return fmt.Errorf("there is no folder %s for the key file. Mount it, or make it with: mkdir -p -m 700 %s", folder, quoted(folder))
	}
	return err
}
