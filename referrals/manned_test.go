package referrals_test

import (
	"slices"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/user"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// closed disables every account of the agency of an account, or enables them again.
func closed(t *testing.T, s *demo.State, key string, disabled bool) {
	t.Helper()
	change(t, s, func(tx *ent.Tx) error {
		up := tx.User.Update().Where(user.AgencyID(s.As(key).Agency))
		if disabled {
			up.SetDisabledAt(s.Clock.Now())
		} else {
			up.ClearDisabledAt()
		}
		return up.Exec(viewer.Job(t.Context(), "test"))
	})
}

// invited makes of every account of the agency of an account one that was invited and
// never came in, or of one whose owner chose a password.
func invited(t *testing.T, s *demo.State, key string, only bool) {
	t.Helper()
	change(t, s, func(tx *ent.Tx) error {
		up := tx.User.Update().Where(user.AgencyID(s.As(key).Agency)).ClearSignedInAt()
		if only {
			up.ClearPasswordSetAt()
		} else {
			up.SetPasswordSetAt(s.Clock.Now())
		}
		return up.Exec(viewer.Job(t.Context(), "test"))
	})
}

// Nobody is handed over to an agency at which nobody can sign in: whoever chooses its
// line reads so beside it, to send is refused in words, and the hand-over stays with
// OTDA, with its task and its date. Once somebody can sign in, it goes.
func TestNobodyIsSentWhereNobodyReceives(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		off := func(disabled bool) { closed(t, s, "rhtp_harbor", disabled) }
		warned := func(list []referrals.Candidate, key string) bool {
			i := slices.IndexFunc(list, func(c referrals.Candidate) bool { return c.Key == key })
			if i < 0 {
				t.Fatalf("%s is not offered", key)
			}
			return slices.Contains(list[i].Heed, referrals.Heed{Say: referrals.NobodyReceives})
		}
		off(true)
		rec := open(t, s, "program", ref)
		h := rec.Handover[0]
		if !h.NoAccount || !warned(h.Candidates, "demo-rhtp-harbor-light") || warned(h.Candidates, "demo-rhtp-open-door") {
			t.Errorf("OTDA is not told beside the line: %v %+v", h.NoAccount, h.Candidates)
		}
		_, err := s.Take(t.Context(), ref, do("program", workflow.Send, 1, nil))
		if fault.KindOf(err) != fault.Forbidden && fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), workflow.SomebodyReceives.Say()) {
			t.Errorf("it is sent where nobody reads: %v", err)
		}
		if p := standsOn(t, s, ref); p.Handovers[0].Status != workflow.Proposed || p.Handovers[0].Next.DueAt.IsZero() || len(kinds(t, s, "program", ref)) == 0 {
			t.Errorf("OTDA has nothing to do with it: %+v", p)
		}
		take(t, s, ref, do("program", workflow.Reroute, 1, func(d *forms.Deed) { d.Contact, d.Reason = "demo-rhtp-open-door", "Nobody is there." }))
		off(false)
		rec = open(t, s, "program", ref)
		if h := rec.Handover[1]; h.NoAccount || warned(h.Candidates, "demo-rhtp-harbor-light") {
			t.Errorf("somebody signs in there again: %+v", h.Candidates)
		}
		take(t, s, ref, do("program", workflow.Send, 2, nil))
	})
}

// The notice about a child does not go to a department where nobody can sign in: it
// waits with OTDA's task and its clock, which says who is missing, whether it is sent
// with the referral, tried again, or let go by a line that is verified. Once somebody
// can sign in, OTDA sends it.
func TestNoticeWaitsWhereNobodyReceives(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		closed(t, s, "ldss_erie", true)
		ref := refer(t, s, 3).Reference
		waits := func(when string) {
			t.Helper()
			list := open(t, s, "program", ref).Letters
			if i := slices.IndexFunc(list, func(l referrals.Letter) bool { return l.To == workflow.ToDistrict }); i < 0 || !list[i].SentAt.IsZero() || list[i].Status != workflow.Prepared {
				t.Errorf("%s: it went where nobody reads: %+v", when, list)
			}
			if got := kindsOf(t, s, ref); !slices.Contains(got, "minor_notice") {
				t.Errorf("%s: nobody has the task: %v", when, got)
			}
		}
		waits("with the referral")
		tasks, err := s.Door.Tasks(t.Context(), s.As("program"), false)
		if err != nil || !slices.ContainsFunc(tasks, func(one referrals.Task) bool {
			return one.Kind == "minor_notice" && strings.Contains(one.Words, "Nobody can sign in at Erie County Children") && !one.DueAt.IsZero()
		}) {
			t.Errorf("OTDA does not read who is missing: %+v %v", tasks, err)
		}
		verifies(t, s, erie)
		waits("with a line that is verified")
		err = s.Door.Notify(t.Context(), s.As("program"), ref)
		if fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "Nobody can sign in") {
			t.Errorf("tried again: %v", err)
		}
		waits("tried again")
		closed(t, s, "ldss_erie", false)
		if err := s.Door.Notify(t.Context(), s.As("program"), ref); err != nil {
			t.Fatalf("somebody signs in there again, and it is not sent: %v", err)
		}
		if got := noticesTo(t, s, "ldss_erie"); got != ref {
			t.Errorf("the inbox holds %q", got)
		}
		if got := kindsOf(t, s, ref); slices.Contains(got, "minor_notice") {
			t.Errorf("the task is left: %v", got)
		}
	})
}

// An account that was invited and never came in is nobody who receives: to send a
// person or a child's notice there is refused, and the directory says so too. Its mail
// goes out all the same. Once its owner chose a password, both go.
func TestInvitedAccountReceivesNobody(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		harbor := referrals.Mail{Agency: s.As("rhtp_harbor").Agency, What: "waiting"}
		before, err := s.Door.Addresses(t.Context(), harbor)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"rhtp_harbor", "ldss_erie"} {
			invited(t, s, key, true)
		}
		ref, child := refer(t, s, 1).Reference, refer(t, s, 3).Reference
		confirmed(t, s, ref)
		if _, err := s.Take(t.Context(), ref, do("program", workflow.Send, 1, nil)); err == nil || !strings.Contains(err.Error(), workflow.SomebodyReceives.Say()) {
			t.Errorf("a person is sent where nobody ever came in: %v", err)
		}
		if got := kindsOf(t, s, child); !slices.Contains(got, "minor_notice") {
			t.Errorf("a child's notice is sent where nobody ever came in: %v", got)
		}
		line, err := s.Registry.Contact(t.Context(), s.As("administrator"), erie)
		if err != nil || !line.NoAccount {
			t.Errorf("the directory does not say so: %+v %v", line, err)
		}
		if after, err := s.Door.Addresses(t.Context(), harbor); err != nil || len(after) == 0 || len(after) != len(before) {
			t.Errorf("an invited account gets no mail: %v %v", after, err)
		}
		for _, key := range []string{"rhtp_harbor", "ldss_erie"} {
			invited(t, s, key, false)
		}
		take(t, s, ref, do("program", workflow.Send, 1, nil))
		if err := s.Door.Notify(t.Context(), s.As("program"), child); err != nil {
			t.Error(err)
		}
	})
}
