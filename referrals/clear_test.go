package referrals_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"entgo.io/ent/dialect/sql"

	"nysreferral/demo"
	"nysreferral/ent/auditentry"
	"nysreferral/forms"
	"nysreferral/reports"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

type sqlSelector = sql.Selector

func actionIs(action string) *sql.Predicate { return sql.EQ(auditentry.FieldAction, action) }

// told are the tables that hold what is told about people. The directory, the
// agencies and accounts hold public facts and staff.
var told = []string{"referrals", "answers", "entries", "handovers", "letters", "tasks", "documents", "requests", "audit_entries", "river_job", "settings", "shreds", "pair_indexes", "pair_keys", "pair_entries"}

// inClear returns the table in whose rows word can be read, or "".
func inClear(t *testing.T, s *demo.State, word string) string {
	t.Helper()
	for _, table := range told {
		rows, err := s.DB.Read().QueryContext(t.Context(), "SELECT * FROM "+table)
		if err != nil {
			t.Fatal(err)
		}
		names, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for rows.Next() {
			values, into := make([]any, len(names)), make([]any, len(names))
			for i := range values {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			for i, v := range values {
				text := fmt.Sprint(v)
				if b, ok := v.([]byte); ok {
					text = string(b)
				}
				if strings.Contains(text, word) {
					_ = rows.Close()
					return table + "." + names[i]
				}
			}
			n++
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		_ = rows.Close()
		if n == 0 && (table == "referrals" || table == "answers" || table == "audit_entries") {
			t.Fatalf("%s is empty: nothing was looked at", table)
		}
	}
	return ""
}

// A disk or the log does not say by a word that somebody is a minor: what is done
// about the notice is named as it is of any letter, in the entries and in the log,
// and a notice that waits is bound to no line and no agency. Those who may know
// read what it was, and reports count it.
func TestANoticeIsNamedAsAnyLetter(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		unverified(t, s)
		ref := refer(t, s, 3).Reference
		row := s.DB.Read().Letter.Query().OnlyX(viewer.Job(t.Context(), "test"))
		if row.AgencyID != nil || row.ContactID != nil {
			t.Errorf("one that waits names its department: %+v", row)
		}
		verifies(t, s, erie)
		if err := s.Door.Acknowledge(t.Context(), s.As("ldss_erie"), ref, 1); err != nil {
			t.Fatal(err)
		}
		unsure := sendMinor(t, s, func(r *forms.Referral) { r.Under18 = "not_sure" })
		if err := s.Door.Notify(t.Context(), s.As("program"), unsure); err != nil {
			t.Fatal(err)
		}
		known := map[string]bool{}
		for _, do := range workflow.LetterActions() {
			known[string(do)], known["letter_"+string(do)] = true, true
		}
		acts := map[string]bool{}
		for _, e := range s.DB.Read().Entry.Query().AllX(viewer.Job(t.Context(), "test")) {
			acts[e.Action] = true
		}
		for _, l := range s.DB.Read().AuditEntry.Query().AllX(t.Context()) {
			acts[l.Action] = true
		}
		for act := range acts {
			if strings.Contains(act, "noti") || strings.Contains(act, "minor") || strings.Contains(act, "acknowledge") {
				t.Errorf("an act is called %s in clear", act)
			}
		}
		for _, want := range []string{"deliver", "letter_deliver", "letter_hand_over"} {
			if !acts[want] || !known[want] {
				t.Errorf("nothing is called %s", want)
			}
		}
		said := func(key string) (out []string) {
			for _, e := range open(t, s, key, ref).Timeline {
				out = append(out, e.Words)
			}
			return out
		}
		if got := said("reviewer"); !slices.Contains(got, "The notice about a minor went out.") {
			t.Errorf("the reviewer reads %q", got)
		}
		facts, err := s.Door.Facts(t.Context(), "2026-12", "2026-12")
		if err != nil || !slices.ContainsFunc(facts, func(f *reports.Fact) bool { return f.Minor && !f.NoticeAt.IsZero() }) {
			t.Errorf("no notice is counted: %+v %v", facts, err)
		}
	})
}
