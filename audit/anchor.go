package audit

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"nysreferral/ent"
	"nysreferral/ent/auditcheckpoint"
	"nysreferral/store"
)

// headLines is how many lines a signed checkpoint has: its text, an empty one and
// the signature.
const headLines = 7

// quoted is a character, or the end of a line, as mail writes it that must be of
// seven bits.
var quoted = regexp.MustCompile(`=(\r?\n|[0-9A-F]{2})`)

// Anchors returns the signed checkpoints that stand in a text, each once and in
// their order: in a file to which they were appended, in mails that were kept, or
// in both. One that was cut short is none. Whether it is signed by the key of
// this log is for whoever reads it.
func Anchors(text []byte) [][]byte {
	var out [][]byte
	seen := map[string]bool{}
	for _, a := range append(anchorsIn(text), anchorsIn(quoted.ReplaceAllFunc(text, unquoted))...) {
		if !seen[string(a)] {
			seen[string(a)] = true
			out = append(out, a)
		}
	}
	return out
}

func unquoted(b []byte) []byte {
	out, _ := hex.DecodeString(string(b[1:])) // nothing of the end of a line that goes on
	return out
}

func anchorsIn(text []byte) [][]byte {
	lines := strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
	var out [][]byte
	for i := 0; i+headLines <= len(lines); i++ {
		head := lines[i : i+headLines]
		if head[0] != logName || head[5] != "" || !strings.HasPrefix(head[6], "— "+logName+" ") {
			continue
		}
		out = append(out, []byte(strings.Join(head, "\n")+"\n"))
	}
	return out
}

// Continues says whether the log goes on from a checkpoint that was kept, by the
// hashes that are stored and without reading every line: it finds a log that was
// cut or put back to an older state. Verify finds what was changed besides. The
// finding is nil where nothing is wrong; the error is about reading only.
func Continues(ctx context.Context, db *store.DB, verifier note.Verifier, kept []byte) (*Finding, error) {
	anchor, err := ParseCheckpoint(kept, verifier)
	if err != nil {
		return &Finding{What: NotKept, From: -1, To: -1}, nil
	}
	row, err := newest(ctx, db.Read())
	if err != nil {
		return nil, err
	}
	var head Checkpoint
	if row != nil {
		if head, err = ParseCheckpoint([]byte(row.Text), verifier); err != nil {
			return &Finding{What: Signature, From: -1, To: -1}, nil
		}
	}
	if head.Size < anchor.Size {
		return &Finding{What: Shortened, From: head.Size, To: anchor.Size - 1}, nil
	}
	edge, err := loadSpine(ctx, db.Read(), anchor.Size)
	if errors.Is(err, ErrBroken) {
		return &Finding{What: Hashes, From: 0, To: anchor.Size - 1}, nil
	}
	if err != nil {
		return nil, err
	}
	if edge.root() != anchor.Root {
		return &Finding{What: Forked, From: 0, To: anchor.Size - 1}, nil
	}
	return nil, nil
}

// Glance says how the log stands without reading its lines: whether its newest
// checkpoint is signed and agrees with the stored hashes, what it says, and how
// many lines wait to be taken in. The error is about reading only.
func Glance(ctx context.Context, db *store.DB, verifier note.Verifier) (Checkpoint, Report, error) {
	v := &verification{ctx: ctx, c: db.Read(), verifier: verifier, edge: &spine{}}
	err := v.failed(v.glance())
	return v.head, v.report, err
}

func (v *verification) glance() error {
	leaves, err := v.countLeaves()
	if err != nil {
		return err
	}
	if err := v.readHead(leaves); err != nil {
		return err
	}
	v.report.Lines = v.head.Size
	edge, err := loadSpine(v.ctx, v.c, v.head.Size)
	if err != nil && !errors.Is(err, ErrBroken) {
		return err
	}
	if v.head.Size > 0 && (err != nil || edge.root() != v.head.Root) {
		return v.bad(Hashes, 0, v.head.Size-1, 0)
	}
	return v.waiting()
}

// UnanchoredSince returns when the first line was signed that no kept checkpoint
// of that size covers; the zero time where each is covered.
func UnanchoredSince(ctx context.Context, db *store.DB, size int64) (time.Time, error) {
	row, err := db.Read().AuditCheckpoint.Query().Where(auditcheckpoint.SizeGT(size)).Order(ent.Asc(auditcheckpoint.FieldSize, auditcheckpoint.FieldID)).First(ctx)
	if ent.IsNotFound(err) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("audit: looking for what no anchor covers: %w", err)
	}
	return row.At.UTC(), nil
}
