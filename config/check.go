package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/go-playground/validator/v10"
)

// LeastPasswordCost is what serve demands of PasswordCost; only tests and the
// demo, whose people are made up, go below it.
const LeastPasswordCost = 600_000

// Check refuses settings that would start something wrong, and names each.
func (s Settings) Check() error {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string { return f.Tag.Get("name") })
	rules := map[string]validator.Func{
		"postgres": func(f validator.FieldLevel) bool { return isPostgres(f.Field().String()) },
		"origin":   func(f validator.FieldLevel) bool { return isOrigin(f.Field().String()) },
		"issuer":   func(f validator.FieldLevel) bool { return isIssuer(f.Field().String()) },
		"oneline":  func(f validator.FieldLevel) bool { return isOneLine(f.Field().String()) },
	}
	for name, rule := range rules {
		if err := v.RegisterValidation(name, rule); err != nil {
			return fmt.Errorf("config: registering a rule: %w", err)
		}
	}
	var bad validator.ValidationErrors
	if err := v.Struct(s); errors.As(err, &bad) {
		all := make([]error, len(bad))
		for i, e := range bad {
			all[i] = fmt.Errorf("config: %s %s", flag(e.Namespace()), broken(e))
		}
		return errors.Join(all...)
	} else if err != nil {
		return fmt.Errorf("config: checking: %w", err)
	}
	return nil
}

// CheckServe is Check and what only real use demands: passwords of full cost,
// TLS on the way to people and to the mail server.
func (s Settings) CheckServe() error {
	all := []error{s.Check()}
	if s.Backup.Every > 0 {
		all = append(all, s.CheckBackup())
	}
	if s.SignIn.PasswordCost < LeastPasswordCost {
		all = append(all, fmt.Errorf("config: sign-in-password-cost must be at least %d", LeastPasswordCost))
	}
	if !strings.HasPrefix(s.PublicURL, "https://") {
		all = append(all, errors.New("config: public-url must begin with https://: browsers keep a sign-in over TLS alone. Set tls-cert and tls-key, or have a proxy before the server speak TLS and name it in trusted-proxy. To look at the program without either: nysreferral demo"))
	}
	all = append(all, s.checkReal(), s.checkProfile(), s.CheckAnchors(), s.checkS3())
	if s.OIDC.Issuer != "" && !strings.HasPrefix(s.OIDC.Issuer, "https://") {
		all = append(all, errors.New("config: oidc-issuer must begin with https://"))
	}
	if s.MetricsAddr != "" && !Loopback(s.MetricsAddr) {
		all = append(all, errors.New("config: metrics-addr must be an address of this machine, such as 127.0.0.1:9443: whoever reaches it reads it"))
	}
	if s.SMTP.Addr != "" && s.SMTP.StartTLS != "required" && !Loopback(s.SMTP.Addr) {
		all = append(all, errors.New("config: smtp-start-tls must be required for a mail server on another machine"))
	}
	if s.TLSCert == "" && s.TrustedProxy == "" && !Loopback(s.Addr) {
		all = append(all, errors.New("config: addr can be reached from other machines, so set tls-cert and tls-key, or trusted-proxy for the proxy that speaks TLS"))
	}
	return errors.Join(all...)
}

// CheckBackup refuses to write a backup nowhere, or for nobody, or beside the
// data that it is to outlast.
func (s Settings) CheckBackup() error {
	if s.Backup.Key == "" || s.Backup.Folder == "" {
		return errors.New("config: backup-key and backup-folder must be set; backup key makes the first")
	}
	data, err := filepath.Abs(s.Data)
	if err != nil {
		return fmt.Errorf("config: finding the data folder: %w", err)
	}
	folder, err := filepath.Abs(s.Backup.Folder)
	if err != nil {
		return fmt.Errorf("config: finding the folder of backups: %w", err)
	}
	if rel, err := filepath.Rel(data, folder); err == nil && filepath.IsLocal(rel) {
		return errors.New("config: backup-folder must not lie in the data folder: what destroys one would destroy both")
	}
	return nil
}

// CheckAnchors refuses heads of the log that would lie with the log, or that
// nothing sends.
func (s Settings) CheckAnchors() error {
	var all []error
	if s.Anchor.File != "" {
		data, err := filepath.Abs(s.Data)
		if err != nil {
			return fmt.Errorf("config: finding the data folder: %w", err)
		}
		file, err := filepath.Abs(s.Anchor.File)
		if err != nil {
			return fmt.Errorf("config: finding the file of anchors: %w", err)
		}
		if rel, err := filepath.Rel(data, file); err == nil && filepath.IsLocal(rel) {
			all = append(all, errors.New("config: anchor-file must not lie in the data folder: whoever puts the data back would put it back, too"))
		}
	}
	if s.SMTP.Addr == "" && len(s.Anchor.Mail) > 0 {
		all = append(all, errors.New("config: anchor-mail needs a mail server: set smtp-addr"))
	}
	if s.SMTP.Addr == "" && len(s.Alert.Mail) > 0 {
		all = append(all, errors.New("config: alert-mail needs a mail server: set smtp-addr"))
	}
	return errors.Join(all...)
}

// checkS3 refuses attached files that would lie in two places, and a service that
// would be asked in clear.
func (s Settings) checkS3() error {
	if s.S3.Endpoint == "" {
		return nil
	}
	var all []error
	if s.Files != "" {
		all = append(all, errors.New("config: files must not be set together with s3-endpoint: attached files lie in one place"))
	}
	if u, err := url.Parse(s.S3.Endpoint); err == nil && u.Scheme != "https" && !Loopback(net.JoinHostPort(u.Hostname(), "0")) {
		all = append(all, errors.New("config: s3-endpoint must begin with https:// for a service on another machine"))
	}
	return errors.Join(all...)
}

// stateDuties are those that open other people's referrals.
var stateDuties = []string{"reviewer", "director", "program", "administrator", "auditor"}

// checkReal is what use with real people demands beside all else.
func (s Settings) checkReal() error {
	if s.Pilot {
		return nil
	}
	var all []error
	for _, duty := range stateDuties {
		if !slices.Contains(s.SignIn.PasskeyDuties, duty) {
			all = append(all, fmt.Errorf("config: sign-in-passkey-duties must name %s: the State's duties sign in with a passkey. A trial with made-up people may do without: --pilot", duty))
		}
	}
	if u, err := url.Parse(s.PublicURL); err == nil && net.ParseIP(u.Hostname()) != nil {
		all = append(all, errors.New("config: public-url must have a name and not a number: browsers bind passkeys to names. A trial with made-up people may do without: --pilot"))
	}
	if s.SMTP.Addr == "" {
		all = append(all, errors.New("config: smtp-addr must be set: without mail nobody learns that a referral waits. A trial with made-up people may do without: --pilot"))
	}
	return errors.Join(all...)
}

// checkProfile is what the CJIS profile demands and no default gives away.
func (s Settings) checkProfile() error {
	if s.Profile != "cjis" {
		return nil
	}
	var all []error
	if s.Session.Lock == 0 {
		all = append(all, errors.New("config: session-lock must be set where profile is cjis: the screen has to be locked"))
	}
	if s.Session.Idle > 30*time.Minute || s.Session.Absolute > 12*time.Hour {
		all = append(all, errors.New("config: session-idle must be at most 30m and session-absolute at most 12h where profile is cjis"))
	}
	if s.SignIn.KnownFile == "" {
		all = append(all, errors.New("config: sign-in-known-passwords must name a list where profile is cjis: passwords have to be compared with it"))
	}
	return errors.Join(all...)
}

// Loopback reports whether an address, host:port, is of this machine only.
func Loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// flag turns the validator's path into the name of the flag.
func flag(namespace string) string {
	parts := strings.Split(namespace, ".")[1:]
	if len(parts) == 2 {
		parts[0] = prefixes[parts[0]]
	}
	return strings.Join(parts, "")
}

// prefixes are those of the embedded structs, whose fields have no name.
var prefixes = map[string]string{"SMTP": "smtp-", "Limits": "limit-", "Clocks": "clock-", "Rules": "rule-", "SignIn": "sign-in-", "Session": "session-", "Backup": "backup-", "OIDC": "oidc-", "Anchor": "anchor-", "Alert": "alert-", "S3": "s3-"}

// sentences say what each rule asks; %s is the rule's parameter.
var sentences = map[string]string{
	"required":      "must be set",
	"required_with": "must be set together with its companion",
	"excluded_with": "must not be set together with database",
	"postgres":      "must be an address that begins with postgres://",
	"hostname_port": "must be host:port",
	"origin":        "must be http:// or https:// and a host, without path, query or account",
	"issuer":        "must be an address that begins with https://, without query or account",
	"ip|cidr":       "must be an address or a network",
	"oneline":       "must be one line of printable characters",
	"email":         "must be a mail address",
	"oneof":         "must be one of: %s",
	"min":           "must be at least %s",
	"max":           "must be at most %s",
	"gtefield":      "must not be shorter than session-idle",
	"ltefield":      "must not be longer than session-idle",
}

// broken says what a setting must be, never what it is: it may be a secret.
func broken(e validator.FieldError) string {
	say, ok := sentences[e.Tag()]
	if !ok {
		return "is not as it must be (" + e.Tag() + ")"
	}
	if strings.Contains(say, "%s") {
		return fmt.Sprintf(say, e.Param())
	}
	return say
}

func isPostgres(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql")
}

func isOrigin(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" &&
		u.User == nil && u.Path == "" && u.RawQuery == "" && u.Fragment == "" && !u.ForceQuery && !strings.HasSuffix(s, "#")
}

// isIssuer lets http pass for a demonstration; serve does not.
func isIssuer(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" &&
		u.User == nil && u.RawQuery == "" && u.Fragment == "" && !u.ForceQuery && !strings.HasSuffix(s, "#")
}

func isOneLine(s string) bool {
	for _, r := range s {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return strings.TrimSpace(s) == s
}
