package referrals

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"nysreferral/ent"
	"nysreferral/ent/referral"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// Another begins a draft for another person with the same facts as ref: a group,
// or a draft or referral of the actor's own. One that stood alone becomes the
// first of a group with the facts of its encounter; nothing that was said of its
// person, or of what happened, goes over. own are answers of the new person, nil
// for none; they go before what is shared.
func (s *Service) Another(ctx context.Context, who workflow.Actor, ref string, own *forms.Referral) (Seen, error) {
	if own == nil {
		own = &forms.Referral{}
	}
	if err := forms.Questions.Shape(own, s.Today()).Err(); err != nil {
		return Seen{}, err
	}
	var seen Seen
	err := s.do(ctx, who, string(workflow.Save), ref, func(ctx context.Context, tx *ent.Tx) error {
		refs := []string{}
		f, err := s.ownSheet(ctx, tx, who, ref)
		switch {
		case fault.KindOf(err) == fault.NotFound:
			if f, err = s.gatherFrom(ctx, tx, who, ref); err != nil {
				return err
			}
			refs = append(refs, f.sheet.People[0].Ref)
		case err != nil:
			return err
		}
		step, err := workflow.Next(who, workflow.Save, f.status(), s.circumstances(f, nil))
		if err != nil {
			return refused(err)
		}
		if err := s.move(ctx, tx, f, f.row.Rev, nil); err != nil {
			return err
		}
		if err := s.addPeople(ctx, tx, who, f, 1, own); err != nil {
			return err
		}
		seen = Seen{Ref: f.sheet.People[len(f.sheet.People)-1].Ref, Rev: 1}
		l := s.line(who, string(workflow.Save), append(refs, f.row.Ref, seen.Ref)...)
		l.Rule = step.Law
		return s.record(ctx, tx, l)
	})
	return seen, err
}

// gatherFrom makes a group around the referral ref, which stood alone.
func (s *Service) gatherFrom(ctx context.Context, tx *ent.Tx, who workflow.Actor, ref string) (*file, error) {
	f, look, err := s.visible(ctx, tx, who, ref)
	if err != nil {
		return nil, err
	}
	if look.extent != workflow.Whole || who.Duty != workflow.Referrer {
		return nil, fault.Absent()
	}
	if _, err := s.mayBegin(ctx, tx, who); err != nil {
		return nil, err
	}
	facts := &forms.Referral{}
	source(who, facts)
	forms.Take(facts, f.answers, forms.SharedEncounter)
	group, err := s.newSheet(ctx, tx, who, f.row.AuthorID, facts)
	if err != nil {
		return nil, err
	}
	group.sheet.People, group.sheet.Last = []placed{{N: 1, Ref: f.row.Ref}}, 1
	return group, s.join(ctx, tx, who, f, group)
}

// join seals beside the referral f that it is of the group. What was sent keeps
// its answers, its digest and its revision.
func (s *Service) join(ctx context.Context, tx *ent.Tx, who workflow.Actor, f, group *file) error {
	if f.status() == workflow.Draft {
		given, err := forms.Facts.JSON(group.answers)
		if err != nil {
			return fmt.Errorf("referrals: writing shared facts: %w", err)
		}
		f.group = membership{Group: group.row.Ref, Given: given}
		if err := s.move(ctx, tx, f, f.row.Rev, nil); err != nil {
			return err
		}
		return s.keepDraft(ctx, tx, f, who, false)
	}
	var kept keptFacets
	if err := f.unseal(f.row.Facets, facetsAt(f.row.Ref), &kept); err != nil {
		return err
	}
	kept.Group = group.row.Ref
	sealed, err := f.sealed(kept, facetsAt(f.row.Ref))
	if err != nil {
		return err
	}
	n, err := tx.Referral.Update().Where(referral.ID(f.row.ID), referral.Facets(f.row.Facets)).SetFacets(sealed).Save(ctx)
	if err != nil {
		return fmt.Errorf("referrals: joining a group: %w", err)
	}
	if n == 0 {
		return s.movedOn(f)
	}
	return nil
}

// Sent is what became of one person's draft when several were sent.
type Sent struct {
	N         int // the person's number
	Reference string
	Receipt   Receipt // when Err is nil
	Err       error   // why it was not sent, or nil: forms.Problems, a refusal, or our own failure
}

// SubmitGroup sends those drafts of the group ref that at names, each as the
// actor saw it and as a unit of work of its own: what stands against one keeps
// no other back. The same key again gives the same receipts, and sends none
// twice. A draft that is not of the group is fault.Absent and nothing is sent.
func (s *Service) SubmitGroup(ctx context.Context, who workflow.Actor, ref string, at []Seen, key string) ([]Sent, error) {
	var group *file
	at = slices.Clone(at)
	err := s.do(ctx, who, string(workflow.Submit), ref, func(ctx context.Context, tx *ent.Tx) error {
		var err error
		if group, err = s.ownSheet(ctx, tx, who, ref); err != nil {
			return err
		}
		for i, one := range at {
			at[i].Ref, _ = forms.ParseReference(one.Ref)
			if group.number(at[i].Ref) == 0 {
				return fault.Absent()
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(at) == 0 || len(at) > mostPeople {
		return nil, forms.Problems{{ID: "drafts", Field: "drafts", Message: "Say which drafts are to be sent, each once."}}
	}
	out := make([]Sent, 0, len(at))
	for _, one := range at {
		if slices.ContainsFunc(out, func(s Sent) bool { return s.Reference == one.Ref }) {
			continue
		}
		own := key
		if own != "" {
			own += " " + one.Ref
		}
		result := Sent{N: group.number(one.Ref), Reference: one.Ref}
		result.Receipt, result.Err = s.Submit(ctx, who, one, own)
		out = append(out, result)
		if errors.Is(result.Err, context.Canceled) || errors.Is(result.Err, context.DeadlineExceeded) {
			break
		}
	}
	return out, nil
}

// number is the number of a person of the group f, 0 when there is none.
func (f *file) number(ref string) int {
	for _, p := range f.sheet.People {
		if p.Ref == ref {
			return p.N
		}
	}
	return 0
}
