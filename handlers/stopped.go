package handlers

import (
	"strconv"

	"nysreferral/referrals"
	"nysreferral/web"
)

// stoppedGroup is what a recipient must no longer act on, above all else: a
// printed packet still lies there, and nothing of the referral can be opened.
func (s *server) stoppedGroup(list []referrals.Task, csrf string) []web.InboxGroup {
	if len(list) == 0 {
		return nil
	}
	group := web.InboxGroup{Title: "Stop", About: "These have ended for you: the person took the consent back, the release ended, or OTDA ended them. You cannot open what has ended."}
	for _, t := range list {
		tag, title := web.TagOf("closed"), t.Reference
		tag.Word = "Ended"
		if len(t.Beside) > 0 {
			title += ", hand-over " + strconv.Itoa(t.N)
		}
		group.Cards = append(group.Cards, web.InboxCard{Lines: []string{t.Words},
			Card: web.Card{Title: title, Tag: &tag, Clock: s.clockOf(t), Loud: true},
			Stop: &web.Form{Action: handoverPath(t.Reference, t.N, "stopped"), CSRF: csrf}})
	}
	return []web.InboxGroup{group}
}

// stopped takes the word of a recipient that it stopped and destroyed its
// copies.
func (s *server) stopped(c *call) error {
	ref, n, err := c.refAndN()
	if err != nil {
		return err
	}
	if err := s.Referrals.Stopped(c.ctx(), c.who, ref, n); err != nil {
		return err
	}
	c.flash(web.BoxSuccess, "Written on the record. Thank you for stopping.")
	return c.to(inboxPath)
}
