package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	aWhile   = 5 * time.Second // people work for so long before, during and after each step
	readBack = 60              // referrals that are read again after each step
)

// upgrade has the program of before the last migrations serve people while this
// one migrates under it, then on the new tables alone, then beside this one.
// Nobody is refused anything, each server reads what the other took, no work is
// given up, and an old program that is started anew says why it does not start.
func (r *run) upgrade() error {
	binary, commit, files, err := r.earlier()
	if err != nil {
		return err
	}
	old, err := r.newServer("postgres", binary, "")
	if err != nil {
		return fmt.Errorf("the program of %s: %w", commit, err)
	}
	young, err := old.twin()
	if err != nil {
		return err
	}
	young.binary, old.beside = r.program, nil
	b, err := newBook()
	if err != nil {
		return err
	}
	if err := old.start(); err != nil {
		return err
	}
	err = r.together(b, old, young)
	if err := errors.Join(err, old.end(syscall.SIGTERM)); err != nil {
		return err
	}
	if err := old.refusesToStart(); err != nil {
		return err
	}
	given, again, err := r.work(old.database)
	if err != nil || given > 0 {
		return errors.Join(err, fmt.Errorf("%d jobs were given up", given))
	}
	young.beside = nil
	n, err := young.settle(r.ctx, b, 0)
	if err == nil {
		fmt.Printf("   the program of %s served while %s ran, and after it; %d acknowledged, each stored once, %d requests refused, %d jobs tried again\n",
			commit, strings.Join(files, " and "), n, b.told, again)
	}
	return err
}

// together takes both through the upgrade.
func (r *run) together(b *book, old, young *server) error {
	migrating := time.Duration(0)
	err := b.under(r.ctx, old, func() error {
		time.Sleep(aWhile)
		began := time.Now()
		_, err := young.command(append([]string{"migrate"}, young.settings...)...)
		migrating = time.Since(began)
		time.Sleep(aWhile)
		return err
	})
	if err = errors.Join(err, b.again(r.ctx, old), b.reads(r.ctx, old)); err != nil {
		return fmt.Errorf("the old program while the new one migrates: %w", err)
	}
	before := len(b.acknowledged(0))
	fmt.Printf("   %d were acknowledged by the old program before, during and after a migration that took %s\n", before, migrating.Round(time.Millisecond))
	if err := young.start(); err != nil {
		return err
	}
	old.beside = young
	err = b.under(r.ctx, old, func() error { time.Sleep(2 * aWhile); return nil })
	old.beside = nil
	if err = errors.Join(err, b.again(r.ctx, old), b.reads(r.ctx, old), b.reads(r.ctx, young)); err == nil && b.told > 0 {
		err = fmt.Errorf("%d requests were refused", b.told)
	}
	if err != nil {
		err = fmt.Errorf("old and new side by side: %w", err)
	} else {
		fmt.Printf("   %d more by the old and the new one side by side, and each reads what the other took\n", len(b.acknowledged(before)))
	}
	return errors.Join(err, young.end(syscall.SIGTERM))
}

// reads wants a server to show referrals from all over the book to their senders.
func (b *book) reads(ctx context.Context, s *server) error {
	b.mu.Lock()
	var keys []string
	for key := range b.sent {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	b.mu.Unlock()
	for i := 0; i < len(keys); i += max(1, len(keys)/readBack) {
		b.mu.Lock()
		told, who := b.sent[keys[i]], b.who[keys[i]]
		b.mu.Unlock()
		if told == nil {
			continue
		}
		q, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.addr+"/api/v1/referrals/"+told.Reference, nil)
		if err != nil {
			return err
		}
		q.Header.Set("Authorization", "Bearer "+s.tokens[who])
		got, err := client.Do(q)
		if err != nil {
			return fmt.Errorf("reading %s: %w", told.Reference, err)
		}
		text, err := io.ReadAll(got.Body)
		if err = errors.Join(err, got.Body.Close()); err != nil || got.StatusCode != http.StatusOK || !strings.Contains(string(text), told.Reference) {
			return errors.Join(err, fmt.Errorf("reading %s: %s", told.Reference, got.Status))
		}
	}
	return nil
}

// refusesToStart wants a program that is older than the tables to say so and end.
func (s *server) refusesToStart() error {
	ctx, stop := context.WithTimeout(s.r.ctx, 30*time.Second)
	defer stop()
	said, err := exec.CommandContext(ctx, s.binary, append([]string{"serve", "--pilot", "--addr", s.addr}, s.settings...)...).CombinedOutput()
	if err == nil || !strings.Contains(string(said), "newer nysreferral") {
		return fmt.Errorf("a program that is older than the tables starts, or does not say why not: %s", said)
	}
	return nil
}

// work says how many jobs were given up, and how many were tried again.
func (r *run) work(database string) (given, again int, err error) {
	c, err := pgx.Connect(r.ctx, database)
	if err != nil {
		return 0, 0, fmt.Errorf("asking PostgreSQL: %w", err)
	}
	defer func() { err = errors.Join(err, c.Close(r.ctx)) }()
	err = c.QueryRow(r.ctx, `SELECT count(*) FILTER (WHERE state IN ('discarded', 'cancelled')), count(*) FILTER (WHERE attempt > 1) FROM river_job`).Scan(&given, &again)
	if err != nil {
		err = fmt.Errorf("counting jobs: %w", err)
	}
	return given, again, err
}

// earlier builds the program as it last was before the last migrations, from the
// history of this repository, and says of which commit it is and which migrations
// it does not know.
func (r *run) earlier() (binary, commit string, files []string, err error) {
	if shallow, err := r.git("rev-parse", "--is-shallow-repository"); err != nil || shallow != "false" {
		return "", "", nil, errSkip("the history of the repository is not here whole: clone it with all of it")
	}
	if commit, files, err = r.before(); err != nil {
		return "", "", nil, err
	}
	source := filepath.Join(r.dir, "earlier")
	if err := os.Mkdir(source, 0o700); err != nil {
		return "", "", nil, err
	}
	binary = filepath.Join(r.dir, "earlier-program")
	unpack := exec.CommandContext(r.ctx, "sh", "-c", `git archive "$1" | tar -x -C "$2"`, "unpack", commit, source)
	build := exec.CommandContext(r.ctx, "go", "build", "-trimpath", "-buildvcs=false", "-o", binary, "./cmd/nysreferral")
	build.Dir, build.Env = source, append(os.Environ(), "CGO_ENABLED=0")
	for _, step := range []*exec.Cmd{unpack, build} {
		if text, err := step.CombinedOutput(); err != nil {
			return "", "", nil, fmt.Errorf("building the program of %s: %w: %s", commit, err, text)
		}
	}
	return binary, commit, files, nil
}

// before is the newest commit whose migrations are those of now but for the last
// ones, byte by byte, and the names of these.
func (r *run) before() (commit string, files []string, err error) {
	now, err := r.migrations("HEAD")
	if err != nil || len(now) <= r.back || r.back < 1 {
		return "", nil, errors.Join(err, fmt.Errorf("of %d migrations none is so far back", len(now)))
	}
	all, err := r.git("rev-list", "--abbrev-commit", "HEAD")
	if err != nil {
		return "", nil, err
	}
	for commit := range strings.Lines(all) {
		commit = strings.TrimSpace(commit)
		then, err := r.migrations(commit)
		if err != nil {
			return "", nil, err
		}
		if !slices.Equal(then, now[:len(now)-r.back]) {
			continue
		}
		for _, line := range now[len(now)-r.back:] {
			_, name, _ := strings.Cut(line, "\t")
			files = append(files, filepath.Base(name))
		}
		return commit, files, nil
	}
	return "", nil, errSkip("the history holds no program from before the last migrations")
}

// migrations are PostgreSQL's of a commit, each with the sum of its bytes.
func (r *run) migrations(commit string) ([]string, error) {
	text, err := r.git("ls-tree", commit, "migrations/postgres/")
	return slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool { return !strings.HasSuffix(line, ".sql") }), err
}

func (r *run) git(args ...string) (string, error) {
	out, err := exec.CommandContext(r.ctx, "git", args...).Output()
	if err != nil {
		return "", fmt.Errorf("asking git: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}
