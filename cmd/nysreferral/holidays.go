package main

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"time"

	"nysreferral/calendar"
)

// everyHolidays is how often a machine looks for holidays that were set on
// another one.
const everyHolidays = time.Minute

// readHolidays makes the calendar count by the holidays that the State has set,
// as they stand now. Deadlines that were told before stay.
func (p *program) readHolidays(ctx context.Context) error {
	set, err := p.registry.Overrides(ctx)
	if err != nil {
		return err
	}
	p.holidaysLock.Lock()
	defer p.holidaysLock.Unlock()
	if maps.EqualFunc(set, p.holidays, slices.Equal[[]calendar.Holiday]) {
		return nil
	}
	p.door.Calendar.Become(p.calendar(set))
	p.holidays = set
	return nil
}

// followHolidays reads them again and again until ctx ends. What cannot be read
// is told, and the calendar counts on as before.
func (p *program) followHolidays(ctx context.Context) {
	tick := time.NewTicker(everyHolidays)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := p.readHolidays(ctx); err != nil && ctx.Err() == nil {
			p.log.LogAttrs(ctx, slog.LevelError, "holidays could not be read", slog.Any("error", err))
		}
	}
}
