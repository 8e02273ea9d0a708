package referrals

import (
	"errors"
	"fmt"

	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// refused turns a refusal of the rules into one that a person is shown.
func refused(err error) error {
	var r *workflow.Refusal
	if errors.As(err, &r) {
		return fault.New(fault.Forbidden, r.Say)
	}
	return err
}

// movedOn is the answer to an act on an old revision: it says who was first, as
// far as the reader may know, and when. Names are for the State, as in the
// timeline: to a referrer or a recipient, a name would tell the destination.
func (s *Service) movedOn(f *file) error {
	who, when := "Somebody", f.row.UpdatedAt
	if f.known > 0 {
		last := f.entries[f.known-1]
		when = last.At
		if name := f.nameOf(last); name != "" && (f.reader == forms.ReadsReviewer || f.reader == forms.ReadsProgram) {
			who = name
		}
	} else if f.author != nil {
		who = f.author.Name
	}
	return fault.New(fault.Conflict, fmt.Sprintf("%s changed this referral on %s. Look at it again, then decide; nothing of yours was saved.",
		who, when.In(newYork).Format("January 2, 3:04 PM")))
}
