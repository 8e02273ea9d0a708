package store_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"nysreferral/ent"
	"nysreferral/jobs"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/viewer"
)

type drawn struct {
	Ref string `json:"ref"`
}

// Kind names drawn.
func (drawn) Kind() string { return "draw" }

// BenchmarkDo commits what a submission writes: a referral, its answers, a
// line of the log and a job.
func BenchmarkDo(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *store.DB{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		for _, at := range []int{1, 8, 32} {
			b.Run(fmt.Sprintf("%s/%d", name, at), func(b *testing.B) { submit(b, open(b), at) })
		}
	}
}

func submit(b *testing.B, db *store.DB, at int) {
	ctx := b.Context()
	var agency, user int
	err := db.Do(ctx, func(tx *ent.Tx) error {
		agency = tx.Agency.Create().SetName("a").SetKind("nypd").SetSide("police").SetCreatedAt(noon).SaveX(ctx).ID
		user = tx.User.Create().SetName("Test Person").SetEmail("person@example.org").SetDuty("referrer").SetAgencyID(agency).SetCreatedAt(noon).SaveX(ctx).ID
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	sealed := make([]byte, 2000)
	var n atomic.Int64
	one := func() error {
		ref := fmt.Sprintf("R%012d", n.Add(1))
		return db.Do(ctx, func(tx *ent.Tx) error {
			r, err := tx.Referral.Create().SetRef(ref).SetStatus("Submitted").SetAgencyID(agency).SetAuthorID(user).
				SetCreatedAt(noon).SetUpdatedAt(noon).SetSubmittedAt(noon).SetDueAt(noon).SetDataKey(sealed[:60]).Save(viewer.Job(ctx, "test"))
			if err != nil {
				return err
			}
			if err := tx.Answers.Create().SetReferralID(r.ID).SetVersion(1).SetKind("submission").SetAuthorID(user).SetAt(noon).SetSealed(sealed).Exec(viewer.Job(ctx, "test")); err != nil {
				return err
			}
			if err := tx.AuditEntry.Create().SetAt(noon).SetActor(user).SetAction("submit").SetRefs([]string{ref}).Exec(ctx); err != nil {
				return err
			}
			return jobs.Add(ctx, tx, db.Dialect(), drawn{ref})
		})
	}
	b.SetParallelism(max(1, at/2)) // times GOMAXPROCS, which is 2 where this was measured
	b.ResetTimer()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if err := one(); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
}
