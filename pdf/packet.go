package pdf

import (
	"slices"

	"nysreferral/forms"
)

// Packet is what a recipient gets with a hand-over: an RHTP provider or a local department, as the view says. It begins
// with how to reach the person safely, and ends with the rest of what that recipient may read.
//
// Law: SSL 483-cc(b); 34 USC 12291(b)(2) and 28 CFR 94.115 (no more than the release covers).
func Packet(f Facts, v forms.View) ([]byte, []Undrawn, error) {
	if v.Reader != forms.ReadsProvider && v.Reader != forms.ReadsDistrict {
		return nil, nil, errReader
	}
	p := begin(f, "Hand-over packet", notice)
	t := p.tell(v)
	scope := t.take("handover", "scope")
	t.cover(f, v.Reader)
	t.safeContact()
	t.under("The person", append(t.section("referral", "C"), t.take("review", "ageBand")...))
	t.under("Language", t.section("referral", "E"))
	t.under("Where the person stays", append(t.section("referral", "D"), t.take("referral", "countyFound")...))
	t.under("Needs", urgentFirst(t.section("referral", "J")))
	t.under("Urgency and safety", append(t.section("referral", "K"), t.take("referral", "lastContact", "fear", "fearText", "orderOfProtection")...))
	t.consent(scope)
	t.confirmation(f)
	t.under("Children", t.section("referral", "I"))
	t.under("Immigration category", t.section("referral", "F"))
	t.under("Other facts for your work", append(t.section("referral", "G"), t.section("referral", "H")...))
	t.rest(false)
	p.Space(10)
	p.Small("The account of what happened is not part of this packet. Please do not ask the person to tell it again.")
	return p.end()
}

// cover says what this is, from whom and for whom, and whom to ask.
func (t *telling) cover(f Facts, reader forms.Reader) {
	t.Heading(1, "Hand-over packet")
	if reader == forms.ReadsProvider {
		t.Paragraph("New York State confirmed the person below and asks your program to reach out, with services under the Response to Human Trafficking Program (RHTP).")
	} else {
		t.Paragraph("New York State confirmed the person below and asks your department to reach out, and to see which benefits and services the person can have. Your department decides on benefits; this packet promises none.")
	}
	t.fact("Reference", f.Reference)
	t.fact("Prepared for", f.GeneratedFor)
	t.fact("Sent by", "Office of Temporary and Disability Assistance (OTDA)")
	t.moment("Date", f.At)
	for _, it := range t.section("handover", "T1") {
		t.item(0, it)
	}
	if sender := t.take("referral", "referrerName", "referrerPhone", "referrerExtension", "referrerEmail"); len(sender) > 0 {
		t.group(0, "Who referred the person, and can be asked")
		for _, it := range sender {
			t.item(1, it)
		}
	}
	t.Space(8)
}

// ways says, by how the person may be reached, what must not be done.
var ways = map[any]string{
	"directly":                  "Contact the person only in the ways below. Where the answer is no or unknown, do not do it.",
	"only_through_the_referrer": "Do not call, write to or visit the person. Reach the person through the referrer named above.",
	"through_attorney":          "Do not call, write to or visit the person. Reach the person through the attorney.",
	"through_other_advocate":    "Do not call, write to or visit the person. Reach the person through the advocate.",
}

// safeContact comes before all other answers: a call to the wrong number can cost a life.
func (t *telling) safeContact() {
	items := t.take("referral", "reach", "reachName", "living", "notSafe", "safePhone", "safeEmail", "safeAddress", "safeAddressSubstitute", "representative")
	say := "How to reach the person safely is not known. Ask the referrer before you try."
	if i := slices.IndexFunc(items, func(it forms.Item) bool { return it.Name == "reach" && ways[it.Value] != "" }); i >= 0 {
		say = ways[items[i].Value]
	}
	if slices.ContainsFunc(items, func(it forms.Item) bool { return it.Value == "with_trafficker" }) {
		say = "The person lives with the trafficker. " + say
	}
	t.panel("How to reach the person safely", say, pairsOf(items))
}

// urgentFirst returns the needs with those of now before those of soon and of later.
func urgentFirst(items []forms.Item) []forms.Item {
	when := map[any]int{"now": 1, "soon": 2, "later": 3}
	rank := func(it forms.Item) int {
		if n, ok := when[it.Value]; ok && it.Kind == forms.KindChoice {
			return n
		}
		return len(when) + 1
	}
	for i, it := range items {
		if it.Kind != forms.KindGroup {
			continue
		}
		items[i].Rows = slices.Clone(it.Rows)
		for j, row := range it.Rows {
			items[i].Rows[j] = slices.Clone(row)
			slices.SortStableFunc(items[i].Rows[j], func(a, b forms.Item) int { return rank(a) - rank(b) })
		}
	}
	return items
}

// consent says what the recipient may pass on, and to whom: as the release has it, or the offer that the person accepted.
func (t *telling) consent(scope []forms.Item) {
	items := append(t.section("referral", "B"), scope...)
	t.Heading(2, "Consent")
	if len(items) == 0 {
		t.Paragraph("The record shows you no list of those who may receive information. Pass nothing on before you have asked the person, or OTDA.")
		return
	}
	for _, it := range items {
		t.item(0, it)
	}
	t.Space(4)
	if len(scope) > 0 {
		t.Paragraph("The person accepted an offer to be connected with help. Pass information on to nobody else before you have asked the person, or OTDA.")
	}
	t.Paragraph("The person can take consent back at any time. Your access then ends at once, and OTDA tells you so.")
}

// confirmation says what the State decided, and what that is not.
func (t *telling) confirmation(f Facts) {
	items := t.section("review", "S4")
	t.Heading(2, "Confirmation")
	if len(items) == 0 {
		t.moment("Decided", f.DecidedAt)
	}
	for _, it := range items {
		t.item(0, it)
	}
	t.Space(4)
	t.Paragraph("A confirmation by the State is not a certification by the federal government, and no immigration status follows from it.")
}
