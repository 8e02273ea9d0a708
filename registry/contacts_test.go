package registry_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"nysreferral/directory"
	"nysreferral/ent"
	"nysreferral/ent/contactpoint"
	"nysreferral/fault"
	"nysreferral/registry"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// seeded is a house whose directory holds the facts.
func seeded(t testing.TB, db *store.DB) (*house, workflow.Actor) {
	t.Helper()
	h := open(t, db)
	must[int](t)(h.Seed(t.Context()))
	return h, h.who[workflow.Administrator]
}

func (h *house) point(t testing.TB, key string) *ent.ContactPoint {
	t.Helper()
	return h.DB.Read().ContactPoint.Query().Where(contactpoint.Key(key)).OnlyX(t.Context())
}

// verified verifies a line and returns it.
func (h *house) verified(t testing.TB, key string, agency int) registry.Contact {
	t.Helper()
	c := must[registry.Contact](t)(h.Contact(t.Context(), h.who[workflow.Administrator], key))
	return must[registry.Contact](t)(h.Verify(t.Context(), h.who[workflow.Administrator],
		registry.Verification{Key: key, Rev: c.Rev, How: "phone", Whom: "the front desk", Agency: agency}))
}

// Seeding fills an empty directory once with the facts, none verified, and
// never again; what was changed meanwhile stays.
func TestSeed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := open(t, db), t.Context()
		if n := must[int](t)(h.Seed(ctx)); n != len(directory.Contacts()) {
			t.Errorf("%d lines", n)
		}
		if n := db.Read().ContactPoint.Query().Where(contactpoint.VerifiedOnNEQ("")).CountX(ctx); n != 0 {
			t.Errorf("%d lines are verified though nobody asked", n)
		}
		h.verified(t, "ldss-erie", 0)
		if n := must[int](t)(h.Seed(ctx)); n != 0 || h.point(t, "ldss-erie").VerifiedOn == "" {
			t.Errorf("seeding again: %d lines", n)
		}
		if n := db.Read().ContactPoint.Query().CountX(ctx); n != len(directory.Contacts()) {
			t.Errorf("%d lines", n)
		}
		if len(h.said(t, registry.SeedDirectory)) != 1 {
			t.Error("seeding is one line, once")
		}
	})
}

// Made-up contact points come into a demonstration only, once, and a folder
// never changes what it is for.
func TestSeedDemo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := open(t, db), t.Context()
		if _, err := h.SeedDemo(ctx); err == nil {
			t.Error("a folder for nothing took made-up contact points")
		}
		if err := h.Dedicate(ctx, "toy"); err == nil {
			t.Error("a folder is for a toy")
		}
		if err := h.Dedicate(ctx, registry.Demo); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(h.Dedicate(ctx, registry.Demo)); err != nil {
			t.Errorf("saying it again: %v", err)
		}
		if err := h.Dedicate(ctx, registry.Production); err == nil {
			t.Error("a demonstration became production")
		}
		if kind := must[registry.FolderKind](t)(h.Folder(ctx)); kind != registry.Demo || len(h.said(t, registry.SetFolder)) != 1 {
			t.Errorf("%s", kind)
		}
		must[int](t)(h.Seed(ctx))
		if n := must[int](t)(h.SeedDemo(ctx)); n != len(directory.DemoContacts()) {
			t.Errorf("%d lines", n)
		}
		if n := must[int](t)(h.SeedDemo(ctx)); n != 0 {
			t.Errorf("%d lines again", n)
		}
		if list := must[[]directory.Contact](t)(h.Directory(ctx)); len(list) != len(directory.DemoContacts()) {
			t.Errorf("%d lines are public, only the verified ones are", len(list))
		}
	})
}

// A line that cannot be right is not kept; its problems name the fields, and a
// made-up line does not come into a real folder.
func TestContactRefused(t *testing.T) {
	h, admin := seeded(t, storetest.SQLite(t))
	ctx := t.Context()
	good := registry.Contact{Point: registry.Point{Key: "rhtp-new", Kind: directory.RHTP, Name: "New Provider", Region: directory.RestOfState}}
	for _, tt := range []struct {
		name   string
		change func(*registry.Contact)
		field  string
	}{
		{"key taken", func(c *registry.Contact) { c.Key = "ldss-erie" }, "key"},
		{"key with spaces", func(c *registry.Contact) { c.Key = "a b" }, "key"},
		{"made-up key", func(c *registry.Contact) { c.Key = "demo-rhtp-x" }, "key"},
		{"no name", func(c *registry.Contact) { c.Name = "" }, "name"},
		{"two phones", func(c *registry.Contact) { c.Phone = "518-555-0100 or 518-555-0101" }, "phone"},
		{"a script for an address", func(c *registry.Contact) { c.URL = "javascript:alert(1)" }, "url"},
		{"serves nobody", func(c *registry.Contact) { c.Region = "" }, "counties"},
		{"no county", func(c *registry.Contact) { c.Counties = []string{"atlantis"} }, "counties"},
		{"line break in the address", func(c *registry.Contact) { c.Address = "1 Example Street\nBuffalo" }, "address"},
		{"rank below none", func(c *registry.Contact) { c.Rank = -1 }, "rank"},
	} {
		c := good
		tt.change(&c)
		_, err := h.SaveContact(ctx, admin, c)
		wrong(t, tt.name, err, tt.field)
	}
	good.VerifiedOn, good.VerifiedBy = "2026-01-01", "me"
	c := must[registry.Contact](t)(h.SaveContact(ctx, admin, good))
	if c.Verified() || c.Rev != 1 {
		t.Errorf("a new line verified itself: %+v", c)
	}
}

// Changing how a verified line is reached drops its verification; changing
// what is beside that keeps it; a save cannot verify, end or come from an old
// page.
func TestSaveContactDropsVerification(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, admin := seeded(t, db)
		ctx := t.Context()
		for field, change := range map[string]func(*registry.Contact){
			"phone":   func(c *registry.Contact) { c.Phone = "716-555-0199" },
			"address": func(c *registry.Contact) { c.Address = "2 Example Street" },
			"email":   func(c *registry.Contact) { c.Email = "desk@example.org" },
			"url":     func(c *registry.Contact) { c.URL = "https://example.org/new" },
			"name":    func(c *registry.Contact) { c.Name += " (moved)" },
		} {
			c := h.verified(t, "ldss-erie", 0)
			c.Source, c.Rank = c.Source+".", 3
			c = must[registry.Contact](t)(h.SaveContact(ctx, admin, c))
			if !c.Verified() || c.Rank != 3 {
				t.Errorf("%s: changing the source dropped the verification: %+v", field, c)
			}
			old := c
			change(&c)
			c = must[registry.Contact](t)(h.SaveContact(ctx, admin, c))
			if row := h.point(t, "ldss-erie"); c.Verified() || row.VerifiedOn+row.VerifiedBy+row.VerifiedHow != "" {
				t.Errorf("%s changed and the verification stayed: %+v", field, row)
			}
			if l := h.last(t, registry.SaveContact); l.Reason != "verification dropped" || !strings.Contains(strings.Join(l.Fields, " "), field) {
				t.Errorf("%s: %v", field, l)
			}
			old.Phone = "716-555-0111"
			_, err := h.SaveContact(ctx, admin, old)
			refused(t, field+" from an old page", err, fault.Conflict)
			c.VerifiedOn, c.VerifiedBy, c.VerifiedHow, c.ValidTo = "2026-11-01", "me", "so", "2026-01-01"
			if c = must[registry.Contact](t)(h.SaveContact(ctx, admin, c)); c.Verified() || c.ValidTo != "" {
				t.Errorf("a save verified or ended the line: %+v", c)
			}
		}
	})
}

// Verifying asks how and whom, belongs to the line as it was seen, and is the
// actor's, on the day that it is in New York.
func TestVerify(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, admin := seeded(t, db)
		ctx := t.Context()
		v := registry.Verification{Key: "ldss-erie", Rev: 1, How: "phone", Whom: " the  front desk ", Agency: h.who[workflow.Recipient].Agency}
		for name, tt := range map[string]struct {
			change func(*registry.Verification)
			field  string
		}{
			"no means":             {func(v *registry.Verification) { v.How = "" }, "how"},
			"made-up means":        {func(v *registry.Verification) { v.How = "dream" }, "how"},
			"nobody answered":      {func(v *registry.Verification) { v.Whom = "" }, "whom"},
			"an agency elsewhere":  {func(v *registry.Verification) { v.Agency = h.who[workflow.Referrer].Agency }, "agency"},
			"an agency of nowhere": {func(v *registry.Verification) { v.Agency = 9999 }, "agency"},
			"of another district":  {func(v *registry.Verification) { v.Key = "ldss-wyoming" }, "agency"},
		} {
			bad := v
			tt.change(&bad)
			_, err := h.Verify(ctx, admin, bad)
			wrong(t, name, err, tt.field)
		}
		old := v
		old.Rev = 7
		_, err := h.Verify(ctx, admin, old)
		refused(t, "old page", err, fault.Conflict)
		if h.point(t, "ldss-erie").VerifiedOn != "" {
			t.Fatal("a refused verification stands")
		}
		c := must[registry.Contact](t)(h.Verify(ctx, admin, v))
		if c.VerifiedOn != "2026-11-22" || c.VerifiedBy != "Pat administrator, clerk" || c.Rev != 2 || c.AgencyName != "Erie DSS" ||
			c.VerifiedHow != "By phone, at a number from another source; answered by the front desk" {
			t.Errorf("%+v", c)
		}
		if l := h.last(t, registry.VerifyContact); l.Outcome != "done" || l.Refs[0] != "contact:ldss-erie" || l.Reason != "phone" {
			t.Errorf("%v", l)
		}
		if _, list, err := h.ContactToVerify(ctx, admin, c.Key); err != nil || len(list) != 1 || list[0].Name != "Erie DSS" {
			t.Errorf("%+v", list)
		}
	})
}

// Two administrators save what they saw at once: one is kept, the other is told,
// and the log has a line of each.
func TestSaveContactAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, admin := seeded(t, db)
		ctx := t.Context()
		c := must[registry.Contact](t)(h.Contact(ctx, admin, "ldss-erie"))
		results := make(chan error)
		for i := range 4 {
			one := c
			one.Source = fmt.Sprintf("list %d", i)
			go func() { results <- errOf(h.SaveContact(ctx, admin, one)) }()
		}
		kept := 0
		for range 4 {
			err := <-results
			if err == nil {
				kept++
				continue
			}
			refused(t, "late", err, fault.Conflict)
		}
		if row := h.point(t, "ldss-erie"); kept != 1 || row.Rev != 2 || len(h.said(t, registry.SaveContact)) != 4 {
			t.Errorf("%d were kept, rev %d", kept, row.Rev)
		}
	})
}

// What waited for a verification goes on in the same transaction: when that
// fails, nothing is verified, and a refusal of it is told.
func TestOnVerified(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, admin := seeded(t, db)
		ctx := t.Context()
		v := registry.Verification{Key: "ldss-erie", Rev: 1, How: "visit", Whom: "a supervisor"}
		h.OnVerified = func(context.Context, *ent.Tx, *ent.ContactPoint) error { return errors.New("full") }
		if _, err := h.Verify(ctx, admin, v); err == nil || fault.KindOf(err) != fault.Internal {
			t.Errorf("%v", err)
		}
		h.OnVerified = func(context.Context, *ent.Tx, *ent.ContactPoint) error {
			return fault.New(fault.Conflict, "It moved on.")
		}
		refused(t, "hook", errOf(h.Verify(ctx, admin, v)), fault.Conflict)
		if h.point(t, "ldss-erie").VerifiedOn != "" {
			t.Fatal("verified although what waited could not go on")
		}
		var told []string
		h.OnVerified = func(ctx context.Context, tx *ent.Tx, c *ent.ContactPoint) error {
			told = []string{c.Key, c.VerifiedOn}
			return tx.ContactPoint.UpdateOne(c).SetCapacityRank(9).Exec(ctx)
		}
		if c := must[registry.Contact](t)(h.Verify(ctx, admin, v)); c.Rank != 9 || strings.Join(told, " ") != "ldss-erie 2026-11-22" {
			t.Errorf("%v %v", told, c)
		}
	})
}

// A line ends on a day and is no longer in use after it; a day that is none,
// one before its first day, and an old page are refused.
func TestEndContact(t *testing.T) {
	h, admin := seeded(t, storetest.SQLite(t))
	ctx := t.Context()
	wrong(t, "no day", h.EndContact(ctx, admin, "ldss-erie", 1, "2026-02-30"), "valid_to")
	refused(t, "old page", h.EndContact(ctx, admin, "ldss-erie", 5, "2026-11-22"), fault.Conflict)
	refused(t, "absent", h.EndContact(ctx, admin, "ldss-nowhere", 1, "2026-11-22"), fault.NotFound)
	if err := h.EndContact(ctx, admin, "ldss-erie", 1, "2026-11-22"); err != nil {
		t.Fatal(err)
	}
	if c := must[registry.Contact](t)(h.Contact(ctx, admin, "ldss-erie")); c.Ended {
		t.Error("ended on its last day")
	}
	h.at = begun.Add(24 * time.Hour)
	c := must[registry.Contact](t)(h.Contact(ctx, admin, "ldss-erie"))
	if !c.Ended {
		t.Error("still in use after its last day")
	}
	_, err := h.Verify(ctx, admin, registry.Verification{Key: "ldss-erie", Rev: c.Rev, How: "phone", Whom: "somebody"})
	wrong(t, "verify what has ended", err, "how")
	if err := h.EndContact(ctx, admin, "ldss-erie", c.Rev, ""); err != nil || h.point(t, "ldss-erie").ValidTo != "" {
		t.Errorf("taking the end back: %v", err)
	}
}

// The list begins with what nobody verified, pages through without a gap or a
// double, and every filter keeps what it says.
func TestContactList(t *testing.T) {
	h, admin := seeded(t, storetest.SQLite(t))
	ctx := t.Context()
	h.verified(t, "ldss-albany", 0)
	if err := h.EndContact(ctx, admin, "ldss-yates", 1, "2026-11-01"); err != nil {
		t.Fatal(err)
	}
	all := len(directory.Contacts())
	seen := map[string]bool{}
	last := registry.Contact{}
	for f := (registry.ContactFilter{Size: 7}); ; {
		page := must[registry.ContactPage](t)(h.Contacts(ctx, admin, f))
		if page.Total != all-1 || page.Unverified != all-2 {
			t.Fatalf("total %d, unverified %d", page.Total, page.Unverified)
		}
		for _, c := range page.Lines {
			if seen[c.Key] {
				t.Errorf("%s twice", c.Key)
			}
			seen[c.Key], last = true, c
		}
		if f.After = page.Next; f.After == "" {
			break
		}
	}
	if len(seen) != all-1 || last.Key != "ldss-albany" {
		t.Errorf("%d lines, the last %s", len(seen), last.Key)
	}
	for _, tt := range []struct {
		f    registry.ContactFilter
		want string
	}{
		{registry.ContactFilter{State: registry.Verified}, "ldss-albany"},
		{registry.ContactFilter{State: registry.Ended}, "ldss-yates"},
		{registry.ContactFilter{State: registry.Unverified, County: "wyoming", Kind: directory.Any}, "ldss-wyoming"},
	} {
		page := must[registry.ContactPage](t)(h.Contacts(ctx, admin, tt.f))
		if len(page.Lines) != 1 || page.Lines[0].Key != tt.want {
			t.Errorf("%+v: %d lines", tt.f, len(page.Lines))
		}
	}
}
