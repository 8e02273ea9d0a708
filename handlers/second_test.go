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
			s.at("reviewer").mustDo(path+"/recommend", path+"/recommend", url.Values{"recommendation": {what}, "reason": {"It is about another state."}})
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
