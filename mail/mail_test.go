package mail

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// server is a real mail server in this process that keeps what it takes.
type server struct {
	mu      sync.Mutex
	took    []string
	to      []string
	tls     int // mails that came over TLS
	account string
	refuse  *smtp.SMTPError
}

type session struct {
	s    *server
	conn *smtp.Conn
}

func (s *server) NewSession(c *smtp.Conn) (smtp.Session, error) {
	return &session{s, c}, nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		s.s.mu.Lock()
		defer s.s.mu.Unlock()
		if user != "desk" || password != "hush hush" {
			return errors.New("no such account: " + password)
		}
		s.s.account = user
		return nil
	}), nil
}

func (s *session) Mail(string, *smtp.MailOptions) error { return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.s.refuse != nil {
		return s.s.refuse
	}
	s.s.mu.Lock()
	defer s.s.mu.Unlock()
	s.s.to = append(s.s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	s.s.mu.Lock()
	defer s.s.mu.Unlock()
	s.s.took = append(s.s.took, string(b))
	if _, ok := s.conn.TLSConnectionState(); ok {
		s.s.tls++
	}
	return err
}

// serve starts s with a certificate of its own and returns its address and who
// vouches for it.
func serve(t *testing.T, s *server, withTLS bool) (string, *x509.CertPool) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := smtp.NewServer(s)
	srv.Domain = "mail.example.org"
	pool := x509.NewCertPool()
	if withTLS {
		srv.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate(t, pool)}}
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close(); <-done })
	return l.Addr().String(), pool
}

func certificate(t *testing.T, pool *x509.CertPool) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func options(addr string, roots *x509.CertPool) Options {
	return Options{
		Addr: addr, From: "desk@partners.example.org", SystemName: "Partner Services", PublicURL: "https://partners.example.org",
		Timeout: 2 * time.Second, Roots: roots, Now: func() time.Time { return time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC) },
	}
}

func sender(t *testing.T, o Options) *Sender {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Options that could send mail elsewhere, in clear or with lines of somebody
// else's are refused.
func TestNewRefuses(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"no port":       func(o *Options) { o.Addr = "mail.example.org" },
		"port by name":  func(o *Options) { o.Addr = "mail.example.org:smtp" },
		"no sender":     func(o *Options) { o.From = "" },
		"two senders":   func(o *Options) { o.From = "a@example.org, b@example.org" },
		"two lines":     func(o *Options) { o.SystemName = "Desk\r\nBcc: x@example.org" },
		"two addresses": func(o *Options) { o.PublicURL = "https://a\nhttps://b" },
		"no name":       func(o *Options) { o.SystemName = "" },
		"TLS perhaps":   func(o *Options) { o.TLS = "perhaps" },
		"no clock":      func(o *Options) { o.Now = nil },
	} {
		o := options("127.0.0.1:25", nil)
		change(&o)
		if _, err := New(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// Without TLS at the server nothing is sent, unless the settings say so; a
// certificate that nobody vouches for is no TLS.
func TestSendRefusesOpenWay(t *testing.T) {
	plain := &server{}
	addr, _ := serve(t, plain, false)
	if err := sender(t, options(addr, nil)).Send(t.Context(), "worker@example.org", Waiting, "1"); err == nil {
		t.Error("sent without TLS")
	}
	stranger := &server{}
	addr, _ = serve(t, stranger, true)
	if err := sender(t, options(addr, nil)).Send(t.Context(), "worker@example.org", Waiting, "1"); err == nil {
		t.Error("sent to a server for which nobody vouches")
	}
	if len(plain.took)+len(stranger.took) > 0 {
		t.Error("a server took mail")
	}
}

// Every kind of mail arrives over TLS, to one address, with the headers of an
// automatic message and nothing but the fixed words.
func TestEveryKindArrives(t *testing.T) {
	s := &server{}
	addr, roots := serve(t, s, true)
	from := sender(t, options(addr, roots))
	for i, l := range Kinds {
		if err := from.Send(t.Context(), "j.doe@county.example.org", l.Kind, "job 7K4M-2QX9-C3TB-5"); err != nil {
			t.Fatalf("%s: %v", l.Kind, err)
		}
		got, err := mail.ReadMessage(strings.NewReader(s.took[i]))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(got.Body))
		if err != nil {
			t.Fatal(err)
		}
		want := "Partner Services\r\n\r\n" + l.Sentence + "\r\n\r\nSign in: https://partners.example.org\r\n\r\nFor your safety this message says nothing else. Please do not reply.\r\n"
		if string(body) != want {
			t.Errorf("%s: body %q", l.Kind, body)
		}
		for header, want := range map[string]string{
			"Subject": "You have an item waiting", "From": `"Partner Services" <desk@partners.example.org>`,
			"To": "<j.doe@county.example.org>", "Auto-Submitted": "auto-generated", "Date": "Sun, 22 Nov 2026 14:00:00 +0000",
		} {
			if got.Header.Get(header) != want {
				t.Errorf("%s: %s is %q", l.Kind, header, got.Header.Get(header))
			}
		}
		for header := range got.Header {
			if !slices.Contains([]string{"Subject", "From", "To", "Date", "Message-Id", "Mime-Version", "Content-Type", "Content-Transfer-Encoding", "Auto-Submitted", "X-Auto-Response-Suppress"}, header) {
				t.Errorf("%s: a header more: %s", l.Kind, header)
			}
		}
		for _, hint := range []string{"7K4M", "2QX9", "traffick", "victim", "referral", "go-mail", "job"} {
			if strings.Contains(strings.ToLower(s.took[i]), strings.ToLower(hint)) {
				t.Errorf("%s: the mail says %q", l.Kind, hint)
			}
		}
	}
	if s.tls != len(Kinds) || len(s.to) != len(Kinds) {
		t.Errorf("%d over TLS, to %v", s.tls, s.to)
	}
}

// A second try of a job carries the same Message-ID; another job, receiver or
// kind another one.
func TestMessageIDIsStable(t *testing.T) {
	s := &server{}
	addr, roots := serve(t, s, true)
	from := sender(t, options(addr, roots))
	id := func(to string, kind Kind, job string) string {
		t.Helper()
		if err := from.Send(t.Context(), to, kind, job); err != nil {
			t.Fatal(err)
		}
		m, err := mail.ReadMessage(strings.NewReader(s.took[len(s.took)-1]))
		if err != nil {
			t.Fatal(err)
		}
		return m.Header.Get("Message-ID")
	}
	first := id("a@example.org", Waiting, "41")
	if again := id("a@example.org", Waiting, "41"); again != first || first == "" {
		t.Errorf("a second try changed %q to %q", first, again)
	}
	for _, other := range []string{id("a@example.org", Waiting, "42"), id("b@example.org", Waiting, "41"), id("a@example.org", Due, "41")} {
		if other == first {
			t.Errorf("another mail has the same id %q", other)
		}
	}
}

// A name that is not plain ASCII arrives as it is written.
func TestNameInAnyScript(t *testing.T) {
	s := &server{}
	addr, roots := serve(t, s, true)
	o := options(addr, roots)
	o.SystemName = "Служба партнёров"
	if err := sender(t, o).Send(t.Context(), "a@example.org", Waiting, "1"); err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(strings.NewReader(s.took[0]))
	if err != nil {
		t.Fatal(err)
	}
	from, err := m.Header.AddressList("From")
	if err != nil || from[0].Name != o.SystemName {
		t.Errorf("%v, %v", from, err)
	}
}

// The account at the server signs in over TLS, and a wrong password is an
// error that does not tell it.
func TestAccount(t *testing.T) {
	s := &server{}
	addr, roots := serve(t, s, true)
	o := options(addr, roots)
	o.User, o.Password = "desk", "wrong hush"
	if err := sender(t, o).Send(t.Context(), "a@example.org", Waiting, "1"); err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("a wrong password: %v", err)
	}
	o.Password = "hush hush"
	if err := sender(t, o).Send(t.Context(), "a@example.org", Waiting, "1"); err != nil || s.account != "desk" {
		t.Errorf("%v, account %q", err, s.account)
	}
}

// What the server refuses for good is told from what it asks to try later, and
// no error holds the receiver's address or the server's words.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		code    int
		forGood bool
	}{{550, true}, {552, true}, {421, false}, {451, false}} {
		s := &server{refuse: &smtp.SMTPError{Code: c.code, Message: "no jdoe here"}}
		addr, roots := serve(t, s, true)
		err := sender(t, options(addr, roots)).Send(t.Context(), "jdoe@example.org", Waiting, "1")
		if err == nil || errors.Is(err, ErrRefused) != c.forGood || strings.Contains(err.Error(), "jdoe") {
			t.Errorf("%d: %v", c.code, err)
		}
	}
	one := sender(t, options("127.0.0.1:1", nil))
	if err := one.Send(t.Context(), "not an address", Waiting, "1"); !errors.Is(err, ErrRefused) || strings.Contains(err.Error(), "not an address") {
		t.Errorf("no address: %v", err)
	}
	if err := one.Send(t.Context(), "a@example.org\r\nBcc: b@example.org", Waiting, "1"); !errors.Is(err, ErrRefused) {
		t.Errorf("two lines: %v", err)
	}
	if err := one.Send(t.Context(), "a@example.org", "chat", "1"); !errors.Is(err, ErrKind) {
		t.Errorf("an unknown kind: %v", err)
	}
	if err := one.Send(t.Context(), "jdoe@example.org", Waiting, "1"); err == nil || errors.Is(err, ErrRefused) || strings.Contains(err.Error(), "jdoe") {
		t.Errorf("nobody listens: %v", err)
	}
}

// A server that accepts and then says nothing, says too little, or says it
// byte by byte holds nobody for longer than the timeout.
func TestSlowServer(t *testing.T) {
	for name, speak := range map[string]func(net.Conn){
		"silent":   func(net.Conn) {},
		"half":     func(c net.Conn) { _, _ = io.WriteString(c, "220 mail") },
		"greets":   func(c net.Conn) { _, _ = io.WriteString(c, "220 mail\r\n") },
		"trickles": trickle,
	} {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			go func() {
				c, err := l.Accept()
				if err == nil {
					speak(c)
					_, _ = io.Copy(io.Discard, c)
					_ = c.Close()
				}
			}()
			o := options(l.Addr().String(), nil)
			o.Timeout = 300 * time.Millisecond
			start := time.Now()
			err = sender(t, o).Send(t.Context(), "jdoe@example.org", Waiting, "1")
			if took := time.Since(start); err == nil || took > 3*time.Second {
				t.Errorf("%v after %v", err, took)
			}
			if !errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "jdoe") {
				t.Errorf("%v", err)
			}
		})
	}
}

func trickle(c net.Conn) {
	for range 200 {
		if _, err := io.WriteString(c, "220-x\r\n"); err != nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}
