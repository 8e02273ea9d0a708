package audit

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"nysreferral/store"
	"nysreferral/store/storetest"
)

// Checkpoints are found in a file to which they were appended and in mail as it
// travels, each once; one that was cut short is none.
func TestAnchors(t *testing.T) {
	ring := newRing(t)
	signer, _, err := Keys(ring)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for n := range int64(3) {
		signed, err := Checkpoint{Size: n + 7, At: noon}.sign(signer)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, signed)
	}
	mailed := "Subject: =?utf-8?q?a?=\r\n\r\nKeep it.\r\n\r\n" + strings.ReplaceAll(quotedText(all[2]), "\n", "\r\n")
	text := all[1] + "\n" + all[0] + "\n" + mailed + "\r\n" + all[2] + "\n" + all[1][:len(all[1])/2]
	got := Anchors([]byte(text))
	if len(got) != 3 || string(got[0]) != all[1] || string(got[1]) != all[0] || string(got[2]) != all[2] {
		t.Fatalf("%d found: %q", len(got), got)
	}
	if got := Anchors([]byte(strings.TrimSuffix(all[0], "\n"))); len(got) != 1 || string(got[0]) != all[0] {
		t.Errorf("without the end of its last line: %q", got)
	}
	lines := strings.Split(all[0], "\n")
	for _, n := range []int{0, 5, 6} {
		other := slices.Clone(lines)
		other[n] = "x" + other[n]
		if got := Anchors([]byte(strings.Join(other, "\n"))); len(got) != 0 {
			t.Errorf("line %d changed: %q", n, got)
		}
	}
	if got := Anchors([]byte(mailed)); len(got) != 1 || string(got[0]) != all[2] {
		t.Errorf("in a mail: %q", got)
	}
}

// quotedText is a text as mail writes it: of seven bits, in lines of 40.
func quotedText(s string) string {
	var b bytes.Buffer
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.ReplaceAll(strings.ReplaceAll(line, "=", "=3D"), "—", "=E2=80=94")
		for len(line) > 40 && !strings.Contains(line[36:40], "=") {
			b.WriteString(line[:40] + "=\n")
			line = line[40:]
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// A log that was cut or put back to an earlier copy, and gone on with or not, does
// not go on from what was kept outside, and says so at once; one that grew does.
// What no kept checkpoint covers is known by when it was signed.
func TestContinues(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ring, kept := grown(t, db)
		v := verifier(t, ring)
		want := func(kept []byte, want *Finding) {
			t.Helper()
			got, err := Continues(t.Context(), db, v, kept)
			if err != nil || (got == nil) != (want == nil) || got != nil && *got != *want {
				t.Errorf("found %+v, want %+v (%v)", got, want, err)
			}
		}
		for _, k := range kept {
			want(k, nil)
		}
		want([]byte("nysreferral/audit\n"), &Finding{NotKept, -1, -1, 0})
		since := func(size int64) time.Time {
			at, err := UnanchoredSince(t.Context(), db, size)
			if err != nil {
				t.Fatal(err)
			}
			return at
		}
		if !since(size).IsZero() || !since(first).Equal(noon.Truncate(time.Microsecond)) {
			t.Errorf("uncovered since %s, %s", since(size), since(first))
		}
		restore := save(t, db)
		tamper(t, db, `DELETE FROM audit_entries WHERE id > 400`, `DELETE FROM audit_leaves WHERE "index" >= 400`,
			`DELETE FROM audit_checkpoints WHERE id > 2`, `DELETE FROM audit_hashes WHERE id > 1`)
		want(kept[1], nil)
		want(kept[2], &Finding{Shortened, 400, 599, 0})
		add(t, db, many(third+1, "other")...)
		take(t, newTree(t, db, ring), third+1)
		want(kept[1], nil)
		want(kept[2], &Finding{Forked, 0, 599, 0})
		restore()
		tamper(t, db, `UPDATE audit_checkpoints SET text = replace(text, 'time 2', 'time 1') WHERE id = 3`)
		want(kept[0], &Finding{Signature, -1, -1, 0})
		restore()
		run(t, db, `UPDATE audit_leaves SET hash = $1 WHERE "index" = 350`, []byte{1})
		want(kept[1], &Finding{Hashes, 0, 399, 0})
		restore()
		tamper(t, db, `DELETE FROM audit_leaves WHERE "index" = 350`)
		want(kept[1], &Finding{Hashes, 0, 399, 0})
		tamper(t, db, `DELETE FROM audit_entries`, `DELETE FROM audit_leaves`, `DELETE FROM audit_checkpoints`, `DELETE FROM audit_hashes`)
		want(kept[0], &Finding{Shortened, 0, 249, 0})
	})
}

// A glance says what the newest checkpoint says, what waits, and that hashes or
// the signature are not what they were.
func TestGlance(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		one := sibling(t, db)
		single := newRing(t)
		add(t, one, line("open"))
		take(t, newTree(t, one, single), 1)
		if _, r, err := Glance(t.Context(), one, verifier(t, single)); err != nil || r.Bad != nil || r.Lines != 1 {
			t.Errorf("of one line: %+v, %v", r, err)
		}
		tamper(t, one, `UPDATE audit_leaves SET hash = (SELECT hash || hash FROM audit_leaves)`)
		if _, r, err := Glance(t.Context(), one, verifier(t, single)); err != nil || r.Bad == nil || *r.Bad != (Finding{Hashes, 0, 0, 0}) {
			t.Errorf("of one line that was changed: %+v, %v", r.Bad, err)
		}
		tamper(t, one, `DELETE FROM audit_checkpoints`)
		if _, r, err := Glance(t.Context(), one, verifier(t, single)); err != nil || r.Bad == nil || *r.Bad != (Finding{Unsigned, 0, 0, 0}) {
			t.Errorf("of one line that nobody signed: %+v, %v", r.Bad, err)
		}
		if head, r, err := Glance(t.Context(), db, verifier(t, newRing(t))); err != nil || r.Bad != nil || head.Size != 0 {
			t.Errorf("an empty log: %+v %+v %v", head, r, err)
		}
		ring, _ := grown(t, db)
		v := verifier(t, ring)
		add(t, db, line("later"))
		head, r, err := Glance(t.Context(), db, v)
		if err != nil || r.Bad != nil || head.Size != size || !head.At.Equal(noon.Truncate(time.Microsecond)) || r.Waiting != 1 || r.Oldest == nil {
			t.Errorf("%+v %+v %v", head, r, err)
		}
		restore := save(t, db)
		for what, statement := range map[What]string{
			Hashes:    `UPDATE audit_leaves SET hash = (SELECT hash FROM audit_leaves WHERE "index" = 1) WHERE "index" = 599`,
			Signature: `UPDATE audit_checkpoints SET text = replace(text, 'time 2', 'time 1') WHERE id = 3`,
			Unsigned:  `DELETE FROM audit_checkpoints WHERE id = 3`,
		} {
			tamper(t, db, statement)
			if _, r, err := Glance(t.Context(), db, v); err != nil || r.Bad == nil || r.Bad.What != what {
				t.Errorf("%s: found %+v (%v)", what, r.Bad, err)
			}
			restore()
		}
		for name, statement := range map[string]string{
			"changed": `UPDATE audit_leaves SET hash = (SELECT hash FROM audit_leaves WHERE "index" = 1) WHERE "index" = 599`,
			"gone":    `DELETE FROM audit_leaves WHERE "index" = 598`,
		} {
			tamper(t, db, statement)
			head, r, err := Glance(t.Context(), db, v)
			if err != nil || r.Bad == nil || *r.Bad != (Finding{Hashes, 0, 599, 0}) || r.Lines != size || head.Size != size {
				t.Errorf("a leaf %s: found %+v of %d, %+v (%v)", name, r.Bad, r.Lines, head, err)
			}
			restore()
		}
	})
}
