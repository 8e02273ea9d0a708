package referrals

import (
	"context"
	"slices"

	"nysreferral/ent"
	"nysreferral/workflow"
)

// Inbox returns what waits at a recipient, its hand-overs and the notices that
// were sent to its department, as one line in the log.
func (s *Service) Inbox(ctx context.Context, who workflow.Actor, filter Filter) (Page, []Letter, error) {
	var page Page
	var letters []Letter
	err := s.do(ctx, who, "inbox", "", func(ctx context.Context, tx *ent.Tx) error {
		var err error
		if page, err = s.listed(ctx, tx, who, filter); err != nil {
			return err
		}
		if letters, err = s.lettersTo(ctx, tx, who); err != nil {
			return err
		}
		if page.Stopped, err = s.stoppedFor(ctx, tx, who); err != nil {
			return err
		}
		stopped := refsOf(page.Stopped, func(t Task) string { return t.Reference })
		return s.record(ctx, tx, s.line(who, "inbox", together(stopped, page.refs(), refsOf(letters, func(l Letter) string { return l.Reference }))...))
	})
	return page, letters, err
}

// together joins lists of references, each once.
func together(lists ...[]string) []string {
	return refsOf(slices.Concat(lists...), func(ref string) string { return ref })
}
