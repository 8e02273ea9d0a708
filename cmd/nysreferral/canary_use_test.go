package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"nysreferral/audit"
	"nysreferral/cases"
	"nysreferral/config"
	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/document"
	"nysreferral/forms"
	"nysreferral/handlers"
	"nysreferral/referrals"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// spool keeps what a mail server was given, as it came.
type spool struct {
	mu   sync.Mutex
	all  bytes.Buffer
	many int
}

// NewSession takes a caller.
func (s *spool) NewSession(*smtp.Conn) (smtp.Session, error) { return s, nil }

// Mail takes a sender.
func (s *spool) Mail(from string, _ *smtp.MailOptions) error { return s.keep(strings.NewReader(from)) }

// Rcpt takes a recipient.
func (s *spool) Rcpt(to string, _ *smtp.RcptOptions) error { return s.keep(strings.NewReader(to)) }

// Data takes a mail.
func (s *spool) Data(r io.Reader) error {
	s.mu.Lock()
	s.many++
	s.mu.Unlock()
	return s.keep(r)
}

// Reset does nothing.
func (s *spool) Reset() {}

// Logout does nothing.
func (s *spool) Logout() error { return nil }

func (s *spool) keep(r io.Reader) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := io.Copy(&s.all, r)
	return err
}

// text is all that came and how many mails it was.
func (s *spool) text() ([]byte, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Clone(s.all.Bytes()), s.many
}

// mailServer listens for mail until the test ends.
func mailServer(t *testing.T) (*spool, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &spool{}
	server := smtp.NewServer(s)
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close(); <-done })
	return s, l.Addr().String()
}

// safeLog is a log that several write.
type safeLog struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write writes.
func (l *safeLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *safeLog) bytes() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Clone(l.b.Bytes())
}

// use plants words in every text of a draft, of referrals that are sent, and of
// what is said about them, and lets everybody work. It returns how many it planted.
func use(t *testing.T, s *demo.State, base string) int {
	t.Helper()
	ctx, n := t.Context(), 0
	draft, err := s.Door.Begin(ctx, s.As("case_manager"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Door.Edit(ctx, s.As("case_manager"), draft, func(r *forms.Referral) forms.Problems {
		n += plant(r, true, n)
		return nil
	})
	if err != nil {
		t.Fatalf("the draft: %#v", err)
	}
	n++
	word := canary(n)
	_, err = s.Door.Attach(ctx, s.As("case_manager"), draft.Ref, referrals.Attaching{Kind: "other", Text: forms.Text(word), Name: word + ".txt", From: strings.NewReader("They said " + word + ".")})
	if err != nil {
		t.Fatalf("the file: %#v", err)
	}
	var refs []string
	for _, number := range []int{1, 5, 9, 3, 4, 7} {
		r, body, err := demo.Referral(number, s.Door.Today())
		if err != nil {
			t.Fatal(err)
		}
		n += plant(r, false, n)
		receipt, err := s.Door.Send(ctx, s.As(demo.Referrers[number]), r, "", body)
		if err != nil {
			t.Fatalf("case %d: %#v", number, err)
		}
		refs = append(refs, receipt.Reference)
	}
	said := func(set func(d *forms.Deed, word string)) func(*forms.Deed) {
		n++
		word := "They said " + canary(n) + "."
		return func(d *forms.Deed) { set(d, word) }
	}
	reason := func(d *forms.Deed, word string) { d.Reason = forms.Prose(word) }
	steps := append(append([]demo.Step{}, demo.ToDecision...), demo.Confirm, demo.Step{Who: "program", Do: workflow.Send, N: 1})
	if _, err := s.Take(ctx, refs[0], append(steps, demo.Letters...)...); err != nil {
		t.Fatalf("the road of the first: %#v", err)
	}
	if _, err := s.Take(ctx, refs[1], append(append([]demo.Step{}, demo.ToDecision...), demo.Decline...)...); err != nil {
		t.Fatalf("the road of the second: %#v", err)
	}
	for _, step := range []demo.Step{{Who: "reviewer", Do: workflow.Take}, {Who: "reviewer", Do: workflow.Note, Deed: said(func(d *forms.Deed, w string) { d.Note = forms.Prose(w) })}} {
		if _, err := s.Take(ctx, refs[2], step); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Take(ctx, refs[2], demo.Step{Who: demo.Referrers[9], Do: workflow.Withdraw, Deed: said(reason)}); err != nil {
		t.Fatal(err)
	}
	asked(t, s, base, refs)
	return n
}

// asked reads everything over HTTP as everybody, also with words in addresses
// where none belong.
func asked(t *testing.T, s *demo.State, base string, refs []string) {
	t.Helper()
	for _, a := range s.Accounts {
		for _, path := range []string{"/api/v1/referrals", "/api/v1/referrals/" + refs[0], "/api/v1/referrals/" + refs[0] + "/receipt", "/api/v1/tasks", "/api/v1/referrals/" + refs[1], "/api/v1/none"} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+a.Token)
			got, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, got.Body)
			_ = got.Body.Close()
		}
		_, _ = s.Door.Open(t.Context(), a.Actor, refs[0], referrals.Want{})
	}
}

// After made-up words were planted in every text of referrals, letters, notes
// and reasons, and everybody used the program, none of them can be read, in any
// of the encodings that are looked for, in the database, its write-ahead log, a
// copy of it, attached files, temporary files, the log of the program, the lines of the audit
// log or the mails. A word that is planted without a seal is found.
func TestCanaries(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	for _, url := range databases(t) {
		t.Run(url.name, func(t *testing.T) {
			at := url.make(t)
			if url.name == store.Postgres { // as a server's role: the whole program does with what that may
				at = storetest.AppURL(t, at)
			}
			canaries(t, at, temporary)
		})
	}
}

func canaries(t *testing.T, url, temporary string) {
	mails, addr := mailServer(t)
	s, out := settingsFor(url, keyFile(t)), &safeLog{}
	s.MetricsAddr = freeAddr(t)
	s.SMTP = config.SMTP{Addr: addr, From: "desk@partners.example.org", StartTLS: "off", Timeout: 5 * time.Second}
	e := &env{ctx: t.Context(), out: out, log: slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	err := with(e, s, func(p *program) error {
		state := &demo.State{DB: p.db, Ring: p.ring, Clock: demo.NewClock(cases.Load(1).Now, time.Now), Door: p.door, Registry: p.registry, Auth: p.auth}
		p.door.Now = state.Clock.Now
		if err := state.Populate(t.Context()); err != nil {
			return err
		}
		planted := served(t, p, func(base string) int {
			n := use(t, state, base)
			settled(t, p, mails)
			metricsTellOfNobody(t, s.MetricsAddr, state)
			return n
		})
		var lines bytes.Buffer
		if _, err := audit.Export(t.Context(), p.db, &lines); err != nil {
			return err
		}
		sent, many := mails.text()
		for name, text := range map[string][]byte{"the log": out.bytes(), "the audit log": lines.Bytes(), "a mail": sent} {
			if found := hits(text); len(found) > 0 {
				t.Errorf("%s has a planted word: %v", name, found)
			}
		}
		files, rows := scanned(t, p, s, temporary)
		t.Logf("%d words planted; %d files, %d rows, %d mails and %d bytes of logs scanned", planted, files, rows, many, len(out.bytes())+lines.Len())
		if planted < 100 || many == 0 || rows < 500 || lines.Len() == 0 {
			t.Error("that is too little to prove anything")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// served runs the whole program for fn.
func served(t *testing.T, p *program, fn func(base string) int) (n int) {
	t.Helper()
	site, err := p.site(handlers.Settings{Insecure: true})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended, ready := make(chan error, 1), make(chan struct{})
	go func() { ended <- p.serve(ctx, l, site, func() error { close(ready); return nil }) }()
	select {
	case <-ready:
		n = fn("http://" + l.Addr().String())
	case err := <-ended:
		t.Fatal(err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	return n
}

// settled waits until papers are drawn and mails are sent.
func settled(t *testing.T, p *program, mails *spool) {
	t.Helper()
	for end := time.Now().Add(90 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		papers := p.db.Read().Document.Query().Where(document.Kind("packet")).CountX(viewer.Job(t.Context(), "test"))
		if _, many := mails.text(); papers > 0 && many >= 5 {
			return
		}
	}
	t.Error("no packet was drawn, or no mail was sent")
}

// scanned scans the database and all files, plants one word without a seal, and
// wants that one found.
func scanned(t *testing.T, p *program, s config.Settings, temporary string) (files, rows int) {
	t.Helper()
	folders := []string{temporary, filepath.Join(s.Data, "files")}
	if _, attached := scanFiles(t, folders[1]); attached < 2 {
		t.Errorf("%d files lie attached: too few to prove anything", attached)
	}
	if p.db.Dialect() == store.SQLite {
		copied := filepath.Join(t.TempDir(), "backup")
		if err := os.Mkdir(copied, 0o700); err != nil {
			t.Fatal(err)
		}
		if _, err := p.db.SQL().ExecContext(t.Context(), "VACUUM INTO ?", filepath.Join(copied, "copy.db")); err != nil {
			t.Fatal(err)
		}
		folders = append(folders, s.Data, copied)
	}
	file, _ := backedUp(t, s)
	folders = append(folders, filepath.Dir(file))
	found, files := scanFiles(t, folders...)
	more, rows := scanRows(t, p.db)
	if found = append(found, more...); len(found) > 0 {
		t.Errorf("planted words can be read: %v", found)
	}
	err := p.db.Do(t.Context(), func(tx *ent.Tx) error {
		return tx.Setting.Create().SetKey("unsealed").SetValue(fmt.Sprintf("%x", canary(1))).Exec(t.Context())
	})
	if err != nil {
		t.Fatal(err)
	}
	found, _ = scanRows(t, p.db)
	if p.db.Dialect() == store.SQLite {
		inFile, _ := scanFiles(t, folders...)
		if len(inFile) == 0 {
			t.Error("a word without a seal is not found in the files")
		}
	}
	if len(found) == 0 {
		t.Error("a word without a seal is not found in the rows")
	}
	return files, rows
}
