package forms

import (
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// ReleaseWording names the words of the printed release and of what a person is
// told before it. It is kept with each consent, so that it can be found out later
// what the person agreed to; other words get another name.
const ReleaseWording = "2026-01 proposed"

// WordedNow keeps the words in force with the consent of r, where there is one
// that differs from before; nil is no consent before.
//
// Law: 28 CFR 94.115 (informed).
func (r *Referral) WordedNow(before *Referral) {
	switch {
	case r.Consented != "yes_written" && r.Consented != "yes_verbal":
		r.ConsentWording = ""
	case before == nil || before.Consented != r.Consented || before.ConsentFrom != r.ConsentFrom || before.ConsentUntil != r.ConsentUntil:
		r.ConsentWording = ReleaseWording
	}
}

// GiverIsTrafficker reports whether somebody named as having given consent is
// also named as an alleged trafficker, however the name is written.
//
// Law: 28 CFR 94.115: consent may never be given by the abuser.
func (r *Referral) GiverIsTrafficker() bool {
	giver := nameKey(string(r.Consenter.Name))
	return giver != "" && slices.ContainsFunc(r.traffickerNames(), func(name string) bool { return nameKey(name) == giver })
}

// GiverSharesName reports whether the name of who gave consent has a part of
// three letters or more in common with an alleged trafficker's, and is not the
// same. It may be chance; somebody has to look.
func (r *Referral) GiverSharesName() bool {
	if r.GiverIsTrafficker() {
		return false
	}
	giver := nameParts(string(r.Consenter.Name))
	return slices.ContainsFunc(r.traffickerNames(), func(name string) bool {
		return slices.ContainsFunc(nameParts(name), func(part string) bool { return slices.Contains(giver, part) })
	})
}

// traffickerNames are the names and aliases of the alleged traffickers.
func (r *Referral) traffickerNames() []string {
	var out []string
	for _, t := range r.Traffickers {
		out = append(out, string(t.Name))
		out = append(out, strings.FieldsFunc(string(t.Aliases), func(c rune) bool { return c == ',' || c == ';' || c == '/' })...)
	}
	return out
}

// honorifics do not tell one name from another.
var honorifics = []string{"mr", "mrs", "ms", "miss", "dr", "sr", "sra", "uncle", "aunt"}

// common are words that many names have, beside honorifics: how somebody is
// called, and particles.
var common = strings.Fields(`mister madam mama papa mother father mom dad brother sister cousin auntie tio tia don dona senor senora doctor pastor
	the and from van der den von del las los dos das bin ben ibn abu san saint`)

// nameKey makes spellings of one name equal: case, accents, punctuation, order
// of the words, honorifics.
func nameKey(name string) string {
	words := strings.Fields(fold(name))
	words = slices.DeleteFunc(words, func(w string) bool { return slices.Contains(honorifics, w) })
	sort.Strings(words)
	return strings.Join(words, " ")
}

// nameParts are the words of a name that may tell who it is.
func nameParts(name string) []string {
	return slices.DeleteFunc(strings.Fields(nameKey(name)), func(w string) bool { return utf8.RuneCountInString(w) < 3 || slices.Contains(common, w) })
}
