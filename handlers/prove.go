package handlers

import (
	"maps"
	"net/http"
	"net/url"
	"slices"

	"nysreferral/auth"
	"nysreferral/fault"
	"nysreferral/web"
	"nysreferral/workflow"
)

// grave are the acts before which somebody proves anew who they are, by address:
// what decides about a person, shows what was veiled, or changes who may do
// what. nil is every act of the address.
var grave = map[string][]string{
	"/referrals/:ref/:action":                {string(workflow.Confirm), string(workflow.Decline)},
	"/referrals/:ref/reveal":                 nil,
	"/referrals/:ref/letters":                nil,
	"/people/new":                            nil,
	"/people/act":                            nil,
	web.PathEndSessions:                      nil,
	"/log/access":                            nil,
	"/log/checkpoints":                       nil,
	"/agencies/new":                          nil,
	"/agencies/:number":                      nil,
	clocksPath + "/:key":                     nil,
	retentionPath + "/:n/:action":            {string(workflow.ApproveBatch)},
	"/referrals/:ref/disclosures/:n/:action": {string(workflow.ApproveDisclosure)},
	"/referrals/:ref/disclosures/:n/package": nil,
	"/referrals/:ref/holds/:n/:action":       {string(workflow.LiftHold)},
	"/directory/:key/verify":                 nil,
	"/directory/import/confirm":              nil,
	web.PathApp:                              nil,
	web.PathCodes:                            nil,
	web.PathNewPasskey:                       nil,
	web.PathRemove:                           nil,
	provePath:                                nil,
}

// provePath takes the proof that stands before a file and not before an act.
const provePath = "/prove"

// leaving are the addresses whose GET has what persons told leave the system as a
// file. A test holds them against every route that answers with one.
var leaving = []string{
	"/referrals/:ref/papers/:kind",
	filesPath + "/:n",
	looksPath + "/file",
}

// leaves says whether the GET of c has what persons told leave the system as a
// file of the State's staff: then they prove anew who they are, as before the
// gravest acts. Who wrote a referral, and to whom a person was handed over, print
// their own papers in their daily work.
func (c *call) leaves() bool {
	return slices.Contains(leaving, c.Path()) && slices.Contains(staff, c.who.Duty)
}

// askBefore asks who is signed in to prove it before a file, and then leads there.
func (s *server) askBefore(c *call) error {
	return s.askFor(c, http.StatusOK, "", provePath, []web.Hidden{{Name: "next", Value: c.Request().URL.RequestURI()}})
}

// proved leads to what somebody wanted who has just proved who they are.
func (s *server) proved(c *call) error { return c.to(s.after(c.text("next"))) }

// isGrave says whether the POST of c is such an act.
func (c *call) isGrave() bool {
	acts, ok := grave[c.Path()]
	return ok && c.who.ID != 0 && (acts == nil || slices.Contains(acts, c.Param("action")))
}

// proves asks who is signed in to prove it before a grave act, unless they did
// so a moment ago; the page holds everything that was typed, and sends it with
// the proof to where it was going. It returns true when the act may go on.
func (s *server) proves(c *call) (bool, error) {
	in := c.form()
	if !c.isGrave() && in.Get(web.InputAsk) == "" || c.who.ID == 0 || s.sessions.Fresh(c.ctx()) {
		return true, nil
	}
	if ask := auth.Ask(in.Get(web.InputAsk)); ask != "" {
		err := s.prove(c, ask, in.Get(web.InputProof))
		if err == nil {
			return true, s.sessions.Proved(c.ctx())
		}
		say, ok := fault.Say(err)
		if !ok || fault.KindOf(err) != fault.Unauthorized {
			return false, err
		}
		return false, s.askProof(c, http.StatusUnprocessableEntity, say)
	}
	return false, s.askProof(c, http.StatusOK, "")
}

func (s *server) prove(c *call, ask auth.Ask, proof string) error {
	if ask == auth.AskPasskey {
		return s.Auth.ProvePasskey(c.ctx(), c.who, c.held(provingKey), proof, c.source())
	}
	return s.Auth.Prove(c.ctx(), c.who, auth.Proof{Ask: ask, Secret: proof}, c.source())
}

func (s *server) askProof(c *call, status int, problem string) error {
	return s.askFor(c, status, problem, c.Request().URL.Path, hiddenFields(c.form()))
}

// askFor asks for a proof, to be sent to an address with what else belongs to it.
func (s *server) askFor(c *call, status int, problem, action string, fields []web.Hidden) error {
	asks, err := s.Auth.Asks(c.ctx(), c.who)
	if err != nil {
		return err
	}
	v := web.Prove{Action: action, Error: problem, Fields: fields, Code: slices.Contains(asks, auth.AskCode), Password: slices.Contains(asks, auth.AskPassword)}
	if slices.Contains(asks, auth.AskPasskey) {
		if v.Passkey, err = c.questioned(provingKey); err != nil {
			return err
		}
	}
	return c.show(status, web.ProvePage(c.page(""), v))
}

// hiddenFields are the fields of a form, by name, to be sent again; the token and
// a proof are not among them.
func hiddenFields(in url.Values) []web.Hidden {
	var out []web.Hidden
	for _, name := range slices.Sorted(maps.Keys(in)) {
		if name == "" || name == web.InputCSRF || name == web.InputAsk || name == web.InputProof {
			continue
		}
		for _, value := range in[name] {
			out = append(out, web.Hidden{Name: name, Value: value})
		}
	}
	return out
}
