package store

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"
)

// How PostgreSQL has a program prove who it is.
const (
	ByTrust       = "trust" // it asks for nothing
	ByPassword    = "password"
	ByMD5         = "md5"
	BySCRAM       = "scram-sha-256"
	ByPeer        = "peer"
	ByCertificate = "cert"
	ByKerberos    = "gss"
)

// Way is how far an address of PostgreSQL reaches.
type Way struct {
	Away     bool // to another machine
	Verified bool // under TLS, with a server whose certificate was looked at; true where nothing leaves the machine
}

// WayTo reads the address of a database, and asks nobody. A host of several that is
// another machine's counts, and one way of several that is not verified.
func WayTo(address string) (Way, error) {
	w := Way{Verified: true}
	if !isPostgres(address) {
		return w, nil
	}
	cfg, err := pgx.ParseConfig(address)
	if err != nil {
		return Way{}, fmt.Errorf("store: reading the address of PostgreSQL: %w", err)
	}
	look := func(host string, verified bool) {
		if !here(host) {
			w.Away, w.Verified = true, w.Verified && verified
		}
	}
	look(cfg.Host, looksAt(cfg.TLSConfig))
	for _, f := range cfg.Fallbacks {
		look(f.Host, looksAt(f.TLSConfig))
	}
	return w, nil
}

// here says whether a host is this machine: a socket, or the loopback.
func here(host string) bool {
	ip := net.ParseIP(host)
	return strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@") || host == "localhost" || ip != nil && ip.IsLoopback()
}

// looksAt says whether a certificate is looked at, and for the name that is called
// (sslmode=verify-full): else any other machine of the same authority can stand in.
func looksAt(c *tls.Config) bool { return c != nil && !c.InsecureSkipVerify }

// Access is how this program signs in to PostgreSQL, and what its role may do beyond
// what a server needs.
type Access struct {
	Way
	Role      string
	Proof     string // ByTrust …
	Superuser bool
	Rewrites  bool     // it could change or empty the log, were it not for triggers
	Owns      bool     // it could take those triggers away
	More      []string // what else it may that no server needs
}

// AccessTo signs in once at an address of PostgreSQL as a server does, and says how it
// went. Where a socket of this machine asks for nothing it tries a second time under a
// name that is none, to tell a server that looks who calls from one that trusts
// everybody: that one the server notes as refused.
func AccessTo(ctx context.Context, address string) (Access, error) {
	way, err := WayTo(address)
	if err != nil {
		return Access{}, err
	}
	a := Access{Way: way}
	cfg, err := pgx.ParseConfig(address)
	if err != nil {
		return Access{}, fmt.Errorf("store: reading the address of PostgreSQL: %w", err)
	}
	said := listenTo(cfg)
	c, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return Access{}, fmt.Errorf("store: signing in to PostgreSQL: %w", err)
	}
	asked := *said
	defer c.Close(context.WithoutCancel(ctx))
	err = c.QueryRow(ctx, `SELECT rolname, rolsuper FROM pg_roles WHERE rolname = current_user`).Scan(&a.Role, &a.Superuser)
	if err == nil {
		err = a.rights(ctx, c)
	}
	if err != nil {
		return Access{}, fmt.Errorf("store: asking what the role may: %w", err)
	}
	if a.Proof = asked.proof(); a.Proof != ByTrust {
		return a, nil
	}
	switch {
	case cfg.TLSConfig != nil && len(cfg.TLSConfig.Certificates) > 0 && !trusts(ctx, address):
		a.Proof = ByCertificate
	case c.PgConn().Conn().RemoteAddr().Network() == "unix" && !trusts(ctx, address):
		a.Proof = ByPeer
	}
	return a, nil
}

// Superuser signs in once at an address of PostgreSQL and returns its role, and
// whether that is a superuser.
func Superuser(ctx context.Context, address string) (role string, yes bool, err error) {
	c, err := pgx.Connect(ctx, address)
	if err != nil {
		return "", false, fmt.Errorf("store: signing in to PostgreSQL: %w", err)
	}
	defer c.Close(context.WithoutCancel(ctx))
	if err := c.QueryRow(ctx, `SELECT rolname, rolsuper FROM pg_roles WHERE rolname = current_user`).Scan(&role, &yes); err != nil {
		return "", false, fmt.Errorf("store: asking what the role may: %w", err)
	}
	return role, yes, nil
}

// rights asks what the role may beyond what Grants gives.
func (a *Access) rights(ctx context.Context, c *pgx.Conn) error {
	for _, name := range Added {
		var rewrites, owns bool
		err := c.QueryRow(ctx, `SELECT has_table_privilege(c.oid, 'UPDATE') OR has_table_privilege(c.oid, 'DELETE') OR has_table_privilege(c.oid, 'TRUNCATE'), pg_has_role(c.relowner, 'MEMBER')
			FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relname = $1`, name).Scan(&rewrites, &owns)
		if errors.Is(err, pgx.ErrNoRows) {
			continue // the tables are still to be made
		}
		if err != nil {
			return err
		}
		a.Rewrites, a.Owns = a.Rewrites || rewrites, a.Owns || owns
	}
	if a.Superuser {
		return nil // it may everything
	}
	rows, err := c.Query(ctx, `SELECT v.what FROM pg_roles r, LATERAL (VALUES
			(rolcreaterole, 'make roles'), (rolcreatedb, 'make databases'), (rolreplication, 'copy the whole server'), (rolbypassrls, 'pass by rules of rows'),
			(pg_has_role('pg_execute_server_program', 'MEMBER'), 'start programs'), (pg_has_role('pg_write_server_files', 'MEMBER'), 'write files'), (pg_has_role('pg_read_server_files', 'MEMBER'), 'read files'),
			(has_schema_privilege(current_schema(), 'CREATE') AND NOT $1, 'make tables')
		) AS v (may, what) WHERE r.rolname = current_user AND v.may`, a.Owns)
	if err != nil {
		return err
	}
	a.More, err = pgx.CollectRows(rows, pgx.RowTo[string])
	return err
}

// trusts says whether the server takes anybody's word: it says welcome to a name that
// is none, before it finds that there is no such role.
func trusts(ctx context.Context, address string) bool {
	cfg, err := pgx.ParseConfig(address)
	if err != nil {
		return true
	}
	cfg.User, cfg.Password = "nobody_"+strings.ToLower(rand.Text()), ""
	said := listenTo(cfg)
	if c, err := pgx.ConnectConfig(ctx, cfg); err == nil {
		_ = c.Close(ctx) // the answer is known
	}
	return said.heard && said.kind == saysWelcome
}

// What a server says first, by the protocol of PostgreSQL.
const (
	saysWelcome  = 0
	asksPassword = 3
	asksMD5      = 5
	asksGSS      = 7
	asksSSPI     = 9
	asksSASL     = 10
)

// firstWord is what the server says when a program signs in: the first message of
// authentication.
type firstWord struct {
	begun []byte
	over  bool
	heard bool
	kind  uint32
}

// listenTo has the first word of each connection by cfg noted.
func listenTo(cfg *pgx.ConnConfig) *firstWord {
	w := &firstWord{}
	cfg.BuildFrontend = func(r io.Reader, out io.Writer) *pgproto3.Frontend {
		*w = firstWord{}
		return pgproto3.NewFrontend(io.TeeReader(r, w), out)
	}
	return w
}

// Write takes what the server said, until the first word is known.
func (w *firstWord) Write(b []byte) (int, error) {
	if !w.over {
		w.begun = append(w.begun, b...)
		w.read()
	}
	return len(b), nil
}

// read takes messages apart: a letter, a length with itself, and the rest.
func (w *firstWord) read() {
	for len(w.begun) >= 5 {
		n := binary.BigEndian.Uint32(w.begun[1:5])
		switch {
		case w.begun[0] == 'v' && n < 1<<16: // which version it speaks
			if len(w.begun) < int(n)+1 {
				return
			}
			w.begun = w.begun[n+1:]
		case w.begun[0] == 'R' && len(w.begun) < 9:
			return
		case w.begun[0] == 'R':
			w.over, w.heard, w.kind = true, true, binary.BigEndian.Uint32(w.begun[5:9])
			return
		default:
			w.over = true // it refuses
			return
		}
	}
}

func (w firstWord) proof() string {
	switch {
	case !w.heard, w.kind == saysWelcome:
		return ByTrust
	case w.kind == asksPassword:
		return ByPassword
	case w.kind == asksMD5:
		return ByMD5
	case w.kind == asksSASL:
		return BySCRAM
	case w.kind == asksGSS || w.kind == asksSSPI:
		return ByKerberos
	}
	return fmt.Sprintf("method %d", w.kind)
}
