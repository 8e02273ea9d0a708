package handlers

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/ent/auditentry"
	"nysreferral/referrals"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// account of case 1, as it was told.
const told = "A recruiter promised a job in a restaurant."

// reveal asks for withheld answers by the form of the page.
func (b *browser) reveal(ref, ids string, shown ...string) answer {
	b.t.Helper()
	return b.post(refPath(ref), refPath(ref, "reveal"), url.Values{"_reveal": {ids}, "_shown": shown})
}

// A withheld answer is not in the page until somebody asks for it by POST; the
// asking is in the log with the number of the answer, and the next page
// withholds it again.
func TestWithheldUntilAskedFor(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		ref := s.send(1, demo.ToDecision[0])
		b := s.at("reviewer")
		const category = "Other status, no status, or pending"
		if page := b.mustShow(refPath(ref), "Immigration category", `value="F1"`); strings.Contains(page, category) {
			t.Error("the withheld answer stands in the page")
		}
		for _, path := range []string{refPath(ref, "assess"), refPath(ref, "ask"), refPath(ref, "reveal") + "?_reveal=F1"} {
			if got := b.get(path); strings.Contains(got.body, category) {
				t.Errorf("%s tells the withheld answer", path)
			}
		}
		got := b.reveal(ref, "F1")
		if got.status != http.StatusOK || !strings.Contains(html.UnescapeString(got.body), category) || !strings.Contains(got.body, `name="_shown" value="F1"`) {
			t.Errorf("asking answers %d, or does not show it", got.status)
		}
		if page := b.mustShow(refPath(ref)); strings.Contains(page, category) {
			t.Error("the next page shows it unasked")
		}
		if got := b.reveal(ref, "ZZ9"); got.status != http.StatusUnprocessableEntity {
			t.Errorf("a number that is none answers %d", got.status)
		}
		if got := b.reveal(ref, ""); got.status != http.StatusSeeOther {
			t.Errorf("asking for nothing answers %d", got.status)
		}
		lines, err := db.Read().AuditEntry.Query().Where(auditentry.Action(string(workflow.Reveal))).All(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(lines) != 1 || !slices.Equal(lines[0].Fields, []string{"F1"}) || lines[0].Actor != s.state.As("reviewer").ID {
			t.Errorf("the log holds %d lines of it", len(lines))
		}
	})
}

// OTDA reads what happened only while its view is waited for, and only what it
// asks for.
func TestProgramReadsOnlyWhileConsulted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		ref := s.send(1, demo.ToDecision[0])
		b := s.at("program")
		if page := b.mustShow(refPath(ref), `value="G14"`, "Show all"); strings.Contains(page, told) {
			t.Error("OTDA reads the account unasked")
		}
		if got := b.reveal(ref, "G14", "G4"); got.status != http.StatusOK || !strings.Contains(got.body, told) || !strings.Contains(got.body, "Harbored") {
			t.Errorf("asking answers %d, or shows nothing", got.status)
		}
		b.mustDo(refPath(ref, "consult"), refPath(ref, "consult"), url.Values{"with": {"DCJS"}, "outcome": {"agrees"}})
		if page := b.mustShow(refPath(ref)); strings.Contains(page, `value="G14"`) {
			t.Error("after its view is on the record OTDA is still offered the account")
		}
		if got := b.reveal(ref, "G14"); got.status != http.StatusForbidden || strings.Contains(got.body, told) {
			t.Errorf("after its view is on the record asking answers %d", got.status)
		}
	})
}

var veiled = regexp.MustCompile(`(?s)<details class="veil">.*?</details>`)

// The account stands behind a content note: never in the open page.
func TestAccountStandsBehindANote(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	ref := s.send(1, demo.ToDecision[0])
	page := s.at("reviewer").mustShow(refPath(ref), told, "It can be hard to read.")
	if strings.Contains(veiled.ReplaceAllString(page, ""), told) {
		t.Error("the account stands in the open page")
	}
}

// drawnAs is the kind of paper that stands behind a name: every letter is one.
func drawnAs(kind string) string {
	if _, ok := workflow.LetterOf(workflow.LetterKind(kind)); ok {
		return referrals.PaperLetter
	}
	return kind
}

// A paper is a PDF whose name tells nothing; one that was kept is sent as it was
// drawn; what somebody may not have is absent.
func TestPapers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		ref := s.send(1, confirmed(sent)...)
		for _, one := range []struct {
			key, kind string
			n, want   int
		}{
			{"detective", "receipt", 0, 200}, {"detective", "referral", 0, 200}, {"detective", "confirmation", 0, 404}, {"detective", "file", 0, 404}, {"detective", "packet", 1, 404},
			{"reviewer", "file", 0, 200}, {"director", "confirmation", 0, 200}, {"reviewer", "packet", 1, 404}, {"reviewer", "receipt", 0, 404},
			{"program", "file", 0, 200}, {"program", "packet", 1, 200}, {"program", "packet", 2, 404}, {"program", "nothing", 0, 404},
			{"rhtp_harbor", "file", 0, 404}, {"rhtp_harbor", "confirmation", 0, 404}, {"rhtp_open_door", "packet", 1, 404},
		} {
			got := s.at(one.key).get(paperPath(ref, one.kind, one.n))
			if got.status != one.want {
				t.Errorf("%s: %s of %d answers %d, wants %d", one.key, one.kind, one.n, got.status, one.want)
			}
			if one.want == 200 && (got.header.Get("Content-Type") != "application/pdf" || got.header.Get("Content-Disposition") != `inline; filename="document.pdf"` ||
				got.body != "%PDF drawn "+drawnAs(one.kind) || got.header.Get("Cache-Control") != "no-store") {
				t.Errorf("%s: %s is %q", one.key, one.kind, got.body)
			}
		}
		for _, n := range []string{"0", "-1", "x", "99999"} {
			if got := s.at("program").get(refPath(ref, "papers", "packet") + "?n=" + n); got.status != http.StatusNotFound {
				t.Errorf("a packet of %q answers %d", n, got.status)
			}
		}
		paper, err := s.state.Door.Paper(t.Context(), s.state.As("program"), ref, referrals.PaperPacket, 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.state.Door.KeepPaper(t.Context(), paper, []byte("%PDF kept")); err != nil {
			t.Fatal(err)
		}
		if got := s.at("program").get(paperPath(ref, "packet", 1)); got.body != "%PDF kept" {
			t.Errorf("the packet that was kept is drawn again: %q", got.body)
		}
	})
}

// A site that cannot draw says so, and loses nothing.
func TestPapersWithoutDrawing(t *testing.T) {
	s := newStage(t, storetest.SQLite(t), func(d *Deps) { d.Draw = nil })
	ref := s.send(9)
	if got := s.at("trooper").get(paperPath(ref, "receipt", 0)); got.status != http.StatusServiceUnavailable || !strings.Contains(got.body, "Papers cannot be drawn") {
		t.Errorf("answers %d", got.status)
	}
}

// Program staff mark done what ends with no act, and nobody else does; a task
// that ends with an act is not ended here.
func TestTasksAreDone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		ref := s.send(4)
		b := s.at("program")
		page := b.mustShow(tasksPath, "See that the request to HHS is made within 24 hours.", ref, "Mark as done", "Tell the person and the referrer")
		id := regexp.MustCompile(`name="_task" value="(\d+)"`).FindStringSubmatch(page)
		if len(id) != 2 || strings.Count(page, `name="_task"`) != 1 {
			t.Fatalf("the page marks %d tasks done", strings.Count(page, `name="_task"`))
		}
		for _, other := range []string{"reviewer", "director", "ldss_wyoming"} {
			if got := s.at(other).post(tasksPath, tasksPath, url.Values{"_task": {id[1]}}); got.status != http.StatusNotFound {
				t.Errorf("%s: %d", other, got.status)
			}
		}
		b.mustDo(tasksPath, tasksPath, url.Values{"_task": {id[1]}, "note": {"The request was made by phone."}})
		if page := b.mustShow(tasksPath, "Done, and written on the record."); strings.Contains(page, "Mark as done") {
			t.Error("the task is still open")
		}
		b.mustShow(tasksPath+"?show=done", "See that the request to HHS is made within 24 hours.")
		for _, wrong := range []string{id[1], "999999", "x"} {
			if got := b.post(tasksPath, tasksPath, url.Values{"_task": {wrong}, "note": {"Once more."}}); got.status != http.StatusConflict && got.status != http.StatusNotFound {
				t.Errorf("task %s answers %d", wrong, got.status)
			}
		}
		s.at("reviewer").mustShow(tasksPath, "Determine the referral.", ref)
	})
}

// The notice about a minor is read and acknowledged by the department of the
// county where the child was found, and by no other; nothing else of the
// referral is open to it.
func TestNoticeAboutAMinor(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		ref := s.send(4)
		page := letterPath(ref, 1)
		for _, other := range []string{"ldss_erie", "ldss_nyc_child", "rhtp_harbor", "reviewer", "program"} {
			if got := s.at(other).get(page); got.status != http.StatusNotFound {
				t.Errorf("%s: %d", other, got.status)
			}
		}
		for _, other := range []string{"ldss_erie", "ldss_nyc_child", "rhtp_harbor", "reviewer", "director", "attorney", "detective"} {
			if got := s.at(other).get(paperPath(ref, referrals.PaperLetter, 1)); got.status != http.StatusNotFound {
				t.Errorf("%s: the paper answers %d", other, got.status)
			}
		}
		for _, theirs := range []string{"ldss_wyoming", "program"} {
			if got := s.at(theirs).get(paperPath(ref, referrals.PaperLetter, 1)); got.status != http.StatusOK || got.header.Get("Content-Type") != "application/pdf" || got.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: the paper answers %d", theirs, got.status)
			}
		}
		b := s.at("ldss_wyoming")
		b.mustShow(inboxPath, ref, "Not acknowledged")
		if text := b.mustShow(page, "Mateo", "Wyoming", "To the local department of social services"); strings.Contains(text, "What happened") {
			t.Error("the notice tells what happened")
		}
		if got := b.get(refPath(ref)); got.status != http.StatusNotFound {
			t.Errorf("the referral answers %d to the department", got.status)
		}
		b.mustDo(page, page+"/acknowledge", nil)
		b.mustShow(page, "Your department said on")
		b.mustShow(inboxPath, "Acknowledged notices")
		s.at("program").mustShow(refPath(ref), "Notice about a minor", "Acknowledged")
		if got := s.at("program").post(refPath(ref, "notify"), refPath(ref, "notify"), nil); got.status != http.StatusConflict {
			t.Errorf("a second notice answers %d", got.status)
		}
	})
}

// The filters of the queue stay in its links, and a filter that is none is
// absent.
func TestQueueFilters(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	held, free := s.send(9, demo.ToDecision[0]), s.send(4)
	b := s.at("reviewer")
	b.mustShow(queuePath, held, free, "2 referrals", "Minor", "data-queue")
	if page := b.mustShow(queuePath+"?mine=1&status=in_review", held, "1 referral", "/queue?mine=1&status=submitted"); strings.Contains(page, free) {
		t.Error("the filter lets others through")
	}
	if page := b.mustShow(queuePath + "?status=confirmed"); strings.Contains(page, held) {
		t.Error("an open referral stands among the confirmed")
	}
	for _, wrong := range []string{"?status=draft", "?status=none"} {
		if got := b.get(queuePath + wrong); got.status != http.StatusNotFound {
			t.Errorf("%s answers %d", wrong, got.status)
		}
	}
	if got := b.get(queuePath + "?cursor=!"); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a broken cursor answers %d", got.status)
	}
	b.mustDo(queuePath, queuePath+"/next", nil)
	if to := b.mustDo(queuePath, queuePath+"/next", nil); to != queuePath {
		t.Errorf("an empty queue leads to %s", to)
	}
	b.mustShow(queuePath, "Nothing waits to be taken.")
	if page := s.at("program").mustShow(queuePath, held); strings.Contains(page, "Take next") {
		t.Error("OTDA is offered to take a referral")
	}
}

// From a referral one comes back to the queue as it was filtered.
func TestBackToTheFilter(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	ref := s.send(9, demo.ToDecision[0])
	b := s.at("reviewer")
	b.mustShow(refPath(ref), `class="back"><a href="/queue"`)
	b.mustShow(queuePath + "?mine=1&status=in_review")
	b.mustShow(refPath(ref), `class="back"><a href="/queue?mine=1&status=in_review"`)
}
