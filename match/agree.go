package match

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"nysreferral/forms"
)

// comparePhones compares the persons' own numbers.
func comparePhones(a, b []forms.Phone) []Reason {
	for _, x := range a {
		for _, y := range b {
			if n := number(x); n != "" && n == number(y) {
				return []Reason{{PhoneSame, 40}}
			}
		}
	}
	return nil
}

// span is the days on which somebody may have been born.
type span struct {
	from, to time.Time
	kind     spanKind
}

type spanKind int

const (
	unknown spanKind = iota
	byDay
	byMonth
	byYear
	byAge
	byGuess
)

// birth is when somebody may have been born: on the day that was told, or in
// the year that the age leaves open.
func (id Identity) birth() span {
	if first := id.Born.First(); first != "" {
		kind := map[int]spanKind{len("2006"): byYear, len("2006-01"): byMonth, len(time.DateOnly): byDay}[len(id.Born)]
		return span{day(first), day(id.Born.Last()), kind}
	}
	on := day(id.On)
	if !id.Age.Set || on.IsZero() {
		return span{}
	}
	out := span{on.AddDate(-id.Age.N-1, 0, 1), on.AddDate(-id.Age.N, 0, 0), byAge}
	if id.Guessed {
		out.from, out.to, out.kind = out.from.AddDate(-2, 0, 0), out.to.AddDate(2, 0, 0), byGuess
	}
	return out
}

// day is the date as a time, zero for none.
func day(d forms.Date) time.Time {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{}
	}
	return t
}

// swapped is the date with day and month exchanged, zero when there is no such
// date or when it is the same.
func swapped(t time.Time) time.Time {
	if t.Day() > 12 || t.Day() == int(t.Month()) {
		return time.Time{}
	}
	return time.Date(t.Year(), time.Month(t.Day()), int(t.Month()), 0, 0, 0, 0, time.UTC)
}

// compareBirths compares dates of birth and ages.
func compareBirths(a, b Identity) []Reason {
	x, y := a.birth(), b.birth()
	if x.kind == unknown || y.kind == unknown {
		return nil
	}
	widest := max(x.kind, y.kind)
	apart := x.from.After(y.to) || y.from.After(x.to)
	switch {
	case widest == byDay && !apart:
		return []Reason{{BirthSame, 40}}
	case widest == byDay && swapped(x.from).Equal(y.from):
		return []Reason{{BirthSwapped, 30}}
	case widest == byDay:
		return []Reason{{BirthDiffers, -30}}
	case !apart:
		return []Reason{fits[widest]}
	case widest >= byAge && !x.from.AddDate(-1, 0, 0).After(y.to) && !y.from.AddDate(-1, 0, 0).After(x.to):
		return nil // a year more or less: an age is told from memory
	}
	return []Reason{{BirthDiffers, -20}}
}

// fits are the reasons when what is known agrees as far as it goes.
var fits = map[spanKind]Reason{byMonth: {BirthFits, 25}, byYear: {BirthFits, 15}, byAge: {AgeFits, 15}, byGuess: {AgeFits, 8}}

// comparePlaces compares where the persons were found, stay, and were exploited.
func comparePlaces(a, b Identity) []Reason {
	var out []Reason
	words := telling(b.Places)
	if slices.ContainsFunc(telling(a.Places), func(w string) bool { return slices.Contains(words, w) }) {
		out = append(out, Reason{PlaceSame, 10})
	}
	if slices.ContainsFunc(a.Counties, func(c string) bool { return county(c) && slices.Contains(b.Counties, c) }) {
		out = append(out, Reason{CountySame, 5})
	}
	return out
}

// county reports whether a code names a place at all.
func county(code string) bool {
	return !slices.Contains([]string{"", forms.Unknown, "homeless", "outside_new_york"}, code)
}

// common are words of places that say little.
var common = []string{"motel", "hotel", "house", "street", "avenue", "road", "route", "highway", "county", "city", "town", "near", "room", "shop",
	"store", "farm", "salon", "massage", "spa", "parlor", "restaurant", "apartment", "building", "north", "south", "east", "west", "york", "unknown",
	"behind", "above", "with", "from", "that", "this", "there", "where", "street", "main", "park", "place", "center", "police", "department", "county"}

// telling are the words of places that tell one from another.
func telling(places []forms.Text) []string {
	var out []string
	for _, p := range places {
		for w := range strings.FieldsFuncSeq(fold(string(p)), func(r rune) bool { return r == ' ' || r == '-' }) {
			short := len([]rune(w)) < 4
			if short && !strings.ContainsFunc(w, func(r rune) bool { return unicode.Is(unicode.Han, r) }) || slices.Contains(common, w) {
				continue
			}
			if len(w) < 5 && strings.Trim(w, "0123456789") == "" {
				continue // a number of a house or of a route
			}
			out = append(out, w)
		}
	}
	return out
}
