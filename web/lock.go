package web

import "encoding/json"

// Names of what a page says beside the form that it has kept when it hides.
const (
	InputPage = "_page" // where the page is
	InputTo   = "_to"   // where the form would have been sent
)

// Unlock is the locked screen.
type Unlock struct {
	Code     bool
	Password bool
	Passkey  string // what a passkey is asked, as JSON; "" when none is
	Kept     bool   // something that was typed is kept
	Error    string
}

// Resume is what somebody sent and nothing of which was done: the screen had been
// locked, or nothing could be saved.
type Resume struct {
	Action  string   // where it was sent
	Fields  []Hidden // what was sent, but for the token
	Unsaved string   // why it could not be saved; "": the screen had been locked
}

// title is that of the page.
func (v Resume) title() string {
	if v.Unsaved != "" {
		return "Not saved: what you typed is still here"
	}
	return "You sent this while the screen was locked"
}

// Kept is what was typed into one form of a page when the screen was locked. The
// script puts it there again; nothing of it was sent.
type Kept struct {
	To     string      // where the form is sent
	Fields [][2]string // names and values
}

// json is the fields for the script.
func (k Kept) json() (string, error) {
	text, err := json.Marshal(k.Fields)
	return string(text), err
}

func unlockProve(v Unlock) Prove {
	return Prove{Action: PathUnlock, Code: v.Code, Password: v.Password, Passkey: v.Passkey, Error: v.Error}
}
