package main

import (
	"strings"
	"testing"
	"time"

	"nysreferral/audit"
	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/ent/user"
)

// Whoever looks after a set-up sees every account with the agency, duty, e-mail,
// state and last sign-in, also one that is switched off or locked; that it was
// asked is one line of the log, and nothing that proves who somebody is stands
// in it.
func TestUserList(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		s := settingsFor(url, keyFile(t))
		if out, err := types(t, s, "agency", "add", "--name", "Harbor Legal", "--kind", "legal_service_provider", "--side", "provider", "--designated", "otda"); err != nil {
			t.Fatal(out, err)
		}
		for _, name := range []string{"active", "invited", "locked", "off"} {
			if out, err := types(t, s, "user", "add", "--name", "Quinn "+name, "--email", name+"@example.org", "--duty", "referrer", "--agency", "1"); err != nil {
				t.Fatal(out, err)
			}
		}
		if out, err := types(t, s, "user", "disable", "off@example.org"); err != nil {
			t.Fatal(out, err)
		}
		at := time.Date(2026, 11, 20, 15, 0, 0, 0, time.UTC)
		opened(t, s, func(p *program) {
			err := p.db.Do(t.Context(), func(tx *ent.Tx) error {
				in := tx.User.Update().Where(user.EmailIn("active@example.org", "locked@example.org"))
				if err := in.SetPasswordHash([]byte("secret hash")).SetSignedInAt(at).Exec(t.Context()); err != nil {
					return err
				}
				return tx.User.Update().Where(user.Email("locked@example.org")).SetLockedUntil(time.Now().Add(time.Hour)).Exec(t.Context())
			})
			if err != nil {
				t.Fatal(err)
			}
		})
		out, err := types(t, s, "user", "list")
		if err != nil {
			t.Fatal(err)
		}
		want := strings.Join([]string{
			"1\tHarbor Legal\treferrer\tactive@example.org\tActive\tsigned in 2026-11-20T15:00:00Z",
			"2\tHarbor Legal\treferrer\tinvited@example.org\tNo password yet\tnever signed in",
			"3\tHarbor Legal\treferrer\tlocked@example.org\tLocked\tsigned in 2026-11-20T15:00:00Z",
			"4\tHarbor Legal\treferrer\toff@example.org\tSwitched off\tnever signed in",
		}, "\n") + "\n"
		if out != want {
			t.Errorf("it lists\n%s", out)
		}
		opened(t, s, func(p *program) {
			lines := p.db.Read().AuditEntry.Query().Where(auditentry.Action("list_accounts")).AllX(t.Context())
			if len(lines) != 1 || lines[0].Outcome != audit.Done || lines[0].Duty != "operator" {
				t.Errorf("the log says %v", lines)
			}
		})
	})
}
