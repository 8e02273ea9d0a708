package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/mod/sumdb/note"

	"nysreferral/audit"
	"nysreferral/store"
)

// outside is what lies outside of the log, as far as it was held against it. Each
// head of a file is held against the log once, and the longest at every look: a
// log that goes on from that one goes on from those before it.
type outside struct {
	file     string // "": only what was mailed is known
	verifier note.Verifier
	read     int64  // up to which byte the file was held against the log
	last     []byte // the longest head; nil where there is none
	says     audit.Checkpoint
}

// held says whether the log goes on from every head that its own key signed. A
// head of another key is none; a file with only such is refused. The error wraps
// fs.ErrNotExist where the file is not there.
func (o *outside) held(ctx context.Context, db *store.DB) (*audit.Finding, error) {
	if o.last != nil {
		if found, err := audit.Continues(ctx, db, o.verifier, o.last); found != nil || err != nil {
			return found, err
		}
	}
	text, err := o.unread()
	if err != nil {
		return nil, err
	}
	others, end := false, 0
	for _, head := range audit.Anchors(text) {
		says, err := audit.ParseCheckpoint(head, o.verifier)
		if err != nil {
			others = true
			continue
		}
		if found, err := audit.Continues(ctx, db, o.verifier, head); found != nil || err != nil {
			return found, err
		}
		o.keep(head, says)
		if i := bytes.LastIndex(text, head); i >= 0 {
			end = max(end, i+len(head))
		}
	}
	if others && o.last == nil {
		return &audit.Finding{What: audit.NotKept, From: -1, To: -1}, nil
	}
	o.read += int64(end)
	return nil, nil
}

// keep takes a head for the longest where it is.
func (o *outside) keep(head []byte, says audit.Checkpoint) {
	if o.last == nil || says.Size >= o.says.Size {
		o.last, o.says = head, says
	}
}

// unread is what the file holds after what was read of it. A file that became
// shorter is read anew.
func (o *outside) unread() (_ []byte, err error) {
	if o.file == "" {
		return nil, nil
	}
	f, err := os.Open(o.file)
	if err != nil {
		return nil, fmt.Errorf("reading the file of anchors: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	at, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("reading the file of anchors: %w", err)
	}
	if at.Size() < o.read {
		o.read = 0
	}
	if _, err = f.Seek(o.read, io.SeekStart); err != nil {
		return nil, fmt.Errorf("reading the file of anchors: %w", err)
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("reading the file of anchors: %w", err)
	}
	return text, nil
}

// appendAnchor adds a head to a file, and returns when it is on the disk. It only
// adds, so that the file may be one that nobody can change, and makes no file
// unless it begins one: where a folder is not mounted it would lie with the log.
func appendAnchor(file, head string, begin bool) error {
	flags := os.O_WRONLY | os.O_APPEND
	if begin {
		flags |= os.O_CREATE
	}
	f, err := os.OpenFile(file, flags, 0o600)
	if err != nil {
		return fmt.Errorf("opening the file of anchors: %w", err)
	}
	_, err = f.WriteString("\n" + head)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("writing the file of anchors: %w", err)
	}
	return nil
}
