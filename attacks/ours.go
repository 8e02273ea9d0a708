package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"nysreferral/handlers"
)

// startOurs builds the program and starts it twice: as the demonstration, where
// people of every duty are signed in, and as a server that speaks TLS itself.
func startOurs(ctx context.Context, dir string) (_ *target, err error) {
	t := &target{}
	defer func() {
		if err != nil {
			t.close()
		}
	}()
	program := filepath.Join(dir, "nysreferral")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", program, "./cmd/nysreferral")
	// Without the FIPS module, which offers less by itself.
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFIPS140=off")
	if text, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building the program: %w: %s", err, text)
	}
	// Nobody is held up here: an attack that is has tried nothing but the limit.
	// What the limits are worth is an attack of its own.
	if err := t.demo(ctx, program, filepath.Join(dir, "free"), "--limit-drafts", unlimited, "--limit-submissions", unlimited); err != nil {
		return nil, err
	}
	t.again = func(ctx context.Context) (*target, error) {
		limited := &target{}
		err := limited.demo(ctx, program, filepath.Join(dir, "limited"), "--limits")
		if err != nil {
			limited.close()
		}
		return limited, err
	}
	if err := t.serve(ctx, program, dir); err != nil {
		return nil, err
	}
	u := strings.TrimPrefix(t.secure, "https://")
	t.h2, t.wire = u, strings.TrimPrefix(t.plain, "http://")
	return t, t.fill(ctx)
}

// unlimited is more than any attack asks for.
const unlimited = "1000000"

// start starts the program, which says to said what it answers; it is ended with
// the target.
func (t *target) start(ctx context.Context, said *requestLogs, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stderr = said
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting the program: %w", err)
	}
	t.ends = append(t.ends, func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return nil
}

// demo starts the demonstration in a folder, which is made for it, and signs one
// account of each duty in.
func (t *target) demo(ctx context.Context, program, dir string, flags ...string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("making a folder: %w", err)
	}
	file := filepath.Join(dir, "ready.json")
	t.plainLog = &requestLogs{}
	if err := t.start(ctx, t.plainLog, program, append([]string{"demo", "--data", filepath.Join(dir, "demo"), "--addr", "127.0.0.1:0", "--ready-file", file}, flags...)...); err != nil {
		return err
	}
	var ready struct {
		URL   string
		Users []struct{ Duty, Email, Password, Token string }
	}
	for {
		if text, err := os.ReadFile(file); err == nil && json.Unmarshal(text, &ready) == nil {
			break
		}
		select {
		case <-ctx.Done():
			return errors.New("the demonstration does not answer")
		case <-time.After(50 * time.Millisecond):
		}
	}
	t.plain = ready.URL
	for _, u := range ready.Users {
		if slices.ContainsFunc(t.people, func(p person) bool { return p.duty == u.Duty }) {
			continue
		}
		p, err := signIn(ctx, t.plain, u.Email, u.Password)
		if err != nil {
			return fmt.Errorf("%s: %w", u.Duty, err)
		}
		p.duty, p.token = u.Duty, u.Token
		t.people = append(t.people, p)
	}
	return nil
}

// serve starts a server that speaks TLS, over an empty database.
func (t *target) serve(ctx context.Context, program, dir string) error {
	cert, key, err := certificate(dir)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("looking for a port: %w", err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		return fmt.Errorf("looking for a port: %w", err)
	}
	keys := filepath.Join(dir, "keys")
	if text, err := exec.CommandContext(ctx, program, "key", "new", keys).CombinedOutput(); err != nil {
		return fmt.Errorf("making keys: %w: %s", err, text)
	}
	settings := []string{"--key-file", keys, "--data", filepath.Join(dir, "data")}
	if text, err := exec.CommandContext(ctx, program, append([]string{"migrate"}, settings...)...).CombinedOutput(); err != nil {
		return fmt.Errorf("making tables: %w: %s", err, text)
	}
	t.secure = "https://" + addr
	t.secureLog = &requestLogs{}
	if err := t.start(ctx, t.secureLog, program, append([]string{"serve", "--pilot", "--addr", addr, "--public-url", t.secure, "--tls-cert", cert, "--tls-key", key}, settings...)...); err != nil {
		return err
	}
	for {
		if _, err := ask(ctx, nobody(), http.MethodGet, t.secure+"/", ""); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.New("the server does not answer over TLS")
		case <-time.After(50 * time.Millisecond):
		}
	}
}

var (
	aReference = regexp.MustCompile(`/referrals/([0-9A-Z]{4}-[0-9A-Z-]+)`)
	aParameter = regexp.MustCompile(`:[a-z]+|\{[a-zA-Z]+\}`)
)

// fill lists every address of pages and API with a reference that the referrer
// has, so that requests come as far as they can.
func (t *target) fill(ctx context.Context) error {
	list := handlers.Addresses()
	got, err := ask(ctx, nobody(), http.MethodGet, t.plain+"/api/v1/openapi.json", "", "Authorization", "Bearer "+t.of("referrer").token)
	if err != nil {
		return err
	}
	var api struct{ Paths map[string]map[string]any }
	if err := json.Unmarshal([]byte(got.body), &api); err != nil || len(api.Paths) == 0 {
		return fmt.Errorf("reading openapi.json: %w", errors.Join(err, fmt.Errorf("%d paths", len(api.Paths))))
	}
	for path, methods := range api.Paths {
		for method := range methods {
			if method == strings.ToLower(method) && method != "parameters" {
				list = append(list, strings.ToUpper(method)+" /api/v1"+strings.TrimPrefix(path, "/api/v1"))
			}
		}
	}
	mine, err := ask(ctx, t.of("referrer").client, http.MethodGet, t.plain+"/referrals", "")
	if err != nil {
		return err
	}
	ref := "7K4M-2QX9-C3TB-5"
	if m := aReference.FindStringSubmatch(mine.body); m != nil {
		ref = m[1]
	}
	for _, one := range list {
		t.routes = append(t.routes, aParameter.ReplaceAllStringFunc(one, func(p string) string {
			if strings.Contains(p, "ref") {
				return ref
			}
			return "1"
		}))
	}
	slices.Sort(t.routes)
	t.routes = slices.Compact(t.routes)
	if len(t.routes) < 80 {
		return fmt.Errorf("only %d addresses are known", len(t.routes))
	}
	return nil
}

// of is who has a duty there.
func (t *target) of(duty string) person {
	for _, p := range t.people {
		if p.duty == duty {
			return p
		}
	}
	return person{client: nobody()}
}

// certificate writes a certificate for the loopback and its key.
func certificate(dir string) (certFile, keyFile string, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", "", fmt.Errorf("making a key: %w", err)
	}
	cert, err := signed(key, time.Now())
	if err != nil {
		return "", "", err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", "", fmt.Errorf("writing a key: %w", err)
	}
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: cert}, keyFile: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			return "", "", fmt.Errorf("writing a certificate: %w", err)
		}
	}
	return certFile, keyFile, nil
}

// signed is a certificate for the loopback that its own key signs.
func signed(key *ecdsa.PrivateKey, now time.Time) ([]byte, error) {
	shape := &x509.Certificate{SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "127.0.0.1"}, NotBefore: now.Add(-time.Hour),
		NotAfter: now.Add(90 * 24 * time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	cert, err := x509.CreateCertificate(rand.Reader, shape, shape, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("making a certificate: %w", err)
	}
	return cert, nil
}
