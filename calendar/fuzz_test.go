package calendar

import "testing"

// A day that is read is written as it was read, and lies at noon on that day in
// New York, too.
func FuzzParseDate(f *testing.F) {
	f.Add("2026-11-03")
	f.Add("2024-02-30")
	f.Add("0001-01-01")
	f.Add("2026-11-03T00:00:00Z")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		if err != nil {
			return
		}
		if d.String() != s {
			t.Errorf("%q is written %q", s, d)
		}
		if d.Year > 1900 && DateOf(d.noon()) != d {
			t.Errorf("%q is another day in New York", s)
		}
	})
}
