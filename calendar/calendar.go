// Package calendar counts business days of New York State: when a referral is
// due, how long is left, which days are holidays. Holidays are those of the
// General Construction Law, not the Federal list: a holiday on a Sunday moves
// to Monday, one on a Saturday never moves, Lincoln's Birthday and Election
// Day are free, Flag Day is not. Clocks of hours (the 24 hours of a request to
// HHS) are plain durations and need no calendar. The package reads no clock,
// no file and no table, and it decides nothing: who asks passes the moment.
package calendar

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
	_ "time/tzdata" // a bare machine has no time zones of its own

	"github.com/rickar/cal/v2"
)

// DefaultCloseHour is the hour at which the State's offices close, New York
// time.
const DefaultCloseHour = 17

// mostDays is the longest term that Due counts, in business days.
const mostDays = 1000

// newYork is loaded once, when first asked for.
var newYork = sync.OnceValue(func() *time.Location {
	loc, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic(fmt.Sprintf("calendar: loading the embedded time zone: %v", err))
	}
	return loc
})

// NewYork returns the location in which all legal deadlines are counted. It
// works on a machine without time zone files.
func NewYork() *time.Location { return newYork() }

// Options are the settings of a Calendar. The zero value is the law as it
// stands.
type Options struct {
	// CloseHour is the hour of close of business in New York, 1 to 23; any
	// other value means DefaultCloseHour.
	CloseHour int

	// FromNextBusinessDay makes the next business day the day of receipt for
	// what arrives after close or on a free day. The default, false, gives the
	// earlier deadline: the day of receipt is day 0 whatever the hour.
	FromNextBusinessDay bool

	// Override replaces the whole list of holidays of a year, for a day that
	// the governor appoints or a change of law. Its dates are taken as they
	// are: a Sunday in it does not move. A year with an empty list keeps the
	// law's days. An entry that Check would refuse is left out, which can only
	// make a deadline earlier.
	Override map[int][]Holiday
}

// Check returns an error that names the first setting which New would not
// take as it stands, and nil when there is none.
func (o Options) Check() error {
	if o.CloseHour < 0 || o.CloseHour > 23 {
		return fmt.Errorf("calendar: the hour of close is %d, not 1 to 23", o.CloseHour)
	}
	for year, days := range o.Override {
		seen := map[Date]bool{}
		for _, h := range days {
			if !h.fits(year) {
				return fmt.Errorf("calendar: %v is not a day of the overridden year %d", h.Date, year)
			}
			if h.Name == "" {
				return fmt.Errorf("calendar: the holiday on %v has no name", h.Date)
			}
			if seen[h.Date] {
				return fmt.Errorf("calendar: %v stands twice in the overridden year %d", h.Date, year)
			}
			seen[h.Date] = true
		}
	}
	return nil
}

// Calendar counts business days. Several goroutines may use one at the same
// time, also while Become changes by which holidays it counts.
type Calendar struct{ holds atomic.Pointer[counting] }

// counting is by what a calendar counts; it never changes.
type counting struct {
	days      *cal.BusinessCalendar
	closeHour int
	fromNext  bool
	years     sync.Map // year → *counts: what was counted once
	kept      atomic.Int64
}

// Somebody may type a day of the year 9999. So many years are counted at most, and
// so many remembered, which is more than lie between any two days of a referral.
const (
	mostYears = 100
	mostKept  = 2 * mostYears
)

func (c *Calendar) rules() *counting { return c.holds.Load() }

// Become makes c count as other does from now on. What was counted before stays
// as it was told.
func (c *Calendar) Become(other *Calendar) { c.holds.Store(other.rules()) }

// counts holds for each day of a year, from 0, how many business days the year
// has up to it, and for the day before the first 0.
type counts [367]int

// New returns the calendar of o.
func New(o Options) *Calendar {
	r := &counting{days: cal.NewBusinessCalendar(), closeHour: o.CloseHour, fromNext: o.FromNextBusinessDay}
	if r.closeHour < 1 || r.closeHour > 23 {
		r.closeHour = DefaultCloseHour
	}
	r.days.Name = "New York State"
	r.days.AddHoliday(rules(o.Override)...)
	r.days.Cacheable = true
	c := &Calendar{}
	c.holds.Store(r)
	return c
}

// BusinessDay reports whether the New York day of t is a business day: Monday
// to Friday and no public holiday.
func (c *Calendar) BusinessDay(t time.Time) bool { return c.rules().days.IsWorkday(noon(t)) }

// Due returns when something received at receivedAt is due: at close of
// business in New York on the n-th business day after the day of receipt, in
// UTC. The day of receipt is day 0, also after close and on a free day, unless
// the calendar was made with FromNextBusinessDay. A term below 1 counts as 1,
// one above 1000 as 1000.
//
// Law: 9 NYCRR 6174.3(b), three business days for the determination; General
// Construction Law 20, the day from which a term is reckoned is not counted.
func (c *Calendar) Due(receivedAt time.Time, businessDays int) time.Time {
	r, day := c.rules(), noon(receivedAt)
	if r.fromNext && (!r.days.IsWorkday(day) || receivedAt.After(c.closes(day))) {
		day = r.days.WorkdaysFrom(day, 1)
	}
	return c.closes(r.days.WorkdaysFrom(day, min(max(businessDays, 1), mostDays))).UTC()
}

// DueDays returns when a term of calendar days that begins at from is over: at
// close of business in New York on the last day, and when that is no business
// day, on the next one, in UTC. A term below 1 counts as 1.
//
// Law: General Construction Law 20, 25-a (a term that ends on a Saturday, a
// Sunday or a public holiday ends on the next business day).
func (c *Calendar) DueDays(from time.Time, days int) time.Time {
	r, day := c.rules(), noon(from).AddDate(0, 0, max(days, 1))
	if !r.days.IsWorkday(day) {
		day = r.days.WorkdaysFrom(day, 1)
	}
	return c.closes(day).UTC()
}

// Before returns when the day begins in New York that lies so many days before
// the day of due, in UTC; business days are counted where business is set.
func (c *Calendar) Before(due time.Time, days int, business bool) time.Time {
	day := noon(due).AddDate(0, 0, -max(days, 0))
	if business && days > 0 {
		day = c.rules().days.WorkdaysFrom(noon(due), -days)
	}
	y, m, d := day.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, NewYork()).UTC()
}

// DaysBetween counts the days of the calendar in New York from one moment to a
// later one: 0 on the same day, and when to lies before from.
func (c *Calendar) DaysBetween(from, to time.Time) int {
	return max(0, int(noon(to).Sub(noon(from)).Hours()/24))
}

// Left returns how far now is from due. While due has not passed it is the
// number of business days after today up to the day of due: 0 means that no
// further business day is left, as on the last day. When due has passed, over
// is true and the number is that of the business days begun since the day of
// due, at least 1. The very second of due is still in time. What lies more than a
// hundred years away counts as if it did not lie further.
func (c *Calendar) Left(now, due time.Time) (businessDays int, over bool) {
	if now.After(due) {
		return max(1, c.between(noon(due), noon(now))), true
	}
	return c.between(noon(now), noon(due)), false
}

// Words says what Left found, for a tag beside a referral: "due today 5 pm",
// "2 business days left", "1 business day over". A due day that is no business day (a
// clock of hours) and before which no business day is left is named: "due
// Saturday 10:15 am".
func (c *Calendar) Words(now, due time.Time) string {
	n, over := c.Left(now, due)
	switch {
	case over && n == 1:
		return "1 business day over"
	case over:
		return fmt.Sprintf("%d business days over", n)
	case DateOf(now) == DateOf(due):
		return "due today " + hour(due)
	case n == 0:
		return "due " + due.In(NewYork()).Weekday().String() + " " + hour(due)
	case n == 1:
		return "1 business day left"
	}
	return fmt.Sprintf("%d business days left", n)
}

// between counts the business days after from, up to and including to. What lies
// more than mostYears later counts as if it lay at the end of those.
func (c *Calendar) between(from, to time.Time) int {
	if !from.Before(to) {
		return 0
	}
	if last := from.Year() + mostYears; to.Year() > last {
		to = Date{last, time.December, 31}.noon()
	}
	n := 0
	for year := from.Year(); year < to.Year(); year++ {
		n += c.count(year)[366]
	}
	return n + c.count(to.Year())[to.YearDay()] - c.count(from.Year())[from.YearDay()]
}

// count counts the business days of a year, once for each of the first mostKept
// years: a referral of long ago is thousands of days back, and a list shows many.
func (c *Calendar) count(year int) *counts {
	r := c.rules()
	if known, ok := r.years.Load(year); ok {
		return known.(*counts)
	}
	out := &counts{}
	day := Date{year, time.January, 1}.noon()
	for i := 1; i < len(out); i++ {
		out[i] = out[i-1]
		if day.Year() == year && r.days.IsWorkday(day) {
			out[i]++
		}
		day = day.AddDate(0, 0, 1)
	}
	if r.kept.Load() < mostKept {
		if _, before := r.years.LoadOrStore(year, out); !before {
			r.kept.Add(1)
		}
	}
	return out
}

// Closes returns the close of business in New York on a day, business day or not,
// in UTC.
func (c *Calendar) Closes(day Date) time.Time { return c.closes(day.noon()).UTC() }

// closes returns the close of business in New York on the day of a noon.
func (c *Calendar) closes(day time.Time) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, c.rules().closeHour, 0, 0, 0, NewYork())
}

// noon returns noon UTC of the New York day of t: a day without clock changes,
// on which AddDate always moves by one day.
func noon(t time.Time) time.Time {
	return DateOf(t).noon()
}

// hour writes the New York hour of t as people say it: "5 pm", "10:15 am".
func hour(t time.Time) string {
	t = t.In(NewYork())
	if t.Minute() == 0 {
		return t.Format("3 pm")
	}
	return t.Format("3:04 pm")
}
