package handlers

import (
	"strconv"
	"strings"

	"nysreferral/referrals"
	"nysreferral/registry"
	"nysreferral/web"
	"nysreferral/workflow"
)

// Choosing a line of the directory for a person: those of the rules first, and
// any other by county or name. Nobody types a key.

// Inputs of the search. They are posted, so that no address holds a county
// beside a reference.
const (
	inCounty = "_county"
	inNamed  = "_named"
)

// lineSearch is what the page looks for.
func (c *call) lineSearch(a acting) *referrals.LineSearch {
	out := &referrals.LineSearch{County: c.text(inCounty), Name: c.text(inNamed)}
	if a.Do == workflow.Reroute {
		out.Instead = a.N
	}
	return out
}

// found draws the page of an act again with what was looked for. It does nothing.
func (c *call) found(a acting) error {
	if err := a.known(c.who.Duty); err != nil {
		return err
	}
	return c.drawAct(a, c.form(), nil)
}

// lookLines offers lines of the directory to choose from, beside the person's own
// words: in the order of the rules, without the one that it stands at; or what was
// looked for; or, where the rules find nobody to whom something can be sent, every
// verified line as well.
func (c *call) lookLines(rec referrals.Record, rules []referrals.Candidate, here string, look *actLook) {
	if rows := wishes(rec.View); len(rows) > 0 {
		look.Above = append(look.Above, web.HeedBox(rows))
	}
	county, named := c.text(inCounty), c.text(inNamed)
	list, sendable := []web.Option{}, false
	offer := func(found []referrals.Candidate) {
		for _, one := range found {
			if one.Key != here && !hasCode(list, one.Key) {
				list, sendable = append(list, lineOption(one)), sendable || one.Verified
			}
		}
	}
	look.Find = &web.Find{Title: "Look through the directory", Fields: findFields(county, named), Button: "Show these lines"}
	switch {
	case county+named != "":
		offer(rec.Lines)
		look.Find.Found = foundWords(len(list))
	default:
		if offer(rules); !sendable {
			look.Above = append(look.Above, web.RemarkBox(web.Box{Kind: web.BoxInfo, Title: "The rules find nobody else"},
				"No other verified line of the directory serves this county. Choose a verified line of another county, or look through the directory below."))
			offer(rec.Lines)
		}
	}
	look.Redraw = func(d *web.Drawn) { drawLines(d, list) }
}

// drawLines has the recipient chosen from the list; where nothing was found there
// is nothing to choose, and the page says so.
func drawLines(d *web.Drawn, list []web.Option) {
	for i := range d.Fields {
		if f := &d.Fields[i]; f.Name == "contact" {
			f.Kind, f.Options, f.Hint = web.KindChoice, list, "Nothing can be sent to a line before it is verified."
			if len(list) == 0 {
				f.Hint = "No line was found. Look in another county, or by another name."
			}
		}
	}
}

// lineOption is a line of the directory as it is chosen: name, kind, whom it
// serves, and whether somebody has verified it.
func lineOption(one referrals.Candidate) web.Option {
	state := "Verified."
	switch {
	case !one.Verified && one.AskedOn != "":
		state = "Not verified; the administrator was asked on " + inWords(one.AskedOn) + "."
	case !one.Verified:
		state = "Not verified."
	}
	about := append([]string{lineAbout(registry.Contact{Point: one.Point}) + " · " + state}, saysOf(one.Heed)...)
	return web.Option{Code: one.Key, Label: one.Name, Hint: strings.TrimSpace(strings.Join(about, " ") + " " + one.Why)}
}

// lineAbout says for whom a line is, and whom it serves.
func lineAbout(c registry.Contact) string {
	return registry.LabelOf(registry.PointKinds(), string(c.Kind)) + " · " + serves(c, 3)
}

func hasCode(list []web.Option, code string) bool {
	for _, o := range list {
		if o.Code == code {
			return true
		}
	}
	return false
}

func findFields(county, named string) []web.Field {
	where := field(web.KindSelect, inCounty, "County")
	where.Options, where.Value, where.Width, where.Optional = options(registry.Counties()), county, web.Width30, true
	name := field(web.KindText, inNamed, "Name")
	name.Hint, name.Value, name.Width, name.Optional = "A part of it is enough.", named, web.Width30, true
	return []web.Field{where, name}
}

func foundWords(n int) string {
	switch {
	case n == 0:
		return "No line was found."
	case n >= referrals.MostLines:
		return "The first " + strconv.Itoa(n) + " lines. Look by county and name to see fewer."
	}
	return howMany(n, "line was", "lines were") + " found. Choose one below."
}
