package referrals_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nysreferral/attach"
	"nysreferral/blob"
	"nysreferral/cases"
	"nysreferral/demo"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// scanner stands for clamd: it calls harmful what holds a word, and may be down.
type scanner struct{ down bool }

// Scan looks for the word.
func (s *scanner) Scan(_ context.Context, b []byte) (string, error) {
	if s.down {
		return "", errors.New("nobody answers")
	}
	if bytes.Contains(b, []byte("EICAR")) {
		return "Eicar-Test", nil
	}
	return "", nil
}

// withFiles gives the State a store of files and a scanner that is down.
func withFiles(t *testing.T, s *demo.State) (folder string, scans *scanner) {
	t.Helper()
	folder = filepath.Join(t.TempDir(), "files")
	store, err := blob.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	scans = &scanner{down: true}
	s.Door.Files, s.Door.Taker, s.Door.Scanner = store, attach.New(attach.Limits{}), scans
	return folder, scans
}

// note is a text file about what somebody heard.
func note(kind forms.PaperKind, words string, passOn forms.YesNo) referrals.Attaching {
	return referrals.Attaching{Kind: kind, Text: "Notes", PassOn: passOn, Name: `C:\Users\x\Maria at the safe house.txt`, From: strings.NewReader(words)}
}

// inFolder are the names of the blobs there.
func inFolder(t *testing.T, folder string) []string {
	t.Helper()
	list, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range list {
		out = append(out, e.Name())
	}
	return out
}

// draftWith begins a draft of case n's referrer with its answers.
func draftWith(t *testing.T, s *demo.State, n int) referrals.Seen {
	t.Helper()
	s.Clock.Set(cases.Load(n).Now)
	r, _, err := demo.Referral(n, "")
	if err != nil {
		t.Fatal(err)
	}
	seen, err := s.Door.Import(t.Context(), s.As(demo.Referrers[n]), r)
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

func mustAttach(t *testing.T, s *demo.State, who, ref string, a referrals.Attaching) referrals.Seen {
	t.Helper()
	seen, err := s.Door.Attach(t.Context(), s.As(who), ref, a)
	if err != nil {
		t.Fatalf("%s adds a file: %v", who, err)
	}
	return seen
}

// scanAll lets the job run for files 1 to 10 of ref.
func scanAll(t *testing.T, s *demo.State, ref string) error {
	t.Helper()
	var errs []error
	for n := range 10 {
		errs = append(errs, s.Door.Scan(t.Context(), referrals.ScanFile{Ref: ref, N: n + 1}))
	}
	return errors.Join(errs...)
}

// states are the states of the files as a reader sees them, by number.
func states(rec referrals.Record) map[int]string {
	out := map[int]string{}
	it := rec.View.Item("files")
	if it == nil {
		return out
	}
	for _, row := range it.Rows {
		n, state := 0, ""
		for _, sub := range row {
			if sub.Name == "number" {
				n, _ = sub.Value.(int)
			}
			if sub.Name == "state" {
				state, _ = sub.Value.(string)
			}
		}
		out[n] = state
	}
	return out
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	var bad forms.Problems
	if errors.As(err, &bad) {
		return bad.Of("file")
	}
	return err.Error()
}

// recipientOf is the account of the recipient of hand-over 1.
func recipientOf(t *testing.T, s *demo.State, ref string) string {
	t.Helper()
	for _, a := range s.Accounts {
		if a.Duty != workflow.Recipient {
			continue
		}
		if _, err := s.Door.Open(t.Context(), a.Actor, ref, referrals.Want{}); err == nil {
			return a.Key
		}
	}
	t.Fatal("nobody received it")
	return ""
}

// wantFile tries files 1 and 2 as each account.
func wantFile(t *testing.T, s *demo.State, ref string, may map[string][]bool) {
	t.Helper()
	for who, list := range may {
		for i, want := range list {
			got, err := s.Door.File(t.Context(), s.As(who), ref, i+1)
			switch {
			case want && (err != nil || got.Media != "text/plain; charset=utf-8" || !strings.HasPrefix(got.Name, "file-")):
				t.Errorf("%s opens file %d: %+v %v", who, i+1, got, err)
			case !want && fault.KindOf(err) != fault.NotFound:
				t.Errorf("%s opens file %d: %v", who, i+1, err)
			}
		}
	}
}

// runDrops works the jobs that take blobs away, and says how many there were.
func runDrops(t *testing.T, s *demo.State) int {
	t.Helper()
	rows, err := s.DB.Read().QueryContext(t.Context(), `SELECT args FROM river_job WHERE kind = 'drop_blobs'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var text []byte
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		n++
		var names []string
		for word := range strings.FieldsFuncSeq(string(text), func(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'f') }) {
			names = append(names, word)
		}
		if err := s.Door.DropBlobs(t.Context(), referrals.DropBlobs{Names: names}); err != nil {
			t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return n
}

// sends is a reader in the middle of which something happens.
type sends struct {
	text string
	then func()
}

// Read reads all at once.
func (s sends) Read(p []byte) (int, error) {
	s.then()
	return copy(p, s.text), errEOF
}

var errEOF = func() error { _, err := strings.NewReader("").Read(make([]byte, 1)); return err }()
