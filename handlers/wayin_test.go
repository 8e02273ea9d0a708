package handlers

import (
	"strings"
	"testing"

	"nysreferral/store"
	"nysreferral/store/storetest"
)

// The page of help sends nobody to an act that does not exist: whoever lost the
// way in asks for it to be begun anew, and no password is given by hand.
func TestHelpPromisesNoPassword(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		page := s.at("detective").mustShow("/help", "who can have your way in begun anew")
		if strings.Contains(page, "new password comes from") {
			t.Error("a password is promised that nobody gives")
		}
	})
}
