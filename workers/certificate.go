package workers

import (
	"strconv"
	"strings"

	"nysreferral/pdf"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// certificateFacts is what a certificate of destruction says.
func certificateFacts(p referrals.Paper) pdf.CertificateFacts {
	c := p.Certificate
	account := func(n int) string { return "account " + strconv.Itoa(n) }
	out := pdf.CertificateFacts{N: c.N, At: c.DoneAt, Digest: c.Digest, ProposedAt: c.ProposedAt, ProposedBy: account(c.ProposedBy),
		ApprovedAt: c.ApprovedAt, ApprovedBy: account(c.ApprovedBy), Destroyed: c.Destroyed, LeftOut: c.LeftOut}
	for _, it := range c.Items {
		line, _ := workflow.RetainedAs(it.Outcome)
		out.Lines = append(out.Lines, pdf.CertificateLine{Digest: it.Digest, Outcome: line.Name, DueAt: it.DueAt, DoneAt: it.DoneAt, LeftOut: strings.ToLower(workflow.LeftReasons[it.LeftOut])})
	}
	return out
}
