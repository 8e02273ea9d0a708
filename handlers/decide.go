package handlers

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

// decide shows what a decision rests on and what each one says to whom.
func (s *server) decide(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	rec, err := s.Referrals.Open(c.ctx(), c.who, ref, referrals.Want{})
	if err != nil {
		return err
	}
	if !deciding(rec.Offers) {
		return c.notOpen(rec)
	}
	p := c.page("Decide")
	p.Wide = true
	p.Back = &web.Link{Label: "The referral", Href: refPath(ref)}
	p.Lead = "Nothing is said to anybody before you sign on the next page. There you can read the letters as they will be first."
	clock := s.clockFull(rec.DueAt)
	if clock != nil {
		clock.Was = dueMoment(rec.DueBefore())
	}
	v := web.StateDecide{Reference: rec.Reference, Clock: clock, Elements: elements(rec.View, nil), Wanted: checkpoints(rec),
		Advice: advice(rec.View), Signs: signs(c)}
	v.Weighed = weighed(rec)
	v.Unfilled, v.Earlier, v.Due = unfilled(rec), earlier(rec.View), dueStory(rec.View)
	toConfirm := codeIn(rec.View, "recommendation") != "decline"
	for _, o := range rec.Offers {
		switch o.Do {
		case workflow.Confirm:
			v.Ways = append(v.Ways, web.DecideWay{Title: "Confirm", Href: actPath(rec, o.Do), Primary: toConfirm, Missing: sentences(o.Missing), Says: confirmSays(rec)})
		case workflow.Decline:
			v.Ways = append(v.Ways, web.DecideWay{Title: "Decline", Href: actPath(rec, o.Do), Primary: !toConfirm, Missing: howSecond(rec, o.Missing), Says: declineSays(rec)})
		}
	}
	return c.show(http.StatusOK, web.StateDecidePage(p, v))
}

// notOpen leads back to a referral that waits for no decision: often it is the
// reader's own that was made, and nobody else was faster.
func (c *call) notOpen(rec referrals.Record) error {
	says := "This referral is not open for a decision. What can be done now stands below."
	if !rec.DecidedAt.IsZero() && !waits(rec.Status) {
		says = "This referral is decided, since " + web.Day(rec.DecidedAt) + ". The decision stands below."
	}
	c.flash(web.BoxInfo, says)
	return c.Redirect(http.StatusSeeOther, refPath(rec.Reference))
}

func signs(c *call) string {
	return "Signed by " + c.who.Name + ", " + c.who.Office + ", with the date of the decision."
}

// confirmSays is who is told what by a confirmation.
//
// Law: SSL 483-cc(b).
func confirmSays(rec referrals.Record) []web.SaidTo {
	return []web.SaidTo{
		{Who: "The person", What: "A notice of confirmation with name, type and date, and nothing of what happened. OTDA signs it; it goes by the safe way that the referral names, never by mail."},
		{Who: rec.Agency, What: "Confirmed, with type, bases and date, and a notice that OTDA signs. The referrer hands the letter to the person, and says whether that was safe."},
		{Who: "OTDA", What: "The same, with a proposed hand-over by the rules of routing. OTDA looks at it before anything is sent."},
		{Who: "A provider or local department", What: "Nothing yet. It hears of the person only when OTDA sends the hand-over, and never reads the account."},
	}
}

// declineSays is who is told what by a decline.
//
// Law: 18 NYCRR 765.1.
func declineSays(rec referrals.Record) []web.SaidTo {
	return []web.SaidTo{
		{Who: rec.Agency, What: "Not confirmed, with your reason in plain words, what help there still is, and how to send new facts or appeal."},
		{Who: "The person", What: "A letter that harms nobody who carries it, with a reason of its own that you write, how to appeal, and what help there is. You sign it next."},
		{Who: "OTDA", What: "The same, with the category of the reason."},
		{Who: "Providers and local departments", What: "Nothing."},
	}
}

// stateActing is the act of the State that the address names.
func (c *call) stateActing() (acting, error) {
	ref, err := c.ref()
	if err != nil {
		return acting{}, err
	}
	a := acting{Ref: ref, Do: workflow.Action(c.Param("action"))}
	w := actWords[a.Do]
	a.Said = w.said
	a.Want.Colleagues = a.Do == workflow.Exclude || a.Do == workflow.Readmit
	a.Look = func(rec referrals.Record) actLook {
		look := actLook{Title: w.title, Lead: w.lead, Button: w.button}
		if w.look != nil {
			w.look(c, rec, &look)
		}
		if moved := c.movedSince(rec); moved != nil {
			look.Above = append([]templ.Component{moved}, look.Above...)
		}
		return look
	}
	return a, nil
}

// movedSince warns when the referral was changed after the page that led here
// was drawn.
func (c *call) movedSince(rec referrals.Record) templ.Component {
	seen, err := strconv.Atoi(c.QueryParam("seen"))
	if err != nil || seen == rec.Rev || len(rec.Timeline) == 0 {
		return nil
	}
	last := rec.Timeline[len(rec.Timeline)-1]
	who := last.Who
	if who == "" {
		who = "Somebody"
	}
	return web.RemarkBox(web.Box{Kind: web.BoxWarning, Title: "The referral has moved on since you read it"},
		who+", "+web.Moment(last.At)+": "+last.Words+" Read it again before you go on.")
}

func (s *server) stateAct(c *call) error {
	a, err := c.stateActing()
	if err != nil {
		return err
	}
	return c.actPage(a)
}

func (s *server) stateActed(c *call) error {
	a, err := c.stateActing()
	if err != nil {
		return err
	}
	switch a.Do {
	case workflow.Assess:
		joinPointers(c.form())
	case workflow.Ask:
		joinIDs(c.form(), "about")
	case workflow.Recuse:
		a.After = queuePath // nothing of it is seen any more
	}
	if c.form().Get(web.InputGo) == web.GoForesee {
		return c.foresee(a)
	}
	return c.act(a)
}

// actWord is how the page of an act of the State speaks.
type actWord struct {
	title, lead, button string
	said                string // afterwards
	look                func(c *call, rec referrals.Record, look *actLook)
}

// actWords are the words of the acts; one that is not here has those of the
// table of steps.
var actWords = map[workflow.Action]actWord{
	workflow.Take:     {said: "You hold this referral now."},
	workflow.HandBack: {said: "Given back to the queue."},
	workflow.Ask: {title: "Ask the referrer", lead: "One question at a time. The clock of the decision goes on while you wait.", button: "Send the question",
		said: "The question was sent.", look: lookAsk},
	workflow.Consult: {button: "Record it", said: "The consultation is on the record.", look: lookConsult},
	workflow.Assess: {lead: "Say for each element what the answers show, and tick where they show it.", button: "Save the assessment",
		said: "The elements are assessed.", look: lookAssess},
	workflow.Recommend: {title: "Recommend", lead: "The director reads this first. The referrer does not see it. To decline needs its reason, of the list and in plain words: the second reader reads both.", button: "Recommend",
		said: "Your recommendation waits for the director.", look: withElements},
	workflow.Second: {title: "Second reader", lead: "You agree that the referral be declined on the grid as it stands. Who decides reads your note.", button: "I agree to decline",
		said: "The director sees that you agree.", look: lookSecond},
	workflow.Disagree: {title: "Second reader", lead: "You do not agree that the referral be declined. Say in plain words what the grid or the recommendation misses. The decline cannot be signed then; the director reads your reason and confirms, or has it assessed or recommended anew. The time for the decision goes on.",
		button: "I disagree with a decline", said: "The director sees that you disagree, and why.", look: withElements},
	workflow.Recuse: {title: "Step back from this referral", lead: "For a conflict of interest: you know the person, the referrer or somebody named in it. You see nothing of this referral any more, at once, and only a director can readmit you. If you hold it, a colleague takes it from the queue; " +
		"what you assessed, recommended or agreed to counts no longer and is done anew. That you stepped back, and why, stays on the record.", button: "Step back", said: "You stepped back. The referral is your colleagues’ now."},
	workflow.Note:    {title: "Internal note", lead: "It never leaves DCJS: not to OTDA, not to the referrer. It is part of the record all the same.", button: "Write the note", said: "The note is written."},
	workflow.Confirm: {title: "Confirm", button: "Sign: confirmed", said: "Confirmed. OTDA has the proposed hand-over.", look: lookConfirm},
	workflow.Decline: {title: "Decline", button: "Sign: not confirmed", said: "Declined. The referrer reads your reason. The letter to the person waits for your signature.", look: lookDecline},
	workflow.Extend: {lead: "Only for good cause and after consulting OTDA. The referrer is told the new date and the reason; what was due before stays on the record.", button: "Extend the time",
		said: "The new due date stands. The notice to the referrer waits for your signature.", look: lookExtend},
	workflow.Exclude: {title: "Exclude a colleague", lead: "For a conflict of interest. The colleague sees nothing of this referral from then on, and what the colleague assessed or recommended counts no longer.", button: "Exclude",
		said: "The colleague is excluded.", look: lookColleagues(false)},
	workflow.Readmit: {title: "Readmit a colleague", lead: "The colleague sees the referral again, and what the colleague assessed counts again.", button: "Readmit",
		said: "The colleague is readmitted.", look: lookColleagues(true)},
	workflow.Reconsider: {title: "Look at it again", lead: "The clock begins anew, and somebody takes it from the queue.", button: "Reconsider", said: "The referral is open again."},
	workflow.Appeal:     {title: "Record the person’s appeal", lead: "The clock begins anew at DCJS.", button: "Record the appeal", said: "The appeal is recorded. DCJS looks at the referral again."},
	workflow.Withdraw: {title: "Withdraw on the person’s word", lead: "For a person who took the consent back and cannot reach whoever referred. Write when and how the person said it, and how you know that it was the person. " +
		"The answers are sealed at once, every hand-over ends, and recipients are told to stop. It cannot be taken back.", button: "Withdraw the referral", said: "The referral was withdrawn.",
		look: func(_ *call, _ referrals.Record, look *actLook) {
			look.Danger, look.Redraw = true, withdrawReason(true)
		}},
	workflow.Close: {title: "Close the referral", lead: "Nothing is left to do with it. The record stays.", button: "Close it", said: "The referral is closed."},
}

func withFacts(_ *call, rec referrals.Record, look *actLook) {
	look.Above = append(look.Above, web.FactsBox("What was told, with the numbers of the answers", factsFor(rec)))
}

func factsFor(rec referrals.Record) []web.FactPart {
	return ordered(web.FactParts("about-", rec.View.Of("referral"), nil), reviewOrder)
}

func withElements(_ *call, rec referrals.Record, look *actLook) {
	look.Above = append(look.Above, web.ElementsBox(elements(rec.View, nil), advice(rec.View)))
	look.Above = append(look.Above, weighed(rec)...)
}

func lookConfirm(c *call, rec referrals.Record, look *actLook) {
	withElements(c, rec, look)
	look.Above = append(look.Above, web.SaidToBox("Who is told what", confirmSays(rec)))
	look.Lead, look.Foresee = signs(c), foreseeLabel
	look.Back = web.Link{Label: "Both decisions", Href: refPath(rec.Reference, "decide")}
}

func lookDecline(c *call, rec referrals.Record, look *actLook) {
	withElements(c, rec, look)
	look.First = &forms.Deed{}
	look.First.OtherHelp = referrals.OtherHelp
	look.Above = append(look.Above, web.SaidToBox("Who is told what", declineSays(rec)),
		web.RemarkBox(web.Box{Kind: web.BoxInfo, Title: "Write for somebody who is hurt"},
			"The referrer reads your reason to the person. Say what the facts do not show yet, what would change it, and that help does not depend on this decision. No blame, no section numbers alone."))
	look.Lead, look.Foresee = signs(c), foreseeLabel
	look.Back = web.Link{Label: "Both decisions", Href: refPath(rec.Reference, "decide")}
}
