package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"nysreferral/demo"
	"nysreferral/handlers"
	"nysreferral/handlers/api"
	"nysreferral/registry"
	"nysreferral/seal"
	"nysreferral/store"
	"nysreferral/workers"
	"nysreferral/workflow"
)

// start is where legal time begins: a Monday morning in New York.
var start = time.Date(2026, 11, 2, 15, 15, 0, 0, time.UTC)

// site is the whole program over a database of its own, answering on the
// loopback. Nothing works its jobs and nothing grows the log's tree unless a
// measurement says so.
type site struct {
	*demo.State
	handler http.Handler
	url     string
	folder  string // of SQLite's file and of nothing else; "" on PostgreSQL
	keys    string // file
}

// open makes an empty database of that dialect and serves it.
func (r *run) open(dialect string) (*site, error) {
	r.made++
	s := &site{keys: filepath.Join(r.dir, strconv.Itoa(r.made)+".keys")}
	address, err := r.address(s, dialect)
	if err != nil {
		return nil, err
	}
	if err := seal.Create(s.keys, start); err != nil {
		return nil, err
	}
	ring, err := seal.Load(s.keys)
	if err != nil {
		return nil, err
	}
	db, err := store.Open(r.ctx, address)
	if err != nil {
		return nil, err
	}
	r.later(db.Close)
	if err := store.Migrate(r.ctx, db); err != nil {
		return nil, err
	}
	if r.heard != nil {
		db = r.heard(db)
	}
	if s.State, err = demo.New(db, ring, demo.NewClock(start, time.Now), time.Now, 1); err != nil {
		return nil, err
	}
	if _, err := s.Registry.Seed(r.ctx); err != nil {
		return nil, err
	}
	return s, r.serve(s)
}

// address is where the database lies.
func (r *run) address(s *site, dialect string) (string, error) {
	if dialect == "SQLite" {
		s.folder = filepath.Join(r.dir, strconv.Itoa(r.made))
		return "sqlite:" + filepath.Join(s.folder, "nysreferral.db"), nil
	}
	name := "bench_" + strings.ToLower(rand.Text())
	if err := r.sql("CREATE DATABASE " + name); err != nil {
		return "", err
	}
	r.later(func() error { return r.sql("DROP DATABASE " + name + " WITH (FORCE)") })
	u, err := url.Parse(r.postgres)
	if err != nil {
		return "", errors.New("the address of PostgreSQL cannot be read")
	}
	u.Path = "/" + name
	if r.options != "" {
		u.RawQuery += "&" + r.options
	}
	return u.String(), nil
}

// sql runs a statement as the superuser.
func (r *run) sql(statement string) error {
	ctx := context.WithoutCancel(r.ctx)
	c, err := pgx.Connect(ctx, r.postgres)
	if err != nil {
		return fmt.Errorf("asking PostgreSQL: %w", err)
	}
	_, err = c.Exec(ctx, statement)
	return errors.Join(err, c.Close(ctx))
}

// serve answers on a free port. The log is written as it always is, to nowhere.
func (r *run) serve(s *site) error {
	mount, err := api.New(api.Deps{Referrals: s.Door, Auth: s.Auth, Draw: workers.Draw})
	if err != nil {
		return err
	}
	s.handler, err = handlers.New(handlers.Deps{Referrals: s.Door, Registry: s.Registry, Auth: s.Auth, Settings: handlers.Settings{Insecure: true},
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: s.Clock.Now, API: mount})
	if err != nil {
		return err
	}
	s.url, err = r.listen(s.handler)
	return err
}

// listen serves h on a free port of the loopback and returns its address.
func (r *run) listen(h http.Handler) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("listening: %w", err)
	}
	server := handlers.Server(h)
	go func() { _ = server.Serve(l) }()
	r.later(server.Close)
	return "http://" + l.Addr().String(), nil
}

// person is one account with what it signs in with.
type person struct {
	workflow.Actor
	email string
	token string
}

// agency adds an agency and returns its number.
func (s *site) agency(ctx context.Context, name, kind string, side workflow.Side, designated string) (int, error) {
	a, err := s.Registry.Commands().AddAgency(ctx, registry.Agency{Name: name, Kind: kind, Side: side, Designated: designated, Active: true})
	return a.ID, err
}

// people adds n accounts of an agency, each with a token; the first also has
// the password.
func (s *site) people(ctx context.Context, agency int, duty workflow.Duty, n int) ([]person, error) {
	out := make([]person, n)
	for i := range out {
		email := fmt.Sprintf("%s.%d.%d@example.org", duty, agency, i)
		kept, err := s.Registry.Commands().AddAccount(ctx, registry.NewAccount{Name: fmt.Sprintf("Quinn Example %d", i), Title: "Advocate", Email: email,
			Phone: "518-555-0100", Duty: duty, Agency: agency})
		if err != nil {
			return nil, err
		}
		if i == 0 {
			if err := s.Auth.SetPassword(ctx, workflow.Actor{}, kept.ID, demo.Password, ""); err != nil {
				return nil, err
			}
		}
		if out[i], err = s.person(ctx, kept.ID, email); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *site) person(ctx context.Context, id int, email string) (person, error) {
	token, err := s.Auth.NewToken(ctx, workflow.Actor{}, id, "bench", time.Time{}, "")
	if err != nil {
		return person{}, err
	}
	who, err := s.Auth.Actor(ctx, id)
	return person{Actor: who, email: email, token: token}, err
}

// referrers adds an agency that may refer and n accounts of it.
func (s *site) referrers(ctx context.Context, n int) ([]person, error) {
	agency, err := s.agency(ctx, "Example House Shelter", "social_service_provider", workflow.SideProvider, "ovs")
	if err != nil {
		return nil, err
	}
	return s.people(ctx, agency, workflow.Referrer, n)
}
