package workflow

// SearchReason is why somebody at the State looks for a person. A search without
// one is not made.
type SearchReason string

// The reasons.
const (
	SearchNew       SearchReason = "new_referral"  // a referral came in, or is announced: is the person known?
	SearchAsked     SearchReason = "agency_asked"  // a referring agency or a recipient asks for its own referral
	SearchPerson    SearchReason = "person_asked"  // the person, or who speaks for them, asks or withdraws
	SearchSafety    SearchReason = "safety"        // somebody is in danger
	SearchDisclosed SearchReason = "court_request" // a court, an inspector or a request for records
)

// SearchFor is a reason and how people read it.
type SearchFor struct {
	Reason SearchReason
	Say    string
}

// SearchReasons is every reason for a search.
var SearchReasons = []SearchFor{
	{SearchNew, "A referral came in: is the person known?"},
	{SearchAsked, "An agency asks about a referral of its own"},
	{SearchPerson, "The person asks, or withdraws"},
	{SearchSafety, "Somebody is in danger"},
	{SearchDisclosed, "A court, an inspector or a request for records"},
}

// Limits of searching: it finds one person, and is no way through the list.
const (
	SearchesAnHour = 20 // of one account
	SearchShows    = 10 // referrals at most
	SearchWords    = 10 // characters at least of the words that say why
)

// MaySearch says whether who may look for a person at all. Nobody else learns
// that there is a search.
//
// Law: 34 USC 12291(b)(2); 28 CFR 94.115.
func MaySearch(who Actor) bool { return able(who) && among(who.Duty, state) }

// SearchReasonKnown says whether a reason is one of the list.
func SearchReasonKnown(r SearchReason) bool {
	for _, one := range SearchReasons {
		if one.Reason == r {
			return true
		}
	}
	return false
}
