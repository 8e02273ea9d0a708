package config

import (
	"strings"
	"testing"
	"time"
)

// realUse are settings with which a server starts for real people.
func realUse() Settings {
	s := Default()
	s.SMTP.Addr, s.SMTP.From = "mail.example.org:25", "noreply@example.org"
	return s
}

// What real use demands is refused by name, with what to do; a trial may do
// without mail, passkeys and a name, and without nothing else.
func TestRealUseDemands(t *testing.T) {
	if err := realUse().CheckServe(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*Settings)
		trial  bool // a trial may
	}{
		"smtp-addr":               {func(s *Settings) { s.SMTP.Addr = "" }, true},
		"sign-in-passkey-duties":  {func(s *Settings) { s.SignIn.PasskeyDuties = s.SignIn.PasskeyDuties[1:] }, true},
		"public-url":              {func(s *Settings) { s.PublicURL = "https://192.0.2.7" }, true},
		"oidc-issuer":             {func(s *Settings) { s.OIDC.Issuer, s.OIDC.ClientID = "http://accounts.example.org", "x" }, false},
		"oidc-client-id":          {func(s *Settings) { s.OIDC.Issuer = "https://accounts.example.org" }, false},
		"session-lock":            {func(s *Settings) { s.Session.Lock = 20 * time.Minute }, false},
		"sign-in-password-age":    {func(s *Settings) { s.SignIn.PasswordAge = time.Hour }, false},
		"profile":                 {func(s *Settings) { s.Profile = "fbi" }, false},
		"sign-in-known-passwords": {func(s *Settings) { s.Profile = "cjis" }, false},
		"anchor-file":             {func(s *Settings) { s.Anchor.File = "data/anchors" }, false},
		"anchor-every":            {func(s *Settings) { s.Anchor.Every = time.Hour }, false},
		"anchor-mail":             {func(s *Settings) { s.SMTP.Addr, s.Pilot, s.Anchor.Mail = "", true, []string{"a@example.org"} }, false},
		"alert-mail":              {func(s *Settings) { s.SMTP.Addr, s.Pilot, s.Alert.Mail = "", true, []string{"a@example.org"} }, false},
	} {
		s := realUse()
		c.change(&s)
		if err := s.CheckServe(); err == nil || !strings.Contains(err.Error(), "config: "+name) {
			t.Errorf("%s: %v", name, err)
		}
		if s.Pilot = true; (s.CheckServe() == nil) != c.trial {
			t.Errorf("%s in a trial: %v", name, s.CheckServe())
		}
	}
}

// One switch sets the CJIS profile, and nothing that somebody set more strictly is
// undone by it.
func TestProfile(t *testing.T) {
	s := realUse()
	if got := s.Profiled(); got.FIPS != "wanted" || got.SignIn.Release || got.SignIn.PasswordAge != 0 {
		t.Errorf("the standard profile changes %+v", got.SignIn)
	}
	s.Profile, s.SignIn.KnownFile = "cjis", "known.txt"
	got := s.Profiled()
	if got.FIPS != "required" || !got.SignIn.Release || got.SignIn.PasswordAge != year || got.CheckServe() != nil {
		t.Errorf("the profile has %s %+v: %v", got.FIPS, got.SignIn, got.CheckServe())
	}
	s.SignIn.PasswordAge = 90 * 24 * time.Hour
	if got := s.Profiled().SignIn.PasswordAge; got != 90*24*time.Hour {
		t.Errorf("a stricter age became %s", got)
	}
	s.Session.Lock = 0
	if err := s.Profiled().CheckServe(); err == nil || !strings.Contains(err.Error(), "session-lock") {
		t.Errorf("without a lock: %v", err)
	}
}
