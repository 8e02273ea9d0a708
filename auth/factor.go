package auth

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"nysreferral/audit"
	"nysreferral/ent"
	"nysreferral/ent/factor"
	"nysreferral/ent/recoverycode"
	"nysreferral/fault"
	"nysreferral/seal"
	"nysreferral/workflow"
)

// Kind is a kind of factor: what proves an account beside its password.
type Kind string

// The kinds of factors. The words stand in the table and never change.
const (
	KindApp     Kind = "totp"    // codes of an authenticator app
	KindPasskey Kind = "passkey" // a key of a device, bound to the address of this system
	KindAbroad  Kind = "oidc"    // an account at another provider; it stands in for the password
)

// Factor is one line of the register of factors, as its owner sees it.
type Factor struct {
	Mark      string // names it in forms
	Kind      Kind
	Label     string // what the owner calls it
	CreatedAt time.Time
	UsedAt    time.Time // zero: never
	RemovedAt time.Time // zero: it is in force
}

// Register is how an account is proved at this moment.
type Register struct {
	Factors  []Factor // oldest first
	Gone     []Factor // that were in force once, the last removed first
	Password bool
	Codes    int // recovery codes that are left
}

// Has says whether a factor of that kind is in force.
func (r Register) Has(k Kind) bool {
	for _, f := range r.Factors {
		if f.Kind == k {
			return true
		}
	}
	return false
}

// kept is what lies sealed in a factor. It never prints.
type kept struct {
	Label   string          `json:"label,omitempty"`
	Secret  string          `json:"secret,omitempty"`  // of an app, in base32
	Key     json.RawMessage `json:"key,omitempty"`     // of a passkey, as its library keeps it
	Issuer  string          `json:"issuer,omitempty"`  // of an account at another provider
	Subject string          `json:"subject,omitempty"` // of the same
}

// Format prints "(withheld)" whatever the verb.
func (kept) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("(withheld)")) }

func factorPlace(mark string) seal.Place {
	return seal.Place{Table: "factors", Column: "data", Row: mark, Version: 1}
}

func (s *Service) sealFactor(mark string, k kept) ([]byte, error) {
	text, err := json.Marshal(k)
	if err != nil {
		return nil, fmt.Errorf("auth: writing a factor: %w", err)
	}
	sealed, err := s.ring.Seal(text, factorPlace(mark))
	if err != nil {
		return nil, fmt.Errorf("auth: sealing a factor: %w", err)
	}
	return sealed, nil
}

func (s *Service) openFactor(row *ent.Factor) (kept, error) {
	text, err := s.ring.Open(row.Data, factorPlace(row.Mark))
	if err != nil {
		return kept{}, fmt.Errorf("auth: opening a factor: %w", err)
	}
	var k kept
	if err := json.Unmarshal(text, &k); err != nil {
		return kept{}, fmt.Errorf("auth: reading a factor: %w", err)
	}
	return k, nil
}

// bind adds a factor of an account in tx. handle is what it is found by, nil
// for an app; counter is where its count begins.
func (s *Service) bind(ctx context.Context, tx *ent.Tx, userID int, kind Kind, k kept, handle []byte, counter int64) error {
	mark := random(16)
	data, err := s.sealFactor(mark, k)
	if err != nil {
		return err
	}
	add := tx.Factor.Create().SetUserID(userID).SetKind(string(kind)).SetMark(mark).SetCounter(counter).SetData(data).SetCreatedAt(s.moment())
	if handle != nil {
		add.SetHandle(handle)
	}
	if _, err := add.Save(ctx); ent.IsConstraintError(err) {
		return fault.New(fault.Conflict, "This is in use already: here or for another account. Choose another.")
	} else if err != nil {
		return fmt.Errorf("auth: adding a factor: %w", err)
	}
	return nil
}

// factorsOf returns the factors of an account that are in force, oldest first.
func factorsOf(ctx context.Context, c *ent.Client, userID int, kinds ...Kind) ([]*ent.Factor, error) {
	q := c.Factor.Query().Where(factor.UserID(userID), factor.RevokedAtIsNil())
	if len(kinds) > 0 {
		words := make([]string, len(kinds))
		for i, k := range kinds {
			words[i] = string(k)
		}
		q.Where(factor.KindIn(words...))
	}
	rows, err := q.Order(ent.Asc(factor.FieldID)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("auth: reading factors: %w", err)
	}
	return rows, nil
}

// Register returns how who is proved at this moment; it shows no secret. It
// writes a line that who looked.
func (s *Service) Register(ctx context.Context, who workflow.Actor, source string) (Register, error) {
	var r Register
	err := s.db.Do(ctx, func(tx *ent.Tx) error {
		r = Register{}
		rows, err := tx.Factor.Query().Where(factor.UserID(who.ID)).Order(ent.Asc(factor.FieldID)).All(ctx)
		if err != nil {
			return fmt.Errorf("auth: reading factors: %w", err)
		}
		for _, row := range rows {
			f, err := s.factorOf(row)
			if err != nil {
				return err
			}
			if f.RemovedAt.IsZero() {
				r.Factors = append(r.Factors, f)
			} else {
				r.Gone = append(r.Gone, f)
			}
		}
		slices.SortStableFunc(r.Gone, func(a, b Factor) int { return b.RemovedAt.Compare(a.RemovedAt) })
		if r.Codes, err = tx.RecoveryCode.Query().Where(recoverycode.UserID(who.ID), recoverycode.UsedAtIsNil()).Count(ctx); err != nil {
			return fmt.Errorf("auth: counting recovery codes: %w", err)
		}
		u, err := tx.User.Get(ctx, who.ID)
		if err != nil {
			return fmt.Errorf("auth: reading an account: %w", err)
		}
		r.Password = len(u.PasswordHash) > 0
		return s.record(ctx, tx, who, "see_own_sign_in", source)
	})
	return r, err
}

// factorOf is a factor as its owner sees it. One that was removed is shown without
// its name where the key is gone under which that was sealed.
func (s *Service) factorOf(row *ent.Factor) (Factor, error) {
	f := Factor{Mark: row.Mark, Kind: Kind(row.Kind), CreatedAt: row.CreatedAt.UTC()}
	if row.UsedAt != nil {
		f.UsedAt = row.UsedAt.UTC()
	}
	if row.RevokedAt != nil {
		f.RemovedAt = row.RevokedAt.UTC()
	}
	k, err := s.openFactor(row)
	if err != nil && f.RemovedAt.IsZero() {
		return Factor{}, err
	}
	f.Label = k.Label
	return f, nil
}

// Remove takes a factor of who away. The last one that the duty must have
// cannot be taken: it returns fault.Conflict then, and fault.NotFound for what
// is not in force or not of who.
func (s *Service) Remove(ctx context.Context, who workflow.Actor, mark, source string) error {
	return s.db.Do(ctx, func(tx *ent.Tx) error {
		u, err := s.lockUser(ctx, tx, who.ID)
		if err != nil {
			return err
		}
		rows, err := factorsOf(ctx, tx.Client(), u.ID)
		if err != nil {
			return err
		}
		var gone *ent.Factor
		var left []Kind
		for _, row := range rows {
			if row.Mark == mark {
				gone = row
				continue
			}
			left = append(left, Kind(row.Kind))
		}
		if gone == nil {
			return fault.Absent()
		}
		last := Kind(gone.Kind) != KindAbroad && !s.suffices(who.Duty, left)
		if Kind(gone.Kind) == KindAbroad { // it stands in for the password
			last = len(u.PasswordHash) == 0 && !slices.Contains(left, KindAbroad) && !slices.Contains(left, KindPasskey)
		}
		if last {
			return fault.New(fault.Conflict, "This is the last way in that your duty must have. Add another one first, then remove this one.")
		}
		if err := tx.Factor.UpdateOne(gone).SetRevokedAt(s.moment()).ClearHandle().Exec(ctx); err != nil {
			return fmt.Errorf("auth: removing a factor: %w", err)
		}
		if err := s.tell(ctx, tx, u, "", u.ID); err != nil {
			return err
		}
		return s.recordReason(ctx, tx, who, "remove_factor", gone.Kind, source)
	})
}

// recordReason records an act of who on the own account with a word about it.
func (s *Service) recordReason(ctx context.Context, tx *ent.Tx, who workflow.Actor, action, reason, source string) error {
	return audit.Add(ctx, tx, audit.Line{At: s.now(), Actor: who.ID, Duty: string(who.Duty), Agency: who.Agency,
		Action: action, Outcome: audit.Done, Reason: reason, Source: source})
}

// label tidies what an owner calls a factor, or returns fault.Invalid.
func label(text, otherwise string) (string, error) {
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) > 60 || !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return "", fault.New(fault.Invalid, "Use at most 60 characters, in one line.")
	}
	if text == "" {
		return otherwise, nil
	}
	return text, nil
}

// random returns n random bytes in hex.
func random(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return hex.EncodeToString(b)
}
