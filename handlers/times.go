package handlers

import (
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

// timesOf says of each clock that runs how long there is, how that is counted, and
// until when: whoever reads "3 business days" need not know what counts.
//
// Law: 9 NYCRR 6174.3(b); General Construction Law 20, 24, 25-a.
func timesOf(rec referrals.Record) *web.Summary {
	out := web.Summary{Title: "How the time is counted", Rows: []web.Row{}}
	for _, t := range rec.Clocks {
		if !t.DoneAt.IsZero() || t.DueAt.IsZero() {
			continue
		}
		row := web.Row{Label: t.Name, Values: []string{howCounted(t) + "Until " + web.DueDate(t.DueAt) + "."}}
		if len(t.Was) > 0 {
			row.Values = append(row.Values, "The time was changed. Before, it was until "+web.DueDate(t.Was[len(t.Was)-1].DueAt)+".")
		}
		out.Rows = append(out.Rows, row)
	}
	if len(out.Rows) == 0 {
		return nil
	}
	return &out
}

// howCounted says how the time of a task is counted, "" for one that ends on a day
// that somebody named.
func howCounted(t referrals.Task) string {
	kind, _ := workflow.TaskOf(t.Kind)
	clock, _ := workflow.ClockOf(kind.Clock)
	switch {
	case t.Count == 0 || len(t.Was) > 0:
		return ""
	case clock.Unit == workflow.BusinessDays:
		return howMany(t.Count, "business day", "business days") + ". The day on which it began does not count, nor do Saturdays, Sundays and State holidays; it ends at " + web.Hour(t.DueAt) + " in New York. "
	case clock.Unit == workflow.Hours:
		return howMany(t.Count, "hour", "hours") + " by the clock: nights, weekends and holidays count. "
	case clock.Unit == workflow.Days:
		return howMany(t.Count, "day", "days") + "; every day counts. "
	}
	return ""
}

// answerDue says by when the open question of rec is to be answered, and since
// when that is over; "" when none is open.
func (s *server) answerDue(rec referrals.Record) (words string, clock *web.Clock) {
	for _, t := range rec.Clocks {
		if t.Kind != workflow.TaskAnswer || !t.DoneAt.IsZero() || t.DueAt.IsZero() {
			continue
		}
		clock = s.clockOf(t)
		if s.Now().After(t.DueAt) {
			return "Overdue since " + web.DueMoment(t.DueAt) + ". Your answer is still taken, as long as nothing is decided.", clock
		}
		return "Please answer by " + web.DueMoment(t.DueAt) + ".", clock
	}
	return "", nil
}

// saidBefore are the answers to the questions that a question to the referrer is
// pinned to, as they stand now and as this reader sees them.
func saidBefore(rec referrals.Record, pinned []*forms.Field) *web.Summary {
	out := web.Summary{Title: "What you are asked about, and what you said before"}
	for _, f := range pinned {
		if rec.Answers == nil || !forms.Questions.Applies(rec.Answers, f.Name) {
			continue // nothing was asked
		}
		row := web.Row{Label: f.Label, Values: []string{"You have not answered this."}}
		if it := rec.View.Item(f.Name); it != nil {
			row.Label, row.Values = it.Label, web.Lines(*it)
		}
		out.Rows = append(out.Rows, row)
	}
	if len(out.Rows) == 0 {
		return nil
	}
	return &out
}
