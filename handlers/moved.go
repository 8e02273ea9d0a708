package handlers

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/web"
)

// movedOn brings back an act before which somebody else was first: drawn anew from
// how things stand now, with what was typed, to be sent once more by who has looked
// at it. Where it cannot be done any more, what was typed is shown, to be copied.
// What held no words is refused as err says.
func (c *call) movedOn(a acting, err error) error {
	typed := c.typedRows(a)
	if fault.KindOf(err) != fault.Conflict || len(typed) == 0 {
		return err
	}
	say, _ := fault.Say(err)
	drawn := c.drawAct(a, typedAct{in: c.form(), moved: say})
	if fault.KindOf(drawn) != fault.Conflict {
		return drawn
	}
	t := web.TroubleOf(http.StatusConflict)
	t.Happened, t.Typed = say, typed
	return c.show(http.StatusConflict, web.TroublePage(c.frame("", ""), t))
}

// typedRows are the words and choices that came with an act, by their questions.
func (c *call) typedRows(a acting) []web.Row {
	in := c.form()
	names := slices.Sorted(maps.Keys(in))
	var out []web.Row
	for _, f := range append(slices.Clone(a.form().Fields), c.toldFields()...) {
		row := web.Row{Label: f.Label}
		for _, name := range names {
			if name == f.Name || strings.HasPrefix(name, f.Name+".") {
				row.Values = append(row.Values, typedIn(f, in[name])...)
			}
		}
		if len(row.Values) > 0 {
			out = append(out, row)
		}
	}
	return out
}

func typedIn(f *forms.Field, list []string) []string {
	var out []string
	for _, v := range list {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, f.LabelOf(v))
		}
	}
	return out
}
