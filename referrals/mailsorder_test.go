package referrals

import (
	"testing"

	"nysreferral/jobs"
)

// A mail that a hand-over has ended and one that a time has run out are urgent, no
// other is, and what waits for the scanner comes after all of them.
func TestWhichMailsAreUrgent(t *testing.T) {
	for what, urgent := range map[string]bool{mailStop: true, mailDue: true, MailChanged: false, "received": false, "packet": false} {
		if got := jobs.Urgent(Mail{What: what}).Urgent(); got != urgent {
			t.Errorf("%s: urgent %t", what, got)
		}
	}
	for _, w := range []jobs.Args{ScanFile{}, ScanHeld{}} {
		if _, ok := w.(jobs.Patient); !ok {
			t.Errorf("%s goes before mails", w.Kind())
		}
	}
}
