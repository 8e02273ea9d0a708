package referrals

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/document"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// The papers.
const (
	PaperReceipt  = "receipt"  // for the referrer: no narrative
	PaperReferral = "referral" // the referral as sent, for the referrer
	PaperFile     = "file"     // the State's file, as reviewers or program staff read it
	PaperPacket   = "packet"   // what a recipient gets with a hand-over
	PaperConsent  = "consent"  // the blank release, of no referral: only At is read

	PaperCertificate = "certificate" // of a batch that was destroyed, of no referral
)

// Paper is what a PDF is drawn from: a reader's view and the facts of the
// record, at a moment that does not change, so that drawing it again gives the
// same bytes.
type Paper struct {
	Kind      string
	Reference string
	N         int       // number of the hand-over of a packet, or of the letter
	At        time.Time // the moment that the paper speaks of
	For       string    // the office that it was made for
	Version   int       // of the answers
	Digest    string    // of the answers
	Code      string    // of a letter: what "check a letter" asks
	View      forms.View
	Record    Record
	Letter    *LetterPaper // set for a letter
	Stored    []byte       // the PDF as it was drawn before, if it was kept

	Certificate *Certificate     // set for a certificate
	Disclosure  *DisclosurePaper // set for a disclosure
}

// allowed says who may have which paper, and from which status on.
var allowed = map[string]struct {
	readers []forms.Reader
	after   []workflow.Status
}{
	PaperReceipt:  {[]forms.Reader{forms.ReadsReferrer}, sent},
	PaperReferral: {[]forms.Reader{forms.ReadsReferrer}, sent},
	PaperFile:     {[]forms.Reader{forms.ReadsReviewer, forms.ReadsProgram}, sent},
	PaperPacket:   {[]forms.Reader{forms.ReadsProvider, forms.ReadsDistrict, forms.ReadsProgram}, []workflow.Status{workflow.Confirmed}},
}

var sent = []workflow.Status{workflow.Submitted, workflow.InReview, workflow.Asked, workflow.Confirmed, workflow.Declined, workflow.Closed}

// Paper returns what the paper kind of the referral ref is drawn from, as who
// may have it; n is the number of a packet's hand-over. It is one line in the
// log. Program staff get the packet exactly as its recipient reads it. The kind
// of a letter stands for the last letter of that kind, see LetterPaper.
func (s *Service) Paper(ctx context.Context, who workflow.Actor, ref, kind string, n int) (Paper, error) {
	if l, ok := workflow.LetterOf(workflow.LetterKind(kind)); ok {
		return s.latestLetter(ctx, who, ref, l.Kind)
	}
	return s.paperFor(ctx, who, ref, kind, func(*file, sight) int { return n })
}

// PacketTo is Paper for the packet of the hand-over to a kind of recipient: one
// that is open, or else the first.
func (s *Service) PacketTo(ctx context.Context, who workflow.Actor, ref string, kind workflow.Kind) (Paper, error) {
	return s.paperFor(ctx, who, ref, PaperPacket, func(f *file, look sight) int {
		found := -1
		for _, h := range f.handovers {
			if look.gives(h) && h.route.Kind == kind && (found < 0 || h.status() != workflow.HandoverClosed) {
				found = h.N
			}
		}
		return found
	})
}

func (s *Service) paperFor(ctx context.Context, who workflow.Actor, ref, kind string, number func(*file, sight) int) (Paper, error) {
	var out Paper
	err := s.do(ctx, who, "paper", ref, func(ctx context.Context, tx *ent.Tx) error {
		f, look, err := s.visible(ctx, tx, who, ref)
		if err != nil {
			return err
		}
		rule, ok := allowed[kind]
		if !ok || !slices.Contains(rule.readers, look.reader) || !slices.Contains(rule.after, f.status()) {
			return fault.Absent()
		}
		if out, err = s.paper(ctx, tx, who, f, look, kind, number(f, look)); err != nil {
			return err
		}
		l := s.line(who, "paper", f.row.Ref)
		l.Reason, l.Handover = kind, out.N
		return s.record(ctx, tx, l)
	})
	return out, err
}

func (s *Service) paper(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file, look sight, kind string, n int) (Paper, error) {
	record, err := s.show(ctx, tx, who, f, look, Want{})
	if err != nil {
		return Paper{}, err
	}
	record.View = withoutStates(record.View)
	out := Paper{Kind: kind, Reference: f.row.Ref, At: f.lastChange(), For: s.office(f, look), Version: f.version, Digest: f.digest, Record: record, View: record.View}
	switch kind {
	case PaperPacket:
		return out, s.packet(ctx, tx, f, look, n, &out)
	case PaperReceipt:
		out.At, out.Version, out.Digest = *f.row.SubmittedAt, 1, f.sent
		out.View = f.sentFiles(withoutVeiled(out.View))
	}
	return out, nil
}

// withoutVeiled leaves out what is hard to read: a receipt carries no
// narrative.
func withoutVeiled(v forms.View) forms.View {
	out := forms.View{Reader: v.Reader}
	for _, p := range v.Parts {
		p.Items = slices.DeleteFunc(slices.Clone(p.Items), func(it forms.Item) bool { return it.Kind == forms.KindProse || it.Veiled })
		if p.Section == "M" {
			p.Items = filesAlone(p.Items)
		}
		if p.Section == "A" || p.Section == "N" || p.Section == "M" && len(p.Items) > 0 {
			out.Parts = append(out.Parts, p)
		}
	}
	return out
}

// packet makes the packet of hand-over n as its recipient reads it once it has
// accepted, and finds the one that was kept.
func (s *Service) packet(ctx context.Context, tx *ent.Tx, f *file, look sight, n int, out *Paper) error {
	h := f.handover(n)
	if h == nil && look.via != nil && n == 0 {
		h = look.via
	}
	if h == nil || !look.gives(h) || h.route.Kind == workflow.KindOTDA {
		return fault.Absent()
	}
	reader := forms.ReadsDistrict
	if h.route.Kind == workflow.KindRHTP {
		reader = forms.ReadsProvider
	}
	theirs := sight{extent: workflow.Whole, reader: reader, c: s.circumstances(f, h), via: h}
	out.N, out.For, out.View = h.N, h.name(), withoutStates(s.view(f, theirs, nil))
	out.Record = Record{Reference: f.row.Ref, Status: f.status(), Reader: reader, DecidedAt: *f.row.DecidedAt}
	out.At = *h.ProposedAt
	if h.SentAt != nil {
		out.At = *h.SentAt
	}
	if told := f.toldAt(); told.After(out.At) {
		out.At = told
	}
	// One that was drawn of earlier answers may tell a way to the person that is
	// not safe any more: it is kept, and never given out.
	kept, err := tx.Document.Query().Where(document.ReferralID(f.row.ID), document.Kind(PaperPacket), document.Handover(h.N), document.Version(f.version)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("referrals: reading a packet: %w", err)
	}
	if out.Stored, err = f.key.Open(kept.Sealed, documentAt(f.row.Ref, PaperPacket, h.N, kept.Version)); err != nil {
		return fmt.Errorf("referrals: opening a packet: %w", err)
	}
	return nil
}

// toldAt is when the newest answers were told, zero while they are those that
// were sent.
func (f *file) toldAt() time.Time {
	for _, e := range f.entries {
		if f.version > 1 && e.deed.Version.Set && e.deed.Version.N == f.version {
			return e.At
		}
	}
	return time.Time{}
}

// lastChange is when the referral was last changed: the moment of its papers.
func (f *file) lastChange() time.Time {
	if n := len(f.entries); n > 0 {
		return f.entries[n-1].At
	}
	return f.row.UpdatedAt
}

// office is for whom a paper is made, as it stands in its foot.
func (s *Service) office(f *file, look sight) string {
	switch look.reader {
	case forms.ReadsReviewer:
		return "DCJS"
	case forms.ReadsProgram:
		return "OTDA"
	case forms.ReadsReferrer:
		return f.agency
	}
	if look.via != nil {
		return look.via.name()
	}
	return ""
}

// PacketToDraw returns what the packet of a job is drawn from, for the worker:
// the system itself, not an actor. ok is false when there is nothing to be
// drawn any more: withdrawn, closed, or drawn already.
func (s *Service) PacketToDraw(ctx context.Context, job DrawPacket) (out Paper, ok bool, err error) {
	ctx = viewer.Job(ctx, "draw packet")
	err = s.DB.Do(ctx, func(tx *ent.Tx) error {
		ok = false
		f, err := s.open(ctx, tx, job.Ref)
		if fault.KindOf(err) == fault.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		h := f.handover(job.N)
		if f.status() != workflow.Confirmed || h == nil || h.SentAt == nil || h.status() == workflow.HandoverClosed || !s.permits(f.answers, h.route.Kind) {
			return nil
		}
		out = Paper{Kind: PaperPacket, Reference: f.row.Ref, Version: f.version, Digest: f.digest}
		if err := s.packet(ctx, tx, f, sight{}, job.N, &out); err != nil {
			return err
		}
		ok = out.Stored == nil
		l := s.line(workflow.Actor{}, "draw_packet", f.row.Ref)
		l.Duty, l.Handover = "system", job.N
		return s.record(ctx, tx, l)
	})
	return out, ok, err
}

// KeepPaper keeps the drawn PDF of a paper, sealed, and returns its SHA-256 in
// hex. A packet is kept for each version of the answers that one was drawn of. A
// paper that was kept already stays as it is.
func (s *Service) KeepPaper(ctx context.Context, p Paper, pdf []byte) (string, error) {
	ctx = viewer.Job(ctx, "keep paper")
	sum := sha256.Sum256(pdf)
	digest := hex.EncodeToString(sum[:])
	err := s.DB.Do(ctx, func(tx *ent.Tx) error {
		f, err := s.open(ctx, tx, p.Reference)
		if err != nil {
			return err
		}
		version := 1
		if p.Kind == PaperPacket {
			version = p.Version
		}
		exists, err := tx.Document.Query().Where(document.ReferralID(f.row.ID), document.Kind(p.Kind), document.Handover(p.N), document.Version(version)).Exist(ctx)
		if err != nil || exists {
			return err
		}
		sealed := f.key.Seal(pdf, documentAt(f.row.Ref, p.Kind, p.N, version))
		err = tx.Document.Create().SetReferralID(f.row.ID).SetKind(p.Kind).SetHandover(p.N).SetVersion(version).SetMadeAt(s.now()).
			SetDigest(digest).SetSealed(sealed).Exec(ctx)
		if err != nil {
			return fmt.Errorf("referrals: keeping a paper: %w", err)
		}
		l := s.line(workflow.Actor{}, "keep_paper", p.Reference)
		l.Duty, l.Handover, l.Reason = "system", p.N, p.Kind+" "+digest
		return s.record(ctx, tx, l)
	})
	return digest, err
}

// letterCode is the code printed on a letter: it can be checked with the
// reference, and guessed by nobody.
func (s *Service) letterCode(ref string) (string, error) {
	mac, err := s.keyed("letter code v1", []byte(ref))
	if err != nil {
		return "", err
	}
	return hex.EncodeToString(mac[:5]), nil
}

// CheckLetter says whether a notice of confirmation with this reference and
// code was issued, and on which day; nothing else, and the same whatever became
// of the referral since. It opens no answer.
func (s *Service) CheckLetter(ctx context.Context, ref, code string) (issued time.Time, ok bool, err error) {
	ctx = viewer.Job(ctx, "check letter")
	err = s.DB.Do(ctx, func(tx *ent.Tx) error {
		clean, isRef := forms.ParseReference(ref)
		want, err := s.letterCode(clean)
		if err != nil {
			return err
		}
		row, err := confirmedRow(ctx, tx, clean)
		if err != nil {
			return err
		}
		ok = isRef && row != nil && sameCode(want, code)
		l := s.line(workflow.Actor{}, "check_letter")
		l.Outcome = "not_known"
		if ok {
			issued, l.Outcome = *row.DecidedAt, "genuine"
			l.Refs = []string{row.Ref}
		}
		return s.record(ctx, tx, l)
	})
	return issued, ok, err
}
