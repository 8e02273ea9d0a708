package api_test

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/seal"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// A referral whose key was destroyed answers 410 to whoever knew of it, with
// the day in words, whatever was asked; lists say it, too. To others it is as
// absent as one that never was.
func TestDestroyedIsGone(t *testing.T) {
	h := open(t, storetest.SQLite(t), func(s *demo.State) {
		l, err := seal.OpenLedger(filepath.Join(t.TempDir(), "shreds"), s.Ring)
		if err != nil {
			t.Fatal(err)
		}
		s.Door.Ledger = l
	})
	receipt, err := h.Send(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	ref := receipt.Reference
	if _, err := h.Take(t.Context(), ref, demo.Step{Who: "detective", Do: workflow.Withdraw, Deed: func(d *forms.Deed) { d.Reason = "Asked by the person." }}); err != nil {
		t.Fatal(err)
	}
	if err := h.Door.Destroy(t.Context(), referrals.Destruction{Ref: ref, Reason: "withdrawn", First: h.As("director"), Second: h.As("program")}); err != nil {
		t.Fatal(err)
	}
	for _, who := range []string{"detective", "reviewer", "director", "program"} {
		for _, path := range []string{"/referrals/" + ref, "/referrals/" + ref + "/receipt"} {
			got := h.want(http.StatusGone, who, "GET", path, "")
			if said := got.trouble(t); !strings.Contains(said.Detail, "was destroyed on November 2, 2026") {
				t.Errorf("%s reads %s at %s", who, got.body, path)
			}
		}
		var list struct {
			Referrals []map[string]any `json:"referrals"`
		}
		h.want(http.StatusOK, who, "GET", "/referrals?status=withdrawn", "").into(t, &list)
		if text, _ := json.Marshal(list); !strings.Contains(string(text), ref) || !strings.Contains(string(text), "destroyedAt") {
			t.Errorf("the list of %s: %s", who, text)
		}
	}
	none := h.want(http.StatusNotFound, "trooper", "GET", "/referrals/0000-0000-0000-0", "")
	if other := h.want(http.StatusNotFound, "trooper", "GET", "/referrals/"+ref, ""); string(other.body) != string(none.body) {
		t.Errorf("another agency reads %s", other.body)
	}
}
