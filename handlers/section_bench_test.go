package handlers

import (
	"net/http"
	"testing"

	"nysreferral/demo"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// BenchmarkSection asks for one section after the other of a draft that is
// filled in, over the loopback. The client's allocations are counted too.
func BenchmarkSection(b *testing.B) {
	for dialect, open := range map[string]func(testing.TB) *store.DB{"SQLite": storetest.SQLite, "PostgreSQL": storetest.Postgres} {
		b.Run(dialect, func(b *testing.B) {
			s := newSite(b, open(b))
			email, who := s.account(s.agency("Example House", "social_service_provider", workflow.SideProvider), workflow.Referrer, "Quinn Example")
			answers, _, err := demo.Referral(3, s.referrals.Today())
			if err != nil {
				b.Fatal(err)
			}
			draft, err := s.referrals.Import(b.Context(), who, answers)
			if err != nil {
				b.Fatal(err)
			}
			client := s.browser()
			client.signIn(email)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				path := "/referrals/" + draft.Ref + "/sections/" + "ACG"[i%3:i%3+1]
				if got := client.get(path); got.status != http.StatusOK {
					b.Fatalf("%s answers %d", path, got.status)
				}
			}
		})
	}
}
