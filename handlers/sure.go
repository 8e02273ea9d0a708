package handlers

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"nysreferral/fault"
	"nysreferral/registry"
	"nysreferral/web"
)

// sureOff asks once more before an account is switched off: whoever works in it
// is thrown out at once.
func (s *server) sureOff(c *call, id, rev int) error {
	list, err := s.Registry.Accounts(c.ctx(), c.who, registry.AccountFilter{Disabled: true})
	if err != nil {
		return err
	}
	at := slices.IndexFunc(list, func(a registry.Account) bool { return a.ID == id })
	if at < 0 {
		return fault.Absent()
	}
	a := list[at]
	if a.Rev != rev {
		return fault.New(fault.Conflict, "Somebody changed this account. Look at it again, then decide.")
	}
	p := c.page("Switch off an account")
	p.Back = &web.Link{Label: "People", Href: "/people"}
	form := web.SmallForm{Action: "/people/act", CSRF: p.CSRF, Rev: strconv.Itoa(rev),
		Hidden:  []web.Hidden{{Name: "account", Value: strconv.Itoa(id)}, {Name: "sure", Value: "yes"}},
		Buttons: []web.Button{{Label: "Switch off", Name: "do", Value: "disable", Look: web.ButtonDanger}, {Label: "Leave it on", Href: "/people", Look: web.ButtonSecond}}}
	return c.show(http.StatusOK, web.DetailPage(p, web.Detail{Above: []templ.Component{
		web.NotePart(web.Box{Kind: web.BoxWarning, Title: a.Name + ", " + dutyWords[a.Duty]},
			"This person can no longer sign in, and whatever is open in the account is closed at once. What was written stays. You can switch the account on again."),
		web.SmallFormPart(form)}}))
}
