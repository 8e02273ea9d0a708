package registry_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"nysreferral/ent"
	"nysreferral/ent/contactpoint"
	"nysreferral/ent/setting"
	"nysreferral/fault"
	"nysreferral/registry"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// Only OTDA asks to have a line verified, and only one that needs it. The
// administrators are told once; the log names the line and nothing else; the
// question ends when the line is verified, and not before.
func TestOTDAAsksToHaveALineVerified(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, runs := seeded(t, db)
		told := 0
		h.OnAsked = func(context.Context, *ent.Tx) error { told++; return nil }
		otda := h.who[workflow.Program]
		for duty, who := range h.who {
			if duty == workflow.Program {
				continue
			}
			if _, err := h.AskVerify(t.Context(), who, "ldss-erie"); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s asks: %v", duty, err)
			}
		}
		if _, err := h.AskVerify(t.Context(), otda, "no-such-line"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a line that is not there: %v", err)
		}
		h.verified(t, "ldss-albany", 0)
		if _, err := h.AskVerify(t.Context(), otda, "ldss-albany"); fault.KindOf(err) != fault.Conflict || told != 0 {
			t.Errorf("a line that is verified: %v, told %d times", err, told)
		}
		for again := range 2 {
			if one := must[registry.Contact](t)(h.AskVerify(t.Context(), otda, "ldss-erie")); one.AskedOn == "" || one.Verified() || one.AskedBefore != (again > 0) {
				t.Errorf("asked: %+v", one)
			}
		}
		if told != 1 {
			t.Errorf("the administrators are told %d times", told)
		}
		asked := must[registry.ContactPage](t)(h.Contacts(t.Context(), runs, registry.ContactFilter{State: registry.Asked}))
		if asked.Asked != 1 || len(asked.Lines) != 1 || asked.Lines[0].Key != "ldss-erie" {
			t.Errorf("the administrator reads %d: %+v", asked.Asked, asked.Lines)
		}
		lines := h.said(t, registry.AskVerify)
		if last := lines[len(lines)-1]; last.Reason != "" || !slices.Equal(last.Refs, []string{"contact:ldss-erie"}) {
			t.Errorf("the log says %+v", last)
		}
		h.verified(t, "ldss-erie", 0)
		if one := must[registry.Contact](t)(h.Contact(t.Context(), otda, "ldss-erie")); one.AskedOn != "" {
			t.Error("the question stays though it was answered")
		}
	})
}

// Of several who ask at the same moment one asks, and the others are told that it was
// asked already: nobody fails.
func TestAskedAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, _ := seeded(t, db)
		h.OnAsked = func(context.Context, *ent.Tx) error { return nil }
		const askers = 6
		got, errs := make([]registry.Contact, askers), make([]error, askers)
		var wait sync.WaitGroup
		begin := make(chan struct{})
		for i := range askers {
			wait.Go(func() {
				<-begin
				got[i], errs[i] = h.AskVerify(t.Context(), h.who[workflow.Program], "ldss-erie")
			})
		}
		close(begin)
		wait.Wait()
		first := 0
		for i := range askers {
			if errs[i] != nil || got[i].AskedOn == "" {
				t.Errorf("asker %d: %+v, %v", i, got[i], errs[i])
			}
			if !got[i].AskedBefore {
				first++
			}
		}
		if first != 1 {
			t.Errorf("%d asked first", first)
		}
	})
}

// OTDA's question about a line ends with the line: when its last day is said, and
// when a file ends it. Of a line whose last day is past nobody is asked, and it is
// not asked again by itself when it is in use again.
func TestAskEndsWithTheLine(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, runs := seeded(t, db)
		otda := h.who[workflow.Program]
		ask := func() {
			t.Helper()
			if one := must[registry.Contact](t)(h.AskVerify(t.Context(), otda, "ldss-erie")); one.AskedBefore {
				t.Fatal("the question stands there from before")
			}
		}
		line := func() registry.Contact {
			t.Helper()
			return must[registry.Contact](t)(h.Contact(t.Context(), otda, "ldss-erie"))
		}
		for _, last := range []string{"2026-12-31", ""} {
			ask()
			if err := h.EndContact(t.Context(), runs, "ldss-erie", line().Rev, last); err != nil {
				t.Fatal(err)
			}
			if one := line(); one.AskedOn != "" || db.Read().Setting.Query().Where(setting.Key("asked.ldss-erie")).ExistX(t.Context()) {
				t.Errorf("after its last day was said to be %q it is asked for since %s", last, one.AskedOn)
			}
		}
		ask()
		err := db.Do(t.Context(), func(tx *ent.Tx) error {
			return tx.ContactPoint.Update().Where(contactpoint.Key("ldss-erie")).SetValidTo("2020-01-01").Exec(t.Context())
		})
		if err != nil {
			t.Fatal(err)
		}
		if one := line(); !one.Ended || one.AskedOn != "" {
			t.Errorf("of a line that has ended: %+v", one)
		}
	})
}

// A part of the name is enough to find a line, whatever the case, together with
// the county.
func TestContactsByName(t *testing.T) {
	h, _ := seeded(t, storetest.SQLite(t))
	otda := h.who[workflow.Program]
	for _, tt := range []struct {
		name, county string
		want         bool
	}{{"zzz", "", false}, {"ERIE", "", true}, {"erie", "erie", true}, {"erie", "albany", false}} {
		page := must[registry.ContactPage](t)(h.Contacts(t.Context(), otda, registry.ContactFilter{Name: tt.name, County: tt.county}))
		if got := slices.ContainsFunc(page.Lines, func(c registry.Contact) bool { return c.Key == "ldss-erie" }); got != tt.want {
			t.Errorf("%q in %q: found %v", tt.name, tt.county, got)
		}
	}
}
