package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"nysreferral/auth"
	"nysreferral/store/storetest"
	"nysreferral/web"
	"nysreferral/workflow"
)

// light are the POSTs of signed-in people before which nobody proves anew who
// they are: drafting, daily work whose acts another step decides about, and what
// only takes access away.
var light = []string{"/stay", web.PathNotice, web.PathEndPlace, "/referrals", sectionPath, "/referrals/:ref/submit", "/referrals/:ref/another",
	queuePath + "/next", "/referrals/:ref/pairs/:other/:action", "/referrals/:ref/notify", "/referrals/:ref/letters/:n/:action",
	"/referrals/:ref/letters/:n/acknowledge", "/referrals/:ref/handovers/:n/stopped", "/referrals/:ref/handovers/:n/:action", tasksPath,
	groupsPath, groupSectionPath, groupsPath + "/:ref/people", groupsPath + "/:ref/carry", groupsPath + "/:ref/send", groupsPath + "/:ref/discard",
	"/directory", "/directory/new", "/directory/import", "/directory/:key/edit", "/directory/:key/end", "/directory/:key/ask", "/holidays/:year",
	"/log", "/log/verify", weekPath, reportsPath + "/:name", searchPath, retentionPath,
	"/referrals/:ref/files", "/referrals/:ref/files/:n/remove"}

// Every POST is weighed: it is in the table of grave acts or among those that are
// not, and a new one is in neither until somebody has thought about it. Each grave
// one asks for a proof, of every duty that may do it, and does nothing before.
func TestGraveActsAskForProof(t *testing.T) {
	s := strictly(t, storetest.SQLite(t), time.Microsecond, func(o *auth.Options) { o.PublicURL = here })
	sides := map[workflow.Duty]workflow.Side{workflow.Referrer: workflow.SideProvider, workflow.Coordinator: workflow.SideProvider, workflow.Reviewer: workflow.SideDCJS,
		workflow.Director: workflow.SideDCJS, workflow.Program: workflow.SideOTDA, workflow.Recipient: workflow.SideLDSS,
		workflow.Administrator: workflow.SideAdministration, workflow.Auditor: workflow.SideAuditor}
	kinds := map[workflow.Side]string{workflow.SideProvider: "social_service_provider", workflow.SideDCJS: "dcjs", workflow.SideOTDA: "otda", workflow.SideLDSS: "local_social_services",
		workflow.SideAdministration: "administration", workflow.SideAuditor: "auditor"}
	agencies := map[workflow.Side]int{}
	in := map[workflow.Duty]*browser{}
	for duty, side := range sides {
		if agencies[side] == 0 {
			agencies[side] = s.agency("Office of "+string(side), kinds[side], side)
		}
		email, _ := s.account(agencies[side], duty, "Quinn Example"+strings.ToUpper(string(duty[:1]))+string(duty[1:]))
		b := s.browser()
		b.half(email)
		if _, got := b.bindKey(); got.status != http.StatusOK {
			t.Fatalf("%s: adding a passkey answers %d", duty, got.status)
		}
		in[duty] = b
	}
	asked := 0
	for _, r := range (&server{}).routes() {
		if r.Method != http.MethodPost || r.Duties == nil {
			continue
		}
		acts, isGrave := grave[r.Path]
		if !isGrave && !slices.Contains(light, r.Path) && !strings.HasSuffix(r.Path, "/:action") {
			t.Errorf("POST %s is neither grave nor weighed", r.Path)
		}
		if !isGrave {
			continue
		}
		if acts == nil {
			acts = []string{""}
		}
		for _, act := range acts {
			path := strings.NewReplacer(":ref", "7K4M2QX9C3TB5", ":action", act, ":number", "1", ":key", "x").Replace(r.Path)
			for _, duty := range r.Duties {
				if duty == workflow.Referrer && act != "" {
					continue // no act of a referrer decides
				}
				body := hiddenOf(in[duty].get(web.PathWays).body)
				got := in[duty].do(http.MethodPost, path, url.Values{web.InputCSRF: body[web.InputCSRF]}.Encode())
				if asked++; got.status != http.StatusOK || !strings.Contains(got.body, "Confirm that it is you") {
					t.Errorf("%s: POST %s answers %d and asks for no proof", duty, path, got.status)
				}
			}
		}
	}
	if asked < 20 {
		t.Errorf("only %d tried", asked)
	}
}

// Somebody ends the own sessions by the page; a coordinator those of the agency.
func TestEndingSessionsByThePage(t *testing.T) {
	s := newSite(t, storetest.SQLite(t))
	agency := s.agency("Harbor House", "social_service_provider", workflow.SideProvider)
	email, _ := s.account(agency, workflow.Referrer, "Ida Example")
	here, there := s.browser(), s.browser()
	there.signIn(email)
	here.signIn(email)
	page := here.get(web.PathWays).body
	if strings.Count(page, "Sign out there") != 1 {
		t.Fatalf("the page shows %d other places", strings.Count(page, "Sign out there"))
	}
	at := strings.Index(page, `name="mark"`)
	mark := page[at : at+200]
	mark, _, _ = strings.Cut(mark[strings.Index(mark, `value="`)+7:], `"`)
	if got := here.post(web.PathWays, web.PathEndPlace, url.Values{"mark": {mark}}); got.status != http.StatusSeeOther {
		t.Fatalf("ending it answers %d", got.status)
	}
	if there.get("/referrals").status == http.StatusOK || here.get("/referrals").status != http.StatusOK {
		t.Error("the wrong one ended")
	}
	head := s.as(agency, workflow.Coordinator)
	if got := head.post(web.PathEndSessions, web.PathEndSessions, nil); got.status != http.StatusSeeOther {
		t.Fatalf("ending all answers %d", got.status)
	}
	if here.get("/referrals").status == http.StatusOK || head.get("/people").status != http.StatusOK {
		t.Error("somebody is in who should not be, or out who should")
	}
	if got := here.get(web.PathEndSessions); got.status == http.StatusOK {
		t.Error("nobody is asked who it is")
	}
}

// Before a paper of the State's staff leaves the system as a file, one proves anew
// who one is, and then gets to it and to nowhere else; who is no staff is not asked,
// and a wrong proof gets nothing.
func TestPapersAskForProof(t *testing.T) {
	s := strictly(t, storetest.SQLite(t), time.Microsecond, func(o *auth.Options) { o.PublicURL = here })
	email, _ := s.account(s.agency("State", "dcjs", workflow.SideDCJS), workflow.Reviewer, "Ada Example")
	b := s.browser()
	b.half(email)
	key, got := b.bindKey()
	if got.status != http.StatusOK {
		t.Fatalf("adding a passkey answers %d", got.status)
	}
	const path = "/referrals/7K4M2QX9C3TB5/papers/file?n=2"
	asked := b.get(path)
	const leads = `name="next" value="` + path + `"`
	if asked.status != http.StatusOK || !strings.Contains(asked.body, "Confirm that it is you") || !strings.Contains(asked.body, leads) {
		t.Fatalf("%d: %s", asked.status, asked.body)
	}
	in := hiddenOf(asked.body)
	in.Set("next", path)
	in.Set(web.InputAsk, "passkey")
	in.Set(web.InputProof, "nothing")
	wrong := b.do(http.MethodPost, provePath, in.Encode())
	if wrong.status != http.StatusUnprocessableEntity || !strings.Contains(wrong.body, leads) {
		t.Fatalf("a wrong proof answers %d", wrong.status)
	}
	for next, to := range map[string]string{path: path, "https://evil.example/": "/", "//evil.example": "/"} {
		page := b.get(path)
		in := hiddenOf(page.body)
		in.Set("next", next)
		in.Set(web.InputAsk, "passkey")
		in.Set(web.InputProof, key.Use(question(t, page.body)))
		if got := b.do(http.MethodPost, provePath, in.Encode()); got.status != http.StatusSeeOther || got.to() != to {
			t.Errorf("%s: the proof leads with %d to %q", next, got.status, got.to())
		}
	}
	email, _ = s.account(s.agency("Harbor House", "social_service_provider", workflow.SideProvider), workflow.Referrer, "Bea Example")
	other := s.browser()
	other.half(email)
	other.addApp(-1)
	if got := other.get(path); got.status != http.StatusNotFound {
		t.Errorf("a referrer's own kind of paper answers %d", got.status)
	}
	if got := other.get("/referrals/7K4M2QX9C3TB5/papers/receipt"); got.status != http.StatusNotFound {
		t.Errorf("a referrer is asked: %d", got.status)
	}
}
