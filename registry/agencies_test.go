package registry_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"nysreferral/ent"
	"nysreferral/fault"
	"nysreferral/registry"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// An agency that cannot be right is not kept, and each problem names its field.
func TestAgencyRefused(t *testing.T) {
	good := registry.Agency{Name: "Bridge Legal", Kind: "legal_service_provider", Side: workflow.SideProvider, Designated: "otda", Active: true}
	db := storetest.SQLite(t)
	h, ctx := open(t, db), t.Context()
	for _, tt := range []struct {
		name   string
		change func(*registry.Agency)
		fields []string
	}{
		{"nothing", func(a *registry.Agency) { *a = registry.Agency{} }, []string{"name", "kind", "designated"}},
		{"no name", func(a *registry.Agency) { a.Name = " \t " }, []string{"name"}},
		{"turned writing", func(a *registry.Agency) { a.Name = "Bridge\u202eLegal" }, []string{"name"}},
		{"long name", func(a *registry.Agency) { a.Name = string(slices.Repeat([]byte("x"), 201)) }, []string{"name"}},
		{"name of another", func(a *registry.Agency) { a.Name = "harbor LEGAL" }, []string{"name"}},
		{"unknown kind", func(a *registry.Agency) { a.Kind = "club" }, []string{"kind"}},
		{"side of another kind", func(a *registry.Agency) { a.Side, a.Designated = workflow.SidePolice, "not_applicable" }, []string{"side"}},
		{"State side for a provider", func(a *registry.Agency) { a.Side = workflow.SideDCJS }, []string{"side"}},
		{"provider without designation", func(a *registry.Agency) { a.Designated = "not_applicable" }, []string{"designated"}},
		{"unknown designation", func(a *registry.Agency) { a.Designated = "me" }, []string{"designated"}},
		{"designated police", func(a *registry.Agency) { a.Kind, a.Side = "nypd", workflow.SidePolice }, []string{"designated"}},
		{"district of no department", func(a *registry.Agency) { a.District = "erie" }, []string{"district"}},
		{"department without district", func(a *registry.Agency) { a.Kind, a.Side = "local_social_services", workflow.SideLDSS }, []string{"district"}},
		{"domain with a path", func(a *registry.Agency) { a.Domain = "example.org/x" }, []string{"domain"}},
		{"domain without dot", func(a *registry.Agency) { a.Domain = "localhost" }, []string{"domain"}},
	} {
		a := good
		tt.change(&a)
		_, err := h.SaveAgency(ctx, h.who[workflow.Administrator], a)
		wrong(t, tt.name, err, tt.fields...)
	}
	if n := db.Read().Agency.Query().CountX(ctx); n != len(sides) {
		t.Errorf("%d agencies", n)
	}
}

// What an administrator saves is kept with its line; a save from an old page
// and one of an agency that is not there are refused and change nothing.
func TestSaveAgency(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := open(t, db), t.Context()
		admin := h.who[workflow.Administrator]
		a := must[registry.Agency](t)(h.SaveAgency(ctx, admin, registry.Agency{Name: "  Bridge   Legal ", Kind: "legal_service_provider",
			Side: workflow.SideProvider, Designated: "unverified", Domain: "@Bridge.Example.ORG", Active: true}))
		if a.Name != "Bridge Legal" || a.Domain != "bridge.example.org" || a.Rev != 1 || !a.CreatedAt.Equal(begun) {
			t.Errorf("%+v", a)
		}
		if l := h.last(t, registry.SaveAgency); l.Actor != admin.ID || l.Reason != "new" || len(l.Refs) != 1 {
			t.Errorf("%v", l)
		}
		if all := must[[]registry.Agency](t)(h.Agencies(ctx, admin)); all[0].ID != a.ID || len(all) != len(sides)+1 {
			t.Errorf("the unverified one does not stand first: %+v", all[0])
		}
		old := a
		a.Designated = "ovs"
		a = must[registry.Agency](t)(h.SaveAgency(ctx, admin, a))
		if l := h.last(t, registry.SaveAgency); !slices.Equal(l.Fields, []string{"designated"}) {
			t.Errorf("%v", l)
		}
		old.Name = "Other"
		_, err := h.SaveAgency(ctx, admin, old)
		refused(t, "old page", err, fault.Conflict)
		old.ID = 9999
		_, err = h.SaveAgency(ctx, admin, old)
		refused(t, "absent", err, fault.NotFound)
		if row := db.Read().Agency.GetX(ctx, a.ID); row.Name != "Bridge Legal" || row.Rev != 2 || row.Designated != "ovs" {
			t.Errorf("%+v", row)
		}
	})
}

// The side of an agency that has accounts stays: its people would read other
// things from one moment to the next.
func TestSideStays(t *testing.T) {
	h, ctx := open(t, storetest.SQLite(t)), t.Context()
	admin := h.who[workflow.Administrator]
	for _, a := range must[[]registry.Agency](t)(h.Agencies(ctx, admin)) {
		if a.Name != "Harbor Legal" {
			continue
		}
		a.Side = workflow.SideRHTP
		_, err := h.SaveAgency(ctx, admin, a)
		wrong(t, "side", err, "side")
	}
}

// A coordinator reaches the own agency only: accounts of others are absent,
// whatever the act, and the agency cannot be named to add one there.
func TestCoordinatorReach(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := open(t, db), t.Context()
		me, other := h.who[workflow.Coordinator], h.who[workflow.Referrer]
		_, err := h.Accounts(ctx, me, registry.AccountFilter{Agency: other.Agency})
		refused(t, "list", err, fault.NotFound)
		refused(t, "disable", h.Disable(ctx, me, other.ID, 1), fault.NotFound)
		refused(t, "disable nobody", h.Disable(ctx, me, 9999, 1), fault.NotFound)
		refused(t, "enable", h.Enable(ctx, me, other.ID, 1), fault.NotFound)
		refused(t, "unlock", h.Unlock(ctx, me, other.ID, 1), fault.NotFound)
		refused(t, "lead", h.SetLead(ctx, me, other.ID, 1, true), fault.NotFound)
		_, err = h.AddAccount(ctx, me, registry.NewAccount{Name: "A", Email: "a@example.org", Duty: workflow.Referrer, Agency: other.Agency})
		refused(t, "add", err, fault.NotFound)
		refused(t, "oneself", h.Disable(ctx, me, me.ID, 1), fault.Forbidden)
		all := must[[]registry.Account](t)(h.Accounts(ctx, me, registry.AccountFilter{Disabled: true}))
		if len(all) != 1 || all[0].ID != me.ID || !all[0].Mine || all[0].Reach {
			t.Errorf("%+v", all)
		}
		if row := h.account(t, other.ID); row.DisabledAt != nil || row.Lead || row.Rev != 1 {
			t.Errorf("%+v", row)
		}
	})
}

// Nobody gives a duty beyond the own reach: an administrator none that reads
// referrals, a provider's coordinator none of the State's.
func TestDutyBeyondReach(t *testing.T) {
	h, ctx := open(t, storetest.SQLite(t)), t.Context()
	for _, tt := range []struct {
		who  workflow.Duty
		at   workflow.Duty // whose agency
		duty workflow.Duty
	}{
		{workflow.Administrator, workflow.Reviewer, workflow.Reviewer}, {workflow.Administrator, workflow.Reviewer, workflow.Director},
		{workflow.Administrator, workflow.Program, workflow.Program}, {workflow.Administrator, workflow.Referrer, workflow.Referrer},
		{workflow.Administrator, workflow.Recipient, workflow.Recipient}, {workflow.Administrator, workflow.Auditor, workflow.Auditor},
		{workflow.Administrator, workflow.Referrer, workflow.Administrator}, {workflow.Administrator, workflow.Referrer, "operator"},
		{workflow.Coordinator, workflow.Coordinator, workflow.Reviewer}, {workflow.Coordinator, workflow.Coordinator, workflow.Director},
		{workflow.Coordinator, workflow.Coordinator, workflow.Administrator}, {workflow.Coordinator, workflow.Coordinator, workflow.Recipient},
	} {
		_, err := h.AddAccount(ctx, h.who[tt.who], registry.NewAccount{Name: "New Person", Email: "new@example.org", Duty: tt.duty, Agency: h.who[tt.at].Agency})
		refused(t, string(tt.who)+" gives "+string(tt.duty), err, fault.Forbidden)
	}
	admin := h.who[workflow.Administrator]
	refused(t, "enable a reviewer", h.Enable(ctx, admin, h.who[workflow.Reviewer].ID, 1), fault.Forbidden)
	refused(t, "unlock a reviewer", h.Unlock(ctx, admin, h.who[workflow.Reviewer].ID, 1), fault.Forbidden)
}

// An account that cannot be right is not kept.
func TestAccountRefused(t *testing.T) {
	h, ctx := open(t, storetest.SQLite(t)), t.Context()
	me := h.who[workflow.Coordinator]
	own := h.DB.Read().Agency.GetX(ctx, me.Agency)
	if err := h.DB.Do(ctx, func(tx *ent.Tx) error { return tx.Agency.UpdateOne(own).SetEmailDomain("harbor.example.org").Exec(ctx) }); err != nil {
		t.Fatal(err)
	}
	good := registry.NewAccount{Name: "New Person", Email: "new@harbor.example.org", Phone: "518-555-0100", Duty: workflow.Referrer}
	for _, tt := range []struct {
		name   string
		change func(*registry.NewAccount)
		field  string
	}{
		{"no name", func(n *registry.NewAccount) { n.Name = "" }, "name"},
		{"no duty", func(n *registry.NewAccount) { n.Duty = "" }, "duty"},
		{"no e-mail", func(n *registry.NewAccount) { n.Email = "" }, "email"},
		{"two e-mails", func(n *registry.NewAccount) { n.Email = "a@harbor.example.org, b@harbor.example.org" }, "email"},
		{"name and e-mail", func(n *registry.NewAccount) { n.Email = "New <new@harbor.example.org>" }, "email"},
		{"e-mail of elsewhere", func(n *registry.NewAccount) { n.Email = "new@example.org" }, "email"},
		{"e-mail of a longer place", func(n *registry.NewAccount) { n.Email = "new@xharbor.example.org" }, "email"},
		{"a phone in words", func(n *registry.NewAccount) { n.Phone = "call me" }, "phone"},
		{"a coordinator who leads", func(n *registry.NewAccount) { n.Duty, n.Lead = workflow.Coordinator, true }, "lead"},
	} {
		n := good
		tt.change(&n)
		_, err := h.AddAccount(ctx, me, n)
		wrong(t, tt.name, err, tt.field)
	}
	must[registry.Account](t)(h.AddAccount(ctx, me, good))
	good.Email = " NEW@harbor.example.org "
	_, err := h.AddAccount(ctx, me, good)
	wrong(t, "e-mail of another", err, "email")
}

// A coordinator adds a person, makes them lead, and switches them off and on;
// each is a line, each from an old page is refused, and switching off ends what
// they had open.
func TestAccounts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := open(t, db), t.Context()
		me := h.who[workflow.Coordinator]
		a := must[registry.Account](t)(h.AddAccount(ctx, me, registry.NewAccount{Name: "Robin Example", Title: "advocate", Email: "Robin@Example.org", Duty: workflow.Referrer}))
		if a.Email != "robin@example.org" || a.Agency != me.Agency || a.Password || a.Rev != 1 {
			t.Errorf("%+v", a)
		}
		refused(t, "lead from an old page", h.SetLead(ctx, me, a.ID, 7, true), fault.Conflict)
		if err := h.SetLead(ctx, me, a.ID, 1, true); err != nil || !h.account(t, a.ID).Lead {
			t.Errorf("lead: %v", err)
		}
		if _, err := h.Auth.NewToken(ctx, workflow.Actor{ID: a.ID, Agency: me.Agency, Duty: workflow.Referrer}, a.ID, "test", begun.Add(time.Hour), ""); err != nil {
			t.Fatal(err)
		}
		refused(t, "disable from an old page", h.Disable(ctx, me, a.ID, 1), fault.Conflict)
		if n := db.Read().Token.Query().CountX(ctx); n != 1 || db.Read().Token.Query().OnlyX(ctx).RevokedAt != nil {
			t.Error("a refused act revoked a token")
		}
		if err := h.Disable(ctx, me, a.ID, 2); err != nil {
			t.Fatal(err)
		}
		if row := h.account(t, a.ID); row.DisabledAt == nil || row.Rev != 3 || db.Read().Token.Query().OnlyX(ctx).RevokedAt == nil {
			t.Errorf("%+v", row)
		}
		if all := must[[]registry.Account](t)(h.Accounts(ctx, me, registry.AccountFilter{})); len(all) != 1 {
			t.Errorf("a disabled account is listed: %+v", all)
		}
		if err := h.Enable(ctx, me, a.ID, 3); err != nil || h.account(t, a.ID).DisabledAt != nil {
			t.Errorf("enable: %v", err)
		}
		if err := h.Unlock(ctx, me, a.ID, 4); err != nil {
			t.Errorf("unlock: %v", err)
		}
		refused(t, "a coordinator who leads", h.SetLead(ctx, me, h.person(t, registry.Agency{ID: me.Agency, Side: me.Side}, workflow.Coordinator, "second@example.org").ID, 1, true), fault.Invalid)
		for act, n := range map[registry.Act]int{registry.SetLead: 3, registry.DisableAccount: 2, registry.EnableAccount: 1, registry.UnlockAccount: 1} {
			if got := len(h.said(t, act)); got != n {
				t.Errorf("%d lines of %s, want %d", got, act, n)
			}
		}
		admin := h.who[workflow.Administrator]
		if err := h.Disable(ctx, admin, h.who[workflow.Director].ID, 1); err != nil {
			t.Errorf("an administrator may switch anybody off: %v", err)
		}
		if all := must[[]registry.Account](t)(h.Accounts(ctx, admin, registry.AccountFilter{Disabled: true})); len(all) != len(workflow.Duties())+2 {
			t.Errorf("%d accounts", len(all))
		}
	})
}

// A command on the machine begins agencies and accounts of every duty, keeps
// the same rules, and its lines name no account.
func TestCommands(t *testing.T) {
	h, ctx := open(t, storetest.SQLite(t)), t.Context()
	_, err := h.Commands().AddAgency(ctx, registry.Agency{Name: "X"})
	wrong(t, "agency", err, "kind", "designated")
	_, err = h.Commands().AddAccount(ctx, registry.NewAccount{Name: "X", Email: "x@example.org", Duty: workflow.Director, Agency: h.who[workflow.Referrer].Agency})
	wrong(t, "director at a sheriff's", err, "duty")
	refused(t, "no agency", errOf(h.Commands().AddAccount(ctx, registry.NewAccount{Agency: 9999})), fault.NotFound)
	refused(t, "no account", h.Commands().Disable(ctx, "nobody@example.org"), fault.NotFound)
	if err := h.Commands().Disable(ctx, "Director@Example.org"); err != nil || h.account(t, h.who[workflow.Director].ID).DisabledAt == nil {
		t.Errorf("disable: %v", err)
	}
	refused(t, "no account of this e-mail", errOf(h.Commands().AccountID(ctx, "nobody@example.org")), fault.NotFound)
	if id := must[int](t)(h.Commands().AccountID(ctx, " Referrer@Example.org")); id != h.who[workflow.Referrer].ID {
		t.Errorf("account %d", id)
	}
	if l := h.last(t, registry.DisableAccount); l.Actor != 0 || l.Duty != "operator" {
		t.Errorf("%v", l)
	}
	if all := must[[]registry.Agency](t)(h.Commands().Agencies(ctx)); len(all) != len(sides) {
		t.Errorf("%d agencies", len(all))
	}
}

func errOf[T any](_ T, err error) error { return err }

// Problems read as lines, for a command that prints them.
func TestProblemsRead(t *testing.T) {
	err := error(registry.Problems{{Field: "name", Say: "Enter it."}, {Field: "kind", Say: "Choose it."}})
	if err.Error() != "name: Enter it.\nkind: Choose it." || errors.Is(err, fault.Absent()) {
		t.Error(err)
	}
}
