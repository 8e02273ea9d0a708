package handlers

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/web"
)

// typedBack is a section that comes back as it was typed; the zero value is one
// that is drawn as it is stored.
type typedBack struct {
	in     url.Values
	bad    forms.Problems // what to look at
	status int            // of the answer; 0 is 200
	said   string         // above the page, or ""
	saved  string         // said at its foot
	shown  string         // what the page was drawn from, when not from what is stored now
}

// on puts it on the page.
func (b typedBack) on(p *web.Page, f *web.Form) {
	if b.in == nil {
		return
	}
	f.Saved, f.Rev = b.saved, cmp.Or(b.shown, f.Rev)
	if b.said != "" {
		p.Flash = &web.Flash{Kind: web.BoxWarning, Text: b.said}
	}
}

// saveSection keeps what was typed, as far as it can be kept; the rest comes
// back on the page. The page's script calls it while one types, with Accept:
// application/json, and gets what the page is drawn from now.
func (s *server) saveSection(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	section, in := c.Param("section"), rows(c.form())
	if forms.Questions.Section(section) == nil {
		return fault.Absent()
	}
	kept, err := s.Referrals.EditSection(c.ctx(), c.who, ref, referrals.Typed{Section: section, In: in, Shown: in.Get(web.InputRev)})
	if err == nil {
		c.forgetBorne() // the page showed it
	}
	var bad forms.Problems
	switch {
	case errors.As(err, &bad) && c.auto():
		return c.JSON(http.StatusBadRequest, saved{Problems: bad}) // nothing is kept, and no page of ours sends it
	case errors.As(err, &bad):
		return s.refusedSection(c, in, bad)
	case err != nil:
		return err
	case c.auto():
		return c.JSON(statusOfKept(kept), saved{Saved: web.Clock24(s.Now()), Rev: kept.Shown, Problems: kept.Wrong})
	case kept.Whole():
		return c.afterSection(ref, section, kept.Answers)
	}
	rec := referrals.Record{Reference: ref, Rev: kept.Rev, Answers: kept.Answers, UpdatedAt: s.Now()}
	return s.drawSection(c, rec, s.backFrom(kept, in))
}

// saved tells the page's script what it needs to go on.
type saved struct {
	Saved    string         `json:"saved"`
	Rev      string         `json:"rev"`
	Problems forms.Problems `json:"problems,omitempty"` // what was left out
}

// statusOfKept is 409 where an answer was changed elsewhere, 422 where one is
// wrong.
func statusOfKept(kept referrals.Kept) int {
	switch {
	case len(kept.Elsewhere) > 0:
		return http.StatusConflict
	case len(kept.Wrong) > 0:
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

// auto reports whether the script saves while one types.
func (c *call) auto() bool { return c.wantsJSON() || c.form().Get("_auto") == "1" }

// refusedSection brings the section back as it was typed, when nothing of it
// could be kept.
func (s *server) refusedSection(c *call, in url.Values, bad forms.Problems) error {
	rec, err := c.openDraft(referrals.Want{Answers: true})
	if err != nil {
		return err
	}
	return s.drawSection(c, rec, typedBack{in: in, bad: bad, status: http.StatusUnprocessableEntity, shown: in.Get(web.InputRev)})
}

// backFrom is the page for what could not be kept. Beside an answer that was
// changed elsewhere stands what is stored; one that was changed elsewhere alone
// is shown as it is now.
func (s *server) backFrom(kept referrals.Kept, in url.Values) typedBack {
	back := typedBack{in: in, bad: slices.Clone(kept.Wrong), status: statusOfKept(kept),
		saved: "Saved " + web.Clock24(s.Now()) + ", but for the answers that are marked."}
	for _, f := range kept.Theirs {
		putAnswer(back.in, f, kept.Answers)
	}
	for _, f := range kept.Elsewhere {
		back.bad = append(back.bad, forms.Problem{ID: f.ID, Field: f.Name, Message: storedWords(f, kept.Answers)})
	}
	if len(kept.Elsewhere) > 0 {
		back.said = "This section was changed in another window after you opened it here. Nothing is lost: below stands what you typed, " +
			"and beside each answer that differs what is stored now. Change what should be different, then save again: what stands in the fields is then kept."
	}
	return back
}

// putAnswer writes the stored answer to f into what a page sent, as the page
// would send it.
func putAnswer(in url.Values, f *forms.Field, r *forms.Referral) {
	for name := range in {
		if name == f.Name || strings.HasPrefix(name, f.Name+".") {
			delete(in, name)
		}
	}
	for _, a := range forms.Questions.AnswersTo([]*forms.Field{f}, r) {
		for _, code := range a.Codes() {
			switch {
			case a.Field.Kind != forms.KindDate && a.Field.Kind != forms.KindPartial:
				in.Add(a.Path, code)
			case code == forms.Unknown:
				in.Set(a.Path+web.DateUnknown, "yes")
			default:
				year, month, day := forms.PartialDate(code).Boxes()
				in.Set(a.Path+web.DateYear, year)
				in.Set(a.Path+web.DateMonth, month)
				in.Set(a.Path+web.DateDay, day)
			}
		}
	}
}

// storedWords says what is stored as the answer to f.
func storedWords(f *forms.Field, r *forms.Referral) string {
	var list []string
	for _, a := range forms.Questions.AnswersTo([]*forms.Field{f}, r) {
		var codes []string
		for _, code := range a.Codes() {
			codes = append(codes, a.Field.LabelOf(code))
		}
		if len(codes) == 0 {
			continue
		}
		words := strings.Join(codes, ", ")
		if a.Field != f {
			words = a.Field.Label + ": " + words
		}
		list = append(list, words)
	}
	if len(list) == 0 {
		return "Changed in another window. Stored now: no answer."
	}
	return "Changed in another window. Stored now: " + strings.Join(list, "; ")
}
