package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"nysreferral/abroad"
	"nysreferral/attach"
	"nysreferral/audit"
	"nysreferral/auth"
	"nysreferral/blob"
	"nysreferral/calendar"
	"nysreferral/config"
	"nysreferral/handlers"
	"nysreferral/handlers/api"
	"nysreferral/jobs"
	"nysreferral/mail"
	"nysreferral/metrics"
	"nysreferral/referrals"
	"nysreferral/registry"
	"nysreferral/scan"
	"nysreferral/seal"
	"nysreferral/store"
	"nysreferral/web"
	"nysreferral/workers"
	"nysreferral/workflow"
)

// program is the parts put together over one database.
type program struct {
	settings config.Settings
	db       *store.DB
	ring     *seal.Ring
	auth     *auth.Service
	registry *registry.Service
	door     *referrals.Service
	log      *slog.Logger
	files    blob.Store // nil before openFiles
	health   *health
	metrics  *metrics.Metrics
	outside  *anchoring                // nil before openOutside
	stepped  atomic.Pointer[time.Time] // when the clock was last moved while this server ran

	holidays     map[int][]calendar.Holiday // that the State has set, as the calendar counts by them
	holidaysLock sync.Mutex
}

// open puts the parts together: keys, database, doors. now is the legal time;
// wall time is for sessions and sign-in. The caller closes it.
func open(ctx context.Context, s config.Settings, now func() time.Time, log *slog.Logger) (*program, error) {
	path, err := keysOf(s).Path()
	if err != nil {
		return nil, err
	}
	if err := seal.Apart(path, s.Data); err != nil {
		return nil, err
	}
	ring, err := ringOf(s)
	if err != nil {
		return nil, err
	}
	url, err := urlOf(s)
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, url)
	if err != nil {
		return nil, err
	}
	p := &program{settings: s, db: db, ring: ring, log: log, health: &health{db: db, log: log}}
	if err := p.doors(ctx, now); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return p, nil
}

// urlOf is the address of the database that the settings name.
func urlOf(s config.Settings) (string, error) {
	address, err := s.Source()
	if err != nil {
		return "", err
	}
	if url := address.Reveal(); url != "" {
		return url, nil
	}
	return "sqlite:" + filepath.Join(s.Data, "nysreferral.db"), nil
}

// doors makes the services. The database need not be migrated yet; holidays
// that the State set are read by serving commands, see readHolidays.
func (p *program) doors(_ context.Context, now func() time.Time) error {
	s := p.settings
	var err error
	other, err := elsewhere(s)
	if err != nil {
		return err
	}
	known, err := knownPasswords(s.SignIn.KnownFile)
	if err != nil {
		return err
	}
	p.auth, err = auth.New(auth.Options{DB: p.db, Ring: p.ring, Now: time.Now, Cost: s.SignIn.PasswordCost, Idle: s.Session.Idle, Absolute: s.Session.Absolute, Lock: screenLock(s.Session.Lock),
		PublicURL: s.PublicURL, Name: s.SystemName, Abroad: other, Known: known, PasswordAge: s.SignIn.PasswordAge, Release: s.SignIn.Release,
		PasswordAlone: s.SignIn.PasswordAlone, KeepUnused: s.SignIn.KeepUnused, Guessing: s.SignIn.Guessing, PasskeyDuties: duties(s.SignIn.PasskeyDuties), Fresh: s.SignIn.Fresh})
	if err != nil {
		return err
	}
	ledger, err := ledgerOf(s, p.ring)
	if err != nil {
		return err
	}
	p.door = &referrals.Service{DB: p.db, Ring: p.ring, Ledger: ledger, Now: now, Calendar: p.calendar(nil), Lines: audit.NewGather(p.db),
		Options: referrals.Options{Reads: referrals.Reads{State: s.Limits.ReadsState, Referrer: s.Limits.ReadsReferrer, Recipient: s.Limits.ReadsRecipient}, DraftsAnHour: s.Limits.Drafts, SubmissionsAnHour: s.Limits.Submissions, HideFromProgram: !s.Rules.ConsultationReads,
			QuestionPause: s.Rules.QuestionPause, AgencyFiles: s.Limits.AgencyFiles}}
	p.holidays = map[int][]calendar.Holiday{}
	p.registry = &registry.Service{DB: p.db, Auth: p.auth, Ring: p.ring, Now: now, OnVerified: p.door.ContactVerified, OnAsked: p.door.ContactAsked, OnHolidays: p.readHolidays}
	return nil
}

func (p *program) calendar(override map[int][]calendar.Holiday) *calendar.Calendar {
	return calendar.New(calendar.Options{CloseHour: p.settings.Clocks.CloseHour, FromNextBusinessDay: p.settings.Clocks.FromNextBusinessDay, Override: override})
}

// elsewhere is the other provider of sign-in; nil where none is set.
func elsewhere(s config.Settings) (*abroad.Provider, error) {
	if s.OIDC.Issuer == "" {
		return nil, nil
	}
	secret, err := s.OIDC.Secret()
	if err != nil {
		return nil, err
	}
	return abroad.New(abroad.Options{Issuer: s.OIDC.Issuer, ClientID: s.OIDC.ClientID, Secret: secret.Reveal(), Redirect: s.PublicURL + web.PathAbroadBack,
		ACR: s.OIDC.ACR, AMR: s.OIDC.AMR, MaxAge: s.OIDC.MaxAge, Now: time.Now})
}

// knownPasswords reads the list of passwords that nobody may have; nil without one.
func knownPasswords(path string) (_ auth.Known, err error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening the list of known passwords: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return auth.ReadKnown(f)
}

// screenLock is the setting as auth takes it: 0 is never.
func screenLock(d time.Duration) time.Duration {
	if d == 0 {
		return -1
	}
	return d
}

// duties are the words of the settings as duties.
func duties(words []string) []workflow.Duty {
	out := make([]workflow.Duty, len(words))
	for i, w := range words {
		out[i] = workflow.Duty(w)
	}
	return out
}

// site is the whole HTTP side.
func (p *program) site(h handlers.Settings) (http.Handler, error) {
	h.Name, h.Elsewhere, h.File = p.settings.SystemName, p.settings.OIDC.Name, p.settings.Limits.File
	if err := p.openFiles(); err != nil {
		return nil, err
	}
	p.metrics = p.measures()
	mount, err := api.New(api.Deps{Referrals: p.door, Auth: p.auth, Draw: workers.Draw})
	if err != nil {
		return nil, err
	}
	return handlers.New(handlers.Deps{Referrals: p.door, Registry: p.registry, Auth: p.auth, Settings: h, Log: p.log, Now: p.door.Now,
		Draw: workers.Draw, Letter: workers.Letter, API: mount, Answered: p.metrics.Answered})
}

// sender is the way out of mail, nil when no server is set.
func (p *program) sender() (workers.Sender, error) {
	m, err := p.mailer()
	if m == nil {
		return nil, err
	}
	return m, nil
}

// mailer is sender, with what else a mail server is used for.
func (p *program) mailer() (*mail.Sender, error) {
	s := p.settings.SMTP
	if s.Addr == "" {
		return nil, nil
	}
	password, err := s.Password()
	if err != nil {
		return nil, err
	}
	return mail.New(mail.Options{Addr: s.Addr, From: s.From, TLS: mail.TLS(s.StartTLS), User: s.User, Password: password.Reveal(),
		SystemName: p.settings.SystemName, PublicURL: p.settings.PublicURL, Timeout: s.Timeout, Now: time.Now})
}

// grace is how long what is running has to finish: requests first, then jobs. With
// the longest drain that is two minutes; the units of deploy wait longer.
const grace = 30 * time.Second

// serve answers on l, works the jobs and grows the log's tree until ctx ends;
// then a proxy before it may notice, and what is running finishes within its
// grace. ready is called once it answers. No job begins before the log was held
// against its heads outside: those of an earlier copy were done already.
func (p *program) serve(ctx context.Context, l net.Listener, site http.Handler, ready func() error) error {
	if err := p.readHolidays(ctx); err != nil {
		return err
	}
	sender, err := p.sender()
	if err != nil {
		return err
	}
	w, err := workers.New(workers.Deps{Referrals: p.door, Auth: p.auth, Mail: sender, Draw: workers.Draw})
	if err != nil {
		return err
	}
	tree, err := audit.NewTree(p.db, p.ring, time.Now)
	if err != nil {
		return err
	}
	if err := p.openOutside(ctx); err != nil {
		return err
	}
	tree.Grew = p.metrics.Grew
	engine, err := jobs.Start(ctx, p.db, w, jobs.Options{Log: p.log, Periodic: workers.Periodic()})
	if err != nil {
		return err
	}
	end, err := p.living(ctx, tree)
	if err != nil {
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		return errors.Join(err, engine.Stop(stopping))
	}
	treeCtx, stopTree := context.WithCancel(context.WithoutCancel(ctx))
	grown := make(chan struct{})
	go func() { defer close(grown); tree.Run(treeCtx, p.log) }()
	keepCtx, stopKeeping := context.WithCancel(ctx)
	var keeping sync.WaitGroup
	for _, keep := range []func(context.Context){p.keepKeys, p.followHolidays, p.keepBackups, p.outside.keep, p.keepWatch, p.keepSaving, p.hear, p.showMetrics} {
		keeping.Go(func() { keep(keepCtx) })
	}
	err = p.answer(ctx, l, site, ready)
	stopKeeping()
	keeping.Wait()
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	err = errors.Join(err, engine.Stop(stopping))
	stopTree()
	<-grown
	err = errors.Join(err, end(stopping))
	p.outside.last(stopping)
	return err
}

func (p *program) answer(ctx context.Context, l net.Listener, site http.Handler, ready func() error) error {
	server := handlers.Server(p.health.before(site))
	server.ErrorLog = slog.NewLogLogger(p.log.Handler(), slog.LevelWarn)
	failed := make(chan error, 1)
	go func() {
		if p.settings.TLSCert != "" {
			failed <- server.ServeTLS(l, p.settings.TLSCert, p.settings.TLSKey)
			return
		}
		failed <- server.Serve(l)
	}()
	if err := ready(); err != nil {
		return errors.Join(err, server.Close())
	}
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	p.health.leave(p.settings.Drain, failed)
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	return server.Shutdown(stopping)
}

// openFiles opens the store of attached files, which only a program that serves
// needs, and finds where the scanner answers.
func (p *program) openFiles() error {
	if p.files != nil {
		return nil
	}
	var err error
	if p.files, err = filesOf(p.settings); err != nil {
		return err
	}
	p.door.Files, p.door.Taker = p.files, attach.New(attach.Limits{Bytes: p.settings.Limits.File})
	if p.settings.Clamd == "" {
		return nil
	}
	scanner, err := scan.New(p.settings.Clamd, 0)
	if err != nil {
		return err
	}
	p.door.Scanner = scanner
	return nil
}

func (p *program) close() error {
	if p.files == nil {
		return p.db.Close()
	}
	return errors.Join(p.files.Close(), p.db.Close())
}
