package registry_test

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"nysreferral/auth"
	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/fault"
	"nysreferral/registry"
	"nysreferral/seal"
	"nysreferral/store"
	"nysreferral/workflow"
)

// begun is the evening of November 22, 2026 in New York, the 23rd in UTC.
var begun = time.Date(2026, 11, 23, 2, 30, 0, 0, time.UTC)

// house is a folder with an agency and a person of every duty.
type house struct {
	*registry.Service
	who map[workflow.Duty]workflow.Actor
	at  time.Time
}

// sides is where the person of a duty works in a house.
var sides = map[workflow.Duty]registry.Agency{
	workflow.Referrer:      {Name: "Erie Sheriff", Kind: "sheriff", Side: workflow.SidePolice, Designated: "not_applicable"},
	workflow.Coordinator:   {Name: "Harbor Legal", Kind: "legal_service_provider", Side: workflow.SideProvider, Designated: "otda"},
	workflow.Reviewer:      {Name: "DCJS", Kind: "dcjs", Side: workflow.SideDCJS, Designated: "not_applicable"},
	workflow.Program:       {Name: "OTDA", Kind: "otda", Side: workflow.SideOTDA, Designated: "not_applicable"},
	workflow.Recipient:     {Name: "Erie DSS", Kind: "local_social_services", Side: workflow.SideLDSS, Designated: "not_applicable", District: "erie"},
	workflow.Administrator: {Name: "State administration", Kind: "administration", Side: workflow.SideAdministration, Designated: "not_applicable"},
	workflow.Auditor:       {Name: "Comptroller", Kind: "auditor", Side: workflow.SideAuditor, Designated: "not_applicable"},
}

func open(t testing.TB, db *store.DB) *house {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys")
	if err := seal.Create(path, time.Time{}); err != nil {
		t.Fatal(err)
	}
	ring, err := seal.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{who: map[workflow.Duty]workflow.Actor{}, at: begun}
	now := func() time.Time { return h.at }
	signs, err := auth.New(auth.Options{DB: db, Ring: ring, Now: now, Cost: 1, PasswordAlone: true})
	if err != nil {
		t.Fatal(err)
	}
	h.Service = &registry.Service{DB: db, Auth: signs, Ring: ring, Now: now}
	for _, duty := range workflow.Duties() {
		at, ok := sides[duty]
		if !ok {
			continue
		}
		at.Active = true
		a := h.agency(t, at)
		h.who[duty] = h.person(t, a, duty, string(duty)+"@example.org")
		if duty == workflow.Reviewer {
			h.who[workflow.Director] = h.person(t, a, workflow.Director, "director@example.org")
		}
	}
	return h
}

func (h *house) agency(t testing.TB, a registry.Agency) registry.Agency {
	t.Helper()
	a, err := h.Commands().AddAgency(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (h *house) person(t testing.TB, of registry.Agency, duty workflow.Duty, email string) workflow.Actor {
	t.Helper()
	a, err := h.Commands().AddAccount(t.Context(), registry.NewAccount{
		Name: "Pat " + string(duty), Title: "clerk", Email: email, Duty: duty, Agency: of.ID})
	if err != nil {
		t.Fatal(err)
	}
	return workflow.Actor{ID: a.ID, Agency: of.ID, Duty: duty, Side: of.Side, Name: a.Name, Office: of.Name}
}

// account returns the account of a person as it is now.
func (h *house) account(t testing.TB, id int) *ent.User {
	t.Helper()
	return h.DB.Read().User.GetX(t.Context(), id)
}

// said returns the lines of an act, oldest first.
func (h *house) said(t testing.TB, act registry.Act) []*ent.AuditEntry {
	t.Helper()
	return h.DB.Read().AuditEntry.Query().Where(auditentry.Action(string(act))).Order(ent.Asc(auditentry.FieldID)).AllX(t.Context())
}

// last wants a line of an act and returns the newest.
func (h *house) last(t testing.TB, act registry.Act) *ent.AuditEntry {
	t.Helper()
	all := h.said(t, act)
	if len(all) == 0 {
		t.Fatalf("no line of %s", act)
	}
	return all[len(all)-1]
}

// refused wants a refusal of a kind.
func refused(t testing.TB, what string, err error, kind fault.Kind) {
	t.Helper()
	if fault.KindOf(err) != kind || err == nil {
		t.Errorf("%s: got %v (kind %d), want kind %d", what, err, fault.KindOf(err), kind)
	}
}

// wrong wants Problems with exactly these fields.
func wrong(t testing.TB, what string, err error, fields ...string) {
	t.Helper()
	var bad registry.Problems
	if !errors.As(err, &bad) {
		t.Errorf("%s: got %v, want problems of %v", what, err, fields)
		return
	}
	var got []string
	for _, p := range bad {
		if p.Say == "" {
			t.Errorf("%s: the problem of %s says nothing", what, p.Field)
		}
		got = append(got, p.Field)
	}
	if !slices.Equal(got, fields) {
		t.Errorf("%s: problems of %v, want %v", what, bad, fields)
	}
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
