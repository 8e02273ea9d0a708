package referrals_test

import (
	"testing"

	"nysreferral/demo"
	"nysreferral/ent/letter"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// Looking at what a decision would write needs all that the decision needs,
// changes nothing that is kept, queues no job, and is one line in the log. Who
// could not decide learns nothing by it.
func TestForeseeDoesNothing(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		deed := &forms.Deed{}
		demo.Confirm.Deed(deed)
		look := func(key string, do workflow.Action) (referrals.Foreseen, error) {
			return s.Door.Foresee(t.Context(), s.As(key), referrals.Seen{Ref: ref, Rev: open(t, s, "director", ref).Rev}, do, deed)
		}
		if _, err := look("director", workflow.Confirm); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("before anybody assessed it: %v", err)
		}
		take(t, s, ref, demo.ToDecision...)
		for key, want := range map[string]fault.Kind{"reviewer": fault.Forbidden, "detective": fault.Forbidden, "trooper": fault.NotFound, "administrator": fault.NotFound} {
			if got, err := look(key, workflow.Confirm); fault.KindOf(err) != want || len(got.Papers) > 0 {
				t.Errorf("%s: %v", key, err)
			}
		}
		if _, err := look("director", workflow.Note); fault.KindOf(err) != fault.NotFound {
			t.Errorf("an act without letters: %v", err)
		}
		read := s.DB.Read()
		rev, entries, lines := open(t, s, "director", ref).Rev, read.Entry.Query().CountX(viewer.Job(t.Context(), "test")), read.AuditEntry.Query().CountX(t.Context())
		mails := countMails(t, s, func(referrals.Mail) bool { return true })
		got, err := s.Door.Foresee(t.Context(), s.As("director"), referrals.Seen{Ref: ref, Rev: rev}, workflow.Confirm, deed)
		if err != nil || len(got.Papers) != 2 || len(got.Handover) != 1 {
			t.Fatalf("%d letters, %d proposals, %v", len(got.Papers), len(got.Handover), err)
		}
		if it := got.Papers[0].View.Item("typeConfirmed"); got.Papers[0].Letter.Kind != workflow.LetterConfirmation || it == nil || it.Value != "sex" || !got.Papers[0].Letter.Signed.At.IsZero() {
			t.Errorf("%+v", got.Papers[0].Letter)
		}
		if n := read.AuditEntry.Query().CountX(t.Context()) - lines; n != 1 {
			t.Errorf("%d lines in the log, want one", n)
		}
		if n := read.Entry.Query().CountX(viewer.Job(t.Context(), "test")); n != entries {
			t.Errorf("%d entries more", n-entries)
		}
		if n := countMails(t, s, func(referrals.Mail) bool { return true }); n != mails {
			t.Errorf("%d mails more", n-mails)
		}
		after := open(t, s, "director", ref)
		if left := read.Letter.Query().Where(letter.IDGT(0)).CountX(viewer.Job(t.Context(), "test")); after.Status != workflow.InReview || after.Rev != rev || left > 0 || len(after.Handover) > 0 {
			t.Errorf("%s, revision %d of %d, %d letters", after.Status, after.Rev, rev, left)
		}
	})
}
