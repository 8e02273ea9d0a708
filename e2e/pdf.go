package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
)

// PDFText returns the text of a PDF as poppler reads it, page after page, each
// ended by a form feed.
func PDFText(t testing.TB, pdf []byte) string {
	t.Helper()
	return tool(t, pdf, "pdftotext", "-enc", "UTF-8", "-layout", "-", "-")
}

// PDFValid fails the test when a PDF is not one, as two readers independent of
// the program and of each other see it.
func PDFValid(t testing.TB, pdf []byte) {
	t.Helper()
	conf := reader()
	conf.ValidationMode = model.ValidationStrict
	if err := api.Validate(bytes.NewReader(pdf), conf); err != nil {
		t.Errorf("e2e: the PDF is wrong: %v", err)
	}
	file := filepath.Join(t.TempDir(), "checked.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatalf("e2e: keeping a PDF: %v", err)
	}
	tool(t, nil, "qpdf", "--check", file)
}

// PDFPages returns how many pages a PDF has.
func PDFPages(t testing.TB, pdf []byte) int {
	t.Helper()
	n, err := api.PageCount(bytes.NewReader(pdf), reader())
	if err != nil {
		t.Fatalf("e2e: counting the pages of a PDF: %v", err)
	}
	return n
}

// homeless keeps pdfcpu from writing settings into the home of who runs it.
var homeless = sync.OnceFunc(api.DisableConfigDir)

// reader returns how PDFs are read here: asking nobody on the network.
func reader() *model.Configuration {
	homeless()
	conf := model.NewDefaultConfiguration()
	conf.Offline = true
	return conf
}

// tool runs a command on a PDF and returns what it prints.
func tool(t testing.TB, pdf []byte, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		Missing(t, name, "scripts/ensure-pdf-tools.sh")
	}
	var out, errs bytes.Buffer
	cmd := exec.Command(path, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(pdf), &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("e2e: %s: %v\n%s%s", name, err, out.String(), errs.String())
	}
	return out.String()
}
