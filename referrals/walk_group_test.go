package referrals_test

import (
	"slices"

	"nysreferral/demo"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// encounter is a group of a walk, with what its people tell.
type encounter struct {
	ref  string
	said []*forms.Referral
}

// group does one thing to an encounter of several people: begins one, or has its
// referrer, or now and then anybody else, change it, add to it or send of it.
// Whoever is not of the agency finds nothing, and each one who is sent goes on
// alone.
func (w *walk) group() {
	if len(w.groups) == 0 || w.chance.IntN(6) == 0 {
		w.gather()
		return
	}
	g := one(w, w.groups)
	who := w.s.Account(demo.Gatherer)
	if w.chance.IntN(6) == 0 {
		who = one(w, w.s.Accounts)
	}
	now, err := w.s.Door.OpenGroup(w.t.Context(), who.Actor, g.ref)
	if err != nil {
		if fault.KindOf(err) != fault.NotFound || who.Key == demo.Gatherer {
			w.t.Errorf("%s opens a group: %v", who.Key, err)
		}
		return
	}
	if owner := w.s.As(demo.Gatherer); who.Actor.ID != owner.ID && (who.Actor.Agency != owner.Agency || !who.Actor.Lead) {
		w.t.Errorf("%s opens the group of another", who.Key)
	}
	w.ofGroup(who.Actor, g, now)
}

func (w *walk) gather() {
	g, err := w.s.Gather(w.t.Context(), 15, 2, w.s.Door.Today())
	if err != nil {
		w.t.Error(err)
		return
	}
	_, said, err := demo.Operation(15, w.s.Door.Today())
	if err != nil {
		w.t.Error(err)
		return
	}
	w.groups = append(w.groups, encounter{g.Reference, said})
	w.done["group begin"]++
}

// ofGroup does one thing to a group as it stands.
func (w *walk) ofGroup(who workflow.Actor, g encounter, now referrals.Group) {
	ctx, door, at := w.t.Context(), w.s.Door, referrals.Seen{Ref: now.Reference, Rev: now.Rev}
	var drafts []referrals.Seen
	for _, m := range now.People {
		if m.Status == workflow.Draft {
			drafts = append(drafts, referrals.Seen{Ref: m.Reference, Rev: m.Rev})
		}
	}
	what, err := one(w, []string{"edit", "carry", "add", "fill", "send", "send"}), error(nil)
	switch {
	case what == "edit":
		_, err = door.EditGroup(ctx, who, at, func(r *forms.Referral) forms.Problems {
			r.PlacesUnknown = !r.PlacesUnknown
			return nil
		})
	case what == "carry":
		_, err = door.CarryFacts(ctx, who, at)
	case what == "add":
		_, err = door.AddPeople(ctx, who, at, 1, "suffolk")
	case len(drafts) == 0:
		return
	case what == "fill":
		_, err = door.Edit(ctx, who, one(w, drafts), demo.Says(one(w, g.said)))
	default:
		err = w.sendSome(who, now, drafts)
	}
	switch {
	case err == nil:
		w.done["group "+what]++
	case !slices.Contains([]fault.Kind{fault.NotFound, fault.Forbidden, fault.Conflict, fault.Invalid}, fault.KindOf(err)):
		if _, told := err.(forms.Problems); !told {
			w.t.Errorf("group %s: %v", what, err)
		}
	}
}

// sendSome sends some of the drafts; what is not ready stays a draft, and the
// others go all the same.
func (w *walk) sendSome(who workflow.Actor, now referrals.Group, drafts []referrals.Seen) error {
	some := drafts[:1+w.chance.IntN(len(drafts))]
	sent, err := w.s.Door.SubmitGroup(w.t.Context(), who, now.Reference, some, "")
	for _, m := range sent {
		if row := w.row(m.Reference); (m.Err == nil) != (row.Status == string(workflow.Submitted)) {
			w.t.Errorf("person %d was sent with %v, and stands at %s", m.N, m.Err, row.Status)
		}
	}
	for _, m := range sent {
		if m.Err == nil {
			w.refs = append(w.refs, m.Reference) // one of them is gone on with
			break
		}
	}
	return err
}
