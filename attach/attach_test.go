package attach

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// ceiling is what taking a file in may need of memory at most, whatever it is.
const ceiling = 640 << 20

// Each file of the hostile corpus is refused with a sentence that says what to
// do, or becomes a copy in which nothing is left that acts, carries or tells;
// and none takes more memory or time than there is.
func TestHostileFiles(t *testing.T) {
	taker := New(Limits{})
	files := corpus(t)
	if len(files) < 60 {
		t.Errorf("only %d files", len(files))
	}
	peak := watchMemory(t)
	for _, h := range files {
		began := time.Now()
		f, err := taker.Take(t.Context(), bytes.NewReader(h.file))
		if took := time.Since(began); took > 2*time.Minute {
			t.Errorf("%s took %s", h.name, took)
		}
		var refused *Refusal
		switch {
		case h.kind == "" && !errors.As(err, &refused):
			t.Errorf("%s is not refused: %v, a copy of %d bytes", h.name, err, len(f.Copy))
		case h.kind == "" && (!strings.HasSuffix(refused.Say, ".") || strings.Contains(refused.Say, secret)):
			t.Errorf("%s is refused with %q", h.name, refused.Say)
		case h.kind != "" && err != nil:
			t.Errorf("%s is refused: %v", h.name, err)
		case h.kind != "" && f.Kind != h.kind:
			t.Errorf("%s is taken for %s", h.name, f.Kind)
		case h.kind != "":
			harmless(t, h.name, f)
		}
	}
	t.Logf("%d hostile files, each refused or made harmless", len(files))
	if most := peak(); most > ceiling {
		t.Errorf("the heap grew to %d MB", most>>20)
	}
}

// watchMemory returns how large the heap was at most since then.
func watchMemory(t *testing.T) func() uint64 {
	t.Helper()
	t.Cleanup(func() { debug.SetGCPercent(debug.SetGCPercent(100)) })
	runtime.GC()
	var most atomic.Uint64
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most.Store(max(most.Load(), m.HeapInuse))
			time.Sleep(10 * time.Millisecond)
		}
	}()
	return func() uint64 { stop(); <-done; return most.Load() }
}

// acting are names by which a PDF acts, carries or tells.
var acting = []string{"/JavaScript", "/JS", "/OpenAction", "/AA", "/EmbeddedFile", "/Filespec", "/Launch", "/URI", "/SubmitForm", "/XFA", "/AcroForm", "/RichMedia", "/Info", "/Metadata", "/PieceInfo", "/FileAttachment", "/Action", "/FFilter", "/U3D"}

func harmless(t *testing.T, name string, f File) {
	t.Helper()
	if bytes.Contains(f.Copy, []byte(secret)) {
		t.Errorf("%s: the copy tells what it must not", name)
	}
	if bytes.Contains(f.Copy, []byte("PK\x03\x04")) {
		t.Errorf("%s: the copy carries an archive", name)
	}
	if again, err := read(t.Context(), f.Copy, Limits{}.or()); err != nil || again.Kind != f.Kind {
		t.Errorf("%s: the copy is not taken itself: %v", name, err)
	}
	if f.Kind != PDF {
		return
	}
	for _, word := range acting {
		if bytes.Contains(f.Copy, []byte(word)) {
			t.Errorf("%s: the copy has %s", name, word)
		}
	}
}

// The copy of a PDF is sound to another program, and shows the same words, among
// them what was typed into a form; what it knows of a picture is neither place
// nor name.
func TestCopiesByOthers(t *testing.T) {
	dir := t.TempDir()
	for i, h := range append(pictures(t), documents(t)...) {
		if h.kind == "" {
			continue
		}
		f, err := read(t.Context(), h.file, Limits{}.or())
		if err != nil {
			continue // the other test says so
		}
		path := filepath.Join(dir, strconv.Itoa(i)+f.Kind.Ending())
		if err := os.WriteFile(path, f.Copy, 0o600); err != nil {
			t.Fatal(err)
		}
		if f.Kind == PDF {
			if out := run(t, "qpdf", "--check", path); strings.Contains(out, "WARNING") || strings.Contains(out, "exit status") {
				t.Errorf("%s: qpdf says %s", h.name, out)
			}
			if out := run(t, "pdftotext", path, "-"); out != "" && !strings.Contains(out, "Seven lanterns") {
				t.Errorf("%s: the words are gone: %q", h.name, out)
			}
		}
	}
	for _, line := range strings.Split(run(t, "exiftool", "-a", "-u", "-G1", dir), "\n") {
		if strings.Contains(line, "GPS") || strings.Contains(line, "Maria") || strings.Contains(line, "Artist") || strings.Contains(line, "Author") {
			t.Errorf("exiftool reads in a copy: %s", line)
		}
	}
}

// run runs a program that must be there under CI.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not installed (Debian: poppler-utils, qpdf, libimage-exiftool-perl)", name)
		}
		t.Skipf("SKIPPED: %s is not installed (Debian: poppler-utils, qpdf, libimage-exiftool-perl); nothing was checked by it", name)
	}
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		return string(out) + " error " + err.Error()
	}
	return string(out)
}

// A picture on its side says so in its copy still, and a copy shows the dots of
// the original.
func TestPicturesAreTheSame(t *testing.T) {
	for up := byte(1); up <= 8; up++ {
		f, err := read(t.Context(), behind(madeJPEG(t, shade(64, 48)), exif(up)), Limits{}.or())
		if err != nil {
			t.Fatal(err)
		}
		h, err := headJPEG(f.Copy)
		if err != nil || h.up != int(up) || f.Width != 64 || f.Height != 48 {
			t.Errorf("side %d became %d of %d by %d: %v", up, h.up, f.Width, f.Height, err)
		}
		img, err := jpeg.Decode(bytes.NewReader(f.Copy))
		if err != nil {
			t.Fatal(err)
		}
		if r, g, _, _ := img.At(60, 40).RGBA(); r>>8 < 150 || r>>8 > 210 || g>>8 < 170 || g>>8 > 230 {
			t.Errorf("the dots changed: %d %d", r>>8, g>>8)
		}
	}
	f, err := read(t.Context(), madePNG(t, shade(64, 48)), Limits{}.or())
	if err != nil {
		t.Fatal(err)
	}
	img, _, err := image.Decode(bytes.NewReader(f.Copy))
	if err != nil || img.At(60, 40) != shade(64, 48).At(60, 40) {
		t.Errorf("the dots changed: %v", err)
	}
}

// A text is copied as UTF-8 whatever it was.
func TestTexts(t *testing.T) {
	for in, want := range map[string]string{"Søren\r\nand Łukasz": "Søren\r\nand Łukasz", "\ufeffseven": "seven", utf16le("Łukasz"): "Łukasz", "\xfe\xff\x00a\x01\x41": "aŁ", "a < b": "a < b"} {
		f, err := read(t.Context(), []byte(in), Limits{}.or())
		if err != nil || f.Kind != Text || string(f.Copy) != want {
			t.Errorf("%q became %q: %v", in, f.Copy, err)
		}
	}
}

// Who comes while many files are taken in is told to come again, and nobody
// waits for who reads slowly.
func TestManyAtOnce(t *testing.T) {
	taker := New(Limits{})
	var slow []*io.PipeWriter
	ended := make(chan error, readers)
	for range readers {
		r, w := io.Pipe()
		slow = append(slow, w)
		go func() { _, err := taker.Take(t.Context(), r); ended <- err }()
		if _, err := w.Write([]byte("seven")); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := taker.Take(t.Context(), strings.NewReader("lanterns")); !errors.Is(err, Busy) {
		t.Errorf("one more: %v", err)
	}
	for _, w := range slow {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}
	for range readers {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	if _, err := taker.Take(t.Context(), strings.NewReader("lanterns")); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
