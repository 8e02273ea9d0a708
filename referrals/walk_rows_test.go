package referrals_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"nysreferral/audit"
	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/entry"
	"nysreferral/ent/handover"
	"nysreferral/ent/referral"
	"nysreferral/referrals"
	"nysreferral/viewer"
)

// stood is a referral as it stood, read past the door.
type stood struct {
	*ent.Referral
	handovers []*ent.Handover // in the order of their numbers
	entries   []*ent.Entry
}

func (w *walk) row(ref string) stood {
	ctx, read := w.t.Context(), w.s.DB.Read()
	row := read.Referral.Query().Where(referral.Ref(ref)).OnlyX(viewer.Job(ctx, "test"))
	return stood{row,
		read.Handover.Query().Where(handover.ReferralID(row.ID)).Order(ent.Asc(handover.FieldN)).AllX(viewer.Job(ctx, "test")),
		read.Entry.Query().Where(entry.ReferralID(row.ID)).Order(ent.Asc(entry.FieldSeq)).AllX(viewer.Job(ctx, "test"))}
}

// ownAlone says that a recipient learns of no hand-over but its agency's own.
func (w *walk) ownAlone(a demo.Account, got referrals.Record, row stood) {
	for _, h := range got.Handover {
		if to := row.handovers[h.N-1].AgencyID; to == nil || *to != a.Actor.Agency {
			w.t.Errorf("%s learns of hand-over %d, which is another's", a.Key, h.N)
		}
	}
}

// wholeLog says that every line of the log is in the tree as it was written.
func wholeLog(t *testing.T, s *demo.State) {
	t.Helper()
	tree, err := audit.NewTree(s.DB, s.Ring, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tree.Take(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, verifier, err := audit.Keys(s.Ring)
	if err != nil {
		t.Fatal(err)
	}
	got, err := audit.Verify(t.Context(), s.DB, verifier)
	if err != nil || got.Bad != nil || got.Waiting > 0 || got.Lines < 500 {
		t.Errorf("the log after the walk: %+v, %v", got, err)
	}
}

// left are the kinds of the tasks that a referral should not have after it has
// ended: all but those about its letters, a recipient's to stop, and a duty
// towards a child, which outlast the end.
func (w *walk) left(row stood) []string {
	w.t.Helper()
	kinds, err := w.s.Door.OpenTasks(w.t.Context(), row.Ref)
	if err != nil {
		w.t.Error(err)
	}
	return slices.DeleteFunc(kinds, func(kind string) bool {
		return strings.HasPrefix(kind, "letter_") || slices.Contains([]string{"minor_notice", "minor_check", "hhs_request", "mandated_report", "police_report", "missing_report", "told_to_stop", "unsafe_try", "stop_unread"}, kind)
	})
}
