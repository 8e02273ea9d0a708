package referrals_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/reports"
	"nysreferral/seal"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// batch is so many made-up referrals that are alike.
type batch struct {
	people   int
	status   workflow.Status
	received string // a moment
	facets   referrals.Facets
	shredded int // of them: those whose key is destroyed
}

// plant writes groups of referrals as the door leaves them, as far as reports
// read them, into a State that has none.
func plant(t *testing.T, s *demo.State, groups ...batch) {
	t.Helper()
	plantFrom(t, s, 0, groups...)
}

// plantFrom is plant with references that begin at n.
func plantFrom(t testing.TB, s *demo.State, n uint64, groups ...batch) {
	t.Helper()
	err := s.DB.Do(t.Context(), func(tx *ent.Tx) error {
		var adds []*ent.ReferralCreate
		for _, g := range groups {
			text, err := json.Marshal(g.facets)
			if err != nil {
				return err
			}
			for i := range g.people {
				n++
				ref := forms.NewReference(n)
				key, wrapped, err := s.Ring.NewKey(ref)
				if err != nil {
					return err
				}
				at := day(g.received)
				add := tx.Referral.Create().SetRef(ref).SetStatus(string(g.status)).SetAgencyID(s.As("detective").Agency).SetAuthorID(s.As("detective").ID).
					SetCreatedAt(at).SetUpdatedAt(at).SetSubmittedAt(at).SetFacets(key.Seal(text, seal.Place{Table: "referrals", Column: "facets", Row: ref, Version: 1}))
				if i >= g.shredded {
					add.SetDataKey(wrapped)
				}
				adds = append(adds, add)
			}
		}
		return tx.Referral.CreateBulk(adds...).Exec(viewer.Job(t.Context(), "test"))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// decided is the course of a referral that was decided then.
func decided(what reports.Outcome, at string, more func(c *referrals.Course)) referrals.Course {
	c := referrals.Course{Outcome: what, DecidedAt: day(at), Found: "sex"}
	if more != nil {
		more(&c)
	}
	return c
}

// facets are those of a woman of 25 to 39, for the rest as g says.
func facetsOf(g referrals.Facets) referrals.Facets {
	g.AgeBand, g.Gender, g.Type, g.Language, g.Foreign = cmp.Or(g.AgeBand, "25_to_39"), "woman_or_girl", "sex", "english", "us"
	g.County, g.CountyNow = cmp.Or(g.County, "erie"), cmp.Or(g.County, "erie")
	return g
}

// lastDay is the day on which the made-up quarter is looked at: it is over.
var lastDay = day("2026-04-01T15:00:00Z")

// quarter is a made-up first quarter of 2026. 139 people were sent to local
// departments, of whom 74 were never reached, as in the State Comptroller's
// sample.
func quarter(t *testing.T, s *demo.State) {
	t.Helper()
	sentTo := func(kind, county, sent, accepted, reached, closed string) func(*referrals.Course) {
		return func(c *referrals.Course) {
			p := referrals.Passage{N: 1, Kind: kind, County: county, SentAt: day(sent)}
			for _, one := range []struct {
				into *time.Time
				at   string
			}{{&p.AcceptedAt, accepted}, {&p.ReachedAt, reached}, {&p.ClosedAt, closed}} {
				if one.at != "" {
					*one.into = day(one.at)
				}
			}
			c.Handed = []referrals.Passage{p}
		}
	}
	reached := func(people int, county, closed string) batch {
		return batch{people: people, status: workflow.Confirmed, received: "2026-01-05T15:00:00Z", facets: facetsOf(referrals.Facets{Source: "nypd", County: county,
			Course: decided(reports.Confirmed, "2026-01-07T15:00:00Z", sentTo("ldss", county, "2026-01-08T15:00:00Z", "2026-01-09T15:00:00Z", "2026-01-12T15:00:00Z", closed))})}
	}
	missed := func(people int, county, accepted string, notice time.Duration) batch {
		f := facetsOf(referrals.Facets{Source: "social_service_provider", County: county, AgeBand: "16_to_17", Minor: true,
			Course: decided(reports.Confirmed, "2026-02-05T15:00:00Z", sentTo("ldss", county, "2026-02-06T15:00:00Z", accepted, "", ""))})
		f.Course.NoticeAt = day("2026-02-02T15:00:00Z").Add(notice)
		return batch{people: people, status: workflow.Confirmed, received: "2026-02-02T15:00:00Z", facets: f}
	}
	declined := func(people int, source, at, why string) batch {
		return batch{people: people, status: workflow.Declined, received: "2026-03-02T15:00:00Z",
			facets: facetsOf(referrals.Facets{Source: source, Course: decided(reports.Declined, at, func(c *referrals.Course) { c.Found, c.Reason = "", why })})}
	}
	plant(t, s,
		reached(25, "erie", ""), reached(20, "albany", ""), reached(20, "albany", "2026-02-20T15:00:00Z"),
		missed(30, "erie", "", 2*time.Hour), missed(10, "erie", "2026-02-09T15:00:00Z", 2*time.Hour),
		missed(10, "albany", "2026-02-09T15:00:00Z", 2*time.Hour), missed(24, "albany", "2026-02-09T15:00:00Z", 30*time.Hour),
		batch{people: 12, status: workflow.Confirmed, received: "2026-03-23T15:00:00Z", facets: facetsOf(referrals.Facets{Source: "social_service_provider",
			Course: decided(reports.Confirmed, "2026-03-25T15:00:00Z", sentTo("rhtp", "erie", "2026-03-27T15:00:00Z", "", "", ""))})},
		declined(20, "sheriff", "2026-03-10T15:00:00Z", "no_means_shown"), declined(11, "nypd", "2026-03-11T15:00:00Z", "outside_scope"),
		batch{people: 13, status: workflow.Submitted, received: "2026-03-30T15:00:00Z", facets: facetsOf(referrals.Facets{Source: "nypd"})},
		batch{people: 14, status: workflow.Withdrawn, received: "2026-02-02T15:00:00Z", facets: facetsOf(referrals.Facets{Source: "nypd"}), shredded: 2},
		batch{people: 50, status: workflow.Confirmed, received: "2025-12-31T15:00:00Z", facets: facetsOf(referrals.Facets{Source: "nypd"})})
}

// texts are the figures of a row, as a reader sees them.
func texts(t *testing.T, rep reports.Report, table, row string) string {
	t.Helper()
	for _, tb := range rep.Tables {
		if tb.Key != table {
			continue
		}
		for _, r := range tb.Rows {
			if r.Key != row {
				continue
			}
			out := ""
			for i, f := range r.Figures {
				text := "-"
				if f.Withheld {
					text = "withheld"
				} else if f.Value != nil {
					text = fmt.Sprint(*f.Value)
				}
				if i > 0 {
					out += " "
				}
				out += text
			}
			return out
		}
	}
	t.Fatalf("%s has no row %s", table, row)
	return ""
}

// The numbers of a made-up quarter are those that a person counts by hand.
func TestReportCounts(t *testing.T) {
	each(t, lastDay, func(t *testing.T, s *demo.State) {
		quarter(t, s)
		rep, err := s.Door.Report(t.Context(), s.As("director"), referrals.Asked{Name: "yearly", From: "2026-01", To: "2026-03"})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ table, row, want string }{
			{"all", "received", "209"}, {"all", "confirmed", "151"}, {"all", "not_confirmed", "31"}, {"all", "open", "13"}, {"all", "withdrawn", "14"},
			// referred, confirmed, not confirmed, open
			{"month", "2026-01", "65 65 0 0"}, {"month", "2026-02", "74 74 0 0"}, {"month", "2026-03", "56 12 31 13"}, {"month", "total", "195 151 31 13"},
			// decided, median, 90th percentile, within 3, share, within 6, share, later
			{"time_by_month", "2026-01", "65 2 2 65 100 65 100 0"}, {"time_by_month", "2026-02", "74 3 3 74 100 74 100 0"},
			{"time_by_month", "2026-03", "43 6 7 12 28 32 74 11"}, {"time_by_month", "total", "182 3 6 151 83 171 94 11"},
			{"time_by_referrer", "nypd", "76 2 7 65 86 65 86 11"}, {"time_by_referrer", "social_service_provider", "86 3 3 86 100 86 100 0"},
			{"time_by_referrer", "sheriff", "20 6 6 0 0 20 100 0"}, {"time_by_referrer", "school", "0 - - 0 - 0 - 0"},
			// came, share, days: median, 90th percentile; stand here, days: median, 90th percentile; ended
			{"road", "confirmed", "151 - - - 0 - - 0"}, {"road", "sent", "151 100 1 1 42 54 54 0"}, {"road", "accepted", "109 72 1 3 44 51 51 0"},
			{"road", "reached", "65 60 3 3 45 79 79 20"}, {"road", "served", "0 0 - - 0 - - 0"},
			{"road_ldss", "reached", "65 60 3 3"}, {"road_rhtp", "sent", "12 100 2 2"},
			// sent, still in time, reached, never reached, share
			{"contact_by_kind", "ldss", "139 0 65 74 53"}, {"contact_by_kind", "rhtp", "12 12 0 0 -"},
			{"contact_by_county", "albany", "40 34 46 withheld withheld withheld"}, {"contact_by_county", "total", "65 74 53 0 0 -"},
			// handled as minors, within 24 hours, share, later, not told, hours
			{"minors_by_month", "total", "74 50 68 24 0 2 30"},
			{"reason", "no_means_shown", "20"},
			// With it, all others would be known to be none.
			{"reason", "outside_scope", "withheld"}, {"contact_by_county", "erie", "withheld 40 withheld withheld withheld withheld"},
		} {
			if got := texts(t, rep, c.table, c.row); got != c.want {
				t.Errorf("%s, %s: %s, want %s", c.table, c.row, got, c.want)
			}
		}
	})
}
