// Package seal encrypts what the database holds about people, so that a stolen
// disk, dump or backup tells nothing. A Ring is an opened key file; it wraps
// one data key for each referral and seals the few system rows that have no
// data key. Everything sealed is bound to the place where it lies: moved to
// another table, column, row or version it does not open. Only algorithms that
// run under GODEBUG=fips140=only are used: AES-256-GCM with random nonces,
// HKDF and HMAC with SHA-256. The package does not read the database, does not
// keep keys for anybody and does not say why something cannot be opened.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// ErrOpen is the only answer to bytes that cannot be opened: a wrong key, a
// wrong place and a changed byte look the same.
var ErrOpen = errors.New("seal: this cannot be opened")

// KeySize is the length of every key here, in bytes: AES-256.
const KeySize = 32

// Formats of what is stored: the first byte of everything sealed.
const (
	formatField  = 1 // sealed by the data key of a referral
	formatWrap   = 2 // a data key, wrapped by a version of the key file
	formatSystem = 3 // sealed by a version of the key file itself
)

const (
	headLen = 1 + 4 // format, version of the key
	gcmCost = 12 + 16
)

// Place is where sealed bytes lie. All of it is bound to them, so that a row
// or an old version put in the place of another is found out.
type Place struct {
	Table   string // name of the table
	Column  string // name of the column
	Row     string // what names the row: a reference, or a row's stable id
	Version int    // version of the row's answers; 0 where there is only one
}

// Key is the data key of one referral. The zero value opens nothing and must
// not seal; a Key comes from Ring.NewKey or Ring.Key. It is safe for
// concurrent use.
type Key struct{ aead cipher.AEAD }

// Ring is opened keys: the root secret, and the versions of the key that wraps
// data keys. It is safe for concurrent use. Reload takes up a version that was
// added meanwhile; the root secret never changes.
type Ring struct {
	held *held
	seen func() // of a watched ring; nil is nobody
}

// NewKey makes a fresh data key for the referral ref and its wrapped form,
// which is stored beside the referral. Deleting the wrapped form everywhere
// shreds all that the key has sealed.
func (r *Ring) NewKey(ref string) (Key, []byte, error) {
	raw := make([]byte, KeySize)
	rand.Read(raw)
	wrapped, err := r.wrap(raw, ref)
	if err != nil {
		return Key{}, nil, fmt.Errorf("seal: wrapping a data key: %w", err)
	}
	return r.newKey(raw), wrapped, nil
}

// Key opens the wrapped data key of the referral ref. It returns ErrOpen when
// the bytes are not a key of that referral or their version is not in the file.
func (r *Ring) Key(wrapped []byte, ref string) (Key, error) {
	raw, err := r.unwrap(wrapped, ref)
	if err != nil {
		return Key{}, err
	}
	return r.newKey(raw), nil
}

// Watched returns the same ring, whose keys call seen each time that they seal
// or open something. Equal counts show that two requests cost the same.
func (r *Ring) Watched(seen func()) *Ring {
	out := *r
	out.seen = seen
	return &out
}

// Rewrap returns the wrapped data key of ref under the current version of the
// key file, and whether it had to change. What the data key sealed stays as it
// is: the data key is the same.
func (r *Ring) Rewrap(wrapped []byte, ref string) ([]byte, bool, error) {
	raw, err := r.unwrap(wrapped, ref)
	if err != nil {
		return nil, false, err
	}
	if binary.BigEndian.Uint32(wrapped[1:headLen]) == r.keys().current {
		return wrapped, false, nil
	}
	again, err := r.wrap(raw, ref)
	if err != nil {
		return nil, false, fmt.Errorf("seal: wrapping a data key again: %w", err)
	}
	return again, true, nil
}

// Seal encrypts plain for the place at. It panics on a Key that did not come
// from a Ring, because storing unsealed answers must be impossible.
func (k Key) Seal(plain []byte, at Place) []byte {
	if k.aead == nil {
		panic("seal: sealing with no key")
	}
	out := make([]byte, 1, 1+gcmCost+len(plain))
	out[0] = formatField
	return k.aead.Seal(out, nil, plain, at.bound("field"))
}

// Open decrypts what Seal made for the same place, or returns ErrOpen.
func (k Key) Open(sealed []byte, at Place) ([]byte, error) {
	if k.aead == nil || len(sealed) < 1+gcmCost || sealed[0] != formatField {
		return nil, ErrOpen
	}
	plain, err := k.aead.Open(nil, nil, sealed[1:], at.bound("field"))
	if err != nil {
		return nil, ErrOpen
	}
	return plain, nil
}

// Seal encrypts a system row that belongs to no referral, under the current
// version of the key file. Every place has a key of its own, so no number of
// rows comes near the limit of random nonces.
func (r *Ring) Seal(plain []byte, at Place) ([]byte, error) {
	bound := at.bound("system")
	current := r.keys().current
	aead, err := r.system(current, bound)
	if err != nil {
		return nil, fmt.Errorf("seal: sealing a system row: %w", err)
	}
	out := make([]byte, headLen, headLen+gcmCost+len(plain))
	out[0] = formatSystem
	binary.BigEndian.PutUint32(out[1:], current)
	return aead.Seal(out, nil, plain, bound), nil
}

// Open decrypts what Ring.Seal made for the same place, under any version that
// the key file still holds, or returns ErrOpen.
func (r *Ring) Open(sealed []byte, at Place) ([]byte, error) {
	if len(sealed) < headLen+gcmCost || sealed[0] != formatSystem {
		return nil, ErrOpen
	}
	bound := at.bound("system")
	aead, err := r.system(binary.BigEndian.Uint32(sealed[1:headLen]), bound)
	if err != nil {
		return nil, ErrOpen
	}
	plain, err := aead.Open(nil, nil, sealed[headLen:], bound)
	if err != nil {
		return nil, ErrOpen
	}
	return plain, nil
}

// Derive returns 32 bytes that only the holder of the key file can compute:
// the pepper of passwords, the seed of the checkpoint key, a key for keyed
// search. It depends on the label and the root secret only, so it survives
// rotation; end the label with a version of its own.
func (r *Ring) Derive(label string) ([]byte, error) {
	out, err := hkdf.Key(sha256.New, r.keys().root, nil, "nysreferral/derive/"+label, KeySize)
	if err != nil {
		return nil, fmt.Errorf("seal: deriving a key: %w", err)
	}
	return out, nil
}

// Current returns the version under which new data keys are wrapped: 1 or more.
func (r *Ring) Current() int { return int(r.keys().current) }

func (r *Ring) wrap(raw []byte, ref string) ([]byte, error) {
	current := r.keys().current
	aead, err := r.kek(current)
	if err != nil {
		return nil, err
	}
	out := make([]byte, headLen, headLen+gcmCost+KeySize)
	out[0] = formatWrap
	binary.BigEndian.PutUint32(out[1:], current)
	return aead.Seal(out, nil, raw, Place{Row: ref}.bound("data key")), nil
}

func (r *Ring) unwrap(wrapped []byte, ref string) ([]byte, error) {
	if len(wrapped) != headLen+gcmCost+KeySize || wrapped[0] != formatWrap {
		return nil, ErrOpen
	}
	aead, err := r.kek(binary.BigEndian.Uint32(wrapped[1:headLen]))
	if err != nil {
		return nil, ErrOpen
	}
	raw, err := aead.Open(nil, nil, wrapped[headLen:], Place{Row: ref}.bound("data key"))
	if err != nil {
		return nil, ErrOpen
	}
	return raw, nil
}

// kek is the cipher that wraps data keys under one version of the key file.
func (r *Ring) kek(version uint32) (cipher.AEAD, error) {
	return r.sub(version, "nysreferral/wrap/1")
}

// system is the cipher for one place of a system row.
func (r *Ring) system(version uint32, bound []byte) (cipher.AEAD, error) {
	return r.sub(version, "nysreferral/system/1/"+string(bound))
}

func (r *Ring) sub(version uint32, info string) (cipher.AEAD, error) {
	raw, ok := r.version(version)
	if !ok {
		return nil, ErrOpen
	}
	key, err := hkdf.Key(sha256.New, raw, nil, info, KeySize)
	if err != nil {
		return nil, err
	}
	return newAEAD(key), nil
}

// bound is the additional data of a place: each part with its length before
// it, so that no two places read the same.
func (p Place) bound(purpose string) []byte {
	out := make([]byte, 0, 32+len(purpose)+len(p.Table)+len(p.Column)+len(p.Row))
	for _, part := range []string{"nysreferral/1", purpose, p.Table, p.Column, p.Row} {
		out = binary.AppendUvarint(out, uint64(len(part)))
		out = append(out, part...)
	}
	return binary.AppendVarint(out, int64(p.Version))
}

func (r *Ring) newKey(raw []byte) Key {
	aead := newAEAD(raw)
	if r.seen != nil {
		r.seen()
		aead = watched{aead, r.seen}
	}
	return Key{aead: aead}
}

// watched is a cipher that tells each time that it is used.
type watched struct {
	cipher.AEAD
	seen func()
}

// Seal tells, and seals.
func (w watched) Seal(dst, nonce, plain, bound []byte) []byte {
	w.seen()
	return w.AEAD.Seal(dst, nonce, plain, bound)
}

// Open tells, and opens.
func (w watched) Open(dst, nonce, sealed, bound []byte) ([]byte, error) {
	w.seen()
	return w.AEAD.Open(dst, nonce, sealed, bound)
}

// newAEAD is the cipher of a key of KeySize bytes. With another length it panics:
// every way to a key has looked at it.
func newAEAD(raw []byte) cipher.AEAD {
	block, err := aes.NewCipher(raw)
	if err != nil {
		panic("seal: a key of another length")
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic("seal: there is no AES-GCM")
	}
	return aead
}

const withheld = "(withheld)"

// Format prints "(withheld)" whatever the verb.
func (Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, withheld) }

// LogValue logs as "(withheld)".
func (Key) LogValue() slog.Value { return slog.StringValue(withheld) }

// MarshalText writes "(withheld)".
func (Key) MarshalText() ([]byte, error) { return []byte(withheld), nil }

// Format prints "(withheld)" whatever the verb.
func (Ring) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, withheld) }

// LogValue logs as "(withheld)".
func (Ring) LogValue() slog.Value { return slog.StringValue(withheld) }

// MarshalText writes "(withheld)".
func (Ring) MarshalText() ([]byte, error) { return []byte(withheld), nil }
