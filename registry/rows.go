package registry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"nysreferral/directory"
	"nysreferral/ent"
	"nysreferral/fault"
)

// checked tidies a contact point as a file of one line would, and says what is
// wrong with it, so that a page and a file keep the same rules.
func checked(c directory.Contact, rank int) (directory.Contact, Problems) {
	var bad Problems
	if rank < 0 || rank > 99 {
		bad.add("rank", "Enter a number from 0 (asked first) to 99.")
	}
	var file bytes.Buffer
	if err := directory.Write(&file, []directory.Contact{c}); err != nil {
		bad.add("", "This line cannot be kept as it is.")
		return c, bad
	}
	list, err := directory.Parse(&file)
	var wrong directory.Problems
	if errors.As(err, &wrong) {
		for _, p := range wrong {
			bad.add(p.Column, "This "+p.Say+".")
		}
		return c, bad
	}
	if err != nil || len(list) != 1 {
		bad.add("", "This line cannot be kept as it is.")
		return c, bad
	}
	return list[0], bad
}

// fictional notes a problem when key is kept for made-up contact points and
// the folder is no demonstration.
func fictional(ctx context.Context, tx *ent.Tx, key string, bad *Problems) error {
	if !strings.HasPrefix(key, "demo-") {
		return nil
	}
	kind, err := folder(ctx, tx.Setting)
	if err != nil {
		return err
	}
	if kind != Demo {
		bad.add("key", "Keys that begin with demo- are for made-up lines of the demonstration. Use another key.")
	}
	return nil
}

// create begins a new row with all of c.
func create(tx *ent.Tx, c directory.Contact) *ent.ContactPointCreate {
	return tx.ContactPoint.Create().SetKey(c.Key).SetKind(string(c.Kind)).SetDistrict(c.District).SetName(c.Name).
		SetCounties(c.Counties).SetRegion(c.Region).SetLanguages(c.Languages).SetSpecialties(c.Specialties).
		SetPhone(c.Phone).SetAddress(c.Address).SetEmail(c.Email).SetURL(c.URL).SetSource(c.Source).
		SetVerifiedOn(c.VerifiedOn).SetVerifiedBy(c.VerifiedBy).SetVerifiedHow(c.VerifiedHow).
		SetValidFrom(c.ValidFrom).SetValidTo(c.ValidTo)
}

// set puts all of c but its key into an update.
func set(up *ent.ContactPointUpdate, c directory.Contact) *ent.ContactPointUpdate {
	return up.SetKind(string(c.Kind)).SetDistrict(c.District).SetName(c.Name).
		SetCounties(c.Counties).SetRegion(c.Region).SetLanguages(c.Languages).SetSpecialties(c.Specialties).
		SetPhone(c.Phone).SetAddress(c.Address).SetEmail(c.Email).SetURL(c.URL).SetSource(c.Source).
		SetVerifiedOn(c.VerifiedOn).SetVerifiedBy(c.VerifiedBy).SetVerifiedHow(c.VerifiedHow).
		SetValidFrom(c.ValidFrom).SetValidTo(c.ValidTo)
}

// told ends what OTDA asked of the line, and calls OnVerified, when somebody wants to know, for the row of key as
// the transaction sees it.
func (s *Service) told(ctx context.Context, tx *ent.Tx, key string) error {
	if err := answered(ctx, tx, key); err != nil {
		return err
	}
	if s.OnVerified == nil {
		return nil
	}
	row, err := contactRow(ctx, tx, key)
	if err != nil {
		return err
	}
	if err := s.OnVerified(ctx, tx, row); err != nil {
		if fault.KindOf(err) != fault.Internal {
			return err
		}
		return fmt.Errorf("registry: letting go on what waited for a contact point: %w", err)
	}
	return nil
}
