package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// diskFull fills the disk under load: what cannot be saved is not acknowledged,
// and when there is room again, all goes on.
func (r *run) diskFull() error {
	d, err := r.newDisk()
	if err != nil {
		return err
	}
	return errors.Join(r.withoutRoom(d), d.close())
}

func (r *run) withoutRoom(d *disk) error {
	s, err := r.newServer("sqlite", r.program, filepath.Join(d.at, "data"))
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
	ballast := filepath.Join(d.at, "ballast")
	err = b.under(r.ctx, s, func() error {
		time.Sleep(200 * time.Millisecond)
		_ = tool(r.ctx, "dd", "if=/dev/zero", "of="+ballast, "bs=1M", "count=1000") // until nothing fits
		time.Sleep(2 * time.Second)
		return nil
	})
	if err != nil {
		return errors.Join(err, s.end(syscall.SIGKILL))
	}
	refused := b.told
	if refused == 0 {
		return errors.Join(errors.New("the disk was full and nobody was told"), s.end(syscall.SIGKILL))
	}
	if err := errors.Join(os.Remove(ballast), b.again(r.ctx, s), s.end(syscall.SIGKILL)); err != nil {
		return err
	}
	n, err := s.settle(r.ctx, b, 0)
	if err == nil {
		fmt.Printf("   %d were told that nothing was saved, and sent again; %d acknowledged, each stored once\n", refused, n)
	}
	return err
}

// diskBroken has the disk refuse to keep what it was given, as a dying one does.
func (r *run) diskBroken() error {
	path, err := exec.LookPath("strace")
	if err != nil {
		return errSkip("strace is not on this machine")
	}
	s, err := r.newServer("sqlite", r.program, "")
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
	err = b.under(r.ctx, s, func() error {
		time.Sleep(200 * time.Millisecond)
		trace := exec.CommandContext(r.ctx, path, "-q", "-f", "-o", os.DevNull, "-p", strconv.Itoa(s.cmd.Process.Pid), "-e", "trace=fsync,fdatasync",
			"-e", "inject=fsync,fdatasync:error=EIO")
		if err := trace.Start(); err != nil {
			return fmt.Errorf("starting strace: %w", err)
		}
		time.Sleep(2 * time.Second)
		_ = trace.Process.Signal(syscall.SIGINT)
		_ = trace.Wait()
		return nil
	})
	refused := b.told
	if err == nil && refused == 0 {
		err = errors.New("the disk refused and nobody was told")
	}
	if err := errors.Join(err, s.end(syscall.SIGKILL)); err != nil {
		return err
	}
	n, err := s.settle(r.ctx, b, 0)
	if err == nil {
		fmt.Printf("   %d were told that nothing was saved; %d acknowledged, each stored once\n", refused, n)
	}
	return err
}
