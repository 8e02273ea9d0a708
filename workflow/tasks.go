package workflow

import "slices"

// TaskKind is a kind of thing that somebody has to do, with the clock that
// runs for it. A running clock is an open task.
type TaskKind struct {
	Key    string
	For    Duty     // whose it is; of a letter, whoever signs or hands over that one
	Clock  ClockKey // how long there is
	Short  string   // what is next, in a few words
	Say    string   // what is to be done
	Sees   string   // readers, by their letters, who see the clock beside those whose it is
	ByHand bool     // whoever's it is marks it done with a note; the others end with the act that they ask for
	Quiet  bool     // stands in lists only once it is due soon
	Stays  []Action // steps that end a referral or its determination, and leave this open; they end all else
	Begins []string // of those by hand: with one of these the note begins, for several things may have been done
	Beyond bool     // stands for a recipient who no longer sees the hand-over, until it says that it read it
	Danger bool     // the person may be in danger: stands before all that is due, whenever that is
	Again  string   // kind that begins when it is marked done by hand and the person still waits; "" is none
}

// Kinds of tasks that more than one place names.
const (
	TaskDetermination = string(ClockDetermination)
	TaskNotice        = string(ClockNotice)
	TaskSecond        = "second_reader"
	TaskContested     = "second_reader_disagreed"
	TaskAnswer        = string(ClockAnswer)
	TaskAppeal        = string(ClockAppeal)
	TaskWritten       = string(ClockWritten)
	TaskReport        = string(ClockReport)
	TaskPolice        = string(ClockPolice)
	TaskMissing       = string(ClockMissing)
	TaskRelease       = string(ClockRelease)
	TaskReleaseEnded  = "release_ended"
	TaskVerify        = "contact_to_verify"
	TaskConsent       = "obtain_consent"
	TaskRoute         = string(ClockRoute)
	TaskAcceptance    = string(ClockAcceptance)
	TaskNotAccepted   = "not_accepted"
	TaskTry           = string(ClockTry)
	TaskContact       = string(ClockContact)
	TaskBring         = string(ClockBring)
	TaskNoContact     = "no_contact"
	TaskLost          = "lost_contact"
	TaskOutcomeMore   = string(ClockOutcomeMore)
	TaskWrapUp        = string(ClockWrapUp)
	TaskOwn           = string(ClockOwn)
	TaskUnsafe        = string(ClockUnsafe)
	TaskStopped       = string(ClockStopped)
	TaskStopUnread    = string(ClockStopUnread)
	TaskSaidNo        = "said_no"
	TaskTakenBack     = "taken_back"
	TaskSign          = "letter_sign"
	TaskHand          = "letter_hand"
	TaskOut           = "letter_out"
	TaskBack          = "letter_back"
	TaskDisclosure    = string(ClockDisclosure)
)

// Outcomes are the kinds of the questions how it goes, in their order.
var Outcomes = []string{string(ClockOutcome30), string(ClockOutcome60), string(ClockOutcome90)}

// lasts is what a duty towards a child outlasts: it hangs on the receipt of the
// referral, and not on the determination, nor on the person's consent.
//
// Law: SSL 483-cc(b); 22 USC 7105(b).
var lasts = []Action{Decline, Close, Withdraw}

// districtSays is what may come of asking a local department about a report that
// is its own to make.
var districtSays = []string{"The department says that it reported.", "The department says that it need not."}

// Tasks is every kind of task.
var Tasks = []TaskKind{
	{Key: TaskDetermination, For: Reviewer, Clock: ClockDetermination, Short: "Determine", Say: "Determine the referral.", Sees: "RVOA"},
	{
		Key: TaskSecond, For: Reviewer, Clock: ClockDetermination, Short: "Read it second",
		Say: "A decline was recommended, and wants a second reader: somebody who neither assessed the referral nor recommended it, and will not sign it.",
	},
	{
		Key: TaskContested, For: Director, Clock: ClockDetermination, Short: "A second reader disagrees",
		Say: "The second reader disagrees with the decline. Read why; then confirm, or have it assessed or recommended anew, and somebody reads it again.", Sees: "V",
	},
	{Key: TaskNotice, For: Program, Clock: ClockNotice, Short: "Tell and hand over", Say: "Tell the person and the referrer, and hand the person over.", Sees: "RVA"},
	{
		Key: "minor_notice", For: Program, Clock: ClockMinorNotice, Short: "Have a contact verified",
		Say: "The notice about a minor waits for a verified contact.", Sees: "V", Stays: lasts,
	},
	{
		Key: "minor_check", For: Program, Clock: ClockMinorNotice, Short: "Settle the age",
		Say: "The person may be under 18: settle it, or tell the district of the county where the child was found.", Sees: "V", ByHand: true, Stays: lasts,
		Begins: []string{"The age is settled: the person is 18 or older.", "The district was told in another way."},
	},
	{Key: "hhs_request", For: Program, Clock: ClockHHS, Short: "Request to HHS", Say: "See that the request to HHS is made within 24 hours.", Sees: "V", ByHand: true, Stays: lasts},
	{Key: "shelter", For: Program, Clock: ClockShelter, Short: "Shelter tonight", Say: "The person needs shelter tonight: find a place and tell the referrer.", Sees: "V", ByHand: true, Stays: []Action{Decline}},
	{
		Key: TaskReport, For: Referrer, Clock: ClockReport, Short: "Report to the register",
		Say: "The person is, or may be, under 18, and this referral replaces no report. If you must report, call the Statewide Central Register at once, 1-800-635-1522, and write within 48 hours. " +
			"Note that it was made, or why none is required.", Sees: "VO", ByHand: true, Stays: lasts,
	},
	{
		Key: TaskPolice, For: Program, Clock: ClockPolice, Short: "Did the district tell law enforcement?",
		Say:  "A minor, or perhaps one, in sex trafficking: the local department reports it to law enforcement within 24 hours. Ask the department of the county where the child was found, and note what it says.",
		Sees: "V", ByHand: true, Stays: lasts, Begins: districtSays,
	},
	{
		Key: TaskMissing, For: Program, Clock: ClockMissing, Short: "Did the district tell NCMEC?",
		Say:  "A minor, or perhaps one, is missing from care: the local department reports it to the National Center for Missing and Exploited Children within 24 hours. Ask the department that has the child in care, and note what it says.",
		Sees: "V", ByHand: true, Stays: lasts, Begins: districtSays,
	},
	{Key: TaskAnswer, For: Referrer, Clock: ClockAnswer, Short: "Answer the question", Say: "Answer the reviewer's question.", Sees: "VO"},
	{Key: TaskAppeal, For: Referrer, Clock: ClockAppeal, Short: "Time to appeal", Say: "The person can still appeal, and you can do it for the person.", Sees: "VO", Quiet: true},
	{
		Key: TaskWritten, For: Referrer, Clock: ClockWritten, Short: "Get the signed release",
		Say: "The person consented in words only: get the signed release, and note where you keep it.", Sees: "O", ByHand: true, Stays: []Action{Decline},
	},
	{
		Key: TaskRelease, For: Referrer, Clock: ClockRelease, Short: "The release ends",
		Say: "The release ends. Ask the person for a new one; when it has ended, recipients see nothing any more.", Sees: "O", Quiet: true, Stays: []Action{Decline},
	},
	{
		Key: TaskReleaseEnded, For: Program, Clock: ClockDecide, Short: "The release has ended",
		Say: "The release has ended, and recipients see nothing any more: obtain a new one, or close.", ByHand: true, Again: TaskOwn,
	},
	{Key: TaskVerify, For: Program, Clock: ClockRoute, Short: "Have the contact verified", Say: "The recipient's contact is not verified."},
	{Key: TaskConsent, For: Program, Clock: ClockRoute, Short: "Obtain consent", Say: "Obtain the person's consent to this recipient."},
	{Key: TaskRoute, For: Program, Clock: ClockRoute, Short: "Look and send", Say: "Look at the hand-over, and send it or choose another recipient."},
	{Key: TaskAcceptance, For: Recipient, Clock: ClockAcceptance, Short: "Accept, or give it back", Say: "Accept the person, or give the hand-over back.", Sees: "O"},
	{
		Key: TaskNotAccepted, For: Program, Clock: ClockDecide, Short: "Nobody accepted: step in",
		Say: "Nobody accepted in time. Call the recipient, or choose another.", ByHand: true, Again: TaskOwn,
	},
	{Key: TaskTry, For: Recipient, Clock: ClockTry, Short: "Try to reach the person", Say: "Try to reach the person, in the way that is safe.", Sees: "O"},
	{Key: TaskContact, For: Recipient, Clock: ClockContact, Short: "Reach the person", Say: "Reach the person.", Sees: "O"},
	{
		Key: TaskBring, For: Referrer, Clock: ClockBring, Short: "The referrer brings them together",
		Say: "Nobody has reached the person yet. Can you bring them together, in the way that is safe for the person?", Sees: "OPL",
	},
	{
		Key: TaskNoContact, For: Program, Clock: ClockDecide, Short: "No contact: step in",
		Say: "Nobody reached the person. Think with the recipient about another way, or choose another recipient.", ByHand: true, Again: TaskOwn,
	},
	{
		Key: TaskLost, For: Program, Clock: ClockDecide, Short: "Contact was lost: step in",
		Say: "The recipient lost contact with the person. Decide with it what to do.", ByHand: true, Again: TaskOwn,
	},
	{Key: Outcomes[0], For: Recipient, Clock: ClockOutcome30, Short: "Say how it goes (30 days)", Say: "Say how it goes after 30 days.", Sees: "O", Quiet: true},
	{Key: Outcomes[1], For: Recipient, Clock: ClockOutcome60, Short: "Say how it goes (60 days)", Say: "Say how it goes after 60 days.", Sees: "O", Quiet: true},
	{Key: Outcomes[2], For: Recipient, Clock: ClockOutcome90, Short: "Say how it goes (90 days)", Say: "Say how it goes after 90 days.", Sees: "O", Quiet: true},
	{Key: TaskOutcomeMore, For: Recipient, Clock: ClockOutcomeMore, Short: "Say how it goes, or close", Say: "Say how it goes, or close it when nothing is left to do.", Sees: "O", Quiet: true},
	{
		Key: TaskWrapUp, For: Program, Clock: ClockWrapUp, Short: "Close, or propose another",
		Say: "Every hand-over has ended: close the referral, or propose another recipient.",
	},
	{Key: TaskOwn, For: Program, Clock: ClockOwn, Short: "Look again", Say: "Look again how it goes, and note what was found.", ByHand: true, Again: TaskOwn},
	{
		Key: TaskSaidNo, For: Program, Clock: ClockDecide, Short: "Look at a no",
		Say: "A recipient wrote that the person says no. Read how the person said it, and whether it was the person: somebody else may have answered.", ByHand: true,
	},
	{
		Key: TaskTakenBack, For: Program, Clock: ClockDecide, Short: "Taken back: who helps now?",
		Say: "The person took the release back for one recipient. Look whether those who are left give the help that the person needs, and propose another recipient where they do not.", ByHand: true,
	},
	{
		Key: TaskUnsafe, For: Program, Clock: ClockUnsafe, Short: "A try was not safe",
		Say:    "A recipient tried to reach the person by a way that the referral does not call safe. Ask whether the person is in danger now, tell the recipient which way is safe, and note what was found.",
		ByHand: true, Danger: true, Stays: []Action{Decline, Close, Withdraw},
	},
	{
		Key: TaskStopped, For: Recipient, Clock: ClockStopped, Short: "Stop, and destroy your copies",
		Say: "This hand-over has ended for you. Stop: do not try to reach the person any more, and destroy the packet and every copy of it. " +
			"If the person comes to you already, go on only with what the person tells you.",
		Sees: "O", Beyond: true, Stays: []Action{Decline, Close, Withdraw},
	},
	{
		Key: TaskStopUnread, For: Program, Clock: ClockDecide, Short: "Call who was told to stop",
		Say:    "A recipient was told to stop and to destroy its copies, again and again, and has not said that it did. Call it, and note what it says.",
		ByHand: true, Stays: []Action{Decline, Close, Withdraw},
	},
	{Key: TaskSign, For: Program, Clock: ClockSign, Short: "Sign and send letters", Say: "Letters wait to be signed and sent.", Stays: []Action{Close}},
	{Key: TaskHand, For: Referrer, Clock: ClockLetter, Short: "Hand a letter over", Say: "A letter for the person is ready: hand it over safely.", Stays: []Action{Close}},
	{Key: TaskOut, For: Program, Clock: ClockLetter, Short: "Did the letter arrive?", Say: "Find out whether the letter to the person arrived.", Stays: []Action{Close}},
	{
		Key: TaskBack, For: Program, Clock: ClockSign, Short: "Find another way for a letter",
		Say: "A letter could not be handed over: find another safe way, or do not send it.", Stays: []Action{Close},
	},
	{
		Key: TaskDisclosure, For: Director, Clock: ClockDisclosure, Short: "Answer a demand from outside",
		Say: "Somebody outside demands what is held about the person: approve what is given, or give nothing.", Stays: lasts,
	},
}

// Outlasts reports whether an open task of that kind stays open after do, a step
// that ends a referral or its determination.
func Outlasts(kind string, do Action) bool {
	t, _ := TaskOf(kind)
	return among(do, t.Stays)
}

// TaskOf returns the kind of task of that key, and whether there is one.
func TaskOf(key string) (TaskKind, bool) {
	for _, t := range Tasks {
		if t.Key == key {
			return t, true
		}
	}
	return TaskKind{}, false
}

// WarnsOfDanger says whether tasks of a duty can be about a person who may be in
// danger.
func WarnsOfDanger(d Duty) bool {
	return slices.ContainsFunc(Tasks, func(t TaskKind) bool { return t.Danger && t.For == d })
}

// Rung is what happens by itself when the time of a task has run out and the
// task is still open. Each is an entry on the record with a line in the log,
// and happens once.
type Rung struct {
	Key    string
	On     string   // kind of the task
	After  ClockKey // how long after it was due; "" is at once
	Do     Action   // what stands on the record; "" is nothing: the task just ends
	Tells  []Duty   // whom a mail without content tells
	Starts string   // kind of the task that begins; "" is none
	Ends   bool     // ends the task itself
	Stops  bool     // tells every recipient who still has the person to stop
	Say    string   // what happens, for people
	Law    string
}

// Ladder is every rung. It is what keeps a person from being lost between two
// offices.
//
// Law: State Comptroller, March 2025 (of 139 sampled people sent to local
// departments 74 never made contact); 28 CFR 94.115 (a release ends).
var Ladder = []Rung{
	{Key: "acceptance_reminder", On: TaskAcceptance, Do: Remind, Tells: []Duty{Recipient}, Say: "The recipient is reminded.", Law: lawComptroller},
	{
		Key: "acceptance_escalation", On: TaskAcceptance, After: ClockEscalation, Do: Escalate, Tells: []Duty{Program}, Starts: TaskNotAccepted,
		Say: "OTDA calls the recipient or chooses another.", Law: lawComptroller,
	},
	{
		Key: "warm_handover", On: TaskContact, Do: Warm, Tells: []Duty{Referrer, Recipient}, Starts: TaskBring,
		Say: "It counts as no contact. The referrer is asked to bring the person together with the recipient.", Law: lawComptroller,
	},
	{
		Key: "contact_escalation", On: TaskContact, After: ClockReroute, Do: Escalate, Tells: []Duty{Program}, Starts: TaskNoContact,
		Say: "OTDA thinks with the recipient about another way, or chooses another, with a reason.", Law: lawComptroller,
	},
	{Key: "appeal_over", On: TaskAppeal, Ends: true, Say: "The time to appeal is over.", Law: "18 NYCRR 765.1"},
	{
		Key: "stop_reminder", On: TaskStopped, Do: Remind, Tells: []Duty{Recipient},
		Say: "The recipient is told again to stop.", Law: lawVoluntary,
	},
	{
		Key: "stop_last", On: TaskStopped, After: ClockStopAgain, Do: Remind, Tells: []Duty{Recipient},
		Say: "The recipient is told a last time to stop.", Law: lawVoluntary,
	},
	{
		Key: "stop_escalation", On: TaskStopped, After: ClockStopUnread, Do: Escalate, Tells: []Duty{Program}, Starts: TaskStopUnread,
		Say: "OTDA calls the recipient.", Law: lawVoluntary,
	},
	{
		Key: "release_over", On: TaskRelease, Do: Escalate, Tells: []Duty{Referrer, Program}, Starts: TaskReleaseEnded, Ends: true, Stops: true,
		Say: "Recipients see nothing any more, and are told to stop. OTDA obtains a new release, or closes.", Law: "28 CFR 94.115",
	},
}

// RungsOn returns the rungs on tasks of a kind, in their order.
func RungsOn(kind string) []Rung {
	var out []Rung
	for _, r := range Ladder {
		if r.On == kind {
			out = append(out, r)
		}
	}
	return out
}

// RungOf returns the rung of that key, and whether there is one.
func RungOf(key string) (Rung, bool) {
	for _, r := range Ladder {
		if r.Key == key {
			return r, true
		}
	}
	return Rung{}, false
}

// Standing is how a clock stands at a moment.
type Standing string

// The standings.
const (
	Runs    Standing = "running"
	DueSoon Standing = "due_soon"
	Overdue Standing = "overdue"
	Over    Standing = "done"
)

// NoContact says whether an accepted hand-over whose person was not reached
// counts as no contact: the time of first contact is over, or as many tries
// were made without reaching the person as the State set.
func NoContact(tries, most int, overdue bool) bool { return overdue || most > 0 && tries >= most }
