package referrals

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/answers"
	"nysreferral/ent/request"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// Submit sends the draft at.Ref to DCJS and OTDA. What stands against it comes
// back as forms.Problems and the draft is kept. The same key again returns the
// same receipt.
//
// Law: SSL 483-cc(a); 9 NYCRR 6174.3(a).
func (s *Service) Submit(ctx context.Context, who workflow.Actor, at Seen, key string) (Receipt, error) {
	var out Receipt
	err := s.once(ctx, who, func(tx *ent.Tx) error {
		var done bool
		var err error
		if out, done, err = s.again(ctx, tx, who, key, []byte(at.Ref)); err != nil || done {
			return err
		}
		f, look, err := s.visible(ctx, tx, who, at.Ref)
		if err != nil {
			return err
		}
		source(who, f.answers)
		out, err = s.send(ctx, tx, who, f, look.c, at.Rev, true)
		if err != nil {
			return err
		}
		return s.remember(ctx, tx, who, key, []byte(at.Ref), f.row.Ref)
	})
	return out, err
}

// Send makes a referral of the answers r and sends it in one act. body is what
// the caller sent, so that the same key with another body is fault.Conflict.
func (s *Service) Send(ctx context.Context, who workflow.Actor, r *forms.Referral, key string, body []byte) (Receipt, error) {
	var out Receipt
	err := s.once(ctx, who, func(tx *ent.Tx) error {
		var done bool
		var err error
		if out, done, err = s.again(ctx, tx, who, key, body); err != nil || done {
			return err
		}
		if err := s.notTooMany(ctx, tx, who, cmp.Or(s.Options.SubmissionsAnHour, submissionsAnHour)); err != nil {
			return err
		}
		source(who, r)
		f, err := s.begun(who, r)
		if err != nil {
			return err
		}
		mine := workflow.Circumstances{AgencyID: who.Agency, AuthorID: who.ID}
		if out, err = s.send(ctx, tx, who, f, mine, f.row.Rev, false); err != nil {
			return err
		}
		return s.remember(ctx, tx, who, key, body, f.row.Ref)
	})
	return out, err
}

// send takes the step of submitting f and everything that begins with it.
func (s *Service) send(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file, c workflow.Circumstances, rev int, drafted bool) (Receipt, error) {
	if rev != f.row.Rev {
		return Receipt{}, s.movedOn(f)
	}
	step, err := workflow.Next(who, workflow.Submit, f.status(), c)
	if err != nil {
		return Receipt{}, refused(err)
	}
	if err := forms.Questions.Check(f.answers, s.Today()).Err(); err != nil {
		return Receipt{}, err
	}
	if f.answers.Under18 == "yes" {
		f.answers.Under18Then = "yes" // being under 18 now says so
	}
	now := s.now()
	out := Receipt{Reference: f.row.Ref, Status: step.To, ReceivedAt: now, DueAt: s.due(workflow.ClockDetermination, now), RouteDueAt: s.due(workflow.ClockNotice, now)}
	facets, err := f.sealed(s.facets(f.answers, now), facetsAt(f.row.Ref))
	if err != nil {
		return Receipt{}, err
	}
	if drafted {
		err = s.fromDraft(ctx, tx, f, rev, func(up *ent.ReferralUpdate) {
			up.SetStatus(string(step.To)).SetSubmittedAt(now).SetDueAt(out.DueAt).SetRouteDueAt(out.RouteDueAt).SetFacets(facets)
		})
	} else {
		err = s.insert(ctx, tx, f, func(add *ent.ReferralCreate) {
			add.SetStatus(string(step.To)).SetSubmittedAt(now).SetDueAt(out.DueAt).SetRouteDueAt(out.RouteDueAt).SetFacets(facets)
		})
	}
	if err != nil {
		return Receipt{}, err
	}
	if out.Digest, err = s.keepSubmission(ctx, tx, f, who); err != nil {
		return Receipt{}, err
	}
	if err := s.enter(ctx, tx, f, who, entryOf(step, nil)); err != nil {
		return Receipt{}, err
	}
	if err := s.start(ctx, tx, f, out); err != nil {
		return Receipt{}, err
	}
	l := s.line(who, string(step.Do), f.row.Ref)
	l.Rule = step.Law
	return out, s.record(ctx, tx, l)
}

// fromDraft writes the row of a draft on, and takes the draft's answers away.
func (s *Service) fromDraft(ctx context.Context, tx *ent.Tx, f *file, rev int, set func(*ent.ReferralUpdate)) error {
	if err := s.move(ctx, tx, f, rev, set); err != nil {
		return err
	}
	if _, err := tx.Answers.Delete().Where(answers.ReferralID(f.row.ID), answers.Version(0)).Exec(ctx); err != nil {
		return fmt.Errorf("referrals: submitting: %w", err)
	}
	return nil
}

// due is when the clock that starts at from runs out.
func (s *Service) due(key workflow.ClockKey, from time.Time) time.Time {
	clock, ok := workflow.ClockOf(key)
	if !ok {
		return from
	}
	switch clock.Unit {
	case workflow.BusinessDays:
		return s.Calendar.Due(from, clock.Count)
	case workflow.Days:
		return from.AddDate(0, 0, clock.Count)
	}
	return from.Add(time.Duration(clock.Count) * time.Hour)
}

// keepSubmission seals the answers as the next immutable version and returns
// their digest.
func (s *Service) keepSubmission(ctx context.Context, tx *ent.Tx, f *file, who workflow.Actor) (string, error) {
	text, err := forms.Questions.JSON(f.answers)
	if err != nil {
		return "", fmt.Errorf("referrals: writing answers: %w", err)
	}
	var nonce [16]byte
	if _, err := rand.Read(nonce[:]); err != nil {
		return "", fmt.Errorf("referrals: writing answers: %w", err)
	}
	whole, err := json.Marshal(envelope{Nonce: hex.EncodeToString(nonce[:]), Answers: text})
	if err != nil {
		return "", fmt.Errorf("referrals: writing answers: %w", err)
	}
	sum := sha256.Sum256(whole)
	digest, version := hex.EncodeToString(sum[:]), f.version+1
	sealed := f.key.Seal(whole, answersAt(f.row.Ref, version))
	err = tx.Answers.Create().SetReferralID(f.row.ID).SetVersion(version).SetKind("submission").SetAuthorID(who.ID).
		SetAt(s.now()).SetSealed(sealed).SetDigest(digest).Exec(ctx)
	if err != nil {
		return "", fmt.Errorf("referrals: writing answers: %w", err)
	}
	f.version, f.digest = version, digest
	return digest, nil
}

// start sets going what a submission starts whatever comes of it: the tasks,
// the notice about a minor, and the mails that say that something waits.
//
// Law: SSL 483-cc(b) (notice to the district where the child was found);
// 22 USC 7105(b) (24 hours).
func (s *Service) start(ctx context.Context, tx *ent.Tx, f *file, r Receipt) error {
	tasks := []newTask{
		{kind: string(workflow.ClockDetermination), duty: workflow.Reviewer, due: r.DueAt},
		{kind: string(workflow.ClockNotice), duty: workflow.Program, due: r.RouteDueAt},
	}
	receipt := workflow.Receipt{Minor: workflow.Minor(f.answers.Under18), Immigration: workflow.Immigration(f.answers.Category),
		HHSRequest: string(f.answers.HHSRequest), Shelter: f.answers.Tonight == "yes"}
	for _, n := range workflow.Notices(receipt) {
		if n.Sends {
			if err := s.notify(ctx, tx, f, n.Key); err != nil {
				return err
			}
			continue
		}
		tasks = append(tasks, newTask{kind: n.Key, duty: n.For, due: s.due(n.Clock, r.ReceivedAt)})
	}
	if err := s.addTasks(ctx, tx, f, tasks...); err != nil {
		return err
	}
	return s.later(ctx, tx, Mail{User: f.row.AuthorID, What: "received"}, Mail{Duty: workflow.Reviewer, What: "waiting"}, Mail{Duty: workflow.Program, What: "waiting"})
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

// errSameKey says that another request with the same key was first to commit.
var errSameKey = errors.New("referrals: the key was used meanwhile")

// once runs fn, and once more when the same key was used meanwhile: the second
// run finds what the first request did.
func (s *Service) once(ctx context.Context, who workflow.Actor, fn func(tx *ent.Tx) error) error {
	err := s.do(ctx, who, string(workflow.Submit), "", fn)
	if errors.Is(err, errSameKey) {
		err = s.do(ctx, who, string(workflow.Submit), "", fn)
	}
	return err
}

// again returns the receipt of what the key sent before and true; false when
// it is new; fault.Conflict when it came with another body.
func (s *Service) again(ctx context.Context, tx *ent.Tx, who workflow.Actor, key string, body []byte) (Receipt, bool, error) {
	if key == "" {
		return Receipt{}, false, nil
	}
	keyHash, bodyHash, err := s.hashes(key, body)
	if err != nil {
		return Receipt{}, false, err
	}
	old, err := tx.Request.Query().Where(request.UserID(who.ID), request.KeyHash(keyHash)).Only(ctx)
	if ent.IsNotFound(err) {
		return Receipt{}, false, nil
	}
	if err != nil {
		return Receipt{}, false, fmt.Errorf("referrals: reading a key: %w", err)
	}
	if !bytes.Equal(old.BodyHash, bodyHash) {
		return Receipt{}, false, fault.New(fault.Conflict, "This key was used for another referral. Use a new key for each referral.")
	}
	f, look, err := s.visible(ctx, tx, who, old.Ref)
	if err != nil {
		return Receipt{}, false, err
	}
	out := s.receiptOf(f)
	out.Again = true
	if look.extent != workflow.Whole {
		out.Digest = ""
	}
	return out, true, s.record(ctx, tx, s.line(who, "submit_again", f.row.Ref))
}

// receiptOf is the receipt of a referral that was sent, as it was then: an
// extension or an appeal has moved only what is due now.
func (s *Service) receiptOf(f *file) Receipt {
	out := Receipt{Reference: f.row.Ref, Status: workflow.Submitted, Digest: f.digest}
	if f.row.SubmittedAt != nil {
		out.ReceivedAt = *f.row.SubmittedAt
		out.DueAt = s.due(workflow.ClockDetermination, out.ReceivedAt)
	}
	if f.row.RouteDueAt != nil {
		out.RouteDueAt = *f.row.RouteDueAt
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

// remember keeps that the key sent ref.
func (s *Service) remember(ctx context.Context, tx *ent.Tx, who workflow.Actor, key string, body []byte, ref string) error {
	if key == "" {
		return nil
	}
	keyHash, bodyHash, err := s.hashes(key, body)
	if err != nil {
		return err
	}
	err = tx.Request.Create().SetUserID(who.ID).SetKeyHash(keyHash).SetBodyHash(bodyHash).SetRef(ref).SetAt(s.now()).Exec(ctx)
	if ent.IsConstraintError(err) {
		return errSameKey
	}
	if err != nil {
		return fmt.Errorf("referrals: keeping a key: %w", err)
	}
	return nil
}
