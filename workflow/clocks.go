package workflow

// Unit is what a clock counts.
type Unit string

// The units. Business days are New York's; Days are calendar days and end at
// close of business, on a free day at that of the next business day; Hours run
// through nights and holidays. Tries and NamedDay count no time: so many tries
// to reach somebody, and the day that a paper names.
//
// Law: General Construction Law 20, 25-a.
const (
	BusinessDays Unit = "business days"
	Days         Unit = "days"
	Hours        Unit = "hours"
	Years        Unit = "years"
	Tries        Unit = "tries"
	NamedDay     Unit = "the day named"
)

// ClockKey names a clock. The words stand in settings and never change.
type ClockKey string

// The clocks.
const (
	ClockDetermination ClockKey = "determination"
	ClockNotice        ClockKey = "notice"
	ClockMinorNotice   ClockKey = "minor_notice"
	ClockHHS           ClockKey = "hhs_request"
	ClockShelter       ClockKey = "shelter"
	ClockReport        ClockKey = "mandated_report"
	ClockPolice        ClockKey = "police_report"
	ClockMissing       ClockKey = "missing_report"
	ClockAnswer        ClockKey = "answer"
	ClockAppeal        ClockKey = "appeal"
	ClockWritten       ClockKey = "written_consent"
	ClockRelease       ClockKey = "release_ends"
	ClockRoute         ClockKey = "route"
	ClockAcceptance    ClockKey = "acceptance"
	ClockEscalation    ClockKey = "escalation"
	ClockTry           ClockKey = "next_try"
	ClockTries         ClockKey = "tries"
	ClockContact       ClockKey = "first_contact"
	ClockBring         ClockKey = "bring_together"
	ClockReroute       ClockKey = "reroute"
	ClockDecide        ClockKey = "otda_decides"
	ClockOutcome30     ClockKey = "outcome_30"
	ClockOutcome60     ClockKey = "outcome_60"
	ClockOutcome90     ClockKey = "outcome_90"
	ClockOutcomeMore   ClockKey = "outcome_more"
	ClockWrapUp        ClockKey = "wrap_up"
	ClockOwn           ClockKey = "own_next_look"
	ClockUnsafe        ClockKey = "unsafe_try"
	ClockStopped       ClockKey = "told_to_stop"
	ClockStopAgain     ClockKey = "told_again"
	ClockStopUnread    ClockKey = "stop_unread"
	ClockSign          ClockKey = "letter_signed"
	ClockLetter        ClockKey = "letter_handed"
	ClockDraft         ClockKey = "draft_kept"
	ClockSealed        ClockKey = "withdrawn_sealed"
	ClockDeclinedKept  ClockKey = "declined_kept"
	ClockConfirmedKept ClockKey = "confirmed_kept"
	ClockLogKept       ClockKey = "log_kept"
	ClockDisclosure    ClockKey = "disclosure_due"
)

// Clock is a time limit and its alarm. A business-day clock counts the day of
// receipt as day 0 and ends at close of business in New York of the last
// day. The counts are defaults: where Set is true the State may set
// another from a day on, and a clock that runs already keeps its own.
type Clock struct {
	Key    ClockKey
	Name   string
	Count  int // 0: at once
	Unit   Unit
	Starts string // what starts it
	Ends   string // what ends it
	Moves  string // what pauses or extends it; "" is nothing
	Soon   int    // it turns due soon that many units before; 0: on the day itself, a clock of hours never
	Tells  []Duty // whom a mail without content tells when it is overdue, beside those whose it is
	Set    bool   // no law fixes the count; the State may set it
	Law    string
}

// Sources that more than one clock cites.
const (
	lawComptroller = "procedure: follow-up, State Comptroller, March 2025"
	lawRetention   = "procedure: retention awaits the State's word"
	lawReport      = "SSL 413 (by whoever must report, at once), 415 (in writing within 48 hours)"
	// lawMissing is told from memory in the sources of this program: neither the
	// text of the Act nor OCFS's directive was read.
	lawMissing = "P.L. 113-183, by child welfare agencies; its text, and OCFS 15-OCFS-ADM-16, are to be checked by the State"
	moveHold   = "a legal hold, while it lasts"
	pause      = "a pause that the person asked for"
)

// Clocks is every time limit.
var Clocks = []Clock{
	{
		Key: ClockDetermination, Name: "Determination", Count: 3, Unit: BusinessDays, Starts: "the referral is received", Ends: "it is confirmed or declined",
		Moves: "an extension for good cause; a question does not stop it", Soon: 1, Tells: []Duty{Director},
		Law: "9 NYCRR 6174.3(b); more time for good cause, 6174.3(c)",
	},
	{
		Key: ClockNotice, Name: "Notice and routing", Count: 6, Unit: BusinessDays, Starts: "the referral is received",
		Ends: "the person and the referrer are told, and a hand-over is sent", Soon: 1, Set: true,
		Law: "State Comptroller, March 2025: confirmation within 6 business days; read as 3 and 3",
	},
	{
		Key: ClockMinorNotice, Name: "Notice about a minor", Unit: Hours, Starts: "the referral is received",
		Ends: "the district of the county where the child was found is told", Law: "SSL 483-cc(b)",
	},
	{
		Key: ClockHHS, Name: "Request to HHS for a minor", Count: 24, Unit: Hours, Starts: "the referral is received",
		Ends: "the request to HHS is made or found not needed", Soon: 6, Law: "22 USC 7105(b)",
	},
	{
		Key: ClockShelter, Name: "Shelter tonight", Unit: Hours, Starts: "the referral is received", Ends: "OTDA says what was found",
		Law: "SSL 483-bb(b): safe house from the initial point of contact",
	},
	{
		Key: ClockReport, Name: "Report to the child abuse register", Count: 48, Unit: Hours, Starts: "a referral of a minor without one is received",
		Ends: "the referrer notes that it was made, or why none is required", Soon: 24, Tells: []Duty{Program}, Law: lawReport,
	},
	{
		Key: ClockPolice, Name: "Report of a child in sex trafficking to law enforcement", Count: 24, Unit: Hours, Starts: "a referral of a minor in sex trafficking is received",
		Ends: "OTDA notes what the local department says: that it reported, or why it need not", Soon: 6, Law: lawMissing,
	},
	{
		Key: ClockMissing, Name: "Report of a missing child to NCMEC", Count: 24, Unit: Hours, Starts: "a referral of a minor who is missing from care, without such a report, is received",
		Ends: "OTDA notes what the local department says: that it reported, or why it need not", Soon: 6, Law: lawMissing,
	},
	{
		Key: ClockAnswer, Name: "Answer to a question", Count: 1, Unit: BusinessDays, Starts: "the question is asked", Ends: "the referrer answers",
		Tells: []Duty{Reviewer}, Set: true, Law: "procedure: within the time of 9 NYCRR 6174.3(b), which goes on running",
	},
	{
		Key: ClockAppeal, Name: "Time to appeal", Count: 60, Unit: Days, Starts: "the notice of the decline", Ends: "an appeal is received", Soon: 14, Set: true,
		Law: "18 NYCRR 765.1 knows an appeal; its limit awaits the State's word",
	},
	{
		Key: ClockWritten, Name: "Written consent after a verbal one", Count: 10, Unit: BusinessDays, Starts: "a referral with verbal consent is received",
		Ends: "the referrer has the signed release", Soon: 2, Tells: []Duty{Program}, Set: true, Law: "28 CFR 94.115 (informed, written); the count is procedure",
	},
	{
		Key: ClockRelease, Name: "End of the release", Unit: NamedDay, Starts: "the release is given", Ends: "a new release is given",
		Soon: 30, Tells: []Duty{Program}, Law: "34 USC 12291(b)(2); 28 CFR 94.115 (reasonably time-limited)",
	},
	{
		Key: ClockRoute, Name: "Look at a proposal", Count: 1, Unit: BusinessDays, Starts: "a hand-over is proposed or given back",
		Ends: "OTDA sends it or chooses another", Set: true, Law: "procedure: within the time of notice and routing",
	},
	{
		Key: ClockAcceptance, Name: "Acceptance of a hand-over", Count: 2, Unit: BusinessDays, Starts: "the hand-over is sent", Ends: "it is accepted or given back",
		Soon: 1, Set: true, Law: lawComptroller,
	},
	{
		Key: ClockEscalation, Name: "OTDA steps in where nobody accepts", Count: 1, Unit: BusinessDays, Starts: "the time to accept is over",
		Ends: "it is accepted or given back", Set: true, Law: lawComptroller,
	},
	{
		Key: ClockTry, Name: "Next try to reach the person", Count: 2, Unit: Days, Starts: "the hand-over is accepted, or a try by a permitted way was logged",
		Ends: "another try by a permitted way is logged, or the person is reached", Moves: pause, Set: true, Law: lawComptroller,
	},
	{
		Key: ClockTries, Name: "Tries after which it counts as no contact", Count: 3, Unit: Tries, Starts: "the hand-over is accepted",
		Ends: "the person is reached", Set: true, Law: lawComptroller + "; the number awaits OTDA's word",
	},
	{
		Key: ClockContact, Name: "First contact", Count: 7, Unit: Days, Starts: "the hand-over is accepted", Ends: "the person is reached",
		Moves: pause, Soon: 2, Set: true, Law: lawComptroller,
	},
	{
		Key: ClockBring, Name: "Word on bringing the person together with the recipient", Count: 2, Unit: BusinessDays,
		Starts: "the referrer is asked", Ends: "the referrer says yes or no, or the person is reached", Moves: pause, Tells: []Duty{Program}, Set: true, Law: lawComptroller,
	},
	{
		Key: ClockReroute, Name: "OTDA steps in where nobody is reached", Count: 3, Unit: Days, Starts: "the time of first contact is over",
		Ends: "the person is reached", Moves: pause, Set: true, Law: lawComptroller,
	},
	{
		Key: ClockDecide, Name: "OTDA decides how to go on", Count: 1, Unit: BusinessDays, Starts: "OTDA has to step in", Ends: "OTDA chose another recipient, or noted why not",
		Set: true, Law: lawComptroller,
	},
	{
		Key: ClockOutcome30, Name: "How it goes after 30 days", Count: 30, Unit: Days, Starts: "the person is reached", Ends: "the recipient says how it goes, or it is closed",
		Soon: 7, Tells: []Duty{Program}, Set: true, Law: lawComptroller,
	},
	{
		Key: ClockOutcome60, Name: "How it goes after 60 days", Count: 60, Unit: Days, Starts: "the person is reached", Ends: "the recipient says how it goes, or it is closed",
		Soon: 7, Tells: []Duty{Program}, Set: true, Law: lawComptroller,
	},
	{
		Key: ClockOutcome90, Name: "How it goes after 90 days", Count: 90, Unit: Days, Starts: "the person is reached", Ends: "the recipient says how it goes, or it is closed",
		Soon: 7, Tells: []Duty{Program}, Set: true, Law: lawComptroller,
	},
	{
		Key: ClockOutcomeMore, Name: "How it goes, after that", Count: 90, Unit: Days, Starts: "the recipient said how it goes", Ends: "it says so again, or it is closed",
		Soon: 7, Tells: []Duty{Program}, Set: true, Law: lawComptroller,
	},
	{
		Key: ClockWrapUp, Name: "Every hand-over has ended", Count: 5, Unit: BusinessDays, Starts: "the last hand-over ends", Ends: "OTDA closes the referral or proposes another",
		Soon: 1, Set: true, Law: "procedure: nobody is lost",
	},
	{
		Key: ClockOwn, Name: "Next look of OTDA", Count: 7, Unit: Days, Starts: "OTDA keeps a hand-over, stepped in, or looked at it", Ends: "OTDA looks again or closes it",
		Soon: 1, Set: true, Law: "procedure: nobody is lost",
	},
	{
		Key: ClockUnsafe, Name: "A try by a way that is not safe", Unit: Hours, Starts: "a recipient logs a try by a way that the referral does not call safe",
		Ends: "OTDA notes what it found", Law: "28 CFR 94.115; 34 USC 12291(b)(2)",
	},
	{
		Key: ClockStopped, Name: "A recipient stops", Count: 1, Unit: BusinessDays, Starts: "a recipient may no longer act on a hand-over",
		Ends: "it says that it stopped and destroyed its copies, or may act on it again", Set: true, Law: lawVoluntary,
	},
	{
		Key: ClockStopAgain, Name: "A recipient is told a last time to stop", Count: 1, Unit: BusinessDays, Starts: "the time to say that it stopped is over",
		Ends: "it says that it stopped", Set: true, Law: lawVoluntary,
	},
	{
		Key: ClockStopUnread, Name: "OTDA steps in where a recipient does not stop", Count: 2, Unit: BusinessDays, Starts: "the time to say that it stopped is over",
		Ends: "it says that it stopped", Set: true, Law: lawVoluntary,
	},
	{
		Key: ClockSign, Name: "A letter is signed and sent", Count: 1, Unit: BusinessDays, Starts: "the letter waits for a signature, or could not be handed over",
		Ends: "it is sent, or stopped", Set: true, Law: "procedure: within the time of notice and routing",
	},
	{
		Key: ClockLetter, Name: "A letter is handed over", Count: 7, Unit: Days, Starts: "it is sent to whoever hands it over", Ends: "it was handed over, or could not be",
		Soon: 1, Tells: []Duty{Program}, Set: true, Law: "procedure: OTDA reports the finding to the person, SSL 483-cc(b)",
	},
	{Key: ClockDraft, Name: "A draft is kept", Count: 30, Unit: Days, Starts: "the draft was last saved", Ends: "it is submitted, discarded or destroyed", Soon: 7, Set: true, Law: lawRetention},
	{Key: ClockSealed, Name: "A withdrawn referral is kept sealed", Count: 90, Unit: Days, Starts: "the referral is withdrawn", Ends: "two persons destroy it", Moves: moveHold, Set: true, Law: lawRetention},
	{
		Key: ClockDeclinedKept, Name: "A referral that was not confirmed is kept", Count: 3, Unit: Years, Starts: "the referral is closed", Ends: "two persons destroy it",
		Moves: moveHold, Set: true, Law: lawRetention + "; 2 CFR 200.334 (recalled, not verified)",
	},
	{
		Key: ClockConfirmedKept, Name: "A confirmed referral is kept", Count: 6, Unit: Years, Starts: "the referral is closed", Ends: "two persons destroy it",
		Moves: moveHold, Set: true, Law: lawRetention + "; State contracts, Appendix A 10 (recalled, not verified)",
	},
	{
		Key: ClockLogKept, Name: "The log is kept", Count: 7, Unit: Years, Starts: "the line is written", Ends: "nothing destroys it yet: it is kept whole",
		Set: true, Law: "CJIS Security Policy AU-11 (at least one year); the count is policy",
	},
	{
		Key: ClockDisclosure, Name: "Answer to a demand from outside", Unit: NamedDay, Starts: "a disclosure is prepared", Ends: "it is approved, or nothing is given",
		Soon: 5, Tells: []Duty{Director}, Law: lawDisclose,
	},
}

// ClockOf returns the clock of that key, and whether there is one.
func ClockOf(key ClockKey) (Clock, bool) {
	for _, c := range Clocks {
		if c.Key == key {
			return c, true
		}
	}
	return Clock{}, false
}
