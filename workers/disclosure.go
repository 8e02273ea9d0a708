package workers

import (
	"nysreferral/pdf"
	"nysreferral/referrals"
)

// disclosureFacts is what the paper for somebody outside says.
func disclosureFacts(f pdf.Facts, p referrals.Paper) pdf.DisclosureFacts {
	d := p.Disclosure
	out := pdf.DisclosureFacts{Facts: f, N: p.N, Demand: d.Demand, Asker: d.Asker, Scope: d.Scope, Privileged: d.Privileged}
	for _, l := range d.Index {
		out.Held = append(out.Held, pdf.HeldLine{What: l.What, N: l.N})
	}
	return out
}
