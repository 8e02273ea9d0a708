package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"time"

	"nysreferral/backup"
	"nysreferral/blob"
	"nysreferral/config"
	"nysreferral/store"
)

// filesOf is the store of attached files that the settings name: a bucket of a
// service, or a folder.
func filesOf(s config.Settings) (blob.Store, error) {
	if s.S3.Endpoint == "" {
		folder, err := blob.Open(s.FilesFolder())
		if err != nil {
			return nil, err // and no store that is none
		}
		return folder, nil
	}
	bucket, err := bucketOf(s.S3)
	if err != nil {
		return nil, err
	}
	return bucket, nil
}

// bucketOf is the bucket that the settings name.
func bucketOf(s config.S3) (*blob.Bucket, error) {
	secret, err := s.Secret()
	if err != nil {
		return nil, err
	}
	roots, err := rootsOf(s.CAFile)
	if err != nil {
		return nil, err
	}
	return blob.OpenBucket(blob.Place{Endpoint: s.Endpoint, Bucket: s.Bucket, Region: s.Region, KeyID: s.KeyID, Secret: secret.Reveal(),
		InHost: !s.PathStyle, Roots: roots, Wait: s.Timeout})
}

// rootsOf reads certificates; nil without a file.
func rootsOf(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the certificates of s3-ca-file: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, errors.New("s3-ca-file holds no certificate")
	}
	return roots, nil
}

// store says whether the service of attached files answers.
func (x *examination) store() {
	if x.s.S3.Endpoint == "" {
		return
	}
	const do = "Files cannot be added or opened until it answers; referrals can. Look at the settings that begin with s3-, at the network and at the service."
	b, err := bucketOf(x.s.S3)
	if err != nil {
		x.failed("store", err, do)
		return
	}
	versions, err := b.Reach(x.ctx)
	if err = errors.Join(err, b.Close()); err != nil {
		x.failed("store", err, do)
		return
	}
	if versions {
		x.fine("store", "the bucket answers; it keeps versions, and all of them are removed when a file is destroyed")
		return
	}
	x.fine("store", "the bucket answers")
}

// folders are those in which a server keeps something.
func (x *examination) folders() []string {
	if x.s.S3.Endpoint != "" {
		return []string{x.s.Data}
	}
	return []string{x.s.Data, x.s.FilesFolder()}
}

// bring copies the attached files that a folder has into the bucket of the
// settings, and reads each again. What the folder does not have was destroyed, or
// came into the bucket already.
func (p *program) bring(e *env, folder string) (err error) {
	if p.settings.S3.Endpoint == "" {
		return errors.New("say into which bucket: s3-endpoint and s3-bucket")
	}
	from, err := blob.Open(folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	if err := errors.Join(p.openFiles(), p.door.Copied(e.ctx, "move_files", time.Now())); err != nil {
		return err
	}
	var names []string
	err = p.db.Snapshot(e.ctx, func(s *store.Snapshot) (err error) {
		names, err = s.FileNames(e.ctx)
		return err
	})
	if err != nil {
		return err
	}
	n := 0
	for _, name := range names {
		err := carry(e.ctx, from, p.files, name)
		if errors.Is(err, blob.ErrAbsent) {
			continue
		}
		if err != nil {
			return fmt.Errorf("copying an attached file: %w", err)
		}
		n++
	}
	fmt.Fprintf(e.out, "Copied %d attached files of %d, read each again, and found it as it was. %d are not in the folder: they were destroyed, or are in the bucket already. Start every server with the bucket, look that a file opens, write a backup; then destroy the folder.\n",
		n, len(names), len(names)-n)
	return nil
}

// carry copies one file, and reads it again.
func carry(ctx context.Context, from, to blob.Store, name string) error {
	sealed, err := from.Read(ctx, name, backup.FileMost)
	if err != nil {
		return err
	}
	if err := to.Put(ctx, name, sealed); err != nil {
		return err
	}
	if there, err := to.Read(ctx, name, backup.FileMost); err != nil || !bytes.Equal(there, sealed) {
		return fmt.Errorf("it does not read as it was written: %v", err) // absent here is no absence there
	}
	return nil
}
