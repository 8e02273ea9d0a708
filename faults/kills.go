package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"syscall"
	"time"
)

// lookEvery is after how many faults the database is held against the book.
const lookEvery = 100

// killing loads the program and kills it n times; each time it starts again, and
// whatever nobody knows the end of is sent again. Nothing that was acknowledged
// is lost, and nothing is there twice.
func (r *run) killing(dialect string, n int, kill func(*server, context.Context) error) error {
	s, err := r.newServer(dialect, r.program, "")
	if err != nil {
		return err
	}
	b, err := newBook()
	if err != nil {
		return err
	}
	looked := 0
	for i := range n {
		if err := s.start(); err != nil {
			return err
		}
		if err := b.again(r.ctx, s); err != nil {
			return errors.Join(err, s.end(syscall.SIGKILL))
		}
		if err := b.under(r.ctx, s, func() error {
			time.Sleep(time.Duration(5+rand.IntN(120)) * time.Millisecond)
			return kill(s, r.ctx)
		}); err != nil {
			return err
		}
		if (i+1)%lookEvery != 0 && i+1 != n {
			continue
		}
		if looked, err = s.settle(r.ctx, b, looked); err != nil {
			return err
		}
	}
	fmt.Printf("   %s: killed %d times; %d acknowledged, each stored once\n", dialect, n, looked)
	return nil
}

// under does fault while every client sends.
func (b *book) under(ctx context.Context, s *server, fault func() error) error {
	ctx, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	all.Go(func() { b.loading(ctx, s) })
	err := fault()
	stop()
	all.Wait()
	return err
}

// settle sends again what is open, ends the program and checks. It returns how
// many receipts there are.
func (s *server) settle(ctx context.Context, b *book, from int) (int, error) {
	if err := s.start(); err != nil {
		return from, err
	}
	if err := errors.Join(b.again(ctx, s), s.end(syscall.SIGKILL)); err != nil {
		return from, err
	}
	lost, stored, err := s.check(ctx, s.data, b, from)
	if err != nil {
		return from, err
	}
	acknowledged := len(b.acknowledged(0))
	if lost > 0 || stored != acknowledged {
		return from, fmt.Errorf("%d acknowledged, %d stored, %d lost", acknowledged, stored, lost)
	}
	return acknowledged, nil
}
