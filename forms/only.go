package forms

import "slices"

// Only returns v with the items that keep says yes to, whole but for what is
// masked in them, and with nothing of what was told since: a view of the same
// reader that shows less.
func (v View) Only(keep func(Part, Item) bool) View {
	out := View{Reader: v.Reader}
	for _, p := range v.Parts {
		whole := p
		p.Items = nil
		for _, it := range whole.Items {
			if !keep(whole, it) {
				continue
			}
			if shown, ok := it.unmasked(); ok {
				p.Items = append(p.Items, shown)
			}
		}
		if len(p.Items) > 0 {
			out.Parts = append(out.Parts, p)
		}
	}
	return out
}

// unmasked is the item without what is masked in it, false when nothing is left.
func (it Item) unmasked() (Item, bool) {
	if it.Masked {
		return Item{}, false
	}
	if len(it.Rows) == 0 {
		return it, true
	}
	rows := it.Rows
	it.Rows = nil
	for _, row := range rows {
		var left []Item
		for _, one := range row {
			if shown, ok := one.unmasked(); ok {
				left = append(left, shown)
			}
		}
		if len(left) > 0 {
			it.Rows = append(it.Rows, left)
		}
	}
	return it, len(it.Rows) > 0
}

// Masks reports whether something of the item is masked.
func (it Item) Masks() bool {
	return it.Masked || slices.ContainsFunc(it.Rows, func(row []Item) bool { return slices.ContainsFunc(row, Item.Masks) })
}
