package seal

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	fileHead  = "nysreferral key file 1"
	fileNote  = "# Whoever holds this file and the database reads everything. Keep it, and its only backup, apart from the data."
	fileLimit = 64 << 10 // bytes
)

// forOthers are the permissions that nobody but the owner of a key file may have.
const forOthers os.FileMode = 0o077

// entry is one version of the key as the file holds it.
type entry struct {
	version uint32
	made    time.Time
	key     []byte
}

// Version describes one key of a key file, without the key.
type Version struct {
	ID      int       // 1 or more
	Made    time.Time // UTC
	Current bool      // new data keys are wrapped under it
}

// Create writes a new key file with a root secret and version 1, readable by
// its owner only. It refuses a path that exists: losing a key file loses all.
func Create(path string, now time.Time) error {
	root, key := make([]byte, KeySize), make([]byte, KeySize)
	rand.Read(root)
	rand.Read(key)
	text := encode(root, []entry{{version: 1, made: now, key: key}})
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("seal: creating a key file: %w", err)
	}
	if err := writeAll(f, text); err != nil {
		return fmt.Errorf("seal: creating a key file: %w", errors.Join(err, os.Remove(path)))
	}
	return syncDir(filepath.Dir(path))
}

// Rotate adds a version to the key file and returns its number. Older versions
// stay, so that everything still opens; Retire removes one when nothing is
// wrapped under it any more. The root secret stays too.
func Rotate(path string, now time.Time) (int, error) { return RotateIn(File(path), now) }

// RotateIn is Rotate for the file of a source.
func RotateIn(source Source, now time.Time) (int, error) {
	root, entries, err := read(source)
	if err != nil {
		return 0, fmt.Errorf("seal: rotating the key: %w", err)
	}
	next := entries[len(entries)-1].version + 1
	key := make([]byte, KeySize)
	rand.Read(key)
	entries = append(entries, entry{version: next, made: now, key: key})
	if err := rewrite(source, encode(root, entries)); err != nil {
		return 0, fmt.Errorf("seal: rotating the key: %w", err)
	}
	return int(next), nil
}

// Retire removes a version from the key file. What is still wrapped under it
// is lost for good, so the caller must have wrapped every data key again. It
// refuses the current version.
func Retire(path string, version int) error { return RetireIn(File(path), version) }

// RetireIn is Retire for the file of a source.
func RetireIn(source Source, version int) error {
	root, entries, err := read(source)
	if err != nil {
		return fmt.Errorf("seal: retiring a key: %w", err)
	}
	if int(entries[len(entries)-1].version) == version {
		return errors.New("seal: retiring a key: this version is the current one; rotate first")
	}
	kept := slices.DeleteFunc(slices.Clone(entries), func(e entry) bool { return int(e.version) == version })
	if len(kept) == len(entries) {
		return fmt.Errorf("seal: retiring a key: the file has no version %d", version)
	}
	if err := rewrite(source, encode(root, kept)); err != nil {
		return fmt.Errorf("seal: retiring a key: %w", err)
	}
	return nil
}

// Versions lists the keys of a key file, oldest first.
func Versions(path string) ([]Version, error) { return VersionsIn(File(path)) }

// VersionsIn is Versions for the file of a source.
func VersionsIn(source Source) ([]Version, error) {
	_, entries, err := read(source)
	if err != nil {
		return nil, fmt.Errorf("seal: listing the keys: %w", err)
	}
	out := make([]Version, len(entries))
	for i, e := range entries {
		out[i] = Version{ID: int(e.version), Made: e.made, Current: i == len(entries)-1}
	}
	return out, nil
}

// Apart refuses a key file that lies inside the data folder, links followed: a
// copy of the folder must not carry the key to it.
func Apart(keyFile, dataFolder string) error {
	key, err := resolved(keyFile)
	if err != nil {
		return fmt.Errorf("seal: finding the key file: %w", err)
	}
	folder, err := resolved(dataFolder)
	if err != nil {
		return fmt.Errorf("seal: finding the data folder: %w", err)
	}
	rel, err := filepath.Rel(folder, key)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return nil
	}
	return errors.New("seal: the key file lies inside the data folder; keep it elsewhere")
}

// resolved follows links as far as the path exists.
func resolved(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(path)
	if err == nil {
		return real, nil
	}
	if !errors.Is(err, os.ErrNotExist) || filepath.Dir(path) == path {
		return "", err
	}
	dir, err := resolved(filepath.Dir(path))
	return filepath.Join(dir, filepath.Base(path)), err
}

// readFile reads a file of keys: a plain one, not too long, none of whose
// forbidden permissions is set.
func readFile(path string, forbidden os.FileMode) (_ []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("this is not a plain file")
	}
	if info.Mode().Perm()&forbidden != 0 {
		return nil, fmt.Errorf("others than the owner have access (mode %04o); set it to 0400 or 0600", info.Mode().Perm())
	}
	if err := checkOwner(info); err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(f, fileLimit+1))
}

func read(source Source) ([]byte, []entry, error) {
	text, err := source.Read()
	if err != nil {
		return nil, nil, err
	}
	defer clear(text)
	return decode(text)
}

// encode writes the lines of a key file; the last is a sum over the others, so
// that a file cut short is not taken for one with fewer versions.
func encode(root []byte, entries []entry) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n%s\nroot %s\n", fileHead, fileNote, base64.StdEncoding.EncodeToString(root))
	for _, e := range entries {
		fmt.Fprintf(&b, "key %d %s %s\n", e.version, e.made.UTC().Format(time.RFC3339), base64.StdEncoding.EncodeToString(e.key))
	}
	sum := sha256.Sum256(b.Bytes())
	fmt.Fprintf(&b, "sum %s\n", hex.EncodeToString(sum[:]))
	return b.Bytes()
}

var errFile = errors.New("this is not a whole key file")

func decode(text []byte) ([]byte, []entry, error) {
	if len(text) > fileLimit {
		return nil, nil, errFile
	}
	body, sum, _ := bytes.Cut(text, []byte("\nsum ")) // without a sum, none fits
	body = append(bytes.Clone(body), '\n')
	defer clear(body)
	want := sha256.Sum256(body)
	if subtle.ConstantTimeCompare(bytes.TrimSpace(sum), []byte(hex.EncodeToString(want[:]))) != 1 {
		return nil, nil, errFile
	}
	lines := bytes.Split(bytes.TrimSuffix(body, []byte("\n")), []byte("\n"))
	if string(lines[0]) != fileHead {
		return nil, nil, errFile
	}
	var root []byte
	var entries []entry
	for _, line := range lines[1:] {
		words := bytes.Fields(line)
		switch {
		case bytes.HasPrefix(line, []byte("#")):
		case len(words) == 2 && string(words[0]) == "root":
			root = decodeKey(words[1])
		case len(words) == 4 && string(words[0]) == "key":
			e, ok := decodeEntry(words)
			if !ok || len(entries) > 0 && e.version <= entries[len(entries)-1].version {
				return nil, nil, errFile
			}
			entries = append(entries, e)
		default:
			return nil, nil, errFile
		}
	}
	if root == nil || len(entries) == 0 {
		return nil, nil, errFile
	}
	return root, entries, nil
}

func decodeEntry(words [][]byte) (entry, bool) {
	id, err := strconv.ParseUint(string(words[1]), 10, 32)
	if err != nil || id == 0 {
		return entry{}, false
	}
	made, err := time.Parse(time.RFC3339, string(words[2]))
	key := decodeKey(words[3])
	return entry{version: uint32(id), made: made, key: key}, err == nil && key != nil
}

func decodeKey(word []byte) []byte {
	key := make([]byte, base64.StdEncoding.DecodedLen(len(word)))
	n, err := base64.StdEncoding.Decode(key, word)
	if err != nil || n != KeySize {
		return nil
	}
	return key[:n]
}

// rewrite puts a new text in the place of a source's file, sealed where the source
// seals, and clears it.
func rewrite(source Source, text []byte) error {
	defer clear(text)
	path, err := source.Path()
	if err != nil {
		return err
	}
	if by, ok := source.(Sealer); ok {
		if text, err = sealed(by, text); err != nil {
			return err
		}
	}
	return replace(path, text)
}

// sealed is a text as a source seals it, after it was opened again: what does not
// open must not take the place of the only file of keys.
func sealed(by Sealer, text []byte) ([]byte, error) {
	out, err := by.Seal(text)
	if err != nil {
		return nil, err
	}
	back, err := by.Open(bytes.Clone(out)) // what is opened is cleared, and may lie where it was sealed
	defer clear(back)
	if err != nil {
		return nil, fmt.Errorf("what was sealed just now does not open, and the file stays as it was: %w", err)
	}
	if subtle.ConstantTimeCompare(back, text) != 1 {
		return nil, errors.New("what was sealed just now opens as something else, and the file stays as it was")
	}
	return out, nil
}

// replace puts a new text in the place of the key file in one step: after a
// power cut the file is the old one or the new one.
func replace(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".keys-*") // made with mode 0600
	if err != nil {
		return err
	}
	if err := writeAll(f, text); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return syncDir(filepath.Dir(path))
}

func writeAll(f *os.File, text []byte) error {
	_, err := f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("seal: opening the folder of the key file: %w", err)
	}
	defer dir.Close()
	if err := dir.Sync(); err != nil {
		return fmt.Errorf("seal: writing the folder of the key file: %w", err)
	}
	return nil
}
