package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
)

// toyDocument describes one call of a toy API.
const toyDocument = `{"openapi": "3.1.0", "info": {"title": "Toy", "version": "1"}, "paths": {
	"/things/{ref}": {"get": {"parameters": [{"name": "ref", "in": "path", "required": true, "schema": {"type": "string"}}],
		"responses": {"200": {"description": "A thing", "content": {"application/json": {"schema":
			{"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "note": {"type": ["string", "null"]}}}}}}}}}}}`

// toyAPI answers one call well and others badly.
func toyAPI(t *testing.T) string {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.URL.Path == "/api/v1/openapi.json":
			_, _ = fmt.Fprint(w, toyDocument)
		case r.Header.Get("Authorization") != "Bearer good":
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = fmt.Fprint(w, `{"title": "Sign in first"}`)
		case r.URL.Path == "/api/v1/things/right":
			_, _ = fmt.Fprint(w, `{"name": "a thing", "note": null}`)
		case r.URL.Path == "/api/v1/things/wrong":
			_, _ = fmt.Fprint(w, `{"name": 7}`)
		case r.URL.Path == "/api/v1/things/teapot":
			w.WriteHeader(http.StatusTeapot)
		case r.URL.Path == "/api/v1/hidden":
			_, _ = fmt.Fprint(w, `{}`)
		}
	}))
	t.Cleanup(srv.Close)
	return srv.URL + apiBase
}

// A client says who it is, reads answers, and reports a status that was not
// wanted.
func TestClient(t *testing.T) {
	base := toyAPI(t)
	var thing struct{ Name string }
	NewClient(t, base, "good").GET("/things/right", http.StatusOK, &thing)
	if thing.Name != "a thing" {
		t.Errorf("the thing is %q", thing.Name)
	}
	want(t, hears(t, func(e *ear) { NewClient(e, base, "").GET("/things/right", http.StatusOK, nil) }), "401, want 200", "Sign in first")
}

// An answer that the document of the API does not describe is reported: a wrong
// type, a status of which it says nothing, a call that it does not list.
func TestAnswersAreHeldAgainstDocument(t *testing.T) {
	base := toyAPI(t)
	for path, part := range map[string]string{"/things/wrong": "not as the document says", "/things/teapot": "not as the document says", "/hidden": "does not know it"} {
		want(t, hears(t, func(e *ear) {
			c := NewClient(e, base, "good")
			c.Described()
			c.Do(Call{Method: http.MethodGet, Path: path})
		}), part)
	}
	c := NewClient(t, base, "good")
	c.Described()
	c.GET("/things/right", http.StatusOK, nil)
}

// sheetOfPaper returns a PDF of one page that says a few words.
func sheetOfPaper() []byte {
	const words = "BT /F 12 Tf 72 720 Td (Words to read back.) Tj ET"
	objects := []string{
		"<</Type/Catalog/Pages 2 0 R>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
		fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(words), words),
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
	}
	pdf := "%PDF-1.4\n"
	table := fmt.Sprintf("xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for i, o := range objects {
		table += fmt.Sprintf("%010d 00000 n \n", len(pdf))
		pdf += fmt.Sprintf("%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	end := fmt.Sprintf("trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, len(pdf))
	return []byte(pdf + table + end)
}

// A good PDF passes, and one whose end is cut off does not.
func TestPDF(t *testing.T) {
	pdf := sheetOfPaper()
	PDFValid(t, pdf)
	if n := PDFPages(t, pdf); n != 1 {
		t.Errorf("the PDF has %d pages", n)
	}
	want(t, []string{PDFText(t, pdf)}, "Words to read back.")
	if said := hears(t, func(e *ear) { PDFValid(e, pdf[:len(pdf)/2]) }); len(said) == 0 {
		t.Error("half a PDF passes")
	}
}
