package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"

	"nysreferral/audit"
	"nysreferral/config"
	"nysreferral/handlers"
	"nysreferral/registry"
	"nysreferral/store"
)

// serve is the command of a real server.
type serve struct {
	config.Settings
}

// Run serves until it is told to stop.
func (c *serve) Run(e *env) (err error) {
	c.Settings = c.Profiled()
	if err := c.CheckServe(); err != nil {
		return err
	}
	if err := guard(c.Settings, e.log); err != nil {
		return err
	}
	if err := certified(c.Settings); err != nil {
		return err
	}
	if err := accessed(e.ctx, c.Settings); err != nil {
		return err
	}
	p, err := open(e.ctx, c.Settings, time.Now, e.log)
	if err != nil {
		return err
	}
	defer func() { err = joined(err, p.close()) }()
	keysLocked(p.ring, e.log)
	if err := p.begin(e); err != nil {
		return err
	}
	if err := p.dedicate(e); err != nil {
		return err
	}
	if may, err := store.MayRewrite(e.ctx, p.db); err != nil {
		return err
	} else if may {
		p.log.Warn("the role of this database may rewrite the log; give the servers one that may not: nysreferral migrate --app-role")
	}
	if _, err := p.registry.Seed(e.ctx); err != nil {
		return err
	}
	site, err := p.site(handlers.Settings{PublicURL: c.PublicURL, TrustedProxy: c.TrustedProxy, Body: c.Limits.Body,
		Banner: trial(c.Pilot), Notice: true})
	if err != nil {
		return err
	}
	l, err := listen(c.Addr)
	if err != nil {
		return err
	}
	return p.serve(e.ctx, l, site, func() error {
		fmt.Fprintln(e.out, serving(c.Settings, l.Addr()))
		return nil
	})
}

// listen takes the address at which the program answers.
func listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("something else answers on %s already: end it, or choose another address with --addr", addr)
	}
	if err != nil {
		return nil, fmt.Errorf("listening: %w", err)
	}
	return l, nil
}

// certified refuses a certificate that could not be served by, before anything
// is opened.
func certified(s config.Settings) error {
	if s.TLSCert == "" {
		return nil
	}
	if _, err := tls.LoadX509KeyPair(s.TLSCert, s.TLSKey); err != nil {
		return fmt.Errorf("the certificate of --tls-cert and the key of --tls-key cannot be used: %w", err)
	}
	return nil
}

// serving says where the server answers and, where it speaks no TLS itself, who
// has to before the address that people type answers.
func serving(s config.Settings, at net.Addr) string {
	switch {
	case s.TLSCert != "":
		return fmt.Sprintf("Serving %s on %s.", s.PublicURL, at)
	case s.TrustedProxy != "":
		return fmt.Sprintf("Serving %s through the proxy, which asks in plain HTTP on %s.", s.PublicURL, at)
	}
	return fmt.Sprintf("No certificate is set (--tls-cert and --tls-key): %s answers only where a proxy speaks TLS before this server. Name it in --trusted-proxy, or the log has its address in place of everybody's. This server answers the proxy in plain HTTP on %s.", s.PublicURL, at)
}

// begin holds the log against its heads outside, and makes the database ready. An
// earlier copy is refused before anything is written into it, except that one
// which lacks tables gets them first: they are needed to read it.
func (p *program) begin(e *env) error {
	if store.Serves(e.ctx, p.db) == nil {
		if err := p.openOutside(e.ctx); err != nil {
			return err
		}
	}
	if err := p.ready(e); err != nil {
		return err
	}
	return p.openOutside(e.ctx)
}

// living writes that the program starts, and keeps an eye on the clock until the
// function that it returns writes that it stops. That one is the last line: the
// tree takes it in before the program ends.
func (p *program) living(ctx context.Context, tree *audit.Tree) (end func(context.Context) error, err error) {
	life := audit.Life{DB: p.db, Now: time.Now, Log: p.log, Moved: p.clockMoved}
	if err := life.Begin(ctx); err != nil {
		return nil, err
	}
	watching, stop := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() { defer close(watched); life.Watch(watching, time.Second) }()
	return func(ctx context.Context) error {
		stop()
		<-watched
		if err := life.End(ctx); err != nil {
			return err
		}
		_, err := tree.Take(ctx)
		return err
	}, nil
}

// clockMoved notes that the clock was moved, for the metrics and for keepWatch.
func (p *program) clockMoved() {
	now := time.Now()
	p.stepped.Store(&now)
	p.metrics.ClockMoved()
}

// trial is what stands above every page of a trial.
func trial(yes bool) string {
	if yes {
		return "This is a trial. Enter made-up people only."
	}
	return ""
}

// dedicate refuses the folder of a demonstration, and marks a new one.
func (p *program) dedicate(e *env) error {
	of, err := p.registry.Restored(e.ctx)
	if err != nil {
		return err
	}
	if of != "" {
		return fmt.Errorf("this database is a copy of %s that was put back: what was withdrawn or switched off after that is not in it. Look through it, then run: nysreferral backup accept", of)
	}
	kind, err := p.registry.Folder(e.ctx)
	if err != nil {
		return err
	}
	if kind == registry.Demo {
		return fmt.Errorf("this database is a demonstration's: it holds made-up accounts with known passwords. Begin with an empty one")
	}
	if kind == registry.Moved {
		return fmt.Errorf("this database was moved to another one, and nothing more may be written into it: name the other in database-file")
	}
	if kind == registry.Production {
		return nil
	}
	return p.registry.Dedicate(e.ctx, registry.Production)
}
