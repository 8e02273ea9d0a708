package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"nysreferral/store"
	"nysreferral/store/storetest"
)

func (h *house) list(key, query string) []record {
	h.t.Helper()
	var out struct {
		Referrals []record `json:"referrals"`
		Next      string   `json:"next"`
	}
	h.want(200, key, "GET", "/referrals"+query, nil).into(h.t, &out)
	return out.Referrals
}

// A referral goes its whole road through the API, from the referrer to the
// person being reached, and each on the way sees what is theirs and no more.
func TestStory(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		got := h.sent(1)
		ref := got.Reference
		if got.Status != "submitted" || got.DueAt == "" || got.RouteDueAt == "" || len(got.Digest) != 64 {
			t.Errorf("the receipt: %+v", got)
		}
		for _, at := range []string{got.ReceivedAt, got.DueAt, got.RouteDueAt} {
			if when, err := time.Parse(time.RFC3339, at); err != nil || when.Location() != time.UTC || !strings.HasSuffix(at, "Z") {
				t.Errorf("%q is no moment in UTC", at)
			}
		}
		h.reviewed(ref)
		h.decided(ref)
		h.handedOver(ref)
		h.papers(ref)
		h.lettered(ref)
		last := h.read("detective", ref)
		said := ""
		for _, e := range last.Timeline {
			said += e.Say + " "
		}
		holds(t, said, "received", "confirmed", "reached")
		if last.Handovers[0].Status != "reached" || last.Handovers[0].Reason != "" || last.Handovers[0].Recipient != "" {
			t.Errorf("police read of the hand-over: %+v", last.Handovers[0])
		}
	})
}

// reviewed takes the referral, reads it with what is masked, and assesses it.
func (h *house) reviewed(ref string) {
	t := h.t
	t.Helper()
	seen := h.read("reviewer", ref)
	if string(seen.Answers["category"]) != `{"masked":true}` || len(seen.Masked) == 0 {
		t.Errorf("the category of immigration is not masked: %s, %v", seen.Answers["category"], seen.Masked)
	}
	shown := record{}
	h.want(200, "reviewer", "GET", "/referrals/"+ref+"?reveal=F1", nil).into(t, &shown)
	if string(shown.Answers["category"]) == `{"masked":true}` || len(shown.Answers["category"]) == 0 {
		t.Errorf("F1 is not revealed: %s", shown.Answers["category"])
	}
	if got := h.step("reviewer", ref, "reveal", `"reveal":"F1"`, seen.Rev); string(got.Answers["category"]) != string(shown.Answers["category"]) {
		t.Errorf("revealed by the act: %s", got.Answers["category"])
	}
	if string(h.read("reviewer", ref).Answers["category"]) != `{"masked":true}` {
		t.Error("what was revealed once stays revealed")
	}
	h.want(403, "detective", "GET", "/referrals/"+ref+"?reveal=F1", nil)

	taken := h.do("reviewer", ref, "take", "")
	if taken.Status != "in_review" || taken.HeldBy == "" || taken.Rev <= seen.Rev {
		t.Errorf("taken: %s by %q, rev %d after %d", taken.Status, taken.HeldBy, taken.Rev, seen.Rev)
	}
	stale := h.want(409, "second_reviewer", "POST", "/referrals/"+ref+"/take", map[string]int{"rev": seen.Rev}).trouble(t)
	holds(t, stale.Detail, "Robin Hill")
	outside := h.want(409, "detective", "POST", "/referrals/"+ref+"/add", map[string]any{"rev": seen.Rev, "facts": "More."}).trouble(t)
	if strings.Contains(outside.Detail, "Robin") {
		t.Errorf("a referrer is told a reviewer's name: %s", outside.Detail)
	}
	h.want(403, "second_reviewer", "POST", "/referrals/"+ref+"/take", map[string]int{"rev": taken.Rev})
	h.want(403, "detective", "POST", "/referrals/"+ref+"/confirm", map[string]int{"rev": taken.Rev})

	bare := h.want(422, "reviewer", "POST", "/referrals/"+ref+"/ask", map[string]int{"rev": taken.Rev}).trouble(t)
	if bare.Problems.Of("question") == "" {
		t.Errorf("a question without words: %+v", bare)
	}
	asked := h.do("reviewer", ref, "ask", `"question":"Since when?","about":"G20"`)
	twice := fmt.Sprintf(`{"rev":%d,"answer":"x","answers":{},"answers":{}}`, asked.Rev)
	for _, wrong := range []string{twice, strings.Replace(twice, `,"answers":{},"answers":{}`, `,"answers":{"began":7}`, 1)} {
		h.want(422, "detective", "POST", "/referrals/"+ref+"/answer", wrong)
	}
	h.want(403, "detective", "POST", "/referrals/"+ref+"/answer", fmt.Sprintf(`{"rev":%d,"answer":"x","answers":{"summary":"Other"}}`, asked.Rev))
	answered := h.do("detective", ref, "answer", `"answer":"Since the spring.","answers":{"began":"2025-04"}`)
	if answered.Status != "in_review" || string(answered.Answers["began"]) != `"2025-04"` {
		t.Errorf("answered: %s, %s", answered.Status, answered.Answers["began"])
	}
	if got := h.read("reviewer", ref).Revisions; len(got) != 1 || got[0].Version != 2 || len(got[0].Changes) != 1 || got[0].Changes[0].Field != "began" {
		t.Errorf("the reviewer reads %+v", got)
	}
	holds(t, string(h.read("reviewer", ref).Review["questions"]), "Since when?", "Since the spring.")
	h.do("program", ref, "consult", `"with":"Parker Shore","outcome":"agrees"`)
	h.do("reviewer", ref, "consult", `"with":"Dana Rivers","outcome":"spoken_with"`)
	element := func(name string) string { return `"` + name + `":{"finding":"shown","shownBy":"G4 G14"}` }
	h.do("reviewer", ref, "assess", strings.Join([]string{element("elementAction"), element("elementMeans"), element("elementPurpose"),
		`"elementMinor":{"finding":"not_a_minor"}`}, ","))
}

// decided confirms the referral; before, the director is told what is missing.
func (h *house) decided(ref string) {
	t := h.t
	t.Helper()
	for _, b := range h.read("director", ref).Actions {
		if b.Action == "decline" && (b.Ready || len(b.Missing) == 0) {
			t.Errorf("a decline without second reader: %+v", b)
		}
	}
	got := h.do("director", ref, "confirm", `"typeConfirmed":"sex","bases":["severe_form_adult"]`)
	if got.Status != "confirmed" || len(got.Handovers) == 0 {
		t.Fatalf("confirmed: %s with %d hand-overs", got.Status, len(got.Handovers))
	}
	holds(t, string(got.Review["determination"]), "confirmed")
}

// handedOver sends the person to the recipient, which accepts and reaches.
func (h *house) handedOver(ref string) {
	t := h.t
	t.Helper()
	h.want(404, "rhtp_harbor", "GET", "/referrals/"+ref, nil)
	proposed := h.read("program", ref)
	first := proposed.Handovers[0]
	if first.Kind != "rhtp" || first.Reason == "" || len(first.Actions) == 0 || len(first.Facts["rule"]) == 0 {
		t.Fatalf("proposed: %+v", first)
	}
	holds(t, h.doHandover("program", ref, "send", "").Handovers[0].Status, "sent")

	h.want(404, "rhtp_open_door", "GET", "/referrals/"+ref, nil)
	outline := h.read("rhtp_harbor", ref)
	for _, name := range []string{"familyName", "safePhone", "summary", "category", "traffickers"} {
		if outline.Answers[name] != nil {
			t.Errorf("before accepting the recipient reads %s", name)
		}
	}
	if len(outline.Answers["spokenLanguage"]) == 0 || len(outline.Review["ageBand"]) == 0 {
		t.Errorf("the outline lacks what is needed to accept: %v, %v", outline.Answers, outline.Review)
	}
	h.want(404, "rhtp_harbor", "POST", "/referrals/"+ref+"/handovers/2/accept", `{"rev":0}`)
	h.want(409, "rhtp_harbor", "POST", "/referrals/"+ref+"/handovers/1/accept", `{"rev":99}`)
	accepted := h.doHandover("rhtp_harbor", ref, "accept", "")
	if len(accepted.Answers["familyName"]) == 0 || accepted.Answers["summary"] != nil || accepted.Answers["traffickers"] != nil {
		t.Errorf("after accepting the recipient reads %v", accepted.Answers)
	}
	h.doHandover("rhtp_harbor", ref, "attempt", `"how":"phone","result":"no_answer"`)
	h.want(422, "rhtp_harbor", "POST", "/referrals/"+ref+"/handovers/1/reach", map[string]int{"rev": h.read("rhtp_harbor", ref).Handovers[0].Rev})
	if got := h.doHandover("rhtp_harbor", ref, "reach", `"how":"phone"`); got.Handovers[0].Status != "reached" {
		t.Errorf("reached: %s", got.Handovers[0].Status)
	}
	if inbox := h.list("rhtp_harbor", ""); len(inbox) != 1 || inbox[0].Reference != ref {
		t.Errorf("the inbox: %+v", inbox)
	}
}

// lettered signs the letters of a confirmation, sends them by the one safe way,
// and has them handed over; each by its own party, and by no other way.
func (h *house) lettered(ref string) {
	t := h.t
	t.Helper()
	h.want(404, "detective", "GET", "/referrals/"+ref+"/letter/confirmation", nil)
	h.want(404, "detective", "POST", "/referrals/"+ref+"/letters/1/sign", map[string]any{"rev": 1, "title": "x"})
	rev := func(key string) int { return h.read(key, ref).Rev }
	h.want(403, "director", "POST", "/referrals/"+ref+"/letters/1/sign", map[string]any{"rev": rev("director"), "title": "Director"})
	h.want(422, "program", "POST", "/referrals/"+ref+"/letters/1/sign", map[string]any{"rev": rev("program")})
	h.do("program", ref, "letters/1/sign", `"title":"Program Manager"`)
	h.want(409, "program", "POST", "/referrals/"+ref+"/letters/2/sign", map[string]any{"rev": 1, "title": "x"})
	h.want(403, "program", "POST", "/referrals/"+ref+"/letters/1/deliver", map[string]any{"rev": rev("program"), "way": "by_mail"})
	h.do("program", ref, "letters/1/deliver", `"way":"by_referrer"`)
	holds(t, string(h.want(200, "detective", "GET", "/referrals/"+ref+"/letters/1/paper", nil).body), "letter "+ref+" 1")
	h.want(200, "detective", "GET", "/referrals/"+ref+"/letter/confirmation", nil)
	h.want(404, "detective", "GET", "/referrals/"+ref+"/letters/2/paper", nil)
	h.do("detective", ref, "letters/1/hand_over", "")
	var got struct {
		Letters []struct {
			N                         int
			Kind, Status, To, Way     string
			AcknowledgedAt, CreatedAt string
			Ways                      []string
		}
	}
	h.want(200, "program", "GET", "/referrals/"+ref, nil).into(t, &got)
	if len(got.Letters) != 2 || got.Letters[0].Status != "handed" || got.Letters[0].Way != "by_referrer" || got.Letters[0].AcknowledgedAt == "" || got.Letters[1].Status != "prepared" {
		t.Errorf("%+v", got)
	}
}

// papers are drawn for those who may have them, under names that tell nothing.
func (h *house) papers(ref string) {
	t := h.t
	t.Helper()
	for _, c := range []struct{ key, path, file, says string }{
		{"detective", "/receipt", "receipt.pdf", "receipt " + ref},
		{"detective", "/letter/referral", "referral.pdf", "referral " + ref},
		{"reviewer", "/letter/file", "referral.pdf", "file " + ref},
		{"program", "/letter/confirmation", "letter.pdf", "letter " + ref + " 1"},
		{"rhtp_harbor", "/packet", "packet.pdf", "packet " + ref + " 1"},
		{"program", "/packet?for=1", "packet.pdf", "packet " + ref + " 1"},
		{"program", "/packet?for=rhtp", "packet.pdf", "packet " + ref + " 1"},
	} {
		got := h.want(200, c.key, "GET", "/referrals/"+ref+c.path, nil)
		holds(t, string(got.body), c.says)
		if disposition := got.header.Get("Content-Disposition"); disposition != `attachment; filename="`+c.file+`"` || got.header.Get("Content-Type") != "application/pdf" {
			t.Errorf("%s: %s, %s", c.path, disposition, got.header.Get("Content-Type"))
		}
	}
	h.want(404, "detective", "GET", "/referrals/"+ref+"/packet?for=1", nil)
	h.want(404, "rhtp_harbor", "GET", "/referrals/"+ref+"/letter/file", nil)
	h.want(404, "program", "GET", "/referrals/"+ref+"/packet?for=ldss", nil)
	h.want(404, "program", "GET", "/referrals/"+ref+"/letter/packet", nil)
	h.want(422, "program", "GET", "/referrals/"+ref+"/packet", nil)
	var seen struct {
		Looks []struct{ At, Who, Action string } `json:"looks"`
	}
	h.want(200, "detective", "GET", "/referrals/"+ref+"/looks", nil).into(t, &seen)
	if len(seen.Looks) == 0 {
		t.Error("nobody is told to have looked")
	}
	for _, l := range seen.Looks {
		if strings.Contains(l.Who, "Hill") {
			t.Errorf("a look names a person: %+v", l)
		}
	}
}

// A minor's department reads the notice and nothing else, says that it has it,
// and OTDA marks done what is done by hand.
func TestMinor(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		ref := h.sent(3).Reference
		var waiting struct {
			Letters []struct {
				Reference string `json:"reference"`
				N         int    `json:"n"`
			} `json:"letters"`
		}
		h.want(200, "ldss_erie", "GET", "/letters", nil).into(t, &waiting)
		if len(waiting.Letters) != 1 || waiting.Letters[0].Reference != ref {
			t.Fatalf("letters: %+v", waiting)
		}
		h.want(404, "ldss_wyoming", "GET", "/referrals/"+ref+"/letters/1", nil)
		h.want(404, "ldss_wyoming", "POST", "/referrals/"+ref+"/letters/1/acknowledge", nil)
		h.want(404, "ldss_erie", "GET", "/referrals/"+ref, nil)
		var notice record
		h.want(200, "ldss_erie", "GET", "/referrals/"+ref+"/letters/1", nil).into(t, &notice)
		if len(notice.Answers["under18"]) == 0 || notice.Answers["summary"] != nil || notice.Answers["trafficking"] != nil || notice.Answers["safePhone"] != nil {
			t.Errorf("the notice shows %v", notice.Answers)
		}
		h.want(204, "ldss_erie", "POST", "/referrals/"+ref+"/letters/1/acknowledge", nil)
		h.want(204, "ldss_erie", "POST", "/referrals/"+ref+"/letters/1/acknowledge", `{}`)
		h.tasksDone(ref)
	})
}

func (h *house) tasksDone(ref string) {
	t := h.t
	t.Helper()
	var todo struct {
		Tasks []struct {
			ID        int    `json:"id"`
			Reference string `json:"reference"`
			Kind      string `json:"kind"`
			DueAt     string `json:"dueAt"`
			ByHand    bool   `json:"byHand"`
		} `json:"tasks"`
	}
	tonight := strings.Replace(string(h.answers(1)), `"shelterTonight":"no"`, `"shelterTonight":"yes"`, 1)
	h.want(201, "detective", "POST", "/referrals", tonight, "Idempotency-Key", "tonight")
	h.want(200, "program", "GET", "/tasks", nil).into(t, &todo)
	mine, byHand := 0, 0
	for _, one := range todo.Tasks {
		if one.Reference == ref {
			mine++
		}
		if one.ByHand {
			byHand++
		}
	}
	if mine == 0 || byHand == 0 || todo.Tasks[0].DueAt == "" {
		t.Fatalf("tasks: %+v", todo)
	}
	text := func(id int) string { n, _ := json.Marshal(id); return string(n) }
	h.want(404, "ldss_erie", "POST", "/tasks/"+text(todo.Tasks[0].ID)+"/done", nil)
	h.want(404, "program", "POST", "/tasks/999999/done", nil)
	h.want(404, "program", "POST", "/tasks/x/done", nil)
	h.want(422, "program", "POST", "/tasks/"+text(todo.Tasks[0].ID)+"/done", `{"note":7}`)
	for _, one := range todo.Tasks {
		want := 403 // it ends with an act
		if one.ByHand {
			want = 204
		}
		note := `{"note":"Called at nine."}`
		if one.Kind == "police_report" || one.Kind == "missing_report" {
			note = `{"note":"The department says that it reported. Called at nine."}`
		}
		h.want(want, "program", "POST", "/tasks/"+text(one.ID)+"/done", note)
		if one.ByHand {
			h.want(409, "program", "POST", "/tasks/"+text(one.ID)+"/done", note)
		}
	}
	if got := h.want(200, "auditor", "GET", "/tasks?all=true", nil); string(got.body) != `{"tasks":[]}` {
		t.Errorf("an auditor's tasks: %s", got.body)
	}
}
