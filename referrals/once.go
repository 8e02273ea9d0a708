package referrals

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"

	"nysreferral/ent"
	"nysreferral/ent/request"
	"nysreferral/fault"
	"nysreferral/workflow"
)

// claim is the use of a key for sending a referral: the same key with the same
// body does it once.
type claim struct {
	key  string // of the caller; "" for none
	body []byte // what was sent with it
	ref  string // of the referral
}

// claim keeps that who used the key, and reports whether it is new. While
// another request with the same key is under way it waits for that, and takes
// the key over if that comes to nothing.
func (s *Service) claim(ctx context.Context, tx *ent.Tx, who workflow.Actor, c claim) (bool, error) {
	if c.key == "" {
		return true, nil
	}
	keyHash, bodyHash, err := s.hashes(c.key, c.body)
	if err != nil {
		return false, err
	}
	err = tx.Request.Create().SetUserID(who.ID).SetKeyHash(keyHash).SetBodyHash(bodyHash).SetRef(c.ref).SetAt(s.now()).
		OnConflictColumns(request.FieldUserID, request.FieldKeyHash).DoNothing().Exec(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil // the key stands there already
	}
	if err != nil {
		return false, fmt.Errorf("referrals: keeping a key: %w", err)
	}
	return true, nil
}

// again returns the receipt of what the key sent before; fault.Conflict when it
// came with another body.
func (s *Service) again(ctx context.Context, tx *ent.Tx, who workflow.Actor, c claim) (Receipt, error) {
	keyHash, bodyHash, err := s.hashes(c.key, c.body)
	if err != nil {
		return Receipt{}, err
	}
	old, err := tx.Request.Query().Where(request.UserID(who.ID), request.KeyHash(keyHash)).Only(ctx)
	if err != nil {
		return Receipt{}, fmt.Errorf("referrals: reading a key: %w", err)
	}
	if !bytes.Equal(old.BodyHash, bodyHash) {
		return Receipt{}, fault.New(fault.Conflict, "This key was used for another referral. Use a new key for each referral.")
	}
	f, look, err := s.visible(ctx, tx, who, old.Ref)
	if err != nil {
		return Receipt{}, err
	}
	count, err := s.counting(ctx, tx, f)
	if err != nil {
		return Receipt{}, err
	}
	out := receiptOf(f, count)
	out.Again = true
	if look.extent != workflow.Whole {
		out.Digest = ""
	}
	return out, s.record(ctx, tx, s.line(who, "submit_again", f.row.Ref))
}

// receiptOf is the receipt of a referral that was sent, as it was then: an
// extension or an appeal has moved only what is due now.
func receiptOf(f *file, count counting) Receipt {
	out := Receipt{Reference: f.row.Ref, Status: workflow.Submitted, Digest: f.sent}
	if f.row.SubmittedAt != nil {
		out.ReceivedAt = *f.row.SubmittedAt
		out.DueAt, out.RouteDueAt = count.due(workflow.ClockDetermination, out.ReceivedAt), count.due(workflow.ClockNotice, out.ReceivedAt)
	}
	return out
}

func (s *Service) hashes(key string, body []byte) (keyHash, bodyHash []byte, err error) {
	if keyHash, err = s.keyed("idempotency v1", []byte(key)); err != nil {
		return nil, nil, err
	}
	bodyHash, err = s.keyed("idempotency body v1", body)
	return keyHash, bodyHash, err
}

// keyed is an HMAC that only the holder of the key file can compute.
func (s *Service) keyed(label string, parts ...[]byte) ([]byte, error) {
	key, err := s.Ring.Derive(label)
	if err != nil {
		return nil, fmt.Errorf("referrals: deriving a key: %w", err)
	}
	h := hmac.New(sha256.New, key)
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil), nil
}
