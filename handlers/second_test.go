package handlers

import (
	"net/url"
	"strings"
	"testing"

	"nysreferral/store"
	"nysreferral/store/storetest"
)

// A decline that is recommended asks the colleagues for a second reader, among
// their tasks, until one agrees or the advice is another; the director reads how
// one is found, and that who agrees does not sign.
func TestSecondReaderIsAskedFor(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		ref := s.send(9)
		path, wanted := refPath(ref), "A decline was recommended, and wants a second reader"
		asked := func(want bool) {
			t.Helper()
			if got := strings.Contains(s.at("second_reviewer").mustShow(tasksPath), wanted); got != want {
				t.Errorf("a second reader is asked for: %v", got)
			}
		}
		s.assessed(ref, "confirm")
		asked(false)
		s.at("director").mustShow(path+"/decide", "When a reviewer recommends to decline, the colleagues are asked")
		advise := func(what string) {
			s.at("reviewer").mustDo(path+"/recommend", path+"/recommend", url.Values{"recommendation": {what}, "reasonCategory": {"outside_scope"}, "reason": {"It is about another state."}})
		}
		advise("decline")
		asked(true)
		s.at("director").mustShow(path+"/decide", "it stands among their tasks")
		s.at("director").mustShow(path+"/second", "Then you cannot sign the decline yourself")
		advise("confirm")
		asked(false)
		advise("decline")
		s.at("second_reviewer").mustDo(path+"/second", path+"/second", nil)
		asked(false)
	})
}

// A second reader disagrees on a page that wants a reason and keeps what was
// typed; who decides and who recommends read it before they go on, and the
// director has it among the tasks.
func TestSecondReaderDisagreesOnAPage(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		ref := s.send(1)
		path, why := refPath(ref), "The grid misses what the neighbor heard."
		s.assessed(ref, "decline")
		s.at("second_reviewer").mustShow(path, "Disagree as second reader")
		if got := s.at("second_reviewer").post(path+"/disagree", path+"/disagree", url.Values{"reason": {""}}); got.status != 422 || !strings.Contains(got.body, "Write the reason in plain words") {
			t.Errorf("without a reason: %d", got.status)
		}
		s.at("second_reviewer").mustDo(path+"/disagree", path+"/disagree", url.Values{"reason": {why}})
		s.at("director").mustShow(tasksPath, "The second reader disagrees with the decline")
		s.at("director").mustShow(path, "The second reader disagreed", why)
		s.at("director").mustShow(path+"/decide", "A second reader disagrees with a decline", why, "one disagreed, and said why", "A second reader disagreed. Confirm;")
		s.at("reviewer").mustShow(path+"/recommend", why)
		s.at("program").mustShow(path, why)
		if got := s.at("detective").get(path); strings.Contains(got.body, "the neighbor heard") {
			t.Error("who refers reads how the State weighs it")
		}
	})
}
