package workflow

import "bytes"

// Try is a try to reach a person, as a recipient logs it.
type Try struct {
	How         string // by which way, a code of the form
	LeftMessage bool   // a message was left
	Reached     bool   // the person was reached by it
}

// TryRule is one line of the table of tries: when a way keeps to what the
// referral says. The log takes every try, for it happened; one that keeps to no
// line raises an alarm.
type TryRule struct {
	How  string
	If   string
	safe func(t Try, r Reaching) bool
}

// NotPermitted is said in the log of a try that keeps to no line of the table.
const NotPermitted = "not permitted"

// TryRules is every way of trying. Words about what is not safe are read by
// people, not by rules.
//
// Law: 28 CFR 94.115; 34 USC 12291(b)(2).
var TryRules = []TryRule{
	{"through_the_referrer", "Always", func(Try, Reaching) bool { return true }},
	{"through_attorney_or_advocate", "The person may be reached through the attorney, or directly, and a release that has not ended names the attorney; the form has none that names an advocate",
		func(_ Try, r Reaching) bool {
			return r.Released && among(r.Reach, []string{"through_attorney", "directly"})
		}},
	{"phone", "The person may be reached directly, and a safe number is given; a message only where one may be left",
		func(t Try, r Reaching) bool {
			return r.Reach == "directly" && r.Phone && (!t.LeftMessage || r.Messages)
		}},
	{"text_message", "The person may be reached directly, a safe number is given, and a text may be sent",
		func(_ Try, r Reaching) bool { return r.Reach == "directly" && r.Phone && r.Texts }},
	{"email", "The person may be reached directly, and a safe e-mail is given",
		func(_ Try, r Reaching) bool { return r.Reach == "directly" && r.Email }},
	{"in_person", "The person was reached so, or may be reached directly, and neither lives nor is still with the trafficker, nor is in danger now",
		func(t Try, r Reaching) bool {
			return !r.Exposed() && (t.Reached || r.Reach == "directly")
		}},
}

// SafeTry says whether a try keeps to what the referral says. A way that is not
// listed never does.
func SafeTry(t Try, r Reaching) bool {
	for _, rule := range TryRules {
		if rule.How == t.How {
			return rule.safe(t, r)
		}
	}
	return false
}

// Permit says how far one way of reaching a person is permitted, before anybody
// tries it.
type Permit struct {
	How     string // a code of the form
	Try     bool   // the person may be tried by it
	Message bool   // and a message may be left
	Reached bool   // a person who was reached by it was not put in danger
}

// Permits is every way of trying, in the order of the table, with how far what
// the referral says permits it.
func Permits(r Reaching) []Permit {
	out := make([]Permit, len(TryRules))
	for i, rule := range TryRules {
		out[i] = Permit{How: rule.How, Try: rule.safe(Try{How: rule.How}, r), Message: rule.safe(Try{How: rule.How, LeftMessage: true}, r),
			Reached: rule.safe(Try{How: rule.How, Reached: true}, r)}
	}
	return out
}

// ruleTries writes when a try keeps to what the referral says.
func ruleTries(b *bytes.Buffer) {
	heading(b, "Tries to reach the person", "The log takes every try, for it happened. Before it is logged, each way that is not permitted is marked as such for the recipient. One by a way that is not listed as safe here gives OTDA a task at once, tells the recipient to use a safe one, and says in the log that it was not permitted. Such a try ends no clock, and does not count as the try that “Not reached” wants.")
	row(b, "How", "Safe where", "Source")
	line(b, 3)
	for _, r := range TryRules {
		row(b, plain(r.How), r.If, lawLetter)
	}
}
