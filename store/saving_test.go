package store_test

import (
	"sync"
	"testing"
	"time"

	"nysreferral/ent"
	"nysreferral/fault"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

// On a disk that is full nothing more is acknowledged, with a sentence that says
// so, to several who write together, too; what was is there and is read; nobody is
// told that it saves again before a try has succeeded, and then all is as before.
func TestFullDisk(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		line := func(tx *ent.Tx) error { return tx.AuditEntry.Create().SetAt(noon).SetAction("add").Exec(ctx) }
		add := func(name string) error {
			return db.Do(ctx, func(tx *ent.Tx) error {
				if err := addAgency(ctx, tx, name); err != nil {
					return err
				}
				return line(tx)
			})
		}
		count := func(want int) {
			t.Helper()
			if n, err := db.Read().Agency.Query().Count(ctx); err != nil || n != want {
				t.Errorf("%d are there, want %d: %v", n, want, err)
			}
		}
		if err := add("before"); err != nil || db.Saves() != nil {
			t.Fatal(err, db.Saves())
		}
		_, lift := storetest.Full(t, db)
		var together sync.WaitGroup
		for range 20 {
			together.Go(func() {
				err := add("too much")
				if say, _ := fault.Say(err); fault.KindOf(err) != fault.Unavailable || say == "" {
					t.Errorf("a full disk answers %v", err)
				}
			})
		}
		together.Wait()
		if db.Saves() == nil || db.Failed() {
			t.Errorf("it saves: %v, failed for good: %v", db.Saves(), db.Failed())
		}
		count(1)
		if err := db.Resume(ctx, line); fault.KindOf(err) != fault.Unavailable || db.Saves() == nil {
			t.Errorf("a try on a full disk: %v, it saves: %v", err, db.Saves())
		}
		lift()
		if db.Saves() == nil {
			t.Error("it saves before anybody tried")
		}
		if err := db.Resume(ctx, line); err != nil || db.Saves() != nil {
			t.Errorf("a try with room: %v, %v", err, db.Saves())
		}
		if err := add("after"); err != nil {
			t.Error(err)
		}
		count(2)
	})
}

// Where SQLite undid the transaction and the unit that it happened to minds
// nothing, nobody of its group is acknowledged, and nothing is kept by itself.
func TestUndoneAndNobodyMinds(t *testing.T) {
	db := storetest.SQLite(t)
	_, lift := storetest.Full(t, db)
	release := held(t, db)
	var wg sync.WaitGroup
	var first, second error
	wg.Go(func() {
		first = db.Do(t.Context(), func(tx *ent.Tx) error {
			_ = storetest.Line(store.Unread(t.Context()))(tx)
			_ = tx.Setting.Create().SetKey("alone").SetValue("1").Exec(t.Context())
			return nil
		})
	})
	time.Sleep(20 * time.Millisecond)
	wg.Go(func() {
		second = db.Do(t.Context(), func(tx *ent.Tx) error { return tx.Setting.Create().SetKey("a").SetValue("1").Exec(t.Context()) })
	})
	time.Sleep(20 * time.Millisecond)
	release()
	wg.Wait()
	if first == nil {
		t.Error("who minded nothing is told that it is kept")
	}
	lift()
	n, err := db.Read().Setting.Query().Count(t.Context())
	if err != nil || (second == nil) != (n == 1) {
		t.Errorf("the other was told %v, and %d are kept, %v", second, n, err)
	}
}
