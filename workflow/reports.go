package workflow

// ReadsStatistics is the letter of who reads numbers only: the form marks with
// it the fields that may be counted. It opens no referral, and no actor reads a
// record as it.
const ReadsStatistics Reader = "S"

// ReportRule says who may see one report of numbers.
type ReportRule struct {
	Name   string
	Duties []Duty
	Law    string
}

// counting are the duties that read numbers.
var counting = []Duty{Director, Program, Auditor, Administrator}

// Reports is every report and who may see it. What is not listed is refused,
// and so is whoever refers or receives people: for them a number could tell of
// a person whom they know.
//
// Law: SSL 483-ee, the data that the interagency task force collects; State
// Comptroller, March 2025.
var Reports = []ReportRule{
	{"timeliness", counting, "9 NYCRR 6174.3(b); State Comptroller, March 2025"},
	{"road", counting, "SSL 483-bb(b); State Comptroller, March 2025"},
	{"contact", counting, "SSL 483-bb(b); State Comptroller, March 2025"},
	{"minors", counting, "SSL 483-cc(b)"},
	{"referrals", counting, "SSL 483-ee"},
	{"yearly", counting, "SSL 483-ee"},
}

// ReportOf returns the rule of the report of that name for who, and whether
// who may see it.
func ReportOf(who Actor, name string) (ReportRule, bool) {
	for _, r := range Reports {
		if r.Name == name {
			return r, able(who) && among(who.Duty, r.Duties)
		}
	}
	return ReportRule{}, false
}
