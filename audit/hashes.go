package audit

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"

	"nysreferral/ent"
	"nysreferral/ent/audithash"
	"nysreferral/ent/auditleaf"
)

// step is how many levels of the tree lie between two that are stored: the
// leaves, then one hash over each 256 of them, and so on. What lies between is
// computed from at most 128 hashes, and a line costs one row and not three.
const step = 8

// spine is the right edge of a tree: the roots of the whole subtrees from left
// to right, one for each bit of size. It is all that adding a leaf needs.
type spine struct {
	size  int64
	roots []tlog.Hash
}

// node is a hash of the tree that is stored.
type node struct {
	level int   // a multiple of step, above 0
	n     int64 // counts within the level
	hash  tlog.Hash
}

// add adds a leaf and returns the hashes to store that it completes.
func (s *spine) add(leaf tlog.Hash) []node {
	var done []node
	h := leaf
	for l := range bits.TrailingZeros64(^uint64(s.size)) {
		h = tlog.NodeHash(s.roots[len(s.roots)-1], h)
		s.roots = s.roots[:len(s.roots)-1]
		if level := l + 1; level%step == 0 {
			done = append(done, node{level, s.size >> level, h})
		}
	}
	s.roots = append(s.roots, h)
	s.size++
	return done
}

// root is the hash over all leaves.
func (s *spine) root() tlog.Hash {
	if len(s.roots) == 0 {
		return sha256.Sum256(nil)
	}
	h := s.roots[len(s.roots)-1]
	for i := len(s.roots) - 2; i >= 0; i-- {
		h = tlog.NodeHash(s.roots[i], h)
	}
	return h
}

func (s *spine) clone() *spine {
	return &spine{s.size, append([]tlog.Hash(nil), s.roots...)}
}

// loadSpine reads the right edge of the tree of size leaves.
func loadSpine(ctx context.Context, c *ent.Client, size int64) (*spine, error) {
	s := &spine{size: size}
	var indexes []int64
	for from, l := int64(0), bits.Len64(uint64(size))-1; l >= 0; l-- {
		if size&(1<<l) != 0 {
			indexes = append(indexes, tlog.StoredHashIndex(l, from>>l))
			from += 1 << l
		}
	}
	var err error
	s.roots, err = reader(ctx, c).ReadHashes(indexes)
	return s, err
}

// reader reads any hash of the tree, computing those that are not stored.
func reader(ctx context.Context, c *ent.Client) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			level, n := tlog.SplitStoredHashIndex(index)
			base := level / step * step
			wide := int64(1) << (level - base)
			below, err := stored(ctx, c, base, n*wide, wide)
			if err != nil {
				return nil, err
			}
			for len(below) > 1 {
				for j := range len(below) / 2 {
					below[j] = tlog.NodeHash(below[2*j], below[2*j+1])
				}
				below = below[:len(below)/2]
			}
			out[i] = below[0]
		}
		return out, nil
	})
}

// stored reads count hashes of a stored level from the place from on.
func stored(ctx context.Context, c *ent.Client, level int, from, count int64) ([]tlog.Hash, error) {
	raw := make([][]byte, 0, count)
	if level == 0 {
		rows, err := c.AuditLeaf.Query().Where(auditleaf.IndexGTE(from), auditleaf.IndexLT(from+count)).
			Order(ent.Asc(auditleaf.FieldIndex)).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("audit: reading leaves: %w", err)
		}
		for _, r := range rows {
			raw = append(raw, r.Hash)
		}
	} else {
		at := make([]int64, count)
		for i := range at {
			at[i] = tlog.StoredHashIndex(level, from+int64(i))
		}
		rows, err := c.AuditHash.Query().Where(audithash.IdxIn(at...)).Order(ent.Asc(audithash.FieldIdx)).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("audit: reading hashes: %w", err)
		}
		for _, r := range rows {
			raw = append(raw, r.Hash)
		}
	}
	if int64(len(raw)) != count {
		return nil, fmt.Errorf("%w: hashes are missing at level %d", ErrBroken, level)
	}
	out := make([]tlog.Hash, count)
	for i, b := range raw {
		if len(b) != tlog.HashSize {
			return nil, fmt.Errorf("%w: a hash at level %d has no right length", ErrBroken, level)
		}
		out[i] = tlog.Hash(b)
	}
	return out, nil
}
