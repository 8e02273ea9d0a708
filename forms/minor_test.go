package forms

import "testing"

// A "no" to "is the person under 18" that the date of birth or the age does not
// allow is not sure; what may be true stands, and a "yes" is never turned into
// less.
func TestUnderAge(t *testing.T) {
	for _, tt := range []struct {
		under18 YesNoNotSure
		born    PartialDate
		age     int
		want    YesNoNotSure
	}{
		{"no", "2011-03-01", 0, "not_sure"},
		{"no", "2011", 0, "not_sure"},
		{"no", "", 15, "not_sure"},
		{"no", "2008", 0, "no"}, // may be 18
		{"no", "1990-03-01", 15, "no"},
		{"no", "unknown", 0, "no"},
		{"no", "", 0, "no"},
		{"yes", "1990-03-01", 0, "yes"},
		{"not_sure", "1990-03-01", 0, "not_sure"},
		{"", "2011-03-01", 0, ""},
	} {
		r := &Referral{}
		r.Under18, r.Born = tt.under18, tt.born
		if tt.age > 0 {
			r.Age = Of(tt.age)
		}
		if got := r.UnderAge("2026-11-02"); got != tt.want || r.TreatAsMinor("2026-11-02") != (tt.want == "yes" || tt.want == "not_sure") {
			t.Errorf("%+v: %q", tt, got)
		}
	}
}
