package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/text/encoding/charmap"
)

// codes are the bytes by which a document writes the glyphs of a slot, in the order in which they are given out. A slot
// says that it is written in Windows Latin, because every reader finds a glyph by that: from the byte to a character of
// that alphabet, and from the character to a glyph by the table of the font. Which glyph stands there is the slot's own
// affair; how it reads is told by a table of its own. (Names of glyphs that only Unicode knows do not do: there are
// readers that follow them by how the glyph reads, and show a letter in its wrong form or as a box.)
var codes = func() (all []byte) {
	for c := 0xFF; c > ' '; c-- {
		if r := latin(byte(c)); r > ' ' && r != 0x7F && r != 0xA0 && r != 0xAD && r != 0xFFFD && (r < 0x80 || r > 0x9F) {
			all = append(all, byte(c))
		}
	}
	slices.Reverse(all)
	return all
}()

// latin is the character of Windows Latin that c stands for.
func latin(c byte) rune { return charmap.Windows1252.DecodeByte(c) }

// glyph is a picture of a face, moved and as wide as the shaper asks for, in thousandths of an em.
type glyph struct {
	id        uint16
	advance   int16
	right, up int16 // from where the pen stands
}

// blank is a glyph without outline and width. It carries a character that is drawn as a part of another glyph.
var blank = glyph{id: 0xFFFF}

// slot is one font as a document embeds it: a simple TrueType font of some two hundred glyphs of one face. Small fonts that
// are made for one document cost a fraction of what a whole Unicode font costs in the drawing library.
type slot struct {
	face   int
	glyphs []glyph // in the order of codes
	chars  []rune  // how they read; 0 is as nothing
}

// place is a glyph as the document writes it.
type place struct {
	slot uint16 // 1 is the first; 0 is no place
	at   byte   // index into codes
}

// slots gives each glyph of a document its font and code, in the order of first use.
type slots struct {
	all   []*slot
	open  [len(faces)]uint16  // the slot being filled
	usual [len(faces)][]place // by glyph, where it is the face's own glyph of a character: where that stands
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
	if p := s.usual[face][id]; p.slot != 0 && s.all[p.slot-1].chars[p.at] == char {
		return p
	}
	p := s.place(face, glyph{id: id, advance: int16(faces[face].advance[id])}, char)
	if s.usual[face][id].slot == 0 {
		s.usual[face][id] = p
	}
	return p
}

// place returns where the glyph stands that reads as char; char 0 is a glyph that reads as nothing by itself.
func (s *slots) place(face int, g glyph, char rune) place {
	key := placed{face, g, char}
	if p, ok := s.other[key]; ok {
		return p
	}
	n := s.open[face]
	if n == 0 || len(s.all[n-1].glyphs) == len(codes) {
		s.all = append(s.all, &slot{face: face})
		n = uint16(len(s.all))
		s.open[face] = n
	}
	in := s.all[n-1]
	p := place{n, byte(len(in.glyphs))}
	in.glyphs, in.chars = append(in.glyphs, g), append(in.chars, char)
	if s.other == nil {
		s.other = map[placed]place{}
	}
	s.other[key] = p
	return p
}

// name is what the PDF calls the font: the prefix marks it as a subset, and tells the slots of one face apart.
func (s *slot) name(i int) string {
	return fmt.Sprintf("%s%c%c%c%c+%s", prefix, 'A'+i/17576%26, 'A'+i/676%26, 'A'+i/26%26, 'A'+i%26, faces[s.face].name)
}

const prefix = "NR"

// named returns which slot an object of the PDF is the font of.
func (s *slots) named(object []byte) (int, bool) {
	rest, ok := bytes.CutPrefix(object, []byte("<</Type /Font\n/BaseFont /"+prefix))
	if !ok || len(rest) < 4 {
		return 0, false
	}
	n := 0
	for _, c := range rest[:4] {
		n = n*26 + int(c-'A')
	}
	return n, n >= 0 && n < len(s.all)
}

// reading is the table by which a copy of the text is made: from code to character (ISO 32000-1 section 9.10.3).
func (s *slot) reading() []byte {
	w := writer{b: make([]byte, 0, 400+12*len(s.chars))}
	w.text("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n" +
		"/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<00><FF>\nendcodespacerange\n")
	for from := 0; from < len(s.chars); from += 100 {
		part := s.chars[from:min(from+100, len(s.chars))]
		w.number(len(part))
		w.text("beginbfchar\n")
		for i, c := range part {
			if c == 0 {
				c = joiner
			}
			w.text("<")
			w.hex(uint16(codes[from+i]), 2)
			w.text("><")
			w.hex(uint16(c), 4)
			w.text(">\n")
		}
		w.text("endbfchar\n")
	}
	w.text("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return w.b
}

// joiner is how a glyph reads that is only a part of a character: it changes nothing, and searches pass over it.
const joiner = 0x200D

// widths are in thousandths of an em, by code.
func (s *slot) widths() []int {
	w := make([]int, 256)
	for i, g := range s.glyphs {
		w[codes[i]] = int(g.advance)
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
	out.Grow(len(b)/2 + 128)
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
