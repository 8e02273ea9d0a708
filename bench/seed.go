package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"nysreferral/audit"
	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/reports"
	"nysreferral/seal"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// One of so many referrals is open; they are the youngest.
const openShare = 20

// batch is how many referrals go into one transaction.
const batch = 500

// seeded is a database with n referrals as years of use leave them: each with
// its own key, sealed facets, sealed answers, an entry and a line in the log,
// whose tree is complete.
type seeded struct {
	*site
	n        int
	referrer person
	reviewer person
	answers  []byte // JSON of one case
}

// seed fills an empty database.
func (r *run) seed(dialect string, n int) (*seeded, error) {
	s, err := r.open(dialect)
	if err != nil {
		return nil, err
	}
	d := &seeded{site: s, n: n}
	all, err := s.referrers(r.ctx, 1)
	if err != nil {
		return nil, err
	}
	dcjs, err := s.agency(r.ctx, "Division of Criminal Justice Services", "dcjs", workflow.SideDCJS, "not_applicable")
	if err != nil {
		return nil, err
	}
	staff, err := s.people(r.ctx, dcjs, workflow.Reviewer, 1)
	if err != nil {
		return nil, err
	}
	d.referrer, d.reviewer = all[0], staff[0]
	answers, _, err := demo.Referral(submitted, s.Door.Today())
	if err != nil {
		return nil, err
	}
	if d.answers, err = forms.Questions.JSON(answers); err != nil {
		return nil, fmt.Errorf("writing answers: %w", err)
	}
	for from := 0; from < n; from += batch {
		if err := d.some(r.ctx, from, min(from+batch, n)); err != nil {
			return nil, err
		}
	}
	tree, err := audit.NewTree(s.DB, s.Ring, time.Now)
	if err != nil {
		return nil, err
	}
	for {
		if taken, err := tree.Take(r.ctx); err != nil || taken == 0 {
			return d, err
		}
	}
}

// row is what lies sealed of one referral.
type row struct {
	ref, digest             string
	wrapped, facets, sealed []byte
}

func (d *seeded) row(i int, at time.Time) (row, error) {
	var random [24]byte
	rand.Read(random[:])
	out := row{ref: forms.NewReference(binary.BigEndian.Uint64(random[16:]))}
	key, wrapped, err := d.Ring.NewKey(out.ref)
	if err != nil {
		return row{}, err
	}
	facets := demo.Invent(i).Facets("social_service_provider")
	facets.Month = at.Format("2006-01")
	facets.Course = referrals.Course{DecidedAt: at.AddDate(0, 0, 3), Outcome: reports.Confirmed, Found: facets.Type, Handed: []referrals.Passage{
		{N: 1, Kind: "rhtp", County: facets.CountyNow, SentAt: at.AddDate(0, 0, 4), AcceptedAt: at.AddDate(0, 0, 5), ReachedAt: at.AddDate(0, 0, 8), ServedAt: at.AddDate(0, 0, 15)}}}
	text, err := json.Marshal(facets)
	if err != nil {
		return row{}, fmt.Errorf("writing facets: %w", err)
	}
	whole, err := json.Marshal(map[string]any{"nonce": hex.EncodeToString(random[:16]), "answers": json.RawMessage(d.answers)})
	if err != nil {
		return row{}, fmt.Errorf("writing answers: %w", err)
	}
	sum := sha256.Sum256(whole)
	out.digest, out.wrapped = hex.EncodeToString(sum[:]), wrapped
	out.facets = key.Seal(text, seal.Place{Table: "referrals", Column: "facets", Row: out.ref, Version: 1})
	out.sealed = key.Seal(whole, seal.Place{Table: "answers", Column: "sealed", Row: out.ref, Version: 1})
	return out, nil
}

// some adds the referrals from..to-1 of all.
func (d *seeded) some(ctx context.Context, from, to int) error {
	return d.DB.Do(ctx, func(tx *ent.Tx) error {
		rows := make([]row, to-from)
		adds := make([]*ent.ReferralCreate, len(rows))
		for i := range rows {
			at := d.received(from + i)
			var err error
			if rows[i], err = d.row(from+i, at); err != nil {
				return err
			}
			adds[i] = d.referral(tx, from+i, at, rows[i])
		}
		kept, err := tx.Referral.CreateBulk(adds...).Save(viewer.Job(ctx, "test"))
		if err != nil {
			return fmt.Errorf("seeding referrals: %w", err)
		}
		return d.beside(ctx, tx, kept, rows)
	})
}

// received spreads ten years over the referrals, the last of them today.
func (d *seeded) received(i int) time.Time {
	return start.Add(-time.Duration(d.n-i) * (10 * 365 * 24 * time.Hour / time.Duration(d.n))).Truncate(time.Microsecond)
}

func (d *seeded) open(i int) bool { return i >= d.n-d.n/openShare }

// referral is a row of its table: of the open ones a third each is submitted,
// in review and asked; of the others nine of ten are closed and one is declined.
func (d *seeded) referral(tx *ent.Tx, i int, at time.Time, one row) *ent.ReferralCreate {
	add := tx.Referral.Create().SetRef(one.ref).SetAgencyID(d.referrer.Agency).SetAuthorID(d.referrer.ID).SetCreatedAt(at).SetUpdatedAt(at).
		SetSubmittedAt(at).SetDueAt(at.AddDate(0, 0, 5)).SetRouteDueAt(at.AddDate(0, 0, 10)).SetDataKey(one.wrapped).SetFacets(one.facets).SetRev(2)
	switch {
	case d.open(i) && i%3 == 0:
		add.SetStatus(string(workflow.Submitted))
	case d.open(i):
		add.SetStatus([]string{"", string(workflow.InReview), string(workflow.Asked)}[i%3]).SetAssignedID(d.reviewer.ID)
	case i%10 == 0:
		add.SetStatus(string(workflow.Declined)).SetDecidedAt(at.AddDate(0, 0, 3)).SetAssignedID(d.reviewer.ID)
	default:
		add.SetStatus(string(workflow.Closed)).SetDecidedAt(at.AddDate(0, 0, 3)).SetClosedAt(at.AddDate(0, 2, 0)).SetAssignedID(d.reviewer.ID)
	}
	return add
}

// beside adds the answers, the entry and the line of the log of each referral.
func (d *seeded) beside(ctx context.Context, tx *ent.Tx, kept []*ent.Referral, rows []row) error {
	answers, entries, lines := make([]*ent.AnswersCreate, len(kept)), make([]*ent.EntryCreate, len(kept)), make([]*ent.AuditEntryCreate, len(kept))
	for i, k := range kept {
		answers[i] = tx.Answers.Create().SetReferralID(k.ID).SetVersion(1).SetKind("submission").SetAuthorID(k.AuthorID).SetAt(k.CreatedAt).
			SetSealed(rows[i].sealed).SetDigest(rows[i].digest)
		entries[i] = tx.Entry.Create().SetReferralID(k.ID).SetSeq(1).SetAction(string(workflow.Submit)).SetAuthorID(k.AuthorID).SetAt(k.CreatedAt).
			SetFromStatus(string(workflow.Draft)).SetToStatus(string(workflow.Submitted))
		lines[i] = tx.AuditEntry.Create().SetAt(k.CreatedAt).SetActor(k.AuthorID).SetDuty(string(workflow.Referrer)).SetAgency(k.AgencyID).
			SetAction(string(workflow.Submit)).SetOutcome(audit.Done).SetRefs([]string{k.Ref})
	}
	if err := tx.Answers.CreateBulk(answers...).Exec(viewer.Job(ctx, "test")); err != nil {
		return fmt.Errorf("seeding answers: %w", err)
	}
	if err := tx.Entry.CreateBulk(entries...).Exec(viewer.Job(ctx, "test")); err != nil {
		return fmt.Errorf("seeding entries: %w", err)
	}
	if err := tx.AuditEntry.CreateBulk(lines...).Exec(ctx); err != nil {
		return fmt.Errorf("seeding the log: %w", err)
	}
	return nil
}
