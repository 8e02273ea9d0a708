package auth

import (
	"strings"
	"testing"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/factor"
	"nysreferral/fault"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// give invites userID as by.
func (h *house) give(t testing.TB, by, userID int) (code string, second bool) {
	t.Helper()
	h.change(t, func(tx *ent.Tx) (err error) {
		code, second, err = h.Invite(t.Context(), tx, by, userID)
		return err
	})
	return code, second
}

// An invitation lets its owner choose a password, once, within a day, and leads
// to a second factor; another's address, an old one, a replaced one and a used
// one are refused with the same words, and only a hash is kept.
func TestInvitation(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := strict(t, db), t.Context()
		who := h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
		h.person(t, "other@example.org", workflow.Referrer, workflow.SidePolice)
		const chosen = "seven violet anchors hum"
		refused := func(name, email, code, reason string) {
			t.Helper()
			_, err := h.Redeem(ctx, email, code, chosen, "")
			if say, _ := fault.Say(err); fault.KindOf(err) != fault.Unauthorized || say != sayInvitation {
				t.Errorf("%s: %v", name, err)
			}
			lines := h.log(t, "redeem_invitation")
			if last := lines[len(lines)-1]; !strings.HasSuffix(last, "refused "+reason) {
				t.Errorf("%s: log %s", name, last)
			}
		}
		code, second := h.give(t, 7, who.ID)
		if second || len(strings.ReplaceAll(code, "-", ""))*5 < 112 {
			t.Errorf("%q %t", code, second)
		}
		if row := db.Read().Invitation.Query().OnlyX(ctx); strings.Contains(row.String(), code) || len(row.Hash) != 32 {
			t.Error("the code is kept")
		}
		refused("nobody", "nobody@example.org", code, unknown)
		refused("another's address", "other@example.org", code, unknown)
		refused("another code", "robin@example.org", newRecoveryCode(), unknown)
		if _, err := h.Redeem(ctx, "robin@example.org", code, "Robin Example 1999", ""); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a password made of the name: %v", err)
		}
		fresh, _ := h.give(t, 7, who.ID)
		refused("a replaced one", "robin@example.org", code, "used")
		h.pass(Invited)
		refused("an old one", "robin@example.org", fresh, "expired")
		code, _ = h.give(t, 7, who.ID)
		e, err := h.Redeem(ctx, " Robin@example.org", strings.ToLower(code), chosen, "")
		if err != nil || e != (Entry{who, StageSetUp}) {
			t.Fatalf("%+v %v", e, err)
		}
		refused("a used one", "robin@example.org", code, "used")
		if _, err := h.SignIn(ctx, "robin@example.org", passphrase, ""); fault.KindOf(err) != fault.Unauthorized {
			t.Errorf("the password of before: %v", err)
		}
		if e, err := h.SignIn(ctx, "robin@example.org", chosen, ""); err != nil || e.Stage != StageSetUp {
			t.Errorf("the chosen one: %+v %v", e, err)
		}
	})
}

// Beginning anew takes two persons: the code does nothing until somebody other
// than its giver approves it; then whatever opened the account before is gone.
func TestBeginningAnewTakesTwo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := strict(t, db), t.Context()
		who := h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
		secret, codes := h.app(t, who)
		token, err := h.NewToken(ctx, who, who.ID, "desk", time.Time{}, "")
		if err != nil {
			t.Fatal(err)
		}
		code, second := h.give(t, 7, who.ID)
		if !second {
			t.Error("one person is enough for an account in use")
		}
		approve := func(by int) error {
			return h.db.Do(ctx, func(tx *ent.Tx) error { return h.ApproveInvitation(ctx, tx, by, who.ID) })
		}
		const chosen = "seven violet anchors hum"
		if _, err := h.Redeem(ctx, "robin@example.org", code, chosen, ""); fault.KindOf(err) != fault.Unauthorized {
			t.Errorf("before anybody approved: %v", err)
		}
		if err := approve(7); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("approved by the giver: %v", err)
		}
		if e, err := h.Second(ctx, who.ID, codes[0], ""); err != nil || e.Stage != StageIn {
			t.Errorf("the owner is shut out by an invitation that nobody approved: %v", err)
		}
		if err := approve(8); err != nil {
			t.Fatal(err)
		}
		if err := approve(8); fault.KindOf(err) != fault.NotFound {
			t.Errorf("approved twice: %v", err)
		}
		if _, err := h.Redeem(ctx, "robin@example.org", code, chosen, ""); err != nil {
			t.Fatal(err)
		}
		for _, old := range []string{shows(t, secret, h.Now()), codes[1]} {
			if _, err := h.Second(ctx, who.ID, old, ""); fault.KindOf(err) != fault.Unauthorized {
				t.Errorf("what opened the account before: %v", err)
			}
		}
		if _, err := h.Bearer(ctx, token, ""); fault.KindOf(err) != fault.Unauthorized {
			t.Errorf("the token of before: %v", err)
		}
		if n := db.Read().Factor.Query().Where(factor.UserID(who.ID), factor.RevokedAtIsNil()).CountX(ctx); n != 0 {
			t.Errorf("%d factors stand", n)
		}
	})
}

// Nobody of an agency that the State has not approved is invited.
func TestInvitationNeedsTheAgency(t *testing.T) {
	h := strict(t, storetest.SQLite(t))
	who := h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
	h.change(t, func(tx *ent.Tx) error { return tx.Agency.UpdateOneID(who.Agency).SetActive(false).Exec(t.Context()) })
	err := h.db.Do(t.Context(), func(tx *ent.Tx) error { _, _, err := h.Invite(t.Context(), tx, 7, who.ID); return err })
	if fault.KindOf(err) != fault.Conflict {
		t.Error(err)
	}
}
