package handlers

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

// drawTold draws the questions that are asked before the words of an act, each
// with what was said and an input of its kind, and returns what names them when
// the page comes back.
func drawTold(drawn *web.Drawn, rec referrals.Record, fields []*forms.Field, typed url.Values, bad forms.Problems) []web.Hidden {
	if len(fields) == 0 || rec.Answers == nil {
		return nil
	}
	told := web.Asked{Form: forms.Questions, Answers: rec.Answers, Typed: typed, Problems: bad,
		Needs: func(path string) bool { return path != anyMeans && forms.Questions.Required(rec.Answers, path) }}.Draw(fields)
	for i := range told.Fields {
		told.Fields[i].Said = saidAt(rec.View, told.Fields[i])
	}
	drawn.Fields = append(told.Fields, drawn.Fields...)
	drawn.Problems = append(told.Problems, drawn.Problems...)
	for id, list := range told.Lists {
		if drawn.Lists == nil {
			drawn.Lists = map[string][]web.Option{}
		}
		drawn.Lists[id] = list
	}
	ids := make([]string, len(fields))
	for i, f := range fields {
		ids[i] = f.ID
	}
	return []web.Hidden{{Name: web.InputTold, Value: strings.Join(ids, " ")}}
}

// parted are the problems of the questions that are asked before the words of an
// act, with those of questions that stand on another page, and those of the words.
func parted(fields []*forms.Field, bad forms.Problems) (told, words forms.Problems) {
	for _, p := range bad {
		top, _, _ := strings.Cut(p.Field, ".")
		f := forms.Questions.Field(top)
		if len(fields) == 0 || f == nil {
			words = append(words, p)
			continue
		}
		if !slices.Contains(fields, f) {
			p.Message = f.Label + " " + p.Message
		}
		told = append(told, p)
	}
	return told, words
}

// saidAt is what was answered, for what can be changed; a long text stands in
// its input as it is.
func saidAt(v forms.View, f web.Field) string {
	if f.Kind == web.KindProse {
		return ""
	}
	it := v.Item(f.Name)
	if it == nil {
		return "nothing"
	}
	sep := ", "
	if len(it.Rows) > 0 {
		sep = "; "
	}
	return strings.ReplaceAll(strings.Join(web.Lines(*it), sep), "\n", ", ")
}

// toldFields are the questions that the page asked beside its words.
func (c *call) toldFields() []*forms.Field {
	return forms.Questions.With(strings.Fields(c.form().Get(web.InputTold)))
}

// wordsOf are the words of the act, without the answers that the page asked.
func (c *call) wordsOf(a acting) url.Values {
	if len(c.toldFields()) == 0 {
		return c.form()
	}
	out := url.Values{}
	for name, list := range c.form() {
		if a.words(name) {
			out[name] = list
		}
	}
	return out
}

// words reports whether an input holds words of the act.
func (a acting) words(name string) bool {
	top, _, _ := strings.Cut(name, ".")
	return slices.ContainsFunc(a.form().Fields, func(f *forms.Field) bool { return f.Name == top })
}

// retold fills in the answers that the page asked beside its words, nil when it
// asked none.
func (c *call) retold(a acting) func(*forms.Referral) forms.Problems {
	fields := c.toldFields()
	if len(fields) == 0 || !referrals.Tells(a.Do) {
		return nil
	}
	in := url.Values{}
	for name, list := range rows(c.form()) {
		if !a.words(name) {
			in[name] = list
		}
	}
	return func(r *forms.Referral) forms.Problems { return forms.Questions.DecodeSome(r, fields, in) }
}

// withRow adds a row to the repeat that the button names, as it was typed.
func withRow(in url.Values) url.Values {
	name := in.Get(web.InputAdd)
	f := forms.Questions.Field(name)
	if f == nil || len(f.Fields) == 0 {
		return in
	}
	next := 0
	for key := range in {
		rest, ok := strings.CutPrefix(key, name+".")
		digits, _, _ := strings.Cut(rest, ".")
		if n, err := strconv.Atoi(digits); ok && err == nil {
			next = max(next, n+1)
		}
	}
	in.Set(name+"."+strconv.Itoa(next)+"."+f.Fields[0].Name, "")
	return in
}

// urgent are the questions whose answers others act on at once, or stop acting on,
// so that nobody comes to harm: how the person may be reached and how not, where
// the person lives, and danger. Who adds facts is asked these before any words.
var urgent = []string{"D1", "D2", "D3", "D4", "D4.acp", "D5", "D8", "K1"}

// tellLook is the page of what a referrer tells: the chapter of the form that
// the address names, or the questions of first where it names none, and words.
func (c *call) tellLook(look actLook, first ...string) func(referrals.Record) actLook {
	return func(rec referrals.Record) actLook {
		if rec.Answers == nil {
			return look
		}
		chosen, ids := c.QueryParam("section"), c.toldIDs()
		atFirst := chosen == "" && len(first) > 0 && (len(ids) == 0 || slices.Contains(ids, first[len(first)-1]) && slices.Contains(ids, first[0]))
		if f := forms.Questions.ByID(firstOf(ids)); f != nil && !atFirst {
			chosen = f.Section
		}
		here := address("/referrals", rec.Reference, string(c.doing()))
		var chapters []web.Link
		if len(first) > 0 {
			chapters = append(chapters, web.Link{Label: "What keeps the person safe", Current: atFirst, Href: here})
		}
		if atFirst {
			look.Told = forms.Questions.With(first)
		}
		for _, s := range sectionsOf(rec.Answers) {
			if s.ID == signature {
				continue
			}
			chapters = append(chapters, web.Link{Label: s.Title, Current: s.ID == chosen, Href: here + "?" + url.Values{"section": {s.ID}}.Encode()})
			if s.ID == chosen {
				look.Told = forms.Questions.With(idsIn(s))
			}
		}
		title := "To change an answer, choose its part of the form first"
		if len(first) > 0 {
			title = "To change another answer, choose its part of the form first"
		}
		look.Above = append(look.Above, web.ChapterPart(title, chapters))
		return look
	}
}

// firstOf is the first of a list, "" of none.
func firstOf(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// signature is the section of the signature, which is given once.
const signature = "N"

func (c *call) toldIDs() []string {
	if c.in == nil {
		return nil
	}
	return strings.Fields(c.form().Get(web.InputTold))
}

// doing is the act that the address names.
func (c *call) doing() workflow.Action { return workflow.Action(c.Param("action")) }

func idsIn(s *forms.Section) []string {
	out := make([]string, len(s.Fields))
	for i, f := range s.Fields {
		out[i] = f.ID
	}
	return out
}
