package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// disk is a file that the kernel takes for a disk. A copy of the file is what a
// machine finds that lost its power at that moment: whatever was not written to
// the disk is not in it.
type disk struct {
	r     *run
	image string
	at    string // where it is mounted
}

const diskSize = 256 << 20 // bytes

func (r *run) newDisk() (*disk, error) {
	if os.Getuid() != 0 {
		return nil, errSkip("only root can mount a disk")
	}
	dir, err := os.MkdirTemp(r.dir, "disk")
	if err != nil {
		return nil, err
	}
	d := &disk{r: r, image: filepath.Join(dir, "image"), at: filepath.Join(dir, "at")}
	f, err := os.Create(d.image)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(f.Truncate(diskSize), f.Close(), os.Mkdir(d.at, 0o700)); err != nil {
		return nil, err
	}
	if err := tool(r.ctx, "mkfs.ext4", "-q", "-F", d.image); err != nil {
		return nil, errSkip("no file system can be made here: " + err.Error())
	}
	if err := tool(r.ctx, "mount", "-o", "loop", d.image, d.at); err != nil {
		return nil, errSkip("no disk can be mounted here: " + err.Error())
	}
	return d, nil
}

// tool runs a tool of the system.
func tool(ctx context.Context, name string, args ...string) error {
	if text, err := exec.CommandContext(ctx, name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, text)
	}
	return nil
}

func (d *disk) close() error { return tool(context.WithoutCancel(d.r.ctx), "umount", "-l", d.at) }

// cut copies the disk as it is now, and returns where the copy is mounted.
func (d *disk) cut() (string, func() error, error) {
	copied, at := d.image+".cut", d.at+".cut"
	if err := tool(d.r.ctx, "cp", "--sparse=always", d.image, copied); err != nil {
		return "", nil, err
	}
	if err := errors.Join(os.MkdirAll(at, 0o700), tool(d.r.ctx, "mount", "-o", "loop", copied, at)); err != nil {
		return "", nil, err
	}
	return at, func() error {
		return errors.Join(tool(context.WithoutCancel(d.r.ctx), "umount", at), os.Remove(copied))
	}, nil
}

// powerCuts cuts the power many times while people send, and wants everything
// that was acknowledged before.
func (r *run) powerCuts() error {
	lost, acknowledged, err := r.cutting(r.program, r.cuts)
	if err == nil && lost > 0 {
		err = fmt.Errorf("%d of %d acknowledged are lost", lost, acknowledged)
	}
	if err == nil {
		fmt.Printf("   the power was cut %d times; none of %d acknowledged is lost\n", r.cuts, acknowledged)
	}
	return err
}

// control wants losses of a program that does not wait for the disk: else the
// cuts show nothing.
func (r *run) control() error {
	lost, acknowledged, err := r.cutting(r.careless, 3)
	if err == nil && lost == 0 {
		return fmt.Errorf("none of %d is lost by a program that does not wait for the disk: the cuts show nothing", acknowledged)
	}
	if err != nil {
		fmt.Printf("   the harness finds what it lost: %v\n", err)
		return skipOnly(err)
	}
	fmt.Printf("   the harness finds that %d of %d are lost\n", lost, acknowledged)
	return nil
}

// skipOnly keeps that something cannot be done here; what a careless program
// breaks is what was wanted.
func skipOnly(err error) error {
	var skip errSkip
	if errors.As(err, &skip) {
		return err
	}
	return nil
}

// cutting cuts the power n times under load and returns how many of the
// acknowledged referrals the disk did not have.
func (r *run) cutting(binary string, n int) (lost, acknowledged int, err error) {
	d, err := r.newDisk()
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	s, err := r.newServer("sqlite", binary, filepath.Join(d.at, "data"))
	if err != nil {
		return 0, 0, err
	}
	b, err := newBook()
	if err != nil {
		return 0, 0, err
	}
	if err := s.start(); err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, s.end(syscall.SIGKILL)) }()
	syscall.Sync() // the tables are on the disk, whatever the program waits for
	for range n {
		one, err := d.one(s, b)
		if lost += one; err != nil {
			return lost, len(b.acknowledged(0)), err
		}
	}
	return lost, len(b.acknowledged(0)), nil
}

// one cuts the power once. What is acknowledged before the copy begins must be
// in it.
func (d *disk) one(s *server, b *book) (lost int, err error) {
	before := 0
	var at string
	var gone func() error
	from := len(b.acknowledged(0))
	err = b.under(d.r.ctx, s, func() (err error) {
		time.Sleep(40 * time.Millisecond)
		before = len(b.acknowledged(0))
		at, gone, err = d.cut()
		return err
	})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, gone()) }()
	until := &book{kept: b.acknowledged(0)[:before]}
	lost, _, err = s.check(d.r.ctx, filepath.Join(at, "data"), until, from)
	return lost, err
}
