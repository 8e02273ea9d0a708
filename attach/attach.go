// Package attach takes in files that somebody sends: it finds out what a file
// is from its bytes alone, refuses what is too large or not of a permitted kind
// before anything is unpacked, and makes the copy that others may be shown: a
// picture drawn anew, a PDF with nothing in it but pages, a plain text. The
// original is evidence and is not changed. The package keeps nothing, knows no
// referral and looks for no viruses.
package attach

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
)

// Kind is what a file is, by its bytes.
type Kind string

// The kinds that are taken.
const (
	PDF  Kind = "pdf"
	JPEG Kind = "jpeg"
	PNG  Kind = "png"
	Text Kind = "text"
)

// Kinds lists them.
func Kinds() []Kind { return []Kind{PDF, JPEG, PNG, Text} }

// forms of a kind: its media type and the end of a neutral name.
var served = map[Kind]struct{ media, ending string }{
	PDF: {"application/pdf", ".pdf"}, JPEG: {"image/jpeg", ".jpg"}, PNG: {"image/png", ".png"}, Text: {"text/plain; charset=utf-8", ".txt"},
}

// Media returns the media type that a copy of the kind is served as.
func (k Kind) Media() string { return served[k].media }

// Ending returns the end of a neutral file name, ".pdf".
func (k Kind) Ending() string { return served[k].ending }

// Limits are what a file may be at most. Zero is the default.
type Limits struct {
	Bytes  int64 // of the file as sent; 0 is 10 MiB
	Pixels int64 // of a picture, or of one picture in a PDF; 0 is 40 million
	Pages  int   // of a PDF; 0 is 200
}

func (l Limits) or() Limits {
	if l.Bytes <= 0 {
		l.Bytes = 10 << 20
	}
	if l.Pixels <= 0 {
		l.Pixels = 40_000_000
	}
	if l.Pages <= 0 {
		l.Pages = 200
	}
	return l
}

// hold says whether a picture may be that wide and high. Each side is asked for
// itself first: a side that a file tells of may be so long that no product holds it.
func (l Limits) hold(wide, high int64) bool {
	return wide <= l.Pixels && high <= l.Pixels && wide*high <= l.Pixels
}

// Bounds that no setting changes.
const (
	maxDecoded = 400 << 20 // bytes that a picture may take in memory while it is drawn anew
	maxCopy    = 40 << 20  // bytes of a copy
	readers    = 16        // files that are held in memory at once
)

// File is one that was taken.
type File struct {
	Kind          Kind
	Original      []byte
	Copy          []byte // what may be shown; it holds no metadata and nothing that runs
	Digest        string // SHA-256 of Original, in hex
	Pages         int    // of a PDF
	Width, Height int    // of a picture, in pixels
}

// Refusal is why a file is not taken, in a sentence that says what to do. It
// tells nothing of what is in the file.
type Refusal struct{ Say string }

// Error is the sentence.
func (r *Refusal) Error() string { return r.Say }

func refuse(say string) error { return &Refusal{say} }

// Busy is the answer when too many files are taken in at once.
var Busy = &Refusal{"Many files are being added at the moment. Wait a minute, then add yours again."}

// Taker takes files in, one at a time where it unpacks them, so that memory has
// a ceiling whatever is sent. Make one with New; it is safe for concurrent use.
type Taker struct {
	limits  Limits
	reading chan struct{}
	working chan struct{}
}

// New returns a taker with these limits.
func New(l Limits) *Taker {
	return &Taker{limits: l.or(), reading: make(chan struct{}, readers), working: make(chan struct{}, 1)}
}

// Limits returns what a file may be at most.
func (t *Taker) Limits() Limits { return t.limits }

// Take reads one file to its end and returns it with its copy, or a *Refusal.
// Other errors are those of from and of ctx. No byte goes to a disk.
func (t *Taker) Take(ctx context.Context, from io.Reader) (File, error) {
	select {
	case t.reading <- struct{}{}:
	default:
		return File{}, Busy
	}
	defer func() { <-t.reading }()
	var b bytes.Buffer
	n, err := b.ReadFrom(io.LimitReader(from, t.limits.Bytes+1))
	if err != nil {
		return File{}, fmt.Errorf("attach: reading: %w", err)
	}
	if n > t.limits.Bytes {
		return File{}, refuse(fmt.Sprintf("The file is larger than %d MB. Scan it with fewer dots an inch, or split it, and add the parts.", t.limits.Bytes>>20))
	}
	select {
	case t.working <- struct{}{}:
	case <-ctx.Done():
		return File{}, fmt.Errorf("attach: waiting: %w", ctx.Err())
	}
	defer func() { <-t.working }()
	return read(ctx, b.Bytes(), t.limits)
}

// read takes a file that lies in memory. A panic of a decoder is an unreadable
// file.
func read(ctx context.Context, b []byte, l Limits) (f File, err error) {
	defer func() {
		if recover() != nil {
			f, err = File{}, unreadable
		}
	}()
	kind, err := sniff(b)
	if err != nil {
		return File{}, err
	}
	sum := sha256.Sum256(b)
	f = File{Kind: kind, Original: b, Digest: hex.EncodeToString(sum[:])}
	switch kind {
	case PDF:
		f.Copy, f.Pages, err = cleanPDF(ctx, b, l)
	case JPEG:
		f.Copy, f.Width, f.Height, err = drawJPEG(b, l)
	case PNG:
		f.Copy, f.Width, f.Height, err = drawPNG(b, l)
	case Text:
		f.Copy, err = plainText(b)
	}
	var known *Refusal
	if err != nil && !errors.As(err, &known) && ctx.Err() == nil {
		err = unreadable
	}
	if err != nil {
		return File{}, err
	}
	if len(f.Copy) > maxCopy {
		return File{}, tooRich
	}
	return f, nil
}

// What is said of files that are no longer looked at.
var (
	unreadable = refuse("The file is damaged or not complete. Open it where you have it, save or scan it again, and add that.")
	tooRich    = refuse("The file holds far more than it seems to. Print or scan it anew as a PDF of its pages, and add that.")
	unseeable  = refuse("A picture in the PDF cannot be read. Scan the paper again, or print it to a new PDF.")
	tooWide    = refuse("The picture has more dots than can be taken (40 million). Save it smaller, and add that.")
)

// limited is a writer that stops at a size.
type limited struct {
	bytes.Buffer
	most int
}

// Write writes, up to the size.
func (w *limited) Write(p []byte) (int, error) {
	if w.Len()+len(p) > w.most {
		return 0, tooRich
	}
	return w.Buffer.Write(p)
}
