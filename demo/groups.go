package demo

import (
	"context"
	"fmt"

	"nysreferral/cases"
	"nysreferral/forms"
	"nysreferral/referrals"
)

// Gatherer is the account that refers in the case of several people.
const Gatherer = "trooper"

// Operation returns what is typed once in case n, and what is said of each of
// its people, with the dates moved when day is not "".
func Operation(n int, day forms.Date) (*forms.Referral, []*forms.Referral, error) {
	g := cases.LoadGroup(n)
	facts := &forms.Referral{}
	if err := forms.Facts.DecodeJSON(facts, g.Shared).Err(); err != nil {
		return nil, nil, fmt.Errorf("demo: case %d: %w", n, err)
	}
	if err := moved(facts, g.Now, day); err != nil {
		return nil, nil, fmt.Errorf("demo: case %d: %w", n, err)
	}
	people := make([]*forms.Referral, len(g.People))
	for i, answers := range g.People {
		people[i] = &forms.Referral{}
		if err := forms.Questions.DecodeJSON(people[i], answers).Err(); err != nil {
			return nil, nil, fmt.Errorf("demo: case %d: %w", n, err)
		}
		if err := moved(people[i], g.Now, day); err != nil {
			return nil, nil, fmt.Errorf("demo: case %d: %w", n, err)
		}
	}
	return facts, people, nil
}

// Gather makes the group of case n with drafts of its first people, filled in,
// with the dates moved when day is not "".
func (s *State) Gather(ctx context.Context, n, people int, day forms.Date) (referrals.Group, error) {
	facts, said, err := Operation(n, day)
	if err != nil {
		return referrals.Group{}, err
	}
	who := s.As(Gatherer)
	g, err := s.Door.BeginGroup(ctx, who, facts, people)
	if err != nil {
		return g, fmt.Errorf("demo: case %d: %w", n, err)
	}
	for i, m := range g.People {
		if _, err := s.Door.Edit(ctx, who, referrals.Seen{Ref: m.Reference, Rev: m.Rev}, Says(said[i])); err != nil {
			return g, fmt.Errorf("demo: case %d, person %d: %w", n, m.N, err)
		}
	}
	g, err = s.Door.OpenGroup(ctx, who, g.Reference)
	if err != nil {
		return g, fmt.Errorf("demo: case %d: %w", n, err)
	}
	return g, nil
}

// gatherSome leaves a group of which some are sent, one is ready, and of one
// nothing is said yet.
func (s *State) gatherSome(ctx context.Context) error {
	g, err := s.Gather(ctx, 15, 4, s.Door.Today())
	if err != nil {
		return err
	}
	who := s.As(Gatherer)
	var at []referrals.Seen
	for _, m := range g.People[:3] {
		at = append(at, referrals.Seen{Ref: m.Reference, Rev: m.Rev})
	}
	sent, err := s.Door.SubmitGroup(ctx, who, g.Reference, at, "")
	if err != nil {
		return fmt.Errorf("demo: case 15: %w", err)
	}
	for _, one := range sent {
		if one.Err != nil {
			return fmt.Errorf("demo: case 15, person %d: %w", one.N, one.Err)
		}
	}
	if _, err := s.Door.AddPeople(ctx, who, referrals.Seen{Ref: g.Reference, Rev: g.Rev}, 1, "suffolk"); err != nil {
		return fmt.Errorf("demo: case 15: %w", err)
	}
	return nil
}

// Says fills in what is said of one person, and leaves the shared facts where
// nothing else is said.
func Says(own *forms.Referral) func(r *forms.Referral) forms.Problems {
	return func(r *forms.Referral) forms.Problems {
		said := *own
		forms.Take(&said, r, forms.SharedOperation)
		*r = said
		return nil
	}
}
