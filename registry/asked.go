package registry

import (
	"context"
	"fmt"

	"nysreferral/audit"
	"nysreferral/directory"
	"nysreferral/ent"
	"nysreferral/ent/contactpoint"
	"nysreferral/ent/setting"
	"nysreferral/fault"
	"nysreferral/workflow"
)

// AskVerify asks the administrators to verify a line of the directory. What is
// kept is the line and the day on which it was first asked for: nothing of whom it is for.
// To ask again while they are asked changes nothing, and says so (AskedBefore), also
// to who asks at the same moment as somebody else. A line that is verified, or
// whose last day is past, is fault.Conflict; one that is not there
// fault.NotFound.
//
// Law: SSL 483-cc(b).
func (s *Service) AskVerify(ctx context.Context, who workflow.Actor, key string) (Contact, error) {
	var out Contact
	err := s.do(ctx, who, AskVerify, func(tx *ent.Tx, l *audit.Line) error {
		// The row is locked and stays as it is: who asks, verifies or ends the line at
		// the same moment waits, and reads what was done.
		if err := tx.ContactPoint.Update().Where(contactpoint.Key(key)).AddRev(0).Exec(ctx); err != nil {
			return fmt.Errorf("registry: locking a line: %w", err)
		}
		row, err := contactRow(ctx, tx, key)
		if err != nil {
			return err
		}
		out = contactOf(row, s.today())
		switch {
		case out.Ended:
			return fault.New(fault.Conflict, "The last day of use of this line is past. Choose another one, or ask the administrator to add one.")
		case out.Verified():
			return fault.New(fault.Conflict, "This line is verified already. It can be chosen.")
		}
		l.Refs = []string{contactRef(key)}
		list, err := asked(ctx, tx)
		if err != nil {
			return err
		}
		if out.AskedOn = list[key]; out.AskedOn != "" {
			out.AskedBefore = true
			return nil
		}
		out.AskedOn = s.today()
		if err := tx.Setting.Create().SetKey(directory.AskedSetting(key)).SetValue(out.AskedOn).Exec(ctx); err != nil {
			return fmt.Errorf("registry: asking for a verification: %w", err)
		}
		if s.OnAsked == nil {
			return nil
		}
		if err := s.OnAsked(ctx, tx); err != nil {
			return fmt.Errorf("registry: telling the administrators: %w", err)
		}
		return nil
	})
	return out, err
}

// asked are the lines that OTDA asks to have verified, by key, each with the day
// since when.
func asked(ctx context.Context, tx *ent.Tx) (map[string]string, error) {
	rows, err := tx.Setting.Query().Where(setting.KeyHasPrefix(directory.AskedPrefix)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("registry: reading what OTDA asks for: %w", err)
	}
	out := make(map[string]string, len(rows))
	for _, row := range rows {
		out[directory.AskedLine(row.Key)] = row.Value
	}
	return out, nil
}

// answered ends the question of OTDA about a line that was verified, or whose last
// day of use was said.
func answered(ctx context.Context, tx *ent.Tx, key string) error {
	if _, err := tx.Setting.Delete().Where(setting.Key(directory.AskedSetting(key))).Exec(ctx); err != nil {
		return fmt.Errorf("registry: ending the question about a line: %w", err)
	}
	return nil
}
