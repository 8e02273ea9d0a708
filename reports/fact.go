package reports

import (
	"time"

	"nysreferral/forms"
)

// Outcome is what came of a referral so far.
type Outcome string

// The outcomes.
const (
	Pending   Outcome = ""          // no determination yet, or one that is being looked at again
	Confirmed Outcome = "confirmed" //
	Declined  Outcome = "declined"  //
	Withdrawn Outcome = "withdrawn" // withdrawn, or destroyed since: nothing of the person is kept for counting
)

// Fact is one referral as it is counted: moments and codes of the form, and
// nothing that tells who. Of one that is Withdrawn only ReceivedAt is read.
type Fact struct {
	ReceivedAt time.Time
	DecidedAt  time.Time // of the first determination
	Outcome    Outcome
	Extended   bool // more time was granted
	Found      string
	Reason     string // category, of one that was not confirmed

	Source, Type, AgeBand, Gender, County, Stays, Origin, Language string
	Venues, Sectors                                                []string

	Minor    bool      // handled as a minor
	NoticeAt time.Time // the first notice to a district went out

	Handed []Handed
}

// Handed is one hand-over as it is counted; moments that were not reached are
// zero.
type Handed struct {
	Kind       string // ldss, rhtp or otda
	County     string // for which the recipient was chosen
	SentAt     time.Time
	AcceptedAt time.Time
	ReachedAt  time.Time
	ServedAt   time.Time
	ClosedAt   time.Time
	UndoneAt   time.Time // it was given back, passed on, sent elsewhere or taken back, or it was closed and not called done: the person said no, moved away, was lost
}

// Kinds of recipient, as a Handed has them.
const (
	ldss = "ldss"
	rhtp = "rhtp"
	otda = "otda"
)

// under18 are the age bands below 18.
var under18 = []string{"under_13", "13_to_15", "16_to_17"}

// unknown is the row of what was not told.
const unknown = forms.Unknown
