package forms

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/security/fields.md anew")

// Every section has a purpose and what permits it, every purpose a section, and
// every question and fact somebody who reads it: what nobody reads is not asked.
func TestEveryFieldServes(t *testing.T) {
	sections := map[string]bool{}
	var read func(fields []*Field)
	read = func(fields []*Field) {
		for _, f := range fields {
			if len(f.Sees) == 0 && len(f.Fields) == 0 {
				t.Errorf("%s is read by nobody", f.ID)
			}
			for r, cond := range f.Sees {
				if cond != "" && only[cond] == "" {
					t.Errorf("%s: %s reads it on a condition without words, %q", f.ID, r, cond)
				}
			}
			read(f.Fields)
		}
	}
	for _, form := range []*Form{Questions, Reviews, Routes} {
		for _, s := range form.Sections {
			sections[s.ID] = true
			if p, ok := PurposeOf(s.ID); !ok || p.Why == "" || p.Law == "" {
				t.Errorf("section %s has no purpose", s.ID)
			}
			read(s.Fields)
		}
	}
	for _, p := range Purposes {
		if !sections[p.Section] {
			t.Errorf("%s is the purpose of no section", p.Section)
		}
	}
}

// docs/security/fields.md is what the declaration says.
func TestDataMapIsFresh(t *testing.T) {
	const file = "../docs/security/fields.md"
	var b bytes.Buffer
	if err := DataMap(&b); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, b.Bytes()) || !strings.Contains(b.String(), "| G14 |") {
		t.Fatal("docs/security/fields.md is not what the form says; read the difference, then run: go test ./forms -run TestDataMapIsFresh -update")
	}
}
