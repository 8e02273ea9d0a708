package api

import (
	"net/http"

	"nysreferral/forms"
	"nysreferral/referrals"
)

// letter opens the notice about a minor as the department that it was sent to.
func (s *server) letter(c *call) error {
	ref, n, err := c.refAndNumber()
	if err != nil {
		return err
	}
	got, err := s.Referrals.Letter(c.ctx(), c.who, ref, n)
	if err != nil {
		return err
	}
	return c.record(got)
}

func (s *server) acknowledge(c *call) error {
	ref, n, err := c.refAndNumber()
	if err != nil {
		return err
	}
	if err := decodeNothing(c.body); err != nil {
		return err
	}
	if err := s.Referrals.Acknowledge(c.ctx(), c.who, ref, n); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// notify sends the notice about a person of whom it was not sure on receipt
// whether it is a minor.
func (s *server) notify(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	if err := decodeNothing(c.body); err != nil {
		return err
	}
	if err := s.Referrals.Notify(c.ctx(), c.who, ref); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// looks is a part of who opened a referral.
type looks struct {
	Looks []look `json:"looks"`
	All   int    `json:"all" say:"how many there are in all"`
	Next  string `json:"next,omitempty" say:"cursor of the next part; missing at the end"`
}

// looks answers with who opened the referral, by office, a part at a time.
func (s *server) looks(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	page, err := s.Referrals.Looks(c.ctx(), c.who, ref, c.in.Get("cursor"))
	if err != nil {
		return err
	}
	out := looks{Looks: []look{}, All: page.All, Next: page.Next}
	for _, l := range page.Looks {
		out.Looks = append(out.Looks, look{At: utc(l.At), Who: l.Who, Action: l.What})
	}
	return c.give(out)
}

func (c *call) refAndNumber() (string, int, error) {
	ref, err := c.ref()
	if err != nil {
		return "", 0, err
	}
	n, err := c.number("n")
	return ref, n, err
}

func (s *server) letters(c *call) error {
	list, err := s.Referrals.Letters(c.ctx(), c.who)
	if err != nil {
		return err
	}
	out := letters{Letters: []letter{}}
	for _, l := range list {
		out.Letters = append(out.Letters, letterOf(l))
	}
	return c.give(out)
}

// mostTasks is how many tasks one answer holds.
const mostTasks = 500

func (s *server) tasks(c *call) error {
	page, err := s.Referrals.TaskPage(c.ctx(), c.who, referrals.TaskFilter{All: c.flag("all"), Cursor: c.in.Get("cursor"), Size: mostTasks})
	if err != nil {
		return err
	}
	out := tasks{Tasks: []task{}, Next: page.Next}
	for _, t := range page.Tasks {
		out.Tasks = append(out.Tasks, taskOf(t))
	}
	return c.give(out)
}

func taskOf(t referrals.Task) task {
	return task{ID: t.ID, Reference: t.Reference, Handover: t.N, Kind: t.Kind, Say: t.Words, Contact: t.Contact,
		CreatedAt: utc(t.CreatedAt), DueAt: utc(t.DueAt), DoneAt: utc(t.DoneAt), ByHand: t.ByHand}
}

// noted is the form of what is only noted: a note, or nothing.
const noted = "letter.acknowledge"

func (s *server) done(c *call) error {
	id, err := c.number("id")
	if err != nil {
		return err
	}
	deed, bad := decodeNote(noted, c.body)
	if len(bad) == 0 {
		bad = forms.FormOf(noted).Check(deed, s.Referrals.Today())
	}
	if len(bad) > 0 {
		return bad
	}
	if err := s.Referrals.Done(c.ctx(), c.who, id, string(deed.Note)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
