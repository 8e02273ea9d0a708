package referrals

import (
	"context"
	"errors"
	"fmt"
	"time"

	"nysreferral/blob"
	"nysreferral/ent"
	"nysreferral/ent/attachment"
	"nysreferral/ent/referral"
	"nysreferral/forms"
	"nysreferral/viewer"
)

// ScanFile is the job of having file N scanned.
type ScanFile struct {
	Ref string `json:"ref"`
	N   int    `json:"n"`
}

// Kind names the job.
func (ScanFile) Kind() string { return "scan_file" }

// Outside says that it waits for the scanner.
func (ScanFile) Outside() {}

// Patient says that mails go before it.
func (ScanFile) Patient() {}

// ScanHeld is the job of having all files scanned that were held for a while,
// because no scanner answered or there was none.
type ScanHeld struct{}

// Kind names the job.
func (ScanHeld) Kind() string { return "scan_held" }

// Outside says that it waits for the scanner.
func (ScanHeld) Outside() {}

// Patient says that mails go before it.
func (ScanHeld) Patient() {}

// DropBlobs is the job of taking blobs away that no row names any more.
type DropBlobs struct {
	Names []string `json:"names"`
}

// Kind names the job.
func (DropBlobs) Kind() string { return "drop_blobs" }

// SweepFiles is the job of taking away blobs of which no row knows.
type SweepFiles struct{}

// Kind names the job.
func (SweepFiles) Kind() string { return "sweep_files" }

// waitHeld is how long a file is left to its own job before ScanHeld takes it up,
// and how old a blob is before it can be one that nobody wants: longer than any
// upload takes.
const (
	waitHeld = 2 * time.Minute
	waitBlob = time.Hour
)

// Scan has one file scanned, if it waits for that and there is a scanner. An
// error means that nobody looked: the file is held on.
func (s *Service) Scan(ctx context.Context, job ScanFile) error {
	if s.Scanner == nil || s.Files == nil {
		return nil
	}
	ctx = viewer.Job(ctx, "scan file")
	row, err := s.DB.Read().Attachment.Query().Where(attachment.N(job.N), attachment.Status(string(forms.FileHeld)),
		attachment.HasReferralWith(referral.Ref(job.Ref), referral.DataKeyNotNil())).WithReferral().Only(ctx)
	if ent.IsNotFound(err) {
		return nil // it was scanned, or is gone
	}
	if err != nil {
		return fmt.Errorf("referrals: reading a file: %w", err)
	}
	return s.scan(ctx, row)
}

// ScanHeld has files scanned that wait. It returns how many it did; an error
// means that the others wait on.
func (s *Service) ScanHeld(ctx context.Context) (int, error) {
	if s.Scanner == nil || s.Files == nil {
		return 0, nil
	}
	ctx = viewer.Job(ctx, "scan held")
	rows, err := s.DB.Read().Attachment.Query().Where(attachment.Status(string(forms.FileHeld)), attachment.AtLT(s.now().Add(-waitHeld)),
		attachment.HasReferralWith(referral.DataKeyNotNil())).WithReferral().Order(ent.Asc(attachment.FieldAt)).Limit(100).All(ctx)
	if err != nil {
		return 0, fmt.Errorf("referrals: reading held files: %w", err)
	}
	var errs []error
	n := 0
	for _, row := range rows {
		if err := s.scan(ctx, row); err != nil {
			errs = append(errs, err)
			if len(errs) > 2 {
				break // the scanner does not answer, or not well
			}
			continue
		}
		n++
	}
	return n, errors.Join(errs...)
}

// scan has the original of one file scanned and keeps what came of it.
func (s *Service) scan(ctx context.Context, row *ent.Attachment) error {
	ref := row.Edges.Referral.Ref
	key, err := s.Ring.Key(row.Edges.Referral.DataKey, ref)
	if err != nil {
		return fmt.Errorf("referrals: opening the key of a file: %w", err)
	}
	sealed, err := s.Files.Read(ctx, row.Original, row.Size)
	if err != nil {
		return fmt.Errorf("referrals: reading a file: %w", err)
	}
	plain, err := key.Open(sealed, originalAt(ref, row.Original))
	if err != nil {
		return fmt.Errorf("referrals: opening a file: %w", err)
	}
	found, err := s.Scanner.Scan(ctx, plain)
	if err != nil {
		return fmt.Errorf("referrals: scanning a file: %w", err)
	}
	return s.DB.Do(ctx, func(tx *ent.Tx) error { return s.scanned(ctx, tx, row, found) })
}

// scanned keeps that a file is clean, or that harm was found in it: then its copy
// goes, its referrer is told, and only the sealed original stays, as evidence.
func (s *Service) scanned(ctx context.Context, tx *ent.Tx, row *ent.Attachment, found string) error {
	status, outcome := forms.FileClean, "clean"
	if found != "" {
		status, outcome = forms.FileHarmful, "harmful"
	}
	n, err := tx.Attachment.Update().Where(attachment.ID(row.ID), attachment.Status(string(forms.FileHeld))).
		SetStatus(string(status)).SetScannedAt(s.now()).Save(ctx)
	if err != nil {
		return fmt.Errorf("referrals: keeping what a scan found: %w", err)
	}
	if n == 0 {
		return nil // another run was first, or it is gone
	}
	if status == forms.FileHarmful {
		if err := s.later(ctx, tx, DropBlobs{Names: []string{row.Copy}}, Mail{User: row.AuthorID, What: "waiting"}); err != nil {
			return err
		}
	}
	l := s.systemLine("scan", row.Edges.Referral.Ref)
	l.Reason = fmt.Sprintf("file %d: %s", row.N, outcome)
	return s.record(ctx, tx, l)
}

// DropBlobs takes blobs away.
func (s *Service) DropBlobs(ctx context.Context, job DropBlobs) error {
	return s.unstore(ctx, job.Names...)
}

func (s *Service) unstore(ctx context.Context, names ...string) error {
	if s.Files == nil {
		return nil
	}
	var errs []error
	for _, name := range names {
		errs = append(errs, s.Files.Remove(ctx, name))
	}
	return errors.Join(errs...)
}

// dropFiles takes away the rows of all files of a referral, and after the commit
// their blobs.
func (s *Service) dropFiles(ctx context.Context, tx *ent.Tx, id int) error {
	rows, err := tx.Attachment.Query().Where(attachment.ReferralID(id)).All(ctx)
	if err != nil {
		return fmt.Errorf("referrals: reading files: %w", err)
	}
	if len(rows) == 0 {
		return nil
	}
	var job DropBlobs
	for _, row := range rows {
		job.Names = append(job.Names, row.Original, row.Copy)
	}
	if _, err := tx.Attachment.Delete().Where(attachment.ReferralID(id)).Exec(ctx); err != nil {
		return fmt.Errorf("referrals: destroying files: %w", err)
	}
	return s.later(ctx, tx, job)
}

// SweepFiles takes away blobs of which no row knows: of an upload that ended
// before its row was committed, or of a job that was lost. now is of the machine's
// clock, as the age of a blob is. It returns how many.
func (s *Service) SweepFiles(ctx context.Context, now time.Time) (int, error) {
	if s.Files == nil {
		return 0, nil
	}
	ctx = viewer.Job(ctx, "sweep files")
	n := 0
	err := s.Files.Before(ctx, now.Add(-waitBlob), func(name string) error {
		row, err := s.DB.Read().Attachment.Query().Where(attachment.Or(attachment.Original(name), attachment.Copy(name))).Only(ctx)
		if err != nil && !ent.IsNotFound(err) {
			return fmt.Errorf("referrals: looking for the row of a blob: %w", err)
		}
		if row != nil && (row.Original == name || row.Status != string(forms.FileHarmful)) {
			return nil
		}
		n++
		return s.Files.Remove(ctx, name)
	})
	if errors.Is(err, blob.ErrAbsent) {
		err = nil
	}
	return n, err
}
