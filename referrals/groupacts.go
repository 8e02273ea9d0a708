package referrals

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"nysreferral/ent"
	"nysreferral/ent/answers"
	"nysreferral/ent/referral"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// BeginGroup makes a group of who with the shared facts in r, or, when r is
// nil, with what the account tells, and a draft for each of so many people, 0 to
// 50. What is not shared is left out of r; a wrong shape or number is
// forms.Problems. A group counts once toward the limit of an hour.
func (s *Service) BeginGroup(ctx context.Context, who workflow.Actor, r *forms.Referral, people int) (Group, error) {
	facts := &forms.Referral{}
	if r != nil {
		facts = forms.SharedOf(r)
	}
	if err := forms.Facts.Shape(facts, s.Today()).Err(); err != nil {
		return Group{}, err
	}
	var out Group
	err := s.do(ctx, who, string(workflow.Save), "", func(ctx context.Context, tx *ent.Tx) error {
		step, err := s.mayBegin(ctx, tx, who)
		if err != nil {
			return err
		}
		source(who, facts)
		if r == nil {
			if err := s.introduce(ctx, tx, who, facts); err != nil {
				return err
			}
		}
		f, err := s.newSheet(ctx, tx, who, who.ID, facts)
		if err != nil {
			return err
		}
		if people != 0 {
			if err := s.addPeople(ctx, tx, who, f, people, &forms.Referral{}); err != nil {
				return err
			}
		}
		out, err = s.saved(ctx, tx, who, f, step)
		return err
	})
	return out, err
}

// newSheet makes the sheet of a group of that author.
func (s *Service) newSheet(ctx context.Context, tx *ent.Tx, who workflow.Actor, author int, facts *forms.Referral) (*file, error) {
	f, err := s.begun(who, facts)
	if err != nil {
		return nil, err
	}
	f.row.AuthorID, f.sheet = author, &sheet{People: []placed{}}
	return f, s.firstDraft(ctx, tx, f, who)
}

// addPeople makes a draft for each of n more people of the group f. Each begins
// with what apart says, and else with the shared facts.
func (s *Service) addPeople(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file, n int, apart *forms.Referral) error {
	refs := make([]string, len(f.sheet.People))
	for i, p := range f.sheet.People {
		refs[i] = p.Ref
	}
	there, err := tx.Referral.Query().Where(referral.RefIn(refs...)).Select(referral.FieldRef).Strings(ctx)
	if err != nil {
		return fmt.Errorf("referrals: reading a group: %w", err)
	}
	if n < 1 || n+len(there) > mostPeople {
		return forms.Problems{{ID: "people", Field: "people", Message: fmt.Sprintf("A group holds 1 to %d people, and this one has %d. Enter how many to add; begin another group for more.", mostPeople, len(there))}}
	}
	given, err := forms.Facts.JSON(f.answers)
	if err != nil {
		return fmt.Errorf("referrals: writing shared facts: %w", err)
	}
	f.sheet.People = slices.DeleteFunc(f.sheet.People, func(p placed) bool { return !slices.Contains(there, p.Ref) }) // discarded since
	for range n {
		r := *apart
		forms.Take(&r, f.answers, forms.SharedOperation)
		source(who, &r)
		one, err := s.begun(who, &r)
		if err != nil {
			return err
		}
		one.group = membership{Group: f.row.Ref, Given: given}
		if err := s.firstDraft(ctx, tx, one, who); err != nil {
			return err
		}
		f.sheet.Last++
		f.sheet.People = append(f.sheet.People, placed{N: f.sheet.Last, Ref: one.row.Ref})
	}
	return s.keepDraft(ctx, tx, f, who, false)
}

// saved records that the group f was written, and returns it.
func (s *Service) saved(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file, step workflow.Step) (Group, error) {
	out, err := s.group(ctx, tx, who, f)
	if err != nil {
		return out, err
	}
	l := s.line(who, string(workflow.Save), out.refs()...)
	l.Rule = step.Law
	return out, s.record(ctx, tx, l)
}

// refs are the references that a group shows, its own first.
func (g Group) refs() []string {
	return append([]string{g.Reference}, refsOf(g.People, func(m Member) string { return m.Reference })...)
}

// group makes what who sees of the group f.
func (s *Service) group(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file) (Group, error) {
	rows, numbers, err := s.rowsIn(ctx, tx, f, seenBy(who))
	if err != nil {
		return Group{}, err
	}
	out := s.outline(f, rows)
	for i, row := range rows {
		m := Member{Line: lineOf(who, row), N: numbers[i]}
		if m.Status != workflow.Draft {
			if err := s.fillLine(ctx, tx, who, row, &m.Line); err != nil {
				return Group{}, err
			}
			out.People = append(out.People, m)
			continue
		}
		draft, before, err := s.draftIn(ctx, tx, who, row.Ref)
		if err != nil {
			return Group{}, err
		}
		changed, apart := forms.Carry(draft.answers, before, f.answers)
		out.Behind, out.Apart = out.Behind+min(changed, 1), out.Apart+min(apart, 1)
		bad := s.against(draft.answers)
		m.Missing, m.Amiss, m.Group = len(bad), forms.Questions.Amiss(draft.answers, bad), f.row.Ref
		out.People = append(out.People, m)
	}
	return out, nil
}

// draftIn opens the draft of one person of a group, with the shared facts as it
// was given them.
func (s *Service) draftIn(ctx context.Context, tx *ent.Tx, who workflow.Actor, ref string) (*file, *forms.Referral, error) {
	draft, _, err := s.visible(ctx, tx, who, ref)
	if err != nil {
		return nil, nil, err
	}
	before := &forms.Referral{}
	if len(draft.group.Given) > 0 {
		if err := json.Unmarshal(draft.group.Given, before); err != nil {
			return nil, nil, fmt.Errorf("referrals: reading shared facts: %w", err)
		}
	}
	return draft, before, nil
}

// eachDraft calls what for every draft of the group f that who may change, with
// the shared facts as it was given them.
func (s *Service) eachDraft(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file, what func(draft *file, before *forms.Referral) error) error {
	rows, _, err := s.rowsIn(ctx, tx, f, func(r *ent.Referral) bool { return r.Status == string(workflow.Draft) && seenBy(who)(r) })
	if err != nil {
		return err
	}
	for _, row := range rows {
		draft, before, err := s.draftIn(ctx, tx, who, row.Ref)
		if err != nil {
			return err
		}
		if err := what(draft, before); err != nil {
			return err
		}
	}
	return nil
}

// OpenGroup returns the group ref, which is its own reference or that of one of
// its people, to its referrer and the agency's lead. To everybody else, the
// State among them, it is fault.Absent. One line in the log names all that it
// showed, as for any list.
func (s *Service) OpenGroup(ctx context.Context, who workflow.Actor, ref string) (Group, error) {
	var out Group
	err := s.do(ctx, who, "list", ref, func(ctx context.Context, tx *ent.Tx) error {
		f, err := s.ownSheet(ctx, tx, who, ref)
		if err != nil {
			return err
		}
		if out, err = s.group(ctx, tx, who, f); err != nil {
			return err
		}
		return s.record(ctx, tx, s.line(who, "list", out.refs()...))
	})
	return out, err
}

// onSheet does what to the group at, as its referrer saw it.
func (s *Service) onSheet(ctx context.Context, who workflow.Actor, at Seen, what func(ctx context.Context, tx *ent.Tx, f *file, step workflow.Step) error) error {
	return s.do(ctx, who, string(workflow.Save), at.Ref, func(ctx context.Context, tx *ent.Tx) error {
		f, err := s.ownSheet(ctx, tx, who, at.Ref)
		if err != nil {
			return err
		}
		step, err := workflow.Next(who, workflow.Save, f.status(), s.circumstances(f, nil))
		if err != nil {
			return refused(err)
		}
		if err := s.move(ctx, tx, f, at.Rev, nil); err != nil {
			return err
		}
		f.row.Rev = at.Rev + 1
		return what(ctx, tx, f, step)
	})
}

// EditGroup changes the shared facts of the group at: change fills them in, and
// what it finds wrong, or what has a wrong shape afterwards, comes back as
// forms.Problems and nothing is kept. No person's referral changes; see
// CarryFacts. Another revision is fault.Conflict.
func (s *Service) EditGroup(ctx context.Context, who workflow.Actor, at Seen, change func(r *forms.Referral) forms.Problems) (Group, error) {
	var out Group
	err := s.onSheet(ctx, who, at, func(ctx context.Context, tx *ent.Tx, f *file, step workflow.Step) error {
		problems := change(f.answers)
		f.answers = forms.SharedOf(f.answers)
		source(who, f.answers)
		for _, p := range forms.Facts.Shape(f.answers, s.Today()) {
			if problems.Of(p.Field) == "" {
				problems = append(problems, p)
			}
		}
		if err := problems.Err(); err != nil {
			return err
		}
		if err := s.keepDraft(ctx, tx, f, who, false); err != nil {
			return err
		}
		var err error
		out, err = s.saved(ctx, tx, who, f, step)
		return err
	})
	return out, err
}

// AddPeople makes drafts for n more people of the group at. They were found in
// county, or, when it is "", where the shared facts say.
func (s *Service) AddPeople(ctx context.Context, who workflow.Actor, at Seen, n int, county forms.County) (Group, error) {
	apart := &forms.Referral{Source: forms.Source{CountyFound: county}}
	if err := forms.Facts.Shape(apart, s.Today()).Err(); err != nil {
		return Group{}, err
	}
	var out Group
	err := s.onSheet(ctx, who, at, func(ctx context.Context, tx *ent.Tx, f *file, step workflow.Step) error {
		if err := s.addPeople(ctx, tx, who, f, n, apart); err != nil {
			return err
		}
		var err error
		out, err = s.saved(ctx, tx, who, f, step)
		return err
	})
	return out, err
}

// CarryFacts brings the shared facts of the group at into its drafts, where they
// still say what was shared before. What was written for one person alone stays,
// and what was sent is never touched.
func (s *Service) CarryFacts(ctx context.Context, who workflow.Actor, at Seen) (Group, error) {
	var out Group
	err := s.onSheet(ctx, who, at, func(ctx context.Context, tx *ent.Tx, f *file, step workflow.Step) error {
		given, err := forms.Facts.JSON(f.answers)
		if err != nil {
			return fmt.Errorf("referrals: writing shared facts: %w", err)
		}
		err = s.eachDraft(ctx, tx, who, f, func(draft *file, before *forms.Referral) error {
			if n, _ := forms.Carry(draft.answers, before, f.answers); n == 0 {
				return nil
			}
			draft.group.Given = given
			if err := s.move(ctx, tx, draft, draft.row.Rev, nil); err != nil {
				return err
			}
			return s.keepDraft(ctx, tx, draft, who, false)
		})
		if err != nil {
			return err
		}
		out, err = s.saved(ctx, tx, who, f, step)
		return err
	})
	return out, err
}

// DiscardGroup destroys the drafts of the group at, and the group itself when
// nobody is left in it. What was sent stays.
func (s *Service) DiscardGroup(ctx context.Context, who workflow.Actor, at Seen) error {
	return s.onSheet(ctx, who, at, func(ctx context.Context, tx *ent.Tx, f *file, _ workflow.Step) error {
		step, err := workflow.Next(who, workflow.Discard, f.status(), s.circumstances(f, nil))
		if err != nil {
			return refused(err)
		}
		refs := []string{f.row.Ref}
		err = s.eachDraft(ctx, tx, who, f, func(draft *file, _ *forms.Referral) error {
			refs = append(refs, draft.row.Ref)
			return s.destroy(ctx, tx, draft, draft.row.Rev)
		})
		if err != nil {
			return err
		}
		left, _, err := s.rowsIn(ctx, tx, f, func(*ent.Referral) bool { return true })
		if err != nil {
			return err
		}
		if len(left) == 0 {
			if err := s.destroy(ctx, tx, f, f.row.Rev); err != nil {
				return err
			}
		}
		l := s.line(who, string(workflow.Discard), refs...)
		l.Rule = step.Law
		return s.record(ctx, tx, l)
	})
}

// destroy takes a draft away: the row goes, and with it the only key.
func (s *Service) destroy(ctx context.Context, tx *ent.Tx, f *file, rev int) error {
	if err := s.dropFiles(ctx, tx, f.row.ID); err != nil {
		return err
	}
	if _, err := tx.Answers.Delete().Where(answers.ReferralID(f.row.ID), answers.Version(0)).Exec(ctx); err != nil {
		return fmt.Errorf("referrals: discarding: %w", err)
	}
	n, err := tx.Referral.Delete().Where(referral.ID(f.row.ID), referral.Rev(rev)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("referrals: discarding: %w", err)
	}
	if n == 0 {
		return s.movedOn(f)
	}
	return nil
}
