package handlers

import (
	"net/url"
	"slices"
	"strings"

	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/web"
)

// evidence are the answers that most often show an element, by path of the
// element: they are offered to be ticked when they are answered.
var evidence = map[string]string{
	"elementAction":  "G1 G4 G13 G14 G17 G18 G20",
	"elementMeans":   "G5 G6 G7 G8 G9 G10 G11 G12 G12.why G14 G24",
	"elementPurpose": "G1 G2 G3 G11 G14 G17",
	"elementMinor":   "C5 C6 C7 C8 G21",
}

// lookAssess fills in what was assessed before, and offers the answers that may
// show an element as boxes beside the text.
func lookAssess(c *call, rec referrals.Record, look *actLook) {
	parts := slices.DeleteFunc(factsFor(rec), func(p web.FactPart) bool { return !slices.Contains(assessed, p.Letter) })
	look.Beside = web.FactsPart(parts, nil)
	first := &forms.Deed{}
	for path, into := range map[string]*forms.Element{"elementAction": &first.Action, "elementMeans": &first.Means, "elementPurpose": &first.Purpose, "elementMinor": &first.Minor} {
		into.Finding, into.ShownBy = forms.Finding(codeIn(rec.View, path+".finding")), forms.Text(codeIn(rec.View, path+".shownBy"))
	}
	look.First = first
	more := ticked(c)
	look.Redraw = func(d *web.Drawn) {
		for i := range d.Fields {
			offerEvidence(&d.Fields[i], rec.View, more)
		}
	}
}

// assessed are the sections that stand beside the grid.
var assessed = []string{"G", "C", "K", "H"}

// senseless are the findings that an element does not know.
var senseless = map[string][]string{
	"elementAction": {"waived", "not_a_minor"}, "elementMeans": {"not_a_minor"}, "elementPurpose": {"waived", "not_a_minor"}, "elementMinor": {"waived"},
}

// offerEvidence turns the text of one element into boxes for the answers that
// there are, those that were ticked on the page of the referral among them, and a
// text for others.
func offerEvidence(group *web.Field, v forms.View, more []string) {
	ids := strings.Fields(evidence[group.Name])
	for _, id := range more {
		if !slices.Contains(ids, id) && len(ids) > 0 {
			ids = append(ids, id)
		}
	}
	for i := range group.Fields {
		f := &group.Fields[i]
		f.Options = slices.DeleteFunc(f.Options, func(o web.Option) bool { return slices.Contains(senseless[group.Name], o.Code) && o.Code != f.Value })
	}
	at := slices.IndexFunc(group.Fields, func(f web.Field) bool { return strings.HasSuffix(f.Name, ".shownBy") })
	if len(ids) == 0 || at < 0 {
		return
	}
	text := group.Fields[at]
	typed := strings.FieldsFunc(text.Value, func(r rune) bool { return r == ' ' || r == ',' || r == ';' })
	boxes := web.Field{Kind: web.KindMany, ID: text.ID, Name: text.Name, Label: text.Label, Error: text.Error}
	for _, id := range ids {
		f := forms.Questions.ByID(id)
		if f == nil || v.Item(f.Path) == nil {
			continue
		}
		boxes.Options = append(boxes.Options, web.Option{Code: id, Label: id + " " + strings.TrimSuffix(f.Told, "?")})
		if i := slices.Index(typed, id); i >= 0 {
			boxes.Values = append(boxes.Values, id)
			typed = slices.Delete(typed, i, i+1)
		}
	}
	text.Label, text.Hint, text.Value, text.Width = "Other answers, by letter and number", "", strings.Join(typed, " "), web.Width20
	if len(boxes.Options) == 0 {
		group.Fields[at] = text
		return
	}
	text.ID, text.Error = text.ID+"-more", "" // what is wrong stands at the boxes, above both
	group.Fields = slices.Insert(group.Fields, at, boxes)
	group.Fields[at+1] = text
}

// joinPointers makes one text of the boxes and the text beside them, each
// number once.
func joinPointers(in url.Values) {
	for path := range evidence {
		name := path + ".shownBy"
		if len(in[name]) < 2 {
			continue
		}
		var ids []string
		for _, one := range in[name] {
			for id := range strings.FieldsSeq(one) {
				if !slices.Contains(ids, id) {
					ids = append(ids, id)
				}
			}
		}
		in.Set(name, strings.Join(ids, " "))
	}
}
