package handlers

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/web"
	"nysreferral/workflow"
)

// Who types an act while a colleague is quicker is told so, and reads every word
// again, to be copied: nothing is done, and no page is filled in with what stood
// before the colleague came. Without a word typed it is refused as before.
func TestTypedActIsNotLost(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		ref := s.send(1, confirmed(sent, demo.Step{Who: "rhtp_harbor", Do: workflow.Accept, N: 1})...)
		b, path := s.at("rhtp_harbor"), handoverPath(ref, 1, string(workflow.Wait))
		day := s.state.Clock.Now().AddDate(0, 0, 20)
		year, month, date := forms.PartialDate(day.Format(time.DateOnly)).Boxes()
		in := hiddenOf(b.get(path).body)
		_, err := s.state.Take(t.Context(), ref, demo.Step{Who: "rhtp_harbor", Do: workflow.Attempt, N: 1, Deed: func(d *forms.Deed) { d.How, d.Result = "through_the_referrer", "no_answer" }})
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range map[string]string{"waitUntil" + web.DateYear: year, "waitUntil" + web.DateMonth: month, "waitUntil" + web.DateDay: date, "reason": "She is in <hospital>."} {
			in.Set(name, value)
		}
		got := b.do(http.MethodPost, path, in.Encode())
		if got.status != http.StatusConflict {
			t.Fatalf("behind a colleague it answers %d: %s", got.status, got.body)
		}
		for _, want := range []string{"What you typed, to be copied", "She is in &lt;hospital&gt;.", month + "/" + date + "/" + year, `href="` + refPath(ref) + `"`} {
			if !strings.Contains(got.body, want) {
				t.Errorf("the page lacks %q: %s", want, got.body)
			}
		}
		if strings.Contains(got.body, `name="reason"`) || strings.Contains(s.log.String(), "hospital") {
			t.Error("the page can be sent again, or the log tells what was typed")
		}
		if page := b.get(refPath(ref)).body; strings.Contains(page, "hospital") {
			t.Error("it was done")
		}
	})
}

// While the person asked to wait, the recipient reads so before how the person can
// be reached, in the inbox and in the tasks; the referrer does not read it. After
// the day nothing of it is left there.
func TestWaitIsSaidWherePeopleAct(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	day := s.state.Clock.Now().AddDate(0, 0, 20)
	ref := s.send(1, confirmed(sent, demo.Step{Who: "rhtp_harbor", Do: workflow.Accept, N: 1}, demo.Step{Who: "rhtp_harbor", Do: workflow.Wait, N: 1,
		Deed: func(d *forms.Deed) {
			d.WaitUntil, d.Reason = forms.Date(day.Format(time.DateOnly)), "She is in hospital."
		}})...)
	b, words := s.at("rhtp_harbor"), "until "+web.Day(day)
	page := b.mustShow(refPath(ref), "The person asked to wait "+words)
	if strings.Index(page, "The person asked to wait "+words) > strings.Index(page, `class="contact-box`) {
		t.Error("how the person is reached stands before that nobody may try")
	}
	for _, path := range []string{inboxPath, tasksPath} {
		b.mustShow(path, "Wait "+words+": the person asked for it")
	}
	for _, path := range []string{refPath(ref), tasksPath} {
		if own := s.at("detective").get(path).body; strings.Contains(own, "asked to wait") || strings.Contains(own, "Wait until") || strings.Contains(own, "hospital") {
			t.Errorf("the referrer reads at %s that the person waits", path)
		}
	}
	s.state.Clock.Set(day.AddDate(0, 0, 1))
	for _, path := range []string{refPath(ref), inboxPath, tasksPath} {
		if page := b.mustShow(path, "ry to reach the person"); strings.Contains(page, "asked to wait until") || strings.Contains(page, "Wait until") {
			t.Errorf("%s still says that the person waits", path)
		}
	}
}
