package workflow

import "bytes"

// ruleRetention writes how long records are kept, how they end, and what keeps
// them longer.
func ruleRetention(b *bytes.Buffer) {
	heading(b, "Retention", "How long a record is kept after its outcome. The counts are those of the clocks above; no law found so far fixes them, and they await the State's word. "+
		"A record is destroyed by destroying its only key; the row, its dates and the log stay. While a legal hold stands, or something is still owed, nothing destroys it.")
	row(b, "Outcome", "Kept", "From", "How it ends", "Source")
	line(b, 5)
	for _, r := range Retention {
		c, _ := ClockOf(r.Clock)
		row(b, r.Name, c.Length(c.Count), c.Starts, r.Ends, c.Law)
	}
	heading(b, "Steps of a legal hold", "Who is not of the State never learns of one. What is not listed is refused.")
	ruleSteps(b, HoldSteps, "none yet")
	heading(b, "Steps of a disposal", "A batch shows references and dates, and nothing of a person; auditors may read it. What is not listed is refused.")
	ruleSteps(b, DisposalSteps, "none yet")
}

// ruleDisclosures writes what may be given to somebody outside, and how.
func ruleDisclosures(b *bytes.Buffer) {
	heading(b, "Steps of a disclosure", "An answer to somebody outside about one referral. By default it is an index that tells what is held, and not a word of it. What is not listed is refused.")
	ruleSteps(b, DisclosureSteps, "none yet")
	b.WriteString("\nBy what right somebody asks decides which answers can be picked at all:\n\n")
	row(b, "Demand", "What can be picked", "Source")
	line(b, 3)
	for _, d := range Demands {
		row(b, d.Name, d.Fields.Says(), d.Law)
	}
	b.WriteString("\nWhat was decided about telling the person stands before anything is given (" + lawDisclose + "):\n\n")
	row(b, "Decision", "Needs words", "The referrer reads of the disclosure")
	line(b, 3)
	for _, n := range TellPersons {
		row(b, n.Says, yes(n.Because), yes(!n.Hidden))
	}
}

// ruleLooks writes who learns who looked at a referral.
func ruleLooks(b *bytes.Buffer) {
	heading(b, "Who looked at a referral", "By office and never by name, with what is told to somebody outside; who wrote the referral reads no more of it than of the rest. Who is not listed learns nothing.")
	row(b, "Way", "Who", "Source")
	line(b, 3)
	for _, r := range Looks {
		row(b, plain(r.Way), list(r.Duties), r.Law)
	}
}

// ruleTwo writes what one person alone never does.
func ruleTwo(b *bytes.Buffer) {
	heading(b, "What two persons do", "One person asks, another one agrees. Nothing exports a key, and the duty of an account never changes: a new duty is a new account.")
	row(b, "What", "Asked for by", "Agreed to by another", "Source")
	line(b, 4)
	for _, n := range NeedTwo {
		row(b, n.What, list(n.First), list(n.Second), n.Law)
	}
}
