package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// sample is the configuration of the proxy that whoever runs the program copies:
// it is what runs here, but for its addresses.
const sample = "deploy/haproxy.cfg"

// sampleAs is the configuration as it is.
func sampleAs(text string) string { return text }

// sampleCareless is the configuration without what sends a request to the other
// server.
func sampleCareless(text string) string {
	return strings.NewReplacer("option redispatch 1", "no option redispatch", "retries 3", "retries 0", "retry-on conn-failure", "retry-on none").Replace(text)
}

// rolling restarts two servers behind the proxy in turn while people send and
// read. Nobody may see an error, and nothing that was acknowledged may be lost.
func (r *run) rolling() error {
	return r.behindProxy(func(b *book, one, two *server) error {
		seen, err := r.turns(b, sampleAs, r.rounds, syscall.SIGTERM, one, two)
		if err == nil && seen.failed > 0 {
			err = fmt.Errorf("%d requests of people failed", seen.failed)
		}
		if err != nil {
			return err
		}
		one.beside = nil
		n, err := one.settle(r.ctx, b, 0)
		if err == nil {
			fmt.Printf("   both servers were restarted %d times; of %d pages and %d submissions none saw an error\n", r.rounds, seen.pages, n)
		}
		return err
	})
}

// rollingControl is the same with what the proxy and the program do against it left
// out: servers are killed and not ended, and the proxy tries no other. People must
// see that, or rolling proves nothing.
func (r *run) rollingControl() error {
	return r.behindProxy(func(b *book, one, two *server) error {
		seen, err := r.turns(b, sampleCareless, r.rounds, syscall.SIGKILL, one, two)
		if err == nil && seen.failed == 0 {
			err = fmt.Errorf("of %d pages and as many submissions none saw that servers were killed: the harness finds nothing", seen.pages)
		}
		if err == nil {
			fmt.Printf("   killed, behind a proxy that tries no other: of %d pages and as many submissions %d failed\n", seen.pages, seen.failed)
		}
		return err
	})
}

// behindProxy runs two servers for do, which ends them.
func (r *run) behindProxy(do func(b *book, one, two *server) error) error {
	if r.proxy == "" {
		return errSkip("haproxy is not on this machine")
	}
	one, err := r.newServer("postgres", r.program, "")
	if err != nil {
		return err
	}
	one.more = []string{"--trusted-proxy", "127.0.0.1"}
	two, err := one.twin()
	if err != nil {
		return err
	}
	b, err := newBook()
	if err != nil {
		return err
	}
	if err := errors.Join(one.start(), two.start()); err != nil {
		return err
	}
	return do(b, one, two)
}

// watched is what people saw meanwhile: how many pages they asked for, and as many
// times they sent something; and how often they did not get what they asked for.
type watched struct{ pages, failed int }

// turns starts the proxy and restarts both servers while every client works, so many
// rounds, ended by a signal; then it ends all three.
func (r *run) turns(b *book, change func(string) string, rounds int, with syscall.Signal, one, two *server) (seen watched, err error) {
	public, end, err := r.startProxy(change, one, two)
	if err != nil {
		return seen, err
	}
	defer func() { err = errors.Join(err, end(), one.end(syscall.SIGKILL), two.end(syscall.SIGKILL)) }()
	old := client
	client = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: clients, ForceAttemptHTTP2: true,
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}}} // made here a moment ago
	defer func() { client = old }()
	var working sync.WaitGroup
	var pages, failed atomic.Int64
	done := make(chan struct{})
	for c := range clients {
		working.Go(func() {
			for ended := false; !ended; {
				if !b.sendTo(r.ctx, public, one.tokens[c], b.next(c)) {
					failed.Add(1)
				}
				if !reads(r.ctx, public+"/sign-in") {
					failed.Add(1)
				}
				pages.Add(1)
				select {
				case <-done:
					ended = true
				case <-time.After(pause):
				}
			}
		})
	}
	for range rounds {
		for _, s := range []*server{one, two} {
			if err == nil {
				err = errors.Join(s.end(with), s.start())
			}
			time.Sleep(2 * time.Second) // the proxy looks twice a second, and the other one may go only then
		}
	}
	close(done)
	working.Wait()
	return watched{int(pages.Load()), int(failed.Load())}, err
}

// reads says whether a page is there.
func reads(ctx context.Context, address string) bool {
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return false
	}
	got, err := client.Do(q)
	if err != nil {
		return false
	}
	return got.Body.Close() == nil && got.StatusCode == http.StatusOK
}

// startProxy runs the proxy before both servers, with a changed configuration, and
// returns its address.
func (r *run) startProxy(change func(string) string, one, two *server) (public string, end func() error, err error) {
	dir, err := os.MkdirTemp(r.dir, "proxy")
	if err != nil {
		return "", nil, err
	}
	text, err := os.ReadFile(sample)
	if err != nil {
		return "", nil, fmt.Errorf("reading %s: %w", sample, err)
	}
	addr, err := free()
	if err != nil {
		return "", nil, err
	}
	site, config := filepath.Join(dir, "site.pem"), filepath.Join(dir, "haproxy.cfg")
	filled := strings.NewReplacer("bind :443 ", "bind "+addr+" ", "/etc/haproxy/site.pem", site, "127.0.0.1:8441", one.addr, "127.0.0.1:8442", two.addr).Replace(change(string(text)))
	if strings.Count(filled, addr)+strings.Count(filled, one.addr)+strings.Count(filled, two.addr) != 3 {
		return "", nil, fmt.Errorf("%s has other addresses than it had", sample)
	}
	cert, err := certificate()
	if err = errors.Join(err, os.WriteFile(site, cert, 0o600), os.WriteFile(config, []byte(filled), 0o600)); err != nil {
		return "", nil, err
	}
	var said bytes.Buffer
	cmd := exec.CommandContext(r.ctx, r.proxy, "-db", "-f", config)
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		return "", nil, fmt.Errorf("starting the proxy: %w", err)
	}
	end = func() error {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
		return nil
	}
	for range 500 {
		if c, err := net.Dial("tcp", addr); err == nil {
			time.Sleep(time.Second) // until it has looked at both
			return "https://" + addr, end, c.Close()
		}
		time.Sleep(10 * time.Millisecond)
	}
	return "", nil, errors.Join(fmt.Errorf("the proxy does not answer: %s", said.String()), end())
}

// certificate is one of the proxy's own, with its key.
func certificate() ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	of := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, of, of, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...), nil
}
