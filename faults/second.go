package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"syscall"
	"time"
)

// secondKills kills one server of two under load. What was sent to it and not
// answered is sent to the other one under the same key, at once: it is taken once,
// whoever took it.
func (r *run) secondKills() error {
	one, err := r.newServer("postgres", r.program, "")
	if err != nil {
		return err
	}
	two, err := one.twin()
	if err != nil {
		return err
	}
	b, err := newBook()
	if err != nil {
		return err
	}
	if err := one.start(); err != nil {
		return err
	}
	for range r.seconds {
		if err := two.start(); err != nil {
			return errors.Join(err, one.end(syscall.SIGKILL))
		}
		err := b.under(r.ctx, one, func() error {
			time.Sleep(time.Duration(5+rand.IntN(120)) * time.Millisecond)
			return two.end(syscall.SIGKILL)
		})
		if err = errors.Join(err, b.again(r.ctx, one)); err != nil {
			return errors.Join(err, one.end(syscall.SIGKILL))
		}
	}
	if err := one.end(syscall.SIGKILL); err != nil {
		return err
	}
	one.beside = nil
	n, err := one.settle(r.ctx, b, 0)
	if err == nil {
		fmt.Printf("   one server of two was killed %d times; %d acknowledged, each stored once\n", r.seconds, n)
	}
	return err
}
