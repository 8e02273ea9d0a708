// Package viewer says for whom rows of a person are read and written. The door
// puts the account into the context, a job its name; the rules of the tables
// (package ent/schema) look for it and refuse where it is missing. So a way past
// the door, or a check that somebody forgot, reads nothing of anybody. The
// package decides nothing.
package viewer

import (
	"context"

	"nysreferral/workflow"
)

// Viewer is for whom: an account, or a work of the program.
type Viewer struct {
	Who    workflow.Actor // zero for a work, and for whoever is not signed in
	person bool
	job    string
}

// key is under which a Viewer lies in a context.
type key struct{}

// Person returns a context in which rows are read for an account. Only the door
// of referrals calls it, once for each request.
func Person(ctx context.Context, who workflow.Actor) context.Context {
	return context.WithValue(ctx, key{}, Viewer{Who: who, person: true})
}

// Job returns a context in which the program reads for itself: for a work with
// a name, such as drawing a packet. It opens every row, so each call stands in a
// list that a test holds.
func Job(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, key{}, Viewer{job: name})
}

// From returns for whom ctx reads, and whether that was said.
func From(ctx context.Context) (Viewer, bool) {
	v, ok := ctx.Value(key{}).(Viewer)
	return v, ok && (v.person || v.job != "")
}

// Job is the name of the work, "" for an account.
func (v Viewer) Job() string { return v.job }
