package e2e

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// measure is one of the three that make signing out whole.
type measure string

const (
	everyMeasure measure = "every measure"
	serverEnds   measure = "the server ends the session"
	browserClear measure = "the browser forgets cookie, cache and storage"
	pageBlanks   measure = "a page from memory blanks itself"
)

// without serves the program with one measure taken away. Pages may be kept in
// memory there, which browsers else decide by rules of their own.
func without(t *testing.T, prog *Program, gone measure) string {
	t.Helper()
	target, err := url.Parse(prog.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
			r.Out.Header.Del("Accept-Encoding")
			if gone == serverEnds && r.In.URL.Path == "/sign-out" {
				r.Out.Header.Del("Cookie") // it ends a session of nobody
			}
		},
		ModifyResponse: func(r *http.Response) error {
			if r.Header.Get("Cache-Control") == "no-store" {
				r.Header.Del("Cache-Control")
			}
			if r.Request.URL.Path == "/sign-out" {
				signedOut(r, gone)
			}
			if gone == pageBlanks && strings.Contains(r.Request.URL.Path, "/static/app-") && strings.HasSuffix(r.Request.URL.Path, ".js") {
				return unguarded(r)
			}
			return nil
		},
	}
	s := httptest.NewServer(proxy)
	t.Cleanup(s.Close)
	return s.URL
}

// signedOut changes the answer to signing out.
func signedOut(r *http.Response, gone measure) {
	switch gone {
	case browserClear:
		r.Header.Del("Clear-Site-Data")
		r.Header.Del("Set-Cookie")
	case serverEnds: // where the program refused, as it knew nobody, it answers as ever
		r.StatusCode, r.Status = http.StatusSeeOther, "303 See Other"
		r.Header.Set("Location", "/sign-in?out=1")
		r.Header.Set("Clear-Site-Data", `"cache", "storage"`)
		r.Header.Set("Set-Cookie", "session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict")
	}
}

// unguarded takes the guard out of the script.
func unguarded(r *http.Response) error {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	text = bytes.Replace(text, []byte(`"pageshow"`), []byte(`"never"`), 1)
	r.Body = io.NopCloser(bytes.NewReader(text))
	r.ContentLength = int64(len(text))
	r.Header.Set("Content-Length", strconv.Itoa(len(text)))
	return nil
}

// leftOver signs in and out and returns which measures did not hold: an old
// cookie that opens a page, something that the browser kept, a page that Back
// brings out of memory after the session was ended elsewhere.
func leftOver(t *testing.T, prog *Program, base string) (out []measure) {
	t.Helper()
	p := Browser(t, base, View{})
	p.program = prog
	p.SignInAs(person(t, prog, "case_manager"))
	reference := strings.TrimPrefix(draft(p), "/referrals/")
	p.Open("/referrals")
	p.See(reference)
	Eval[bool](p, `(() => { localStorage.setItem("left", "1"); return true })()`)
	old := p.Client()
	p.SignOut()
	p.See("You are signed out")
	if opens(t, old, base) {
		out = append(out, serverEnds)
	}
	if Eval[bool](p, `localStorage.getItem("left") !== null`) {
		out = append(out, browserClear)
	}

	p.SignInAs(person(t, prog, "case_manager"))
	p.Open("/referrals")
	p.See(reference)
	other := p.Client()
	token := Eval[string](p, `document.querySelector('form[action="/sign-out"] input[name="_csrf"]').value`)
	p.Open("/help")
	end, err := http.NewRequestWithContext(t.Context(), http.MethodPost, prog.URL+"/sign-out", strings.NewReader(url.Values{"_csrf": {token}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	end.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	end.Header.Set("Sec-Fetch-Site", "same-origin")
	for _, c := range other.Jar.Cookies(mustParse(t, base)) {
		end.AddCookie(c)
	}
	answer, err := http.DefaultTransport.RoundTrip(end)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("signing out in another window answers %d", answer.StatusCode)
	}
	p.backFromMemory()
	if strings.Contains(p.HTML(), reference) {
		out = append(out, pageBlanks)
	}
	return out
}

func mustParse(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// opens says whether a client of before still reads the list.
func opens(t *testing.T, c *http.Client, base string) bool {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/referrals", nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = got.Body.Close()
	return got.StatusCode == http.StatusOK
}

// Signing out holds by three measures, and each is needed: with all of them
// nothing is left over, and with any one taken away exactly that is seen.
func TestEachMeasureOfSigningOutIsNeeded(t *testing.T) {
	prog := Shared(t)
	for _, gone := range []measure{everyMeasure, serverEnds, browserClear, pageBlanks} {
		t.Run(string(gone), func(t *testing.T) {
			got := leftOver(t, prog, without(t, prog, gone))
			var want []measure
			if gone != everyMeasure {
				want = []measure{gone}
			}
			if !slices.Equal(got, want) {
				t.Errorf("without %q what does not hold is %q", gone, got)
			}
		})
	}
}
