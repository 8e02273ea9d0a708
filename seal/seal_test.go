package seal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var at = Place{Table: "answers", Column: "sealed", Row: "7K4M2QX9C3TB5", Version: 2}

func ring(t testing.TB) (*Ring, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys")
	if err := Create(path, time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	r, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return r, path
}

func dataKey(t testing.TB, r *Ring, ref string) (Key, []byte) {
	t.Helper()
	key, wrapped, err := r.NewKey(ref)
	if err != nil {
		t.Fatal(err)
	}
	return key, wrapped
}

// elsewhere is every place that differs from at in one part, and those where
// two parts run into each other.
func elsewhere() map[string]Place {
	return map[string]Place{
		"table":       {Table: "additions", Column: at.Column, Row: at.Row, Version: at.Version},
		"column":      {Table: at.Table, Column: "facets", Row: at.Row, Version: at.Version},
		"row":         {Table: at.Table, Column: at.Column, Row: "7K4M2QX9C3TB6", Version: at.Version},
		"older":       {Table: at.Table, Column: at.Column, Row: at.Row, Version: 1},
		"newer":       {Table: at.Table, Column: at.Column, Row: at.Row, Version: 3},
		"negative":    {Table: at.Table, Column: at.Column, Row: at.Row, Version: -2},
		"run left":    {Table: at.Table + "s", Column: "ealed", Row: at.Row, Version: at.Version},
		"run right":   {Table: at.Table, Column: at.Column + "7", Row: at.Row[1:], Version: at.Version},
		"empty table": {Column: at.Column, Row: at.Row, Version: at.Version},
		"empty":       {},
	}
}

// What lies in another table, column, row or version does not open, whichever
// way it was sealed.
func TestMovedDoesNotOpen(t *testing.T) {
	r, _ := ring(t)
	key, _ := dataKey(t, r, at.Row)
	sealed := key.Seal([]byte("she is safe"), at)
	system, err := r.Seal([]byte("a setting"), at)
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range elsewhere() {
		t.Run(name, func(t *testing.T) {
			if _, err := key.Open(sealed, p); !errors.Is(err, ErrOpen) {
				t.Errorf("an answer opened at %+v: %v", p, err)
			}
			if _, err := r.Open(system, p); !errors.Is(err, ErrOpen) {
				t.Errorf("a system row opened at %+v: %v", p, err)
			}
		})
	}
}

// A key opens what it sealed and nothing that another key or another way
// sealed.
func TestWrongKeyDoesNotOpen(t *testing.T) {
	r, _ := ring(t)
	stranger, _ := ring(t)
	key, wrapped := dataKey(t, r, "A")
	other, _ := dataKey(t, r, "A")
	sealed := key.Seal([]byte("plain"), at)
	if _, err := other.Open(sealed, at); !errors.Is(err, ErrOpen) {
		t.Error("another data key of the same referral opened it")
	}
	if _, err := r.Key(wrapped, "B"); !errors.Is(err, ErrOpen) {
		t.Error("the data key opened for another referral")
	}
	if _, err := stranger.Key(wrapped, "A"); !errors.Is(err, ErrOpen) {
		t.Error("the data key opened with another key file")
	}
	if _, err := r.Open(sealed, at); !errors.Is(err, ErrOpen) {
		t.Error("an answer opened as a system row")
	}
	if _, err := (Key{}).Open(sealed, at); !errors.Is(err, ErrOpen) {
		t.Error("the zero key opened something")
	}
	again, err := r.Key(wrapped, "A")
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := again.Open(sealed, at); err != nil || string(plain) != "plain" {
		t.Errorf("its own key opened %q, %v", plain, err)
	}
}

// Any single changed bit and any missing byte is found, in answers, in wrapped
// keys and in system rows.
func TestChangedDoesNotOpen(t *testing.T) {
	r, _ := ring(t)
	key, wrapped := dataKey(t, r, at.Row)
	system, err := r.Seal([]byte("a setting"), at)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]struct {
		bytes []byte
		open  func([]byte) error
	}{
		"answer": {key.Seal([]byte("she is safe"), at), func(b []byte) error { _, err := key.Open(b, at); return err }},
		"key":    {wrapped, func(b []byte) error { _, err := r.Key(b, at.Row); return err }},
		"system": {system, func(b []byte) error { _, err := r.Open(b, at); return err }},
	}
	for name, k := range kinds {
		t.Run(name, func(t *testing.T) {
			if err := k.open(k.bytes); err != nil {
				t.Fatalf("unchanged: %v", err)
			}
			for i := range k.bytes {
				for bit := range 8 {
					b := bytes.Clone(k.bytes)
					b[i] ^= 1 << bit
					if err := k.open(b); !errors.Is(err, ErrOpen) {
						t.Fatalf("bit %d of byte %d changed: %v", bit, i, err)
					}
				}
				if err := k.open(k.bytes[:i]); !errors.Is(err, ErrOpen) {
					t.Fatalf("cut to %d bytes: %v", i, err)
				}
			}
			if err := k.open(append(bytes.Clone(k.bytes), 0)); !errors.Is(err, ErrOpen) {
				t.Fatal("one byte more opened")
			}
		})
	}
}

// The same answer sealed twice looks different, and the sealed bytes hold
// nothing of it.
func TestSealedTellsNothing(t *testing.T) {
	r, _ := ring(t)
	key, _ := dataKey(t, r, at.Row)
	plain := []byte("she is safe at her aunt's")
	a, b := key.Seal(plain, at), key.Seal(plain, at)
	if bytes.Equal(a, b) {
		t.Error("two seals of one answer are the same")
	}
	if bytes.Contains(a, plain[:8]) {
		t.Error("the sealed bytes hold the answer")
	}
}

// Sealing without a key stops the program rather than storing an open answer.
func TestNoKeyDoesNotSeal(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("the zero key sealed")
		}
	}()
	Key{}.Seal([]byte("plain"), at)
}

// After rotation everything old still opens, new data keys use the new
// version, rewrapped keys open the same answers, and a retired version opens
// nothing.
func TestRotate(t *testing.T) {
	r1, path := ring(t)
	key, wrapped := dataKey(t, r1, "A")
	sealed := key.Seal([]byte("plain"), at)
	system, err := r1.Seal([]byte("setting"), at)
	if err != nil {
		t.Fatal(err)
	}
	pepper, _ := r1.Derive("pepper/1")

	if v, err := Rotate(path, time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)); v != 2 || err != nil {
		t.Fatalf("Rotate: %d, %v", v, err)
	}
	r2, err := Load(path)
	if err != nil || r2.Current() != 2 {
		t.Fatalf("Load: %v", err)
	}
	if got, _ := r2.Derive("pepper/1"); !bytes.Equal(got, pepper) {
		t.Error("rotation changed a derived secret: every password would be lost")
	}
	if _, err := r2.Open(system, at); err != nil {
		t.Errorf("an older system row: %v", err)
	}
	again, changed, err := r2.Rewrap(wrapped, "A")
	if err != nil || !changed {
		t.Fatalf("Rewrap: %v, %v", changed, err)
	}
	if _, changed, _ := r2.Rewrap(again, "A"); changed {
		t.Error("a key of the current version was wrapped again")
	}
	if _, _, err := r2.Rewrap(wrapped, "B"); !errors.Is(err, ErrOpen) {
		t.Error("a key was wrapped again for another referral")
	}
	if err := Retire(path, 2); err == nil {
		t.Error("the current version was retired")
	}
	if err := Retire(path, 1); err != nil {
		t.Fatal(err)
	}
	r3, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r3.Key(wrapped, "A"); !errors.Is(err, ErrOpen) {
		t.Error("a key wrapped under the retired version opened")
	}
	same, err := r3.Key(again, "A")
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := same.Open(sealed, at); err != nil || string(plain) != "plain" {
		t.Errorf("after rotation %q, %v", plain, err)
	}
}

// Derived secrets differ by label and by key file.
func TestDerive(t *testing.T) {
	r, _ := ring(t)
	other, _ := ring(t)
	a, _ := r.Derive("a")
	b, _ := r.Derive("b")
	c, _ := other.Derive("a")
	again, _ := r.Derive("a")
	if bytes.Equal(a, b) || bytes.Equal(a, c) || !bytes.Equal(a, again) || len(a) != KeySize {
		t.Error("derived secrets are not set apart by label and key file")
	}
}

// Keys print, log and marshal as "(withheld)", also inside other values.
func TestWithheld(t *testing.T) {
	r, _ := ring(t)
	key, _ := dataKey(t, r, "A")
	holder := struct {
		Ring *Ring
		Key  Key
		hid  Key
	}{r, key, key}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "ring", r, "key", key, "holder", holder)
	asJSON, err := json.Marshal(holder)
	if err != nil {
		t.Fatal(err)
	}
	out := fmt.Sprintf("%v %+v %#v %x %s %d %v", r, *r, key, key, holder.Key, *r, holder) + log.String() + string(asJSON)
	for _, secret := range [][]byte{r.keys().root, r.keys().keys[1]} {
		for _, form := range []string{string(secret), fmt.Sprintf("%x", secret), fmt.Sprint(secret), fmt.Sprintf("%#v", secret)} {
			if strings.Contains(out, strings.Trim(form, "[]")) {
				t.Errorf("a secret is printed in %q", out)
			}
		}
	}
	if strings.Count(out, withheld) < 9 {
		t.Errorf("not withheld everywhere: %s", out)
	}
}

// Everything here runs when only approved algorithms are allowed.
func TestFIPSOnly(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-test.run=TestMoved|TestChanged|TestRotate|TestDerive")
	cmd.Env = append(os.Environ(), "GODEBUG=fips140=only")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("under fips140=only: %v\n%s", err, out)
	}
}

// No bytes whatever open or stop the program.
func FuzzOpen(f *testing.F) {
	r, _ := ring(f)
	key, wrapped := dataKey(f, r, at.Row)
	system, err := r.Seal([]byte("x"), at)
	if err != nil {
		f.Fatal(err)
	}
	sealed := key.Seal([]byte("x"), at)
	for _, seed := range [][]byte{nil, {1}, {2, 0, 0, 0, 1}, sealed[:len(sealed)-1], wrapped[1:], append(bytes.Clone(system), 1)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := key.Open(b, at); !errors.Is(err, ErrOpen) {
			t.Errorf("answer: %v", err)
		}
		if _, err := r.Open(b, at); !errors.Is(err, ErrOpen) {
			t.Errorf("system: %v", err)
		}
		if _, err := r.Key(b, at.Row); !errors.Is(err, ErrOpen) {
			t.Errorf("key: %v", err)
		}
		if _, _, err := decode(b); err == nil {
			t.Error("a key file was read")
		}
	})
}
