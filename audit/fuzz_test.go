package audit

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/mod/sumdb/tlog"

	"nysreferral/ent"
)

// A text that is taken for a checkpoint is the one text of that checkpoint, and
// a signed one is taken only as it was signed.
func FuzzCheckpoint(f *testing.F) {
	signer, verifier, err := Keys(newRing(f))
	if err != nil {
		f.Fatal(err)
	}
	c := Checkpoint{Size: 12, Root: tlog.RecordHash([]byte("x")), Settled: 14, At: noon}
	signed, err := c.sign(signer)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(signed)
	f.Add(c.text())
	f.Add(strings.Replace(signed, "12", "012", 1))
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := parseText(text); err == nil && c.text() != text {
			t.Errorf("%q is read as %q", text, c.text())
		}
		if got, err := ParseCheckpoint([]byte(text), verifier); err == nil && got.text() != c.text() {
			t.Errorf("it was never signed: %+v", got)
		}
	})
}

// A line that may be kept is one line of JSON that prints, says what it was
// given, and is the text of no other line.
func FuzzLine(f *testing.F) {
	f.Add("read", "done", "7K4M", "A1", "reason", "rule", "10.0.0.0/24", 3)
	f.Add("sign_in", "refused", "a\nb", "\x1b[31m", "\u202eevil", "\"", "\\", -1)
	f.Add("x", "", `","refs":["y`, "", "\xff", "", "", 0)
	f.Fuzz(func(t *testing.T, action, outcome, ref, field, reason, rule, source string, actor int) {
		l := Line{At: noon, Actor: actor, Action: action, Outcome: outcome, Refs: []string{ref}, Fields: []string{field}, Reason: reason, Rule: rule, Source: source}
		e := &ent.AuditEntry{ID: 5, At: noon, Actor: actor, Action: action, Outcome: outcome, Refs: l.Refs, Fields: l.Fields, Reason: reason, Rule: rule, Source: source}
		out := text(3, e)
		if bytes.ContainsAny(out, "\r\n\x1b\x00") {
			t.Fatalf("more than one line: %q", out)
		}
		if l.check() != nil {
			return
		}
		for _, r := range string(out) {
			if !unicode.IsPrint(r) {
				t.Errorf("%q does not print", r)
			}
		}
		var says struct {
			Action, Outcome, Reason, Rule, Source string
			Refs, Fields                          []string
			Actor                                 int
		}
		if err := json.Unmarshal(out, &says); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if says.Action != action || says.Outcome != outcome || says.Reason != reason || says.Rule != rule || says.Source != source || says.Actor != actor ||
			len(says.Refs) != 1 || says.Refs[0] != ref || len(says.Fields) != 1 || says.Fields[0] != field {
			t.Errorf("%s says another thing than %+v", out, l)
		}
	})
}

// leafOf is a small log in memory: its lines as they are exported, the head over
// them and a proof of one.
func leafOf(f *testing.F) (export []byte, head string, proof Proof, check func(p Proof) error, whole func(b []byte) error) {
	f.Helper()
	signer, verifier, err := Keys(newRing(f))
	if err != nil {
		f.Fatal(err)
	}
	edge := &spine{}
	var hashes []tlog.Hash
	store := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(at))
		for i, n := range at {
			out[i] = hashes[n]
		}
		return out, nil
	})
	for n := range int64(5) {
		line := text(n, &ent.AuditEntry{ID: int(n) + 1, At: noon, Action: "read"})
		export = append(append(export, line...), '\n')
		more, err := tlog.StoredHashes(n, line, store)
		if err != nil {
			f.Fatal(err)
		}
		hashes = append(hashes, more...)
		edge.add(tlog.RecordHash(line))
	}
	if head, err = (Checkpoint{Size: 5, Root: edge.root(), Settled: 5, At: noon}).sign(signer); err != nil {
		f.Fatal(err)
	}
	path, err := tlog.ProveRecord(5, 2, store)
	if err != nil {
		f.Fatal(err)
	}
	proof = Proof{Place: 2, Line: string(text(2, &ent.AuditEntry{ID: 3, At: noon, Action: "read"})), Hashes: path, Checkpoint: head}
	return export, head, proof, func(p Proof) error { return p.Check(verifier) },
		func(b []byte) error { _, err := CheckExport(bytes.NewReader(b), []byte(head), verifier); return err }
}

// Of whatever claims to prove a line, what holds proves a line of the log and
// its place.
func FuzzProof(f *testing.F) {
	export, _, proof, check, _ := leafOf(f)
	if err := check(proof); err != nil {
		f.Fatal(err)
	}
	whole, err := json.Marshal(proof)
	if err != nil {
		f.Fatal(err)
	}
	lines := strings.Split(string(export), "\n")
	f.Add(whole)
	f.Add(bytes.Replace(whole, []byte(`"place":2`), []byte(`"place":3`), 1))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var p Proof
		if json.Unmarshal(b, &p) != nil || check(p) != nil {
			return
		}
		if p.Place < 0 || p.Place >= 5 || lines[p.Place] != p.Line {
			t.Errorf("it proves %q at %d", p.Line, p.Place)
		}
	})
}

// Of whatever claims to be an export, what agrees with the checkpoint holds the
// lines of the log and no other byte but the last line's end.
func FuzzExport(f *testing.F) {
	export, _, _, _, whole := leafOf(f)
	if err := whole(export); err != nil {
		f.Fatal(err)
	}
	f.Add(export)
	f.Add(export[:len(export)-1])
	f.Add(append(bytes.Clone(export), '\n'))
	f.Fuzz(func(t *testing.T, b []byte) {
		if whole(b) == nil && !bytes.Equal(bytes.TrimSuffix(b, []byte("\n")), bytes.TrimSuffix(export, []byte("\n"))) {
			t.Errorf("it agrees: %q", b)
		}
	})
}
