package match

import (
	"fmt"
	"slices"
)

// mostKeys is how many keys an identity has at most: the more there are, the
// more a stolen table would tell.
const mostKeys = 24

// Keys are the words under which an identity is looked for: two identities that
// Compare finds alike share at least one, but for those that share nothing but
// words which sound different. Each holds two things at least that are known of
// the person, or a phone number, and none an answer that few people share with
// many, such as a name alone or a date alone. They are as telling as the
// answers themselves: whoever stores them hashes them with a key first.
func Keys(id Identity) []string {
	var out []string
	add := func(format string, args ...any) {
		if key := fmt.Sprintf(format, args...); len(out) < mostKeys && !slices.Contains(out, key) {
			out = append(out, key)
		}
	}
	for _, p := range id.Phones {
		if n := number(p); n != "" {
			add("phone %s", n)
		}
	}
	names := prepare(id.Names)
	dates := datesOf(id)
	for _, n := range names {
		for _, way := range n.ways {
			addPairs(soundsOf(way), add)
		}
	}
	for _, n := range names {
		for _, s := range soundsOf(n.ways[0]) {
			for _, d := range dates {
				add("born %s %s", s, d)
			}
		}
		if len(n.words) > 1 {
			continue
		}
		for _, y := range yearsOf(id) {
			add("year %s %d", sound(n.words[0]), y)
		}
	}
	return out
}

// addPairs adds the pairs of a name's sounds, in either order, and a name that
// Chinese characters tell whole.
func addPairs(sounds []string, add func(string, ...any)) {
	for i, a := range sounds {
		if han(a) && len([]rune(a)) > 1 {
			add("name %s", a)
		}
		for _, b := range sounds[i+1:] {
			add("names %s %s", min(a, b), max(a, b))
		}
	}
}

// soundsOf are the sounds of words, without initials and particles.
func soundsOf(words []word) []string {
	var out []string
	for _, w := range words {
		if len(w.text) > 1 && !particle(w.text) {
			out = append(out, sound(w.text))
		}
	}
	return out
}

// datesOf is the date of birth with day and month in one order, so that the
// same key is found when they were exchanged.
func datesOf(id Identity) []string {
	s := id.birth()
	if s.kind != byDay {
		return nil
	}
	day, month := s.from.Day(), int(s.from.Month())
	return []string{fmt.Sprintf("%04d-%02d-%02d", s.from.Year(), min(day, month), max(day, month))}
}

// yearsOf are the years in which somebody may have been born, at most six.
func yearsOf(id Identity) []int {
	s := id.birth()
	if s.kind == unknown {
		return nil
	}
	var out []int
	for y := s.from.Year(); y <= s.to.Year() && len(out) < 6; y++ {
		out = append(out, y)
	}
	return out
}
