package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"strings"
	"time"

	"nysreferral/audit"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/seal"
	"nysreferral/store"
	"nysreferral/workflow"
)

// grown is a State of made-up people with n referrals as years of use leave
// them: whole, sealed each under a key of its own, with what was decided, handed
// over and logged. However many there are, as many are open.
type grown struct {
	*site
	n, open, lines int // lines of the log of each referral
	bits           int // of a hash that is kept: each value stands for two people, as package referrals has it
	past, present  []mold
	first          int64 // number of the first copy
	tree           *audit.Tree
	chance         *rand.Rand
	sought         []string   // references of some whom a search finds
	names          [][]string // of those: family and given name
	last           string     // reference of one that is over
}

// soughtOf is how many can be searched for.
const soughtOf = 20

// grow fills an empty database with n referrals, open of them in work, and about
// so many lines in the log.
func (r *run) grow(dialect string, n, open, lines int) (*grown, error) {
	s, err := r.open(dialect)
	if err != nil {
		return nil, err
	}
	g := &grown{site: s, n: n, open: min(open, n), lines: lines / n, bits: max(bits.Len(uint(n/2))-1, 0), chance: rand.New(rand.NewPCG(uint64(n), 20261102))}
	if err := s.Populate(r.ctx); err != nil {
		return nil, err
	}
	s.Clock.Set(start.AddDate(0, 0, -7))
	if g.past, err = s.molds(r.ctx, past(), true); err != nil {
		return nil, err
	}
	if g.present, err = s.molds(r.ctx, present(), false); err != nil {
		return nil, err
	}
	s.Clock.Set(start)
	if err := s.DB.SQL().QueryRowContext(r.ctx, "SELECT max(id) + 1 FROM referrals").Scan(&g.first); err != nil {
		return nil, fmt.Errorf("growing: %w", err)
	}
	for from := 0; from < n; from += batch {
		if err := g.some(r.ctx, from, min(from+batch, n)); err != nil {
			return nil, err
		}
	}
	return g, g.settle(r.ctx)
}

// settle does after the copies what a running server did meanwhile.
func (g *grown) settle(ctx context.Context) error {
	if g.DB.Dialect() == store.Postgres {
		if _, err := g.DB.SQL().ExecContext(ctx, `SELECT setval(pg_get_serial_sequence('referrals', 'id'), (SELECT max(id) FROM referrals))`); err != nil {
			return fmt.Errorf("growing: %w", err)
		}
	}
	for _, ref := range g.sought {
		if err := g.Door.Find(ctx, referrals.FindPairs{Ref: ref}); err != nil {
			return err
		}
	}
	var err error
	if g.tree, err = audit.NewTree(g.DB, g.Ring, time.Now); err != nil {
		return err
	}
	if _, err := g.tree.Take(ctx); err != nil {
		return err
	}
	if g.DB.Dialect() == store.Postgres {
		if _, err := g.DB.SQL().ExecContext(ctx, "VACUUM ANALYZE"); err != nil {
			return fmt.Errorf("growing: settling the tables: %w", err)
		}
	}
	return nil
}

// some adds the referrals from..to-1 of all.
func (g *grown) some(ctx context.Context, from, to int) (err error) {
	tx, err := g.DB.SQL().BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("growing: %w", err)
	}
	defer func() { err = errors.Join(err, undone(tx)) }()
	rows := map[string][][]any{}
	for i := from; i < to; i++ {
		if err := g.copy(i, rows); err != nil {
			return err
		}
	}
	for _, one := range g.past[0].sheets {
		if err := g.insert(ctx, tx, one.Name, heads(one), rows[one.Name]); err != nil {
			return err
		}
	}
	if err := g.insert(ctx, tx, "audit_entries", heading, rows["audit_entries"]); err != nil {
		return err
	}
	return tx.Commit()
}

func undone(tx *sql.Tx) error {
	if err := tx.Rollback(); !errors.Is(err, sql.ErrTxDone) {
		return err
	}
	return nil
}

// heads are the columns of a table that are written: a row of referrals brings
// its number, all others get one.
func heads(s sheet) string {
	var names []string
	for _, c := range s.Columns {
		if c.Name != "id" || s.Name == "referrals" {
			names = append(names, c.Name)
		}
	}
	return strings.Join(names, ", ")
}

// insert writes rows, several in one statement.
func (g *grown) insert(ctx context.Context, tx *sql.Tx, table, columns string, rows [][]any) error {
	const most = 200
	for len(rows) > 0 {
		some := rows[:min(most, len(rows))]
		rows = rows[len(some):]
		var text strings.Builder
		var args []any
		for i, row := range some {
			text.WriteString([]string{"(", ", ("}[min(i, 1)])
			for j := range row {
				text.WriteString([]string{"", ", "}[min(j, 1)])
				if g.DB.Dialect() == store.Postgres {
					fmt.Fprintf(&text, "$%d", len(args)+j+1)
				} else {
					text.WriteByte('?')
				}
			}
			text.WriteByte(')')
			args = append(args, row...)
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO "+table+" ("+columns+") VALUES "+text.String(), args...); err != nil {
			return fmt.Errorf("growing %s: %w", table, err)
		}
	}
	return nil
}

// moldFor chooses by the shares, the same for the same number.
func (g *grown) moldFor(i int) mold {
	list := g.past
	if i >= g.n-g.open {
		list = g.present
	}
	p := int(uint32(i)*2654435761>>8) % 100
	for _, m := range list {
		if p -= m.share; p < 0 {
			return m
		}
	}
	return list[len(list)-1]
}

// received spreads ten years over what is over, and three weeks over what is
// open.
func (g *grown) received(i int) time.Time {
	const weeks = 21 * 24 * time.Hour
	if over := g.n - g.open; i < over {
		return start.Add(-weeks - time.Duration(over-i)*(10*365*24*time.Hour/time.Duration(over))).Truncate(time.Microsecond)
	}
	return start.Add(-time.Duration(g.n-i) * (weeks / time.Duration(g.open))).Truncate(time.Microsecond)
}

// copy adds the rows of the referral i.
func (g *grown) copy(i int, rows map[string][][]any) error {
	m, at := g.moldFor(i), g.received(i)
	ref := forms.NewReference(g.chance.Uint64())
	key, wrapped, err := g.Ring.NewKey(ref)
	if err != nil {
		return err
	}
	c := copying{grown: g, key: key, ref: ref, wrapped: wrapped, id: g.first + int64(i), later: at.Sub(m.at), names: []string{name(i), name(i*7919 + 13)}}
	for _, one := range m.sheets {
		for _, row := range one.rows {
			made, err := c.row(one, row)
			if err != nil {
				return err
			}
			rows[one.Name] = append(rows[one.Name], made)
		}
	}
	log := g.line(at, g.As("trooper"), string(workflow.Submit), ref)
	for range g.lines {
		rows["audit_entries"] = append(rows["audit_entries"], log)
		at = at.Add(time.Duration(g.chance.Int64N(int64(6 * time.Hour)))).Truncate(time.Microsecond)
		who, action := g.act()
		log = g.line(at, g.As(who), action, ref)
	}
	g.note(i, m, ref, c.names)
	return nil
}

// note remembers of whom the measurements ask.
func (g *grown) note(i int, m mold, ref string, names []string) {
	if over := i < g.n-g.open; over && m.ref == g.past[0].ref {
		g.last = ref
		if step := max(1, (g.n-g.open)/(3*soughtOf)); len(g.sought) < soughtOf && i >= len(g.sought)*step {
			g.sought, g.names = append(g.sought, ref), append(g.names, names)
		}
	}
}

// act draws who did what.
func (g *grown) act() (who, action string) {
	p := g.chance.IntN(100)
	for _, a := range acts {
		if p -= a.share; p < 0 {
			return a.who, a.action
		}
	}
	return acts[0].who, acts[0].action
}

// copying is one copy of a mold.
type copying struct {
	*grown
	key     seal.Key
	ref     string
	wrapped []byte
	id      int64
	later   time.Duration // than its mold
	names   []string
}

// row is a row of the mold as the copy has it.
func (c copying) row(s sheet, from []any) ([]any, error) {
	row := make([]any, len(from))
	copy(row, from)
	for i, col := range s.Columns {
		switch micro, ok := row[i].(int64); {
		case col.Name == "referral_id", s.Name == "referrals" && col.Name == "id":
			row[i] = c.id
		case col.Name == "ref":
			row[i] = c.ref
		case col.Name == "data_key" && row[i] != nil:
			row[i] = c.wrapped
		case col.Name == "hash":
			row[i] = c.hash()
		case col.Name == "bits":
			row[i] = int64(c.bits)
		case col.Kind == store.Moment && ok:
			row[i] = micro + c.later.Microseconds()
		}
	}
	if err := c.seal(s, row); err != nil {
		return nil, err
	}
	for i, col := range s.Columns {
		if micro, ok := row[i].(int64); ok && col.Kind == store.Moment {
			row[i] = time.UnixMicro(micro).UTC()
		}
	}
	if id := s.column("id"); s.Name != "referrals" {
		row = append(row[:id], row[id+1:]...)
	}
	return row, nil
}

// seal puts what is sealed of a row under the copy's key, with its names.
func (c copying) seal(s sheet, row []any) error {
	at := s.sealed()
	if at < 0 || row[at] == nil {
		return nil
	}
	plain := row[at].([]byte)
	switch s.Name {
	case "referrals":
		var err error
		if plain, err = c.facets(plain); err != nil {
			return err
		}
	case "answers":
		plain = bytes.ReplaceAll(plain, []byte(someFamily), []byte(c.names[0]))
		plain = bytes.ReplaceAll(plain, []byte(someGiven), []byte(c.names[1]))
		sum := sha256.Sum256(plain)
		row[s.column("digest")] = hex.EncodeToString(sum[:])
	}
	row[at] = c.key.Seal(plain, sealedAt(s.Name, c.ref, func(col string) any { return row[s.column(col)] }))
	return nil
}

// counties are where people are found, half of them in New York City.
var counties = strings.Fields("bronx kings new_york queens queens richmond suffolk nassau westchester erie monroe albany onondaga tompkins orange rockland")

// facets moves the dates that reports read, and spreads the counties.
func (c copying) facets(plain []byte) ([]byte, error) {
	var f referrals.Facets
	if err := json.Unmarshal(plain, &f); err != nil {
		return nil, fmt.Errorf("reading facets: %w", err)
	}
	moved := func(t *time.Time) {
		if !t.IsZero() {
			*t = t.Add(c.later)
		}
	}
	moved(&f.Course.DecidedAt)
	for i := range f.Course.Handed {
		h := &f.Course.Handed[i]
		for _, t := range []*time.Time{&h.SentAt, &h.AcceptedAt, &h.ReachedAt, &h.ServedAt} {
			moved(t)
		}
	}
	if month, err := time.Parse("2006-01", f.Month); err == nil {
		f.Month = month.AddDate(0, 0, 14).Add(c.later).Format("2006-01")
	}
	f.County = counties[c.chance.IntN(len(counties))]
	return json.Marshal(f)
}

// hash is a keyed hash of somebody whom nobody looks for: as good as chance.
func (g *grown) hash() int64 {
	return 1<<g.bits | int64(g.chance.Uint64()>>1>>(63-g.bits))
}

// name makes a name that nobody bears, another for each number. They have no
// beginning or end in common, which would make all of them alike.
func name(n int) string {
	var sum [8]byte
	binary.BigEndian.PutUint64(sum[:], uint64(n)*0x9E3779B97F4A7C15)
	parts := strings.Fields("dro vel tam qui zor len bax fer gro nul kim pos rad sul tov wex")
	out := ""
	for _, b := range sum[:4] {
		out += parts[b>>4]
	}
	return strings.ToUpper(out[:1]) + out[1:]
}
