package web

import "net/http"

// County is one line of the list of departments.
type County struct {
	County     string // "Albany"
	Department string // "Albany County Department of Social Services"
	Address    string // "" when not known
	Phone      string // "" when not known
	Provider   string // who helps confirmed persons there, or ""
	Line       string // telephone of Provider, or ""
	Verified   string // "November 2, 2026", or "" when the State has not checked it
}

// SignIn is the sign-in page.
type SignIn struct {
	Email string // as typed
	Next  string // address to go to afterwards, within this service; "" is the duty's own start
	Error string // one sentence for all causes; it never tells which part was wrong
	Ended bool   // the session had come to its end
	Out   bool   // the person has just signed out
	Typed string // what was typed before, sealed, or ""

	Passkey string // what a passkey is asked, as JSON; "" where there are none
	Abroad  string // name of another provider of sign-in; "" where there is none
}

// LetterCheck is the page that says whether a letter is genuine.
type LetterCheck struct {
	Reference string // as typed
	Code      string // as typed
	Problems  []Problem
	Result    LetterResult
	Issued    string // "November 6, 2026", of a genuine letter
}

// LetterResult is what was found.
type LetterResult string

// The results.
const (
	LetterNotAsked LetterResult = ""
	LetterGenuine  LetterResult = "genuine"
	LetterUnknown  LetterResult = "unknown"
)

// Ids of the fields of the letter check, for Problem.ID.
const (
	LetterReferenceID = "reference"
	LetterCodeID      = "code"
)

// Trouble is a page for an answer that is no page: what happened, what is kept,
// what to do.
type Trouble struct {
	Status   int
	Title    string
	Happened string
	Kept     string
	Do       []string
	Sign     bool  // offers to sign in
	Typed    []Row // what was typed and is kept nowhere, to be copied
	Record   *Link // what it was about; nil for nothing
}

// TroubleOf returns the page for an HTTP status. A 404 says the same for what
// does not exist and for what is somebody else's. An unknown status is our own
// failure.
func TroubleOf(status int) Trouble {
	if t, ok := troubles[status]; ok {
		t.Status = status
		return t
	}
	t := troubles[http.StatusInternalServerError]
	t.Status = status
	return t
}

const nothingLost = "Everything that was saved before is kept."

var troubles = map[int]Trouble{
	http.StatusBadRequest: {Title: "We could not read that",
		Happened: "The page sent something that this service does not understand. It may have been open for a long time.",
		Kept:     "Nothing was changed. " + nothingLost,
		Do:       []string{"Go back, load the page again, and send it once more."}},
	http.StatusUnauthorized: {Title: "Please sign in first", Sign: true,
		Happened: "This page is for people who are signed in. You may have been signed out because nothing happened for a while.",
		Kept:     nothingLost + " A draft waits for you as you left it.",
		Do:       []string{"Sign in, then go on where you were."}},
	http.StatusForbidden: {Title: "You cannot do this here",
		Happened: "Your account does not have the duty that this step needs, or the page was sent from another site or has grown too old.",
		Kept:     "Nothing was changed. " + nothingLost,
		Do:       []string{"If you were filling in a page, go back, load it again, and send it once more.", "If you need this step for your work, ask the coordinator of your agency."}},
	http.StatusNotFound: {Title: "There is nothing here to open",
		Happened: "The address may be mistyped or old, or it leads to something that your account cannot open.",
		Kept:     nothingLost,
		Do:       []string{"Check the address. A reference has 13 letters and digits in groups, for example 7K4M-2QX9-C3TB-5.", "Or go back to your list and open it from there."}},
	http.StatusMethodNotAllowed: {Title: "This page is opened another way",
		Happened: "The address was used in a way that it does not take. This happens when the address of a button is opened as a page.",
		Kept:     "Nothing was changed. " + nothingLost,
		Do:       []string{"Go back to the page before and use its buttons."}},
	http.StatusGone: {Title: "This was destroyed",
		Happened: "What was here was destroyed, as the rules ask. Nobody can read or bring back what it said.",
		Kept:     "That it was here, its dates and the log of who read it are kept.",
		Do:       []string{"Go back to your list.", "If you need to know why, ask the State: the order stands in the log."}},
	http.StatusConflict: {Title: "Somebody else was first",
		Happened: "This record was changed after you opened it, so we stopped before your step could overwrite theirs.",
		Kept:     "Their change is kept. Your step was not done.",
		Do:       []string{"Open the record again and look at what has changed.", "Then decide whether your step is still right."}},
	http.StatusRequestEntityTooLarge: {Title: "That was too much at once",
		Happened: "What was sent is larger than this service takes in one piece. A page takes 1 MB of text; an account of what happened takes 15,000 characters.",
		Kept:     "This last step was not saved. " + nothingLost,
		Do:       []string{"Go back: what you typed is often still there. Shorten the longest text, then send it again."}},
	http.StatusUnprocessableEntity: {Title: "Some answers need a look",
		Happened: "One or more answers could not be taken as they are.",
		Kept:     "Nothing was sent. What you typed is kept on the page before.",
		Do:       []string{"Go back and look at the answers that are marked."}},
	http.StatusTooManyRequests: {Title: "Please wait a moment",
		Happened: "Many requests came from your account or your network in a short time, so we slowed down. This protects accounts from guessing.",
		Kept:     nothingLost + " This last step was not done.",
		Do:       []string{"Wait a minute, then try again.", "If a person needs shelter or safety now, do not wait for this page: call 911 or the hotline below."}},
	http.StatusInternalServerError: {Title: "Something went wrong on our side",
		Happened: "The mistake is ours, not yours. It was written down for the people who run this service, without any answers in it.",
		Kept:     "This last step was not saved. " + nothingLost,
		Do:       []string{"Go back and try once more.", "If it happens again, wait a few minutes. Your draft stays where it is."}},
	http.StatusServiceUnavailable: {Title: "The service is resting for a moment",
		Happened: "It is being updated, or a part that it needs does not answer.",
		Kept:     "This last step was not done. " + nothingLost,
		Do:       []string{"Try again in a few minutes.", "If a person needs shelter or safety now, do not wait for this page: call 911 or the hotline below."}},
}
