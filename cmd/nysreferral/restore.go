package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"nysreferral/audit"
	"nysreferral/backup"
	"nysreferral/config"
	"nysreferral/seal"
)

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
	if c.Database != "" || c.DatabaseFile != "" {
		fmt.Fprintln(e.out, "\n"+openToServers)
	}
	return nil
}

// openToServers is what is left to do where tables were made anew on PostgreSQL.
const openToServers = "Where servers sign in as a role of their own, open the tables to it: nysreferral migrate --app-role ROLE, with the owner's address."

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
	s.Data, s.Database, s.DatabaseFile, s.Files, s.S3.Endpoint = filepath.Join(folder, "data"), "", "", "", ""
	began := time.Now()
	if _, err := c.into(e, s); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "The drill took %s. What it put back is removed.\n", time.Since(began).Round(time.Millisecond))
	return c.mark()
}

// mark says beside the backup that it was put back, for doctor.
func (c *backupDrill) mark() error {
	path := filepath.Join(filepath.Dir(c.File), drillMark)
	text := fmt.Sprintf("%s %s\n", time.Now().UTC().Format(time.RFC3339), filepath.Base(c.File))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return fmt.Errorf("the drill went well, and it could not be noted beside the backup: %w", err)
	}
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
