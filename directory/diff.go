package directory

import (
	"fmt"
	"slices"
	"strings"
)

// Edit is one field of a contact point that differs.
type Edit struct {
	Field    string // name of the column
	Old, New string
}

// Change is one contact point that stands in both directories and differs.
type Change struct {
	Old, New Contact
	Edits    []Edit // in the order of the columns
}

// Stale reports whether the ways to reach a verified contact point, or what it
// is for, changed while its verification did not: the new ones have been
// checked by nobody, so the caller must not take the old verification over.
func (c Change) Stale() bool {
	if !c.New.Verified() || c.Old.VerifiedOn != c.New.VerifiedOn {
		return false
	}
	reach := []string{"kind", "district", "name", "counties", "region", "phone", "address", "email", "url"}
	return slices.ContainsFunc(c.Edits, func(e Edit) bool { return slices.Contains(reach, e.Field) })
}

// Changes is how one directory differs from another. Each list is in the order
// of the keys.
type Changes struct {
	Added   []Contact
	Changed []Change
	Ended   []Contact
}

// Empty reports whether nothing differs.
func (c Changes) Empty() bool { return len(c.Added)+len(c.Changed)+len(c.Ended) == 0 }

// Diff compares the directory as it is with the one that is wanted, by key.
// A contact point that is wanted no more has ended, unless it already has a
// last day of use: then it is history and stays as it is. The order of a list
// is no difference. Of points with the same key the last counts.
func Diff(now, want []Contact) Changes {
	was, will := byKey(now), byKey(want)
	var c Changes
	for key, to := range will {
		from, ok := was[key]
		if !ok {
			c.Added = append(c.Added, to.clone())
			continue
		}
		if edits := edits(from, to); len(edits) > 0 {
			c.Changed = append(c.Changed, Change{Old: from.clone(), New: to.clone(), Edits: edits})
		}
	}
	for key, from := range was {
		if _, ok := will[key]; !ok && from.ValidTo == "" {
			c.Ended = append(c.Ended, from.clone())
		}
	}
	slices.SortFunc(c.Added, func(a, b Contact) int { return strings.Compare(a.Key, b.Key) })
	slices.SortFunc(c.Changed, func(a, b Change) int { return strings.Compare(a.New.Key, b.New.Key) })
	slices.SortFunc(c.Ended, func(a, b Contact) int { return strings.Compare(a.Key, b.Key) })
	return c
}

func byKey(contacts []Contact) map[string]Contact {
	m := make(map[string]Contact, len(contacts))
	for _, c := range contacts {
		m[c.Key] = c
	}
	return m
}

// edits returns the fields in which two contacts differ.
func edits(from, to Contact) []Edit {
	var list []Edit
	for _, k := range columns() {
		if a, b := k.cell(&from), k.cell(&to); a != b {
			list = append(list, Edit{k.name, a, b})
		}
	}
	return list
}

// String is the report that an administrator reads before an import is done.
func (c Changes) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d added, %d changed, %d ended.\n", len(c.Added), len(c.Changed), len(c.Ended))
	for _, one := range c.Added {
		fmt.Fprintf(&b, "added    %s  %s%s\n", one.Key, one.Name, unverified(one))
	}
	for _, one := range c.Changed {
		fmt.Fprintf(&b, "changed  %s  %s%s\n", one.New.Key, one.New.Name, unverified(one.New))
		for _, e := range one.Edits {
			fmt.Fprintf(&b, "           %s: %q, was %q\n", e.Field, e.New, e.Old)
		}
		if one.Stale() {
			b.WriteString("           verified before this change: has to be verified again\n")
		}
	}
	for _, one := range c.Ended {
		fmt.Fprintf(&b, "ended    %s  %s\n", one.Key, one.Name)
	}
	return b.String()
}

// unverified marks a contact point that cannot be used yet.
func unverified(c Contact) string {
	if c.Verified() {
		return ""
	}
	return " (not verified)"
}
