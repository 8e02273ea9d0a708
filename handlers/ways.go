package handlers

import (
	"strconv"

	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

// What is said beside a way before a try is logged, and after one that should
// not have been made.
const (
	barredWay = "Not permitted. Do not use this way."
	silentWay = "Permitted. Leave no message."
	openWay   = "Permitted."
	wrongWay  = "The person was tried by a way that is not permitted, and this may put the person in danger. It stands in the log, and OTDA was told at once. " +
		"Do not use that way again: read here how the person may be reached, and use only that. If you think that somebody else saw or heard it, call OTDA now; where the person is in danger, call 911."
)

// otdasNumber says at which number OTDA is called, as the directory has it.
func otdasNumber(call *referrals.NearBy) string {
	if call == nil {
		return "No number of OTDA is verified in the directory of this system: call the number that OTDA gave your agency."
	}
	return call.Name + ": " + call.Phone + ", verified on " + inWords(string(call.Verified)) + "."
}

// markWays says beside each way how far it is permitted. reached is of a person
// whom somebody spoke with already.
func markWays(options []web.Option, ways []workflow.Permit, reached bool) []web.Option {
	for i := range options {
		for _, w := range ways {
			if w.How == options[i].Code {
				options[i].Hint = permission(w, reached)
			}
		}
	}
	return options
}

// tryHows are the ways of the form that logs a try in two taps, with a mark on
// each that is not permitted.
func tryHows(options []web.Option, ways []workflow.Permit) []web.TryHow {
	out := make([]web.TryHow, len(options))
	for i, o := range markWays(options, ways, false) {
		out[i] = web.TryHow{Code: o.Code, Label: o.Label, Barred: o.Hint == barredWay}
		if o.Hint == silentWay {
			out[i].Hint = "Leave no message."
		}
	}
	return out
}

// markResults says beside the result of a message that none may be left by phone,
// where the phone is permitted and a message is not.
func markResults(options []web.Option, ways []workflow.Permit) []web.Option {
	for _, w := range ways {
		if w.How != "phone" || !w.Try || w.Message {
			continue
		}
		for i := range options {
			if options[i].Code == "left_a_message" {
				options[i].Label += " (not permitted by phone)"
			}
		}
	}
	return options
}

func permission(w workflow.Permit, reached bool) string {
	switch {
	case reached && w.Reached && !w.Try:
		return "Only if the person came to you."
	case !w.Try:
		return barredWay
	case reached:
		return "" // nothing is tried any more
	case w.How == "phone" && !w.Message:
		return silentWay
	}
	return openWay
}

// markHow marks the ways on the page of an act that asks which one it was.
func markHow(d *web.Drawn, ways []workflow.Permit, do workflow.Action) {
	for i := range d.Fields {
		if f := &d.Fields[i]; f.Name == "how" {
			f.Options = markWays(f.Options, ways, do != workflow.Attempt)
		} else if f.Name == "result" {
			f.Options = markResults(f.Options, ways)
		}
	}
}

// unsafeAlarm is the alarm that a recipient tried to reach the person by a way
// that is not permitted, while OTDA has not settled it; nil for none.
func unsafeAlarm(rec referrals.Record, csrf string) *web.TaskLine {
	for _, t := range rec.Clocks {
		if t.Kind == workflow.TaskUnsafe && t.DoneAt.IsZero() {
			return &web.TaskLine{Words: t.Words, Title: rec.Reference, Loud: true,
				Done: &web.DoneForm{Form: web.Form{Action: tasksPath, CSRF: csrf}, Task: strconv.Itoa(t.ID), Asks: asksOf(t), Open: true}}
		}
	}
	return nil
}
