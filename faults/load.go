package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"nysreferral/demo"
	"nysreferral/forms"
)

// receipt is what a sender was told.
type receipt struct {
	Reference string    `json:"reference"`
	Digest    string    `json:"digest"`
	DueAt     time.Time `json:"dueAt"`
}

// book is what was sent: each key once, with the receipt once there is one.
type book struct {
	mu   sync.Mutex
	one  *forms.Referral     // what is sent, but for the person
	sent map[string]*receipt // nil: nobody knows whether it was taken
	who  map[string]int      // the client
	told int                 // answers that said that nothing was saved
	kept []receipt           // in the order in which they came
}

// ordinary is the case that is sent: a provider's referral of an adult.
const ordinary = 6

func newBook() (*book, error) {
	now := time.Now()
	answers, _, err := demo.Referral(ordinary, forms.Date(now.Format(time.DateOnly)))
	if err != nil {
		return nil, err
	}
	return &book{one: answers, sent: map[string]*receipt{}, who: map[string]int{}}, nil
}

// body is what is sent under a key, the same each time: another person for each
// key, as nobody is referred a thousand times.
func (b *book) body(key string) ([]byte, error) {
	sum := sha256.Sum256([]byte(key))
	r := *b.one
	r.FamilyName, r.GivenNames = forms.Text(letters(sum[:8])), forms.Text(letters(sum[8:14]))
	r.Born = forms.PartialDate(time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(sum[14])<<6|int(sum[15])>>2).Format(time.DateOnly))
	return forms.Questions.JSON(&r)
}

// letters is a made-up name.
func letters(b []byte) string {
	out := []byte{'A' + b[0]%26}
	for _, c := range b[1:] {
		out = append(out, 'a'+c%26)
	}
	return string(out)
}

// loading sends from every client until ctx ends, and returns when all have
// their answer or know that there is none.
func (b *book) loading(ctx context.Context, s *server) {
	var all sync.WaitGroup
	for c := range clients {
		all.Go(func() {
			for ctx.Err() == nil {
				for key := b.next(c); ctx.Err() == nil && !b.send(ctx, s, c, key); {
					time.Sleep(5 * pause) // and once more, as a person would
				}
				time.Sleep(pause)
			}
		})
	}
	all.Wait()
}

// pause is between two referrals of one client: enough of them come for every
// moment of a submission to be hit, and few enough to look at each afterwards.
const pause = 4 * time.Millisecond

// next is a key of client c that nobody sent yet.
func (b *book) next(c int) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	key := fmt.Sprintf("key-%d", len(b.sent))
	b.sent[key], b.who[key] = nil, c
	return key
}

var client = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: clients}}

// send sends a referral of client c to its server, see sendTo.
func (b *book) send(ctx context.Context, s *server, c int, key string) bool {
	return b.sendTo(ctx, "http://"+s.at(c), s.tokens[c], key)
}

// sendTo sends a referral, notes what the program says, and whether it took it.
func (b *book) sendTo(ctx context.Context, base, token, key string) bool {
	body, err := b.body(key)
	if err != nil {
		panic(err) // the declaration of the form writes its own answers
	}
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/api/v1/referrals", bytes.NewReader(body))
	if err != nil {
		return false
	}
	q.Header.Set("Authorization", "Bearer "+token)
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("Idempotency-Key", key)
	got, err := client.Do(q)
	if err != nil {
		return false // killed meanwhile
	}
	var r receipt
	err = json.NewDecoder(got.Body).Decode(&r)
	_, _ = io.Copy(io.Discard, got.Body)
	if err = errors.Join(err, got.Body.Close()); err != nil {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if got.StatusCode != http.StatusCreated && got.StatusCode != http.StatusOK {
		b.told++
		return false
	}
	b.sent[key] = &r
	b.kept = append(b.kept, r)
	return true
}

// again sends everything anew of which nobody knows whether it was taken, to the
// first server whoever had it before.
func (b *book) again(ctx context.Context, s *server) error {
	for _, key := range b.unknown() {
		taken := false
		for range 100 { // a server that had no room looks for some every few seconds
			if taken = b.sendTo(ctx, "http://"+s.addr, s.tokens[b.who[key]], key); taken {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		if !taken {
			return fmt.Errorf("%s is not taken, though it was sent again 100 times: %s", key, s.said.String())
		}
	}
	return nil
}

func (b *book) unknown() (keys []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for key, r := range b.sent {
		if r == nil {
			keys = append(keys, key)
		}
	}
	return keys
}

// acknowledged are the receipts from number on.
func (b *book) acknowledged(from int) []receipt {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.kept[from:]
}
