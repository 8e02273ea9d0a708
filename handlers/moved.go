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

// movedOn says that somebody else was first with an act, and shows what was typed, to
// be copied: its page is not drawn anew with it. Who sends that once more must have
// looked at what is new, and what stood in fields that nobody touched would undo it.
// What held no words is refused as err says.
func (c *call) movedOn(a acting, err error) error {
	typed := c.typedRows(a)
	if fault.KindOf(err) != fault.Conflict || len(typed) == 0 {
		return err
	}
	t := web.TroubleOf(http.StatusConflict)
	if say, ok := fault.Say(err); ok {
		t.Happened = say
	}
	t.Typed, t.Record = typed, &web.Link{Label: "Open the referral", Href: refPath(a.Ref)}
	return c.show(http.StatusConflict, web.TroublePage(c.frame("", ""), t))
}

// typedRows are the words and choices that came with an act, by their questions.
func (c *call) typedRows(a acting) []web.Row {
	in := c.form()
	names := slices.Sorted(maps.Keys(in))
	var out []web.Row
	for _, f := range append(slices.Clone(a.form().Fields), c.toldFields()...) {
		row := web.Row{Label: f.Label}
		if year := in.Get(f.Name + web.DateYear); year != "" {
			out = append(out, web.Row{Label: f.Label, Values: []string{in.Get(f.Name+web.DateMonth) + "/" + in.Get(f.Name+web.DateDay) + "/" + year}})
			continue
		}
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

// typedIn are the words of one input; a code is said as people read it.
func typedIn(f *forms.Field, list []string) []string {
	var out []string
	for _, v := range list {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, f.LabelOf(v))
		}
	}
	return out
}
