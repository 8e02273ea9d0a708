package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/pdf"
	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

// lettersPath is the page of the letters of a referral.
func lettersPath(ref string) string { return refPath(ref, "letters") }

// letters shows the letters of a referral together, to those who sign them.
func (s *server) letters(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	return s.drawLetters(c, ref, nil, nil)
}

// signLetters signs all letters that wait for the duty.
func (s *server) signLetters(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	at, err := c.seen(ref, 0)
	if err != nil {
		return err
	}
	var deed forms.Deed
	form := forms.FormOf("letter." + string(workflow.Sign))
	bad := form.DecodeSection(&deed, "X", c.form())
	if len(bad) == 0 {
		_, err = s.Referrals.ActLetter(c.ctx(), c.who, at, workflow.Sign, &deed)
	}
	var more forms.Problems
	if errors.As(err, &more) {
		bad, err = more, nil
	}
	if err != nil {
		return err
	}
	if len(bad) > 0 {
		return s.drawLetters(c, ref, c.form(), bad)
	}
	c.flash(web.BoxSuccess, "Signed. Send each letter by a way that is safe.")
	return c.to(lettersPath(ref))
}

func (s *server) drawLetters(c *call, ref string, typed url.Values, bad forms.Problems) error {
	desk, err := s.Referrals.Desk(c.ctx(), c.who, ref)
	if err != nil {
		return err
	}
	rec := desk.Record
	p := c.page("Letters")
	p.Back, p.ErrorTitle = &web.Link{Label: "The referral", Href: refPath(ref)}, len(bad) > 0
	p.Lead = "Read them as they will be, sign, then send. A letter goes only by a way that the referral calls safe."
	v := web.StateLetters{Reference: rec.Reference, Tag: web.TagFor(string(rec.Status), false), Reach: rowsAt(rec.View, "reach", "living", "notSafe", "safeAddress", "representative")}
	for _, l := range rec.Letters {
		one, err := s.stateLetter(c, rec, desk, l, p.CSRF)
		if err != nil {
			return err
		}
		v.Letters = append(v.Letters, one)
	}
	if len(v.Letters) == 0 {
		v.Empty = "No letter was written yet. A decision, more time and a withdrawal have letters written."
	}
	if toSign := waitingToSign(rec); len(toSign) > 0 {
		v.Sign = s.signForm(c, desk, toSign, p.CSRF, typed, bad)
	}
	if slices.ContainsFunc(rec.Letters, func(l referrals.Letter) bool { return l.To != workflow.ToDistrict }) {
		v.Language = languageWords(rec)
	}
	status := http.StatusOK
	if len(bad) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return c.show(status, web.StateLettersPage(p, v))
}

// waitingToSign are the letters that this reader can sign now.
func waitingToSign(rec referrals.Record) []referrals.Letter {
	return slices.DeleteFunc(slices.Clone(rec.Letters), func(l referrals.Letter) bool {
		return !slices.ContainsFunc(l.Offers, func(o workflow.LetterOffer) bool { return o.Do == workflow.Sign && o.Ready() })
	})
}

// signForm asks what stands under the letters: a title, the language where there
// is a choice, and the reason of a decline as the person reads it.
func (s *server) signForm(c *call, desk referrals.Desk, letters []referrals.Letter, csrf string, typed url.Values, bad forms.Problems) *web.SignLetters {
	form := forms.FormOf("letter." + string(workflow.Sign))
	declines := slices.ContainsFunc(letters, func(l referrals.Letter) bool { return l.Kind == workflow.LetterNotConfirmed })
	deed := &forms.Deed{}
	deed.Title, deed.Language = forms.Text(desk.Title), forms.Text(s.Referrals.Languages()[0])
	if declines && len(workflow.Harmful(desk.Title)) > 0 {
		deed.Title = "" // it would be refused: it tells what the letter is about
	}
	if reason := textIn(desk.Record.View, "reason"); len(workflow.Harmful(reason)) == 0 {
		deed.ForPerson = forms.Prose(reason)
	}
	var choices []web.Option
	for _, l := range pdf.Languages() {
		if slices.Contains(s.Referrals.Languages(), l.Tag) {
			choices = append(choices, web.Option{Code: l.Tag, Label: l.Name})
		}
	}
	fields := slices.DeleteFunc(slices.Clone(form.Fields), func(f *forms.Field) bool {
		return f.Name == "language" && len(choices) < 2 || f.Name == "reasonForPerson" && !declines
	})
	needs := func(path string) bool { return form.Needs(path) || path == "reasonForPerson" }
	drawn := web.Asked{Form: form.Form, Answers: deed, Typed: typed, Problems: bad, Needs: needs, Choices: map[string][]web.Option{"language": choices}}.Draw(fields)
	out := &web.SignLetters{Form: web.Form{Action: lettersPath(desk.Record.Reference), CSRF: csrf, Rev: strconv.Itoa(desk.Record.Rev)}, Drawn: drawn,
		Count: "1 letter waits for your signature.", Signs: "You sign as " + c.who.Name + ", with the moment of signing. What was signed does not change any more."}
	if n := len(letters); n > 1 {
		out.Count = strconv.Itoa(n) + " letters wait for your signature, and are signed together."
	}
	return out
}

// languageWords say in which language the letters are, and which they are not in
// yet: nobody finds that out from the letter alone.
func languageWords(rec referrals.Record) []string {
	var names []string
	for _, l := range pdf.Languages() {
		names = append(names, l.Name)
	}
	out := []string{"Letters can be written in: " + strings.Join(names, ", ") + "."}
	if rest := pdf.Untranslated(); len(rest) > 0 {
		out = append(out, "Not translated yet, since the State has not approved the words: "+strings.Join(rest, ", ")+".")
	}
	wants := textIn(rec.View, "writtenLanguage")
	if wants == "" {
		wants = textIn(rec.View, "spokenLanguage")
	}
	if wants != "" && !slices.Contains(names, wants) {
		out = append(out, "For this person the referral says: "+wants+". There is no letter in that language: see that somebody reads it out, with an interpreter who is safe.")
	}
	return out
}

// addressees are to whom letters go, in words.
var addressees = map[workflow.Addressee]string{workflow.ToPerson: "To the person", workflow.ToReferrer: "To the referring agency", workflow.ToDistrict: "To the local department"}

func (s *server) stateLetter(c *call, rec referrals.Record, desk referrals.Desk, l referrals.Letter, csrf string) (web.StateLetter, error) {
	out := web.StateLetter{ID: "letter-" + strconv.Itoa(l.N), Title: l.Name, To: addressees[l.To], Tag: web.LetterTag(string(l.Status)), Lines: letterLines(l)}
	if l.To == workflow.ToDistrict {
		out.Tag, out.Lines = letterLine(l).Tag, []string{letterLine(l).Text}
	}
	if l.Status != workflow.Stopped || !l.Signed.At.IsZero() {
		out.Paper = paperPath(rec.Reference, referrals.PaperLetter, l.N)
	}
	if paper, ok := desk.Papers[l.N]; ok && s.Letter != nil {
		blocks, err := s.Letter(paper)
		if err != nil {
			return out, err
		}
		out.Blocks = letterBlocks(blocks)
	}
	form := func(do workflow.Action) web.Form {
		return web.Form{Action: letterPath(rec.Reference, l.N) + "/" + string(do), CSRF: csrf, Rev: strconv.Itoa(rec.Rev)}
	}
	for _, o := range l.Offers {
		switch {
		case !o.Ready() || o.Do == workflow.Sign:
		case o.Do == workflow.Deliver:
			out.Send = &web.SendLetter{Form: form(o.Do), ID: out.ID, Ways: wayOptions(l.Ways), Button: o.Say, Reach: itemRows(l.Reach)}
		case o.Do == workflow.HandOver:
			one := form(o.Do)
			out.Arrive, out.Said = &one, o.Say
		default:
			out.Acts = append(out.Acts, web.Button{Label: o.Say, Href: form(o.Do).Action, Look: web.ButtonQuiet})
		}
	}
	return out, nil
}

func wayOptions(ways []workflow.Way) []web.Option {
	var out []web.Option
	for _, w := range ways {
		rule, _ := workflow.WayOf(w)
		out = append(out, web.Option{Code: string(w), Label: rule.Name})
	}
	return out
}

// letterLines say what was done with a letter.
func letterLines(l referrals.Letter) []string {
	var out []string
	if !l.Signed.At.IsZero() {
		out = append(out, "Signed by "+joined(l.Signed.Name, l.Signed.Title)+" on "+web.Moment(l.Signed.At)+".")
	}
	if rule, ok := workflow.WayOf(l.Way); ok && !l.SentAt.IsZero() {
		out = append(out, "Sent on "+web.Moment(l.SentAt)+". "+rule.Name+".")
	}
	if !l.AcknowledgedAt.IsZero() {
		out = append(out, "Handed over on "+web.Moment(l.AcknowledgedAt)+".")
	}
	if l.Why != "" {
		out = append(out, "Reason: "+l.Why)
	}
	return out
}

// blocks are what stands in a letter, block by block, as its paper has it.
func (s *server) blocks(paper referrals.Paper) ([]web.LetterBlock, error) {
	if s.Letter == nil {
		return nil, fault.New(fault.Unavailable, "Letters cannot be shown at the moment. Try again later.")
	}
	list, err := s.Letter(paper)
	return letterBlocks(list), err
}

func letterBlocks(list []pdf.Block) []web.LetterBlock {
	out := make([]web.LetterBlock, len(list))
	for i, b := range list {
		out[i] = web.LetterBlock{Heading: b.Heading, Title: b.Title, Text: b.Text, Strong: b.Strong, Small: b.Small, List: b.List, Loud: b.Loud, Lasts: b.Lasts}
		for _, r := range b.Rows {
			out[i].Rows = append(out[i].Rows, web.Row{Label: r.Label, Values: strings.Split(r.Value, "\n")})
		}
	}
	return out
}

// drawn answers with a paper, as it was kept or drawn now.
func (s *server) drawn(c *call, paper referrals.Paper) error {
	if len(paper.Stored) > 0 {
		return c.pdf(paper.Stored)
	}
	if s.Draw == nil {
		return fault.New(fault.Unavailable, "Papers cannot be drawn at the moment. Read the page instead, and try again later.")
	}
	out, err := s.Draw(c.ctx(), paper)
	if err != nil {
		return err
	}
	return c.pdf(out)
}
