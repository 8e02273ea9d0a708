package referrals

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"

	"nysreferral/ent"
	"nysreferral/ent/answers"
	"nysreferral/ent/referral"
	"nysreferral/ent/user"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/store"
	"nysreferral/workflow"
)

// Limits of one account in an hour.
const (
	draftsAnHour      = 100
	submissionsAnHour = 200
)

// underWay is how many referrals one account may be sending at the same moment,
// to all servers together: that near the limit each waits for the one before.
const underWay = 32

// Begin makes an empty draft of who, with what the account tells already
// filled in. It returns fault.TooMany above the limit of an hour.
func (s *Service) Begin(ctx context.Context, who workflow.Actor) (Seen, error) {
	var seen Seen
	err := s.do(ctx, who, string(workflow.Save), "", func(ctx context.Context, tx *ent.Tx) error {
		r := &forms.Referral{}
		if err := s.introduce(ctx, tx, who, r); err != nil {
			return err
		}
		var err error
		seen, err = s.begin(ctx, tx, who, r)
		return err
	})
	return seen, err
}

// Import makes a draft of who with the answers r. Answers of a wrong shape are
// forms.Problems and nothing is kept.
func (s *Service) Import(ctx context.Context, who workflow.Actor, r *forms.Referral) (Seen, error) {
	r.Files = nil // only Attach adds one
	if err := forms.Questions.Shape(r, s.Today()).Err(); err != nil {
		return Seen{}, err
	}
	var seen Seen
	err := s.do(ctx, who, string(workflow.Save), "", func(ctx context.Context, tx *ent.Tx) error {
		source(who, r)
		var err error
		seen, err = s.begin(ctx, tx, who, r)
		return err
	})
	return seen, err
}

// begin stores a new draft.
func (s *Service) begin(ctx context.Context, tx *ent.Tx, who workflow.Actor, r *forms.Referral) (Seen, error) {
	step, err := s.mayBegin(ctx, tx, who)
	if err != nil {
		return Seen{}, err
	}
	f, err := s.begun(who, r)
	if err != nil {
		return Seen{}, err
	}
	if err := s.firstDraft(ctx, tx, f, who); err != nil {
		return Seen{}, err
	}
	l := s.line(who, string(workflow.Save), f.row.Ref)
	l.Rule = step.Law
	return Seen{Ref: f.row.Ref, Rev: f.row.Rev}, s.record(ctx, tx, l)
}

// mayBegin is the step by which who begins something of the own, or why not.
func (s *Service) mayBegin(ctx context.Context, tx *ent.Tx, who workflow.Actor) (workflow.Step, error) {
	mine := workflow.Circumstances{AgencyID: who.Agency, AuthorID: who.ID}
	step, err := workflow.Next(who, workflow.Save, workflow.Draft, mine)
	if err != nil {
		return workflow.Step{}, refused(err)
	}
	_, err = s.notTooMany(ctx, tx, who, cmp.Or(s.Options.DraftsAnHour, draftsAnHour))
	return step, err
}

// firstDraft makes the row of f and seals what it begins with.
func (s *Service) firstDraft(ctx context.Context, tx *ent.Tx, f *file, who workflow.Actor) error {
	if err := s.insert(ctx, tx, f, nil); err != nil {
		return err
	}
	return s.keepDraft(ctx, tx, f, who, true)
}

// What an account did since a moment, each by an index however many it has sent
// in its life: drafts that it began, referrals that it sent, and those of them
// that it began since.
const (
	openSince  = `(SELECT count(*) FROM referrals WHERE author_id = $1 AND submitted_at IS NULL AND created_at > $2)`
	sentSince  = `(SELECT count(*) FROM referrals WHERE author_id = $1 AND submitted_at > $2)`
	wholeSince = `(SELECT count(*) FROM referrals WHERE author_id = $1 AND submitted_at > $2 AND created_at > $2)`
	begunSince = `SELECT ` + openSince + ` + ` + wholeSince
)

// hourAndTerms asks what who sends has to know, in one question: under no key how
// much the account did, which may be more than it began, as for that no row has to
// be looked at; and the settings that hold the terms of clocks.
var hourAndTerms = `SELECT '', CAST(` + openSince + ` + ` + sentSince + ` AS text)
	UNION ALL SELECT key, value FROM settings WHERE key IN ('` + strings.Join(clockKeys, "', '") + `')`

// notTooMany refuses above the limit of referrals that an account began in the
// last hour. A group counts once; which rows are one group is sealed, so they
// are opened only at the limit.
func (s *Service) notTooMany(ctx context.Context, tx *ent.Tx, who workflow.Actor, limit int) (counting, error) {
	since := s.now().Add(-time.Hour)
	n, terms, err := s.hourAndTerms(ctx, tx, who, since)
	if err != nil {
		return counting{}, err
	}
	if n+underWay >= limit { // what others have not committed counts, too
		if err := s.DB.Alone(ctx, tx, store.LimitOfAccount, who.ID); err != nil {
			return counting{}, err
		}
		if n, err = begunBy(ctx, tx, who, since); err != nil {
			return counting{}, err
		}
	}
	if n >= limit {
		if n, err = s.groupsOnce(ctx, tx, who, since); err != nil {
			return counting{}, err
		}
	}
	if n >= limit {
		return counting{}, fault.New(fault.TooMany, fmt.Sprintf("You have begun %d referrals in an hour, which is the limit. Wait a while, then go on; what you saved is kept.", limit))
	}
	return terms, nil
}

func (s *Service) hourAndTerms(ctx context.Context, tx *ent.Tx, who workflow.Actor, since time.Time) (n int, terms counting, err error) {
	rows, err := tx.QueryContext(ctx, hourAndTerms, who.ID, since)
	if err != nil {
		return 0, counting{}, fmt.Errorf("referrals: counting: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	terms = s.countingByLaw()
	for rows.Next() {
		var key, value string
		if err := rows.Scan(&key, &value); err != nil {
			return 0, counting{}, fmt.Errorf("referrals: counting: %w", err)
		}
		if key != "" {
			err = terms.set(key, value)
		} else {
			n, err = strconv.Atoi(value)
		}
		if err != nil {
			return 0, counting{}, fmt.Errorf("referrals: counting: %w", err)
		}
	}
	return n, terms, rows.Err()
}

func begunBy(ctx context.Context, tx *ent.Tx, who workflow.Actor, since time.Time) (n int, err error) {
	rows, err := tx.QueryContext(ctx, begunSince, who.ID, since)
	if err != nil {
		return 0, fmt.Errorf("referrals: counting: %w", err)
	}
	if err := errors.Join(sql.ScanOne(rows, &n), rows.Close()); err != nil {
		return 0, fmt.Errorf("referrals: counting: %w", err)
	}
	return n, nil
}

// begun is a new referral with a key and a reference of its own, which has no
// row yet.
func (s *Service) begun(who workflow.Actor, r *forms.Referral) (*file, error) {
	ref, err := newReference()
	if err != nil {
		return nil, err
	}
	key, wrapped, err := s.Ring.NewKey(ref)
	if err != nil {
		return nil, fmt.Errorf("referrals: making a key: %w", err)
	}
	row := &ent.Referral{Ref: ref, Status: string(workflow.Draft), AgencyID: who.Agency, AuthorID: who.ID, DataKey: wrapped, Rev: 1, CreatedAt: s.now()}
	return &file{row: row, at: s.now(), today: s.Today(), key: key, answers: r}, nil
}

// insert makes the row of f, with what set adds. f goes on as the draft that it
// began as.
func (s *Service) insert(ctx context.Context, tx *ent.Tx, f *file, set func(*ent.ReferralMutation)) error {
	add := tx.Referral.Create().SetRef(f.row.Ref).SetStatus(f.row.Status).SetAgencyID(f.row.AgencyID).SetAuthorID(f.row.AuthorID).
		SetCreatedAt(f.row.CreatedAt).SetUpdatedAt(f.row.CreatedAt).SetDataKey(f.row.DataKey)
	if set != nil {
		set(add.Mutation())
	}
	row, err := add.Save(ctx)
	if err != nil {
		return fmt.Errorf("referrals: creating: %w", err)
	}
	row.Status = f.row.Status
	f.row, f.locked = row, true
	return nil
}

func newReference() (string, error) {
	var random [8]byte
	if _, err := rand.Read(random[:]); err != nil {
		return "", fmt.Errorf("referrals: making a reference: %w", err)
	}
	return forms.NewReference(binary.BigEndian.Uint64(random[:])), nil
}

// keepDraft seals the answers of a draft as version 0.
func (s *Service) keepDraft(ctx context.Context, tx *ent.Tx, f *file, who workflow.Actor, first bool) error {
	text, err := forms.Questions.JSON(f.answers)
	if err != nil {
		return fmt.Errorf("referrals: writing a draft: %w", err)
	}
	e := envelope{Answers: text}
	if f.sheet != nil || f.group.Group != "" {
		if e.Beside, err = json.Marshal(beside{f.group, f.sheet}); err != nil {
			return fmt.Errorf("referrals: writing a draft: %w", err)
		}
	}
	sealed := f.key.Seal(e.text(), answersAt(f.row.Ref, 0))
	if first {
		err = tx.Answers.Create().SetReferralID(f.row.ID).SetVersion(0).SetKind("draft").SetAuthorID(who.ID).SetAt(s.now()).SetSealed(sealed).Exec(ctx)
	} else {
		err = tx.Answers.Update().Where(answers.ReferralID(f.row.ID), answers.Version(0)).SetAuthorID(who.ID).SetAt(s.now()).SetSealed(sealed).Exec(ctx)
	}
	if err != nil {
		return fmt.Errorf("referrals: writing a draft: %w", err)
	}
	return nil
}

// Edit changes the draft at.Ref: change fills the answers in, and what it finds
// wrong, or what has a wrong shape afterwards, comes back as forms.Problems
// and nothing is kept. Another revision is fault.Conflict.
func (s *Service) Edit(ctx context.Context, who workflow.Actor, at Seen, change func(r *forms.Referral) forms.Problems) (Seen, error) {
	var seen Seen
	err := s.do(ctx, who, string(workflow.Save), at.Ref, func(ctx context.Context, tx *ent.Tx) error {
		f, look, err := s.visible(ctx, tx, who, at.Ref)
		if err != nil {
			return err
		}
		if at.Rev != f.row.Rev {
			return s.movedOn(f)
		}
		step, err := workflow.Next(who, workflow.Save, f.status(), look.c)
		if err != nil {
			return refused(err)
		}
		files := slices.Clone(f.answers.Files)
		problems := change(f.answers)
		source(who, f.answers)
		f.answers.Files = files // only Attach and Detach change them
		for _, p := range forms.Questions.Shape(f.answers, s.Today()) {
			if problems.Of(p.Field) == "" {
				problems = append(problems, p)
			}
		}
		if err := problems.Err(); err != nil {
			return err
		}
		if err := s.move(ctx, tx, f, at.Rev, nil); err != nil {
			return err
		}
		if err := s.keepDraft(ctx, tx, f, who, false); err != nil {
			return err
		}
		seen = Seen{Ref: f.row.Ref, Rev: at.Rev + 1}
		l := s.line(who, string(workflow.Save), f.row.Ref)
		l.Rule = step.Law
		return s.record(ctx, tx, l)
	})
	return seen, err
}

// Discard destroys a draft: the row goes, and with it the only key.
func (s *Service) Discard(ctx context.Context, who workflow.Actor, at Seen) error {
	return s.do(ctx, who, string(workflow.Discard), at.Ref, func(ctx context.Context, tx *ent.Tx) error {
		f, look, err := s.visible(ctx, tx, who, at.Ref)
		if err != nil {
			return err
		}
		step, err := workflow.Next(who, workflow.Discard, f.status(), look.c)
		if err != nil {
			return refused(err)
		}
		if err := s.destroy(ctx, tx, f, at.Rev); err != nil {
			return err
		}
		l := s.line(who, string(workflow.Discard), f.row.Ref)
		l.Rule = step.Law
		return s.record(ctx, tx, l)
	})
}

// introduce fills in what the account and its agency tell.
func (s *Service) introduce(ctx context.Context, tx *ent.Tx, who workflow.Actor, r *forms.Referral) error {
	u, err := tx.User.Query().Where(user.ID(who.ID)).Only(ctx)
	if err != nil {
		return fmt.Errorf("referrals: reading the account: %w", err)
	}
	r.ReferrerName, r.ReferrerTitle = forms.Text(u.Name), forms.Text(u.Title)
	r.ReferrerEmail, r.ReferrerPhone = forms.Email(u.Email), forms.Phone(u.Phone)
	source(who, r)
	return nil
}

// source fills in the agency, which is never taken from what was typed.
func source(who workflow.Actor, r *forms.Referral) {
	r.Organization, r.SourceKind, r.Designated = forms.Text(who.Office), forms.SourceKind(who.Kind), forms.Designation(who.Designated)
}

// move writes the row of f on if it still has the revision rev, with the
// changes that set makes.
func (s *Service) move(ctx context.Context, tx *ent.Tx, f *file, rev int, set func(*ent.ReferralUpdate)) error {
	up := tx.Referral.Update().Where(referral.ID(f.row.ID), referral.Rev(rev)).SetUpdatedAt(s.now()).AddRev(1)
	if set != nil {
		set(up)
	}
	n, err := up.Save(ctx)
	if err != nil {
		return fmt.Errorf("referrals: writing: %w", err)
	}
	if n == 0 {
		return s.movedOn(f)
	}
	f.locked = true
	return nil
}
