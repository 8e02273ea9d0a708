package referrals_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// toStop are the numbers of the hand-overs of a referral that an account's
// inbox says to stop with.
func toStop(t *testing.T, s *demo.State, key, ref string) []int {
	t.Helper()
	page, _, err := s.Door.Inbox(t.Context(), s.As(key), referrals.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	var out []int
	for _, one := range page.Stopped {
		if one.Reference == ref {
			out = append(out, one.N)
		}
	}
	return out
}

// stopMails counts the queued mails that say to an account's agency that
// something has ended.
func stopMails(t *testing.T, s *demo.State, key string) int {
	t.Helper()
	rows, err := s.DB.Read().QueryContext(t.Context(), "SELECT args FROM river_job WHERE kind = 'mail'")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	n := 0
	for rows.Next() {
		var text []byte
		var m referrals.Mail
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &m); err != nil {
			t.Fatal(err)
		}
		if m.Stops() && m.Agency == s.As(key).Agency {
			n++
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return n
}

// accepted confirms case n, sends it and has its recipient accept.
func accepted(t *testing.T, s *demo.State, n int, key string) string {
	t.Helper()
	ref := refer(t, s, n).Reference
	confirmed(t, s, ref)
	take(t, s, ref, do("program", workflow.Send, 1, nil), do(key, workflow.Accept, 1, nil))
	return ref
}

// A recipient whose person withdrew is told to stop, by a mail of its own kind
// and in its inbox, until it says that it stopped; nobody else is, nobody else
// can say it, and nothing of the person stands there.
func TestWithdrawalReachesTheRecipient(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := accepted(t, s, 1, "rhtp_harbor")
		if err := s.Door.Stopped(t.Context(), s.As("rhtp_harbor"), ref, 1); fault.KindOf(err) != fault.NotFound {
			t.Errorf("stopped what goes on: %v", err)
		}
		take(t, s, ref, do("detective", workflow.Withdraw, 0, nil))
		if _, err := s.Door.Open(t.Context(), s.As("rhtp_harbor"), ref, referrals.Want{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("it is still seen: %v", err)
		}
		if got := toStop(t, s, "rhtp_harbor", ref); !slices.Equal(got, []int{1}) {
			t.Fatalf("the inbox says stop with %v", got)
		}
		if stopMails(t, s, "rhtp_harbor") != 1 || stopMails(t, s, "rhtp_open_door") != 0 || len(toStop(t, s, "rhtp_open_door", ref)) != 0 {
			t.Error("the wrong ones are told")
		}
		list, err := s.Door.Tasks(t.Context(), s.As("rhtp_harbor"), false)
		text, _ := json.Marshal(list)
		if err != nil || len(list) != 1 || list[0].Kind != workflow.TaskStopped || strings.Contains(string(text), "刘") {
			t.Errorf("%s %v", text, err)
		}
		for _, key := range []string{"rhtp_open_door", "program", "detective"} {
			if err := s.Door.Stopped(t.Context(), s.As(key), ref, 1); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s says it: %v", key, err)
			}
		}
		if err := s.Door.Stopped(t.Context(), s.As("rhtp_harbor"), ref, 1); err != nil {
			t.Error(err)
		}
		if err := s.Door.Stopped(t.Context(), s.As("rhtp_harbor"), ref, 1); fault.KindOf(err) != fault.NotFound {
			t.Errorf("said twice: %v", err)
		}
		if got := toStop(t, s, "rhtp_harbor", ref); len(got) != 0 || entered(t, s, workflow.Action("stopped")) != 1 {
			t.Errorf("after the word: %v", got)
		}
	})
}

// OTDA ends a hand-over or chooses another recipient: the one that had it is told
// to stop. One that ended it itself is not, and one that never got it neither.
func TestEndByOTDAReachesTheRecipient(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := accepted(t, s, 1, "rhtp_harbor")
		take(t, s, ref, do("program", workflow.Reroute, 1, func(d *forms.Deed) { d.Contact, d.Reason = "demo-rhtp-open-door", "She asked for it." }))
		if toStop(t, s, "rhtp_harbor", ref) == nil || stopMails(t, s, "rhtp_harbor") != 1 {
			t.Error("the one that had it is not told of the other recipient")
		}
		take(t, s, ref, do("program", workflow.Close, 2, func(d *forms.Deed) { d.CloseReason, d.Reason = "other", "Not now." }))
		if toStop(t, s, "rhtp_open_door", ref) != nil {
			t.Error("one that was never sent it is told")
		}
		take(t, s, ref, do("program", workflow.Propose, 3, func(d *forms.Deed) { d.Contact, d.Reason = "demo-rhtp-open-door", "She asks again." }),
			do("program", workflow.Send, 3, nil), do("program", workflow.Close, 3, func(d *forms.Deed) { d.CloseReason, d.Reason = "other", "Not now." }))
		if got := toStop(t, s, "rhtp_open_door", ref); !slices.Equal(got, []int{3}) {
			t.Errorf("closed by OTDA: %v", got)
		}

		own := accepted(t, s, 1, "rhtp_harbor")
		take(t, s, own, do("rhtp_harbor", workflow.Return, 1, func(d *forms.Deed) { d.ReturnReason = "capacity" }))
		take(t, s, own, do("program", workflow.Close, 1, func(d *forms.Deed) { d.CloseReason, d.Reason = "other", "Not now." }))
		if toStop(t, s, "rhtp_harbor", own) != nil {
			t.Error("one that gave it back is told")
		}
		// It may still have the packet: of a withdrawal it is told all the same.
		take(t, s, own, do("detective", workflow.Withdraw, 0, nil))
		if toStop(t, s, "rhtp_harbor", own) == nil {
			t.Error("one that had the packet is not told of the withdrawal")
		}
	})
}

// An agency that must stop with one hand-over and goes on with another of the same
// person is told so: which one stops, which goes on, and to destroy the packet of
// the one alone. Nobody else is; and when the person withdraws both stop, whole.
func TestStopBesideOneThatGoesOn(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := accepted(t, s, 1, "rhtp_harbor")
		take(t, s, ref, do("program", workflow.Reroute, 1, func(d *forms.Deed) { d.Contact, d.Reason = "demo-rhtp-open-door", "She asked for it." }),
			do("program", workflow.Send, 2, nil))
		if got := stopWords(t, s, "rhtp_harbor", ref); len(got) != 1 || !strings.Contains(got[0], "This hand-over has ended for you") {
			t.Fatalf("one without another: %q", got)
		}
		take(t, s, ref, do("program", workflow.Reroute, 2, func(d *forms.Deed) { d.Contact, d.Reason = "demo-rhtp-harbor-light", "She prefers it after all." }),
			do("program", workflow.Send, 3, nil))
		got := stopWords(t, s, "rhtp_harbor", ref)
		if len(got) != 1 || !strings.Contains(got[0], "Only hand-over 1 has ended") || !strings.Contains(got[0], "Hand-over 3 goes on, for the same person") ||
			!strings.Contains(got[0], "packet of hand-over 1") || strings.Contains(got[0], "destroy the packet and every copy") {
			t.Fatalf("%q", got)
		}
		if got := stopWords(t, s, "rhtp_open_door", ref); len(got) != 1 || strings.Contains(got[0], "goes on") {
			t.Errorf("another agency reads %q", got)
		}
		list, err := s.Door.Tasks(t.Context(), s.As("rhtp_harbor"), false)
		if err != nil || !slices.ContainsFunc(list, func(one referrals.Task) bool { return one.Words == got[0] }) {
			t.Errorf("the list of tasks says it otherwise: %v", err)
		}
		take(t, s, ref, do("detective", workflow.Withdraw, 0, nil))
		got = stopWords(t, s, "rhtp_harbor", ref)
		if len(got) != 2 || strings.Contains(strings.Join(got, " "), "goes on") {
			t.Errorf("after the withdrawal: %q", got)
		}
	})
}

// stopWords are what an account's inbox says of each hand-over of a referral to
// stop with.
func stopWords(t *testing.T, s *demo.State, key, ref string) []string {
	t.Helper()
	page, _, err := s.Door.Inbox(t.Context(), s.As(key), referrals.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, one := range page.Stopped {
		if one.Reference == ref {
			out = append(out, one.Words)
		}
	}
	return out
}

// Who was told to stop and does not say that it did is told again, by mails of the
// same kind, though it sees nothing of it; then OTDA has to call it. Each happens
// once; its word ends it all.
func TestStopIsSaidAgain(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		read, unread := accepted(t, s, 1, "rhtp_harbor"), accepted(t, s, 1, "rhtp_harbor")
		take(t, s, read, do("detective", workflow.Withdraw, 0, nil))
		take(t, s, unread, do("detective", workflow.Withdraw, 0, nil))
		if err := s.Door.Stopped(t.Context(), s.As("rhtp_harbor"), read, 1); err != nil {
			t.Fatal(err)
		}
		told, late := stopMails(t, s, "rhtp_harbor"), mailsTo(t, s, "due", s.As("rhtp_harbor").Agency)
		for range 20 {
			s.Clock.Set(s.Clock.Now().AddDate(0, 0, 1))
			climb(t, s)
			climb(t, s)
		}
		if n := stopMails(t, s, "rhtp_harbor") - told; n < 2 || n > 3 {
			t.Errorf("told %d times again", n)
		}
		if n := mailsTo(t, s, "due", s.As("rhtp_harbor").Agency) - late; n != 0 {
			t.Errorf("%d mails of another kind", n)
		}
		if got := kinds(t, s, "program", read); len(got) != 0 {
			t.Errorf("of the one that stopped OTDA has %v", got)
		}
		got := theTask(t, s, "program", unread, workflow.TaskStopUnread)
		if !strings.Contains(got.Words, "Harbor Light") {
			t.Errorf("OTDA does not read whom to call: %s", got.Words)
		}
		if err := s.Door.Stopped(t.Context(), s.As("rhtp_harbor"), unread, 1); err != nil {
			t.Fatal(err)
		}
		if left := kindsOf(t, s, unread); slices.Contains(left, workflow.TaskStopUnread) || slices.Contains(left, workflow.TaskStopped) {
			t.Errorf("left are %v", left)
		}
	})
}

// Destroying the key does not end that somebody has to stop: its inbox says it by
// the reference, it is told again, OTDA is told at the end and sees it in what
// waits for others, and only its own word ends it. Others neither read it nor say
// it, and no other task is left.
func TestStopOutlastsTheKey(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		withLedger(t, s)
		ref := withdrawnOne(t, s)
		if err := s.Door.Destroy(t.Context(), destroys(s, ref, "withdrawn", "director", "program")); err != nil {
			t.Fatal(err)
		}
		if got := toStop(t, s, "rhtp_harbor", ref); !slices.Equal(got, []int{1}) || toStop(t, s, "rhtp_open_door", ref) != nil {
			t.Fatalf("to stop: %v", got)
		}
		if got := kinds(t, s, "rhtp_harbor", ref); !slices.Equal(got, []string{workflow.TaskStopped}) {
			t.Errorf("the recipient has %v", got)
		}
		told, due := stopMails(t, s, "rhtp_harbor"), mailsAbout(t, s, "due")
		for range 20 {
			s.Clock.Set(s.Clock.Now().AddDate(0, 0, 1))
			climb(t, s)
			climb(t, s)
		}
		if n := stopMails(t, s, "rhtp_harbor") - told; n != 2 {
			t.Errorf("told %d times again, want twice", n)
		}
		if n := mailsAbout(t, s, "due") - due; n != 1 {
			t.Errorf("OTDA is told %d times", n)
		}
		watched, err := s.Door.Watched(t.Context(), s.As("program"))
		if err != nil || !slices.ContainsFunc(watched, func(one referrals.Task) bool {
			return one.Reference == ref && one.Standing == workflow.Overdue && strings.Contains(one.Whose, "Harbor Light")
		}) {
			t.Errorf("OTDA sees %+v, %v", watched, err)
		}
		for _, key := range []string{"rhtp_open_door", "program", "detective"} {
			if err := s.Door.Stopped(t.Context(), s.As(key), ref, 1); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s says it: %v", key, err)
			}
		}
		if err := s.Door.Stopped(t.Context(), s.As("rhtp_harbor"), ref, 1); err != nil {
			t.Fatal(err)
		}
		if got := toStop(t, s, "rhtp_harbor", ref); got != nil || entered(t, s, workflow.Action("stopped")) != 1 {
			t.Errorf("after the word: %v", got)
		}
	})
}

// What happens to a withdrawn referral later does not move the day on which it was
// withdrawn, nor tell its referrer that there was a recipient who stopped.
func TestWithdrawnOnItsDay(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := withdrawnOne(t, s)
		at := open(t, s, "detective", ref).WithdrawnAt
		s.Clock.Set(s.Clock.Now().AddDate(0, 0, 9))
		climb(t, s)
		if err := s.Door.Stopped(t.Context(), s.As("rhtp_harbor"), ref, 1); err != nil {
			t.Fatal(err)
		}
		if got := open(t, s, "detective", ref); at.IsZero() || !got.WithdrawnAt.Equal(at) || !got.UpdatedAt.Equal(at) {
			t.Errorf("withdrawn %s, then %s and %s", at, got.WithdrawnAt, got.UpdatedAt)
		}
	})
}
