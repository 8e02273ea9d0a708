package pdf

import (
	"fmt"
	"slices"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Undrawn is a character that no face of this program can draw. The document says so where it stands ("[U+1F600 cannot
// be printed]"); the caller says so on the page. A rare character can name a person: log how many there were, never
// which ones.
type Undrawn struct {
	Char  rune
	Count int // how often the document asked for it, 1 or more
}

// text is one paragraph ready to be laid out: characters and the face of each.
type text struct {
	runes []rune
	face  []int8
}

// cleaner turns what people wrote into paragraphs that can be drawn.
type cleaner struct {
	undrawn map[rune]int
	missing []rune // not yet written
	out     text
}

// clean appends the paragraphs of s to dst, one for each line of s, and records what cannot be drawn. Controls of
// direction and invisible characters are left out; an invalid byte counts as U+FFFD.
func (c *cleaner) clean(dst []text, s string, bold bool) []text {
	c.out = text{runes: make([]rune, 0, len(s)), face: make([]int8, 0, len(s))}
	prev := -1
	sans := faceRegular
	if bold {
		sans = faceBold
	}
	usual := faces[sans].load()
	for i, r := range s {
		if r >= ' ' && r < 0x0300 && r != 0xAD && (prev < 0 || prev == sans) && len(c.missing) == 0 && usual.glyph(r) != 0 {
			prev = sans // most of all text
			c.out.runes, c.out.face = append(c.out.runes, r), append(c.out.face, int8(sans))
			continue
		}
		switch {
		case r == '\r' && i+1 < len(s) && s[i+1] == '\n':
			continue
		case r == '\n', r == '\r', r == '\v', r == '\f', r == 0x85, r == 0x2028, r == 0x2029:
			c.say(bold)
			dst, prev = append(dst, c.cut()), -1
			continue
		case r == '\t':
			r = ' '
		case r == utf8.RuneError:
			c.lack(r)
			continue
		case ignored(r, prev):
			continue
		}
		if n := len(c.out.runes); r >= 0x0300 && n > 0 && len(c.missing) == 0 {
			if whole, ok := compose(c.out.runes[n-1], r); ok && faceOf(whole, bold, -1) >= 0 {
				prev = faceOf(whole, bold, -1)
				c.out.runes[n-1], c.out.face[n-1] = whole, int8(prev)
				continue
			}
		}
		at := faceOf(r, bold, prev)
		if at < 0 || unicode.Is(unicode.Co, r) {
			c.lack(r)
			continue
		}
		c.say(bold)
		prev = at
		c.out.runes, c.out.face = append(c.out.runes, r), append(c.out.face, int8(at))
	}
	c.say(bold)
	return append(dst, c.cut())
}

// cut hands over the paragraph read so far.
func (c *cleaner) cut() text {
	t := c.out
	n := len(t.runes)
	c.out = text{runes: t.runes[n:n:cap(t.runes)], face: t.face[n:n:cap(t.face)]}
	return text{runes: t.runes[:n:n], face: t.face[:n:n]}
}

func (c *cleaner) lack(r rune) {
	if c.undrawn == nil {
		c.undrawn = map[rune]int{}
	}
	c.undrawn[r]++
	c.missing = append(c.missing, r)
}

// say writes down the characters that could not be drawn where they stood.
func (c *cleaner) say(bold bool) {
	if len(c.missing) == 0 {
		return
	}
	words := "["
	for i, r := range c.missing {
		if i > 0 && i%8 == 0 {
			words += "cannot be printed] ["
		}
		words += fmt.Sprintf("%U ", r)
	}
	words += "cannot be printed]"
	c.missing = c.missing[:0]
	for _, r := range words {
		c.out.runes, c.out.face = append(c.out.runes, r), append(c.out.face, int8(faceOf(r, bold, -1)))
	}
}

// lacking returns what could not be drawn, in the order of the characters.
func (c *cleaner) lacking() []Undrawn {
	var all []Undrawn
	for r, n := range c.undrawn {
		all = append(all, Undrawn{r, n})
	}
	slices.SortFunc(all, func(a, b Undrawn) int { return int(a.Char - b.Char) })
	return all
}

// ignored reports whether r has no picture and is left out. Joiners stay within scripts that need them, and the marks
// of direction stay.
func ignored(r rune, prev int) bool {
	switch {
	case r < 0xAD:
		return false
	case r == 0x200C, r == 0x200D:
		return prev < 0 || !faces[prev].shaped
	case r == 0xAD, r == 0x034F, r == 0x180E, r == 0x200B, r == 0xFEFF, // soft hyphen, joiners and breaks of words
		r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x206F, // direction, invisible signs
		r >= 0xFE00 && r <= 0xFE0F, r >= 0xE0000 && r <= 0xE0FFF: // variants, tags
		return true
	}
	return false
}

// silent reports whether r takes part in layout but is never drawn.
func silent(r rune) bool { return r == 0x200E || r == 0x200F || r == 0x061C }

// compose returns the one character that base and mark make together, where Unicode has one, so that "e" and an acute
// accent, or the letters of a Korean syllable, are drawn from one well-made glyph.
func compose(base, mark rune) (rune, bool) {
	latin := mark <= 0x036F && (base < 0x0530 || base >= 0x1E00 && base < 0x2000)
	korean := mark >= 0x1161 && mark <= 0x11C2 && (base >= 0x1100 && base <= 0x1112 || base >= 0xAC00 && base <= 0xD7A3)
	if !latin && !korean {
		return 0, false
	}
	s := norm.NFC.String(string(base) + string(mark))
	r, size := utf8.DecodeRuneInString(s)
	return r, size == len(s)
}
