package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"nysreferral/store"
	"nysreferral/store/storetest"
)

// An export is checked without the database, and a line more, less, changed or
// elsewhere is found.
func TestExport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ring := newRing(t)
		v := verifier(t, ring)
		var out bytes.Buffer
		if _, err := Export(t.Context(), db, &out); !errors.Is(err, ErrEmpty) {
			t.Errorf("an empty log: %v", err)
		}
		add(t, db, many(300, "open")...)
		take(t, newTree(t, db, ring), 300)
		add(t, db, line("waits"))
		head, err := Export(t.Context(), db, &out)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.SplitAfter(strings.TrimSuffix(out.String(), "\n"), "\n")
		check := func(l []string) error {
			_, err := CheckExport(strings.NewReader(strings.Join(l, "")), []byte(head), v)
			return err
		}
		if n, err := CheckExport(&out, []byte(head), v); n != 300 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		swapped := append([]string{lines[1], lines[0]}, lines[2:]...)
		changed := append([]string{strings.Replace(lines[0], "open", "shut", 1)}, lines[1:]...)
		for name, l := range map[string][]string{"none": nil, "less": lines[:299], "without first": lines[1:], "more": append(lines[:300:300], lines[0]), "swapped": swapped, "changed": changed, "an empty one": append(lines[:300:300], "\n\n")} {
			if err := check(l); !errors.Is(err, ErrProof) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := CheckExport(strings.NewReader(""), []byte(head), verifier(t, newRing(t))); !errors.Is(err, ErrCheckpoint) {
			t.Errorf("another key: %v", err)
		}
	})
}

// A proof holds for its line at its place and for nothing else, also after a
// way through JSON.
func TestProve(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ring := newRing(t)
		v := verifier(t, ring)
		const lines = 2*256 + 77
		add(t, db, many(lines, "open")...)
		if _, err := Prove(t.Context(), db, 1); !errors.Is(err, ErrNotTaken) {
			t.Errorf("before it is taken in: %v", err)
		}
		take(t, newTree(t, db, ring), lines)
		for _, entry := range []int{1, 2, 255, 256, 257, 300, 512, 513, lines - 1, lines} {
			p, err := Prove(t.Context(), db, entry)
			if err != nil {
				t.Fatal(err)
			}
			raw, err := json.Marshal(p)
			if err != nil || len(raw) > 3<<10 {
				t.Errorf("%d bytes, %v", len(raw), err)
			}
			var back Proof
			if err := json.Unmarshal(raw, &back); err != nil {
				t.Fatal(err)
			}
			if err := back.Check(v); err != nil || !strings.Contains(back.Line, fmt.Sprintf(`"id":%d,`, entry)) {
				t.Errorf("line %d: %v", entry, err)
			}
			for name, change := range map[string]func(p *Proof){
				"line":     func(p *Proof) { p.Line = strings.Replace(p.Line, "open", "shut", 1) },
				"place":    func(p *Proof) { p.Place++ },
				"hash":     func(p *Proof) { p.Hashes = append([]tlog.Hash{{1}}, p.Hashes[1:]...) },
				"one less": func(p *Proof) { p.Hashes = p.Hashes[1:] },
			} {
				bad := p
				change(&bad)
				if err := bad.Check(v); !errors.Is(err, ErrProof) {
					t.Errorf("line %d, %s changed: %v", entry, name, err)
				}
			}
			if err := p.Check(verifier(t, newRing(t))); !errors.Is(err, ErrCheckpoint) {
				t.Errorf("another key: %v", err)
			}
		}
	})
}

// A proof is of a line that says its own place, though the key of the log signed
// another.
func TestProofOfAnother(t *testing.T) {
	ring := newRing(t)
	signer, v, err := Keys(ring)
	if err != nil {
		t.Fatal(err)
	}
	for text, good := range map[string]bool{`{"v":1,"n":0}`: true, `{"v":1,"n":1}`: false, `{"v":1,"n":-1}`: false, `none`: false, `{"n":0} and more`: false} {
		edge := &spine{}
		edge.add(tlog.RecordHash([]byte(text)))
		head, err := Checkpoint{Size: 1, Root: edge.root(), At: noon}.sign(signer)
		if err != nil {
			t.Fatal(err)
		}
		if err := (Proof{Line: text, Checkpoint: head}).Check(v); (err == nil) != good || !good && !errors.Is(err, ErrProof) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// halfRead is read once, fails once, and ends.
type halfRead struct{ reads int }

func (h *halfRead) Read(b []byte) (int, error) {
	switch h.reads++; h.reads {
	case 1:
		return copy(b, "a line\n"), nil
	case 2:
		return 0, io.ErrUnexpectedEOF
	}
	return 0, io.EOF
}

// An export that could not be read to its end, and one that could not be written to
// it, are told of.
func TestExportIsCutShort(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ring, head := short(t, db, 12)
		if n, err := CheckExport(&halfRead{}, head, verifier(t, ring)); n != 1 || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("read in part: %d, %v", n, err)
		}
		read, write := io.Pipe()
		_ = read.CloseWithError(io.ErrShortWrite)
		if head, err := Export(bounded(t), db, write); head != "" || !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("written in part: %q, %v", head, err)
		}
	})
}

// Of a log whose line, leaf and checkpoint do not belong together no line is
// proved, and what lacks a line is not exported.
func TestProveBroken(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		grown(t, db)
		restore := save(t, db)
		for name, change := range map[string]string{
			"no line":       `DELETE FROM audit_entries WHERE id = 610`,
			"no checkpoint": `DELETE FROM audit_checkpoints`,
			"an older one":  `DELETE FROM audit_checkpoints WHERE id = 3`,
			"just behind":   `UPDATE audit_checkpoints SET size = 599 WHERE id = 3`,
		} {
			tamper(t, db, change)
			if p, err := Prove(t.Context(), db, 610); !errors.Is(err, ErrBroken) || p.Line != "" {
				t.Errorf("%s: %+v, %v", name, p, err)
			}
			restore()
		}
		if _, err := Prove(t.Context(), db, 610); err != nil {
			t.Errorf("put back: %v", err)
		}
		tamper(t, db, `DELETE FROM audit_entries WHERE id = 610`)
		var out bytes.Buffer
		if head, err := Export(t.Context(), db, &out); !errors.Is(err, ErrBroken) || head != "" {
			t.Errorf("exported without a line: %v", err)
		}
	})
}
