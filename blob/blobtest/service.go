// Package blobtest runs a real service that speaks S3, for tests: on the loopback,
// in a folder of its own, ended with the test. It is versitygw over a folder, as
// scripts/ensure-s3.sh brings it.
package blobtest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"nysreferral/blob"
)

// Service is one that runs.
type Service struct {
	Place  blob.Place // without a bucket
	CAFile string     // of the certificate that vouches for it; empty: it speaks without TLS
	Folder string     // a bucket is a folder in it, and an object a file
	Raw    *minio.Client
}

// Start starts a service that can keep versions.
func Start(t testing.TB) *Service { return start(t, "http", nil) }

// StartTLS starts one that speaks TLS, with a certificate of its own.
func StartTLS(t testing.TB) *Service {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert"), filepath.Join(dir, "key")
	roots := certificate(t, cert, key)
	s := start(t, "https", roots, "--cert", cert, "--key", key)
	s.CAFile = cert
	return s
}

func start(t testing.TB, scheme string, roots *x509.CertPool, flags ...string) *Service {
	t.Helper()
	program := find(t)
	dir := t.TempDir()
	for _, name := range []string{"objects", "versions"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s := &Service{Folder: filepath.Join(dir, "objects"), Place: blob.Place{Region: "us-east-1", KeyID: "made-up-key", Secret: rand.Text(), Roots: roots, Wait: 20 * time.Second}}
	client := &http.Client{Timeout: time.Second, Transport: s.trusting()}
	for range 5 { // the port may be taken between its choice and its use
		addr := free(t)
		said, ended := s.run(t, program, append([]string{"--quiet", "--port", addr, "--health", "/health"}, append(flags, "posix", "--versioning-dir", filepath.Join(dir, "versions"), s.Folder)...))
		if s.Place.Endpoint = scheme + "://" + addr; answers(client, s.Place.Endpoint+"/health", ended) {
			s.Raw = s.raw(t, addr, scheme == "https")
			return s
		}
		t.Logf("it did not begin: %s", said.bytes())
	}
	t.Fatal("the service that speaks S3 does not begin")
	return nil
}

// run starts the program and ends it with the test.
func (s *Service) run(t testing.TB, program string, args []string) (said *text, ended chan struct{}) {
	t.Helper()
	said, ended = &text{}, make(chan struct{})
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY_ID="+s.Place.KeyID, "ROOT_SECRET_ACCESS_KEY="+s.Place.Secret)
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { defer close(ended); _ = cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
	})
	return said, ended
}

// answers says whether a service begins to answer before it ends.
func answers(client *http.Client, address string, ended chan struct{}) bool {
	for range 1200 {
		if got, err := client.Get(address); err == nil {
			_ = got.Body.Close()
			if got.StatusCode == http.StatusOK {
				return true
			}
		}
		select {
		case <-ended:
			return false
		case <-time.After(50 * time.Millisecond):
		}
	}
	return false
}

// Bucket makes a bucket, and returns where it is.
func (s *Service) Bucket(t testing.TB, name string, versions bool) blob.Place {
	t.Helper()
	if err := s.Raw.MakeBucket(t.Context(), name, minio.MakeBucketOptions{Region: s.Place.Region}); err != nil {
		t.Fatal(err)
	}
	if versions {
		if err := s.Raw.EnableVersioning(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	at := s.Place
	at.Bucket = name
	return at
}

// Left is how many versions of anything the service keeps in a bucket.
func (s *Service) Left(t testing.TB, bucket string, versions bool) (n int) {
	t.Helper()
	for o := range s.Raw.ListObjectsIter(t.Context(), bucket, minio.ListObjectsOptions{Recursive: true, WithVersions: versions}) {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
		n++
	}
	return n
}

func (s *Service) raw(t testing.TB, addr string, secure bool) *minio.Client {
	t.Helper()
	c, err := minio.New(addr, &minio.Options{Creds: credentials.NewStaticV4(s.Place.KeyID, s.Place.Secret, ""), Secure: secure, Region: s.Place.Region,
		BucketLookup: minio.BucketLookupPath, Transport: s.trusting()})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (s *Service) trusting() *http.Transport {
	ways := http.DefaultTransport.(*http.Transport).Clone()
	ways.Proxy = nil
	if s.Place.Roots != nil {
		ways.TLSClientConfig.RootCAs = s.Place.Roots
	}
	return ways
}

// find is where the program is.
func find(t testing.TB) string {
	t.Helper()
	if path := os.Getenv("TEST_S3"); path != "" {
		return path
	}
	for dir, err := os.Getwd(); err == nil && dir != "/"; dir = filepath.Dir(dir) {
		path := filepath.Join(dir, ".tools", "versitygw")
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatal("there is no service that speaks S3, and nothing may be left out: run scripts/ensure-s3.sh")
	}
	t.Skip("SKIPPED: there is no service that speaks S3; run scripts/ensure-s3.sh")
	return ""
}

func free(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// certificate makes one for the loopback, with its key.
func certificate(t testing.TB, cert, key string) *x509.CertPool {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "store"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, of, of, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return roots
}

// text is what a program says. It is safe for concurrent use.
type text struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write keeps p.
func (t *text) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.Write(p)
}

func (t *text) bytes() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return bytes.Clone(t.b.Bytes())
}
