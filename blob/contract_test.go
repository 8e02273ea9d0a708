package blob_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"nysreferral/blob"
	"nysreferral/blob/blobtest"
)

// opened is a bucket's store, closed with the test.
func opened(t *testing.T, at blob.Place) *blob.Bucket {
	t.Helper()
	b, err := blob.OpenBucket(at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// contract is what every store keeps.
var contract = []struct {
	name  string
	holds func(t *testing.T, s blob.Store)
}{
	{"absent", nothingThere}, {"kept", keptAsItIs}, {"limit", neverMore}, {"taken", nothingOverwritten}, {"removed", goneForGood}, {"listed", oldOnesListed},
}

// A folder, a bucket and a bucket with versions of a real service keep the same
// contract.
func TestStoresKeepTheContract(t *testing.T) {
	t.Run("folder", func(t *testing.T) {
		f, err := blob.Open(filepath.Join(t.TempDir(), "files"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for _, c := range contract {
			t.Run(c.name, func(t *testing.T) { c.holds(t, f) })
		}
	})
	t.Run("bucket", func(t *testing.T) {
		s := blobtest.Start(t)
		for i, versions := range []bool{false, true} {
			b := opened(t, s.Bucket(t, fmt.Sprintf("files-%d", i), versions))
			for _, c := range contract {
				t.Run(fmt.Sprintf("versions=%t/%s", versions, c.name), func(t *testing.T) { c.holds(t, b) })
			}
		}
	})
}

// Under a name that nobody put, and under what is no name, there is nothing, and
// nothing can be put under the latter.
func nothingThere(t *testing.T, s blob.Store) {
	for _, name := range []string{blob.Name(), "", "..", "../" + blob.Name(), "a/b", strings.ToUpper(blob.Name()), blob.Name() + ".part"} {
		if _, err := s.Read(t.Context(), name, 10); !errors.Is(err, blob.ErrAbsent) {
			t.Errorf("%q reads as %v", name, err)
		}
		if err := s.Remove(t.Context(), name); err != nil {
			t.Errorf("removing %q: %v", name, err)
		}
		if len(name) == 32 && !strings.ContainsAny(name, "ABCDEF") {
			continue
		}
		if err := s.Put(t.Context(), name, []byte("y")); err == nil {
			t.Errorf("%q was written", name)
		}
	}
}

// What was put is read byte by byte as it was.
func keptAsItIs(t *testing.T, s blob.Store) {
	for _, want := range [][]byte{{}, {0}, []byte("sealed"), bytes.Repeat([]byte{0, 255, '\n', '<'}, 1<<20)} {
		name := blob.Name()
		if err := s.Put(t.Context(), name, want); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Read(t.Context(), name, int64(len(want))); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes read as %d: %v", len(want), len(got), err)
		}
	}
}

// More than was asked for is never read.
func neverMore(t *testing.T, s blob.Store) {
	name := blob.Name()
	if err := s.Put(t.Context(), name, make([]byte, 5000)); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Read(t.Context(), name, 4999); err == nil || errors.Is(err, blob.ErrAbsent) || len(got) > 0 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

// What lies under a name stays: the same again is no error, and anything else is
// refused.
func nothingOverwritten(t *testing.T, s blob.Store) {
	name, first := blob.Name(), []byte("first")
	for range 2 {
		if err := s.Put(t.Context(), name, first); err != nil {
			t.Fatal(err)
		}
	}
	for _, other := range []string{"", "firs", "third", "first and more"} {
		if err := s.Put(t.Context(), name, []byte(other)); !errors.Is(err, blob.ErrTaken) {
			t.Errorf("%q over it: %v", other, err)
		}
	}
	if got, err := s.Read(t.Context(), name, 100); err != nil || !bytes.Equal(got, first) {
		t.Errorf("%q %v", got, err)
	}
}

// What was removed is gone, a second time is no error, and the name is free again.
func goneForGood(t *testing.T, s blob.Store) {
	name := blob.Name()
	for _, words := range []string{"one", "another"} {
		if err := s.Put(t.Context(), name, []byte(words)); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := s.Remove(t.Context(), name); err != nil {
				t.Error(err)
			}
		}
		if _, err := s.Read(t.Context(), name, 100); !errors.Is(err, blob.ErrAbsent) {
			t.Errorf("afterwards: %v", err)
		}
	}
}

// What was put before a moment is listed once, also while it is removed, and not
// what came later; what the caller answers ends the list.
func oldOnesListed(t *testing.T, s blob.Store) {
	want := map[string]bool{}
	for range 3 {
		name := blob.Name()
		want[name] = true
		if err := s.Put(t.Context(), name, []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Before(t.Context(), time.Now().Add(-time.Hour), func(name string) error { return errors.New("too young") }); err != nil {
		t.Error(err)
	}
	enough := errors.New("enough")
	if err := s.Before(t.Context(), time.Now().Add(time.Hour), func(string) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("it went on: %v", err)
	}
	seen := map[string]int{}
	err := s.Before(t.Context(), time.Now().Add(time.Hour), func(name string) error {
		seen[name]++
		return s.Remove(t.Context(), name)
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range want {
		if seen[name] != 1 {
			t.Errorf("a name was listed %d times", seen[name])
		}
	}
	if err := s.Before(t.Context(), time.Now().Add(time.Hour), func(string) error { return errors.New("left") }); err != nil {
		t.Error(err)
	}
}

// Of many who put different bytes under one name at once, one does, and each is
// told.
func TestOneOfManyPuts(t *testing.T) {
	b := opened(t, blobtest.Start(t).Bucket(t, "files", false))
	name := blob.Name()
	var all sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		all.Go(func() { errs[i] = b.Put(t.Context(), name, []byte{byte(i)}) })
	}
	all.Wait()
	won := -1
	for i, err := range errs {
		if err == nil && won < 0 {
			won = i
		} else if err == nil || !errors.Is(err, blob.ErrTaken) {
			t.Errorf("%d: %v", i, err)
		}
	}
	if got, err := b.Read(t.Context(), name, 1); err != nil || won < 0 || got[0] != byte(won) {
		t.Errorf("%v is there, %d was told that it is: %v", got, won, err)
	}
}

// Where a service keeps versions, what somebody else overwrote or marked as
// deleted is destroyed with the rest, and found when nobody knows of it any more;
// what is not ours is left alone.
func TestVersionsAreDestroyed(t *testing.T) {
	s := blobtest.Start(t)
	b := opened(t, s.Bucket(t, "files", true))
	if versions, err := b.Reach(t.Context()); err != nil || !versions {
		t.Fatalf("%t %v", versions, err)
	}
	name, marked := blob.Name(), blob.Name()
	write := func(key, words string) {
		if _, err := s.Raw.PutObject(t.Context(), "files", key, strings.NewReader(words), int64(len(words)), minio.PutObjectOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 3 {
		write(name, fmt.Sprint("version ", i))
		write(marked, fmt.Sprint("version ", i))
	}
	write("somebody-elses", "x")
	if err := s.Raw.RemoveObject(t.Context(), "files", marked, minio.RemoveObjectOptions{}); err != nil {
		t.Fatal(err)
	}
	if n := s.Left(t, "files", true); n != 8 {
		t.Fatalf("%d versions: that proves nothing", n)
	}
	if err := b.Remove(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	err := b.Before(t.Context(), time.Now().Add(time.Hour), func(found string) error {
		if found != marked {
			t.Errorf("%s is listed", found)
		}
		return b.Remove(t.Context(), found)
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := s.Left(t, "files", true); n != 1 {
		t.Errorf("%d versions are left, and one is somebody else's", n)
	}
}

// A list that comes in several parts is whole, also while what is listed is
// removed.
func TestLongLists(t *testing.T) {
	s := blobtest.Start(t)
	b := opened(t, s.Bucket(t, "files", false))
	const many = 1010 // a part has a thousand
	for range many {
		if err := os.WriteFile(filepath.Join(s.Folder, "files", blob.Name()), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	err := b.Before(t.Context(), time.Now().Add(time.Hour), func(name string) error {
		if n++; n%100 != 0 {
			return nil
		}
		return b.Remove(t.Context(), name)
	})
	if err != nil || n != many || s.Left(t, "files", false) != many-many/100 {
		t.Errorf("%d of %d were listed, %d are left: %v", n, many, s.Left(t, "files", false), err)
	}
}

// A service that refuses, hangs or is not there, and a bucket that is not, are
// told in a sentence, in time, without the secret; and a way without TLS leads to
// this machine alone.
func TestServiceInTrouble(t *testing.T) {
	for _, endpoint := range []string{"", "ftp://127.0.0.1", "http://store.example.org", "http://10.0.0.7:9000", "127.0.0.1:9000"} {
		if _, err := blob.OpenBucket(blob.Place{Endpoint: endpoint, Bucket: "files"}); err == nil || !strings.Contains(err.Error(), "https://") {
			t.Errorf("%q: %v", endpoint, err)
		}
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	s, safe := blobtest.Start(t), blobtest.StartTLS(t)
	good := s.Bucket(t, "files", false)
	sure := safe.Bucket(t, "files", false)
	for _, c := range []struct {
		name, want string
		at         blob.Place
		change     func(at *blob.Place)
	}{
		{"another secret", "its secret is another", good, func(at *blob.Place) { at.Secret = "not the secret of this key" }},
		{"no such key", "the store", good, func(at *blob.Place) { at.KeyID = "nobody" }},
		{"no bucket", "there is no such bucket", good, func(at *blob.Place) { at.Bucket = "elsewhere" }},
		{"silence", "does not answer in time", good, func(at *blob.Place) {
			at.Endpoint, at.Wait = "http://"+silent.Addr().String(), 100*time.Millisecond
		}},
		{"nobody there", "cannot be reached", good, func(at *blob.Place) { at.Endpoint = "http://127.0.0.1:1" }},
		{"nobody vouches", "certificate", sure, func(at *blob.Place) { at.Roots = nil }},
	} {
		c.change(&c.at)
		t.Run(c.name, func(t *testing.T) {
			t.Parallel() // they wait for nobody
			troubled(t, c.at, c.want)
		})
	}
	if versions, err := opened(t, sure).Reach(t.Context()); err != nil || versions {
		t.Errorf("over TLS: %t %v", versions, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := opened(t, good).Before(ended, time.Now(), func(string) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("a list that nobody waits for: %v", err)
	}
}

// troubled wants each act at a place to say want, or that the key is refused where
// the service says no more, soon and without the secret.
func troubled(t *testing.T, at blob.Place, want string) {
	t.Helper()
	b, began := opened(t, at), time.Now()
	_, read := b.Read(t.Context(), blob.Name(), 10)
	_, reached := b.Reach(t.Context())
	for act, err := range map[string]error{"put": b.Put(t.Context(), blob.Name(), []byte("x")), "read": read, "reach": reached,
		"remove": b.Remove(t.Context(), blob.Name()), "list": b.Before(t.Context(), time.Now(), func(string) error { return nil })} {
		switch {
		case err == nil, errors.Is(err, blob.ErrAbsent), strings.Contains(err.Error(), at.Secret):
			t.Errorf("%s: %v", act, err)
		case act == "reach" && strings.Contains(err.Error(), "refuses this key"): // an answer without a body
		case !strings.Contains(err.Error(), want):
			t.Errorf("%s: %v", act, err)
		}
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("it took %s", took)
	}
}
