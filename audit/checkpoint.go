package audit

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"nysreferral/ent"
	"nysreferral/ent/auditcheckpoint"
	"nysreferral/seal"
	"nysreferral/store"
)

// logName is the first line of every checkpoint and the name of its key.
const logName = "nysreferral/audit"

// ErrCheckpoint says that a text is not a checkpoint of this log, or that its
// signature is not by the key that was asked for.
var ErrCheckpoint = errors.New("audit: this is not a checkpoint signed by the key of this log")

// ErrEmpty says that the tree holds no line yet.
var ErrEmpty = errors.New("audit: the tree is empty")

// Checkpoint is a head of the tree: all lines before it, in one hash. Its
// signed text is what an auditor keeps.
type Checkpoint struct {
	Size    int64     // lines in the tree
	Root    tlog.Hash // over all of them
	Settled int       // every line with this id or a smaller one that was ever committed is in the tree
	At      time.Time // UTC, whole microseconds
}

// Keys returns the signer of checkpoints and its verifier, both made from the
// key file.
func Keys(ring *seal.Ring) (note.Signer, note.Verifier, error) {
	signing, public, err := keyTexts(ring)
	if err != nil {
		return nil, nil, err
	}
	signer, err := note.NewSigner(signing)
	if err != nil {
		return nil, nil, fmt.Errorf("audit: making the signer: %w", err)
	}
	verifier, err := note.NewVerifier(public)
	if err != nil {
		return nil, nil, fmt.Errorf("audit: making the verifier: %w", err)
	}
	return signer, verifier, nil
}

// PublicKey returns the text from which note.NewVerifier makes a verifier. An
// auditor keeps it, apart from the system; it is no secret.
func PublicKey(ring *seal.Ring) (string, error) {
	_, public, err := keyTexts(ring)
	return public, err
}

// keyTexts are the signing and the public key, as note writes them.
func keyTexts(ring *seal.Ring) (signing, public string, err error) {
	seed, err := ring.Derive("audit checkpoint/1")
	if err != nil {
		return "", "", fmt.Errorf("audit: deriving the signing key: %w", err)
	}
	key := ed25519.NewKeyFromSeed(seed)
	public, err = note.NewEd25519VerifierKey(logName, key.Public().(ed25519.PublicKey))
	if err != nil {
		return "", "", fmt.Errorf("audit: making the public key: %w", err)
	}
	parts := strings.Split(public, "+")                                                                                        // name, hash of the key, key
	signing = "PRIVATE+KEY+" + parts[0] + "+" + parts[1] + "+" + base64.StdEncoding.EncodeToString(append([]byte{1}, seed...)) // 1 is Ed25519
	return signing, public, nil
}

// text is what is signed: name, size and hash, as other logs write them, and
// what this one adds.
func (c Checkpoint) text() string {
	return fmt.Sprintf("%s\n%d\n%s\nsettled %d\ntime %s\n", logName, c.Size, c.Root, c.Settled, c.At.UTC().Format("2006-01-02T15:04:05.000000Z"))
}

func (c Checkpoint) sign(signer note.Signer) (string, error) {
	signed, err := note.Sign(&note.Note{Text: c.text()}, signer)
	if err != nil {
		return "", fmt.Errorf("audit: signing a checkpoint: %w", err)
	}
	return string(signed), nil
}

// ParseCheckpoint reads a signed checkpoint. It returns ErrCheckpoint unless
// verifier's key signed it.
func ParseCheckpoint(signed []byte, verifier note.Verifier) (Checkpoint, error) {
	n, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return Checkpoint{}, ErrCheckpoint
	}
	return parseText(n.Text)
}

func parseText(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 6 {
		return Checkpoint{}, ErrCheckpoint
	}
	// What is not read is not written again as it was.
	size, _ := strconv.ParseInt(lines[1], 10, 64)
	root, _ := tlog.ParseHash(lines[2])
	settled, _ := strconv.Atoi(strings.TrimPrefix(lines[3], "settled "))
	at, _ := time.Parse(time.RFC3339Nano, strings.TrimPrefix(lines[4], "time "))
	c := Checkpoint{Size: size, Root: root, Settled: settled, At: at}
	if size < 0 || c.text() != text {
		return Checkpoint{}, ErrCheckpoint
	}
	return c, nil
}

// Latest returns the newest signed checkpoint, for an auditor to keep. It
// returns ErrEmpty before the first line was taken in.
func Latest(ctx context.Context, db *store.DB) (string, error) {
	row, err := newest(ctx, db.Read())
	if err != nil {
		return "", err
	}
	if row == nil {
		return "", ErrEmpty
	}
	return row.Text, nil
}

// newest returns the newest checkpoint's row, nil when there is none.
func newest(ctx context.Context, c *ent.Client) (*ent.AuditCheckpoint, error) {
	row, err := c.AuditCheckpoint.Query().Order(ent.Desc(auditcheckpoint.FieldID)).First(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("audit: reading the newest checkpoint: %w", err)
	}
	return row, nil
}

// ErrOtherKey says that a log was signed with the key of another key file.
var ErrOtherKey = errors.New("audit: this log was signed with the key of another key file")

// SignedBy returns ErrOtherKey where the newest checkpoint has no signature by
// verifier's key. It returns nil for an empty log, and for a checkpoint that was
// changed after it was signed: that is for Verify to find.
func SignedBy(ctx context.Context, db *store.DB, verifier note.Verifier) error {
	row, err := newest(ctx, db.Read())
	if err != nil || row == nil {
		return err
	}
	var others *note.UnverifiedNoteError
	if _, err := note.Open([]byte(row.Text), note.VerifierList(verifier)); errors.As(err, &others) {
		return ErrOtherKey
	}
	return nil
}

// textOf is the text of a signed note, which its signatures follow.
func textOf(signed string) string {
	text, _, _ := strings.Cut(signed, "\n\n")
	return text + "\n"
}
