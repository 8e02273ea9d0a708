package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"slices"
	"strings"
	"sync"
)

const (
	firstCode = 33 // a simple font of a PDF has one byte a character; 32 is left alone, readers give it a meaning
	lastCode  = 255
	private   = 0xE000 // where the characters begin that stand for glyphs that read as nothing by themselves
)

// glyph is a picture of a face, moved and as wide as the shaper asks for, in thousandths of an em.
type glyph struct {
	id        uint16
	advance   int16
	right, up int16 // from where the pen stands
}

// blank is a glyph without outline and width. It carries a character that is drawn as a part of another glyph.
var blank = glyph{id: 0xFFFF}

// slot is one font as a document embeds it: a simple TrueType font of up to 223 glyphs of one face. Small fonts that
// are made for one document cost a fraction of what a whole Unicode font costs in the drawing library.
type slot struct {
	face   int
	glyphs []glyph // by code, less firstCode
	chars  []rune  // what that code reads as; no two are the same
}

// place is a glyph as the document writes it.
type place struct {
	slot uint16 // 1 is the first; 0 is no place
	code byte
}

// slots gives each glyph of a document its font and code, in the order of first use.
type slots struct {
	all   []*slot
	of    [len(faces)][]uint16 // the slots of each face
	usual [len(faces)][]place  // by glyph, where it is the face's own glyph of a character: where that stands
	other map[placed]place
}

type placed struct {
	face  int
	glyph glyph
	char  rune
}

// plain returns where the face's own glyph of char stands.
func (s *slots) plain(face int, id uint16, char rune) place {
	if s.usual[face] == nil {
		s.usual[face] = make([]place, len(faces[face].advance))
	}
	if p := s.usual[face][id]; p.slot != 0 && s.all[p.slot-1].chars[p.code-firstCode] == char {
		return p
	}
	p := s.place(face, glyph{id: id, advance: int16(faces[face].advance[id])}, char)
	if s.usual[face][id].slot == 0 {
		s.usual[face][id] = p
	}
	return p
}

// place returns where the glyph stands that reads as char. No two glyphs of a slot read as the same character, because
// a reader finds the glyph of a simple font by its character; char 0 is a glyph that reads as nothing by itself.
func (s *slots) place(face int, g glyph, char rune) place {
	key := placed{face, g, char}
	if p, ok := s.other[key]; ok {
		return p
	}
	n := -1
	for _, i := range s.of[face] {
		if in := s.all[i]; len(in.glyphs) <= lastCode-firstCode && (char == 0 || !slices.Contains(in.chars, char)) {
			n = int(i)
			break
		}
	}
	if n < 0 {
		n = len(s.all)
		s.all = append(s.all, &slot{face: face})
		s.of[face] = append(s.of[face], uint16(n))
	}
	in := s.all[n]
	p := place{uint16(n + 1), byte(firstCode + len(in.glyphs))}
	if char == 0 {
		char = rune(private + len(in.glyphs))
	}
	in.glyphs, in.chars = append(in.glyphs, g), append(in.chars, char)
	if s.other == nil {
		s.other = map[placed]place{}
	}
	s.other[key] = p
	return p
}

// name is what the PDF calls the font: the prefix marks it as a subset, and tells the slots of one face apart.
func (s *slot) name(i int) string {
	return fmt.Sprintf("NR%c%c%c%c+%s", 'A'+i/17576%26, 'A'+i/676%26, 'A'+i/26%26, 'A'+i%26, faces[s.face].name)
}

// differences names the character of each code.
func (s *slot) differences() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d", firstCode)
	for _, c := range s.chars {
		fmt.Fprintf(&b, "/uni%04X", c)
	}
	return b.String()
}

// widths are in thousandths of an em, by code.
func (s *slot) widths() []int {
	w := make([]int, 256)
	for i, g := range s.glyphs {
		w[firstCode+i] = int(g.advance)
	}
	return w
}

// deflaters are kept: a new one costs more than most of what it compresses.
var deflaters = sync.Pool{New: func() any {
	w, _ := zlib.NewWriterLevel(nil, zlib.BestSpeed) // the level is a valid one
	return w
}}

func deflate(b []byte) ([]byte, error) {
	var out bytes.Buffer
	w := deflaters.Get().(*zlib.Writer)
	defer deflaters.Put(w)
	w.Reset(&out)
	if _, err := w.Write(b); err != nil {
		return nil, fmt.Errorf("pdf: compressing a font: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("pdf: compressing a font: %w", err)
	}
	return out.Bytes(), nil
}
