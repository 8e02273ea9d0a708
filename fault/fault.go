// Package fault holds refusals: the errors that a person may read. It knows
// nothing of HTTP, pages or tables; the edges decide how a refusal is shown,
// and whatever is not a refusal is our own failure, whose text nobody but an
// operator sees.
package fault

import "errors"

// Kind says what sort of refusal an Error is. The zero value is our own
// failure.
type Kind int

// The kinds of refusal.
const (
	Internal     Kind = iota // our own failure; the text is for operators
	NotFound                 // absent, or not theirs: the two look the same
	Forbidden                // seen, but this act is not theirs
	Conflict                 // somebody else was first
	Invalid                  // the answers or arguments are wrong
	Unauthorized             // nobody is signed in
	TooMany                  // over a limit of speed
	TooLarge                 // over a limit of size
	Gone                     // it was there, and was destroyed
	Unavailable              // a part that we depend on is down; nothing was done
)

// Error is a refusal. Say is shown to the person; err only to operators.
type Error struct {
	Kind Kind
	Say  string // a sentence that tells what to do next
	err  error
}

// New returns a refusal of kind that says say.
func New(kind Kind, say string) *Error { return &Error{Kind: kind, Say: say} }

// Wrap returns a refusal of kind that says say and keeps err for operators.
func Wrap(kind Kind, say string, err error) *Error { return &Error{Kind: kind, Say: say, err: err} }

// Error is for operators and logs.
func (e *Error) Error() string {
	if e.err != nil {
		return e.Say + " (" + e.err.Error() + ")"
	}
	return e.Say
}

// Unwrap returns the cause, if one is known.
func (e *Error) Unwrap() error { return e.err }

// KindOf returns the kind of err: Internal when err is not a refusal.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Say returns the sentence of a refusal and true, or "" and false when err is
// our own failure.
func Say(err error) (string, bool) {
	var e *Error
	if errors.As(err, &e) {
		return e.Say, true
	}
	return "", false
}

// Absent is the one answer for a thing that does not exist and for a thing
// that is not the caller's; it never tells which.
func Absent() *Error {
	return New(NotFound, "There is no page or record here that you can open. Check the address, or go back to your list.")
}
