package referrals

import (
	"context"

	"nysreferral/audit"
	"nysreferral/ent"
	"nysreferral/workflow"
)

// openDraft opens the answers of who's own draft: what the pages of the form ask
// for again and again. Nothing else is written with its line in the log, so it
// may share a commit with the lines of others; nothing is returned before that.
// own is false where ref is anything else.
func (s *Service) openDraft(ctx context.Context, who workflow.Actor, ref string, want Want) (out Record, own bool, err error) {
	err = s.tried(ctx, who, "read", ref, func(ctx context.Context) error {
		err := s.DB.Look(ctx, func(tx *ent.Tx) error {
			f, look, err := s.visible(ctx, tx, who, ref)
			if err != nil || !f.ownDraft(who) {
				return err
			}
			own = true
			out, err = s.show(ctx, tx, who, f, look, want)
			return err
		})
		if err != nil || !own {
			return err
		}
		return s.note(ctx, s.line(who, want.purpose(), out.Reference))
	})
	if err != nil {
		return Record{}, own, err
	}
	return out, own, nil
}

// ownDraft says that who types it: they read what they typed.
func (f *file) ownDraft(who workflow.Actor) bool {
	return f.status() == workflow.Draft && f.row.AuthorID == who.ID
}

// note adds a line for what only reads.
func (s *Service) note(ctx context.Context, l audit.Line) error {
	if s.Lines != nil {
		return s.Lines.Add(ctx, l)
	}
	return s.DB.Do(ctx, func(tx *ent.Tx) error { return audit.Add(ctx, tx, l) })
}

// purpose is the word of the log.
func (w Want) purpose() string {
	if w.Purpose == "" {
		return "read"
	}
	return w.Purpose
}
