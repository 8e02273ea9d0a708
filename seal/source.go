package seal

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
)

// Source is where keys come from. Read returns the text of a key file, or an
// error when what holds it is open to others, not there, or not whole. Who calls
// it clears the text afterwards.
type Source interface {
	Read() ([]byte, error)
	// Path is the file that holds the keys, for Apart, Rotate and Retire.
	Path() (string, error)
}

// Sealer is a Source whose file lies sealed by something outside of the machine's
// disk. Seal returns the text of a key file as it is to lie there, and Open the
// text of what Seal returned. What Read returns depends on the file's bytes alone,
// which the account that runs the program reads, so that a Ring asks again only
// when they changed.
type Sealer interface {
	Source
	Seal(text []byte) ([]byte, error)
	Open(sealed []byte) ([]byte, error)
}

// File is a key file of the account that runs the program, for it alone.
type File string

// Read reads the file. It refuses one that others may read or that belongs to
// somebody else.
func (f File) Read() ([]byte, error) { return readFile(string(f), forOthers) }

// Path is the file.
func (f File) Path() (string, error) { return string(f), nil }

// CredentialsDirectory is the variable in which systemd names the folder of a
// service's credentials.
const CredentialsDirectory = "CREDENTIALS_DIRECTORY"

// Credential is the name of a systemd credential (LoadCredential=,
// LoadCredentialEncrypted=) that holds a key file. systemd keeps it in memory
// that is not swapped, for the service alone, and it is never in its
// environment.
type Credential string

// Read reads the credential. systemd lets the service read root's file by an
// access list, which shows as the group's permission to read.
func (c Credential) Read() ([]byte, error) {
	path, err := c.Path()
	if err != nil {
		return nil, err
	}
	return readFile(path, forOthers&^0o040)
}

// Path is the file in which systemd hands the credential out.
func (c Credential) Path() (string, error) {
	folder := os.Getenv(CredentialsDirectory)
	if folder == "" {
		return "", errors.New("seal: the keys are to come from a systemd credential, and " + CredentialsDirectory + " is not set: start the program as a service with LoadCredential")
	}
	if c == "." || c == ".." || filepath.Base(string(c)) != string(c) {
		return "", errors.New("seal: the name of a credential is one word without a path")
	}
	return filepath.Join(folder, string(c)), nil
}

// keySet is what a source held when it was read. It never changes.
type keySet struct {
	root    []byte
	keys    map[uint32][]byte
	current uint32
}

// held is a source and what was last read of it, shared by all copies of a Ring.
type held struct {
	source Source
	locked locked
	set    atomic.Pointer[keySet]
	once   sync.Mutex // one reading at a time
	lay    []byte     // what of a sealed file was last opened, see layOf
}

// Load opens a key file. It refuses a file that anybody but its owner may
// read, that belongs to somebody else, or that was cut short.
func Load(path string) (*Ring, error) { return From(File(path)) }

// From opens the keys of a source.
func From(source Source) (*Ring, error) {
	lay, err := layOf(source)
	if err != nil {
		return nil, fmt.Errorf("seal: opening the key file: %w", err)
	}
	set, err := readSet(source)
	if err != nil {
		return nil, fmt.Errorf("seal: opening the key file: %w", err)
	}
	r := &Ring{held: &held{source: source, lay: lay}}
	r.held.lock(set, &keySet{})
	r.held.set.Store(set)
	return r, nil
}

// layOf is a sum of a sealed file as it lies, nil for a source that does not seal.
// It is taken before the file is opened: when the file changes meanwhile, the next
// look opens it again.
func layOf(source Source) ([]byte, error) {
	by, ok := source.(Sealer)
	if !ok {
		return nil, nil
	}
	path, err := by.Path()
	if err != nil {
		return nil, err
	}
	sealed, err := readFile(path, forOthers)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(sealed)
	return sum[:], nil
}

func readSet(source Source) (*keySet, error) {
	text, err := source.Read()
	if err != nil {
		return nil, err
	}
	root, entries, err := decode(text)
	clear(text)
	if err != nil {
		return nil, err
	}
	set := &keySet{root: root, keys: make(map[uint32][]byte, len(entries))}
	for _, e := range entries {
		set.keys[e.version] = e.key
		set.current = max(set.current, e.version)
	}
	return set, nil
}

// ErrOtherKeys says that a source holds the keys of another system now, or
// keys that are older than those in use. Those in use stay.
var ErrOtherKeys = errors.New("seal: these are not the keys that are in use, with more versions")

// Reload reads the source again and says whether another version is current
// now. When it cannot be read, or holds other keys, the keys in use stay. What
// seals a file is asked only when the file changed: a token locks itself against
// a server that looks every few seconds with a PIN that was changed.
func (r *Ring) Reload() (bool, error) {
	r.held.once.Lock()
	defer r.held.once.Unlock()
	was := r.keys()
	lay, err := layOf(r.held.source)
	if err != nil {
		return false, fmt.Errorf("seal: reading the keys again: %w", err)
	}
	if lay != nil && bytes.Equal(lay, r.held.lay) {
		return false, nil
	}
	set, err := readSet(r.held.source)
	if err != nil {
		return false, fmt.Errorf("seal: reading the keys again: %w", err)
	}
	if string(set.root) != string(was.root) || set.current < was.current {
		return false, ErrOtherKeys
	}
	r.held.lock(set, was)
	r.held.set.Store(set)
	r.held.lay = lay
	return set.current != was.current, nil
}

// lock moves the keys of a set that was just read into locked memory. Those that
// were there before stay where they lie.
func (h *held) lock(set, was *keySet) {
	keep := func(key, before []byte) []byte {
		if string(key) == string(before) {
			clear(key)
			return before
		}
		return h.locked.keep(key)
	}
	set.root = keep(set.root, was.root)
	for version, key := range set.keys {
		set.keys[version] = keep(key, was.keys[version])
	}
}

func (r *Ring) keys() *keySet { return r.held.set.Load() }

// version returns one version of the key. A newer one than is known was added
// by somebody who rotated: then the source is read again, once.
func (r *Ring) version(n uint32) ([]byte, bool) {
	set := r.keys()
	key, ok := set.keys[n]
	if ok || n <= set.current || n > set.current+64 {
		return key, ok
	}
	if _, err := r.Reload(); err != nil {
		return nil, false
	}
	key, ok = r.keys().keys[n]
	return key, ok
}

// WrappedUnder returns the version of the key file under which a data key is
// wrapped, 0 for what is no wrapped key.
func WrappedUnder(wrapped []byte) int {
	if len(wrapped) != headLen+gcmCost+KeySize || wrapped[0] != formatWrap {
		return 0
	}
	return int(uint32(wrapped[1])<<24 | uint32(wrapped[2])<<16 | uint32(wrapped[3])<<8 | uint32(wrapped[4]))
}

// Head is what every data key begins with that is wrapped under a version, so
// that a query finds those that are not.
func Head(version int) []byte {
	return []byte{formatWrap, byte(version >> 24), byte(version >> 16), byte(version >> 8), byte(version)}
}
