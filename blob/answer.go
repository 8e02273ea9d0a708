package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/minio/minio-go/v7"
)

// sentences are what a service says by a code of its own.
var sentences = map[string]string{
	minio.NoSuchBucket:      "there is no such bucket",
	minio.AccessDenied:      "the store refuses this key",
	"InvalidAccessKeyId":    "the store does not know this key",
	"SignatureDoesNotMatch": "the store refuses this key: its secret is another",
	"RequestTimeTooSkewed":  "the clocks of this machine and of the store differ",
	"PermanentRedirect":     "the bucket is in another region",
	"SlowDown":              "the store is too busy",
	"ServiceUnavailable":    "the store is too busy",
}

// code is what a service says by a code; empty where it said nothing.
func code(err error) string {
	var said minio.ErrorResponse
	if errors.As(err, &said) {
		return said.Code
	}
	return ""
}

// plain is an error of a service as a sentence; nil stays nil. It holds no more of
// what the service said than a code: the rest is the service's own, and nobody
// here knows what stands in it.
func plain(act string, err error) error {
	var said minio.ErrorResponse
	switch {
	case err == nil:
		return nil
	case errors.As(err, &said) && sentences[said.Code] != "":
		return fmt.Errorf("blob: %s: %s", act, sentences[said.Code])
	case errors.As(err, &said):
		return fmt.Errorf("blob: %s: the store answers %q, %d", act, said.Code, said.StatusCode)
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("blob: %s: %w", act, err)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("blob: %s: the store does not answer in time: %w", act, context.DeadlineExceeded)
	}
	return fmt.Errorf("blob: %s: the store cannot be reached: %w", act, err)
}

// bounded ends each request, with its answer, after a time.
type bounded struct {
	next http.RoundTripper
	wait time.Duration
}

// RoundTrip makes one request.
func (b bounded) RoundTrip(q *http.Request) (*http.Response, error) {
	ctx, end := context.WithTimeout(q.Context(), b.wait)
	got, err := b.next.RoundTrip(q.WithContext(ctx))
	if err != nil {
		end()
		return nil, err
	}
	got.Body = &answer{got.Body, end}
	return got, nil
}

// answer is a body whose time ends with it.
type answer struct {
	io.ReadCloser
	end func()
}

// Close closes the body.
func (a *answer) Close() error {
	defer a.end()
	return a.ReadCloser.Close()
}
