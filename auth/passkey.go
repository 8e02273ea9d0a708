package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"nysreferral/audit"
	"nysreferral/ent"
	"nysreferral/ent/factor"
	"nysreferral/ent/user"
	"nysreferral/fault"
	"nysreferral/workflow"
)

// Ceremony is one question to a device that holds a passkey.
type Ceremony struct {
	Ask  string // what the page asks the device, as JSON
	Held string // what the session keeps of it; it is good for one answer
}

const (
	sayKey   = "This passkey did not let you in. Try again with the key or device that you added here, or sign in another way."
	sayNoKey = "Passkeys do not work at this address. Ask whoever runs this service."
)

// newPasskeys prepares ceremonies for the address of this system; nil where
// there can be none: browsers bind passkeys to names, not to numbers.
func newPasskeys(name, public string) (*webauthn.WebAuthn, error) {
	u, err := url.Parse(public)
	if err != nil {
		return nil, fmt.Errorf("auth: reading the public address: %w", err)
	}
	if u.Hostname() == "" || net.ParseIP(u.Hostname()) != nil {
		return nil, nil
	}
	if name == "" {
		name = "Partner Services"
	}
	w, err := webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: name, RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired,
			UserVerification: protocol.VerificationRequired},
	})
	if err != nil {
		return nil, fmt.Errorf("auth: preparing passkeys: %w", err)
	}
	return w, nil
}

// Passkeys says whether passkeys work at the address of this system.
func (s *Service) Passkeys() bool { return s.keys != nil }

// owner is an account as the library sees it. Its handle tells nothing: it is a
// keyed hash of the number of the account.
type owner struct {
	handle []byte
	who    workflow.Actor
	keys   []webauthn.Credential
}

func (o owner) WebAuthnID() []byte                         { return o.handle }
func (o owner) WebAuthnName() string                       { return o.who.Office }
func (o owner) WebAuthnDisplayName() string                { return o.who.Name }
func (o owner) WebAuthnCredentials() []webauthn.Credential { return o.keys }

func (s *Service) userHandle(id int) []byte {
	mac := hmac.New(sha256.New, s.handles)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(id)))
	return mac.Sum(nil)
}

// keyHandle is what a passkey is found by in the table.
func keyHandle(id []byte) []byte {
	sum := sha256.Sum256(append([]byte("nysreferral/passkey/1\x00"), id...))
	return sum[:]
}

// BeginPasskey asks the device of who for a new passkey; it is to refuse when it
// holds one of who already.
func (s *Service) BeginPasskey(ctx context.Context, who workflow.Actor) (Ceremony, error) {
	if s.keys == nil {
		return Ceremony{}, fault.New(fault.Forbidden, sayNoKey)
	}
	rows, err := factorsOf(ctx, s.db.Read(), who.ID, KindPasskey)
	if err != nil {
		return Ceremony{}, err
	}
	o := owner{handle: s.userHandle(who.ID), who: who}
	for _, row := range rows {
		c, err := s.credential(row)
		if err != nil {
			return Ceremony{}, err
		}
		o.keys = append(o.keys, c)
	}
	ask, held, err := s.keys.BeginRegistration(o, webauthn.WithExclusions(webauthn.Credentials(o.keys).CredentialDescriptors()))
	if err != nil {
		return Ceremony{}, fmt.Errorf("auth: asking for a passkey: %w", err)
	}
	return ceremony(ask.Response, held)
}

// AddPasskey binds the passkey that the device answered with. It returns the
// recovery codes when these are the account's first, and fault.Invalid for an
// answer that is not to the question.
func (s *Service) AddPasskey(ctx context.Context, who workflow.Actor, held, answer, name, source string) (codes []string, err error) {
	called, err := label(name, "")
	if err != nil {
		return nil, err
	}
	made, err := s.made(who, held, answer)
	if err != nil {
		return nil, err
	}
	key, err := json.Marshal(made)
	if err != nil {
		return nil, fmt.Errorf("auth: writing a passkey: %w", err)
	}
	err = s.db.Do(ctx, func(tx *ent.Tx) error {
		u, err := s.lockUser(ctx, tx, who.ID)
		if err != nil {
			return err
		}
		if err := s.bind(ctx, tx, u.ID, KindPasskey, kept{Label: called, Key: key}, keyHandle(made.ID), int64(made.Authenticator.SignCount)); err != nil {
			return err
		}
		if codes, err = s.firstCodes(ctx, tx, u.ID); err != nil {
			return err
		}
		if err := s.tell(ctx, tx, u, "", u.ID); err != nil {
			return err
		}
		return s.recordReason(ctx, tx, who, "add_factor", string(KindPasskey), source)
	})
	return codes, err
}

// made checks the answer to BeginPasskey.
func (s *Service) made(who workflow.Actor, held, answer string) (*webauthn.Credential, error) {
	session, err := s.asked(held)
	if err != nil {
		return nil, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer))
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "The passkey was not added: the device gave no answer. Try again.", err)
	}
	made, err := s.keys.CreateCredential(owner{handle: s.userHandle(who.ID), who: who}, session, parsed)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "The passkey was not added: the answer of the device was not to our question. Try again.", err)
	}
	return made, nil
}

// AskPasskey asks whoever is there for a passkey.
func (s *Service) AskPasskey() (Ceremony, error) {
	if s.keys == nil {
		return Ceremony{}, fault.New(fault.Forbidden, sayNoKey)
	}
	ask, held, err := s.keys.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Ceremony{}, fmt.Errorf("auth: asking for a passkey: %w", err)
	}
	return ceremony(ask.Response, held)
}

func ceremony(ask any, held *webauthn.SessionData) (Ceremony, error) {
	question, err := json.Marshal(ask)
	if err != nil {
		return Ceremony{}, fmt.Errorf("auth: writing a question to a device: %w", err)
	}
	session, err := json.Marshal(held)
	if err != nil {
		return Ceremony{}, fmt.Errorf("auth: writing a question to a device: %w", err)
	}
	return Ceremony{string(question), string(session)}, nil
}

func (s *Service) asked(held string) (webauthn.SessionData, error) {
	var session webauthn.SessionData
	if s.keys == nil || held == "" {
		return session, fault.New(fault.Unauthorized, sayKey)
	}
	if err := json.Unmarshal([]byte(held), &session); err != nil {
		return session, fmt.Errorf("auth: reading a question to a device: %w", err)
	}
	return session, nil
}

// SignInPasskey signs in whose passkey answered. A passkey is two factors: it is
// held, and it verified who holds it. Wrong passwords do not lock it. Every
// refusal is the same fault.Unauthorized.
func (s *Service) SignInPasskey(ctx context.Context, held, answer, source string) (Entry, error) {
	u, err := s.byPasskey(ctx, 0, held, answer, "sign_in", source)
	if err != nil {
		return Entry{}, err
	}
	return Entry{actor(u), StageIn}, nil
}

// ProvePasskey is Prove with a passkey of who.
func (s *Service) ProvePasskey(ctx context.Context, who workflow.Actor, held, answer, source string) error {
	_, err := s.byPasskey(ctx, who.ID, held, answer, "prove", source)
	return err
}

// Reasons in the audit log for a refused passkey.
const (
	wrongKey = "wrong_key" // unknown, not ours, or not to our question
	copied   = "copied"    // its count went back: somebody has a copy
)

// byPasskey checks an answer, of the account id unless that is 0, and records
// what it came to.
func (s *Service) byPasskey(ctx context.Context, id int, held, answer, action, source string) (u *ent.User, err error) {
	session, err := s.asked(held)
	if err != nil {
		return nil, err
	}
	var refusal string
	err = s.db.Do(ctx, func(tx *ent.Tx) error {
		u, refusal = nil, ""
		row, used, err := s.answered(ctx, tx, session, answer)
		if err != nil {
			return err
		}
		line := audit.Line{At: s.now(), Action: action, Outcome: audit.Refused, Source: source}
		if row != nil {
			if u, err = s.lockUser(ctx, tx, row.UserID); err != nil {
				return err
			}
			line.Actor, line.Duty, line.Agency = u.ID, u.Duty, u.AgencyID
		}
		switch {
		case used == nil || id != 0 && u.ID != id:
			refusal = wrongKey
		case !usable(u):
			refusal = disabled
		default:
			if refusal, err = s.countKey(ctx, tx, row, used); err != nil {
				return err
			}
		}
		if line.Reason = refusal; refusal == "" {
			line.Outcome, line.Reason = audit.Done, "in passkey"
			if err := tx.User.Update().Where(user.ID(u.ID)).SetSignedInAt(s.moment()).Exec(ctx); err != nil {
				return fmt.Errorf("auth: recording a sign-in: %w", err)
			}
		}
		return audit.Add(ctx, tx, line)
	})
	if err == nil && refusal != "" {
		return nil, fault.New(fault.Unauthorized, sayKey)
	}
	return u, err
}

// answered finds the passkey that answered and checks what it signed. row is
// nil for one that nobody has; used is nil for what does not hold.
func (s *Service) answered(ctx context.Context, tx *ent.Tx, session webauthn.SessionData, answer string) (row *ent.Factor, used *webauthn.Credential, err error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
	if err != nil {
		return nil, nil, nil // no answer of a device at all
	}
	row, err = tx.Factor.Query().Where(factor.Handle(keyHandle(parsed.RawID)), factor.Kind(string(KindPasskey)), factor.RevokedAtIsNil()).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("auth: looking for a passkey: %w", err)
	}
	key, err := s.credential(row)
	if err != nil {
		return nil, nil, err
	}
	_, used, err = s.keys.ValidatePasskeyLogin(func(_, _ []byte) (webauthn.User, error) {
		return owner{handle: s.userHandle(row.UserID), keys: []webauthn.Credential{key}}, nil
	}, session, parsed)
	if err != nil {
		return row, nil, nil // not signed by it, not to our question, not at our address, or nobody verified
	}
	return row, used, nil
}

// countKey notes that a passkey was used. One whose count went back was copied.
func (s *Service) countKey(ctx context.Context, tx *ent.Tx, row *ent.Factor, used *webauthn.Credential) (refusal string, err error) {
	if used.Authenticator.CloneWarning {
		return copied, nil
	}
	key, err := json.Marshal(used)
	if err != nil {
		return "", fmt.Errorf("auth: writing a passkey: %w", err)
	}
	k, err := s.openFactor(row)
	if err != nil {
		return "", err
	}
	k.Key = key
	data, err := s.sealFactor(row.Mark, k)
	if err != nil {
		return "", err
	}
	n, err := tx.Factor.Update().Where(factor.ID(row.ID), factor.Counter(row.Counter)).
		SetCounter(int64(used.Authenticator.SignCount)).SetData(data).SetUsedAt(s.moment()).Save(ctx)
	if err != nil {
		return "", fmt.Errorf("auth: using a passkey: %w", err)
	}
	if n == 0 {
		return copied, nil // two at once with one count
	}
	return "", nil
}

func (s *Service) credential(row *ent.Factor) (webauthn.Credential, error) {
	k, err := s.openFactor(row)
	if err != nil {
		return webauthn.Credential{}, err
	}
	var c webauthn.Credential
	if err := json.Unmarshal(k.Key, &c); err != nil {
		return c, errors.Join(errors.New("auth: reading a passkey"), err)
	}
	return c, nil
}
