package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"database/sql"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the database that the flawed server asks carelessly
)

// startFlawed starts servers with one planted flaw for each tool. Everything in
// this file and in flawedwire.go is wrong on purpose; nothing of it is built into
// the program.
func startFlawed(ctx context.Context, dir string) (_ *target, err error) {
	t := &target{flawed: true, routes: []string{"GET /", "GET /item", "GET /search", "GET /none", "POST /change"}}
	defer func() {
		if err != nil {
			t.close()
		}
	}()
	db, err := sql.Open("sqlite", filepath.Join(dir, "flawed.db"))
	if err != nil {
		return nil, fmt.Errorf("opening a database: %w", err)
	}
	t.ends = append(t.ends, func() { _ = db.Close() })
	if _, err := db.ExecContext(ctx, `CREATE TABLE items (id INTEGER, name TEXT); INSERT INTO items VALUES (1, 'lantern'), (2, 'harbor')`); err != nil {
		return nil, fmt.Errorf("filling a database: %w", err)
	}
	site := careless(db)
	if t.plain, err = t.listen(func(l net.Listener) { serveFew(l, site) }); err != nil {
		return nil, err
	}
	t.plain = "http://" + t.plain
	old, err := outdated()
	if err != nil {
		return nil, err
	}
	if t.secure, err = t.listen(func(l net.Listener) {
		s := &http.Server{Handler: site, ErrorLog: log.New(io.Discard, "", 0)}
		_ = s.Serve(tls.NewListener(l, old))
	}); err != nil {
		return nil, err
	}
	t.secure = "https://" + t.secure
	if t.h2, err = t.listen(func(l net.Listener) { deafHTTP2(l, old) }); err != nil {
		return nil, err
	}
	if t.wire, err = t.listen(func(l net.Listener) { credulous(l) }); err != nil {
		return nil, err
	}
	return t, nil
}

// listen has a server answer at a free port until the target is closed.
func (t *target) listen(serve func(net.Listener)) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("listening: %w", err)
	}
	t.ends = append(t.ends, func() { _ = l.Close() })
	go serve(l)
	return l.Addr().String(), nil
}

// careless is a site that believes everything it is told.
func careless(db *sql.DB) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", "session=1")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, `<html><a href="http://%s/item?id=1">One</a> <a href="/search?q=a">Search</a><form method="post" action="/change"><input name="name"><button>Change</button></form>`, r.Host)
	})
	mux.HandleFunc("GET /item", func(w http.ResponseWriter, r *http.Request) {
		// Planted: what was typed becomes part of the question.
		var name string
		if err := db.QueryRowContext(r.Context(), "SELECT name FROM items WHERE id = "+r.URL.Query().Get("id")).Scan(&name); err != nil {
			http.Error(w, "nothing", http.StatusNotFound)
			return
		}
		_, _ = fmt.Fprintf(w, "<html>Here is a %s", name)
	})
	mux.HandleFunc("GET /search", func(w http.ResponseWriter, r *http.Request) {
		// Planted: what was typed comes back as it is.
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, "<html><p>Nothing for %s</p>", r.URL.Query().Get("q"))
	})
	mux.HandleFunc("POST /change", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "changed") })
	mux.HandleFunc("GET /.env", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "DB_PASSWORD=lantern") })
	return mux
}

// few is how many connections the flawed server holds, without any limit of
// time.
const few = 50

// serveFew answers a few connections at once; who holds one keeps others out.
func serveFew(l net.Listener, site http.Handler) {
	s := &http.Server{Handler: site, ErrorLog: log.New(io.Discard, "", 0)}
	_ = s.Serve(&narrow{l, make(chan struct{}, few)})
}

// narrow is a listener that accepts nobody while it is full.
type narrow struct {
	net.Listener
	full chan struct{}
}

// Accept waits until there is room.
func (n *narrow) Accept() (net.Conn, error) {
	n.full <- struct{}{}
	c, err := n.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &leaving{Conn: c, full: n.full}, nil
}

// leaving makes room when it is closed.
type leaving struct {
	net.Conn
	full chan struct{}
	gone bool
}

// Close closes the connection.
func (l *leaving) Close() error {
	if !l.gone {
		l.gone = true
		<-l.full
	}
	return l.Conn.Close()
}

// outdated offers what nobody should: TLS 1.0, and blocks chained one to the other.
func outdated() (*tls.Config, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	cert, err := signed(key, time.Now())
	if err != nil {
		return nil, err
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{cert}, PrivateKey: key}}, MinVersion: tls.VersionTLS10, NextProtos: []string{"h2", "http/1.1"},
		CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, tls.TLS_ECDHE_ECDSA_WITH_RC4_128_SHA, tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}}, nil
}
