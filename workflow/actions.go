package workflow

// Action is a verb: what somebody does to a referral or to a hand-over. The
// words stand in URLs, audit lines and the API.
type Action string

// What is done to a referral.
const (
	Save       Action = "save"       // keep a draft
	Submit     Action = "submit"     // send it to DCJS and OTDA
	Discard    Action = "discard"    // destroy a draft
	Take       Action = "take"       // begin the review, or go on without an answer
	HandBack   Action = "hand_back"  // give the review back to the queue
	Ask        Action = "ask"        // put a question to the referrer
	Answer     Action = "answer"     // answer it
	Add        Action = "add"        // add facts
	Consult    Action = "consult"    // record a consultation
	Assess     Action = "assess"     // fill the grid of elements
	Recommend  Action = "recommend"  // propose a determination
	Second     Action = "second"     // agree to a decline as second reader
	Disagree   Action = "disagree"   // disagree with it
	Confirm    Action = "confirm"    // determine: confirmed
	Decline    Action = "decline"    // determine: not confirmed
	Extend     Action = "extend"     // more time, for good cause
	Reconsider Action = "reconsider" // look again, because of new facts
	Appeal     Action = "appeal"     // look again, because the person appeals
	Withdraw   Action = "withdraw"   // take the referral or the consent back
	Close      Action = "close"      // end it; also ends a hand-over
	Note       Action = "note"       // an internal note, DCJS only
	Reveal     Action = "reveal"     // lift the veil from a masked answer
	Recuse     Action = "recuse"     // step back from one referral, and see nothing of it any more
	Exclude    Action = "exclude"    // have a colleague step back
	Readmit    Action = "readmit"    // undo that
)

// What is done to a hand-over; Close, above, is the last of them.
const (
	Propose Action = "propose" // name a district or provider
	Reroute Action = "reroute" // end this one and propose another
	Send    Action = "send"    // tell the recipient
	Accept  Action = "accept"  // the recipient takes it on
	Return  Action = "return"  // the recipient gives it back
	Attempt Action = "attempt" // log a try to reach the person
	Reach   Action = "reach"   // the person was reached
	Miss    Action = "miss"    // tried, and not reached
	Serve   Action = "serve"   // services began

	Enroll   Action = "enroll"   // the person joined the program
	Refuse   Action = "refuse"   // the person does not want it
	Transfer Action = "transfer" // the recipient passes the person on to another
	Tell     Action = "tell"     // the recipient says how it goes
	Wait     Action = "wait"     // the person asked to wait until a day
	Warm     Action = "warm"     // the referrer is asked to bring them together
	Bring    Action = "bring"    // the referrer says whether that is possible
	Revoke   Action = "revoke"   // the person takes the release back for this recipient alone
)

// What the ladder enters on the record by itself; Warm, above, is the third.
const (
	Remind   Action = "remind"   // the recipient was reminded
	Escalate Action = "escalate" // OTDA was asked to step in
)

// What is decided of two referrals that may be about one person.
const (
	Link    Action = "link"    // the same person
	Dismiss Action = "dismiss" // not the same person
	Undo    Action = "undo"    // take the decision back
)

// Actions lists every action on a referral.
func Actions() []Action {
	return []Action{
		Save, Submit, Discard, Take, HandBack, Ask, Answer, Add, Consult, Assess, Recommend, Second, Disagree,
		Confirm, Decline, Extend, Reconsider, Appeal, Withdraw, Close, Note, Reveal, Recuse, Exclude, Readmit,
	}
}

// HandoverActions lists every action on a hand-over.
func HandoverActions() []Action {
	return []Action{
		Propose, Reroute, Send, Accept, Return, Attempt, Wait, Warm, Bring, Reach, Miss, Enroll, Serve, Tell, Refuse, Revoke, Transfer, Close,
	}
}

// PairActions lists every action on a pair.
func PairActions() []Action { return []Action{Link, Dismiss, Undo} }
