package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"nysreferral/backup"
	"nysreferral/blob"
	"nysreferral/config"
	"nysreferral/seal"
	"nysreferral/store"
)

type backups struct {
	Key     backupKey     `cmd:"" help:"Make the pair of keys of backups. Keep the private one off every machine that serves."`
	Write   backupWrite   `cmd:"" help:"Write a backup, beside a server that may be running."`
	Check   backupCheck   `cmd:"" help:"Hold a backup against its manifest: with the key file, which signed it, and without the offline key, which opens it."`
	Drill   backupDrill   `cmd:"" help:"Put a backup back into a folder that is thrown away, and say what held."`
	Restore backupRestore `cmd:"" help:"Put a backup back into the database of the settings, which must be empty."`
	Accept  backupAccept  `cmd:"" help:"Say that a database that was put back was looked through: then a server takes it."`
}

type backupKey struct {
	File string `arg:"" help:"The file of the private key, to make; the public key is written beside it, with .pub."`
}

// Run makes the pair.
func (c *backupKey) Run(e *env) error {
	key, err := backup.NewKey()
	if err != nil {
		return err
	}
	private, err := key.Text()
	if err != nil {
		return err
	}
	for _, half := range []struct {
		path, text string
		mode       os.FileMode
	}{{c.File, private, 0o400}, {c.File + ".pub", key.Public().Text(), 0o444}} {
		if err := writeNew(half.path, []byte(half.text), half.mode); err != nil {
			return err
		}
	}
	fmt.Fprintf(e.out, "Made %s and %s.pub. Name the second one in backup-key; keep the first, twice, where no server can reach it: without it no backup opens.\n", c.File, c.File)
	return nil
}

// writeNew writes a file that must not be there, and returns when it is on the
// disk.
func writeNew(path string, text []byte, mode os.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return fmt.Errorf("making a file: %w", err)
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

const (
	backupEnd   = ".backup"
	manifestEnd = ".manifest" // after backupEnd
)

type backupWrite struct{ config.Settings }

// Run writes a backup into the folder of the settings. Where a server has the
// embedded database, it only reads, and the log has no line of it.
func (c *backupWrite) Run(e *env) error {
	if err := errors.Join(c.Check(), c.CheckBackup()); err != nil {
		return err
	}
	p, err := open(e.ctx, c.Settings, time.Now, e.log)
	if errors.Is(err, store.ErrInUse) {
		return reading(e, c.Settings, func(db *store.DB, ring *seal.Ring) (err error) {
			files, err := filesOf(c.Settings)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, files.Close()) }()
			ledger, err := ledgerOf(c.Settings, ring)
			if err != nil {
				return err
			}
			return c.write(e, db, ring, files, ledger)
		})
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	if err := errors.Join(p.openFiles(), p.door.Copied(e.ctx, "backup", time.Now())); err != nil {
		return err
	}
	return c.write(e, p.db, p.ring, p.files, p.door.Ledger)
}

func (c *backupWrite) write(e *env, db *store.DB, ring *seal.Ring, files blob.Store, ledger *seal.Ledger) error {
	path, m, err := writeBackup(e.ctx, c.Settings, db, ring, files, ledger)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "Wrote %s, %d bytes: %d referrals, %d attached files, %d lines of the log. Its manifest lies beside it; keep both on another machine.\n",
		path, m.Size, m.Rows("referrals"), m.Files.Rows, m.Rows("audit_entries"))
	return nil
}

// writeBackup writes a backup and its manifest, whole or not at all, and takes
// away the oldest where more are kept than the settings say.
func writeBackup(ctx context.Context, s config.Settings, db *store.DB, ring *seal.Ring, files blob.Store, ledger *seal.Ledger) (path string, m backup.Manifest, err error) {
	from := backup.Source{DB: db, Ring: ring, Files: files}
	if ledger != nil {
		if from.Shredded, _, err = ledger.Lines(); err != nil {
			return "", m, err
		}
	}
	text, err := os.ReadFile(s.Backup.Key)
	if err != nil {
		return "", m, fmt.Errorf("reading the public key of backups: %w", err)
	}
	key, err := backup.ParsePublicKey(string(text))
	if err != nil {
		return "", m, err
	}
	if err := os.MkdirAll(s.Backup.Folder, 0o700); err != nil {
		return "", m, fmt.Errorf("making the folder of backups: %w", err)
	}
	now := time.Now().UTC()
	path = filepath.Join(s.Backup.Folder, now.Format("20060102T150405.000Z")+backupEnd)
	f, err := os.OpenFile(path+".part", os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", m, fmt.Errorf("making a backup: %w", err)
	}
	m, signed, err := backup.Write(ctx, from, key, f, now)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", m, errors.Join(err, os.Remove(path+".part"))
	}
	// Only a backup with its manifest is one.
	if err := errors.Join(os.Rename(path+".part", path), writeNew(path+manifestEnd, signed, 0o600), syncFolder(s.Backup.Folder)); err != nil {
		return "", m, err
	}
	return path, m, prune(s)
}

func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// written are the backups of the folder that have a manifest, oldest first.
func written(s config.Settings) ([]string, error) {
	list, err := filepath.Glob(filepath.Join(s.Backup.Folder, "*"+backupEnd+manifestEnd))
	if err != nil {
		return nil, fmt.Errorf("listing backups: %w", err)
	}
	slices.Sort(list)
	for i := range list {
		list[i] = strings.TrimSuffix(list[i], manifestEnd)
	}
	return list, nil
}

func prune(s config.Settings) error {
	list, err := written(s)
	if err != nil || s.Backup.Keep == 0 {
		return err
	}
	for len(list) > s.Backup.Keep {
		if err := errors.Join(os.Remove(list[0]+manifestEnd), os.Remove(list[0])); err != nil {
			return fmt.Errorf("taking an old backup away: %w", err)
		}
		list = list[1:]
	}
	return nil
}

// keepBackups writes a backup whenever the newest is older than the settings
// want, until ctx ends.
func (p *program) keepBackups(ctx context.Context) {
	s := p.settings
	if s.Backup.Every == 0 {
		return
	}
	for {
		if p.backupDue() {
			if err := p.backUp(ctx); err != nil && ctx.Err() == nil {
				p.log.Error("no backup could be written; it is tried again in a minute", "err", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(min(time.Minute, s.Backup.Every)):
		}
	}
}

func (p *program) backupDue() bool {
	list, err := written(p.settings)
	if err != nil || len(list) == 0 {
		return true
	}
	info, err := os.Stat(list[len(list)-1] + manifestEnd)
	return err != nil || time.Since(info.ModTime()) >= p.settings.Backup.Every
}

func (p *program) backUp(ctx context.Context) error {
	if err := errors.Join(p.openFiles(), p.door.Copied(ctx, "backup", time.Now())); err != nil {
		return err
	}
	_, m, err := writeBackup(ctx, p.settings, p.db, p.ring, p.files, p.door.Ledger)
	if err != nil {
		return err
	}
	p.log.Info("a backup is written", "bytes", m.Size, "referrals", m.Rows("referrals"))
	return nil
}

// manifestOf reads the manifest of a backup.
func manifestOf(path string, ring *seal.Ring) (backup.Manifest, error) {
	signed, err := os.ReadFile(path + manifestEnd)
	if err != nil {
		return backup.Manifest{}, fmt.Errorf("reading the manifest: %w", err)
	}
	return backup.ParseManifest(signed, ring)
}

type backupCheck struct {
	config.Settings
	File string `arg:"" type:"existingfile" help:"The backup; its manifest lies beside it."`
}

// Run checks the signature of the manifest and the sum of the file.
func (c *backupCheck) Run(e *env) error {
	ring, err := ringOf(c.Settings)
	if err != nil {
		return err
	}
	m, err := manifestOf(c.File, ring)
	if err != nil {
		return err
	}
	f, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("opening the backup: %w", err)
	}
	if err := errors.Join(m.Check(f), f.Close()); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "The file is the one that was written: %d referrals and %d lines of the log as of %s.\n", m.Rows("referrals"), m.Rows("audit_entries"), m.At.Format(time.RFC3339))
	return nil
}
