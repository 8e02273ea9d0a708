package referrals

import (
	"context"
	"fmt"

	"nysreferral/ent"
	"nysreferral/ent/user"
	"nysreferral/fault"
	"nysreferral/workflow"
)

// Desk is what somebody of the State sees who reads, signs and sends the letters
// of a referral.
type Desk struct {
	Record Record
	Papers map[int]Paper // of the letters that can be read, by number
	Title  string        // of the account, as it may stand under a signature
}

// Desk opens the letters of the referral ref together, for DCJS and OTDA. It is
// one line in the log. Of a letter to a district OTDA sees that there is one,
// and its paper by LetterPaper.
func (s *Service) Desk(ctx context.Context, who workflow.Actor, ref string) (Desk, error) {
	var out Desk
	err := s.do(ctx, who, "read", ref, func(ctx context.Context, tx *ent.Tx) error {
		f, look, err := s.visible(ctx, tx, who, ref)
		if err != nil {
			return err
		}
		if who.Duty != workflow.Reviewer && who.Duty != workflow.Director && who.Duty != workflow.Program {
			return fault.Absent()
		}
		if out.Record, err = s.show(ctx, tx, who, f, look, Want{}); err != nil {
			return err
		}
		if out.Papers, err = s.deskPapers(ctx, tx, f, look); err != nil {
			return err
		}
		u, err := tx.User.Query().Where(user.ID(who.ID)).Only(ctx)
		if err != nil {
			return fmt.Errorf("referrals: reading the account: %w", err)
		}
		out.Title = u.Title
		l := s.line(who, "read", f.row.Ref)
		l.Reason = "letters"
		return s.record(ctx, tx, l)
	})
	return out, err
}

func (s *Service) deskPapers(ctx context.Context, tx *ent.Tx, f *file, look sight) (map[int]Paper, error) {
	list, err := s.posts(ctx, tx, f)
	if err != nil {
		return nil, err
	}
	out := map[int]Paper{}
	for _, p := range list {
		if !shows(f, look, p) || p.about().To == workflow.ToDistrict || p.status == workflow.Stopped && p.signed.At.IsZero() {
			continue
		}
		if out[p.N], err = s.letterPaper(ctx, tx, f, p); err != nil {
			return nil, err
		}
	}
	return out, nil
}
