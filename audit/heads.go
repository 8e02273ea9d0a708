package audit

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"nysreferral/ent"
	"nysreferral/ent/auditcheckpoint"
	"nysreferral/ent/audithash"
)

// hashRows reads the stored hashes in their order.
type hashRows struct {
	ctx  context.Context
	c    *ent.Client
	rows []*ent.AuditHash
	last int64
	read bool
}

func (h *hashRows) next() (*ent.AuditHash, error) {
	if len(h.rows) == 0 {
		q := h.c.AuditHash.Query().Order(ent.Asc(audithash.FieldIdx)).Limit(chunk)
		if h.read {
			q.Where(audithash.IdxGT(h.last))
		}
		rows, err := q.All(h.ctx)
		if err != nil || len(rows) == 0 {
			return nil, err
		}
		h.rows, h.read, h.last = rows, true, rows[len(rows)-1].Idx
	}
	row := h.rows[0]
	h.rows = h.rows[1:]
	return row, nil
}

// headRow is a stored checkpoint whose signature is being checked.
type headRow struct {
	size  int64
	root  tlog.Hash
	sound chan bool
}

// heads reads the stored checkpoints in their order and has their signatures
// checked meanwhile.
type heads struct {
	out    chan *headRow
	err    error // read it when out is closed
	cancel context.CancelFunc
	first  *headRow
}

// readHeads begins to read the checkpoints up to one of size upTo.
func readHeads(ctx context.Context, c *ent.Client, verifier note.Verifier, upTo int64) *heads {
	ctx, cancel := context.WithCancel(ctx)
	h := &heads{out: make(chan *headRow, 256), cancel: cancel}
	go func() {
		defer close(h.out)
		h.err = h.read(ctx, c, verifier, upTo)
	}()
	return h
}

func (h *heads) read(ctx context.Context, c *ent.Client, verifier note.Verifier, upTo int64) error {
	for last := 0; ; {
		rows, err := c.AuditCheckpoint.Query().Where(auditcheckpoint.IDGT(last), auditcheckpoint.SizeLTE(upTo)).
			Order(ent.Asc(auditcheckpoint.FieldID)).Limit(chunk).All(ctx)
		if err != nil {
			return fmt.Errorf("audit: reading checkpoints: %w", err)
		}
		if len(rows) == 0 {
			return nil
		}
		last = rows[len(rows)-1].ID
		for _, r := range rows {
			row := &headRow{size: r.Size, sound: make(chan bool, 1)}
			head, _ := parseText(textOf(r.Text))
			row.root = head.Root
			select {
			case h.out <- row:
			case <-ctx.Done():
				return ctx.Err()
			}
			go func() {
				c, err := ParseCheckpoint([]byte(r.Text), verifier)
				row.sound <- err == nil && c.Size == r.Size
			}()
		}
	}
}

// peek returns the next checkpoint, nil after the last.
func (h *heads) peek() (*headRow, error) {
	if h.first == nil {
		row, ok := <-h.out
		if !ok {
			return nil, h.err
		}
		h.first = row
	}
	return h.first, nil
}

func (h *heads) pop() { h.first = nil }

// stop ends the reading.
func (h *heads) stop() {
	h.cancel()
	for range h.out {
	}
}
