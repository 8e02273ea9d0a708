package registry_test

import (
	"slices"
	"testing"
	"time"

	"nysreferral/audit"
	"nysreferral/ent"
	"nysreferral/fault"
	"nysreferral/registry"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

const someRef = "7K4M-2QX9-C3TB-5"

// logged is a house with lines about a referral, taken into the tree.
func logged(t testing.TB, db *store.DB) (*house, workflow.Actor) {
	t.Helper()
	h := open(t, db)
	err := db.Do(t.Context(), func(tx *ent.Tx) error {
		for i, duty := range []workflow.Duty{workflow.Referrer, workflow.Reviewer, workflow.Reviewer, workflow.Program} {
			w := h.who[duty]
			l := audit.Line{At: begun.Add(time.Duration(i) * time.Hour), Actor: w.ID, Duty: string(duty), Agency: w.Agency,
				Action: "read", Outcome: audit.Done, Refs: []string{"AAAA-2QX9-C3TB-5", someRef}, Fields: []string{"E1"}}
			if err := audit.Add(t.Context(), tx, l); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	h.take(t)
	return h, h.who[workflow.Auditor]
}

func (h *house) take(t testing.TB) {
	t.Helper()
	tree, err := audit.NewTree(h.DB, h.Ring, h.Now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tree.Take(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// A search finds exactly the lines that it asks for, by every field, and is a
// line itself, with the reference that was searched.
func TestLines(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, auditor := logged(t, db)
		ctx := t.Context()
		for _, tt := range []struct {
			name string
			f    registry.LogFilter
			n    int
		}{
			{"by reference as typed", registry.LogFilter{Reference: " 7k4m2qx9 c3tb5", Action: "read"}, 4},
			{"by half a reference", registry.LogFilter{Reference: "7K4M", Action: "read"}, 0},
			{"by a wildcard", registry.LogFilter{Reference: "%", Action: "read"}, 0},
			{"by account", registry.LogFilter{Account: h.who[workflow.Reviewer].ID, Action: "read"}, 2},
			{"by day in New York", registry.LogFilter{To: "2026-11-22", Action: "read"}, 3},
			{"by a later day", registry.LogFilter{From: "2026-11-23", To: "2026-11-23", Action: "read"}, 1},
			{"by outcome", registry.LogFilter{Outcome: "refused"}, 0},
			{"by another id", registry.LogFilter{Reference: "agency:1"}, 2},
		} {
			page := must[registry.LogPage](t)(h.Lines(ctx, auditor, tt.f))
			if len(page.Lines) != tt.n || page.Next != "" {
				t.Errorf("%s: %d lines, want %d", tt.name, len(page.Lines), tt.n)
			}
		}
		l := h.last(t, registry.SearchLog)
		if l.Actor != auditor.ID || !slices.Equal(l.Refs, []string{"agency:1"}) {
			t.Errorf("%v", l)
		}
		page := must[registry.LogPage](t)(h.Lines(ctx, auditor, registry.LogFilter{Reference: someRef, Action: "read"}))
		one := page.Lines[0]
		if one.Office != "OTDA" || one.Place < 0 || !one.At.Equal(begun.Add(3*time.Hour)) || one.Fields[0] != "E1" {
			t.Errorf("%+v", one)
		}
	})
}

// The log pages through without a gap or a double, last written first, and a cursor
// that is none is absent.
func TestLinesPage(t *testing.T) {
	h, auditor := logged(t, storetest.SQLite(t))
	ctx := t.Context()
	refused(t, "cursor", errOf(h.Lines(ctx, auditor, registry.LogFilter{Cursor: "x' OR 1=1"})), fault.NotFound)
	_, err := h.Lines(ctx, auditor, registry.LogFilter{From: "2026-02-30", To: "x"})
	wrong(t, "days that are none", err, "from", "to")
	before := h.DB.Read().AuditEntry.Query().CountX(ctx) - len(h.said(t, registry.SearchLog))
	n := 0
	last := time.Time{}
	for f := (registry.LogFilter{Size: 3, To: "2026-11-22"}); ; {
		page := must[registry.LogPage](t)(h.Lines(ctx, auditor, f))
		for _, l := range page.Lines {
			if l.Action != string(registry.SearchLog) {
				n++
			}
			if l.Action == "read" && !last.IsZero() && l.At.After(last) {
				t.Error("not the last written first")
			}
			if l.Action == "read" {
				last = l.At
			}
		}
		if f.Cursor = page.Next; f.Cursor == "" {
			break
		}
	}
	if n != before-1 { // one of the four lines is of the next day
		t.Errorf("%d lines, want %d", n, before-1)
	}
}

// A check of an untouched log finds nothing, agrees with the checkpoint that
// the auditor kept, and is a line; of a tampered one it says what is wrong,
// and a checkpoint of elsewhere is not believed.
func TestVerifyNow(t *testing.T) {
	h, auditor := logged(t, storetest.SQLite(t))
	ctx := t.Context()
	first := must[registry.Proof](t)(h.VerifyNow(ctx, auditor, ""))
	if first.Found != "" || first.Lines == 0 || first.Head == "" || first.Kept {
		t.Errorf("%+v", first)
	}
	h.take(t)
	again := must[registry.Proof](t)(h.VerifyNow(ctx, auditor, "\r\n"+first.Head))
	if again.Found != "" || !again.Kept || again.Lines != first.Lines+1 {
		t.Errorf("%+v", again)
	}
	if p := must[registry.Proof](t)(h.VerifyNow(ctx, auditor, "nysreferral/audit\n5\nmade up")); p.Found == "" {
		t.Errorf("%+v", p)
	}
	if l := h.last(t, registry.VerifyLog); l.Outcome != audit.Failed || l.Reason == "" {
		t.Errorf("%v", l)
	}
	page := must[registry.CheckpointPage](t)(h.Checkpoints(ctx, auditor, ""))
	if len(page.Lines) != 2 || page.Lines[1].Text != first.Head || page.Lines[0].Size <= page.Lines[1].Size {
		t.Errorf("%+v", page)
	}
	refused(t, "cursor", errOf(h.Checkpoints(ctx, auditor, "x")), fault.NotFound)
	for _, sql := range []string{"DROP TRIGGER audit_entries_no_update", "UPDATE audit_entries SET actor = 1 WHERE action = 'read' AND duty = 'program'"} {
		if _, err := h.DB.SQL().ExecContext(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	if p := must[registry.Proof](t)(h.VerifyNow(ctx, auditor, "")); p.Found != string(audit.Altered) || p.From != p.To || p.From < 0 {
		t.Errorf("%+v", p)
	}
}

// The report counts offices and acts, and names no person.
func TestAccessReport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, auditor := logged(t, db)
		ctx := t.Context()
		refused(t, "nothing", errOf(h.AccessReport(ctx, auditor, " ")), fault.Invalid)
		report := must[[]registry.Access](t)(h.AccessReport(ctx, auditor, "7K4M-2QX9-C3TB-5"))
		if len(report) != 3 || report[0].Office != "DCJS" || report[0].Count != 2 || report[1].Office != "Erie Sheriff" ||
			!report[0].First.Equal(begun.Add(time.Hour)) || !report[0].Last.Equal(begun.Add(2*time.Hour)) {
			t.Errorf("%+v", report)
		}
		if l := h.last(t, registry.ReportAccess); !slices.Equal(l.Refs, []string{someRef}) {
			t.Errorf("%v", l)
		}
		if again := must[[]registry.Access](t)(h.AccessReport(ctx, auditor, someRef)); len(again) != 4 {
			t.Errorf("the auditor's own look is not counted: %+v", again)
		}
		if none := must[[]registry.Access](t)(h.AccessReport(ctx, auditor, "AAAAAAAAAAAAA")); len(none) != 0 {
			t.Errorf("%+v", none)
		}
	})
}
