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
// file, which tells nothing.
var papers = map[string]string{
	referrals.PaperConfirmation: "letter.pdf",
	referrals.PaperReferral:     "referral.pdf",
	referrals.PaperFile:         "referral.pdf",
}

func (s *server) receipt(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	return s.drawn(c, ref, referrals.PaperReceipt, 0, "receipt.pdf")
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
	return s.drawn(c, ref, c.Param("kind"), 0, name)
}

// packet answers with the packet of the hand-over that for names: by its
// number, or by its kind; a recipient has only one.
func (s *server) packet(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	n, err := s.handoverFor(c, ref, c.in.Get("for"))
	if err != nil {
		return err
	}
	return s.drawn(c, ref, referrals.PaperPacket, n, "packet.pdf")
}

func (s *server) handoverFor(c *call, ref, which string) (int, error) {
	if which == "" && c.who.Duty == workflow.Recipient {
		return 0, nil
	}
	if n, err := strconv.Atoi(which); err == nil {
		if n < 1 || strconv.Itoa(n) != which {
			return 0, fault.Absent()
		}
		return n, nil
	}
	if which != string(workflow.KindLDSS) && which != string(workflow.KindRHTP) {
		return 0, forms.Problems{{ID: "for", Field: "for", Message: "Say with for which hand-over is meant: its number, or ldss or rhtp."}}
	}
	got, err := s.Referrals.Open(c.ctx(), c.who, ref, referrals.Want{Purpose: "print"})
	if err != nil {
		return 0, err
	}
	found := 0
	for _, h := range got.Handover {
		if h.Kind == which && (found == 0 || h.Status != workflow.HandoverClosed) {
			found = h.N
		}
	}
	if found == 0 {
		return 0, fault.Absent()
	}
	return found, nil
}

// drawn answers with a paper: as it was kept, or drawn now.
func (s *server) drawn(c *call, ref, kind string, n int, file string) error {
	p, err := s.Referrals.Paper(c.ctx(), c.who, ref, kind, n)
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
