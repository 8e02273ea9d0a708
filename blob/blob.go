// Package blob keeps sealed bytes that are too large for a row. A Store knows
// only random names and what was sealed before it came here: what the bytes are,
// whose, and whether anybody may read them is for others to say. Folder is the
// store of one machine, or of a folder that several share; Bucket is a store
// behind a service that speaks S3.
package blob

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

// ErrAbsent is the answer when there is nothing under a name.
var ErrAbsent = errors.New("blob: there is nothing under this name")

// ErrTaken is the answer when something else lies under a name.
var ErrTaken = errors.New("blob: something else lies under this name")

// errOther says that what lies under a name cannot be what was put there.
var errOther = errors.New("blob: this is not what was put here")

// Store keeps bytes under names that Name made.
type Store interface {
	// Put keeps b under a name that is free. When it returns without an error, b
	// survives a loss of power. It returns ErrTaken where something else lies under
	// the name, and writes nothing then; b itself there is no error.
	Put(ctx context.Context, name string, b []byte) error
	// Read returns what lies under a name, at most most bytes, or ErrAbsent.
	Read(ctx context.Context, name string, most int64) ([]byte, error)
	// Remove takes away what lies under a name. Nothing there is no error.
	Remove(ctx context.Context, name string) error
	// Before calls with for each name that was put before a moment.
	Before(ctx context.Context, at time.Time, with func(name string) error) error
	// Close ends the use of the store.
	Close() error
}

// Name makes a name: 128 random bits in hex, which tell nothing.
func Name() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// valid says whether Name could have made a name: no other reaches a disk.
func valid(name string) bool {
	if len(name) != 32 {
		return false
	}
	for _, c := range name {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// again is the answer of a Put under a name that is not free: nil where b itself
// lies there, as when it is put a second time since the first answer was lost.
func again(ctx context.Context, s Store, name string, b []byte) error {
	there, err := s.Read(ctx, name, int64(len(b)))
	if err == nil && bytes.Equal(there, b) {
		return nil
	}
	if err == nil || errors.Is(err, errOther) {
		return ErrTaken
	}
	return err
}

// Folder is a store in a folder that nobody but its owner may read. Whatever a
// name says, it never leaves the folder.
type Folder struct{ root *os.Root }

// Open opens a folder, and makes it when there is none.
func Open(path string) (*Folder, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("blob: making the folder: %w", err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("blob: opening the folder: %w", err)
	}
	return &Folder{root}, nil
}

// Put writes b beside its name, has it written to the disk, gives it its name
// and has the folder written to the disk.
func (f *Folder) Put(ctx context.Context, name string, b []byte) error {
	if !valid(name) {
		return errName
	}
	if _, err := f.root.Lstat(name); err == nil {
		return again(ctx, f, name, b)
	}
	part := name + unfinished
	if err := f.write(part, b); err != nil {
		return errors.Join(fmt.Errorf("blob: writing: %w", err), f.root.Remove(part))
	}
	if err := f.root.Rename(part, name); err != nil {
		return errors.Join(fmt.Errorf("blob: naming: %w", err), f.root.Remove(part))
	}
	if err := f.settle(); err != nil {
		return fmt.Errorf("blob: writing the folder: %w", err)
	}
	return nil
}

// unfinished ends the name of what is being written.
const unfinished = ".part"

var errName = errors.New("blob: this is no name of a blob")

func (f *Folder) write(name string, b []byte) error {
	w, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	if err == nil {
		err = w.Sync()
	}
	return errors.Join(err, w.Close())
}

// settle has the folder's own list of names written to the disk.
func (f *Folder) settle() error {
	d, err := f.root.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Read reads the whole of what lies under a name.
func (f *Folder) Read(_ context.Context, name string, most int64) ([]byte, error) {
	if !valid(name) {
		return nil, ErrAbsent
	}
	r, err := f.root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrAbsent
	}
	if err != nil {
		return nil, fmt.Errorf("blob: opening: %w", err)
	}
	defer r.Close()
	info, err := r.Stat()
	if err != nil {
		return nil, fmt.Errorf("blob: reading: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > most {
		return nil, errOther
	}
	out := make([]byte, info.Size())
	if _, err := io.ReadFull(r, out); err != nil {
		return nil, fmt.Errorf("blob: reading: %w", err)
	}
	return out, nil
}

// Remove takes a file away for good.
func (f *Folder) Remove(_ context.Context, name string) error {
	if !valid(name) {
		return nil
	}
	if err := f.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("blob: removing: %w", err)
	}
	if err := f.settle(); err != nil {
		return fmt.Errorf("blob: writing the folder: %w", err)
	}
	return nil
}

// Before lists old files a part at a time. What was left unfinished then is taken
// away on the way.
func (f *Folder) Before(ctx context.Context, at time.Time, with func(name string) error) error {
	d, err := f.root.Open(".")
	if err != nil {
		return fmt.Errorf("blob: listing: %w", err)
	}
	defer d.Close()
	for {
		list, err := d.ReadDir(256)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("blob: listing: %w", err)
		}
		for _, e := range list {
			if err := f.one(ctx, e, at, with); err != nil {
				return err
			}
		}
	}
}

func (f *Folder) one(ctx context.Context, e fs.DirEntry, at time.Time, with func(name string) error) error {
	info, err := e.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return nil // somebody took it away meanwhile
	}
	if err != nil {
		return fmt.Errorf("blob: listing: %w", err)
	}
	if !info.ModTime().Before(at) || !info.Mode().IsRegular() {
		return ctx.Err()
	}
	if name := e.Name(); valid(name) {
		return with(name)
	} else if len(name) > len(unfinished) && valid(name[:len(name)-len(unfinished)]) {
		if err := f.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("blob: removing: %w", err)
		}
	}
	return ctx.Err()
}

// Close closes the folder.
func (f *Folder) Close() error { return f.root.Close() }
