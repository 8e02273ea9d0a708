package handlers

import (
	"net/http"
	"slices"
	"strings"

	"nysreferral/fault"
	"nysreferral/web"
)

// waitUnavailable is after how many seconds a program asks again.
const waitUnavailable = "30"

// reads are the POSTs that are tried though nothing can be saved: those by which one
// comes in, leaves, has others leave, or asks for something. Each needs its line of
// the log and no more, and fails where that cannot be written.
var reads = []string{
	web.PathSignIn, web.PathCode, web.PathPasskey, web.PathAbroadBack, provePath, web.PathNotice, web.PathUnlock, "/stay",
	"/sign-out", web.PathLock, web.PathEndPlace, web.PathEndSessions,
	"/check-a-letter", searchPath, "/directory", "/log", "/log/verify", "/log/checkpoints", "/log/access", reportsPath + "/:name",
}

// writes refuses what would be stored while nothing can be stored, before anything
// of it is done.
func (s *server) writes(c *call) error {
	if slices.Contains(reads, c.Path()) {
		return nil
	}
	return s.Referrals.Saves()
}

// givesBack reports whether what was sent holds words that somebody typed, and
// would lose: no secret, and no file.
func (c *call) givesBack() bool {
	typed := strings.HasPrefix(c.Path(), "/referrals/:") || strings.HasPrefix(c.Path(), groupsPath+"/:")
	return typed && c.Request().Method == http.MethodPost && c.who.ID != 0 && c.in != nil && !c.isUpload() && !c.wantsJSON()
}

// giveBack answers what could not be saved with a page that holds all of it, and
// sends it again when they say so.
func (s *server) giveBack(c *call, err error) error {
	say, _ := fault.Say(err)
	v := web.Resume{Action: c.Request().URL.Path, Fields: hiddenFields(c.form()), Unsaved: say}
	return c.show(http.StatusServiceUnavailable, web.ResumePage(c.frame("", ""), v))
}
