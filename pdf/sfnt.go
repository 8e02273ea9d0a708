package pdf

import (
	"encoding/binary"
	"slices"
)

// program returns the TrueType file of the slot: its glyphs in the order of the characters by which readers find them,
// and the parts that composite glyphs are made of.
func (s *slot) program() []byte {
	f := faces[s.face]
	order := make([]int, len(s.glyphs))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return int(latin(codes[a]) - latin(codes[b])) })
	cut := cutting{face: f, at: map[uint16]int{}}
	cut.add(glyph{})
	chars := make([]rune, 0, len(order))
	for _, i := range order {
		cut.add(s.glyphs[i])
		chars = append(chars, latin(codes[i]))
	}
	cut.parts()
	count := uint16(len(cut.ends))
	loca := make([]byte, 4, 4+4*len(cut.ends))
	for _, end := range cut.ends {
		loca = binary.BigEndian.AppendUint32(loca, uint32(end))
	}
	head := slices.Clone(f.head[:54])
	binary.BigEndian.PutUint32(head[8:], 0)  // check sum of the file: not used inside a PDF
	binary.BigEndian.PutUint16(head[50:], 1) // long offsets
	hhea := slices.Clone(f.hhea[:36])
	binary.BigEndian.PutUint16(hhea[34:], count)
	maxp := slices.Clone(f.maxp)
	binary.BigEndian.PutUint16(maxp[4:], count)
	post := make([]byte, 32)
	post[1] = 3
	return sfnt([]sfntTable{{"cmap", characters(chars)}, {"glyf", cut.glyf}, {"head", head}, {"hhea", hhea}, {"hmtx", cut.hmtx},
		{"loca", loca}, {"maxp", maxp}, {"post", post}})
}

// cutting is a font while its glyphs are gathered.
type cutting struct {
	face  *face
	glyf  []byte
	ends  []int // of the outlines, one a glyph
	hmtx  []byte
	at    map[uint16]int // where a glyph of the face stands unmoved
	wants []want         // numbers of glyphs that are not known yet
}

type want struct {
	offset int // in glyf
	id     uint16
}

// add appends a glyph. One that is moved becomes a composite glyph with one part.
func (c *cutting) add(g glyph) {
	outline := c.face.outline(g.id)
	if g.right == 0 && g.up == 0 || len(outline) < 10 {
		if _, ok := c.at[g.id]; !ok {
			c.at[g.id] = len(c.ends)
		}
		start := len(c.glyf)
		c.glyf = append(c.glyf, outline...)
		for _, offset := range parts(outline) {
			c.wants = append(c.wants, want{start + offset, binary.BigEndian.Uint16(outline[offset:])})
		}
		c.end(g, outline)
		return
	}
	right, up := c.face.units(int(g.right)), c.face.units(int(g.up))
	made := binary.BigEndian.AppendUint16(nil, 0xFFFF)
	for i, by := range []int{right, up, right, up} {
		made = binary.BigEndian.AppendUint16(made, uint16(int(int16(binary.BigEndian.Uint16(outline[2+2*i:])))+by))
	}
	const wordsAndOffsets = 0x0003
	c.wants = append(c.wants, want{len(c.glyf) + 12, g.id})
	for _, v := range []int{wordsAndOffsets, 0, right, up} {
		made = binary.BigEndian.AppendUint16(made, uint16(v))
	}
	c.glyf = append(c.glyf, made...)
	c.end(g, made)
}

// end closes the outline of a glyph and writes its metric: the left side bearing is where the outline begins.
func (c *cutting) end(g glyph, outline []byte) {
	for len(c.glyf)%4 != 0 {
		c.glyf = append(c.glyf, 0)
	}
	c.ends = append(c.ends, len(c.glyf))
	c.hmtx = binary.BigEndian.AppendUint16(c.hmtx, uint16(max(c.face.units(int(g.advance)), 0)))
	if len(outline) < 4 {
		outline = make([]byte, 4)
	}
	c.hmtx = append(c.hmtx, outline[2:4]...)
}

// parts appends the glyphs that others are made of, and writes their numbers where they are wanted.
func (c *cutting) parts() {
	for i := 0; i < len(c.wants); i++ {
		w := c.wants[i]
		if _, ok := c.at[w.id]; !ok {
			c.add(glyph{id: w.id})
		}
		binary.BigEndian.PutUint16(c.glyf[w.offset:], uint16(c.at[w.id]))
	}
}

// outline returns the bytes of a glyph, which may be none.
func (f *face) outline(g uint16) []byte {
	if int(g) >= len(f.advance) {
		return nil
	}
	from, to := f.loca[g], f.loca[g+1]
	if from >= to || int(to) > len(f.glyf) {
		return nil
	}
	return f.glyf[from:to]
}

// units turns thousandths of an em into units of the face.
func (f *face) units(thousandths int) int { return thousandths * f.upem / 1000 }

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
