package pdf

import (
	"slices"

	"nysreferral/forms"
)

// puts are what a letter takes from the record, by the names that words files
// use.
var puts = map[string]func(c *composing){
	"person": func(c *composing) {
		rows := c.rows("referral")
		if c.v.Item("familyName") == nil && c.v.Item("givenNames") == nil {
			c.add(Block{Text: c.words.Shared["no_name"]})
		}
		c.addRows(rows)
	},
	"proof": func(c *composing) {
		rows := []LetterRow{{c.words.Shared["reference"], c.f.Reference}}
		if c.f.Code != "" {
			rows = append(rows, LetterRow{c.words.Shared["code"], c.f.Code})
		}
		c.addRows(rows)
	},
	"decision": func(c *composing) { c.addRows(c.rows("review", "reasonForPerson", "reason", "appealUntil")) },
	"reason": func(c *composing) {
		if it := c.v.Item("reasonForPerson"); it != nil {
			c.add(Block{Text: value(*it)})
			return
		}
		c.add(Block{Text: c.words.Shared["no_reason"]})
	},
	"reach": func(c *composing) {
		say := c.words.Shared["reach_unknown"]
		if it := c.v.Item("reach"); it != nil {
			if code, ok := it.Value.(string); ok && c.words.Shared["reach_"+code] != "" {
				say = c.words.Shared["reach_"+code]
			}
		}
		c.add(Block{Title: c.words.Shared["reach_title"], Text: say})
	},
	"notice":    noticed,
	"help":      helped,
	"near":      near,
	"call":      calledBack,
	"signature": signed,
	"language":  func(c *composing) { c.add(Block{Small: c.words.Shared["page_language"]}) },
}

func (c *composing) addRows(rows []LetterRow) {
	if len(rows) > 0 {
		c.add(Block{Rows: rows})
	}
}

// rows are the answers of a form that the view holds, but those of the names.
func (c *composing) rows(form string, but ...string) []LetterRow {
	var out []LetterRow
	for _, part := range c.v.Of(form) {
		items := slices.DeleteFunc(slices.Clone(part.Items), func(it forms.Item) bool { return slices.Contains(but, it.Name) })
		for _, p := range pairsOf(items) {
			out = append(out, LetterRow{p.label, p.value})
		}
	}
	return out
}

// noticed writes all that the reader of a notice sees, section by section.
func noticed(c *composing) {
	for _, part := range c.v.Parts {
		var rows []LetterRow
		for _, p := range pairsOf(part.Items) {
			rows = append(rows, LetterRow{p.label, p.value})
		}
		c.add(Block{Heading: part.Title})
		c.addRows(rows)
	}
}

// helped writes the numbers that are the same for everybody. A harmless letter
// does not say whose they are.
func helped(c *composing) {
	var list []string
	for _, l := range c.f.Lines {
		name, number := l.Name, l.Phone
		if c.plain.Harmless {
			name = l.Plain
		}
		if l.Text != "" {
			number = fillIn(c.words.Shared["text_to"], map[string]string{"phone": l.Phone, "word": l.Word, "text": l.Text})
		}
		list = append(list, name+": "+number)
	}
	if len(list) > 0 {
		c.add(Block{List: list})
	}
}

// calledBack writes the number at which a department reaches OTDA, or that there
// is none that anybody checked.
func calledBack(c *composing) {
	say := c.words.Shared["call_none"]
	if n := c.f.Call; n != nil {
		say = fillIn(c.words.Shared["call_back"], map[string]string{"name": n.Name, "phone": n.Phone, "day": n.Checked})
	}
	c.add(Block{Title: c.words.Shared["call_title"], Text: say})
}

// near writes the verified contacts near the person, and that others are left
// out.
func near(c *composing) {
	var list []string
	for _, n := range c.f.Near {
		text := n.Name
		if n.Phone != "" {
			text += ": " + n.Phone
		}
		list = append(list, text+" ("+fillIn(c.words.Shared["checked"], map[string]string{"day": n.Checked})+")")
	}
	if len(list) > 0 {
		c.add(Block{List: list})
	}
	if c.f.LeftOut && !c.f.Silent {
		c.add(Block{Small: c.words.Shared["left_out"]})
	}
}

// signed writes who signed the letter.
func signed(c *composing) {
	if c.f.SignedBy == "" {
		return
	}
	c.add(Block{Rows: []LetterRow{{c.words.Shared["signed"], c.f.SignedBy + "\n" + c.f.SignedAs + "\n" + c.letter.Office + "\n" + forms.At(c.f.SignedAt).Words()}}})
}
