package registry_test

import (
	"context"
	"slices"
	"testing"

	"nysreferral/directory"
	"nysreferral/ent/agency"
	"nysreferral/fault"
	"nysreferral/registry"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// method is one method of the door as somebody calls it.
type method struct {
	act  registry.Act
	call func(context.Context, workflow.Actor) error
	may  []workflow.Duty
}

// methods is every method that takes an actor, with the duties that may call
// it: written here a second time, so that a slip in the table is seen.
func methods(h *house) []method {
	runs, people := []workflow.Duty{workflow.Administrator}, []workflow.Duty{workflow.Coordinator, workflow.Administrator}
	reads, audits := []workflow.Duty{workflow.Program, workflow.Administrator}, []workflow.Duty{workflow.Auditor}
	other := h.who[workflow.Referrer].ID
	none := func(_ any, err error) error { return err }
	return []method{
		{registry.ListAgencies, func(c context.Context, w workflow.Actor) error { return none(h.Agencies(c, w)) }, runs},
		{registry.SaveAgency, func(c context.Context, w workflow.Actor) error { return none(h.SaveAgency(c, w, registry.Agency{})) }, runs},
		{registry.ListAccounts, func(c context.Context, w workflow.Actor) error {
			return none(h.Accounts(c, w, registry.AccountFilter{}))
		}, people},
		{registry.AddAccount, func(c context.Context, w workflow.Actor) error {
			return none(h.AddAccount(c, w, registry.NewAccount{Duty: workflow.Coordinator}))
		}, people},
		{registry.DisableAccount, func(c context.Context, w workflow.Actor) error { return h.Disable(c, w, other, -1) }, people},
		{registry.EnableAccount, func(c context.Context, w workflow.Actor) error { return h.Enable(c, w, other, -1) }, people},
		{registry.UnlockAccount, func(c context.Context, w workflow.Actor) error { return h.Unlock(c, w, other, -1) }, people},
		{registry.InviteAccount, func(c context.Context, w workflow.Actor) error {
			_, _, err := h.Invite(c, w, other, -1)
			return err
		}, people},
		{registry.AttestAccount, func(c context.Context, w workflow.Actor) error { return h.Attest(c, w, other, -1) }, people},
		{registry.EndSessions, func(c context.Context, w workflow.Actor) error { return h.EndAccountSessions(c, w, other, -1) }, people},
		{registry.ApproveInvite, func(c context.Context, w workflow.Actor) error { return h.ApproveInvitation(c, w, other, -1) }, people},
		{registry.SetLead, func(c context.Context, w workflow.Actor) error { return h.SetLead(c, w, other, -1, true) }, []workflow.Duty{workflow.Coordinator}},
		{registry.ListContacts, func(c context.Context, w workflow.Actor) error {
			return none(h.Contacts(c, w, registry.ContactFilter{}))
		}, reads},
		{registry.OpenContact, func(c context.Context, w workflow.Actor) error { return none(h.Contact(c, w, "none")) }, reads},
		{registry.SaveContact, func(c context.Context, w workflow.Actor) error { return none(h.SaveContact(c, w, registry.Contact{})) }, runs},
		{registry.VerifyContact, func(c context.Context, w workflow.Actor) error {
			return none(h.Verify(c, w, registry.Verification{Key: "none"}))
		}, runs},
		{registry.EndContact, func(c context.Context, w workflow.Actor) error { return h.EndContact(c, w, "none", 1, "") }, runs},
		{registry.AskVerify, func(c context.Context, w workflow.Actor) error { _, err := h.AskVerify(c, w, "x"); return err }, []workflow.Duty{workflow.Program}},
		{registry.PreviewImport, func(c context.Context, w workflow.Actor) error { return none(h.ImportPreview(c, w, nil)) }, runs},
		{registry.ImportContacts, func(c context.Context, w workflow.Actor) error { return none(h.Import(c, w, nil, "")) }, runs},
		{registry.ExportContacts, func(c context.Context, w workflow.Actor) error { return none(h.ExportContacts(c, w)) }, runs},
		{registry.ReadHolidays, func(c context.Context, w workflow.Actor) error { return none(h.Holidays(c, w, 2027)) }, runs},
		{registry.SaveHolidays, func(c context.Context, w workflow.Actor) error { return none(h.SaveHolidays(c, w, 1, 0, nil)) }, runs},
		{registry.ReadClocks, func(c context.Context, w workflow.Actor) error { return none(h.Clocks(c, w)) }, runs},
		{registry.SetClock, func(c context.Context, w workflow.Actor) error { return none(h.SetClock(c, w, registry.NewTerm{})) }, runs},
		{registry.SearchLog, func(c context.Context, w workflow.Actor) error { return none(h.Lines(c, w, registry.LogFilter{})) }, audits},
		{registry.VerifyLog, func(c context.Context, w workflow.Actor) error { return none(h.VerifyNow(c, w, "")) }, audits},
		{registry.ReadHeads, func(c context.Context, w workflow.Actor) error { return none(h.Checkpoints(c, w, "")) }, audits},
		{registry.ReportAccess, func(c context.Context, w workflow.Actor) error { return none(h.AccessReport(c, w, "7K4M2QX9C3TB5")) }, audits},
		{registry.ReviewLog, func(c context.Context, w workflow.Actor) error { _, _, err := h.Week(c, w, ""); return err }, audits},
		{registry.SignReview, func(c context.Context, w workflow.Actor) error { return h.SignWeek(c, w, "", registry.FoundNothing) }, audits},
	}
}

// Whoever is not named for a method is refused, whatever the arguments, and
// each refusal is a line of the log: every duty, nobody, and an account whose
// duty does not fit its agency.
func TestOnlyWhoMay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := open(t, db), t.Context()
		for _, m := range methods(h) {
			for _, duty := range workflow.Duties() {
				err := m.call(ctx, h.who[duty])
				if !slices.Contains(m.may, duty) {
					refused(t, string(duty)+" "+string(m.act), err, fault.Forbidden)
					if l := h.last(t, m.act); l.Outcome != "refused" || l.Actor != h.who[duty].ID || l.Reason == "" {
						t.Errorf("%s %s: the refusal is not in the log: %v", duty, m.act, l)
					}
				} else if fault.KindOf(err) == fault.Forbidden && duty != workflow.Administrator {
					t.Errorf("%s cannot %s: %v", duty, m.act, err)
				}
			}
			refused(t, "nobody "+string(m.act), m.call(ctx, workflow.Actor{}), fault.Unauthorized)
			misfit := h.who[workflow.Referrer]
			misfit.Duty, misfit.Side = m.may[0], "elsewhere"
			refused(t, "misfit "+string(m.act), m.call(ctx, misfit), fault.Forbidden)
			operator := workflow.Actor{ID: 1, Agency: 1, Duty: "operator", Side: workflow.SideAdministration}
			refused(t, "made-up operator "+string(m.act), m.call(ctx, operator), fault.Forbidden)
		}
		if n := db.Read().Agency.Query().CountX(ctx); n != len(sides) {
			t.Errorf("%d agencies, want %d: somebody saved one", n, len(sides))
		}
	})
}

// Every act of the table is tried above or belongs to a command alone, and the
// table names each once.
func TestEveryPowerIsTried(t *testing.T) {
	db := storetest.SQLite(t)
	tried := map[registry.Act]bool{registry.SeedDirectory: true, registry.SetFolder: true}
	for _, m := range methods(open(t, db)) {
		tried[m.act] = true
	}
	seen := map[registry.Act]bool{}
	for _, p := range registry.Powers {
		if seen[p.Do] || !tried[p.Do] {
			t.Errorf("%s stands twice or is never tried", p.Do)
		}
		seen[p.Do] = true
		if slices.Contains(p.Duties, workflow.Referrer) || slices.Contains(p.Duties, workflow.Recipient) {
			t.Errorf("%s is open to those who read referrals", p.Do)
		}
	}
	if len(seen) != len(tried) {
		t.Errorf("%d acts in the table, %d tried", len(seen), len(tried))
	}
}

// Who runs the program gives nobody a duty that reads a referral, and nobody
// gives a duty that does not fit the agency.
func TestGrants(t *testing.T) {
	for _, side := range workflow.Sides() {
		for _, by := range workflow.Duties() {
			for _, d := range registry.Gives(workflow.Actor{ID: 1, Agency: 1, Duty: by, Side: side}, side) {
				if by != workflow.Coordinator && by != workflow.Administrator {
					t.Errorf("a %s gives %s", by, d)
				}
				if !workflow.Fits(d, side) {
					t.Errorf("a %s gives %s at %s", by, d, side)
				}
				whole := workflow.Sees(workflow.Actor{ID: 1, Agency: 1, Duty: d, Side: side}, true)
				if by == workflow.Administrator && whole != workflow.ReadsNothing {
					t.Errorf("an administrator gives %s at %s, who reads referrals", d, side)
				}
			}
		}
	}
}

// No line, no data: when the log cannot take a line, nothing is read and
// nothing is changed.
func TestNoLineNoData(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := open(t, db), t.Context()
		must[int](t)(h.Seed(ctx))
		for _, sql := range []string{`ALTER TABLE audit_entries RENAME TO gone`} {
			if _, err := db.SQL().ExecContext(ctx, sql); err != nil {
				t.Fatal(err)
			}
		}
		admin := h.who[workflow.Administrator]
		if all, err := h.Agencies(ctx, admin); err == nil || fault.KindOf(err) != fault.Internal {
			t.Errorf("agencies were shown: %v, %v", all, err)
		}
		a := registry.Agency{Name: "New", Kind: "nypd", Side: workflow.SidePolice, Designated: "not_applicable", Active: true}
		if _, err := h.SaveAgency(ctx, admin, a); err == nil {
			t.Error("an agency was saved without a line")
		}
		if n := db.Read().Agency.Query().Where(agency.Name("New")).CountX(ctx); n != 0 {
			t.Error("an agency stands without a line")
		}
		if page, err := h.Contacts(ctx, admin, registry.ContactFilter{}); err == nil || len(page.Lines) > 0 && err == nil {
			t.Errorf("contacts were shown without a line: %v", err)
		}
		if err := h.Disable(ctx, admin, h.who[workflow.Referrer].ID, 1); err == nil || h.account(t, h.who[workflow.Referrer].ID).DisabledAt != nil {
			t.Errorf("an account was disabled without a line: %v", err)
		}
		if page, err := h.Checkpoints(ctx, h.who[workflow.Auditor], ""); err == nil || len(page.Lines) != 0 {
			t.Errorf("checkpoints were shown without a line: %v", err)
		}
		if _, err := h.AccessReport(ctx, h.who[workflow.Referrer], "7K4M2QX9C3TB5"); err == nil || fault.KindOf(err) != fault.Internal {
			t.Errorf("a refusal that the log did not take is our own failure: %v", err)
		}
	})
}

// The directory that a demonstration seeds is the one that the form can ask
// about: see also forms_test.go.
func TestPointWords(t *testing.T) {
	if len(registry.PointKinds()) != len(directory.Kinds()) {
		t.Error("a kind of contact point has no words")
	}
	for _, k := range directory.Kinds() {
		if registry.LabelOf(registry.PointKinds(), string(k)) == string(k) {
			t.Errorf("%s has no words", k)
		}
	}
	if len(registry.Counties()) != 62 || len(registry.Districts()) != 58 {
		t.Error("counties or districts are missing")
	}
	for _, s := range workflow.Sides() {
		if registry.LabelOf(registry.SideWords(), string(s)) == string(s) {
			t.Errorf("%s has no words", s)
		}
	}
}
