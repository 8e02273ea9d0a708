package handlers

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"nysreferral/registry"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/web"
	"nysreferral/workflow"
)

var invitationShown = regexp.MustCompile(`data-invitation[^>]*>([0-9A-Z-]+)<`)

// A coordinator invites a person of the own agency and sees the code once; who
// was invited chooses a password, sets a second factor up and is in. A
// coordinator of another agency finds no such person. Neither the log nor an
// address holds the code.
func TestInvitationByThePages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := strictly(t, db, time.Hour)
		agency := s.agency("Harbor House", "social_service_provider", workflow.SideProvider)
		mail, _ := s.account(agency, workflow.Coordinator, "Ada Example")
		foreign, _ := s.account(s.agency("Pine Bridge", "social_service_provider", workflow.SideProvider), workflow.Coordinator, "Cleo Example")
		a, err := s.registry.Commands().AddAccount(t.Context(), registry.NewAccount{Agency: agency, Name: "Bea Example", Email: "bea@example.org", Duty: workflow.Referrer})
		if err != nil {
			t.Fatal(err)
		}
		do := url.Values{"account": {strconv.Itoa(a.ID)}, "do": {"invite"}, web.InputRev: {strconv.Itoa(a.Rev)}}
		stranger, b := s.browser(), s.browser()
		stranger.half(foreign)
		stranger.addApp(0)
		if got := stranger.post("/people", "/people/act", do); got.status != http.StatusNotFound {
			t.Errorf("a stranger's invitation answers %d", got.status)
		}
		b.half(mail)
		b.addApp(0)
		shown := b.post("/people", "/people/act", do)
		m := invitationShown.FindStringSubmatch(shown.body)
		if shown.status != http.StatusOK || m == nil {
			t.Fatalf("%d: %s", shown.status, shown.body)
		}
		invited := s.browser()
		in := url.Values{"email": {"bea@example.org"}, "code": {"7K4M"}, "password": {"seven violet anchors hum"}, "again": {"seven violet anchors hum"}}
		if got := invited.post(web.PathWelcome, web.PathWelcome, in); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "not good") {
			t.Errorf("a wrong code answers %d", got.status)
		}
		in.Set("code", m[1])
		got := invited.post(web.PathWelcome, web.PathWelcome, in)
		if got.status != http.StatusSeeOther || got.to() != web.PathSetUp {
			t.Fatalf("%d %s: %s", got.status, got.to(), got.body)
		}
		invited.reachesNothing("invited, before a second factor")
		invited.addApp(0)
		if got := invited.get("/referrals"); got.status != http.StatusOK {
			t.Errorf("invited and set up: %d", got.status)
		}
		if again := s.browser().post(web.PathWelcome, web.PathWelcome, in); again.status != http.StatusUnprocessableEntity {
			t.Errorf("the code a second time answers %d", again.status)
		}
		if log := s.log.String(); strings.Contains(log, m[1]) || strings.Contains(log, "bea@") {
			t.Error("the log holds the code or the address")
		}
	})
}
