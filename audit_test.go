package tools_test

import (
	"archive/tar"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A list of known weaknesses that nobody renewed for more than a month is said to be
// too old, by its newest file, and fails what judges by it; a newer one does not.
func TestOldListOfWeaknessesIsRefused(t *testing.T) {
	for name, one := range map[string]struct {
		days []int // how old its files are
		fits bool
	}{
		"of today":    {[]int{0}, true},
		"a month old": {[]int{400, 30, 90}, true},
		"older":       {[]int{33}, false},
		"much older":  {[]int{500, 499}, false},
		"none":        {nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			w := tar.NewWriter(&b)
			for _, d := range one.days {
				if err := w.WriteHeader(&tar.Header{Name: "vdb/ID/GO.json", Mode: 0o644, ModTime: time.Now().Add(-time.Duration(d) * 24 * time.Hour)}); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			list := filepath.Join(t.TempDir(), "list.tar")
			if err := os.WriteFile(list, b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			said, err := exec.CommandContext(t.Context(), "scripts/audit.sh", "aged", list).CombinedOutput()
			if (err == nil) != one.fits || len(one.days) > 0 && strings.Contains(string(said), "TOO OLD") == one.fits {
				t.Errorf("it ends with %v and says %s", err, said)
			}
		})
	}
}
