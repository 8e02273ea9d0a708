package audit

import (
	"context"
	"fmt"
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
	writing bool // somebody writes
	waiting []lone
}

// lone is one line and who waits for it.
type lone struct {
	Line
	done chan error // of one
}

const (
	gathered   = 64               // lines in one statement at most
	gatherTime = 30 * time.Second // for one statement at most
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
	one := lone{l, make(chan error, 1)}
	g.mu.Lock()
	g.waiting = append(g.waiting, one)
	if !g.writing {
		g.writing = true
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

// write writes until nobody waits. No request's end reaches it: the lines of
// others are in the same statement.
func (g *Gather) write() {
	for {
		lines := g.next()
		if len(lines) == 0 {
			return
		}
		for part := range parts(lines) {
			err := g.addAll(part)
			for _, l := range part {
				l.done <- err
			}
		}
	}
}

// next returns those who wait, and says that nobody writes when there are none.
func (g *Gather) next() []lone {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := min(len(g.waiting), gathered)
	lines := g.waiting[:n:n]
	g.waiting = g.waiting[n:]
	g.writing = n > 0
	return lines
}

func (g *Gather) addAll(lines []lone) error {
	ctx, stop := context.WithTimeout(context.Background(), gatherTime)
	defer stop()
	err := g.db.DoOne(ctx, func(c *ent.Client) error {
		rows := make([]*ent.AuditEntryCreate, len(lines))
		for i, l := range lines {
			rows[i] = l.row(c)
		}
		return c.AuditEntry.CreateBulk(rows...).Exec(ctx)
	})
	if err != nil {
		return fmt.Errorf("audit: adding lines: %w", err)
	}
	return nil
}
