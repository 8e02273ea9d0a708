// Package scratch starts a throw-away PostgreSQL for tests and for the writer
// of migrations. The server lives in a folder of its own, listens on a socket
// in that folder only, and ends with the process that started it, however that
// ends. It writes nothing safely: never keep anything in it.
package scratch

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"sort"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// ErrMissing says that this machine has no PostgreSQL to start.
var ErrMissing = errors.New("scratch: no PostgreSQL found (looked for postgres and initdb on the path and in /usr/lib/postgresql)")

// keeper makes the cluster, runs the server, and takes both away once its
// standard input closes, which the kernel does when the starter is gone.
const keeper = `set -e
cd "$2"
"$1/initdb" -D "$2/data" -U postgres --auth=trust --no-sync -E UTF8 --locale=C >>"$2/log" 2>&1
"$1/postgres" -D "$2/data" -c listen_addresses= -c unix_socket_directories="$2" -c max_connections=200 \
  -c fsync=off -c full_page_writes=off -c max_wal_senders=0 -c wal_level=minimal -c autovacuum=off >>"$2/log" 2>&1 &
p=$!
cat >/dev/null || true
kill -INT $p || true
kill -TERM $p || true # a server that only begins hears no other
wait $p || true
rm -rf "$2"`

// Server is a running throw-away PostgreSQL. It runs for as long as it is
// held: when the last reference goes, its keeper's input closes.
type Server struct {
	URL    string // of its superuser and the database postgres
	keeper *exec.Cmd
	hold   interface{ Close() error }
}

// Start starts a server and waits until it answers. It returns ErrMissing
// when there is none to start.
func Start(ctx context.Context) (*Server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "pg")
	if err != nil {
		return nil, fmt.Errorf("scratch: making a folder: %w", err)
	}
	attr, err := owner(dir)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("/bin/sh", "-c", keeper, "keeper", bin, dir)
	cmd.SysProcAttr = attr
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C"}
	hold, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("scratch: holding the server: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("scratch: starting the server: %w", err)
	}
	s := &Server{keeper: cmd, hold: hold,
		URL: "postgres://postgres@/postgres?host=" + url.QueryEscape(dir)}
	if err := s.wait(ctx, filepath.Join(dir, "log")); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close stops the server and removes its folder.
func (s *Server) Close() error {
	err := s.hold.Close()
	return errors.Join(err, s.keeper.Wait())
}

// wait returns once the server answers, or with the end of its log.
func (s *Server) wait(ctx context.Context, log string) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	for {
		c, err := pgx.Connect(ctx, s.URL)
		if err == nil {
			return c.Close(ctx)
		}
		select {
		case <-ctx.Done():
			said, _ := os.ReadFile(log)
			return fmt.Errorf("scratch: the server does not answer: %w\n%s", err, said)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// owner gives dir to an ordinary account when we are root, whom PostgreSQL
// refuses, and keeps the terminal's signals from the server.
func owner(dir string) (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if os.Getuid() != 0 {
		return attr, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errU := strconv.ParseUint(u.Uid, 10, 32)
		gid, errG := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(errU, errG); err != nil {
			return nil, fmt.Errorf("scratch: account %s: %w", name, err)
		}
		if err := os.Chown(dir, int(uid), int(gid)); err != nil {
			return nil, fmt.Errorf("scratch: giving the folder to %s: %w", name, err)
		}
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		return attr, nil
	}
	return nil, errors.New("scratch: PostgreSQL does not run as root, and there is no account postgres or nobody")
}

// binaries returns the folder that holds postgres and initdb: the one on the
// path, else the newest of Debian's.
func binaries() (string, error) {
	var dirs []string
	if p, err := exec.LookPath("postgres"); err == nil {
		if p, err = filepath.EvalSymlinks(p); err == nil {
			dirs = append(dirs, filepath.Dir(p))
		}
	}
	packaged, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	sort.Slice(packaged, func(i, j int) bool { return major(packaged[i]) > major(packaged[j]) })
	for _, d := range append(dirs, packaged...) {
		if runs(d, "postgres") && runs(d, "initdb") {
			return d, nil
		}
	}
	return "", ErrMissing
}

func major(bin string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(bin)))
	return n
}

func runs(dir, name string) bool {
	_, err := exec.LookPath(filepath.Join(dir, name))
	return err == nil
}

// Database makes a new empty database on the server at admin, a superuser's
// URL, from the named template ("" for the usual one), and returns its URL.
func Database(ctx context.Context, admin, template string) (string, error) {
	c, err := pgx.Connect(ctx, admin)
	if err != nil {
		return "", fmt.Errorf("scratch: connecting: %w", err)
	}
	defer c.Close(ctx)
	name := "t_" + rand.Text()[:16]
	query := "CREATE DATABASE " + pgx.Identifier{name}.Sanitize()
	if template != "" {
		query += " TEMPLATE " + pgx.Identifier{template}.Sanitize()
	}
	if _, err := c.Exec(ctx, query); err != nil {
		return "", fmt.Errorf("scratch: making a database: %w", err)
	}
	u, err := url.Parse(admin)
	if err != nil {
		return "", fmt.Errorf("scratch: reading the address: %w", err)
	}
	u.Path = "/" + name
	return u.String(), nil
}

// Drop removes the database at the address that Database returned, with
// whoever is still connected.
func Drop(ctx context.Context, admin, database string) error {
	c, err := pgx.Connect(ctx, admin)
	if err != nil {
		return fmt.Errorf("scratch: connecting: %w", err)
	}
	defer c.Close(ctx)
	_, err = c.Exec(ctx, "DROP DATABASE IF EXISTS "+pgx.Identifier{Name(database)}.Sanitize()+" WITH (FORCE)")
	if err != nil {
		return fmt.Errorf("scratch: dropping a database: %w", err)
	}
	return nil
}

// Settle makes a template called name out of the database at address, which
// fill fills, unless another process made it already. The address is then
// gone or unused; Drop it either way.
func Settle(ctx context.Context, admin, address, name string, fill func(address string) error) error {
	c, err := pgx.Connect(ctx, admin)
	if err != nil {
		return fmt.Errorf("scratch: connecting: %w", err)
	}
	defer c.Close(ctx)
	var there bool
	err = c.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&there)
	if err != nil || there {
		return err
	}
	if err := fill(address); err != nil {
		return err
	}
	_, err = c.Exec(ctx, "ALTER DATABASE "+pgx.Identifier{Name(address)}.Sanitize()+" RENAME TO "+pgx.Identifier{name}.Sanitize())
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "42P04" { // somebody else was first
		return nil
	}
	return err
}

// Name returns the name of the database in an address of PostgreSQL.
func Name(database string) string {
	u, err := url.Parse(database)
	if err != nil || len(u.Path) < 2 {
		return ""
	}
	return u.Path[1:]
}
