package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/fxamacker/cbor/v2"

	"nysreferral/audit"
	"nysreferral/blob"
	"nysreferral/jobs"
	"nysreferral/store"
)

// head is what a stream begins with.
type head struct {
	Migrated string `cbor:"migrated"`
}

// part is what follows: the beginning of a table, a row of it, or the end.
type part struct {
	Table *store.Table    `cbor:"table,omitempty"`
	Row   cbor.RawMessage `cbor:"row,omitempty"`
	File  string          `cbor:"file,omitempty"`
	Bytes []byte          `cbor:"bytes,omitempty"`
	End   bool            `cbor:"end,omitempty"`
}

func encoder(w io.Writer) *cbor.Encoder { return cbor.NewEncoder(w) }

// reading is how a stream is read: whole numbers as int64, and nothing larger
// than a file that we wrote can hold.
var reading = func() cbor.DecMode {
	mode, err := cbor.DecOptions{IntDec: cbor.IntDecConvertSignedOrFail, MaxArrayElements: 1 << 16, MaxMapPairs: 64, MaxNestedLevels: 8}.DecMode()
	if err != nil {
		panic(err)
	}
	return mode
}()

// Check reads the whole file and compares it with its manifest, without a key
// that opens it. It returns ErrChanged when it is another.
func (m Manifest) Check(file io.Reader) error {
	sum := sha256.New()
	n, err := io.Copy(sum, file)
	if err != nil {
		return fmt.Errorf("backup: reading the file: %w", err)
	}
	if n != m.Size || hex.EncodeToString(sum.Sum(nil)) != m.Digest {
		return ErrChanged
	}
	return nil
}

// Target is where a copy is put back: a database without a row, and a store of
// files.
type Target struct {
	DB    *store.DB
	Files blob.Store
}

// Restore puts a copy into a target, which must be without a table, or hold no
// row, and reads it back: it returns ErrDiffers unless every table and file is as
// it was copied. Until then no program takes the database; afterwards its tables
// are those of this program, and it says of itself that it is a copy. It returns
// store.ErrHolds for a database that holds anything, and then nothing is
// changed.
func Restore(ctx context.Context, to Target, m Manifest, key PrivateKey, file io.ReadSeeker) error {
	if err := m.Check(file); err != nil {
		return err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("backup: reading the file: %w", err)
	}
	in, err := key.open(file)
	if err != nil {
		return err
	}
	dec := reading.NewDecoder(in)
	var h head
	if err := decode(dec, &h); err != nil {
		return err
	}
	if h.Migrated != m.Migrated {
		return ErrChanged
	}
	if err := tables(ctx, to.DB, m.Migrated); err != nil {
		return err
	}
	var seen []store.Table
	err = to.DB.Fill(ctx, func(f *store.Filling) (err error) {
		if seen, err = fill(ctx, f, to.Files, dec); err != nil {
			return err
		}
		return f.Unfinished(ctx)
	})
	if err != nil {
		return err
	}
	if err := same(ctx, to, seen, m); err != nil {
		return err
	}
	if err := store.Finished(ctx, to.DB, m.At); err != nil {
		return err
	}
	return store.Migrate(ctx, to.DB)
}

// tables makes the tables as they were when the copy was made. The queue's own
// are those of this program.
func tables(ctx context.Context, db *store.DB, migrated string) error {
	pending, err := store.Pending(ctx, db)
	if err != nil {
		return err
	}
	if slices.Contains(pending, migrated) {
		if err := store.MigrateTo(ctx, db, migrated); err != nil {
			return err
		}
	}
	return store.MigrateQueue(ctx, db)
}

// fill reads a stream into tables and files, and returns the tables.
func fill(ctx context.Context, f *store.Filling, files blob.Store, dec *cbor.Decoder) (seen []store.Table, err error) {
	var at *batch
	for {
		var p part
		if err := decode(dec, &p); err != nil {
			return nil, err
		}
		switch {
		case p.End:
			return seen, at.flush(ctx, f)
		case p.File != "":
			if err := putBack(ctx, files, p.File, p.Bytes); err != nil {
				return nil, err
			}
		case p.Table != nil:
			if err := at.flush(ctx, f); err != nil {
				return nil, err
			}
			at = &batch{table: *p.Table}
			seen = append(seen, *p.Table)
		case at == nil:
			return nil, ErrOpen
		default:
			var row []any
			if err := reading.Unmarshal(p.Row, &row); err != nil {
				return nil, ErrOpen
			}
			if err := at.add(ctx, f, row); err != nil {
				return nil, err
			}
		}
	}
}

// putBack puts a file where a store that outlived its database may have it: what
// was copied goes before what lies there.
func putBack(ctx context.Context, files blob.Store, name string, b []byte) error {
	err := files.Put(ctx, name, b)
	if !errors.Is(err, blob.ErrTaken) {
		return err
	}
	if err := files.Remove(ctx, name); err != nil {
		return err
	}
	return files.Put(ctx, name, b)
}

func decode(dec *cbor.Decoder, into any) error {
	err := dec.Decode(into)
	if err != nil && !errors.Is(err, ErrOpen) {
		return fmt.Errorf("%w: %w", ErrOpen, err)
	}
	return err
}

// batch is rows of one table on their way into it.
type batch struct {
	table store.Table
	rows  [][]any
}

func (b *batch) add(ctx context.Context, f *store.Filling, row []any) error {
	b.rows = append(b.rows, row)
	if len(b.rows) < b.table.Batch() {
		return nil
	}
	return b.flush(ctx, f)
}

func (b *batch) flush(ctx context.Context, f *store.Filling) error {
	if b == nil {
		return nil
	}
	rows := b.rows
	b.rows = nil
	if b.table.Name == jobs.Table.Name {
		return jobs.Fill(ctx, f, rows)
	}
	return f.Add(ctx, b.table, rows...)
}

// same reads db and compares it with the manifest, table by table, as the
// copy's columns were.
func same(ctx context.Context, to Target, tables []store.Table, m Manifest) error {
	var now Manifest
	err := to.DB.Snapshot(ctx, func(s *store.Snapshot) (err error) {
		if err := walk(ctx, s, tables, func(store.Table) error { return nil }, func([]byte, []any) error { return nil }, &now); err != nil {
			return err
		}
		if to.Files != nil {
			now.Files, err = files(ctx, s, to.Files, func(string, []byte) error { return nil })
		}
		return err
	})
	if err != nil {
		return err
	}
	if to.Files != nil && now.Files != m.Files {
		return fmt.Errorf("%w: files", ErrDiffers)
	}
	for i, c := range m.Tables {
		if i >= len(now.Tables) || now.Tables[i] != c {
			return fmt.Errorf("%w: %s", ErrDiffers, c.Table)
		}
	}
	if len(now.Tables) != len(m.Tables) {
		return ErrDiffers
	}
	return nil
}

// Move copies all of from into to, which must be empty, reads it back and
// compares. Nobody writes from meanwhile: it is frozen for good, and thaws only
// where the move fails. The files stay where they are.
func Move(ctx context.Context, from, to *store.DB) (m Manifest, err error) {
	if m.Head, err = audit.Latest(ctx, from); err != nil && !errors.Is(err, audit.ErrEmpty) {
		return m, err
	}
	if err := store.Migrate(ctx, to); err != nil {
		return m, err
	}
	if err := from.Freeze(ctx); err != nil {
		return m, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, from.Thaw(context.WithoutCancel(ctx)))
		}
	}()
	var tables []store.Table
	err = from.Snapshot(ctx, func(s *store.Snapshot) (err error) {
		if tables, err = all(ctx, s); err != nil {
			return err
		}
		return to.Fill(ctx, func(f *store.Filling) error {
			var at *batch
			err := walk(ctx, s, tables, func(t store.Table) error {
				err := at.flush(ctx, f)
				at = &batch{table: t}
				return err
			}, func(_ []byte, row []any) error { return at.add(ctx, f, row) }, &m)
			return errors.Join(err, at.flush(ctx, f))
		})
	})
	if err != nil {
		return m, err
	}
	return m, same(ctx, Target{DB: to}, tables, m)
}
