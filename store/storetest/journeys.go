package storetest

import (
	"io"
	"net"
	"net/url"
	"sync/atomic"
	"testing"

	"nysreferral/store"
)

// Journeys opens a fresh migrated PostgreSQL behind something that counts how
// often this side begins to speak after the server did: the journeys so far.
func Journeys(t testing.TB) (*store.DB, *atomic.Int64) {
	t.Helper()
	at, err := url.Parse(PostgresURL(t))
	if err != nil {
		t.Fatal(err)
	}
	server := at.Host
	counter, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = counter.Close() })
	n := &atomic.Int64{}
	go func() {
		for {
			ours, err := counter.Accept()
			if err != nil {
				return
			}
			theirs, err := net.Dial("tcp", server)
			if err != nil {
				_ = ours.Close()
				return
			}
			answered := &atomic.Bool{}
			answered.Store(true)
			go pass(theirs, ours, func() {
				if answered.Swap(false) {
					n.Add(1)
				}
			})
			go pass(ours, theirs, func() { answered.Store(true) })
		}
	}()
	at.Host = counter.Addr().String()
	return open(t, at.String()), n
}

// pass hands on what comes until one of the two ends.
func pass(to, from net.Conn, came func()) {
	defer to.Close()
	defer from.Close()
	some := make([]byte, 1<<16)
	for {
		got, err := from.Read(some)
		if got > 0 {
			came()
			if _, err := to.Write(some[:got]); err != nil {
				return
			}
		}
		if err != nil && err != io.EOF || got == 0 {
			return
		}
	}
}
