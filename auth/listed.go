package auth

import (
	"crypto/sha256"
	_ "embed" // the built-in list
	"slices"
	"sort"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"nysreferral/fault"
)

// The built-in list of passwords that nobody may have, as marks in order: see
// known/README.md for where they come from. They are searched where they lie, so
// that a start reads nothing.
//
//go:embed known/long.marks
var listedLong string // of passwords that fit the rules

//go:embed known/short.marks
var listedShort string // of shorter ones, that longer ones are made of

const (
	markSize   = 6 // bytes; tools/known writes them
	mostAround = 6 // digits and signs that make no new password of a known one
)

const (
	sayStolen = "This password stands on a list of passwords that were stolen elsewhere. Choose another."
	sayEasy   = "This password is easy to guess: it is a known one, or made of names, places or repeated characters. Choose another."
)

// listed says whether a password stands on the built-in list, whatever its case.
func listed(password string) bool {
	return marked(listedLong, strings.ToLower(norm.NFC.String(password)))
}

// made says whether a password is one of the list with a few digits and signs
// around it, or twice the same.
func made(password string) bool {
	whole := []rune(strings.ToLower(norm.NFC.String(password)))
	for before := 0; before <= mostAround && around(whole[:before]); before++ {
		for after := 0; before+after <= min(mostAround, len(whole)) && around(whole[len(whole)-after:]); after++ {
			if anyMarked(string(whole[before : len(whole)-after])) {
				return true
			}
		}
	}
	half := whole[:len(whole)/2]
	return slices.Equal(half, whole[len(half):]) && anyMarked(string(half))
}

// around says whether these are digits and signs alone.
func around(part []rune) bool { return !slices.ContainsFunc(part, unicode.IsLetter) }

func anyMarked(word string) bool { return marked(listedLong, word) || marked(listedShort, word) }

// marked looks a word up among marks.
func marked(marks, word string) bool {
	sum := sha256.Sum256([]byte(word))
	want := string(sum[:markSize])
	n := len(marks) / markSize
	at := sort.Search(n, func(i int) bool { return marks[i*markSize:(i+1)*markSize] >= want })
	return at < n && marks[at*markSize:(at+1)*markSize] == want
}

// checkListed returns fault.Invalid for a password that everybody may know.
func checkListed(password string) error {
	switch {
	case listed(password):
		return fault.New(fault.Invalid, sayStolen)
	case made(password):
		return fault.New(fault.Invalid, sayEasy)
	}
	return nil
}
