package web

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
)

var (
	update    = flag.Bool("update", false, "write the golden pages anew")
	storybook = flag.String("storybook", "", "address on which to show all stories until the test's time-out, for eyes")
)

func draw(t *testing.T, c templ.Component) string {
	t.Helper()
	var page bytes.Buffer
	if err := c.Render(t.Context(), &page); err != nil {
		t.Fatalf("drawing: %v", err)
	}
	return page.String()
}

// A page that cannot be drawn to its end is not sent by half, not even its status.
func TestRenderNothingOfABrokenPage(t *testing.T) {
	broken := templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		if _, err := io.WriteString(w, "<p>half of it"); err != nil {
			return err
		}
		return errors.New("no more")
	})
	w := httptest.NewRecorder()
	if err := Render(t.Context(), w, http.StatusOK, broken); err == nil {
		t.Error("the failure was swallowed")
	}
	if w.Body.Len() > 0 || w.Header().Get("Content-Type") != "" {
		t.Errorf("half a page was sent: %q", w.Body.String())
	}
}

// A drawn page is never stored by browsers on the way back.
func TestRenderKeepsNoCopy(t *testing.T) {
	w := httptest.NewRecorder()
	if err := Render(t.Context(), w, http.StatusNotFound, TroublePage(Page{}, TroubleOf(404))); err != nil {
		t.Fatal(err)
	}
	if w.Code != http.StatusNotFound || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("got %d with Cache-Control %q", w.Code, w.Header().Get("Cache-Control"))
	}
}

// Files below static have only their hashed names; everything else is absent.
func TestStatic(t *testing.T) {
	get := func(method, path string, zip bool) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, nil)
		if zip {
			r.Header.Set("Accept-Encoding", "gzip, br")
		}
		w := httptest.NewRecorder()
		Static().ServeHTTP(w, r)
		return w
	}
	for _, path := range []string{"/static/", "/static/app.css", "/static/app-0000000000000000.css", "/static/css/1-tokens.css", "/static/../web.go", "/static/%2e%2e/web.go"} {
		if w := get("GET", path, false); w.Code != http.StatusNotFound || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: got %d, Cache-Control %q", path, w.Code, w.Header().Get("Cache-Control"))
		}
	}
	if w := get("POST", Asset("app.css"), false); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: got %d", w.Code)
	}
	for _, name := range []string{"app.css", "staff.css", "app.js", "staff.js", "icon.svg"} {
		plain, zipped := get("GET", Asset(name), false), get("GET", Asset(name), true)
		if plain.Code != http.StatusOK || !strings.Contains(plain.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: got %d, Cache-Control %q", name, plain.Code, plain.Header().Get("Cache-Control"))
		}
		if zipped.Header().Get("Content-Encoding") != "gzip" || zipped.Body.Len() >= plain.Body.Len() {
			t.Errorf("%s: zipped %d bytes of %d", name, zipped.Body.Len(), plain.Body.Len())
		}
		t.Logf("%s: %d bytes, %d on the wire", name, plain.Body.Len(), zipped.Body.Len())
	}
}

// An asset that does not exist stops the first test that draws its page.
func TestAssetPanicsOnASlip(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a missing asset got an address")
		}
	}()
	Asset("nothing.css")
}

// leavingMark is the one thing that a script leaves in the browser: a moment, for
// five seconds, without a word of what was typed.
const leavingMark = "document.cookie = `leaving=${Date.now()}; max-age=5; path=/; samesite=strict`;"

// Scripts keep nothing in the browser, but for the mark of a page that is left,
// and write no HTML.
func TestScriptsKeepNothing(t *testing.T) {
	if n := bytes.Count(assets["app.js"].plain, []byte(leavingMark)); n != 1 {
		t.Errorf("the mark of a page that is left is set in %d places", n)
	}
	app := bytes.ReplaceAll(assets["app.js"].plain, []byte(leavingMark), nil)
	for _, word := range []string{"localStorage", "sessionStorage", "indexedDB", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", ".cookie", "serviceWorker", ".style."} {
		if bytes.Contains(app, []byte(word)) || bytes.Contains(assets["staff.js"].plain, []byte(word)) {
			t.Errorf("the script uses %s", word)
		}
	}
	for _, word := range []string{"@import", "url("} {
		if bytes.Contains(assets["app.css"].plain, []byte(word)) || bytes.Contains(assets["staff.css"].plain, []byte(word)) {
			t.Errorf("a style sheet uses %s", word)
		}
	}
}

// The fields page keeps its HTML; a change of it is looked at by a person.
func TestGolden(t *testing.T) {
	for _, name := range []string{"fields-refused", "parts", "queue"} {
		for _, s := range stories() {
			if s.Name != name {
				continue
			}
			got := draw(t, s.Page)
			for _, a := range assets {
				got = strings.ReplaceAll(got, a.address, "(asset)")
			}
			file := filepath.Join("testdata", name+".html")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s is drawn in another way; look at it, then run with -update", name)
			}
		}
	}
}

// Every story answers with the policy that every page must live with. With
// -storybook ADDRESS they can be looked at until the time-out.
func TestStorybook(t *testing.T) {
	mux := http.NewServeMux()
	mux.Handle(StaticPrefix, Static())
	for _, s := range stories() {
		mux.HandleFunc("/story/"+strings.ReplaceAll(strings.ToLower(s.Name), " ", "-"), func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", Policy)
			if err := Render(r.Context(), w, http.StatusOK, s.Page); err != nil {
				t.Error(err)
			}
		})
	}
	server := httptest.NewServer(mux)
	defer server.Close()
	for _, s := range stories() {
		answer, err := server.Client().Get(server.URL + "/story/" + strings.ReplaceAll(strings.ToLower(s.Name), " ", "-"))
		if err != nil {
			t.Fatal(err)
		}
		if err := answer.Body.Close(); err != nil {
			t.Error(err)
		}
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", s.Name, answer.Status)
		}
	}
	if *storybook == "" {
		return
	}
	deadline, ok := t.Deadline()
	if !ok {
		deadline = time.Now().Add(time.Hour)
	}
	eyes := &http.Server{Addr: *storybook, Handler: mux, ReadHeaderTimeout: time.Second}
	time.AfterFunc(time.Until(deadline)-5*time.Second, func() { _ = eyes.Close() })
	if err := eyes.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
}
