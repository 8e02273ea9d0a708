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

	"nysreferral/audit"
	"nysreferral/backup"
	"nysreferral/blob"
	"nysreferral/config"
	"nysreferral/seal"
	"nysreferral/store"
)

type backups struct {
	Key     backupKey     `cmd:"" help:"Make the pair of keys of backups. Keep the private one off every machine that serves."`
	Write   backupWrite   `cmd:"" help:"Write a backup, beside a server that may be running."`
	Check   backupCheck   `cmd:"" help:"Hold a backup against its manifest, without the key that opens it."`
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
			files, err := blob.Open(c.FilesFolder())
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
	ring, err := seal.From(keysOf(c.Settings))
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

// putBack is what restoring and the drill have in common.
type putBack struct {
	File string `arg:"" type:"existingfile" help:"The backup; its manifest lies beside it."`
	With string `required:"" type:"existingfile" help:"The file of the private key of backups."`

	WithoutList bool `help:"Put it back though the list of destroyed keys is not here, or is shorter than it was: what was destroyed may come back."`
}

type backupRestore struct {
	config.Settings
	putBack
}

// Run restores.
func (c *backupRestore) Run(e *env) error {
	m, err := c.into(e, c.Settings)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, `
This is how things stood at %s. What was done after that is not in it: what was
submitted and decided, consent that was withdrawn, accounts and tokens that were
switched off. No server takes this database before somebody has asked the
agencies, looked through the accounts, and said so: nysreferral backup accept.
Everybody signs in anew.
`, m.At.Format(time.RFC3339))
	return nil
}

type backupAccept struct{ config.Settings }

// Run says that a copy was looked through; a server takes it from now on.
func (c *backupAccept) Run(e *env) error {
	return with(e, c.Settings, func(p *program) error {
		of, err := p.registry.Restored(e.ctx)
		if err != nil {
			return err
		}
		if of == "" {
			fmt.Fprintln(e.out, "This database is no copy that waits to be accepted.")
			return nil
		}
		if err := p.registry.Accept(e.ctx); err != nil {
			return err
		}
		fmt.Fprintf(e.out, "The copy of %s is accepted; a server takes it now.\n", of)
		return nil
	})
}

type backupDrill struct {
	config.Settings
	putBack
}

// Run restores into a folder of its own and removes it.
func (c *backupDrill) Run(e *env) (err error) {
	folder, err := os.MkdirTemp("", "nysreferral-drill-")
	if err != nil {
		return fmt.Errorf("making a folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	s := c.Settings
	s.Data, s.Database, s.DatabaseFile, s.Files = filepath.Join(folder, "data"), "", "", ""
	began := time.Now()
	if _, err := c.into(e, s); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "The drill took %s. What it put back is removed.\n", time.Since(began).Round(time.Millisecond))
	return nil
}

// into puts the backup into the database of the settings and says what held.
func (c *putBack) into(e *env, s config.Settings) (m backup.Manifest, err error) {
	text, err := os.ReadFile(c.With)
	if err != nil {
		return m, fmt.Errorf("reading the private key of backups: %w", err)
	}
	key, err := backup.ParsePrivateKey(string(text))
	if err != nil {
		return m, err
	}
	p, err := open(e.ctx, s, time.Now, e.log)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	if m, err = manifestOf(c.File, p.ring); err != nil {
		return m, err
	}
	if err := errors.Join(p.openFiles(), c.listed(p.door.Ledger, m)); err != nil {
		return m, err
	}
	f, err := os.Open(c.File)
	if err != nil {
		return m, fmt.Errorf("opening the backup: %w", err)
	}
	if err := errors.Join(backup.Restore(e.ctx, backup.Target{DB: p.db, Files: p.files}, m, key, f), f.Close()); err != nil {
		return m, err
	}
	rows := 0
	for _, t := range m.Tables {
		rows += t.Rows
	}
	fmt.Fprintf(e.out, "Put back %d rows of %d tables and %d attached files, read them again, and found each as it was copied.\n", rows, len(m.Tables), m.Files.Rows)
	if err := p.holds(e, m.Head); err != nil {
		return m, err
	}
	again, err := p.door.Replay(e.ctx)
	if err != nil {
		return m, err
	}
	fmt.Fprintf(e.out, "Destroyed %d keys again that were destroyed after the backup was made.\n", again)
	return m, p.door.Copied(e.ctx, "restore", m.At)
}

// listed refuses to put a backup back where the list of destroyed keys is not, or
// is shorter than when the backup was made: what it lists would come back.
func (c *putBack) listed(ledger *seal.Ledger, m backup.Manifest) error {
	if c.WithoutList {
		return nil
	}
	if ledger == nil {
		return errors.New("shred-ledger is not set, so nobody knows which keys were destroyed after this backup was made: name the list, or say --without-list")
	}
	n, there, err := ledger.Lines()
	if err != nil {
		return err
	}
	if !there || n < m.Shredded {
		return fmt.Errorf("the list of destroyed keys, %s, has %d lines, and %d were known when this backup was made: bring the whole list from where it is kept, or say --without-list and have destroyed referrals come back", ledger.Path(), n, m.Shredded)
	}
	return nil
}

// sample is how many referrals are opened to see whether a database belongs to
// the key file.
const sample = 500

// holds says whether the log is whole and goes on from the head that was kept,
// and whether referrals open and have the digests of their receipts.
func (p *program) holds(e *env, head string) error {
	_, verifier, err := audit.Keys(p.ring)
	if err != nil {
		return err
	}
	var kept [][]byte
	if head != "" {
		kept = append(kept, []byte(head))
	}
	report, err := audit.Verify(e.ctx, p.db, verifier, kept...)
	if err != nil {
		return err
	}
	if report.Bad != nil {
		return fmt.Errorf("the log does not hold: %s (places %d to %d)", report.Bad.What, report.Bad.From, report.Bad.To)
	}
	fmt.Fprintf(e.out, "The log holds: %d lines, %d signed heads, %d more lines.\n", report.Lines, report.Checkpoints, report.Waiting)
	w, err := p.door.Opens(e.ctx, sample)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "Opened %d of %d referrals, %d versions of answers, each with the digest of its receipt; the keys of %d are destroyed.\n", w.Opened, w.Referrals, w.Versions, w.Destroyed)
	return nil
}
