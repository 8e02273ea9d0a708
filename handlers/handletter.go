package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

// letterIn returns letter n of a record.
func letterIn(rec referrals.Record, n int) (referrals.Letter, bool) {
	i := slices.IndexFunc(rec.Letters, func(l referrals.Letter) bool { return l.N == n })
	if i < 0 {
		return referrals.Letter{}, false
	}
	return rec.Letters[i], true
}

// handLetter is a letter on the page of its referrer: one to hand over to the
// person, or one to the agency itself.
func (s *server) handLetter(c *call) error {
	ref, n, err := c.refAndN()
	if err != nil {
		return err
	}
	rec, err := s.Referrals.Open(c.ctx(), c.who, ref, referrals.Want{})
	if err != nil {
		return err
	}
	l, ok := letterIn(rec, n)
	if !ok {
		return fault.Absent()
	}
	p := c.page("A letter for the person")
	p.Back = &web.Link{Label: "The referral", Href: refPath(ref)}
	v := web.HandLetter{Reference: rec.Reference, Tag: web.LetterTag(string(l.Status)), Paper: paperPath(ref, referrals.PaperLetter, n)}
	if l.To == workflow.ToReferrer {
		p.Title = "A letter to your agency"
		v.Lead = []string{"Keep it where only those read it who work with the person."}
		return c.show(http.StatusOK, web.HandLetterPage(p, v))
	}
	v.Lead = []string{"Hand it to the person yourself, where nobody else sees it. Never mail it, e-mail it or send a picture of it.",
		"If the person cannot keep it safely, keep it for the person, and say here that you handed it over.",
		"If it is not safe to hand it over at all, do not. Say here that you could not: OTDA then looks for another way with you."}
	v.Reach = rowsAt(rec.View, "reach", "living", "notSafe")
	v.Said = handSaid(l)
	if l.Status == workflow.LetterSent {
		v.Tag.Word = "With you"
	}
	for _, o := range l.Offers {
		switch {
		case !o.Ready():
		case o.Do == workflow.HandOver:
			v.Done = &web.Form{Action: letterPath(ref, n) + "/" + string(o.Do), CSRF: p.CSRF, Rev: strconv.Itoa(rec.Rev)}
			v.Button = o.Say
		case o.Do == workflow.CouldNot:
			v.CouldNot = letterPath(ref, n) + "/" + string(o.Do)
		}
	}
	return c.show(http.StatusOK, web.HandLetterPage(p, v))
}

// handSaid is what the referrer said of a letter.
func handSaid(l referrals.Letter) string {
	switch l.Status {
	case workflow.Handed:
		return "You said on " + web.Moment(l.AcknowledgedAt) + " that you handed it over."
	case workflow.NotHanded:
		return "You said that you could not hand it over. OTDA looks for another way with you."
	}
	return ""
}

// lettersReady says on the page of a referral which letters are there for the
// referrer.
func lettersReady(rec referrals.Record) []web.LetterReady {
	var out []web.LetterReady
	for _, l := range rec.Letters {
		one := web.LetterReady{Href: letterPath(rec.Reference, l.N), Tag: web.LetterTag(string(l.Status))}
		switch {
		case l.To == workflow.ToReferrer:
			one.Words = l.Name + ", " + web.Day(l.SentAt)
			one.Tag = web.TagOf("sent")
			one.Tag.Word = "For you"
		case l.Status == workflow.LetterSent:
			one.Words, one.Loud = "A letter for the person is ready: hand it over safely.", true
			one.Tag.Word = "With you"
		default:
			one.Words = "Letter to the person, " + web.Day(l.SentAt)
		}
		out = append(out, one)
	}
	return out
}

// letterActing finds the act on a letter that the address names, for who can
// ever do it.
func (c *call) letterActing() (ref string, n int, do workflow.Action, err error) {
	ref, n, err = c.refAndN()
	if err != nil {
		return "", 0, "", err
	}
	do = workflow.Action(c.Param("action"))
	known := slices.ContainsFunc(workflow.LetterSteps, func(s workflow.LetterStep) bool { return s.Do == do && slices.Contains(s.Duties, c.who.Duty) })
	if !known || do == workflow.Sign {
		return "", 0, "", fault.Absent()
	}
	return ref, n, do, nil
}

// letterWords are the words of the acts on a letter that have a page.
var letterWords = map[workflow.Action]actWord{
	workflow.Deliver:  {title: "Send the letter", button: "Send", said: "Sent."},
	workflow.HandOver: {title: "The letter was handed over", button: "It was handed over", said: "Good. It stands on the record."},
	workflow.CouldNot: {title: "The letter could not be handed over", lead: "Say in a few words why. Do not put yourself or the person at risk to try again.", button: "It could not be handed over",
		said: "It stands on the record. Another way is looked for."},
	workflow.Stop: {title: "Do not send the letter", lead: "Say why. The letter stays on the record, and nobody gets it.", button: "Do not send it", said: "The letter is not sent."},
}

// letterAct is the page of an act on a letter.
func (s *server) letterAct(c *call) error {
	ref, n, do, err := c.letterActing()
	if err != nil {
		return err
	}
	return s.drawLetterAct(c, ref, n, do, nil, nil)
}

func (s *server) drawLetterAct(c *call, ref string, n int, do workflow.Action, typed url.Values, bad forms.Problems) error {
	rec, err := s.Referrals.Open(c.ctx(), c.who, ref, referrals.Want{})
	if err != nil {
		return err
	}
	l, ok := letterIn(rec, n)
	if !ok {
		return fault.Absent()
	}
	i := slices.IndexFunc(l.Offers, func(o workflow.LetterOffer) bool { return o.Do == do })
	if i < 0 {
		return fault.New(fault.Conflict, "This cannot be done as things stand. Look at the letter again: it may have moved on.")
	}
	words, form := letterWords[do], forms.FormOf("letter."+string(do))
	p := c.page(words.title)
	back := c.letterBack(ref, n)
	p.Lead, p.Back, p.ErrorTitle = words.lead, &back, len(bad) > 0
	drawn := web.Asked{Form: form.Form, Answers: &forms.Deed{}, Typed: typed, Problems: bad, Needs: form.Needs, Choices: map[string][]web.Option{"way": wayOptions(l.Ways)}}.Draw(form.Fields)
	status := http.StatusOK
	if len(bad) > 0 {
		status = http.StatusUnprocessableEntity
	}
	var above []templ.Component
	if do == workflow.Deliver && len(l.Reach) > 0 {
		above = append(above, web.SummaryPart(web.Summary{Title: "Before you mail it", Rows: itemRows(l.Reach)}))
	}
	return c.show(status, web.ActPage(p, web.Act{Form: web.Form{Action: letterPath(ref, n) + "/" + string(do), CSRF: p.CSRF, Rev: strconv.Itoa(rec.Rev)}, Drawn: drawn, Above: above,
		Missing: sentences(l.Offers[i].Missing), Button: words.button, Back: back}))
}

// letterBack is where one comes from and goes back to: the letter itself for the
// referrer, the letters for the State.
func (c *call) letterBack(ref string, n int) web.Link {
	if c.who.Duty == workflow.Referrer {
		return web.Link{Label: "The letter", Href: letterPath(ref, n)}
	}
	return web.Link{Label: "Letters", Href: lettersPath(ref)}
}

// letterActed does it.
func (s *server) letterActed(c *call) error {
	ref, n, do, err := c.letterActing()
	if err != nil {
		return err
	}
	at, err := c.seen(ref, n)
	if err != nil {
		return err
	}
	var deed forms.Deed
	bad := forms.FormOf("letter."+string(do)).DecodeSection(&deed, "X", c.form())
	if len(bad) == 0 {
		_, err = s.Referrals.ActLetter(c.ctx(), c.who, at, do, &deed)
	}
	var more forms.Problems
	if errors.As(err, &more) {
		bad, err = more, nil
	}
	if err != nil {
		return err
	}
	if len(bad) > 0 {
		return s.drawLetterAct(c, ref, n, do, c.form(), bad)
	}
	c.flash(web.BoxSuccess, letterWords[do].said)
	return c.to(c.letterBack(ref, n).Href)
}
