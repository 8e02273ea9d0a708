package workflow

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
)

// Rules writes the rules in plain words, as Markdown, from the tables: the
// file docs/rules.md. The error is the writer's.
func Rules(w io.Writer) error {
	var b bytes.Buffer
	b.WriteString("# Rules\n\n" +
		"Made from the tables of package `workflow`; do not edit it by hand. Where the law is uncertain, it says so.\n")
	ruleDuties(&b)
	heading(&b, "Steps of a referral", "What is not listed is refused. *Own* means: only its author, or the lead of the referring agency.")
	ruleSteps(&b, Steps, "no referral")
	heading(&b, "Steps of a hand-over", "What is not listed is refused. *Own* means: only the agency that it went to; OTDA for one that OTDA keeps.")
	ruleSteps(&b, HandoverSteps, "none yet")
	heading(&b, "Steps of a pair", "Two referrals that may be about the same person. What is not listed is refused; who is not listed never learns that a pair exists. "+
		"The program finds pairs after submission; people decide. New facts of either referral ask again.")
	ruleSteps(&b, PairSteps, "none yet")
	ruleConsequences(&b)
	ruleConsultings(&b)
	ruleGuards(&b)
	ruleGrounds(&b)
	ruleSight(&b)
	ruleReports(&b)
	ruleDestinations(&b)
	ruleLetters(&b)
	ruleTries(&b)
	ruleClocks(&b)
	ruleNotices(&b)
	ruleTasks(&b)
	ruleLadder(&b)
	ruleRetention(&b)
	ruleDisclosures(&b)
	ruleLooks(&b)
	ruleTwo(&b)
	if _, err := b.WriteTo(w); err != nil {
		return fmt.Errorf("workflow: writing the rules: %w", err)
	}
	return nil
}

// ruleDuties writes which duty may stand where.
func ruleDuties(b *bytes.Buffer) {
	heading(b, "Duties", "An account has one duty. At another side than these it may do nothing and sees nothing.")
	row(b, "Duty", "Sides")
	line(b, 2)
	for _, p := range Posts {
		row(b, plain(string(p.Duty)), list(p.Sides))
	}
}

// ruleSteps writes a table of steps.
func ruleSteps[S Road](b *bytes.Buffer, steps []StepOn[S], none string) {
	row(b, "Action", "From", "To", "Who", "Needs", "Button", "Source")
	line(b, 7)
	for _, s := range steps {
		who := list(s.Duties)
		if s.Own {
			who += " (own)"
		}
		row(b, plain(string(s.Do)), or(string(s.From), none), or(string(s.To), none), who, list(s.Needs), s.Say, s.Law)
	}
}

// ruleConsequences writes what follows by itself.
func ruleConsequences(b *bytes.Buffer) {
	heading(b, "What follows by itself", "A step on a referral also does this to its hand-overs, in the same unit of work.")
	row(b, "After", "Hand-overs at", "To", "Reason on the record", "Source")
	line(b, 5)
	for _, c := range Consequences {
		row(b, plain(string(c.After)), or(list(c.From), "none yet"), plain(string(c.To)), c.Say, c.Law)
	}
}

// ruleConsultings writes who records a consultation with whom.
func ruleConsultings(b *bytes.Buffer) {
	heading(b, "Consultations", "A determination needs one with OTDA and one with the referring agency. A try at which nobody was reached counts, with the reason in words, and stands on the record as a try.")
	row(b, "Who records it", "With", "What came of it", "Source")
	line(b, 4)
	for _, c := range Consultings {
		row(b, list(c.Duties), string(c.With), plain(strings.Join(c.Outcomes, ", ")), c.Law)
	}
}

// ruleGuards writes what each need means.
func ruleGuards(b *bytes.Buffer) {
	heading(b, "Needs", "What somebody is told who meets one unmet. Those marked *on the page* are asked for with the act itself.")
	row(b, "Need", "What is said", "On the page", "Source")
	line(b, 4)
	for _, c := range Guards {
		row(b, plain(string(c.Key)), c.Say, yes(c.OnPage), c.Law)
	}
}

// ruleSight writes who reads what, and when.
func ruleSight(b *bytes.Buffer) {
	heading(b, "Who reads", "The letters are those of the form. Who is not listed reads nothing. "+
		"A draft is its author's and lead's, never the State's; a withdrawn referral is sealed, and only that it was withdrawn is seen. "+
		"Who stepped back from a referral, or was excluded from it, sees nothing of it.")
	row(b, "Duty", "Side", "Own only", "Reads as")
	line(b, 4)
	for _, r := range Readerships {
		row(b, plain(string(r.Duty)), or(string(r.Side), "any"), yes(r.Own), string(r.Reader))
	}
	b.WriteString("\nA recipient sees, while the release allows it and the referral is confirmed:\n\n")
	row(b, "Hand-over at", "Sees")
	line(b, 2)
	for _, h := range HandoverSights {
		row(b, plain(string(h.At)), h.Sees.String())
	}
	b.WriteString("\nThe outline before accepting: reference, age as a band, and the fields " + strings.Join(Outlines, ", ") + ".\n")
}

// ruleReports writes who sees which numbers.
func ruleReports(b *bytes.Buffer) {
	heading(b, "Reports", "Numbers only, of fields that the form marks with "+string(ReadsStatistics)+". Numbers under 11 are withheld, and so is what would tell them. "+
		"Who is not listed sees none.")
	row(b, "Report", "Who", "Source")
	line(b, 3)
	for _, r := range Reports {
		row(b, plain(r.Name), list(r.Duties), r.Law)
	}
}

// ruleDestinations writes the rules of routing.
func ruleDestinations(b *bytes.Buffer) {
	heading(b, "Routing", "Version "+RoutesVersion+". Asked in this order: the first rule that decides is the answer, the others change it. "+
		"OTDA confirms a proposal or overrides it with a reason. Nothing is sent that the release does not permit. No benefit is promised.")
	row(b, "Rule", "If", "Effect", "To", "County", "Beside it", "Reason and notes", "Source")
	line(b, 8)
	for _, d := range Destinations {
		to := string(d.Kind)
		if d.Contact != ContactNone && string(d.Contact) != to {
			to += ", " + string(d.Contact)
		}
		where := make([]string, len(d.Where))
		for i, w := range d.Where {
			where[i] = string(w)
		}
		row(b, d.Key, d.If, string(d.Effect), to, strings.Join(where, "; else "), string(d.Beside),
			strings.Join(append([]string{d.Reason}, d.Notes...), " "), d.Law)
	}
	b.WriteString("\nSeveral recipients are put in order by: verified, the person's wish, language, type of trafficking, room, turn.\n")
}

// ruleLetters writes which letters there are, what is done with them, and by
// which way they may go.
func ruleLetters(b *bytes.Buffer) {
	heading(b, "Letters", "A *harmless* letter says nothing that would harm if the trafficker found it. What nobody signs goes out by itself, at once.")
	row(b, "Letter", "To", "After", "Signed and sent by", "While the referral stands at", "Harmless", "Source")
	line(b, 7)
	for _, l := range Letters {
		row(b, l.Name, string(l.To), plain(string(l.After)), list(l.Signers), list(l.At), yes(l.Harmless), l.Law)
	}
	b.WriteString("\nWhat is not listed is refused. *Own* means: only its author, or the lead of the referring agency.\n\n")
	ruleSteps(b, LetterSteps, "none yet")
	b.WriteString("\nA letter goes by these ways and no other. No letter is sent by e-mail, and the notice of confirmation is never mailed.\n\n")
	row(b, "Way", "If", "Sent by", "Source")
	line(b, 4)
	for _, w := range Ways {
		by := "whoever signs it"
		if w.By != "" {
			by = string(w.By)
		}
		row(b, w.Name, w.If, by, w.Law)
	}
	b.WriteString("\nA step on a referral stops letters that nobody has handed over yet:\n\n")
	row(b, "After", "Letters that are stopped")
	line(b, 2)
	for _, do := range Actions() {
		var ended []string
		for _, l := range Letters {
			if len(l.Signers) > 0 && EndsLetters(do, l.Kind) {
				ended = append(ended, l.Name)
			}
		}
		if len(ended) > 0 {
			row(b, plain(string(do)), strings.Join(ended, ", "))
		}
	}
}

// ruleClocks writes the time limits and their alarms.
func ruleClocks(b *bytes.Buffer) {
	heading(b, "Clocks", "Business days are New York's; the day of receipt is day 0 and the last one ends at close of business, 17:00 unless the State sets another hour. Days end then, too, on a free day at that "+
		"of the next business day. Hours run through nights and holidays. Whoever has the task is told by a mail without content when it is due soon and when it is "+
		"overdue; the table says who else is told then. A clock that runs keeps the count with which it began.")
	row(b, "Clock", "Time", "From", "Until", "Moved by", "Due soon", "Overdue: also told", "State may set it", "Source")
	line(b, 9)
	for _, c := range Clocks {
		row(b, c.Name, c.Length(c.Count), c.Starts, c.Ends, c.Moves, c.warns(), list(c.Tells), yes(c.Set), c.Law)
	}
}

// Length says how long a clock runs with a count: "3 business days".
func (c Clock) Length(count int) string {
	switch {
	case c.Unit == NamedDay:
		return "until the day that is named"
	case count == 0:
		return "at once"
	case count == 1:
		return "1 " + strings.TrimSuffix(strings.Replace(string(c.Unit), "tries", "try", 1), "s")
	}
	return strconv.Itoa(count) + " " + string(c.Unit)
}

// warns says when a clock turns due soon.
func (c Clock) warns() string {
	switch {
	case c.Unit == Tries || c.Unit == Hours && c.Soon == 0:
		return ""
	case c.Unit == NamedDay:
		return strconv.Itoa(c.Soon) + " days before"
	case c.Soon == 0:
		return "on the day"
	}
	return c.Length(c.Soon) + " before"
}

// ruleTasks writes what somebody has to do.
func ruleTasks(b *bytes.Buffer) {
	heading(b, "Tasks", "A running clock is an open task of somebody. Those marked *by hand* are marked done with a note; the others end with the act that they ask for. "+
		"A decline, a close or a withdrawal ends every open task but those that stay open after it. A recipient that may no longer act on a hand-over, because "+
		"somebody else ended it or the release does not permit it any more, is told to stop by a mail of its own kind and by a task that only it ends.")
	row(b, "Kind", "For", "Clock", "What", "By hand", "Stays open after")
	line(b, 6)
	for _, t := range Tasks {
		clock, _ := ClockOf(t.Clock)
		row(b, plain(t.Key), plain(string(t.For)), clock.Name, t.Say, yes(t.ByHand), list(t.Stays))
	}
}

// ruleLadder writes what happens by itself.
func ruleLadder(b *bytes.Buffer) {
	heading(b, "The ladder", "What happens by itself when a task is overdue and still open: each rung once, as an entry on the record with a line in the log.")
	row(b, "Rung", "When this is overdue", "And then", "What happens", "Mail without content to", "New task", "Source")
	line(b, 7)
	for _, r := range Ladder {
		on, _ := TaskOf(r.On)
		wait := "at once"
		if c, ok := ClockOf(r.After); ok {
			wait = c.Length(c.Count) + " later"
		}
		row(b, plain(r.Key), on.Short, wait, r.Say, list(r.Tells), plain(r.Starts), r.Law)
	}
}

// ruleNotices writes what a submission starts.
func ruleNotices(b *bytes.Buffer) {
	heading(b, "What a submission starts", "Beside the clocks of determination and notice, and whatever comes of the determination.")
	row(b, "Key", "Kind", "For", "Clock", "What", "Source")
	line(b, 6)
	for _, n := range notices {
		kind := "task"
		if n.Sends {
			kind = "notice"
		}
		row(b, plain(n.Key), kind, plain(string(n.For)), plain(string(n.Clock)), n.Say, n.Law)
	}
}

// heading begins a section.
func heading(b *bytes.Buffer, title, intro string) {
	b.WriteString("\n## " + title + "\n\n" + intro + "\n\n")
}

// row writes one line of a table.
func row(b *bytes.Buffer, cells ...string) {
	for _, c := range cells {
		b.WriteString("| " + strings.ReplaceAll(c, "|", "/") + " ")
	}
	b.WriteString("|\n")
}

// line writes the line under a table's head.
func line(b *bytes.Buffer, cells int) {
	b.WriteString(strings.Repeat("| --- ", cells) + "|\n")
}

// plain turns a stored word into one to read.
func plain(word string) string { return strings.ReplaceAll(word, "_", " ") }

// or is plain, or what stands for an empty word.
func or(word, empty string) string {
	if word == "" {
		return empty
	}
	return plain(word)
}

// list joins stored words.
func list[T ~string](all []T) string { return plain(strings.Join(words(all), ", ")) }

// yes says yes, or nothing.
func yes(v bool) string {
	if v {
		return "yes"
	}
	return ""
}

// RulesVersion is stamped on every determination, so that it can be told later
// by which rules it was made: the version of the rules of routing, and the
// beginning of the SHA-256 of what Rules writes.
func RulesVersion() string { return rulesVersion() }

var rulesVersion = sync.OnceValue(func() string {
	var b bytes.Buffer
	if err := Rules(&b); err != nil {
		panic(err.Error()) // a buffer takes whatever is written
	}
	sum := sha256.Sum256(b.Bytes())
	return RoutesVersion + " " + hex.EncodeToString(sum[:6])
})
