package referrals_test

import (
	"slices"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/contactpoint"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// erie is the line of the directory for children of Erie.
const erie = "demo-ldss-erie-child"

// unverified takes away the verification of every line of the directory.
func unverified(t *testing.T, s *demo.State) {
	t.Helper()
	change(t, s, func(tx *ent.Tx) error { return tx.ContactPoint.Update().SetVerifiedOn("").Exec(t.Context()) })
}

// verifies has a line of the directory verified today.
func verifies(t *testing.T, s *demo.State, key string) {
	t.Helper()
	change(t, s, func(tx *ent.Tx) error {
		row := tx.ContactPoint.Query().Where(contactpoint.Key(key)).OnlyX(t.Context())
		row, err := row.Update().SetVerifiedOn(string(s.Door.Today())).Save(t.Context())
		if err != nil {
			return err
		}
		return s.Door.ContactVerified(t.Context(), tx, row)
	})
}

// noticesTo are the references of the notices in a department's inbox.
func noticesTo(t *testing.T, s *demo.State, who string) string {
	t.Helper()
	list, err := s.Door.Letters(t.Context(), s.As(who))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, l := range list {
		out = append(out, l.Reference)
	}
	return strings.Join(out, " ")
}

// kindsOf are the open tasks about a referral.
func kindsOf(t *testing.T, s *demo.State, ref string) []string {
	t.Helper()
	list, err := s.Door.OpenTasks(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func withdrawn(t *testing.T, s *demo.State, ref, who string) {
	t.Helper()
	take(t, s, ref, do(who, workflow.Withdraw, 0, func(d *forms.Deed) { d.Reason = "Asked by the person." }))
}

// What the law asks for a child hangs on the receipt of the referral: after a
// withdrawal the notice that waits still goes to the district, which still reads
// it and nothing more; what is open about the child stays open.
func TestWithdrawalDoesNotEndTheDutyTowardsAChild(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		unverified(t, s)
		ref := refer(t, s, 3).Reference
		withdrawn(t, s, ref, demo.Referrers[3])
		if got := kindsOf(t, s, ref); !slices.Contains(got, "minor_notice") {
			t.Fatalf("the notice is forgotten: %v", got)
		}
		if got := noticesTo(t, s, "ldss_erie"); got != "" {
			t.Errorf("sent to a line that nobody verified: %s", got)
		}
		verifies(t, s, erie)
		if got := noticesTo(t, s, "ldss_erie"); got != ref {
			t.Fatalf("the inbox holds %q", got)
		}
		if got := kindsOf(t, s, ref); slices.Contains(got, "minor_notice") {
			t.Errorf("the task is left: %v", got)
		}
		for _, stranger := range []string{"rhtp_harbor", "case_manager", "reviewer"} {
			if _, err := s.Door.Letter(t.Context(), s.As(stranger), ref, 1); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s reads it: %v", stranger, err)
			}
		}
		rec, err := s.Door.Letter(t.Context(), s.As("ldss_erie"), ref, 1)
		if err != nil || rec.View.Item("countyFound") == nil || rec.View.Item("summary") != nil {
			t.Errorf("the district reads %+v, %v", rec.View, err)
		}
		if err := s.Door.Acknowledge(t.Context(), s.As("ldss_erie"), ref, 1); err != nil {
			t.Error(err)
		}
		if _, ok, err := s.Door.LetterToDraw(t.Context(), referrals.DrawLetter{Ref: ref, N: 1}); err != nil || !ok {
			t.Errorf("its paper is not drawn: %v", err)
		}
		if _, err := s.Door.Open(t.Context(), s.As("ldss_erie"), ref, referrals.Want{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the district opens the referral: %v", err)
		}
	})
}

// Whoever may be a child is not forgotten with a withdrawal either: OTDA still
// sends the notice, and is still told that the time is over.
func TestWithdrawalLeavesTheAgeToBeSettled(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := sendsAs(t, s, 3, func(r *forms.Referral) { r.Under18 = "not_sure" })
		withdrawn(t, s, ref, demo.Referrers[3])
		if got := kindsOf(t, s, ref); !slices.Contains(got, "minor_check") {
			t.Fatalf("the age is not settled, and nobody has a task: %v", got)
		}
		before := mailsAbout(t, s, "due")
		s.Clock.Set(s.Clock.Now().AddDate(0, 0, 3))
		if _, err := s.Door.Climb(t.Context()); err != nil {
			t.Fatal(err)
		}
		if mailsAbout(t, s, "due") == before {
			t.Error("nobody is told that it is overdue")
		}
		if err := s.Door.Notify(t.Context(), s.As("case_manager"), ref); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger sends the notice: %v", err)
		}
		if err := s.Door.Notify(t.Context(), s.As("program"), ref); err != nil {
			t.Fatal(err)
		}
		if got := noticesTo(t, s, "ldss_erie"); !strings.Contains(got, ref) {
			t.Errorf("the inbox holds %q", got)
		}
		if rec := open(t, s, "program", ref); rec.View.Item("familyName") != nil || len(rec.Letters) != 2 {
			t.Errorf("of the withdrawn referral OTDA sees %d letters, or its answers", len(rec.Letters))
		}
	})
}

// A date of birth says that the person is 15, and a tick that nobody is under
// 18: nobody is handled as an adult for a slip of the pen. OTDA has the task to
// settle the age and reads why, and no letter is mailed.
func TestADateOfBirthBeatsATick(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := sendsAs(t, s, 9, func(r *forms.Referral) { mailable(r); r.Born, r.Age = "2011-05-04", forms.Number{} })
		if got := kindsOf(t, s, ref); !slices.Contains(got, "minor_check") {
			t.Errorf("tasks %v", got)
		}
		rec := open(t, s, "program", ref)
		if rec.Warnings.Of("under18") == "" || len(rec.Warnings) != 1 {
			t.Errorf("OTDA is warned of %+v", rec.Warnings)
		}
		withdrawn(t, s, ref, demo.Referrers[9])
		letters(t, s, ref, "program", workflow.Sign, 0, titled)
		if err := tryLetter(t, s, ref, "program", workflow.Deliver, 1, by(workflow.ByMail)); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("mailed to a child: %v", err)
		}
	})
}

// changed has the referrer of case 3 tell other answers.
func changed(t *testing.T, s *demo.State, ref string, change func(*forms.Referral)) {
	t.Helper()
	if _, err := tells(t, s, demo.Referrers[3], ref, workflow.Add, forms.Deed{}, change); err != nil {
		t.Fatal(err)
	}
}

func aged(code forms.YesNoNotSure) func(*forms.Referral) {
	return func(r *forms.Referral) { r.Under18, r.Born, r.Age = code, "unknown", forms.Number{} }
}

// A notice that waits is not lost when the answer about the age goes to and fro:
// while the person is handled as a minor it keeps its task, goes out with the
// first line that is verified, and OTDA can try it again.
func TestWaitingNoticeIsNotLost(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		unverified(t, s)
		ref := refer(t, s, 3).Reference
		for _, code := range []forms.YesNoNotSure{"not_sure", "yes"} {
			changed(t, s, ref, aged(code))
			if got := kindsOf(t, s, ref); !slices.Contains(got, "minor_notice") {
				t.Errorf("%s: nobody has the task any more: %v", code, got)
			}
		}
		if err := s.Door.Notify(t.Context(), s.As("program"), ref); fault.KindOf(err) != fault.Conflict {
			t.Errorf("sent to nobody: %v", err)
		}
		change(t, s, func(tx *ent.Tx) error {
			return tx.ContactPoint.Update().Where(contactpoint.Key(erie)).SetVerifiedOn(string(s.Door.Today())).Exec(t.Context())
		})
		if err := s.Door.Notify(t.Context(), s.As("program"), ref); err != nil {
			t.Fatalf("the notice that waits is not tried again: %v", err)
		}
		if got := noticesTo(t, s, "ldss_erie"); got != ref {
			t.Errorf("the inbox holds %q", got)
		}
		if err := s.Door.Notify(t.Context(), s.As("program"), ref); fault.KindOf(err) != fault.Conflict {
			t.Errorf("sent twice: %v", err)
		}
	})
}

// An adult is nothing for child services: a notice that waits goes to nobody once
// the answers say so, and a department that has one reads what it was sent, and
// that it was corrected, and nothing that was told since.
func TestAdultIsNotToldToChildServices(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		sent := refer(t, s, 3).Reference
		unverified(t, s)
		waits := refer(t, s, 3).Reference
		before := mailsAbout(t, s, referrals.MailChanged)
		for _, ref := range []string{sent, waits} {
			changed(t, s, ref, func(r *forms.Referral) { aged("no")(r); r.GivenNames = "Corrected" })
		}
		verifies(t, s, erie)
		if got := noticesTo(t, s, "ldss_erie"); got != sent {
			t.Errorf("the inbox holds %q, want %s alone", got, sent)
		}
		if got := kindsOf(t, s, waits); slices.Contains(got, "minor_notice") {
			t.Errorf("a task is left for an adult: %v", got)
		}
		rec, err := s.Door.Letter(t.Context(), s.As("ldss_erie"), sent, 1)
		if err != nil || rec.View.Item("givenNames") == nil || rec.View.Item("givenNames").Value == "Corrected" || !strings.Contains(rec.Letters[0].Why, "not a minor") {
			t.Errorf("%+v %v", rec, err)
		}
		if n := mailsAbout(t, s, referrals.MailChanged) - before; n != 1 {
			t.Errorf("%d mails say that the notice was corrected", n)
		}
		changed(t, s, waits, func(r *forms.Referral) { aged("yes")(r); r.Custody, r.SCR, r.HHSRequest = "no", "no", "no" })
		if got := noticesTo(t, s, "ldss_erie"); !strings.Contains(got, waits) {
			t.Errorf("a minor after all, and nobody is told: %q", got)
		}
	})
}

// The department of the county where the child was found is told, also when the
// county was wrong at first; one that waits for the wrong county never goes there.
func TestCorrectedCountyIsTold(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		sent := refer(t, s, 3).Reference
		unverified(t, s)
		waits := refer(t, s, 3).Reference
		for _, ref := range []string{sent, waits} {
			changed(t, s, ref, func(r *forms.Referral) { r.CountyFound = "tompkins" })
		}
		verifies(t, s, erie)
		if got := noticesTo(t, s, "ldss_erie"); got != sent {
			t.Errorf("the wrong department has %q, want %s alone", got, sent)
		}
		if rec, err := s.Door.Letter(t.Context(), s.As("ldss_erie"), sent, 1); err != nil || !strings.Contains(rec.Letters[0].Why, "another county") {
			t.Errorf("it is not told: %+v %v", rec.Letters, err)
		}
		for _, ref := range []string{sent, waits} {
			if got := kindsOf(t, s, ref); !slices.Contains(got, "minor_notice") {
				t.Errorf("nobody sees to the right county: %v", got)
			}
		}
	})
}

// The directory is changed while a notice waits: it never goes to a line that was
// verified for something else meanwhile, another county, adults, or another time,
// but to the one that is right and verified when it goes out.
func TestWaitingNoticeReadsTheDirectoryAnew(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		unverified(t, s)
		ref := refer(t, s, 3).Reference
		was := s.DB.Read().ContactPoint.Query().Where(contactpoint.Key(erie)).OnlyX(t.Context())
		for name, edit := range map[string]func(*ent.ContactPointUpdate){
			"another county": func(up *ent.ContactPointUpdate) { up.SetCounties([]string{"tompkins"}) },
			"adults":         func(up *ent.ContactPointUpdate) { up.SetKind("adult") },
			"ended":          func(up *ent.ContactPointUpdate) { up.SetValidTo("2026-01-31") },
		} {
			change(t, s, func(tx *ent.Tx) error {
				up := tx.ContactPoint.Update().Where(contactpoint.Key(erie)).SetCounties(was.Counties).SetKind(was.Kind).SetValidTo(was.ValidTo)
				edit(up)
				return up.Exec(t.Context())
			})
			verifies(t, s, erie)
			if got := noticesTo(t, s, "ldss_erie"); got != "" {
				t.Fatalf("%s: it went to a line that is not for it: %s", name, got)
			}
			if got := kindsOf(t, s, ref); !slices.Contains(got, "minor_notice") {
				t.Fatalf("%s: nobody has the task: %v", name, got)
			}
		}
		change(t, s, func(tx *ent.Tx) error {
			return tx.ContactPoint.Update().Where(contactpoint.Key(erie)).SetCounties(was.Counties).SetKind(was.Kind).SetValidTo(was.ValidTo).Exec(t.Context())
		})
		verifies(t, s, erie)
		if got := noticesTo(t, s, "ldss_erie"); got != ref {
			t.Errorf("the inbox holds %q", got)
		}
	})
}

// A birthday corrects nothing: who was a child on the day of receipt is not
// "corrected: not a minor" on the 18th birthday. A notice that waits still goes
// out, one that was sent stands, and the department gets no mail. That the person
// was an adult on that day corrects it.
func TestABirthdayCorrectsNothing(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		born := func(r *forms.Referral) { r.Under18, r.Born, r.Age = "no", "2008-12-25", forms.Number{} }
		sent := sendMinor(t, s, born)
		if err := s.Door.Notify(t.Context(), s.As("program"), sent); err != nil {
			t.Fatal(err)
		}
		unverified(t, s)
		waits := sendMinor(t, s, born)
		if err := s.Door.Notify(t.Context(), s.As("program"), waits); err != nil {
			t.Fatal(err)
		}
		before := mailsAbout(t, s, referrals.MailChanged)
		s.Clock.Set(day("2027-01-04T15:00:00Z"))
		for _, ref := range []string{sent, waits} {
			adds(t, s, "social_worker", ref, func(r *forms.Referral) { r.Reasons = "More was told." })
		}
		verifies(t, s, erie)
		if got := noticesTo(t, s, "ldss_erie"); !strings.Contains(got, sent) || !strings.Contains(got, waits) {
			t.Errorf("the inbox holds %q", got)
		}
		for _, ref := range []string{sent, waits} {
			rec, err := s.Door.Letter(t.Context(), s.As("ldss_erie"), ref, 1)
			if err != nil || rec.Letters[0].Why != "" {
				t.Errorf("a birthday reads as %q, %v", rec.Letters[0].Why, err)
			}
		}
		if n := mailsAbout(t, s, referrals.MailChanged) - before; n != 0 {
			t.Errorf("%d mails say that it was corrected", n)
		}
		adds(t, s, "social_worker", sent, func(r *forms.Referral) { r.Born = "2007-12-25" })
		if rec, err := s.Door.Letter(t.Context(), s.As("ldss_erie"), sent, 1); err != nil || !strings.Contains(rec.Letters[0].Why, "not a minor") {
			t.Errorf("an adult on the day of receipt: %+v %v", rec.Letters, err)
		}
	})
}
