package reports_test

import (
	"testing"
	"time"

	"nysreferral/reports"
)

// A person who waits for another hand-over stands where that one is, whoever was
// reached before and helps no more: after a no, after the release was taken back,
// after the person was passed on or sent elsewhere. What was done counts as done, and
// when nothing is open any more, the farthest of all.
func TestStanding(t *testing.T) {
	at := func(n int) time.Time { return time.Date(2026, 2, n, 15, 0, 0, 0, time.UTC) }
	reached := reports.Handed{Kind: "rhtp", SentAt: at(2), AcceptedAt: at(3), ReachedAt: at(4)}
	no, passed, done, unreached := reached, reached, reached, reports.Handed{Kind: "ldss", SentAt: at(2), ClosedAt: at(3)}
	no.ClosedAt, no.UndoneAt = at(5), at(5)
	passed.UndoneAt = at(5)
	done.ClosedAt = at(5)
	proposed, sent := reports.Handed{Kind: "ldss"}, reports.Handed{Kind: "ldss", SentAt: at(6)}
	ended := sent
	ended.ClosedAt = at(7)
	for name, c := range map[string]struct {
		handed []reports.Handed
		at     reports.Stop
		since  time.Time
		waits  bool
		before bool
	}{
		"nothing yet":                          {nil, reports.AtConfirmed, at(1), true, false},
		"reached":                              {[]reports.Handed{reached}, reports.AtReached, at(4), true, false},
		"reached, and sent beside":             {[]reports.Handed{reached, sent}, reports.AtReached, at(4), true, false},
		"said no, and nothing is open":         {[]reports.Handed{no}, reports.AtReached, at(4), false, false},
		"said no, another is proposed":         {[]reports.Handed{no, proposed}, reports.AtConfirmed, at(1), true, true},
		"said no, another was sent":            {[]reports.Handed{no, sent}, reports.AtSent, at(6), true, true},
		"said no, another reached":             {[]reports.Handed{no, reached}, reports.AtReached, at(4), true, false},
		"said no, the other ended":             {[]reports.Handed{no, ended}, reports.AtReached, at(4), false, false},
		"passed on":                            {[]reports.Handed{passed}, reports.AtConfirmed, at(1), true, true},
		"done, another was sent":               {[]reports.Handed{done, sent}, reports.AtReached, at(4), true, false},
		"ended unreached, another proposed":    {[]reports.Handed{unreached, proposed}, reports.AtConfirmed, at(1), true, false},
		"ended unreached, and nothing is open": {[]reports.Handed{unreached}, reports.AtSent, at(2), false, false},
	} {
		f := &reports.Fact{Outcome: reports.Confirmed, DecidedAt: at(1), Handed: c.handed}
		stop, since, waits, ok := reports.Standing(f)
		if !ok || stop != c.at || !since.Equal(c.since) || waits != c.waits || reports.Before(f) != c.before {
			t.Errorf("%s: at %d since %s, waits %v, before %v", name, stop, since, waits, reports.Before(f))
		}
	}
	if _, _, _, ok := reports.Standing(&reports.Fact{Outcome: reports.Declined, Handed: []reports.Handed{reached}}); ok || reports.Before(&reports.Fact{Handed: []reports.Handed{no, proposed}}) {
		t.Error("who is not confirmed stands somewhere")
	}
}
