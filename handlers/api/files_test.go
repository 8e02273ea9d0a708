package api_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"nysreferral/attach"
	"nysreferral/blob"
	"nysreferral/demo"
	"nysreferral/referrals"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

// clean stands for a scanner that finds nothing.
type clean struct{}

// Scan finds nothing.
func (clean) Scan(context.Context, []byte) (string, error) { return "", nil }

// A program adds a file as the body, by the same rules as a page: what is said of
// it are codes, words belong in no address. It is listed with its digest, opened
// once it was scanned, and absent for a stranger.
func TestFiles(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var door *referrals.Service
		h := open(t, db, func(s *demo.State) { door = s.Door })
		folder, err := blob.Open(filepath.Join(t.TempDir(), "files"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = folder.Close() })
		door.Files, door.Taker, door.Scanner = folder, attach.New(attach.Limits{}), clean{}
		ref := h.sent(1).Reference
		path, file := "/referrals/"+ref+"/files", []byte("seven lanterns")
		h.want(404, "case_manager", "POST", path+"?kind=other", file, "Content-Type", "application/octet-stream")
		h.want(415, "detective", "POST", path+"?kind=other", `{}`)
		h.want(422, "detective", "POST", path, file, "Content-Type", "application/octet-stream")
		h.want(422, "detective", "POST", path+"?kind=other&text=words", file, "Content-Type", "application/octet-stream")
		got := h.want(422, "detective", "POST", path+"?kind=other", []byte("PK\x03\x04"), "Content-Type", "application/octet-stream").trouble(t)
		if got.Problems.Of("file") == "" {
			t.Errorf("%+v", got)
		}
		h.want(200, "detective", "POST", path+"?kind=court_letter&passOn=yes", file, "Content-Type", "application/octet-stream")
		h.want(403, "reviewer", "GET", path+"/1", nil)
		if err := door.Scan(t.Context(), referrals.ScanFile{Ref: ref, N: 1}); err != nil {
			t.Fatal(err)
		}
		copied := h.want(200, "reviewer", "GET", path+"/1", nil)
		if string(copied.body) != string(file) || copied.header.Get("Content-Disposition") != `attachment; filename="file-1.txt"` || !strings.Contains(copied.header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%q %v", copied.body, copied.header)
		}
		h.want(404, "case_manager", "GET", path+"/1", nil)
		h.want(404, "reviewer", "GET", path+"/2", nil)
		h.want(403, "detective", "DELETE", path+"/1", nil)
		if text := string(h.want(200, "reviewer", "GET", "/referrals/"+ref, nil).body); !strings.Contains(text, `"digest"`) || !strings.Contains(text, "court_letter") {
			t.Errorf("the record does not list it: %s", text)
		}
	})
}
