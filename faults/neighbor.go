package main

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"
)

// manner is how somebody outside takes a connection.
type manner string

const (
	well    manner = "well"
	closes  manner = "closes at once"
	hangs   manner = "takes it and says nothing"
	babbles manner = "answers what nobody asked"
)

// neighbor is somebody outside: a mail server, a scanner, a provider of sign-in.
type neighbor struct {
	net.Listener
	now atomic.Value // of manner
}

func newNeighbor() (*neighbor, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	n := &neighbor{Listener: l}
	n.now.Store(well)
	return n, nil
}

// Accept returns only connections that are taken well.
func (n *neighbor) Accept() (net.Conn, error) {
	for {
		c, err := n.Listener.Accept()
		if err != nil {
			return nil, err
		}
		switch n.now.Load() {
		case well:
			return c, nil
		case hangs:
			time.AfterFunc(time.Minute, func() { _ = c.Close() })
		case babbles:
			_, _ = io.WriteString(c, "HTTP/1.1 299 what\r\n\r\n\x00\xff stream: perhaps\r\n")
			_ = c.Close()
		default:
			_ = c.Close()
		}
	}
}

// post is a mail server that keeps the ids of what it takes.
type post struct {
	mu  sync.Mutex
	ids map[string]int
	all int
}

// NewSession takes a caller.
func (p *post) NewSession(*smtp.Conn) (smtp.Session, error) { return p, nil }

// Mail takes a sender.
func (*post) Mail(string, *smtp.MailOptions) error { return nil }

// Rcpt takes a recipient.
func (*post) Rcpt(string, *smtp.RcptOptions) error { return nil }

// Reset does nothing.
func (*post) Reset() {}

// Logout does nothing.
func (*post) Logout() error { return nil }

// Data takes a mail.
func (p *post) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for line := range bytes.Lines(text) {
		if bytes.HasPrefix(bytes.ToLower(line), []byte("message-id:")) {
			p.ids[string(line)]++
		}
	}
	p.all++
	return nil
}

// came is how many mails came, and how many of them for the first time.
func (p *post) came() (all, different int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.all, len(p.ids)
}

// scans answers as clamd does that finds nothing.
func scans(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			if _, err := io.CopyN(io.Discard, c, int64(len("zINSTREAM\x00"))); err != nil {
				return
			}
			for {
				var size uint32
				if err := binary.Read(c, binary.BigEndian, &size); err != nil {
					return
				}
				if size == 0 {
					_, _ = io.WriteString(c, "stream: OK\x00")
					return
				}
				if _, err := io.CopyN(io.Discard, c, int64(size)); err != nil {
					return
				}
			}
		}()
	}
}
