package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"nysreferral/blob"
	"nysreferral/blob/blobtest"
	"nysreferral/cases"
	"nysreferral/config"
	"nysreferral/demo"
	"nysreferral/fault"
	"nysreferral/referrals"
	"nysreferral/store/storetest"
	"nysreferral/viewer"
)

// inBucket has the settings name a bucket, with its secret in a file.
func inBucket(t *testing.T, s config.Settings, at blob.Place, ca string) config.Settings {
	t.Helper()
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte(at.Secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.S3 = config.S3{Endpoint: at.Endpoint, Bucket: at.Bucket, Region: at.Region, KeyID: at.KeyID, SecretFile: secret, PathStyle: true, CAFile: ca, Timeout: 20 * time.Second}
	return s
}

// attached makes accounts and a draft with n attached files.
func attached(t *testing.T, s config.Settings, n int) (state *demo.State, ref string) {
	t.Helper()
	opened(t, s, func(p *program) {
		now := cases.Load(1).Now
		state = &demo.State{DB: p.db, Ring: p.ring, Clock: demo.NewClock(now, time.Now), Door: p.door, Registry: p.registry, Auth: p.auth}
		p.door.Now = state.Clock.Now
		if err := errors.Join(state.Populate(t.Context()), p.openFiles()); err != nil {
			t.Fatal(err)
		}
		who := state.As("case_manager")
		draft, err := p.door.Begin(t.Context(), who)
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			if _, err := p.door.Attach(t.Context(), who, draft.Ref, referrals.Attaching{Kind: "other", Text: "Notes", PassOn: "no", Others: "no",
				Name: "note.txt", From: strings.NewReader(fmt.Sprint("words ", i))}); err != nil {
				t.Fatal(err)
			}
		}
		ref = draft.Ref
	})
	return state, ref
}

// Attached files that were in a folder are copied into a bucket that keeps
// versions, over TLS, once however often that is done; they are backed up from
// there and put back into another bucket; a drill touches neither; what is swept
// is destroyed with its versions; and whoever looks at the set-up is told whether
// the bucket answers.
func TestFilesInABucket(t *testing.T) {
	service := blobtest.StartTLS(t)
	first, second := service.Bucket(t, "first", true), service.Bucket(t, "second", true)
	folder := settingsFor(storetest.SQLiteURL(t), keyFile(t))
	_, _ = attached(t, folder, 2)
	s := inBucket(t, folder, first, service.CAFile)
	for range 2 {
		if out, err := run(t, &migrate{Settings: s, FilesFrom: folder.FilesFolder()}); err != nil || !strings.Contains(out, "Copied 4 attached files of 4") {
			t.Fatalf("%s %v", out, err)
		}
	}
	if n := service.Left(t, "first", true); n != 4 {
		t.Fatalf("%d versions are in the bucket", n)
	}
	if err := os.RemoveAll(folder.FilesFolder()); err != nil {
		t.Fatal(err)
	}
	file, private := backedUp(t, s)
	if out, err := run(t, &backupDrill{s, putBack{File: file, With: private}}); err != nil || !strings.Contains(out, "and 4 attached files") {
		t.Fatalf("%s %v", out, err)
	}
	if n := service.Left(t, "first", true) + service.Left(t, "second", true); n != 4 {
		t.Errorf("after the drill there are %d versions", n)
	}
	other := inBucket(t, settingsFor(storetest.EmptyPostgresURL(t), folder.KeyFile), second, service.CAFile)
	if out, err := run(t, &backupRestore{other, putBack{File: file, With: private}}); err != nil || !strings.Contains(out, "and 4 attached files") {
		t.Fatalf("%s %v", out, err)
	}
	for _, one := range []config.Settings{s, other} {
		bucketSwept(t, one)
	}
	if n := service.Left(t, "first", true) + service.Left(t, "second", true); n != 0 {
		t.Errorf("%d versions are left of what was destroyed", n)
	}
	looksAtTheBucket(t, s)
}

// bucketSwept destroys the rows of all files, and sweeps.
func bucketSwept(t *testing.T, s config.Settings) {
	t.Helper()
	opened(t, s, func(p *program) {
		if err := p.openFiles(); err != nil {
			t.Fatal(err)
		}
		if _, err := p.db.SQL().ExecContext(t.Context(), `DELETE FROM attachments`); err != nil {
			t.Fatal(err)
		}
		if n, err := p.door.SweepFiles(t.Context(), time.Now().Add(48*time.Hour)); err != nil || n != 4 {
			t.Errorf("%d were swept: %v", n, err)
		}
	})
}

// looksAtTheBucket wants doctor to tell a bucket that answers from one that does
// not, and the secret never.
func looksAtTheBucket(t *testing.T, s config.Settings) {
	t.Helper()
	out, _ := run(t, &doctor{s})
	if !strings.Contains(out, "ok    store        the bucket answers; it keeps versions") {
		t.Errorf("%s", out)
	}
	bad := s
	bad.S3.Bucket = "elsewhere"
	if out, err := run(t, &doctor{bad}); err == nil || !strings.Contains(out, "FAIL  store        blob: asking the store: there is no such bucket") {
		t.Errorf("%s", out)
	}
	bad.S3.CAFile = ""
	secret, err := bad.S3.Secret()
	if out, _ := run(t, &doctor{bad}); err != nil || !strings.Contains(out, "FAIL  store") || !strings.Contains(out, "certificate") || strings.Contains(out, secret.Reveal()) {
		t.Errorf("%s %v", out, err)
	}
}

// While the store of files does not answer, whoever adds one is told so in a
// sentence, nothing of it is kept, and all else goes on.
func TestStoreIsAway(t *testing.T) {
	s := settingsFor(storetest.SQLiteURL(t), keyFile(t))
	state, ref := attached(t, s, 1)
	s = inBucket(t, s, blob.Place{Endpoint: "http://127.0.0.1:1", Bucket: "files", Region: "here", KeyID: "key", Secret: "secret"}, "")
	opened(t, s, func(p *program) {
		if err := p.openFiles(); err != nil {
			t.Fatal(err)
		}
		p.door.Now = state.Clock.Now
		who := state.As("case_manager")
		_, err := p.door.Attach(t.Context(), who, ref, referrals.Attaching{Kind: "other", Text: "Notes", PassOn: "no", Others: "no", Name: "note.txt", From: strings.NewReader("words")})
		if say, _ := fault.Say(err); fault.KindOf(err) != fault.Unavailable || !strings.Contains(say, "Try again later") {
			t.Errorf("%v", err)
		}
		if n := p.db.Read().Attachment.Query().CountX(viewer.Job(t.Context(), "test")); n != 1 {
			t.Errorf("%d files are listed", n)
		}
		if _, err := p.door.Begin(t.Context(), who); err != nil {
			t.Errorf("nothing else goes on: %v", err)
		}
	})
}

// A file that is sent to one server is scanned by either and read at the other, as
// both keep theirs in one bucket and none in a folder; and none of it lies readable
// in the bucket.
func TestServersShareABucket(t *testing.T) {
	service := blobtest.Start(t)
	s := settingsFor(storetest.PostgresURL(t), keyFile(t))
	h := people(t, s)
	shared := inBucket(t, s, service.Bucket(t, "files", false), "")
	all := starts(t, s, 2, "--clamd", scanner(t), "--s3-endpoint", shared.S3.Endpoint, "--s3-bucket", "files", "--s3-key-id", shared.S3.KeyID, "--s3-secret-file", shared.S3.SecretFile)
	status, sent := h.sends(t, all[0].base, 0, "key-1")
	found := regexp.MustCompile(`"reference":"([^"]+)"`).FindStringSubmatch(sent)
	if status != http.StatusCreated || found == nil {
		t.Fatalf("%d %s", status, sent)
	}
	files, words := "/api/v1/referrals/"+found[1]+"/files", []string{"seven lanterns on the wall", "eight lanterns on the wall"}
	for i, one := range all {
		if status, text := h.asks(t, http.MethodPost, one.base+files+"?kind=court_letter&passOn=yes", []byte(words[i])); status != http.StatusOK {
			t.Fatalf("sending to server %d: %d %s", i, status, text)
		}
	}
	for i := range 2 { // the one that did not take it
		address := fmt.Sprintf("%s%s/%d", all[1-i].base, files, i+1)
		status, text := 0, ""
		for end := time.Now().Add(time.Minute); status != http.StatusOK && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			status, text = h.asks(t, http.MethodGet, address, nil) // refused until it was scanned
		}
		if status != http.StatusOK || text != words[i] {
			t.Errorf("file %d at the other server: %d %q", i+1, status, text)
		}
	}
	n := 0
	list, err := filepath.Glob(filepath.Join(service.Folder, "files", "[0-9a-f]*"))
	for _, path := range list {
		text, err := os.ReadFile(path)
		if err != nil || bytes.Contains(text, []byte("lanterns")) {
			t.Errorf("it lies readable in the bucket: %v", err)
		}
		n++
	}
	if folder, err := os.ReadDir(s.FilesFolder()); n != 4 || err == nil && len(folder) > 0 {
		t.Errorf("%d objects are in the bucket, and %d files beside it", n, len(folder))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// asks asks as the first referrer's program.
func (h *house) asks(t *testing.T, method, address string, body []byte) (status int, text string) {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), method, address, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer "+h.tokens[0])
	if body != nil {
		q.Header.Set("Content-Type", "application/octet-stream")
	}
	got, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	out, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got.StatusCode, string(out)
}

// scanner answers as clamd does that finds nothing, and returns where.
func scanner(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go scansOne(c)
		}
	}()
	return l.Addr().String()
}

// scansOne reads a stream and says that nothing is in it.
func scansOne(c net.Conn) {
	defer c.Close()
	if _, err := io.CopyN(io.Discard, c, int64(len("zINSTREAM\x00"))); err != nil {
		return
	}
	for size := uint32(1); size > 0; {
		if binary.Read(c, binary.BigEndian, &size) != nil {
			return
		}
		if _, err := io.CopyN(io.Discard, c, int64(size)); err != nil {
			return
		}
	}
	_, _ = io.WriteString(c, "stream: OK\x00")
}
