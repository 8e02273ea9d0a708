package policy_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"nysreferral/handlers"
	"nysreferral/store/storetest"
)

// protecting are the headers of every answer, with what must stand in them.
var protecting = map[string]string{
	"Content-Security-Policy":      "default-src 'none'",
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "no-referrer",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Cross-Origin-Embedder-Policy": "require-corp",
	"X-Robots-Tag":                 "noindex",
	"Permissions-Policy":           "geolocation=()",
	"X-Frame-Options":              "DENY",
	"Cache-Control":                "no-store",
}

// On every address of pages and API, by every method, whether somebody is signed
// in or not, and whatever the answer is, it carries the headers that protect; no
// method is taken that no route declares, and no version is told.
func TestHeadersOnEveryRoute(t *testing.T) {
	s := newSite(t, storetest.SQLite(t))
	ref, _ := s.handed(t)
	statuses := map[int]int{}
	for _, key := range []string{"", "case_manager", "reviewer"} {
		paths := map[string]bool{"/none": true, "/api/v1/none": true, "/referrals/" + ref + "/x.css": true, "/.env": true, "/.git/config": true, "/debug/pprof/": true, "/metrics": true}
		for _, one := range s.addresses(ref) {
			_, path, _ := strings.Cut(one, " ")
			paths[path] = true
		}
		for path := range paths {
			if strings.Contains(path, "/papers/") && key != "case_manager" {
				continue
			}
			for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodTrace, http.MethodOptions, "PROPFIND"} {
				got := s.ask(key, method, path, "")
				statuses[got.status]++
				for name, part := range protecting {
					held(t, strings.Contains(got.header.Get(name), part), "%s %s: %s is %q", method, path, name, got.header.Get(name))
				}
				held(t, !strings.Contains(got.header.Get("Content-Security-Policy"), "unsafe"), "%s %s: the policy permits what is inline", method, path)
				for _, name := range []string{"Server", "X-Powered-By", "Access-Control-Allow-Origin"} {
					held(t, got.header.Get(name) == "", "%s %s: %s is %q", method, path, name, got.header.Get(name))
				}
				if method != http.MethodGet && method != http.MethodPost {
					held(t, got.status >= 400, "%s %s answers %d", method, path, got.status)
				}
			}
		}
		held(t, s.ask(key, http.MethodGet, "/referrals/"+ref+"/x.css", "").status != http.StatusOK, "a page answers as if it were a file")
		for _, path := range []string{"/.env", "/.git/config", "/debug/pprof/", "/metrics"} {
			got := s.ask(key, http.MethodGet, path, "")
			held(t, got.status == http.StatusNotFound || key == "" && got.status == http.StatusSeeOther, "%s answers %d", path, got.status)
		}
	}
	for _, want := range []int{200, 303, 401, 403, 404} {
		if statuses[want] == 0 {
			t.Errorf("no answer was a %d: %v", want, statuses)
		}
	}
}

// The site trusts no word of a request about where it is reached or what was
// meant: neither a made-up host nor the headers of proxies change an answer, and
// none comes back in one.
func TestHostIsNotTrusted(t *testing.T) {
	s := newSite(t, storetest.SQLite(t))
	ref, _ := s.handed(t)
	for _, one := range s.addresses(ref) {
		method, path, _ := strings.Cut(one, " ")
		if path == "/exit" {
			continue
		}
		plain := s.ask("", method, path, "")
		told := func(a answer) string {
			return fmt.Sprint(a.status, a.header.Get("Location"), len(typedBefore.ReplaceAllString(a.body, "")))
		}
		got := s.ask("", method, path, "", "X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "https", "X-Original-URL", "/people", "X-Rewrite-URL", "/people",
			"X-HTTP-Method-Override", "DELETE", "Forwarded", "host=evil.example", "X-Forwarded-For", "127.0.0.1", "X-Real-IP", "127.0.0.1")
		held(t, told(got) == told(plain) && !strings.Contains(fmt.Sprint(got.header, got.body), "evil.example"), "%s: the headers of a proxy change the answer: %s, %s", one, told(plain), told(got))
	}
	server := s.listen(t)
	for _, host := range []string{"evil.example", "evil.example:80", "127.0.0.1@evil.example"} {
		for _, path := range []string{"/", "/sign-in", "/referrals", "/referrals/" + ref, "/none", "/api/v1/referrals", "/exit"} {
			got := raw(t, server, "GET "+path+" HTTP/1.1\r\nHost: "+host+"\r\nConnection: close\r\n\r\n")
			held(t, !strings.Contains(got, "evil.example"), "%s as %s: the host comes back", path, host)
		}
	}
}

// listen starts the site as the program does, with its limits, and returns where.
func (s *site) listen(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := handlers.Server(s.mux)
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return l.Addr().String()
}

// raw sends bytes and returns all that comes back until the end.
func raw(t *testing.T, to, text string) string {
	t.Helper()
	c, err := net.DialTimeout("tcp", to, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := c.Write([]byte(text)); err != nil {
		return ""
	}
	var out strings.Builder
	_, _ = bufio.NewReader(c).WriteTo(&out)
	return out.String()
}

// A request that two servers could read as one or as two is refused, and so is
// one whose header is endless or broken: nothing behind it is answered.
func TestNoSmuggling(t *testing.T) {
	s := newSite(t, storetest.SQLite(t))
	to := s.listen(t)
	second := "GET /help HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
	for name, text := range map[string]string{
		"two lengths":            "POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 44\r\n\r\n" + second,
		"obscure encoding":       "POST /sign-in HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\nContent-Length: 0\r\n\r\n" + second,
		"two encodings":          "POST /sign-in HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + second,
		"space before the colon": "POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Length : 0\r\n\r\n" + second,
		"folded header":          "GET / HTTP/1.1\r\nHost: a\r\n Content-Length: 44\r\n\r\n" + second,
		"no host":                "GET / HTTP/1.1\r\n\r\n" + second,
		"two hosts":              "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + second,
		"negative length":        "POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n" + second,
		"signed length":          "POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: +0\r\n\r\n" + second,
		"NUL in a header":        "GET / HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n" + second,
		"broken chunk":           "POST /sign-in HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n" + second,
		"endless header":         "GET / HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("a", 64<<10) + "\r\n\r\n" + second,
	} {
		got := raw(t, to, text)
		held(t, strings.Count(got, "HTTP/1.1 ") <= 1, "%s: two answers", name)
		held(t, got == "" || strings.HasPrefix(got, "HTTP/1.1 4") || strings.HasPrefix(got, "HTTP/1.1 501"), "%s: answers %.40q", name, got)
	}
	// An encoding beside a length is read as the encoding, and the connection ends.
	got := raw(t, to, "POST /sign-in HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"+second)
	held(t, strings.Count(got, "HTTP/1.1 ") <= 1, "an encoding beside a length: two answers")
}

// Whoever sends slowly is not waited for, and holds nobody else up.
func TestSlowRequests(t *testing.T) {
	s := newSite(t, storetest.SQLite(t))
	to := s.listen(t)
	began := time.Now()
	var slow []net.Conn
	for range 100 {
		c, err := net.Dial("tcp", to)
		if err != nil {
			t.Fatal(err)
		}
		slow = append(slow, c)
		_, _ = c.Write([]byte("GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "))
	}
	if got := raw(t, to, "GET /help HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 200") || time.Since(began) > 3*time.Second {
		t.Errorf("beside slow requests /help answers %.20q after %v", got, time.Since(began))
	}
	for _, c := range slow {
		_ = c.SetReadDeadline(began.Add(15 * time.Second))
		_, err := c.Read(make([]byte, 1))
		var still net.Error
		held(t, err != nil && !(errors.As(err, &still) && still.Timeout()), "a slow request is still waited for after 15 seconds")
		_ = c.Close()
	}
}
