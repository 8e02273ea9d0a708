package handlers

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"nysreferral/fault"
	"nysreferral/referrals"
)

// paperPath is the address of a PDF; n is the number of a packet's hand-over, or
// of the letter.
func paperPath(ref, kind string, n int) string {
	path := refPath(ref, "papers", kind)
	if n != 0 {
		path += "?n=" + strconv.Itoa(n)
	}
	return path
}

// paper answers with a PDF. Its name tells nothing, as browsers keep it. A paper
// that was kept is sent as it was drawn.
func (s *server) paper(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	n := 0
	if text := c.QueryParam("n"); text != "" {
		if n, err = strconv.Atoi(text); err != nil || n < 1 || n > 9999 {
			return fault.Absent()
		}
	}
	var paper referrals.Paper
	if kind := c.Param("kind"); kind == referrals.PaperLetter {
		paper, err = s.Referrals.LetterPaper(c.ctx(), c.who, ref, n)
	} else {
		paper, err = s.Referrals.Paper(c.ctx(), c.who, ref, kind, n)
	}
	if err != nil {
		return err
	}
	return s.drawn(c, paper)
}

// consentSheet answers with the blank release of information, which belongs to
// no referral.
func (s *server) consentSheet(c *call) error {
	if s.Draw == nil {
		return fault.New(fault.Unavailable, "The sheet cannot be drawn at the moment. Try again later.")
	}
	pdf, err := s.Draw(c.ctx(), referrals.Paper{Kind: referrals.PaperConsent, At: s.Now()})
	if err != nil {
		return err
	}
	return c.pdf(pdf)
}

// pdf answers with a document under a name that tells nothing.
func (c *call) pdf(text []byte) error {
	c.Response().Header().Set(echo.HeaderContentDisposition, `inline; filename="document.pdf"`)
	return c.Blob(http.StatusOK, "application/pdf", text)
}
