package referrals

import (
	"context"
	"fmt"

	"nysreferral/ent"
	"nysreferral/ent/user"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// sight is how one actor sees one referral: as which reader, how much, and by
// way of which hand-over.
type sight struct {
	extent workflow.Extent
	reader forms.Reader
	c      workflow.Circumstances
	via    *passed // a recipient's own hand-over: of several the one that shows most

	own map[int]workflow.Extent // all that a recipient sees, by number, and how much each shows
}

// shows reports whether the reader sees hand-over h: a recipient each of its own.
func (l sight) shows(h *passed) bool {
	return l.via == nil || l.via.N == h.N || l.own[h.N] != workflow.Nothing
}

// gives reports whether the reader has the packet of h: a recipient once it
// accepted that one.
func (l sight) gives(h *passed) bool {
	return l.via == nil || l.own[h.N] == workflow.Whole
}

// visible opens the referral ref and returns how who sees it. What cannot be
// seen is absent, and so is what is no referral.
func (s *Service) visible(ctx context.Context, tx *ent.Tx, who workflow.Actor, ref string) (*file, sight, error) {
	f, err := s.open(ctx, tx, ref)
	if err != nil {
		return nil, sight{}, err
	}
	if f.sheet != nil {
		return nil, sight{}, fault.Absent()
	}
	look := s.look(f, who)
	if look.extent == workflow.Nothing {
		return nil, sight{}, fault.Absent()
	}
	f.reader = look.reader
	return f, look, nil
}

// look finds how who sees f: a recipient by the hand-over that shows most. By
// several lines of the directory an agency can have several of one person, and acts
// on each.
func (s *Service) look(f *file, who workflow.Actor) sight {
	best := sight{c: s.circumstances(f, nil)}
	if who.Duty != workflow.Recipient {
		best.extent = workflow.Look(who, f.status(), best.c)
		best.reader = forms.Reader(workflow.Sees(who, workflow.Owns(who, best.c)))
		return best
	}
	own := map[int]workflow.Extent{}
	for _, h := range f.handovers {
		c := s.circumstances(f, h)
		extent := workflow.Look(who, f.status(), c)
		if extent != workflow.Nothing {
			own[h.N] = extent
		}
		if extent <= best.extent {
			continue
		}
		best = sight{extent: extent, c: c, via: h, own: own, reader: forms.Reader(workflow.Sees(who, workflow.Owns(who, c)))}
		if extent == workflow.Outline {
			best.reader = forms.ReadsWaiting
		}
	}
	return best
}

// view computes what the sight shows: the one place where a reader's view of a
// referral is made.
func (s *Service) view(f *file, look sight, revealed map[string]bool) forms.View {
	if look.extent == workflow.Outline && look.reader != forms.ReadsWaiting {
		return forms.View{Reader: look.reader} // withdrawn: nothing but the dates
	}
	state := s.review(f)
	return forms.NewView(s.how(f, look, revealed), f.withStates(), &state, s.routesFor(f, look)...)
}

// how is what a view or a change is made by.
func (s *Service) how(f *file, look sight, revealed map[string]bool) forms.Sight {
	how := forms.Sight{Reader: look.reader, Consulting: look.c.ConsultationOpen, Revealed: revealed, Health: f.answers.ReleaseHealth == "yes"}
	if look.via != nil {
		how.Release = look.c.ReleaseAllows
	}
	return how
}

func (s *Service) routesFor(f *file, look sight) []forms.NumberedRoute {
	var out []forms.NumberedRoute
	for _, h := range f.handovers {
		if !look.shows(h) || !h.told(look.reader) {
			continue
		}
		r := f.routeFacts(h)
		r.Scope = s.offered(f.answers)
		out = append(out, forms.NumberedRoute{N: h.N, Route: &r})
	}
	return out
}

// namesOf returns the names of accounts.
func namesOf(ctx context.Context, tx *ent.Tx, ids []int) (map[int]string, error) {
	users, err := tx.User.Query().Where(user.IDIn(ids...)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading names: %w", err)
	}
	out := make(map[int]string, len(users))
	for _, u := range users {
		out[u.ID] = u.Name
	}
	return out, nil
}
