package auth

import (
	"testing"

	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// The register shows what lets an account in, and apart from it everything that
// once did, with its kind and both moments; another's stands in nobody else's.
func TestRegisterKeepsWhatWasRemoved(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := strict(t, db), t.Context()
		who := h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
		h.app(t, who)
		h.app(t, h.person(t, "other@example.org", workflow.Referrer, workflow.SidePolice))
		r, err := h.Register(ctx, who, "")
		if err != nil || len(r.Factors) != 1 || len(r.Gone) != 0 {
			t.Fatalf("%+v, %v", r, err)
		}
		first := r.Factors[0]
		h.app(t, who)
		r, err = h.Register(ctx, who, "")
		if err != nil || len(r.Factors) != 1 || len(r.Gone) != 1 || r.Factors[0].Mark == first.Mark {
			t.Fatalf("%+v, %v", r, err)
		}
		if g := r.Gone[0]; g.Mark != first.Mark || g.Kind != KindApp || !g.CreatedAt.Equal(first.CreatedAt) || g.RemovedAt.Before(g.CreatedAt) || !r.Factors[0].RemovedAt.IsZero() {
			t.Errorf("%+v", g)
		}
		if r.Has(KindPasskey) || !r.Has(KindApp) {
			t.Error("what was removed counts")
		}
	})
}
