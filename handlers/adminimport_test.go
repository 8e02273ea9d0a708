package handlers

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"nysreferral/store/storetest"
	"nysreferral/web"
	"nysreferral/workflow"
)

// upload posts a form with a file, as a browser does.
func (b *browser) upload(path, csrf string, fields map[string]string, file string) answer {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	fields[web.InputCSRF] = csrf
	for name, value := range fields {
		if err := w.WriteField(name, value); err != nil {
			b.t.Fatal(err)
		}
	}
	if file != "" {
		part, err := w.CreateFormFile("file", "directory.csv")
		if err != nil {
			b.t.Fatal(err)
		}
		fmt.Fprint(part, file)
	}
	if err := w.Close(); err != nil {
		b.t.Fatal(err)
	}
	return b.do(http.MethodPost, path, body.String(), "Content-Type", w.FormDataContentType())
}

// A file is refused with the place of its mistakes, shown as what it would
// change, and imported only as it was shown.
func TestImportByPages(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	b := o.in(workflow.Administrator)
	csrf := hiddenOf(b.get("/directory/import").body).Get(web.InputCSRF)
	if got := b.upload("/directory/import", csrf, map[string]string{}, ""); got.status != 422 || !strings.Contains(got.body, "Choose a file that is not empty.") {
		t.Errorf("no file: %d", got.status)
	}
	if got := b.upload("/directory/import", csrf, map[string]string{}, "key,kind,name\na b,any,A\n"); got.status != 422 || !strings.Contains(got.body, "line 2, column key") {
		t.Errorf("a file with mistakes: %d", got.status)
	}
	if got := b.upload("/directory/import", "made-up", map[string]string{}, "x"); got.status != http.StatusForbidden {
		t.Errorf("without the token: %d", got.status)
	}
	if got := b.upload("/directory/import", csrf, map[string]string{}, strings.Repeat("x", 1<<20+1)); got.status != http.StatusRequestEntityTooLarge {
		t.Errorf("too large: %d", got.status)
	}
	export := b.get("/directory/export")
	if export.header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.Contains(export.body, "518-447-7300") {
		t.Fatalf("the export: %v", export.header)
	}
	if got := b.upload("/directory/import", csrf, map[string]string{}, export.body); got.status != 200 || !strings.Contains(got.body, "Nothing would change") || strings.Contains(got.body, "Import: ") {
		t.Errorf("the same file: %d", got.status)
	}
	file := strings.ReplaceAll(strings.ReplaceAll(export.body, "518-447-7300", "518-555-0177"), "\n", "\r\n")
	preview := b.upload("/directory/import", csrf, map[string]string{}, file)
	if preview.status != 200 || !strings.Contains(preview.body, "518-555-0177") || !strings.Contains(preview.body, "Import: 0 added, 1 changed, 0 ended") {
		t.Fatalf("%d: %s", preview.status, preview.body)
	}
	digest := regexp.MustCompile(`name="digest" value="([0-9a-f]{64})"`).FindStringSubmatch(preview.body)[1]
	other := strings.ReplaceAll(file, "518-555-0177", "518-555-0178")
	if got := b.upload("/directory/import/confirm", csrf, map[string]string{"file": other, "digest": digest}, ""); got.status != http.StatusConflict {
		t.Errorf("another file: %d", got.status)
	}
	if got := b.upload("/directory/import/confirm", csrf, map[string]string{"file": file, "digest": digest}, ""); got.status != 303 {
		t.Fatalf("%d: %s", got.status, got.body)
	}
	if page := b.get("/directory").body; !strings.Contains(page, "Imported: 0 added, 1 changed, 0 ended.") || !strings.Contains(page, "518-555-0177") {
		t.Error("the import is not seen")
	}
}
