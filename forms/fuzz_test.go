package forms

import (
	"strings"
	"testing"
	"time"
)

// A reference that is understood is written in one way, and one wrong sign is
// always noticed.
func FuzzReference(f *testing.F) {
	f.Add("7K4M-2QX9-C3TB-5", uint64(0), 3)
	f.Add(NewReference(1<<59), uint64(1<<59), 0)
	f.Add("oooo iiii llll o", uint64(7), 12)
	f.Fuzz(func(t *testing.T, typed string, random uint64, at int) {
		if ref, ok := ParseReference(typed); ok {
			if again, ok := ParseReference(ref); !ok || again != ref {
				t.Errorf("%q is %q and then %q", typed, ref, again)
			}
		}
		ref := NewReference(random)
		if got, ok := ParseReference(strings.ToLower(ref)); !ok || got != ref {
			t.Errorf("%q is read as %q", ref, got)
		}
		plain := strings.ReplaceAll(ref, "-", "")
		if at < 0 || at >= len(plain) {
			return
		}
		for _, c := range crockford {
			wrong := plain[:at] + string(c) + plain[at+1:]
			if _, ok := ParseReference(wrong); ok && wrong != plain {
				t.Errorf("%q for %q is not noticed", wrong, plain)
			}
		}
	})
}

// A date that is taken is a real day as it was typed, and nothing of it is made
// up.
func FuzzDates(f *testing.F) {
	f.Add("1984", "3", "9")
	f.Add("2023", "2", "29")
	f.Add("1984", "", "")
	f.Add("0000", "+1", " 01 ")
	f.Fuzz(func(t *testing.T, year, month, day string) {
		p, err := ParsePartial(year, month, day)
		d, err2 := ParseDate(year, month, day)
		switch {
		case err != nil:
			if err2 == nil {
				t.Errorf("%q is a date and no part of one", d)
			}
			return
		case len(p) == len("2006-01-02"):
			if at, bad := time.Parse(time.DateOnly, string(p)); bad != nil || err2 != nil || string(d) != string(p) || at.Year() == 0 && year != "0000" {
				t.Errorf("%q %q: %v", p, d, err2)
			}
		case p != "" && err2 == nil:
			t.Errorf("%q became the day %q", p, d)
		}
		if (strings.TrimSpace(month) == "") != (len(p) <= 4) || p != "" && !strings.HasPrefix(string(p), strings.TrimSpace(year)) {
			t.Errorf("%q %q %q is read as %q", year, month, day, p)
		}
	})
}
