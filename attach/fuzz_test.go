package attach

import (
	"bytes"
	"testing"
)

// small are the limits of fuzzing, so that one try costs little.
var small = Limits{Bytes: 1 << 20, Pixels: 100_000, Pages: 20}

// seeds adds what is small of the corpus.
func seeds(f *testing.F, kinds ...Kind) {
	for _, h := range append(append(strangeFiles(f), pictures(f)...), documents(f)...) {
		kind, err := sniff(h.file)
		if err == nil && len(h.file) < 8000 && (len(kinds) == 0 || kind == kinds[0]) {
			f.Add(h.file)
		}
	}
}

// Whatever is sent, it is refused or becomes a copy that would be taken itself,
// as the same kind.
func FuzzFile(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := read(t.Context(), b, small)
		if err != nil {
			return
		}
		if again, err := sniff(got.Copy); err != nil || again != got.Kind {
			t.Errorf("the copy of a %s is a %q: %v", got.Kind, again, err)
		}
	})
}

// Whatever a PDF says, its copy names nothing by which it acts, and is a PDF that
// can be read again with as many pages.
func FuzzPDF(f *testing.F) {
	seeds(f, PDF)
	f.Fuzz(func(t *testing.T, b []byte) {
		out, pages, err := cleanPDF(t.Context(), b, small.or())
		if err != nil {
			return
		}
		if _, again, err := cleanPDF(t.Context(), out, small.or()); err != nil || again != pages {
			t.Errorf("the copy has %d pages, not %d: %v", again, pages, err)
		}
		if bytes.Contains(out, []byte("/OpenAction")) || bytes.Contains(out, []byte("/EmbeddedFile")) {
			t.Error("the copy acts")
		}
	})
}

// Whatever the frame of a JPEG says, it is read without harm, and nothing of what
// is not dots is left in the bare one.
func FuzzJPEG(f *testing.F) {
	seeds(f, JPEG)
	f.Fuzz(func(_ *testing.T, b []byte) {
		_, _ = headJPEG(b)
		_ = bareJPEG(b)
		_ = orientation(b)
		_ = upright(b, 3)
	})
}

// Whatever the frame of a PNG says, what it costs is known before it is unpacked.
func FuzzPNG(f *testing.F) {
	seeds(f, PNG)
	f.Fuzz(func(t *testing.T, b []byte) {
		if h, err := headPNG(b); err == nil && h.cost() < 0 {
			t.Errorf("%d by %d costs %d", h.width, h.height, h.cost())
		}
	})
}

// A text that is taken stays one, however it was written.
func FuzzText(f *testing.F) {
	seeds(f, Text)
	f.Fuzz(func(t *testing.T, b []byte) {
		out, err := plainText(b)
		if err != nil {
			return
		}
		if again, err := plainText(out); err != nil || !bytes.Equal(bytes.TrimPrefix(out, []byte("\ufeff")), again) {
			t.Errorf("%q became %q", out, again)
		}
	})
}

// A JPEG 2000 file loses its boxes or all of itself.
func FuzzJP2(f *testing.F) {
	f.Add(jp2())
	f.Fuzz(func(t *testing.T, b []byte) {
		if out := bareJP2(b); len(out) > len(b) {
			t.Error("it grew")
		}
	})
}

// Whatever the segments of a scan say, they are read without harm, and the scan
// stays as it is or is refused.
func FuzzJBIG2(f *testing.F) {
	f.Add([]byte(jbig2(48, u32(20)+u32(20)) + jbig2(38, u32(1<<20)+u32(1<<20))))
	f.Fuzz(func(t *testing.T, b []byte) {
		if out, err := smallJBIG2(b, small); err == nil && !bytes.Equal(out, b) {
			t.Error("it changed")
		}
	})
}
