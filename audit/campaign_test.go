package audit

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"nysreferral/seal"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

// eachKind is how many times each kind of tampering is tried on each database:
// more than 1,200 in all. AUDIT_TAMPERINGS sets another number.
const eachKind = 36

// campaign is one log under attack, as grown made it.
type campaign struct {
	t      *testing.T
	db     *store.DB
	ring   *seal.Ring
	chance *rand.Rand
}

// batches are the places that were taken in together.
var batches = [][2]int64{{0, first}, {first, first + second}, {first + second, size}}

// idAt is the id of the line at a place.
func idAt(place int64) int {
	if place >= first+second {
		return int(place) + 11
	}
	return int(place) + 1
}

// place is a random one, with the batch that it is of.
func (c *campaign) place() (place, from, to int64) {
	place = c.chance.Int64N(size)
	for _, b := range batches {
		if place < b[1] {
			return place, b[0], b[1] - 1
		}
	}
	panic("no such place")
}

// two are two places of one batch, whose lines differ.
func (c *campaign) two() (p, q int64) {
	b := batches[c.chance.IntN(len(batches))]
	p = b[0] + c.chance.Int64N(b[1]-b[0]-1)
	return p, p + 1 + c.chance.Int64N(b[1]-p-1)
}

func (c *campaign) sql(format string, args ...any) { tamper(c.t, c.db, fmt.Sprintf(format, args...)) }

// change changes one column of a line.
func (c *campaign) change(place int64) {
	change := []string{"actor = actor + 1", "agency = agency + 7", "handover = handover + 1", "reason = reason || 'x'", "source = source || 'x'", "rule = rule || 'x'",
		"action = action || 'x'", "outcome = outcome || 'x'", "duty = duty || 'x'", `refs = '["x"]'`, `fields = '["x"]'`}
	c.sql("UPDATE audit_entries SET %s WHERE id = %d", change[c.chance.IntN(len(change))], idAt(place))
}

// signAll signs each checkpoint from the place on over the lines as they are now.
func (c *campaign) signAll(signer note.Signer, from int64) {
	c.t.Helper()
	leaves, err := stored(c.t.Context(), c.db.Read(), 0, 0, size)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, row := range c.db.Read().AuditCheckpoint.Query().AllX(c.t.Context()) {
		text := textOf(row.Text)
		head, err := parseText(text)
		if err != nil {
			c.t.Fatal(err)
		}
		if head.Size <= from {
			continue
		}
		edge := &spine{}
		for _, h := range leaves[:head.Size] {
			edge.add(h)
		}
		head.Root = edge.root()
		signed, err := head.sign(signer)
		if err != nil {
			c.t.Fatal(err)
		}
		run(c.t, c.db, fmt.Sprintf(`UPDATE audit_checkpoints SET text = $1 WHERE id = %d`, row.ID), signed)
	}
}

// cut takes away all after a batch, with hashes and checkpoints, and returns
// how many lines are left.
func (c *campaign) cut() int64 {
	n := 1 + c.chance.IntN(2)
	left := batches[n][0]
	c.sql(`DELETE FROM audit_entries WHERE id >= %d`, idAt(left))
	c.sql(`DELETE FROM audit_leaves WHERE "index" >= %d`, left)
	c.sql(`DELETE FROM audit_hashes WHERE id > %d`, left>>step)
	c.sql(`DELETE FROM audit_checkpoints WHERE id > %d`, n)
	return left
}

// kinds are the ways to tamper. Each returns what must be found, by an auditor
// who keeps the checkpoints where keeps says so.
var kinds = []struct {
	name  string
	keeps bool
	do    func(c *campaign) Finding
}{
	{"a line changed", false, func(c *campaign) Finding {
		p, _, _ := c.place()
		c.change(p)
		return Finding{Altered, p, p, idAt(p)}
	}},
	{"a line removed", false, func(c *campaign) Finding {
		p, _, _ := c.place()
		c.sql("DELETE FROM audit_entries WHERE id = %d", idAt(p))
		return Finding{Removed, p, p, idAt(p)}
	}},
	{"a line put in between", false, func(c *campaign) Finding {
		id := 401 + c.chance.IntN(10)
		c.sql("INSERT INTO audit_entries (id, at, action) SELECT %d, at, action FROM audit_entries WHERE id = 1", id)
		return Finding{Inserted, -1, -1, id}
	}},
	{"a line put after all with a leaf", false, func(c *campaign) Finding {
		id := 900 + c.chance.IntN(99)
		c.sql("INSERT INTO audit_entries (id, at, action) SELECT %d, at, action FROM audit_entries WHERE id = 1", id)
		c.sql(`INSERT INTO audit_leaves ("index", entry_id, hash) SELECT %d, %d, hash FROM audit_leaves WHERE "index" = 0`, size, id)
		return Finding{Unsigned, size, size, 0}
	}},
	{"two lines exchanged", false, func(c *campaign) Finding {
		p, q := c.two()
		tamper(c.t, c.db, fmt.Sprintf("UPDATE audit_entries SET id = -1 WHERE id = %d", idAt(p)), fmt.Sprintf("UPDATE audit_entries SET id = %d WHERE id = %d", idAt(p), idAt(q)),
			fmt.Sprintf("UPDATE audit_entries SET id = %d WHERE id = -1", idAt(q)))
		return Finding{Altered, p, p, idAt(p)}
	}},
	{"two places exchanged", false, func(c *campaign) Finding {
		p, q := c.two()
		c.exchange(p, q)
		return Finding{Altered, p, p, idAt(q)}
	}},
	{"two places exchanged with all hashes", false, func(c *campaign) Finding {
		p, q := c.two()
		c.exchange(p, q)
		rehash(c.t, c.db, p)
		rehash(c.t, c.db, q)
		rehashAll(c.t, c.db, size)
		_, from, to := c.at(p)
		return Finding{Rewritten, from, to, 0}
	}},
	{"a leaf removed", false, func(c *campaign) Finding {
		p, _, _ := c.place()
		c.sql(`DELETE FROM audit_leaves WHERE "index" = %d`, p)
		return Finding{Misplaced, p, p, 0}
	}},
	{"a leaf changed", false, func(c *campaign) Finding {
		p, _, _ := c.place()
		c.sql(`UPDATE audit_leaves SET hash = (SELECT hash FROM audit_leaves WHERE "index" = %d) WHERE "index" = %d`, (p+1)%size, p)
		return Finding{Altered, p, p, idAt(p)}
	}},
	{"the end cut off, but for its checkpoints", false, func(c *campaign) Finding {
		p, _, _ := c.place()
		c.sql(`DELETE FROM audit_leaves WHERE "index" >= %d`, p)
		c.sql(`DELETE FROM audit_entries WHERE id >= %d`, idAt(p))
		return Finding{Misplaced, p, p, 0}
	}},
	{"a line changed with its leaf", false, func(c *campaign) Finding {
		p, from, to := c.place()
		c.change(p)
		rehash(c.t, c.db, p)
		return Finding{Rewritten, from, to, 0}
	}},
	{"a line changed with all hashes", false, func(c *campaign) Finding {
		p, from, to := c.place()
		c.change(p)
		rehash(c.t, c.db, p)
		rehashAll(c.t, c.db, size)
		return Finding{Rewritten, from, to, 0}
	}},
	{"a line changed with all hashes, and signed by another key", false, func(c *campaign) Finding {
		p, _, _ := c.place()
		c.change(p)
		rehash(c.t, c.db, p)
		rehashAll(c.t, c.db, size)
		signer, _, err := Keys(newRing(c.t))
		if err != nil {
			c.t.Fatal(err)
		}
		c.signAll(signer, 0)
		return Finding{Signature, -1, -1, 0}
	}},
	{"a line changed with all hashes, and signed by the log's own key", true, func(c *campaign) Finding {
		p, from, to := c.place()
		c.change(p)
		rehash(c.t, c.db, p)
		rehashAll(c.t, c.db, size)
		signer, _, err := Keys(c.ring)
		if err != nil {
			c.t.Fatal(err)
		}
		c.signAll(signer, p)
		return Finding{Forked, from, to, 0}
	}},
	{"the end cut off with its checkpoints", true, func(c *campaign) Finding {
		left := c.cut()
		end := batches[1][1]
		if left == batches[2][0] {
			end = size
		}
		return c.shortened(left, end)
	}},
	{"put back to an older state and gone on with", true, func(c *campaign) Finding {
		left := c.cut()
		more := 1 + c.chance.IntN(300)
		add(c.t, c.db, many(more, "other")...)
		take(c.t, newTree(c.t, c.db, c.ring), more)
		for _, b := range batches {
			if b[1] > left {
				if now := left + int64(more); now < b[1] {
					return c.shortened(now, b[1])
				}
				return Finding{Forked, left, b[1] - 1, 0}
			}
		}
		panic("nothing was cut")
	}},
	{"a checkpoint changed", false, func(c *campaign) Finding {
		n := c.chance.IntN(len(batches))
		c.sql(`UPDATE audit_checkpoints SET text = replace(text, 'time 2', 'time 1') WHERE id = %d`, n+1)
		if n == len(batches)-1 {
			return Finding{Signature, -1, -1, 0}
		}
		return Finding{Signature, batches[n][0], batches[n][1] - 1, 0}
	}},
	{"a stored hash changed", false, func(c *campaign) Finding {
		n := c.chance.Int64N(size >> step)
		c.sql(`UPDATE audit_hashes SET hash = (SELECT hash FROM audit_leaves WHERE "index" = %d) WHERE idx = %d`, c.chance.IntN(size), tlog.StoredHashIndex(step, n))
		return Finding{Hashes, n << step, (n+1)<<step - 1, 0}
	}},
}

func (c *campaign) at(place int64) (p, from, to int64) {
	for _, b := range batches {
		if place < b[1] {
			return place, b[0], b[1] - 1
		}
	}
	panic("no such place")
}

func (c *campaign) exchange(p, q int64) {
	tamper(c.t, c.db, fmt.Sprintf(`UPDATE audit_leaves SET entry_id = -1 WHERE "index" = %d`, q), fmt.Sprintf(`UPDATE audit_leaves SET entry_id = %d WHERE "index" = %d`, idAt(q), p),
		fmt.Sprintf(`UPDATE audit_leaves SET entry_id = %d WHERE "index" = %d`, idAt(p), q))
}

// shortened is what is found when the log ends before a kept checkpoint does:
// the first one that is longer says it.
func (c *campaign) shortened(left, end int64) Finding { return Finding{Shortened, left, end - 1, 0} }

// Of more than 1,200 tamperings of every kind, at places that a seed chose, each
// is found and the first line that is wrong is named: exactly, or within what was
// signed together when the hashes were made to agree. Whoever holds the log's own
// key, and signs anew, is found by the checkpoints that were kept outside.
func TestCampaign(t *testing.T) {
	n := eachKind
	if text := os.Getenv("AUDIT_TAMPERINGS"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	if all := 2 * n * len(kinds); all < 1200 && os.Getenv("AUDIT_TAMPERINGS") == "" {
		t.Fatalf("only %d tamperings", all)
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ring, kept := grown(t, db)
		v := verifier(t, ring)
		restore := save(t, db)
		if db.Dialect() == store.SQLite {
			run(t, db, "PRAGMA synchronous = OFF") // nothing here outlives the test
		}
		for i, kind := range kinds {
			c := &campaign{t: t, db: db, ring: ring, chance: rand.New(rand.NewPCG(uint64(i), uint64(len(db.Dialect()))))}
			for try := range n {
				want := kind.do(c)
				var outside [][]byte
				if kind.keeps {
					outside = kept
				}
				r, err := verified(t, db, v, outside...)
				if err != nil || r.Bad == nil || *r.Bad != want {
					t.Fatalf("%s, try %d: found %+v, want %+v (%v)", kind.name, try, r.Bad, want, err)
				}
				if kind.keeps && !strings.Contains(kind.name, "own key") && try == 0 {
					if r, err := verified(t, db, v); err != nil || r.Bad != nil {
						t.Fatalf("%s: without a kept checkpoint: %+v, %v", kind.name, r.Bad, err)
					}
				}
				restore()
			}
		}
		sound(t, db, ring, size, kept...)
		t.Logf("%d tamperings, each found", n*len(kinds))
	})
}
