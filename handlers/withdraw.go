package handlers

import (
	"slices"

	"github.com/a-h/templ"

	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

// noticeRow says what taking back changes nothing of: a notice about a minor that
// went out, also where the answers say since that the person is none. There is no row
// of a person for whom nobody was told.
//
// Law: SSL 483-cc(b).
func noticeRow(rec referrals.Record) []web.Row {
	row := web.Row{Label: "The local department, about a child"}
	switch {
	case codeIn(rec.View, "under18") != "no":
		row.Values = []string{"A notice about a minor that went out stays with it, and what the law asks for a child goes on: this does not change that."}
	case !rec.NoticeSent.IsZero():
		row.Values = []string{"A notice about a minor went out on " + web.Day(rec.NoticeSent) + ". The answers say since that the person is not a minor, and the department was told that it was corrected. It stays there all the same: this does not change that."}
	default:
		return nil
	}
	return []web.Row{row}
}

// withdrawLook is the question before a withdrawal: who is told what, and what is
// gone then. It does nothing; the button at its foot does all, in one act.
//
// Law: 28 CFR 94.115; 34 USC 12291(b)(2).
func withdrawLook(rec referrals.Record) actLook {
	row := func(label string, values ...string) web.Row { return web.Row{Label: label, Values: values} }
	rows := []web.Row{row("DCJS and OTDA", "They stop working on it. The answers are sealed, and nobody opens them any more. The State keeps the reference and the dates, and counts that one referral was withdrawn.")}
	rows = append(rows, noticeRow(rec)...)
	rows = append(rows, row("Whoever was to help the person", helpersHear(rec)...),
		row("The person", "OTDA writes a short letter that says that it was taken back, and nothing of what happened. If it goes by your hand, it waits for you on the page of this referral."))
	if rec.Status == workflow.Confirmed || rec.Status == workflow.Closed && codeIn(rec.View, "determination") == "confirmed" {
		rows = append(rows, row("The confirmation", "It is not undone for the person: a letter that the person has stays genuine."))
	}
	rows = append(rows, row("You", "Your answers, your copy of the referral and the receipt cannot be opened here any more, at once. If you have to show later that you referred, save the receipt first: it holds reference and dates, and nothing of the story."))
	return actLook{Title: "Withdraw this referral?", Danger: true, Button: "Withdraw the referral", Redraw: withdrawReason(false),
		Lead:  "Nothing is withdrawn yet. It happens, all of it and at once, when you press the button at the foot of this page, and nobody can take it back. You can refer the person anew later.",
		Above: []templ.Component{web.SummaryPart(web.Summary{Title: "What happens then", Rows: rows}), web.LinkPart(sentPapers(rec)[0])}}
}

// withdrawReason has the page say whether a reason is wanted: not of a referrer, as
// the person need not say why; of OTDA, which acts on the word of somebody whom it
// does not see, how it knows. The guard of the step asks for it.
//
// Law: 28 CFR 94.115; 34 USC 12291(b)(2).
func withdrawReason(wanted bool) func(*web.Drawn) {
	return func(d *web.Drawn) {
		for i := range d.Fields {
			if f := &d.Fields[i]; f.Name == "reason" {
				f.Required, f.Optional = wanted, !wanted
				if !wanted {
					f.Hint = "Neither you nor the person has to say why."
				}
			}
		}
	}
}

// helpersHear is what recipients of a hand-over are told of a withdrawal.
func helpersHear(rec referrals.Record) []string {
	if !slices.ContainsFunc(rec.Handover, func(h referrals.Handover) bool { return !h.SentAt.IsZero() }) {
		return []string{"Nobody was told of the person yet, and nobody will be."}
	}
	return []string{"They lose sight of the person at once, and are told to stop and to destroy what they were given. What they have printed, only they can destroy."}
}

// withdrawnRecord shows that a referral was withdrawn, and what is left to do.
func withdrawnRecord(rec referrals.Record) web.Record {
	v := web.Record{Reference: rec.Reference, Tag: web.TagOf(string(rec.Status)), Letters: lettersReady(rec),
		Closed: "Done: this referral was withdrawn on " + web.Moment(rec.WithdrawnAt) + ". Its answers are sealed, for you too, and your copy and the receipt cannot be had here any more. Nobody works on it, but for what the law asks for a child."}
	v.After = []string{"There is nothing for you to do now. If OTDA’s letter to the person goes by your hand, an e-mail without details tells you, and the letter stands here."}
	if len(v.Letters) > 0 {
		v.After = nil // they stand on the page, with what is to be done
	}
	return v
}
