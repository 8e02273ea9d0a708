package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
)

// Each wrong setting is refused with its name as the command line knows it,
// and without its value.
func TestCheckRefuses(t *testing.T) {
	cases := []struct {
		name string
		set  func(*Settings)
		want string
	}{
		{"no data folder", func(s *Settings) { s.Data = "" }, "data must be set"},
		{"no key file", func(s *Settings) { s.KeyFile = "" }, "key-file must be set"},
		{"another database", func(s *Settings) { s.Database = "mysql://hush:hush@db/x" }, "database must be"},
		{"two databases", func(s *Settings) { s.Database, s.DatabaseFile = "postgres://db/x", "f" }, "database-file must not"},
		{"address without port", func(s *Settings) { s.Addr = "localhost" }, "addr must be host:port"},
		{"url with path", func(s *Settings) { s.PublicURL = "https://x.example.org/hush" }, "public-url must be"},
		{"url with query", func(s *Settings) { s.PublicURL = "https://x.example.org?hush" }, "public-url must be"},
		{"url with account", func(s *Settings) { s.PublicURL = "https://hush@x.example.org" }, "public-url must be"},
		{"url of a file", func(s *Settings) { s.PublicURL = "file://x.example.org" }, "public-url must be"},
		{"certificate alone", func(s *Settings) { s.TLSCert = "c" }, "tls-key must be set"},
		{"proxy by name", func(s *Settings) { s.TrustedProxy = "hush.example.org" }, "trusted-proxy must be"},
		{"two lines of name", func(s *Settings) { s.SystemName = "Desk\r\nBcc: hush@example.org" }, "system-name must be"},
		{"mail without sender", func(s *Settings) { s.SMTP.Addr = "mail.example.org:25" }, "smtp-from must be set"},
		{"sender of no mail", func(s *Settings) { s.SMTP.From = "hush" }, "smtp-from must be a mail"},
		{"mail account without password", func(s *Settings) { s.SMTP.User = "hush" }, "smtp-password-file must be set"},
		{"tls perhaps", func(s *Settings) { s.SMTP.StartTLS = "maybe" }, "smtp-start-tls must be one of"},
		{"mail that waits for ever", func(s *Settings) { s.SMTP.Timeout = time.Hour }, "smtp-timeout must be at most 5m"},
		{"body of nothing", func(s *Settings) { s.Limits.Body = 0 }, "limit-body must be at least"},
		{"no drafts", func(s *Settings) { s.Limits.Drafts = 0 }, "limit-drafts must be"},
		{"close at night", func(s *Settings) { s.Clocks.CloseHour = 24 }, "clock-close-hour must be at most 23"},
		{"store with a path", func(s *Settings) { s.S3.Endpoint = "https://store.example.org/hush" }, "s3-endpoint must be http"},
		{"store without a bucket", func(s *Settings) { s.S3.Endpoint = "https://store.example.org" }, "s3-bucket must be set"},
		{"store with a short bucket", func(s *Settings) { s.S3.Bucket = "x" }, "s3-bucket must be at least 3"},
		{"free passwords", func(s *Settings) { s.SignIn.PasswordCost = 0 }, "sign-in-password-cost must be"},
		{"long idling", func(s *Settings) { s.Session.Idle = time.Hour }, "session-idle must be at most"},
		{"shorter than idle", func(s *Settings) { s.Session.Absolute = 5 * time.Minute }, "session-absolute must not"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := Default()
			c.set(&s)
			err := s.Check()
			if err == nil || !strings.Contains(err.Error(), "config: "+c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "hush") {
				t.Errorf("the refusal tells the value: %v", err)
			}
		})
	}
}

// Real use demands more than trying out: full password cost and TLS.
func TestCheckServeRefuses(t *testing.T) {
	cases := []struct {
		name string
		set  func(*Settings)
		want string
	}{
		{"cheap passwords", func(s *Settings) { s.SignIn.PasswordCost = LeastPasswordCost - 1 }, "password-cost"},
		{"open way to people", func(s *Settings) { s.PublicURL = "http://localhost:8443" }, "public-url"},
		{"open way to mail", func(s *Settings) {
			s.SMTP.Addr, s.SMTP.From, s.SMTP.StartTLS = "mail.example.org:25", "desk@example.org", "offered"
		}, "smtp-start-tls"},
		{"open way to the store of files", func(s *Settings) { s.S3 = bucket("http://store.example.org") }, "s3-endpoint"},
		{"two places of files", func(s *Settings) { s.S3, s.Files = bucket("http://127.0.0.1:9000"), "files" }, "files must not"},
		{"open to all machines", func(s *Settings) { s.Addr = "0.0.0.0:80" }, "tls-cert"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := Default()
			c.set(&s)
			if err := s.Check(); err != nil {
				t.Errorf("for trying out: %v", err)
			}
			if err := s.CheckServe(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("for real use: %v", err)
			}
		})
	}
}

// bucket is a store of attached files there.
func bucket(endpoint string) S3 {
	return S3{Endpoint: endpoint, Bucket: "files", Region: "here", KeyID: "key", SecretFile: "f", Timeout: time.Second}
}

// The defaults are good for real use and are those of the design.
func TestDefault(t *testing.T) {
	s := Default()
	s.SMTP.Addr, s.SMTP.From = "mail.example.org:25", "noreply@example.org"
	if err := s.CheckServe(); err != nil {
		t.Error(err)
	}
	if s.Limits.Body != 1<<20 || s.Limits.Drafts != 100 || s.Limits.Submissions != 200 || s.Limits.File != 10<<20 {
		t.Errorf("limits %+v", s.Limits)
	}
	if s.Session.Idle != 15*time.Minute || s.Session.Absolute != 10*time.Hour || s.SignIn.PasswordCost != LeastPasswordCost {
		t.Errorf("sessions %+v, %+v", s.Session, s.SignIn)
	}
	if s.Clocks.CloseHour != 17 || s.Clocks.FromNextBusinessDay || !s.Rules.ConsultationReads || s.Rules.QuestionPause != 0 || s.Pilot {
		t.Errorf("choices %+v %+v", s.Clocks, s.Rules)
	}
	if s.SMTP.StartTLS != "required" {
		t.Errorf("mail %+v", s.SMTP)
	}
}

// Every setting is a flag with a sentence of help, and a flag sets it.
func TestFlags(t *testing.T) {
	var cli struct {
		Serve struct {
			Settings `embed:""`
		} `cmd:""`
	}
	p, err := kong.New(&cli, kong.Name("x"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Parse([]string{"serve", "--smtp-addr=mail.example.org:25", "--no-rule-consultation-reads", "--session-idle=5m"}); err != nil {
		t.Fatal(err)
	}
	if s := cli.Serve; s.SMTP.Addr != "mail.example.org:25" || s.Rules.ConsultationReads || s.Session.Idle != 5*time.Minute || s.Limits.Drafts != 100 {
		t.Errorf("%+v", s)
	}
	for _, f := range p.Model.Children[0].Flags {
		if !strings.HasSuffix(f.Help, ".") {
			t.Errorf("--%s has no sentence of help", f.Name)
		}
	}
}

// Settings print without secrets, in every way that logs use.
func TestPrintsWithheld(t *testing.T) {
	s := Default()
	s.Database = "postgres://app:hush@db.example.org:5432/referral?sslpassword=hush"
	path := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(path, []byte("hush\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.SMTP.PasswordFile = path
	password, err := s.SMTP.Password()
	if err != nil || password.Reveal() != "hush" {
		t.Fatalf("%q, %v", password.Reveal(), err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "settings", s, "password", password)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "settings", s, "password", password)
	asJSON, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	out := fmt.Sprintf("%v %+v %#v %s %q %x", s, s, s, password, password, password) + log.String() + string(asJSON)
	if strings.Contains(out, "hush") || strings.Contains(out, "68757368") {
		t.Errorf("a secret is printed: %s", out)
	}
	if !strings.Contains(out, "db.example.org:5432/referral") {
		t.Errorf("the address is not printed: %s", out)
	}
	if got := Database("host=db password=hush").String(); got != "(withheld)" {
		t.Errorf("an address of another form: %s", got)
	}
}

// A file of secrets that others may read, or that is empty, is refused.
func TestSecretFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte("postgres://app:hush@db/x\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := Settings{DatabaseFile: path}
	if _, err := s.Source(); err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("a file for all: %v", err)
	}
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Source(); err != nil || got.Reveal() != "postgres://app:hush@db/x" {
		t.Errorf("%v, %v", got, err)
	}
	for _, text := range []string{"", "\n\n", "mysql://hush"} {
		other := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(other, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := (Settings{DatabaseFile: other}).Source(); err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%q: %v", text, err)
		}
	}
	if got, err := (Settings{}).Source(); got != "" || err != nil {
		t.Errorf("no database: %v, %v", got, err)
	}
}
