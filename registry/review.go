package registry

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"nysreferral/audit"
	"nysreferral/calendar"
	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/fault"
	"nysreferral/workflow"
)

// Found is what somebody says who looked through a week of the log. The codes
// stand in the log and never change.
type Found string

// What was found.
const (
	FoundNothing  Found = "nothing to follow up"
	FoundFollowed Found = "something is followed up"
)

// Founds are the codes and the words for people.
func Founds() []Word {
	return []Word{{string(FoundNothing), "Nothing to follow up"}, {string(FoundFollowed), "Something is followed up, outside of this system"}}
}

// LogReview is what a week of the log comes to, and Busy an account in it and how
// often.
type (
	LogReview = audit.Week
	Busy      = audit.Busy
)

// StoodOut are accounts that somebody looks at who reviews a week.
type StoodOut struct {
	Title   string // what they did
	None    string // what is said where nobody did
	Unnamed string // whose lines have no account
	List    []Busy
}

// unsigned is whose lines have no account, but for sign-ins.
const unsigned = "Nobody signed in, or a command"

// WhoStoodOut are the lists of a week in the order in which they are read, the
// empty ones too.
func WhoStoodOut(w LogReview) []StoodOut {
	return []StoodOut{
		{Title: "Opened far more referrals than others", List: w.Wide, None: "Nobody did.", Unnamed: unsigned},
		{Title: "Opened referrals at night or on a weekend", List: w.Night, None: "Nobody did.", Unnamed: unsigned},
		{Title: "Asked to see withheld answers", List: w.Reveals, None: "Nobody did.", Unnamed: unsigned},
		{Title: "Refused five times or more", List: w.Refused, None: "Nobody was.", Unnamed: unsigned},
		{Title: "Sign-ins that failed five times or more", List: w.Failed, None: "None.", Unnamed: "Unknown addresses"},
	}
}

// WeekSigned is that somebody looked through a week.
type WeekSigned struct {
	Account int
	At      time.Time
	Found   Found
}

// WeekOfLog is a week that is over, from Monday to Monday in New York.
type WeekOfLog struct {
	Monday string       // 2026-11-16
	Signed []WeekSigned // who looked through it, the first first
}

// reviewed is how many weeks back are listed.
const reviewed = 8

// lastMonday is the beginning of the last week that is over.
func lastMonday(now time.Time) time.Time {
	at := now.In(calendar.NewYork())
	day := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, calendar.NewYork())
	since := (int(day.Weekday()) + 6) % 7
	return day.AddDate(0, 0, -since-7)
}

// Week counts what somebody looks through who reviews the log every week, of the
// week that begins on a Monday, "" for the last that is over; and says which of
// the last weeks were looked through. It returns fault.NotFound for a day that
// begins no week that is over.
//
// Law: the FBI's CJIS Security Policy v6.0, AU-6, asks for a review each week.
func (s *Service) Week(ctx context.Context, who workflow.Actor, monday string) (LogReview, []WeekOfLog, error) {
	var week LogReview
	var weeks []WeekOfLog
	err := s.look(ctx, who, ReviewLog, func(l *audit.Line) error {
		from, err := s.monday(monday)
		if err != nil {
			return err
		}
		l.Reason = weekWords(from)
		if weeks, err = s.weeks(ctx); err != nil {
			return err
		}
		week, err = audit.Review(ctx, s.DB, from, from.AddDate(0, 0, 7), calendar.NewYork())
		return err
	})
	if err != nil {
		return LogReview{}, nil, err
	}
	return week, weeks, nil
}

// monday is the beginning of the week that somebody names.
func (s *Service) monday(named string) (time.Time, error) {
	last := lastMonday(s.now())
	if named == "" {
		return last, nil
	}
	from, ok := midnight(named, 0)
	if !ok || from.In(calendar.NewYork()).Weekday() != time.Monday || from.After(last) || from.Before(last.AddDate(-1, 0, 0)) {
		return time.Time{}, fault.Absent()
	}
	return from.In(calendar.NewYork()), nil
}

func weekWords(from time.Time) string { return "week of " + from.Format(time.DateOnly) }

// SignWeek says that who looked through a week, and what was found. It returns
// Problems where nothing is said of that.
func (s *Service) SignWeek(ctx context.Context, who workflow.Actor, monday string, found Found) error {
	return s.do(ctx, who, SignReview, func(_ *ent.Tx, l *audit.Line) error {
		from, err := s.monday(monday)
		if err != nil {
			return err
		}
		if LabelOf(Founds(), string(found)) == string(found) {
			return Problems{{"found", "Say what you found."}}
		}
		l.Reason = weekWords(from) + ": " + string(found)
		return nil
	})
}

// weeks are the last weeks, the newest first, with who looked through them.
func (s *Service) weeks(ctx context.Context) ([]WeekOfLog, error) {
	last := lastMonday(s.now())
	out := make([]WeekOfLog, reviewed)
	for i := range out {
		out[i].Monday = last.AddDate(0, 0, -7*i).Format(time.DateOnly)
	}
	rows, err := s.DB.Read().AuditEntry.Query().Where(auditentry.Action(string(SignReview)), auditentry.Outcome(audit.Done),
		auditentry.AtGTE(last.AddDate(0, 0, -7*reviewed))).Order(ent.Asc(auditentry.FieldID)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("registry: reading which weeks were looked through: %w", err)
	}
	for _, row := range rows {
		monday, found, _ := strings.Cut(strings.TrimPrefix(row.Reason, "week of "), ": ")
		i := slices.IndexFunc(out, func(w WeekOfLog) bool { return w.Monday == monday })
		if i >= 0 {
			out[i].Signed = append(out[i].Signed, WeekSigned{row.Actor, row.At.UTC(), Found(found)})
		}
	}
	return out, nil
}

// Unreviewed says whether the last week that is over, and which was over for at
// least that long, was looked through by nobody. A week before the first line of
// the log needs nobody.
func (s *Service) Unreviewed(ctx context.Context, grace time.Duration) (bool, error) {
	weeks, err := s.weeks(ctx)
	if err != nil {
		return false, err
	}
	at := 0
	if s.now().Sub(lastMonday(s.now()).AddDate(0, 0, 7)) < grace {
		at = 1
	}
	if len(weeks[at].Signed) > 0 {
		return false, nil
	}
	begun, err := s.DB.Read().AuditEntry.Query().Where(auditentry.AtLT(lastMonday(s.now()).AddDate(0, 0, 7-7*at))).Exist(ctx)
	if err != nil {
		return false, fmt.Errorf("registry: looking for the first line of the log: %w", err)
	}
	return begun, nil
}
