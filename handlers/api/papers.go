package api

import (
	"fmt"
	"net/http"
	"strconv"

	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// papers are the kinds that can be asked for by name, with the name of their
// file, which tells nothing. The kind of a letter is its last one.
var papers = func() map[string]string {
	out := map[string]string{referrals.PaperReferral: "referral.pdf", referrals.PaperFile: "referral.pdf"}
	for _, l := range workflow.Letters {
		out[string(l.Kind)] = letterFile
	}
	return out
}()

const letterFile = "letter.pdf"

// letterPaper answers with letter n as a document.
func (s *server) letterPaper(c *call) error {
	ref, n, err := c.refAndNumber()
	if err != nil {
		return err
	}
	p, err := s.Referrals.LetterPaper(c.ctx(), c.who, ref, n)
	return s.drawn(c, p, err, letterFile)
}

func (s *server) receipt(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	p, err := s.Referrals.Paper(c.ctx(), c.who, ref, referrals.PaperReceipt, 0)
	return s.drawn(c, p, err, "receipt.pdf")
}

func (s *server) paper(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	name, ok := papers[c.Param("kind")]
	if !ok {
		return fault.Absent()
	}
	p, err := s.Referrals.Paper(c.ctx(), c.who, ref, c.Param("kind"), 0)
	return s.drawn(c, p, err, name)
}

// packet answers with the packet of the hand-over that for names: by its
// number, or by its kind; a recipient has only one.
func (s *server) packet(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	which := c.in.Get("for")
	n, err := strconv.Atoi(which)
	switch {
	case which == "" && c.who.Duty == workflow.Recipient:
		n = 0
	case which == string(workflow.KindLDSS) || which == string(workflow.KindRHTP):
		p, err := s.Referrals.PacketTo(c.ctx(), c.who, ref, workflow.Kind(which))
		return s.drawn(c, p, err, "packet.pdf")
	case err != nil:
		return forms.Problems{{ID: "for", Field: "for", Message: "Say with for which hand-over is meant: its number, or ldss or rhtp."}}
	case n < 1 || strconv.Itoa(n) != which:
		return fault.Absent()
	}
	p, err := s.Referrals.Paper(c.ctx(), c.who, ref, referrals.PaperPacket, n)
	return s.drawn(c, p, err, "packet.pdf")
}

// drawn answers with a paper, as it was kept or drawn now, or with the refusal
// that came instead of one.
func (s *server) drawn(c *call, p referrals.Paper, err error, file string) error {
	if err != nil {
		return err
	}
	pdf := p.Stored
	if len(pdf) == 0 {
		if pdf, err = s.Draw(c.ctx(), p); err != nil {
			return fmt.Errorf("api: drawing a paper: %w", err)
		}
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="`+file+`"`)
	return c.Blob(http.StatusOK, mediaPDF, pdf)
}
