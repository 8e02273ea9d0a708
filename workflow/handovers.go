package workflow

// Who and what, for the table below.
var (
	// keeper is whoever a hand-over went to: a recipient, or OTDA for one that
	// it keeps itself. The lines that use it are all Own.
	keeper = []Duty{Recipient, Program}

	confirmed = []Guard{ReferralConfirmed}
	toBeside  = []Guard{ReferralConfirmed, ReleaseNamesIt, NotExcluded, ReasonGiven}
	toSend    = []Guard{ReferralConfirmed, ContactVerified, SomebodyReceives, ReleaseNamesIt, NotExcluded, LineForPeople, FitsAge, WarningsHeeded, HandedOverOnce}
	toReturn  = []Guard{ReferralConfirmed, ReasonGiven}
	toMiss    = []Guard{ReferralConfirmed, AttemptLogged}
	toReroute = []Guard{ReferralConfirmed, ReasonGiven}
	toEnd     = []Guard{ReasonGiven}
	toAsk     = []Guard{ReferralConfirmed, NotAskedYet, NobodyWaits}
	toRevoke  = []Guard{ReferralConfirmed, ReasonGiven}
	toWait    = []Guard{ReferralConfirmed, ReasonGiven}
)

// Sources that more than one line cites.
const (
	lawRoute    = "SSL 483-bb, 483-cc(b): OTDA assists in obtaining services"
	lawFollowUp = "SSL 483-bb(b); 09-ADM-01 disposition report; State Comptroller, March 2025"
)

// HandoverSteps is every permitted action on a hand-over. What is not listed
// is refused. A rerouted hand-over is closed and another is proposed, so that
// each keeps its own history. A recipient cannot close a hand-over whose
// person was never reached: it gives it back, or OTDA decides.
//
// Law: SSL 483-bb, 483-cc(b); 28 CFR 94.115.
var HandoverSteps = []HandoverStep{
	{Do: Propose, From: Unproposed, To: Proposed, Duties: program, Needs: toBeside, Say: "Propose another hand-over", Law: lawRoute},
	{Do: Send, From: Proposed, To: Sent, Duties: program, Needs: toSend, Say: "Send", Law: lawVoluntary},

	{Do: Accept, From: Sent, To: Accepted, Duties: keeper, Own: true, Needs: confirmed, Say: "Accept", Law: lawFollowUp},
	{Do: Return, From: Sent, To: Returned, Duties: keeper, Own: true, Needs: toReturn, Say: "Give it back", Law: lawFollowUp},
	{Do: Return, From: Accepted, To: Returned, Duties: keeper, Own: true, Needs: toReturn, Say: "Give it back", Law: lawFollowUp},
	{Do: Return, From: NotReached, To: Returned, Duties: keeper, Own: true, Needs: toReturn, Say: "Give it back", Law: lawFollowUp},

	{Do: Attempt, From: Accepted, To: Accepted, Duties: keeper, Own: true, Needs: confirmed, Say: "Log a try", Law: lawFollowUp},
	{Do: Attempt, From: NotReached, To: NotReached, Duties: keeper, Own: true, Needs: confirmed, Say: "Log a try", Law: lawFollowUp},
	{Do: Reach, From: Accepted, To: Reached, Duties: keeper, Own: true, Needs: confirmed, Say: "Reached", Law: lawFollowUp},
	{Do: Reach, From: NotReached, To: Reached, Duties: keeper, Own: true, Needs: confirmed, Say: "Reached", Law: lawFollowUp},
	{Do: Miss, From: Accepted, To: NotReached, Duties: keeper, Own: true, Needs: toMiss, Say: "Not reached", Law: lawFollowUp},

	{Do: Warm, From: Accepted, To: Accepted, Duties: keeper, Own: true, Needs: toAsk, Say: "Ask the referrer to help", Law: lawFollowUp},
	{Do: Warm, From: NotReached, To: NotReached, Duties: keeper, Own: true, Needs: toAsk, Say: "Ask the referrer to help", Law: lawFollowUp},
	{Do: Warm, From: Accepted, To: Accepted, Duties: program, Needs: toAsk, Say: "Ask the referrer to help", Law: lawRoute},
	{Do: Warm, From: NotReached, To: NotReached, Duties: program, Needs: toAsk, Say: "Ask the referrer to help", Law: lawRoute},
	{Do: Bring, From: Accepted, To: Accepted, Duties: referrer, Own: true, Needs: confirmed, Say: "Bring them together", Law: lawFollowUp},
	{Do: Bring, From: NotReached, To: NotReached, Duties: referrer, Own: true, Needs: confirmed, Say: "Bring them together", Law: lawFollowUp},
	{Do: Wait, From: Accepted, To: Accepted, Duties: keeper, Own: true, Needs: toWait, Say: "The person asked to wait", Law: lawVoluntary},
	{Do: Wait, From: NotReached, To: NotReached, Duties: keeper, Own: true, Needs: toWait, Say: "The person asked to wait", Law: lawVoluntary},

	{Do: Enroll, From: Reached, To: Enrolled, Duties: keeper, Own: true, Needs: confirmed, Say: "Enrolled", Law: lawFollowUp},
	{Do: Serve, From: Reached, To: Served, Duties: keeper, Own: true, Needs: confirmed, Say: "Services began", Law: lawFollowUp},
	{Do: Serve, From: Enrolled, To: Served, Duties: keeper, Own: true, Needs: confirmed, Say: "Services began", Law: lawFollowUp},
	{Do: Serve, From: Served, To: Served, Duties: keeper, Own: true, Needs: confirmed, Say: "More services began", Law: lawFollowUp},
	{Do: Tell, From: Reached, To: Reached, Duties: keeper, Own: true, Needs: confirmed, Say: "Say how it goes", Law: lawFollowUp},
	{Do: Tell, From: Enrolled, To: Enrolled, Duties: keeper, Own: true, Needs: confirmed, Say: "Say how it goes", Law: lawFollowUp},
	{Do: Tell, From: Served, To: Served, Duties: keeper, Own: true, Needs: confirmed, Say: "Say how it goes", Law: lawFollowUp},

	{Do: Refuse, From: Accepted, To: HandoverClosed, Duties: keeper, Own: true, Needs: confirmed, Say: "The person says no", Law: lawVoluntary},
	{Do: Refuse, From: NotReached, To: HandoverClosed, Duties: keeper, Own: true, Needs: confirmed, Say: "The person says no", Law: lawVoluntary},
	{Do: Refuse, From: Reached, To: HandoverClosed, Duties: keeper, Own: true, Needs: confirmed, Say: "The person says no", Law: lawVoluntary},
	{Do: Refuse, From: Enrolled, To: HandoverClosed, Duties: keeper, Own: true, Needs: confirmed, Say: "The person says no", Law: lawVoluntary},
	{Do: Refuse, From: Served, To: HandoverClosed, Duties: keeper, Own: true, Needs: confirmed, Say: "The person says no", Law: lawVoluntary},

	{Do: Revoke, From: Sent, To: HandoverClosed, Duties: referrer, Own: true, Needs: confirmed, Say: "Take the release back for this recipient", Law: lawVoluntary},
	{Do: Revoke, From: Accepted, To: HandoverClosed, Duties: referrer, Own: true, Needs: confirmed, Say: "Take the release back for this recipient", Law: lawVoluntary},
	{Do: Revoke, From: NotReached, To: HandoverClosed, Duties: referrer, Own: true, Needs: confirmed, Say: "Take the release back for this recipient", Law: lawVoluntary},
	{Do: Revoke, From: Reached, To: HandoverClosed, Duties: referrer, Own: true, Needs: confirmed, Say: "Take the release back for this recipient", Law: lawVoluntary},
	{Do: Revoke, From: Enrolled, To: HandoverClosed, Duties: referrer, Own: true, Needs: confirmed, Say: "Take the release back for this recipient", Law: lawVoluntary},
	{Do: Revoke, From: Served, To: HandoverClosed, Duties: referrer, Own: true, Needs: confirmed, Say: "Take the release back for this recipient", Law: lawVoluntary},
	{Do: Revoke, From: Sent, To: HandoverClosed, Duties: program, Needs: toRevoke, Say: "Take the release back on the person's word", Law: lawVoluntary},
	{Do: Revoke, From: Accepted, To: HandoverClosed, Duties: program, Needs: toRevoke, Say: "Take the release back on the person's word", Law: lawVoluntary},
	{Do: Revoke, From: NotReached, To: HandoverClosed, Duties: program, Needs: toRevoke, Say: "Take the release back on the person's word", Law: lawVoluntary},
	{Do: Revoke, From: Reached, To: HandoverClosed, Duties: program, Needs: toRevoke, Say: "Take the release back on the person's word", Law: lawVoluntary},
	{Do: Revoke, From: Enrolled, To: HandoverClosed, Duties: program, Needs: toRevoke, Say: "Take the release back on the person's word", Law: lawVoluntary},
	{Do: Revoke, From: Served, To: HandoverClosed, Duties: program, Needs: toRevoke, Say: "Take the release back on the person's word", Law: lawVoluntary},

	{Do: Transfer, From: Accepted, To: Returned, Duties: keeper, Own: true, Needs: confirmed, Say: "Pass on to another", Law: lawFollowUp},
	{Do: Transfer, From: NotReached, To: Returned, Duties: keeper, Own: true, Needs: confirmed, Say: "Pass on to another", Law: lawFollowUp},
	{Do: Transfer, From: Reached, To: Returned, Duties: keeper, Own: true, Needs: confirmed, Say: "Pass on to another", Law: lawFollowUp},
	{Do: Transfer, From: Enrolled, To: Returned, Duties: keeper, Own: true, Needs: confirmed, Say: "Pass on to another", Law: lawFollowUp},
	{Do: Transfer, From: Served, To: Returned, Duties: keeper, Own: true, Needs: confirmed, Say: "Pass on to another", Law: lawFollowUp},

	{Do: Close, From: Reached, To: HandoverClosed, Duties: keeper, Own: true, Needs: toEnd, Say: "Close", Law: lawFollowUp},
	{Do: Close, From: Enrolled, To: HandoverClosed, Duties: keeper, Own: true, Needs: toEnd, Say: "Close", Law: lawFollowUp},
	{Do: Close, From: Served, To: HandoverClosed, Duties: keeper, Own: true, Needs: toEnd, Say: "Close", Law: lawFollowUp},

	{Do: Reroute, From: Proposed, To: HandoverClosed, Duties: program, Needs: toReroute, Say: "Choose another recipient", Law: lawRoute},
	{Do: Reroute, From: Sent, To: HandoverClosed, Duties: program, Needs: toReroute, Say: "Choose another recipient", Law: lawRoute},
	{Do: Reroute, From: Returned, To: HandoverClosed, Duties: program, Needs: toReroute, Say: "Choose another recipient", Law: lawRoute},
	{Do: Reroute, From: Accepted, To: HandoverClosed, Duties: program, Needs: toReroute, Say: "Choose another recipient", Law: lawRoute},
	{Do: Reroute, From: NotReached, To: HandoverClosed, Duties: program, Needs: toReroute, Say: "Choose another recipient", Law: lawRoute},

	{Do: Close, From: Proposed, To: HandoverClosed, Duties: program, Needs: toEnd, Say: "Close", Law: lawRoute},
	{Do: Close, From: Sent, To: HandoverClosed, Duties: program, Needs: toEnd, Say: "Close", Law: lawRoute},
	{Do: Close, From: Returned, To: HandoverClosed, Duties: program, Needs: toEnd, Say: "Close", Law: lawRoute},
	{Do: Close, From: Accepted, To: HandoverClosed, Duties: program, Needs: toEnd, Say: "Close", Law: lawRoute},
	{Do: Close, From: NotReached, To: HandoverClosed, Duties: program, Needs: toEnd, Say: "Close", Law: lawRoute},
	{Do: Close, From: Reached, To: HandoverClosed, Duties: program, Needs: toEnd, Say: "Close", Law: lawRoute},
	{Do: Close, From: Enrolled, To: HandoverClosed, Duties: program, Needs: toEnd, Say: "Close", Law: lawRoute},
	{Do: Close, From: Served, To: HandoverClosed, Duties: program, Needs: toEnd, Say: "Close", Law: lawRoute},
}

// EverDoes says whether somebody of that duty can ever do it to a hand-over.
// To all others the act does not exist.
func EverDoes(duty Duty, do Action) bool {
	for _, s := range HandoverSteps {
		if s.Do == do && among(duty, s.Duties) {
			return true
		}
	}
	return false
}

// Stops says whether the recipient who had a hand-over must be told to stop:
// somebody else ended it while the recipient saw it. What a recipient ends
// itself needs no word.
//
// Law: 28 CFR 94.115; 34 USC 12291(b)(2).
func Stops(duty Duty, from, to HandoverStatus) bool {
	return duty != Recipient && sightAt(from) != Nothing && sightAt(to) == Nothing
}

// Consequence is what a step on a referral does to its hand-overs in the same
// unit of work, without anybody pressing a button.
type Consequence struct {
	After Action           // the step on the referral
	From  []HandoverStatus // the hand-overs that it touches
	To    HandoverStatus   // what then holds of them
	Say   string           // the reason on the record
	Law   string
}

// Consequences is every such effect. Confirm proposes the hand-overs of Route;
// Withdraw ends all that are open, and their recipients lose sight at once.
var Consequences = []Consequence{
	{Confirm, []HandoverStatus{Unproposed}, Proposed, "Proposed by the rules of routing", lawRoute},
	{
		Withdraw,
		[]HandoverStatus{Proposed, Sent, Accepted, Returned, Reached, NotReached, Enrolled, Served},
		HandoverClosed, "The referral was withdrawn", lawVoluntary,
	},
}
