package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// databaseKills kills PostgreSQL under load. The program goes on by itself once
// it is there again.
func (r *run) databaseKills() error {
	if r.server == "" {
		return errSkip("no PostgreSQL was given that may be killed")
	}
	s, err := r.newServer("postgres", r.program, "")
	if err != nil {
		return err
	}
	b, err := newBook()
	if err != nil {
		return err
	}
	if err := s.start(); err != nil {
		return err
	}
	for range r.deaths {
		err := b.under(r.ctx, s, func() error {
			time.Sleep(time.Duration(100+rand.IntN(200)) * time.Millisecond)
			return errors.Join(r.killDatabase(), tool(r.ctx, "scripts/postgres.sh", "again", r.server))
		})
		if err == nil {
			err = b.again(r.ctx, s)
		}
		if err != nil {
			return errors.Join(err, s.end(syscall.SIGKILL))
		}
	}
	if err := s.end(syscall.SIGKILL); err != nil {
		return err
	}
	n, err := s.settle(r.ctx, b, 0)
	if err == nil {
		fmt.Printf("   PostgreSQL was killed %d times; %d acknowledged, each stored once\n", r.deaths, n)
	}
	return err
}

// killDatabase kills the server by the number that it wrote down.
func (r *run) killDatabase() error {
	text, err := os.ReadFile(filepath.Join(r.server, "data", "postmaster.pid"))
	if err != nil {
		return fmt.Errorf("looking for PostgreSQL: %w", err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil {
		return fmt.Errorf("looking for PostgreSQL: %w", err)
	}
	return syscall.Kill(pid, syscall.SIGKILL)
}
