package auth

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"nysreferral/ent"
	"nysreferral/fault"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// entering signs in as handlers do, and notes whether the oldest session ended.
func entering(t *testing.T, h *house, m *Sessions, email string, said *[]bool) *browser {
	b := &browser{t: t, site: m.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		if r.URL.Path == "/in" {
			e, err := h.SignIn(ctx, email, passphrase, "")
			if err != nil {
				t.Error(err)
				return
			}
			ended, err := m.Crowded(ctx, e.Who, "")
			if *said = append(*said, ended); err != nil {
				t.Error(err)
			}
			if err := m.Begin(ctx, e.Who); err != nil {
				t.Error(err)
			}
		}
		who, _ := m.Who(ctx)
		fmt.Fprint(w, who.ID)
	}))}
	b.get("/in")
	h.pass(time.Second)
	return b
}

// Somebody sees the own sessions and no other's, ends one of them and not that of
// another; a fourth ends the oldest, which is said and stands in the log. A
// coordinator's act ends all of an agency but the own, an administrator's all.
func TestPlaces(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		robin := h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
		other := h.person(t, "other@example.org", workflow.Referrer, workflow.SidePolice)
		m := h.Sessions(true)
		var said []bool
		enter := func(email string) *browser { return entering(t, h, m, email, &said) }
		first, second, third := enter("robin@example.org"), enter("robin@example.org"), enter("robin@example.org")
		theirs := enter("other@example.org")
		ctx, err := m.Load(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		list, err := m.Places(ctx, robin)
		if err != nil || len(list) != 3 {
			t.Fatalf("%d sessions, %v", len(list), err)
		}
		if err := m.EndPlace(ctx, other, list[0].Mark, ""); fault.KindOf(err) != fault.NotFound {
			t.Errorf("another ends it: %v", err)
		}
		if err := m.EndPlace(ctx, robin, list[0].Mark, ""); err != nil {
			t.Fatal(err)
		}
		third.want("/", 0)
		second.want("/", robin.ID)
		fourth, fifth := enter("robin@example.org"), enter("robin@example.org")
		first.want("/", 0)
		fourth.want("/", robin.ID)
		if fmt.Sprint(said) != "[false false false false false true]" || len(h.log(t, "end_oldest_session")) != 1 || len(h.log(t, "end_own_session")) != 1 {
			t.Errorf("told %v, the log says %v", said, h.log(t, "end_oldest_session"))
		}
		h.change(t, func(tx *ent.Tx) error {
			n, err := h.EndSessions(t.Context(), tx, 0, robin.Agency)
			if n != 3 {
				t.Errorf("ended %d sessions", n)
			}
			return err
		})
		fifth.want("/", 0)
		theirs.want("/", other.ID)
		h.change(t, func(tx *ent.Tx) error {
			_, err := h.EndSessions(t.Context(), tx, 0, 0)
			return err
		})
		theirs.want("/", 0)
	})
}
