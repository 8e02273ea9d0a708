package auth

import (
	"context"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"nysreferral/ent"
	"nysreferral/ent/user"
	"nysreferral/fault"
	"nysreferral/workflow"
)

// Bounds of a password, in characters. Nothing is cut off and every character
// is allowed.
const (
	LeastPassword = 15
	MostPassword  = 1024
)

const (
	scheme   = "pbkdf2-sha256-pepper/1"
	saltSize = 16
	hashSize = 32
)

// Hash is a password as it is stored, in the columns password_hash,
// password_scheme and password_cost of an account. It never prints.
type Hash struct {
	Bytes  []byte // salt, then the derived key
	Scheme string
	Cost   int // rounds
}

// LogValue logs as "(withheld)".
func (Hash) LogValue() slog.Value { return slog.StringValue("(withheld)") }

// Format prints "(withheld)" whatever the verb.
func (Hash) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("(withheld)")) }

// Hash checks a new password against the rules and returns what is stored of
// it. words are the person's and the agency's names and address, which a
// password must not be made of. It takes a good part of a second, so do it
// before the transaction. It returns fault.Invalid with the reason.
func (s *Service) Hash(ctx context.Context, password string, words ...string) (Hash, error) {
	if err := s.check(password, words...); err != nil {
		return Hash{}, err
	}
	return s.hash(ctx, password)
}

// SetPassword gives an account a new password and ends its sessions and
// tokens. by is who does it: the person or, with a first password that must be
// changed, the coordinator; whether by may is for the caller to decide. It
// returns fault.Invalid for a password against the rules.
func (s *Service) SetPassword(ctx context.Context, by workflow.Actor, userID int, password, source string) error {
	u, err := s.db.Read().User.Query().Where(user.ID(userID)).WithAgency().Only(ctx)
	if ent.IsNotFound(err) {
		return fault.Absent()
	}
	if err != nil {
		return fmt.Errorf("auth: reading an account: %w", err)
	}
	h, err := s.Hash(ctx, password, u.Name, u.Email, u.Edges.Agency.Name)
	if err != nil {
		return err
	}
	return s.db.Do(ctx, func(tx *ent.Tx) error {
		_, err := tx.User.UpdateOneID(userID).
			SetPasswordHash(h.Bytes).SetPasswordScheme(h.Scheme).SetPasswordCost(h.Cost).SetPasswordSetAt(s.moment()).Save(ctx)
		if err != nil {
			return fmt.Errorf("auth: setting a password: %w", err)
		}
		if err := s.Unlock(ctx, tx, userID); err != nil {
			return err
		}
		if err := s.Revoke(ctx, tx, userID); err != nil {
			return err
		}
		return s.recordFor(ctx, tx, by, "set_password", userID, source)
	})
}

// hash derives what is stored of a password at today's cost.
func (s *Service) hash(ctx context.Context, password string) (Hash, error) {
	h := newHash(s.cost)
	key, err := s.derive(ctx, h, password)
	if err != nil {
		return Hash{}, err
	}
	copy(h.Bytes[saltSize:], key)
	return h, nil
}

// matches does the whole work of comparing, whatever is stored.
func (s *Service) matches(ctx context.Context, stored Hash, password string) (bool, error) {
	sound := stored.Scheme == scheme && len(stored.Bytes) == saltSize+hashSize && stored.Cost > 0
	if !sound {
		stored = s.nobody
	}
	key, err := s.derive(ctx, stored, password)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(key, stored.Bytes[saltSize:]) == 1 && sound, nil
}

// derive runs the password through the pepper and PBKDF2. Only as many run at
// once as there are processors; who waits too long gets fault.TooMany.
func (s *Service) derive(ctx context.Context, h Hash, password string) ([]byte, error) {
	wait, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	select {
	case s.work <- struct{}{}:
		defer func() { <-s.work }()
	case <-wait.Done():
		return nil, fault.Wrap(fault.TooMany, sayBusy, wait.Err())
	}
	mac := hmac.New(sha256.New, s.pepper)
	mac.Write(norm.NFC.Bytes([]byte(password)))
	key, err := pbkdf2.Key(sha256.New, string(mac.Sum(nil)), h.Bytes[:saltSize], h.Cost, hashSize)
	if err != nil {
		return nil, fmt.Errorf("auth: deriving from a password: %w", err)
	}
	return key, nil
}

// newHash has a fresh salt and a random key, which no password matches.
func newHash(cost int) Hash {
	h := Hash{Bytes: make([]byte, saltSize+hashSize), Scheme: scheme, Cost: cost}
	rand.Read(h.Bytes)
	return h
}

func hashOf(u *ent.User) Hash {
	return Hash{Bytes: u.PasswordHash, Scheme: u.PasswordScheme, Cost: u.PasswordCost}
}

// contexts are words that an attacker of this system tries first.
var contexts = []string{"nysreferral", "referral", "trafficking", "traffick", "victim", "survivor", "newyork", "state", "police", "sheriff",
	"county", "agency", "services", "password", "passwort", "contrasena", "welcome", "letmein", "changeme", "admin", "login", "signin",
	"qwertyuiop", "asdfghjkl", "zxcvbnm", "qwerty", "azerty", "iloveyou", "monkey", "dragon", "football", "baseball", "superman", "sunshine",
	"princess", "secret", "summer", "winter", "spring", "autumn"}

// counties are New York's: people put the name of theirs into a password.
var counties = strings.Fields("albany allegany bronx broome cattaraugus cayuga chautauqua chemung chenango clinton columbia cortland delaware dutchess erie essex " +
	"franklin fulton genesee greene hamilton herkimer jefferson kings lewis livingston madison monroe montgomery nassau newyork niagara oneida onondaga ontario " +
	"orange orleans oswego otsego putnam queens rensselaer richmond rockland stlawrence saratoga schenectady schoharie schuyler seneca steuben suffolk sullivan " +
	"tioga tompkins ulster warren washington wayne westchester wyoming yates")

// common are long passwords that others are made of.
var common = []string{"correcthorsebatterystaple", "thequickbrownfoxjumpsoverthelazydog", "thequickbrownfox", "tobeornottobethatisthequestion",
	"onceuponatime", "maytheforcebewithyou", "iamthebestintheworld", "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0", "1qaz2wsx3edc4rfv5tgb",
	"abcdefghijklmnopqrstuvwxyz", "0123456789", "1234567890", "9876543210", "0987654321", "zyxwvutsrqponmlkjihgfedcba"}

// CheckPassword says why a password is not accepted: too short, too long, on the
// built-in list, or little more than words that belong to the person, the agency or
// this system. It returns fault.Invalid.
func CheckPassword(password string, words ...string) error {
	n := utf8.RuneCountInString(norm.NFC.String(password))
	if n < LeastPassword {
		return fault.New(fault.Invalid, fmt.Sprintf("Use at least %d characters. Several words that only you put together are good.", LeastPassword))
	}
	if n > MostPassword {
		return fault.New(fault.Invalid, fmt.Sprintf("Use at most %d characters.", MostPassword))
	}
	rest := folded(password)
	for _, w := range slices.Concat(ownWords(words), common, contexts, counties) {
		rest = strings.ReplaceAll(rest, w, "")
	}
	if distinct(rest) < 5 || repeats(rest) || counts(rest) {
		return fault.New(fault.Invalid, sayEasy)
	}
	return checkListed(password)
}

// ownWords splits names and addresses into words of three letters or more,
// and adds each name whole.
func ownWords(words []string) []string {
	var out []string
	for _, w := range words {
		parts := strings.FieldsFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		for _, p := range append([]string{w}, parts...) {
			if p = folded(p); utf8.RuneCountInString(p) >= 3 {
				out = append(out, p)
			}
		}
	}
	return out
}

// folded is lower case, usual substitutes undone, without what stands between.
func folded(s string) string {
	swap := strings.NewReplacer("@", "a", "$", "s", "!", "i", "€", "e")
	var b strings.Builder
	for _, r := range swap.Replace(strings.ToLower(norm.NFC.String(s))) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r > unicode.MaxASCII {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// distinct counts the different characters of s.
func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// repeats says whether s is one short piece, over and over.
func repeats(s string) bool {
	for size := 1; size <= len(s)/2 && size <= 8; size++ {
		if strings.Repeat(s[:size], len(s)/size+1)[:len(s)] == s {
			return true
		}
	}
	return false
}

// counts says whether most of s goes up or down by one, as abcdef or 98765 do.
func counts(s string) bool {
	steps, pairs, before := 0, 0, rune(-1)
	for _, r := range s {
		if before >= 0 {
			pairs++
			if d := r - before; d == 1 || d == -1 || d == 0 {
				steps++
			}
		}
		before = r
	}
	return pairs > 0 && steps*3 >= pairs*2
}
