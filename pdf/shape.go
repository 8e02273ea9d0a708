package pdf

import (
	"unicode"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/segmenter"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

// cluster is the smallest piece of text that layout moves: a character and what is drawn with it. Lengths are in
// thousandths of an em, so that a cluster can be drawn in every size.
type cluster struct {
	from, to    int32 // characters of the paragraph
	width       int32
	first, last int32 // glyphs of a shaped cluster; of a plain one, first is its glyph
	face        int8
	level       uint8
	shaped      bool
}

// shaper lays out paragraphs. It keeps buffers and caches and belongs to one document at a time.
type shaper struct {
	text     text // the paragraph at hand
	levels   levels
	clusters []cluster
	glyphs   []glyph
	breaks   []bool // a line may end before this character; one more than there are characters
	order    []int32
	harf     shaping.HarfbuzzShaper
	faces    [len(faces)]*font.Face
	lines    segmenter.Segmenter
}

// paragraph prepares t for wrapping: levels, clusters in the order of writing, and where lines may end.
func (s *shaper) paragraph(t text) {
	s.text = t
	s.levels.resolve(t.runes)
	s.clusters, s.glyphs = s.clusters[:0], s.glyphs[:0]
	for from := 0; from < len(t.runes); {
		to, shaped := s.run(t, from)
		if shaped {
			s.shape(t, from, to)
		} else {
			s.plain(t, from, to)
		}
		from = to
	}
	s.opportunities(t.runes)
}

// run finds the end of the stretch of one face and level that begins at from, and whether it must be shaped.
func (s *shaper) run(t text, from int) (to int, shaped bool) {
	at, level := t.face[from], s.levels.level[from]
	shaped = faces[at].shaped || level%2 == 1
	for to = from; to < len(t.runes) && t.face[to] == at && s.levels.level[to] == level; to++ {
		if r := t.runes[to]; r >= 0x0300 && !shaped && unicode.Is(unicode.Mn, r) {
			shaped = true
		}
	}
	return to, shaped
}

// plain makes a cluster of each character.
func (s *shaper) plain(t text, from, to int) {
	at := t.face[from]
	f := faces[at]
	for i := from; i < to; i++ {
		c := cluster{from: int32(i), to: int32(i + 1), face: at, level: s.levels.level[i]}
		if r := t.runes[i]; !silent(r) {
			g := f.glyph(r)
			c.first, c.width = int32(g), f.advance[g]
		} else {
			c.shaped = true // and has no glyph
		}
		s.clusters = append(s.clusters, c)
	}
}

// shape asks the shaper for the glyphs of a run. Should it fail on strange text, the run is written letter by letter.
func (s *shaper) shape(t text, from, to int) {
	clusters, glyphs := len(s.clusters), len(s.glyphs)
	defer func() {
		if v := recover(); v != nil {
			if e, ok := v.(*faceError); ok {
				panic(e)
			}
			s.clusters, s.glyphs = s.clusters[:clusters], s.glyphs[:glyphs]
			s.harf = shaping.HarfbuzzShaper{}
			s.plain(t, from, to)
		}
	}()
	at := t.face[from]
	f := faces[at]
	if s.faces[at] == nil {
		s.faces[at] = f.shaper()
	}
	direction := di.DirectionLTR
	if s.levels.level[from]%2 == 1 {
		direction = di.DirectionRTL
	}
	out := s.harf.ShapeNoExtents(shaping.Input{
		Text: t.runes, RunStart: from, RunEnd: to, Direction: direction, Face: s.faces[at],
		Size: fixed.I(1000), Script: scriptOf(f, t.runes[from:to]), Language: "und",
	})
	s.gather(t, out, from, to)
}

// gather turns the shaper's glyphs, which stand from left to right, into clusters in the order of writing.
func (s *shaper) gather(t text, out shaping.Output, from, to int) {
	at, level := t.face[from], s.levels.level[from]
	start, all := len(s.clusters), out.Glyphs
	for i := 0; i < len(all); {
		c := cluster{from: int32(all[i].TextIndex()), face: at, level: level, shaped: true, first: int32(len(s.glyphs))}
		for begin := all[i].TextIndex(); i < len(all) && all[i].TextIndex() == begin; i++ {
			g := glyph{uint16(all[i].GlyphID), int16(all[i].Advance.Round()), int16(all[i].XOffset.Round()), int16(all[i].YOffset.Round())}
			c.width += int32(g.advance)
			s.glyphs = append(s.glyphs, g)
		}
		c.last = int32(len(s.glyphs))
		s.clusters = append(s.clusters, c)
	}
	made := s.clusters[start:]
	if level%2 == 1 {
		for i, j := 0, len(made)-1; i < j; i, j = i+1, j-1 {
			made[i], made[j] = made[j], made[i]
		}
	}
	for i := range made {
		made[i].to = int32(to)
		if i+1 < len(made) {
			made[i].to = made[i+1].from
		}
	}
}

// scriptOf is the script of a run: of its first letter for the faces that write several.
func scriptOf(f *face, runes []rune) language.Script {
	if f.script != language.Latin && f.script != language.Common {
		return f.script
	}
	for _, r := range runes {
		if s := language.LookupScript(r); s != language.Common && s != language.Inherited && s != language.Unknown {
			return s
		}
	}
	return f.script
}

// opportunities finds where lines may end: after spaces and hyphens in alphabets, by UAX #14 in all other text.
func (s *shaper) opportunities(runes []rune) {
	s.breaks = append(s.breaks[:0], make([]bool, len(runes)+1)...)
	for _, r := range runes {
		if r >= 0x0590 && (r < 0x1E00 || r >= 0x2100) {
			s.lines.Init(runes)
			for it := s.lines.LineIterator(); it.Next(); {
				l := it.Line()
				s.breaks[l.Offset+len(l.Text)] = true
			}
			return
		}
	}
	for i := 1; i < len(runes); i++ {
		switch before, r := runes[i-1], runes[i]; {
		case r == ' ':
		case before == ' ':
			s.breaks[i] = true
		case before == '-' || before == '/' || before >= 0x2010 && before <= 0x2014 && before != 0x2011:
			s.breaks[i] = i > 1 && runes[i-2] != ' ' && r != '-' && r != '/' && !(unicode.IsDigit(r) && before == '-')
		}
	}
}

// wrap returns the end, as an index into the clusters, of the line that begins at cluster from and may be limit wide,
// and the width of what is drawn of it. It takes one cluster at least; a word longer than a line is broken.
func (s *shaper) wrap(from int, limit int32) (to int, width int32) {
	all := s.clusters
	var sum int32
	best, bestWidth := -1, int32(0)
	trimmed := int32(0) // the width without spaces at the end
	for i := from; i < len(all); i++ {
		if i > from && s.breaks[all[i].from] {
			best, bestWidth = i, trimmed
		}
		sum += all[i].width
		if !s.blank(i) {
			trimmed = sum
		}
		if trimmed > limit && i > from {
			if best > from {
				return best, bestWidth
			}
			return i, sum - all[i].width
		}
	}
	return len(all), trimmed
}
