package main

import (
	"bytes"
	"crypto/sha256"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Of a list what fits the rules and what is shorter are marked apart, each once
// whatever its case, in order; what is too short, odd or a remark is left out, and
// of a list of rare ones all that does not fit the rules.
func TestMarks(t *testing.T) {
	folder := t.TempDir()
	plain, array, rare := filepath.Join(folder, "one.lst"), filepath.Join(folder, "two.json"), filepath.Join(folder, "three.txt")
	if err := os.WriteFile(rare, []byte("kitekitekitekite\nkelpkelp\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(plain, []byte("#!comment: made up\nmarbleotterlantern\r\nMarbleOtterLantern\nshort\nmarbleotter\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(array, []byte(`["lanternlanternlantern", "жирафыжирафыжирафы", "$HEX[6173646667686a6b]", "marbleotter"]`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(folder, []string{rare}, []string{plain, array}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]string{"long.marks": {"marbleotterlantern", "lanternlanternlantern", "kitekitekitekite"}, "short.marks": {"marbleotter"}} {
		var all [][]byte
		for _, w := range want {
			sum := sha256.Sum256([]byte(w))
			all = append(all, sum[:markSize])
		}
		slices.SortFunc(all, bytes.Compare)
		got, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil || !bytes.Equal(got, bytes.Join(all, nil)) {
			t.Errorf("%s holds %x, %v; want %x", name, got, err, all)
		}
	}
	if run("", nil, nil) == nil || run(folder, nil, []string{filepath.Join(folder, "none")}) == nil {
		t.Error("nothing is taken for a list")
	}
}
