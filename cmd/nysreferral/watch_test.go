package main

import (
	"bytes"
	"log/slog"
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
			w, now := lookout{map[string]int{}, map[string]time.Time{}}, time.Now()
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
