package auth

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"nysreferral/seal"
)

// CarryFor is how long what somebody typed is carried through signing in.
const CarryFor = 15 * time.Minute

// MostCarried is the length, as sealed text, of the most that is carried.
const MostCarried = 400 << 10

// carried is what somebody typed who turned out to be signed out.
type carried struct {
	Until time.Time  `json:"until"`
	In    url.Values `json:"in"`
}

// Carry seals what was typed into the page at path, so that the way in can bear
// it: neither the browser nor our table holds it in clear. It returns "" when it
// is too long to be borne.
func (s *Service) Carry(path string, in url.Values) (string, error) {
	return s.carry(path, in, CarryFor)
}

// CarryLocked is Carry for a session that is locked: it lasts as long as one may.
func (s *Service) CarryLocked(path string, in url.Values) (string, error) {
	return s.carry(path, in, s.absolute)
}

func (s *Service) carry(path string, in url.Values, d time.Duration) (string, error) {
	// To the second, so that the same page has the same length at every moment.
	text, err := json.Marshal(carried{Until: s.moment().Add(d).Truncate(time.Second), In: in})
	if err != nil {
		return "", fmt.Errorf("auth: carrying what was typed: %w", err)
	}
	sealed, err := s.ring.Seal(text, carriedPlace(path))
	if err != nil {
		return "", fmt.Errorf("auth: carrying what was typed: %w", err)
	}
	out := base64.RawURLEncoding.EncodeToString(sealed)
	if len(out) > MostCarried {
		return "", nil
	}
	return out, nil
}

// Carried returns what Carry sealed for path, or nil when it is none of ours, of
// another page, or too old. Whose it is, the caller has to know.
func (s *Service) Carried(path, text string) url.Values {
	if text == "" || len(text) > MostCarried {
		return nil
	}
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	plain, err := s.ring.Open(sealed, carriedPlace(path))
	if err != nil {
		return nil
	}
	var c carried
	if json.Unmarshal(plain, &c) != nil || !s.moment().Before(c.Until) {
		return nil
	}
	return c.In
}

func carriedPlace(path string) seal.Place {
	return seal.Place{Table: "carried", Column: "typed", Row: path, Version: 1}
}
