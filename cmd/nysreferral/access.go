package main

import (
	"context"
	"errors"
	"strings"

	"nysreferral/config"
	"nysreferral/store"
)

// leastRole is how servers get a role of their own.
const leastRole = "Give the servers a role of their own: CREATE ROLE nysreferral_app LOGIN, then nysreferral migrate --app-role nysreferral_app with the owner's address, and serve with the other."

// verifiedWay is how the way to a database on another machine is made safe.
const verifiedWay = "Set sslmode=verify-full, and sslrootcert where an authority of your own made its certificate, in the address of the database."

// accessed refuses to serve real people as a role of PostgreSQL that passes by every
// rule of the database, or over a way on which another machine can stand in for it.
func accessed(ctx context.Context, s config.Settings) error {
	url, err := urlOf(s)
	if err != nil || s.Pilot {
		return err
	}
	way, err := store.WayTo(url)
	if err != nil {
		return err
	}
	if !way.Verified {
		return errors.New("the database is on another machine, and nobody looks whether it is the right one: what is asked and answered can be read and changed on the way. " + verifiedWay + " A trial with made-up people may do without: --pilot")
	}
	if !isPostgres(s) {
		return nil
	}
	role, superuser, err := store.Superuser(ctx, url)
	if err != nil {
		return err
	}
	if superuser {
		return errors.New("the role " + role + " of the database is a superuser, who passes by every rule of it, also those that keep the log. " + leastRole + " A trial with made-up people may do without: --pilot")
	}
	return nil
}

func isPostgres(s config.Settings) bool {
	url, err := urlOf(s)
	return err == nil && !strings.HasPrefix(url, "sqlite:")
}

// access says how the server proves itself to PostgreSQL, and whether its role may
// more than it needs. A file needs neither.
func (x *examination) access() {
	if x.db == nil || !isPostgres(x.s) {
		return
	}
	url, err := urlOf(x.s)
	var a store.Access
	if err == nil {
		a, err = store.AccessTo(x.ctx, url)
	}
	if err != nil {
		x.failed("access", err, "Look whether the database runs and whether the settings name it.")
		return
	}
	x.proof(a)
	x.rights(a)
}

// proof judges how the server signs in.
func (x *examination) proof(a store.Access) {
	const ask = "Have pg_hba.conf ask for scram-sha-256, a certificate (cert), or on the same machine peer; set the password anew where it was kept as md5; and reload PostgreSQL."
	where := "on this machine"
	if a.Away {
		where = "on another machine, whose certificate is looked at"
	}
	if !a.Verified {
		x.fail("access", "the database is on another machine, and nobody looks whether it is the right one", verifiedWay)
		where = "on another machine"
	}
	weak := x.warn
	if a.Away {
		weak = x.fail
	}
	switch a.Proof {
	case store.ByTrust:
		x.fail("access", "the database takes everybody's word (trust): whoever reaches it is "+a.Role, ask)
	case store.ByMD5:
		weak("access", "the password goes to the database as md5, which is broken", ask)
	case store.ByPassword:
		if a.Away && a.Verified {
			x.fine("access", "%s gives its password within TLS to the database %s", a.Role, where)
			return
		}
		weak("access", "the password goes to the database as it is", ask)
	default:
		x.fine("access", "%s proves itself by %s to the database %s", a.Role, a.Proof, where)
	}
}

// rights judges what the role may.
func (x *examination) rights(a store.Access) {
	switch {
	case a.Superuser && !x.s.Pilot:
		x.fail("access", a.Role+" is a superuser, who passes by every rule of the database: no server starts for real people", leastRole)
	case a.Superuser:
		x.warn("access", a.Role+" is a superuser, who passes by every rule of the database", leastRole)
	case a.Owns:
		x.warn("access", a.Role+" owns the tables, and can take away what keeps the log", leastRole)
	case a.Rewrites:
		x.warn("access", a.Role+" may change or empty the log, but for triggers", leastRole)
	}
	if len(a.More) > 0 {
		x.warn("access", a.Role+" may "+strings.Join(a.More, ", ")+": no server needs it", "Take it away: ALTER ROLE "+a.Role+" NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS, and REVOKE what it has from roles that begin with pg_.")
	}
	if !a.Superuser && !a.Owns && !a.Rewrites && len(a.More) == 0 {
		x.fine("access", "%s may do what a server does, and only add to the log", a.Role)
	}
}
