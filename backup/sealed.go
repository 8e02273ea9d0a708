package backup

import (
	"bufio"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hpke"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A file of a copy begins with a line, then the encapsulated key, then pieces:
// the length of each in four bytes, and the piece. HPKE (RFC 9180) with
// ML-KEM-768 and P-256 together agrees on the key of the file, so that neither a
// thief of today nor a computer of tomorrow opens it; AES-256-GCM with random
// nonces, which GODEBUG=fips140=only permits and HPKE's own counted ones are
// not, seals the pieces. The number of a piece is bound to it, so none can be
// moved or left out, and the last one is marked, so none can be cut off.
const (
	fileHead  = "nysreferral backup 1\n"
	pieceSize = 256 << 10 // bytes of one piece before it is sealed
	pieceMost = pieceSize + 12 + 16
	privately = "nysreferral backup private key 1 "
	publicly  = "nysreferral backup public key 1 "
)

var (
	kem  = hpke.MLKEM768P256()
	kdf  = hpke.HKDFSHA256()
	none = hpke.ExportOnly() // HPKE agrees on a key and seals nothing
)

// The last byte of what is bound to a piece.
const (
	more = 0
	last = 1
)

// exports is either end of HPKE.
type exports interface {
	Export(context string, length int) ([]byte, error)
}

// pieces is the cipher of a file's pieces.
func pieces(from exports) (cipher.AEAD, error) {
	key, err := from.Export("pieces", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

func bound(n uint64, mark byte) []byte {
	return append(binary.BigEndian.AppendUint64(nil, n), mark)
}

// ErrKey says that a text is not a key of copies.
var ErrKey = errors.New("backup: this is not a key for backups")

// ErrOpen says that a file cannot be opened with this key, or was changed.
var ErrOpen = errors.New("backup: this file cannot be opened with this key, or was changed")

// PublicKey is with what copies are made. It is no secret.
type PublicKey struct{ key hpke.PublicKey }

// PrivateKey is with what copies are opened. It is kept off every machine that
// serves.
type PrivateKey struct{ key hpke.PrivateKey }

// NewKey makes a pair.
func NewKey() (PrivateKey, error) {
	key, err := kem.GenerateKey()
	if err != nil {
		return PrivateKey{}, fmt.Errorf("backup: making a key: %w", err)
	}
	return PrivateKey{key}, nil
}

// Public is the other half.
func (k PrivateKey) Public() PublicKey { return PublicKey{k.key.PublicKey()} }

// Text is the key as a line of a file.
func (k PrivateKey) Text() (string, error) {
	raw, err := k.key.Bytes()
	if err != nil {
		return "", fmt.Errorf("backup: writing a key: %w", err)
	}
	return privately + base64.StdEncoding.EncodeToString(raw) + "\n", nil
}

// String withholds the key.
func (PrivateKey) String() string { return "(withheld)" }

// GoString withholds the key.
func (PrivateKey) GoString() string { return "(withheld)" }

// Text is the key as a line of a file.
func (k PublicKey) Text() string {
	return publicly + base64.StdEncoding.EncodeToString(k.key.Bytes()) + "\n"
}

// ParsePrivateKey reads what Text wrote, or returns ErrKey.
func ParsePrivateKey(text string) (PrivateKey, error) {
	raw, err := keyBytes(text, privately)
	if err != nil {
		return PrivateKey{}, err
	}
	key, err := kem.NewPrivateKey(raw)
	if err != nil {
		return PrivateKey{}, ErrKey
	}
	return PrivateKey{key}, nil
}

// ParsePublicKey reads what Text wrote, or returns ErrKey.
func ParsePublicKey(text string) (PublicKey, error) {
	raw, err := keyBytes(text, publicly)
	if err != nil {
		return PublicKey{}, err
	}
	key, err := kem.NewPublicKey(raw)
	if err != nil {
		return PublicKey{}, ErrKey
	}
	return PublicKey{key}, nil
}

func keyBytes(text, begins string) ([]byte, error) {
	word, ours := strings.CutPrefix(strings.TrimSpace(text), begins)
	if !ours {
		return nil, ErrKey
	}
	raw, err := base64.StdEncoding.DecodeString(word)
	if err != nil {
		return nil, ErrKey
	}
	return raw, nil
}

// sealing writes pieces. Close writes the last one and leaves the writer below
// open.
type sealing struct {
	to    io.Writer
	aead  cipher.AEAD
	n     uint64 // pieces that were sealed
	piece []byte
}

func (k PublicKey) seal(to io.Writer) (*sealing, error) {
	enc, sender, err := hpke.NewSender(k.key, kdf, none, []byte(fileHead))
	if err != nil {
		return nil, fmt.Errorf("backup: beginning to seal: %w", err)
	}
	aead, err := pieces(sender)
	if err != nil {
		return nil, fmt.Errorf("backup: beginning to seal: %w", err)
	}
	if _, err := to.Write(append([]byte(fileHead), enc...)); err != nil {
		return nil, fmt.Errorf("backup: writing: %w", err)
	}
	return &sealing{to: to, aead: aead, piece: make([]byte, 0, pieceSize)}, nil
}

// Write takes p, and seals what fills a piece.
func (s *sealing) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		if len(s.piece) == pieceSize {
			if err := s.flush(more); err != nil {
				return 0, err
			}
		}
		take := min(len(p), pieceSize-len(s.piece))
		s.piece = append(s.piece, p[:take]...)
		p = p[take:]
	}
	return n, nil
}

// Close seals the last piece.
func (s *sealing) Close() error { return s.flush(last) }

func (s *sealing) flush(mark byte) error {
	sealed := s.aead.Seal(nil, nil, s.piece, bound(s.n, mark))
	s.n, s.piece = s.n+1, s.piece[:0]
	if _, err := s.to.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(sealed))), sealed...)); err != nil {
		return fmt.Errorf("backup: writing: %w", err)
	}
	return nil
}

// opening reads pieces.
type opening struct {
	from  *bufio.Reader
	aead  cipher.AEAD
	n     uint64 // pieces that were opened
	piece []byte
	done  bool
}

// open returns what k's other half sealed. Reading it returns ErrOpen where it
// was changed or cut.
func (k PrivateKey) open(from io.Reader) (*opening, error) {
	in := bufio.NewReaderSize(from, pieceMost)
	begin := make([]byte, len(fileHead)+encLen)
	if _, err := io.ReadFull(in, begin); err != nil || string(begin[:len(fileHead)]) != fileHead {
		return nil, ErrOpen
	}
	to, err := hpke.NewRecipient(begin[len(fileHead):], k.key, kdf, none, []byte(fileHead))
	if err != nil {
		return nil, ErrOpen
	}
	aead, err := pieces(to)
	if err != nil {
		return nil, fmt.Errorf("backup: beginning to open: %w", err)
	}
	return &opening{from: in, aead: aead}, nil
}

// encLen is the length of the encapsulated key: a ciphertext of ML-KEM-768 and a
// point of P-256.
const encLen = 1088 + 65

// Read reads what was sealed.
func (o *opening) Read(p []byte) (int, error) {
	for len(o.piece) == 0 {
		if o.done {
			return 0, io.EOF
		}
		if err := o.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, o.piece)
	o.piece = o.piece[n:]
	return n, nil
}

func (o *opening) next() error {
	var length [4]byte
	if _, err := io.ReadFull(o.from, length[:]); err != nil {
		return ErrOpen
	}
	n := binary.BigEndian.Uint32(length[:])
	if n > pieceMost {
		return ErrOpen
	}
	sealed := make([]byte, n)
	if _, err := io.ReadFull(o.from, sealed); err != nil {
		return ErrOpen
	}
	var err error
	if o.piece, err = o.aead.Open(nil, nil, sealed, bound(o.n, more)); err == nil {
		o.n++
		return nil
	}
	if o.piece, err = o.aead.Open(nil, nil, sealed, bound(o.n, last)); err != nil {
		return ErrOpen
	}
	o.done = true
	if _, err := o.from.ReadByte(); !errors.Is(err, io.EOF) {
		return ErrOpen
	}
	return nil
}
