// Package config is the one struct of settings. Its tags hold the name, the
// default and the help of each setting as the command line shows them; Check
// holds what must be true of them before anything starts. Secrets come from
// files, and settings print with their secrets withheld. The package does not
// read the environment, open a database or know what a setting is used for. What
// the program and its measurements must both be run with stands here too.
package config

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// CollectAt is how much is allocated before memory is collected, in percent of
// what is in use. That is some 10 MB, so that Go's own 100 collects some forty
// times a second under load, which was a sixth of the CPU of a page; this takes
// 10 MB more. GOGC says otherwise.
const CollectAt = 200

// Settings are all settings of the program. Use Default and change what must
// differ, or embed it in a command's struct, so that every setting is a flag
// and, with kong.DefaultEnvars, an environment variable.
type Settings struct {
	Data          string   `name:"data" default:"data" help:"Folder of the embedded database and of stored documents." validate:"required"`
	Database      Database `name:"database" placeholder:"postgres://…" help:"Address of a PostgreSQL database; without one, the embedded SQLite in the data folder." validate:"omitempty,postgres"`
	DatabaseFile  string   `name:"database-file" help:"File that holds the address of the database, for an address with a password." validate:"omitempty,excluded_with=Database"`
	KeyFile       string   `name:"key-file" default:"nysreferral.keys" help:"File of the keys that encrypt what is stored. It must not lie in the data folder." validate:"required"`
	KeyCredential string   `name:"key-credential" help:"Name of the systemd credential that holds the keys, in place of key-file." validate:"omitempty,oneline"`

	Profile string `name:"profile" default:"standard" enum:"standard,cjis" help:"cjis sets what the FBI's CJIS Security Policy asks beside what always holds: FIPS required, passwords changed each year, a locked password released by a coordinator." validate:"oneof=standard cjis"`
	Files   string `name:"files" help:"Folder of attached files, sealed; without one, the folder files in the data folder. Several servers share one."`
	Clamd   string `name:"clamd" placeholder:"unix:/run/clamav/clamd.ctl" help:"Where ClamAV's clamd answers: unix: and its socket, or host:port. Without one files are taken and held, and nobody can open them." validate:"omitempty,oneline"`

	FIPS        string `name:"fips" default:"wanted" enum:"wanted,required" help:"Go's FIPS 140-3 module: wanted, or required, which refuses to start without it, as the FBI's CJIS policy asks." validate:"oneof=wanted required"`
	ShredLedger string `name:"shred-ledger" help:"File of the list of destroyed keys, kept apart from the data; without one, beside the key file."`

	Addr         string `name:"addr" default:"127.0.0.1:8443" help:"Address to listen on." validate:"hostname_port"`
	PublicURL    string `name:"public-url" default:"https://localhost:8443" help:"Address under which people reach the system." validate:"origin"`
	TLSCert      string `name:"tls-cert" help:"Certificate of the server; without one, a proxy before it must speak TLS." validate:"required_with=TLSKey"`
	TLSKey       string `name:"tls-key" help:"Private key of the certificate." validate:"required_with=TLSCert"`
	TrustedProxy string `name:"trusted-proxy" help:"Address or network of the one proxy whose word on the caller's address is taken." validate:"omitempty,ip|cidr"`
	SystemName   string `name:"system-name" default:"Partner Services" help:"Name in mail and page titles. Choose one that tells nothing about who uses it." validate:"required,max=60,oneline"`
	Pilot        bool   `name:"pilot" help:"Say above each page that this is a trial with made-up people, and start without what only real use demands: mail, and an address at which passkeys work."`

	Drain time.Duration `name:"drain" default:"5s" help:"How long a server that ends goes on answering after /readyz says no, so that a proxy sends it nothing more. Where no proxy asks it ends at once." validate:"min=0,max=1m"`

	MetricsAddr string `name:"metrics-addr" placeholder:"127.0.0.1:9443" help:"Address of this machine at which Prometheus reads /metrics, beside /healthz and /readyz; without one nobody does." validate:"omitempty,hostname_port"`

	S3      S3      `embed:"" prefix:"s3-"`
	Token   Token   `embed:"" prefix:"key-token-"`
	SMTP    SMTP    `embed:"" prefix:"smtp-"`
	Limits  Limits  `embed:"" prefix:"limit-"`
	Clocks  Clocks  `embed:"" prefix:"clock-"`
	Rules   Rules   `embed:"" prefix:"rule-"`
	SignIn  SignIn  `embed:"" prefix:"sign-in-"`
	Session Session `embed:"" prefix:"session-"`
	OIDC    OIDC    `embed:"" prefix:"oidc-"`
	Backup  Backup  `embed:"" prefix:"backup-"`
	Anchor  Anchor  `embed:"" prefix:"anchor-"`
	Alert   Alert   `embed:"" prefix:"alert-"`
}

// Anchor says where signed heads of the log go, outside of who runs the system.
// Whoever keeps one finds a log that was cut, or put back to an older state.
type Anchor struct {
	File      string        `name:"file" help:"File to which a signed head of the log is appended: on another machine, or where it can only be added to. A server does not start on a log that does not go on from it."`
	Every     time.Duration `name:"every" default:"10m" help:"How often a head goes into the file while lines are written; sooner after 100 lines." validate:"min=1m,max=30m"`
	Mail      []string      `name:"mail" help:"Addresses of those outside who keep heads of the log, such as the auditor's." validate:"dive,email"`
	MailEvery time.Duration `name:"mail-every" default:"1h" help:"How often a head goes to them while lines are written." validate:"min=10m,max=24h"`
}

// Alert says who learns that the system itself is in trouble.
type Alert struct {
	Mail []string `name:"mail" help:"Addresses of those who run the system: they are told within five minutes that the log, the disk, the backups or the jobs need somebody, and nothing else." validate:"dive,email"`
}

// Backup says where backups go. Without a folder none is written.
type Backup struct {
	Key    string        `name:"key" help:"File of the public key of backups, as backup key makes it." validate:"required_with=Every"`
	Folder string        `name:"folder" help:"Folder of backups. It must not lie in the data folder; better on another machine." validate:"required_with=Every"`
	Every  time.Duration `name:"every" help:"How often a server writes a backup, for example 1h; 0: never. With several servers, one of them." validate:"omitempty,min=1m,max=168h"`
	Keep   int           `name:"keep" default:"48" help:"How many backups the folder keeps; 0: all." validate:"min=0"`
}

// S3 says which service keeps attached files in place of a folder. Without Endpoint
// none does.
type S3 struct {
	Endpoint   string        `name:"endpoint" placeholder:"https://…" help:"Address of a service that speaks S3 and keeps attached files, sealed, in place of a folder." validate:"omitempty,origin"`
	Bucket     string        `name:"bucket" help:"Bucket of attached files. It must be there, hold nothing else and be open to nobody." validate:"required_with=Endpoint,omitempty,min=3,max=63,oneline"`
	Region     string        `name:"region" default:"us-east-1" help:"Region of the bucket, as the service calls it." validate:"required_with=Endpoint,omitempty,oneline"`
	KeyID      string        `name:"key-id" help:"Access key of this system at the service." validate:"required_with=Endpoint,omitempty,oneline"`
	SecretFile string        `name:"secret-file" help:"File that holds the secret of the access key." validate:"required_with=Endpoint"`
	PathStyle  bool          `name:"path-style" default:"true" negatable:"" help:"The bucket's name stands in the path of addresses, and not before the host."`
	CAFile     string        `name:"ca-file" help:"File of the certificates that vouch for the service; without one, those of the machine."`
	Timeout    time.Duration `name:"timeout" default:"30s" help:"Longest time for one request to the service; one that got no answer is made three times." validate:"min=1s,max=5m"`
}

// Secret reads the secret of the access key; empty when no file is named.
func (s S3) Secret() (Secret, error) { return secretFile(s.SecretFile) }

// Token says which token opens the key file. Without Module the file lies open for
// its owner.
type Token struct {
	Module  string `name:"module" placeholder:"/usr/lib/….so" help:"PKCS#11 library of a hardware security module or another token; key-file is then what key token sealed. For a program that was built with -tags pkcs11."`
	Label   string `name:"label" help:"Label of the token." validate:"required_with=Module,omitempty,oneline"`
	Key     string `name:"key" default:"nysreferral" help:"Label of the key on the token." validate:"required_with=Module,omitempty,oneline"`
	PINFile string `name:"pin-file" help:"File that holds the PIN of the token." validate:"required_with=Module"`
}

// SMTP says how mail leaves. Without Addr no mail is sent.
type SMTP struct {
	Addr         string        `name:"addr" help:"Mail server, host:port; without one no mail is sent." validate:"omitempty,hostname_port"`
	From         string        `name:"from" help:"Sender's address." validate:"required_with=Addr,omitempty,email"`
	StartTLS     string        `name:"start-tls" default:"required" enum:"required,offered,off" help:"TLS to the mail server: required, offered or off. Off is for a server on the same machine." validate:"oneof=required offered off"`
	User         string        `name:"user" help:"Account at the mail server."`
	PasswordFile string        `name:"password-file" help:"File that holds the account's password." validate:"required_with=User"`
	Timeout      time.Duration `name:"timeout" default:"30s" help:"Longest time for one mail." validate:"min=1s,max=5m"`
}

// Limits are the bounds against floods; all counts are for one account.
type Limits struct {
	Body        int64 `name:"body" default:"1048576" help:"Longest body of a request, in bytes." validate:"min=65536,max=16777216"`
	File        int64 `name:"file" default:"10485760" help:"Longest attached file, in bytes." validate:"min=65536,max=104857600"`
	AgencyFiles int64 `name:"agency-files" default:"2147483648" help:"All files of one agency together, in bytes." validate:"min=1048576"`
	Drafts      int   `name:"drafts" default:"100" help:"New drafts in an hour." validate:"min=1"`
	Submissions int   `name:"submissions" default:"200" help:"Submissions in an hour." validate:"min=1"`

	ReadsState     int `name:"reads-state" default:"60" help:"Different referrals that one of the State's staff opens in an hour before a proof is asked and whoever runs the system is told; three times as many are not opened." validate:"min=1"`
	ReadsReferrer  int `name:"reads-referrer" default:"30" help:"The same for a referrer." validate:"min=1"`
	ReadsRecipient int `name:"reads-recipient" default:"20" help:"The same for a recipient." validate:"min=1"`
}

// Clocks are the choices about legal time that the law leaves open.
type Clocks struct {
	CloseHour           int  `name:"close-hour" default:"17" help:"Hour at which the State's day ends, New York time." validate:"min=12,max=23"`
	FromNextBusinessDay bool `name:"from-next-business-day" help:"Count the days of the decision from the next business day, when a referral comes after close or on a free day."`
}

// Rules are the choices about who reads what that the law leaves open.
type Rules struct {
	ConsultationReads bool `name:"consultation-reads" default:"true" negatable:"" help:"While a consultation is open, OTDA may reveal the account of what happened, each time as an audited act."`
	QuestionPause     int  `name:"question-pause" default:"0" help:"Most business days for which a question to the referrer may stop the clock of the determination; 0: it never does, as 9 NYCRR 6174.3(b) has it." validate:"min=0,max=20"`
}

// SignIn is about what proves that somebody is who they say.
type SignIn struct {
	PasskeyDuties []string      `name:"passkey-duties" default:"reviewer,director,program,administrator,auditor" help:"Duties that sign in with a passkey and nothing else. Everybody else has at least a second factor." validate:"dive,oneof=referrer coordinator reviewer director program recipient administrator auditor"`
	KnownFile     string        `name:"known-passwords" help:"File of passwords that nobody may have, one a line; it is read at the start, and who has one of them chooses another at the next sign-in."`
	PasswordAge   time.Duration `name:"password-age" default:"0" help:"A password has to be changed after this long; 0: never, as NIST advises." validate:"omitempty,min=720h"`
	Release       bool          `name:"release" help:"A password path that locked after wrong passwords stays locked until a coordinator releases it, and not for a quarter of an hour."`
	Fresh         time.Duration `name:"fresh" default:"5m" help:"How long a proof lasts for the gravest acts; then it is asked again." validate:"min=1m,max=15m"`

	// PasswordAlone is the demonstration's: no flag and no variable sets it.
	PasswordAlone bool `kong:"-"`

	// Guessing is the demonstration's: whoever tries it out may ask for what is not
	// there.
	Guessing bool `kong:"-"`

	// KeepUnused is the demonstration's, too: its people were made at the hour that
	// its own clock shows.
	KeepUnused bool `kong:"-"`

	PasswordCost int `name:"password-cost" default:"600000" help:"Rounds of PBKDF2 for a password." validate:"min=1,max=10000000"`
}

// OIDC is another provider of sign-in, whose accounts stand in for passwords.
// Without Issuer there is none.
type OIDC struct {
	Issuer     string        `name:"issuer" help:"Address of an OpenID Connect provider whose accounts stand in for passwords, exactly as it names itself; without one there is none." validate:"omitempty,issuer"`
	ClientID   string        `name:"client-id" help:"What the provider knows this system by." validate:"required_with=Issuer,omitempty,oneline"`
	SecretFile string        `name:"secret-file" help:"File that holds the secret of this system at the provider."`
	Name       string        `name:"name" default:"your agency's sign-in" help:"What people call the provider, for the button." validate:"required,max=60,oneline"`
	ACR        []string      `name:"acr" help:"Classes of authentication, one of which the provider must name; without any it is not looked at." validate:"dive,oneline"`
	AMR        []string      `name:"amr" help:"Methods of authentication, one of which the provider must name; without any it is not looked at." validate:"dive,oneline"`
	MaxAge     time.Duration `name:"max-age" default:"12h" help:"The person proved to the provider who they are no longer ago than this; 0: not looked at." validate:"min=0,max=24h"`
}

// Secret reads the secret of this system at the provider; empty when no file is
// named.
func (o OIDC) Secret() (Secret, error) { return secretFile(o.SecretFile) }

// Session says how long a sign-in lasts.
type Session struct {
	Lock     time.Duration `name:"lock" default:"10m" help:"The screen is locked after this long without a request, and one factor opens it again, at most until session-absolute; 0: it is not locked, and the session ends after session-idle." validate:"min=0,max=30m,ltefield=Idle"`
	Idle     time.Duration `name:"idle" default:"15m" help:"A session of nobody, or one that is not locked, ends after this long without a request." validate:"min=1m,max=30m"`
	Absolute time.Duration `name:"absolute" default:"10h" help:"A session ends after this long whatever happens." validate:"min=5m,max=12h,gtefield=Idle"`
}

// Profiled returns the settings as their profile has them.
//
// Law: FBI CJIS Security Policy v6.0, IA-5 f (passwords once a year), AC-7 (locked
// until released), SC-13 (FIPS 140-3).
func (s Settings) Profiled() Settings {
	if s.Profile != "cjis" {
		return s
	}
	s.FIPS, s.SignIn.Release = "required", true
	if s.SignIn.PasswordAge == 0 || s.SignIn.PasswordAge > year {
		s.SignIn.PasswordAge = year
	}
	return s
}

const year = 365 * 24 * time.Hour

// FilesFolder is where attached files lie, unless a service keeps them.
func (s Settings) FilesFolder() string {
	if s.Files != "" {
		return s.Files
	}
	return filepath.Join(s.Data, "files")
}

// Default returns the settings as they are when nobody says anything.
func Default() Settings {
	var s Settings
	parser, err := kong.New(&s, kong.Name("defaults"), kong.Exit(func(int) {}), kong.Writers(io.Discard, io.Discard))
	if err == nil {
		_, err = parser.Parse(nil)
	}
	if err != nil {
		panic("config: a tag of Settings is wrong: " + err.Error())
	}
	return s
}

// Database is the address of a database. It prints without its password;
// Reveal returns it whole.
type Database string

// Reveal returns the address with its password, for the driver only.
func (d Database) Reveal() string { return string(d) }

// String is the address without password and parameters.
func (d Database) String() string {
	if d == "" {
		return ""
	}
	u, err := url.Parse(string(d))
	if err != nil || u.Host == "" {
		return "(withheld)"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// GoString is String.
func (d Database) GoString() string { return d.String() }

// MarshalText is String.
func (d Database) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// Secret is the content of a file of secrets. It never prints; Reveal returns it.
type Secret string

// Reveal returns the secret.
func (s Secret) Reveal() string { return string(s) }

// Format prints "(withheld)" whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "(withheld)") }

// MarshalText is "(withheld)".
func (Secret) MarshalText() ([]byte, error) { return []byte("(withheld)"), nil }

// Password reads the password of the account at the mail server; empty when no
// file is named.
func (s SMTP) Password() (Secret, error) { return secretFile(s.PasswordFile) }

// Source returns the address of the PostgreSQL database, from the file if one
// is named; empty means the embedded database.
func (s Settings) Source() (Database, error) {
	if s.DatabaseFile == "" {
		return s.Database, nil
	}
	text, err := secretFile(s.DatabaseFile)
	if err != nil {
		return "", err
	}
	if !isPostgres(text.Reveal()) {
		return "", fmt.Errorf("config: the file of %s holds no postgres:// address", "database-file")
	}
	return Database(text.Reveal()), nil
}

// secretFile reads the first line of a file that nobody but its owner may read.
func secretFile(path string) (Secret, error) {
	if path == "" {
		return "", nil
	}
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("config: opening a file of secrets: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", fmt.Errorf("config: opening a file of secrets: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("config: others than the owner have access to %s; set its mode to 0400", path)
	}
	text, err := io.ReadAll(io.LimitReader(f, 4096))
	if err != nil {
		return "", fmt.Errorf("config: reading a file of secrets: %w", err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	if line = strings.TrimSpace(line); line == "" {
		return "", fmt.Errorf("config: %s is empty", path)
	}
	return Secret(line), nil
}
