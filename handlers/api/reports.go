package api

import (
	"bytes"
	"net/http"

	"nysreferral/referrals"
)

// report answers with the numbers of a period, as JSON or for a spreadsheet.
func (s *server) report(c *call) error {
	rep, err := s.Referrals.Report(c.ctx(), c.who, referrals.Asked{Name: c.Param("name"), From: c.in.Get("from"), To: c.in.Get("to")})
	if err != nil {
		return err
	}
	if c.in.Get("format") != "csv" {
		return c.give(rep)
	}
	var b bytes.Buffer
	if err := rep.CSV(&b); err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="`+rep.Name+"-"+rep.From+"-"+rep.To+`.csv"`)
	return c.Blob(http.StatusOK, mediaCSV+"; charset=utf-8", b.Bytes())
}
