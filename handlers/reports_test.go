package handlers

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/reports"
	"nysreferral/seal"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// lastMonth lies in the last month that is over.
var lastMonth = started.AddDate(0, -1, 0)

// received writes so many open referrals of one kind of referrer, as far as
// reports read them.
func (s *stage) received(people int, from uint64, source string) {
	s.t.Helper()
	text, err := json.Marshal(referrals.Facets{Source: source, County: "erie", CountyNow: "erie", AgeBand: "25_to_39", Gender: "woman_or_girl", Type: "sex", Language: "english",
		Course: referrals.Course{Outcome: reports.Declined, DecidedAt: lastMonth, Reason: "no_means_shown"}})
	if err != nil {
		s.t.Fatal(err)
	}
	who := s.state.As("detective")
	err = s.state.DB.Do(s.t.Context(), func(tx *ent.Tx) error {
		for i := range people {
			ref := forms.NewReference(from + uint64(i))
			key, wrapped, err := s.state.Ring.NewKey(ref)
			if err != nil {
				return err
			}
			err = tx.Referral.Create().SetRef(ref).SetStatus(string(workflow.Declined)).SetAgencyID(who.Agency).SetAuthorID(who.ID).
				SetCreatedAt(lastMonth).SetUpdatedAt(lastMonth).SetSubmittedAt(lastMonth).SetDataKey(wrapped).
				SetFacets(key.Seal(text, seal.Place{Table: "referrals", Column: "facets", Row: ref, Version: 1})).Exec(viewer.Job(s.t.Context(), "test"))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// Those who may not see reports find no such pages; the others find the list,
// each report with its numbers, a plot and a file, and small numbers in none of
// them; each is one line in the log.
func TestReportPages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		for _, key := range []string{"detective", "coordinator", "reviewer", "rhtp_harbor", "ldss_erie"} {
			b := s.at(key)
			none := b.get("/no/such/page").body
			for _, path := range []string{"/reports", "/reports/yearly", "/reports/yearly/file"} {
				if got := b.get(path); got.status != http.StatusNotFound || got.body != none {
					t.Errorf("%s opens %s: %d", key, path, got.status)
				}
			}
		}
		director := s.at("director")
		director.mustShow("/reports/yearly", "Too few to show", "October 2026")
		s.received(30, 1000, "nypd")
		s.received(20, 2000, "sheriff")
		s.received(3, 3000, "school")
		for _, key := range []string{"director", "program", "administrator", "auditor"} {
			s.at(key).mustShow("/reports", "Yearly report", "People who were never reached")
		}
		for _, name := range reports.Names() {
			before := s.reportLines()
			director.mustShow("/reports/"+name, "How this is counted", "Choose another period")
			if n := s.reportLines() - before; n != 1 {
				t.Errorf("%s leaves %d lines", name, n)
			}
		}
		page := director.mustShow("/reports/timeliness?from=2026-09&to=2026-10", "September 2026 to October 2026", "<svg", "NYPD", "withheld", "The table below has the same numbers")
		if strings.Contains(page, ">3<") {
			t.Error("a number under 11 is shown")
		}
		file := director.get("/reports/referrals/file?from=2026-09&to=2026-10")
		if file.status != http.StatusOK || !strings.HasPrefix(file.header.Get("Content-Type"), "text/csv") ||
			!strings.Contains(file.body, "referrals,2026-09,2026-10,referrer,nypd,NYPD,referred,Referred,persons,30\r\n") || strings.Contains(file.body, ",3\r\n") {
			t.Errorf("%d %s", file.status, file.body)
		}
		if got := director.get("/reports/names"); got.status != http.StatusNotFound {
			t.Errorf("a report that does not exist: %d", got.status)
		}
	})
}

// Another period is chosen in a form and stands in the address; one that is
// none is told at its field, and nothing is counted.
func TestReportPeriod(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	b := s.at("auditor")
	if to := b.mustDo("/reports/minors", "/reports/minors", url.Values{"from": {"2026-02"}, "to": {"2026-05"}}); to != "/reports/minors?from=2026-02&to=2026-05" {
		t.Errorf("leads to %s", to)
	}
	before := s.reportLines()
	got := b.get("/reports/minors?from=2026-05&to=2026-02")
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Choose an earlier one.") || !strings.Contains(got.body, "<title>Error:") || s.reportLines() != before {
		t.Errorf("%d", got.status)
	}
}

func (s *stage) reportLines() int {
	s.t.Helper()
	n, err := s.state.DB.Read().AuditEntry.Query().Where(auditentry.Action("report"), auditentry.Outcome("done")).Count(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}
