package match

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"nysreferral/forms"
)

// How many names of a person, and words of a name, are compared.
const (
	mostNames = 8
	mostWords = 6
)

// particles stand before a name and are left out as often as not.
var particles = []string{"de", "la", "del", "los", "las", "el", "al", "bin", "bint", "ibn", "von", "der", "da", "dos", "di", "y", "e"}

func particle(word string) bool { return slices.Contains(particles, word) }

// written is a name made ready to be compared.
type written struct {
	Name
	raw    string   // as it was written, in small letters
	words  []string // folded: family first, then given
	given  []string // folded, of those words the given ones
	ways   [][]word // the words, and the same with two neighbors written as one
	script bool     // not in Latin letters
}

// prepare makes names ready and leaves out those that say nothing.
func prepare(names []Name) []written {
	var out []written
	for _, n := range names[:min(len(names), mostNames)] {
		all := strings.TrimSpace(string(n.Family + " " + n.Given))
		w := written{Name: n, raw: strings.Join(strings.Fields(cases.Lower(language.Und).String(norm.NFC.String(all))), " "), script: !latin(all)}
		w.given = wordsOf(string(n.Given))
		w.words = append(wordsOf(string(n.Family)), w.given...)
		if len(w.words) > mostWords {
			w.words = w.words[:mostWords]
		}
		if len(w.words) == 0 {
			continue
		}
		w.ways = waysOf(w.words)
		out = append(out, w)
	}
	return out
}

// wordsOf folds a name and takes it apart.
func wordsOf(name string) []string {
	var out []string
	for word := range strings.FieldsSeq(parted(name)) {
		out = append(out, strings.FieldsFunc(fold(word), func(r rune) bool { return r == ' ' || r == '-' })...)
	}
	return out
}

// parted writes a space after the family name of a Korean name that is written
// as one word.
func parted(name string) string {
	name = norm.NFC.String(strings.TrimSpace(name))
	n := utf8.RuneCountInString(name)
	if n < 3 || n > 4 || strings.ContainsFunc(name, func(r rune) bool { return !unicode.Is(unicode.Hangul, r) }) {
		return name
	}
	_, first := utf8.DecodeRuneInString(name)
	return name[:first] + " " + name[first:]
}

// word is one folded word of a name.
type word struct {
	text   string
	joined bool // of two that were written apart
}

// waysOf are the words as they are, and with each two neighbors as one word:
// Mei Ling and Meiling, Abd Allah and Abdullah, De la Cruz and Delacruz.
func waysOf(words []string) [][]word {
	plain := make([]word, len(words))
	for i, w := range words {
		plain[i] = word{text: w}
	}
	out := [][]word{plain}
	for i := range len(words) - 1 {
		if len(words[i]) == 1 || len(words[i+1]) == 1 {
			continue // an initial
		}
		way := append(slices.Clone(plain[:i]), word{words[i] + words[i+1], true})
		out = append(out, append(way, plain[i+2:]...))
	}
	return out
}

// likeNames is what the names say.
type likeNames struct {
	reasons []Reason
	others  bool // the given names speak for two people
}

// compareNames compares every name of one with every name of the other, and
// tells of the best.
func compareNames(a, b []Name) likeNames {
	as, bs := prepare(a), prepare(b)
	var best fit
	var reasons []Reason
	found := false
	for _, one := range as {
		for _, two := range bs {
			f := fitNames(one, two)
			why := fullReasons(f, one, two)
			if n := f.compare(best); !found || n > 0 || n == 0 && weight(why) > weight(reasons) {
				best, reasons, found = f, why, true
			}
		}
	}
	switch {
	case !found:
		return likeNames{}
	case best.full():
		return likeNames{reasons: reasons}
	case best.same+best.alike == 0:
		return likeNames{reasons: []Reason{{NamesDiffer, -10}}}
	}
	return partly(best, as, bs)
}

// weight orders the reasons of names that fit as well: many points, few words.
func weight(reasons []Reason) int {
	out := -len(reasons)
	for _, r := range reasons {
		out += 10 * r.Points
	}
	return out
}

func fitNames(a, b written) fit {
	var best fit
	found := false
	for _, one := range a.ways {
		for _, two := range b.ways {
			if f := fitWords(one, two); !found || f.compare(best) > 0 {
				best, found = f, true
			}
		}
	}
	return best
}

// fullReasons are those of names that agree as a whole. The first has the
// points; the others say how.
func fullReasons(f fit, a, b written) []Reason {
	points, code := 50, NameSame
	switch {
	case f.extra > 0 || f.initials > 0:
		points, code = 38, NamePart
	case f.alike > 0:
		points, code = 42, NameSpelling
	case a.script != b.script:
		points, code = 46, NameScript
	case bare(a.raw) != bare(b.raw):
		code = NameAccents
	}
	if f.lone {
		points -= 18 // a single name is had by many
	}
	out := []Reason{{code, points}}
	if code == NamePart && f.alike > 0 {
		out[0].Points -= 4
		out = append(out, Reason{NameSpelling, 0})
	}
	if code != NameScript && a.script != b.script {
		out = append(out, Reason{NameScript, 0})
	}
	if a.Other || b.Other {
		return append(out, Reason{NameOther, 0})
	}
	if !f.ordered {
		out = append(out, Reason{NameOrder, 0})
	}
	return out
}

// bare are the letters of a name as they were written, in one order: what is
// left to differ are accents.
func bare(raw string) string {
	letters := []rune(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, raw))
	slices.Sort(letters)
	return string(letters)
}

// partly is what names say of which a part agrees: the family name of twins, or
// of somebody whose given name nobody knows.
func partly(best fit, as, bs []written) likeNames {
	out := likeNames{reasons: []Reason{{FamilyName, 15}}}
	if best.same+best.alike >= 2 {
		out.reasons = []Reason{{NamePart, 25}}
	}
	if givenDiffer(as, bs) {
		out.others = true
		out.reasons = append(out.reasons, Reason{GivenDiffers, 0})
	}
	return out
}

// givenDiffer reports whether both tell given names and none of them agrees
// with any word of the other's names.
func givenDiffer(as, bs []written) bool {
	told := func(list []written) bool {
		return slices.ContainsFunc(list, func(w written) bool { return !w.Other && len(w.given) > 0 && len(w.words) > len(w.given) })
	}
	if !told(as) || !told(bs) {
		return false
	}
	return !answered(as, bs) && !answered(bs, as)
}

// answered reports whether a given name of one agrees with a word of the other.
func answered(as, bs []written) bool {
	for _, a := range as {
		if a.Other {
			continue
		}
		for _, g := range a.given {
			for _, b := range bs {
				if !particle(g) && slices.ContainsFunc(b.words, func(w string) bool { return agree(word{text: g}, word{text: w}) > 0 }) {
					return true
				}
			}
		}
	}
	return false
}

// number is a phone number by its digits, without the country's 1; "" when it
// is too short to tell one phone from another.
func number(p forms.Phone) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, norm.NFKC.String(string(p)))
	if len(digits) == 11 {
		digits = strings.TrimPrefix(digits, "1")
	}
	if len(digits) < 7 {
		return ""
	}
	return digits
}
