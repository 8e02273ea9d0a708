package auth

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"nysreferral/ent"
	"nysreferral/ent/user"
	"nysreferral/fault"
	"nysreferral/workflow"
)

// StageRenew is a sign-in that is whole but for the password, which has to be
// changed before anything else is done.
const StageRenew Stage = "renew"

// Known are passwords that everybody may know, as hashes. Nil is none.
type Known map[[16]byte]struct{}

// ReadKnown reads a list of passwords, one a line. Those that are too short for
// us are left out.
func ReadKnown(r io.Reader) (Known, error) {
	out := Known{}
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), 64<<10)
	for lines.Scan() {
		line := strings.TrimRight(lines.Text(), "\r")
		if utf8.ValidString(line) && utf8.RuneCountInString(line) >= LeastPassword {
			out[knownMark(line)] = struct{}{}
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("auth: reading a list of known passwords: %w", err)
	}
	return out, nil
}

// has says whether a password is known, whatever its case.
func (k Known) has(password string) bool {
	_, ok := k[knownMark(password)]
	return ok
}

func knownMark(password string) [16]byte {
	sum := sha256.Sum256([]byte(strings.ToLower(norm.NFC.String(password))))
	return [16]byte(sum[:16])
}

// check is CheckPassword and the list that was brought in.
func (s *Service) check(password string, words ...string) error {
	if err := CheckPassword(password, words...); err != nil {
		return err
	}
	if s.known.has(password) {
		return fault.New(fault.Invalid, sayStolen)
	}
	return nil
}

// spoiled is the moment that stands at a password which turned out to be known:
// it is older than any may be.
var spoiled = time.Unix(0, 0).UTC()

// mustRenew says whether the password of u has to be changed: it is on the list,
// or older than the settings allow.
func (s *Service) mustRenew(u *ent.User) bool {
	set := u.CreatedAt
	if u.PasswordSetAt != nil {
		set = *u.PasswordSetAt
	}
	return len(u.PasswordHash) > 0 && (set.Equal(spoiled) || s.passwordAge > 0 && s.moment().Sub(set) >= s.passwordAge)
}

// RenewPassword gives who another password in place of one that had to be
// changed. It returns fault.Invalid for one against the rules and for the same
// again.
func (s *Service) RenewPassword(ctx context.Context, who workflow.Actor, password, source string) error {
	u, err := s.db.Read().User.Query().Where(user.ID(who.ID)).WithAgency().Only(ctx)
	if err != nil {
		return fmt.Errorf("auth: reading an account: %w", err)
	}
	h, err := s.Hash(ctx, password, u.Name, u.Email, u.Edges.Agency.Name)
	if err != nil {
		return err
	}
	if same, err := s.matches(ctx, hashOf(u), password); err != nil || same {
		if err != nil {
			return err
		}
		return fault.New(fault.Invalid, "This is the password that you had. Choose another.")
	}
	return s.db.Do(ctx, func(tx *ent.Tx) error {
		err := tx.User.Update().Where(user.ID(u.ID)).SetPasswordHash(h.Bytes).SetPasswordScheme(h.Scheme).SetPasswordCost(h.Cost).SetPasswordSetAt(s.moment()).Exec(ctx)
		if err != nil {
			return fmt.Errorf("auth: setting a password: %w", err)
		}
		if err := s.tell(ctx, tx, u, "", u.ID); err != nil {
			return err
		}
		return s.record(ctx, tx, who, "renew_password", source)
	})
}

// NoticeMark is what a browser keeps that who has agreed to the notice about the
// use of this system. It tells nothing of who that is.
func (s *Service) NoticeMark(who workflow.Actor) string {
	mac := hmac.New(sha256.New, s.handles)
	mac.Write(binary.BigEndian.AppendUint64([]byte("notice/1\x00"), uint64(who.ID)))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// Acknowledged records that who agreed to the notice.
func (s *Service) Acknowledged(ctx context.Context, who workflow.Actor, source string) error {
	return s.db.Do(ctx, func(tx *ent.Tx) error { return s.record(ctx, tx, who, "acknowledge_notice", source) })
}
