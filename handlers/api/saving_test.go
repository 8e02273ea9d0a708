package api_test

import (
	"net/http"
	"strings"
	"testing"

	"nysreferral/store"
	"nysreferral/store/storetest"
)

// A program that sends while the disk is full is told so, and when to try again,
// before anything is done; it reads as far as the log takes the line; and once
// there is room, the same key brings the referral in, once.
func TestNothingCanBeSaved(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		kept, err := h.Send(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		little, lift := storetest.Full(t, db)
		refused := func(method, path string, body any) {
			t.Helper()
			got := h.want(http.StatusServiceUnavailable, "case_manager", method, path, body, "Idempotency-Key", "while-full")
			if p := got.trouble(t); got.header.Get("Retry-After") != "30" || !strings.HasPrefix(p.Detail, "Nothing was saved") {
				t.Errorf("%s %s says %q, to be tried again after %q", method, path, p.Detail, got.header.Get("Retry-After"))
			}
		}
		count := func() (n int) {
			t.Helper()
			if err := db.SQL().QueryRowContext(t.Context(), `SELECT count(*) FROM referrals`).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		before := count()
		refused("POST", "/referrals", h.answers(7))
		if got := h.want(http.StatusServiceUnavailable, "reviewer", "GET", "/referrals/"+kept.Reference, ""); strings.Contains(string(got.body), kept.Reference) {
			t.Error("what cannot be logged is shown")
		}
		little()
		h.want(http.StatusOK, "reviewer", "GET", "/referrals/"+kept.Reference, "")
		refused("POST", "/referrals", h.answers(7))
		if n := count(); n != before {
			t.Errorf("%d are stored, %d were before", n, before)
		}
		lift()
		if err := db.Resume(t.Context(), storetest.Line(t.Context())); err != nil {
			t.Fatal(err)
		}
		h.want(http.StatusCreated, "case_manager", "POST", "/referrals", h.answers(7), "Idempotency-Key", "while-full")
	})
}
