package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nysreferral/auth"
	"nysreferral/config"
	"nysreferral/ent"
	"nysreferral/registry"
	"nysreferral/tallies"
	"nysreferral/workflow"
)

// noted counts one of a kind.
func noted(t *testing.T, p *program, kind tallies.Kind, at time.Time) {
	t.Helper()
	if err := p.db.Do(t.Context(), func(tx *ent.Tx) error { return tallies.Note(t.Context(), tx, kind, 7, "", "192.0.2.0/24", at) }); err != nil {
		t.Fatal(err)
	}
}

// locks makes accounts that have just locked.
func locks(t *testing.T, p *program, n int, at time.Time) {
	t.Helper()
	agency, err := p.registry.Commands().AddAgency(t.Context(), registry.Agency{Name: fmt.Sprintf("House %d", n), Kind: "social_service_provider", Side: workflow.SideProvider, Designated: "otda", Active: true})
	if err != nil {
		t.Fatal(err)
	}
	err = p.db.Do(t.Context(), func(tx *ent.Tx) error {
		for i := range n {
			err := tx.User.Create().SetAgencyID(agency.ID).SetName("Quinn Example").SetTitle("Advocate").SetEmail(fmt.Sprintf("quinn%d.%d@example.org", n, i)).SetPhone("518-555-0142").
				SetDuty(string(workflow.Referrer)).SetCreatedAt(at).SetFailuresSince(at).SetLockedUntil(at.Add(auth.LockedFor)).Exec(t.Context())
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Whoever reads beyond the budget, asks for what is not theirs, tries passwords,
// and a clock that was moved, are each told to who runs the system at the second
// look, by a mail that names neither whom nor what; a few locked accounts, which
// happen, are not; and an hour later it is over.
func TestMisuseIsTold(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		s := settingsFor(url, keyFile(t))
		mails, addr := mailServer(t)
		s.SMTP = config.SMTP{Addr: addr, From: "desk@partners.example.org", StartTLS: "off", Timeout: 5 * time.Second}
		s.Alert.Mail = []string{"operator@example.org"}
		wrote(t, s, 1)
		opened(t, s, func(p *program) {
			now := time.Now()
			note := func(kind tallies.Kind) func() { return func() { noted(t, p, kind, now) } }
			lock := func(n int) func() { return func() { locks(t, p, n, now) } }
			for _, one := range []struct {
				check string
				told  bool
				force func()
			}{
				{"reading", false, func() {}}, {"guessing", false, func() {}}, {"sign-in", false, lock(manyLocked - 1)},
				{"reading", true, note(tallies.ManyOpened)}, {"guessing", true, note(tallies.ManyMissed)},
				{"sign-in", true, note(tallies.Sprayed)}, {"sign-in", true, lock(manyLocked)},
				{"clock", true, func() {}},
			} {
				now = now.Add(2 * time.Hour) // nothing of the one before counts
				one.force()
				if one.check == "clock" {
					p.stepped.Store(&now)
				}
				var said bytes.Buffer
				p.log = slog.New(slog.NewTextHandler(&said, nil))
				w := newLookout()
				for i, want := range []bool{false, one.told} {
					if err := w.look(t.Context(), p, now.Add(time.Duration(i)*time.Minute)); err != nil {
						t.Fatal(err)
					}
					if got := strings.Contains(said.String(), "check="+one.check); got != want {
						t.Errorf("%s, look %d: told %t, want %t\n%s", one.check, i+1, got, want, &said)
					}
				}
			}
			text, _ := mails.text()
			if n := strings.Count(string(text), "The system itself needs attention."); n < 6 {
				t.Errorf("%d mails", n)
			}
			for _, word := range []string{"192.0.2", "account", "reading", "guess", "referral", "lock"} {
				if strings.Contains(strings.ToLower(string(text)), word) {
					t.Errorf("a mail says %q: %s", word, text)
				}
			}
		})
	})
}

// While there is still time whoever runs the system is told of a certificate that
// ends, of a disk that fills, and of a scanner that knows nothing new.
func TestDoubtsAreToldInTime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clamd")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			word, _ := bufio.NewReader(conn).ReadString(0)
			_, _ = io.WriteString(conn, map[string]string{"zPING\x00": "PONG\x00", "zVERSION\x00": "ClamAV 1.4.1/27421/" + time.Now().Add(-9*24*time.Hour).Format(time.ANSIC) + "\x00"}[word])
			_ = conn.Close()
		}
	}()
	s := settingsFor("sqlite:"+filepath.Join(t.TempDir(), "data", "nysreferral.db"), keyFile(t))
	s.Clamd, s.PublicURL = "unix:"+path, "https://referrals.example.org"
	s.TLSCert, s.TLSKey = certificateFiles(t, "referrals.example.org", time.Now().Add(5*24*time.Hour))
	opened(t, s, func(p *program) {
		var said bytes.Buffer
		p.log = slog.New(slog.NewTextHandler(&said, nil))
		w, now := newLookout(), time.Now()
		for i := range 2 {
			if err := w.look(t.Context(), p, now.Add(time.Duration(i)*time.Minute)); err != nil {
				t.Fatal(err)
			}
		}
		for _, check := range []string{"certificate", "scanner"} {
			if !strings.Contains(said.String(), "check="+check) {
				t.Errorf("nobody is told of the %s: %s", check, &said)
			}
		}
	})
	for percent, want := range map[int]bool{14: true, 15: false} {
		var x examination
		if x.room(percent, 1<<40, "so much"); len(x.list) != 1 || x.list[0].tell != want {
			t.Errorf("%d%% free: %+v", percent, x.list)
		}
	}
}
