package handlers

import (
	"errors"

	"github.com/a-h/templ"

	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

// foreseeLabel is the button by which a director reads what a decision has
// written before signing it.
const foreseeLabel = "Read the letters first"

// foresee shows what an act would have written, with everything typed kept. It
// does nothing.
func (c *call) foresee(a acting) error {
	if err := a.known(c.who.Duty); err != nil {
		return err
	}
	at, err := c.seen(a.Ref, a.N)
	if err != nil {
		return err
	}
	var deed forms.Deed
	bad := a.form().DecodeSection(&deed, "X", c.form())
	var seen referrals.Foreseen
	if len(bad) == 0 {
		seen, err = c.s.Referrals.Foresee(c.ctx(), c.who, at, a.Do, &deed)
	}
	var more forms.Problems
	if errors.As(err, &more) {
		bad, err = more, nil
	}
	if err != nil {
		return c.movedOn(a, err)
	}
	if len(bad) > 0 {
		return c.drawAct(a, c.form(), bad)
	}
	part, err := c.s.foreseenPart(seen)
	if err != nil {
		return err
	}
	look := a.Look
	a.Look = func(rec referrals.Record) actLook {
		out := look(rec)
		out.Above = append(out.Above, part)
		return out
	}
	return c.drawAct(a, c.form(), nil)
}

func (s *server) foreseenPart(seen referrals.Foreseen) (templ.Component, error) {
	v := web.Foreseen{Lead: "Nothing was signed or sent. These letters will wait for a signature, and can be read again before anybody signs them."}
	for i, paper := range seen.Papers {
		l, _ := workflow.LetterOf(paper.Letter.Kind)
		one := web.StateLetter{Title: seen.Names[i], To: addressees[l.To]}
		if s.Letter != nil {
			blocks, err := s.Letter(paper)
			if err != nil {
				return nil, err
			}
			one.Blocks = letterBlocks(blocks)
		}
		v.Letters = append(v.Letters, one)
	}
	for _, h := range seen.Handover {
		name := h.Recipient
		if name == "" {
			name = "Nobody in the directory serves the county yet"
		}
		v.Handover = append(v.Handover, web.Row{Label: kindWords[h.Kind], Values: []string{name}})
	}
	return web.ForeseenPart(v), nil
}
