// Command known makes the built-in list of passwords that nobody may have out of
// free lists, one password a line (*.txt, *.lst, *.txt.gz) or an array of JSON
// (*.json). What it writes are marks, the first bytes of digests, in order: the
// lists hold names, addresses and curses of the people whose passwords were
// stolen, and the program has no need to repeat them.
//
// Of -long lists only the passwords that fit the rules are taken: they hold many
// that few people use.
//
//	go -C tools run ./known -to ../auth/known [-long LIST,LIST] LIST...
package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	markSize = 6  // bytes of a mark, as package auth reads them
	least    = 15 // characters of a password that fits the rules; shorter ones are known as parts of longer ones
	shortest = 8  // nothing shorter is half of a password that fits, or one with a few signs around it
)

func main() {
	to := flag.String("to", "", "folder in which long.marks and short.marks are written")
	long := flag.String("long", "", "lists, with commas between, of which the shorter passwords are left out")
	flag.Parse()
	if err := run(*to, strings.FieldsFunc(*long, func(r rune) bool { return r == ',' }), flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "known:", err)
		os.Exit(1)
	}
}

func run(to string, longOnly, lists []string) error {
	if to == "" || len(lists) == 0 {
		return errors.New("name a folder (-to) and at least one list")
	}
	var words []string
	for _, path := range slices.Concat(longOnly, lists) {
		more, err := read(path)
		if err != nil {
			return fmt.Errorf("reading %s: %w", path, err)
		}
		if slices.Contains(longOnly, path) {
			more = slices.DeleteFunc(more, func(w string) bool { return len(w) < least })
		}
		words = append(words, more...)
	}
	long, short := marks(words)
	fmt.Printf("%d of %d characters or more, %d shorter ones\n", len(long)/markSize, least, len(short)/markSize)
	return errors.Join(os.WriteFile(filepath.Join(to, "long.marks"), long, 0o644), os.WriteFile(filepath.Join(to, "short.marks"), short, 0o644))
}

// read returns the passwords of one list.
func read(path string) (words []string, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if strings.HasSuffix(path, ".gz") {
		if text, err = unpacked(text); err != nil {
			return nil, err
		}
	}
	if strings.HasSuffix(path, ".json") {
		return words, json.Unmarshal(text, &words)
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		if line := strings.TrimRight(lines.Text(), "\r"); !strings.HasPrefix(line, "#!comment") {
			words = append(words, line)
		}
	}
	return words, lines.Err()
}

func unpacked(packed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// marks are those of the words that fit the rules and of the shorter ones, each in
// order and once.
func marks(words []string) (long, short []byte) {
	sets := map[bool]map[[markSize]byte]bool{true: {}, false: {}}
	for _, w := range words {
		if w = strings.ToLower(w); takes(w) {
			sum := sha256.Sum256([]byte(w))
			sets[len(w) >= least][[markSize]byte(sum[:markSize])] = true
		}
	}
	return joined(sets[true]), joined(sets[false])
}

// takes says whether a word is one that is worth a mark: printable ASCII, whose
// letters have one form, and no escape of some other list.
func takes(w string) bool {
	odd := strings.ContainsFunc(w, func(r rune) bool { return r < ' ' || r > '~' })
	return len(w) >= shortest && !odd && !strings.HasPrefix(w, "$hex[")
}

func joined(set map[[markSize]byte]bool) []byte {
	var all [][markSize]byte
	for m := range set {
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b [markSize]byte) int { return bytes.Compare(a[:], b[:]) })
	var out []byte
	for _, m := range all {
		out = append(out, m[:]...)
	}
	return out
}
