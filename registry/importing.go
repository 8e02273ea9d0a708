package registry

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"nysreferral/audit"
	"nysreferral/directory"
	"nysreferral/ent"
	"nysreferral/ent/contactpoint"
	"nysreferral/fault"
	"nysreferral/workflow"
)

// Preview is what an import would do, and the digest that stands for exactly
// that: this file over this directory.
type Preview struct {
	Changes  directory.Changes
	Verified []string // keys that the file says were verified since, by its own dates
	Dropped  []string // keys whose verification ends, for the ways to reach them change
	Digest   string   // SHA-256 in hex
}

// ImportPreview reads a directory file and says what importing it would do; it
// changes nothing. A file with mistakes comes back as Problems. A file never
// takes a verification away by leaving it out: it stands for as long as the
// ways to reach the contact point do. A later one is taken from the file.
func (s *Service) ImportPreview(ctx context.Context, who workflow.Actor, csv []byte) (Preview, error) {
	var out Preview
	err := s.do(ctx, who, PreviewImport, func(tx *ent.Tx, l *audit.Line) (err error) {
		out, _, err = s.preview(ctx, tx, csv)
		l.Reason = out.counts()
		return err
	})
	return out, err
}

// Import does what the preview with this digest said, in one transaction. It
// returns fault.Conflict when the file or the directory is no longer the one
// of the preview.
func (s *Service) Import(ctx context.Context, who workflow.Actor, csv []byte, digest string) (Preview, error) {
	var out Preview
	err := s.do(ctx, who, ImportContacts, func(tx *ent.Tx, l *audit.Line) (err error) {
		out, err = s.importFile(ctx, tx, csv, digest, l)
		return err
	})
	return out, err
}

// ExportContacts returns the whole directory as a file that ImportPreview
// reads.
func (s *Service) ExportContacts(ctx context.Context, who workflow.Actor) ([]byte, error) {
	var file bytes.Buffer
	err := s.do(ctx, who, ExportContacts, func(tx *ent.Tx, l *audit.Line) error {
		rows, err := allContacts(ctx, tx)
		if err != nil {
			return err
		}
		list := make([]directory.Contact, len(rows))
		for i, row := range rows {
			list[i] = pointOf(row)
		}
		file.Reset()
		l.Reason = fmt.Sprintf("%d lines", len(list))
		return directory.Write(&file, list)
	})
	return file.Bytes(), err
}

func (p Preview) counts() string {
	return fmt.Sprintf("%d added, %d changed, %d ended", len(p.Changes.Added), len(p.Changes.Changed), len(p.Changes.Ended))
}

// preview compares a file with the directory; the revs are those of the rows
// that it was compared with.
func (s *Service) preview(ctx context.Context, tx *ent.Tx, csv []byte) (Preview, map[string]int, error) {
	rows, err := allContacts(ctx, tx)
	if err != nil {
		return Preview{}, nil, err
	}
	list, err := directory.Parse(bytes.NewReader(csv))
	var wrong directory.Problems
	if errors.As(err, &wrong) {
		return Preview{}, nil, fileProblems(wrong)
	}
	if err != nil {
		return Preview{}, nil, fmt.Errorf("registry: reading a directory file: %w", err)
	}
	digest, today := sha256.New(), s.today()
	_, _ = digest.Write(csv)
	fmt.Fprintf(digest, "\x00%s", today)
	was, revs, known := make([]directory.Contact, len(rows)), map[string]int{}, map[string]directory.Contact{}
	for i, row := range rows {
		was[i], revs[row.Key] = pointOf(row), row.Rev
		known[row.Key] = was[i]
		fmt.Fprintf(digest, "\x00%s\x00%d", row.Key, row.Rev)
	}
	p := Preview{Digest: hex.EncodeToString(digest.Sum(nil))}
	var bad Problems
	for i := range list {
		p.verification(known[list[i].Key], &list[i], today, &bad)
		if err := fictional(ctx, tx, list[i].Key, &bad); err != nil {
			return p, nil, err
		}
	}
	if len(bad) > 0 {
		return Preview{}, nil, bad[:min(len(bad), 20)]
	}
	p.Changes = directory.Diff(was, list)
	return p, revs, nil
}

func fileProblems(wrong directory.Problems) Problems {
	bad := make(Problems, len(wrong))
	for i, p := range wrong {
		bad[i] = Problem{"file", "In the file, " + p.String() + "."}
	}
	return bad
}

// verification decides which verification a line of a file gets: its own when
// that is later than the one that is kept; else the kept one, as long as the
// ways to reach the contact point stay.
func (p *Preview) verification(was directory.Contact, is *directory.Contact, today string, bad *Problems) {
	switch {
	case is.VerifiedOn > today:
		bad.add("file", "In the file, the line "+is.Key+" was verified on a day that is still to come. Correct verified_on.")
		return
	case is.VerifiedOn > was.VerifiedOn && is.VerifiedHow == "":
		bad.add("file", "In the file, the line "+is.Key+" does not say how it was verified. Fill in verified_how, or empty verified_on and verified_by.")
		return
	case is.VerifiedOn > was.VerifiedOn:
		p.Verified = append(p.Verified, is.Key)
		return
	}
	is.VerifiedOn, is.VerifiedBy, is.VerifiedHow = was.VerifiedOn, was.VerifiedBy, was.VerifiedHow
	if was.Key != "" && difference(was, *is).Stale() {
		is.VerifiedOn, is.VerifiedBy, is.VerifiedHow = "", "", ""
		p.Dropped = append(p.Dropped, is.Key)
	}
}

func (s *Service) importFile(ctx context.Context, tx *ent.Tx, csv []byte, digest string, l *audit.Line) (Preview, error) {
	p, revs, err := s.preview(ctx, tx, csv)
	if err != nil {
		return p, err
	}
	if p.Digest != digest {
		return p, fault.New(fault.Conflict, "The directory or the file is not the one that you looked at. Nothing was imported. Choose the file again and read what would change.")
	}
	for _, c := range p.Changes.Added {
		if err := create(tx, c).Exec(ctx); err != nil {
			return p, fmt.Errorf("registry: adding a contact point: %w", err)
		}
	}
	change := func(c directory.Contact) error {
		n, err := set(tx.ContactPoint.Update().Where(contactpoint.Key(c.Key), contactpoint.Rev(revs[c.Key])), c).AddRev(1).Save(ctx)
		if err == nil && n == 0 {
			return stale("the directory")
		}
		if err != nil {
			return fmt.Errorf("registry: changing a contact point: %w", err)
		}
		return nil
	}
	for _, c := range p.Changes.Changed {
		if err := change(c.New); err != nil {
			return p, err
		}
		if c.New.ValidTo == c.Old.ValidTo {
			continue
		}
		if err := answered(ctx, tx, c.New.Key); err != nil {
			return p, err
		}
	}
	for _, c := range p.Changes.Ended {
		c.ValidTo = max(s.today(), c.ValidFrom)
		if err := change(c); err != nil {
			return p, err
		}
		if err := answered(ctx, tx, c.Key); err != nil {
			return p, err
		}
	}
	for _, key := range p.Verified {
		if err := s.told(ctx, tx, key); err != nil {
			return p, err
		}
	}
	l.Refs, l.Reason = p.refs(), p.counts()
	return p, nil
}

// refs names what an import touched, as far as one line of the log holds it.
func (p Preview) refs() []string {
	var out []string
	for _, c := range slices.Concat(p.Changes.Added, p.Changes.Ended) {
		out = append(out, contactRef(c.Key))
	}
	for _, c := range p.Changes.Changed {
		out = append(out, contactRef(c.New.Key))
	}
	return out[:min(len(out), 5000)]
}
