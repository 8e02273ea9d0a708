package web

import (
	"net/http"
	"strconv"
)

func signInFrame(p Page, v SignIn) Page {
	p.Title, p.QuickExit = "Sign in", true
	p.ErrorTitle = v.Error != ""
	return p
}

func letterFrame(p Page, v LetterCheck) Page {
	p.ErrorTitle = len(v.Problems) > 0
	return publicFrame(p, "Check a letter", "Find out whether a letter about a confirmation or a decision was issued by New York State.")
}

// troubleFrame keeps the way out on every page of trouble: who meets one may be
// anybody.
func troubleFrame(p Page, t Trouble) Page {
	p.Title, p.QuickExit = t.Title, true
	p.ErrorTitle = t.Status == http.StatusUnprocessableEntity
	return p
}

func troubleBack(p Page) string {
	if p.User != nil && len(p.Nav) > 0 {
		return "Go to " + p.Nav[0].Label
	}
	return "Go to the start"
}

func troubleNumber(t Trouble) string { return strconv.Itoa(t.Status) }

// problemOf returns the sentence for the field with this id, or "".
func problemOf(list []Problem, id string) string {
	for _, p := range list {
		if p.ID == id {
			return p.Text
		}
	}
	return ""
}
