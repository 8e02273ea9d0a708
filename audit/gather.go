package audit

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"nysreferral/ent"
	"nysreferral/store"
)

// Gather adds lines that belong to no other write: those of somebody who only
// reads. Lines that come while others are being written wait for that, and are
// then written together, by one statement and one commit; nobody waits for
// more to come. It is safe for concurrent use.
type Gather struct {
	db      *store.DB
	mu      sync.Mutex
	writers int       // at work; one, unless the database is late
	began   time.Time // when the newest statement was begun
	waiting []lone
}

// lone is one line and who waits for it.
type lone struct {
	Line
	ctx  context.Context // of who waits
	done chan error      // of one
}

const (
	gathered   = 64              // lines in one statement at most
	gatherLate = time.Second     // after which others go on beside a statement that hangs
	gatherTime = 5 * time.Second // for one statement at most
)

// NewGather returns the Gather of db.
func NewGather(db *store.DB) *Gather { return &Gather{db: db} }

// Add returns nil once l is committed: only then what it is about may be shown.
// Any error means that it may not. It returns ErrLine in the chain as the other
// Add does, and the error of ctx when that ends first.
func (g *Gather) Add(ctx context.Context, l Line) error {
	if err := l.check(); err != nil {
		return err
	}
	one := lone{l, ctx, make(chan error, 1)}
	g.mu.Lock()
	g.waiting = append(g.waiting, one)
	if g.writers == 0 || time.Since(g.began) > gatherLate {
		g.writers++
		g.began = time.Now()
		go g.write()
	}
	g.mu.Unlock()
	select {
	case err := <-one.done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("audit: adding a line: %w", ctx.Err())
	}
}

// write writes until nobody waits.
func (g *Gather) write() {
	for {
		lines := g.next()
		if len(lines) == 0 {
			return
		}
		err := g.addAll(lines)
		for _, l := range lines {
			l.done <- err
		}
	}
}

// next returns the first of those who still wait, as many as a power of two, see
// parts, and none when there is nothing more to write. Who went away was shown
// nothing, and is no line.
func (g *Gather) next() []lone {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = slices.DeleteFunc(g.waiting, func(l lone) bool { return l.ctx.Err() != nil })
	g.began = time.Now()
	for first := range parts(g.waiting[:min(len(g.waiting), gathered)]) {
		lines := slices.Clone(first)
		g.waiting = slices.Delete(g.waiting, 0, len(lines))
		return lines
	}
	g.writers--
	return nil
}

// addAll writes lines by one statement. No request's end reaches it: those of
// others are in the same statement. A slip of ours refuses these readers, and no
// others.
func (g *Gather) addAll(lines []lone) (err error) {
	defer func() {
		if slip := recover(); slip != nil {
			err = fmt.Errorf("audit: adding lines: %v", slip)
		}
	}()
	ctx, stop := context.WithTimeout(context.Background(), gatherTime)
	defer stop()
	err = g.db.DoOne(ctx, func(c *ent.Client) error {
		rows := make([]*ent.AuditEntryCreate, len(lines))
		for i, l := range lines {
			rows[i] = l.row(c)
		}
		return c.AuditEntry.CreateBulk(rows...).Exec(store.Unread(ctx))
	})
	if err != nil {
		return fmt.Errorf("audit: adding lines: %w", err)
	}
	return nil
}
