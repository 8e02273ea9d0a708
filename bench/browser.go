package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"time"

	"nysreferral/demo"
	"nysreferral/web"
)

// browser is one person who is signed in by the pages.
type browser struct {
	s       *site
	ctx     context.Context
	session string // the cookie
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
	took   time.Duration // in the program, without a network
}

// signIn signs a person in.
func (r *run) signIn(s *site, who person) (*browser, error) {
	b := &browser{s: s, ctx: r.ctx}
	page := b.ask(http.MethodGet, web.PathSignIn, nil)
	in := hidden(page.body)
	in.Set("email", who.email)
	in.Set("password", demo.Password)
	if got := b.ask(http.MethodPost, web.PathSignIn, in); got.status != http.StatusSeeOther {
		return nil, fmt.Errorf("signing in is answered %d", got.status)
	}
	return b, nil
}

// ask calls the program's handler without a network and keeps the cookie.
func (b *browser) ask(method, path string, in url.Values) answer {
	q := httptest.NewRequestWithContext(b.ctx, method, path, strings.NewReader(in.Encode()))
	b.dress(q)
	w := httptest.NewRecorder()
	began := time.Now()
	b.s.handler.ServeHTTP(w, q)
	took := time.Since(began)
	for _, c := range w.Result().Cookies() {
		b.session = c.Name + "=" + c.Value
	}
	return answer{w.Code, w.Header(), w.Body.Bytes(), took}
}

// dress makes q look like a request of a page of this site.
func (b *browser) dress(q *http.Request) {
	if b.session != "" {
		q.Header.Set("Cookie", b.session)
	}
	if q.Method != http.MethodGet {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		q.Header.Set("Sec-Fetch-Site", "same-origin")
	}
}

// want is ask for a page that must answer so.
func (b *browser) want(status int, method, path string, in url.Values) (answer, error) {
	got := b.ask(method, path, in)
	if got.status != status {
		return got, fmt.Errorf("%s %s is answered %d, not %d", method, path, got.status, status)
	}
	return got, nil
}

// over sends the request over the loopback, as programs see it.
func (b *browser) over(method, path string, in url.Values, accept string) ([]byte, error) {
	q, err := http.NewRequestWithContext(b.ctx, method, b.s.url+path, strings.NewReader(in.Encode()))
	if err != nil {
		return nil, fmt.Errorf("asking: %w", err)
	}
	b.dress(q)
	q.Header.Set("Accept", accept)
	got, err := client.Do(q)
	if err != nil {
		return nil, fmt.Errorf("asking: %w", err)
	}
	body, err := io.ReadAll(got.Body)
	if err := errors.Join(err, got.Body.Close()); err != nil {
		return nil, fmt.Errorf("asking: %w", err)
	}
	if got.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s %s is answered %d", method, path, got.StatusCode)
	}
	return body, nil
}

var hiddenInput = regexp.MustCompile(`<input type="hidden" name="(_[a-z]+)" value="([^"]*)"`)

// hidden returns the hidden inputs of a page.
func hidden(page []byte) url.Values {
	out := url.Values{}
	for _, m := range hiddenInput.FindAllSubmatch(page, -1) {
		out.Set(string(m[1]), html.UnescapeString(string(m[2])))
	}
	return out
}

// paced is one page as one round measured it.
type paced struct {
	took []time.Duration
	cpu  time.Duration // for one call
}

// pages asks for every page calls times, one call after the other, and returns
// each page's times. Nothing else runs, so that the time is the program's own.
func (r *run) pages(b *browser, paths []string) ([]paced, error) {
	out := make([]paced, len(paths))
	for i, path := range paths {
		runtime.GC()
		before := cpu(syscall.RUSAGE_SELF)
		for range r.calls {
			got, err := b.want(http.StatusOK, http.MethodGet, path, nil)
			if err != nil {
				return nil, err
			}
			out[i].took = append(out[i].took, got.took)
		}
		out[i].cpu = (cpu(syscall.RUSAGE_SELF) - before) / time.Duration(r.calls)
	}
	return out, nil
}

// zipped is how long b is as gzip, as the program compresses its own files.
func zipped(b []byte) (int, error) {
	var out bytes.Buffer
	if err := gzipTo(&out, b); err != nil {
		return 0, err
	}
	return out.Len(), nil
}
