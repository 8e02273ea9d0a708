package referrals_test

import (
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// An adult is not handed over to a contact for children: the door refuses it with a
// sentence at the field, whether it is one more hand-over or another instead, and
// the line is not offered. A line of another county may be chosen, and OTDA reads
// which county it serves before it sends.
func TestALineIsForThePerson(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		rec := confirmed(t, s, ref)
		const child, other = "demo-ldss-erie-child", "demo-rhtp-hudson-bridge"
		for name, try := range map[workflow.Action]referrals.Seen{
			workflow.Reroute: {Ref: ref, N: 1, Rev: rec.Handover[0].Rev},
			workflow.Propose: {Ref: ref, N: 2, Rev: rec.Rev},
		} {
			var bad forms.Problems
			_, err := s.Door.Act(t.Context(), s.As("program"), try, name, proposing(child))
			if !problemsIn(err, &bad) || bad[0].Field != "contact" || !strings.Contains(bad[0].Message, "for children") {
				t.Errorf("%s to a contact for children: %v", name, err)
			}
		}
		found, err := s.Door.Open(t.Context(), s.As("program"), ref, referrals.Want{Lines: &referrals.LineSearch{County: "erie", Instead: 1}})
		if err != nil || len(found.Handover) != 1 {
			t.Fatalf("something was kept: %v", err)
		}
		for _, one := range found.Lines {
			if one.Key == child || len(one.Heed) == 0 || !strings.Contains(saysOf(one.Heed), "; the person is to be helped in Queens.") {
				t.Errorf("%s is offered with %q", one.Key, saysOf(one.Heed))
			}
		}
		take(t, s, ref, do("program", workflow.Reroute, 1, func(d *forms.Deed) { d.Contact, d.Reason = other, "It knows her." }))
		after := open(t, s, "program", ref).Handover[1]
		if after.Point.Key != other || !strings.Contains(saysOf(after.Heed), "It serves Westchester; the person is to be helped in") {
			t.Errorf("OTDA is not told before it sends: %q", saysOf(after.Heed))
		}
	})
}
