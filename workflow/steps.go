package workflow

// Who, for the tables below.
var (
	referrer = []Duty{Referrer}
	reviews  = []Duty{Reviewer, Director}
	reviewer = []Duty{Reviewer}
	director = []Duty{Director}
	program  = []Duty{Program}
	state    = []Duty{Reviewer, Director, Program}
)

// What a determination rests on.
var (
	toReview  = []Guard{NotRecused}
	toAssess  = []Guard{NotRecused, NotOfReferrer}
	toResume  = []Guard{NotRecused, NotOfReferrer, NobodyHolds}
	toGiveUp  = []Guard{NotRecused, Holder}
	toPropose = []Guard{NotRecused, NotOfReferrer, ElementsFilled}
	toConfirm = []Guard{NotRecused, NotOfReferrer, NotAssessor, FreshDecider, OTDAConsulted, ReferrerConsulted, ElementsFilled}
	toDecline = []Guard{NotRecused, NotOfReferrer, NotAssessor, FreshDecider, OTDAConsulted, ReferrerConsulted, ElementsFilled, SecondReader, NotContested, ReasonGiven}
	toSecond  = []Guard{NotRecused, NotOfReferrer, FreshReader, ElementsFilled, NotContested}
	toContest = []Guard{NotRecused, NotOfReferrer, FreshReader, ElementsFilled, NotContested, ReasonGiven}
	toExtend  = []Guard{NotRecused, NotOfReferrer, OTDAConsulted, ReasonGiven}
	toReopen  = []Guard{NotRecused, NotOfReferrer, ReasonGiven}
	toFinish  = []Guard{NotRecused, AppealTimeOver}
	toRecuse  = []Guard{NotRecused, ReasonGiven}
	toReadmit = []Guard{NotRecused, SomebodyOut, ReasonGiven}
	onTheWord = []Guard{ReasonGiven}
)

// Sources that more than one line cites.
const (
	lawReferral  = "SSL 483-cc(a); 9 NYCRR 6174.3(a)"
	lawDecide    = "SSL 483-cc(b); 9 NYCRR 6174.3(b)"
	lawConsult   = "SSL 483-cc(b): in consultation with OTDA and the referring agency"
	lawElements  = "22 USC 7102(11), 7105; 9 NYCRR 6174.3(d)"
	lawExtend    = "9 NYCRR 6174.3(c)"
	lawAppeal    = "18 NYCRR 765.1: the confirmation and appeal processes"
	lawVoluntary = "28 CFR 94.115; 34 USC 12291(b)(2); the program is voluntary"
	lawSecond    = "procedure: second reader of a decline"
	lawVeil      = "procedure: the veil is lifted as an audited act"
	lawConflict  = "Public Officers Law 74: no part in a matter with a conflict of interest"
	procedure    = "procedure"

	// LawPause is by what a question may stop the clock, where the State chose so.
	LawPause = "procedure set by the State; 9 NYCRR 6174.3(b) itself stops no clock for a question"
)

// Steps is every permitted action on a referral. What is not listed is
// refused. Extra time and a question to the referrer do not stop the clock of
// the determination; only Extend moves it.
//
// Law: SSL 483-cc; 9 NYCRR 6174.3; 18 NYCRR 765.1.
var Steps = []Step{
	{Do: Save, From: Draft, To: Draft, Duties: referrer, Own: true, Say: "Save", Law: procedure},
	{Do: Submit, From: Draft, To: Submitted, Duties: referrer, Own: true, Say: "Send the referral", Law: lawReferral},
	{Do: Discard, From: Draft, To: Gone, Duties: referrer, Own: true, Say: "Discard the draft", Law: lawVoluntary},

	{Do: Take, From: Submitted, To: InReview, Duties: reviews, Needs: toAssess, Say: "Take it", Law: lawDecide},
	{Do: Take, From: Asked, To: InReview, Duties: reviews, Needs: toAssess, Say: "Go on without the answer", Law: "9 NYCRR 6174.3(b): a question does not stop the clock"},
	{Do: Take, From: InReview, To: InReview, Duties: reviews, Needs: toResume, Say: "Take it", Law: lawDecide},
	{Do: HandBack, From: InReview, To: Submitted, Duties: reviews, Needs: toGiveUp, Say: "Hand it back", Law: procedure},

	{Do: Ask, From: InReview, To: Asked, Duties: reviews, Needs: toReview, Say: "Ask the referrer", Law: lawConsult},
	{Do: Answer, From: Asked, To: InReview, Duties: referrer, Own: true, Say: "Answer", Law: lawConsult},
	{Do: Add, From: Submitted, To: Submitted, Duties: referrer, Own: true, Say: "Add facts", Law: lawReferral},
	{Do: Add, From: InReview, To: InReview, Duties: referrer, Own: true, Say: "Add facts", Law: lawReferral},
	{Do: Add, From: Asked, To: Asked, Duties: referrer, Own: true, Say: "Add facts", Law: lawReferral},
	{Do: Add, From: Confirmed, To: Confirmed, Duties: referrer, Own: true, Say: "Add facts", Law: lawReferral},

	{Do: Consult, From: InReview, To: InReview, Duties: state, Needs: toReview, Say: "Record a consultation", Law: lawConsult},
	{Do: Consult, From: Asked, To: Asked, Duties: state, Needs: toReview, Say: "Record a consultation", Law: lawConsult},
	{Do: Assess, From: InReview, To: InReview, Duties: reviews, Needs: toAssess, Say: "Assess the elements", Law: lawElements},
	{Do: Recommend, From: InReview, To: InReview, Duties: reviewer, Needs: toPropose, Say: "Recommend", Law: procedure},
	{Do: Second, From: InReview, To: InReview, Duties: reviews, Needs: toSecond, Say: "Agree as second reader", Law: lawSecond},
	{Do: Disagree, From: InReview, To: InReview, Duties: reviews, Needs: toContest, Say: "Disagree as second reader", Law: lawSecond},

	{Do: Note, From: InReview, To: InReview, Duties: reviews, Needs: toAssess, Say: "Write an internal note", Law: procedure},
	{Do: Note, From: Asked, To: Asked, Duties: reviews, Needs: toAssess, Say: "Write an internal note", Law: procedure},

	{Do: Confirm, From: InReview, To: Confirmed, Duties: director, Needs: toConfirm, Say: "Confirm", Law: lawDecide},
	{Do: Decline, From: InReview, To: Declined, Duties: director, Needs: toDecline, Say: "Decline", Law: lawDecide},
	{Do: Extend, From: InReview, To: InReview, Duties: director, Needs: toExtend, Say: "Extend the time", Law: lawExtend},
	{Do: Extend, From: Asked, To: Asked, Duties: director, Needs: toExtend, Say: "Extend the time", Law: lawExtend},

	{Do: Reconsider, From: Declined, To: InReview, Duties: referrer, Own: true, Needs: []Guard{ReasonGiven}, Say: "Send new facts", Law: lawAppeal},
	{Do: Reconsider, From: Declined, To: InReview, Duties: director, Needs: toReopen, Say: "Reconsider", Law: lawAppeal},
	{Do: Appeal, From: Declined, To: InReview, Duties: referrer, Own: true, Needs: []Guard{AppealTimeOpen}, Say: "Appeal for the person", Law: lawAppeal},
	{Do: Appeal, From: Declined, To: InReview, Duties: program, Needs: []Guard{AppealTimeOpen}, Say: "Record the person's appeal", Law: lawAppeal},

	{Do: Withdraw, From: Submitted, To: Withdrawn, Duties: referrer, Own: true, Say: "Withdraw", Law: lawVoluntary},
	{Do: Withdraw, From: InReview, To: Withdrawn, Duties: referrer, Own: true, Say: "Withdraw", Law: lawVoluntary},
	{Do: Withdraw, From: Asked, To: Withdrawn, Duties: referrer, Own: true, Say: "Withdraw", Law: lawVoluntary},
	{Do: Withdraw, From: Confirmed, To: Withdrawn, Duties: referrer, Own: true, Say: "Withdraw", Law: lawVoluntary},
	{Do: Withdraw, From: Declined, To: Withdrawn, Duties: referrer, Own: true, Say: "Withdraw", Law: lawVoluntary},
	{Do: Withdraw, From: Closed, To: Withdrawn, Duties: referrer, Own: true, Say: "Withdraw", Law: lawVoluntary},
	{Do: Withdraw, From: Submitted, To: Withdrawn, Duties: program, Needs: onTheWord, Say: "Withdraw on the person's word", Law: lawVoluntary},
	{Do: Withdraw, From: InReview, To: Withdrawn, Duties: program, Needs: onTheWord, Say: "Withdraw on the person's word", Law: lawVoluntary},
	{Do: Withdraw, From: Asked, To: Withdrawn, Duties: program, Needs: onTheWord, Say: "Withdraw on the person's word", Law: lawVoluntary},
	{Do: Withdraw, From: Confirmed, To: Withdrawn, Duties: program, Needs: onTheWord, Say: "Withdraw on the person's word", Law: lawVoluntary},
	{Do: Withdraw, From: Declined, To: Withdrawn, Duties: program, Needs: onTheWord, Say: "Withdraw on the person's word", Law: lawVoluntary},
	{Do: Withdraw, From: Closed, To: Withdrawn, Duties: program, Needs: onTheWord, Say: "Withdraw on the person's word", Law: lawVoluntary},

	{Do: Close, From: Confirmed, To: Closed, Duties: program, Needs: []Guard{AllHandedOver}, Say: "Close", Law: "SSL 483-bb; 483-cc(b)"},
	{Do: Close, From: Declined, To: Closed, Duties: state, Needs: toFinish, Say: "Close", Law: lawAppeal},

	{Do: Reveal, From: Submitted, To: Submitted, Duties: reviews, Needs: toReview, Say: "Show", Law: lawVeil},
	{Do: Reveal, From: InReview, To: InReview, Duties: reviews, Needs: toReview, Say: "Show", Law: lawVeil},
	{Do: Reveal, From: Asked, To: Asked, Duties: reviews, Needs: toReview, Say: "Show", Law: lawVeil},
	{Do: Reveal, From: Confirmed, To: Confirmed, Duties: reviews, Needs: toReview, Say: "Show", Law: lawVeil},
	{Do: Reveal, From: Declined, To: Declined, Duties: reviews, Needs: toReview, Say: "Show", Law: lawVeil},
	{Do: Reveal, From: InReview, To: InReview, Duties: program, Needs: []Guard{OTDAAsked}, Say: "Show", Law: lawVeil},
	{Do: Reveal, From: Asked, To: Asked, Duties: program, Needs: []Guard{OTDAAsked}, Say: "Show", Law: lawVeil},

	{Do: Recuse, From: Submitted, To: Submitted, Duties: reviews, Needs: toRecuse, Say: "Step back", Law: lawConflict},
	{Do: Recuse, From: InReview, To: InReview, Duties: reviews, Needs: toRecuse, Say: "Step back", Law: lawConflict},
	{Do: Recuse, From: Asked, To: Asked, Duties: reviews, Needs: toRecuse, Say: "Step back", Law: lawConflict},
	{Do: Recuse, From: Confirmed, To: Confirmed, Duties: reviews, Needs: toRecuse, Say: "Step back", Law: lawConflict},
	{Do: Recuse, From: Declined, To: Declined, Duties: reviews, Needs: toRecuse, Say: "Step back", Law: lawConflict},
	{Do: Exclude, From: Submitted, To: Submitted, Duties: director, Needs: toRecuse, Say: "Exclude a colleague", Law: lawConflict},
	{Do: Exclude, From: InReview, To: InReview, Duties: director, Needs: toRecuse, Say: "Exclude a colleague", Law: lawConflict},
	{Do: Exclude, From: Asked, To: Asked, Duties: director, Needs: toRecuse, Say: "Exclude a colleague", Law: lawConflict},
	{Do: Exclude, From: Confirmed, To: Confirmed, Duties: director, Needs: toRecuse, Say: "Exclude a colleague", Law: lawConflict},
	{Do: Exclude, From: Declined, To: Declined, Duties: director, Needs: toRecuse, Say: "Exclude a colleague", Law: lawConflict},
	{Do: Readmit, From: Submitted, To: Submitted, Duties: director, Needs: toReadmit, Say: "Readmit a colleague", Law: lawConflict},
	{Do: Readmit, From: InReview, To: InReview, Duties: director, Needs: toReadmit, Say: "Readmit a colleague", Law: lawConflict},
	{Do: Readmit, From: Asked, To: Asked, Duties: director, Needs: toReadmit, Say: "Readmit a colleague", Law: lawConflict},
	{Do: Readmit, From: Confirmed, To: Confirmed, Duties: director, Needs: toReadmit, Say: "Readmit a colleague", Law: lawConflict},
	{Do: Readmit, From: Declined, To: Declined, Duties: director, Needs: toReadmit, Say: "Readmit a colleague", Law: lawConflict},
}

// Party is whom a consultation is with.
type Party string

// The parties that the law wants consulted before a determination.
const (
	WithNobody   Party = ""
	WithOTDA     Party = "otda"
	WithReferrer Party = "referrer"
)

// Failed is the outcome of a consultation at which nobody was reached. It counts
// as one, with the reason in words.
const Failed = "tried_and_not_reached"

// Consulting is one line of the table of consultations: who records one with
// whom, and what may have come of it, by the codes of the form.
type Consulting struct {
	Duties   []Duty
	With     Party
	Outcomes []string
	Law      string
}

// Consultings is every consultation that can be recorded. OTDA writes its own
// view; for it, DCJS writes only that it tried and reached nobody. The first
// line of a duty is the one meant when nobody says with whom.
//
// Law: SSL 483-cc(b); 9 NYCRR 6174.3(b).
var Consultings = []Consulting{
	{program, WithOTDA, []string{"agrees", "disagrees", "no_view"}, lawConsult},
	{reviews, WithReferrer, []string{"spoken_with", "agrees", "disagrees", "no_view", Failed}, lawConsult},
	{reviews, WithOTDA, []string{Failed}, lawConsult},
}

// Consultation returns the consultation that duty records with that party, and
// whether there is one; WithNobody is the first of the duty.
func Consultation(duty Duty, with Party) (Consulting, bool) {
	for _, c := range Consultings {
		if among(duty, c.Duties) && (with == WithNobody || with == c.With) {
			return c, true
		}
	}
	return Consulting{}, false
}
