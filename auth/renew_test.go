package auth

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"nysreferral/fault"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// A password that stands on the list is not taken, whatever its case, and the
// reason is said; who has it when the list is brought in chooses another at the
// next sign-in, not the same, and then signs in as before.
func TestKnownPasswords(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		who := h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
		known, err := ReadKnown(strings.NewReader("short\r\nMarble Otter Lantern Kite\r\n\xff\xfe not text at all, of some length\n"))
		if err != nil || len(known) != 1 {
			t.Fatalf("%d known, %v", len(known), err)
		}
		h.known = known
		_, err = h.Hash(t.Context(), "MARBLE otter lantern KITE")
		if say, _ := fault.Say(err); fault.KindOf(err) != fault.Invalid || !strings.Contains(say, "stolen elsewhere") {
			t.Errorf("a known password is taken: %v", err)
		}
		sign := func(password string, want Stage) {
			t.Helper()
			if e, err := h.SignIn(t.Context(), "robin@example.org", password, ""); err != nil || e.Stage != want {
				t.Errorf("it leads to %q, %v, want %q", e.Stage, err, want)
			}
		}
		sign(passphrase, StageRenew)
		h.known = nil
		sign(passphrase, StageRenew) // it was spoiled when it was seen on the list
		if err := h.RenewPassword(t.Context(), who, passphrase, ""); fault.KindOf(err) != fault.Invalid {
			t.Errorf("the same again: %v", err)
		}
		if err := h.RenewPassword(t.Context(), who, "seven lanterns over Owasco", ""); err != nil {
			t.Fatal(err)
		}
		sign("seven lanterns over Owasco", StageIn)
		if got := fmt.Sprint(h.log(t, "renew_password")); got != fmt.Sprintf("[%d done]", who.ID) {
			t.Errorf("the log says %s", got)
		}
	})
}

// Where the settings say how long a password lasts, an older one is changed at the
// next sign-in; where they do not, it lasts.
func TestPasswordAge(t *testing.T) {
	h := open(t, storetest.SQLite(t))
	who := h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
	for _, step := range []struct {
		age, pass time.Duration
		want      Stage
	}{{0, 400 * 24 * time.Hour, StageIn}, {365 * 24 * time.Hour, 0, StageRenew}, {500 * 24 * time.Hour, 0, StageIn}} {
		h.passwordAge = step.age
		h.pass(step.pass)
		if e, err := h.SignIn(t.Context(), "robin@example.org", passphrase, ""); err != nil || e.Stage != step.want {
			t.Errorf("with %s it leads to %q, %v", step.age, e.Stage, err)
		}
	}
	h.passwordAge = 365 * 24 * time.Hour
	if err := h.RenewPassword(t.Context(), who, "seven lanterns over Owasco", ""); err != nil {
		t.Fatal(err)
	}
	if e, err := h.SignIn(t.Context(), "robin@example.org", "seven lanterns over Owasco", ""); err != nil || e.Stage != StageIn {
		t.Errorf("a fresh one leads to %q, %v", e.Stage, err)
	}
}

// A password made of the name of a county and little else is refused.
func TestCountyPassword(t *testing.T) {
	for _, password := range []string{"Rensselaer County 11", "westchesterWESTCHESTER", "albany-albany-albany1"} {
		if err := CheckPassword(password); err == nil {
			t.Errorf("%q is taken", password)
		}
	}
}
