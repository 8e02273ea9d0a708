// Package backup copies a whole database: into a file that only the holder of
// an offline key can read, from such a file into an empty database, and from
// one database into another. A copy is every row at one moment, taken beside
// people who work, and a manifest, signed by the key of the log, which says how
// many rows each table has, their digests and the head of the log. What was put
// back is read again and held against it. The key file, the list of destroyed
// keys and sessions are in no copy.
package backup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"golang.org/x/mod/sumdb/note"

	"nysreferral/audit"
	"nysreferral/blob"
	"nysreferral/jobs"
	"nysreferral/seal"
	"nysreferral/store"
)

// Count is one table as a manifest has it.
type Count struct {
	Table  string `json:"table"`
	Rows   int    `json:"rows"`
	Digest string `json:"digest"` // SHA-256 of all rows, in hex
}

// Manifest says what a copy holds. It tells numbers, and nothing of anybody.
type Manifest struct {
	At       time.Time `json:"at"`       // the moment of the copy, UTC
	Migrated string    `json:"migrated"` // the newest migration
	Tables   []Count   `json:"tables"`
	Head     string    `json:"head,omitempty"` // the newest checkpoint of the log
	Files    Count     `json:"files"`          // attached files, sealed as they lie
	Shredded int       `json:"shredded"`       // keys that the list of destroyed keys had then
	Size     int64     `json:"size,omitempty"` // bytes of the file
	Digest   string    `json:"digest,omitempty"`
}

// Rows is how many rows of a table the copy holds.
func (m Manifest) Rows(table string) int {
	for _, c := range m.Tables {
		if c.Table == table {
			return c.Rows
		}
	}
	return 0
}

// ErrManifest says that a manifest is not signed by the key of this system, or
// was changed.
var ErrManifest = errors.New("backup: the manifest is not signed by the key file that is in use, or was changed")

// ErrChanged says that a file is not the one of its manifest.
var ErrChanged = errors.New("backup: the file is not the one that its manifest describes: it was changed, or cut short")

// ErrDiffers says that what was put back is not what was copied.
var ErrDiffers = errors.New("backup: what was put back differs from what was copied")

// manifestHead keeps a manifest and a checkpoint of the log, which the same key
// signs, from being taken for each other.
const manifestHead = "nysreferral/backup\n"

// sign returns the manifest as it is stored.
func (m Manifest) sign(ring *seal.Ring) ([]byte, error) {
	signer, _, err := audit.Keys(ring)
	if err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return nil, fmt.Errorf("backup: writing the manifest: %w", err)
	}
	signed, err := note.Sign(&note.Note{Text: manifestHead + string(text) + "\n"}, signer)
	if err != nil {
		return nil, fmt.Errorf("backup: signing the manifest: %w", err)
	}
	return signed, nil
}

// ParseManifest reads a manifest that the key of this system signed, or returns
// ErrManifest.
func ParseManifest(signed []byte, ring *seal.Ring) (Manifest, error) {
	_, verifier, err := audit.Keys(ring)
	if err != nil {
		return Manifest{}, err
	}
	n, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return Manifest{}, ErrManifest
	}
	text, ours := bytes.CutPrefix([]byte(n.Text), []byte(manifestHead))
	var m Manifest
	if err := json.Unmarshal(text, &m); err != nil || !ours {
		return Manifest{}, ErrManifest
	}
	return m, nil
}

// Source is what is copied: a database, which may be open for reading only,
// beside a server; its attached files; and how many keys are known as destroyed.
type Source struct {
	DB       *store.DB
	Ring     *seal.Ring
	Files    blob.Store
	Shredded int
}

// Write copies a source to w, for the holder of key, and returns the signed
// manifest with what it says.
func Write(ctx context.Context, from Source, key PublicKey, w io.Writer, now time.Time) (Manifest, []byte, error) {
	counted := &counter{to: w, sum: sha256.New()}
	out, err := key.seal(counted)
	if err != nil {
		return Manifest{}, nil, err
	}
	enc := encoder(out)
	m := Manifest{At: now.UTC(), Shredded: from.Shredded}
	// The head is read before the snapshot, which so holds at least what it covers.
	if m.Head, err = audit.Latest(ctx, from.DB); err != nil && !errors.Is(err, audit.ErrEmpty) {
		return Manifest{}, nil, err
	}
	err = from.DB.Snapshot(ctx, func(s *store.Snapshot) (err error) {
		if m.Migrated, err = s.Migrated(ctx); err != nil {
			return err
		}
		tables, err := all(ctx, s)
		if err != nil {
			return err
		}
		if err := enc.Encode(head{Migrated: m.Migrated}); err != nil {
			return err
		}
		err = walk(ctx, s, tables, func(t store.Table) error { return enc.Encode(part{Table: &t}) },
			func(text []byte, _ []any) error { return enc.Encode(part{Row: text}) }, &m)
		if err != nil {
			return err
		}
		m.Files, err = files(ctx, s, from.Files, func(name string, b []byte) error { return enc.Encode(part{File: name, Bytes: b}) })
		return err
	})
	if err != nil {
		return Manifest{}, nil, err
	}
	if err := errors.Join(enc.Encode(part{End: true}), out.Close()); err != nil {
		return Manifest{}, nil, fmt.Errorf("backup: writing: %w", err)
	}
	m.Size, m.Digest = counted.n, hex.EncodeToString(counted.sum.Sum(nil))
	signed, err := m.sign(from.Ring)
	return m, signed, err
}

// all are the tables of a copy, and the work that waits.
func all(ctx context.Context, s *store.Snapshot) ([]store.Table, error) {
	tables, err := s.Tables(ctx)
	return append(tables, jobs.Table), err
}

// walk reads every row of the tables and counts them into m.
func walk(ctx context.Context, s *store.Snapshot, tables []store.Table, table func(store.Table) error, row func(text []byte, values []any) error, m *Manifest) error {
	for _, t := range tables {
		if err := table(t); err != nil {
			return err
		}
		var rolls store.Rolls
		each := func(values []any) error {
			text, err := rolls.Add(values)
			if err != nil {
				return err
			}
			return row(text, values)
		}
		var err error
		if t.Name == jobs.Table.Name {
			err = jobs.Rows(ctx, s, each)
		} else {
			err = s.Rows(ctx, t, each)
		}
		if err != nil {
			return err
		}
		m.Tables = append(m.Tables, Count{Table: t.Name, Rows: rolls.Count, Digest: hex.EncodeToString(rolls.Digest())})
	}
	return nil
}

// counter passes bytes on, and counts and sums them.
type counter struct {
	to  io.Writer
	sum hash.Hash
	n   int64
}

// Write passes p on.
func (c *counter) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.sum.Write(p[:n])
	c.n += int64(n)
	return n, err
}
