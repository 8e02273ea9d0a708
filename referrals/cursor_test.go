package referrals_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/fault"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// A cursor says nothing to who reads it: not the number of a row, which would
// tell how many people were referred, and not a due date. It is of its list and
// of who was given it; a forged, a cut and another's cursor are refused alike.
func TestCursorIsOpaque(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		for range 3 {
			refer(t, s, 9)
		}
		filter := referrals.Filter{Waiting: true, Size: 1}
		list := func(who, cursor string, filter referrals.Filter) (referrals.Page, error) {
			filter.Cursor = cursor
			return s.Door.List(t.Context(), s.As(who), filter)
		}
		first, err := list("reviewer", "", filter)
		if err != nil || first.Next == "" {
			t.Fatalf("%+v %v", first, err)
		}
		text, err := base64.RawURLEncoding.DecodeString(first.Next)
		if err != nil || strings.Trim(string(text), "0123456789.") == "" {
			t.Errorf("the cursor reads %q, %v", text, err)
		}
		if again, err := list("reviewer", "", filter); err != nil || again.Next == first.Next {
			t.Errorf("the same place has the same cursor, so two of them can be compared: %v", err)
		}
		second, err := list("reviewer", first.Next, filter)
		if err != nil || len(second.Lines) != 1 || second.Lines[0].Reference == first.Lines[0].Reference {
			t.Errorf("the cursor does not go on: %+v %v", second, err)
		}
		forged := base64.RawURLEncoding.EncodeToString([]byte("1762466400000000.1"))
		changed := []byte(first.Next)
		changed[len(changed)/2] ^= 1
		const say = "This page of the list does not exist. Begin with the first page."
		for name, try := range map[string]struct {
			who, cursor string
			filter      referrals.Filter
		}{
			"forged":        {"reviewer", forged, filter},
			"changed":       {"reviewer", string(changed), filter},
			"cut":           {"reviewer", first.Next[:len(first.Next)-4], filter},
			"another's":     {"second_reviewer", first.Next, filter},
			"of other list": {"reviewer", first.Next, referrals.Filter{Status: workflow.Submitted, Size: 1}},
			"no base64":     {"reviewer", "%", filter},
		} {
			_, err := list(try.who, try.cursor, try.filter)
			if got, _ := fault.Say(err); fault.KindOf(err) != fault.Invalid || got != say {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
