package registry

import (
	"context"
	"fmt"
	"slices"

	"nysreferral/audit"
	"nysreferral/directory"
	"nysreferral/ent"
	"nysreferral/ent/contactpoint"
)

// Seed puts the directory's own facts into the table while it is empty, none
// of them verified, and returns how many lines it added: 0 from the second
// time on. Programs that start at once seed once.
func (s *Service) Seed(ctx context.Context) (int, error) {
	n, err := s.seed(ctx, directory.Contacts(), func(tx *ent.Tx) (bool, error) { return tx.ContactPoint.Query().Exist(ctx) })
	if ent.IsConstraintError(err) {
		return 0, nil // another program was faster
	}
	return n, err
}

// SeedDemo adds the made-up, verified contact points of the demonstration that
// are not there yet. It is an error in a folder that is no demonstration.
func (s *Service) SeedDemo(ctx context.Context) (int, error) {
	kind, err := s.Folder(ctx)
	if err != nil {
		return 0, err
	}
	if kind != Demo {
		return 0, fmt.Errorf("registry: made-up contact points belong in a demonstration, and this folder is %q", kind)
	}
	list := directory.DemoContacts()
	n, err := s.seed(ctx, list, func(tx *ent.Tx) (bool, error) {
		return tx.ContactPoint.Query().Where(contactpoint.Key(list[0].Key)).Exist(ctx)
	})
	if ent.IsConstraintError(err) {
		return 0, nil
	}
	return n, err
}

// seed adds a list of contact points in one unit of work, unless they are there.
func (s *Service) seed(ctx context.Context, list []directory.Contact, there func(*ent.Tx) (bool, error)) (int, error) {
	added := 0
	err := s.DB.Do(ctx, func(tx *ent.Tx) error {
		added = 0
		ok, err := there(tx)
		if err != nil {
			return fmt.Errorf("registry: looking at the directory: %w", err)
		}
		if ok {
			return nil
		}
		rows := make([]*ent.ContactPointCreate, len(list))
		for i, c := range list {
			rows[i] = create(tx, c)
		}
		for some := range slices.Chunk(rows, 50) {
			if err := tx.ContactPoint.CreateBulk(some...).Exec(ctx); err != nil {
				return fmt.Errorf("registry: seeding the directory: %w", err)
			}
		}
		added = len(list)
		l := s.line(machine(), SeedDirectory)
		l.Reason = fmt.Sprintf("%d lines", added)
		return audit.Add(ctx, tx, l)
	})
	return added, err
}

// Directory returns the contact points that are verified and in use today, by
// key, for public pages: what they hold anybody may know. It writes no line.
func (s *Service) Directory(ctx context.Context) ([]directory.Contact, error) {
	rows, err := s.DB.Read().ContactPoint.Query().Order(ent.Asc(contactpoint.FieldKey)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("registry: reading the directory: %w", err)
	}
	var out []directory.Contact
	for _, row := range rows {
		if c := pointOf(row); c.Verified() && c.Holds(s.today()) {
			out = append(out, c)
		}
	}
	return out, nil
}
