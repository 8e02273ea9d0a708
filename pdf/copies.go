package pdf

import (
	"fmt"
	"slices"

	"nysreferral/forms"
)

// Receipt is the proof for a referrer that the State has the referral. It holds no narrative: a view with a text that
// may tell what happened is refused.
func Receipt(f Facts, v forms.View) ([]byte, []Undrawn, error) {
	if v.Reader != forms.ReadsReferrer || tells(v) {
		return nil, nil, errReader
	}
	p := begin(f, "Receipt", notice)
	p.Heading(1, "Receipt")
	p.Paragraph("New York State received your referral. Keep the reference: it is the only thing that you need to find the referral again, and it tells nothing about the person.")
	p.panel("Reference "+f.Reference, "Received "+forms.At(f.ReceivedAt).Words()+".", []pair{
		{"Determination due by", forms.At(f.DueAt).Words()},
		{"Notice and hand-over due by", forms.At(f.RouteDueAt).Words()},
		{"Check value of what you sent", f.Digest},
	})
	p.Heading(2, "What happens next")
	p.List([]string{
		"A reviewer at the Division of Criminal Justice Services (DCJS) reads it and consults with the Office of Temporary and Disability Assistance (OTDA) and with you. If something is not clear, you find one question in the system, and an e-mail without details tells you so.",
		fmt.Sprintf("DCJS decides by %s, unless the time is extended for a good reason. Then you are told why and until when.", forms.At(f.DueAt).Words()),
		fmt.Sprintf("OTDA tells you the outcome by %s. If the person is confirmed, OTDA hands over to a service provider or a local department of social services, as far as the person agreed.", forms.At(f.RouteDueAt).Words()),
		"Nobody contacts the person in any other way than the one that you named.",
	})
	p.Paragraph("Until then you can add facts or withdraw the referral in the system. In an emergency call 911: this referral does not replace that call.")
	p.tell(v).rest(false)
	p.Space(6)
	p.Small("This receipt leaves out what you told about the person. You can print the whole referral from the system.")
	return p.end()
}

// tells reports whether v holds a long text or one that is hard to read.
func tells(v forms.View) bool {
	var told func(forms.Item) bool
	told = func(it forms.Item) bool {
		return it.Kind == forms.KindProse || it.Veiled ||
			slices.ContainsFunc(it.Rows, func(row []forms.Item) bool { return slices.ContainsFunc(row, told) })
	}
	return slices.ContainsFunc(v.Parts, func(p forms.Part) bool { return slices.ContainsFunc(p.Items, told) })
}

// Referral is the referrer's own copy: all that was sent, and what the State answered.
func Referral(f Facts, v forms.View) ([]byte, []Undrawn, error) {
	if v.Reader != forms.ReadsReferrer {
		return nil, nil, errReader
	}
	p := begin(f, "Referral, referrer's copy", notice)
	p.Heading(1, "Referral")
	p.Paragraph("This is your own copy of what you sent. Questions that you left empty are not printed.")
	p.fact("Reference", f.Reference)
	p.fact("Status", f.Status)
	p.moment("Received", f.ReceivedAt)
	p.moment("Determination due by", f.DueAt)
	p.moment("Notice and hand-over due by", f.RouteDueAt)
	p.moment("Decided", f.DecidedAt)
	p.fact("Check value of what you sent", f.Digest)
	p.tell(v).rest(true)
	return p.end()
}

// File is the State's file, as DCJS or as OTDA reads it: the view says which. What a reader must ask for stands as
// withheld.
func File(f Facts, v forms.View) ([]byte, []Undrawn, error) {
	title := map[forms.Reader]string{
		forms.ReadsReviewer: "Referral, file of DCJS",
		forms.ReadsProgram:  "Referral, file of OTDA",
	}[v.Reader]
	if title == "" {
		return nil, nil, errReader
	}
	p := begin(f, title, notice)
	p.Heading(1, title)
	p.Paragraph("This is what this office may read of the record on the day of printing. Other offices read other parts. Questions without an answer are not printed.")
	p.fact("Reference", f.Reference)
	p.fact("Status", f.Status)
	p.fact("Referring agency", f.Agency)
	p.moment("Notice and hand-over due by", f.RouteDueAt)
	p.fact("Check value of the answers", f.Digest)
	if n := len(v.Masked()); n > 0 {
		p.fact("Withheld", counted(n, "answer")+", marked where they stand")
	}
	p.tell(v).rest(true)
	return p.end()
}
