package registry_test

import (
	"testing"

	"nysreferral/fault"
	"nysreferral/registry"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// Nobody alone makes somebody who reads what others referred, runs the program
// or reads its log: an account that is added at an office of the State stays
// switched off until somebody else switches it on, an administrator or another
// coordinator of that office; who added it never does, not even later.
func TestStateAccountsNeedTwo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := open(t, db), t.Context()
		dcjs := registry.Agency{ID: h.who[workflow.Reviewer].Agency, Side: workflow.SideDCJS}
		first, second := h.person(t, dcjs, workflow.Coordinator, "first@example.org"), h.person(t, dcjs, workflow.Coordinator, "second@example.org")
		stranger := h.who[workflow.Coordinator]
		added := must[registry.Account](t)(h.AddAccount(ctx, first, registry.NewAccount{Name: "Pat New", Email: "new@example.org", Duty: workflow.Reviewer}))
		if !added.NotYetOn || added.DisabledAt.IsZero() {
			t.Fatalf("the account can be used at once: %+v", added)
		}
		_, err := h.Auth.Actor(ctx, added.ID)
		refused(t, "the new account", err, fault.Unauthorized)
		refused(t, "who added it", h.Enable(ctx, first, added.ID, added.Rev), fault.Forbidden)
		refused(t, "a coordinator elsewhere", h.Enable(ctx, stranger, added.ID, added.Rev), fault.NotFound)
		if err := h.Enable(ctx, second, added.ID, added.Rev); err != nil {
			t.Fatal(err)
		}
		if who, err := h.Auth.Actor(ctx, added.ID); err != nil || who.Duty != workflow.Reviewer {
			t.Errorf("after the second person: %v, %v", who, err)
		}
		if err := h.Disable(ctx, second, added.ID, added.Rev+1); err != nil {
			t.Fatal(err)
		}
		refused(t, "who added it, later", h.Enable(ctx, first, added.ID, added.Rev+2), fault.Forbidden)
		refused(t, "an administrator, later", h.Enable(ctx, h.who[workflow.Administrator], added.ID, added.Rev+2), fault.Forbidden)
	})
}

// Neither does an administrator make another one alone, nor a coordinator of the
// State by whom to agree with himself; and an administrator may be the second
// person for a reviewer, since it takes both.
func TestAdministratorsNeedTwo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := open(t, db), t.Context()
		runs := h.who[workflow.Administrator]
		other := h.person(t, registry.Agency{ID: runs.Agency, Side: runs.Side}, workflow.Administrator, "other.admin@example.org")
		for _, n := range []registry.NewAccount{
			{Name: "Pat Admin", Email: "a@example.org", Duty: workflow.Administrator, Agency: runs.Agency},
			{Name: "Pat Coordinator", Email: "c@example.org", Duty: workflow.Coordinator, Agency: h.who[workflow.Director].Agency},
		} {
			added := must[registry.Account](t)(h.AddAccount(ctx, runs, n))
			refused(t, n.Email, h.Enable(ctx, runs, added.ID, added.Rev), fault.Forbidden)
			if err := h.Enable(ctx, other, added.ID, added.Rev); err != nil {
				t.Errorf("%s: %v", n.Email, err)
			}
		}
		dcjs := registry.Agency{ID: h.who[workflow.Reviewer].Agency, Side: workflow.SideDCJS}
		first := h.person(t, dcjs, workflow.Coordinator, "first@example.org")
		added := must[registry.Account](t)(h.AddAccount(ctx, first, registry.NewAccount{Name: "Pat New", Email: "new@example.org", Duty: workflow.Director}))
		if err := h.Enable(ctx, runs, added.ID, added.Rev); err != nil {
			t.Errorf("an administrator is no second person: %v", err)
		}
		outside := must[registry.Account](t)(h.AddAccount(ctx, h.who[workflow.Coordinator], registry.NewAccount{Name: "Pat Aide", Email: "aide@example.org", Duty: workflow.Referrer}))
		if outside.NotYetOn || !outside.DisabledAt.IsZero() {
			t.Error("an agency that refers needs a second person for its own people")
		}
	})
}

// A referrer at an office of the State becomes a lead with the account alone,
// which two persons make: nobody alone gives it later, and anybody who may takes
// it away.
func TestStateLead(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := open(t, db), t.Context()
		dcjs := registry.Agency{ID: h.who[workflow.Reviewer].Agency, Side: workflow.SideDCJS}
		first, second := h.person(t, dcjs, workflow.Coordinator, "first@example.org"), h.person(t, dcjs, workflow.Coordinator, "second@example.org")
		added := must[registry.Account](t)(h.AddAccount(ctx, first, registry.NewAccount{Name: "Pat New", Email: "new@example.org", Duty: workflow.Referrer, Lead: true}))
		if err := h.Enable(ctx, second, added.ID, added.Rev); err != nil {
			t.Fatal(err)
		}
		if err := h.SetLead(ctx, second, added.ID, added.Rev+1, false); err != nil {
			t.Fatal(err)
		}
		for _, who := range []workflow.Actor{first, second} {
			refused(t, "alone", h.SetLead(ctx, who, added.ID, added.Rev+2, true), fault.Forbidden)
		}
	})
}
