package auth

import (
	"context"
	"encoding/base64"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"nysreferral/store/storetest"
)

// email and network are what a server tells of here.
const email, network = "robin.winter@example.org", "203.0.113.0/24"

// spying listens on a connection of its own, as anybody does who has the database,
// and returns the next that is told.
func spying(ctx context.Context, t *testing.T, h *house) func() string {
	t.Helper()
	lent, err := h.db.Pool().Acquire(ctx)
	if err != nil {
		t.Fatal(err)
	}
	spy := lent.Hijack()
	t.Cleanup(func() { _ = spy.Close(context.WithoutCancel(ctx)) })
	if _, err := spy.Exec(ctx, "LISTEN "+sprays); err != nil {
		t.Fatal(err)
	}
	return func() string {
		t.Helper()
		said, err := spy.WaitForNotification(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return said.Payload
	}
}

// What servers tell each other over PostgreSQL is heard by everybody who has the
// database: whoever listens reads nothing of it, neither address nor network nor
// server, and does not see that the same address is tried again.
func TestWhatServersTellIsSealed(t *testing.T) {
	h := open(t, storetest.Postgres(t))
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	hears := spying(ctx, t, h)
	if _, err := h.SignIn(ctx, email, "one password for all", network); err == nil {
		t.Fatal("a made-up account signs in")
	}
	payload := hears()
	plain, err := base64.StdEncoding.DecodeString(payload)
	if err != nil {
		t.Fatalf("%q: %v", payload, err)
	}
	mark := h.addressMark(email)
	for what, word := range map[string]string{"the address": email, "a name": "robin", "the network": network, "a part of it": "203.0.113", "the server": h.self,
		"the mark of the address": string(mark[:]), "a word of the text": "source", "the key of marks": string(h.marks)} {
		if strings.Contains(payload, word) || strings.Contains(string(plain), word) {
			t.Errorf("%s stands in clear in what is told", what)
		}
	}
	if err := h.sprayed(ctx, email, network); err != nil {
		t.Fatal(err)
	}
	if again := hears(); again == payload {
		t.Error("the same is told in the same bytes: who listens counts how often one address is tried")
	}
}

// listening is a second server that hears what the first one tells, and what it
// counted.
type listening struct {
	*Service
	first *house
	t     *testing.T
}

func listen(ctx context.Context, t *testing.T, h *house) *listening {
	t.Helper()
	other, err := New(Options{DB: h.db, Ring: h.ring, Now: h.Now, Cost: testCost, PasswordAlone: true})
	if err != nil {
		t.Fatal(err)
	}
	hearing, end := context.WithCancel(ctx)
	var done sync.WaitGroup
	done.Go(func() { other.Together(hearing, slog.New(slog.DiscardHandler)) })
	t.Cleanup(func() { end(); done.Wait() })
	l := &listening{other, h, t}
	l.until(ctx, other.sprays.common.Load)
	return l
}

func (l *listening) until(ctx context.Context, is func() bool) {
	l.t.Helper()
	for ; !is(); time.Sleep(5 * time.Millisecond) {
		if ctx.Err() != nil {
			l.t.Fatal("what a server says is not heard")
		}
	}
}

func (l *listening) counted() (n int) {
	l.sprays.mu.Lock()
	defer l.sprays.mu.Unlock()
	for _, from := range l.sprays.from {
		n += len(from.tried)
	}
	return n
}

// settled has the first server tell of one more address and waits until it counts:
// all that was told before was heard by then. want is what counts in all.
func (l *listening) settled(ctx context.Context, address string, want int) {
	l.t.Helper()
	before := l.counted()
	if err := l.first.sprayed(ctx, address, network); err != nil {
		l.t.Fatal(err)
	}
	l.until(ctx, func() bool { return l.counted() > before })
	if n := l.counted(); n != want {
		l.t.Errorf("%d addresses are counted, want %d", n, want)
	}
}

// say is said by somebody who has the database and no key.
func (l *listening) say(ctx context.Context, text string) {
	l.t.Helper()
	if err := l.db.Tell(ctx, sprays, text); err != nil {
		l.t.Fatal(err)
	}
}

// What nobody sealed, and what was altered in any byte, counts for nothing; what
// was caught and is said again at once counts once, and later for nothing.
func TestForgedAndRepeatedIsIgnored(t *testing.T) {
	h := open(t, storetest.Postgres(t))
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	hears := spying(ctx, t, h)
	if err := h.sprayed(ctx, email, network); err != nil {
		t.Fatal(err)
	}
	payload := hears()
	sealed, err := base64.StdEncoding.DecodeString(payload)
	if err != nil {
		t.Fatal(err)
	}
	other := listen(ctx, t, h)
	other.settled(ctx, "first@example.org", 1)
	for i := range sealed {
		altered := slices.Clone(sealed)
		altered[i] ^= 1
		other.say(ctx, base64.StdEncoding.EncodeToString(altered))
	}
	for _, forged := range []string{"", "x", payload[:len(payload)-4], `{"by":"nobody","source":"203.0.113.0/24","mark":"AAAAAAAAAAA=","at":1}`,
		base64.StdEncoding.EncodeToString([]byte(`{"by":"nobody","source":"203.0.113.0/24","mark":"AAAAAAAAAAA="}`))} {
		other.say(ctx, forged)
	}
	other.settled(ctx, "second@example.org", 2)
	for range 5 {
		other.say(ctx, payload)
	}
	other.settled(ctx, "third@example.org", 4)
	h.pass(stale + time.Second)
	other.sprays.mu.Lock()
	other.sprays.from, other.sprays.all = nil, tries{}
	other.sprays.mu.Unlock()
	for range 5 {
		other.say(ctx, payload)
	}
	other.settled(ctx, "fourth@example.org", 1)
}
