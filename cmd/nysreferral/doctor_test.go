package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"nysreferral/audit"
	"nysreferral/config"
	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/store/storetest"
)

// soundSetup is a set-up of a server for real people in which nothing is to be
// mended: keys, database, a signed log with a head outside, a backup that was put
// back, and a mail server.
func soundSetup(t *testing.T, url string) config.Settings {
	t.Helper()
	_, addr := mailServer(t)
	s := settingsFor(url, keyFile(t))
	s.SignIn.PasswordCost = config.LeastPasswordCost
	s.PublicURL = "https://referrals.example.org"
	s.SMTP = config.SMTP{Addr: addr, From: "desk@partners.example.org", StartTLS: "off", Timeout: 5 * time.Second}
	s.Anchor.File = filepath.Join(t.TempDir(), "anchors")
	private := filepath.Join(t.TempDir(), "offline")
	if _, err := run(t, &backupKey{File: private}); err != nil {
		t.Fatal(err)
	}
	s.Backup = config.Backup{Key: private + ".pub", Folder: t.TempDir(), Every: time.Hour}
	wrote(t, s, 3)
	if _, err := run(t, &backupWrite{s}); err != nil {
		t.Fatal(err)
	}
	list, err := written(s)
	if err != nil || len(list) != 1 {
		t.Fatalf("%v %v", list, err)
	}
	if out, err := run(t, &backupDrill{s, putBack{File: list[0], With: private}}); err != nil {
		t.Fatalf("%s %v", out, err)
	}
	wrote(t, s, 0) // the backup is a line
	if _, err := run(t, &auditAnchor{Settings: s}); err != nil {
		t.Fatal(err)
	}
	return s
}

// wrote writes n lines and has every line signed.
func wrote(t *testing.T, s config.Settings, n int) {
	t.Helper()
	opened(t, s, func(p *program) {
		for range n {
			err := p.db.Do(t.Context(), func(tx *ent.Tx) error {
				return audit.Add(t.Context(), tx, audit.Line{At: time.Now(), Duty: "system", Action: "tried", Outcome: audit.Done})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		logHolds(t, p)
	})
}

// failing are the checks of doctor that end with FAIL.
func failing(out string) []string {
	var checks []string
	for line := range strings.SplitSeq(out, "\n") {
		if rest, ok := strings.CutPrefix(line, "FAIL  "); ok {
			check, _, _ := strings.Cut(rest, " ")
			checks = append(checks, check)
		}
	}
	return slices.Compact(checks)
}

// ofTests are settings that no server of tests has: it does not wait for the disk.
var ofTests = regexp.MustCompile(`(?m)^FAIL  database     (fsync|full_page_writes): off\n.*\n`)

// seen runs doctor and returns what fails; that it ends with an error exactly then
// is looked at, and that each failure says what to do.
func seen(t *testing.T, s config.Settings) (out string, fails []string) {
	t.Helper()
	out, err := run(t, &doctor{s})
	if (err != nil) != (len(failing(out)) > 0) {
		t.Errorf("it ends with %v after\n%s", err, out)
	}
	out = ofTests.ReplaceAllString(out, "")
	for block := range strings.SplitSeq(out, "\n") {
		if strings.HasSuffix(strings.TrimSpace(block), "→") {
			t.Errorf("it does not say what to do:\n%s", out)
		}
	}
	return out, failing(out)
}

// A set-up in which all is well has nothing to mend, on either database, and
// looking changes nothing of it.
func TestDoctorFindsNothing(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		s := soundSetup(t, url)
		if s.Database != "" { // servers have a role of their own
			s.Database = config.Database(storetest.AppURL(t, url))
		}
		before := contents(t, s.Data)
		out, fails := seen(t, s)
		if len(fails) > 0 {
			t.Errorf("%v to mend:\n%s", fails, out)
		}
		for _, check := range []string{"settings", "cryptography", "keys", "database", "migrations", "files", "log", "anchors", "backups", "drill", "disk", "clock", "jobs", "scanner", "mail", "certificate", "directory"} {
			if !strings.Contains(out, " "+check+" ") {
				t.Errorf("nobody looked at %s:\n%s", check, out)
			}
		}
		if after := contents(t, s.Data); !bytes.Equal(before, after) {
			t.Error("looking changed the data folder")
		}
	})
}

// contents are the names and bytes of what lies in a folder, without what SQLite
// makes for readers.
func contents(t *testing.T, folder string) []byte {
	t.Helper()
	var all []byte
	list, err := os.ReadDir(folder)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, one := range list {
		if one.IsDir() || strings.HasSuffix(one.Name(), "-shm") || strings.HasSuffix(one.Name(), "-wal") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, one.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all = fmt.Appendf(all, "%s %x\n", one.Name(), text)
	}
	return all
}

// trouble is one thing that goes wrong with a set-up, and the checks that must say
// it, with a space between.
type trouble struct {
	name, check string
	plant       func(t *testing.T, s *config.Settings)
}

// older sets back when a file was written.
func older(t *testing.T, path string, by time.Duration) {
	t.Helper()
	if err := os.Chtimes(path, time.Now().Add(-by), time.Now().Add(-by)); err != nil {
		t.Fatal(err)
	}
}

// statement runs SQL as somebody with the database's password would.
func statement(t *testing.T, s config.Settings, text string, values ...any) {
	t.Helper()
	opened(t, s, func(p *program) {
		if _, err := p.db.SQL().ExecContext(t.Context(), text, values...); err != nil {
			t.Fatal(err)
		}
	})
}

var troubles = []trouble{
	{"a setting", "settings", func(_ *testing.T, s *config.Settings) { s.PublicURL = "http://referrals.example.org" }},
	{"keys open to others", "keys", func(t *testing.T, s *config.Settings) {
		if err := os.Chmod(s.KeyFile, 0o644); err != nil {
			t.Fatal(err)
		}
	}},
	{"no keys", "keys", func(_ *testing.T, s *config.Settings) { s.KeyFile += ".none" }},
	{"no database", "database", func(t *testing.T, s *config.Settings) { s.Data = filepath.Join(t.TempDir(), "none") }},
	{"a trigger gone", "database", func(t *testing.T, s *config.Settings) {
		statement(t, *s, "DROP TRIGGER audit_entries_no_delete")
	}},
	{"a copy that nobody accepted", "database", func(t *testing.T, s *config.Settings) {
		statement(t, *s, "INSERT INTO settings (key, value) VALUES ('restored', '2026-11-20')")
	}},
	{"a database open to others", "files", func(t *testing.T, s *config.Settings) {
		if err := os.Chmod(filepath.Join(s.Data, "nysreferral.db"), 0o644); err != nil {
			t.Fatal(err)
		}
	}},
	{"a signed head changed", "database log anchors", func(t *testing.T, s *config.Settings) {
		statement(t, *s, "DROP TRIGGER audit_checkpoints_no_update; UPDATE audit_checkpoints SET text = replace(text, 'time 2', 'time 1')")
	}},
	{"lines that nobody takes in", "log", func(t *testing.T, s *config.Settings) {
		statement(t, *s, "INSERT INTO audit_entries (at, action) VALUES ($1, 'late')", time.Now().Add(-time.Hour).UnixMicro())
	}},
	{"a head outside of another log", "database anchors", func(t *testing.T, s *config.Settings) {
		statement(t, *s, `DROP TRIGGER audit_entries_no_delete; DROP TRIGGER audit_leaves_no_delete; DROP TRIGGER audit_checkpoints_no_delete;
			DELETE FROM audit_checkpoints WHERE id > 1; DELETE FROM audit_leaves WHERE "index" >= (SELECT size FROM audit_checkpoints); DELETE FROM audit_entries WHERE id NOT IN (SELECT entry_id FROM audit_leaves)`)
	}},
	{"no head outside for long", "database anchors", func(t *testing.T, s *config.Settings) {
		s.Anchor.File += ".none"
		wrote(t, *s, 1)
		statement(t, *s, "DROP TRIGGER audit_checkpoints_no_update; UPDATE audit_checkpoints SET at = $1", time.Now().Add(-time.Hour).UnixMicro())
	}},
	{"an old backup", "backups", func(t *testing.T, s *config.Settings) {
		list, err := written(*s)
		if err != nil {
			t.Fatal(err)
		}
		older(t, list[0]+manifestEnd, 3*time.Hour)
	}},
	{"no backup", "backups", func(t *testing.T, s *config.Settings) { s.Backup.Folder = t.TempDir() }},
	{"a line that is not yet", "clock", func(t *testing.T, s *config.Settings) {
		statement(t, *s, "INSERT INTO audit_entries (at, action) VALUES ($1, 'later')", time.Now().Add(time.Hour).UnixMicro())
	}},
	{"a job that nobody works", "jobs", func(t *testing.T, s *config.Settings) {
		statement(t, *s, `INSERT INTO river_job (max_attempts, scheduled_at, args, kind, created_at, metadata, tags, priority, queue, state)
			VALUES (3, datetime('now', '-1 hour'), cast('{}' AS blob), 'x', datetime('now', '-1 hour'), json('{}'), json('[]'), 1, 'default', 'available')`)
	}},
	{"no scanner where one is set", "scanner", func(t *testing.T, s *config.Settings) { s.Clamd = "unix:" + filepath.Join(t.TempDir(), "none") }},
	{"no mail server where one is set", "mail", func(_ *testing.T, s *config.Settings) { s.SMTP.Addr = "127.0.0.1:1" }},
	{"a certificate that ended, and vouches for itself", "certificate", func(t *testing.T, s *config.Settings) {
		s.TLSCert, s.TLSKey = certificateFiles(t, "referrals.example.org", time.Now().Add(-time.Hour))
	}},
	{"a certificate of others", "certificate", func(t *testing.T, s *config.Settings) {
		s.TLSCert, s.TLSKey = certificateFiles(t, "other.example.org", time.Now().Add(100*24*time.Hour))
	}},
}

// certificateFiles are a certificate for a name, good until a moment, and its key.
func certificateFiles(t *testing.T, name string, until time.Time) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: until.Add(-200 * 24 * time.Hour), NotAfter: until, DNSNames: []string{name}}
	der, err := x509.CreateCertificate(rand.Reader, c, c, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	return pemFiles(t, der, private)
}

// pemFiles writes a certificate and its key into a folder of their own.
func pemFiles(t *testing.T, der []byte, private *ecdsa.PrivateKey) (cert, key string) {
	t.Helper()
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	cert, key = filepath.Join(folder, "cert"), filepath.Join(folder, "key")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: encoded}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// Each trouble is found by the checks that are for it and by no other, which say
// what to do.
func TestDoctorFindsTroubles(t *testing.T) {
	s := soundSetup(t, "sqlite:"+filepath.Join(t.TempDir(), "data", "nysreferral.db"))
	for _, one := range troubles {
		t.Run(one.name, func(t *testing.T) {
			ill := setupCopy(t, s)
			one.plant(t, &ill)
			if out, fails := seen(t, ill); strings.Join(fails, " ") != one.check {
				t.Errorf("%v fail, want %s:\n%s", fails, one.check, out)
			}
		})
	}
}

// setupCopy is a set-up in folders of its own, with the same database, keys, heads
// outside and backups.
func setupCopy(t *testing.T, s config.Settings) config.Settings {
	t.Helper()
	folder := t.TempDir()
	data, backups := filepath.Join(folder, "data"), filepath.Join(folder, "copies")
	for from, to := range map[string]string{s.Data: data, s.Backup.Folder: backups} {
		if err := os.CopyFS(to, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
		closed(t, to)
	}
	keys, anchors := filepath.Join(folder, "keys"), filepath.Join(folder, "anchors")
	for from, to := range map[string]string{s.KeyFile: keys, s.Anchor.File: anchors} {
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, text, 0o400); err != nil {
			t.Fatal(err)
		}
	}
	s.Data, s.KeyFile, s.Anchor.File, s.Backup.Folder = data, keys, anchors, backups
	if err := os.Chmod(anchors, 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// closed closes a folder and what lies in it to other accounts.
func closed(t *testing.T, folder string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		mode := fs.FileMode(0o600)
		if d.IsDir() {
			mode = 0o700
		}
		return os.Chmod(path, mode)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Over the demonstration's people and referrals, doctor names nobody, no
// reference and no address.
func TestDoctorTellsOfNobody(t *testing.T) {
	s := settingsFor("sqlite:"+filepath.Join(t.TempDir(), "data", "nysreferral.db"), keyFile(t))
	state, refs := storied(t, s)
	out, _ := seen(t, s)
	if !strings.Contains(out, "contacts are not verified") || !strings.Contains(out, "a demonstration's") {
		t.Errorf("it did not look:\n%s", out)
	}
	words := append([]string{"@", demo.Password}, refs...)
	for _, a := range state.Accounts {
		words = append(words, a.Email, a.Agency)
	}
	for _, word := range words {
		if strings.Contains(out, word) {
			t.Errorf("it says %q:\n%s", word, out)
		}
	}
}

// One check that failed is said as one.
func TestDoctorCountsInWords(t *testing.T) {
	for n, want := range map[int]string{1: "1 check failed", 2: "2 checks failed"} {
		x := &examination{}
		for range n {
			x.fail("clock", "it is wrong", "Set it.")
		}
		if err := x.say(io.Discard); err == nil || err.Error() != want {
			t.Errorf("of %d it says %v", n, err)
		}
	}
}
