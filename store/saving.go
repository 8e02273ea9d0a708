package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"

	"nysreferral/ent"
	"nysreferral/fault"
)

// saving is whether what is committed lasts. The copies of one DB share it.
type saving struct {
	mu    sync.Mutex
	why   *fault.Error // nil: it saves
	final bool         // only a new start may save again
}

const (
	sayFull   = "Nothing was saved: this service has no room to store anything at the moment. Those who run it are told. Try again in a few minutes."
	sayFailed = "Nothing was saved: the place where this service stores what it is told has failed. Those who run it are told. Try again in a few minutes."
)

// Saves returns nil while a unit of work can be committed, and otherwise
// fault.Unavailable: the disk was full or failed, and since then nothing was
// committed that Resume tried. What writes should not be begun; a reader tries,
// as each read needs its line of the log, and fails where that cannot be written.
func (db *DB) Saves() error {
	db.state.mu.Lock()
	defer db.state.mu.Unlock()
	if db.state.why == nil {
		return nil
	}
	return db.state.why
}

// Failed says whether the disk refused to keep what it was given. After that
// nobody knows what it holds of what is written next, whatever it answers: Do
// refuses everything until the program is started anew and has read what is
// there.
func (db *DB) Failed() bool {
	db.state.mu.Lock()
	defer db.state.mu.Unlock()
	return db.state.final
}

// Resume tries with fn, as one unit of work, whether the disk takes something
// again, and lets everybody write when it did. It returns why not.
func (db *DB) Resume(ctx context.Context, fn func(tx *ent.Tx) error) error {
	if err := db.Saves(); err == nil || db.Failed() {
		return err
	}
	if err := db.roomy(); err != nil {
		return err
	}
	if err := db.once(ctx, fn); err != nil {
		return db.noted(err)
	}
	db.state.mu.Lock()
	defer db.state.mu.Unlock()
	if !db.state.final {
		db.state.why = nil
	}
	return nil
}

// ample is how much has to fit beside SQLite's file before the program writes
// again: on a disk that is all but full a small line fits, and a referral not.
const ample = 1 << 20

// roomy tries whether there is room for more than a line, by filling it.
func (db *DB) roomy() (err error) {
	if db.path == "" {
		return nil
	}
	path := db.path + ".room"
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err == nil {
		_, err = f.Write(make([]byte, ample))
		err = errors.Join(err, f.Sync(), f.Close(), os.Remove(path))
	}
	if err != nil {
		return fmt.Errorf("store: looking for room: %w", err)
	}
	return nil
}

// noted returns err, and remembers what it tells of the disk: then it is
// fault.Unavailable.
func (db *DB) noted(err error) error {
	say, final := trouble(err)
	db.state.mu.Lock()
	defer db.state.mu.Unlock()
	if errors.Is(err, errBroken) && say == "" && db.state.why != nil {
		return db.state.why // another's unit took this one with it
	}
	if say == "" {
		return err
	}
	why := fault.Wrap(fault.Unavailable, say, err)
	if final || db.state.why == nil {
		db.state.why = why
	}
	db.state.final = db.state.final || final
	return why
}

// mayUndo says whether err is one for which SQLite may undo the whole transaction.
func mayUndo(err error) bool {
	var coded interface{ Code() int }
	return errors.As(err, &coded) && slices.Contains([]int{sqliteNoMemory, sqliteInterrupt, sqliteIO, sqliteFull}, coded.Code()&0xff)
}

// Results of SQLite that tell of the disk. The first byte is the kind; where it
// refused to keep what it had taken there is more to know.
const (
	sqliteNoMemory  = 7
	sqliteReadOnly  = 8
	sqliteInterrupt = 9
	sqliteIO        = 10
	sqliteFull      = 13
	sqliteCantOpen  = 14
	sqliteSync      = sqliteIO | 4<<8 // SQLITE_IOERR_FSYNC
	sqliteDirSync   = sqliteIO | 5<<8 // SQLITE_IOERR_DIR_FSYNC
)

// trouble is what an error tells of the disk, as a sentence, and whether nothing
// that is written from now on can be trusted; "" for any other error. PostgreSQL
// ends by itself when its disk refuses to keep something, and reads what is there
// before it answers again: there it is never for good.
func trouble(err error) (say string, final bool) {
	var pg *pgconn.PgError
	var coded interface{ Code() int }
	switch {
	case errors.As(err, &pg):
		switch pg.Code {
		case "53100": // disk_full
			return sayFull, false
		case "58030": // io_error
			return sayFailed, false
		}
	case errors.As(err, &coded):
		switch code := coded.Code(); {
		case code&0xff == sqliteFull:
			return sayFull, false
		case code == sqliteSync || code == sqliteDirSync:
			return sayFailed, true
		case slices.Contains([]int{sqliteIO, sqliteReadOnly, sqliteCantOpen}, code&0xff):
			return sayFailed, false
		}
	}
	return "", false
}
