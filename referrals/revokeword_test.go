package referrals_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// viewText is all that a reader's view holds.
func viewText(t *testing.T, rec referrals.Record) string {
	t.Helper()
	text, err := json.Marshal(rec.View)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// takesBack has an account take the release back for hand-over n, as it stands.
func takesBack(t *testing.T, s *demo.State, who, ref string, n int, deed func(*forms.Deed)) error {
	t.Helper()
	d := &forms.Deed{}
	if deed != nil {
		deed(d)
	}
	_, err := s.Door.Act(t.Context(), s.As(who), referrals.Seen{Ref: ref, N: n, Rev: open(t, s, "program", ref).Handover[n-1].Rev}, workflow.Revoke, d)
	return err
}

// A person who calls OTDA has the release taken back for one recipient, without
// whoever referred. Reviewers, directors, auditors, the recipient and strangers
// cannot, and OTDA cannot without writing how the person said it, nor of what it
// has not sent. Then it is as if the referrer had done it: that recipient sees
// nothing and is told to stop, and not why; the other one goes on. Whoever referred
// is told that the person told OTDA, and reads no word of the reason.
func TestReleaseTakenBackOnThePersonsWord(t *testing.T) {
	const said = "She called on Monday, and knew the reference."
	word := func(d *forms.Deed) { d.Reason = said }
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := accepted(t, s, 1, "rhtp_harbor")
		take(t, s, ref, do("program", workflow.Propose, 2, func(d *forms.Deed) { d.Contact, d.Reason = openDoor, "The stay is paid there." }))
		back := func(who string, n int, deed func(*forms.Deed)) error { return takesBack(t, s, who, ref, n, deed) }
		for _, who := range []string{"reviewer", "director", "auditor", "administrator", "rhtp_harbor", "rhtp_open_door", "ldss_erie", "trooper", "case_manager"} {
			if err := back(who, 1, word); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s takes it back: %v", who, err)
			}
		}
		var bad forms.Problems
		if err := back("program", 1, nil); !problemsIn(err, &bad) || bad.Of("reason") == "" {
			t.Errorf("OTDA takes it back without a word of how: %v", err)
		}
		if err := back("program", 2, word); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("what was not sent is taken back: %v", err)
		}
		if got := open(t, s, "rhtp_harbor", ref).Handover[0].Status; got != workflow.Accepted {
			t.Fatalf("what was refused changed it: %s", got)
		}

		take(t, s, ref, do("program", workflow.Send, 2, nil), do("rhtp_open_door", workflow.Accept, 2, nil))
		toAuthor := func(m referrals.Mail) bool { return m.User == s.As("detective").ID }
		stops, told := mailsAbout(t, s, "stop"), countMails(t, s, toAuthor)
		if err := back("program", 1, word); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Door.Open(t.Context(), s.As("rhtp_harbor"), ref, referrals.Want{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("its recipient still sees it: %v", err)
		}
		if n := mailsAbout(t, s, "stop") - stops; n != 1 {
			t.Errorf("%d recipients are told to stop", n)
		}
		if n := countMails(t, s, toAuthor) - told; n != 1 {
			t.Errorf("whoever referred gets %d mails", n)
		}
		if task := theTask(t, s, "rhtp_harbor", ref, workflow.TaskStopped); strings.Contains(task.Words, "OTDA told") || strings.Contains(task.Words, said) || strings.Contains(task.Words, "release") {
			t.Errorf("it reads why: %q", task.Words)
		}
		other := open(t, s, "rhtp_open_door", ref)
		if len(other.Handover) != 1 || other.Handover[0].Status != workflow.Accepted || slices.ContainsFunc(other.Timeline, func(e referrals.Event) bool { return e.Action == workflow.Revoke }) {
			t.Errorf("the other recipient: %+v", other.Handover)
		}
		mine := open(t, s, "detective", ref)
		if last := mine.Timeline[len(mine.Timeline)-1]; last.Words != "The person took the release back for this recipient. The person told OTDA." || !mine.Handover[0].Revoked {
			t.Errorf("whoever referred reads %+v of %+v", last, mine.Handover[0])
		}
		for who, want := range map[string]bool{"program": true, "detective": false, "reviewer": false, "rhtp_open_door": false} {
			if got := strings.Contains(viewText(t, open(t, s, who, ref)), said); got != want {
				t.Errorf("%s reads how the person said it: %v", who, got)
			}
		}
	})
}

// Whoever referred owes nobody a reason for taking a release back, and one that a
// program sends with it is not kept.
func TestReferrerGivesNoReason(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := accepted(t, s, 1, "rhtp_harbor")
		take(t, s, ref, do("detective", workflow.Revoke, 1, func(d *forms.Deed) { d.Reason = "Because of her cousin." }))
		rec := open(t, s, "program", ref)
		if last := rec.Timeline[len(rec.Timeline)-1]; strings.Contains(last.Words, "told OTDA") || strings.Contains(viewText(t, rec), "cousin") {
			t.Errorf("OTDA reads %+v", last)
		}
	})
}
