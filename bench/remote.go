package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"nysreferral/demo"
	"nysreferral/web"
)

// remote is one person who is signed in to a program that answers at an address.
type remote struct {
	ctx     context.Context
	client  *http.Client
	url     string
	session string // the cookie
}

// reply is what came back over the network.
type reply struct {
	status int
	to     string // where it leads on to
	body   []byte
}

// plain is a client that follows nothing, so that each request is one.
func plain() *http.Client {
	return &http.Client{Timeout: client.Timeout, Transport: client.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// wire sends one request after the other over one connection, and nothing runs
// beside it: the load is on the cores of the server, and http.Transport takes
// two goroutines for each connection.
type wire struct {
	conn net.Conn
	in   *bufio.Reader
}

// wireTime is how long a connection may be used.
const wireTime = 10 * time.Minute

// alone returns the same person with a connection that nobody else uses, which
// is closed when the run ends.
func (p *remote) alone(r *run) (*remote, error) {
	at, err := url.Parse(p.url)
	if err != nil {
		return nil, fmt.Errorf("reading an address: %w", err)
	}
	conn, err := net.Dial("tcp", at.Host)
	if err != nil {
		return nil, fmt.Errorf("connecting: %w", err)
	}
	r.later(func() error { _ = conn.Close(); return nil })
	if err := conn.SetDeadline(time.Now().Add(wireTime)); err != nil {
		return nil, fmt.Errorf("connecting: %w", err)
	}
	out := *p
	out.client = &http.Client{Transport: &wire{conn, bufio.NewReaderSize(conn, 64<<10)}, CheckRedirect: p.client.CheckRedirect}
	return &out, nil
}

// clients are as many of one person as there is load, each with a connection.
func (p *running) clients(who *remote) ([]*remote, error) {
	out := make([]*remote, usual)
	for i := range out {
		one, err := who.alone(p.r)
		if err != nil {
			return nil, err
		}
		out[i] = one
	}
	return out, nil
}

// RoundTrip sends a request and reads the head of its answer. The body must be
// read to its end before the next.
func (w *wire) RoundTrip(q *http.Request) (*http.Response, error) {
	if err := q.Write(w.conn); err != nil {
		return nil, err
	}
	return http.ReadResponse(w.in, q)
}

// enter signs somebody in over the network.
func enter(ctx context.Context, address, email string) (*remote, error) {
	p := &remote{ctx: ctx, client: plain(), url: address}
	page, err := p.want(http.StatusOK, http.MethodGet, web.PathSignIn, nil, "text/html")
	if err != nil {
		return nil, err
	}
	in := hidden(page.body)
	in.Set("email", email)
	in.Set("password", demo.Password)
	_, err = p.want(http.StatusSeeOther, http.MethodPost, web.PathSignIn, in, "text/html")
	return p, err
}

// want sends a request that must be answered so.
func (p *remote) want(status int, method, path string, in url.Values, accept string) (reply, error) {
	q, err := http.NewRequestWithContext(p.ctx, method, p.url+path, strings.NewReader(in.Encode()))
	if err != nil {
		return reply{}, fmt.Errorf("asking: %w", err)
	}
	q.Header.Set("Accept", accept)
	if p.session != "" {
		q.Header.Set("Cookie", p.session)
	}
	if method != http.MethodGet {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		q.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	got, err := p.client.Do(q)
	if err != nil {
		return reply{}, fmt.Errorf("asking: %w", err)
	}
	var body bytes.Buffer
	body.Grow(max(0, int(got.ContentLength)) + bytes.MinRead) // the load is on the same cores
	_, err = body.ReadFrom(got.Body)
	if err := errors.Join(err, got.Body.Close()); err != nil {
		return reply{}, fmt.Errorf("asking: %w", err)
	}
	for _, c := range got.Cookies() {
		p.session = c.Name + "=" + c.Value
	}
	if got.StatusCode != status {
		return reply{}, fmt.Errorf("%s %s is answered %d, not %d", method, path, got.StatusCode, status)
	}
	return reply{got.StatusCode, got.Header.Get("Location"), body.Bytes()}, nil
}

// page asks for a page.
func (p *remote) page(path string) (reply, error) {
	return p.want(http.StatusOK, http.MethodGet, path, nil, "text/html")
}
