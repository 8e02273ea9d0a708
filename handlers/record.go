package handlers

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

// record shows a sent referral to its referrer.
func (s *server) record(c *call, rec referrals.Record) error {
	p := c.page("Your referral")
	p.Back = &web.Link{Label: "My referrals", Href: "/referrals"}
	if rec.Status == workflow.Withdrawn {
		return c.show(http.StatusOK, web.RecordPage(p, withdrawnRecord(rec)))
	}
	v := web.Record{Reference: rec.Reference, Tag: web.TagOf(string(rec.Status)), Times: timesOf(rec)}
	v.Harmful = harmfulFile(rec)
	if waits(rec.Status) {
		v.Clock = s.due(rec.DueAt)
		v.Clock.Was = dueMoment(rec.DueBefore())
	}
	if rec.Status == workflow.Asked {
		v.Question = "DCJS asks you something. " + s.askedUntil(rec)
	}
	v.Due = dueStory(rec.View)
	v.Road, v.Acts, v.Letters = s.road(rec), recordActs(rec), lettersReady(rec)
	v.Of, v.Another = groupLink(rec), c.anotherForm(rec, p.CSRF)
	s.decision(rec, &v)
	for _, h := range rec.Handover {
		tag := sentTag(h)
		v.Handovers = append(v.Handovers, web.Card{Title: handoverTitle(h), Tag: &tag})
		v.About = append(v.About, handoverSays(h))
		if asked := s.askedToBring(rec, h); asked != nil {
			v.Asked = append(v.Asked, *asked)
		}
	}
	told := web.Told{}
	v.Answers = told.Summaries(rec.View.Of("referral"))
	v.Talks, v.Earlier = talks(rec.View), earlier(rec.View)
	v.Changed = changed(rec, false)
	for _, e := range slices.Backward(rec.Timeline) {
		v.Timeline = append(v.Timeline, web.Event{When: web.Moment(e.At), Title: whichOf(rec, e.N) + e.Words, Who: e.Who, Tone: web.ToneCalm})
	}
	v.Papers = append(append(sentPapers(rec), filesLink(rec)...), web.Link{Label: "Who has looked at it", Href: address("/referrals", rec.Reference, "looks")})
	return c.show(http.StatusOK, web.RecordPage(p, v))
}

// talks are the questions with their answers, and the facts that were added.
func talks(v forms.View) []web.Summary {
	var out []web.Summary
	if it := v.Item("questions"); it != nil {
		sum := web.Summary{Title: "Questions and answers"}
		for _, row := range it.Rows {
			at := named(row)
			one := web.Row{Label: "Asked " + at["askedAt"], Values: []string{at["question"]}}
			switch {
			case at["answeredAt"] != "" && at["answer"] != "":
				one.Values = append(one.Values, "You answered on "+at["answeredAt"]+":\n"+at["answer"])
			case at["answeredAt"] != "":
				one.Values = append(one.Values, "You answered on "+at["answeredAt"]+" by changing your answers.")
			case at["wentOnAt"] != "":
				one.Values = append(one.Values, "DCJS went on without your answer on "+at["wentOnAt"]+". You can still add facts.")
			}
			sum.Rows = append(sum.Rows, one)
		}
		out = append(out, sum)
	}
	if it := v.Item("additions"); it != nil {
		sum := web.Summary{Title: "Facts that you added"}
		for _, row := range it.Rows {
			at := named(row)
			one := web.Row{Label: "Added " + at["at"]}
			if at["text"] != "" {
				one.Values = append(one.Values, at["text"])
			}
			if at["answersVersion"] != "" {
				one.Values = append(one.Values, "Your answers changed: version "+at["answersVersion"]+".")
			}
			sum.Rows = append(sum.Rows, one)
		}
		out = append(out, sum)
	}
	return out
}

// askedUntil says by when an answer is asked for, and what the clock does.
func (s *server) askedUntil(rec referrals.Record) string {
	by, _ := s.answerDue(rec)
	if slices.ContainsFunc(openQuestion(rec.View), func(it forms.Item) bool { return it.Name == "pause" }) {
		return by + " The time for the decision stands still until then."
	}
	return by + " The time for the decision goes on."
}

// named returns the answers of a row by name, as people read them.
func named(row []forms.Item) map[string]string {
	out := map[string]string{}
	for _, it := range row {
		out[it.Name] = strings.Join(it.Text, ", ")
	}
	return out
}

// waits reports whether a determination is waited for.
func waits(st workflow.Status) bool {
	return st == workflow.Submitted || st == workflow.InReview || st == workflow.Asked
}

// decision adds the determination and what follows from it.
//
// Law: 18 NYCRR 765.1 (reconsideration and appeal).
func (s *server) decision(rec referrals.Record, v *web.Record) {
	parts := slices.DeleteFunc(rec.View.Of("review"), func(p forms.Part) bool { return p.Section != "S4" })
	if len(parts) == 0 {
		return
	}
	if rec.View.Item("determination") == nil {
		return // more time was given, and nothing is decided yet
	}
	sum := web.Told{}.Summaries(parts)[0]
	v.Decision = &sum
	switch rec.Status {
	case workflow.Confirmed:
		v.After = []string{"The State says that the person appears to be a victim of trafficking. This is not a federal certification, and no benefit follows from it by itself: the local department decides on benefits.",
			"OTDA writes a letter for the person. When it is signed it stands here, for you to hand over if that is safe."}
	case workflow.Declined:
		v.After = []string{"You can send new facts at any time while it is open. The person can appeal" + until(textIn(rec.View, "appealUntil")) +
			", and you can do it for the person. Somebody else decides on the appeal than who made this decision."}
	}
}

// until writes by when, nothing when it is not known.
func until(when string) string {
	if when == "" {
		return ""
	}
	return " until " + when
}

// handoverTitle names the recipient once it was told; before, nothing is sure.
func handoverTitle(h referrals.Handover) string {
	if h.Recipient != "" && !h.SentAt.IsZero() {
		return h.Recipient
	}
	return "Hand-over " + strconv.Itoa(h.N)
}

// whichOf begins a sentence with the hand-over that it is about, where there are
// several to be told apart: police read no name of a recipient.
func whichOf(rec referrals.Record, n int) string {
	h, ok := handoverOf(rec, n)
	if !ok || len(rec.Handover) < 2 {
		return ""
	}
	return handoverTitle(h) + ": "
}

// askedToBring is what a referrer is asked who can bring the person together
// with the recipient, nil when nobody asks.
func (s *server) askedToBring(rec referrals.Record, h referrals.Handover) *web.AskedFor {
	at := slices.IndexFunc(h.Clocks, func(t referrals.Task) bool { return t.Kind == workflow.TaskBring && t.DoneAt.IsZero() })
	if at < 0 || !offers(h, workflow.Bring) {
		return nil
	}
	return &web.AskedFor{Words: whichOf(rec, h.N) + h.Clocks[at].Words, Clock: s.clockOf(h.Clocks[at]),
		Button: web.Button{Label: "Answer", Href: handoverPath(rec.Reference, h.N, string(workflow.Bring)), Hint: "whether you can bring them together"}}
}

// sentOn is when a hand-over was sent, by which a referrer who reads no name of
// the recipient tells it from the others.
func sentOn(h referrals.Handover) string {
	if h.SentAt.IsZero() {
		return "Not yet"
	}
	return "On " + web.Day(h.SentAt)
}

// neverSent says whether a hand-over ended before anybody was told of the person.
func neverSent(h referrals.Handover) bool {
	return h.Status == workflow.HandoverClosed && h.SentAt.IsZero()
}

// sentTag is a hand-over's status for the referrer.
func sentTag(h referrals.Handover) web.StatusTag {
	tag := web.TagOf(string(h.Status))
	if neverSent(h) {
		tag.Word = "Not sent"
	}
	return tag
}

// handoverSays tells a referrer how far a hand-over is.
func handoverSays(h referrals.Handover) string {
	switch {
	case h.Revoked:
		return "The release was taken back on " + web.Day(h.ClosedAt) + ". This recipient sees nothing any more, and was told to stop."
	case !h.ReachedAt.IsZero():
		return "The person was reached on " + web.Day(h.ReachedAt) + "."
	case neverSent(h):
		return "This one was never sent: nobody there was told anything. If help is still needed, OTDA goes on with another."
	case h.Status == workflow.HandoverClosed:
		return "This one ended. If help is still needed, OTDA goes on with another."
	case h.Status == workflow.Returned || h.SentAt.IsZero():
		return "OTDA is choosing who can help best."
	case !h.AcceptedAt.IsZero():
		return "Accepted on " + web.Day(h.AcceptedAt) + ". Somebody there will try to reach the person safely."
	}
	return "Sent on " + web.Day(h.SentAt) + ". It waits to be accepted."
}

// dueBy is by when something is to be done, or that its time is over; "" for what
// is not due.
func (s *server) dueBy(at time.Time) string {
	clock := s.clockFull(at)
	if clock == nil {
		return ""
	}
	return clock.Said("Due by ", "Was due by ")
}

// road is how far a referral is.
func (s *server) road(rec referrals.Record) []web.Stop {
	stops := []web.Stop{
		{Title: "Received", Text: web.Moment(rec.ReceivedAt), State: web.StopDone},
		{Title: "Decision", Text: s.dueBy(rec.DueAt), State: web.StopHere},
		{Title: "Hand-over", Text: s.dueBy(rec.RouteDueAt), State: web.StopNext},
		{Title: "Reached", Text: "Somebody says: I have reached the person.", State: web.StopNext},
	}
	if rec.DecidedAt.IsZero() || waits(rec.Status) {
		if rec.RouteDueAt.Before(rec.DueAt) || rec.RouteDueAt.Before(s.Now()) {
			stops[2].Text = "After the decision." // which may have had more time
		}
		return stops
	}
	stops[1].State, stops[1].Text = web.StopDone, "Made on "+web.Day(rec.DecidedAt)
	if len(rec.Handover) == 0 {
		return stops[:2]
	}
	stops[2].State = web.StopHere
	for _, h := range rec.Handover {
		if (!h.SentAt.IsZero() || h.Status == workflow.HandoverClosed) && stops[2].State != web.StopDone {
			stops[2].Text = handoverSays(h) // it was sent, or is not to be: nothing is late
		}
		if !h.AcceptedAt.IsZero() && stops[2].State != web.StopDone {
			stops[2].State, stops[2].Text, stops[3].State = web.StopDone, "Accepted on "+web.Day(h.AcceptedAt), web.StopHere
		}
		if !h.ReachedAt.IsZero() {
			stops[3].State, stops[3].Text = web.StopDone, web.Day(h.ReachedAt)
		}
	}
	return stops
}

// recordActs are the buttons below the road: what is asked first, what cannot
// be taken back last.
func recordActs(rec referrals.Record) []web.Button {
	var out []web.Button
	for _, o := range rec.Offers {
		b := web.Button{Label: o.Say, Href: address("/referrals", rec.Reference, string(o.Do)), Look: web.ButtonSecond}
		switch {
		case !o.Ready():
			continue
		case o.Do == workflow.Answer:
			b.Look, b.Label = web.ButtonPrimary, "Answer the question"
		case o.Do == workflow.Withdraw:
			b.Look = web.ButtonQuiet
		}
		out = append(out, b)
	}
	for _, h := range rec.Handover {
		if offers(h, workflow.Revoke) {
			out = append(out, web.Button{Label: "Take the release back for " + handoverTitle(h), Href: handoverPath(rec.Reference, h.N, string(workflow.Revoke)), Look: web.ButtonQuiet})
		}
	}
	slices.SortStableFunc(out, func(a, b web.Button) int { return weight(a.Look) - weight(b.Look) })
	return out
}

func weight(l web.ButtonLook) int {
	return slices.Index([]web.ButtonLook{web.ButtonPrimary, web.ButtonSecond, web.ButtonQuiet, web.ButtonDanger}, l)
}

// referrerAct is the page of an act of the referrer.
func (s *server) referrerAct(c *call) error {
	a, err := c.referrerActing()
	if err != nil {
		return err
	}
	return c.actPage(a)
}

// referrerActed does it.
func (s *server) referrerActed(c *call) error {
	a, err := c.referrerActing()
	if err != nil {
		return err
	}
	if a.Do == workflow.Discard {
		return c.deed(a, func(at referrals.Seen, _ *forms.Deed) (referrals.Record, error) {
			return referrals.Record{}, s.Referrals.Discard(c.ctx(), c.who, at)
		})
	}
	return c.act(a)
}

// referrerActing is the act that the address names, in the words of a referrer.
func (c *call) referrerActing() (acting, error) {
	ref, err := c.ref()
	if err != nil {
		return acting{}, err
	}
	a := acting{Ref: ref, Do: workflow.Action(c.Param("action"))}
	switch a.Do {
	case workflow.Save, workflow.Submit:
		a.Do = "" // these have pages of their own
	case workflow.Discard:
		a.After, a.Said = "/referrals", "The draft was discarded."
		a.Look = func(referrals.Record) actLook {
			return actLook{Title: "Discard this draft?", Lead: "All its answers are destroyed at once. Nobody can bring them back.", Button: "Discard the draft", Danger: true,
				Back: web.Link{Label: "The draft", Href: address("/referrals", ref)}}
		}
	case workflow.Answer:
		a.Said, a.Look, a.Want.Own = "Your answer was sent.", c.s.questionLook, true
	case workflow.Add:
		a.Said, a.Want.Own = "Your facts were added.", true
		a.Look = c.tellLook(actLook{Title: "Add facts", Button: "Add to the record",
			Above: []templ.Component{web.LinkPart(web.Link{Label: "Add a file instead", Href: refPath(ref, "files")})},
			Lead: "What you sent before stays as it was. Look first through what keeps the person safe: a way that is not safe any more, a new safe one, where the person lives now, or danger. " +
				"If something of it changed, tell OTDA by telephone too. Do not name other people who may be victims."}, urgent...)
	case workflow.Withdraw:
		a.Said, a.Look = "It is done: the referral was withdrawn.", withdrawLook
	case workflow.Reconsider:
		a.Said, a.Want.Own = "Your facts were sent. DCJS looks at the referral again.", true
		a.Look = c.tellLook(actLook{Title: "Send new facts", Lead: "Say what is new, or what was understood differently. DCJS then looks at the referral again.", Button: "Send"})
	case workflow.Appeal:
		a.Said = "The appeal was sent."
		a.Look = func(referrals.Record) actLook {
			return actLook{Title: "Appeal for the person", Lead: "Say why the person does not agree with the decision. The person's own words are best.", Button: "Send the appeal"}
		}
	}
	return a, nil
}

// questionLook shows the open question, and what was said about what it is
// pinned to, each with an input of its kind.
func (s *server) questionLook(rec referrals.Record) actLook {
	look := actLook{Title: "Question for you", Lead: "DCJS needs this to decide. The time for the decision goes on.", Button: "Send the answer"}
	q := web.Summary{Rows: []web.Row{}}
	for _, row := range openQuestion(rec.View) {
		switch row.Name {
		case "question":
			q.Rows = append(q.Rows, web.Row{Label: "The question", Values: row.Text})
		case "pause":
			look.Lead = "DCJS needs this to decide. The time for the decision stands still until you answer, or until the day below."
		case "about":
			if ids, ok := row.Value.(string); ok {
				look.Told = forms.Questions.With(forms.Pointed(ids))
			}
		}
	}
	if by, clock := s.answerDue(rec); clock != nil {
		clock.When = "" // the words say it
		q.Rows = append(q.Rows, web.Row{Label: "By when", Values: []string{by}, Part: web.ClockPart(*clock)})
	}
	note := web.Said("Answer in your own words, or change the answers that stand here, or both. What you sent before stays on the record. To send a paper, add it as a file first.")
	files := web.LinkPart(web.Link{Label: "Add a file", Href: refPath(rec.Reference, "files")})
	look.Above = []templ.Component{web.SummaryPart(q)}
	if said := saidBefore(rec, look.Told); said != nil {
		look.Above = append(look.Above, web.SummaryPart(*said))
	}
	look.Above = append(look.Above, note, files)
	return look
}

// openQuestion returns the last question that has no answer.
func openQuestion(v forms.View) []forms.Item {
	list := v.Item("questions")
	if list == nil {
		return nil
	}
	for _, row := range slices.Backward(list.Rows) {
		if !slices.ContainsFunc(row, func(it forms.Item) bool { return it.Name == "answeredAt" || it.Name == "wentOnAt" }) {
			return row
		}
	}
	return nil
}
