package audit

import (
	"errors"
	"slices"
	"testing"
	"time"

	"nysreferral/store"
	"nysreferral/store/storetest"
)

// What one account, or a span of time, touched is found from the log alone:
// every referral that a line of it names, though it was only shown in a list;
// nothing that was refused, nothing of others, and nothing that is no referral.
func TestTouched(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		at := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
		a, b, c, d := "AAAA-AAAA-AAAA-A", "BBBB-BBBB-BBBB-B", "CCCC-CCCC-CCCC-C", "DDDD-DDDD-DDDD-D"
		line := func(after time.Duration, actor int, action, outcome string, fields []string, refs ...string) Line {
			return Line{At: at.Add(after), Actor: actor, Action: action, Outcome: outcome, Fields: fields, Refs: refs}
		}
		add(t, db,
			line(0, 7, "read", Done, nil, d),
			line(time.Hour, 7, "sign_in", Done, nil),
			line(2*time.Hour, 7, "list", Done, nil, a, b),
			line(3*time.Hour, 7, "reveal", Done, []string{"F1"}, b, a),
			line(3*time.Hour, 7, "reveal", Done, []string{"F1", "F2", "F1"}, b),
			line(3*time.Hour, 7, "read", Refused, nil, c),
			line(4*time.Hour, 8, "read", Done, nil, c),
			line(5*time.Hour, 7, "save_contact", Done, nil, "contact:ldss-erie", "account:9"),
			line(30*time.Hour, 7, "read", Done, nil, c))
		refs := func(list []Touch) (out []string) {
			for _, one := range list {
				out = append(out, one.Ref)
			}
			return out
		}
		for name, tt := range map[string]struct {
			span Span
			want []string
		}{
			"an account":           {Span{Account: 7}, []string{d, a, b, c}},
			"another":              {Span{Account: 8}, []string{c}},
			"nobody":               {Span{Account: 9}, nil},
			"a span of time":       {Span{From: at.Add(2 * time.Hour), Until: at.Add(5 * time.Hour)}, []string{a, b, c}},
			"an account in a span": {Span{Account: 7, From: at.Add(time.Hour), Until: at.Add(24 * time.Hour)}, []string{a, b}},
		} {
			got, err := Touched(t.Context(), db, tt.span)
			if err != nil || !slices.Equal(refs(got), tt.want) {
				t.Errorf("%s: %v, want %v: %v", name, refs(got), tt.want, err)
			}
		}
		if _, err := Touched(t.Context(), db, Span{Until: at}); !errors.Is(err, ErrNoSpan) {
			t.Errorf("the whole log: %v", err)
		}
		got, err := Touched(t.Context(), db, Span{Account: 7, Until: at.Add(24 * time.Hour)})
		if err != nil || len(got) != 3 {
			t.Fatalf("%+v: %v", got, err)
		}
		if one := got[2]; one.Times != 3 || !slices.Equal(one.Actions, []string{"list", "reveal"}) || !slices.Equal(one.Fields, []string{"F1", "F2"}) || !one.First.Equal(at.Add(2*time.Hour)) || !one.Last.Equal(at.Add(3*time.Hour)) {
			t.Errorf("%+v", one)
		}
		if one := got[1]; len(one.Fields) > 0 {
			t.Errorf("what was named beside another was shown: %+v", one)
		}
	})
}

// A session is found by the place of its sign-in, and lasts as long as the
// longest; what is no sign-in begins none.
func TestSessionSpan(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		at := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
		add(t, db, Line{At: at, Actor: 7, Action: "read", Outcome: Done}, Line{At: at.Add(time.Minute), Actor: 7, Action: "sign_in", Outcome: Done},
			Line{At: at.Add(2 * time.Minute), Actor: 7, Action: "sign_in", Outcome: Refused}, Line{At: at.Add(3 * time.Minute), Action: "sign_in", Outcome: Done})
		take(t, newTree(t, db, newRing(t)), 4)
		got, err := SessionSpan(t.Context(), db, 1, 10*time.Hour)
		if err != nil || got.Account != 7 || !got.From.Equal(at.Add(time.Minute)) || !got.Until.Equal(at.Add(time.Minute+10*time.Hour+time.Second)) {
			t.Errorf("%+v: %v", got, err)
		}
		for _, place := range []int64{0, 2, 3, 99, -1} {
			if _, err := SessionSpan(t.Context(), db, place, time.Hour); !errors.Is(err, ErrNoSession) {
				t.Errorf("at %d: %v", place, err)
			}
		}
	})
}
