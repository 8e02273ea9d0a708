package handlers

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/registry"
	"nysreferral/web"
	"nysreferral/workflow"
)

// handoverPath is the page of a hand-over, or of something below it.
func handoverPath(ref string, n int, more ...string) string {
	return refPath(ref, append([]string{"handovers", strconv.Itoa(n)}, more...)...)
}

// handoverOf returns hand-over n of a record.
func handoverOf(rec referrals.Record, n int) (referrals.Handover, bool) {
	for _, h := range rec.Handover {
		if h.N == n {
			return h, true
		}
	}
	return referrals.Handover{}, false
}

// handover is the page of one hand-over for OTDA.
func (s *server) handover(c *call) error {
	ref, n, err := c.refAndN()
	if err != nil {
		return err
	}
	rec, err := s.Referrals.Open(c.ctx(), c.who, ref, referrals.Want{})
	if err != nil {
		return err
	}
	h, ok := handoverOf(rec, n)
	if !ok {
		return fault.Absent()
	}
	p := c.page("Hand-over")
	p.Wide = true
	p.Back = &web.Link{Label: "The referral", Href: refPath(ref)}
	own := h.Kind == string(workflow.KindOTDA)
	v := web.StateHandover{Reference: rec.Reference, Tag: web.TagOf(string(h.Status)), Clock: s.clockOf(nextTask(h)), Kind: kindWords[h.Kind],
		Recipient: h.Recipient, Verified: h.Verified, Contact: h.Contact, Rule: h.Rule, Reason: h.Reason, Notes: h.Notes, Keeps: own}
	if !h.Permitted && !own {
		v.Forbidden = workflow.ReleaseNamesIt.Say()
	}
	part := forms.View{Parts: slices.DeleteFunc(rec.View.Of("handover"), func(p forms.Part) bool { return p.N != n })}
	v.Override, v.Log = textIn(part, "override"), attempts(part)
	v.Dates, v.Clocks = handoverDates(h), s.clockRows(h)
	if h.Contact != "" {
		v.Line, v.About, v.Heed = contactPath(h.Contact), lineAbout(registry.Contact{Point: h.Point}), saysOf(h.Heed)
	}
	v.Unserved = unserved(h)
	switch waits := !h.Verified && h.Contact != "" && h.Status == workflow.Proposed; {
	case waits && h.AskedOn != "":
		v.Asked = "The administrator was asked on " + inWords(h.AskedOn) + " to verify it."
	case waits:
		v.AskVerify = askPart(h.Contact, p.CSRF)
	}
	if h.NoContact {
		tag := web.NoContactTag
		v.Mark = &tag
	}
	for _, one := range h.Candidates {
		v.Others = append(v.Others, web.OtherPlace{Name: one.Name, Verified: one.Verified, Why: one.Why, About: lineAbout(registry.Contact{Point: one.Point}), Here: one.Key == h.Contact})
	}
	if !own {
		v.Preview = []web.Link{{Label: "Exactly what it reads", Href: handoverPath(ref, n, "preview")}, {Label: "The packet (PDF)", Href: paperPath(ref, referrals.PaperPacket, n)}}
	}
	for _, o := range h.Offers {
		if o.Do == workflow.Reroute && o.Ready() {
			v.Reroute = handoverPath(ref, n, string(o.Do))
		}
	}
	v.Elsewhere, v.Alarm = handedOver(rec), unsafeAlarm(rec, p.CSRF)
	if own { // OTDA has nobody to give it back to: it chooses another recipient
		h.Offers = slices.DeleteFunc(slices.Clone(h.Offers), func(o workflow.HandoverOffer) bool { return slices.Contains(recipientsOwn, o.Do) })
	}
	v.Steps = handoverSteps(rec.Reference, h, p.CSRF, len(v.Elsewhere)+len(h.Heed) > 0)
	if !own && slices.ContainsFunc(h.Offers, func(o workflow.HandoverOffer) bool { return o.Do == workflow.Send }) {
		v.Steps.Heed = wishes(rec.View)
	}
	return c.show(http.StatusOK, web.StateHandoverPage(p, v))
}

// unserved says that nobody receives at the verified line of a proposal, or "".
func unserved(h referrals.Handover) string {
	if h.NoAccount && h.Status == workflow.Proposed {
		return referrals.NobodyReceives
	}
	return ""
}

// recipientsOwn are the acts on a hand-over that make sense only where somebody else
// than OTDA has the person: they lead back to OTDA, or keep somebody else away.
var recipientsOwn = []workflow.Action{workflow.Return, workflow.Transfer, workflow.Revoke}

// wishes are the person's own words on where to be referred, and where not. The
// rules read names in them; the rest only a person can heed.
func wishes(v forms.View) []web.Row { return rowsAt(v, "doNotReferTo", "preference") }

func (c *call) refAndN() (string, int, error) {
	ref, err := c.ref()
	if err != nil {
		return "", 0, err
	}
	n, err := c.n()
	return ref, n, err
}

func handoverDates(h referrals.Handover) []web.Row {
	var out []web.Row
	for _, d := range []struct {
		label string
		at    time.Time
	}{{"Proposed", h.ProposedAt}, {"Sent", h.SentAt}, {"To be accepted by", h.AcceptBy}, {"Accepted", h.AcceptedAt}, {"Reached", h.ReachedAt}, {"Ended", h.ClosedAt}, {"Next look", h.NextAt}} {
		if !d.at.IsZero() {
			out = append(out, web.Row{Label: d.label, Values: []string{web.Moment(d.at)}})
		}
	}
	return out
}

// attempts is the contact log of the hand-over that the view holds, the last
// first.
func attempts(v forms.View) []web.Talk {
	var out []web.Talk
	for _, t := range slices.Backward(talksIn(v, "attempts")) {
		out = append(out, web.Talk{Kind: t.said["act"], When: t.when(), Who: joined(t.said["how"], t.said["result"]), Text: t.said["note"]})
	}
	return out
}

// oneTap are the acts of a hand-over that are done at once: what they ask may
// stay empty.
var oneTap = []workflow.Action{workflow.Send, workflow.Accept, workflow.Enroll, workflow.Warm}

// handoverSteps are the acts that the table offers; the road forward comes
// first, what ends the hand-over last. asks says that sending asks something: what
// does not fit is known, or why a person is handed over again.
func handoverSteps(ref string, h referrals.Handover, csrf string, asks bool) web.StepsBar {
	var out web.StepsBar
	forward := []workflow.Action{workflow.Send, workflow.Accept, workflow.Reach, workflow.Serve}
	for _, o := range h.Offers {
		step := web.Step{Label: o.Say, Href: handoverPath(ref, h.N, string(o.Do)), Missing: sentences(o.Missing), Primary: slices.Contains(forward, o.Do)}
		if slices.Contains(oneTap, o.Do) && !(o.Do == workflow.Send && asks) {
			step.Post = &web.Form{Action: step.Href, CSRF: csrf, Rev: strconv.Itoa(h.Rev)}
		}
		if h.Status == workflow.Returned && o.Do == workflow.Reroute {
			step.Primary = true
		}
		if o.Ready() {
			out.Ready = append(out.Ready, step)
			continue
		}
		out.NotYet = append(out.NotYet, step)
	}
	slices.SortStableFunc(out.Ready, func(a, b web.Step) int { return rankStep(a) - rankStep(b) })
	return out
}

// preview is exactly what the recipient of a hand-over reads.
func (s *server) preview(c *call) error {
	ref, n, err := c.refAndN()
	if err != nil {
		return err
	}
	paper, err := s.Referrals.Paper(c.ctx(), c.who, ref, referrals.PaperPacket, n)
	if err != nil {
		return err
	}
	p := c.page("What the recipient sees")
	p.Back = &web.Link{Label: "The hand-over", Href: handoverPath(ref, n)}
	v := web.StatePreview{For: orNobody(paper.For), Outline: inShort(web.FactParts("outline-", onlySeen(paper.View, forms.ReadsWaiting), nil)),
		Parts: web.Unnumbered(web.FactParts("", paper.View.Parts, nil)), Packet: paperPath(ref, referrals.PaperPacket, n), Back: handoverPath(ref, n)}
	return c.show(http.StatusOK, web.StatePreviewPage(p, v))
}

func orNobody(name string) string {
	if name == "" {
		return "the recipient"
	}
	return name
}

// onlySeen leaves the items of a view that another reader sees without
// condition, by the declaration of the form.
func onlySeen(v forms.View, reader forms.Reader) []forms.Part {
	declared := map[string]*forms.Form{"referral": forms.Questions, "review": forms.Reviews, "handover": forms.Routes}
	var out []forms.Part
	for _, p := range v.Parts {
		form := declared[p.Form]
		p.Items = slices.DeleteFunc(slices.Clone(p.Items), func(it forms.Item) bool {
			f := form.ByID(it.ID)
			if f == nil {
				return true
			}
			only, ok := f.Sees[reader]
			return !ok || only != ""
		})
		if len(p.Items) > 0 {
			out = append(out, p)
		}
	}
	return out
}

// handoverActing is the act on a hand-over that the address names.
func (c *call) handoverActing() (acting, error) {
	ref, n, err := c.refAndN()
	if err != nil {
		return acting{}, err
	}
	a := acting{Ref: ref, N: n, Do: workflow.Action(c.Param("action"))}
	w := handoverWords[a.Do]
	a.Said = w.said
	if a.Do == workflow.Reroute || a.Do == workflow.Propose {
		a.Want.Lines = c.lineSearch(a)
	}
	own := c.who.Duty == workflow.Recipient
	a.After = handoverPath(ref, n)
	back := web.Link{Label: "The hand-over", Href: a.After}
	if c.who.Duty == workflow.Referrer {
		a.After, back.Href = refPath(ref), refPath(ref)
	}
	if own && slices.Contains(leaves, a.Do) {
		a.After = inboxPath // what was given back or ended is seen no longer
	}
	switch a.Do {
	case workflow.Revoke:
		if c.who.Duty == workflow.Program {
			a.Said = onTheWord.said
		}
	case workflow.Reroute:
		a.After = refPath(ref)
	case workflow.Propose:
		back = web.Link{Label: "The referral", Href: refPath(ref)}
	}
	a.Look = func(rec referrals.Record) actLook {
		look := actLook{Title: w.title, Lead: w.lead, Button: w.button, Back: back}
		h, ok := handoverOf(rec, n)
		switch {
		case ok && a.Do == workflow.Reroute:
			c.lookLines(rec, h.Candidates, h.Contact, &look)
		case ok && a.Do == workflow.Send:
			lookSend(rec, h, &look)
		case ok && a.Do == workflow.Revoke:
			c.lookRevoke(rec, h, &look)
		case ok && len(h.Ways) > 0:
			look.Redraw = func(d *web.Drawn) { markHow(d, h.Ways, a.Do) }
		case rec.Proposal != nil && a.Do == workflow.Propose:
			c.lookLines(rec, rec.Proposal.Candidates, "", &look)
		}
		return look
	}
	return a, nil
}

// leaves are the acts after which a recipient sees the hand-over no longer.
var leaves = []workflow.Action{workflow.Return, workflow.Transfer, workflow.Refuse, workflow.Close}

// handoverWords are the words of the acts on a hand-over.
var handoverWords = map[workflow.Action]actWord{
	workflow.Send:    {title: "Send the hand-over", button: "Send", said: "Sent. The recipient is told that something waits, and nothing more."},
	workflow.Reroute: {title: "Choose another recipient", lead: "This hand-over ends, and a new one is proposed. Say why: the reason stays on the record.", button: "Propose it", said: "Another hand-over is proposed."},
	workflow.Propose: {title: "Propose another hand-over", lead: "It stands beside the others, and none of them ends. Nobody else learns of it before you send it. Say why: the reason stays on the record.", button: "Propose it", said: "Proposed. Look at it, then send it."},
	workflow.Accept:  {said: "Accepted. You see now how the person can be reached safely."},
	workflow.Return:  {title: "Give it back", lead: "OTDA finds somebody else. You will not see the person’s record any more.", button: "Give it back", said: "Given back. OTDA looks for somebody else."},
	workflow.Attempt: {title: "Log a try", button: "Log it", said: "The try is logged."},
	workflow.Reach:   {title: "You reached the person", lead: "Somebody spoke with the person, in a safe way.", button: "Reached", said: "Good. The person was reached."},
	workflow.Miss:    {title: "Not reached yet", lead: "OTDA is told, so that you can think together about another way. You can go on trying.", button: "Not reached yet", said: "OTDA knows that the person was not reached yet."},
	workflow.Wait:    {title: "The person asked to wait", lead: "The clocks of trying, of first contact and of bringing the person together with you go on from that day, with what was left.", button: "Wait until then", said: "The clocks wait until that day."},
	workflow.Warm:    {said: "The referrer is asked to bring you together with the person. An e-mail without details says that something waits."},
	workflow.Bring:   {title: "Bring them together", lead: "Somebody who is to help has not reached the person yet. You know a way that is safe: can you bring them together?", button: "Send the answer", said: "Thank you. They read your answer at once."},
	workflow.Enroll:  {said: "Enrolled."},
	workflow.Serve:   {title: "Services began", button: "Services began", said: "Services began."},
	workflow.Tell:    {title: "How does it go?", button: "Send", said: "Thank you. OTDA knows how it goes."},
	workflow.Refuse:  {title: "The person says no", lead: "You spoke with the person, who does not want this help. The hand-over ends, and you will not see the record any more. OTDA is told, and nobody asks the person again.", button: "The person says no", said: "The hand-over has ended. The person was reached, and said no."},
	workflow.Revoke: {title: "Take the release back for one recipient", lead: "At once this recipient sees nothing of the person any more. It is told to stop and to destroy its copies, and not why. Other recipients keep what they have. It cannot be taken back, and OTDA hands the person over there no more.",
		button: "Take it back for this recipient", said: "Taken back. This recipient sees nothing any more and is told to stop; others stay as they are."},
	workflow.Transfer: {title: "Pass on to another", lead: "OTDA sends it where the release permits. You will not see the person’s record any more.", button: "Pass it on", said: "OTDA was asked to send it there."},
	workflow.Close:    {title: "Close the hand-over", lead: "Say how it ended. It cannot be opened again.", button: "Close it", said: "The hand-over is closed."},
}

func (s *server) handoverAct(c *call) error {
	a, err := c.handoverActing()
	if err != nil {
		return err
	}
	if a.Do == workflow.Accept {
		return c.to(a.After) // asks nothing: its button stands there
	}
	return c.actPage(a)
}

func (s *server) handoverActed(c *call) error {
	a, err := c.handoverActing()
	if err != nil {
		return err
	}
	if c.form().Get(web.InputGo) == web.GoFind {
		return c.found(a)
	}
	return c.act(a)
}

// fillHandovers adds to the page of a confirmed referral where it went.
func (s *server) fillHandovers(c *call, v *web.StateReview, rec referrals.Record) {
	ours := c.who.Duty == workflow.Program
	if len(rec.Handover) > 0 {
		v.Elsewhere = handedOver(rec)
	}
	for _, h := range rec.Handover {
		tag := web.TagOf(string(h.Status))
		card := web.StateHandoverCard{Card: web.Card{Title: orUnfound(h.Recipient), Tag: &tag}}
		if ours {
			card.Card.Href = handoverPath(rec.Reference, h.N)
			if h.Status != workflow.HandoverClosed {
				next := nextTask(h)
				card.Card.Clock = s.clockOf(next)
				card.Lines = append(card.Lines, "Next: "+next.Short+".")
			}
		}
		if !h.ReachedAt.IsZero() {
			card.Lines = append(card.Lines, "The person was reached on "+web.Day(h.ReachedAt)+".")
		}
		v.Handovers = append(v.Handovers, card)
	}
	if p := rec.Proposal; p != nil {
		v.Propose = &web.Step{Label: p.Offer.Say, Href: handoverPath(rec.Reference, p.N, string(p.Offer.Do)), Missing: sentences(p.Offer.Missing)}
	}
	for _, l := range rec.Letters {
		v.Letters = append(v.Letters, letterLine(l))
	}
}

func orUnfound(name string) string {
	if name == "" {
		return "No recipient found yet"
	}
	return name
}

// letterLine is how far a letter is, for the State.
func letterLine(l referrals.Letter) web.LetterLine {
	if l.To != workflow.ToDistrict {
		return web.LetterLine{Title: l.Name, Text: addressees[l.To] + ".", Tag: web.LetterTag(string(l.Status))}
	}
	out := web.LetterLine{Title: l.Name, Text: "To " + orUnfound(l.Recipient) + "."}
	switch {
	case !l.AcknowledgedAt.IsZero():
		out.Tag, out.Text = web.TagOf("accepted"), out.Text+" Acknowledged "+web.Moment(l.AcknowledgedAt)+"."
		out.Tag.Word = "Acknowledged"
	case !l.SentAt.IsZero():
		out.Tag, out.Text = web.TagOf("sent"), out.Text+" Sent "+web.Moment(l.SentAt)+"."
	case l.Status == workflow.Stopped:
		out.Tag, out.Text = web.TagOf("closed"), "It goes to nobody: the answers changed before it was sent."
		out.Tag.Word = "Not sent"
	default:
		out.Tag, out.Text = web.TagOf("returned"), "It waits for a verified contact of the county where the person was found, at which somebody can sign in to receive it."
		out.Tag.Word = "Not sent"
	}
	return out
}
