package handlers

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"nysreferral/attach"
	"nysreferral/blob"
	"nysreferral/demo"
	"nysreferral/referrals"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// looker stands for a scanner that finds what it is.
type looker string

// Scan finds it in everything.
func (l looker) Scan(context.Context, []byte) (string, error) { return string(l), nil }

// takesFiles gives the door a store of files.
func takesFiles(t *testing.T, door *referrals.Service) {
	t.Helper()
	folder, err := blob.Open(filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = folder.Close() })
	door.Files, door.Taker = folder, attach.New(attach.Limits{})
}

// attachFile sends a file from the page of files, as a browser does.
func (b *browser) attachFile(path, name string, file []byte, fields ...string) answer {
	b.t.Helper()
	token := hiddenOf(b.get(path).body).Get("_csrf")
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i, list := 0, append([]string{"_csrf", token}, fields...); i+1 < len(list); i += 2 {
		if err := w.WriteField(list[i], list[i+1]); err != nil {
			b.t.Fatal(err)
		}
	}
	part, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="` + name + `"`}, "Content-Type": {"image/png"}})
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := part.Write(file); err != nil {
		b.t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		b.t.Fatal(err)
	}
	return b.do(http.MethodPost, path, body.String(), "Content-Type", w.FormDataContentType())
}

func smallPNG(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 7, 5))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A file that is refused brings the page back with a sentence at the field and
// everything that was typed; one that is taken is listed, and says in plain words
// that it cannot be opened yet.
func TestFilesByPages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, b := harbor(t, db)
		if got := b.get(b.begin() + "/files"); got.status != http.StatusOK || strings.Contains(got.body, `type="file"`) {
			t.Errorf("without a store of files the page answers %d, or asks for one", got.status)
		}
		takesFiles(t, s.referrals)
		path := b.begin() + "/files"
		typed := []string{"kind", "court_letter", "text", "A letter of <the> court", "passOn", "yes"}
		for name, file := range map[string][]byte{"zip.jpg": []byte("PK\x03\x04 x"), "page.txt": []byte("<html>"), "none": nil, "large.txt": bytes.Repeat([]byte("a"), 10<<20+1), "larger.pdf": bytes.Repeat([]byte("%PDF-1.7"), 3<<20)} {
			got := b.attachFile(path, name, file, typed...)
			if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `id="file-error"`) || !strings.Contains(got.body, "A letter of &lt;the&gt; court") || !strings.Contains(got.body, "<title>Error: ") {
				t.Errorf("%s answers %d: %s", name, got.status, problemsIn(got.body))
			}
		}
		if got := b.attachFile(path, "a.png", smallPNG(t), "text", "Words"); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Choose what kind of paper it is.") || !strings.Contains(got.body, `value="Words"`) {
			t.Errorf("without a kind: %d %s", got.status, problemsIn(got.body))
		}
		if got := b.do(http.MethodPost, path, "kind=other"); got.status != http.StatusForbidden {
			t.Errorf("without a token: %d", got.status)
		}
		if got := b.attachFile(path, "a.png", bytes.Repeat([]byte("a"), 42<<20), typed...); got.status != http.StatusRequestEntityTooLarge {
			t.Errorf("far too large: %d", got.status)
		}
		name := "\u202egnp." + strings.Repeat("x", 5000) + `..\\..\\Maria.png`
		if got := b.attachFile(path, name, smallPNG(t), typed...); got.status != http.StatusSeeOther {
			t.Fatalf("a good file answers %d: %s", got.status, problemsIn(got.body))
		}
		page := b.get(path).body
		for _, want := range []string{"No virus scanner is set up", "Waits for the scan", "Court letter", "Maria.png", "Remove"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page does not say %q", want)
			}
		}
		if strings.Contains(page, "\u202e") {
			t.Error("a name turns the page around")
		}
		if got := b.get(path + "/1"); got.status != http.StatusForbidden {
			t.Errorf("a file that was not scanned answers %d", got.status)
		}
		if strings.Contains(s.log.String(), "Maria") {
			t.Error("the log knows what a file was called")
		}
	})
}

// Nothing of an upload goes to a disk before it is sealed.
func TestUploadTouchesNoDisk(t *testing.T) {
	s, b := harbor(t, storetest.SQLite(t))
	takesFiles(t, s.referrals)
	path := b.begin() + "/files"
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "there is none")) // whoever would write a file there fails
	if got := b.attachFile(path, "a.txt", bytes.Repeat([]byte("words "), 1<<20), "kind", "other"); got.status != http.StatusSeeOther {
		t.Errorf("it answers %d: %s", got.status, problemsIn(got.body))
	}
}

// A file that was scanned is given to be kept and never to be run: with its type,
// under a name that tells nothing, in a sandbox. To others it, its page, adding
// and removing are absent.
func TestFileIsServedHarmless(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, b := harbor(t, db)
		takesFiles(t, s.referrals)
		s.referrals.Scanner = looker("")
		path := b.begin() + "/files"
		if got := b.attachFile(path, `Maria.html`, smallPNG(t), "kind", "other"); got.status != http.StatusSeeOther {
			t.Fatalf("%d: %s", got.status, problemsIn(got.body))
		}
		ref := strings.Split(path, "/")[2]
		if err := s.referrals.Scan(t.Context(), referrals.ScanFile{Ref: ref, N: 1}); err != nil {
			t.Fatal(err)
		}
		got := b.get(path + "/1")
		for name, want := range map[string]string{"Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "Content-Disposition": `attachment; filename="file-1.png"`,
			"Cache-Control": "no-store", "Content-Security-Policy": referrals.FilePolicy, "Cross-Origin-Resource-Policy": "same-origin"} {
			if got.status != http.StatusOK || got.header.Get(name) != want {
				t.Errorf("%d, %s: %s", got.status, name, got.header.Get(name))
			}
		}
		if !strings.Contains(got.header.Get("Content-Security-Policy"), "sandbox") || !strings.HasPrefix(got.body, "\x89PNG") {
			t.Error("it is not the copy, or not in a sandbox")
		}
		other := s.as(s.agency("Pine Bridge", "social_service_provider", workflow.SideProvider), workflow.Referrer)
		own := other.begin() + "/files"
		absent := other.get("/nothing").body
		for _, p := range []string{path, path + "/1", own + "/1", own + "/0", own + "/x"} {
			if got := other.get(p); got.status != http.StatusNotFound || got.body != absent {
				t.Errorf("a stranger gets %d at %s", got.status, p)
			}
		}
		token := hiddenOf(other.get(own).body)
		for _, p := range []string{path, path + "/1/remove"} {
			if got := other.do(http.MethodPost, p, token.Encode()); got.status != http.StatusNotFound && got.status != http.StatusForbidden {
				t.Errorf("a stranger posts to %s and gets %d", p, got.status)
			}
		}
		if got := b.post(path, path+"/1/remove", nil); got.status != http.StatusSeeOther || b.get(path+"/1").status != http.StatusNotFound {
			t.Errorf("removing answers %d", got.status)
		}
	})
}

// That something harmful was found is told to the referrer plainly, on the page of
// the referral and on that of its files, and nobody opens the file.
func TestHarmIsToldPlainly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, b := harbor(t, db)
		takesFiles(t, s.referrals)
		s.referrals.Scanner = looker("Eicar-Test")
		path := b.begin()
		if got := b.attachFile(path+"/files", "a.png", smallPNG(t), "kind", "other"); got.status != http.StatusSeeOther {
			t.Fatalf("%d: %s", got.status, problemsIn(got.body))
		}
		if page := b.get(path).body; strings.Contains(page, "harmful") {
			t.Error("it is told before anybody looked")
		}
		if err := s.referrals.Scan(t.Context(), referrals.ScanFile{Ref: strings.Split(path, "/")[2], N: 1}); err != nil {
			t.Fatal(err)
		}
		if page := b.get(path).body; !strings.Contains(page, "Something harmful was found in a file") || !strings.Contains(page, path+"/files") {
			t.Error("the page of the referral does not tell")
		}
		page := b.get(path + "/files").body
		if !strings.Contains(page, "Harmful") || strings.Contains(page, "Save a copy") || strings.Contains(page, "Eicar") {
			t.Error("the page of files does not tell, lets it be opened, or tells more than helps")
		}
		if got := b.get(path + "/files/1"); got.status != http.StatusForbidden || !strings.Contains(got.body, "Something harmful was found") {
			t.Errorf("it answers %d", got.status)
		}
	})
}

// The State and a recipient get to the files from the page of the referral, as
// far as they see any.
func TestFilesOfASentReferral(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	takesFiles(t, s.state.Door)
	s.state.Door.Scanner = looker("")
	refs := s.send(1, confirmed(sent)...)
	path := "/referrals/" + refs
	author := s.at(demo.Referrers[1])
	for name, fields := range map[string][]string{"what happened": {"kind", "police_report"}, "the consent": {"kind", "consent", "passOn", "yes"}} {
		if got := author.attachFile(path+"/files", "a.txt", []byte(name), fields...); got.status != http.StatusSeeOther {
			t.Fatalf("%d: %s", got.status, problemsIn(got.body))
		}
	}
	for who, want := range map[string]int{demo.Referrers[1]: 2, "reviewer": 2, "program": 1} {
		page := s.at(who).get(path).body
		if !strings.Contains(page, "Files of the referrer ("+strconv.Itoa(want)+")") {
			t.Errorf("%s does not read of %d files", who, want)
		}
		if got := s.at(who).get(path + "/files"); got.status != http.StatusOK || strings.Count(got.body, "<h2 id=\"file-") != want || strings.Contains(got.body, `type="file"`) != (who == demo.Referrers[1]) {
			t.Errorf("%s: %d", who, got.status)
		}
	}
	if got := s.at("auditor").get(path + "/files"); got.status != http.StatusNotFound {
		t.Errorf("the auditor gets %d", got.status)
	}
}
