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
