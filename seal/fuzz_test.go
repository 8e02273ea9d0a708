package seal

import (
	"bytes"
	"slices"
	"testing"
	"time"
)

// A text that is taken for a key file holds at least one version, each newer
// than the one before, and written anew it is read as the same keys.
func FuzzKeyFile(f *testing.F) {
	one, two := bytes.Repeat([]byte{1}, KeySize), bytes.Repeat([]byte{2}, KeySize)
	whole := encode(one, []entry{{1, time.Unix(1, 0), one}, {7, time.Unix(2, 0), two}})
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte(fileHead + "\nsum 00\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		root, entries, err := decode(text)
		if err != nil {
			return
		}
		if len(root) != KeySize || len(entries) == 0 || !slices.IsSortedFunc(entries, func(a, b entry) int { return int(a.version) - int(b.version) }) {
			t.Fatalf("%d bytes of root, %d versions", len(root), len(entries))
		}
		root2, entries2, err := decode(encode(root, entries))
		if err != nil || !bytes.Equal(root, root2) || len(entries) != len(entries2) {
			t.Fatalf("written anew: %v", err)
		}
		for i, e := range entries {
			if e.version != entries2[i].version || !bytes.Equal(e.key, entries2[i].key) {
				t.Errorf("version %d is another key", e.version)
			}
		}
	})
}

// Whatever stands in the file of the ledger, it names no key that its holder
// did not write into it, and none out of turn.
func FuzzLedger(f *testing.F) {
	r, _ := ring(f)
	l, path := ledger(f, r)
	if err := l.Append(shreds...); err != nil {
		f.Fatal(err)
	}
	whole, err := readFile(path, forOthers)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole, 0, byte(0))
	f.Add(whole, len(whole)-3, byte(1))
	f.Add([]byte(ledgerHead+"7K4M2QX9C3TB5 2026-11-22T09:00:00.000001Z 3 00\n"), 0, byte(0))
	f.Fuzz(func(t *testing.T, text []byte, at int, flip byte) {
		if at < 0 || at >= len(text) {
			at = 0
		}
		b := bytes.Clone(text)
		if len(b) > 0 {
			b[at] ^= flip
		}
		for _, b := range [][]byte{b, append(bytes.Clone(whole), b...)} {
			list, _, _, err := l.parse(b)
			if err != nil && list != nil {
				t.Fatal("a ledger that is refused tells what it holds")
			}
			for i, one := range list {
				if i >= len(shreds) || one != shreds[i] {
					t.Fatalf("it names %+v", one)
				}
			}
		}
	})
}

// What is sealed at one place opens there with the same bytes, and at no other.
func FuzzPlace(f *testing.F) {
	r, _ := ring(f)
	key, _ := dataKey(f, r, "A")
	f.Add("answers", "sealed", "7K4M", 1, "answer", "ssealed", "7K4M", 1, []byte("she is safe"))
	f.Add("", "", "", 0, "", "", "", -1, []byte(nil))
	f.Add("a", "bc", "d", 2, "ab", "c", "d", 2, []byte{0})
	f.Fuzz(func(t *testing.T, table, column, row string, version int, table2, column2, row2 string, version2 int, plain []byte) {
		at, other := Place{table, column, row, version}, Place{table2, column2, row2, version2}
		system, err := r.Seal(plain, at)
		if err != nil {
			t.Fatal(err)
		}
		sealed := key.Seal(plain, at)
		got, err := key.Open(sealed, at)
		same, err2 := r.Open(system, at)
		if err != nil || err2 != nil || !bytes.Equal(got, plain) || !bytes.Equal(same, plain) {
			t.Fatalf("it does not open where it lies: %v, %v", err, err2)
		}
		if at == other {
			return
		}
		if _, err := key.Open(sealed, other); err == nil {
			t.Errorf("%+v opens at %+v", at, other)
		}
		if _, err := r.Open(system, other); err == nil {
			t.Errorf("a system row of %+v opens at %+v", at, other)
		}
	})
}
