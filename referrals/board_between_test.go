package referrals_test

import (
	"slices"
	"testing"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/reports"
	"nysreferral/workflow"
)

// standsOn is the person as OTDA's board has it.
func standsOn(t *testing.T, s *demo.State, ref string) referrals.Person {
	t.Helper()
	b, err := s.Door.Board(t.Context(), s.As("program"))
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(b.People, func(p referrals.Person) bool { return p.Reference == ref })
	if at < 0 {
		t.Fatalf("%s does not stand on the board", ref)
	}
	return b.People[at]
}

// toOpenDoor proposes hand-over 2 and sends it.
func toOpenDoor(t *testing.T, s *demo.State, ref string) {
	t.Helper()
	take(t, s, ref, do("program", workflow.Propose, 2, func(d *forms.Deed) { d.Contact, d.Reason = "demo-rhtp-open-door", "For legal help." }), do("program", workflow.Send, 2, nil))
}

// Who said no to one recipient, or took the release back for it, and waits for
// another is between confirmed and reached: the board has the person where the other
// hand-over stands, with what is next, and not among those who were reached.
func TestWhoWaitsForAnotherIsBetween(t *testing.T) {
	for name, ends := range map[string]demo.Step{
		"said no": do("rhtp_harbor", workflow.Refuse, 1, saidNo), "taken back": do("detective", workflow.Revoke, 1, nil),
		"passed on": do("rhtp_harbor", workflow.Transfer, 1, func(d *forms.Deed) { d.PassOnTo = "A provider near her sister" }),
	} {
		t.Run(name, func(t *testing.T) {
			each(t, monday, func(t *testing.T, s *demo.State) {
				ref := accepted(t, s, 1, "rhtp_harbor")
				take(t, s, ref, do("rhtp_harbor", workflow.Reach, 1, func(d *forms.Deed) { d.How = "through_the_referrer" }))
				toOpenDoor(t, s, ref)
				if p := standsOn(t, s, ref); p.Between() || p.Before || len(p.Beside()) != 1 {
					t.Errorf("one reached the person, the other has not: %+v", p)
				}
				take(t, s, ref, ends)
				p := standsOn(t, s, ref)
				if !p.Between() || p.Stop != reports.AtSent || !p.Before || len(p.Beside()) != 0 || p.Handovers[0].N != 2 || p.Handovers[0].Next.DueAt.IsZero() {
					t.Errorf("who waits for another stands at %d, before %v, with %+v", p.Stop, p.Before, p.Handovers)
				}
				boardAgrees(t, s, "2026-11")
				take(t, s, ref, do("rhtp_open_door", workflow.Accept, 2, nil), do("rhtp_open_door", workflow.Reach, 2, func(d *forms.Deed) { d.How = "through_the_referrer" }))
				if p := standsOn(t, s, ref); p.Between() || p.Before {
					t.Errorf("the other reached the person, who stands at %d", p.Stop)
				}
				boardAgrees(t, s, "2026-11")
			})
		})
	}
}

// Where the release is taken back for one recipient and others go on, OTDA has a
// task at once: the one that was taken back may have been the only one that the
// person had use for. Where nothing goes on, OTDA closes or proposes another.
func TestTakenBackIsLookedAt(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := accepted(t, s, 1, "rhtp_harbor")
		toOpenDoor(t, s, ref)
		take(t, s, ref, do("detective", workflow.Revoke, 1, nil))
		task := theTask(t, s, "program", ref, workflow.TaskTakenBack)
		if task.DueAt.IsZero() || !task.ByHand || task.N != 1 {
			t.Errorf("OTDA is to look at it: %+v", task)
		}
		take(t, s, ref, do("detective", workflow.Revoke, 2, nil))
		if got := kinds(t, s, "program", ref); !slices.Equal(got, []string{workflow.TaskTakenBack, workflow.TaskWrapUp}) {
			t.Errorf("nothing goes on, and OTDA has %v", got)
		}
		if err := s.Door.Done(t.Context(), s.As("program"), task.ID, "Nobody else helps her."); err != nil {
			t.Error(err)
		}
		if got := kinds(t, s, "program", ref); !slices.Equal(got, []string{workflow.TaskWrapUp}) {
			t.Errorf("OTDA has %v left", got)
		}
	})
}
