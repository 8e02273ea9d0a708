package main

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nysreferral/config"
	"nysreferral/store"
)

// A log that takes no line any more is told to who runs the system at the second
// look, a minute later, by a mail that says nothing else; then each hour; and no
// more once it takes lines again. A trouble that is over at the next look is told
// to nobody.
func TestWatchTells(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		s := settingsFor(url, keyFile(t))
		mails, addr := mailServer(t)
		s.SMTP = config.SMTP{Addr: addr, From: "desk@partners.example.org", StartTLS: "off", Timeout: 5 * time.Second}
		s.Alert.Mail = []string{"operator@example.org"}
		wrote(t, s, 1)
		opened(t, s, func(p *program) {
			var said bytes.Buffer
			p.log = slog.New(slog.NewTextHandler(&said, nil))
			refuse, allow := `CREATE TRIGGER refuse BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'no'); END`, `DROP TRIGGER refuse`
			if p.db.Dialect() == store.Postgres {
				refuse = `CREATE TRIGGER refuse BEFORE INSERT ON audit_entries FOR EACH ROW EXECUTE FUNCTION refuse_change()`
				allow = `DROP TRIGGER refuse ON audit_entries`
			}
			w, now := newLookout(), time.Now()
			for _, to := range []string{"", s.Alert.Mail[0]} { // the disk under the tests may be nearly full
				w.told[telling{"disk", to}] = now.Add(24 * time.Hour)
			}
			look := func(after time.Duration, change string, want int) {
				t.Helper()
				now = now.Add(after)
				if change != "" {
					if _, err := p.db.SQL().ExecContext(t.Context(), change); err != nil {
						t.Fatal(err)
					}
				}
				if err := w.look(t.Context(), p, now); err != nil {
					t.Fatal(err)
				}
				if n := strings.Count(said.String(), "check=log"); n != want {
					t.Errorf("told %d times, want %d", n, want)
				}
				// A PostgreSQL of tests does not wait for the disk, which is told, too.
				if text, _ := mails.text(); p.db.Dialect() == store.SQLite && strings.Count(string(text), "Subject: ") != want {
					t.Errorf("%d mails, want %d", strings.Count(string(text), "Subject: "), want)
				}
			}
			look(0, "", 0)
			look(time.Minute, refuse, 0)
			look(time.Minute, allow, 0)
			look(time.Minute, refuse, 0)
			look(time.Minute, "", 1)
			look(time.Minute, "", 1)
			look(time.Hour, "", 2)
			look(2*time.Hour, allow, 2)
			look(time.Minute, "", 2)
			text, _ := mails.text()
			if strings.Contains(string(text), "check") || !strings.Contains(string(text), "The system itself needs attention.") {
				t.Errorf("the mail says %s", text)
			}
		})
	})
}

// An alarm that could not be sent is sent at the next look, and not after an hour.
func TestAlarmThatFailedIsTriedAgain(t *testing.T) {
	s := settingsFor("sqlite:"+filepath.Join(t.TempDir(), "data", "nysreferral.db"), keyFile(t))
	mails, addr := mailServer(t)
	s.SMTP.From, s.SMTP.StartTLS, s.SMTP.Timeout = "desk@partners.example.org", "off", 5*time.Second
	s.Alert.Mail = []string{"operators@example.org"}
	s.Backup.Folder = t.TempDir() // there is no backup in it: that fails
	opened(t, s, func(p *program) {
		p.log = slog.New(slog.DiscardHandler)
		w, now := newLookout(), time.Now()
		p.settings.SMTP.Addr = "127.0.0.1:1" // the mail server is away for a minute
		_ = w.look(t.Context(), p, now)
		if err := w.look(t.Context(), p, now.Add(time.Minute)); err == nil {
			t.Fatal("nothing was to be told")
		}
		p.settings.SMTP.Addr = addr
		for i := range 5 {
			if err := w.look(t.Context(), p, now.Add(time.Duration(i+2)*time.Minute)); err != nil {
				t.Fatal(err)
			}
		}
		if text, _ := mails.text(); strings.Count(string(text), "Subject: ") != 1 {
			t.Errorf("the mail server is back for five minutes, and %d mails went, want 1", strings.Count(string(text), "Subject: "))
		}
	})
}

// A trouble that comes and goes is told at most once an hour.
func TestTroubleThatComesAndGoesIsToldOnceAnHour(t *testing.T) {
	w, now := newLookout(), time.Now()
	var tellings int
	for minute := range 60 {
		delete(w.seen, "log")
		w.seen["log"] = 2
		if len(w.due("a", now.Add(time.Duration(minute)*time.Minute))) > 0 {
			w.told[telling{"log", "a"}] = now
			tellings++
		}
	}
	if tellings != 1 {
		t.Errorf("told %d times in an hour", tellings)
	}
	if len(w.due("a", now.Add(time.Hour))) != 1 || len(w.due("b", now)) != 1 {
		t.Error("after an hour, or to another, it is not told")
	}
}
