package registry_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"nysreferral/directory"
	"nysreferral/ent"
	"nysreferral/fault"
	"nysreferral/registry"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// file writes contacts as a directory file.
func file(t testing.TB, list []directory.Contact) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := directory.Write(&b, list); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// edited is the directory's facts with one line changed.
func edited(key string, change func(*directory.Contact)) []directory.Contact {
	list := directory.Contacts()
	at := slices.IndexFunc(list, func(c directory.Contact) bool { return c.Key == key })
	change(&list[at])
	return list
}

// A file with mistakes is refused with the place of each, and nothing of it is
// kept.
func TestImportRefusesFile(t *testing.T) {
	h, admin := seeded(t, storetest.SQLite(t))
	ctx := t.Context()
	for name, csv := range map[string][]byte{
		"empty":         nil,
		"no CSV":        []byte("key,kind,name\n\"a,any\n"),
		"bad phone":     []byte("key,kind,name,counties,phone\na,any,A,erie,call us\n"),
		"made-up lines": file(t, directory.DemoContacts()[:1]),
		"verified tomorrow": file(t, edited("ldss-erie", func(c *directory.Contact) {
			c.VerifiedOn, c.VerifiedBy, c.VerifiedHow = "2026-11-23", "me", "phone"
		})),
		"verified who knows how": file(t, edited("ldss-erie", func(c *directory.Contact) { c.VerifiedOn, c.VerifiedBy = "2026-11-20", "me" })),
	} {
		_, err := h.ImportPreview(ctx, admin, csv)
		field := "file"
		if name == "made-up lines" {
			field = "key"
		}
		wrong(t, name, err, field)
		if _, err := h.Import(ctx, admin, csv, ""); err == nil {
			t.Errorf("%s was imported", name)
		}
	}
	if len(h.said(t, registry.ImportContacts)) != 0 {
		t.Error("an import stands in the log")
	}
}

// An import is the preview that somebody read: another file, another directory
// or another day is refused, and nothing is changed.
func TestImportAfterChange(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, admin := seeded(t, db)
		ctx := t.Context()
		csv := file(t, edited("ldss-erie", func(c *directory.Contact) { c.Phone = "716-555-0101" }))
		p := must[registry.Preview](t)(h.ImportPreview(ctx, admin, csv))
		refused(t, "no digest", errOf(h.Import(ctx, admin, csv, "")), fault.Conflict)
		other := file(t, edited("ldss-erie", func(c *directory.Contact) { c.Phone = "716-555-0102" }))
		refused(t, "another file", errOf(h.Import(ctx, admin, other, p.Digest)), fault.Conflict)
		h.verified(t, "ldss-albany", 0)
		refused(t, "another directory", errOf(h.Import(ctx, admin, csv, p.Digest)), fault.Conflict)
		if l := h.last(t, registry.ImportContacts); l.Outcome != "refused" {
			t.Errorf("%v", l)
		}
		if h.point(t, "ldss-erie").Phone == "716-555-0101" {
			t.Error("a refused import was done")
		}
		p = must[registry.Preview](t)(h.ImportPreview(ctx, admin, csv))
		must[registry.Preview](t)(h.Import(ctx, admin, csv, p.Digest))
		if h.point(t, "ldss-erie").Phone != "716-555-0101" || h.point(t, "ldss-albany").VerifiedOn == "" {
			t.Error("the import was not done, or took a verification away")
		}
		refused(t, "twice", errOf(h.Import(ctx, admin, csv, p.Digest)), fault.Conflict)
	})
}

// An import adds, changes and ends lines in one transaction; a line whose ways
// to be reached change has to be verified again, and what the file says was
// verified since is told to who waits.
func TestImport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, admin := seeded(t, db)
		ctx := t.Context()
		for _, key := range []string{"ldss-albany", "ldss-broome", "ldss-erie"} {
			h.verified(t, key, 0)
		}
		list := edited("ldss-broome", func(c *directory.Contact) { c.Phone = "607-555-0101" })
		at := slices.IndexFunc(list, func(c directory.Contact) bool { return c.Key == "ldss-essex" })
		list[at].VerifiedOn, list[at].VerifiedBy, list[at].VerifiedHow = "2026-11-20", "A. Clerk", "by phone"
		list = slices.DeleteFunc(list, func(c directory.Contact) bool { return c.Key == "ldss-yates" })
		list = append(list, directory.Contact{Key: "rhtp-new", Kind: directory.RHTP, Name: "New Provider", Region: directory.RestOfState})
		csv := file(t, list)
		p := must[registry.Preview](t)(h.ImportPreview(ctx, admin, csv))
		if len(p.Changes.Added) != 1 || len(p.Changes.Changed) != 2 || len(p.Changes.Ended) != 1 {
			t.Errorf("%s", p.Changes)
		}
		if strings.Join(p.Dropped, " ") != "ldss-broome" || strings.Join(p.Verified, " ") != "ldss-essex" {
			t.Errorf("dropped %v, verified %v", p.Dropped, p.Verified)
		}
		if h.point(t, "ldss-broome").VerifiedOn == "" || h.DB.Read().ContactPoint.Query().CountX(ctx) != len(directory.Contacts()) {
			t.Error("a preview changed the directory")
		}
		var told []string
		h.OnVerified = func(_ context.Context, _ *ent.Tx, c *ent.ContactPoint) error {
			told = append(told, c.Key+" "+c.VerifiedOn)
			return nil
		}
		must[registry.Preview](t)(h.Import(ctx, admin, csv, p.Digest))
		if strings.Join(told, ",") != "ldss-essex 2026-11-20" {
			t.Errorf("told %v", told)
		}
		if h.point(t, "ldss-broome").VerifiedOn != "" || h.point(t, "ldss-albany").VerifiedOn == "" || h.point(t, "ldss-yates").ValidTo != "2026-11-22" ||
			h.point(t, "rhtp-new").Rev != 1 || h.point(t, "ldss-broome").Rev != 3 {
			t.Error("the import did not do what the preview said")
		}
		if l := h.last(t, registry.ImportContacts); l.Outcome != "done" || l.Reason != "1 added, 2 changed, 1 ended" || len(l.Refs) != 4 {
			t.Errorf("%v", l)
		}
		if p = must[registry.Preview](t)(h.ImportPreview(ctx, admin, csv)); !p.Changes.Empty() {
			t.Errorf("importing again would change something: %s", p.Changes)
		}
	})
}

// What is exported comes back without a difference.
func TestExport(t *testing.T) {
	h, admin := seeded(t, storetest.SQLite(t))
	h.verified(t, "ldss-erie", 0)
	csv := must[[]byte](t)(h.ExportContacts(t.Context(), admin))
	if p := must[registry.Preview](t)(h.Commands().Preview(t.Context(), csv)); !p.Changes.Empty() {
		t.Errorf("%s", p.Changes)
	}
}

// A command imports as an administrator does, and links a made-up contact
// point to the agency that plays it.
func TestCommandsOfTheDirectory(t *testing.T) {
	h, _ := seeded(t, storetest.SQLite(t))
	ctx := t.Context()
	csv := file(t, edited("ldss-erie", func(c *directory.Contact) { c.Phone = "716-555-0101" }))
	p := must[registry.Preview](t)(h.Commands().Preview(ctx, csv))
	refused(t, "no digest", errOf(h.Commands().Import(ctx, csv, "")), fault.Conflict)
	must[registry.Preview](t)(h.Commands().Import(ctx, csv, p.Digest))
	wrong(t, "unverified", h.Commands().Link(ctx, "ldss-erie", h.who[workflow.Recipient].Agency), "key")
	h.verified(t, "ldss-erie", 0)
	wrong(t, "a sheriff", h.Commands().Link(ctx, "ldss-erie", h.who[workflow.Referrer].Agency), "agency")
	if err := h.Commands().Link(ctx, "ldss-erie", h.who[workflow.Recipient].Agency); err != nil || h.point(t, "ldss-erie").AgencyID == nil {
		t.Errorf("%v", err)
	}
}
