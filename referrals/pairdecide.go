package referrals

import (
	"context"
	"slices"
	"strings"
	"time"

	"nysreferral/ent"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/match"
	"nysreferral/workflow"
)

// Pair is another referral that may be, or is, about the same person, as
// somebody at the State may see it.
type Pair struct {
	Reference  string
	Rev        int // of the pair; an act on it names the one that was seen
	Status     workflow.PairStatus
	AskedAgain bool // it was decided, and facts came in since
	Score      int  // 0 to 100
	Strength   forms.Strength
	Reasons    []PairReason
	FoundAt    time.Time

	Decided   workflow.Action // the last decision that stands, though it is asked again; "" is none
	DecidedAt time.Time
	DecidedBy string
	Why       string

	Other      workflow.Status // where the other referral stands
	Agency     string          // that referred it
	ReceivedAt time.Time
	HandedOver []string // recipients that have, or had, the person under the other one; for program staff
	Offers     []workflow.PairOffer
}

// PairReason is one thing that speaks for the same person, or against it.
type PairReason struct {
	Code   forms.Agreement
	Words  string
	Points int
	Fields []string // ids of the questions that it rests on; none where the reader does not see them
}

// Comparison is two referrals side by side, each as its reader sees it.
type Comparison struct {
	One, Other Record
	Pair       Pair
}

// pairsOf are the pairs of f as who sees them.
func (s *Service) pairsOf(who workflow.Actor, f *file) []Pair {
	var out []Pair
	for _, p := range f.pairs {
		one := Pair{Reference: p.row.Ref, Rev: p.events, Status: p.status(), AskedAgain: p.again(), Score: p.found.Score, Strength: p.found.Strength,
			Reasons: reasonsFor(f.reader, p.found.Reasons), FoundAt: p.foundAt, Other: workflow.Status(p.row.Status), Agency: p.row.Edges.Agency.Name,
			Offers: workflow.OpenPair(who, p.status(), workflow.Circumstances{})}
		if p.row.SubmittedAt != nil {
			one.ReceivedAt = *p.row.SubmittedAt
		}
		if p.decided != nil {
			one.Decided, one.DecidedAt, one.DecidedBy, one.Why = p.decided.Do, p.at, p.by, string(p.decided.Why)
		}
		if who.Duty == workflow.Program {
			one.HandedOver = p.with
		}
		out = append(out, one)
	}
	return out
}

// reasonsFor tells a reader only reasons that rest on answers which this reader
// sees: that a phone agrees tells something of the phone. The others are one
// line that says that there are some.
func reasonsFor(reader forms.Reader, reasons []match.Reason) []PairReason {
	var out []PairReason
	unread := 0
	for _, r := range reasons {
		if !readsAll(reader, match.Reads(r.Code)) {
			unread += r.Points
			continue
		}
		out = append(out, PairReason{r.Code, wordsOf(r.Code), r.Points, match.Reads(r.Code)})
	}
	if unread != 0 {
		out = append(out, PairReason{unreadReason, wordsOf(unreadReason), unread, nil})
	}
	return out
}

const unreadReason = forms.Agreement("unread")

func wordsOf(code forms.Agreement) string {
	return forms.Reviews.Field("samePerson.reasons").LabelOf(string(code))
}

func readsAll(reader forms.Reader, ids []string) bool {
	return !slices.ContainsFunc(ids, func(id string) bool {
		only, sees := forms.Questions.ByID(id).Sees[reader]
		return !sees || only != ""
	})
}

// samePerson is what the State's facts say of the pairs of f, for its reader.
func samePerson(f *file) []forms.Pair {
	var out []forms.Pair
	for _, p := range f.pairs {
		one := forms.Pair{Reference: forms.Text(p.row.Ref), Finding: forms.PairFinding(p.status()), AskedAgain: forms.Tick(p.again()),
			Strength: p.found.Strength, HandedOver: forms.Text(strings.Join(p.with, "; "))}
		for _, r := range reasonsFor(f.reader, p.found.Reasons) {
			one.Reasons = append(one.Reasons, r.Code)
		}
		if p.decided != nil {
			one.Decided, one.DecidedBy, one.Why = forms.At(p.at), forms.Text(p.by), p.decided.Why
		}
		out = append(out, one)
	}
	return out
}

// actPair decides of the pair of f and at.Other. To everybody but the State it
// is absent, whether there is one or not.
func (s *Service) actPair(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file, look sight, at Seen, do workflow.Action, deed *forms.Deed) error {
	p, err := s.pairWith(ctx, tx, who, f, look, at.Other)
	if err != nil {
		return err
	}
	if at.Rev != p.events {
		return pairMovedOn()
	}
	c := look.c
	c.HasReason = deed.Reason != ""
	step, err := workflow.NextPair(who, do, p.status(), c)
	if err != nil {
		return refusedHere(err)
	}
	if err := forms.FormOf("pair."+string(do)).Check(deed, s.Today()).Err(); err != nil {
		return err
	}
	said := pairEvent{Do: step.Do, Why: deed.Reason, Known: p.facts}
	if err := s.enterPair(ctx, tx, who, f.row, p.row, said); err != nil {
		return err
	}
	l := s.line(who, "pair_"+string(do), f.row.Ref, p.row.Ref)
	l.Rule = step.Law
	return s.record(ctx, tx, l)
}

// pairWith returns the pair of f and the referral other, if who may know of it.
func (s *Service) pairWith(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file, look sight, other string) (*pair, error) {
	if !workflow.SeesPairs(who) || look.extent != workflow.Whole {
		return nil, fault.Absent()
	}
	clean, ok := forms.ParseReference(other)
	if !ok {
		return nil, fault.Absent()
	}
	if err := s.readPairs(ctx, tx, who, f); err != nil {
		return nil, err
	}
	p := f.pairOf(clean)
	if p == nil {
		return nil, fault.Absent()
	}
	return p, nil
}

// Compare opens the referral ref and the one that may be about the same person,
// other, each as who sees it, with what is withheld and veiled left so. It is
// one line in the log, which names both. Who may not know of pairs, and asks
// for two that are none, gets fault.NotFound. The referrers are not told of it
// in the list of who looked: it would tell them of each other.
func (s *Service) Compare(ctx context.Context, who workflow.Actor, ref, other string) (Comparison, error) {
	var out Comparison
	err := s.do(ctx, who, "compare", ref, func(ctx context.Context, tx *ent.Tx) error {
		f, look, err := s.visible(ctx, tx, who, ref)
		if err != nil {
			return err
		}
		p, err := s.pairWith(ctx, tx, who, f, look, other)
		if err != nil {
			return err
		}
		g, its, err := s.visible(ctx, tx, who, p.row.Ref)
		if err != nil {
			return err
		}
		if out.One, err = s.side(ctx, tx, who, f, look); err != nil {
			return err
		}
		if out.Other, err = s.side(ctx, tx, who, g, its); err != nil {
			return err
		}
		f.pairs = []*pair{p}
		out.Pair = s.pairsOf(who, f)[0]
		return s.record(ctx, tx, s.line(who, "compare", f.row.Ref, g.row.Ref))
	})
	return out, err
}

// side is one referral of a comparison: its answers, and not what else the
// State did with it.
func (s *Service) side(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file, look sight) (Record, error) {
	f.pairs = nil
	record, err := s.show(ctx, tx, who, f, look, Want{})
	if err != nil {
		return Record{}, err
	}
	record.Offers, record.Timeline, record.Letters, record.Pairs = nil, nil, nil, nil
	for i := range record.Handover {
		record.Handover[i].Offers, record.Handover[i].Candidates = nil, nil
	}
	return record, nil
}
