package pdf

import (
	"strconv"

	"nysreferral/forms"
)

// DisclosureFacts are what the paper for somebody outside says beside the
// answers that are given.
type DisclosureFacts struct {
	Facts
	N          int    // of the disclosure
	Demand     string // in words: "Order of a court"
	Asker      string
	Scope      string
	Held       []HeldLine
	Privileged []string // questions whose answers are withheld for a privilege
}

// HeldLine is one kind of thing that is held.
type HeldLine struct {
	What string
	N    int
}

// heldNotice is at the foot of every page that leaves the State.
const heldNotice = "Given on a legal demand. What it tells of a person stays confidential: Civil Rights Law 50-b; 34 USC 12291(b)(2)."

// Disclosure is the paper for somebody outside who demands what is held: an
// index, and the answers that two persons picked, which v holds and no others.
func Disclosure(f DisclosureFacts, v forms.View) ([]byte, []Undrawn, error) {
	p := begin(f.Facts, "Answer to a demand", heldNotice)
	p.Heading(1, "Answer to a demand")
	p.panel("Reference "+f.Reference, "Disclosure "+strconv.Itoa(f.N)+", "+forms.At(f.At).Words()+".", []pair{
		{"Demanded by", f.Asker},
		{"By what right", f.Demand},
		{"What is demanded", f.Scope},
	})
	p.Heading(2, "What is held")
	p.Paragraph("This is an index: it tells what kinds of records are held, and how many, and not a word of them.")
	for _, l := range f.Held {
		p.Row(l.What, strconv.Itoa(l.N))
	}
	p.Heading(2, "What is not given")
	p.Paragraph("Whatever does not stand below is not given. Of an answer that is not given it is not said whether there is one, but for those that are withheld for a privilege.")
	if len(f.Privileged) > 0 {
		p.Strong("Withheld for a privilege")
		p.List(f.Privileged)
	}
	if len(v.Parts) == 0 {
		p.Paragraph("No answer is given.")
		return p.end()
	}
	p.Heading(1, "What is given")
	p.tell(v).rest(true)
	return p.end()
}
