package api

import (
	"net/http"

	"nysreferral/forms"
	"nysreferral/referrals"
)

// attach adds a file, which is the body as it is.
func (s *server) attach(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	said, bad := forms.DecodeAttached(c.in)
	if err := bad.Err(); err != nil {
		return err
	}
	seen, err := s.Referrals.Attach(c.ctx(), c.who, ref, referrals.Attaching{Kind: said.Kind, Others: said.Others, PassOn: said.PassOn, From: c.Request().Body})
	if err != nil {
		return err
	}
	return c.give(draftOf(seen))
}

// file answers with the copy of a file.
func (s *server) file(c *call) error {
	ref, n, err := c.refAndNumber()
	if err != nil {
		return err
	}
	got, err := s.Referrals.File(c.ctx(), c.who, ref, n)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Content-Security-Policy", referrals.FilePolicy)
	h.Set("Content-Disposition", `attachment; filename="`+got.Name+`"`)
	return c.Blob(http.StatusOK, got.Media, got.Bytes)
}

// detach takes a file out of a draft.
func (s *server) detach(c *call) error {
	ref, n, err := c.refAndNumber()
	if err != nil {
		return err
	}
	if err := s.Referrals.Detach(c.ctx(), c.who, ref, n); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
