package main

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"nysreferral/store/storetest"
)

// kept is what a server holds: goroutines, open files and connections but for those
// to the database, and the memory at which it will look what it no longer needs, which is about twice what
// it does need.
type kept struct{ goroutines, files, memory float64 }

func keptBy(t *testing.T, metrics string) (k kept) {
	t.Helper()
	_, text := looked(t, "http://"+metrics+pathMetrics)
	for name, at := range map[string]*float64{"go_goroutines": &k.goroutines, "process_open_fds": &k.files, "go_memstats_next_gc_bytes": &k.memory} {
		found := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindStringSubmatch(text)
		if found == nil {
			t.Fatalf("the metrics lack %s", name)
		}
		n, err := strconv.ParseFloat(found[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		*at = n
	}
	for _, open := range regexp.MustCompile(`(?m)^nysreferral_pool_connections\{.*use="(?:in use|idle)"\} (\S+)$`).FindAllStringSubmatch(text, -1) {
		n, err := strconv.ParseFloat(open[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		k.files -= n // the database's are bounded, and opened as they are needed
	}
	return k
}

// A server that was used for a while holds no more goroutines, files and connections
// than before, but for one in twenty, and not half as much memory again: what a
// request took is given back, whether it was answered, refused or absent. Half an
// hour of it is `make bench only=soak`.
func TestSoak(t *testing.T) {
	s := settingsFor(storetest.EmptyPostgresURL(t), keyFile(t))
	metrics := freeAddr(t)
	one := starts(t, s, 1, "--metrics-addr", metrics, "--limit-submissions", "100000")[0]
	h := people(t, s)
	cookie := h.signedIn(t, h.accounts[4])
	var sent atomic.Int64
	used := func(d time.Duration) {
		var all sync.WaitGroup
		for worker := range 4 {
			all.Go(func() {
				for end := time.Now().Add(d); time.Now().Before(end); {
					n := sent.Add(1)
					if status, text := h.sends(t, one.base, worker, fmt.Sprintf("soak-%d", n)); status != http.StatusCreated {
						t.Errorf("sending answers %d: %s", status, text)
						return
					}
					browser(t, http.MethodGet, one.base+"/queue", cookie, nil)
					browser(t, http.MethodGet, one.base+"/referrals/7K4M-2QX9-C3TB-5", cookie, nil)
					browser(t, http.MethodPost, one.base+"/sign-in", "", url.Values{"email": {"nobody@example.org"}})
					browser(t, http.MethodGet, one.base+"/sign-in", "", nil)
				}
			})
		}
		all.Wait()
	}
	rests := func(than *kept) (k kept) {
		t.Helper()
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
			k = keptBy(t, metrics)
			if than == nil || k.goroutines <= than.goroutines*1.05+2 && k.files <= than.files*1.05+2 || time.Now().After(end) {
				return k
			}
		}
	}
	used(2 * time.Second)
	time.Sleep(time.Second) // what runs beside the requests has its pace
	before := rests(nil)
	used(3 * time.Second)
	after := rests(&before)
	t.Logf("%d referrals: %+v, then %+v", sent.Load(), before, after)
	if after.goroutines > before.goroutines*1.05+2 || after.files > before.files*1.05+2 || after.memory > before.memory*1.5 {
		t.Errorf("it held %+v, and after more use %+v", before, after)
	}
	one.ends(t, syscall.SIGTERM)
}
