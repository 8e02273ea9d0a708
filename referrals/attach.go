package referrals

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"

	"entgo.io/ent/dialect/sql"

	"nysreferral/attach"
	"nysreferral/blob"
	"nysreferral/ent"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// agencyFiles is how many bytes the files of one agency may be together.
const agencyFiles = 2 << 30

// Attaching is a file as somebody adds it, and what is said of it.
type Attaching struct {
	Kind   forms.PaperKind
	Text   forms.Text
	Others forms.YesNo
	PassOn forms.YesNo
	Name   string    // as it is called there; kept sealed, and never used as a name
	From   io.Reader // its bytes, read once
}

// attachAct is the act of the log, and of the rules before a referral is sent.
const attachAct = "attach"

// Attach adds a file to a draft of who, or to a sent referral as added facts. The
// original is kept sealed as it is, beside a copy that can be shown once it was
// scanned. What is wrong comes back as forms.Problems, with the field "file" where
// it is the file itself, and nothing is kept then. Whether a scanner answers does
// not matter here.
func (s *Service) Attach(ctx context.Context, who workflow.Actor, ref string, a Attaching) (Seen, error) {
	if !s.TakesFiles() {
		return Seen{}, fault.New(fault.Unavailable, "Files cannot be added here at the moment. Send the referral without them; you can add them later.")
	}
	var f *file
	err := s.do(ctx, who, attachAct, ref, func(ctx context.Context, tx *ent.Tx) error {
		var err error
		f, _, err = s.mayAttach(ctx, tx, who, ref, 0)
		return err
	})
	if err != nil {
		return Seen{}, err
	}
	got, err := s.Taker.Take(ctx, a.From)
	var refusal *attach.Refusal
	if errors.As(err, &refusal) {
		return Seen{}, fileProblem(refusal.Say)
	}
	if err != nil {
		return Seen{}, fmt.Errorf("referrals: taking a file: %w", err)
	}
	kept, err := s.store(ctx, f, got, a)
	if err != nil {
		return Seen{}, err
	}
	var seen Seen
	err = s.do(ctx, who, attachAct, ref, func(ctx context.Context, tx *ent.Tx) error {
		var err error
		seen, err = s.attach(ctx, tx, who, ref, kept)
		return err
	})
	if _, said := fault.Say(err); said && fault.KindOf(err) != fault.Unavailable || errors.As(err, new(forms.Problems)) {
		// Of any other error nobody knows whether the row was committed. What is
		// left then, or where this fails too, is found by SweepFiles.
		_ = s.unstore(context.WithoutCancel(ctx), kept.row.Original, kept.row.Copy)
	}
	return seen, err
}

func fileProblem(say string) error {
	return forms.Problems{{ID: attachedField, Field: "file", Message: say}}
}

// mayAttach opens the referral for who to add size bytes to it, or says why not.
func (s *Service) mayAttach(ctx context.Context, tx *ent.Tx, who workflow.Actor, ref string, size int64) (*file, sight, error) {
	f, look, err := s.visible(ctx, tx, who, ref)
	if err != nil {
		return nil, sight{}, err
	}
	if _, err := workflow.Next(who, attachBy(f), f.status(), look.c); err != nil {
		return nil, sight{}, refused(err)
	}
	if len(f.answers.Files) >= maxFiles {
		return nil, sight{}, fileProblem(fmt.Sprintf("This referral has %d files, which is the most. Put several pages into one PDF.", maxFiles))
	}
	used, err := filesOfAgency(ctx, tx, f.row.AgencyID)
	if err != nil {
		return nil, sight{}, err
	}
	if used+size > cmp.Or(s.Options.AgencyFiles, agencyFiles) {
		return nil, sight{}, fileProblem("Your agency has no room for more files. Discard drafts that nobody needs, or ask whoever runs this system for more room; the referral can be sent without the file.")
	}
	return f, look, nil
}

// attachBy is the step of the rules by which a file is added.
func attachBy(f *file) workflow.Action {
	if f.status() == workflow.Draft {
		return workflow.Save
	}
	return workflow.Add
}

const sizeOfAgency = `SELECT CAST(coalesce(sum(a.size), 0) AS bigint) FROM attachments a JOIN referrals r ON r.id = a.referral_id WHERE r.agency_id = $1`

func filesOfAgency(ctx context.Context, tx *ent.Tx, agency int) (int64, error) {
	rows, err := tx.QueryContext(ctx, sizeOfAgency, agency)
	if err != nil {
		return 0, fmt.Errorf("referrals: adding up files: %w", err)
	}
	var n int64
	if err := errors.Join(sql.ScanOne(rows, &n), rows.Close()); err != nil {
		return 0, fmt.Errorf("referrals: adding up files: %w", err)
	}
	return n, nil
}

// keptFile is a file whose bytes are stored, and that no row knows yet.
type keptFile struct {
	row    ent.Attachment
	listed forms.Attached
}

// store seals the original and the copy under the key of f and puts both where
// they survive a loss of power. Nobody finds them before their row is committed.
func (s *Service) store(ctx context.Context, f *file, got attach.File, a Attaching) (keptFile, error) {
	k := keptFile{row: ent.Attachment{Original: blob.Name(), Copy: blob.Name(), Status: string(forms.FileHeld)},
		listed: forms.Attached{Kind: a.Kind, Text: a.Text, Others: a.Others, PassOn: a.PassOn, Format: forms.Format(got.Kind), Size: forms.Of(len(got.Original)), Digest: forms.Text(got.Digest)}}
	if got.Pages > 0 {
		k.listed.Pages = forms.Of(got.Pages)
	}
	sum := sha256.Sum256(got.Copy)
	var err error
	k.row.Sealed, err = f.sealed(aboutFile{Name: plainName(a.Name), Copy: hex.EncodeToString(sum[:]), Width: got.Width, Height: got.Height}, aboutFileAt(f.row.Ref, k.row.Original))
	if err != nil {
		return keptFile{}, err
	}
	for _, one := range []struct {
		name   string
		sealed []byte
	}{{k.row.Original, f.key.Seal(got.Original, originalAt(f.row.Ref, k.row.Original))}, {k.row.Copy, f.key.Seal(got.Copy, copyAt(f.row.Ref, k.row.Copy))}} {
		if err := s.Files.Put(ctx, one.name, one.sealed); err != nil {
			_ = s.unstore(context.WithoutCancel(ctx), k.row.Original, k.row.Copy)
			return keptFile{}, fault.Wrap(fault.Unavailable, "This file could not be kept: the place where files lie does not take it at the moment. Nothing of it was saved. Try again later, or send the referral without it; files can be added afterwards.",
				fmt.Errorf("referrals: keeping a file: %w", err))
		}
		k.row.Size += int64(len(one.sealed))
	}
	return k, nil
}

// plainName is what a file was called, without its folders and without what is
// not drawn, for the referrer to know it again.
func plainName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > 100 {
		name = string(runes[:100])
	}
	if name == "." || name == "/" {
		return ""
	}
	return name
}

// attach lists the file among the answers: of a draft at once, of a sent referral
// as a version of its own.
func (s *Service) attach(ctx context.Context, tx *ent.Tx, who workflow.Actor, ref string, k keptFile) (Seen, error) {
	f, look, err := s.mayAttach(ctx, tx, who, ref, k.row.Size)
	if err != nil {
		return Seen{}, err
	}
	for _, one := range f.answers.Files {
		k.listed.Number.N = max(k.listed.Number.N, one.Number.N)
		if one.Digest == k.listed.Digest {
			return Seen{}, fileProblem("This file was added already: it is file " + one.Number.String() + ".")
		}
	}
	k.listed.Number = forms.Of(k.listed.Number.N + 1)
	add := tx.Attachment.Create().SetReferralID(f.row.ID).SetN(k.listed.Number.N).SetAuthorID(who.ID).SetAt(s.now()).SetStatus(k.row.Status).
		SetOriginal(k.row.Original).SetCopy(k.row.Copy).SetSize(k.row.Size).SetSealed(k.row.Sealed)
	files := append(slices.Clone(f.answers.Files), k.listed)
	if err := s.listFiles(ctx, tx, who, f, look, files); err != nil {
		return Seen{}, err
	}
	if err := add.Exec(ctx); err != nil {
		return Seen{}, fmt.Errorf("referrals: adding a file: %w", err)
	}
	return Seen{Ref: f.row.Ref, Rev: f.row.Rev + 1}, s.later(ctx, tx, ScanFile{Ref: f.row.Ref, N: k.listed.Number.N})
}

// listFiles makes files the list of the answers, with the line in the log.
func (s *Service) listFiles(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file, look sight, files []forms.Attached) error {
	if f.status() != workflow.Draft {
		f.attaching = files
		x := act{s: s, tx: tx, f: f, who: who, deed: &forms.Deed{}, rev: f.row.Rev, change: func(r *forms.Referral) forms.Problems {
			r.Files = files
			return nil
		}}
		return x.take(ctx, look, workflow.Add)
	}
	step, err := workflow.Next(who, workflow.Save, f.status(), look.c)
	if err != nil {
		return refused(err)
	}
	f.answers.Files = files
	if err := s.move(ctx, tx, f, f.row.Rev, nil); err != nil {
		return err
	}
	if err := s.keepDraft(ctx, tx, f, who, false); err != nil {
		return err
	}
	l := s.line(who, attachAct, f.row.Ref)
	l.Rule = step.Law
	return s.record(ctx, tx, l)
}

// Detach takes file n out of a draft, for good. What was sent stays as it was.
func (s *Service) Detach(ctx context.Context, who workflow.Actor, ref string, n int) error {
	return s.do(ctx, who, "detach", ref, func(ctx context.Context, tx *ent.Tx) error {
		f, look, err := s.visible(ctx, tx, who, ref)
		if err != nil {
			return err
		}
		row := f.rowOf(n)
		if row == nil || look.reader != forms.ReadsReferrer {
			return fault.Absent()
		}
		if f.status() != workflow.Draft {
			return fault.New(fault.Forbidden, "What was sent stays as it was. Write to the reviewer by “Add facts” if the file should not count.")
		}
		files := slices.DeleteFunc(slices.Clone(f.answers.Files), func(one forms.Attached) bool { return one.Number.N == n })
		if err := s.listFiles(ctx, tx, who, f, look, files); err != nil {
			return err
		}
		if err := tx.Attachment.DeleteOne(row).Exec(ctx); err != nil {
			return fmt.Errorf("referrals: taking a file out: %w", err)
		}
		return s.later(ctx, tx, DropBlobs{Names: []string{row.Original, row.Copy}})
	})
}

// namesOfFiles returns what the files were called where they came from, by
// number, for the referrer who added them.
func (f *file) namesOfFiles() (map[int]string, error) {
	out := map[int]string{}
	for _, row := range f.attached {
		var about aboutFile
		if err := f.unseal(row.Sealed, aboutFileAt(f.row.Ref, row.Original), &about); err != nil {
			return nil, err
		}
		out[row.N] = about.Name
	}
	return out, nil
}
