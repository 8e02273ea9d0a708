package pdf

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync"
)

const (
	firstCode = 33 // a simple font of a PDF has one byte a character; 32 is left alone, readers give it a meaning
	lastCode  = 255
	private   = 0xE000 // where the glyphs begin that stand for no single character
)

// slot is one font as a document embeds it: a simple TrueType font of up to 223 glyphs of one face. Small fonts that
// are made for one document cost a fraction of what a whole Unicode font costs in the drawing library.
type slot struct {
	face   int
	glyphs []uint16 // by code, less firstCode
	chars  []rune   // what a copy of that code gives
}

// place is a glyph as the document writes it.
type place struct {
	slot uint16 // 1 is the first; 0 is no place
	code byte
}

type placed struct {
	face  int
	glyph uint16
	char  rune
}

// slots gives each glyph of a document its font and code, in the order of first use.
type slots struct {
	all   []*slot
	open  [len(faces)]uint16  // the slot being filled
	usual [len(faces)][]place // by glyph: where it stands for the first character that used it
	other map[placed]place
}

// place returns where the glyph stands that writes char; char 0 is a shape of its own, told by the ActualText around it.
func (s *slots) place(face int, glyph uint16, char rune) place {
	if s.usual[face] == nil {
		s.usual[face] = make([]place, len(faces[face].advance))
	}
	if p := s.usual[face][glyph]; p.slot != 0 && s.all[p.slot-1].chars[p.code-firstCode] == char {
		return p
	}
	key := placed{face, glyph, char}
	if p, ok := s.other[key]; ok {
		return p
	}
	n := s.open[face]
	if n == 0 || len(s.all[n-1].glyphs) > lastCode-firstCode {
		s.all = append(s.all, &slot{face: face})
		n = uint16(len(s.all))
		s.open[face] = n
	}
	in := s.all[n-1]
	p := place{n, byte(firstCode + len(in.glyphs))}
	if char == 0 {
		char = rune(private + len(in.glyphs))
	}
	in.glyphs, in.chars = append(in.glyphs, glyph), append(in.chars, char)
	if key.char != 0 && s.usual[face][glyph].slot == 0 {
		s.usual[face][glyph] = p
		return p
	}
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
		w[firstCode+i] = int(faces[s.face].advance[g])
	}
	return w
}

// program returns the TrueType file of the slot: its glyphs in the order of their characters, and the parts that
// composite glyphs are made of.
func (s *slot) program() []byte {
	f := faces[s.face]
	order := make([]int, len(s.chars))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return int(s.chars[a] - s.chars[b]) })
	glyphs := []uint16{0}
	chars := make([]rune, 0, len(order))
	for _, i := range order {
		glyphs, chars = append(glyphs, s.glyphs[i]), append(chars, s.chars[i])
	}
	glyf, loca, glyphs := f.outlines(glyphs)
	metrics := make([]byte, 0, 4*len(glyphs))
	for _, g := range glyphs {
		metrics = append(metrics, f.metric(g)...)
	}
	head := slices.Clone(f.head[:54])
	binary.BigEndian.PutUint32(head[8:], 0)  // check sum of the file: not used inside a PDF
	binary.BigEndian.PutUint16(head[50:], 1) // long offsets
	hhea := slices.Clone(f.hhea[:36])
	binary.BigEndian.PutUint16(hhea[34:], uint16(len(glyphs)))
	maxp := slices.Clone(f.maxp)
	binary.BigEndian.PutUint16(maxp[4:], uint16(len(glyphs)))
	post := make([]byte, 32)
	post[1] = 3
	return sfnt([]sfntTable{{"cmap", characters(chars)}, {"glyf", glyf}, {"head", head}, {"hhea", hhea}, {"hmtx", metrics},
		{"loca", loca}, {"maxp", maxp}, {"post", post}})
}

// outlines copies the outlines of glyphs and of their parts, which it appends to glyphs, and renumbers the parts.
func (f *face) outlines(glyphs []uint16) (glyf, loca []byte, all []uint16) {
	at := map[uint16]int{}
	for i, g := range glyphs {
		if _, ok := at[g]; !ok {
			at[g] = i
		}
	}
	for i := 0; i < len(glyphs); i++ {
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		start := len(glyf)
		glyf = append(glyf, f.outline(glyphs[i])...)
		for _, offset := range parts(glyf[start:]) {
			part := binary.BigEndian.Uint16(glyf[start+offset:])
			if _, ok := at[part]; !ok {
				at[part] = len(glyphs)
				glyphs = append(glyphs, part)
			}
			binary.BigEndian.PutUint16(glyf[start+offset:], uint16(at[part]))
		}
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
	}
	return glyf, binary.BigEndian.AppendUint32(loca, uint32(len(glyf))), glyphs
}

// outline returns the bytes of a glyph, which may be none.
func (f *face) outline(g uint16) []byte {
	from, to := f.loca[g], f.loca[g+1]
	if from >= to || int(to) > len(f.glyf) {
		return nil
	}
	return f.glyf[from:to]
}

// metric returns advance and left side bearing of a glyph as the font file has them.
func (f *face) metric(g uint16) []byte {
	long := int(binary.BigEndian.Uint16(f.hhea[34:]))
	if int(g) < long {
		return f.hmtx[4*g : 4*g+4]
	}
	m := slices.Clone(f.hmtx[4*long-4 : 4*long])
	if at := 4*long + 2*(int(g)-long); at+2 <= len(f.hmtx) {
		copy(m[2:], f.hmtx[at:at+2])
	}
	return m
}

// parts returns where in the outline of a composite glyph the numbers of its parts stand.
func parts(outline []byte) []int {
	if len(outline) < 14 || int16(binary.BigEndian.Uint16(outline)) >= 0 {
		return nil
	}
	const wordArguments, scale, more, twoScales, matrix = 0x01, 0x08, 0x20, 0x40, 0x80
	var all []int
	for at := 10; at+4 <= len(outline); {
		flags := binary.BigEndian.Uint16(outline[at:])
		all = append(all, at+2)
		at += 6
		if flags&wordArguments != 0 {
			at += 2
		}
		switch {
		case flags&scale != 0:
			at += 2
		case flags&twoScales != 0:
			at += 4
		case flags&matrix != 0:
			at += 8
		}
		if flags&more == 0 {
			break
		}
	}
	return all
}

// characters writes a cmap table that maps chars, in rising order, to glyphs 1, 2, 3 …
func characters(chars []rune) []byte {
	type stretch struct{ from, to, delta int }
	var all []stretch
	for i, c := range chars {
		if n := len(all); n > 0 && all[n-1].to+1 == int(c) {
			all[n-1].to++
			continue
		}
		all = append(all, stretch{int(c), int(c), i + 1 - int(c)})
	}
	all = append(all, stretch{0xFFFF, 0xFFFF, 1})
	n := len(all)
	size := 16 + 8*n
	b := []byte{0, 0, 0, 1, 0, 3, 0, 1, 0, 0, 0, 12}
	u16 := binary.BigEndian.AppendUint16
	search, selector := 2, 0
	for search*2 <= 2*n {
		search, selector = search*2, selector+1
	}
	for _, v := range []int{4, size, 0, 2 * n, search, selector, 2*n - search} {
		b = u16(b, uint16(v))
	}
	for _, s := range all {
		b = u16(b, uint16(s.to))
	}
	b = u16(b, 0)
	for _, s := range all {
		b = u16(b, uint16(s.from))
	}
	for _, s := range all {
		b = u16(b, uint16(s.delta))
	}
	return append(b, make([]byte, 2*n)...)
}

type sfntTable struct {
	tag  string
	body []byte
}

// sfnt puts tables, which stand in the order of their tags, into one font file.
func sfnt(tables []sfntTable) []byte {
	n := len(tables)
	search, selector := 16, 0
	for search*2 <= 16*n {
		search, selector = search*2, selector+1
	}
	u16, u32 := binary.BigEndian.AppendUint16, binary.BigEndian.AppendUint32
	b := u32(nil, 0x00010000)
	for _, v := range []int{n, search, selector, 16*n - search} {
		b = u16(b, uint16(v))
	}
	at := 12 + 16*n
	for _, t := range tables {
		var sum uint32
		for i := 0; i < len(t.body); i += 4 {
			var word [4]byte
			copy(word[:], t.body[i:])
			sum += binary.BigEndian.Uint32(word[:])
		}
		b = append(b, t.tag...)
		b = u32(u32(u32(b, sum), uint32(at)), uint32(len(t.body)))
		at += (len(t.body) + 3) &^ 3
	}
	for _, t := range tables {
		b = append(b, t.body...)
		for len(b)%4 != 0 {
			b = append(b, 0)
		}
	}
	return b
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
