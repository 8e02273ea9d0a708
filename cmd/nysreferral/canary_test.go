package main

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf16"

	"nysreferral/forms"
	"nysreferral/store"
)

// canary is the nth made-up word that is planted: nobody else writes it, and it
// looks different in each encoding.
func canary(n int) string {
	digits := []byte(fmt.Sprintf("%04d", n))
	for i := range digits {
		digits[i] += 'a' - '0' // a name has no digits
	}
	return canaryStem + string(digits)
}

// canaryStem is in every planted word.
const canaryStem = "Zörnvögel"

// encodings are the ways in which a word is looked for.
func encodings(word string) map[string][]byte {
	out := map[string][]byte{"utf-8": []byte(word), "percent": []byte(url.QueryEscape(word)), "hex": []byte(hex.EncodeToString([]byte(word))),
		"upper hex": []byte(strings.ToUpper(hex.EncodeToString([]byte(word)))), "json": []byte(strings.ReplaceAll(word, "ö", `\u00f6`))}
	for _, c := range utf16.Encode([]rune(word)) {
		out["utf-16le"] = append(out["utf-16le"], byte(c), byte(c>>8))
		out["utf-16be"] = append(out["utf-16be"], byte(c>>8), byte(c))
	}
	for shift := range 3 { // whatever stands before it
		padded := append(bytes.Repeat([]byte{0}, shift), word...)
		for name, code := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
			text := code.EncodeToString(padded)
			from, to := (shift*8+5)/6, len(padded)*8/6
			out[fmt.Sprintf("%s at %d", name, shift)] = []byte(text[from:to])
		}
	}
	return out
}

// hits looks for the stem of the planted words in data in every encoding, and in
// what is packed in it.
func hits(data []byte) []string {
	var out []string
	for name, code := range encodings(canaryStem) {
		if bytes.Contains(data, code) {
			out = append(out, name)
		}
	}
	for _, packed := range unpacked(data) {
		for name, code := range encodings(canaryStem) {
			if bytes.Contains(packed, code) {
				out = append(out, "packed "+name)
			}
		}
	}
	return out
}

// unpacked are the streams of gzip, zlib and the PDF's deflate that begin
// anywhere in data, as far as they open.
func unpacked(data []byte) [][]byte {
	var out [][]byte
	read := func(r io.Reader, err error) {
		if err != nil {
			return
		}
		if plain, _ := io.ReadAll(io.LimitReader(r, 1<<20)); len(plain) > 0 {
			out = append(out, plain)
		}
	}
	for i := range len(data) - 2 {
		rest := data[i:min(len(data), i+1<<18)]
		switch {
		case rest[0] == 0x1f && rest[1] == 0x8b && rest[2] == 8:
			r, err := gzip.NewReader(bytes.NewReader(rest))
			read(r, err)
		case rest[0] == 0x78 && (int(rest[0])<<8|int(rest[1]))%31 == 0:
			r, err := zlib.NewReader(bytes.NewReader(rest))
			read(r, err)
		}
	}
	return out
}

// The scan finds a planted word in every encoding that it claims to know: what
// it does not find elsewhere is not there.
func TestScanFinds(t *testing.T) {
	word := "before " + canary(7) + " after"
	for name, code := range encodings(canary(7)) {
		if len(hits(append([]byte("\x00x"), code...))) == 0 {
			t.Errorf("%s is not found", name)
		}
	}
	for shift := range 5 {
		text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + word))
		if len(hits([]byte(text))) == 0 {
			t.Errorf("base64 after %d bytes is not found", shift)
		}
	}
	var zipped, deflated bytes.Buffer
	g := gzip.NewWriter(&zipped)
	z, err := zlib.NewWriterLevel(&deflated, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []io.WriteCloser{g, z} {
		if _, err := io.WriteString(w, strings.Repeat(word, 9)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for _, packed := range [][]byte{zipped.Bytes(), deflated.Bytes()} {
		if len(hits(append([]byte("%PDF stream\n"), packed...))) == 0 {
			t.Error("a packed word is not found")
		}
	}
	if found := hits([]byte("nothing of " + strings.Repeat("anybody ", 100))); len(found) > 0 {
		t.Errorf("found %v where nothing is", found)
	}
}

// plant writes a word into every text of r: into all when every is set, else
// beside what stands there already. It returns how many it planted.
func plant(r *forms.Referral, every bool, from int) int {
	n := 0
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				if name := v.Type().Field(i).Tag.Get("json"); v.Field(i).CanSet() && name != "priorReference" && name != "referrerExtension" { // which take no words
					walk(v.Field(i))
				}
			}
		case reflect.Slice:
			if every && v.Len() == 0 && v.Type().Elem().Kind() == reflect.Struct {
				v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			}
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.String:
			name := v.Type().Name()
			if text := v.String(); name != "Text" && name != "Prose" && name != "Name" || !every && text == "" {
				return
			}
			n++
			if word := canary(from + n); every {
				v.SetString(word)
			} else {
				v.SetString(v.String() + " " + word)
			}
		}
	}
	walk(reflect.ValueOf(r).Elem())
	return n
}

// scanFiles scans every file below the folders.
func scanFiles(t *testing.T, folders ...string) (found []string, files int) {
	t.Helper()
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			files++
			for _, hit := range hits(data) {
				found = append(found, filepath.Base(path)+" "+hit)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found, files
}

// scanRows scans every column of every table.
func scanRows(t *testing.T, db *store.DB) (found []string, rows int) {
	t.Helper()
	list := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`
	if db.Dialect() == store.Postgres {
		list = `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'`
	}
	for _, table := range cells(t, db, list) {
		for _, row := range cells(t, db, `SELECT * FROM "`+string(table)+`"`) {
			rows++
			for _, hit := range hits(row) {
				found = append(found, string(table)+" "+hit)
			}
		}
	}
	return found, rows
}

// cells returns each row of a query with its values beside each other.
func cells(t *testing.T, db *store.DB, query string) (out [][]byte) {
	t.Helper()
	rows, err := db.Read().QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values, into := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		var row []byte
		for i, v := range values {
			if b, ok := v.([]byte); ok {
				row = append(row, b...)
			} else {
				row = fmt.Append(row, v)
			}
			if i < len(values)-1 {
				row = append(row, ' ')
			}
		}
		out = append(out, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
