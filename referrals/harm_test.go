package referrals_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/agency"
	"nysreferral/ent/contactpoint"
	"nysreferral/ent/handover"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// Whoever opened it is told by office; to police the office of a recipient has
// no name, and an auditor reads no recipient either: it would tell where the
// person is.
func TestRecipientHasNoName(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		take(t, s, ref, do("program", workflow.Send, 1, nil), do("rhtp_harbor", workflow.Accept, 1, nil))
		open(t, s, "rhtp_harbor", ref)
		looks := map[string]string{}
		for _, key := range []string{"detective", "program"} {
			list, err := s.Door.Looks(t.Context(), s.As(key), ref, "")
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range list.Looks {
				looks[key] += l.Who + "; "
			}
		}
		if strings.Contains(looks["detective"], "Harbor") || !strings.Contains(looks["detective"], "A recipient") || !strings.Contains(looks["program"], "Harbor") {
			t.Errorf("%q", looks)
		}
		text, err := json.Marshal(open(t, s, "auditor", ref))
		if err != nil || strings.Contains(string(text), "Harbor") || strings.Contains(string(text), s.As("reviewer").Name) {
			t.Errorf("%s %v", text, err)
		}
	})
}

// A notice about a minor that waits for a line of its county goes out with any
// line that serves it, though the one that it waited for was never verified.
func TestNoticeFindsAnotherLine(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		change(t, s, func(tx *ent.Tx) error {
			return tx.ContactPoint.Update().SetVerifiedOn("").Exec(t.Context())
		})
		ref := refer(t, s, 3).Reference
		line := func(key, verified string) {
			change(t, s, func(tx *ent.Tx) error {
				if err := tx.ContactPoint.Update().Where(contactpoint.Key(key)).SetCounties([]string{"erie"}).SetVerifiedOn(verified).Exec(t.Context()); err != nil {
					return err
				}
				return s.Door.ContactVerified(t.Context(), tx, tx.ContactPoint.Query().Where(contactpoint.Key(key)).OnlyX(t.Context()))
			})
		}
		line("demo-ldss-wyoming-child", "")
		if got := noticesTo(t, s, "ldss_wyoming"); got != "" {
			t.Fatalf("sent to a line that nobody verified: %s", got)
		}
		line("demo-ldss-wyoming-child", string(s.Door.Today()))
		if got := noticesTo(t, s, "ldss_wyoming"); got != ref || noticesTo(t, s, "ldss_erie") != "" {
			t.Fatalf("the inbox holds %q", got)
		}
		tasks, err := s.Door.Tasks(t.Context(), s.As("program"), false)
		if err != nil || slices.ContainsFunc(tasks, func(one referrals.Task) bool { return one.Kind == "minor_notice" }) {
			t.Errorf("%+v %v", tasks, err)
		}
	})
}

// When a line of the directory gets another agency, what is proposed follows
// it, and what has no agency is not sent.
func TestProposalFollowsItsLine(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		next := func(set func(*ent.ContactPointUpdateOne) *ent.ContactPointUpdateOne) {
			change(t, s, func(tx *ent.Tx) error {
				h := tx.Handover.Query().Where(handover.StatusEQ(string(workflow.Proposed))).OnlyX(viewer.Job(t.Context(), "test"))
				line, err := set(tx.ContactPoint.UpdateOneID(*h.ContactID)).Save(t.Context())
				if err != nil {
					return err
				}
				return s.Door.ContactVerified(t.Context(), tx, line)
			})
		}
		next(func(up *ent.ContactPointUpdateOne) *ent.ContactPointUpdateOne { return up.ClearAgencyID() })
		if _, err := s.Take(t.Context(), ref, do("program", workflow.Send, 1, nil)); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("sent to nobody: %v", err)
		}
		door := s.DB.Read().Agency.Query().Where(agency.NameContains("Open Door")).OnlyX(t.Context())
		next(func(up *ent.ContactPointUpdateOne) *ent.ContactPointUpdateOne { return up.SetAgencyID(door.ID) })
		take(t, s, ref, do("program", workflow.Send, 1, nil))
		open(t, s, "rhtp_open_door", ref)
		if _, err := s.Door.Open(t.Context(), s.As("rhtp_harbor"), ref, referrals.Want{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the agency of before sees it: %v", err)
		}
	})
}

// Nothing is sent where the person asked not to be referred, however the name
// is written, though OTDA chooses the line by its key.
func TestNotReferredThere(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		r, body, err := demo.Referral(1, "")
		if err != nil {
			t.Fatal(err)
		}
		r.DoNotRefer = "HARBOR-LIGHT; my cousin works there"
		receipt, err := s.Door.Send(t.Context(), s.As("detective"), r, "", body)
		if err != nil {
			t.Fatal(err)
		}
		confirmed(t, s, receipt.Reference)
		take(t, s, receipt.Reference, do("program", workflow.Reroute, 1, func(d *forms.Deed) { d.Contact, d.Reason = "demo-rhtp-harbor-light", "It has room." }))
		if _, err := s.Take(t.Context(), receipt.Reference, do("program", workflow.Send, 2, nil)); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("sent: %v", err)
		}
	})
}

// What ended leaves no task behind but OTDA's to wrap up, which ends when the
// referral is closed; what a recipient no longer sees is in none of its lists, and all that it is told is to stop.
func TestTasksEnd(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		take(t, s, ref, do("program", workflow.Send, 1, nil), do("rhtp_harbor", workflow.Accept, 1, nil))
		list := func() []referrals.Task {
			out, err := s.Door.Tasks(t.Context(), s.As("rhtp_harbor"), true)
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		if len(list()) == 0 {
			t.Fatal("no task to reach the person")
		}
		take(t, s, ref, do("program", workflow.Close, 1, func(d *forms.Deed) { d.CloseReason, d.Reason = "other", "Asked by the person." }))
		if got := kinds(t, s, "rhtp_harbor", ref); !slices.Equal(got, []string{workflow.TaskStopped}) {
			t.Errorf("the recipient has %v, want to be told to stop and nothing more", got)
		}
		take(t, s, ref, demo.Letters...)
		letters(t, s, ref, "detective", workflow.HandOver, 1, nil)
		tasks, err := s.Door.Tasks(t.Context(), s.As("program"), false)
		if err != nil || len(tasks) != 1 || tasks[0].Kind != workflow.TaskWrapUp {
			t.Errorf("OTDA has %+v, %v", tasks, err)
		}
		take(t, s, ref, do("program", workflow.Close, 0, nil))
		if left, err := s.Door.OpenTasks(t.Context(), ref); err != nil || !slices.Equal(left, []string{workflow.TaskStopped}) {
			t.Errorf("left are %v, %v", left, err)
		}
	})
}

// The notice of confirmation is not there for somebody who was declined, also
// when the referral is closed.
func TestDeclinedHasNoNotice(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 9).Reference
		take(t, s, ref, append(slices.Clone(demo.ToDecision), demo.Decline...)...)
		s.Clock.Set(s.Clock.Now().AddDate(0, 0, 61))
		take(t, s, ref, do("reviewer", workflow.Close, 0, nil))
		if _, err := s.Door.Paper(t.Context(), s.As("reviewer"), ref, string(workflow.LetterConfirmation), 0); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a notice of confirmation: %v", err)
		}
	})
}

// A director who assessed a referral does not decide it after it was reopened
// either.
func TestAssessorDoesNotDecideLater(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 9).Reference
		steps := slices.Clone(demo.ToDecision)
		steps[3].Who = "director"
		take(t, s, ref, append(steps, demo.Decline[0])...)
		other := s.As("reviewer")
		other.Duty = workflow.Director
		deed := &forms.Deed{}
		demo.Decline[1].Deed(deed)
		if _, err := s.Door.Act(t.Context(), other, referrals.Seen{Ref: ref, Rev: open(t, s, "reviewer", ref).Rev}, workflow.Decline, deed); err != nil {
			t.Fatal(err)
		}
		take(t, s, ref, do("trooper", workflow.Reconsider, 0, func(d *forms.Deed) { d.Reason = "There is more." }))
		take(t, s, ref, demo.ToDecision[1:]...)
		if _, err := s.Take(t.Context(), ref, demo.Confirm); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("confirmed by who assessed it: %v", err)
		}
	})
}

// What a referrer answers tells what happened: OTDA reads it, as the rest, only
// while it is asked for its view, and then masked.
func TestAnswerIsVeiled(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		take(t, s, ref, demo.ToDecision[0], do("reviewer", workflow.Ask, 0, func(d *forms.Deed) { d.Question = "Since when?" }),
			do("detective", workflow.Answer, 0, func(d *forms.Deed) { d.Answer = "Locked in since spring." }))
		reads := func(key string) bool {
			text, err := json.Marshal(open(t, s, key, ref).View)
			if err != nil {
				t.Fatal(err)
			}
			return strings.Contains(string(text), "Locked in")
		}
		if !reads("reviewer") || !reads("detective") || reads("program") {
			t.Error("the answer is read by those who may not, or not by those who may")
		}
		take(t, s, ref, demo.ToDecision[1])
		if reads("program") {
			t.Error("OTDA reads the answer when its view is on the record")
		}
	})
}

func change(t *testing.T, s *demo.State, fn func(tx *ent.Tx) error) {
	t.Helper()
	if err := s.DB.Do(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}
