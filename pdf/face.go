package pdf

import (
	"bytes"
	"embed"
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/font/opentype/tables"
	"github.com/go-text/typesetting/language"
)

//go:embed fonts/*.ttf
var fontFiles embed.FS

// face is one font of the program. It is read when the first text needs it and never changes after.
type face struct {
	name   string          // as the PDF names it
	file   string          // below fonts/
	script language.Script // what the shaper is told
	shaped bool            // its letters depend on their neighbors
	blocks []block         // what it is asked for

	once    sync.Once
	err     error
	upem    int
	low     rune     // the character of glyphs[0]
	glyphs  []uint16 // character less low → glyph; 0 is none
	advance []int32  // glyph → thousandths of an em
	loca    []uint32
	glyf    []byte
	head    []byte
	hhea    []byte
	hmtx    []byte
	maxp    []byte
	ascent  int // thousandths of an em
	descent int
	bounds  [4]int

	shape     sync.Once
	font      *font.Font
	shapeFail error
}

// block is a range of characters, both ends included.
type block struct{ from, to rune }

// faces are the fonts of the program: data, like a table. The first two write Latin, Greek and Cyrillic; the others
// are asked in their order for the characters of their blocks.
var faces = [...]*face{
	{name: "NotoSans-Regular", file: "sans.ttf", script: language.Latin},
	{name: "NotoSans-Bold", file: "sans-bold.ttf", script: language.Latin},
	{name: "NotoSansHebrew", file: "hebrew.ttf", script: language.Hebrew, shaped: true,
		blocks: []block{{0x0590, 0x05FF}, {0xFB1D, 0xFB4F}}},
	{name: "NotoSansArabic", file: "arabic.ttf", script: language.Arabic, shaped: true,
		blocks: []block{{0x0600, 0x06FF}, {0x0750, 0x077F}, {0x08A0, 0x08FF}, {0xFB50, 0xFDFF}, {0xFE70, 0xFEFC}}},
	{name: "NotoSansDevanagari", file: "devanagari.ttf", script: language.Devanagari, shaped: true,
		blocks: []block{{0x0900, 0x097F}, {0xA8E0, 0xA8FF}, {0x1CD0, 0x1CF9}}},
	{name: "NotoSansBengali", file: "bengali.ttf", script: language.Bengali, shaped: true, blocks: []block{{0x0980, 0x09FF}}},
	{name: "NotoSansGurmukhi", file: "gurmukhi.ttf", script: language.Gurmukhi, shaped: true, blocks: []block{{0x0A00, 0x0A7F}}},
	{name: "NotoSansGujarati", file: "gujarati.ttf", script: language.Gujarati, shaped: true, blocks: []block{{0x0A80, 0x0AFF}}},
	{name: "NotoSansTamil", file: "tamil.ttf", script: language.Tamil, shaped: true, blocks: []block{{0x0B80, 0x0BFF}}},
	{name: "NotoSansTelugu", file: "telugu.ttf", script: language.Telugu, shaped: true, blocks: []block{{0x0C00, 0x0C7F}}},
	{name: "NotoSansSinhala", file: "sinhala.ttf", script: language.Sinhala, shaped: true, blocks: []block{{0x0D80, 0x0DFF}}},
	{name: "NotoSansThai", file: "thai.ttf", script: language.Thai, shaped: true, blocks: []block{{0x0E00, 0x0E7F}}},
	{name: "NotoSansLao", file: "lao.ttf", script: language.Lao, shaped: true, blocks: []block{{0x0E80, 0x0EFF}}},
	{name: "NotoSansMyanmar", file: "myanmar.ttf", script: language.Myanmar, shaped: true,
		blocks: []block{{0x1000, 0x109F}, {0xA9E0, 0xA9FF}, {0xAA60, 0xAA7F}}},
	{name: "NotoSansKhmer", file: "khmer.ttf", script: language.Khmer, shaped: true, blocks: []block{{0x1780, 0x17FF}, {0x19E0, 0x19FF}}},
	{name: "NotoSansGeorgian", file: "georgian.ttf", script: language.Georgian,
		blocks: []block{{0x10A0, 0x10FF}, {0x1C90, 0x1CBF}, {0x2D00, 0x2D2F}}},
	{name: "NotoSansArmenian", file: "armenian.ttf", script: language.Armenian, blocks: []block{{0x0530, 0x058F}, {0xFB13, 0xFB17}}},
	{name: "NotoSansEthiopic", file: "ethiopic.ttf", script: language.Ethiopic,
		blocks: []block{{0x1200, 0x139F}, {0x2D80, 0x2DDF}, {0xAB00, 0xAB2F}}},
	{name: "ReferralHangul", file: "hangul.ttf", script: language.Hangul,
		blocks: []block{{0x1100, 0x11FF}, {0x3131, 0x318E}, {0x3200, 0x321E}, {0x3260, 0x327F}, {0xAC00, 0xD7A3}}},
	{name: "DroidSansFallback", file: "han.ttf", script: language.Han, blocks: []block{{0x3000, 0x9FFF}, {0xF900, 0xFFEF}}},
	{name: "NotoSansMath", file: "math.ttf", script: language.Common, blocks: []block{{0x2190, 0x22FF}}},
	{name: "NotoSansSymbols2", file: "symbols.ttf", script: language.Common, blocks: []block{{0x2500, 0x27BF}}},
}

const (
	faceRegular = 0
	faceBold    = 1
)

// glyph returns the glyph of r, 0 when the face has none. The face must be loaded.
func (f *face) glyph(r rune) uint16 {
	if i := r - f.low; i >= 0 && int(i) < len(f.glyphs) {
		return f.glyphs[i]
	}
	return 0
}

// asks reports whether r is in a block for which the face is asked.
func (f *face) asks(r rune) bool {
	for _, b := range f.blocks {
		if b.from <= r && r <= b.to {
			return true
		}
	}
	return false
}

// load reads the tables that layout and embedding need. A face that cannot be read is our own failure: the files are
// in the program.
func (f *face) load() *face {
	f.once.Do(func() { f.err = f.read() })
	if f.err != nil {
		panic(&faceError{f.err})
	}
	return f
}

// faceError is a font of the program that cannot be read.
type faceError struct{ err error }

func (e *faceError) Error() string { return e.err.Error() }
func (e *faceError) Unwrap() error { return e.err }

func (f *face) read() error {
	raw, err := fontFiles.ReadFile("fonts/" + f.file)
	if err != nil {
		return fmt.Errorf("pdf: reading face %s: %w", f.file, err)
	}
	ld, err := opentype.NewLoader(bytes.NewReader(raw))
	if err != nil {
		return fmt.Errorf("pdf: reading face %s: %w", f.file, err)
	}
	var loca, cmap []byte
	for _, t := range []struct {
		tag  string
		into *[]byte
		min  int
	}{{"head", &f.head, 54}, {"hhea", &f.hhea, 36}, {"hmtx", &f.hmtx, 4}, {"maxp", &f.maxp, 6}, {"loca", &loca, 4}, {"glyf", &f.glyf, 1}, {"cmap", &cmap, 4}} {
		if *t.into, err = ld.RawTable(opentype.MustNewTag(t.tag)); err == nil && len(*t.into) < t.min {
			err = fmt.Errorf("table is too short")
		}
		if err != nil {
			return fmt.Errorf("pdf: reading table %s of face %s: %w", t.tag, f.file, err)
		}
	}
	u16 := binary.BigEndian.Uint16
	f.upem = int(u16(f.head[18:]))
	for i := range f.bounds {
		f.bounds[i] = f.thousandths(int(int16(u16(f.head[36+2*i:]))))
	}
	f.ascent = f.thousandths(int(int16(u16(f.hhea[4:]))))
	f.descent = f.thousandths(int(int16(u16(f.hhea[6:]))))
	count, long := int(u16(f.maxp[4:])), u16(f.head[50:]) == 1
	f.readAdvances(int(u16(f.hhea[34:])), count)
	f.loca = make([]uint32, count+1)
	for i := range f.loca {
		if long {
			f.loca[i] = binary.BigEndian.Uint32(loca[4*i:])
		} else {
			f.loca[i] = 2 * uint32(u16(loca[2*i:]))
		}
	}
	return f.readCharacters(cmap)
}

// thousandths turns units of the face into thousandths of an em, rounded.
func (f *face) thousandths(units int) int {
	if f.upem == 1000 {
		return units
	}
	n := units*2000 + f.upem
	if n < 0 {
		n -= 2*f.upem - 1 // round down
	}
	return n / (2 * f.upem)
}

func (f *face) readAdvances(long, count int) {
	f.advance = make([]int32, count)
	last := int32(0)
	for i := range f.advance {
		if i < long {
			last = int32(f.thousandths(int(binary.BigEndian.Uint16(f.hmtx[4*i:]))))
		}
		f.advance[i] = last
	}
}

func (f *face) readCharacters(raw []byte) error {
	table, _, err := tables.ParseCmap(raw)
	if err != nil {
		return fmt.Errorf("pdf: reading characters of face %s: %w", f.file, err)
	}
	cmap, _, err := font.ProcessCmap(table, 0)
	if err != nil {
		return fmt.Errorf("pdf: reading characters of face %s: %w", f.file, err)
	}
	high := rune(0)
	f.low = 0xFFFF
	for it := cmap.Iter(); it.Next(); {
		r, _ := it.Char()
		if r >= 0x20 && r <= 0xFFFF {
			f.low, high = min(f.low, r), max(high, r)
		}
	}
	f.glyphs = make([]uint16, high-f.low+1)
	for it := cmap.Iter(); it.Next(); {
		if r, g := it.Char(); r >= f.low && r <= high {
			f.glyphs[r-f.low] = uint16(g)
		}
	}
	return nil
}

// shaper returns the face for the shaper; the caller's own, because it keeps caches.
func (f *face) shaper() *font.Face {
	f.shape.Do(func() {
		raw, err := fontFiles.ReadFile("fonts/" + f.file)
		if err != nil {
			f.shapeFail = err
			return
		}
		ld, err := opentype.NewLoader(bytes.NewReader(raw))
		if err != nil {
			f.shapeFail = err
			return
		}
		f.font, f.shapeFail = font.NewFont(ld)
	})
	if f.shapeFail != nil {
		panic(&faceError{fmt.Errorf("pdf: reading face %s: %w", f.file, f.shapeFail)})
	}
	return font.NewFace(f.font)
}

// faceOf returns the index of the face that writes r, or -1. prev is the face of the character before, or -1: marks,
// spaces and signs common to many scripts stay with it where it has them.
func faceOf(r rune, bold bool, prev int) int {
	if prev >= 0 && faces[prev].shaped && faces[prev].glyph(r) != 0 {
		if s := language.LookupScript(r); s == language.Common || s == language.Inherited || faces[prev].asks(r) {
			return prev
		}
	}
	sans := faceRegular
	if bold {
		sans = faceBold
	}
	if faces[sans].load().glyph(r) != 0 {
		return sans
	}
	for i, f := range faces {
		if f.asks(r) && f.load().glyph(r) != 0 {
			return i
		}
	}
	return -1
}
