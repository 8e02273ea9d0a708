package calendar

import (
	"sync"
	"testing"
	"time"

	"github.com/rickar/cal/v2"
	"pgregory.net/rapid"
)

// at reads a moment of New York's clock.
func at(t *testing.T, s string) time.Time {
	t.Helper()
	when, err := time.ParseInLocation("2006-01-02 15:04:05", s, NewYork())
	if err != nil {
		t.Fatal(err)
	}
	return when
}

// Settings that make no sense are refused with the reason, and a calendar made
// of them all the same falls back to the law.
func TestOptionsRefused(t *testing.T) {
	day := Date{2026, 11, 3}
	for name, o := range map[string]Options{
		"hour before the day":    {CloseHour: -1},
		"hour after the day":     {CloseHour: 24},
		"day of another year":    {Override: map[int][]Holiday{2027: {{day, "Election Day"}}}},
		"day that is none":       {Override: map[int][]Holiday{2026: {{Date{2026, 2, 30}, "Nothing"}}}},
		"holiday without a name": {Override: map[int][]Holiday{2026: {{day, ""}}}},
		"same day twice":         {Override: map[int][]Holiday{2026: {{day, "One"}, {day, "Two"}}}},
		"year zero":              {Override: map[int][]Holiday{0: {{Date{0, 1, 1}, "Nothing"}}}},
	} {
		if o.Check() == nil {
			t.Errorf("%s: not refused", name)
		}
	}
	if err := (Options{CloseHour: 16, Override: map[int][]Holiday{2026: {{day, "Election Day"}}}}).Check(); err != nil {
		t.Errorf("good options refused: %v", err)
	}
	c := New(Options{CloseHour: 99, Override: map[int][]Holiday{2027: {{day, "Election Day"}}, 0: {{Date{0, 3, 3}, "x"}}}})
	if got := c.Due(at(t, "2026-11-02 10:15:00"), 3); !got.Equal(at(t, "2026-11-06 17:00:00")) {
		t.Errorf("with broken options due %v", got.In(NewYork()))
	}
	if len(c.Holidays(2027)) != 13 || !c.BusinessDay(at(t, "2027-03-03 12:00:00")) {
		t.Error("broken options changed the law's days")
	}
}

// The due dates that the State has worked out by hand come out, and so do
// those at the edges: nights, weekends, the turn of the year, clock changes.
func TestDue(t *testing.T) {
	c := New(Options{})
	for _, tt := range []struct {
		name, received string
		days           int
		due            string // New York
	}{
		{"case 1, Election Day between", "2026-11-02 10:15:00", 3, "2026-11-06"},
		{"case 2, Veterans Day between", "2026-11-10 09:00:00", 3, "2026-11-16"},
		{"case 3, Friday afternoon", "2026-12-18 16:20:00", 3, "2026-12-23"},
		{"case 4", "2026-09-09 11:00:00", 3, "2026-09-14"},
		{"case 5, Columbus Day between", "2026-10-07 13:00:00", 3, "2026-10-13"},
		{"case 10, Monday", "2026-10-05 13:00:00", 3, "2026-10-08"},
		{"case 10, Tuesday", "2026-10-06 13:00:00", 3, "2026-10-09"},
		{"case 15", "2026-10-15 13:00:00", 3, "2026-10-20"},
		{"six days of the first case", "2026-11-02 10:15:00", 6, "2026-11-12"},
		{"after close counts from the same day", "2026-10-05 17:00:01", 3, "2026-10-08"},
		{"last second of the day", "2026-10-05 23:59:59", 3, "2026-10-08"},
		{"first second of the next", "2026-10-06 00:00:00", 3, "2026-10-09"},
		{"Saturday is day 0", "2026-10-03 12:00:00", 3, "2026-10-07"},
		{"Sunday is day 0", "2026-10-04 12:00:00", 3, "2026-10-07"},
		{"a holiday is day 0", "2026-11-03 12:00:00", 3, "2026-11-06"},
		{"Saturday holiday frees no Friday", "2026-07-02 12:00:00", 1, "2026-07-03"},
		{"Sunday holiday frees Monday", "2027-07-02 12:00:00", 1, "2027-07-06"},
		{"Lincoln's Birthday", "2026-02-11 12:00:00", 2, "2026-02-17"},
		{"turn of the year", "2026-12-31 12:00:00", 1, "2027-01-04"},
		{"spring forward between", "2026-03-05 12:00:00", 3, "2026-03-10"},
		{"in the hour that is skipped", "2026-03-08 02:30:00", 1, "2026-03-09"},
		{"fall back between", "2026-10-30 12:00:00", 3, "2026-11-05"},
		{"in the hour that comes twice", "2026-11-01 01:30:00", 1, "2026-11-02"},
		{"no term is one day", "2026-10-05 12:00:00", 0, "2026-10-06"},
		{"negative term is one day", "2026-10-05 12:00:00", -5, "2026-10-06"},
	} {
		got := c.Due(at(t, tt.received), tt.days)
		if want := at(t, tt.due+" 17:00:00"); !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%s: received %s, due %v, want %v", tt.name, tt.received, got.In(NewYork()), want)
		}
	}
}

// The due moment follows New York's clock and not a fixed distance from UTC,
// and the day of receipt is New York's, not UTC's.
func TestDueInUTC(t *testing.T) {
	c := New(Options{})
	for received, want := range map[string]string{
		"2026-03-05T17:00:00Z": "2026-03-10T21:00:00Z", // standard time to daylight time
		"2026-10-30T16:00:00Z": "2026-11-05T22:00:00Z", // and back
		"2026-11-01T03:59:59Z": "2026-11-05T22:00:00Z", // still Saturday in New York
		"2026-10-07T03:59:59Z": "2026-10-09T21:00:00Z", // still Tuesday in New York
		"2026-10-07T04:00:00Z": "2026-10-13T21:00:00Z", // Wednesday
	} {
		from, err := time.Parse(time.RFC3339, received)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Due(from, 3).Format(time.RFC3339); got != want {
			t.Errorf("received %s, due %s, want %s", received, got, want)
		}
	}
}

// With the later way of counting, what comes after close or on a free day is
// received on the next business day; at the stroke of five it is in time.
func TestDueFromNextBusinessDay(t *testing.T) {
	c := New(Options{FromNextBusinessDay: true})
	for received, due := range map[string]string{
		"2026-10-05 16:59:59": "2026-10-08",
		"2026-10-05 17:00:00": "2026-10-08",
		"2026-10-05 17:00:01": "2026-10-09",
		"2026-10-03 12:00:00": "2026-10-08", // Saturday, received on Monday
		"2026-11-03 12:00:00": "2026-11-09", // Election Day, received on Wednesday
		"2026-10-09 18:00:00": "2026-10-16", // Friday evening before Columbus Day
	} {
		if got, want := c.Due(at(t, received), 3), at(t, due+" 17:00:00"); !got.Equal(want) {
			t.Errorf("received %s, due %v, want %v", received, got.In(NewYork()), want)
		}
	}
}

// An earlier hour of close moves the due hour.
func TestCloseHour(t *testing.T) {
	c := New(Options{CloseHour: 16})
	if got, want := c.Due(at(t, "2026-10-05 12:00:00"), 3), at(t, "2026-10-08 16:00:00"); !got.Equal(want) {
		t.Errorf("due %v, want %v", got.In(NewYork()), want)
	}
}

// What is left is said as on the tags of a page, and being over by a second is
// never called in time.
func TestWords(t *testing.T) {
	c := New(Options{})
	for _, tt := range []struct{ now, due, want string }{
		{"2026-11-06 17:00:01", "2026-11-06 17:00:00", "1 business day over"},
		{"2026-11-07 09:00:00", "2026-11-06 17:00:00", "1 business day over"}, // Saturday
		{"2026-11-09 09:00:00", "2026-11-06 17:00:00", "1 business day over"}, // Monday
		{"2026-11-10 09:00:00", "2026-11-06 17:00:00", "2 business days over"},
		{"2026-11-12 09:00:00", "2026-11-06 17:00:00", "3 business days over"}, // Veterans Day does not count
		{"2026-11-06 17:00:00", "2026-11-06 17:00:00", "due today 5 pm"},
		{"2026-11-06 00:00:00", "2026-11-06 17:00:00", "due today 5 pm"},
		{"2026-11-05 23:59:59", "2026-11-06 17:00:00", "1 business day left"},
		{"2026-11-04 12:00:00", "2026-11-06 17:00:00", "2 business days left"},
		{"2026-11-03 12:00:00", "2026-11-06 17:00:00", "3 business days left"}, // Election Day itself
		{"2026-11-02 10:15:00", "2026-11-06 17:00:00", "3 business days left"},
		{"2026-10-31 12:00:00", "2026-11-02 17:00:00", "1 business day left"}, // Saturday
		{"2026-11-06 10:15:00", "2026-11-07 10:15:00", "due Saturday 10:15 am"},
		{"2026-11-07 09:00:00", "2026-11-07 10:15:00", "due today 10:15 am"},
	} {
		if got := c.Words(at(t, tt.now), at(t, tt.due)); got != tt.want {
			t.Errorf("at %s, due %s: %q, want %q", tt.now, tt.due, got, tt.want)
		}
	}
	if n, over := c.Left(at(t, "2026-11-06 17:00:00"), at(t, "2026-11-06 17:00:00")); n != 0 || over {
		t.Errorf("at the due second: %d, %v", n, over)
	}
	if n, over := c.Left(at(t, "2026-11-10 09:00:00"), at(t, "2026-11-06 17:00:00")); n != 2 || !over {
		t.Errorf("two days after: %d, %v", n, over)
	}
}

// Whatever arrives whenever: it is due on a business day at close, after the
// receipt, with exactly the asked number of business days between, never
// earlier than something that came before, and the later way of counting
// never shortens a term.
func TestDueHolds(t *testing.T) {
	c, later := New(Options{}), New(Options{FromNextBusinessDay: true})
	epoch := time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		received := epoch.Add(time.Duration(rapid.Int64Range(0, 40*366*24*3600).Draw(t, "second")) * time.Second)
		wait := time.Duration(rapid.Int64Range(0, 30*24*3600).Draw(t, "wait")) * time.Second
		n := rapid.IntRange(1, 30).Draw(t, "days")
		due := c.Due(received, n)
		if !c.BusinessDay(due) || due.In(NewYork()).Hour() != 17 || due.In(NewYork()).Minute() != 0 {
			t.Fatalf("due %v", due)
		}
		if !due.After(received) {
			t.Fatalf("received %v, due %v", received, due)
		}
		if left, over := c.Left(received, due); left != n || over {
			t.Fatalf("%d days asked, %d left, over %v", n, left, over)
		}
		if c.Due(received.Add(wait), n).Before(due) {
			t.Fatalf("received %v later, due before %v", wait, due)
		}
		if !c.Due(received, n+1).After(due) {
			t.Fatalf("a longer term from %v is not due later than %v", received, due)
		}
		if later.Due(received, n).Before(due) {
			t.Fatalf("counting from the next business day shortened the term from %v", received)
		}
	})
}

// Many requests may count at the same time.
func TestDueAtOnce(t *testing.T) {
	c := New(Options{})
	start := at(t, "2026-01-01 12:00:00")
	want := c.Due(start, 300)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if got := c.Due(start, 300); !got.Equal(want) {
				t.Errorf("due %v, want %v", got, want)
			}
		})
	}
	wg.Wait()
}

// The time zone of the machine changes nothing, not even a whole day's shift.
func TestMachineZone(t *testing.T) {
	want := New(Options{}).Holidays(2026)
	defer func(loc *time.Location) { cal.DefaultLoc = loc }(cal.DefaultLoc)
	for _, name := range []string{"Asia/Beirut", "Pacific/Kiritimati", "Pacific/Pago_Pago"} {
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		cal.DefaultLoc = loc
		for i, h := range New(Options{}).Holidays(2026) {
			if h != want[i] {
				t.Errorf("%s: %v, want %v", name, h, want[i])
			}
		}
	}
}

// What is counted by years is what a walk from day to day finds, across leap
// years and the turn of the year, also for what was due ten years ago.
func TestLeftCountsEveryDay(t *testing.T) {
	c := New(Options{})
	due, days := at(t, "2015-12-28 17:00:00"), 0
	for now := due.AddDate(0, 0, 1); now.Year() < 2027; now = now.AddDate(0, 0, 1) {
		if c.BusinessDay(now) {
			days++
		}
		if n, over := c.Left(now, due); n != max(days, 1) || !over {
			t.Fatalf("on %s it is %d days over, and %d were counted", DateOf(now), n, days)
		}
	}
}

// A term of calendar days ends at close of business, on a free day at that of
// the next business day, and across the change of the clocks at the same hour.
func TestDueDays(t *testing.T) {
	c := New(Options{})
	for _, tt := range []struct {
		name, from string
		days       int
		want       string
	}{
		{"a week later", "2026-10-08T14:00:00Z", 7, "2026-10-15T21:00:00Z"},
		{"a Saturday waits for Monday", "2026-10-03T14:00:00Z", 7, "2026-10-13T21:00:00Z"}, // Monday is Columbus Day
		{"a Sunday waits for Monday", "2026-10-11T14:00:00Z", 7, "2026-10-19T21:00:00Z"},
		{"winter time", "2026-10-28T14:00:00Z", 7, "2026-11-04T22:00:00Z"},
		{"no days are one", "2026-10-07T14:00:00Z", 0, "2026-10-08T21:00:00Z"},
	} {
		from, err := time.Parse(time.RFC3339, tt.from)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.DueDays(from, tt.days).Format(time.RFC3339); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// The day before something is due begins at midnight in New York; a business
// day before a Tuesday after a free Monday is the Friday.
func TestBefore(t *testing.T) {
	c := New(Options{})
	due := time.Date(2026, time.October, 13, 21, 0, 0, 0, time.UTC) // Tuesday after Columbus Day
	for _, tt := range []struct {
		days     int
		business bool
		want     string
	}{
		{0, true, "2026-10-13T04:00:00Z"},
		{1, true, "2026-10-09T04:00:00Z"},
		{1, false, "2026-10-12T04:00:00Z"},
		{-3, true, "2026-10-13T04:00:00Z"},
	} {
		if got := c.Before(due, tt.days, tt.business).Format(time.RFC3339); got != tt.want {
			t.Errorf("%+v: %s", tt, got)
		}
	}
}

// Days between two moments are those that somebody in New York counts, across
// the change of the clocks too.
func TestDaysBetween(t *testing.T) {
	c := New(Options{})
	at := func(text string) time.Time {
		out, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for _, tt := range []struct {
		from, to string
		want     int
	}{
		{"2026-11-02T03:00:00Z", "2026-11-01T15:00:00Z", 0},
		{"2026-11-02T15:00:00Z", "2026-11-02T23:00:00Z", 0},
		{"2026-11-03T04:00:00Z", "2026-11-03T06:00:00Z", 1}, // midnight lies between
		{"2026-10-30T15:00:00Z", "2026-11-02T05:30:00Z", 3},
	} {
		if got := c.DaysBetween(at(tt.from), at(tt.to)); got != tt.want {
			t.Errorf("%s to %s: %d, want %d", tt.from, tt.to, got, tt.want)
		}
	}
}

// A calendar that becomes another counts by it at once, also what it had counted
// before, for everybody who uses it; the other one stays as it is.
func TestBecome(t *testing.T) {
	c := New(Options{})
	from := time.Date(2026, 7, 1, 14, 0, 0, 0, NewYork())
	before, left := c.Due(from, 3), 0
	if left, _ = c.Left(from, before); left == 0 {
		t.Fatal("nothing is left at once")
	}
	own := append(c.Holidays(2026), Holiday{Date: Date{2026, 7, 2}, Name: "Day of mourning"})
	other := New(Options{Override: map[int][]Holiday{2026: own}})
	done := make(chan bool)
	go func() {
		defer close(done)
		for range 1000 {
			c.Left(from, before)
		}
	}()
	c.Become(other)
	<-done
	if got := c.Due(from, 3); !got.Equal(other.Due(from, 3)) || !got.After(before) {
		t.Errorf("due %s, before %s", got, before)
	}
	if got, _ := c.Left(from, before); got != left-1 {
		t.Errorf("%d days are left, want one less than %d", got, left)
	}
	if got := New(Options{}).Due(from, 3); !got.Equal(before) {
		t.Errorf("another calendar counts %s", got)
	}
}

// Somebody who types a day of the year 9999 has the program neither count eight
// thousand years each time that the referral is shown nor remember them for ever.
// What lies there itself is counted right.
func TestFarDaysAreNotRemembered(t *testing.T) {
	c := New(Options{})
	kept := func() (n int) {
		c.rules().years.Range(func(any, any) bool { n++; return true })
		return n
	}
	far, _ := c.Left(at(t, "2026-11-02 10:15:00"), at(t, "9999-01-04 17:00:00"))
	if end, _ := c.Left(at(t, "2026-11-02 10:15:00"), at(t, "2126-12-31 17:00:00")); far != end || far < 240*mostYears {
		t.Errorf("%d business days to the year 9999, %d in a hundred years", far, end)
	}
	if n := kept(); n > mostYears+1 {
		t.Errorf("%d years are remembered for one day", n)
	}
	for year := 2000; year < 2000+4*mostYears; year += mostYears {
		c.Left(Date{year, time.March, 3}.noon(), Date{year + mostYears, time.March, 3}.noon())
	}
	if n := kept(); n > mostKept {
		t.Errorf("%d years are remembered in all", n)
	}
	if n, _ := c.Left(at(t, "9998-12-30 10:00:00"), at(t, "9999-01-04 17:00:00")); n != 2 {
		t.Errorf("%d business days from a Wednesday over New Year to a Monday", n)
	}
}
