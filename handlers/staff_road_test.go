package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// grid is the form of the elements as a reviewer fills it in: boxes and text.
var grid = url.Values{
	"elementAction.finding": {"shown"}, "elementAction.shownBy": {"G4", "G14", ""},
	"elementMeans.finding": {"shown"}, "elementMeans.shownBy": {"G7", "G9"},
	"elementPurpose.finding": {"shown"}, "elementPurpose.shownBy": {"G1"},
	"elementMinor.finding": {"not_a_minor"}, "elementMinor.shownBy": {"C5"},
}

// assessed takes the referral, the only one that waits, consults and assesses by the
// forms of the pages, up to a recommendation.
func (s *stage) assessed(ref, advice string) {
	s.t.Helper()
	reviewer, path := s.at("reviewer"), refPath(ref)
	if to := reviewer.mustDo(queuePath, queuePath+"/next", nil); to != path {
		s.t.Fatalf("“Take next” leads to %s", to)
	}
	reviewer.mustDo(path+"/assess", path+"/assess", grid)
	reviewer.mustShow(path, `href="#G14"`, `href="#G7"`, `id="G14"`, "Shown")
	s.at("program").mustDo(path+"/consult", path+"/consult", url.Values{"with": {"Robin Hill, DCJS"}, "outcome": {"agrees"}})
	reviewer.mustDo(path+"/consult", path+"/consult", url.Values{"with": {"Dana Rivers"}, "outcome": {"spoken_with"}, "note": {"The shift ends at four."}})
	reviewer.mustDo(path+"/recommend", path+"/recommend", url.Values{"recommendation": {advice}, "reasonCategory": {"outside_scope"}, "reason": {"As the grid says."}})
}

// One referral goes the whole road by the forms of the pages alone: taken,
// assessed, consulted on, recommended, confirmed, sent, accepted, reached,
// served and closed.
func TestTheWholeRoad(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		ref := s.send(1)
		path, page := refPath(ref), handoverPath(ref, 1)
		s.assessed(ref, "confirm")
		director := s.at("director")
		director.mustShow(path, "OTDA’s view is on the record", "told to Robin Hill, DCJS", "The shift ends at four.", "Recommended: confirm", "Decide")
		director.mustShow(path+"/decide", "Who is told what", "A notice of confirmation", path+"/confirm", "Signed by Devon Cliff")
		to := director.mustDo(path+"/confirm", path+"/confirm", url.Values{"typeConfirmed": {"sex"}, "bases": {"severe_form_adult", "pl_230_34"}})
		director.mustShow(to, "Confirmed. OTDA has the proposed hand-over.", "Notice of confirmation", "To be signed")
		if got := director.do("GET", path+"/decide", ""); got.status != http.StatusSeeOther || got.to() != path {
			t.Errorf("the page of a decision that one made oneself answers %d, to %s", got.status, got.to())
		}
		if said := director.mustShow(path, "This referral is decided, since "); strings.Contains(said, "Somebody else was first") {
			t.Error("who decided reads that somebody else was first")
		}

		program := s.at("program")
		program.mustShow(boardPath, ref, "Look and send", "Harbor Light Services", "RHTP provider", "Queens")
		program.mustShow(page, "Why there", "Rule R5", "Open Door Services")
		preview := program.mustShow(page+"/preview", "Before accepting", "Chinese (Fuzhounese)", "Dana Rivers")
		if strings.Contains(preview, "A recruiter promised a job") {
			t.Error("the recipient would read what happened")
		}
		program.mustDo(page, page+"/send", nil)
		program.mustShow(boardPath, "Accept, or give it back")
		s.contact(ref)
	})
}

// contact is the recipient's part of the road.
func (s *stage) contact(ref string) {
	s.t.Helper()
	harbor, path, page := s.at("rhtp_harbor"), refPath(ref), handoverPath(ref, 1)
	card := harbor.mustShow(path, "Do not try to reach the person yet", "40 to 59", "Emergency housing", "Queens", "Accept")
	for _, word := range []string{"美玲", "Dana", "518-555", "March 9", "massage"} {
		if strings.Contains(card, word) {
			s.t.Errorf("before accepting the card tells %q", word)
		}
	}
	harbor.mustDo(path, page+"/accept", nil)
	card = harbor.mustShow(path, "Only through the referrer", "518-555-0100", "State-confirmed is not federally certified", "Packet (PDF)", "Try to reach the person", "Reached the person",
		`value="through_the_referrer" checked`)
	if strings.Contains(card, "A recruiter promised a job") || strings.Contains(card, "Coercion") {
		s.t.Error("the recipient reads what happened")
	}
	harbor.mustDo(path, page+"/attempt", url.Values{"how": {"through_the_referrer"}, "result": {"no_answer"}})
	harbor.mustShow(path, "A try to reach the person was logged", "Through the referrer, No answer")
	harbor.mustDo(page+"/miss", page+"/miss", nil)
	s.at("program").mustShow(boardPath, "Try to reach the person")
	harbor.mustDo(page+"/reach", page+"/reach", url.Values{"how": {"through_the_referrer"}})
	s.at("detective").mustShow(path, "The person was reached on")
	harbor.mustDo(page+"/serve", page+"/serve", url.Values{"servicesStarted": {"emergencyHousing", "legalImmigration"}})
	s.at("program").mustShow(page, "Emergency housing, Legal help: immigration")
	if to := harbor.mustDo(page+"/close", page+"/close", url.Values{"closeReason": {"services_completed"}, "reason": {"The person has a place."}}); to != inboxPath {
		s.t.Errorf("closing leads to %s", to)
	}
	if got := harbor.get(path); got.status != http.StatusNotFound {
		s.t.Errorf("a closed hand-over answers %d to its recipient", got.status)
	}
	s.at("program").mustDo(path+"/close", path+"/close", nil)
}

// A decline needs a second reader, and the referrer reads the reason in plain
// words.
func TestDeclineByTheForms(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		ref := s.send(9)
		path := refPath(ref)
		s.assessed(ref, "decline")
		words := url.Values{"reasonCategory": {"no_means_shown"}, "reason": {"The facts do not show yet by which means. New facts can be sent at any time."}}
		director, token := s.at("director"), hiddenOf(s.at("director").mustShow(path+"/confirm"))
		for name, list := range words {
			token[name] = list
		}
		if got := director.do("POST", path+"/decline", token.Encode()); got.status != http.StatusForbidden {
			t.Errorf("without a second reader: %d", got.status)
		}
		director.mustShow(path+"/decline", "A second reader has to agree")
		s.at("second_reviewer").mustShow(path+"/second", "Recommended: decline", "As the grid says.")
		s.at("second_reviewer").mustDo(path+"/second", path+"/second", nil)
		director.mustShow(path+"/decide", path+"/decline")
		if got := director.post(path+"/decline", path+"/decline", words); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "The grid says that the means are shown") || !strings.Contains(got.body, "New facts can be sent") {
			t.Errorf("declined for want of means that the grid shows: %d", got.status)
		}
		words.Set("reasonCategory", "outside_scope")
		director.mustDo(path+"/decline", path+"/decline", words)
		s.at("trooper").mustShow(path, "The facts do not show yet by which means.")
		s.at("reviewer").mustShow(queuePath+"?status=declined", ref)
	})
}

// A question goes to the referrer and comes back, without stopping the clock.
func TestQuestionByTheForms(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	ref := s.send(9, demo.ToDecision[0])
	path := refPath(ref)
	s.at("reviewer").mustDo(path+"/ask", path+"/ask", url.Values{"question": {"Where did the person sleep?"}, "about": {"G14"}})
	s.at("reviewer").mustShow(path, "Question asked", "Where did the person sleep?", "Not answered yet", "business day")
	s.at("trooper").mustDo(path+"/answer", path+"/answer", url.Values{"answer": {"In the van."}, "summary": {"Built houses for two months without pay and slept in the van."}})
	s.at("reviewer").mustShow(path, "In the van.", "In review", "What changed since it was sent", "slept at the site", "slept in the van")
	s.at("reviewer").mustDo(path, path+"/hand_back", nil)
	s.at("reviewer").mustShow(path, "Nobody yet")
}

// What OTDA sends elsewhere ends here and is proposed there, with the reason.
func TestRerouteByTheForms(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	ref := s.send(1, confirmed(sent)...)
	page := handoverPath(ref, 1)
	b := s.at("program")
	b.mustShow(page+"/reroute", "Open Door Services", `value="demo-rhtp-open-door"`)
	b.mustDo(page+"/reroute", page+"/reroute", url.Values{"contact": {"demo-rhtp-open-door"}, "reason": {"Harbor Light has no bed."}})
	b.mustShow(handoverPath(ref, 2), "Open Door Services", "Harbor Light has no bed.", "Chosen by OTDA")
	if got := s.at("rhtp_harbor").get(refPath(ref)); got.status != http.StatusNotFound {
		t.Errorf("the first recipient gets %d", got.status)
	}
	b.mustDo(handoverPath(ref, 2), handoverPath(ref, 2, "send"), nil)
	if page := s.at("rhtp_open_door").mustShow(refPath(ref), "Accept"); strings.Contains(page, "Harbor Light") {
		t.Error("a recipient reads of another one")
	}
	if got := b.get(handoverPath(ref, 3)); got.status != http.StatusNotFound {
		t.Errorf("a hand-over that does not exist answers %d", got.status)
	}
	if got := b.get(handoverPath(ref, 1, string(workflow.Take))); got.status != http.StatusNotFound {
		t.Errorf("an act that hand-overs do not know answers %d", got.status)
	}
}

// What OTDA keeps itself has the same road: nobody is lost because no other
// agency takes the person on.
func TestOTDAKeepsAPerson(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	r, _, err := demo.Referral(1, s.state.Door.Today())
	if err != nil {
		t.Fatal(err)
	}
	r.WishedLink = []forms.Link{"neither_yet"}
	receipt, err := s.state.Door.Send(t.Context(), s.state.As("detective"), r, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	ref := receipt.Reference
	if _, err := s.state.Take(t.Context(), ref, confirmed()...); err != nil {
		t.Fatal(err)
	}
	b, page := s.at("program"), handoverPath(ref, 1)
	b.mustShow(boardPath, "OTDA itself", "Look and send")
	if text := b.mustShow(page, "OTDA itself"); strings.Contains(text, "Exactly what it reads") {
		t.Error("OTDA is shown as a recipient of a packet")
	}
	b.mustDo(page, page+"/send", nil)
	b.mustDo(page, page+"/accept", nil)
	b.mustDo(page+"/attempt", page+"/attempt", url.Values{"how": {"phone"}, "result": {"left_a_message"}})
	b.mustDo(page+"/reach", page+"/reach", url.Values{"how": {"phone"}})
	b.mustShow(page, "Left a message", "The person was reached")
	b.mustShow(boardPath, "Look again")
}

// A withdrawn referral is sealed at once for everybody, whoever could read it
// before.
func TestWithdrawnIsSealed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		ref := s.send(1, confirmed(sent, demo.Step{Who: "rhtp_harbor", Do: workflow.Accept, N: 1}, demo.Step{Who: "detective", Do: workflow.Withdraw})...)
		for _, key := range []string{"reviewer", "director", "program"} {
			page := s.at(key).mustShow(refPath(ref), "This referral was withdrawn", "sealed")
			for _, word := range []string{"美玲", told, "Queens", "Elements", "Dana"} {
				if strings.Contains(page, word) {
					t.Errorf("%s: the sealed page tells %q", key, word)
				}
			}
			for _, path := range []string{paperPath(ref, "file", 0), paperPath(ref, "confirmation", 0)} {
				if got := s.at(key).get(path); got.status != http.StatusNotFound {
					t.Errorf("%s: %s answers %d", key, path, got.status)
				}
			}
		}
		for _, path := range []string{refPath(ref), paperPath(ref, "packet", 1)} {
			if got := s.at("rhtp_harbor").get(path); got.status != http.StatusNotFound {
				t.Errorf("the recipient: %s answers %d", path, got.status)
			}
		}
		if got := s.at("program").get(handoverPath(ref, 1)); got.status != http.StatusNotFound {
			t.Errorf("the hand-over answers %d", got.status)
		}
		if page := s.at("program").mustShow(boardPath); strings.Contains(page, ref) {
			t.Error("the board names it")
		}
	})
}
