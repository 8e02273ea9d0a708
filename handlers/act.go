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

// acting is one act on a referral, on one of its hand-overs or on its pair with
// another referral, as a page asks it. What the page asks comes from forms.FormOf, whether the act is open from
// the record's offers, and what it does from Act: only the words around it are
// said here.
type acting struct {
	Ref   string
	N     int    // number of the hand-over; 0 is the referral itself
	Other string // the other referral of a pair; "" is no pair
	Do    workflow.Action
	After string                             // where to go when it is done; "" is the referral
	Said  string                             // said there, once; "" is "Done."
	Want  referrals.Want                     // what the page needs of the record
	Look  func(rec referrals.Record) actLook // nil draws the words of the table
}

// actLook is how the page of an act looks. The zero value has the words that
// the table of steps holds.
type actLook struct {
	Title   string
	Lead    string
	Button  string
	Foresee string    // a button that shows what would come of it; "" is none
	Find    *web.Find // looks through the directory; nil for none
	Danger  bool      // cannot be taken back
	Back    web.Link
	Above   []templ.Component       // what to read before answering
	Beside  templ.Component         // what to read while answering, nil for nothing
	Choices map[string][]web.Option // by name of a text: its answers, such as the lines of the directory
	First   *forms.Deed             // what stands in the fields at first
	Redraw  func(*web.Drawn)        // changes how the fields are drawn, nil for none
	Told    []*forms.Field          // questions of the form that are asked before the words
}

// form returns what the act asks.
func (a acting) form() *forms.DeedForm {
	switch {
	case a.Other != "":
		return forms.FormOf("pair." + string(a.Do))
	case a.N != 0:
		return forms.FormOf("handover." + string(a.Do))
	}
	return forms.FormOf(string(a.Do))
}

// path is the address of the act's own page.
func (a acting) path() string {
	path := "/referrals/" + url.PathEscape(a.Ref)
	if a.Other != "" {
		path = pairPath(a.Ref, a.Other)
	}
	if a.N != 0 {
		path += "/handovers/" + strconv.Itoa(a.N)
	}
	return path + "/" + url.PathEscape(string(a.Do))
}

// known refuses as absent what is no act, or one that the duty can never do.
func (a acting) known(duty workflow.Duty) error {
	for _, s := range workflow.PairSteps {
		if a.Other != "" && s.Do == a.Do && slices.Contains(s.Duties, duty) {
			return nil
		}
	}
	for _, s := range workflow.Steps {
		if a.N == 0 && a.Other == "" && s.Do == a.Do && slices.Contains(s.Duties, duty) {
			return nil
		}
	}
	for _, s := range workflow.HandoverSteps {
		if a.N != 0 && s.Do == a.Do && slices.Contains(s.Duties, duty) {
			return nil
		}
	}
	return fault.Absent()
}

// offered is an act that the record offers to who looks at it.
type offered struct {
	say     string
	missing []string // sentences of what stands against it yet
	rev     int
}

// in returns the offer of a in rec, and whether there is one.
func (a acting) in(rec referrals.Record) (offered, bool) {
	if a.Other != "" {
		return a.inPair(rec)
	}
	if a.N == 0 {
		for _, o := range rec.Offers {
			if o.Do == a.Do {
				return offered{say: o.Say, missing: sentences(o.Missing), rev: rec.Rev}, true
			}
		}
		return offered{}, false
	}
	if p := rec.Proposal; p != nil && p.N == a.N && p.Offer.Do == a.Do {
		return offered{say: p.Offer.Say, missing: sentences(p.Offer.Missing), rev: rec.Rev}, true
	}
	for _, h := range rec.Handover {
		if h.N != a.N {
			continue
		}
		for _, o := range h.Offers {
			if o.Do == a.Do {
				return offered{say: o.Say, missing: sentences(o.Missing), rev: h.Rev}, true
			}
		}
	}
	return offered{}, false
}

func sentences(guards []workflow.Guard) []string {
	var out []string
	for _, g := range guards {
		out = append(out, g.Say())
	}
	return out
}

// actPage answers with the page of an act. An act that is not open now is
// fault.Conflict: it was, or may be again.
func (c *call) actPage(a acting) error {
	if err := a.known(c.who.Duty); err != nil {
		return err
	}
	return c.drawAct(a, nil, nil)
}

// drawAct draws the page, with what was typed when it was refused.
func (c *call) drawAct(a acting, typed url.Values, bad forms.Problems) error {
	rec, err := c.s.Referrals.Open(c.ctx(), c.who, a.Ref, a.Want)
	if err != nil {
		return err
	}
	o, ok := a.in(rec)
	if !ok {
		return fault.New(fault.Conflict, "This cannot be done as things stand. Look at the referral again: it may have moved on.")
	}
	look := actLook{}
	if a.Look != nil {
		look = a.Look(rec)
	}
	if look.Title == "" {
		look.Title = o.say
	}
	if look.Button == "" {
		look.Button = o.say
	}
	if look.Back.Href == "" {
		look.Back = web.Link{Label: "The referral", Href: "/referrals/" + url.PathEscape(a.Ref)}
	}
	deed := look.First
	if deed == nil {
		deed = &forms.Deed{}
	}
	form := a.form()
	told, words := parted(look.Told, bad)
	drawn := web.Asked{Form: form.Form, Answers: deed, Typed: typed, Problems: words, Needs: form.Needs, Choices: look.Choices}.Draw(form.Fields)
	if look.Redraw != nil {
		look.Redraw(&drawn)
	}
	hidden := drawTold(&drawn, rec, look.Told, typed, told)
	rev := strconv.Itoa(o.rev)
	if was := typed.Get(web.InputRev); was != "" {
		rev = was // of the page on which it was typed
	}
	p := c.page(look.Title)
	p.Lead, p.Back, p.ErrorTitle = look.Lead, &look.Back, len(bad) > 0
	p.Wide = look.Beside != nil
	status := http.StatusOK
	if len(bad) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return c.show(status, web.ActPage(p, web.Act{
		Form: web.Form{Action: a.path(), CSRF: p.CSRF, Rev: rev}, Hidden: hidden, Drawn: drawn,
		Above: look.Above, Beside: look.Beside, Missing: o.missing, Button: look.Button, Foresee: look.Foresee, Danger: look.Danger, Find: look.Find, Back: look.Back,
	}))
}

// act does what the page of an act sent, and goes on to a.After. What is wrong
// with the words brings the page back as it was typed.
func (c *call) act(a acting) error {
	return c.deed(a, func(at referrals.Seen, deed *forms.Deed) (referrals.Record, error) {
		if change := c.retold(a); change != nil {
			return c.s.Referrals.Tell(c.ctx(), c.who, at, a.Do, deed, change)
		}
		return c.s.Referrals.Act(c.ctx(), c.who, at, a.Do, deed)
	})
}

// deed reads the words of an act, has do do it, and goes on.
func (c *call) deed(a acting, do func(at referrals.Seen, deed *forms.Deed) (referrals.Record, error)) error {
	if err := a.known(c.who.Duty); err != nil {
		return err
	}
	at, err := c.seen(a.Ref, a.N)
	if err != nil {
		return err
	}
	at.Other = a.Other
	if c.form().Get(web.InputAdd) != "" {
		return c.drawAct(a, withRow(rows(c.form())), nil)
	}
	var deed forms.Deed
	var rec referrals.Record
	bad := a.form().DecodeSection(&deed, "X", c.wordsOf(a))
	if len(bad) == 0 {
		rec, err = do(at, &deed)
	}
	var more forms.Problems
	if errors.As(err, &more) {
		bad, err = more, nil
	}
	if err != nil {
		return c.movedOn(a, err)
	}
	if len(bad) > 0 {
		return c.drawAct(a, c.form(), bad)
	}
	said, kind := a.Said, web.BoxSuccess
	if said == "" {
		said = "Done."
	}
	if rec.Unsafe {
		said, kind = wrongWay+" "+otdasNumber(rec.Call), web.BoxWarning
	}
	c.flash(kind, said)
	if a.After != "" {
		return c.to(a.After)
	}
	return c.to("/referrals", a.Ref)
}
