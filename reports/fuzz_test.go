package reports

import (
	"errors"
	"testing"
	"time"

	"nysreferral/forms"
)

// A period that is read begins after the law did, before it ends, and in no
// month that is still to come; what is refused says at which field.
func FuzzPeriod(f *testing.F) {
	f.Add("2026-01", "2026-11")
	f.Add("", "")
	f.Add("2027-01", "1999-01-01")
	f.Add("2026-13", "x")
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, from, to string) {
		p, err := ParsePeriod(from, to, now)
		var bad forms.Problems
		if err != nil {
			if !errors.As(err, &bad) || len(bad) == 0 || bad[0].Field != "from" && bad[0].Field != "to" {
				t.Errorf("%v", err)
			}
			return
		}
		begins, ends := p.Bounds()
		if !begins.Before(ends) || begins.Before(first.begins()) || ends.After(MonthOf(now).Next(1).begins()) || p.months() > MostMonths {
			t.Errorf("%q to %q is %v", from, to, p)
		}
	})
}
