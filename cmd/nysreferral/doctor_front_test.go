package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"testing"
	"time"
)

// authority makes certificates that others trust who have its pool.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pool *x509.CertPool
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "Made-up authority"}, NotBefore: time.Now().AddDate(-2, 0, 0), NotAfter: time.Now().AddDate(2, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, of, of, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	a := &authority{cert: cert, key: key, pool: x509.NewCertPool()}
	a.pool.AddCert(cert)
	return a
}

// files are a certificate of a's for a name, good until a moment, and its key.
func (a *authority) files(t *testing.T, name string, until time.Time) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{SerialNumber: big.NewInt(8), Subject: pkix.Name{CommonName: name}, NotBefore: until.AddDate(0, -6, 0), NotAfter: until, DNSNames: []string{name}}
	der, err := x509.CreateCertificate(rand.Reader, of, a.cert, private.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	return pemFiles(t, der, private)
}

// A certificate that vouches for itself, or for which nobody vouches whom the machine
// trusts, is to be mended where real people are served and told of in a trial: a
// browser that asks the same way refuses it. One of an authority that is trusted is
// fine until it is about to end, and one that ended is said to have.
func TestCertificateNobodyVouchesFor(t *testing.T) {
	const host = "referrals.example.org"
	trusted, other := newAuthority(t), newAuthority(t)
	for name, one := range map[string]struct {
		from  *authority // nil: it vouches for itself
		left  time.Duration
		pilot bool
		want  string // the first finding
		opens bool   // a browser takes it
	}{
		"of its own":          {nil, 100 * 24 * time.Hour, false, "FAIL it vouches for itself", false},
		"of its own, a trial": {nil, 100 * 24 * time.Hour, true, "warn it vouches for itself", false},
		"of nobody known":     {other, 100 * 24 * time.Hour, false, "FAIL nobody whom this machine trusts vouches for it", false},
		"trusted":             {trusted, 100 * 24 * time.Hour, false, "ok good for 99 days", true},
		"ends soon":           {trusted, 20 * 24 * time.Hour, false, "warn it ends in 19 days", true},
		"ended":               {trusted, -time.Hour, false, "FAIL it ended on", false},
	} {
		t.Run(name, func(t *testing.T) {
			x := &examination{ctx: t.Context(), now: time.Now(), roots: trusted.pool}
			x.s.PublicURL, x.s.Pilot = "https://"+host, one.pilot
			until := x.now.Add(one.left)
			if one.from == nil {
				x.s.TLSCert, x.s.TLSKey = certificateFiles(t, host, until)
			} else {
				x.s.TLSCert, x.s.TLSKey = one.from.files(t, host, until)
			}
			x.certificate()
			if got := x.list[0].level.String() + " " + x.list[0].is; !strings.HasPrefix(got, one.want) || x.list[0].level != fine && x.list[0].do == "" {
				t.Errorf("doctor says %q, want %q", got, one.want)
			}
			if err := visited(t, x.s.TLSCert, x.s.TLSKey, host, trusted.pool); (err == nil) != one.opens {
				t.Errorf("a browser: %v", err)
			}
		})
	}
}

// visited asks a server with a certificate for a page, as a browser does.
func visited(t *testing.T, cert, key, host string, roots *x509.CertPool) error {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	site := &http.Server{ReadHeaderTimeout: time.Second, ErrorLog: nil, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "here") })}
	go func() { _ = site.Serve(l) }()
	defer site.Close()
	conn, err := (&tls.Dialer{Config: &tls.Config{ServerName: host, RootCAs: roots, MinVersion: tls.VersionTLS12}, NetDialer: &net.Dialer{Timeout: 5 * time.Second}}).DialContext(t.Context(), "tcp", l.Addr().String())
	if err == nil {
		err = conn.Close()
	}
	return err
}

// A program says of when its source is; one that is old, or of which nobody knows, is
// told to be.
func TestOldProgramIsTold(t *testing.T) {
	now := time.Now()
	of := func(days int, more ...debug.BuildSetting) *debug.BuildInfo {
		return &debug.BuildInfo{GoVersion: "go1.26", Main: debug.Module{Version: "v1.2.3"}, Settings: append(more, debug.BuildSetting{Key: "vcs.time", Value: now.AddDate(0, 0, -days).UTC().Format(time.RFC3339)})}
	}
	for want, info := range map[string]*debug.BuildInfo{
		"warn version v1.2.3, go1.26, of a source that is 91 days old":             of(91),
		"ok version v1.2.3, go1.26, of a source that is 89 days old":               of(89),
		"ok version v1.2.3, go1.26, of a source that is 2 days old, changed since": of(2, debug.BuildSetting{Key: "vcs.modified", Value: "true"}),
		"warn version v1.2.3, go1.26, and nobody knows of when":                    {GoVersion: "go1.26", Main: debug.Module{Version: "v1.2.3"}, Settings: []debug.BuildSetting{{Key: "vcs.time", Value: "yesterday"}}},
		"ok version v1.2.3, go1.26, of a source that is 0 seconds old":             of(-3),
	} {
		x := &examination{now: now}
		x.age(info)
		if got := x.list[0].level.String() + " " + x.list[0].is; len(x.list) != 1 || got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if x.list[0].level == doubtful && x.list[0].do == "" {
			t.Errorf("%s: %+v", want, x.list[0])
		}
	}
}
