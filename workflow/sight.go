package workflow

// Reader is the letter by which the form says who reads a field.
type Reader string

// The readers. There is no letter for coordinators and administrators: they
// read nothing of a person.
const (
	ReadsNothing  Reader = ""
	ReadsReferrer Reader = "R" // the referrer, of the own referral
	ReadsReviewer Reader = "V" // reviewer and director
	ReadsProgram  Reader = "O" // OTDA
	ReadsRHTP     Reader = "P" // a recipient under the Response to Human Trafficking Program
	ReadsLDSS     Reader = "L" // a recipient at a local department of social services
	ReadsAuditor  Reader = "A" // codes and dates: no free text, no names
)

// Readership is one line of the table of readers: a duty at a side reads as
// this letter, and only its own records where Own is set.
type Readership struct {
	Duty   Duty
	Side   Side // empty: any side that fits the duty
	Own    bool
	Reader Reader
}

// Readerships is every reader. Who is not listed reads nothing.
//
// Law: SSL 483-cc(b); 28 CFR 94.115; 34 USC 12291(b)(2).
var Readerships = []Readership{
	{Duty: Referrer, Own: true, Reader: ReadsReferrer},
	{Duty: Reviewer, Reader: ReadsReviewer},
	{Duty: Director, Reader: ReadsReviewer},
	{Duty: Program, Reader: ReadsProgram},
	{Duty: Recipient, Side: SideRHTP, Own: true, Reader: ReadsRHTP},
	{Duty: Recipient, Side: SideLDSS, Own: true, Reader: ReadsLDSS},
	{Duty: Auditor, Reader: ReadsAuditor},
}

// Sees returns the letter as which who reads a record, or ReadsNothing. Own
// says whether the record is the actor's own, see Owns. It looks at duty and
// side only; whether there is anything to see yet, Look says.
func Sees(who Actor, own bool) Reader {
	if !able(who) {
		return ReadsNothing
	}
	for _, r := range Readerships {
		if r.Duty == who.Duty && (r.Side == "" || r.Side == who.Side) && (own || !r.Own) {
			return r.Reader
		}
	}
	return ReadsNothing
}

// Extent is how much of a referral may be seen.
type Extent int

// The extents. The zero value is nothing.
const (
	Nothing Extent = iota // the record is absent
	Outline               // see Outlines: what is enough to accept, or only that it stands
	Whole                 // everything that the reader's letter allows
)

// String names the extent.
func (e Extent) String() string {
	return [...]string{"nothing", "outline", "whole"}[e]
}

// Outlines are the form fields that a recipient sees before accepting, by
// their ids: language, interpreter, gender, county, needs, shelter tonight and
// type. Beside them stand the reference and the age as a band, never as a
// number or a date. Of a withdrawn referral not even these: only reference,
// status and dates.
var Outlines = []string{"E1", "E2", "C9", "D6", "J1", "K2", "G1"}

// HandoverSight says what a recipient sees of a hand-over that stands at a
// status. What is not listed, a recipient does not see at all.
type HandoverSight struct {
	At   HandoverStatus
	Sees Extent
}

// HandoverSights is what recipients see, and in which statuses.
//
// Law: 28 CFR 94.115; 34 USC 12291(b)(2).
var HandoverSights = []HandoverSight{
	{Sent, Outline},
	{Accepted, Whole},
	{Reached, Whole},
	{NotReached, Whole},
	{Enrolled, Whole},
	{Served, Whole},
}

// HandedOver reports whether a hand-over that stands at a status is with its
// recipient, who sees it while nothing else hides it.
func HandedOver(at HandoverStatus) bool {
	for _, s := range HandoverSights {
		if s.At == at {
			return true
		}
	}
	return false
}

// Look says how much who may see of a referral that stands at from, and, for a
// recipient, by way of the hand-over that c describes.
//
// A draft is its author's and the agency's lead's, never the State's. A
// withdrawn referral is sealed: whoever could see it sees only that it was
// withdrawn, and recipients nothing. A recipient sees only the own hand-over,
// and only while the release allows it. Who stepped back from a referral, or was
// excluded from it, sees nothing of it.
//
// Law: 34 USC 12291(b)(2); 28 CFR 94.115; Public Officers Law 74.
func Look(who Actor, from Status, c Circumstances) Extent {
	if Sees(who, Owns(who, c)) == ReadsNothing || !among(from, Statuses()) || among(who.ID, c.Recused) {
		return Nothing
	}
	if who.Duty == Recipient {
		return lookIn(from, c)
	}
	switch {
	case from == Draft && who.Duty != Referrer:
		return Nothing
	case from == Withdrawn:
		return Outline
	}
	return Whole
}

// lookIn is Look for the recipient of the hand-over in c.
func lookIn(from Status, c Circumstances) Extent {
	if from != Confirmed || !c.ReleaseAllows {
		return Nothing
	}
	return sightAt(c.Handover)
}

// sightAt is what a recipient sees of a hand-over that stands there.
func sightAt(at HandoverStatus) Extent {
	for _, s := range HandoverSights {
		if s.At == at {
			return s.Sees
		}
	}
	return Nothing
}

// CanSee says whether there is anything of a referral that who may see. What
// cannot be seen is absent, not forbidden.
func CanSee(who Actor, from Status, c Circumstances) bool {
	return Look(who, from, c) != Nothing
}
