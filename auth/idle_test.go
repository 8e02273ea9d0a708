package auth

import (
	"fmt"
	"testing"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/user"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// An account into which nobody signed in for ninety days is switched off with its
// sessions and tokens; one in use, one that was just switched on again, one that
// a program uses and somebody attested, and the last administrator are not.
func TestUnusedAccountsAreSwitchedOff(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		who := map[string]workflow.Actor{}
		for _, name := range []string{"unused", "used", "again", "program", "forgotten"} {
			who[name] = h.person(t, name+"@example.org", workflow.Referrer, workflow.SidePolice)
		}
		who["admin"] = h.person(t, "admin@example.org", workflow.Administrator, workflow.SideAdministration)
		retires := func(want int) {
			t.Helper()
			if n, err := h.Retire(t.Context()); n != want || err != nil {
				t.Errorf("switched off %d, %v, want %d", n, err, want)
			}
		}
		for _, name := range []string{"program", "forgotten"} {
			if _, err := h.NewToken(t.Context(), workflow.Actor{}, who[name].ID, "", time.Time{}, ""); err != nil {
				t.Fatal(err)
			}
		}
		h.pass(Unused)
		retires(0)
		h.pass(time.Second)
		attest := func(name string) {
			h.change(t, func(tx *ent.Tx) error {
				return tx.User.UpdateOneID(who[name].ID).ClearDisabledAt().SetAttestedAt(h.moment()).Exec(t.Context())
			})
		}
		attest("again")
		attest("program")
		if _, err := h.SignIn(t.Context(), "used@example.org", passphrase, ""); err != nil {
			t.Fatal(err)
		}
		retires(2)
		retires(0)
		off := db.Read().User.Query().Where(user.DisabledAtNotNil()).Order(ent.Asc(user.FieldID)).Select(user.FieldEmail).StringsX(t.Context())
		if fmt.Sprint(off) != "[unused@example.org forgotten@example.org]" {
			t.Errorf("switched off are %v", off)
		}
		if got := fmt.Sprint(h.log(t, "retire_account")); got != "[0 done unused 0 done unused]" {
			t.Errorf("the log says %s", got)
		}
		h.pass(regained)
		retires(1)
	})
}
