package referrals

import (
	"context"
	"fmt"
	"slices"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/letter"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// post is the sealed part of a letter: what it is about, and what it names
// beside the record.
type post struct {
	Kind    workflow.LetterKind `json:"kind"`
	County  string              `json:"county,omitempty"`  // of a notice about a minor
	Event   int                 `json:"event,omitempty"`   // number of the entry that had it written
	Version int                 `json:"version,omitempty"` // of the answers, when it was signed or sent; 0: the last
	Stopped *time.Time          `json:"stopped,omitempty"` // when a notice about a minor was kept from being sent
	Help    Help                `json:"help,omitzero"`     // as it stood when the letter was signed
}

// Signature is who signed a letter, as what and when.
type Signature struct {
	Name  string
	Title string
	At    time.Time
}

// posted is one letter with what is sealed of it and what was done with it: the
// entries are the record of that.
type posted struct {
	*ent.Letter
	post
	status   workflow.LetterStatus
	signed   Signature
	language string       // of the words, a BCP 47 tag
	way      workflow.Way // by which it went last
	why      string       // it could not be handed over, or is not sent
	seq      int          // of the last entry about it
}

// about says what a letter is.
func (p *posted) about() workflow.Letter {
	l, _ := workflow.LetterOf(p.Kind)
	return l
}

// posts reads the letters of f, in the order in which they were written.
func (s *Service) posts(ctx context.Context, tx *ent.Tx, f *file) ([]*posted, error) {
	rows, err := tx.Letter.Query().Where(letter.ReferralID(f.row.ID)).WithContact().Order(ent.Asc(letter.FieldN)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading letters: %w", err)
	}
	out := make([]*posted, len(rows))
	for i, row := range rows {
		if out[i], err = f.postOf(row); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// postOf opens one letter and folds what was done with it.
func (f *file) postOf(row *ent.Letter) (*posted, error) {
	p := &posted{Letter: row, status: workflow.Prepared, language: english}
	if err := f.unseal(row.Sealed, letterAt(f.row.Ref, row.N), &p.post); err != nil {
		return nil, err
	}
	if len(p.about().Signers) == 0 { // nobody signs it: the row says where it stands
		p.status = noticeStatus(row, p.Stopped)
		return p, nil
	}
	for _, e := range f.entries {
		if e.deed.Letter.Set && e.deed.Letter.N == row.N {
			p.fold(e, f.nameOf(e))
		}
	}
	return p, nil
}

// english is the language of a letter for which nobody chose another.
const english = "en"

// fold adds one act on the letter to what is known of it.
func (p *posted) fold(e happened, name string) {
	for _, step := range workflow.LetterSteps {
		if step.Do == workflow.Action(e.Action) {
			p.status = step.To
		}
	}
	p.seq = e.Seq
	switch workflow.Action(e.Action) {
	case workflow.Sign:
		p.signed = Signature{Name: name, Title: string(e.deed.Title), At: e.At}
		if e.deed.Language != "" {
			p.language = string(e.deed.Language)
		}
	case workflow.Deliver:
		p.way, p.why = workflow.Way(e.deed.Way), ""
	case workflow.CouldNot, workflow.Stop:
		p.why = string(e.deed.Reason)
	}
}

// reaching is what the answers say of how the person can be reached.
func (f *file) reaching() workflow.Reaching {
	r := f.answers
	out := workflow.Reaching{Reach: string(r.Reach), Living: string(r.Living), LastSeen: string(r.LastContact), Danger: string(r.Danger),
		Warned: r.NotSafe != "", Minor: r.TreatAsMinor(f.today), Address: r.SafeAddress != "",
		Phone: r.SafePhone.Phone != "", Messages: r.SafePhone.Voicemail == "yes", Texts: r.SafePhone.Text == "yes", Email: r.SafeEmail != ""}
	out.Released = !over(r.ConsentUntil, f.at) && f.status() != workflow.Withdrawn && !r.GiverIsTrafficker() && slices.Contains(r.Release, "victims_attorney")
	if r.FromLaw() {
		out.Knows = string(r.PersonKnows)
	}
	return out
}

// ofLetter are the facts that the rules ask of a letter.
func (s *Service) ofLetter(f *file, p *posted) workflow.Circumstances {
	c := s.circumstances(f, nil)
	c.Letter, c.Way, c.Reaching = p.Kind, p.way, f.reaching()
	return c
}

// write has the letters written that the step do asks for, stops those that say
// what is true no longer, and sets the tasks right.
func (s *Service) write(ctx context.Context, tx *ent.Tx, f *file, do workflow.Action) error {
	fresh := workflow.LettersAfter(do)
	if len(fresh) == 0 && !slices.ContainsFunc(workflow.Letters, func(l workflow.Letter) bool { return workflow.EndsLetters(do, l.Kind) }) {
		return nil
	}
	list, err := s.posts(ctx, tx, f)
	if err != nil {
		return err
	}
	event := f.entries[len(f.entries)-1].Seq
	for _, p := range list {
		if workflow.EndsLetters(do, p.Kind) && p.open() {
			if err := s.enterLetter(ctx, tx, f, workflow.Actor{}, workflow.Stop, &forms.Deed{}, p); err != nil {
				return err
			}
		}
	}
	for i, l := range fresh {
		n := len(list) + i + 1
		sealed, err := f.sealed(post{Kind: l.Kind, Event: event}, letterAt(f.row.Ref, n))
		if err != nil {
			return err
		}
		if err := tx.Letter.Create().SetReferralID(f.row.ID).SetN(n).SetCreatedAt(s.now()).SetSealed(sealed).Exec(ctx); err != nil {
			return fmt.Errorf("referrals: writing a letter: %w", err)
		}
	}
	return s.settle(ctx, tx, f, workflow.Actor{})
}

// open reports whether somebody signs the letter and nobody has it yet who was
// to have it.
func (p *posted) open() bool {
	l := p.about()
	switch p.status {
	case workflow.Prepared, workflow.Signed, workflow.NotHanded:
		return len(l.Signers) > 0
	case workflow.LetterSent:
		return len(l.Signers) > 0 && l.To == workflow.ToPerson
	}
	return false
}

// enterLetter writes an act on a letter on the record, and folds it.
func (s *Service) enterLetter(ctx context.Context, tx *ent.Tx, f *file, who workflow.Actor, do workflow.Action, deed *forms.Deed, p *posted) error {
	one := *deed
	one.Letter = forms.Of(p.N)
	if err := s.enter(ctx, tx, f, who, newEntry{action: do, from: f.row.Status, to: f.row.Status, deed: &one}); err != nil {
		return err
	}
	p.fold(f.entries[len(f.entries)-1], who.Name)
	return nil
}

// wanted is one task about letters that must be open exactly while a letter
// stands so.
type wanted struct {
	kind string
	duty workflow.Duty
	due  time.Time // zero: as its clock counts
	open bool
}

// settle opens and ends the tasks about letters as the letters stand now.
func (s *Service) settle(ctx context.Context, tx *ent.Tx, f *file, who workflow.Actor) error {
	list, err := s.posts(ctx, tx, f)
	if err != nil {
		return err
	}
	c, err := s.counting(ctx, tx, f)
	if err != nil {
		return err
	}
	sign := c.due(workflow.ClockSign, s.now())
	if f.row.RouteDueAt != nil && f.row.RouteDueAt.After(sign) && f.row.DecidedAt != nil {
		sign = *f.row.RouteDueAt
	}
	want := []wanted{{kind: workflow.TaskHand, duty: workflow.Referrer}}
	for _, duty := range []workflow.Duty{workflow.Program, workflow.Director} {
		want = append(want, wanted{kind: workflow.TaskSign, duty: duty, due: sign}, wanted{kind: workflow.TaskOut, duty: duty}, wanted{kind: workflow.TaskBack, duty: duty})
	}
	for _, p := range list {
		kind := p.task()
		for i, w := range want {
			mine := w.kind == workflow.TaskHand || f.workedOnBy(p, w.duty)
			want[i].open = w.open || kind != "" && w.kind == kind && mine
		}
	}
	if err := s.setTasks(ctx, tx, f, who, want); err != nil || f.status() != workflow.Confirmed {
		return err
	}
	return s.noticed(ctx, tx, f, who)
}

// workedOnBy reports whether the letter waits for the duty as it stands: for its
// signature, for one of the ways by which it sends, or for word of what it sent.
func (f *file) workedOnBy(p *posted, d workflow.Duty) bool {
	switch p.status {
	case workflow.Signed, workflow.NotHanded:
		return len(workflow.WaysFor(d, p.Kind, f.reaching())) > 0
	case workflow.LetterSent:
		return workflow.SentBy(d, p.Kind, p.way)
	}
	return slices.Contains(p.about().Signers, d)
}

// task is the kind of task that the letter wants as it stands, "" for none.
func (p *posted) task() string {
	switch {
	case !p.open():
		return ""
	case p.status == workflow.NotHanded:
		return workflow.TaskBack
	case p.status != workflow.LetterSent:
		return workflow.TaskSign
	case p.way == workflow.ByReferrer:
		return workflow.TaskHand
	}
	return workflow.TaskOut
}
