package api_test

import (
	"bytes"
	"strings"
	"testing"

	"nysreferral/reports"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

// A program gets each report as JSON and for a spreadsheet; one whose account
// may not see reports gets what a report that does not exist gives, and so does
// a period that is none get a sentence at its parameter.
func TestReports(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		none := h.want(404, "director", "GET", "/reports/names", nil)
		for _, key := range []string{"detective", "case_manager", "coordinator", "reviewer", "rhtp_harbor", "ldss_erie"} {
			if got := h.want(404, key, "GET", "/reports/yearly", nil); !bytes.Equal(got.body, none.body) {
				t.Errorf("%s: %s", key, got.body)
			}
		}
		h.want(401, "", "GET", "/reports/yearly", nil)
		h.sent(1)
		for _, name := range reports.Names() {
			var rep reports.Report
			h.want(200, "program", "GET", "/reports/"+name, nil).into(t, &rep)
			if rep.Name != name || rep.To != "2026-10" || rep.TooFew == "" || len(rep.Tables) > 0 {
				t.Errorf("%s of one referral: %+v", name, rep)
			}
		}
		file := h.want(200, "auditor", "GET", "/reports/road?from=2026-01&to=2026-10&format=csv", nil)
		if !strings.HasPrefix(file.header.Get("Content-Type"), "text/csv") || !strings.HasPrefix(string(file.body), "report,from,to,") {
			t.Errorf("%s", file.body)
		}
		var bad trouble
		h.want(422, "director", "GET", "/reports/road?from=2026-14", nil).into(t, &bad)
		if len(bad.Problems) != 1 || bad.Problems[0].Field != "from" {
			t.Errorf("%+v", bad)
		}
		h.want(422, "director", "GET", "/reports/road?format=xml", nil)
	})
}
