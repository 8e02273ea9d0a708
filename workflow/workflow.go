// Package workflow holds the rules of the road: who may do what, when, and
// why; who reads what; where a confirmed person is sent; which clocks run.
// The rules are tables of Go data and small functions over plain facts, so
// that a lawyer can read them beside the statute, and docs/rules.md is printed
// from the same tables. The package opens no file, asks no database, reads no
// clock and imports nothing of ours. Whether a record is shown as absent or as
// forbidden is not decided here, nor how an answer is stored or drawn.
package workflow

// Status is where a referral stands. The words are what a database and a URL
// hold; the zero value, Gone, stands for no record at all.
type Status string

// The statuses of a referral.
const (
	Gone      Status = ""          // a discarded draft: row and key are destroyed
	Draft     Status = "draft"     // being written; closed to the State
	Submitted Status = "submitted" // received by DCJS and OTDA; the clocks run
	InReview  Status = "in_review" // a reviewer has taken it
	Asked     Status = "asked"     // waits for the referrer's answer; the clocks still run
	Confirmed Status = "confirmed" // the determination: appears to be a victim
	Declined  Status = "declined"  // the determination: not confirmed
	Withdrawn Status = "withdrawn" // consent or referral taken back; sealed
	Closed    Status = "closed"    // nothing is left to do
)

// Statuses lists every status of a referral in the order of the road.
func Statuses() []Status {
	return []Status{Draft, Submitted, InReview, Asked, Confirmed, Declined, Withdrawn, Closed}
}

// Values lists the stored words, for a column that holds a Status.
func (Status) Values() []string { return words(Statuses()) }

// HandoverStatus is where one hand-over of a confirmed referral stands. The
// zero value is a hand-over that has not been proposed.
type HandoverStatus string

// The statuses of a hand-over.
const (
	Unproposed     HandoverStatus = ""            // there is no hand-over yet
	Proposed       HandoverStatus = "proposed"    // OTDA looks at it; no recipient knows
	Sent           HandoverStatus = "sent"        // the recipient sees an outline
	Accepted       HandoverStatus = "accepted"    // the recipient has the packet
	Returned       HandoverStatus = "returned"    // the recipient gave it back
	Reached        HandoverStatus = "reached"     // somebody spoke with the person
	NotReached     HandoverStatus = "not_reached" // tried, and nobody was reached yet
	Enrolled       HandoverStatus = "enrolled"    // the person joined the recipient's program
	Served         HandoverStatus = "served"      // services began
	HandoverClosed HandoverStatus = "closed"      // ended, with a reason
)

// HandoverStatuses lists every status of a hand-over in the order of the road.
func HandoverStatuses() []HandoverStatus {
	return []HandoverStatus{Proposed, Sent, Accepted, Returned, Reached, NotReached, Enrolled, Served, HandoverClosed}
}

// Values lists the stored words, for a column that holds a HandoverStatus.
func (HandoverStatus) Values() []string { return words(HandoverStatuses()) }

// Duty is what an account is there to do. An account has one.
type Duty string

// The duties.
const (
	Referrer      Duty = "referrer"      // writes, submits, answers, withdraws
	Coordinator   Duty = "coordinator"   // accounts of the own agency; sees no referral
	Reviewer      Duty = "reviewer"      // DCJS: takes, asks, assesses, recommends
	Director      Duty = "director"      // DCJS: Human Trafficking Director or delegate, decides
	Program       Duty = "program"       // OTDA: consults, notifies, routes, follows up
	Recipient     Duty = "recipient"     // RHTP provider or LDSS: accepts, reaches, serves
	Administrator Duty = "administrator" // agencies, directory, holidays; sees no person
	Auditor       Duty = "auditor"       // the log and metadata; sees no person
)

// Duties lists every duty.
func Duties() []Duty {
	return []Duty{Referrer, Coordinator, Reviewer, Director, Program, Recipient, Administrator, Auditor}
}

// Values lists the stored words, for a column that holds a Duty.
func (Duty) Values() []string { return words(Duties()) }

// Side is what kind of agency an account belongs to.
type Side string

// The sides.
const (
	SidePolice         Side = "police"         // police, sheriff, district attorney
	SideProvider       Side = "provider"       // social or legal service provider
	SideDCJS           Side = "dcjs"           // Division of Criminal Justice Services
	SideOTDA           Side = "otda"           // Office of Temporary and Disability Assistance
	SideRHTP           Side = "rhtp"           // provider under the Response to Human Trafficking Program
	SideLDSS           Side = "ldss"           // local department of social services
	SideAdministration Side = "administration" // the State's operators of this program
	SideAuditor        Side = "auditor"        // State Comptroller, internal audit
)

// Sides lists every side.
func Sides() []Side {
	return []Side{SidePolice, SideProvider, SideDCJS, SideOTDA, SideRHTP, SideLDSS, SideAdministration, SideAuditor}
}

// Values lists the stored words, for a column that holds a Side.
func (Side) Values() []string { return words(Sides()) }

// Actor is who acts: an account with its duty and agency. The zero value may
// do nothing and sees nothing.
type Actor struct {
	ID     int  // the account; never 0 for a real one
	Agency int  // the agency; never 0 for a real one
	Duty   Duty // what the account is there to do
	Side   Side // the agency's side
	Lead   bool // a referrer who sees the whole agency's referrals

	// What stands on pages and in referrals; no rule reads it.
	Name       string // for signatures
	Office     string // name of the agency
	Kind       string // of source that the agency is, as it is registered
	Designated string // by whom the agency is designated as a source
}

// Post says at which sides a duty may stand.
type Post struct {
	Duty  Duty
	Sides []Side
}

// Posts is every permitted pair of duty and side. An account outside of it
// may do nothing and sees nothing, whoever made it.
//
// Law: the determination is the Human Trafficking Director's at DCJS (9 NYCRR
// 6174.2, 6174.3), consultation and notice are OTDA's (SSL 483-cc(b)).
var Posts = []Post{
	{Referrer, []Side{SidePolice, SideProvider, SideRHTP, SideLDSS, SideDCJS, SideOTDA}},
	{Coordinator, []Side{SidePolice, SideProvider, SideRHTP, SideLDSS, SideDCJS, SideOTDA, SideAdministration, SideAuditor}},
	{Reviewer, []Side{SideDCJS}},
	{Director, []Side{SideDCJS}},
	{Program, []Side{SideOTDA}},
	{Recipient, []Side{SideRHTP, SideLDSS}},
	{Administrator, []Side{SideAdministration}},
	{Auditor, []Side{SideAuditor}},
}

// Fits says whether an account with duty may stand at side.
func Fits(duty Duty, side Side) bool {
	for _, p := range Posts {
		if p.Duty == duty {
			return among(side, p.Sides)
		}
	}
	return false
}

// words turns a list of named words into plain ones.
func words[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// among says whether one is in list.
func among[T comparable](one T, list []T) bool {
	for _, v := range list {
		if v == one {
			return true
		}
	}
	return false
}
