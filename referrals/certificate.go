package referrals

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/disposal"
	"nysreferral/ent/disposalitem"
	"nysreferral/fault"
	"nysreferral/workflow"
)

// Certificate says what a batch destroyed, by the digests of the references: it
// can be handed on and names no referral to whoever does not know its
// reference. The same batch gives the same bytes.
type Certificate struct {
	N          int
	ProposedAt time.Time
	ProposedBy int // account
	ApprovedAt time.Time
	ApprovedBy int
	DoneAt     time.Time
	Destroyed  int
	LeftOut    int
	Items      []CertifiedItem
	CSV        []byte
	Digest     string // SHA-256 of CSV, in hex
}

// CertifiedItem is one referral of a certificate.
type CertifiedItem struct {
	Digest  string // SHA-256 of the reference as people see it, in hex
	Outcome workflow.Outcome
	DueAt   time.Time
	DoneAt  time.Time
	LeftOut string // "" when it was destroyed
}

// Certificate returns the certificate of a batch that is done, or fault.Absent.
// fault.Internal says that rows of the batch were changed since: its digest is
// not the one that was kept.
func (s *Service) Certificate(ctx context.Context, who workflow.Actor, n int) (Certificate, error) {
	var out Certificate
	err := s.do(ctx, who, "read_certificate", "", func(ctx context.Context, tx *ent.Tx) error {
		if !workflow.SeesDisposals(who) {
			return fault.Absent()
		}
		row, err := tx.Disposal.Query().Where(disposal.ID(n), disposal.Status(string(workflow.DisposalDone))).Only(ctx)
		if ent.IsNotFound(err) {
			return fault.Absent()
		}
		if err != nil {
			return fmt.Errorf("referrals: reading a batch: %w", err)
		}
		if out, err = s.certificate(ctx, tx, n); err != nil {
			return err
		}
		if out.Digest != row.Digest {
			return fmt.Errorf("referrals: the rows of disposal %d are not those of its certificate", n)
		}
		return s.record(ctx, tx, s.line(who, "read_certificate", batchRef(n)))
	})
	return out, err
}

// certificate makes the certificate of a batch from its rows.
func (s *Service) certificate(ctx context.Context, tx *ent.Tx, n int) (Certificate, error) {
	row, err := tx.Disposal.Get(ctx, n)
	if err != nil {
		return Certificate{}, fmt.Errorf("referrals: reading a batch: %w", err)
	}
	items, err := tx.DisposalItem.Query().Where(disposalitem.DisposalID(n)).WithReferral().Order(ent.Asc(disposalitem.FieldID)).All(ctx)
	if err != nil {
		return Certificate{}, fmt.Errorf("referrals: reading a batch: %w", err)
	}
	out := Certificate{N: n, ProposedAt: row.ProposedAt.UTC(), ProposedBy: row.ProposedByID, ApprovedAt: row.DecidedAt.UTC(), ApprovedBy: *row.DecidedByID, DoneAt: row.DoneAt.UTC()}
	for _, one := range items {
		sum := sha256.Sum256([]byte(one.Edges.Referral.Ref))
		it := CertifiedItem{Digest: hex.EncodeToString(sum[:]), Outcome: workflow.Outcome(one.Outcome), DueAt: one.DueAt.UTC(), DoneAt: one.DoneAt.UTC(), LeftOut: one.LeftOut}
		if it.LeftOut == "" {
			out.Destroyed++
		} else {
			out.LeftOut++
		}
		out.Items = append(out.Items, it)
	}
	return out, out.write()
}

// write makes the CSV and its digest.
func (c *Certificate) write() error {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	stamp := func(t time.Time) string { return t.Format(time.RFC3339Nano) }
	rows := [][]string{{"disposal", "proposed_at", "proposed_by", "approved_at", "approved_by", "reference_sha256", "outcome", "time_over_at", "result", "at"}}
	for _, it := range c.Items {
		result := "destroyed"
		if it.LeftOut != "" {
			result = "left: " + it.LeftOut
		}
		rows = append(rows, []string{strconv.Itoa(c.N), stamp(c.ProposedAt), strconv.Itoa(c.ProposedBy), stamp(c.ApprovedAt), strconv.Itoa(c.ApprovedBy),
			it.Digest, string(it.Outcome), stamp(it.DueAt), result, stamp(it.DoneAt)})
	}
	if err := w.WriteAll(rows); err != nil {
		return fmt.Errorf("referrals: writing a certificate: %w", err)
	}
	sum := sha256.Sum256(b.Bytes())
	c.CSV, c.Digest = b.Bytes(), hex.EncodeToString(sum[:])
	return nil
}
