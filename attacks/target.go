package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// target is what is attacked.
type target struct {
	flawed bool
	plain  string   // http://127.0.0.1:PORT
	secure string   // https://127.0.0.1:PORT
	h2     string   // HOST:PORT that speaks HTTP/2 over TLS
	wire   string   // HOST:PORT for bytes as they are
	routes []string // "GET /path", every parameter filled in
	people []person // who is signed in there, at plain
	ends   []func()

	// What the program says that it answers at plain and at secure.
	plainLog, secureLog *requestLogs

	// again starts what answers at plain once more, with its limits as they are.
	again func(context.Context) (*target, error)
}

// close ends what was started, the last first.
func (t *target) close() {
	for i := len(t.ends) - 1; i >= 0; i-- {
		t.ends[i]()
	}
}

// person is one account in a browser of its own.
type person struct {
	duty, token  string
	client       *http.Client
	cookie, csrf string
}

// nobody is a browser in which nobody is signed in.
func nobody() *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic(err) // it has no options that could be wrong
	}
	return &http.Client{Jar: jar, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		// The certificate was made for this run and is signed by nobody.
		Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// ask sends one request; headers are names and values in turn.
func ask(ctx context.Context, c *http.Client, method, address, body string, headers ...string) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return answer{}, fmt.Errorf("making a request: %w", err)
	}
	if body != "" || method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if r.Header.Set(headers[i], headers[i+1]); headers[i] == "Host" {
			r.Host = headers[i+1]
		}
	}
	got, err := c.Do(r)
	if err != nil {
		return answer{}, fmt.Errorf("%s %s: %w", method, r.URL.Path, err)
	}
	text, err := io.ReadAll(io.LimitReader(got.Body, 4<<20))
	if err := errors.Join(err, got.Body.Close()); err != nil {
		return answer{}, fmt.Errorf("%s %s: %w", method, r.URL.Path, err)
	}
	return answer{got.StatusCode, got.Header, string(text)}, nil
}

var hiddenInput = regexp.MustCompile(`<input type="hidden" name="(_[a-z]+)" value="([^"]*)"`)

// signIn signs an account in at a site, as a browser does.
func signIn(ctx context.Context, base, email, password string) (person, error) {
	p := person{client: nobody()}
	got, err := ask(ctx, p.client, http.MethodGet, base+"/sign-in", "")
	if err != nil {
		return p, err
	}
	form := hidden(got.body)
	form.Set("email", email)
	form.Set("password", password)
	got, err = ask(ctx, p.client, http.MethodPost, base+"/sign-in", form.Encode(), "Origin", base, "Sec-Fetch-Site", "same-origin")
	if err != nil {
		return p, err
	}
	if got.status != http.StatusSeeOther {
		return p, fmt.Errorf("signing in answers %d", got.status)
	}
	if got, err = ask(ctx, p.client, http.MethodGet, base+got.header.Get("Location"), ""); err == nil && got.status == http.StatusSeeOther {
		got, err = ask(ctx, p.client, http.MethodGet, base+got.header.Get("Location"), "")
	}
	if err != nil {
		return p, err
	}
	p.csrf = hidden(got.body).Get("_csrf")
	u, err := url.Parse(base)
	if err != nil {
		return p, fmt.Errorf("reading an address: %w", err)
	}
	for _, c := range p.client.Jar.Cookies(u) {
		p.cookie += c.Name + "=" + c.Value + "; "
	}
	p.cookie = strings.TrimSuffix(p.cookie, "; ")
	if p.csrf == "" || p.cookie == "" {
		return p, errors.New("signing in gives no cookie, or a page without a token")
	}
	return p, nil
}

// hidden are the hidden inputs of a page.
func hidden(page string) url.Values {
	out := url.Values{}
	for _, m := range hiddenInput.FindAllStringSubmatch(page, -1) {
		out.Set(m[1], html.UnescapeString(m[2]))
	}
	return out
}
