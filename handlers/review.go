package handlers

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

// review is the page of one referral for the State.
func (s *server) review(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	return s.drawReview(c, ref, nil)
}

// reveal shows the page with withheld answers. It answers a POST with a page,
// so that no address shows them, and each asking is a line in the log.
func (s *server) reveal(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	ids := append(slices.Clone(c.form()[web.InputShown]), strings.Fields(c.form().Get(web.InputReveal))...)
	var known []string
	for _, id := range ids {
		f := forms.Questions.ByID(id)
		if f == nil {
			f = forms.Reviews.ByID(id)
		}
		if f == nil {
			return fault.New(fault.Invalid, "There is no such answer. Open the referral again.")
		}
		if !slices.Contains(known, id) {
			known = append(known, id)
		}
	}
	if len(known) == 0 {
		return c.to("/referrals", ref)
	}
	return s.drawReview(c, ref, known)
}

// backToReferral is where the address of a button leads when it is opened as a
// page.
func (s *server) backToReferral(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	return c.to("/referrals", ref)
}

// Orders of the sections: what the reader of them works with comes first.
const (
	reviewOrder  = "K G C F H I E D J B A M N"
	programOrder = "D E K J C F I H G B A M N"
)

func (s *server) drawReview(c *call, ref string, shown []string) error {
	rec, err := s.Referrals.Open(c.ctx(), c.who, ref, referrals.Want{Reveal: shown})
	if err != nil {
		return err
	}
	p := c.page("Referral")
	p.Wide, p.NoHeading, p.Back = true, true, s.backToList(c, rec.Status)
	v := web.StateReview{Reference: rec.Reference, Tag: web.TagFor(string(rec.Status), false)}
	if rec.Status == workflow.Withdrawn {
		v.Sealed = "This referral was withdrawn on " + web.Day(rec.WithdrawnAt) + ". Its answers are sealed, and every hand-over has ended. What the law asks for a child, if it is one, is still to be done."
		v.Head = append([]web.Row{{Label: "Received", Values: []string{web.Moment(rec.ReceivedAt)}}}, keptRows(c.who, rec)...)
		v.Desk = deskLink(rec)
		return c.show(http.StatusOK, web.StateReviewPage(p, v))
	}
	s.fillHead(&v, rec)
	v.Head = append(v.Head, keptRows(c.who, rec)...)
	v.Waits = askedStill(c.who.Duty, rec)
	v.Facts = ordered(web.FactParts("", rec.View.Of("referral"), rec.Warnings), orderFor(c.who.Duty))
	for _, part := range v.Facts {
		v.Index = append(v.Index, web.Link{Label: part.Title, Href: "#" + part.ID})
	}
	for _, one := range rec.Warnings {
		v.Odd = append(v.Odd, oddLine(one))
	}
	if pickable(v.Facts, rec.Offers) {
		v.Pick = strconv.Itoa(rec.Rev)
	}
	v.Reveal = &web.Reveal{Action: refPath(ref, string(workflow.Reveal)), CSRF: p.CSRF, Shown: shown}
	fillWork(&v, rec)
	fillPairs(&v, rec)
	s.fillHandovers(c, &v, rec)
	v.Papers, v.Desk = append(statePapers(rec), filesLink(rec)...), deskLink(rec)
	v.Steps = reviewSteps(c, rec, p.CSRF)
	return c.show(http.StatusOK, web.StateReviewPage(p, v))
}

// backToList is the list that the referral stands in: the queue as it was
// filtered last, or for OTDA the board once it is confirmed.
func (s *server) backToList(c *call, status workflow.Status) *web.Link {
	if c.who.Duty == workflow.Program && !waits(status) {
		return s.backOf(c)
	}
	back := web.Link{Label: "Queue", Href: queuePath}
	if last := s.sessions.GetString(c.ctx(), queueKey); last != "" {
		back.Href = last
	}
	return &back
}

// backOf is where one came from: the first entry of the navigation.
func (s *server) backOf(c *call) *web.Link {
	if links := s.nav.links(c.who.Duty, ""); len(links) > 0 {
		return &web.Link{Label: links[0].Label, Href: links[0].Href}
	}
	return nil
}

func orderFor(duty workflow.Duty) string {
	if duty == workflow.Program {
		return programOrder
	}
	return reviewOrder
}

// ordered puts sections into the order of list; others keep theirs at the end.
func ordered(parts []web.FactPart, list string) []web.FactPart {
	letters := strings.Fields(list)
	place := func(p web.FactPart) int {
		if i := slices.Index(letters, p.Letter); i >= 0 {
			return i
		}
		return len(letters)
	}
	slices.SortStableFunc(parts, func(a, b web.FactPart) int { return place(a) - place(b) })
	return parts
}

func oddLine(p forms.Problem) web.OddLine {
	out := web.OddLine{Text: p.Message}
	top, _, _ := strings.Cut(p.Field, ".")
	if f := forms.Questions.Field(top); f != nil {
		out.Href = "#section-" + f.Section
	}
	return out
}

// fillHead fills in the lines at the top: clocks, flags, source, holder.
func (s *server) fillHead(v *web.StateReview, rec referrals.Record) {
	proposed := slices.ContainsFunc(rec.Handover, func(h referrals.Handover) bool { return h.Status == workflow.Proposed })
	if clock := s.clockFull(rec.DueAt); clock != nil && waits(rec.Status) {
		clock.Was = dueMoment(rec.DueBefore())
		v.Clocks = append(v.Clocks, web.NamedClock{Name: "Decision", Clock: *clock})
	}
	if clock := s.clockFull(rec.RouteDueAt); clock != nil && proposed {
		v.Clocks = append(v.Clocks, web.NamedClock{Name: "Notice and hand-over", Clock: *clock})
	}
	v.Flags = viewFlags(rec.View).Tags()
	add := func(label string, values ...string) {
		if len(values) > 0 && values[0] != "" {
			v.Head = append(v.Head, web.Row{Label: label, Values: values})
		}
	}
	add("From", rec.Agency)
	add("Received", web.Moment(rec.ReceivedAt))
	add("Decided", web.Moment(rec.DecidedAt))
	held := rec.HeldBy
	switch {
	case rec.Mine:
		held = "You"
	case held == "" && waits(rec.Status):
		held = "Nobody yet"
	}
	add("Held by", held)
	add("Due dates", dueStory(rec.View)...)
	add("Age", textIn(rec.View, "ageBand"))
	add("Consent", textIn(rec.View, "consentCheck"))
	if rec.Group != nil {
		v.Head = append(v.Head, web.Row{Label: "Encounter", Part: web.LinkPart(web.Link{Label: "One of " + people(rec.Group.People), Href: refPath(rec.Reference, "encounter")})})
	}
}

// viewFlags reads the flags from what this reader sees.
func viewFlags(v forms.View) web.Flags {
	rank := codeIn(v, "urgency")
	out := web.Flags{Tonight: rank == "tonight" || codeIn(v, "shelterTonight") == "yes", Soon: rank == "deadline",
		Minor: codeIn(v, "under18") == "yes" || codeIn(v, "under18") == "not_sure", Detained: codeIn(v, "living") == "jail_prison_or_detention"}
	if day := textIn(v, "deadline"); day != "" {
		out.Deadline = day
	}
	return out
}

// codeIn is the answer at path as a code, "" when the view has none.
func codeIn(v forms.View, path string) string {
	if it := v.Item(path); it != nil {
		if code, ok := it.Value.(string); ok {
			return code
		}
	}
	return ""
}

// textIn is the answer at path as people read it.
func textIn(v forms.View, path string) string {
	if it := v.Item(path); it != nil {
		return strings.Join(it.Text, ", ")
	}
	return ""
}

// deskLink leads to the letters of a referral, nil when there are none.
func deskLink(rec referrals.Record) *web.Link {
	if len(rec.Letters) == 0 {
		return nil
	}
	return &web.Link{Label: "Read, sign and send the letters", Href: lettersPath(rec.Reference)}
}

// statePapers are the PDFs that the State may have of a referral.
func statePapers(rec referrals.Record) []web.Link {
	return []web.Link{{Label: "File (PDF)", Href: paperPath(rec.Reference, referrals.PaperFile, 0)}}
}

// reviewSteps are the acts that the table offers. What asks nothing is done at
// once; to confirm and to decline stand on the page of the decision.
func reviewSteps(c *call, rec referrals.Record, csrf string) web.StepsBar {
	var out web.StepsBar
	first := firstStep(c.who.Duty, rec)
	if deciding(rec.Offers) {
		out.Ready = append(out.Ready, web.Step{Label: "Decide", Href: refPath(rec.Reference, "decide"), Primary: first == workflow.Confirm})
	}
	offers := slices.Clone(rec.Offers)
	slices.SortStableFunc(offers, func(a, b workflow.Offer) int { return slices.Index(lesser, a.Do) - slices.Index(lesser, b.Do) })
	for _, o := range offers {
		if o.Do == workflow.Confirm || o.Do == workflow.Decline {
			continue
		}
		step := web.Step{Label: o.Say, Href: actPath(rec, o.Do), Primary: o.Do == first, Missing: sentences(o.Missing), Quiet: slices.Contains(aside, o.Do)}
		if slices.Contains(picking, o.Do) {
			step.Pick = refPath(rec.Reference, string(o.Do))
		}
		if len(forms.FormOf(string(o.Do)).Fields) == 0 {
			step.Post = &web.Form{Action: refPath(rec.Reference, string(o.Do)), CSRF: csrf, Rev: strconv.Itoa(rec.Rev)}
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

func rankStep(s web.Step) int {
	if s.Primary {
		return 0
	}
	return 1
}

// picking are the acts that take the answers that were ticked on the page.
var picking = []workflow.Action{workflow.Ask, workflow.Assess}

// pickable marks the answers that can be ticked, when an act is open that takes
// them.
func pickable(parts []web.FactPart, offers []workflow.Offer) bool {
	if !slices.ContainsFunc(offers, func(o workflow.Offer) bool { return o.Ready() && slices.Contains(picking, o.Do) }) {
		return false
	}
	for i := range parts {
		for j := range parts[i].Facts {
			f := forms.Questions.ByID(parts[i].Facts[j].Code)
			parts[i].Facts[j].Pick = f != nil && referrals.Askable(f)
		}
	}
	return true
}

// lesser are acts that most days pass without: they stand last.
var lesser = []workflow.Action{workflow.Second, workflow.Disagree, workflow.Note, workflow.HandBack, workflow.Close, workflow.Recuse, workflow.Exclude, workflow.Readmit}

// aside are acts by which somebody leaves a referral, or is kept from it: never what
// its page is for, also where nothing else is left to do.
var aside = []workflow.Action{workflow.Recuse, workflow.Exclude, workflow.Readmit}

func deciding(offers []workflow.Offer) bool {
	return slices.ContainsFunc(offers, func(o workflow.Offer) bool { return o.Do == workflow.Confirm })
}

// actPath is the page of an act, with the revision that the reader saw.
func actPath(rec referrals.Record, do workflow.Action) string {
	return refPath(rec.Reference, string(do)) + "?seen=" + strconv.Itoa(rec.Rev)
}

// firstStep is what most want next: only which button is drawn first.
func firstStep(duty workflow.Duty, rec referrals.Record) workflow.Action {
	done := rec.Round
	switch {
	case rec.Status == workflow.Submitted:
		return workflow.Take
	case duty == workflow.Program && !done.Program:
		return workflow.Consult
	case rec.Status == workflow.Confirmed, rec.Status == workflow.Declined:
		return workflow.Close
	case duty == workflow.Program, rec.Status == workflow.Asked:
		return ""
	case duty == workflow.Director:
		return workflow.Confirm
	case !done.Assessed:
		return workflow.Assess
	case !done.Referrer:
		return workflow.Consult
	}
	return workflow.Recommend
}
