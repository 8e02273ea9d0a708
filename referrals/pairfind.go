package referrals

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"entgo.io/ent/dialect/sql"

	"nysreferral/ent"
	"nysreferral/ent/answers"
	"nysreferral/ent/pairkey"
	"nysreferral/ent/referral"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/match"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// FindPairs is the job of looking for other referrals of the same person. Every
// submission, withdrawal and act that may change answers asks for it, whatever it
// finds: it runs after the
// commit, so that nothing that the referrer gets, counts or times depends on it.
type FindPairs struct {
	Ref string `json:"ref"`
}

// Kind names the job.
func (FindPairs) Kind() string { return "find_pairs" }

// mostCandidates is how many referrals one search opens at most: those first
// that share most.
const mostCandidates = 200

// Find writes under which keys the referral of the job is looked for, opens
// those that share one, and keeps on both sides which of them are alike and
// why. It may run again; what it knows already it does not write twice, and what
// is alike no longer it takes back. Of a referral that was withdrawn it takes
// everything away.
func (s *Service) Find(ctx context.Context, job FindPairs) error {
	ctx = viewer.Job(ctx, "find pairs")
	own, may, err := s.index(ctx, job.Ref)
	if err != nil || own == nil {
		return err
	}
	near := make([]candidate, len(own.pairs)) // without consent none is alike
	for i, p := range own.pairs {
		near[i].ref = p.row.Ref
	}
	if may {
		if near, err = s.near(ctx, own); err != nil {
			return err
		}
	}
	if len(near) == 0 {
		return nil
	}
	return s.keepFound(ctx, own.row.Ref, near)
}

// candidate is a referral that was opened because it shares a key.
type candidate struct {
	ref  string
	like match.Likeness
}

// near opens the referrals that share a key with own and compares them. It
// reads outside a unit of work, so that it holds up nobody who writes.
func (s *Service) near(ctx context.Context, own *file) ([]candidate, error) {
	c := s.DB.Read()
	ids, err := s.sharing(ctx, c, own)
	if err != nil {
		return nil, err
	}
	for _, p := range own.pairs {
		ids = append(ids, p.row.ID) // found before: it may be alike no longer
	}
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := c.Referral.Query().Where(referral.IDIn(ids...), referral.SubmittedAtNotNil(), referral.StatusNEQ(string(workflow.Withdrawn))).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading candidates: %w", err)
	}
	told, err := s.answersOf(ctx, c, rows)
	if err != nil {
		return nil, err
	}
	mine := s.identity(own.answers, own.row)
	var out []candidate
	for _, row := range rows {
		r := told[row.ID]
		if r == nil {
			continue
		}
		one := candidate{ref: row.Ref}
		if s.mayBeLookedFor(r) {
			one.like = match.Compare(mine, s.identity(r, row))
		}
		out = append(out, one)
	}
	return out, nil
}

// sharing are the numbers of referrals that share a key with own, those that
// share most first. Hashes of every length in use are looked for.
func (s *Service) sharing(ctx context.Context, c *ent.Client, own *file) ([]int, error) {
	full, err := s.pairHashes(own)
	if err != nil {
		return nil, err
	}
	return s.sharingAny(ctx, c, full, own.row.ID)
}

// sharingAny is sharing for hashes, without the referral but.
func (s *Service) sharingAny(ctx context.Context, c *ent.Client, full []uint64, but int) ([]int, error) {
	used, err := lengths(ctx, c)
	if err != nil {
		return nil, err
	}
	var hashes []int64
	for _, length := range used {
		hashes = append(hashes, shortened(full, length)...)
	}
	if len(hashes) == 0 {
		return nil, nil
	}
	var found []struct {
		ID int `json:"referral_id"`
		N  int `json:"n"`
	}
	err = c.PairKey.Query().Where(pairkey.HashIn(hashes...), pairkey.ReferralIDNEQ(but)).Modify(func(q *sql.Selector) {
		id := q.C(pairkey.FieldReferralID)
		q.Select(id, sql.As(sql.Count("*"), "n")).GroupBy(id).OrderBy(sql.Desc("n"), sql.Desc(id)).Limit(mostCandidates)
	}).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("referrals: searching: %w", err)
	}
	ids := make([]int, len(found))
	for i, one := range found {
		ids[i] = one.ID
	}
	return ids, nil
}

// lengths are those of the hashes that are kept, the longest first. The number of
// a hash begins with a 1 before its bits, so the greatest of each length leads to
// the next: one look by the index for each, however many people there are.
func lengths(ctx context.Context, c *ent.Client) ([]int, error) {
	var out []int
	for below := int64(math.MaxInt64); ; {
		var greatest []int64
		err := c.PairKey.Query().Where(pairkey.HashLT(below)).Order(ent.Desc(pairkey.FieldHash)).Limit(1).Select(pairkey.FieldHash).Scan(ctx, &greatest)
		if err != nil {
			return nil, fmt.Errorf("referrals: reading indexes: %w", err)
		}
		if len(greatest) == 0 {
			return out, nil
		}
		length := bits.Len64(uint64(greatest[0])) - 1
		out, below = append(out, length), 1<<length
	}
}

// answersOf opens the answers of referrals, by their numbers; what was shredded
// is left out.
func (s *Service) answersOf(ctx context.Context, c *ent.Client, rows []*ent.Referral) (map[int]*forms.Referral, error) {
	byID := make(map[int]*ent.Referral, len(rows))
	ids := make([]int, len(rows))
	for i, row := range rows {
		byID[row.ID], ids[i] = row, row.ID
	}
	versions, err := c.Answers.Query().Where(answers.ReferralIDIn(ids...), answers.VersionGT(0)).Order(ent.Asc(answers.FieldVersion)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading answers: %w", err)
	}
	last := make(map[int]*ent.Answers, len(rows))
	for _, v := range versions {
		last[v.ReferralID] = v
	}
	out := make(map[int]*forms.Referral, len(rows))
	for id, v := range last {
		row := byID[id]
		if len(row.DataKey) == 0 {
			continue
		}
		var e opened
		if err := s.openAt(row, v.Sealed, answersAt(row.Ref, v.Version), &e); err != nil {
			return nil, err
		}
		out[id] = &e.Answers
	}
	return out, nil
}

// keepFound keeps on both sides what was found, and names in the log all that
// was opened for it.
func (s *Service) keepFound(ctx context.Context, ref string, near []candidate) error {
	return s.DB.Do(ctx, func(tx *ent.Tx) error {
		f, err := s.open(ctx, tx, ref)
		if fault.KindOf(err) == fault.NotFound || err == nil && f.status() == workflow.Withdrawn {
			return nil // withdrawn meanwhile: its own job clears up
		}
		if err != nil {
			return err
		}
		if err := s.readPairs(ctx, tx, workflow.Actor{}, f); err != nil {
			return err
		}
		refs := []string{ref}
		for _, one := range near {
			refs = append(refs, one.ref)
			if err := s.keepOne(ctx, tx, f, one); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, s.systemLine("find_pairs", refs...))
	})
}

func (s *Service) keepOne(ctx context.Context, tx *ent.Tx, f *file, one candidate) error {
	p := f.pairOf(one.ref)
	if p == nil && one.like.Strength == match.None {
		return nil
	}
	if p != nil && p.found.Score == one.like.Score && slices.Equal(p.found.Reasons, one.like.Reasons) {
		return nil
	}
	other, err := tx.Referral.Query().Where(referral.Ref(one.ref), referral.StatusNEQ(string(workflow.Withdrawn))).Only(ctx)
	if ent.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("referrals: keeping a pair: %w", err)
	}
	said := pairEvent{Do: pairFind, Score: one.like.Score, Strength: one.like.Strength, Reasons: one.like.Reasons}
	return s.enterPair(ctx, tx, workflow.Actor{}, f.row, other, said)
}
