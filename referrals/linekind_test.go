package referrals_test

import (
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/directory"
	"nysreferral/ent"
	"nysreferral/ent/contactpoint"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// openDoor is a line of the directory for people of New York City.
const openDoor = "demo-rhtp-open-door"

// becomes gives a line of the directory another kind.
func becomes(t *testing.T, s *demo.State, key string, kind directory.Kind) {
	t.Helper()
	change(t, s, func(tx *ent.Tx) error {
		return tx.ContactPoint.Update().Where(contactpoint.Key(key)).SetKind(string(kind)).Exec(viewer.Job(t.Context(), "test"))
	})
}

// A person is handed over to lines for people alone, as the list offers them: the
// door refuses the others at the field, whoever names one, whether it is one more
// hand-over or another instead. What was proposed is not sent once its line has
// become another kind, be it one that the release does not name.
func TestDoorTakesLinesForPeopleAlone(t *testing.T) {
	others := []directory.Kind{directory.Tribal, directory.AfterHours, directory.Liaison, directory.State}
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := accepted(t, s, 1, "rhtp_harbor")
		for _, kind := range others {
			becomes(t, s, openDoor, kind)
			now := open(t, s, "program", ref)
			for do, at := range map[workflow.Action]referrals.Seen{
				workflow.Propose: {Ref: ref, N: 2, Rev: now.Rev},
				workflow.Reroute: {Ref: ref, N: 1, Rev: now.Handover[0].Rev},
			} {
				var bad forms.Problems
				_, err := s.Door.Act(t.Context(), s.As("program"), at, do, proposing(openDoor))
				if !problemsIn(err, &bad) || !strings.Contains(bad.Of("contact"), "a line of this kind") {
					t.Errorf("%s to a line of kind %s: %v", do, kind, err)
				}
			}
		}
		becomes(t, s, openDoor, directory.RHTP)
		take(t, s, ref, do("program", workflow.Propose, 2, func(d *forms.Deed) { d.Contact, d.Reason = openDoor, "They said yes." }))
		for _, kind := range append(others, directory.Adult) {
			becomes(t, s, openDoor, kind)
			if _, err := s.Take(t.Context(), ref, do("program", workflow.Send, 2, nil)); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("sent to a line that became one of kind %s: %v", kind, err)
			}
		}
		becomes(t, s, openDoor, directory.RHTP)
		take(t, s, ref, do("program", workflow.Send, 2, nil), do("rhtp_open_door", workflow.Accept, 2, nil))
	})
}

// Nobody who is a child is offered a line for adults alone.
func TestChildGoesToNoLineForAdults(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 3).Reference
		confirmed(t, s, ref)
		rec, err := s.Door.Open(t.Context(), s.As("program"), ref, referrals.Want{Lines: &referrals.LineSearch{}})
		if err != nil || len(rec.Lines) == 0 {
			t.Fatalf("%d lines, %v", len(rec.Lines), err)
		}
		for _, c := range rec.Lines {
			if c.Point.Kind == directory.Adult {
				t.Errorf("for a child %s is offered, a line of kind %s", c.Key, c.Point.Kind)
			}
		}
	})
}
