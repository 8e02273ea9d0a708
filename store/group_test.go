package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/agency"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

// held begins a unit of work that keeps the turn until release is called, so
// that others queue behind it.
func held(t *testing.T, db *store.DB) (release func()) {
	t.Helper()
	began, end, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- db.Do(context.Background(), func(*ent.Tx) error { close(began); <-end; return nil })
	}()
	<-began
	return func() {
		close(end)
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

func addAgency(ctx context.Context, tx *ent.Tx, name string) error {
	return tx.Agency.Create().SetName(name).SetKind("nypd").SetSide("police").SetCreatedAt(noon).Exec(ctx)
}

// outcomes are the ways in which a unit of work can end. Each is run after it
// has written a row; only the first may be acknowledged.
func outcomes() map[string]func(cancel func(), tx *ent.Tx) error {
	return map[string]func(cancel func(), tx *ent.Tx) error{
		"good":    func(func(), *ent.Tx) error { return nil },
		"fails":   func(func(), *ent.Tx) error { return errors.New("no") },
		"panics":  func(func(), *ent.Tx) error { panic("boom") },
		"exits":   func(func(), *ent.Tx) error { runtime.Goexit(); return nil },
		"cancels": func(cancel func(), _ *ent.Tx) error { cancel(); return nil },
		"refused": func(_ func(), tx *ent.Tx) error {
			_, err := tx.ExecContext(context.Background(), "INSERT INTO nothing VALUES (1)")
			return err
		},
		"ruins": func(_ func(), tx *ent.Tx) error { // as a full disk does
			_, err := tx.ExecContext(context.Background(), "ROLLBACK")
			return errors.Join(err, errors.New("the disk is full"))
		},
	}
}

// However units of work end that commit together, exactly those rows are there
// that were acknowledged, each once, and the next unit works.
func TestNeighborsAreNotTouched(t *testing.T) {
	db := storetest.SQLite(t)
	all := outcomes()
	kinds := make([]string, 0, len(all))
	for k := range all {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	draw := rand.New(rand.NewPCG(1, 2))
	for round := range 8 {
		release := held(t, db)
		var mu sync.Mutex
		var want []string
		var wg sync.WaitGroup
		for i := range 40 {
			kind := kinds[draw.IntN(len(kinds))]
			if draw.IntN(2) == 0 {
				kind = "good"
			}
			name := fmt.Sprintf("%d %02d %s", round, i, kind)
			wg.Add(1)
			go func() {
				defer wg.Done()
				defer func() { _ = recover() }()
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				err := db.Do(ctx, func(tx *ent.Tx) error {
					return errors.Join(addAgency(ctx, tx, name), all[kind](cancel, tx))
				})
				if kind == "good" && err != nil {
					t.Errorf("%s was told: %v", name, err)
				}
				if err == nil {
					mu.Lock()
					want = append(want, name)
					mu.Unlock()
				}
			}()
		}
		time.Sleep(20 * time.Millisecond)
		release()
		wg.Wait()
		got, err := db.Read().Agency.Query().Where(agency.NameHasPrefix(fmt.Sprintf("%d ", round))).
			Order(agency.ByName()).Select(agency.FieldName).Strings(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("round %d: acknowledged %q, stored %q", round, want, got)
		}
	}
}

// Units that wait together share one commit, and none is acknowledged, or seen
// by a reader, before it.
func TestWaitingUnitsShareOneCommit(t *testing.T) {
	db := storetest.SQLite(t)
	release := held(t, db)
	wrote := make(chan struct{})
	first := make(chan error, 1)
	go func() {
		first <- db.Do(context.Background(), func(tx *ent.Tx) error {
			defer close(wrote)
			return addAgency(context.Background(), tx, "first")
		})
	}()
	time.Sleep(50 * time.Millisecond)
	second := make(chan error, 1)
	go func() {
		second <- db.Do(context.Background(), func(tx *ent.Tx) error {
			<-wrote
			select {
			case err := <-first:
				return fmt.Errorf("the first was acknowledged before the commit: %w", err)
			case <-time.After(20 * time.Millisecond):
			}
			in, err := tx.Agency.Query().Count(context.Background())
			if err != nil || in != 1 {
				return fmt.Errorf("in the transaction there are %d, %w", in, err)
			}
			out, err := db.Read().Agency.Query().Count(context.Background())
			if err != nil || out != 0 {
				return fmt.Errorf("a reader sees %d, %w", out, err)
			}
			return nil
		})
	}()
	time.Sleep(50 * time.Millisecond)
	release()
	if err := errors.Join(<-second, <-first); err != nil {
		t.Fatal(err)
	}
}

// The unit that a group begins with has no savepoint: when it fails, those that
// wait behind it begin anew, and keep what they write.
func TestFirstOfGroupFails(t *testing.T) {
	db := storetest.SQLite(t)
	began, end := make(chan struct{}), make(chan struct{})
	no := errors.New("no")
	first, second := make(chan error, 1), make(chan error, 1)
	go func() {
		first <- db.Do(context.Background(), func(tx *ent.Tx) error {
			close(began)
			<-end
			return errors.Join(addAgency(context.Background(), tx, "gone"), no)
		})
	}()
	<-began
	go func() {
		second <- db.Do(context.Background(), func(tx *ent.Tx) error { return addAgency(context.Background(), tx, "kept") })
	}()
	time.Sleep(20 * time.Millisecond)
	close(end)
	if err := <-first; !errors.Is(err, no) {
		t.Errorf("the first was told: %v", err)
	}
	if err := <-second; err != nil {
		t.Errorf("the second was told: %v", err)
	}
	if got := names(t, db); !slices.Equal(got, []string{"kept"}) {
		t.Errorf("agencies %q", got)
	}
}

// Who goes away while waiting for the turn writes nothing and holds up nobody.
func TestGoingAwayWhileWaiting(t *testing.T) {
	db := storetest.SQLite(t)
	release := held(t, db)
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error, 1)
	go func() { gone <- db.Do(ctx, func(tx *ent.Tx) error { return addAgency(ctx, tx, "gone") }) }()
	time.Sleep(20 * time.Millisecond)
	cancel()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("it was told: %v", err)
	}
	release()
	oneAgency(t, db, "kept")
	if got := names(t, db); len(got) != 1 || got[0] != "kept" {
		t.Errorf("agencies %v", got)
	}
}
