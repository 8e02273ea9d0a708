package api

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// send submits a referral in one act.
func (s *server) send(c *call) error {
	key, err := c.key()
	if err != nil {
		return err
	}
	r := &forms.Referral{}
	if err := forms.Questions.DecodeJSON(r, c.body).Err(); err != nil {
		return err
	}
	got, err := s.Referrals.Send(c.ctx(), c.who, r, key, c.body)
	if err != nil {
		return err
	}
	c.located(got.Reference)
	return c.give(receiptOf(got))
}

// begin makes a draft. Without a body it is as a page begins one: with what the
// account tells; with another of the same encounter, with the facts of that.
func (s *server) begin(c *call) error {
	var r *forms.Referral
	if len(c.body) > 0 {
		r = &forms.Referral{}
		if err := forms.Questions.DecodeJSON(r, c.body).Err(); err != nil {
			return err
		}
	}
	var seen referrals.Seen
	var err error
	switch with := c.in.Get("with"); {
	case with != "":
		seen, err = s.Referrals.Another(c.ctx(), c.who, with, r)
	case r == nil:
		seen, err = s.Referrals.Begin(c.ctx(), c.who)
	default:
		seen, err = s.Referrals.Import(c.ctx(), c.who, r)
	}
	if err != nil {
		return err
	}
	c.located(seen.Ref)
	return c.give(draftOf(seen))
}

// save replaces the answers of a draft. An absent draft is told before what is
// wrong with the answers.
func (s *server) save(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	next := &forms.Referral{}
	rev, bad := decodeSave(c.body, next)
	if bad.Of("rev") != "" || bad.Of("answers") != "" {
		return bad
	}
	seen, err := s.Referrals.Edit(c.ctx(), c.who, referrals.Seen{Ref: ref, Rev: rev}, func(r *forms.Referral) forms.Problems {
		*r = *next
		return slices.Clone(bad)
	})
	if err != nil {
		return err
	}
	return c.give(draftOf(seen))
}

func draftOf(seen referrals.Seen) draft {
	return draft{Reference: seen.Ref, Rev: seen.Rev, Status: workflow.Draft}
}

// submit sends a draft to DCJS and OTDA.
func (s *server) submit(c *call) error {
	ref, deed, err := c.deed("submit")
	if err != nil {
		return err
	}
	key, err := c.key()
	if err != nil {
		return err
	}
	got, err := s.Referrals.Submit(c.ctx(), c.who, seen(ref, 0, deed), key)
	if err != nil {
		return err
	}
	c.located(got.Reference)
	return c.give(receiptOf(got))
}

func (s *server) discard(c *call) error {
	ref, deed, err := c.deed("discard")
	if err != nil {
		return err
	}
	if err := s.Referrals.Discard(c.ctx(), c.who, seen(ref, 0, deed)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// list answers with a part of what the caller may see.
func (s *server) list(c *call) error {
	size := 0
	if text := c.in.Get("size"); text != "" {
		var err error
		if size, err = strconv.Atoi(text); err != nil {
			return err
		}
	}
	got, err := s.Referrals.List(c.ctx(), c.who, referrals.Filter{Status: workflow.Status(c.in.Get("status")), Cursor: c.in.Get("cursor"),
		Last: c.flag("last"), Size: size, Mine: c.flag("mine"), Waiting: c.flag("waiting")})
	if err != nil {
		return err
	}
	out := pageOf(got)
	for _, g := range got.Groups {
		one, err := groupOf(g)
		if err != nil {
			return err
		}
		out.Groups = append(out.Groups, one)
	}
	return c.give(out)
}

// open answers with one referral as the caller may see it.
func (s *server) open(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	ids, err := idsOf(c.in.Get("reveal"))
	if err != nil {
		return err
	}
	return s.opened(c, ref, ids)
}

// reveal is open with ids, as an act of the table.
func (s *server) reveal(c *call) error {
	ref, deed, err := c.deed(string(workflow.Reveal))
	if err != nil {
		return err
	}
	if err := forms.FormOf(string(workflow.Reveal)).Check(deed, s.Referrals.Today()).Err(); err != nil {
		return err
	}
	ids, err := idsOf(string(deed.Reveal))
	if err != nil {
		return err
	}
	return s.opened(c, ref, ids)
}

func (s *server) opened(c *call, ref string, ids []string) error {
	got, err := s.Referrals.Open(c.ctx(), c.who, ref, referrals.Want{Reveal: ids})
	if err != nil {
		return err
	}
	return c.record(got)
}

// act does one step on a referral, or on a hand-over where the address names
// one.
func (s *server) act(c *call) error {
	if !c.r.onHandover() && referrals.Tells(c.r.do) {
		return s.tell(c)
	}
	ref, deed, err := c.deed(c.r.deed())
	if err != nil {
		return err
	}
	n := 0
	if c.r.onHandover() {
		if n, err = c.number("n"); err != nil {
			return err
		}
	}
	got, err := s.Referrals.Act(c.ctx(), c.who, seen(ref, n, deed), c.r.do, deed)
	if err != nil {
		return err
	}
	return c.record(got)
}

// tell is act for what a referrer tells: with the answers that are different now.
func (s *server) tell(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	deed, answers, bad := decodeTold(string(c.r.do), c.body)
	if err := bad.Err(); err != nil {
		return err
	}
	var change func(*forms.Referral) forms.Problems
	if answers != nil {
		change = func(r *forms.Referral) forms.Problems { return forms.Questions.Replace(r, answers) }
	}
	got, err := s.Referrals.Tell(c.ctx(), c.who, seen(ref, 0, deed), c.r.do, deed, change)
	if err != nil {
		return err
	}
	return c.record(got)
}

// actLetter does one step on a letter; the revision is that of the referral.
func (s *server) actLetter(c *call) error {
	ref, deed, err := c.deed(c.r.deed())
	if err != nil {
		return err
	}
	n, err := c.number("n")
	if err != nil {
		return err
	}
	got, err := s.Referrals.ActLetter(c.ctx(), c.who, seen(ref, n, deed), c.r.do, deed)
	if err != nil {
		return err
	}
	return c.record(got)
}

// deed returns the reference in the address and what was sent with the act.
func (c *call) deed(do string) (string, *forms.Deed, error) {
	ref, err := c.ref()
	if err != nil {
		return "", nil, err
	}
	deed, bad := decodeDeed(do, c.body)
	return ref, deed, bad.Err()
}

// idsOf reads ids of questions with commas between.
func idsOf(text string) ([]string, error) {
	var out []string
	for id := range strings.SplitSeq(text, ",") {
		if id = strings.TrimSpace(id); id == "" || slices.Contains(out, id) {
			continue
		}
		if forms.Questions.ByID(id) == nil && forms.Reviews.ByID(id) == nil {
			return nil, forms.Problems{{ID: "reveal", Field: "reveal", Message: "Give the ids of questions as they stand in masked, with commas between."}}
		}
		out = append(out, id)
	}
	return out, nil
}

func (c *call) record(r referrals.Record) error {
	out, err := recordOf(r)
	if err != nil {
		return err
	}
	return c.give(out)
}

// located says where what was made can be opened.
func (c *call) located(ref string) {
	c.Response().Header().Set("Location", Base+"/referrals/"+url.PathEscape(ref))
}
