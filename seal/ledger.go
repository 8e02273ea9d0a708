package seal

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Shredded says that the data key of a referral was destroyed.
type Shredded struct {
	Ref string    // reference of the referral
	At  time.Time // UTC, whole microseconds
	By  int       // account that ordered it
}

// Ledger is the list of destroyed data keys outside of the database, so that a
// backup that is put back does not bring them back. It lies with the key file
// and is in no backup of the data. Each line carries a code over itself and all
// before it, which only the holder of the key file can make: nobody else has a
// referral destroyed by writing it in. It is safe for several processes.
type Ledger struct {
	path string
	key  []byte
}

// ErrLedger says that the ledger was changed, or belongs to another key file.
var ErrLedger = errors.New("seal: the ledger of destroyed keys was changed, or is another system's; find out why before anything is opened")

const ledgerHead = "nysreferral destroyed keys 1\n"

// OpenLedger returns the ledger in the file path, which need not be there yet.
func OpenLedger(path string, r *Ring) (*Ledger, error) {
	key, err := r.Derive("ledger of destroyed keys/1")
	if err != nil {
		return nil, err
	}
	return &Ledger{path: path, key: key}, nil
}

// Append adds those that are not in the ledger yet, and returns when they are
// on the disk.
func (l *Ledger) Append(list ...Shredded) error {
	f, err := l.open(os.O_RDWR | os.O_CREATE)
	if err != nil {
		return err
	}
	err = l.append(f, list)
	return errors.Join(err, f.Close())
}

func (l *Ledger) append(f *os.File, list []Shredded) error {
	known, end, code, err := l.read(f)
	if err != nil {
		return err
	}
	have := map[string]bool{}
	for _, k := range known {
		have[k.Ref] = true
	}
	var out bytes.Buffer
	if end == 0 {
		out.WriteString(ledgerHead)
	}
	for _, one := range list {
		if have[one.Ref] {
			continue
		}
		line := fmt.Sprintf("%s %s %d", one.Ref, one.At.UTC().Format(ledgerTime), one.By)
		code = l.code(code, line)
		fmt.Fprintf(&out, "%s %s\n", line, hex.EncodeToString(code))
		have[one.Ref] = true
	}
	// What a power cut left of a last line is written over.
	if err := f.Truncate(end); err != nil {
		return fmt.Errorf("seal: writing the ledger: %w", err)
	}
	if _, err := f.WriteAt(out.Bytes(), end); err != nil {
		return fmt.Errorf("seal: writing the ledger: %w", err)
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("seal: writing the ledger: %w", err)
	}
	return syncDir(filepath.Dir(l.path))
}

// Read returns every destroyed key, in the order in which they were destroyed;
// none without a file. It returns ErrLedger when a line was changed, added or
// taken out.
func (l *Ledger) Read() ([]Shredded, error) {
	f, err := l.open(os.O_RDONLY)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out, _, _, err := l.read(f)
	return out, errors.Join(err, f.Close())
}

// Lines is how many keys the ledger lists, and whether there is a file.
func (l *Ledger) Lines() (int, bool, error) {
	if _, err := os.Stat(l.path); errors.Is(err, os.ErrNotExist) {
		return 0, false, nil
	}
	list, err := l.Read()
	return len(list), true, err
}

// Path is the file.
func (l *Ledger) Path() string { return l.path }

// open opens the file and locks it until it is closed.
func (l *Ledger) open(flag int) (*os.File, error) {
	f, err := os.OpenFile(l.path, flag, 0o600)
	if err != nil {
		return nil, fmt.Errorf("seal: opening the ledger: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(fmt.Errorf("seal: locking the ledger: %w", err), f.Close())
	}
	return f, nil
}

const ledgerTime = "2006-01-02T15:04:05.000000Z"

// read returns the lines, where the last whole one ends, and its code.
func (l *Ledger) read(f io.Reader) (out []Shredded, end int64, code []byte, err error) {
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, 0, nil, fmt.Errorf("seal: reading the ledger: %w", err)
	}
	return l.parse(text)
}

func (l *Ledger) parse(text []byte) (out []Shredded, end int64, code []byte, err error) {
	if !bytes.HasPrefix(text, []byte(ledgerHead)) {
		if bytes.HasPrefix([]byte(ledgerHead), text) {
			return nil, 0, nil, nil // nothing, or what a power cut left of the first line
		}
		return nil, 0, nil, ErrLedger
	}
	end = int64(len(ledgerHead))
	for {
		line, _, whole := strings.Cut(string(text[end:]), "\n")
		if !whole {
			return out, end, code, nil
		}
		cut := strings.LastIndexByte(line, ' ')
		if cut < 0 {
			return nil, 0, nil, ErrLedger
		}
		code = l.code(code, line[:cut])
		one, ok := parseShredded(line[:cut])
		if !ok || !hmac.Equal([]byte(hex.EncodeToString(code)), []byte(line[cut+1:])) {
			return nil, 0, nil, ErrLedger
		}
		out = append(out, one)
		end += int64(len(line)) + 1
	}
}

func parseShredded(line string) (Shredded, bool) {
	words := strings.Split(line, " ")
	if len(words) != 3 || words[0] == "" {
		return Shredded{}, false
	}
	at, err := time.Parse(ledgerTime, words[1])
	by, err2 := strconv.Atoi(words[2])
	return Shredded{Ref: words[0], At: at, By: by}, err == nil && err2 == nil
}

// code is over a line and the code of the line before it.
func (l *Ledger) code(before []byte, line string) []byte {
	mac := hmac.New(sha256.New, l.key)
	mac.Write(before)
	mac.Write([]byte("\n" + line))
	return mac.Sum(nil)
}
