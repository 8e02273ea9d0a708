package pdf_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"nysreferral/forms"
	"nysreferral/pdf"
	"nysreferral/pdf/pdftest"
)

// A certificate says what was destroyed and left, by digests, and draws the same
// bytes again.
func TestCertificate(t *testing.T) {
	at := time.Date(2026, 11, 9, 17, 0, 0, 0, time.UTC)
	f := pdf.CertificateFacts{N: 3, At: at, Digest: strings.Repeat("ab", 32), ProposedAt: at.Add(-time.Hour), ProposedBy: "account 7", ApprovedAt: at, ApprovedBy: "account 9",
		Destroyed: 1, LeftOut: 1, Lines: []pdf.CertificateLine{
			{Digest: strings.Repeat("cd", 32), Outcome: "Withdrawn", DueAt: at.AddDate(0, -1, 0), DoneAt: at},
			{Digest: strings.Repeat("ef", 32), Outcome: "Not confirmed, and closed", DueAt: at, DoneAt: at, LeftOut: "a legal hold stands"}}}
	one, _, err := pdf.Certificate(f)
	if err != nil {
		t.Fatal(err)
	}
	two, _, err := pdf.Certificate(f)
	if err != nil || !bytes.Equal(one, two) {
		t.Errorf("other bytes: %v", err)
	}
	text := strings.Join(strings.Fields(pdftest.Text(t, one)), "")
	for _, want := range []string{"Batch3", "account7", "account9", strings.Repeat("cd", 32), strings.Repeat("ef", 32), "alegalholdstands", "Destroyed1", "Leftastheyare1"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in it: %s", want, text)
		}
	}
	f.At = time.Time{}
	if _, _, err := pdf.Certificate(f); err == nil {
		t.Error("a certificate without a time")
	}
}

// The answer to a demand tells what is held, what is withheld for a privilege,
// and the answers that the view holds; with none it says so.
func TestDisclosure(t *testing.T) {
	at := time.Date(2026, 11, 9, 17, 0, 0, 0, time.UTC)
	f := pdf.DisclosureFacts{Facts: pdf.Facts{Reference: "7K4M-2QX9-C3TB-5", GeneratedFor: "DCJS", Version: 1, At: at}, N: 2, Demand: "Order of a court", Asker: "Example County Court",
		Scope: "All records.", Held: []pdf.HeldLine{{What: "Letters and notices", N: 4}}, Privileged: []string{"G14 Summary of facts"}}
	empty, _, err := pdf.Disclosure(f, forms.View{Reader: forms.ReadsReviewer})
	if err != nil {
		t.Fatal(err)
	}
	view := forms.View{Reader: forms.ReadsReviewer, Parts: []forms.Part{{Form: "referral", Section: "C", Title: "The person", Items: []forms.Item{{ID: "C6", Name: "age", Label: "Age now", Kind: forms.KindNumber, Text: []string{"35"}}}}}}
	some, _, err := pdf.Disclosure(f, view)
	if err != nil {
		t.Fatal(err)
	}
	flat := func(b []byte) string { return strings.Join(strings.Fields(pdftest.Text(t, b)), " ") }
	for text, want := range map[string][]string{
		flat(empty): {"No answer is given.", "Order of a court", "Letters and notices", "G14 Summary of facts"},
		flat(some):  {"Age now", "35", "The person"},
	} {
		for _, one := range want {
			if !strings.Contains(text, one) {
				t.Errorf("%q is not in it: %s", one, text)
			}
		}
	}
	if strings.Contains(flat(some), "No answer is given") {
		t.Error("it says that nothing is given")
	}
}
