package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"syscall"
	"time"

	"github.com/emersion/go-smtp"
)

// outsiders are those whom the program asks.
type outsiders struct {
	mail, scanner, provider *neighbor
	post                    *post
}

func (o *outsiders) all() []*neighbor { return []*neighbor{o.mail, o.scanner, o.provider} }

func (o *outsiders) become(m manner) {
	for _, n := range o.all() {
		n.now.Store(m)
	}
}

func newOutsiders() (*outsiders, error) {
	o := &outsiders{post: &post{ids: map[string]int{}}}
	for _, n := range []**neighbor{&o.mail, &o.scanner, &o.provider} {
		var err error
		if *n, err = newNeighbor(); err != nil {
			return nil, err
		}
	}
	go func() { _ = smtp.NewServer(o.post).Serve(o.mail) }()
	go scans(o.scanner)
	go func() {
		for { // what it says is of no use to anybody, at best
			c, err := o.provider.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
		}
	}()
	return o, nil
}

func (o *outsiders) end() error {
	var errs []error
	for _, n := range o.all() {
		errs = append(errs, n.Close())
	}
	return errors.Join(errs...)
}

// outside has the mail server, the scanner and the provider of sign-in close,
// hang and babble under load. The program goes on answering; what it acknowledged
// is there; files are held; and once they are well each mail comes once, and each
// file can be opened.
func (r *run) outside(dialect string) (err error) {
	o, err := newOutsiders()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.end()) }()
	s, err := r.newServer(dialect, r.program, "")
	if err != nil {
		return err
	}
	s.more = []string{"--smtp-addr", o.mail.Addr().String(), "--smtp-from", "desk@partners.example.org", "--smtp-start-tls", "off", "--smtp-timeout", "1s",
		"--clamd", o.scanner.Addr().String(), "--oidc-issuer", "https://" + o.provider.Addr().String(), "--oidc-client-id", "us"}
	b, err := newBook()
	if err != nil {
		return err
	}
	o.become(closes)
	if err := s.start(); err != nil {
		return err
	}
	var files []string
	for _, m := range []manner{closes, hangs, babbles} {
		o.become(m)
		held, worked := "", b.under(r.ctx, s, func() error { return s.goesOn(b) })
		if worked = errors.Join(worked, b.again(r.ctx, s)); worked == nil {
			held, worked = s.holds(r, b)
		}
		if worked != nil {
			return errors.Join(fmt.Errorf("while everybody outside %s: %w", m, worked), s.end(syscall.SIGKILL))
		}
		files = append(files, held)
	}
	o.become(well)
	err = s.caughtUp(r, o.post, len(b.acknowledged(0)), files)
	if err := errors.Join(err, s.end(syscall.SIGTERM)); err != nil {
		return err
	}
	mails, _ := o.post.came()
	s.more = nil
	n, err := s.settle(r.ctx, b, 0)
	if err == nil {
		fmt.Printf("   %s: %d acknowledged, each stored once; %d mails, each once; %d files were held and then scanned\n", dialect, n, mails, len(files))
	}
	return err
}

// goesOn wants pages at once for some seconds, also of those who ask for the
// provider that does not answer, whom it is told.
func (s *server) goesOn(b *book) error {
	before := len(b.acknowledged(0))
	var abroad sync.WaitGroup
	var mu sync.Mutex
	var errs []error
	fail := func(err error) { mu.Lock(); defer mu.Unlock(); errs = append(errs, err) }
	for range 8 {
		abroad.Go(func() {
			began := time.Now()
			status, err := s.look("/sign-in/elsewhere")
			if took := time.Since(began); err != nil || took > 20*time.Second || status == http.StatusInternalServerError {
				fail(fmt.Errorf("who goes to the provider is told %d after %s: %w", status, took, err))
			}
		})
	}
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		began := time.Now()
		if status, err := s.look("/sign-in"); err != nil || status != http.StatusOK || time.Since(began) > 5*time.Second {
			fail(fmt.Errorf("a page: %d after %s: %w", status, time.Since(began), err))
		}
	}
	abroad.Wait()
	if b.told > 0 || len(b.acknowledged(0)) == before {
		fail(fmt.Errorf("%d were told that nothing was saved, %d were taken", b.told, len(b.acknowledged(0))-before))
	}
	return errors.Join(errs...)
}

func (s *server) look(path string) (int, error) {
	got, err := client.Get("http://" + s.addr + path)
	if err != nil {
		return 0, err
	}
	_, _ = io.Copy(io.Discard, got.Body)
	return got.StatusCode, got.Body.Close()
}

// holds adds a file to a referral that was taken last, and wants it held. It
// returns where the file is.
func (s *server) holds(r *run, b *book) (string, error) {
	taken := b.acknowledged(0)
	path := "/api/v1/referrals/" + taken[len(taken)-1].Reference + "/files"
	for c := range clients {
		status, err := s.file(r, c, http.MethodPost, path+"?kind=other", []byte("seven lanterns"))
		if err != nil {
			return "", err
		}
		if status != http.StatusOK {
			continue // somebody else's referral
		}
		if status, err = s.file(r, c, http.MethodGet, path+"/1", nil); err != nil || status == http.StatusOK {
			return "", fmt.Errorf("a file that nobody scanned is opened: %d %w", status, err)
		}
		return fmt.Sprintf("%d%s/1", c, path), nil
	}
	return "", errors.New("no file was taken")
}

func (s *server) file(r *run, c int, method, path string, body []byte) (int, error) {
	q, err := http.NewRequestWithContext(r.ctx, method, "http://"+s.addr+path, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	q.Header.Set("Authorization", "Bearer "+s.tokens[c])
	q.Header.Set("Content-Type", "application/octet-stream")
	got, err := client.Do(q)
	if err != nil {
		return 0, err
	}
	_, _ = io.Copy(io.Discard, got.Body)
	return got.StatusCode, got.Body.Close()
}

// caughtUp waits until each of n mails has come, once, and each file opens.
func (s *server) caughtUp(r *run, p *post, n int, files []string) error {
	all, different, opened := 0, 0, 0
	for end := time.Now().Add(5 * time.Minute); time.Now().Before(end) && r.ctx.Err() == nil; time.Sleep(500 * time.Millisecond) {
		all, different = p.came()
		opened = 0
		for _, f := range files {
			if status, err := s.file(r, int(f[0]-'0'), http.MethodGet, f[1:], nil); err == nil && status == http.StatusOK {
				opened++
			}
		}
		if different >= n && opened == len(files) {
			break
		}
	}
	if all != n || different != n || opened != len(files) {
		return fmt.Errorf("%d mails came, %d of them different, and not %d; %d of %d files open", all, different, n, opened, len(files))
	}
	return nil
}
