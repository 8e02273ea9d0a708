package handlers

import (
	"errors"
	"net/http"
	"strconv"

	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

// check shows all answers before they are sent.
func (s *server) check(c *call) error {
	rec, err := c.openDraft(referrals.Want{})
	if err != nil {
		return err
	}
	return s.drawCheck(c, rec, c.newKey(), nil)
}

// newKey makes sending the same page twice one sending.
func (c *call) newKey() string { return random(16) }

func (s *server) drawCheck(c *call, rec referrals.Record, key string, bad forms.Problems) error {
	p := c.page("Check your answers")
	p.Back = &web.Link{Label: "All sections", Href: address("/referrals", rec.Reference)}
	p.ErrorTitle = len(bad) > 0
	change := func(section, anchor string) string {
		path := address("/referrals", rec.Reference, "sections", section) + "?from=check"
		if anchor != "" {
			path += "#" + anchor
		}
		return path
	}
	told := web.Told{Change: change, Problems: rec.Problems, Warnings: rec.Warnings}
	v := web.Check{Form: web.Form{Action: address("/referrals", rec.Reference, "submit"), CSRF: p.CSRF, Rev: strconv.Itoa(rec.Rev)},
		Key: key, Ready: len(rec.Problems) == 0, Sections: told.Summaries(rec.View.Of("referral"), sectionsOf(rec.Answers)...),
		Missing: missing(rec, change), Odd: checkLines(rec.Warnings, change),
		Told: web.WhoIsTold(rec.Answers), TasksPath: address("/referrals", rec.Reference)}
	status := http.StatusOK
	if len(bad) > 0 {
		status = http.StatusUnprocessableEntity
		for _, one := range bad {
			v.Problems = append(v.Problems, web.Problem{Text: one.Message})
		}
	}
	return c.show(status, web.CheckPage(p, v))
}

// mostMissing is how many missing answers are named one by one; more are
// counted by section.
const mostMissing = 6

// missing says what a draft lacks, with links to where it is asked.
func missing(rec referrals.Record, change func(section, anchor string) string) []web.CheckLine {
	if len(rec.Problems) <= mostMissing {
		return checkLines(rec.Problems, change)
	}
	amiss := forms.Questions.Amiss(rec.Answers, rec.Problems)
	out := checkLines(amiss, change)
	for _, sec := range sectionsOf(rec.Answers) {
		if n := needed(rec.Problems, sec.ID) - needed(amiss, sec.ID); n > 0 {
			out = append(out, web.CheckLine{Text: sec.Title + ": " + answersNeeded(n), Href: change(sec.ID, "")})
		}
	}
	return out
}

// checkLines turns problems into links to where they are asked.
func checkLines(list forms.Problems, change func(section, anchor string) string) []web.CheckLine {
	var out []web.CheckLine
	for _, p := range list {
		l := web.CheckLine{Text: p.Message}
		if section := sectionIn(p.Field); section != "" {
			l.Href = change(section, web.AnchorOf(p.Field))
		}
		out = append(out, l)
	}
	return out
}

// submit sends the draft.
func (s *server) submit(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	at, err := c.seen(ref, 0)
	if err != nil {
		return err
	}
	key := c.form().Get("_key")
	if key == "" || len(key) > 64 {
		return errForeign
	}
	_, err = s.Referrals.Submit(c.ctx(), c.who, at, key)
	var bad forms.Problems
	if errors.As(err, &bad) {
		rec, err := c.openDraft(referrals.Want{})
		if err != nil {
			return err
		}
		return s.drawCheck(c, rec, key, bad)
	}
	if err != nil {
		return err
	}
	return c.to("/referrals", ref, "receipt")
}

// receipt says that a referral was received, and what happens next.
func (s *server) receipt(c *call) error {
	rec, err := c.open(referrals.Want{})
	if err != nil {
		return err
	}
	if rec.ReceivedAt.IsZero() || rec.Status == workflow.Withdrawn {
		return fault.Absent()
	}
	p := c.page("Your referral was received")
	p.Back = &web.Link{Label: "My referrals", Href: "/referrals"}
	v := web.Receipt{Reference: rec.Reference, Received: web.Moment(rec.ReceivedAt), Decision: s.decisionOf(rec), Digest: rec.SentDigest,
		Steps: s.road(rec), Referral: address("/referrals", rec.Reference), Links: sentPapers(rec), Of: groupLink(rec), Times: timesOf(rec)}
	for _, o := range rec.Offers {
		if o.Ready() && (o.Do == workflow.Add || o.Do == workflow.Withdraw) {
			v.Acts = append(v.Acts, web.Link{Label: o.Say, Href: address("/referrals", rec.Reference, string(o.Do))})
		}
	}
	return c.show(http.StatusOK, web.ReceiptPage(p, v))
}

// decisionOf says on the receipt, which is read again later, when the decision is
// due, that its time is over, or when it was made.
func (s *server) decisionOf(rec referrals.Record) string {
	clock := s.clockFull(rec.DueAt)
	switch {
	case !rec.DecidedAt.IsZero() && !waits(rec.Status):
		return "The decision was made on " + web.Day(rec.DecidedAt)
	case clock == nil:
		return "The decision waits"
	}
	clock.When = web.DueDate(rec.DueAt) // as it is printed and kept
	return clock.Said("The decision is due by ", "The decision was due by ")
}

// sentPapers are the papers that a referrer may have of a sent referral.
func sentPapers(rec referrals.Record) []web.Link {
	out := []web.Link{
		{Label: "Receipt (PDF): reference and dates, nothing of the story", Href: address("/referrals", rec.Reference, "papers", referrals.PaperReceipt)},
		{Label: "Your copy of the referral (PDF): all that you sent", Href: address("/referrals", rec.Reference, "papers", referrals.PaperReferral)},
	}
	return out
}
