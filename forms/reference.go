package forms

import "strings"

// The letters of Crockford's base 32: no I, L, O and U.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// referenceLetters is how many letters carry the 60 random bits.
const referenceLetters = 12

// NewReference returns the reference made of the lowest 60 of random's bits:
// twelve letters and a check letter (Luhn, modulo 32), printed in groups
// "7K4M-2QX9-C3TB-5". It carries no date, county or order.
func NewReference(random uint64) string {
	letters := make([]byte, referenceLetters)
	for i := range letters {
		letters[i] = crockford[random>>(5*i)&31]
	}
	return group(string(letters) + string(checkLetter(string(letters))))
}

func group(s string) string { return s[:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:] }

func checkLetter(letters string) byte {
	sum, factor := 0, 2
	for i := len(letters) - 1; i >= 0; i-- {
		n := strings.IndexByte(crockford, letters[i]) * factor
		sum += n/32 + n%32
		factor = 3 - factor
	}
	return crockford[(32-sum%32)%32]
}

// forgiven is what people leave out, add or take for another sign.
var forgiven = strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1")

// ParseReference returns the reference that was meant and whether it is one:
// small letters, spaces and missing dashes are forgiven, O is read as 0, I and
// L as 1. Only the form is checked; nothing is looked up.
func ParseReference(typed string) (string, bool) {
	s := forgiven.Replace(strings.ToUpper(typed))
	if len(s) != referenceLetters+1 {
		return "", false
	}
	for i := range len(s) {
		if strings.IndexByte(crockford, s[i]) < 0 {
			return "", false
		}
	}
	if checkLetter(s[:referenceLetters]) != s[referenceLetters] {
		return "", false
	}
	return group(s), true
}
