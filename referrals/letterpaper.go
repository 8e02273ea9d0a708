package referrals

import (
	"context"
	"fmt"
	"slices"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/answers"
	"nysreferral/ent/document"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// PaperLetter is the kind of every letter's PDF: the kind of the letter itself
// lies sealed, and stands neither in the log nor in a column.
const PaperLetter = "letter"

// LetterPaper is what the PDF of a letter is drawn from, beside the view and the
// facts of every paper.
type LetterPaper struct {
	Kind     workflow.LetterKind
	Language string    // of the words, a BCP 47 tag
	Signed   Signature // zero: a preview, which nobody has signed
	Since    time.Time // when what the letter tells of happened
	Way      workflow.Way
	Help     Help
}

// DrawLetter is the job of drawing letter N of a referral.
type DrawLetter struct {
	Ref string `json:"ref"`
	N   int    `json:"n"`
}

// Kind names the job.
func (DrawLetter) Kind() string { return "draw_letter" }

// shows reports whether the sight shows the letter at all. OTDA sees every
// letter; DCJS those that are not to a district; the referrer those that were
// sent to the own page, or are in the own hand. Of a withdrawn referral only the
// letter about that is left, and what the law asked for on receipt.
func shows(f *file, look sight, p *posted) bool {
	l := p.about()
	if f.status() == workflow.Withdrawn && l.After != workflow.Withdraw && !l.Lasts {
		return false
	}
	switch look.reader {
	case forms.ReadsProgram:
		return true
	case forms.ReadsReviewer:
		return l.To != workflow.ToDistrict
	case forms.ReadsReferrer:
		there := []workflow.LetterStatus{workflow.LetterSent, workflow.Handed, workflow.NotHanded}
		return slices.Contains(there, p.status) && (p.way == workflow.OnPage || p.way == workflow.ByReferrer)
	}
	return false
}

// lettersFor are the letters that who may see, in the order in which they were
// written.
func (s *Service) lettersFor(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file, look sight) ([]Letter, error) {
	if f.status() == workflow.Draft || who.Duty == workflow.Auditor || who.Duty == workflow.Recipient {
		return nil, nil
	}
	list, err := s.posts(ctx, tx, f)
	if err != nil {
		return nil, err
	}
	var out []Letter
	for _, p := range list {
		if !shows(f, look, p) {
			continue
		}
		one := f.letter(p)
		if who.Duty == workflow.Referrer {
			one.Signed.Name, one.Ways = "", nil // a name would tell the office
		}
		if len(p.about().Signers) > 0 {
			one.Offers = workflow.OpenLetter(who, p.status, s.ofLetter(f, p))
			f.sending(&one, who)
		}
		out = append(out, one)
	}
	return out, nil
}

// beforeMail are the questions whose answers stand beside the button that mails
// a letter: how and where the person can be reached, and what is not safe. Of a
// withdrawn referral whoever mails reads these and nothing else, and only while
// a letter may be mailed.
//
// Law: 28 CFR 94.115.
var beforeMail = []string{"reach", "safeAddress", "safeAddressSubstitute", "notSafe", "living"}

// sending adds to a letter what its sender needs: the ways of that office, and
// where one of them is the mail, the answers that say whether it is safe.
func (f *file) sending(l *Letter, who workflow.Actor) {
	if !slices.ContainsFunc(l.Offers, func(o workflow.LetterOffer) bool { return o.Do == workflow.Deliver }) {
		return
	}
	l.Ways = workflow.WaysFor(who.Duty, l.Kind, f.reaching())
	if !slices.Contains(l.Ways, workflow.ByMail) {
		return
	}
	view := forms.NewView(forms.Sight{Reader: forms.ReadsProgram}, f.answers, nil)
	for _, path := range beforeMail {
		if it := view.Item(path); it != nil {
			l.Reach = append(l.Reach, *it)
		}
	}
}

// letter is what lists and pages know of a letter.
func (f *file) letter(p *posted) Letter {
	l := p.about()
	out := Letter{Reference: f.row.Ref, N: p.N, Kind: p.Kind, Name: l.Name, To: l.To, Status: p.status, CreatedAt: p.CreatedAt,
		Signed: p.signed, Language: p.language, Way: p.way, Why: p.why}
	if f.answers != nil {
		out.Ways = workflow.SafeWays(p.Kind, f.reaching())
		if p.Kind == workflow.LetterMinor && p.SentAt != nil {
			out.Why = f.corrected(p)
		}
	}
	if c := p.Edges.Contact; c != nil {
		out.Recipient, out.Verified = c.Name, verified(c)
	}
	if p.SentAt != nil {
		out.SentAt = *p.SentAt
	}
	if p.AcknowledgedAt != nil {
		out.AcknowledgedAt = *p.AcknowledgedAt
	}
	return out
}

// LetterPaper returns what letter n of the referral ref is drawn from, for those
// who see the letter: the department that a notice about a minor went to, OTDA,
// DCJS, and the referrer once it is on the own page. Before it is signed it is a
// preview, and only for the State. It is one line in the log.
func (s *Service) LetterPaper(ctx context.Context, who workflow.Actor, ref string, n int) (Paper, error) {
	var out Paper
	err := s.do(ctx, who, "paper", ref, func(ctx context.Context, tx *ent.Tx) error {
		f, p, err := s.letterShown(ctx, tx, who, ref, func(p *posted) bool { return p.N == n })
		if err != nil {
			return err
		}
		return s.letterGiven(ctx, tx, who, f, p, &out)
	})
	return out, err
}

// latestLetter is LetterPaper for the last letter of a kind.
func (s *Service) latestLetter(ctx context.Context, who workflow.Actor, ref string, kind workflow.LetterKind) (Paper, error) {
	var out Paper
	err := s.do(ctx, who, "paper", ref, func(ctx context.Context, tx *ent.Tx) error {
		f, p, err := s.letterShown(ctx, tx, who, ref, func(p *posted) bool { return p.Kind == kind && p.status != workflow.Stopped })
		if err != nil {
			return err
		}
		return s.letterGiven(ctx, tx, who, f, p, &out)
	})
	return out, err
}

func (s *Service) letterGiven(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file, p *posted, out *Paper) error {
	var err error
	if *out, err = s.letterPaper(ctx, tx, f, p); err != nil {
		return err
	}
	l := s.line(who, "paper", f.row.Ref)
	l.Reason = PaperLetter + " " + fmt.Sprint(p.N)
	return s.record(ctx, tx, l)
}

// letterShown finds the last letter that fits and that who sees.
func (s *Service) letterShown(ctx context.Context, tx *ent.Tx, who workflow.Actor, ref string, fits func(*posted) bool) (*file, *posted, error) {
	f, err := s.open(ctx, tx, ref)
	if err != nil {
		return nil, nil, err
	}
	look := sight{}
	if who.Duty != workflow.Recipient {
		if look = s.look(f, who); look.extent == workflow.Nothing {
			return nil, nil, fault.Absent()
		}
		f.reader = look.reader
	}
	list, err := s.posts(ctx, tx, f)
	if err != nil {
		return nil, nil, err
	}
	for _, p := range slices.Backward(list) {
		if !fits(p) {
			continue
		}
		if who.Duty != workflow.Recipient && shows(f, look, p) {
			return f, p, nil
		}
		if who.Duty == workflow.Recipient && p.Kind == workflow.LetterMinor {
			_, _, err := s.ownLetter(ctx, tx, who, ref, p.N)
			return f, p, err
		}
	}
	return nil, nil, fault.Absent()
}

// letterPaper is what letter p is drawn from. One that was signed, or sent by
// itself, speaks of that moment, and is given out as it was kept.
func (s *Service) letterPaper(ctx context.Context, tx *ent.Tx, f *file, p *posted) (Paper, error) {
	if p.status == workflow.Stopped && p.signed.At.IsZero() {
		return Paper{}, fault.Absent()
	}
	then, err := f.asOf(ctx, tx, p)
	if err != nil {
		return Paper{}, err
	}
	out := Paper{Kind: PaperLetter, Reference: f.row.Ref, N: p.N, At: p.CreatedAt, Record: Record{Reference: f.row.Ref, Status: f.status()}}
	out.Letter = &LetterPaper{Kind: p.Kind, Language: p.language, Signed: p.signed, Since: p.CreatedAt, Way: p.way, Help: p.Help}
	if f.row.SubmittedAt != nil {
		out.Record.ReceivedAt = *f.row.SubmittedAt
	}
	switch l := p.about(); {
	case l.To == workflow.ToReferrer:
		out.For = f.agency
	case l.To == workflow.ToDistrict && p.Edges.Contact != nil:
		out.For = p.Edges.Contact.Name
	}
	settled := !p.signed.At.IsZero()
	if settled {
		out.At = p.signed.At
	}
	if len(p.about().Signers) == 0 && p.SentAt != nil {
		settled, out.At = true, *p.SentAt
	}
	if err := s.letterView(then, p, &out); err != nil {
		return Paper{}, err
	}
	if !settled {
		out.Letter.Help, err = s.helpFor(ctx, tx, f, p.Kind)
		return out, err
	}
	kept, err := tx.Document.Query().Where(document.ReferralID(f.row.ID), document.Kind(PaperLetter), document.Handover(p.N)).Order(ent.Desc(document.FieldVersion)).First(ctx)
	if ent.IsNotFound(err) {
		return out, nil
	}
	if err != nil {
		return Paper{}, fmt.Errorf("referrals: reading a letter: %w", err)
	}
	if out.Stored, err = f.key.Open(kept.Sealed, documentAt(f.row.Ref, PaperLetter, p.N, kept.Version)); err != nil {
		return Paper{}, fmt.Errorf("referrals: opening a letter: %w", err)
	}
	return out, nil
}

// asOf is the record as it stood when the letter was written, with what was
// done with that letter since, and with the answers as they stood when it was
// signed or sent: what is decided or told later does not change it.
func (f *file) asOf(ctx context.Context, tx *ent.Tx, p *posted) (*file, error) {
	then := *f
	then.entries = nil
	for _, e := range f.entries {
		if e.Seq <= p.Event || e.deed.Letter.Set && e.deed.Letter.N == p.N {
			then.entries = append(then.entries, e)
		}
	}
	if p.Version == 0 || p.Version == f.version {
		return &then, nil
	}
	row, err := tx.Answers.Query().Where(answers.ReferralID(f.row.ID), answers.Version(p.Version)).Only(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading answers: %w", err)
	}
	var was opened
	if err := f.unseal(row.Sealed, answersAt(f.row.Ref, p.Version), &was); err != nil {
		return nil, err
	}
	then.answers, then.version = &was.Answers, p.Version
	return &then, nil
}

// letterView computes the view that the letter is drawn from: its reader's, and
// of that no more than the letter tells.
func (s *Service) letterView(f *file, p *posted, out *Paper) error {
	review := s.review(f)
	decision := &forms.Review{Decision: review.Decision}
	more := &forms.Review{Decision: forms.Decision{Extended: review.Extended, ExtendedFrom: review.ExtendedFrom, ExtendedDays: review.ExtendedDays, ExtendedWhy: review.ExtendedWhy}}
	decision.Extended, decision.ExtendedFrom, decision.ExtendedDays, decision.ExtendedWhy = "", "", forms.Number{}, ""
	switch p.Kind {
	case workflow.LetterMinor:
		out.View = forms.NewView(forms.Sight{Reader: forms.ReadsNotice}, f.answers, nil)
	case workflow.LetterConfirmation:
		out.View = forms.NewView(forms.Sight{Reader: forms.ReadsHolder}, f.answers, decision)
		if p.signed.At.IsZero() {
			return nil
		}
		var err error
		out.Code, err = s.letterCode(f.row.Ref)
		return err
	case workflow.LetterAgency:
		out.View = forms.NewView(forms.Sight{Reader: forms.ReadsReferrer}, nil, decision)
	case workflow.LetterNotConfirmed:
		out.View = forms.NewView(forms.Sight{Reader: forms.ReadsHolder}, nil, decision)
	case workflow.LetterExtension:
		out.View = forms.NewView(forms.Sight{Reader: forms.ReadsReferrer}, nil, more)
	case workflow.LetterWithdrawal:
		out.View = forms.View{Reader: forms.ReadsHolder}
	}
	return nil
}

// LetterToDraw returns what the letter of a job is drawn from, for the worker:
// the system itself. ok is false when there is nothing to be drawn any more.
func (s *Service) LetterToDraw(ctx context.Context, job DrawLetter) (out Paper, ok bool, err error) {
	ctx = viewer.Job(ctx, "draw letter")
	err = s.DB.Do(ctx, func(tx *ent.Tx) error {
		ok = false
		f, err := s.open(ctx, tx, job.Ref)
		if fault.KindOf(err) == fault.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		list, err := s.posts(ctx, tx, f)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(p *posted) bool { return p.N == job.N })
		if i < 0 || list[i].status == workflow.Stopped || !shows(f, sight{reader: forms.ReadsProgram}, list[i]) {
			return nil
		}
		if out, err = s.letterPaper(ctx, tx, f, list[i]); err != nil {
			return err
		}
		ok = out.Stored == nil
		l := s.line(workflow.Actor{}, "draw_letter", f.row.Ref)
		l.Duty, l.Reason = "system", PaperLetter+" "+fmt.Sprint(job.N)
		return s.record(ctx, tx, l)
	})
	return out, ok, err
}
