package workflow

import (
	"strings"
	"unicode"
)

// Way is how a letter reaches whom it is for.
type Way string

// The ways.
const (
	ByReferrer Way = "by_referrer" // the referrer puts it into the person's hand
	ByAttorney Way = "by_attorney" // the person's attorney does
	ByAdvocate Way = "by_advocate" // another advocate of the person does
	ByMail     Way = "by_mail"     // to the safe address that the referral names
	OnPage     Way = "on_page"     // it stands on the referrer's own page
	ToInbox    Way = "to_inbox"    // it stands in the department's inbox
)

// Reaching is what the referral says of how the person can be reached, by the
// codes of the form. The zero value permits the referrer's hand alone.
type Reaching struct {
	Reach    string // D1: how the person may be reached
	Living   string // D8: where the person lives now
	Knows    string // B12: whether the person knows of a referral by police
	LastSeen string // G23: the last contact with the trafficker
	Danger   string // K1: whether the person is in danger now
	Warned   bool   // D5: something is not safe to do. Words are read by people, not by rules
	Minor    bool   // is, or is handled as, a minor
	Released bool   // B5: the release, which has not ended, names the person's attorney
	Address  bool   // a safe mailing address is given (D4)
	Phone    bool   // D2: a safe number is given
	Messages bool   // D2: a message may be left there
	Texts    bool   // D2: a text may be sent there
	Email    bool   // D3: a safe e-mail is given
}

// Exposed says whether a paper of the person may come into the trafficker's hands
// wherever it is handed over: the person lives or is still with the trafficker, or
// is in danger now.
func (r Reaching) Exposed() bool {
	return r.Living == "with_trafficker" || r.LastSeen == "still_with" || r.Danger == "yes"
}

// handOnly says whether nothing but the referrer's hand is safe: the referral
// says so or says nothing, the person lives or is still with the trafficker, is
// in danger, does not know of the referral, or somebody wrote that something is
// not safe. So is it where the way leads through a third party whom the release
// does not name; the form has no release that names an advocate.
func (r Reaching) handOnly() bool {
	switch {
	case r.Exposed(), r.Warned, r.Knows == "no", r.Knows == "unsafe_to_tell":
		return true
	}
	return r.Reach != "directly" && !(r.Reach == "through_attorney" && r.Released)
}

// openMail is where the person opens the own mail, and nobody else does.
var openMail = []string{"own_home", "domestic_violence_shelter", "homeless_shelter", "runaway_or_homeless_youth_program"}

// WayRule is one line of the table of ways: when a letter may go by it.
type WayRule struct {
	Way  Way
	Name string // as people read it
	If   string
	Law  string
	By   Duty // who alone sends by it; "": whoever signs the letter
	when func(l Letter, r Reaching) bool
}

// sends says whether the duty sends a letter of the kind l by this way.
func (w WayRule) sends(d Duty, l Letter) bool {
	if w.By != "" {
		return d == w.By && len(l.Signers) > 0
	}
	return among(d, l.Signers)
}

// Ways is every way with its rule. What no line permits is refused. No letter is
// sent by e-mail, and the notice of confirmation, which must name what it
// certifies, is never mailed. OTDA alone mails, whoever signed: DCJS reads neither
// the address nor what is not safe.
//
// Law: 28 CFR 94.115; 34 USC 12291(b)(2); SSL 483-cc(b).
var Ways = []WayRule{
	{OnPage, "On the referrer’s own page", "A letter to the referring agency", lawLetter, "",
		func(l Letter, _ Reaching) bool { return l.To == ToReferrer }},
	{ToInbox, "In the department’s inbox", "A notice to a department", lawLetter, "",
		func(l Letter, _ Reaching) bool { return l.To == ToDistrict }},
	{ByReferrer, "By the referrer’s own hand",
		"A letter to the person who may be reached only through the referrer, or directly, or where nothing is said; always where the person lives or is still with the trafficker, is in danger or does not know of the referral, or where the referral says that something is not safe", lawLetter, "",
		func(l Letter, r Reaching) bool { return l.To == ToPerson && (r.handOnly() || r.Reach == "directly") }},
	{ByAttorney, "Through the person’s attorney", "A letter to the person who may be reached through the attorney, whom a release names that has not ended, where the referrer’s hand is not the only safe one", lawLetter, "",
		func(l Letter, r Reaching) bool {
			return l.To == ToPerson && !r.handOnly() && r.Reach == "through_attorney"
		}},
	{ByAdvocate, "Through the person’s advocate", "A letter to the person who may be reached through another advocate whom a release names; the form has none that does, so it is the referrer’s hand", lawLetter, "",
		func(l Letter, r Reaching) bool {
			return l.To == ToPerson && !r.handOnly() && r.Reach == "through_other_advocate"
		}},
	{ByMail, "By mail to the safe address",
		"A harmless letter to an adult who may be reached directly, with a safe address, who lives where nobody else opens the mail: in an own home or a shelter, and where the referrer’s hand is not the only safe one", lawLetter, Program,
		func(l Letter, r Reaching) bool {
			return l.To == ToPerson && l.Harmless && !r.handOnly() && r.Reach == "directly" && r.Address && !r.Minor && among(r.Living, openMail)
		}},
}

// WayOf returns the rule of a way, and whether there is one.
func WayOf(way Way) (WayRule, bool) {
	for _, w := range Ways {
		if w.Way == way {
			return w, true
		}
	}
	return WayRule{}, false
}

// SafeWays returns the ways by which a letter of that kind may go; none for a
// kind that there is not.
func SafeWays(kind LetterKind, r Reaching) []Way {
	l, _ := LetterOf(kind)
	var out []Way
	for _, w := range Ways {
		if w.when(l, r) {
			out = append(out, w.Way)
		}
	}
	return out
}

// WaysFor returns those of SafeWays by which the duty sends a letter of that
// kind.
func WaysFor(d Duty, kind LetterKind, r Reaching) []Way {
	l, _ := LetterOf(kind)
	var out []Way
	for _, way := range SafeWays(kind, r) {
		if rule, _ := WayOf(way); rule.sends(d, l) {
			out = append(out, way)
		}
	}
	return out
}

// SentBy says whether the duty is the one that sends a letter of that kind by
// that way, safe or not any more: it hears what became of it.
func SentBy(d Duty, kind LetterKind, way Way) bool {
	l, _ := LetterOf(kind)
	rule, ok := WayOf(way)
	return ok && rule.sends(d, l)
}

// harmful are the beginnings of English words that tell, in a letter that
// somebody else opens, that the person spoke, and about what.
var harmful = strings.Fields(`traffick victim survivor polic cop cops crime crimin sex prostitut escort brothel pimp massage exploit slave
	coerc force forced forcing fraud threat abus violen rape hurt beat arrest detective officer trooper sheriff prosecut attorney court convict jail
	prison immigra deport visa undocumented smuggl labor debt boss perpetrator suspect dcjs justice enforcement`)

// Harmful returns the words of an English text that must not stand in a letter
// to the person which others could open, each once, as they were written.
func Harmful(text string) []string {
	var out []string
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		small := strings.ToLower(word)
		for _, stem := range harmful {
			if strings.HasPrefix(small, stem) && !among(word, out) {
				out = append(out, word)
				break
			}
		}
	}
	return out
}
