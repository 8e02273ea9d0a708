package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// wanted are the headers of every answer, with what must stand in them.
var wanted = [][2]string{
	{"Content-Security-Policy", "default-src 'none'"}, {"X-Content-Type-Options", "nosniff"}, {"Referrer-Policy", "no-referrer"},
	{"Cross-Origin-Opener-Policy", "same-origin"}, {"Cross-Origin-Resource-Policy", "same-origin"}, {"Cross-Origin-Embedder-Policy", "require-corp"},
	{"Permissions-Policy", "geolocation=()"}, {"X-Frame-Options", "DENY"}, {"Cache-Control", "no-store"}, {"X-Robots-Tag", "noindex"},
}

// strange are addresses that no route has.
var strange = []string{"/none", "/api/v1/none", "/.env", "/.git/config", "/debug/pprof/", "/metrics", "/static/none.css", "/referrals/x.css", "/%2e%2e/%2e%2e/etc/passwd", "/a%00b", "/%ff"}

// headersHold asks for every address by many methods, signed in and not, with
// bodies that are too long and broken, and looks at the headers of each answer.
func headersHold(ctx context.Context, _ *run, t *target) ([]string, error) {
	var out []string
	look := func(what string, got answer) {
		for _, h := range wanted {
			if !strings.Contains(got.header.Get(h[0]), h[1]) {
				out = append(out, fmt.Sprintf("no %s with %s: %s answers %d", h[0], h[1], what, got.status))
			}
		}
		if csp := got.header.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") {
			out = append(out, "the policy permits what is inline: "+what)
		}
		for _, name := range []string{"Server", "X-Powered-By", "Access-Control-Allow-Origin"} {
			if got.header.Get(name) != "" {
				out = append(out, name+" is told: "+what)
			}
		}
		if got.status >= 500 {
			out = append(out, fmt.Sprintf("%s answers %d", what, got.status))
		}
		if strings.HasPrefix(t.secure+"/", what) && !t.flawed && got.header.Get("Strict-Transport-Security") == "" {
			out = append(out, "no Strict-Transport-Security: "+what)
		}
	}
	paths := append([]string{}, strange...)
	for _, one := range t.routes {
		_, path, _ := strings.Cut(one, " ")
		paths = append(paths, path)
	}
	for _, who := range []*http.Client{nobody(), t.of("referrer").client, t.of("reviewer").client} {
		for _, path := range paths {
			for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodTrace, http.MethodOptions, "PROPFIND"} {
				got, err := ask(ctx, who, method, t.plain+path, "")
				if err != nil {
					return nil, err
				}
				look(method+" "+path, got)
				if (method == http.MethodTrace || method == "PROPFIND") && got.status < 400 {
					out = append(out, fmt.Sprintf("%s %s answers %d", method, path, got.status))
				}
			}
		}
	}
	for _, base := range []string{t.plain, t.secure} {
		got, err := ask(ctx, nobody(), http.MethodPost, base+"/sign-in", strings.Repeat("a", 1<<20+1), "Sec-Fetch-Site", "same-origin")
		if err == nil {
			look("too long a body", got)
		}
		if got, err = ask(ctx, nobody(), http.MethodGet, base+"/", ""); err != nil {
			return nil, err
		}
		look(base+"/", got)
	}
	return out, nil
}

// hostIsNotTrusted asks under made-up hosts, and looks whether one comes back.
func hostIsNotTrusted(ctx context.Context, _ *run, t *target) ([]string, error) {
	const evil = "evil.example"
	var out []string
	for _, one := range t.routes {
		method, path, _ := strings.Cut(one, " ")
		if method != http.MethodGet {
			continue
		}
		for _, who := range []*http.Client{nobody(), t.of("referrer").client} {
			for _, headers := range [][]string{{"Host", evil}, {"X-Forwarded-Host", evil, "Forwarded", "host=" + evil, "X-Original-URL", "/" + evil, "X-Rewrite-URL", "/" + evil}} {
				got, err := ask(ctx, who, method, t.plain+path, "", headers...)
				if err != nil {
					return nil, err
				}
				if strings.Contains(fmt.Sprint(got.header)+got.body, evil) {
					out = append(out, "the host comes back: "+path+" under "+headers[0])
				}
			}
		}
	}
	return out, nil
}

// posts are the addresses that change something, as pages send them; those of
// the API take a token of their own, which no browser adds by itself.
func (t *target) posts() []string {
	var out []string
	for _, one := range t.routes {
		if path, ok := strings.CutPrefix(one, "POST "); ok && !strings.HasPrefix(path, "/api/") {
			out = append(out, path)
		}
	}
	return out
}

// originIsAsked sends each form as another site would, with the right token.
func originIsAsked(ctx context.Context, r *run, t *target) ([]string, error) {
	return t.forge(ctx, r, true, map[string][]string{
		"without an origin":        nil,
		"from another site":        {"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"},
		"from another origin here": {"Origin", "http://127.0.0.1:1", "Sec-Fetch-Site", "same-site"},
		"from nowhere":             {"Origin", "null"},
		"typed by hand":            {"Sec-Fetch-Site", "none"},
		"with an origin alone":     {"Origin", "http://evil.example"},
		"contradicting itself":     {"Origin", "http://evil.example", "Sec-Fetch-Site", "same-origin"},
	})
}

// tokenIsAsked sends each form from the own site, without its token.
func tokenIsAsked(ctx context.Context, r *run, t *target) ([]string, error) {
	return t.forge(ctx, r, false, map[string][]string{"without a token": {"Origin", t.plain, "Sec-Fetch-Site", "same-origin"}})
}

// forge sends every form for everybody and says which was not refused.
func (t *target) forge(ctx context.Context, r *run, token bool, ways map[string][]string) ([]string, error) {
	people := append([]person{{duty: "nobody", client: nobody()}}, t.people...)
	if err := t.heard(ctx); err != nil {
		return nil, err
	}
	var out []string
	for way, headers := range ways {
		for _, p := range people {
			bodies := []string{"a=b&_csrf=" + p.csrf}
			if !token {
				bodies = []string{"a=b", "_csrf=", "_csrf=" + strings.Repeat("0", 64), "_csrf=" + p.csrf + "&_csrf=" + p.csrf}
			}
			paths := t.posts()
			if p.duty == "nobody" && !t.flawed {
				paths = []string{"/sign-in", "/check-a-letter"} // everything else asks to sign in
			}
			for _, path := range paths {
				for _, body := range bodies {
					got, err := ask(ctx, p.client, http.MethodPost, t.plain+path, body, headers...)
					if err != nil {
						return nil, err
					}
					if got.status != http.StatusForbidden && got.status != http.StatusNotFound {
						out = append(out, fmt.Sprintf("%s %s of the %s answers %d", path, way, p.duty, got.status))
					}
				}
			}
		}
	}
	if r.full {
		fmt.Fprintf(r.log, "%d forms, %d people, %d ways\n", len(t.posts()), len(people), len(ways))
	}
	return out, nil
}

// behind is a request that hides behind another.
const behind = "GET /help HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

// smuggled are requests that two servers could read as one or as two.
var smuggled = map[string]string{
	"two lengths":               "Content-Length: 0\r\nContent-Length: 60\r\n\r\n",
	"two lengths in one":        "Content-Length: 0, 60\r\n\r\n",
	"encoding beside a length":  "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
	"length beside an encoding": "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	"obscure encoding":          "Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n\r\n",
	"two encodings":             "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
	"encoding after a tab":      "Transfer-Encoding:\tchunked, x\r\nContent-Length: 0\r\n\r\n",
	"space before the colon":    "Content-Length : 0\r\n\r\n",
	"blank within the name":     "Content Length: 0\r\n\r\n",
	"folded header":             "X: a\r\n Content-Length: 60\r\n\r\n",
	"two hosts":                 "Host: b\r\nContent-Length: 0\r\n\r\n",
	"negative length":           "Content-Length: -1\r\n\r\n",
	"signed length":             "Content-Length: +0\r\n\r\n",
	"length in hexadecimal":     "Content-Length: 0x0\r\n\r\n",
	"NUL in a header":           "X: a\x00b\r\nContent-Length: 0\r\n\r\n",
	"a bare return":             "X: a\rContent-Length: 60\r\nContent-Length: 0\r\n\r\n",
	"broken chunk":              "Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
	"signed chunk":              "Transfer-Encoding: chunked\r\n\r\n+0\r\n\r\n",
	"chunk too large":           "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff0\r\n\r\n",
	"endless header":            "X: " + strings.Repeat("a", 64<<10) + "\r\nContent-Length: 0\r\n\r\n",
}

// nothingIsSmuggled sends each of them and looks whether what hides is answered.
func nothingIsSmuggled(ctx context.Context, _ *run, t *target) ([]string, error) {
	var out []string
	for name, text := range smuggled {
		got, err := send(ctx, t.wire, "POST /sign-in HTTP/1.1\r\nHost: a\r\n"+text+behind)
		if err != nil {
			return nil, err
		}
		if strings.Count(got, "HTTP/1.1 ") > 1 {
			out = append(out, name+": two answers")
		}
	}
	got, err := send(ctx, t.wire, "GET /help HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	if err == nil && !strings.HasPrefix(got, "HTTP/1.1 200") {
		err = fmt.Errorf("a plain request is answered %.40q", got)
	}
	return out, err
}

// send sends bytes and returns all that comes back.
func send(ctx context.Context, to, text string) (string, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", to)
	if err != nil {
		return "", fmt.Errorf("calling: %w", err)
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(8 * time.Second))
	// A server that refuses ends the connection before it has read everything.
	_, _ = io.WriteString(c, text)
	var b strings.Builder
	_, _ = io.Copy(&b, c)
	return b.String(), nil
}
