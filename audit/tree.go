package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	entsql "entgo.io/ent/dialect/sql"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/ent/auditleaf"
	"nysreferral/seal"
	"nysreferral/store"
)

// ErrBroken says that what is stored of the tree does not belong together:
// nothing more is signed until somebody has run Verify and found out why.
var ErrBroken = errors.New("audit: the stored tree is not the one that was signed")

const (
	batch    = 2000                   // lines in one transaction
	pause    = 250 * time.Millisecond // between two looks for lines
	longWait = 10 * time.Second       // after an error
	lockKey  = 0x6E797361             // of the advisory lock: one sequencer at a time
)

// Tree takes committed lines into the Merkle tree and signs its heads. Each
// server may run one: on PostgreSQL a lock lets one work at a time. It is safe
// for concurrent use.
type Tree struct {
	db       *store.DB
	signer   note.Signer
	verifier note.Verifier
	now      func() time.Time
	wake     chan struct{}

	mu    sync.Mutex // one Take at a time; guards what follows
	edge  *spine     // of the tree as it was last committed by us; nil when not known
	low   int        // every line up to this id is in the tree, if it was ever committed
	fence *fence     // PostgreSQL only

	// Grew is told of each Take: how many lines, how long, and why it failed. Set it
	// before Run; nil: nobody is.
	Grew func(n int, took time.Duration, err error)

	seen sync.Mutex // guards last
	last error      // of the last Take
}

// fence stands at a moment on PostgreSQL, where ids are given before commit
// and lines become visible in another order. When none of the transactions
// that ran at that moment runs any more, every id up to upTo is a line or
// never will be.
type fence struct {
	upTo    int
	running map[string]bool // virtual ids of transactions
}

// NewTree returns the Tree of db, which signs with a key from the ring. now is
// wall time.
func NewTree(db *store.DB, ring *seal.Ring, now func() time.Time) (*Tree, error) {
	signer, verifier, err := Keys(ring)
	if err != nil {
		return nil, err
	}
	return &Tree{db: db, signer: signer, verifier: verifier, now: now, wake: make(chan struct{}, 1)}, nil
}

// Run takes lines in until ctx ends: within a quarter of a second after their
// commit, or at once after Wake. Errors go to log and to Health.
func (t *Tree) Run(ctx context.Context, log *slog.Logger) {
	for {
		wait := pause
		if _, err := t.Take(ctx); err != nil && ctx.Err() == nil {
			log.Error("the audit tree does not grow", "err", err)
			wait = longWait
		}
		select {
		case <-ctx.Done():
			return
		case <-t.wake:
		case <-time.After(wait):
		}
	}
}

// Wake makes Run look for lines now.
func (t *Tree) Wake() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// Health returns the error of the last Take, nil when it went well.
func (t *Tree) Health() error {
	t.seen.Lock()
	defer t.seen.Unlock()
	return t.last
}

// Take takes in every line that is committed and not in the tree, and returns
// how many. While another server takes lines in, it returns 0 and no error.
// It returns ErrBroken rather than sign on top of a tree that was changed.
func (t *Tree) Take(ctx context.Context) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	began := time.Now()
	total, err := t.take(ctx)
	if t.Grew != nil {
		t.Grew(total, time.Since(began), err)
	}
	t.seen.Lock()
	t.last = err
	t.seen.Unlock()
	return total, err
}

func (t *Tree) take(ctx context.Context) (int, error) {
	if t.low == 0 {
		if err := t.begin(ctx); err != nil {
			return 0, err
		}
	}
	total := 0
	for {
		newest, err := t.db.Read().AuditEntry.Query().Order(ent.Desc(auditentry.FieldID)).FirstID(ctx)
		if err != nil && !ent.IsNotFound(err) {
			return total, fmt.Errorf("audit: reading the newest line: %w", err)
		}
		if newest <= t.low {
			return total, nil
		}
		settled, err := t.settled(ctx, newest)
		if err != nil {
			return total, err
		}
		waiting, err := untaken(t.db.Read(), t.low).Order(ent.Asc(auditentry.FieldID)).Exist(ctx)
		if err != nil {
			return total, fmt.Errorf("audit: looking for lines: %w", err)
		}
		if !waiting {
			t.low = max(t.low, settled)
			return total, nil
		}
		n, err := t.once(ctx, settled)
		total += n
		if err != nil || n < batch {
			return total, err
		}
	}
}

// begin learns from the newest checkpoint how far the tree is complete, so
// that a start does not read the whole log.
func (t *Tree) begin(ctx context.Context) error {
	row, err := newest(ctx, t.db.Read())
	if err != nil || row == nil {
		return err
	}
	head, err := ParseCheckpoint([]byte(row.Text), t.verifier)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBroken, err)
	}
	t.low = head.Settled
	return nil
}

// settled returns an id up to which every line that will ever be committed is
// visible from now on, or 0 when none is known. newest is the newest line that
// was visible before. Where the database commits in the order of ids, that is
// it.
func (t *Tree) settled(ctx context.Context, newest int) (int, error) {
	if t.db.Dialect() != store.Postgres {
		return newest, nil
	}
	running, err := transactions(ctx, t.db.Read())
	if err != nil {
		return 0, err
	}
	settled := 0
	if t.fence != nil {
		for id := range t.fence.running {
			if running[id] {
				return 0, nil
			}
		}
		settled = t.fence.upTo
	}
	t.fence = &fence{upTo: newest, running: running}
	if len(running) == 0 {
		settled = newest
	}
	return settled, nil
}

// transactions returns the virtual ids of the transactions that run in this
// database, but for our own. Unlike ordinary ids, every transaction has one
// from its beginning, before it asks for the id of a line.
func transactions(ctx context.Context, c *ent.Client) (_ map[string]bool, err error) {
	rows, err := c.QueryContext(ctx, `SELECT l.virtualxid FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
		WHERE l.locktype = 'virtualxid' AND l.granted AND l.pid <> pg_backend_pid()
		AND (a.datname IS NULL OR a.datname = current_database())`)
	if err != nil {
		return nil, fmt.Errorf("audit: listing transactions: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	out := map[string]bool{}
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("audit: listing transactions: %w", err)
		}
		out[id] = true
	}
	return out, rows.Err()
}

// untaken are the lines after low that are not in the tree. That their leaves are
// after low as well is said to the database, which walks all leaves of the log
// otherwise.
func untaken(c *ent.Client, low int) *ent.AuditEntryQuery {
	return c.AuditEntry.Query().Where(auditentry.IDGT(low), func(s *entsql.Selector) {
		leaves := entsql.Table(auditleaf.Table)
		s.Where(entsql.NotExists(entsql.Select(leaves.C(auditleaf.FieldID)).From(leaves).
			Where(entsql.And(entsql.ColumnsEQ(leaves.C(auditleaf.FieldEntryID), s.C(auditentry.FieldID)), entsql.GT(leaves.C(auditleaf.FieldEntryID), low)))))
	})
}

// once takes one batch in. settled was known before the lines are read here.
func (t *Tree) once(ctx context.Context, settled int) (int, error) {
	var edge *spine
	var low, taken int
	err := t.db.Do(ctx, func(tx *ent.Tx) error {
		taken = 0
		if ours, err := t.alone(ctx, tx); err != nil || !ours {
			return err
		}
		var err error
		if edge, low, err = t.grown(ctx, tx.Client()); err != nil {
			return err
		}
		lines, err := untaken(tx.Client(), low).Order(ent.Asc(auditentry.FieldID)).Limit(batch).All(ctx)
		if err != nil {
			return fmt.Errorf("audit: reading lines: %w", err)
		}
		if len(lines) == 0 {
			return nil
		}
		taken = len(lines)
		if last := lines[len(lines)-1].ID; taken == batch {
			settled = min(settled, last)
		}
		low = max(low, settled)
		return t.append(ctx, tx, edge, lines, low)
	})
	if err != nil {
		t.edge = nil
		return 0, err
	}
	if taken > 0 {
		t.edge, t.low = edge, low
	}
	return taken, nil
}

// alone says whether we are the only ones who take lines in, until the
// transaction ends. SQLite has one writer anyway.
func (t *Tree) alone(ctx context.Context, tx *ent.Tx) (ours bool, err error) {
	if t.db.Dialect() != store.Postgres {
		return true, nil
	}
	rows, err := tx.QueryContext(ctx, `SELECT pg_try_advisory_xact_lock($1, hashtext(current_schema()))`, lockKey)
	if err != nil {
		return false, fmt.Errorf("audit: locking the tree: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if !rows.Next() {
		return false, errors.Join(sql.ErrNoRows, rows.Err())
	}
	if err := rows.Scan(&ours); err != nil {
		return false, fmt.Errorf("audit: locking the tree: %w", err)
	}
	return ours, nil
}

// grown returns the right edge of the tree as it is stored now and the id up
// to which it is complete. It reads the edge only when another server has
// taken lines in, and returns ErrBroken unless it is what the newest
// checkpoint says.
func (t *Tree) grown(ctx context.Context, c *ent.Client) (*spine, int, error) {
	head := Checkpoint{Root: (&spine{}).root()}
	row, err := newest(ctx, c)
	if err != nil {
		return nil, 0, err
	}
	if row != nil {
		if head, err = ParseCheckpoint([]byte(row.Text), t.verifier); err != nil {
			return nil, 0, fmt.Errorf("%w: %w", ErrBroken, err)
		}
	}
	last, err := c.AuditLeaf.Query().Order(ent.Desc(auditleaf.FieldIndex)).First(ctx)
	if err != nil && !ent.IsNotFound(err) {
		return nil, 0, fmt.Errorf("audit: reading the last leaf: %w", err)
	}
	if last == nil && head.Size != 0 || last != nil && last.Index+1 != head.Size {
		return nil, 0, fmt.Errorf("%w: the leaves end elsewhere than the newest checkpoint", ErrBroken)
	}
	edge := t.edge
	if edge == nil || edge.size != head.Size {
		if edge, err = loadSpine(ctx, c, head.Size); err != nil {
			return nil, 0, err
		}
	}
	if edge.root() != head.Root {
		return nil, 0, fmt.Errorf("%w: the hashes do not give the root of the newest checkpoint", ErrBroken)
	}
	return edge.clone(), max(t.low, head.Settled), nil
}

// append writes the leaves of lines, the hashes that they complete and the
// signed head over them.
func (t *Tree) append(ctx context.Context, tx *ent.Tx, edge *spine, lines []*ent.AuditEntry, settled int) error {
	leaves := make([]*ent.AuditLeafCreate, len(lines))
	var hashes []*ent.AuditHashCreate
	for i, e := range lines {
		n := edge.size
		h := tlog.RecordHash(text(n, e))
		leaves[i] = tx.AuditLeaf.Create().SetIndex(n).SetEntryID(e.ID).SetHash(h[:])
		for _, done := range edge.add(h) {
			hashes = append(hashes, tx.AuditHash.Create().SetIdx(tlog.StoredHashIndex(done.level, done.n)).SetHash(done.hash[:]))
		}
	}
	for part := range parts(leaves) {
		if err := tx.AuditLeaf.CreateBulk(part...).Exec(ctx); err != nil {
			return fmt.Errorf("audit: adding leaves: %w", err)
		}
	}
	for part := range parts(hashes) {
		if err := tx.AuditHash.CreateBulk(part...).Exec(ctx); err != nil {
			return fmt.Errorf("audit: adding hashes: %w", err)
		}
	}
	head := Checkpoint{Size: edge.size, Root: edge.root(), Settled: settled, At: t.now().UTC().Truncate(time.Microsecond)}
	signed, err := head.sign(t.signer)
	if err != nil {
		return err
	}
	if err := tx.AuditCheckpoint.Create().SetSize(head.Size).SetText(signed).SetAt(head.At).Exec(ctx); err != nil {
		return fmt.Errorf("audit: adding a checkpoint: %w", err)
	}
	return nil
}
