package blob

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Place says where a Bucket is, and who asks.
type Place struct {
	Endpoint string         // https:// and a host; http:// for a service on this machine alone
	Bucket   string         // it must be there, and hold nothing else
	Region   string         // as the service calls it
	KeyID    string         // who asks
	Secret   string         // the secret of KeyID
	InHost   bool           // the bucket's name stands before the host, and not in the path
	Roots    *x509.CertPool // who vouches for the service; nil: whom the machine trusts
	Wait     time.Duration  // longest time for one request; 0: 30 seconds
}

// Bucket is a store in a bucket of a service that speaks S3. It writes nothing
// over what is there, and removes every version that the service keeps of a name:
// whoever keeps versions would else keep what was destroyed.
type Bucket struct {
	client minio.Core
	name   string
	idle   func()
}

// tries is how often a request is made that got no answer.
const tries = 3

// OpenBucket makes a store of a bucket. It asks nothing of the service: Reach
// does.
func OpenBucket(at Place) (*Bucket, error) {
	u, err := url.Parse(at.Endpoint)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("blob: the address of a store must begin with https://")
	}
	if u.Scheme == "http" && !ofThisMachine(u.Hostname()) {
		return nil, errors.New("blob: a store on another machine must be asked over https://")
	}
	if at.Wait == 0 {
		at.Wait = 30 * time.Second
	}
	ways := &http.Transport{
		DialContext:         (&net.Dialer{Timeout: min(at.Wait, 5*time.Second)}).DialContext,
		TLSHandshakeTimeout: min(at.Wait, 5*time.Second), TLSClientConfig: &tls.Config{RootCAs: at.Roots, MinVersion: tls.VersionTLS12},
		MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute, DisableCompression: true,
	}
	lookup := minio.BucketLookupPath
	if at.InHost {
		lookup = minio.BucketLookupDNS
	}
	client, err := minio.New(u.Host, &minio.Options{Creds: credentials.NewStaticV4(at.KeyID, at.Secret, ""), Secure: u.Scheme == "https",
		Region: at.Region, BucketLookup: lookup, Transport: bounded{ways, at.Wait}, MaxRetries: tries})
	if err != nil {
		return nil, fmt.Errorf("blob: opening the store: %w", err)
	}
	return &Bucket{client: minio.Core{Client: client}, name: at.Bucket, idle: ways.CloseIdleConnections}, nil
}

func ofThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Reach says whether the service answers, takes the key and has the bucket, and
// whether it keeps versions there. It changes nothing.
func (b *Bucket) Reach(ctx context.Context) (versions bool, err error) {
	there, err := b.client.BucketExists(ctx, b.name)
	if err != nil {
		return false, plain("asking the store", err)
	}
	if !there {
		return false, errors.New("blob: asking the store: " + sentences["NoSuchBucket"])
	}
	return b.versioned(ctx)
}

// Put keeps b where the service says that it lies safely.
func (b *Bucket) Put(ctx context.Context, name string, sealed []byte) error {
	if !valid(name) {
		return errName
	}
	how := minio.PutObjectOptions{DisableMultipart: true}
	how.SetMatchETagExcept("*") // only where the name is free
	_, err := b.client.Client.PutObject(ctx, b.name, name, bytes.NewReader(sealed), int64(len(sealed)), how)
	if code(err) == minio.PreconditionFailed {
		return again(ctx, b, name, sealed)
	}
	return plain("writing", err)
}

// Read reads the whole of what lies under a name.
func (b *Bucket) Read(ctx context.Context, name string, most int64) ([]byte, error) {
	if !valid(name) {
		return nil, ErrAbsent
	}
	body, about, _, err := b.client.GetObject(ctx, b.name, name, minio.GetObjectOptions{})
	if code(err) == minio.NoSuchKey {
		return nil, ErrAbsent
	}
	if err != nil {
		return nil, plain("reading", err)
	}
	defer body.Close()
	if about.Size > most {
		return nil, errOther
	}
	out, err := io.ReadAll(io.LimitReader(body, most+1))
	if err != nil {
		return nil, plain("reading", err)
	}
	if int64(len(out)) > most {
		return nil, errOther
	}
	return out, nil
}

// Remove takes away every version that the service keeps under a name.
func (b *Bucket) Remove(ctx context.Context, name string) error {
	if !valid(name) {
		return nil
	}
	versions, err := b.versioned(ctx)
	if err != nil {
		return err
	}
	if !versions {
		return b.remove(ctx, name, "")
	}
	for range tries {
		n, err := b.removeVersions(ctx, name)
		if err != nil || n == 0 {
			return err
		}
	}
	return errors.New("blob: removing: the store still has versions of it")
}

// removeVersions takes away the versions that are listed, and says how many.
func (b *Bucket) removeVersions(ctx context.Context, name string) (n int, err error) {
	for o := range b.client.ListObjectsIter(ctx, b.name, minio.ListObjectsOptions{Prefix: name, Recursive: true, WithVersions: true}) {
		if o.Err != nil {
			return n, plain("removing", o.Err)
		}
		if o.Key != name {
			continue
		}
		n++
		if err := b.remove(ctx, name, o.VersionID); err != nil {
			return n, err
		}
	}
	return n, ctx.Err()
}

func (b *Bucket) remove(ctx context.Context, name, version string) error {
	err := b.client.RemoveObject(ctx, b.name, name, minio.RemoveObjectOptions{VersionID: version})
	if c := code(err); c == minio.NoSuchKey || c == minio.NoSuchVersion {
		return nil
	}
	return plain("removing", err)
}

// versioned says whether the service keeps versions in the bucket, or once did.
func (b *Bucket) versioned(ctx context.Context) (bool, error) {
	is, err := b.client.GetBucketVersioning(ctx, b.name)
	if code(err) == minio.NotImplemented {
		return false, nil
	}
	return is.Status != "", plain("asking whether versions are kept", err)
}

// Before lists old names a part at a time. Where versions are kept, a name whose
// last version was taken away, and an older one was not, is listed, too.
func (b *Bucket) Before(ctx context.Context, at time.Time, with func(name string) error) error {
	versions, err := b.versioned(ctx)
	if err != nil {
		return err
	}
	last := ""
	for o := range b.client.ListObjectsIter(ctx, b.name, minio.ListObjectsOptions{Recursive: true, WithVersions: versions}) {
		if o.Err != nil {
			return plain("listing", o.Err)
		}
		if o.Key == last || !valid(o.Key) || !o.LastModified.Before(at) {
			continue
		}
		last = o.Key
		if err := with(o.Key); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Close lets go of the connections.
func (b *Bucket) Close() error {
	b.idle()
	return nil
}
