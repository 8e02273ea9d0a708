package workflow

import "testing"

// Whoever refers people or receives them, reviews referrals or keeps accounts
// sees no report, and neither does somebody at a side that does not fit; the
// director, OTDA, an auditor and the administrator see every one.
func TestReportsAreForFew(t *testing.T) {
	may := map[Duty]Side{Director: SideDCJS, Program: SideOTDA, Auditor: SideAuditor, Administrator: SideAdministration}
	for _, duty := range Duties() {
		for _, side := range Sides() {
			who := Actor{ID: 1, Agency: 1, Duty: duty, Side: side}
			for _, r := range Reports {
				if _, ok := ReportOf(who, r.Name); ok != (may[duty] == side) {
					t.Errorf("%s at %s sees %s: %v", duty, side, r.Name, ok)
				}
			}
		}
	}
	for _, who := range []Actor{{}, {ID: 1, Duty: Director, Side: SideDCJS}, {Agency: 1, Duty: Director, Side: SideDCJS}} {
		if _, ok := ReportOf(who, "yearly"); ok {
			t.Errorf("%+v sees a report", who)
		}
	}
	if _, ok := ReportOf(Actor{ID: 1, Agency: 1, Duty: Director, Side: SideDCJS}, "other"); ok {
		t.Error("a report that does not exist is seen")
	}
}

// Reading numbers opens no record: nobody reads a referral as S.
func TestStatisticsOpenNothing(t *testing.T) {
	for _, r := range Readerships {
		if r.Reader == ReadsStatistics {
			t.Errorf("%s reads records as %s", r.Duty, r.Reader)
		}
	}
}
