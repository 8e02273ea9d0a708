package viewer_test

import (
	"context"
	"testing"

	"nysreferral/viewer"
	"nysreferral/workflow"
)

// Nobody is named until somebody is, a work is never taken for an account, and
// who was named last is for whom it is read.
func TestFrom(t *testing.T) {
	if _, ok := viewer.From(context.Background()); ok {
		t.Error("somebody is named where nobody was")
	}
	if _, ok := viewer.From(viewer.Job(context.Background(), "")); ok {
		t.Error("a work without a name counts")
	}
	who := workflow.Actor{ID: 3, Duty: workflow.Referrer, Side: workflow.SidePolice, Agency: 4}
	ctx := viewer.Job(viewer.Person(t.Context(), who), "test")
	if v, ok := viewer.From(ctx); !ok || v.Job() != "test" || v.Who.ID != 0 {
		t.Errorf("a work: %+v, %v", v, ok)
	}
	if v, ok := viewer.From(viewer.Person(ctx, who)); !ok || v.Job() != "" || v.Who.ID != 3 {
		t.Errorf("an account: %+v, %v", v, ok)
	}
	if v, ok := viewer.From(viewer.Person(ctx, workflow.Actor{})); !ok || v.Job() != "" {
		t.Errorf("nobody who is signed in: %+v, %v", v, ok)
	}
}
