package audit

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"nysreferral/ent/auditleaf"
	"nysreferral/store"
)

var (
	// ErrNotTaken says that a line does not exist or is not in the tree yet.
	ErrNotTaken = errors.New("audit: this line is not in the tree")
	// ErrProof says that a proof or an export does not agree with its checkpoint.
	ErrProof = errors.New("audit: these lines are not those of the checkpoint")
)

// Export writes every line of the tree to w in the order of the tree, one JSON
// object a line, and returns the signed checkpoint over exactly these lines.
// The bytes of a line are those that were hashed, so that CheckExport, or any
// other program, can compute the root from them. It returns ErrEmpty when there
// is none.
func Export(ctx context.Context, db *store.DB, w io.Writer) (string, error) {
	row, err := newest(ctx, db.Read())
	if err != nil {
		return "", err
	}
	if row == nil {
		return "", ErrEmpty
	}
	v := &verification{ctx: ctx, c: db.Read()}
	out := bufio.NewWriter(w)
	for from := int64(0); from < row.Size; from += chunk {
		leaves, err := v.c.AuditLeaf.Query().Where(auditleaf.IndexGTE(from), auditleaf.IndexLT(min(from+chunk, row.Size))).
			Order(auditleaf.ByIndex()).All(ctx)
		if err != nil {
			return "", fmt.Errorf("audit: reading leaves: %w", err)
		}
		entries, err := v.entries(leaves)
		if err != nil {
			return "", err
		}
		for _, l := range leaves {
			e := entries[l.EntryID]
			if e == nil {
				return "", fmt.Errorf("%w: the line at place %d is gone", ErrBroken, l.Index)
			}
			if _, err := out.Write(append(text(l.Index, e), '\n')); err != nil {
				return "", fmt.Errorf("audit: writing the export: %w", err)
			}
		}
	}
	if err := out.Flush(); err != nil {
		return "", fmt.Errorf("audit: writing the export: %w", err)
	}
	return row.Text, nil
}

// CheckExport reads an export and returns how many lines it holds, or ErrProof
// unless they are exactly those of the signed checkpoint. It needs no database.
func CheckExport(r io.Reader, checkpoint []byte, verifier note.Verifier) (int64, error) {
	head, err := ParseCheckpoint(checkpoint, verifier)
	if err != nil {
		return 0, err
	}
	edge := &spine{}
	in := bufio.NewReader(r)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 0 {
			edge.add(tlog.RecordHash(bytes.TrimSuffix(line, []byte("\n"))))
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return edge.size, fmt.Errorf("audit: reading the export: %w", err)
		}
	}
	if edge.size != head.Size || edge.root() != head.Root {
		return edge.size, ErrProof
	}
	return edge.size, nil
}

// Proof shows that one line stands in the tree of a signed checkpoint, and
// nothing of any other line. It marshals to JSON and back.
type Proof struct {
	Place      int64       `json:"place"` // counts from 0
	Line       string      `json:"line"`  // as it is hashed
	Hashes     []tlog.Hash `json:"hashes"`
	Checkpoint string      `json:"checkpoint"`
}

// Prove returns the proof for the line with the id entry, against the newest
// checkpoint. It returns ErrNotTaken when the line is not in the tree.
func Prove(ctx context.Context, db *store.DB, entry int) (Proof, error) {
	v := &verification{ctx: ctx, c: db.Read()}
	leaves, err := v.c.AuditLeaf.Query().Where(auditleaf.EntryID(entry)).Limit(1).All(ctx)
	if err != nil {
		return Proof{}, fmt.Errorf("audit: reading a leaf: %w", err)
	}
	if len(leaves) == 0 {
		return Proof{}, ErrNotTaken
	}
	entries, err := v.entries(leaves)
	if err != nil {
		return Proof{}, err
	}
	row, err := newest(ctx, v.c)
	if err != nil {
		return Proof{}, err
	}
	leaf := leaves[0]
	if row == nil || entries[entry] == nil || leaf.Index >= row.Size {
		return Proof{}, fmt.Errorf("%w: the line, its leaf and the checkpoint do not belong together", ErrBroken)
	}
	hashes, err := tlog.ProveRecord(row.Size, leaf.Index, reader(ctx, v.c))
	if err != nil {
		return Proof{}, fmt.Errorf("audit: proving a line: %w", err)
	}
	return Proof{Place: leaf.Index, Line: string(text(leaf.Index, entries[entry])), Hashes: hashes, Checkpoint: row.Text}, nil
}

// Check returns nil when the proof holds: its line stands at its place in the
// tree that verifier's key signed. Otherwise it returns ErrProof or
// ErrCheckpoint. It needs no database.
func (p Proof) Check(verifier note.Verifier) error {
	head, err := ParseCheckpoint([]byte(p.Checkpoint), verifier)
	if err != nil {
		return err
	}
	var says struct {
		N int64 `json:"n"`
	}
	if err := json.Unmarshal([]byte(p.Line), &says); err != nil || says.N != p.Place {
		return ErrProof
	}
	if tlog.CheckRecord(p.Hashes, head.Size, head.Root, p.Place, tlog.RecordHash([]byte(p.Line))) != nil {
		return ErrProof
	}
	return nil
}
