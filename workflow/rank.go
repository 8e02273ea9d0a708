package workflow

import (
	"cmp"
	"slices"
	"strings"
)

// Candidate is a provider, or a contact point of a district, that serves the
// county of a hand-over. Which ones do is the directory's knowledge.
type Candidate struct {
	Key         string   // stable name in the directory
	Name        string   // as people write it
	Languages   []string // the form's codes of spoken languages
	Specialties []string // codes: sex, labor, minor
	Room        int      // free places; 0 full; negative if it was not told
	Turn        int64    // how often it was chosen lately: fewer comes first
	Verified    bool     // somebody checked the contact point
}

// Ranked is a candidate in its place.
type Ranked struct {
	Candidate
	Reasons  []string // why it stands where it stands
	Sendable bool     // false: verify the directory row first
}

// Rank puts candidates in order: those that can be sent to before those that
// wait for verification, then the person's wish, the language, the type of
// trafficking, free places, and whose turn it is. Those to whom the person must
// not be referred, and those already tried, are left out (R11, R12). The order
// is the same for the same candidates, however they are given.
//
// Law: 28 CFR 94.115; Executive Law 202-a (language).
func Rank(candidates []Candidate, f Facts) []Ranked {
	var out []Ranked
	for _, c := range candidates {
		if !names(f.DoNotRefer, c) && !among(c.Key, f.Tried) {
			out = append(out, Ranked{Candidate: c, Reasons: reasons(c, f), Sendable: c.Verified})
		}
	}
	slices.SortFunc(out, func(a, b Ranked) int {
		return cmp.Or(
			before(a.Verified, b.Verified),
			before(wished(a.Candidate, f), wished(b.Candidate, f)),
			before(speaks(a.Candidate, f), speaks(b.Candidate, f)),
			cmp.Compare(fit(b.Candidate, f), fit(a.Candidate, f)),
			cmp.Compare(room(b.Candidate), room(a.Candidate)),
			cmp.Compare(a.Turn, b.Turn),
			cmp.Compare(a.Key, b.Key),
		)
	})
	return out
}

// reasons tells why a candidate stands where it stands.
func reasons(c Candidate, f Facts) []string {
	var out []string
	for _, r := range []struct {
		holds bool
		say   string
	}{
		{!c.Verified, "Have this line verified before sending."},
		{wished(c, f), "The person wishes it."},
		{speaks(c, f), "Speaks the person's language."},
		{fit(c, f) > 0, "Works with this kind of trafficking or age."},
		{c.Room > 0, "Has room."},
		{c.Room == 0, "Says that it is full."},
	} {
		if r.holds {
			out = append(out, r.say)
		}
	}
	return out
}

// wished says whether the person named the candidate.
func wished(c Candidate, f Facts) bool {
	return f.ProviderWish != "" && names([]string{f.ProviderWish}, c)
}

// speaks says whether the candidate speaks the person's language.
func speaks(c Candidate, f Facts) bool { return f.Language != "" && among(f.Language, c.Languages) }

// fit counts in how much the candidate specializes of what the person needs.
func fit(c Candidate, f Facts) int {
	n := 0
	for _, w := range []struct {
		holds bool
		code  string
	}{{f.Sex, "sex"}, {f.Labor, "labor"}, {f.Minor.Handled(), "minor"}} {
		if w.holds && among(w.code, c.Specialties) {
			n++
		}
	}
	return n
}

// room orders capacity: free places, then not told, then full.
func room(c Candidate) int {
	switch {
	case c.Room > 0:
		return 2
	case c.Room < 0:
		return 1
	}
	return 0
}

// names says whether one of the texts means the candidate: its key, or a text
// that holds its name or stands in its name. Short texts must be the key.
func names(texts []string, c Candidate) bool {
	name := folded(c.Name)
	for _, t := range texts {
		text := folded(t)
		if t == c.Key || text != "" && text == name {
			return true
		}
		if len(text) > 3 && len(name) > 3 && (strings.Contains(name, text) || strings.Contains(text, name)) {
			return true
		}
	}
	return false
}

// before orders what holds before what does not.
func before(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}
