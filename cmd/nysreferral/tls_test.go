package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nysreferral/config"
)

// certificate writes a certificate for the loopback and its key.
func certificate(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	shape := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	made, err := x509.CreateCertificate(rand.Reader, shape, shape, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: made}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// A certificate that cannot be read, or that another key belongs to, is said
// before anything is opened, and not after the server said that it serves.
func TestCertificateIsReadFirst(t *testing.T) {
	cert, key := certificate(t)
	_, other := certificate(t)
	for _, pair := range [][2]string{{cert + ".not", key}, {cert, other}} {
		s := realSettings(t)
		s.TLSCert, s.TLSKey = pair[0], pair[1]
		before := contents(t, s.Data)
		var said strings.Builder
		err := (&serve{s}).Run(&env{ctx: t.Context(), out: &said, log: slog.New(slog.DiscardHandler)})
		if err == nil || !strings.Contains(err.Error(), "the certificate of --tls-cert") || said.Len() > 0 {
			t.Errorf("it says %q and then %v", said.String(), err)
		}
		if !bytes.Equal(before, contents(t, s.Data)) { // the lock of a database that was open stays
			t.Error("something was opened")
		}
	}
	if err := certified(config.Settings{TLSCert: cert, TLSKey: key}); err != nil {
		t.Errorf("one that fits is refused: %v", err)
	}
}

// The server that the program starts speaks TLS 1.2 and 1.3 and nothing older,
// and no cipher that chains blocks: nobody who listens or stands between gets a
// weaker one by asking. Whoever is slow with a header is not waited for longer
// than the limits that the tests of slow requests try.
func TestTLSOffersNothingOld(t *testing.T) {
	s := realSettings(t)
	s.TLSCert, s.TLSKey = certificate(t)
	ctx, stop := context.WithCancel(t.Context())
	said, ended := make(told, 1), make(chan error, 1)
	go func() { ended <- (&serve{s}).Run(&env{ctx: ctx, out: said, log: slog.New(slog.DiscardHandler)}) }()
	var at string
	select {
	case err := <-ended:
		t.Fatalf("it does not start: %v", err)
	case <-time.After(2 * time.Minute):
		t.Fatal("it does not start in two minutes")
	case line := <-said:
		at = strings.TrimSuffix(strings.TrimSpace(line[strings.LastIndex(line, " ")+1:]), ".")
	}
	for name, one := range map[string]struct {
		client *tls.Config
		taken  bool
	}{
		"TLS 1.1":       {&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, false},
		"chained":       {&tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA}}, false},
		"TLS 1.2":       {&tls.Config{MaxVersion: tls.VersionTLS12}, true},
		"TLS 1.2, GCM":  {&tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}}, true},
		"TLS 1.3":       {&tls.Config{MinVersion: tls.VersionTLS13}, true},
		"HTTP/2, again": {&tls.Config{NextProtos: []string{"h2"}}, true},
	} {
		one.client.InsecureSkipVerify = true // the certificate is of this test
		c, err := tls.DialWithDialer(&net.Dialer{Timeout: 10 * time.Second}, "tcp", at, one.client)
		if (err == nil) != one.taken {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			if got := c.ConnectionState(); got.Version < tls.VersionTLS12 || len(one.client.NextProtos) > 0 && got.NegotiatedProtocol != "h2" {
				t.Errorf("%s: %x, %q", name, got.Version, got.NegotiatedProtocol)
			}
			_ = c.Close()
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("it ends with %v", err)
	}
}
