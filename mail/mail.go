// Package mail tells a person that something waits for them, and nothing else:
// no reference, no name, no agency, no count. What is sent is a fixed subject,
// a neutral name of the system, one sentence of the table Kinds and the address
// to sign in at. Whoever reads the mailbox over a shoulder learns that it has
// an account. The package does not choose whom to tell, does not retry, and its
// errors hold no address.
package mail

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Kind names one of the things that mail may say.
type Kind string

// The kinds of mail.
const (
	Waiting Kind = "waiting" // something new waits
	Changed Kind = "changed" // something that the receiver waits for changed
	Due     Kind = "due"     // something that waits is due soon, or late
	Ended   Kind = "ended"   // something that the receiver had must not be acted on any more
	Invited Kind = "invited" // an account was made for the receiver
	Account Kind = "account" // the receiver's account or sign-in changed
	Alarm   Kind = "alarm"   // the system itself needs whoever runs it
)

// A Letter is what a kind of mail says.
type Letter struct {
	Kind     Kind
	Sentence string
}

// Kinds is all that mail may say. Nothing is ever put into a sentence.
var Kinds = []Letter{
	{Waiting, "You have an item waiting."},
	{Changed, "Something changed on an item of yours."},
	{Due, "You have an item waiting that needs your attention soon."},
	{Ended, "An item that you have was ended. Sign in before you do anything more with it."},
	{Invited, "You have been given an account. Your coordinator will tell you how to sign in for the first time."},
	{Account, "Something about your account was changed. If this was not you, tell your coordinator."},
	{Alarm, "The system itself needs attention. Whoever runs it: run doctor on the machine."},
}

const subject = "You have an item waiting"

// ErrRefused is in the chain of an error when the mail server refused the mail
// for good: sending it again would be refused again.
var ErrRefused = errors.New("the mail server refused it for good")

// ErrKind says that a kind is not in the table Kinds.
var ErrKind = errors.New("mail: this kind of mail does not exist")

// TLS says what the way to the mail server must be.
type TLS string

// The policies of TLS.
const (
	TLSRequired TLS = "required" // no TLS, no mail
	TLSOffered  TLS = "offered"  // TLS if the server has it
	TLSOff      TLS = "off"      // for a server on the same machine
)

// Options say how mail leaves.
type Options struct {
	Addr       string         // the mail server, host:port
	From       string         // the sender's address
	TLS        TLS            // empty is TLSRequired
	User       string         // account at the mail server; empty for none
	Password   string         // of the account
	SystemName string         // neutral name of the system
	PublicURL  string         // where to sign in: an origin, without path
	Timeout    time.Duration  // for one mail, from dialing to the last answer; 0 is 30 s
	Roots      *x509.CertPool // who may vouch for the server; nil is the system's list
	Now        func() time.Time
}

// Sender sends mail. It is safe for concurrent use; each mail has a connection
// of its own.
type Sender struct {
	o      Options
	host   string
	port   int
	domain string // of the sender's address
	policy gomail.TLSPolicy
}

// New returns a Sender, or says which option is wrong. It does not connect.
func New(o Options) (*Sender, error) {
	host, portText, err := net.SplitHostPort(o.Addr)
	if err != nil {
		return nil, fmt.Errorf("mail: reading the address of the server: %w", err)
	}
	port, err := strconv.Atoi(portText)
	if err != nil || port < 1 || port > 65535 {
		return nil, errors.New("mail: the port of the server must be a number from 1 to 65535")
	}
	_, domain, ok := strings.Cut(o.From, "@")
	if _, err := mail.ParseAddress(o.From); err != nil || !ok {
		return nil, errors.New("mail: the sender must be a mail address")
	}
	if strings.ContainsFunc(o.SystemName+o.PublicURL, func(r rune) bool { return r < ' ' }) || o.SystemName == "" || o.PublicURL == "" {
		return nil, errors.New("mail: the name and the address of the system must each be one line")
	}
	policies := map[TLS]gomail.TLSPolicy{"": gomail.TLSMandatory, TLSRequired: gomail.TLSMandatory, TLSOffered: gomail.TLSOpportunistic, TLSOff: gomail.NoTLS}
	policy, ok := policies[o.TLS]
	if !ok {
		return nil, errors.New("mail: TLS must be required, offered or off")
	}
	if o.Now == nil {
		return nil, errors.New("mail: a clock is needed")
	}
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	return &Sender{o: o, host: host, port: port, domain: domain, policy: policy}, nil
}

// Send sends a mail of a kind to one address. job is the stable id of the job
// that sends it: a second try carries the same Message-ID, so that the
// receiver's server can drop the second copy. It returns ErrKind, an error with
// ErrRefused in its chain when trying again is of no use, or another error.
func (s *Sender) Send(ctx context.Context, to string, kind Kind, job string) error {
	msg, err := s.message(to, kind, job)
	if err != nil {
		return err
	}
	return s.deliver(ctx, msg)
}

func (s *Sender) deliver(ctx context.Context, msg *gomail.Msg) error {
	ctx, cancel := context.WithTimeout(ctx, s.o.Timeout)
	defer cancel()
	client, err := s.client(ctx)
	if err != nil {
		return errors.New("mail: preparing to send: the settings of the mail server are not accepted")
	}
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return explain(ctx, err)
	}
	err = client.SendWithSMTPClient(conn, msg)
	_ = client.CloseWithSMTPClient(conn) // the server has taken the mail or not: the farewell changes nothing
	if err != nil {
		return explain(ctx, err)
	}
	return nil
}

// message is the whole mail.
func (s *Sender) message(to string, kind Kind, job string) (*gomail.Msg, error) {
	sentence, ok := say(kind)
	if !ok {
		return nil, ErrKind
	}
	body := s.o.SystemName + "\r\n\r\n" + sentence + "\r\n\r\nSign in: " + s.o.PublicURL + "\r\n\r\n" +
		"For your safety this message says nothing else. Please do not reply.\r\n"
	return s.letter(to, subject, body, s.messageID(to, kind, job))
}

// letter is a mail to one address.
func (s *Sender) letter(to, subject, body, id string) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := m.FromFormat(s.o.SystemName, s.o.From); err != nil {
		return nil, errors.New("mail: the sender must be a mail address")
	}
	if err := m.To(to); err != nil {
		return nil, fmt.Errorf("mail: the receiver's address is not one: %w", ErrRefused)
	}
	m.Subject(subject)
	m.SetDateWithValue(s.o.Now().UTC())
	m.SetMessageIDWithValue(id)
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("X-Auto-Response-Suppress", "All")
	m.SetBodyString(gomail.TypeTextPlain, body)
	return m, nil
}

// messageID is the same for each try of a job and tells nothing about it.
func (s *Sender) messageID(to string, kind Kind, job string) string {
	sum := sha256.Sum256([]byte("nysreferral/mail/1\x00" + string(kind) + "\x00" + to + "\x00" + job))
	return hex.EncodeToString(sum[:16]) + "@" + s.domain
}

// Reach says whether the mail server answers, over TLS and to this account as the
// settings want. It sends nothing.
func (s *Sender) Reach(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.o.Timeout)
	defer cancel()
	client, err := s.client(ctx)
	if err != nil {
		return errors.New("mail: preparing to reach the server: its settings are not accepted")
	}
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return explain(ctx, err)
	}
	_ = client.CloseWithSMTPClient(conn) // it answered
	return nil
}

func (s *Sender) client(ctx context.Context) (*gomail.Client, error) {
	options := []gomail.Option{
		gomail.WithPort(s.port), gomail.WithTimeout(s.o.Timeout), gomail.WithHELO(s.domain),
		gomail.WithTLSConfig(&tls.Config{ServerName: s.host, RootCAs: s.o.Roots, MinVersion: tls.VersionTLS12}),
		gomail.WithTLSPolicy(s.policy), gomail.WithDialContextFunc(dialUntil(ctx)),
	}
	if s.o.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(s.o.User), gomail.WithPassword(s.o.Password))
	}
	return gomail.NewClient(s.host, options...)
}

// dialUntil dials connections that are cut when ctx ends: a server that
// answers one byte at a time holds nobody for longer than the timeout.
func dialUntil(ctx context.Context) gomail.DialContextFunc {
	return func(dialing context.Context, network, addr string) (net.Conn, error) {
		var d net.Dialer
		conn, err := d.DialContext(dialing, network, addr)
		if err != nil {
			return nil, err
		}
		context.AfterFunc(ctx, func() { _ = conn.Close() })
		return conn, nil
	}
}

// explain turns an error of the library, which may hold addresses and the
// server's words, into one that holds neither.
func explain(ctx context.Context, err error) error {
	var refused *gomail.SendError
	if errors.As(err, &refused) && refused.ErrorCode() >= 500 {
		return fmt.Errorf("mail: sending (answer %d): %w", refused.ErrorCode(), ErrRefused)
	}
	if errors.As(err, &refused) && refused.ErrorCode() >= 400 {
		return fmt.Errorf("mail: sending: the server asks to try later (answer %d)", refused.ErrorCode())
	}
	var wait net.Error
	if ctx.Err() != nil || errors.As(err, &wait) && wait.Timeout() {
		return fmt.Errorf("mail: sending: %w", context.DeadlineExceeded)
	}
	var op *net.OpError
	if errors.As(err, &op) {
		return fmt.Errorf("mail: sending: the connection to the server failed (%s)", op.Op)
	}
	return errors.New("mail: sending: the server did not take part as it must (TLS, sign-in or protocol)")
}

func say(kind Kind) (string, bool) {
	for _, l := range Kinds {
		if l.Kind == kind {
			return l.Sentence, true
		}
	}
	return "", false
}
