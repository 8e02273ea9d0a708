package handlers

import (
	"slices"

	"github.com/a-h/templ"

	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

// lookSecond tells a director that who agrees does not sign.
func lookSecond(c *call, rec referrals.Record, look *actLook) {
	withElements(c, rec, look)
	if c.who.Duty == workflow.Director {
		look.Lead = "You agree that the referral be declined on the grid as it stands. Then you cannot sign the decline yourself: another director does. Leave it to a colleague if you are to decide."
	}
}

// howSecond says to a director how a second reader is found.
func howSecond(rec referrals.Record, missing []workflow.Guard) []string {
	out := sentences(missing)
	if !slices.Contains(missing, workflow.SecondReader) {
		return out
	}
	if rec.Round.Contested {
		return append(out, "A second reader disagreed. Confirm; or have the elements assessed anew, or the outcome recommended anew by a reviewer, and then a colleague is asked to read it again.")
	}
	if codeIn(rec.View, "recommendation") == "decline" {
		return append(out, "The reviewers were asked: it stands among their tasks, and whoever reads it opens the referral and chooses “Agree as second reader”, or “Disagree as second reader”.")
	}
	return append(out, "When a reviewer recommends to decline, the colleagues are asked for a second reader. One can also open the referral and choose “Agree as second reader”.")
}

// contested shows why a second reader disagreed, while nobody has weighed it
// anew; nil when none did.
func contested(rec referrals.Record) templ.Component {
	if !rec.Round.Contested {
		return nil
	}
	list := talksIn(rec.View, "secondReaderDisagreed")
	if len(list) == 0 {
		return nil
	}
	last := list[len(list)-1]
	return web.RemarkBox(web.Box{Kind: web.BoxWarning, Title: "A second reader disagrees with a decline"}, last.said["who"]+", "+last.when()+": "+last.said["reason"])
}

// askedStill says, while a question is open, why nothing is assessed, advised
// or decided, and what brings those acts back; "" when none is open.
func askedStill(duty workflow.Duty, rec referrals.Record) string {
	if rec.Status != workflow.Asked || duty != workflow.Reviewer && duty != workflow.Director {
		return ""
	}
	return "The referrer was asked something and has not answered yet. You can assess, recommend and decide again when the answer comes, or when you choose “Go on without the answer”. The time for the decision goes on."
}
