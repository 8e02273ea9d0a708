//go:build pkcs11 && cgo

package hsm

import (
	"errors"
	"fmt"

	"github.com/miekg/pkcs11"
)

// tagBits is how long GCM's tag is.
const tagBits = 128

func (t Token) open(pin string, nonce, sealed []byte) (out []byte, err error) {
	err = t.with(pin, func(s *session) error {
		key, err := s.find(t.Key)
		if err != nil {
			return err
		}
		if key == 0 {
			return fmt.Errorf("hsm: the token has no key %s", t.Key)
		}
		params := pkcs11.NewGCMParams(nonce, []byte(head), tagBits)
		defer params.Free()
		if err := s.DecryptInit(s.handle, gcm(params), key); err != nil {
			return fmt.Errorf("hsm: opening the key file: %w", err)
		}
		if out, err = s.Decrypt(s.handle, sealed); err != nil {
			return errors.Join(ErrFile, err)
		}
		return nil
	})
	return out, err
}

func (t Token) close(pin string, nonce, text []byte) (out []byte, err error) {
	err = t.with(pin, func(s *session) error {
		key, err := s.find(t.Key)
		if err == nil && key == 0 {
			key, err = s.make(t.Key)
		}
		if err != nil {
			return err
		}
		params := pkcs11.NewGCMParams(nonce, []byte(head), tagBits)
		defer params.Free()
		if err := s.EncryptInit(s.handle, gcm(params), key); err != nil {
			return fmt.Errorf("hsm: sealing the key file: %w", err)
		}
		if out, err = s.Encrypt(s.handle, text); err != nil {
			return fmt.Errorf("hsm: sealing the key file: %w", err)
		}
		return nil
	})
	return out, err
}

func gcm(params *pkcs11.GCMParams) []*pkcs11.Mechanism {
	return []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_AES_GCM, params)}
}

// session is one log-in at a token.
type session struct {
	*pkcs11.Ctx
	handle pkcs11.SessionHandle
}

// with logs in at the token, calls fn and leaves it as it was.
func (t Token) with(pin string, fn func(*session) error) (err error) {
	c := pkcs11.New(t.Module)
	if c == nil {
		return fmt.Errorf("hsm: the library %s cannot be loaded", t.Module)
	}
	defer c.Destroy()
	if err := c.Initialize(); err != nil {
		return fmt.Errorf("hsm: beginning with the token's library: %w", err)
	}
	defer func() { err = errors.Join(err, c.Finalize()) }()
	slot, err := t.slot(c)
	if err != nil {
		return err
	}
	handle, err := c.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION|pkcs11.CKF_RW_SESSION)
	if err != nil {
		return fmt.Errorf("hsm: opening the token: %w", err)
	}
	defer func() { err = errors.Join(err, c.CloseSession(handle)) }()
	if err := c.Login(handle, pkcs11.CKU_USER, pin); refusesPIN(err) {
		return fmt.Errorf("%w: %w", ErrPIN, err)
	} else if err != nil {
		return fmt.Errorf("hsm: logging in at the token: %w", err)
	}
	return fn(&session{c, handle})
}

// refusesPIN reports whether a token answers a log-in that its PIN is not right,
// or that no more are taken.
func refusesPIN(err error) bool {
	for _, why := range []pkcs11.Error{pkcs11.CKR_PIN_INCORRECT, pkcs11.CKR_PIN_INVALID, pkcs11.CKR_PIN_LEN_RANGE, pkcs11.CKR_PIN_EXPIRED, pkcs11.CKR_PIN_LOCKED} {
		if errors.Is(err, why) {
			return true
		}
	}
	return false
}

// slot is where the token of that label is.
func (t Token) slot(c *pkcs11.Ctx) (uint, error) {
	slots, err := c.GetSlotList(true)
	if err != nil {
		return 0, fmt.Errorf("hsm: listing tokens: %w", err)
	}
	for _, slot := range slots {
		if info, err := c.GetTokenInfo(slot); err == nil && info.Label == t.Label {
			return slot, nil
		}
	}
	return 0, fmt.Errorf("hsm: there is no token %s", t.Label)
}

// find returns the key of a label, 0 for none. Two of them, or one that can be
// taken out of the token, are refused.
func (s *session) find(label string) (pkcs11.ObjectHandle, error) {
	want := []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_SECRET_KEY), pkcs11.NewAttribute(pkcs11.CKA_LABEL, label)}
	if err := s.FindObjectsInit(s.handle, want); err != nil {
		return 0, fmt.Errorf("hsm: looking for the key: %w", err)
	}
	found, _, err := s.FindObjects(s.handle, 2)
	if err := errors.Join(err, s.FindObjectsFinal(s.handle)); err != nil {
		return 0, fmt.Errorf("hsm: looking for the key: %w", err)
	}
	if len(found) == 0 {
		return 0, nil
	}
	if len(found) > 1 {
		return 0, fmt.Errorf("hsm: the token has more than one key %s", label)
	}
	is, err := s.GetAttributeValue(s.handle, found[0], []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_SENSITIVE, nil), pkcs11.NewAttribute(pkcs11.CKA_EXTRACTABLE, nil)})
	if err != nil {
		return 0, fmt.Errorf("hsm: looking at the key: %w", err)
	}
	if !yes(is[0]) || yes(is[1]) {
		return 0, fmt.Errorf("hsm: the key %s can be taken out of the token: have the program make one under another label", label)
	}
	return found[0], nil
}

func yes(a *pkcs11.Attribute) bool { return len(a.Value) == 1 && a.Value[0] != 0 }

// make has the token make a key that never leaves it.
func (s *session) make(label string) (pkcs11.ObjectHandle, error) {
	key, err := s.GenerateKey(s.handle, []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_AES_KEY_GEN, nil)}, []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_SECRET_KEY), pkcs11.NewAttribute(pkcs11.CKA_KEY_TYPE, pkcs11.CKK_AES), pkcs11.NewAttribute(pkcs11.CKA_VALUE_LEN, 32),
		pkcs11.NewAttribute(pkcs11.CKA_LABEL, label), pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true), pkcs11.NewAttribute(pkcs11.CKA_PRIVATE, true),
		pkcs11.NewAttribute(pkcs11.CKA_SENSITIVE, true), pkcs11.NewAttribute(pkcs11.CKA_EXTRACTABLE, false),
		pkcs11.NewAttribute(pkcs11.CKA_ENCRYPT, true), pkcs11.NewAttribute(pkcs11.CKA_DECRYPT, true),
	})
	if err != nil {
		return 0, fmt.Errorf("hsm: making a key: %w", err)
	}
	return key, nil
}
