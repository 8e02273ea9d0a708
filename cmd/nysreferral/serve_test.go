package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nysreferral/config"
	"nysreferral/handlers"
	"nysreferral/store/storetest"
)

// told gives the first thing that a command says to whoever waits for it.
type told chan string

func (w told) Write(b []byte) (int, error) {
	select {
	case w <- string(b):
	default:
	}
	return len(b), nil
}

// realSettings are those of a server for real people, on an address of its own.
func realSettings(t *testing.T) config.Settings {
	keys := keyFile(t)
	s := settingsFor(storetest.SQLiteURL(t), keys)
	s.ShredLedger = filepath.Join(filepath.Dir(keys), "ledger")
	s.SignIn.PasswordCost = config.LeastPasswordCost
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.PublicURL, s.Addr = "https://referrals.example.org", free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	s.SMTP.Addr, s.SMTP.From = "mail.example.org:25", "noreply@example.org"
	return s
}

// A server for real people starts without being called a trial, has cookies for
// TLS alone, and says above no page that it is one; a trial says so.
func TestServeForRealPeople(t *testing.T) {
	const trialWords = "This is a trial"
	for _, pilot := range []bool{false, true} {
		s := realSettings(t)
		s.Pilot = pilot
		ctx, stop := context.WithCancel(t.Context())
		said, ended := make(told, 1), make(chan error, 1)
		go func() { ended <- (&serve{s}).Run(&env{ctx: ctx, out: said, log: slog.New(slog.DiscardHandler)}) }()
		select {
		case err := <-ended:
			t.Fatalf("it does not start: %v", err)
		case <-time.After(2 * time.Minute):
			t.Fatal("it does not start in two minutes")
		case line := <-said:
			at := strings.TrimSuffix(strings.TrimSpace(line[strings.LastIndex(line, " ")+1:]), ".")
			got, err := http.Get("http://" + at + "/sign-in")
			if err != nil {
				t.Fatal(err)
			}
			page, err := io.ReadAll(got.Body)
			if err != nil || got.Body.Close() != nil {
				t.Fatal(err)
			}
			if got.StatusCode != http.StatusOK || strings.Contains(string(page), trialWords) != pilot || !strings.Contains(got.Header.Get("Set-Cookie"), "__Host-session") {
				t.Errorf("pilot %t: it answers %d, cookie %q", pilot, got.StatusCode, got.Header.Get("Set-Cookie"))
			}
		}
		stop()
		if err := <-ended; err != nil {
			t.Errorf("it ends with %v", err)
		}
	}
}

// A server that would start something wrong does not start, and says what to set.
func TestServeSaysWhatIsMissing(t *testing.T) {
	s := realSettings(t)
	s.SMTP.Addr, s.SignIn.PasskeyDuties = "", nil
	_, err := run(t, &serve{s})
	if err == nil || !strings.Contains(err.Error(), "smtp-addr must be set") || !strings.Contains(err.Error(), "sign-in-passkey-duties must name director") {
		t.Errorf("it says %v", err)
	}
	s = realSettings(t)
	s.SignIn.KnownFile = filepath.Join(t.TempDir(), "missing")
	if _, err := run(t, &serve{s}); err == nil || !strings.Contains(err.Error(), "list of known passwords") {
		t.Errorf("without its list it says %v", err)
	}
}

// Whoever starts a trial over http reads why not, and which two ways there are; a
// server without a certificate does not say that it answers over TLS.
func TestTrialIsToldOfTLS(t *testing.T) {
	s := realSettings(t)
	s.Pilot, s.PublicURL = true, "http://localhost:8443"
	_, err := run(t, &serve{s})
	if err == nil {
		t.Fatal("it starts")
	}
	for _, word := range []string{"public-url must begin with https://", "tls-cert", "proxy", "nysreferral demo"} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("it does not name %s: %v", word, err)
		}
	}
	at := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8443}
	s.PublicURL = "https://localhost:8443"
	if got := serving(s, at); !strings.Contains(got, "--tls-cert") || !strings.Contains(got, "answers only where a proxy") || !strings.HasSuffix(got, "plain HTTP on 127.0.0.1:8443.") {
		t.Errorf("alone it says %q", got)
	}
	s.TrustedProxy = "127.0.0.1"
	if got := serving(s, at); !strings.HasPrefix(got, "Serving https://localhost:8443 through the proxy") {
		t.Errorf("behind a proxy it says %q", got)
	}
	s.TLSCert, s.TLSKey, s.TrustedProxy = "cert", "key", ""
	if got := serving(s, at); got != "Serving https://localhost:8443 on 127.0.0.1:8443." {
		t.Errorf("with a certificate it says %q", got)
	}
	if got := welcome(s); !strings.HasPrefix(got, "https://localhost:8443/welcome (or /welcome at") {
		t.Errorf("who was invited is sent to %q", got)
	}
	if s.PublicURL = "https://referrals.example.org"; welcome(s) != "https://referrals.example.org/welcome" {
		t.Errorf("who was invited is sent to %q", welcome(s))
	}
}

// A server that refuses a log which was put back works none of the jobs in it:
// they are those of an earlier day.
func TestRefusedServerWorksNoJobs(t *testing.T) {
	s := settingsFor("sqlite:"+filepath.Join(t.TempDir(), "data", "nysreferral.db"), keyFile(t))
	s.Anchor.File = filepath.Join(t.TempDir(), "anchors")
	early := wentOn(t, s)
	earlier(t, s, early)
	e := &env{ctx: t.Context(), out: io.Discard, log: slog.New(slog.DiscardHandler)}
	err := with(e, s, func(p *program) error {
		site, err := p.site(handlers.Settings{PublicURL: "http://127.0.0.1"})
		if err != nil {
			return err
		}
		before := jobRows(t, p)
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer l.Close()
		if err := p.serve(t.Context(), l, site, func() error { return nil }); !errors.Is(err, ErrRolledBack) {
			t.Errorf("it serves: %v", err)
		}
		time.Sleep(time.Second)
		if after := jobRows(t, p); after != before {
			t.Errorf("jobs were begun on a log that is refused: %d rows before, %d after", before, after)
		}
		return nil
	})
	if err != nil {
		t.Log(err)
	}
}

func jobRows(t *testing.T, p *program) (n int) {
	t.Helper()
	if err := p.db.SQL().QueryRowContext(t.Context(), `SELECT count(*) FROM river_job`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
