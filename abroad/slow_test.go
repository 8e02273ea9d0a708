package abroad

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// When a provider does not answer in time, those who come meanwhile are told so
// with the first who waited, and not one after the other.
func TestSlowProviderHoldsUpNobody(t *testing.T) {
	var mu sync.Mutex
	asked := 0
	quiet := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		asked++
		mu.Unlock()
		time.Sleep(slow + slow/2)
		w.WriteHeader(http.StatusInternalServerError)
	}))
	t.Cleanup(quiet.Close)
	p, err := New(Options{Issuer: quiet.URL, ClientID: "us", Redirect: "http://localhost/back", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	var waiting sync.WaitGroup
	for range 20 {
		waiting.Go(func() {
			if _, err := p.Ask(t.Context()); !errors.Is(err, ErrSilent) {
				t.Errorf("it says %v", err)
			}
		})
	}
	waiting.Wait()
	if asked != 1 {
		t.Errorf("the provider was asked %d times by people who came at once", asked)
	}
}
