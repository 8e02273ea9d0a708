package referrals

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/answers"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/store"
	"nysreferral/workflow"
)

// Submit sends the draft at.Ref to DCJS and OTDA. What stands against it comes
// back as forms.Problems and the draft is kept. The same key again returns the
// same receipt.
//
// Law: SSL 483-cc(a); 9 NYCRR 6174.3(a).
func (s *Service) Submit(ctx context.Context, who workflow.Actor, at Seen, key string) (Receipt, error) {
	var out Receipt
	ref, ok := forms.ParseReference(at.Ref)
	use := claim{key: key, body: []byte(at.Ref), ref: ref}
	err := s.do(ctx, who, string(workflow.Submit), "", func(ctx context.Context, tx *ent.Tx) error {
		if !ok {
			return fault.Absent()
		}
		fresh, err := s.claim(ctx, tx, who, use)
		if err != nil {
			return err
		}
		if !fresh {
			out, err = s.again(ctx, tx, who, use)
			return err
		}
		f, look, err := s.visible(ctx, tx, who, ref)
		if err != nil {
			return err
		}
		if at.Rev != f.row.Rev {
			return s.movedOn(f)
		}
		source(who, f.answers)
		count, err := s.counting(ctx, tx, f)
		if err != nil {
			return err
		}
		x, err := s.ready(who, f, look.c)
		if err != nil {
			return err
		}
		x.begin(count)
		if err := s.fromDraft(ctx, tx, f, at.Rev, x); err != nil {
			return err
		}
		out = x.receipt
		return s.send(ctx, tx, who, f, x)
	})
	return out, err
}

// Send makes a referral of the answers r and sends it in one act. body is what
// the caller sent, so that the same key with another body is fault.Conflict.
//
// What asks no row is done before the unit of work, in which others may have to
// wait; what stands against sending counts only for a key that is new.
func (s *Service) Send(ctx context.Context, who workflow.Actor, r *forms.Referral, key string, body []byte) (Receipt, error) {
	source(who, r)
	r.Files = nil // only Attach adds one
	begun, err := s.begun(who, r)
	if err != nil {
		return Receipt{}, err
	}
	x, against := s.ready(who, begun, workflow.Circumstances{AgencyID: who.Agency, AuthorID: who.ID})
	use := claim{key: key, body: body, ref: begun.row.Ref}
	var out Receipt
	err = s.do(ctx, who, string(workflow.Submit), "", func(ctx context.Context, tx *ent.Tx) error {
		fresh, err := s.claim(ctx, tx, who, use)
		if err != nil {
			return err
		}
		if !fresh {
			out, err = s.again(ctx, tx, who, use)
			return err
		}
		count, err := s.notTooMany(ctx, tx, who, cmp.Or(s.Options.SubmissionsAnHour, submissionsAnHour))
		if err != nil {
			return err
		}
		if against != nil {
			return against
		}
		x.begin(count)
		f := *begun // another try begins anew
		f.counting = &count
		if err := s.insert(ctx, tx, &f, x.onto); err != nil {
			return err
		}
		out = x.receipt
		return s.send(ctx, tx, who, &f, x)
	})
	return out, err
}

// sending is a submission that may be made: its step, what the referrer is told
// and what is sealed.
type sending struct {
	step    workflow.Step
	receipt Receipt
	facets  []byte
	answers []byte
}

// ready makes a submission of f, or says what stands against it. It asks no row.
func (s *Service) ready(who workflow.Actor, f *file, c workflow.Circumstances) (sending, error) {
	step, err := workflow.Next(who, workflow.Submit, f.status(), c)
	if err != nil {
		return sending{}, refused(err)
	}
	if err := s.against(f.answers).Err(); err != nil {
		return sending{}, err
	}
	if f.answers.Under18 == "yes" {
		f.answers.Under18Then = "yes" // being under 18 now says so
	}
	f.answers.WordedNow(nil)
	now := s.now()
	x := sending{step: step, receipt: Receipt{Reference: f.row.Ref, Status: step.To, ReceivedAt: now}}
	if x.facets, err = f.sealed(keptFacets{s.facets(f.answers, now), f.group.Group}, facetsAt(f.row.Ref)); err != nil {
		return sending{}, err
	}
	x.answers, x.receipt.Digest, err = f.submission()
	return x, err
}

// begin starts the clocks of a submission.
func (x *sending) begin(count counting) {
	at := x.receipt.ReceivedAt
	x.receipt.DueAt, x.receipt.RouteDueAt = count.due(workflow.ClockDetermination, at), count.due(workflow.ClockNotice, at)
}

// onto sets what a submission changes of the referral's row.
func (x sending) onto(row *ent.ReferralMutation) {
	row.SetStatus(string(x.step.To))
	row.SetSubmittedAt(x.receipt.ReceivedAt)
	row.SetDueAt(x.receipt.DueAt)
	row.SetRouteDueAt(x.receipt.RouteDueAt)
	row.SetFacets(x.facets)
}

// send writes everything that begins with the submission of f, whose row is
// written.
func (s *Service) send(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file, x sending) error {
	f.sends, f.version, f.digest, f.sent = true, f.version+1, x.receipt.Digest, x.receipt.Digest
	err := tx.Answers.Create().SetReferralID(f.row.ID).SetVersion(f.version).SetKind(kindSubmission).SetAuthorID(who.ID).
		SetAt(x.receipt.ReceivedAt).SetSealed(x.answers).SetDigest(f.digest).Exec(store.Unread(ctx))
	if err != nil {
		return fmt.Errorf("referrals: writing answers: %w", err)
	}
	if err := s.enter(ctx, tx, f, who, entryOf(x.step, nil)); err != nil {
		return err
	}
	f.row.Status = string(x.step.To)
	if err := s.start(ctx, tx, f, x.receipt); err != nil {
		return err
	}
	l := s.line(who, string(x.step.Do), f.row.Ref)
	l.Rule = x.step.Law
	return s.record(ctx, tx, l)
}

// fromDraft writes the row of a draft on, and takes the draft's answers away.
func (s *Service) fromDraft(ctx context.Context, tx *ent.Tx, f *file, rev int, x sending) error {
	if err := s.move(ctx, tx, f, rev, func(up *ent.ReferralUpdate) { x.onto(up.Mutation()) }); err != nil {
		return err
	}
	if _, err := tx.Answers.Delete().Where(answers.ReferralID(f.row.ID), answers.Version(0)).Exec(ctx); err != nil {
		return fmt.Errorf("referrals: submitting: %w", err)
	}
	return nil
}

// submission seals the answers as the next immutable version, and returns them
// with their digest.
func (f *file) submission() (sealed []byte, digest string, err error) {
	text, err := forms.Questions.JSON(f.answers)
	if err != nil {
		return nil, "", fmt.Errorf("referrals: writing answers: %w", err)
	}
	var nonce [16]byte
	if _, err := rand.Read(nonce[:]); err != nil {
		return nil, "", fmt.Errorf("referrals: writing answers: %w", err)
	}
	whole := envelope{Nonce: hex.EncodeToString(nonce[:]), Answers: text}.text()
	sum := sha256.Sum256(whole)
	return f.key.Seal(whole, answersAt(f.row.Ref, f.version+1)), hex.EncodeToString(sum[:]), nil
}

// start sets going what a submission starts whatever comes of it: the tasks,
// the notice about a minor, and the mails that say that something waits.
//
// Law: SSL 483-cc(b) (notice to the district where the child was found);
// 22 USC 7105(b) (24 hours).
func (s *Service) start(ctx context.Context, tx *ent.Tx, f *file, r Receipt) error {
	tasks := []newTask{
		{kind: workflow.TaskDetermination, from: r.ReceivedAt, due: r.DueAt},
		{kind: workflow.TaskNotice, from: r.ReceivedAt, due: r.RouteDueAt},
	}
	tasks = append(tasks, papersToCome(f, r.ReceivedAt)...)
	for _, n := range workflow.Notices(startsWith(f.answers, s.Today())) {
		if n.Sends {
			if err := s.notify(ctx, tx, f, n.Key); err != nil {
				return err
			}
			continue
		}
		tasks = append(tasks, noticeTask(f, n, r.ReceivedAt))
	}
	if err := s.addTasks(ctx, tx, f, tasks...); err != nil {
		return err
	}
	return s.later(ctx, tx, Mail{User: f.row.AuthorID, What: "received"}, Mail{Duty: workflow.Reviewer, What: "waiting"},
		Mail{Duty: workflow.Program, What: "waiting"}, FindPairs{Ref: f.row.Ref})
}

// noticeTask is the task that a notice starts; one of the referrer's is the
// referring agency's alone, and one about a child says which department it is
// about. A zero moment is now.
func noticeTask(f *file, n workflow.Notice, from time.Time) newTask {
	t := newTask{kind: n.Key, from: from, say: officeFor(n.Key, f.answers)}
	if n.For == workflow.Referrer {
		t.agency = f.row.AgencyID
	}
	return t
}

// papersToCome are the referrer's tasks about consent: the release that ends
// on a day, and the signed one that follows consent in words.
//
// Law: 34 USC 12291(b)(2); 28 CFR 94.115 (written, reasonably time-limited).
func papersToCome(f *file, received time.Time) []newTask {
	var out []newTask
	if end := f.answers.ConsentUntil; end != "" && !over(end, received) {
		out = append(out, newTask{kind: workflow.TaskRelease, agency: f.row.AgencyID, from: received, due: releaseEnds(end)})
	}
	if f.answers.Consented == "yes_verbal" {
		out = append(out, newTask{kind: workflow.TaskWritten, agency: f.row.AgencyID, from: received})
	}
	return out
}
