package web

// Addresses of signing in and of how an account signs in.
const (
	PathCode        = "/sign-in/code"
	PathSetUp       = "/sign-in/set-up"
	PathRenew       = "/sign-in/password"
	PathNotice      = "/notice"
	PathPasskey     = "/sign-in/passkey" // POST only
	PathWays        = "/account/sign-in"
	PathApp         = "/account/app"
	PathCodes       = "/account/recovery-codes" // POST only
	PathRemove      = "/account/remove"         // POST only
	PathEndPlace    = "/account/sessions/end"   // POST only
	PathEndSessions = "/people/sessions"
	PathNewPasskey  = "/account/passkeys/new"
)

// Names of the inputs by which somebody proves anew who they are.
const (
	InputAsk   = "_ask"   // what is given: code, password or passkey
	InputProof = "_proof" // the code, the password, or what the passkey signed
)

// Code asks for the second factor.
type Code struct {
	Error string
	Key   bool // only a recovery code helps: this duty signs in with a passkey
}

// SetUp says what an account must have before it can be used.
type SetUp struct {
	App      bool   // an authenticator app will do
	Passkeys bool   // passkeys work at this address
	Why      string // what this duty must have
}

// App shows the secret of an authenticator app that is being added.
type App struct {
	Secret   string // in groups, to type
	QR       string // path of the dark squares
	Size     int    // squares along a side
	Error    string
	Half     bool // nobody is signed in yet: this is the first sign-in
	Passkeys bool // a passkey would do as well
}

// Ways is the page of how an account signs in.
type Ways struct {
	Table    Table
	Gone     Table  // what was removed; without rows it is not drawn
	Places   Table  // where the person is signed in
	Codes    string // how many recovery codes are left, in words
	App      bool   // has an app: it is replaced, not added
	Passkeys bool   // passkeys work at this address
	Links    []Button
}

// Codes are fresh recovery codes, shown this once.
type Codes struct {
	List []string
	Next Link
}

// Prove asks somebody who is signed in who they are, and does then what they
// were about to do.
type Prove struct {
	Action   string   // where the form was sent
	Fields   []Hidden // what it held, but for the token
	Code     bool
	Password bool
	Passkey  string // what a passkey is asked, as JSON; "" when none is
	Error    string
}

// Ceremony is a form that a passkey fills in.
type Ceremony struct {
	Action string
	CSRF   string
	Make   bool   // a new passkey is made; else one is used
	Ask    string // what the device is asked, as JSON
	Input  string // name of the field for its answer
	Label  string
	Look   ButtonLook
	Fields []Hidden
	Name   bool // the owner says what the new one is called
}

// wayIn is the frame of a page on the way in, where anybody may look on.
func wayIn(p Page, title string, refused bool) Page {
	p.Title, p.ErrorTitle = title, refused
	p.QuickExit = p.QuickExit || p.User == nil
	return p
}

func setUpLook(v SetUp) ButtonLook {
	if v.Passkeys {
		return ButtonSecond
	}
	return ButtonPrimary
}

func proveField(v Prove) string {
	if v.Code || v.Password {
		return "proof"
	}
	return ""
}

func ceremonyKind(v Ceremony) string {
	if v.Make {
		return "make"
	}
	return "use"
}

// nextHidden is where to go after signing in, as an input.
func nextHidden(v SignIn) []Hidden {
	if v.Next == "" {
		return nil
	}
	out := []Hidden{{Name: "next", Value: v.Next}}
	if v.Typed != "" {
		out = append(out, Hidden{Name: InputTyped, Value: v.Typed})
	}
	return out
}

// PathWelcome is where who was invited chooses a first password.
const PathWelcome = "/welcome"

// Invitation is the code of an invitation, shown once to who gives it.
type Invitation struct {
	Code   string
	Second bool // a second person has to approve it first
}

// Welcome is the page for who was invited.
type Welcome struct {
	Email    string // as typed
	Abroad   string // name of another provider of sign-in, whose account may stand in for a password; "" where there is none
	Problems []Problem
}
