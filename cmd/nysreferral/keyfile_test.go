package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nysreferral/audit"
	"nysreferral/config"
)

// Whoever starts anything without a key file reads the command that makes it, with
// the file that they named, and is told not to make one where data is stored; the
// command that is printed makes it.
func TestNoKeyFileLeadsToKeyNew(t *testing.T) {
	s := realSettings(t)
	s.KeyFile = filepath.Join(t.TempDir(), "our keys")
	want := "nysreferral key new '" + s.KeyFile + "'"
	for name, command := range map[string]interface{ Run(*env) error }{
		"serve": &serve{s}, "migrate": &migrate{Settings: s}, "key list": &keyList{s}, "key rotate": &keyRotate{s}, "audit verify": &auditVerify{Settings: s},
	} {
		if _, err := run(t, command); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "bring the copy") {
			t.Errorf("%s says %v", name, err)
		}
	}
	if out, err := run(t, &doctor{s}); err == nil || !strings.Contains(out, want) {
		t.Errorf("doctor says %s", out)
	}
	if out, err := types(t, s, "user", "list"); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("user list says %s %v", out, err)
	}
	if _, err := run(t, &keyNew{File: s.KeyFile}); err != nil {
		t.Fatal(err)
	}
	if out, err := types(t, s, "user", "list"); err != nil {
		t.Error(out, err)
	}
	if err := os.Remove(s.KeyFile); err != nil {
		t.Fatal(err)
	}
	if out, err := types(t, s, "user", "list"); err == nil || strings.Contains(err.Error(), "key new") || !strings.Contains(err.Error(), "is its folder mounted") {
		t.Errorf("beside a list of what was destroyed user list says %s %v", out, err)
	}
}

// What a key file is sealed or handed out by is named with the flags that were
// given; a key file that is there and does not open is not said to be missing, and
// one that is to lie in no folder leads to the folder.
func TestNoKeyFileElsewhere(t *testing.T) {
	dir := t.TempDir()
	s := config.Default()
	s.KeyFile = filepath.Join(dir, "sealed")
	s.Token = config.Token{Module: "/usr/lib/token.so", Label: "two words", Key: "nysreferral", PINFile: "/etc/pin"}
	_, err := ringOf(s)
	want := "nysreferral key token PLAIN --key-file " + s.KeyFile + " --key-token-module /usr/lib/token.so --key-token-label 'two words' --key-token-key nysreferral --key-token-pin-file /etc/pin"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("of a token: %v", err)
	}
	t.Setenv("CREDENTIALS_DIRECTORY", dir)
	s = config.Default()
	s.KeyCredential = "keys"
	if _, err := ringOf(s); err == nil || !strings.Contains(err.Error(), "LoadCredential") || !strings.Contains(err.Error(), "nysreferral key new FILE") {
		t.Errorf("of a credential: %v", err)
	}
	s = config.Default()
	s.KeyFile = filepath.Join(dir, "half")
	if err := os.WriteFile(s.KeyFile, []byte("half a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ringOf(s); err == nil || strings.Contains(err.Error(), "key new") {
		t.Errorf("of half a file: %v", err)
	}
	if _, err := run(t, &keyNew{File: filepath.Join(dir, "none", "keys")}); err == nil || !strings.Contains(err.Error(), "mkdir -p -m 700 "+filepath.Join(dir, "none")) {
		t.Errorf("in no folder: %v", err)
	}
	if _, err := run(t, &keyToken{Settings: config.Settings{Token: config.Token{Module: "x"}}, Plain: filepath.Join(dir, "plain")}); err == nil || !strings.Contains(err.Error(), "nysreferral key new "+filepath.Join(dir, "plain")) {
		t.Errorf("to be sealed: %v", err)
	}
}

// A key file that opens and is not that of the database is taken by nothing: no
// command and no server seals anything by it or makes a list beside it, and nobody is
// told that the log was changed. With its own key file the database works as before.
func TestAnotherKeyFile(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		s := settingsFor(url, keyFile(t))
		add := []string{"agency", "add", "--name", "Harbor Legal", "--kind", "legal_service_provider", "--side", "provider", "--designated", "otda"}
		if out, err := types(t, s, add...); err != nil {
			t.Fatal(out, err)
		}
		opened(t, s, func(p *program) {
			tree, err := audit.NewTree(p.db, p.ring, time.Now)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := tree.Take(t.Context()); n == 0 || err != nil {
				t.Fatal(n, err)
			}
		})
		other := s
		other.KeyFile = keyFile(t)
		for _, words := range [][]string{add, {"user", "list"}, {"audit", "verify"}, {"audit", "weekly"}} {
			if out, err := types(t, other, words...); !errors.Is(err, errOtherKeys) {
				t.Errorf("%s: %s %v", words, out, err)
			}
		}
		if out, _ := run(t, &doctor{other}); !strings.Contains(out, "signed with the key of another key file") || strings.Contains(out, "was changed") {
			t.Errorf("doctor says %s", out)
		}
		if _, err := os.Stat(other.KeyFile + ".shreds"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a list beside it: %v", err)
		}
		if out, err := types(t, s, "agency", "list"); err != nil || strings.Count(out, "Harbor Legal") != 1 {
			t.Errorf("with its own: %s %v", out, err)
		}
	})
}
