package pdf

import (
	"strconv"
	"time"

	"nysreferral/forms"
)

// CertificateFacts are what a certificate of destruction says. It holds no
// reference: only digests of references.
type CertificateFacts struct {
	N          int // of the batch
	At         time.Time
	Digest     string // of the certificate as CSV, hexadecimal
	ProposedAt time.Time
	ProposedBy string // the account
	ApprovedAt time.Time
	ApprovedBy string
	Destroyed  int
	LeftOut    int
	Lines      []CertificateLine
}

// CertificateLine is one referral of the batch.
type CertificateLine struct {
	Digest  string // SHA-256 of the reference, hexadecimal
	Outcome string // in words
	DueAt   time.Time
	DoneAt  time.Time
	LeftOut string // in words; "" when it was destroyed
}

// Certificate says what was destroyed, by whom it was ordered and when, so that
// it can be handed on.
func Certificate(f CertificateFacts) ([]byte, []Undrawn, error) {
	p := begin(Facts{Digest: f.Digest, At: f.At}, "Certificate of destruction", "It names no referral: whoever knows a reference can find it here by its SHA-256.")
	p.Heading(1, "Certificate of destruction")
	p.Paragraph("The only keys of these records were destroyed. What they sealed can be read by nobody any more, in this system or in a copy of it that is put back.")
	p.panel("Batch "+strconv.Itoa(f.N), "Done "+forms.At(f.At).Words()+".", []pair{
		{"Proposed", forms.At(f.ProposedAt).Words() + ", by " + f.ProposedBy},
		{"Approved", forms.At(f.ApprovedAt).Words() + ", by " + f.ApprovedBy},
		{"Destroyed", strconv.Itoa(f.Destroyed)},
		{"Left as they are", strconv.Itoa(f.LeftOut)},
		{"SHA-256 of the list as CSV", f.Digest},
	})
	p.Heading(2, "Records, by the SHA-256 of their references")
	for i, l := range f.Lines {
		said := "Destroyed " + forms.At(l.DoneAt).Words()
		if l.LeftOut != "" {
			said = "Left as it is: " + l.LeftOut
		}
		p.Row(strconv.Itoa(i+1)+". "+l.Outcome, l.Digest+"\nTime was over on "+day(l.DueAt)+". "+said+".")
	}
	return p.end()
}
