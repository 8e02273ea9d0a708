package referrals

import (
	"context"
	"errors"
	"fmt"
	"time"

	"nysreferral/calendar"
	"nysreferral/ent"
	"nysreferral/ent/entry"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/jobs"
	"nysreferral/store"
	"nysreferral/workflow"
)

// record of one act, before it is written.
type newEntry struct {
	action   workflow.Action
	handover int
	from, to string
	deed     *forms.Deed
}

func entryOf[S workflow.Road](step workflow.StepOn[S], deed *forms.Deed) newEntry {
	return newEntry{action: step.Do, from: string(step.From), to: string(step.To), deed: deed}
}

// enter writes what happened; nothing changes it afterwards. An actor without
// an account is the system.
func (s *Service) enter(ctx context.Context, tx *ent.Tx, f *file, who workflow.Actor, e newEntry) error {
	seq, err := s.nextSeq(ctx, tx, f)
	if err != nil {
		return err
	}
	add := tx.Entry.Create().SetReferralID(f.row.ID).SetSeq(seq).SetHandover(e.handover).SetAction(string(e.action)).
		SetAt(s.now()).SetFromStatus(e.from).SetToStatus(e.to)
	if who.ID != 0 {
		add.SetAuthorID(who.ID)
	}
	h := happened{}
	if e.deed != nil {
		h.deed = *e.deed
		sealed, err := f.sealed(e.deed, entryAt(f.row.Ref, seq))
		if err != nil {
			return err
		}
		add.SetSealed(sealed)
	}
	row, err := add.Save(store.Unread(ctx))
	if err != nil {
		return fmt.Errorf("referrals: entering %s: %w", e.action, err)
	}
	h.Entry = row
	f.entries = append(f.entries, h)
	if who.ID != 0 && f.names != nil {
		f.names[who.ID] = who.Name
	}
	return s.goOn(ctx, tx, f, h)
}

// nextSeq is the number of the next entry. The referral's row is locked before
// it is asked for, so that two acts at once never take the same.
func (s *Service) nextSeq(ctx context.Context, tx *ent.Tx, f *file) (int, error) {
	if f.sends {
		return len(f.entries) + 1, nil // nobody else has an entry yet; a notice may follow the submission
	}
	if !f.locked {
		if err := tx.Referral.UpdateOneID(f.row.ID).SetUpdatedAt(s.now()).Exec(ctx); err != nil {
			return 0, fmt.Errorf("referrals: locking: %w", err)
		}
		f.locked = true
	}
	last, err := tx.Entry.Query().Where(entry.ReferralID(f.row.ID)).Order(ent.Desc(entry.FieldSeq)).Select(entry.FieldSeq).First(ctx)
	if err != nil {
		return 0, fmt.Errorf("referrals: numbering an entry: %w", err)
	}
	return last.Seq + 1, nil
}

// Act does one step on the referral at, on its hand-over at.N, or on its pair
// with at.Other, as the actor last saw it, with the words that came with it. It
// returns the referral as the actor sees it then. Refusals: fault.NotFound (absent, or not theirs),
// fault.Forbidden (the rules do not allow it now), fault.Conflict (somebody was
// first), forms.Problems (the words).
func (s *Service) Act(ctx context.Context, who workflow.Actor, at Seen, do workflow.Action, deed *forms.Deed) (Record, error) {
	return s.act(ctx, who, at, do, deed, nil)
}

func (s *Service) act(ctx context.Context, who workflow.Actor, at Seen, do workflow.Action, deed *forms.Deed, change func(*forms.Referral) forms.Problems) (Record, error) {
	var out Record
	err := s.do(ctx, who, string(do), at.Ref, func(ctx context.Context, tx *ent.Tx) error {
		f, look, err := s.visible(ctx, tx, who, at.Ref)
		if err != nil {
			return err
		}
		if err := spoken(deed); err != nil {
			return err
		}
		switch {
		case at.Other != "":
			err = s.actPair(ctx, tx, who, f, look, at, do, deed)
		case at.N != 0:
			err = s.actHandover(ctx, tx, who, f, look, at, do, deed)
		default:
			own := *deed // what is found out with the act is added to it
			x := act{s: s, tx: tx, f: f, who: who, deed: &own, rev: at.Rev, change: change}
			err = x.take(ctx, look, do)
		}
		if err != nil {
			return err
		}
		out, err = s.after(ctx, tx, who, at.Ref, string(do))
		if err == nil && f.alarmed {
			out.Unsafe = true
			out.Call, err = s.callBack(ctx, tx)
		}
		return err
	})
	return out, err
}

// spoken refuses an act that comes without a deed: one that says nothing is
// empty, and never nil.
func spoken(deed *forms.Deed) error {
	if deed == nil {
		return fault.New(fault.Invalid, "Nothing came with this act. Open it again, and send it from there.")
	}
	return nil
}

// after reads the referral again as it stands after an act; an actor who no
// longer sees it gets its reference and nothing else.
func (s *Service) after(ctx context.Context, tx *ent.Tx, who workflow.Actor, ref, do string) (Record, error) {
	f, look, err := s.visible(ctx, tx, who, ref)
	if fault.KindOf(err) == fault.NotFound {
		return Record{Reference: ref}, nil
	}
	if err != nil {
		return Record{}, err
	}
	return s.show(ctx, tx, who, f, look, Want{})
}

// take takes the step do on the referral.
func (x *act) take(ctx context.Context, look sight, do workflow.Action) error {
	if x.rev != x.f.row.Rev {
		return x.s.movedOn(x.f)
	}
	look.c.HasReason = x.deed.Reason != ""
	if do == workflow.Consult {
		x.withDCJS()
	}
	var err error
	form := forms.FormOf(string(do))
	if x.step, err = workflow.Next(x.who, do, x.f.status(), look.c); err != nil {
		var missing forms.Problems
		if errors.As(x.s.lacking(err, form, x.deed), &missing) {
			return missing
		}
		return refusedHere(err)
	}
	if err := form.Check(x.deed, x.s.Today()).Err(); err != nil {
		return err
	}
	effect := effects[do]
	if effect == nil {
		return fault.New(fault.Forbidden, "This is done in another way. Go back and choose it there.")
	}
	if err := effect(ctx, x); err != nil {
		return err
	}
	if err := x.s.write(ctx, x.tx, x.f, do); err != nil {
		return err
	}
	l := x.s.line(x.who, string(do), x.f.row.Ref)
	l.Rule = x.step.Law
	return x.s.record(ctx, x.tx, l)
}

// act is one step on a referral being taken.
type act struct {
	s    *Service
	tx   *ent.Tx
	f    *file
	who  workflow.Actor
	step workflow.Step
	deed *forms.Deed
	rev  int

	change func(*forms.Referral) forms.Problems // fills in answers that are different now; nil: none are
}

// effects says what each step does beside the entry. A step without a line
// here cannot be taken through Act.
var effects = map[workflow.Action]func(context.Context, *act) error{
	workflow.Take: take,
	workflow.HandBack: func(ctx context.Context, x *act) error {
		return x.move(ctx, func(up *ent.ReferralUpdate) { up.ClearAssignedID() })
	},
	workflow.Ask:        ask,
	workflow.Answer:     answer,
	workflow.Add:        add,
	workflow.Consult:    consult,
	workflow.Assess:     assess,
	workflow.Recommend:  recommend,
	workflow.Second:     second,
	workflow.Disagree:   disagree,
	workflow.Note:       keep,
	workflow.Confirm:    confirm,
	workflow.Decline:    decline,
	workflow.Extend:     extend,
	workflow.Reconsider: reopen,
	workflow.Appeal:     reopen,
	workflow.Withdraw:   withdraw,
	workflow.Recuse:     recuse,
	workflow.Exclude:    exclude,
	workflow.Readmit:    readmit,
	workflow.Close: func(ctx context.Context, x *act) error {
		if err := x.move(ctx, func(up *ent.ReferralUpdate) { up.SetClosedAt(x.s.now()) }); err != nil {
			return err
		}
		return x.s.endTasksAfter(ctx, x.tx, x.f, x.who, workflow.Close)
	},
}

// move writes the new status, with what set changes besides, and then the
// entry. Every effect begins with it.
func (x *act) move(ctx context.Context, set func(*ent.ReferralUpdate)) error {
	err := x.s.move(ctx, x.tx, x.f, x.rev, func(up *ent.ReferralUpdate) {
		up.SetStatus(string(x.step.To))
		if set != nil {
			set(up)
		}
	})
	if err != nil {
		return err
	}
	if err := x.s.enter(ctx, x.tx, x.f, x.who, entryOf(x.step, x.deed)); err != nil {
		return err
	}
	x.f.row.Status = string(x.step.To) // what follows is entered as of then
	return nil
}

func (x *act) mail(ctx context.Context, mails ...jobs.Args) error {
	return x.s.later(ctx, x.tx, mails...)
}

func (x *act) author() Mail { return Mail{User: x.f.row.AuthorID, What: "waiting"} }

// keep is a step whose entry is all.
func keep(ctx context.Context, x *act) error { return x.move(ctx, nil) }

// tell is keep, and a mail that something waits.
func tell(m Mail) func(context.Context, *act) error {
	return func(ctx context.Context, x *act) error {
		if err := x.move(ctx, nil); err != nil {
			return err
		}
		return x.mail(ctx, m)
	}
}

// decide ends the clock of the determination and tells those who wait.
//
// Law: SSL 483-cc(b); 9 NYCRR 6174.3(b).
func decide(ctx context.Context, x *act) error {
	x.stamp()
	now := x.s.now()
	if err := x.move(ctx, func(up *ent.ReferralUpdate) { up.SetDecidedAt(now) }); err != nil {
		return err
	}
	x.f.row.DecidedAt = &now
	var err error
	if x.step.Do == workflow.Decline {
		err = x.s.endTasksAfter(ctx, x.tx, x.f, x.who, workflow.Decline)
	} else {
		err = x.s.endTasks(ctx, x.tx, x.f, x.who, workflow.TaskDetermination, workflow.TaskAnswer, workflow.TaskSecond, workflow.TaskContested)
	}
	if err != nil {
		return err
	}
	return x.mail(ctx, x.author(), Mail{Duty: workflow.Program, What: "waiting"})
}

// confirm decides, and proposes the hand-overs of the rules of routing.
func confirm(ctx context.Context, x *act) error {
	if err := x.confirmFits(); err != nil {
		return err
	}
	if err := decide(ctx, x); err != nil {
		return err
	}
	if err := x.s.propose(ctx, x.tx, x.f); err != nil {
		return err
	}
	return x.s.keepNext(ctx, x.tx, x.f)
}

// withdraw ends everything that is open but what the law asks for a child;
// recipients lose sight at once, and all who were ever sent the person are told
// to stop.
//
// Law: 28 CFR 94.115; 34 USC 12291(b)(2).
func withdraw(ctx context.Context, x *act) error {
	saw := x.s.seeing(x.f, x.f.answers)
	if err := x.move(ctx, nil); err != nil {
		return err
	}
	for _, h := range x.f.handovers {
		if err := x.s.endHandover(ctx, x, h); err != nil {
			return err
		}
	}
	if err := x.s.endTasksAfter(ctx, x.tx, x.f, x.who, workflow.Withdraw); err != nil {
		return err
	}
	if err := x.s.tellAllToStop(ctx, x.tx, x.f, saw); err != nil {
		return err
	}
	// The person is looked for no more at once; pairs are cleared up after the
	// commit, for how many there are is nothing that this act may tell.
	if err := unindex(ctx, x.tx, x.f.row.ID); err != nil {
		return err
	}
	after := []jobs.Args{FindPairs{Ref: x.f.row.Ref}}
	if x.who.Duty != workflow.Referrer { // who referred may have a letter at hand
		after = append(after, x.author())
	}
	return x.mail(ctx, after...)
}

// closing is the State's close of business of a day, zero for what is no day.
func (s *Service) closing(day forms.Date) time.Time {
	d, err := calendar.ParseDate(string(day))
	if err != nil {
		return time.Time{}
	}
	return s.Calendar.Closes(d)
}
