package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"nysreferral/cases"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// A sent referral takes facts, a question its answer, and a withdrawal ends it:
// each by the page of the act, each refused without its words.
func TestActsOfAReferrer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, b := harbor(t, db)
		s.now.set(cases.Load(7).Now)
		path := b.begin()
		b.fill(path, 7)
		b.do("POST", path+"/submit", hiddenOf(b.get(path+"/check").body).Encode())
		if got := b.get(path + "/answer"); got.status != http.StatusConflict {
			t.Errorf("an answer without a question: %d", got.status)
		}
		if got := b.do("POST", path+"/add", b.fields(path+"/add").Encode()); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Write what is new, or change an answer.") {
			t.Errorf("adding nothing: %d", got.status)
		}
		facts := b.fields(path + "/add")
		facts.Set("facts", "A new fact.")
		if got := b.do("POST", path+"/add", facts.Encode()); got.status != http.StatusSeeOther || got.to() != path {
			t.Fatalf("adding facts: %d %s", got.status, got.body)
		}
		if got := b.get(path).body; !strings.Contains(got, "A new fact.") || !strings.Contains(got, "Your facts were added.") {
			t.Error("the new fact is not shown")
		}
		ask(t, s, strings.TrimPrefix(path, "/referrals/"))
		if got := b.get("/referrals").body; !strings.Contains(got, path+"/answer") {
			t.Error("the list does not lead to the question")
		}
		page := b.get(path + "/answer").body
		for _, want := range []string{"Where did the person sleep?", "<strong>You said:</strong>", "Sex trafficking"} {
			if !strings.Contains(page, want) {
				t.Errorf("the question's page lacks %q", want)
			}
		}
		stale := hiddenOf(page)
		if got := b.post(path+"/answer", path+"/answer", url.Values{"answer": {"Behind the shop."}, "trafficking": {"sex"}}); got.status != http.StatusSeeOther {
			t.Fatalf("answering: %d %s", got.status, problemsIn(got.body))
		}
		stale.Set("answer", "Twice")
		if got := b.do("POST", path+"/answer", stale.Encode()); got.status != http.StatusConflict || !strings.Contains(got.body, "What you typed, to be copied") || !strings.Contains(got.body, "Twice") {
			t.Errorf("answering twice: %d %s", got.status, got.body)
		}
		if got := b.post(path+"/withdraw", path+"/withdraw", nil); got.status != http.StatusSeeOther {
			t.Fatalf("withdrawing: %d %s", got.status, got.body)
		}
		if got := b.get(path).body; strings.Contains(got, "Behind the shop.") || !strings.Contains(got, "was withdrawn on") {
			t.Error("a withdrawn referral is still read")
		}
	})
}

// ask has a reviewer take the referral and put a question.
func ask(t *testing.T, s *site, ref string) {
	t.Helper()
	_, who := s.account(s.agency("DCJS", "dcjs", workflow.SideDCJS), workflow.Reviewer, "Robin Example")
	rec, err := s.referrals.Open(t.Context(), who, ref, referrals.Want{})
	if err == nil {
		rec, err = s.referrals.Act(t.Context(), who, referrals.Seen{Ref: ref, Rev: rec.Rev}, workflow.Take, &forms.Deed{})
	}
	if err == nil {
		deed := &forms.Deed{}
		deed.Question, deed.About = "Where did the person sleep?", "G1"
		_, err = s.referrals.Act(t.Context(), who, referrals.Seen{Ref: ref, Rev: rec.Rev}, workflow.Ask, deed)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A discarded draft is gone for good.
func TestDiscard(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		_, b := harbor(t, db)
		path := b.begin()
		if got := b.post(path+"/discard", path+"/discard", nil); got.status != http.StatusSeeOther || got.to() != "/referrals" {
			t.Fatalf("discarding: %d %s", got.status, got.to())
		}
		if got := b.get(path); got.status != http.StatusNotFound {
			t.Errorf("the draft still answers %d", got.status)
		}
		if got := b.get("/referrals").body; !strings.Contains(got, "The draft was discarded.") || !strings.Contains(got, "You have no referrals yet") {
			t.Error("the list does not say so")
		}
	})
}

// A referrer reads how far a hand-over is, and no name of a recipient that was
// only proposed.
func TestHandoverSays(t *testing.T) {
	at := time.Date(2026, 11, 9, 15, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		h           referrals.Handover
		title, says string
		tag         string
	}{
		{referrals.Handover{N: 1, Recipient: "Pine House", Status: workflow.Proposed}, "Hand-over 1", "choosing", "Proposed"},
		{referrals.Handover{N: 1, Recipient: "Pine House", Status: workflow.Sent, SentAt: at}, "Pine House", "waits", "Sent"},
		{referrals.Handover{N: 2, Status: workflow.Accepted, SentAt: at, AcceptedAt: at}, "Hand-over 2", "Accepted on November 9", "Accepted"},
		{referrals.Handover{N: 1, Status: workflow.Returned, SentAt: at}, "Hand-over 1", "choosing", "Returned"},
		{referrals.Handover{N: 1, Status: workflow.HandoverClosed, SentAt: at}, "Hand-over 1", "ended", "Closed"},
		{referrals.Handover{N: 1, Recipient: "Pine House", Status: workflow.HandoverClosed}, "Hand-over 1", "never sent", "Not sent"},
		{referrals.Handover{N: 1, Status: workflow.HandoverClosed, SentAt: at, AcceptedAt: at, ReachedAt: at}, "Hand-over 1", "reached on", "Closed"},
	} {
		if got := handoverTitle(c.h); got != c.title {
			t.Errorf("%s: title %q", c.h.Status, got)
		}
		if got := sentTag(c.h).Word; got != c.tag {
			t.Errorf("%s: tag %q, want %q", c.h.Status, got, c.tag)
		}
		if got := handoverSays(c.h); !strings.Contains(got, c.says) {
			t.Errorf("%s: %q", c.h.Status, got)
		}
	}
}

// Who adds facts is asked first for what others act on to keep the person safe,
// each with what was said, then for words; what is changed there is a new version
// of the answers, what is wrong there comes back on the same page, and nothing else
// of the form is touched.
func TestAddFactsAsksForSafetyFirst(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	ref := s.send(1, accepted()...)
	path := refPath(ref)
	owner := s.at("detective")
	page := owner.mustShow(path+"/add", "What keeps the person safe", `name="facts"`)
	last := -1
	for _, name := range []string{"reach", "safePhone.phone", "safeEmail", "safeAddress", "notSafe", "living", "danger", "facts"} {
		at := strings.Index(page, `name="`+name)
		if at <= last {
			t.Errorf("%s stands at %d, after %d", name, at, last)
		}
		last = at
	}
	if strings.Contains(page, `name="countyFound"`) {
		t.Error("the page asks for other answers too")
	}
	in := typedFrom(page)
	in.Del("_go")
	in.Set("safeEmail", "no address")
	back := owner.do(http.MethodPost, path+"/add", in.Encode())
	if back.status != http.StatusUnprocessableEntity || !strings.Contains(back.body, `value="no address"`) || !strings.Contains(back.body, `name="danger"`) || strings.Contains(back.body, `name="countyNow"`) {
		t.Fatalf("a mistake answers %d", back.status)
	}
	in.Set("safeEmail", "")
	in.Set("danger", "yes")
	in.Set("notSafe", "The phone is with the trafficker.")
	if got := owner.do(http.MethodPost, path+"/add", in.Encode()); got.status != http.StatusSeeOther {
		t.Fatalf("adding answers %d: %s", got.status, problemsIn(got.body))
	}
	rec, err := s.state.Door.Open(t.Context(), s.state.As("detective"), ref, referrals.Want{Own: true})
	if err != nil || rec.Answers.Danger != "yes" || rec.Answers.NotSafe == "" || rec.Answers.CountyFound == "" || len(rec.View.Revisions) != 1 || len(rec.View.Revisions[0].Changes) != 2 {
		t.Errorf("%+v %v", rec.View.Revisions, err)
	}
	s.at("rhtp_harbor").mustShow(path, "The phone is with the trafficker.")
}
