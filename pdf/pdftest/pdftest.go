// Package pdftest reads PDFs back in tests, with other programs than ours.
package pdftest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Run gives the PDF to a program and returns what it says; "@" among args stands
// for the PDF's file. Without the program the test is skipped, under CI it fails.
func Run(t testing.TB, pdf []byte, name string, args ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, a := range args {
		if a == "@" {
			args[i] = file
		}
	}
	out, err := exec.CommandContext(t.Context(), Tool(t, name), args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

// Text returns the text of a PDF, laid out as on its pages.
func Text(t testing.TB, pdf []byte) string {
	t.Helper()
	return Run(t, pdf, "pdftotext", "-layout", "@", "-")
}

// Tool returns the path of a program that reads PDFs. Without it the test is skipped,
// under CI it fails.
func Tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is not installed (Debian: poppler-utils, qpdf)", name)
	}
	t.Skipf("SKIPPED: %s is not installed (Debian: poppler-utils, qpdf); nothing was checked", name)
	return ""
}
