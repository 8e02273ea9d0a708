package audit

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/ent/auditleaf"
	"nysreferral/store"
)

// What is what Verify can find wrong.
type What string

// What Verify finds.
const (
	Altered   What = "a line is not as it was when it was signed"
	Removed   What = "a line was removed"
	Misplaced What = "a place of the tree is missing, or the tree was renumbered"
	Rewritten What = "lines were changed, removed or put in another order, together with their hashes"
	Inserted  What = "a line was put among those that were signed"
	Hashes    What = "the stored hashes do not belong to the lines"
	Signature What = "a checkpoint is not signed by the key of this log, or was changed"
	Unsigned  What = "lines follow the newest checkpoint: a checkpoint was removed"
	Shortened What = "the log is shorter than the checkpoint that you kept: lines at its end are gone"
	Forked    What = "the log is not the one of the checkpoint that you kept: lines before it were changed, removed or put in another order, and signed again"
	NotKept   What = "the checkpoint that you kept is not one, or not signed by the key of this log"
)

// Finding is the first thing wrong. Places count from 0 and stand in every
// exported line as n.
type Finding struct {
	What  What  `json:"what"`
	From  int64 `json:"from"`            // first place that is wrong, or may be; -1 when it is none of the tree's
	To    int64 `json:"to"`              // last place that may be wrong; From when it is exact
	Entry int   `json:"entry,omitempty"` // id of the line, when it is known
}

// Report is what Verify saw.
type Report struct {
	Lines       int64      `json:"lines"`            // in the tree and checked
	Checkpoints int        `json:"checkpoints"`      // checked, with their signatures
	Kept        int        `json:"kept"`             // checkpoints of the auditor that agree
	Waiting     int        `json:"waiting"`          // lines that are committed and not yet in the tree
	Oldest      *time.Time `json:"oldest,omitempty"` // when the first of those was written; more than a few seconds means that no tree runs
	Bad         *Finding   `json:"bad,omitempty"`    // the first thing wrong; nil when nothing is
	Head        string     `json:"head,omitempty"`   // the newest checkpoint, to keep
}

// lines read and hashed at once.
const chunk = 2000

// Verify reads the whole log and checks that every line is as it was when it
// was taken into the tree, that none is missing, added or in another place,
// that every stored hash and checkpoint agrees, and that the log is a
// continuation of each kept checkpoint. It stops at the first thing wrong. The
// error is about reading only. It may run beside a server.
func Verify(ctx context.Context, db *store.DB, verifier note.Verifier, kept ...[]byte) (Report, error) {
	v := &verification{ctx: ctx, c: db.Read(), verifier: verifier, edge: &spine{}}
	defer v.stop()
	err := v.failed(v.run(kept))
	return v.report, err
}

// verification is one run of Verify.
type verification struct {
	ctx      context.Context
	c        *ent.Client
	verifier note.Verifier
	report   Report
	head     Checkpoint // the newest
	edge     *spine     // of the tree as computed from the lines so far
	good     int64      // lines up to here agree with a checkpoint
	heads    *heads
	hashes   *hashRows
	kept     []Checkpoint // of the auditor, in the order of size, not yet compared
	keptGood int64        // lines up to here agree with one of them
}

// errBad ends a verification that found something wrong, which the report tells.
var errBad = errors.New("audit: something is wrong")

// bad notes what is wrong. What it returns ends the verification: nothing more is
// looked for.
func (v *verification) bad(what What, from, to int64, entry int) error {
	v.report.Bad = &Finding{What: what, From: from, To: to, Entry: entry}
	return errBad
}

// failed is the error of a verification that could not read, nil for one that
// found something.
func (v *verification) failed(err error) error {
	if errors.Is(err, errBad) {
		return nil
	}
	return err
}

func (v *verification) stop() {
	if v.heads != nil {
		v.heads.stop()
	}
}

func (v *verification) run(kept [][]byte) error {
	for _, text := range kept {
		c, err := ParseCheckpoint(text, v.verifier)
		if err != nil {
			return v.bad(NotKept, -1, -1, 0)
		}
		v.kept = append(v.kept, c)
	}
	slices.SortFunc(v.kept, func(a, b Checkpoint) int { return int(a.Size - b.Size) })
	leaves, err := v.countLeaves()
	if err != nil {
		return err
	}
	if err := v.readHead(leaves); err != nil {
		return err
	}
	v.heads = readHeads(v.ctx, v.c, v.verifier, v.head.Size)
	v.hashes = &hashRows{ctx: v.ctx, c: v.c}
	for v.edge.size < v.head.Size {
		if err := v.lines(); err != nil {
			return err
		}
	}
	return v.end()
}

// countLeaves is one more than the greatest place.
func (v *verification) countLeaves() (int64, error) {
	last, err := v.c.AuditLeaf.Query().Order(ent.Desc(auditleaf.FieldIndex)).First(v.ctx)
	if ent.IsNotFound(err) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("audit: reading the last leaf: %w", err)
	}
	return last.Index + 1, nil
}

// readHead reads the newest checkpoint, which must cover the leaves that were
// there before.
func (v *verification) readHead(leaves int64) error {
	row, err := newest(v.ctx, v.c)
	if err != nil {
		return err
	}
	if row == nil {
		if leaves > 0 {
			return v.bad(Unsigned, 0, leaves-1, 0)
		}
		return nil
	}
	v.report.Head = row.Text
	if v.head, err = ParseCheckpoint([]byte(row.Text), v.verifier); err != nil || v.head.Size != row.Size {
		return v.bad(Signature, -1, -1, 0)
	}
	if leaves > v.head.Size {
		return v.bad(Unsigned, v.head.Size, leaves-1, 0)
	}
	return nil
}

// lines checks the next chunk of lines.
func (v *verification) lines() error {
	from := v.edge.size
	to := min(from+chunk, v.head.Size)
	leaves, err := v.c.AuditLeaf.Query().Where(auditleaf.IndexGTE(from), auditleaf.IndexLT(to)).
		Order(ent.Asc(auditleaf.FieldIndex)).All(v.ctx)
	if err != nil {
		return fmt.Errorf("audit: reading leaves: %w", err)
	}
	entries, err := v.entries(leaves)
	if err != nil {
		return err
	}
	for i, leaf := range leaves {
		n := from + int64(i)
		if leaf.Index != n {
			return v.bad(Misplaced, n, n, 0)
		}
		e := entries[leaf.EntryID]
		if e == nil {
			return v.bad(Removed, n, n, leaf.EntryID)
		}
		h := tlog.RecordHash(text(n, e))
		if string(h[:]) != string(leaf.Hash) {
			return v.bad(Altered, n, n, leaf.EntryID)
		}
		if err := v.grow(h); err != nil {
			return err
		}
	}
	if n := from + int64(len(leaves)); n < to {
		return v.bad(Misplaced, n, n, 0)
	}
	return nil
}

// entries reads the lines of leaves.
func (v *verification) entries(leaves []*ent.AuditLeaf) (map[int]*ent.AuditEntry, error) {
	if len(leaves) == 0 {
		return nil, nil
	}
	ids := make([]int, len(leaves))
	for i, l := range leaves {
		ids[i] = l.EntryID
	}
	low, high := slices.Min(ids), slices.Max(ids)
	where := auditentry.IDIn(ids...)
	if high-low < 2*chunk {
		where = auditentry.And(auditentry.IDGTE(low), auditentry.IDLTE(high))
	}
	rows, err := v.c.AuditEntry.Query().Where(where).All(v.ctx)
	if err != nil {
		return nil, fmt.Errorf("audit: reading lines: %w", err)
	}
	out := make(map[int]*ent.AuditEntry, len(rows))
	for _, e := range rows {
		out[e.ID] = e
	}
	return out, nil
}

// grow adds a line's hash to the computed tree and compares what is stored and
// signed at this size.
func (v *verification) grow(h tlog.Hash) error {
	for _, done := range v.edge.add(h) {
		row, err := v.hashes.next()
		if err != nil {
			return err
		}
		if row == nil || row.Idx != tlog.StoredHashIndex(done.level, done.n) || string(row.Hash) != string(done.hash[:]) {
			if err := v.rewritten(); err != nil {
				return err
			}
			first := done.n << done.level
			return v.bad(Hashes, first, first+1<<done.level-1, 0)
		}
	}
	v.report.Lines = v.edge.size
	if err := v.agree(v.edge.size); err != nil {
		return err
	}
	for len(v.kept) > 0 && v.kept[0].Size == v.edge.size {
		if v.kept[0].Root != v.edge.root() {
			return v.bad(Forked, v.keptGood, v.edge.size-1, 0)
		}
		v.kept, v.keptGood = v.kept[1:], v.edge.size
		v.report.Kept++
	}
	return nil
}

// agree compares the computed tree with the signed checkpoints of this size.
func (v *verification) agree(size int64) error {
	for {
		h, err := v.heads.peek()
		if err != nil || h == nil || h.size > size {
			return err
		}
		v.heads.pop()
		if h.size < size { // they grow with their ids
			return v.bad(Signature, h.size, size-1, 0)
		}
		if !<-h.sound {
			return v.bad(Signature, v.good, size-1, 0)
		}
		if h.root != v.edge.root() {
			return v.bad(Rewritten, v.good, size-1, 0)
		}
		v.good = size
		v.report.Checkpoints++
	}
}

// rewritten reads on to the next checkpoint when a stored hash is wrong: if
// that disagrees too, the lines were rewritten, and not only the hash.
func (v *verification) rewritten() error {
	h, err := v.heads.peek()
	if err != nil || h == nil {
		return err
	}
	edge := v.edge.clone()
	for edge.size < h.size {
		to := min(edge.size+chunk, h.size)
		hashes, err := stored(v.ctx, v.c, 0, edge.size, to-edge.size)
		if err != nil {
			return nil // what follows is wrong as well; the hash came first
		}
		for _, leaf := range hashes {
			edge.add(leaf)
		}
	}
	if edge.root() != h.root {
		return v.bad(Rewritten, v.good, h.size-1, 0)
	}
	return nil
}

// end looks for what does not belong to the tree.
func (v *verification) end() error {
	for _, k := range v.kept { // of size 0, or longer than the log
		if k.Size > v.head.Size {
			return v.bad(Shortened, v.head.Size, k.Size-1, 0)
		}
		v.report.Kept++
	}
	row, err := v.hashes.next()
	if err != nil {
		return err
	}
	if row != nil && row.Idx < tlog.StoredHashIndex(0, v.head.Size) {
		return v.bad(Hashes, -1, -1, 0)
	}
	astray, err := v.c.AuditLeaf.Query().Where(auditleaf.IndexLT(0)).Exist(v.ctx)
	if err != nil {
		return fmt.Errorf("audit: looking for leaves outside of the tree: %w", err)
	}
	if astray {
		return v.bad(Misplaced, -1, -1, 0)
	}
	first, err := untaken(v.c, math.MinInt).Where(auditentry.IDLTE(v.head.Settled)).Order(ent.Asc(auditentry.FieldID)).First(v.ctx)
	if err == nil {
		return v.bad(Inserted, -1, -1, first.ID)
	}
	if !ent.IsNotFound(err) {
		return fmt.Errorf("audit: looking for lines outside of the tree: %w", err)
	}
	return v.waiting()
}

// waiting counts the lines that no tree has taken in yet.
func (v *verification) waiting() error {
	n, err := untaken(v.c, v.head.Settled).Count(v.ctx)
	if err != nil {
		return fmt.Errorf("audit: counting lines that wait: %w", err)
	}
	if n == 0 {
		return nil
	}
	first, err := untaken(v.c, v.head.Settled).Order(ent.Asc(auditentry.FieldID)).First(v.ctx)
	if ent.IsNotFound(err) { // taken in meanwhile
		return nil
	}
	if err != nil {
		return fmt.Errorf("audit: reading the first line that waits: %w", err)
	}
	at := first.At.UTC()
	v.report.Waiting, v.report.Oldest = n, &at
	return nil
}
