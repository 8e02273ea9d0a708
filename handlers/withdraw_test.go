package handlers

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// Before a withdrawal a page says what will happen, to whom, and that the own copy
// goes; to look at it changes nothing, and it is nobody else's. Its button does all
// in one act, and the page after it says that it is done. What it said comes true.
func TestWithdrawalIsExplainedThenDone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		ref := s.send(1, confirmed(sent)...)
		path := refPath(ref)
		for _, other := range []string{"case_manager", "rhtp_harbor", "rhtp_open_door", "auditor", "reviewer"} {
			if got := s.at(other).get(path + "/withdraw"); got.status != http.StatusNotFound {
				t.Errorf("%s opens the question: %d", other, got.status)
			}
		}
		b, copied := s.at("detective"), paperPath(ref, referrals.PaperReferral, 0)
		page := b.mustShow(path+"/withdraw", "Nothing is withdrawn yet", "What happens then", "told to stop and to destroy", "your copy of the referral and the receipt cannot be opened here any more",
			paperPath(ref, referrals.PaperReceipt, 0), "OTDA writes a short letter", "nobody can take it back", "It is not undone for the person",
			"Neither you nor the person has to say why.", "(optional)")
		s.at("program").mustShow(path+"/withdraw", "how you know that it was the person", "(required)")
		if strings.Contains(page, "about a child") {
			t.Error("the page of an adult speaks of a child")
		}
		if got := b.get(copied); got.status != http.StatusOK {
			t.Errorf("after looking at the question the own copy answers %d", got.status)
		}
		if to := b.mustDo(path+"/withdraw", path+"/withdraw", url.Values{"reason": {"The person asked for it."}}); to != path {
			t.Errorf("it leads to %s", to)
		}
		b.mustShow(path, "It is done: the referral was withdrawn.", "Done: this referral was withdrawn on", "There is nothing for you to do now")
		for _, gone := range []string{copied, paperPath(ref, referrals.PaperReceipt, 0), path + "/withdraw"} {
			if got := b.get(gone); got.status == http.StatusOK {
				t.Errorf("%s can still be opened", gone)
			}
		}
		s.at("rhtp_harbor").mustShow(inboxPath, "We stopped, and destroyed our copies")
		other := refPath(s.send(3))
		s.at("social_worker").mustShow(other+"/withdraw", "A notice about a minor that went out stays with it", "Nobody was told of the person yet")
	})
}

// The referrer's page of a question shows each answer that it is about as it
// stands, also that there is none, and by when it is asked for; when that is over,
// since when, there and on the page of the referral. Nobody else has that page.
func TestQuestionShowsWhatWasSaidAndSinceWhen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		ref := s.send(7, demo.ToDecision[0], demo.Step{Who: "reviewer", Do: workflow.Ask, Deed: func(d *forms.Deed) { d.Question, d.About = "Where was that?", "G2 G14 G20" }})
		path := refPath(ref) + "/answer"
		for _, other := range []string{"detective", "reviewer", "rhtp_harbor", "auditor"} {
			if got := s.at(other).get(path); got.status != http.StatusNotFound {
				t.Errorf("%s opens the question: %d", other, got.status)
			}
		}
		b := s.at("case_manager")
		page := html.UnescapeString(b.mustShow(path, "Where was that?", "What you are asked about, and what you said before", "You have not answered this.", "Please answer by Tuesday, November 10, 5:00 pm."))
		before, _, _ := strings.Cut(page, "<form class=\"form\"")
		for _, said := range []string{"Hotel", "Told in three talks how a partner decided"} {
			if !strings.Contains(before, said) {
				t.Errorf("above the form it does not say %q", said)
			}
		}
		if strings.Contains(page, "verdue") {
			t.Error("it is overdue at once")
		}
		s.state.Clock.Set(started.Add(72 * time.Hour))
		b.mustShow(path, "Overdue since Tuesday, November 10, 5:00 pm. Your answer is still taken")
		b.mustShow(refPath(ref), "Overdue since Tuesday, November 10, 5:00 pm.")
	})
}

// The receipt and the page of a referral say how each time is counted, and until
// when: days of business without the day of receipt, hours by the clock.
func TestTimesAreExplained(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		ref := s.send(1)
		if got := s.at("case_manager").get(refPath(ref, "receipt")); got.status != http.StatusNotFound {
			t.Errorf("a stranger reads the receipt: %d", got.status)
		}
		for _, path := range []string{refPath(ref, "receipt"), refPath(ref)} {
			s.at("detective").mustShow(path, "How the time is counted", "3 business days. The day on which it began does not count", "Until Friday, November 13, 2026, 5:00 pm.", "6 business days.")
		}
		child := s.send(3)
		if page := s.at("social_worker").mustShow(refPath(child), "How the time is counted"); strings.Contains(page, "by the clock") {
			t.Error("a report that was made has a clock")
		}
		r, _, err := demo.Referral(3, s.state.Door.Today())
		if err != nil {
			t.Fatal(err)
		}
		r.SCR, r.SCROn = "no", ""
		receipt, err := s.state.Door.Send(t.Context(), s.state.As("social_worker"), r, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		s.at("social_worker").mustShow(refPath(receipt.Reference, "receipt"), "Report to the child abuse register", "48 hours by the clock: nights, weekends and holidays count. Until Wednesday, November 11, 2026, 12:0")
	})
}
