package main

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"nysreferral/demo"
	"nysreferral/registry"
)

// A holiday that an administrator saves counts at once on the machine on which
// it was saved, and on another one when it next looks; one that is taken away
// counts no longer.
func TestHolidaysCountAtOnce(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		keys := keyFile(t)
		machine := func() *program {
			p, err := open(t.Context(), settingsFor(url, keys), time.Now, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = p.close() })
			return p
		}
		here, there := machine(), (*program)(nil)
		if !strings.HasPrefix(url, "sqlite:") { // which one machine has at a time
			there = machine()
		}
		s := &demo.State{DB: here.db, Ring: here.ring, Clock: demo.NewClock(time.Now(), time.Now), Door: here.door, Registry: here.registry, Auth: here.auth}
		if err := s.Populate(t.Context()); err != nil {
			t.Fatal(err)
		}
		wednesday := time.Date(2027, 7, 7, 16, 0, 0, 0, time.UTC)
		if !here.door.Calendar.BusinessDay(wednesday) {
			t.Fatal("an ordinary Wednesday is free")
		}
		save := func(rev int, days ...registry.Holiday) {
			t.Helper()
			if _, err := here.registry.SaveHolidays(t.Context(), s.As("administrator"), 2027, rev, days); err != nil {
				t.Fatal(err)
			}
		}
		save(0, registry.Holiday{Date: "2027-07-07", Name: "Day of mourning"})
		if here.door.Calendar.BusinessDay(wednesday) {
			t.Error("it does not count at once")
		}
		if there != nil {
			if err := there.readHolidays(t.Context()); err != nil || there.door.Calendar.BusinessDay(wednesday) {
				t.Errorf("it does not count on another machine: %v", err)
			}
		}
		save(1)
		if !here.door.Calendar.BusinessDay(wednesday) {
			t.Error("it counts still")
		}
	})
}
