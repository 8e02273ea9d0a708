package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"nysreferral/cases"
	"nysreferral/forms"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

// story sends the referral of a story at its moment.
func (s *stage) story(story cases.Story, who string) string {
	s.t.Helper()
	s.state.Clock.Set(story.Now)
	r := &forms.Referral{}
	if bad := forms.Questions.DecodeJSON(r, story.Answers); len(bad) > 0 {
		s.t.Fatal(bad)
	}
	receipt, err := s.state.Door.Send(s.t.Context(), s.state.As(who), r, "", story.Answers)
	if err != nil {
		s.t.Fatal(err)
	}
	return receipt.Reference
}

// Case 11 by the pages alone: the reviewer picks the answers that the question is
// about, the referrer answers on one page with each as it stands, the reviewer
// reads what changed, and the referrer reads both due dates.
func TestCase11ByThePages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, k := newStage(t, db), cases.LoadStory(11)
		ref := s.story(k, "detective")
		path, reviewer, detective := refPath(ref), s.at("reviewer"), s.at("detective")
		reviewer.mustDo(queuePath, queuePath+"/next", nil)
		s.state.Clock.Set(k.Steps[1].At)
		reviewer.mustShow(path, `id="pick-G20"`, `form="pick"`, `formaction="`+path+`/ask"`)
		page := reviewer.mustShow(path+"/ask?about=G20&about=G10", `value="G20" checked`, `value="G10" checked`, "Did somebody hold the person")
		if strings.Contains(page, `name="pause"`) {
			t.Error("a question is offered to stop the clock")
		}
		wrong := url.Values{"question": {"Since when?"}, "about": {"G20"}, "answerBy.month": {"11"}, "answerBy.day": {"7"}, "answerBy.year": {"2026"}}
		if got := reviewer.post(path+"/ask", path+"/ask", wrong); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "is no business day") {
			t.Errorf("an answer by a Saturday: %d", got.status)
		}
		reviewer.mustDo(path+"/ask", path+"/ask", url.Values{"question": {"Since when, and who holds the passport?"}, "about": {"G20", "G10"}, "answerBy.month": {"11"}, "answerBy.day": {"5"}, "answerBy.year": {"2026"}})

		s.state.Clock.Set(k.Steps[2].At)
		detective.mustShow("/referrals", path+"/answer", "DCJS asks you something")
		detective.mustShow(path, "Question for you", "Please answer by Thursday, November 5, 5:00 pm")
		page = detective.mustShow(path+"/answer", "Since when, and who holds the passport?", "You said:", "March 2026", `name="began.year"`, `name="papersWhich"`, `name="_told" value="G10 G10.which G20"`)
		if strings.Contains(page, `name="familyName"`) {
			t.Error("the page asks more than the question is about")
		}
		same := url.Values{"papersHeld": {"yes"}, "papersWhich": {"Passport"}, "began.month": {"3"}, "began.year": {"2026"}}
		if got := detective.post(path+"/answer", path+"/answer", same); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Write your answer, or change one") {
			t.Errorf("an answer that says nothing: %d", got.status)
		}
		detective.mustDo(path+"/answer", path+"/answer", url.Values{"answer": {"In the autumn."}, "papersHeld": {"yes"}, "papersWhich": {"Passport, held by the manager"}, "began.month": {"11"}, "began.year": {"2025"}})
		reviewer.mustShow(path, "What changed since it was sent", "Version 2", "March 2026", "November 2025", "Passport, held by the manager", "In the autumn.")

		s.state.Clock.Set(k.Steps[4].At)
		s.at("director").mustShow(path+"/extend", "view is not on the record yet")
		s.at("program").mustDo(path+"/consult", path+"/consult", url.Values{"with": {"Robin Hill, DCJS"}, "outcome": {"agrees"}})
		s.at("director").mustShow(path+"/extend", "3 business days", "November 12")
		s.at("director").mustDo(path+"/extend", path+"/extend", url.Values{"until.month": {"11"}, "until.day": {"12"}, "until.year": {"2026"}, "reason": {"The translation is not there yet."}})
		for _, key := range []string{"detective", "reviewer"} {
			s.at(key).mustShow(path, "Extended from November 6, 2026, 5:00 pm to November 12, 2026, 5:00 pm", "The translation is not there yet.")
		}
	})
}

// Case 12 by the pages alone: declined with other help and until when an appeal
// can be made, and opened again by new facts that change an answer.
func TestCase12ByThePages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, k := newStage(t, db), cases.LoadStory(12)
		ref := s.story(k, "case_manager")
		path, reviewer, director := refPath(ref), s.at("reviewer"), s.at("director")
		reviewer.mustDo(queuePath, queuePath+"/next", nil)
		without := url.Values{"party": {"referrer"}, "with": {"Casey Brook"}, "outcome": {"tried_and_not_reached"}}
		if got := reviewer.post(path+"/consult", path+"/consult", without); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "It counts only with its reason.") {
			t.Errorf("a try without its reason: %d", got.status)
		}
		without.Set("note", "Called twice; the office was closed.")
		reviewer.mustDo(path+"/consult", path+"/consult", without)
		s.at("program").mustDo(path+"/consult", path+"/consult", url.Values{"with": {"DCJS"}, "outcome": {"no_view"}})
		reviewer.mustDo(path+"/assess", path+"/assess", url.Values{"elementAction.finding": {"shown"}, "elementAction.shownBy": {"G14"}, "elementMeans.finding": {"not_shown"}, "elementMeans.shownBy": {""},
			"elementPurpose.finding": {"shown"}, "elementPurpose.shownBy": {"G1"}, "elementMinor.finding": {"not_a_minor"}, "elementMinor.shownBy": {""}})
		reviewer.mustDo(path+"/recommend", path+"/recommend", url.Values{"recommendation": {"decline"}, "reasonCategory": {"no_means_shown"}, "reason": {"No means."}})
		director.mustShow(path+"/decide", "tried, and nobody was reached", "A second reader has to agree")
		s.at("second_reviewer").mustDo(path+"/second", path+"/second", nil)
		director.mustShow(path+"/decline", "What other help there is", "Help does not depend on this decision.")
		director.mustDo(path+"/decline", path+"/decline", url.Values{"reasonCategory": {"no_means_shown"}, "reason": {"Nothing shows yet that anybody was made to stay."}, "otherHelp": {"The wage line is free."}})

		owner := s.at("case_manager")
		page := owner.mustShow(path, "Nothing shows yet that anybody was made to stay.", "The wage line is free.", "The person can appeal until", "Send new facts", "Somebody else decides on the appeal")
		if strings.Contains(page, "No means shown") || strings.Contains(page, s.state.As("director").Name) {
			t.Error("the referrer reads the category, or who signed")
		}
		owner.mustShow(path+"/reconsider?section=G", `name="coercion"`, "choose its part of the form first")
		answers := typed(answersFrom(t, k), "G")
		answers.Set("coercion", "threat_of_deportation")
		answers.Del("meansUnclear")
		answers.Set("_told", idsOfSection("G"))
		answers.Set("reason", "The owner threatened to report the person.")
		owner.mustDo(path+"/reconsider", path+"/reconsider", answers)
		director.mustShow(path, "What changed since it was sent", "Earlier determination", "Nothing shows yet that anybody was made to stay.", "Nobody yet")
		s.at("second_reviewer").mustDo(queuePath, queuePath+"/next", nil)
		s.at("second_reviewer").mustShow(path, "You")
	})
}

func answersFrom(t *testing.T, k cases.Story) *forms.Referral {
	t.Helper()
	r := &forms.Referral{}
	if bad := forms.Questions.DecodeJSON(r, k.Answers); len(bad) > 0 {
		t.Fatal(bad)
	}
	return r
}

func idsOfSection(id string) string { return strings.Join(idsIn(forms.Questions.Section(id)), " ") }

// A colleague steps back or is excluded by the pages, and finds the address of
// the referral to lead nowhere, as one that never was.
func TestStepBackByThePages(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	ref := s.send(9)
	path, director := refPath(ref), s.at("director")
	s.at("reviewer").mustDo(queuePath, queuePath+"/next", nil)
	if to := s.at("reviewer").mustDo(path+"/recuse", path+"/recuse", url.Values{"reason": {"I know the family."}}); to != queuePath {
		t.Errorf("stepping back leads to %s", to)
	}
	never := s.at("reviewer").get(refPath("7K4M-2QX9-C3TB-5"))
	for _, address := range []string{path, path + "/assess", paperPath(ref, "file", 0)} {
		if got := s.at("reviewer").get(address); got.status != http.StatusNotFound || got.body != never.body {
			t.Errorf("%s answers %d, or not as what never was", address, got.status)
		}
	}
	if page := s.at("reviewer").mustShow(queuePath); strings.Contains(page, ref) {
		t.Error("the queue names it")
	}
	page := director.mustShow(path+"/exclude", "Rowan Vale")
	if strings.Contains(page, "Robin Hill, reviewer") || strings.Contains(page, "Devon Cliff, director") {
		t.Error("who is out already, or oneself, can be excluded")
	}
	director.mustDo(path+"/exclude", path+"/exclude", url.Values{"whom": {"second_reviewer@example.org"}, "reason": {"A relative works there."}})
	director.mustShow(path, "Stepped back, or excluded", "Rowan Vale", "I know the family.")
	director.mustDo(path+"/readmit", path+"/readmit", url.Values{"whom": {"reviewer@example.org"}, "reason": {"It was another family."}})
	s.at("reviewer").mustShow(path, "Readmitted")
}
