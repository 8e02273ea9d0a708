package workflow

import "strconv"

// Counted says in words how the clock counts, so that nobody takes hours for
// business days: "24 hours, counted day and night", "3 business days". n is how
// many it was set to when it began; with 0 it is the table's own count.
//
// Law: General Construction Law 20, 25-a.
func (c Clock) Counted(n int) string {
	if n == 0 {
		n = c.Count
	}
	switch c.Unit {
	case Hours:
		if n == 0 {
			return "at once, day and night"
		}
		return several(n, "hour") + ", counted day and night"
	case BusinessDays:
		return several(n, "business day")
	case Days:
		return several(n, "calendar day")
	case NamedDay:
		return "until the day that the paper names"
	case Years:
		return several(n, "year")
	}
	return ""
}

func several(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + one + "s"
}
