package pdf

import (
	"golang.org/x/text/unicode/bidi"
)

// levels holds the embedding levels of one paragraph, by the Unicode Bidirectional Algorithm (UAX #9) without
// explicit embeddings, overrides and isolates: clean has removed those, because whoever fills in a form must not
// choose the order in which a record is read. The libraries at hand give directions but not levels, and without
// levels a line of mixed text cannot be put in order.
type levels struct {
	class []bidi.Class // resolved step by step
	at    []int        // indexes into the text of the characters that are not boundary neutral
	level []uint8      // one a character of the text: 0 left to right, 1 right to left, 2 left to right within 1
	base  uint8        // level of the paragraph: 0 or 1
}

// needsLevels reports whether r can give a paragraph another level than 0.
func needsLevels(r rune) bool { return r >= 0x0590 && (r < 0x0900 || r == 0x200F || r >= 0xFB1D) }

// resolve computes the levels of text. Without right-to-left characters it costs nothing beyond clearing them.
func (l *levels) resolve(text []rune) {
	l.base = 0
	l.level = append(l.level[:0], make([]uint8, len(text))...)
	mixed := false
	for _, r := range text {
		if needsLevels(r) {
			mixed = true
			break
		}
	}
	if !mixed {
		return
	}
	l.class, l.at = l.class[:0], l.at[:0]
	found := false
	for i, r := range text {
		p, _ := bidi.LookupRune(r)
		c := p.Class()
		if c == bidi.BN {
			continue
		}
		if !found && (c == bidi.L || c == bidi.R || c == bidi.AL) {
			found = true
			if c != bidi.L {
				l.base = 1
			}
		}
		l.class, l.at = append(l.class, c), append(l.at, i)
	}
	l.weak()
	l.brackets(text)
	l.neutral()
	l.implicit()
}

// side is the direction of the paragraph as a class.
func (l *levels) side() bidi.Class {
	if l.base == 1 {
		return bidi.R
	}
	return bidi.L
}

// weak applies rules W1 to W7.
func (l *levels) weak() {
	c := l.class
	prev, strong := l.side(), l.side()
	for i := range c {
		switch c[i] {
		case bidi.NSM:
			c[i] = prev
		case bidi.L, bidi.R, bidi.AL:
			strong = c[i]
		case bidi.EN:
			if strong == bidi.AL {
				c[i] = bidi.AN
			}
		}
		prev = c[i]
	}
	for i := range c {
		if c[i] == bidi.AL {
			c[i] = bidi.R
		}
	}
	for i := 1; i+1 < len(c); i++ {
		if before := c[i-1]; before == c[i+1] {
			if c[i] == bidi.ES && before == bidi.EN || c[i] == bidi.CS && (before == bidi.EN || before == bidi.AN) {
				c[i] = before
			}
		}
	}
	l.terminators()
	strong = l.side()
	for i := range c {
		switch c[i] {
		case bidi.ES, bidi.ET, bidi.CS:
			c[i] = bidi.ON
		case bidi.L, bidi.R:
			strong = c[i]
		case bidi.EN:
			if strong == bidi.L {
				c[i] = bidi.L
			}
		}
	}
}

// terminators applies rule W5: a row of European terminators beside a European number is part of it.
func (l *levels) terminators() {
	c := l.class
	for i := 0; i < len(c); i++ {
		if c[i] != bidi.ET {
			continue
		}
		end := i
		for end < len(c) && c[end] == bidi.ET {
			end++
		}
		if i > 0 && c[i-1] == bidi.EN || end < len(c) && c[end] == bidi.EN {
			for ; i < end; i++ {
				c[i] = bidi.EN
			}
		}
		i = end - 1
	}
}

// pairs lists opening brackets, each followed by its closing one.
const pairs = "()[]{}༺༻༼༽᚛᚜⁅⁆⁽⁾₍₎⌈⌉⌊⌋❨❩❪❫❬❭❮❯❰❱❲❳❴❵⟦⟧⟨⟩⟪⟫〈〉《》「」『』【】〔〕〖〗〘〙〚〛（）［］｛｝｟｠｢｣"

// closing returns the bracket that closes r, or 0.
func closing(r rune) rune {
	if r != '(' && r != '[' && r != '{' && r < 0x0F3A {
		return 0
	}
	opens, match := true, false
	for _, p := range pairs {
		if match {
			return p
		}
		match = opens && p == r
		opens = !opens
	}
	return 0
}

// brackets applies rule N0: the two brackets of a pair look the same way.
func (l *levels) brackets(text []rune) {
	type opener struct {
		want rune
		at   int
	}
	var stack []opener
	type pair struct{ open, shut int }
	var found []pair
	for i, at := range l.at {
		if l.class[i] != bidi.ON {
			continue
		}
		if want := closing(text[at]); want != 0 {
			if len(stack) == 63 {
				break
			}
			stack = append(stack, opener{want, i})
			continue
		}
		for j := len(stack) - 1; j >= 0; j-- {
			if stack[j].want == text[at] {
				found = append(found, pair{stack[j].at, i})
				stack = stack[:j]
				break
			}
		}
	}
	// Pairs are resolved in the order of their opening brackets.
	for i := 1; i < len(found); i++ {
		for j := i; j > 0 && found[j].open < found[j-1].open; j-- {
			found[j], found[j-1] = found[j-1], found[j]
		}
	}
	for _, p := range found {
		l.bracket(text, p.open, p.shut)
	}
}

// bracket resolves one pair at indexes open and shut into the classes.
func (l *levels) bracket(text []rune, open, shut int) {
	side, opposite := l.side(), false
	same := false
	for i := open + 1; i < shut; i++ {
		switch s := strength(l.class[i]); s {
		case side:
			same = true
		case bidi.L, bidi.R:
			opposite = true
		}
	}
	to := side
	switch {
	case same:
	case opposite:
		before := side
		for i := open - 1; i >= 0; i-- {
			if s := strength(l.class[i]); s == bidi.L || s == bidi.R {
				before = s
				break
			}
		}
		to = before // the opposite side, or the paragraph's
	default:
		return
	}
	for _, i := range []int{open, shut} {
		l.class[i] = to
		for j := i + 1; j < len(l.class); j++ { // marks on a bracket follow it
			if p, _ := bidi.LookupRune(text[l.at[j]]); p.Class() != bidi.NSM {
				break
			}
			l.class[j] = to
		}
	}
}

// strength is the direction by which c counts for neutral characters beside it; numbers count as right to left.
func strength(c bidi.Class) bidi.Class {
	switch c {
	case bidi.L:
		return bidi.L
	case bidi.R, bidi.EN, bidi.AN:
		return bidi.R
	}
	return bidi.ON
}

// neutral applies rules N1 and N2.
func (l *levels) neutral() {
	c := l.class
	before := l.side()
	for i := 0; i < len(c); {
		if s := strength(c[i]); s != bidi.ON {
			before = s
			i++
			continue
		}
		end := i
		for end < len(c) && strength(c[end]) == bidi.ON {
			end++
		}
		after, to := l.side(), l.side()
		if end < len(c) {
			after = strength(c[end])
		}
		if before == after {
			to = before
		}
		for ; i < end; i++ {
			c[i] = to
		}
	}
}

// implicit applies rules I1 and I2 and gives boundary neutral characters the level of what stands before them.
func (l *levels) implicit() {
	for i := range l.level {
		l.level[i] = l.base
	}
	for i, at := range l.at {
		switch c := l.class[i]; {
		case l.base == 1 && c != bidi.R:
			l.level[at] = 2
		case l.base == 0 && c == bidi.R:
			l.level[at] = 1
		case l.base == 0 && c != bidi.L:
			l.level[at] = 2
		}
	}
	next := 0
	for i := range l.level {
		if next < len(l.at) && l.at[next] == i {
			next++
		} else if i > 0 {
			l.level[i] = l.level[i-1]
		}
	}
}
