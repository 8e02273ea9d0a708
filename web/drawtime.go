package web

import (
	"time"
	_ "time/tzdata" // a bare machine has no time zones of its own

	"nysreferral/forms"
)

// newYork is where clocks are read.
var newYork = func() *time.Location {
	loc, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic("web: no time zone data: " + err.Error())
	}
	return loc
}()

// Day writes the New York day of t: "November 6, 2026"; "" for the zero time.
func Day(t time.Time) string { return written(t, "January 2, 2006") }

// Moment writes t as people in New York read it: "November 6, 2026, 2:05 pm";
// "" for the zero time.
func Moment(t time.Time) string { return forms.At(t).Words() }

// DueMoment writes a deadline with its weekday: "Friday, November 6, 5:00 pm".
func DueMoment(t time.Time) string { return written(t, "Monday, January 2, 3:04 pm") }

// DueDate writes a deadline that is kept on paper, with its year: "Friday,
// November 6, 2026, 5:00 pm".
func DueDate(t time.Time) string { return written(t, "Monday, January 2, 2006, 3:04 pm") }

// DueBy writes a deadline as DueMoment does, and with its year where that is not
// the year of now in New York.
func DueBy(t, now time.Time) string {
	if t.In(newYork).Year() != now.In(newYork).Year() {
		return DueDate(t)
	}
	return DueMoment(t)
}

// Clock24 writes the time of day by which saving is said: "14:02".
func Clock24(t time.Time) string { return written(t, "15:04") }

// Hour writes the time of day of a deadline: "5 pm", "10:15 am".
func Hour(t time.Time) string {
	if t.Minute() == 0 {
		return written(t, "3 pm")
	}
	return written(t, "3:04 pm")
}

func written(t time.Time, layout string) string {
	if t.IsZero() {
		return ""
	}
	return t.In(newYork).Format(layout)
}
