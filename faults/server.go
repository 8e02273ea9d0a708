package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// server is the program over a database of its own.
type server struct {
	r        *run
	binary   string
	settings []string // as flags
	data     string   // the folder
	keys     string
	database string // address of PostgreSQL, "" for SQLite
	addr     string
	cmd      *exec.Cmd
	said     bytes.Buffer
	tokens   []string // of referrers
	beside   *server  // on the same database; nil: there is none
	more     []string // flags of this one
}

// twin is a second server on the same database, which takes every other client.
func (s *server) twin() (*server, error) {
	two := &server{r: s.r, binary: s.binary, settings: s.settings, data: s.data, keys: s.keys, database: s.database, tokens: s.tokens, more: s.more}
	var err error
	two.addr, err = free()
	s.beside = two
	return two, err
}

// at is where client c sends.
func (s *server) at(c int) string {
	if s.beside != nil && c%2 == 1 {
		return s.beside.addr
	}
	return s.addr
}

// clients is how many send at once.
const clients = 6

// newServer makes keys, tables, an agency and its referrers with the program's
// own commands. data is the folder of the database, made when it is not there.
func (r *run) newServer(dialect, binary, data string) (*server, error) {
	s := &server{r: r, binary: binary, data: data}
	home, err := os.MkdirTemp(r.dir, "keys")
	if err != nil {
		return nil, err
	}
	s.keys = filepath.Join(home, "keys")
	if s.data == "" {
		s.data = filepath.Join(home, "data")
	}
	s.settings = []string{"--key-file", s.keys, "--data", s.data}
	if dialect == "postgres" {
		if err := s.newDatabase(); err != nil {
			return nil, err
		}
		s.settings = append(s.settings, "--database", s.database)
	}
	if s.addr, err = free(); err != nil {
		return nil, err
	}
	if _, err := s.command("key", "new", s.keys); err != nil {
		return nil, err
	}
	return s, s.people()
}

func (s *server) newDatabase() error {
	if s.r.postgres == "" {
		return errSkip("there is no PostgreSQL here")
	}
	name := fmt.Sprintf("faults_%d", time.Now().UnixNano())
	c, err := pgx.Connect(s.r.ctx, s.r.postgres)
	if err != nil {
		return fmt.Errorf("asking PostgreSQL: %w", err)
	}
	_, err = c.Exec(s.r.ctx, "CREATE DATABASE "+name)
	if err := errors.Join(err, c.Close(s.r.ctx)); err != nil {
		return fmt.Errorf("making a database: %w", err)
	}
	u, err := url.Parse(s.r.postgres)
	if err != nil {
		return errors.New("the address of PostgreSQL cannot be read")
	}
	u.Path = "/" + name
	s.database = u.String()
	return nil
}

// command runs a command of the program and returns what it said.
func (s *server) command(args ...string) (string, error) {
	var out, bad bytes.Buffer
	cmd := exec.CommandContext(s.r.ctx, s.binary, args...)
	cmd.Stdout, cmd.Stderr = &out, &bad
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s: %w: %s", strings.Join(args[:2], " "), err, bad.String())
	}
	return strings.TrimSpace(out.String()), nil
}

var number = regexp.MustCompile(`^Added \w+ (\d+)`)

// people adds an agency and one referrer for each client.
func (s *server) people() error {
	with := func(args ...string) (string, error) { return s.command(append(args, s.settings...)...) }
	if _, err := with("migrate"); err != nil {
		return err
	}
	said, err := with("agency", "add", "--name", "Example House Shelter", "--kind", "social_service_provider", "--side", "provider", "--designated", "ovs")
	if err != nil {
		return err
	}
	agency := number.FindStringSubmatch(said)
	if agency == nil {
		return fmt.Errorf("the command said %q", said)
	}
	for i := range clients {
		said, err := with("user", "add", "--name", "Quinn Example", "--title", "Advocate", "--phone", "518-555-0100",
			"--email", "quinn"+strconv.Itoa(i)+"@example.org", "--duty", "referrer", "--agency", agency[1])
		if err != nil {
			return err
		}
		user := number.FindStringSubmatch(said)
		if user == nil {
			return fmt.Errorf("the command said %q", said)
		}
		token, err := with("token", "add", user[1], "--label", "faults")
		if err != nil {
			return err
		}
		s.tokens = append(s.tokens, token)
	}
	return nil
}

// noBudgets lets everybody read as much as the load asks for. An earlier program
// that knows no such setting minds a flag, and not a variable.
var noBudgets = []string{"NYSREFERRAL_LIMIT_READS_STATE=1000000", "NYSREFERRAL_LIMIT_READS_REFERRER=1000000", "NYSREFERRAL_LIMIT_READS_RECIPIENT=1000000"}

// start starts the program and returns once it answers.
func (s *server) start() error {
	s.said.Reset()
	args := append([]string{"serve", "--pilot", "--addr", s.addr, "--limit-submissions", "1000000"}, append(s.settings, s.more...)...)
	s.cmd = exec.Command(s.binary, args...)
	s.cmd.Env = append(os.Environ(), noBudgets...)
	s.cmd.Stdout, s.cmd.Stderr = &s.said, &s.said
	if err := s.cmd.Start(); err != nil {
		return fmt.Errorf("starting the program: %w", err)
	}
	c := &http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for range 3000 {
		if got, err := c.Get("http://" + s.addr + "/"); err == nil {
			return got.Body.Close()
		}
		if s.cmd.ProcessState != nil || s.r.ctx.Err() != nil {
			break
		}
		time.Sleep(2 * time.Millisecond)
	}
	return errors.Join(fmt.Errorf("the program does not answer: %s", s.said.String()), s.end(syscall.SIGKILL))
}

// end ends the program and waits for it.
func (s *server) end(with syscall.Signal) error {
	if err := s.cmd.Process.Signal(with); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("ending the program: %w", err)
	}
	var exit *exec.ExitError
	if err := s.cmd.Wait(); err != nil && !errors.As(err, &exit) {
		return fmt.Errorf("ending the program: %w", err)
	}
	return nil
}

// kill kills the program.
func (s *server) kill(context.Context) error { return s.end(syscall.SIGKILL) }

// killAtSync has the kernel kill the program at one of the next times that it
// waits for the disk.
func (s *server) killAtSync(ctx context.Context) error {
	path, err := exec.LookPath("strace")
	if err != nil {
		return errors.Join(errSkip("strace is not on this machine"), s.end(syscall.SIGKILL))
	}
	when := strconv.Itoa(1 + int(time.Now().UnixNano()%12))
	trace := exec.CommandContext(ctx, path, "-q", "-f", "-o", os.DevNull, "-p", strconv.Itoa(s.cmd.Process.Pid), "-e", "trace=fsync,fdatasync",
		"-e", "inject=fsync,fdatasync:signal=KILL:when="+when)
	if err := trace.Start(); err != nil {
		return fmt.Errorf("starting strace: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.cmd.Wait() }()
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		_ = s.cmd.Process.Kill()
		<-ended
		err = errors.New("the program was not killed: it did not wait for the disk")
	}
	_ = trace.Process.Kill()
	_ = trace.Wait()
	return err
}

// free is an address that nobody listens on.
func free() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("looking for a port: %w", err)
	}
	return l.Addr().String(), l.Close()
}
