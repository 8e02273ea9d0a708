package workflow

// Unit is what a clock counts.
type Unit string

// The units. Business days are New York's, Days are calendar days, Hours run
// through nights and holidays.
const (
	BusinessDays Unit = "business days"
	Days         Unit = "days"
	Hours        Unit = "hours"
)

// ClockKey names a clock.
type ClockKey string

// The clocks.
const (
	ClockDetermination ClockKey = "determination"
	ClockNotice        ClockKey = "notice"
	ClockMinorNotice   ClockKey = "minor_notice"
	ClockHHS           ClockKey = "hhs_request"
	ClockShelter       ClockKey = "shelter"
	ClockAnswer        ClockKey = "answer"
	ClockAppeal        ClockKey = "appeal"
	ClockAcceptance    ClockKey = "acceptance"
	ClockContact       ClockKey = "first_contact"
	ClockOwn           ClockKey = "own_next_look"
	ClockLetter        ClockKey = "letter_handed"
	ClockDraft         ClockKey = "draft_kept"
	ClockSealed        ClockKey = "withdrawn_sealed"
)

// Clock is a time limit. A business-day clock counts the day of receipt as day
// 0 and ends at close of business, 17:00 in New York, of the last day. The
// counts are defaults: where Set is true the State may set another.
type Clock struct {
	Key    ClockKey
	Name   string
	Count  int // 0: at once
	Unit   Unit
	Starts string // what starts it
	Ends   string // what ends it
	Set    bool   // no law fixes the count; the State may set it
	Law    string
}

// Clocks is every time limit.
var Clocks = []Clock{
	{ClockDetermination, "Determination", 3, BusinessDays, "the referral is received", "it is confirmed or declined", false,
		"9 NYCRR 6174.3(b); more time for good cause, 6174.3(c)"},
	{ClockNotice, "Notice and routing", 6, BusinessDays, "the referral is received", "the person and the referrer are told, and a hand-over is sent", true,
		"State Comptroller, March 2025: confirmation within 6 business days; read as 3 and 3"},
	{ClockMinorNotice, "Notice about a minor", 0, Hours, "the referral is received", "the district of the county where the child was found is told", false,
		"SSL 483-cc(b)"},
	{ClockHHS, "Request to HHS for a minor", 24, Hours, "the referral is received", "the request to HHS is made or found not needed", false,
		"22 USC 7105(b)"},
	{ClockShelter, "Shelter tonight", 0, Hours, "the referral is received", "OTDA says what was found", false,
		"SSL 483-bb(b): safe house from the initial point of contact"},
	{ClockAnswer, "Answer to a question", 1, BusinessDays, "the question is asked", "the referrer answers", true,
		"procedure: within the time of 9 NYCRR 6174.3(b), which goes on running"},
	{ClockAppeal, "Time to appeal", 60, Days, "the notice of the decline", "an appeal is received", true,
		"18 NYCRR 765.1 knows an appeal; its limit awaits the State's word"},
	{ClockAcceptance, "Acceptance of a hand-over", 2, BusinessDays, "the hand-over is sent", "it is accepted or given back", true,
		"procedure: follow-up, State Comptroller, March 2025"},
	{ClockContact, "First contact", 7, Days, "the hand-over is accepted", "the person is reached", true,
		"procedure: follow-up, State Comptroller, March 2025"},
	{ClockOwn, "Next look at what OTDA keeps", 7, Days, "OTDA keeps a hand-over, or looked at it", "OTDA looks again or closes it", true,
		"procedure: nobody is lost"},
	{ClockLetter, "A letter is handed over", 7, Days, "it is sent to whoever hands it over", "it was handed over, or could not be", true,
		"procedure: OTDA reports the finding to the person, SSL 483-cc(b)"},
	{ClockDraft, "A draft is kept", 30, Days, "the draft was last saved", "it is submitted, discarded or destroyed", true,
		"procedure: retention awaits the State's word"},
	{ClockSealed, "A withdrawn referral is kept sealed", 90, Days, "the referral is withdrawn", "it is destroyed", true,
		"procedure: retention awaits the State's word"},
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
