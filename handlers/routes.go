package handlers

import (
	"net/http"
	"slices"

	"nysreferral/fault"
	"nysreferral/web"
	"nysreferral/workflow"
)

// route is one line of the list of routes. Several lines may share an address,
// one for each duty: /referrals/:ref is another page for whom it is.
type route struct {
	Method string
	Path   string
	Duties []workflow.Duty // who may call it; nil is everybody, signed in or not
	Handle func(*call) error
}

// Who, for the list below.
var (
	everybody []workflow.Duty
	anyDuty   = workflow.Duties()
	referrer  = []workflow.Duty{workflow.Referrer}
)

const (
	get  = http.MethodGet
	post = http.MethodPost
)

// routes is every route of the site but the files, /exit, which needs nothing
// that may fail, and /api/v1, which has a list of its own. Whose duty does not stand in a line gets the same answer
// as for an address that does not exist.
func (s *server) routes() []route {
	return slices.Concat([]route{
		// Public.
		{get, "/", everybody, s.start},
		{get, "/get-help", everybody, s.getHelp},
		{get, "/help", everybody, s.help},
		{get, "/privacy", everybody, s.privacy},
		{get, "/accessibility", everybody, s.accessibility},
		{get, "/check-a-letter", everybody, s.checkLetter},
		{post, "/check-a-letter", everybody, s.checkedLetter},
		{get, "/sign-in", everybody, s.signIn},
		{post, "/sign-in", everybody, s.signedIn},
		{post, "/sign-out", everybody, s.signOut},
		{post, "/stay", anyDuty, s.stay},

		// Referrer.
		{get, "/referrals", referrer, s.mine},
		{post, "/referrals", referrer, s.begin},
		{get, web.PathConsentSheet, referrer, s.consentSheet},
		{get, "/referrals/:ref", referrer, s.referral},
		{get, sectionPath, referrer, s.section},
		{post, sectionPath, referrer, s.saveSection},
		{get, "/referrals/:ref/check", referrer, s.check},
		{post, "/referrals/:ref/submit", referrer, s.submit},
		{get, "/referrals/:ref/receipt", referrer, s.receipt},
		{get, looksPath, referrer, s.looks},
		{post, "/referrals/:ref/another", referrer, s.another},
		{post, filesPath, referrer, s.addFile},
		{post, filesPath + "/:n/remove", referrer, s.removeFile},
		{get, "/referrals/:ref/:action", referrer, s.referrerAct},
		{post, "/referrals/:ref/:action", referrer, s.referrerActed},
	}, s.signInRoutes(), s.lockRoutes(), s.noticeRoutes(), s.placeRoutes(), s.abroadRoutes(), s.passkeyRoutes(), s.groupRoutes(), s.staffRoutes(), s.registryRoutes(), s.reportRoutes(),
		s.retentionRoutes(), s.disclosureRoutes())
}

// shared is one method and path with the lines that share it.
type shared struct {
	method, path string
	routes       []route
}

func byAddress(list []route) []shared {
	var out []shared
	at := map[string]int{}
	for _, r := range list {
		key := r.Method + " " + r.Path
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, shared{method: r.Method, path: r.Path})
		}
		out[i].routes = append(out[i].routes, r)
	}
	return out
}

// pick returns the line that who may call. Without one the answer is that of
// an absent page, or, when nobody is signed in, that one has to sign in.
func pick(list []route, who workflow.Actor) (route, error) {
	for _, r := range list {
		if r.Duties == nil {
			return r, nil
		}
		for _, d := range r.Duties {
			if who.ID != 0 && d == who.Duty {
				return r, nil
			}
		}
	}
	if who.ID == 0 {
		return route{}, fault.New(fault.Unauthorized, "Sign in first.")
	}
	return route{}, fault.Absent()
}

// Addresses lists every address of a page as "GET /referrals/:ref", for whoever
// looks at the program from outside.
func Addresses() []string {
	var out []string
	for _, p := range byAddress((&server{}).routes()) {
		out = append(out, p.method+" "+p.path)
	}
	return out
}
