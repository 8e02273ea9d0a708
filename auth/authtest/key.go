// Package authtest is a passkey made of software, for tests: it answers what a
// page asks as a device would, and lies where a test wants it to.
package authtest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
)

// Key is one passkey. The zero value of what a test may change is an honest
// device at Origin.
type Key struct {
	Origin string // of the page, as the browser says it
	RPID   string // whose key it is; the host of Origin
	Count  uint32 // of signatures; it goes up by one at each, unless Stuck
	Stuck  bool   // the count does not go up
	Absent bool   // nobody was verified: neither finger nor PIN

	id, handle []byte
	private    *ecdsa.PrivateKey
}

// Flags of the data that a device signs.
const (
	present  = 0x01
	verified = 0x04
	attested = 0x40
)

var b64 = base64.RawURLEncoding

// New returns a key that was not bound to anything yet.
func New(origin, rpID string) *Key {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic("authtest: " + err.Error())
	}
	id := make([]byte, 32)
	rand.Read(id)
	return &Key{Origin: origin, RPID: rpID, id: id, private: private}
}

// asked is what a key reads of the question of a page.
type asked struct {
	Challenge string `json:"challenge"`
	User      struct {
		ID string `json:"id"`
	} `json:"user"`
}

// Make answers a page that wants to bind a new passkey.
func (k *Key) Make(ask string) string {
	q := read(ask)
	handle, err := b64.DecodeString(q.User.ID)
	if err != nil {
		panic("authtest: the user of the question: " + err.Error())
	}
	k.handle = handle
	client := k.client("webauthn.create", q.Challenge)
	data := k.data(attested)
	data = append(data, make([]byte, 16)...)
	data = binary.BigEndian.AppendUint16(data, uint16(len(k.id)))
	data = append(append(data, k.id...), k.public()...)
	object := []byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59")
	object = binary.BigEndian.AppendUint16(object, uint16(len(data)))
	object = append(object, data...)
	return k.answer(map[string]any{"clientDataJSON": b64.EncodeToString(client), "attestationObject": b64.EncodeToString(object), "transports": []string{"internal"}})
}

// Use answers a page that asks for a passkey.
func (k *Key) Use(ask string) string {
	client := k.client("webauthn.get", read(ask).Challenge)
	if !k.Stuck {
		k.Count++
	}
	data := k.data(0)
	sum := sha256.Sum256(client)
	digest := sha256.Sum256(append(bytes.Clone(data), sum[:]...))
	signed, err := ecdsa.SignASN1(rand.Reader, k.private, digest[:])
	if err != nil {
		panic("authtest: " + err.Error())
	}
	return k.answer(map[string]any{"clientDataJSON": b64.EncodeToString(client), "authenticatorData": b64.EncodeToString(data),
		"signature": b64.EncodeToString(signed), "userHandle": b64.EncodeToString(k.handle)})
}

// Copy is a second device with the same key: a clone.
func (k *Key) Copy() *Key { c := *k; return &c }

func read(ask string) asked {
	var q asked
	if err := json.Unmarshal([]byte(ask), &q); err != nil {
		panic(fmt.Sprintf("authtest: the question %q: %v", ask, err))
	}
	return q
}

func (k *Key) client(kind, challenge string) []byte {
	return encode(map[string]any{"type": kind, "challenge": challenge, "origin": k.Origin, "crossOrigin": false})
}

func (k *Key) data(flags byte) []byte {
	flags |= present
	if !k.Absent {
		flags |= verified
	}
	sum := sha256.Sum256([]byte(k.RPID))
	return binary.BigEndian.AppendUint32(append(sum[:], flags), k.Count)
}

// public is the public key as COSE writes it.
func (k *Key) public() []byte {
	point, err := k.private.PublicKey.Bytes() // 4, then x and y
	if err != nil {
		panic("authtest: " + err.Error())
	}
	out := append([]byte("\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20"), point[1:33]...)
	return append(append(out, "\x22\x58\x20"...), point[33:]...)
}

func (k *Key) answer(response map[string]any) string {
	id := b64.EncodeToString(k.id)
	return string(encode(map[string]any{"id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": map[string]any{}}))
}

func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic("authtest: " + err.Error())
	}
	return text
}
