package referrals_test

import (
	"slices"
	"testing"
	"time"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// pages are all references of a list, page by page.
func pages(t *testing.T, s *demo.State, filter referrals.Filter) []string {
	t.Helper()
	var out []string
	for {
		page, err := s.Door.List(t.Context(), s.As("reviewer"), filter)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range page.Lines {
			out = append(out, l.Reference)
		}
		if filter.Cursor = page.Next; page.Next == "" {
			return out
		}
	}
}

// Whatever its status, an open referral stands in the queue by its due date,
// once; a list of one status has the last received first; the last page of
// each is the end of what the pages show.
func TestListsKeepTheirOrder(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		var sent, taken, free []string
		for i := range 11 {
			s.Clock.Set(monday.Add(time.Duration(i/2) * 24 * time.Hour)) // two are due at the same moment
			receipt, err := s.Send(t.Context(), 9)
			if err != nil {
				t.Fatal(err)
			}
			sent = append(sent, receipt.Reference)
			if i%3 == 0 {
				free = append(free, receipt.Reference)
				continue
			}
			taken = append(taken, receipt.Reference)
			steps := []demo.Step{{Who: "reviewer", Do: workflow.Take}}
			if i%3 == 1 {
				steps = append(steps, demo.Step{Who: "reviewer", Do: workflow.Ask, Deed: func(d *forms.Deed) { d.Question, d.About = "Since when?", "G1" }})
			}
			if _, err := s.Take(t.Context(), receipt.Reference, steps...); err != nil {
				t.Fatal(err)
			}
		}
		slices.Reverse(free)
		for name, c := range map[string]struct {
			filter referrals.Filter
			want   []string
		}{
			"open":         {referrals.Filter{Waiting: true}, sent},
			"held by me":   {referrals.Filter{Waiting: true, Mine: true}, taken},
			"not taken":    {referrals.Filter{Status: workflow.Submitted}, free},
			"none":         {referrals.Filter{Status: workflow.Closed}, nil},
			"none waiting": {referrals.Filter{Waiting: true, Status: workflow.Confirmed}, nil},
		} {
			c.filter.Size = 3
			if got := pages(t, s, c.filter); !slices.Equal(got, c.want) {
				t.Errorf("%s: the pages show\n%v, want\n%v", name, got, c.want)
			}
			c.filter.Last = true
			if got, end := pages(t, s, c.filter), c.want[max(0, len(c.want)-3):]; !slices.Equal(got, end) {
				t.Errorf("%s: the last page shows\n%v, want\n%v", name, got, end)
			}
		}
	})
}
