package referrals_test

import (
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/contactpoint"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// saysOf are warnings about a line of the directory, in words.
func saysOf(list []referrals.Heed) string {
	var out []string
	for _, one := range list {
		out = append(out, one.Say)
	}
	return strings.Join(out, " ")
}

// knowing ticks these warnings.
func knowing(codes ...forms.Heeded) func(*forms.Deed) {
	return func(d *forms.Deed) { d.Heeded = codes }
}

// Nobody is sent to a line of another county, or of another kind than the rules
// propose, before OTDA ticks each of these: the door refuses it at the field, in
// words that say what it is, and nothing has happened. What was ticked and held
// stands on the record, for OTDA alone. A line that fits asks nothing, and one that
// changed since it was proposed asks again.
func TestNothingIsSentUnknowingly(t *testing.T) {
	const both, county, kind = "demo-ldss-tompkins-adult", "It serves Tompkins; the person is to be helped in Queens.", "It is a local department; the rules propose an RHTP provider."
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := accepted(t, s, 1, "rhtp_harbor") // sent without a tick: it fits
		take(t, s, ref, do("program", workflow.Propose, 2, func(d *forms.Deed) { d.Contact, d.Reason = both, "Her sister lives there." }))
		before := open(t, s, "program", ref).Handover[1]
		if got := saysOf(before.Heed); got != county+" "+kind {
			t.Errorf("OTDA is warned of %q", got)
		}
		for want, deed := range map[string]func(*forms.Deed){
			county + " " + kind: nil,
			kind:                knowing("another_county", "not_asked_for"),
			county:              knowing("another_kind", "age_not_known"),
		} {
			var bad forms.Problems
			_, err := s.Take(t.Context(), ref, do("program", workflow.Send, 2, deed))
			if !problemsIn(err, &bad) || len(bad) != 1 || !strings.HasSuffix(bad.Of("heeded"), ": "+want) {
				t.Errorf("want it refused for %q: %v", want, err)
			}
		}
		if now := open(t, s, "program", ref).Handover[1]; now.Rev != before.Rev || now.Status != workflow.Proposed {
			t.Errorf("what was refused changed it: %+v", now)
		}
		take(t, s, ref, do("program", workflow.Send, 2, knowing("another_kind", "another_county", "age_not_known")))
		for who, want := range map[string]string{"program": "The hand-over was sent. OTDA knew: " + county + " " + kind, "reviewer": "The hand-over was sent.", "detective": "The hand-over was sent."} {
			list := open(t, s, who, ref).Timeline
			if last := list[len(list)-1]; last.N != 2 || last.Words != want {
				t.Errorf("%s reads %+v", who, last)
			}
		}

		take(t, s, ref, do("program", workflow.Propose, 3, func(d *forms.Deed) { d.Contact, d.Reason = openDoor, "They said yes." }))
		if got := open(t, s, "program", ref).Handover[2].Heed; len(got) > 0 {
			t.Errorf("a line that fits warns: %v", got)
		}
		change(t, s, func(tx *ent.Tx) error {
			return tx.ContactPoint.Update().Where(contactpoint.Key(openDoor)).SetCounties([]string{"erie"}).Exec(viewer.Job(t.Context(), "test"))
		})
		var bad forms.Problems
		if _, err := s.Take(t.Context(), ref, do("program", workflow.Send, 3, nil)); !problemsIn(err, &bad) || !strings.Contains(bad.Of("heeded"), "It serves Erie") {
			t.Errorf("a line that moved is sent to: %v", err)
		}
	})
}

// A person who asked to be referred to nobody, or whose age is not known, is handed
// over only by somebody who says that this is known.
func TestWishesAndAgeAreHeeded(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		for _, tt := range []struct {
			name, contact string
			change        func(r *forms.Referral)
			code          forms.Heeded
		}{
			{"a wish for nobody", openDoor, func(r *forms.Referral) { r.WishedLink = []forms.Link{"neither_yet"} }, "not_asked_for"},
			{"an age that is not known", "demo-ldss-new-york-city-adult", func(r *forms.Referral) {
				r.Under18, r.Under18Then, r.Custody, r.SCR, r.HHSRequest, r.Born = "not_sure", "yes", "no", "no", "no", "unknown"
			}, "age_not_known"},
		} {
			ref := confirmedSaying(t, s, tt.change)
			rec := open(t, s, "program", ref)
			n := len(rec.Handover) + 1
			take(t, s, ref, do("program", workflow.Propose, n, func(d *forms.Deed) {
				d.Contact, d.Reason = forms.Text(tt.contact), "The person asked for it by telephone."
			}))
			var bad forms.Problems
			if _, err := s.Take(t.Context(), ref, do("program", workflow.Send, n, nil)); !problemsIn(err, &bad) || bad.Of("heeded") == "" {
				t.Errorf("%s: %v", tt.name, err)
			}
			list := open(t, s, "program", ref).Handover[n-1].Heed
			if len(list) == 0 || list[0].Code != tt.code {
				t.Errorf("%s warns of %+v", tt.name, list)
			}
			take(t, s, ref, do("program", workflow.Send, n, demo.Knowingly))
		}
	})
}
