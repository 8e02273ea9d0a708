package handlers

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/web"
	"nysreferral/workflow"
)

// Before a try is logged, each way that is not permitted says so beside it, on
// both pages that ask; who has not accepted is offered none. A try by such a way
// is kept, and said to be wrong with what to do, never to be done well. OTDA reads
// the alarm above the hand-over until it notes what it found; the recipient never
// reads that page.
func TestWaysAreMarkedAndAnUnsafeTryAlarms(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		ref := s.send(1, confirmed(sent)...) // who may be reached only through the referrer
		b, otda, path := s.at("rhtp_harbor"), s.at("program"), handoverPath(ref, 1, "attempt")
		if page := b.mustShow(refPath(ref)); strings.Contains(page, "ot permitted") || strings.Contains(page, `value="text_message"`) {
			t.Error("ways are told before the hand-over is accepted")
		}
		otda.mustShow(handoverPath(ref, 1), "/handovers/1/preview")
		if page := b.mustShow(handoverPath(ref, 1), "Accept"); strings.Contains(page, "/handovers/1/preview") {
			t.Error("the recipient reads OTDA's page")
		}
		if _, err := s.state.Take(t.Context(), ref, demo.Step{Who: "rhtp_harbor", Do: workflow.Accept, N: 1}); err != nil {
			t.Fatal(err)
		}
		page := b.mustShow(refPath(ref))
		if n := strings.Count(page, "Not permitted: do not use"); n != len(workflow.TryRules)-1 {
			t.Errorf("%d ways are marked", n)
		}
		if at := strings.Index(page, "Through the referrer"); at < 0 || strings.Contains(page[at:at+60], "Not permitted") {
			t.Error("the way that is safe is marked")
		}
		if n := strings.Count(b.mustShow(path), barredWay); n != len(workflow.TryRules)-1 {
			t.Errorf("on the page with a note %d ways are marked", n)
		}
		b.mustShow(handoverPath(ref, 1, "reach"), barredWay)

		b.mustDo(refPath(ref), path, url.Values{"how": {"through_the_referrer"}, "result": {"no_answer"}})
		b.mustShow(refPath(ref), "The try is logged.")
		if page := otda.mustShow(handoverPath(ref, 1)); strings.Contains(page, "A try was not safe: look at it now") {
			t.Error("a safe try alarms")
		}
		b.mustDo(refPath(ref), path, url.Values{"how": {"text_message"}, "result": {"no_answer"}})
		page = b.mustShow(refPath(ref), wrongWay, "box-warning")
		if strings.Contains(page, "The try is logged.") || strings.Contains(page, "box-success") {
			t.Error("a try that puts the person in danger is said to be done well")
		}
		page = otda.mustShow(handoverPath(ref, 1), "A try was not safe: look at it now", "ext message")
		if alarm := strings.Index(page, "A try was not safe"); alarm > strings.Index(page, "The line in the directory") {
			t.Error("the alarm does not stand on top")
		}
		otda.mustDo(handoverPath(ref, 1), tasksPath, url.Values{"note": {"Called the detective: nobody saw the text."}})
		if page := otda.mustShow(handoverPath(ref, 1)); strings.Contains(page, "A try was not safe: look at it now") {
			t.Error("the alarm stays after OTDA noted what it found")
		}
	})
}

// A way that may only be told of once the person came says so, and a way by phone
// where no message may be left; what alarms is never called permitted.
func TestWordsOfAWay(t *testing.T) {
	for _, tt := range []struct {
		way     workflow.Permit
		reached bool
		want    string
	}{
		{workflow.Permit{How: "in_person"}, true, barredWay},
		{workflow.Permit{How: "in_person", Reached: true}, false, barredWay},
		{workflow.Permit{How: "in_person", Reached: true}, true, "Only if the person came to you."},
		{workflow.Permit{How: "phone", Try: true, Reached: true}, false, silentWay},
		{workflow.Permit{How: "email", Try: true, Reached: true}, false, openWay},
		{workflow.Permit{How: "phone", Try: true, Reached: true}, true, ""},
		{workflow.Permit{How: "email", Try: true, Reached: true}, true, ""},
	} {
		if got := permission(tt.way, tt.reached); got != tt.want {
			t.Errorf("%+v: %q", tt.way, got)
		}
	}
}

// Where the phone is permitted and a message is not, the result of a message says
// so, in the log of two taps and on the page with a note; nowhere else.
func TestNoMessageIsSaidBesideTheResult(t *testing.T) {
	for want, way := range map[string]workflow.Permit{
		"Left a message (not permitted by phone)": {How: "phone", Try: true},
		"Left a message": {How: "phone", Try: true, Message: true},
	} {
		ways := []workflow.Permit{way, {How: "email", Try: true}}
		tries := tryForm("r", referrals.Handover{Ways: ways}, "made-up")
		d := web.Drawn{Fields: []web.Field{{Name: "result", Options: optionsOf(forms.FormOf("handover.attempt").Field("result"))}}}
		markHow(&d, ways, workflow.Attempt)
		for _, list := range [][]web.Option{tries.Results, d.Fields[0].Options} {
			if i := slices.IndexFunc(list, func(o web.Option) bool { return o.Code == "left_a_message" }); list[i].Label != want || list[0].Label != "No answer" {
				t.Errorf("%q, beside %q, want %q", list[i].Label, list[0].Label, want)
			}
		}
	}
}
