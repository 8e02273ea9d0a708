package hsm

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"sync"
)

// ErrPIN says that the token refused the PIN, now or before. It is not tried
// again: a token locks itself, or is wiped, after a few wrong ones.
var ErrPIN = errors.New("hsm: the token refused this PIN, and it is not tried again: put the right one into its file, or restart where the token takes this one again")

// refusals are the PINs that tokens refused. It is safe for concurrent use, and
// lets one ask at a time, so that none is tried twice.
type refusals struct {
	mu   sync.Mutex
	salt []byte
	of   map[[sha256.Size]byte]bool
}

// everRefused are those since the program began.
var everRefused refusals

// try does what needs a PIN at a token, unless the token refused that PIN, which
// do says with ErrPIN.
func (r *refusals) try(token, pin string, do func(pin string) ([]byte, error)) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.of == nil {
		r.of, r.salt = map[[sha256.Size]byte]bool{}, make([]byte, 32)
		rand.Read(r.salt)
	}
	mark := sha256.Sum256([]byte(string(r.salt) + token + "\x00" + pin))
	if r.of[mark] {
		return nil, ErrPIN
	}
	out, err := do(pin)
	if errors.Is(err, ErrPIN) {
		r.of[mark] = true
	}
	return out, err
}
