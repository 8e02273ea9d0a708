package handlers

import (
	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

// onTheWord are the words of taking a release back for one recipient where OTDA
// does it.
var onTheWord = actWord{title: "Take the release back on the person’s word", button: "Take it back for this recipient",
	lead: "For a person who took the release back for this recipient and told you, not whoever referred. Write when and how the person said it, and how you know that it was the person: who wants to harm somebody may pretend to be them, to end the help. " +
		"At once this recipient sees nothing of the person any more; it is told to stop and to destroy its copies, and not why. Other recipients keep what they have, and whoever referred is told. It cannot be taken back, and the person is handed over there no more.",
	said: "Taken back. This recipient sees nothing any more and is told to stop; whoever referred is told, and others stay as they are."}

// lookRevoke is the question before the release is taken back for one recipient: by
// whoever referred, who gives no reason, or by OTDA, which writes how the person
// said it.
func (c *call) lookRevoke(rec referrals.Record, h referrals.Handover, look *actLook) {
	look.Danger = true
	look.Above = append(look.Above, web.SummaryPart(web.Summary{Rows: []web.Row{{Label: "Recipient", Values: []string{handoverTitle(h)}}, {Label: "Sent", Values: []string{sentOn(h)}}, {Label: "How far it is", Values: []string{handoverSays(h)}}}}))
	if rows := noticeRow(rec); len(rows) > 0 {
		look.Above = append(look.Above, web.SummaryPart(web.Summary{Rows: rows}))
	}
	if c.who.Duty == workflow.Program {
		look.Title, look.Lead, look.Button = onTheWord.title, onTheWord.lead, onTheWord.button
		look.Redraw = func(d *web.Drawn) {
			for i := range d.Fields {
				d.Fields[i].Label, d.Fields[i].Required = "When and how did the person say it, and how do you know that it was the person?", true
			}
		}
		return
	}
	look.Redraw = func(d *web.Drawn) { d.Fields = nil }
	if h.Recipient == "" {
		look.Above = append(look.Above, web.RemarkBox(web.Box{Kind: web.BoxInfo, Title: "You are not told which organization this is"},
			"If the person named one, and there is more than one hand-over, do not guess: the person can call OTDA, which takes the release back on the person’s own word."))
	}
}
