package referrals

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"nysreferral/ent"
	"nysreferral/ent/disclosure"
	"nysreferral/ent/document"
	"nysreferral/ent/letter"
	"nysreferral/ent/predicate"
	"nysreferral/ent/task"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/workflow"
)

func letterOf(f *file) predicate.Letter { return letter.ReferralID(f.row.ID) }

func paperOf(f *file) predicate.Document { return document.ReferralID(f.row.ID) }

// Draws draws a paper.
type Draws func(context.Context, Paper) ([]byte, error)

// Disclose does one step of a disclosure. To approve makes and seals the package
// in the same unit of work, drawn by draw: it is there, or nothing happened. It
// returns forms.Problems for what is missing, fault.Conflict when the disclosure
// or the referral moved on, fault.Forbidden to whoever had a hand in what is to
// be approved, and fault.Unavailable where nothing can be drawn.
func (s *Service) Disclose(ctx context.Context, who workflow.Actor, a DisclosureAct, draw Draws) (Disclosure, error) {
	var out Disclosure
	action := "disclosure_" + string(a.Do)
	err := s.do(ctx, who, action, a.Ref, func(ctx context.Context, tx *ent.Tx) error {
		f, look, err := s.disclosing(ctx, tx, who, a.Ref)
		if err != nil {
			return err
		}
		one, err := s.answeringOf(ctx, tx, f, a)
		if err != nil {
			return err
		}
		step, err := s.stepOf(who, look, a, one)
		var bad forms.Problems
		if err != nil && !errors.As(err, &bad) {
			return err
		}
		if err := bothWrong(bad, s.takeIn(f, a, &one)); err != nil {
			return err
		}
		if step.Do != workflow.ApproveDisclosure && !slices.Contains(one.about.Hands, who.ID) {
			one.about.Hands = append(one.about.Hands, who.ID)
		}
		reason, _ := tidyReason(a.Reason)
		one.about.Said = append(one.about.Said, holdSaid{a.Do, s.now(), who.ID, reason})
		if err := s.keepDisclosure(ctx, tx, who, f, &one, step); err != nil {
			return err
		}
		l := s.disclosureLine(who, action, f, one)
		l.Rule = step.Law
		if step.To == workflow.DisclosureReleased {
			digests, err := s.pack(ctx, tx, who, f, one, draw)
			if err != nil {
				return err
			}
			l.Action, l.Reason = actDisclosed, l.Reason+"; "+digests
		}
		if out, err = s.disclosureFor(ctx, tx, who, f, look, one); err != nil {
			return err
		}
		return s.record(ctx, tx, l)
	})
	return out, err
}

// bothWrong is what is wrong with the reason and with all else that was typed.
func bothWrong(bad forms.Problems, err error) error {
	var more forms.Problems
	if err != nil && !errors.As(err, &more) {
		return err
	}
	return append(bad, more...).Err()
}

// actDisclosed is the word of the log for a package that was made: content went
// to somebody outside.
const actDisclosed = "disclose"

// answeringOf is the disclosure that a means, as it was seen; a new one for
// number 0.
func (s *Service) answeringOf(ctx context.Context, tx *ent.Tx, f *file, a DisclosureAct) (answering, error) {
	if a.N != 0 {
		one, err := s.answeringN(ctx, tx, f, a.N)
		if err == nil && one.row.Rev != a.Rev {
			err = disclosureMovedOn()
		}
		return one, err
	}
	list, err := s.readDisclosures(ctx, tx, f)
	return answering{row: &ent.Disclosure{N: len(list) + 1}}, err
}

func disclosureMovedOn() error {
	return fault.New(fault.Conflict, "Somebody else was first with this disclosure. Look at it again, then decide; nothing of yours was saved.")
}

// stepOf is the step, or why not.
func (s *Service) stepOf(who workflow.Actor, look sight, a DisclosureAct, one answering) (workflow.DisclosureStep, error) {
	reason, bad := tidyReason(a.Reason)
	if err := bad.Err(); err != nil {
		return workflow.DisclosureStep{}, err
	}
	c := look.c
	c.HasReason, c.Firsts = reason != "", one.about.Hands
	step, err := workflow.NextDisclosure(who, a.Do, workflow.DisclosureStatus(one.row.Status), c)
	if err != nil {
		return step, refusedHere(err)
	}
	return step, nil
}

// takeIn takes from the act what its step asks for, and says what is wrong.
func (s *Service) takeIn(f *file, a DisclosureAct, one *answering) error {
	switch a.Do {
	case workflow.PrepareDisclosure:
		return s.takeDemand(a.Asked, one)
	case workflow.PickFields:
		return s.takePicks(f, a, one)
	case workflow.ProposeDisclosure:
		if err := consistent(one.about); err != nil {
			return err
		}
		one.about.Stood = f.stood()
	case workflow.ApproveDisclosure:
		if err := consistent(one.about); err != nil {
			return err
		}
		if one.about.Stood != f.stood() {
			return fault.New(fault.Conflict, "The referral moved on since this was proposed. Send it back, and look again at what is given; nothing was given.")
		}
	}
	return nil
}

// stood says how the referral stands, so that what is approved is what was
// looked at.
func (f *file) stood() string {
	return fmt.Sprintf("%s, revision %d, version %d, %d acts", f.status(), f.row.Rev, f.version, f.known)
}

// The longest texts about a demand, in characters.
const (
	longestAsker = 300
	longestScope = 4000
)

// takeDemand takes what somebody outside demands.
func (s *Service) takeDemand(in DisclosureAsked, one *answering) error {
	var bad forms.Problems
	if _, ok := workflow.DemandOf(in.Demand); !ok {
		bad = append(bad, problem("demand", "Choose by what right it is demanded.")...)
	}
	var wrong forms.Problems
	if in.Asker, wrong = tidyWords("asker", in.Asker, longestAsker); in.Asker == "" && len(wrong) == 0 {
		wrong = problem("asker", "Enter who demands it, and the number of the matter.")
	}
	bad = append(bad, wrong...)
	if in.Scope, wrong = tidyWords("scope", in.Scope, longestScope); in.Scope == "" && len(wrong) == 0 {
		wrong = problem("scope", "Enter what is demanded, in the words of the demand.")
	}
	bad = append(bad, wrong...)
	due, ok := s.dueOf(in.Due)
	if !ok {
		bad = append(bad, problem("due", "Enter the day by which it is to be answered.")...)
	}
	bad = append(bad, takeTell(&in)...)
	if err := bad.Err(); err != nil {
		return err
	}
	one.row.DueAt, one.about.Asked = due, in
	return nil
}

// takeTell says what is wrong with the decision about telling the person.
//
// Law: 34 USC 12291(b)(2): reasonable attempts to provide notice.
func takeTell(in *DisclosureAsked) forms.Problems {
	tell, ok := workflow.TellOf(in.Tell)
	if !ok {
		return problem("tell", "Choose what was decided about telling the person.")
	}
	var wrong forms.Problems
	if in.TellWords, wrong = tidyWords("tellWords", in.TellWords, longestReason); tell.Because && in.TellWords == "" && len(wrong) == 0 {
		return problem("tellWords", "Enter how and when, or by which order.")
	}
	return wrong
}

// takePicks takes the picks and what was decided about telling the person. What
// is not offered is refused, as nobody saw it.
func (s *Service) takePicks(f *file, a DisclosureAct, one *answering) error {
	asked := one.about.Asked
	asked.Tell, asked.TellWords = a.Asked.Tell, a.Asked.TellWords
	if bad := takeTell(&asked); len(bad) > 0 {
		return bad
	}
	demand, _ := workflow.DemandOf(asked.Demand)
	offered := s.pickable(f, demand.Fields)
	picks := map[string]string{}
	for key, pick := range a.Picks {
		if pick == "" {
			continue
		}
		known := slices.ContainsFunc(offered, func(p PickField) bool { return p.Key == key })
		if !known || pick != PickGive && pick != PickPrivileged {
			return fault.New(fault.Conflict, "An answer that was picked is not there any more, or cannot be picked. Open the page again; nothing of yours was saved.")
		}
		picks[key] = pick
	}
	one.about.Asked, one.about.Picks = asked, picks
	return nil
}

// consistent refuses to give something of the person where the decision about
// telling the person says that nothing is given.
func consistent(d disclosed) error {
	if d.Asked.Tell == tellNothing && len(d.ids(PickGive)) > 0 {
		return problem("tell", "Answers are given, so choose how the person learns of it, or why not.")
	}
	return nil
}

// tellNothing is the decision for an index.
const tellNothing = "nothing_personal"

// keepDisclosure writes a disclosure that now stands at step.To, and its clock.
func (s *Service) keepDisclosure(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file, one *answering, step workflow.DisclosureStep) error {
	if err := lockKept(ctx, tx, f); err != nil {
		return err
	}
	sealed, err := f.sealed(one.about, disclosureAt(f.row.Ref, one.row.N))
	if err != nil {
		return err
	}
	if one.row.ID == 0 {
		row, err := tx.Disclosure.Create().SetReferralID(f.row.ID).SetN(one.row.N).SetStatus(string(step.To)).SetCreatedAt(s.now()).SetDueAt(one.row.DueAt).
			SetPreparedByID(who.ID).SetSealed(sealed).Save(ctx)
		if err != nil {
			return fmt.Errorf("referrals: preparing a disclosure: %w", err)
		}
		one.row = row
		return s.addTasks(ctx, tx, f, newTask{kind: workflow.TaskDisclosure, due: row.DueAt, say: disclosureWords(row.N)})
	}
	up := tx.Disclosure.Update().Where(disclosure.ID(one.row.ID), disclosure.Rev(one.row.Rev)).SetStatus(string(step.To)).SetSealed(sealed).AddRev(1)
	if !step.To.Open() {
		up.SetEndedAt(s.now()).SetEndedByID(who.ID)
	}
	n, err := up.Save(ctx)
	if err != nil {
		return fmt.Errorf("referrals: changing a disclosure: %w", err)
	}
	if n == 0 {
		return disclosureMovedOn()
	}
	if one.row, err = tx.Disclosure.Get(ctx, one.row.ID); err != nil {
		return fmt.Errorf("referrals: reading a disclosure: %w", err)
	}
	if step.To.Open() {
		return nil
	}
	return s.endDisclosureTask(ctx, tx, who, f, one.row.N)
}

// disclosureWords name a disclosure in its task.
func disclosureWords(n int) string { return fmt.Sprintf("Disclosure %d.", n) }

// endDisclosureTask ends the clock of one disclosure, not those of others.
func (s *Service) endDisclosureTask(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file, n int) error {
	f.tasksRead = false
	if err := f.readTasks(ctx, tx); err != nil {
		return err
	}
	for _, t := range f.tasks {
		if !t.open() || t.about.Kind != workflow.TaskDisclosure || t.about.Say != disclosureWords(n) {
			continue
		}
		if err := tx.Task.Update().Where(task.ID(t.row.ID)).SetDoneAt(s.now()).SetDoneByID(who.ID).Exec(ctx); err != nil {
			return fmt.Errorf("referrals: ending a task: %w", err)
		}
	}
	f.tasksRead = false
	return nil
}
