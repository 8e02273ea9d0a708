package referrals

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"nysreferral/ent"
	"nysreferral/ent/letter"
	"nysreferral/ent/task"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// ActLetter does one step on letter at.N of the referral at.Ref, whose revision
// the actor saw. To sign with at.N 0 is to sign all letters that wait for the
// actor. Refusals are those of Act.
//
// Law: SSL 483-cc(b): the finding is reported by the way that is safe.
func (s *Service) ActLetter(ctx context.Context, who workflow.Actor, at Seen, do workflow.Action, deed *forms.Deed) (Record, error) {
	var out Record
	err := s.do(ctx, who, "letter_"+string(do), at.Ref, func(ctx context.Context, tx *ent.Tx) error {
		f, look, err := s.visible(ctx, tx, who, at.Ref)
		if err != nil {
			return err
		}
		if err := spoken(deed); err != nil {
			return err
		}
		list, err := s.meant(ctx, tx, who, f, look, at.N, do)
		if err != nil {
			return err
		}
		if err := s.actLetters(ctx, tx, who, f, at.Rev, list, do, deed); err != nil {
			return err
		}
		out, err = s.after(ctx, tx, who, at.Ref, "letter_"+string(do))
		return err
	})
	return out, err
}

// meant are the letters that an act is about: one that the actor sees, or all
// that wait for the actor's signature.
func (s *Service) meant(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file, look sight, n int, do workflow.Action) ([]*posted, error) {
	list, err := s.posts(ctx, tx, f)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(p *posted) bool {
		if n != 0 {
			return p.N != n || !shows(f, look, p)
		}
		return p.status != workflow.Prepared || !slices.Contains(p.about().Signers, who.Duty) || !shows(f, look, p)
	})
	switch {
	case len(list) > 0:
		return list, nil
	case n == 0 && do == workflow.Sign && slices.Contains([]workflow.Duty{workflow.Program, workflow.Director}, who.Duty):
		return nil, fault.New(fault.Conflict, "No letter waits for your signature. Look at the letters again: a colleague may have signed them.")
	}
	return nil, fault.Absent()
}

func (s *Service) actLetters(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file, rev int, list []*posted, do workflow.Action, deed *forms.Deed) error {
	if rev != f.row.Rev {
		return s.movedOn(f)
	}
	wrong := forms.FormOf("letter."+string(do)).Check(deed, s.Today())
	var law string
	for _, p := range list {
		c := s.ofLetter(f, p)
		c.HasReason = deed.Reason != ""
		if do == workflow.Deliver {
			c.Way = workflow.Way(deed.Way)
		}
		step, err := workflow.NextLetter(who, do, p.status, c)
		var no *workflow.Refusal
		if errors.As(err, &no) && len(wrong) > 0 && no.Guard.Condition().OnPage {
			break // what the page asks is said at its field
		}
		if err != nil {
			return refused(err)
		}
		law = step.Law
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	if err := s.move(ctx, tx, f, rev, nil); err != nil {
		return err
	}
	numbers := make([]string, len(list))
	for i, p := range list {
		if err := s.actLetter(ctx, tx, who, f, p, do, deed); err != nil {
			return err
		}
		numbers[i] = fmt.Sprint(p.N)
	}
	if err := s.settle(ctx, tx, f, who); err != nil {
		return err
	}
	l := s.line(who, "letter_"+string(do), f.row.Ref)
	l.Rule, l.Reason = law, "letter "+strings.Join(numbers, ", ")
	return s.record(ctx, tx, l)
}

// actLetter does the step on one letter, and what comes with it.
func (s *Service) actLetter(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file, p *posted, do workflow.Action, deed *forms.Deed) error {
	one := *deed
	switch do {
	case workflow.Sign:
		if err := s.signable(p, &one); err != nil {
			return err
		}
	case workflow.Deliver:
		if err := p.Update().SetSentAt(s.now()).ClearAcknowledgedAt().Exec(ctx); err != nil {
			return fmt.Errorf("referrals: sending a letter: %w", err)
		}
	case workflow.HandOver:
		if err := p.Update().SetAcknowledgedAt(s.now()).Exec(ctx); err != nil {
			return fmt.Errorf("referrals: handing a letter over: %w", err)
		}
	}
	if err := s.enterLetter(ctx, tx, f, who, do, &one, p); err != nil {
		return err
	}
	switch do {
	case workflow.Sign:
		return s.freeze(ctx, tx, f, p)
	case workflow.Deliver:
		if p.way == workflow.ByReferrer || p.way == workflow.OnPage {
			return s.later(ctx, tx, Mail{User: f.row.AuthorID, What: "waiting"})
		}
	case workflow.CouldNot:
		return s.later(ctx, tx, Mail{Duty: p.about().Signers[0], What: "waiting"})
	}
	return nil
}

// signable says what is wrong with the words that are to stand on a letter: a
// harmless letter carries none that tells what happened, not even in a title.
func (s *Service) signable(p *posted, deed *forms.Deed) error {
	var bad forms.Problems
	l := p.about()
	if deed.Language == "" {
		deed.Language = english
	}
	if !slices.Contains(s.Languages(), string(deed.Language)) {
		bad = append(bad, forms.Problem{ID: "language", Field: "language", Message: "The letters are not translated into this language yet. Choose one that they are translated into."})
	}
	if p.Kind != workflow.LetterNotConfirmed {
		deed.ForPerson = "" // a reason belongs to a decline alone
	} else if deed.ForPerson == "" {
		bad = append(bad, forms.Problem{ID: "reasonForPerson", Field: "reasonForPerson", Message: forms.FormOf("").Field("reasonForPerson").Missing})
	}
	if l.Harmless {
		bad = append(bad, harmless("title", string(deed.Title))...)
		bad = append(bad, harmless("reasonForPerson", string(deed.ForPerson))...)
	}
	return bad.Err()
}

// harmless refuses words that would harm the person if somebody else opened the
// letter. The words are named: they are the signer's own.
func harmless(field, text string) forms.Problems {
	found := workflow.Harmful(text)
	if len(found) == 0 {
		return nil
	}
	return forms.Problems{{ID: field, Field: field, Message: "Somebody else may open the letter to the person. Say it without these words: " + strings.Join(found, ", ") + "."}}
}

// Languages are the languages that letters can be written in.
func (s *Service) Languages() []string {
	if len(s.Options.Languages) == 0 {
		return []string{english}
	}
	return s.Options.Languages
}

// freeze keeps with the letter the contacts that it names and the version of the
// answers that it is about, as they stand now, and has it drawn: what was signed does not change.
func (s *Service) freeze(ctx context.Context, tx *ent.Tx, f *file, p *posted) error {
	var err error
	if p.Help, err = s.helpFor(ctx, tx, f, p.Kind); err != nil {
		return err
	}
	p.Version = f.version
	sealed, err := f.sealed(p.post, letterAt(f.row.Ref, p.N))
	if err != nil {
		return err
	}
	if err := tx.Letter.Update().Where(letter.ID(p.ID)).SetSealed(sealed).Exec(ctx); err != nil {
		return fmt.Errorf("referrals: signing a letter: %w", err)
	}
	return s.later(ctx, tx, DrawLetter{Ref: f.row.Ref, N: p.N})
}

// setTasks opens the tasks that must be open and are not, and ends the others.
func (s *Service) setTasks(ctx context.Context, tx *ent.Tx, f *file, who workflow.Actor, want []wanted) error {
	rows, err := tx.Task.Query().Where(task.ReferralID(f.row.ID), task.Handover(0), task.DoneAtIsNil()).All(ctx)
	if err != nil {
		return fmt.Errorf("referrals: reading tasks: %w", err)
	}
	var add []newTask
	for _, w := range want {
		found := false
		for _, row := range rows {
			var a about
			if err := f.unseal(row.Sealed, taskAt(f.row.Ref, row.CreatedAt), &a); err != nil {
				return err
			}
			if a.Kind != w.kind || row.Duty != string(w.duty) {
				continue
			}
			found = true
			if w.open {
				continue
			}
			up := row.Update().SetDoneAt(s.now())
			if who.ID != 0 {
				up.SetDoneByID(who.ID)
			}
			if err := up.Exec(ctx); err != nil {
				return fmt.Errorf("referrals: ending a task: %w", err)
			}
		}
		if w.open && !found {
			t := newTask{kind: w.kind, duty: w.duty, due: w.due}
			if w.duty == workflow.Referrer {
				t.agency = f.row.AgencyID
			}
			add = append(add, t)
		}
	}
	return s.addTasks(ctx, tx, f, add...)
}
