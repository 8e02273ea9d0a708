package workflow

import "time"

// Minor is whether the person is under 18 now, for the law's purposes.
type Minor string

// The answers. Whoever is not known to be an adult is handled as a minor until
// it is settled, and so is an answer that is missing.
const (
	Adult        Minor = "no"
	IsMinor      Minor = "yes"
	TreatAsMinor Minor = "not_sure"
)

// Handled says whether the person is handled as a minor.
func (m Minor) Handled() bool { return m != Adult }

// Immigration is the category that finds the program which can serve the
// person. It is asked for routing only, and needs no proof.
type Immigration string

// The categories, by the codes of the form. A word that is none of them counts
// as unknown.
const (
	Citizen     Immigration = "us_citizen_or_national"
	Qualified   Immigration = "qualified_status"              // likely allows public benefits
	OtherStatus Immigration = "other_or_no_status_or_pending" // other, pending or none
	Unknown     Immigration = "unknown"
	NotSaid     Immigration = "prefers_not_to_say" // nobody asks again
)

// Receipt is what a submission says that starts a notice or a task at once.
type Receipt struct {
	Minor       Minor
	Immigration Immigration
	HHSRequest  string // yes, no, not_needed; empty counts as no
	Shelter     bool   // needs shelter tonight
	Report      string // to the register of child abuse: yes, no, not_required; empty counts as no
	Sex         bool   // sex trafficking is told of
	Missing     string // from care: now, in_the_past_year, no, unknown; empty counts as unknown
	ToNCMEC     string // the child's being missing was reported to NCMEC: yes, no, unknown; empty counts as no
}

// Notice is a message or task that a submission starts.
type Notice struct {
	Key   string   // minor_notice, minor_check, hhs_request, shelter, mandated_report, police_report, missing_report
	Sends bool     // true: a notice goes out; false: a task waits for somebody
	For   Duty     // who does it, or is to see that it was done
	Clock ClockKey // its time limit
	Say   string   // what is to be done
	Law   string
	when  func(r Receipt) bool
}

// notices is every notice and task that a submission can start.
//
// Law: SSL 483-cc(b); 22 USC 7105(b); SSL 483-bb(b); SSL 413, 415; P.L. 113-183.
var notices = []Notice{
	{
		Key: "minor_notice", Sends: true, For: Program, Clock: ClockMinorNotice,
		Say:  "The person is under 18: tell the district of the county where the child was found, now.",
		Law:  "SSL 483-cc(b); required by law, so the release does not limit it",
		when: func(r Receipt) bool { return r.Minor == IsMinor },
	},
	{
		Key: "minor_check", For: Program, Clock: ClockMinorNotice,
		Say:  "The person may be under 18: settle it, or tell the district of the county where the child was found.",
		Law:  "SSL 483-cc(b); not sure is handled as a minor",
		when: func(r Receipt) bool { return r.Minor.Handled() && r.Minor != IsMinor },
	},
	{
		Key: "hhs_request", For: Program, Clock: ClockHHS,
		Say:  "A minor who may be a foreign national: see that the request to HHS is made within 24 hours.",
		Law:  "22 USC 7105(b)",
		when: needsHHS,
	},
	{
		Key: "shelter", For: Program, Clock: ClockShelter,
		Say:  "The person needs shelter tonight: find a place and tell the referrer.",
		Law:  "SSL 483-bb(b)",
		when: func(r Receipt) bool { return r.Shelter },
	},
	{
		Key: TaskReport, For: Referrer, Clock: ClockReport,
		Say:  "A minor, and no report to the Statewide Central Register yet: see whether one is required, and make it at once.",
		Law:  lawReport,
		when: func(r Receipt) bool { return r.Minor.Handled() && r.Report != "yes" && r.Report != "not_required" },
	},
	{
		Key: TaskPolice, For: Program, Clock: ClockPolice,
		Say:  "A minor in sex trafficking: see that the local department, whose duty it is, reports it to law enforcement within 24 hours.",
		Law:  lawMissing,
		when: func(r Receipt) bool { return r.Minor.Handled() && r.Sex },
	},
	{
		Key: TaskMissing, For: Program, Clock: ClockMissing,
		Say:  "A minor who is missing from care now, and no report to NCMEC yet: see that the local department, whose duty it is, makes it within 24 hours.",
		Law:  lawMissing,
		when: func(r Receipt) bool { return r.Minor.Handled() && r.Missing == "now" && r.ToNCMEC != "yes" },
	},
}

// DistrictReports is until when a local department that was told of a child then
// reports what is its own to report: a child in sex trafficking to law
// enforcement, one who is missing from care to NCMEC also.
//
// Law: P.L. 113-183; see lawMissing.
func DistrictReports(told time.Time) time.Time {
	clock, _ := ClockOf(ClockPolice)
	return told.Add(time.Duration(clock.Count) * time.Hour)
}

// needsHHS says whether a request to HHS is still to be made: a minor, or
// perhaps one, of other, unknown or untold status, and no request made yet.
//
// Law: 22 USC 7105(b).
func needsHHS(r Receipt) bool {
	i := r.Immigration
	return r.Minor.Handled() && i != Citizen && i != Qualified && r.HHSRequest != "yes" && r.HHSRequest != "not_needed"
}

// Notices returns the notices and tasks that a submission starts, whatever
// comes of the determination. The clocks of determination and of notice start
// with every submission and are not listed.
func Notices(r Receipt) []Notice {
	var out []Notice
	for _, n := range notices {
		if n.when(r) {
			out = append(out, n)
		}
	}
	return out
}

// MeansWaived says whether force, fraud or coercion need not be shown: sex
// trafficking of somebody who is, or was while it went on, under 18. Labor
// trafficking always needs means, so where labor is ticked too they are still
// asked for. The answers are yes, no or not_sure; only yes waives.
//
// Law: 22 USC 7102(11)(A); Penal Law 230.34-a; against 135.35.
func MeansWaived(sex, labor bool, under18Now, under18During string) bool {
	return sex && !labor && (under18Now == "yes" || under18During == "yes")
}
