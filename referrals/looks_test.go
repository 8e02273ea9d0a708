package referrals_test

import (
	"slices"
	"testing"
	"time"

	"nysreferral/audit"
	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/fault"
	"nysreferral/referrals"
)

// looksAt has the log say n times that the reviewer opened the referral, each time
// a minute later.
func looksAt(t *testing.T, s *demo.State, ref string, n int) {
	t.Helper()
	who, at := s.As("reviewer"), s.Door.Now().UTC().Truncate(time.Microsecond)
	err := s.DB.Do(t.Context(), func(tx *ent.Tx) error {
		for i := range n {
			l := audit.Line{At: at.Add(time.Duration(i) * time.Minute), Actor: who.ID, Duty: string(who.Duty), Agency: who.Agency, Action: "read", Outcome: audit.Done, Refs: []string{ref}}
			if err := audit.Add(t.Context(), tx, l); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Who looked at a referral is told whole, page by page, with how many there are:
// none is left out in silence and none told twice. A cursor is of who was given it
// and of that referral; a stranger gets none, and no file.
func TestLooksPageByPage(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref, other := refer(t, s, 1).Reference, refer(t, s, 1).Reference
		looksAt(t, s, ref, 230)
		looksAt(t, s, other, 101)
		first, err := s.Door.Looks(t.Context(), s.As("detective"), ref, "")
		if err != nil || first.All != 230 || len(first.Looks) != 100 || first.Next == "" {
			t.Fatalf("%d of %d, next %q, %v", len(first.Looks), first.All, first.Next, err)
		}
		for _, try := range []struct {
			key, ref, cursor string
			want             fault.Kind
		}{
			{"trooper", ref, "", fault.NotFound}, {"rhtp_harbor", ref, "", fault.NotFound}, {"coordinator", ref, "", fault.NotFound},
			{"detective", ref, "forged", fault.Invalid}, {"reviewer", ref, first.Next, fault.Invalid}, {"detective", other, first.Next, fault.Invalid},
		} {
			if _, err := s.Door.Looks(t.Context(), s.As(try.key), try.ref, try.cursor); fault.KindOf(err) != try.want {
				t.Errorf("%s, cursor %q: %v", try.key, try.cursor, err)
			}
		}
		var all []referrals.Look
		for cursor := ""; ; {
			page, err := s.Door.Looks(t.Context(), s.As("detective"), ref, cursor)
			if err != nil || page.All != 230 {
				t.Fatalf("%d: %v", page.All, err)
			}
			all = append(all, page.Looks...)
			if cursor = page.Next; cursor == "" {
				break
			}
		}
		falls := slices.IsSortedFunc(all, func(a, b referrals.Look) int { return b.At.Compare(a.At) })
		if len(all) != 230 || !falls {
			t.Errorf("%d page by page, the last first: %t", len(all), falls)
		}
	})
}

// Who saw a record is carried off whole by those who answer demands from outside,
// and by nobody else; that it was is a line of its own in the log.
func TestWhoSawIsCarriedOff(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		looksAt(t, s, ref, 501)
		taken := func() int {
			return s.DB.Read().AuditEntry.Query().Where(auditentry.Action(referrals.ActTakeLooks), auditentry.Outcome(audit.Done)).CountX(t.Context())
		}
		for _, key := range []string{"detective", "program", "trooper", "rhtp_harbor", "coordinator", "auditor"} {
			if list, err := s.Door.TakeLooks(t.Context(), s.As(key), ref); fault.KindOf(err) != fault.NotFound || list != nil {
				t.Errorf("%s carries %d off: %v", key, len(list), err)
			}
		}
		if n := taken(); n != 0 {
			t.Errorf("%d lines before anybody had it", n)
		}
		for i, key := range []string{"reviewer", "director"} {
			list, err := s.Door.TakeLooks(t.Context(), s.As(key), ref)
			if err != nil || len(list) != 501 || taken() != i+1 {
				t.Errorf("%s has %d, %d lines: %v", key, len(list), taken(), err)
			}
		}
	})
}
