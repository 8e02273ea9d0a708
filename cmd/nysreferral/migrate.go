package main

import (
	"errors"
	"fmt"
	"time"

	"nysreferral/audit"
	"nysreferral/backup"
	"nysreferral/config"
	"nysreferral/registry"
	"nysreferral/store"
)

type migrate struct {
	config.Settings
	App string `name:"app-role" placeholder:"ROLE" help:"Let this role of PostgreSQL, with which servers sign in, do what a server does and no more: it changes no table and rewrites no line of the log. Say it after each upgrade, with the owner's address."`
	To  string `placeholder:"postgres://…" help:"Move everything to this database, which must be empty: postgres://… or sqlite:PATH. No server may have this one meanwhile."`

	FilesFrom string `name:"files-from" type:"existingdir" placeholder:"FOLDER" help:"Copy the attached files that lie in this folder into the bucket of the settings, and read each again. It may be repeated. No server may take files meanwhile."`
}

// Run migrates and says so, and moves when it is told where to.
func (c *migrate) Run(e *env) error {
	return with(e, c.Settings, func(p *program) error {
		if c.To != "" {
			return p.move(e, c.To)
		}
		if c.FilesFrom != "" {
			return p.bring(e, c.FilesFrom)
		}
		if c.App != "" {
			if err := store.Grant(e.ctx, p.db, c.App); err != nil {
				return err
			}
			fmt.Fprintf(e.out, "The role %s may do what a server does, and no more.\n", c.App)
		}
		n, err := p.registry.Seed(e.ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(e.out, "The tables are up to date; %d lines of the directory were added.\n", n)
		return nil
	})
}

// ErrMoved says that a database was left for another.
var ErrMoved = errors.New("this database was moved already; name the other one")

// move copies everything, reads it back, and marks this database as left.
func (p *program) move(e *env, address string) (err error) {
	if kind, err := p.registry.Folder(e.ctx); err != nil || kind == registry.Moved {
		return errors.Join(err, ErrMoved)
	}
	to, err := store.Open(e.ctx, address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	tree, err := audit.NewTree(p.db, p.ring, time.Now)
	if err != nil {
		return err
	}
	if _, err := tree.Take(e.ctx); err != nil { // a signed head over all that is moved
		return err
	}
	m, err := backup.Move(e.ctx, p.db, to)
	if err != nil {
		return err
	}
	for _, t := range m.Tables {
		fmt.Fprintf(e.out, "%8d  %-20s %.16s\n", t.Rows, t.Table, t.Digest)
	}
	fmt.Fprintln(e.out, "Every table was read again where it is now, and has the same digest.")
	there := &program{settings: p.settings, db: to, ring: p.ring, log: p.log}
	if err := there.doors(e.ctx, time.Now); err != nil {
		return err
	}
	if err := there.holds(e, m.Head); err != nil {
		return errors.Join(err, p.db.Thaw(e.ctx))
	}
	if err := p.registry.Leave(e.ctx); err != nil {
		return err
	}
	fmt.Fprintln(e.out, "Name the new database in database-file; attached files stay where they are. This one is marked as left; keep it until the first backup of the new one, then destroy it.")
	if to.Dialect() == store.Postgres {
		fmt.Fprintln(e.out, openToServers)
	}
	return nil
}
