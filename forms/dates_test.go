package forms

import (
	"net/url"
	"strings"
	"testing"
)

// All that is wrong with a date is said in one sentence, in the order of the
// boxes; a day that the month has not is told from one that no month has.
func TestDateSaysAllThatIsWrong(t *testing.T) {
	const m, d, y = "the month as a number from 1 to 12", "the day as a number from 1 to 31", "the year with four digits, for example 2026"
	for _, c := range []struct{ year, month, day, full, partly string }{
		{"26", "13", "32", "Enter " + m + ", " + d + " and " + y + ".", "Enter " + m + ", " + d + " and " + y + "."},
		{"26", "March", "9", "Enter " + m + " and " + y + ".", "Enter " + m + " and " + y + "."},
		{"", "3", "40", "Enter " + d + " and " + y + ".", "Enter " + d + " and " + y + "."},
		{"26", "4", "31", "Enter the day as a number from 1 to 30 and " + y + ".", "Enter the day as a number from 1 to 30 and " + y + "."},
		{"26", "2", "29", "Enter " + y + ".", "Enter " + y + "."},
		{"2026", "", "9", "Enter " + m + ".", "Enter " + m + "."},
		{"2026", "0", "9", "Enter " + m + ".", "Enter " + m + "."},
		{"2026", "2", "29", "This day does not exist. Check the month and the day.", "This day does not exist. Check the month and the day."},
		{"2026", "", "", "Enter " + m + " and " + d + ".", ""},
		{"2026", "3", "", "Enter " + d + ".", ""},
		{"2028", "2", "29", "", ""},
		{" 2026 ", "03", "9", "", ""},
		{"", " ", "", "", ""},
	} {
		if _, err := ParseDate(c.year, c.month, c.day); said(err) != c.full {
			t.Errorf("%q %q %q: %q, want %q", c.month, c.day, c.year, said(err), c.full)
		}
		if _, err := ParsePartial(c.year, c.month, c.day); said(err) != c.partly {
			t.Errorf("%q %q %q in part: %q, want %q", c.month, c.day, c.year, said(err), c.partly)
		}
	}
}

// Who ticks Unknown beside a date that is wrong learns both at once.
func TestDateWrongAndUnknown(t *testing.T) {
	p := Questions.DecodeSection(&Referral{}, "C", url.Values{"born.year": {"84"}, "born.month": {"13"}, "born.unknown": {"yes"}})
	if got := p.Of("born"); !strings.Contains(got, "the month") || !strings.Contains(got, "the year") || !strings.Contains(got, "Unknown") {
		t.Errorf("said %q", got)
	}
}

func said(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
