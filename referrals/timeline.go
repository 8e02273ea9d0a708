package referrals

import (
	"strings"

	"nysreferral/forms"
	"nysreferral/workflow"
)

// saying is what an act is called afterwards, and who reads of it: letters of
// readers. The referrer does not read how the State assesses.
type saying struct {
	words string
	sees  string
}

// sayings are the words of the timeline, by act of a referral.
var sayings = map[workflow.Action]saying{
	workflow.Submit:     {"The referral was received by DCJS and OTDA.", "RVO"},
	workflow.Take:       {"The review began.", "RVO"},
	workflow.HandBack:   {"The review was given back to the queue.", "VO"},
	workflow.Ask:        {"DCJS asked a question.", "RVO"},
	workflow.Answer:     {"The question was answered.", "RVO"},
	workflow.Add:        {"Facts were added.", "RVO"},
	workflow.Consult:    {"A consultation was recorded.", "VO"},
	workflow.Assess:     {"The elements were assessed.", "VO"},
	workflow.Recommend:  {"A determination was recommended.", "VO"},
	workflow.Second:     {"The second reader agreed.", "VO"},
	workflow.Disagree:   {"The second reader disagreed.", "VO"},
	workflow.Note:       {"An internal note was written.", "V"},
	workflow.Confirm:    {"The determination: confirmed.", "RVO"},
	workflow.Decline:    {"The determination: not confirmed.", "RVO"},
	workflow.Extend:     {"The time for the determination was extended.", "RVO"},
	workflow.Reconsider: {"New facts came in; the referral is looked at again.", "RVO"},
	workflow.Appeal:     {"An appeal was made; the referral is looked at again.", "RVO"},
	workflow.Recuse:     {"A colleague stepped back from the referral.", "VO"},
	workflow.Exclude:    {"A colleague was excluded from the referral.", "VO"},
	workflow.Readmit:    {"A colleague was readmitted to the referral.", "VO"},
	workflow.Withdraw:   {"The referral was withdrawn.", "RVO"},
	workflow.Close:      {"The referral was closed.", "RVO"},
	workflow.Sign:       {"A letter was signed.", "VO"},
	workflow.Deliver:    {"A letter was sent.", "RVO"},
	workflow.HandOver:   {"A letter was handed over.", "RVO"},
	workflow.CouldNot:   {"A letter could not be handed over.", "RVO"},
	workflow.Stop:       {"A letter is not sent any more.", "VO"},
	taskEnded:           {"OTDA did a task.", "VO"},
	paperHeld:           {"The referrer has the signed release.", "RVO"},
	workflow.Escalate:   {"The release ended; OTDA was asked to step in.", "O"},
	reportSettled:       {"The referrer settled the report to the register of child abuse.", "RVO"},
}

// handoverSayings are the same for acts of a hand-over. A referrer learns that
// it was sent, accepted and reached.
var handoverSayings = map[workflow.Action]saying{
	workflow.Propose: {"OTDA proposed another hand-over.", "O"},
	workflow.Send:    {"The hand-over was sent.", "RVO"},
	workflow.Accept:  {"The hand-over was accepted.", "RVOPLW"},
	workflow.Return:  {"The hand-over was given back.", "VO"},
	workflow.Attempt: {"A try to reach the person was logged.", "OPL"},
	workflow.Reach:   {"The person was reached.", "RVOPL"},
	workflow.Miss:    {"The person was not reached yet.", "OPL"},
	workflow.Serve:   {"Services began.", "OPL"},
	workflow.Reroute: {"OTDA chose another recipient.", "VO"},
	workflow.Close:   {"The hand-over ended.", "VOPL"},
	workflow.Revoke:  {"The person took the release back for this recipient.", "RVO"},

	workflow.Wait:     {"The person asked to wait.", "OPL"},
	workflow.Warm:     {"The referrer was asked to bring the person together with the recipient.", "ROPL"},
	workflow.Bring:    {"The referrer answered whether they can be brought together.", "ROPL"},
	workflow.Enroll:   {"The person was enrolled.", "OPL"},
	workflow.Tell:     {"The recipient said how it goes.", "OPL"},
	workflow.Refuse:   {"The person was reached and said no.", "OPL"},
	workflow.Transfer: {"The recipient passes the person on to another.", "OPL"},
	workflow.Remind:   {"The recipient was reminded.", "OPL"},
	workflow.Escalate: {"OTDA was asked to step in.", "O"},
	taskEnded:         {"OTDA looked at it.", "O"},
	hasStopped:        {"The recipient says that it stopped and destroyed its copies.", "O"},
}

// Acts that stand in the entries and are no steps of the table.
const (
	taskEnded = workflow.Action("task_done")
	paperHeld = workflow.Action("paper_held")

	reportSettled = workflow.Action("report_settled")
	hasStopped    = workflow.Action("stopped")
)

// unknownSaying is the line of an act that an earlier version of the program, or a
// later one, wrote and this one has no words for: that something was done is never
// left out of the State's history. What it was stays closed to all others.
var unknownSaying = saying{"Something was done that this version of the program has no words for.", "VO"}

// toInbox reports whether the letter that was sent is a notice about a minor: no
// other goes into the inbox of a department.
func toInbox(deed *forms.Deed) bool { return workflow.Way(deed.Way) == workflow.ToInbox }

// timeline is what happened, as far as the reader may know. Names of people
// are for the State; others read offices.
func (f *file) timeline(reader forms.Reader, who workflow.Actor) []Event {
	var out []Event
	for _, e := range f.entries {
		said, known := sayings[workflow.Action(e.Action)]
		if e.Handover != 0 {
			said, known = handoverSayings[workflow.Action(e.Action)]
		}
		switch {
		case !known:
			said = unknownSaying
		case e.Handover != 0:
		case workflow.Action(e.Action) == workflow.Deliver && toInbox(&e.deed):
			said.words = "The notice about a minor went out."
		}
		if !strings.Contains(said.sees, string(reader)) || !f.ownHandover(who, e) || !f.toldOf(e, reader) {
			continue
		}
		one := Event{At: e.At, Action: workflow.Action(e.Action), N: e.Handover, Words: said.words}
		switch {
		case e.Handover == 0:
			one.Words += e.more()
		case e.onTheWord():
			one.Words += " The person told OTDA."
		case reader == forms.ReadsProgram && e.deed.Warned != "":
			one.Words += " OTDA knew: " + string(e.deed.Warned)
		}
		if reader == forms.ReadsReviewer || reader == forms.ReadsProgram {
			one.Who = f.nameOf(e)
		}
		out = append(out, one)
	}
	return out
}

// toldOf keeps what OTDA proposed and did not send from everybody else.
func (f *file) toldOf(e happened, reader forms.Reader) bool {
	h := f.handover(e.Handover)
	return h == nil || h.told(reader)
}

// ownHandover keeps other recipients' hand-overs from a recipient.
func (f *file) ownHandover(who workflow.Actor, e happened) bool {
	if who.Duty != workflow.Recipient {
		return true
	}
	h := f.handover(e.Handover)
	return h != nil && h.AgencyID != nil && *h.AgencyID == who.Agency
}

// saidOf is the words of an entry of a hand-over's log.
func saidOf(e happened) string {
	return strings.TrimSuffix(handoverSayings[workflow.Action(e.Action)].words, ".")
}

// more is what a line of the timeline says beside the words of its act: when the
// determination was due before and is due now, so that no due date is lost.
func (e happened) more() string {
	before, after := e.deed.DueBefore, e.deed.DueAfter
	switch {
	case before == "" || after == "":
		return ""
	case workflow.Action(e.Action) == workflow.Ask:
		return " The clock stands still: without that it was due " + before.Words() + ", with it " + after.Words() + "."
	case workflow.Action(e.Action) == workflow.Extend:
		return " It was due " + before.Words() + ", and is due " + after.Words() + " now."
	}
	return " The clock goes on: it is due " + after.Words() + ", without the pause it was " + before.Words() + "."
}
