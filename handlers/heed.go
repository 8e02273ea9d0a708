package handlers

import (
	"slices"
	"strings"

	"nysreferral/referrals"
	"nysreferral/web"
)

// saysOf are warnings about a line of the directory, in words.
func saysOf(list []referrals.Heed) []string {
	var out []string
	for _, one := range list {
		out = append(out, one.Say)
	}
	return out
}

// lookSend is the question before a hand-over is sent to a recipient that does not
// fit in all, or of a person who was handed over before. What fits is sent by the
// button of the hand-over and never asks.
func lookSend(rec referrals.Record, h referrals.Handover, look *actLook) {
	again, lead := handedOver(rec), []string{}
	if len(h.Heed) > 0 {
		lead = append(lead, "Nothing is sent yet. Something about this recipient does not fit the person: tick each thing that you know, or go back and choose another recipient. What you tick stays on the record.")
	}
	if len(again) > 0 {
		lead = append(lead, "The person was handed over under another referral: say why this one is sent as well.")
	}
	look.Lead = strings.Join(lead, " ")
	look.Above = append(look.Above, web.SummaryPart(web.Summary{Rows: []web.Row{{Label: "Recipient", Values: []string{orUnfound(h.Recipient)}}}}))
	if rows := wishes(rec.View); len(rows) > 0 {
		look.Above = append(look.Above, web.HeedBox(rows))
	}
	look.Redraw = func(d *web.Drawn) { drawSend(d, h.Heed, len(again) > 0) }
}

// drawSend asks for each warning that holds, in its own words, and for a reason
// only where the person was handed over before.
func drawSend(d *web.Drawn, list []referrals.Heed, again bool) {
	d.Fields = slices.DeleteFunc(d.Fields, func(f web.Field) bool {
		return f.Name == "heeded" && len(list) == 0 || f.Name == "reason" && !again
	})
	for i := range d.Fields {
		f := &d.Fields[i]
		if f.Name != "heeded" {
			continue
		}
		f.Options, f.Required = nil, true
		for _, one := range list {
			if one.Code != "" {
				f.Options = append(f.Options, web.Option{Code: string(one.Code), Label: "I know: " + one.Say})
			}
		}
	}
}
