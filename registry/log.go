package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/sqljson"

	"nysreferral/audit"
	"nysreferral/calendar"
	"nysreferral/ent"
	"nysreferral/ent/agency"
	"nysreferral/ent/auditentry"
	"nysreferral/ent/auditleaf"
	"nysreferral/ent/predicate"
	"nysreferral/fault"
	"nysreferral/workflow"
)

// LogFilter narrows a search of the log. Empty fields narrow nothing.
type LogFilter struct {
	Reference string // a reference in any grouping, or another id of the log such as "account:7"
	Account   int    // who acted
	Action    string // the word of the action
	Outcome   string // done, refused or failed
	From      string // first day in New York, written 2026-11-03
	To        string // last day
	Cursor    string // of LogPage.Next
	Size      int    // lines a page; 0 is 50, at most 500
}

// LogLine is one line of the log, as an auditor reads it: codes, numbers and
// times. The office is named, the person who acted is a number.
type LogLine struct {
	Place    int64 // in the tree, counted from 0; -1 while the line waits to be taken in
	At       time.Time
	Account  int // 0: nobody was signed in, or a command on the machine
	Duty     string
	Office   string // name of the agency; "" for none
	Action   string
	Outcome  string
	Refs     []string
	Handover int
	Fields   []string
	Reason   string
	Rule     string
	Source   string
}

// LogPage is a part of the log, newest first.
type LogPage struct {
	Lines []LogLine
	Next  string // "" at the end
}

// Lines searches the log. The search itself becomes a line. It returns Problems
// for a day that is none.
func (s *Service) Lines(ctx context.Context, who workflow.Actor, f LogFilter) (LogPage, error) {
	var out LogPage
	err := s.look(ctx, who, SearchLog, func(l *audit.Line) error {
		where, err := f.where()
		if err != nil {
			return err
		}
		size := f.Size
		if size <= 0 || size > 500 {
			size = 50
		}
		rows, err := s.DB.Read().AuditEntry.Query().Where(where...).Order(ent.Desc(auditentry.FieldID)).Limit(size + 1).All(ctx)
		if err != nil {
			return fmt.Errorf("registry: searching the log: %w", err)
		}
		if len(rows) > size {
			rows = rows[:size]
			out.Next = strconv.Itoa(rows[size-1].ID)
		}
		out.Lines, err = s.logLines(ctx, rows)
		l.Refs, l.Reason = f.refs(), f.words()
		return err
	})
	if err != nil {
		return LogPage{}, err
	}
	return out, nil
}

// look runs fn, which only reads what is committed and grows without end, and
// then writes the line. When the line cannot be kept nothing was shown.
func (s *Service) look(ctx context.Context, who workflow.Actor, act Act, fn func(*audit.Line) error) error {
	if refusal := may(who, act); refusal != nil {
		return s.refuse(ctx, who, act, refusal)
	}
	saw := s.line(who, act)
	err := fn(&saw)
	var refusal *fault.Error
	if errors.As(err, &refusal) {
		return s.refuse(ctx, who, act, refusal)
	}
	if err != nil {
		return err
	}
	return s.run(ctx, who, act, func(_ *ent.Tx, l *audit.Line) error {
		*l = saw
		return nil
	})
}

// where is the filter as conditions on lines.
func (f LogFilter) where() ([]predicate.AuditEntry, error) {
	var out []predicate.AuditEntry
	if f.Reference != "" {
		ref := plainRef(f.Reference)
		out = append(out, func(s *sql.Selector) { s.Where(sqljson.ValueContains(auditentry.FieldRefs, ref)) })
	}
	if f.Account != 0 {
		out = append(out, auditentry.Actor(f.Account))
	}
	if f.Action != "" {
		out = append(out, auditentry.Action(f.Action))
	}
	if f.Outcome != "" {
		out = append(out, auditentry.Outcome(f.Outcome))
	}
	var bad Problems
	if from, ok := midnight(f.From, 0); !ok {
		bad.add("from", "Enter a day of the calendar, like 11 3 2026, or leave all three boxes empty.")
	} else if f.From != "" {
		out = append(out, auditentry.AtGTE(from))
	}
	if to, ok := midnight(f.To, 1); !ok {
		bad.add("to", "Enter a day of the calendar, like 11 3 2026, or leave all three boxes empty.")
	} else if f.To != "" {
		out = append(out, auditentry.AtLT(to))
	}
	if err := bad.err(); err != nil {
		return nil, err
	}
	if f.Cursor != "" {
		id, err := strconv.Atoi(f.Cursor)
		if err != nil {
			return nil, fault.Absent()
		}
		out = append(out, auditentry.IDLT(id))
	}
	return out, nil
}

// midnight is the beginning, in New York, of the day that follows day by some
// days; true for no day.
func midnight(day string, after int) (time.Time, bool) {
	if day == "" {
		return time.Time{}, true
	}
	d, err := calendar.ParseDate(day)
	return time.Date(d.Year, d.Month, d.Day+after, 0, 0, 0, 0, calendar.NewYork()).UTC(), err == nil
}

// plainRef is how the log writes what somebody typed: a reference in capitals
// and in groups of four; another id as it is.
func plainRef(typed string) string {
	typed = strings.TrimSpace(typed)
	ref := strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(typed))
	if strings.ContainsAny(typed, ":.") || len(ref) != 13 {
		return typed
	}
	return ref[:4] + "-" + ref[4:8] + "-" + ref[8:12] + "-" + ref[12:]
}

// refs are the ids that a search names, as far as a line holds them.
func (f LogFilter) refs() []string {
	ref := plainRef(f.Reference)
	if _, wrong := plain(ref, true, ""); wrong != "" || len(ref) > 100 {
		return nil
	}
	return []string{ref}
}

// words says in the log what was searched beside a reference.
func (f LogFilter) words() string {
	var out []string
	if f.Account != 0 {
		out = append(out, accountRef(f.Account))
	}
	if action, wrong := plain(f.Action, false, ""); wrong == "" && action != "" {
		out = append(out, "action:"+action)
	}
	if f.From != "" {
		out = append(out, "from:"+f.From)
	}
	if f.To != "" {
		out = append(out, "to:"+f.To)
	}
	return strings.Join(out, " ")
}

// logLines adds to rows their places in the tree and the names of the offices.
func (s *Service) logLines(ctx context.Context, rows []*ent.AuditEntry) ([]LogLine, error) {
	ids := make([]int, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	leaves, err := s.DB.Read().AuditLeaf.Query().Where(auditleaf.EntryIDIn(ids...)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("registry: reading places in the tree: %w", err)
	}
	place := make(map[int]int64, len(leaves))
	for _, leaf := range leaves {
		place[leaf.EntryID] = leaf.Index
	}
	offices, err := s.offices(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]LogLine, len(rows))
	for i, row := range rows {
		out[i] = LogLine{Place: -1, At: row.At.UTC(), Account: row.Actor, Duty: row.Duty, Office: offices[row.Agency], Action: row.Action,
			Outcome: row.Outcome, Refs: row.Refs, Handover: row.Handover, Fields: row.Fields, Reason: row.Reason, Rule: row.Rule, Source: row.Source}
		if n, ok := place[row.ID]; ok {
			out[i].Place = n
		}
	}
	return out, nil
}

// offices are the names of the agencies.
func (s *Service) offices(ctx context.Context) (map[int]string, error) {
	rows, err := s.DB.Read().Agency.Query().Select(agency.FieldID, agency.FieldName).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("registry: reading the names of agencies: %w", err)
	}
	out := make(map[int]string, len(rows))
	for _, row := range rows {
		out[row.ID] = row.Name
	}
	return out, nil
}

// Access is how often an office did something with a referral.
type Access struct {
	Office  string // name of the agency; "" for a command on the machine or a job
	Duty    string
	Action  string
	Outcome string
	Count   int
	First   time.Time
	Last    time.Time
}

// AccessReport counts who touched or read a referral, by office and without
// persons, by office and time of the first. A reference that the log does not
// know gives an empty report.
func (s *Service) AccessReport(ctx context.Context, who workflow.Actor, reference string) ([]Access, error) {
	var out []Access
	err := s.look(ctx, who, ReportAccess, func(l *audit.Line) error {
		f := LogFilter{Reference: reference}
		l.Refs = f.refs()
		if l.Refs == nil {
			return fault.New(fault.Invalid, "Enter the reference: 13 letters and digits in groups.")
		}
		where, err := f.where()
		if err != nil {
			return err
		}
		offices, err := s.offices(ctx)
		if err != nil {
			return err
		}
		rows, err := s.DB.Read().AuditEntry.Query().Where(where...).Order(ent.Asc(auditentry.FieldID)).All(ctx)
		if err != nil {
			return fmt.Errorf("registry: reading the log: %w", err)
		}
		out = tally(rows, offices)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// tally counts lines by office, duty, action and outcome.
func tally(rows []*ent.AuditEntry, offices map[int]string) []Access {
	type key struct{ office, duty, action, outcome string }
	at := map[key]int{}
	var out []Access
	for _, row := range rows {
		k := key{offices[row.Agency], row.Duty, row.Action, row.Outcome}
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, Access{Office: k.office, Duty: k.duty, Action: k.action, Outcome: k.outcome, First: row.At.UTC()})
		}
		out[i].Count++
		out[i].Last = row.At.UTC()
	}
	slices.SortStableFunc(out, func(a, b Access) int { return strings.Compare(a.Office, b.Office) })
	return out
}
