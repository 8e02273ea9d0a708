package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"nysreferral/config"
	"nysreferral/demo"
	"nysreferral/handlers"
	"nysreferral/registry"
	"nysreferral/seal"
)

// demoCost keeps signing in quick; serve refuses so low a cost.
const demoCost = 1000

// historyMonths is how many months of earlier referrals --history makes.
const historyMonths = 10

// demoRun is the command of the demonstration.
type demoRun struct {
	Data      string          `default:"demo-data" help:"Folder of the demonstration."`
	Database  config.Database `placeholder:"postgres://…" help:"An empty PostgreSQL database instead of the embedded one."`
	Addr      string          `default:"127.0.0.1:8080" help:"Loopback address to listen on; port 0 takes a free one."`
	Now       time.Time       `format:"2006-01-02T15:04:05Z07:00" placeholder:"2026-11-02T10:15:00-05:00" help:"Where the clock starts; it goes on from there. Without it, the machine's time."`
	ReadyFile string          `placeholder:"FILE" help:"File to write address and accounts to, as JSON, once the demonstration answers."`
	Empty     bool            `help:"Make accounts and directory, but no referrals."`
	History   bool            `help:"Make ten months of earlier referrals too, of different people and nearly all done with, so that reports have numbers to show. It takes up to some minutes."`
	Strong    bool            `help:"Demand passkeys and second factors as serve does, instead of a password alone. Use it at http://localhost, where passkeys work."`
	Limits    bool            `help:"Hold up whoever opens very many referrals (--limit-reads-…), or asks for what is not there, as serve does. Without it whoever tries the demonstration out is left alone."`
	Bounds    config.Limits   `embed:"" prefix:"limit-"`
	Lock      time.Duration   `name:"session-lock" default:"10m" help:"The screen is locked after this long without a request."`
	SMTP      config.SMTP     `embed:"" prefix:"smtp-"`
	OIDC      config.OIDC     `embed:"" prefix:"oidc-"`
}

// Run serves the demonstration until it is told to stop.
func (c *demoRun) Run(e *env) (err error) {
	l, err := c.listen()
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	given := !c.Now.IsZero()
	if !given {
		c.Now = time.Now()
	}
	clock := demo.NewClock(c.Now, time.Now)
	p, err := c.open(e, clock, c.url(l))
	if err != nil {
		return err
	}
	defer func() { err = joined(err, p.close()) }()
	accounts, err := c.prepare(e, p, clock)
	if err != nil {
		return err
	}
	if !given {
		clock.Set(time.Now()) // filling it in took a while, and signing in goes by the machine's clock
	}
	site, err := p.site(handlers.Settings{Insecure: true, Notice: c.Strong, Banner: "Demonstration: everybody here is made up. Do not enter real people."})
	if err != nil {
		return err
	}
	return p.serve(e.ctx, l, site, func() error { return c.ready(e, c.url(l), accounts) })
}

// url is where the demonstration answers, by name where it was given one:
// passkeys are bound to names.
func (c *demoRun) url(l net.Listener) string {
	host, _, _ := net.SplitHostPort(c.Addr)
	if _, port, err := net.SplitHostPort(l.Addr().String()); err == nil && host == "localhost" {
		return "http://localhost:" + port
	}
	return "http://" + l.Addr().String()
}

// listen takes loopback addresses only: the accounts' passwords are known.
func (c *demoRun) listen() (net.Listener, error) {
	host, _, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return nil, fmt.Errorf("the address %q is not host:port", c.Addr)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("the demonstration listens on this machine only, for example on 127.0.0.1:8080")
	}
	return listen(c.Addr)
}

// settings are those of the demonstration.
func (c *demoRun) settings(url string) config.Settings {
	s := config.Default()
	s.Data, s.Database, s.SMTP, s.PublicURL = c.Data, c.Database, c.SMTP, url
	s.KeyFile = filepath.Clean(c.Data) + ".keys"
	s.Session.Lock, s.OIDC, s.Limits = c.Lock, c.OIDC, c.Bounds
	s.SignIn.PasswordCost, s.SignIn.PasswordAlone, s.SignIn.KeepUnused = demoCost, !c.Strong, true
	if !c.Limits {
		s.SignIn.Guessing, s.Limits.ReadsState, s.Limits.ReadsReferrer, s.Limits.ReadsRecipient = true, -1, -1, -1
	}
	return s
}

func (c *demoRun) open(e *env, clock *demo.Clock, url string) (*program, error) {
	s := c.settings(url)
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder: %w", err)
	}
	if _, err := os.Stat(s.KeyFile); errors.Is(err, fs.ErrNotExist) {
		if err := seal.Create(s.KeyFile, time.Now()); err != nil {
			return nil, err
		}
	}
	p, err := open(e.ctx, s, clock.Now, e.log)
	if err != nil {
		return nil, err
	}
	if err := p.ready(e); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

// prepare fills an empty database in, and keeps one that was filled in before.
func (c *demoRun) prepare(e *env, p *program, clock *demo.Clock) ([]demo.Account, error) {
	kind, err := p.registry.Folder(e.ctx)
	if err != nil {
		return nil, err
	}
	if kind == registry.Production {
		return nil, fmt.Errorf("this database is not a demonstration's. Name another folder with --data")
	}
	s := &demo.State{DB: p.db, Ring: p.ring, Clock: clock, Door: p.door, Registry: p.registry, Auth: p.auth}
	if kind == registry.Demo {
		return s.Known(e.ctx)
	}
	fmt.Fprintln(e.out, "Filling in a made-up State; this takes some seconds.")
	clock.Set(demo.Opens(c.Now, historyMonths)) // the offices are older than every referral
	if err := s.Populate(e.ctx); err != nil {
		return nil, err
	}
	clock.Set(c.Now)
	if c.Empty {
		return s.Accounts, nil
	}
	if c.History {
		fmt.Fprintln(e.out, "Filling in ten months of made-up history; this takes up to some minutes.")
		if err := s.History(e.ctx, c.Now, historyMonths); err != nil {
			return nil, err
		}
	}
	return s.Accounts, s.Tell(e.ctx, c.Now)
}

// readyUser is one account in the ready file. Totp is empty until strong
// sign-in exists.
type readyUser struct {
	Duty     string `json:"duty"`
	Agency   string `json:"agency"`
	Email    string `json:"email"`
	Password string `json:"password"`
	TOTP     string `json:"totp"`
	Token    string `json:"token"`
}

func (c *demoRun) ready(e *env, url string, accounts []demo.Account) error {
	fmt.Fprintf(e.out, "\nThe demonstration answers at %s\n\nSign in with the password  %s  as:\n\n", url, demo.Password)
	for _, a := range accounts {
		fmt.Fprintf(e.out, "  %-14s %-32s %s\n", a.Duty, a.Email, a.Agency)
	}
	fmt.Fprintf(e.out, "\nEverything is made up and lies in %s; %s.keys opens it. Another port: --addr 127.0.0.1:8090. Tokens for the API: --ready-file FILE. Press Ctrl+C to stop.\n", c.Data, filepath.Clean(c.Data))
	if c.ReadyFile == "" {
		return nil
	}
	users := make([]readyUser, len(accounts))
	for i, a := range accounts {
		users[i] = readyUser{Duty: string(a.Duty), Agency: a.Agency, Email: a.Email, Password: a.Password, Token: a.Token}
	}
	text, err := json.MarshalIndent(map[string]any{"url": url, "users": users}, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the ready file: %w", err)
	}
	// Renamed into place, so that nobody reads half of it.
	part := c.ReadyFile + ".part"
	if err := os.WriteFile(part, append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("writing the ready file: %w", err)
	}
	return os.Rename(part, c.ReadyFile)
}

// joined adds the failure of closing to err.
func joined(err, closing error) error { return errors.Join(err, closing) }

// tidy cuts what was typed on a command line.
func tidy(s string) string { return strings.TrimSpace(s) }
