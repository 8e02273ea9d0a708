package auth

import (
	"strings"
	"testing"
	"time"

	"nysreferral/ent"
	"nysreferral/fault"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// stolen are passwords of the built-in list, each long enough for the rules, and
// none of them refused for what it is made of.
var stolen = strings.Fields("momsanaladventure 30secondstomars childrenofthenight clockworkorange unitedarabemirates communicationskills perasperaadastra " +
	"mailcreated5240 lytdybrbdfvgbhf codeofthestreet chocolatecookies zqjphsyf6ctifgu")

// The built-in list holds at least 3,000 passwords that fit the rules and 10,000 in
// all, each once and in order: it is searched by halves.
func TestListIsLong(t *testing.T) {
	all := 0
	for name, marks := range map[string]string{"long": listedLong, "short": listedShort} {
		if len(marks)%markSize != 0 {
			t.Fatalf("%s: %d bytes are no marks", name, len(marks))
		}
		n := len(marks) / markSize
		if all += n; name == "long" && n < 3000 {
			t.Errorf("only %d fit the rules", n)
		}
		for i := markSize; i < len(marks); i += markSize {
			if marks[i-markSize:i] >= marks[i:i+markSize] {
				t.Fatalf("%s: mark %d is not in order", name, i/markSize)
			}
		}
	}
	if all < 10_000 {
		t.Errorf("only %d in all", all)
	}
}

// A password of the built-in list is refused with a sentence that says why,
// whatever its case; so is one with a few digits and signs around it, or twice the
// same. What only begins like one is taken.
func TestListedPasswords(t *testing.T) {
	refused := func(password, say string) {
		t.Helper()
		err := CheckPassword(password)
		if said, _ := fault.Say(err); fault.KindOf(err) != fault.Invalid || said != say {
			t.Errorf("%q: %v", password, err)
		}
	}
	for _, one := range stolen {
		refused(one, sayStolen)
		refused(strings.ToUpper(one), sayStolen)
		refused("!"+one+"+7", sayEasy)
		refused(one+one, sayEasy)
	}
	refused("butterfly-83629", sayEasy) // a shorter one of the list
	for _, good := range []string{"clockworkorange and a mauve bicycle", "butterfly-83629-kelp", "chocolatecookiesmarble", passphrase} {
		if err := CheckPassword(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}

// Who has a password of the built-in list since before it was there chooses
// another at the next sign-in.
func TestListedPasswordIsRenewed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		who := h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
		hash, err := h.hash(t.Context(), stolen[0])
		if err != nil {
			t.Fatal(err)
		}
		err = db.Do(t.Context(), func(tx *ent.Tx) error { // past the rules, as an older program wrote it
			return tx.User.UpdateOneID(who.ID).SetPasswordHash(hash.Bytes).Exec(t.Context())
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if e, err := h.SignIn(t.Context(), "robin@example.org", stolen[0], ""); err != nil || e.Stage != StageRenew {
				t.Fatalf("it leads to %q, %v", e.Stage, err)
			}
		}
		if err := h.RenewPassword(t.Context(), who, stolen[1], ""); fault.KindOf(err) != fault.Invalid {
			t.Errorf("another of the list is taken: %v", err)
		}
		if err := h.RenewPassword(t.Context(), who, "seven lanterns over Owasco", ""); err != nil {
			t.Fatal(err)
		}
		if e, err := h.SignIn(t.Context(), "robin@example.org", "seven lanterns over Owasco", ""); err != nil || e.Stage != StageIn {
			t.Errorf("a good one leads to %q, %v", e.Stage, err)
		}
	})
}

// Looking a password up costs nothing that anybody would notice.
func TestListIsQuick(t *testing.T) {
	began := time.Now()
	for range 1000 {
		if listed(passphrase) || made(passphrase) {
			t.Fatal("a good one is listed")
		}
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("1000 passwords took %s", took)
	}
}
