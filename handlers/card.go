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

// recipientOrder is the order of the sections that a recipient was given.
const recipientOrder = "D E C J K I F B A G H S1 S4 T1"

// card is a hand-over as its recipient works on it: of several of the same person
// the one of which something is due first.
func (s *server) card(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	return s.drawCard(c, ref, firstDue)
}

// cardAt is the card of the hand-over that the address names.
func (s *server) cardAt(c *call) error {
	ref, n, err := c.refAndN()
	if err != nil {
		return err
	}
	return s.drawCard(c, ref, func(rec referrals.Record) (referrals.Handover, bool) { return handoverOf(rec, n) })
}

// firstDue is the hand-over of a record of which something is due first.
func firstDue(rec referrals.Record) (out referrals.Handover, ok bool) {
	for _, h := range rec.Handover {
		is, was := nextTask(h).DueAt, nextTask(out).DueAt
		if !ok || !is.IsZero() && (was.IsZero() || is.Before(was)) {
			out, ok = h, true
		}
	}
	return out, ok
}

// besideCard are the other hand-overs of the person that this recipient has.
func (s *server) besideCard(rec referrals.Record, n int) []web.LaneBeside {
	var out []web.LaneBeside
	for _, h := range rec.Handover {
		if h.N == n {
			continue
		}
		one := web.LaneBeside{Label: "Hand-over " + strconv.Itoa(h.N), Href: handoverPath(rec.Reference, h.N), Tag: recipientTag(h), Clock: s.clockOf(nextTask(h)), Next: s.nextBox(h).Words}
		if h.NoContact {
			one.Marks = []web.StatusTag{web.NoContactTag}
		}
		out = append(out, one)
	}
	return out
}

// recipientTag is how a hand-over stands, to its recipient.
func recipientTag(h referrals.Handover) web.StatusTag {
	out := web.TagOf(string(h.Status))
	if h.Status == workflow.Sent {
		out.Word = "New"
	}
	return out
}

// onlyOf is the view without what it tells of other hand-overs than n.
func onlyOf(v forms.View, n int) forms.View {
	v.Parts = slices.DeleteFunc(slices.Clone(v.Parts), func(p forms.Part) bool { return p.Form == "handover" && p.N != n })
	return v
}

// drawCard draws the card of the hand-over that which chooses. Of one that is not
// accepted it shows no more than helps to accept it, also to who has the person by
// another one.
func (s *server) drawCard(c *call, ref string, which func(referrals.Record) (referrals.Handover, bool)) error {
	rec, err := s.Referrals.Open(c.ctx(), c.who, ref, referrals.Want{})
	if err != nil {
		return err
	}
	h, ok := which(rec)
	if !ok {
		return fault.Absent()
	}
	p := c.page("Hand-over")
	p.NoHeading, p.Back = true, s.backOf(c)
	rec.View = onlyOf(rec.View, h.N)
	v := web.RecipientCard{Reference: rec.Reference, Tag: recipientTag(h), Waiting: h.Status == workflow.Sent, Beside: s.besideCard(rec, h.N),
		Next: s.nextBox(h), Needs: needs(rec.View), Quick: quickForms(rec.Reference, h, p.CSRF)}
	if h.NoContact {
		tag := web.NoContactTag
		v.Mark = &tag
	}
	tries := offers(h, workflow.Attempt)
	v.Steps = withoutQuick(handoverSteps(rec.Reference, h, p.CSRF, false), rec.Reference, h.N, tries)
	if v.Waiting {
		parts := rec.View.Parts
		if rec.Extent == workflow.Whole {
			parts = onlySeen(rec.View, forms.ReadsWaiting)
		}
		v.Outline = inShort(web.FactParts("", parts, nil), "J1", "O1", "O2")
		return c.show(http.StatusOK, web.RecipientCardPage(p, v))
	}
	s.fillCard(&v, rec, h)
	v.Waits = web.Day(s.waitsUntil(h.Clocks...))
	if tries {
		v.Tries = tryForm(rec.Reference, h, p.CSRF)
		v.Tries.First = through(rec.View)
	}
	return c.show(http.StatusOK, web.RecipientCardPage(p, v))
}

// fillCard adds what a recipient reads once it has accepted.
func (s *server) fillCard(v *web.RecipientCard, rec referrals.Record, h referrals.Handover) {
	contact := safeContact(rec.View)
	v.Contact = &contact
	v.Speaks = rowsAt(rec.View, "spokenLanguage", "spokenLanguageOther", "interpreterNeeded", "writtenLanguage", "writtenLanguageOther", "workerPreference", "accessNeeds", "accessNeedsText")
	v.Safety = rowsAt(rec.View, "workerSafety", "shelterTonight", "medicalEmergency", "fear", "fearText", "lastContact", "orderOfProtection", "living", "facility")
	v.Confirmation = rowsAt(rec.View, "determination", "typeConfirmed", "decidedAt", "bases")
	v.Packet = paperPath(rec.Reference, referrals.PaperPacket, h.N)
	if rec.View.Item("files") != nil {
		v.Files = refPath(rec.Reference, "files")
	}
	given := slices.DeleteFunc(slices.Clone(rec.View.Parts), func(p forms.Part) bool { return p.Section == "T2" })
	v.Facts = web.Unnumbered(ordered(web.FactParts("", withoutWays(given), nil), recipientOrder))
	v.Log = attempts(rec.View)
}

// inShort puts the facts of all sections into one list, without those that the
// page shows elsewhere.
func inShort(parts []web.FactPart, without ...string) []web.Fact {
	var out []web.Fact
	for _, p := range parts {
		for _, f := range p.Facts {
			if !slices.Contains(without, f.Code) {
				f.Code = ""
				out = append(out, f)
			}
		}
	}
	return out
}

// rowsAt are the answers at paths that the view has.
func rowsAt(v forms.View, paths ...string) []web.Row {
	var out []web.Row
	for _, path := range paths {
		if it := v.Item(path); it != nil && !it.Masked {
			out = append(out, web.Row{Label: it.Label, Values: web.Lines(*it)})
		}
	}
	return out
}

// itemRows are rows of answers that were chosen already.
func itemRows(list []forms.Item) []web.Row {
	var out []web.Row
	for _, it := range list {
		out = append(out, web.Row{Label: it.Label, Values: web.Lines(it)})
	}
	return out
}

// direct are the ways that lead to the person: they stand in the card that says
// whether they may be used, and nowhere else on the page.
var direct = []string{"safePhone", "safeEmail", "safeAddress", "safeAddressSubstitute"}

// whoRefers are the ways that lead to the referrer.
var whoRefers = []string{"referrerName", "referrerPhone", "referrerExtension", "referrerEmail"}

// unnamed is said where the way leads through somebody whom the release does not
// name.
const unnamed = "The release does not name them, so tell them nothing: ask the referrer to bring you together."

// safeContact says how the person may be reached: first what is dangerous, then
// whether the person may be contacted directly at all. Numbers are folded away
// where to use them is wrong, or may be.
func safeContact(v forms.View) web.SafeContact {
	out := web.SafeContact{}
	ways := append(phoneRows(v), rowsAt(v, direct[1:]...)...)
	out.Warning = danger(v)
	switch codeIn(v, "reach") {
	case "only_through_the_referrer":
		out.Never, out.Title = true, "Only through the referrer"
		out.Lines = []string{"Do not call, write to or visit the person yourself. Ask the referrer to bring you together."}
		out.Rows = rowsAt(v, whoRefers...)
	case "through_attorney":
		out.Never, out.Title = true, "Only through the attorney"
		out.Lines = []string{"Do not contact the person yourself."}
		if !namesAttorney(v) {
			out.Lines, out.Rows = append(out.Lines, unnamed), rowsAt(v, whoRefers...)
		}
		out.Rows = append(out.Rows, rowsAt(v, "representative")...)
	case "through_other_advocate":
		out.Never, out.Title = true, "Only through another advocate"
		out.Lines = []string{"Do not contact the person yourself.", unnamed}
		out.Rows = append(rowsAt(v, whoRefers...), rowsAt(v, "reachName", "representative")...)
	case "directly":
		out.Title = "Directly, and only in these ways"
	default:
		out.Never, out.Title = true, "Nobody said how"
		out.Lines = []string{"Call the referrer first, and do not contact the person before you know what is safe."}
		out.Rows = rowsAt(v, whoRefers...)
	}
	out.Rows = append(append(append(out.Rows, rowsAt(v, "notSafe")...), rowsAt(v, "nameToUse")...), whom(v)...)
	switch {
	case out.Never:
		out.Folded, out.Show = ways, "Show the person’s own numbers, which you must not use unasked"
	case out.Warning != "":
		out.Folded, out.Show = ways, "I have read this: show the ways"
	default:
		out.Rows = append(out.Rows, ways...)
	}
	return out
}

// whom is the name of the person, for whoever asks for the person or speaks with
// who refers: without it a worker would look for it among all that was given. Who
// has another name to use is asked for by that one.
func whom(v forms.View) []web.Row {
	name := joined(textIn(v, "familyName"), textIn(v, "givenNames"))
	if name == "" {
		return nil
	}
	label := "The person’s name"
	if textIn(v, "nameToUse") != "" {
		label = "Name in the papers"
	}
	return []web.Row{{Label: label, Values: []string{name}}}
}

// danger is said to who is about to reach a person who is not alone.
func danger(v forms.View) string {
	const then = " Somebody else may answer, listen, or read what arrives. Ask the referrer first which time and which words are safe."
	switch {
	case codeIn(v, "living") == "with_trafficker":
		return "The person lives with the trafficker." + then
	case codeIn(v, "lastContact") == "still_with":
		return "The person is still with the trafficker." + then
	}
	return ""
}

// phoneRows is the number with what may be done with it beside it. What nobody
// said is not done.
func phoneRows(v forms.View) []web.Row {
	number := v.Item("safePhone.phone")
	if number == nil {
		return nil
	}
	lines := slices.Clone(number.Text)
	for _, rule := range []struct{ path, may, not string }{
		{"safePhone.voicemail", "A message may be left.", "Leave no message"},
		{"safePhone.text", "A text may be sent.", "Send no text"},
		{"safePhone.sayWho", "You may say who is calling.", "Do not say who is calling"},
	} {
		switch codeIn(v, rule.path) {
		case "yes":
			lines = append(lines, rule.may)
		case "no":
			lines = append(lines, rule.not+".")
		default:
			lines = append(lines, rule.not+": nobody said that it is safe.")
		}
	}
	return []web.Row{{Label: "Phone", Values: []string{strings.Join(lines, "\n")}}}
}

// withoutWays leaves the ways that lead to the person out of what else was given.
func withoutWays(parts []forms.Part) []forms.Part {
	var out []forms.Part
	for _, p := range parts {
		p.Items = slices.DeleteFunc(slices.Clone(p.Items), func(it forms.Item) bool { return p.Form == "referral" && slices.Contains(direct, it.Name) })
		if len(p.Items) > 0 {
			out = append(out, p)
		}
	}
	return out
}

// needs groups the needs by when.
func needs(v forms.View) []web.NeedGroup {
	it := v.Item("needs")
	if it == nil {
		return nil
	}
	groups := []web.NeedGroup{{Title: "Now", Loud: true}, {Title: "Soon"}, {Title: "Later"}, {Title: "Also"}}
	at := map[string]int{"now": 0, "soon": 1, "later": 2}
	for _, row := range it.Rows {
		for _, sub := range row {
			code, _ := sub.Value.(string)
			i, timed := at[code]
			switch {
			case timed:
				groups[i].Needs = append(groups[i].Needs, sub.Label)
			case sub.Kind == forms.KindTick:
				groups[3].Needs = append(groups[3].Needs, sub.Label)
			default:
				groups[3].Needs = append(groups[3].Needs, joined(sub.Text...))
			}
		}
	}
	return slices.DeleteFunc(groups, func(g web.NeedGroup) bool { return len(g.Needs) == 0 })
}

// tryForm logs a try in two taps: how, then what came of it.
func tryForm(ref string, h referrals.Handover, csrf string) *web.TryForm {
	form := forms.FormOf("handover.attempt")
	return &web.TryForm{Form: web.Form{Action: handoverPath(ref, h.N, string(workflow.Attempt)), CSRF: csrf, Rev: strconv.Itoa(h.Rev)},
		Name: "how", Hows: tryHows(optionsOf(form.Field("how")), h.Ways), Result: "result", Results: markResults(optionsOf(form.Field("result")), h.Ways),
		Reached: handoverPath(ref, h.N, string(workflow.Reach)), Words: handoverPath(ref, h.N, string(workflow.Attempt))}
}

// through is the way that is offered first for a person who must not be contacted
// directly, "" for others. Whom the release does not name is told nothing, so
// that it is the referrer then; the form has no release that names an advocate.
func through(v forms.View) string {
	switch codeIn(v, "reach") {
	case "only_through_the_referrer", "through_other_advocate":
		return "through_the_referrer"
	case "through_attorney":
		if namesAttorney(v) {
			return "through_attorney_or_advocate"
		}
		return "through_the_referrer"
	}
	return ""
}

// namesAttorney reports whether the release names the person's attorney.
func namesAttorney(v forms.View) bool {
	it := v.Item("mayReceive")
	if it == nil {
		return false
	}
	codes, _ := it.Value.([]string)
	return slices.Contains(codes, "victims_attorney")
}

func optionsOf(f *forms.Field) []web.Option {
	out := make([]web.Option, len(f.Codes))
	for i, code := range f.Codes {
		out[i] = web.Option{Code: code, Label: f.Labels[i]}
	}
	return out
}
