package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"nysreferral/audit"
	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/handlers/api"
	"nysreferral/jobs"
	"nysreferral/workers"
)

const (
	// submitted is the case that is sent: a provider's referral of an adult.
	submitted = 6
	// accounts share the submissions, so that none has more in an hour than
	// somebody sends who has a busy day.
	accounts = 4000
	// usual is how many clients there are where one number has to do.
	usual = 8
)

// submission is what one measurement of submitting needs.
type submission struct {
	r       *run
	s       *site
	bare    *bare
	bareURL string
	body    []byte
	senders []person
	sent    atomic.Int64
}

// submit sends referrals by POST /api/v1/referrals, beside a bare loop that
// does the same inserts on the same database.
func (r *run) submit() error {
	for _, dialect := range r.dialects() {
		m, err := r.newSubmission(dialect)
		if err != nil {
			return err
		}
		r.say("   %s: body of %d bytes; the bare loop writes %s", dialect, len(m.body), m.bare.plan)
		for _, clients := range []int{1, usual, 32} {
			if err := m.beside(dialect, clients); err != nil {
				return err
			}
		}
		if err := m.whole(dialect); err != nil {
			return err
		}
		if err := r.cleanUp(); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) newSubmission(dialect string) (*submission, error) {
	s, err := r.open(dialect)
	if err != nil {
		return nil, err
	}
	s.Door.Options.SubmissionsAnHour = 1_000_000
	m := &submission{r: r, s: s}
	all, err := s.referrers(r.ctx, accounts+1)
	if err != nil {
		return nil, err
	}
	m.senders = all[1:] // the first has sent what the bare loop sends
	answers, _, err := demo.Referral(submitted, s.Door.Today())
	if err != nil {
		return nil, err
	}
	answers.FamilyName, answers.GivenNames = unnamed, unnamed
	if m.body, err = forms.Questions.JSON(answers); err != nil {
		return nil, fmt.Errorf("writing the body: %w", err)
	}
	m.bare, err = capture(r.ctx, s.DB, func() ([]byte, error) { return m.send(s.url+api.Base+"/referrals", all[0].token, "first") })
	if err != nil {
		return nil, err
	}
	r.later(m.bare.close)
	m.bareURL, err = r.listen(m.bare)
	return m, err
}

// unnamed stands in the body for names, as long as one that is invented.
const unnamed = "nobodynobo"

// named is the body about a person of its own: of one person, each referral would
// be compared with all before it.
func (m *submission) named() []byte {
	return bytes.ReplaceAll(m.body, []byte(unnamed), []byte(invented()))
}

// client keeps as many connections as there may be callers.
var client = &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConns: 64, MaxIdleConnsPerHost: 64, DisableCompression: true}}

// send posts the referral and returns the answer.
func (m *submission) send(url, token, key string) ([]byte, error) {
	q, err := http.NewRequestWithContext(m.r.ctx, http.MethodPost, url, bytes.NewReader(m.named()))
	if err != nil {
		return nil, fmt.Errorf("sending: %w", err)
	}
	q.Header.Set("Authorization", "Bearer "+token)
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("Idempotency-Key", key)
	got, err := client.Do(q)
	if err != nil {
		return nil, fmt.Errorf("sending: %w", err)
	}
	answer, err := io.ReadAll(got.Body)
	if err := errors.Join(err, got.Body.Close()); err != nil {
		return nil, fmt.Errorf("sending: %w", err)
	}
	if got.StatusCode != http.StatusCreated {
		return nil, fmt.Errorf("a submission is answered %d: %s", got.StatusCode, answer)
	}
	return answer, nil
}

// to returns the side that sends to url, each time with a key of its own and
// by the next account.
func (m *submission) to(name, url string) side {
	return side{name: name, call: func(int) error {
		n := m.sent.Add(1)
		_, err := m.send(url, m.senders[n%accounts].token, "bench-"+strconv.FormatInt(n, 10))
		return err
	}}
}

func (m *submission) program() side { return m.to("program", m.s.url+api.Base+"/referrals") }

// beside compares the program with the bare loop.
func (m *submission) beside(dialect string, clients int) error {
	got, err := m.r.compare(clients, m.program(), m.to("bare", m.bareURL))
	if err != nil {
		return err
	}
	q := ratioOf(got[0], got[1])
	m.r.say("   %-10s %2d clients  program  %s", dialect, clients, told(got[0]))
	m.r.say("   %-10s %2d clients  bare     %s", dialect, clients, told(got[1]))
	m.r.say("   %-10s %2d clients  ratio    %s", dialect, clients, q)
	goal := 0.7
	if dialect == "SQLite" && clients == 32 {
		goal = 1.2 // who waits joins one commit
	}
	m.r.judge(q.mid >= goal, fmt.Sprintf("submit, %s, %d clients", dialect, clients), q.String(), fmt.Sprintf("≥ %.1f ×", goal))
	return nil
}

// whole is the program with its jobs worked and its log's tree growing beside
// the submissions, as a server has it.
func (m *submission) whole(dialect string) error {
	if _, err := m.s.DB.SQL().ExecContext(m.r.ctx, "DELETE FROM river_job"); err != nil {
		return fmt.Errorf("clearing the jobs: %w", err)
	}
	alone, busy := m.program(), m.program()
	busy.name, busy.with = "program with workers and tree", m.background
	got, err := m.r.compare(usual, alone, busy)
	if err != nil {
		return err
	}
	m.r.say("   %-10s %2d clients  workers and tree beside it  %s", dialect, usual, told(got[1]))
	m.r.say("   %-10s %2d clients  against without them        %s", dialect, usual, ratioOf(got[1], got[0]))
	return nil
}

// background starts what a server does after the commit.
func (m *submission) background() (func() error, error) {
	w, err := workers.New(workers.Deps{Referrals: m.s.Door, Draw: workers.Draw})
	if err != nil {
		return nil, err
	}
	engine, err := jobs.Start(m.r.ctx, m.s.DB, w, jobs.Options{})
	if err != nil {
		return nil, err
	}
	tree, err := audit.NewTree(m.s.DB, m.s.Ring, time.Now)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(m.r.ctx)
	done := make(chan struct{})
	go func() { defer close(done); tree.Run(ctx, slog.New(slog.DiscardHandler)) }()
	return func() error {
		stop()
		<-done
		grace, cancel := context.WithTimeout(context.WithoutCancel(m.r.ctx), time.Minute)
		defer cancel()
		return engine.Stop(grace)
	}, nil
}
