package store_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"nysreferral/ent"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

const setSetting = `INSERT INTO settings (key, value) VALUES ($1, $2)`

// What nobody reads is kept with the rest, in the order in which it was said, and
// whoever reads sees it.
func TestUnreadIsKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		err := db.Do(ctx, func(tx *ent.Tx) error {
			a, err := tx.Agency.Create().SetName("first").SetKind("nypd").SetSide("police").SetCreatedAt(noon).Save(store.Unread(ctx))
			if err != nil || a.ID != 0 {
				t.Errorf("an id that nobody reads is %d, %v", a.ID, err)
			}
			if _, err := tx.ExecContext(store.Unread(ctx), setSetting, "second", "2"); err != nil {
				return err
			}
			if n, err := tx.Agency.Query().Count(ctx); err != nil || n != 1 {
				t.Errorf("who reads sees %d agencies, %v", n, err)
			}
			err = tx.Agency.CreateBulk(
				tx.Agency.Create().SetName("third").SetKind("nypd").SetSide("police").SetCreatedAt(noon),
				tx.Agency.Create().SetName("fourth").SetKind("nypd").SetSide("police").SetCreatedAt(noon),
			).Exec(store.Unread(ctx))
			if err != nil {
				return err
			}
			last, err := tx.Agency.Create().SetName("fifth").SetKind("nypd").SetSide("police").SetCreatedAt(noon).Save(ctx)
			if err != nil || last.ID == 0 {
				t.Errorf("an id that is read is %d, %v", last.ID, err)
			}
			return tx.Setting.Create().SetKey("sixth").SetValue("6").Exec(store.Unread(ctx))
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := names(t, db); !slices.Equal(got, []string{"first", "third", "fourth", "fifth"}) {
			t.Errorf("agencies %q", got)
		}
		if n, err := db.Read().Setting.Query().Count(ctx); err != nil || n != 2 {
			t.Errorf("%d settings, %v", n, err)
		}
	})
}

// What nobody reads and fails leaves nothing of its unit of work, whatever comes
// after it, and is not taken for a fault of what it traveled with.
func TestUnreadFails(t *testing.T) {
	ends := map[string]func(ctx context.Context, tx *ent.Tx) error{
		"at the end": func(context.Context, *ent.Tx) error { return nil },
		"before another that nobody reads": func(ctx context.Context, tx *ent.Tx) error {
			return tx.Setting.Create().SetKey("b").SetValue("1").Exec(store.Unread(ctx))
		},
		"before an insert": func(ctx context.Context, tx *ent.Tx) error {
			return tx.Setting.Create().SetKey("b").SetValue("1").Exec(ctx)
		},
		"before an update": func(ctx context.Context, tx *ent.Tx) error {
			return tx.Setting.Update().SetValue("3").Exec(ctx)
		},
		"before a question": func(ctx context.Context, tx *ent.Tx) error {
			_, err := tx.Setting.Query().Count(ctx)
			return err
		},
		"and nobody minds": func(ctx context.Context, tx *ent.Tx) error {
			_, _ = tx.Setting.Query().Count(ctx)
			return nil
		},
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				oneAgency(t, db, "kept")
				if db.Dialect() == store.SQLite {
					return // it says each statement at once
				}
				ctx := t.Context()
				err := db.Do(ctx, func(tx *ent.Tx) error {
					for range 2 {
						if err := tx.Setting.Create().SetKey("a").SetValue("1").Exec(store.Unread(ctx)); err != nil {
							t.Errorf("it did not wait: %v", err)
						}
					}
					return end(ctx, tx)
				})
				var why *pgconn.PgError
				if !errors.As(err, &why) && !errors.Is(err, pgx.ErrTxCommitRollback) {
					t.Errorf("the unit of work was told: %v", err)
				}
				if ent.IsConstraintError(err) {
					t.Errorf("it is taken for a fault of another statement: %v", err)
				}
				oneAgency(t, db, "next")
				if n, err := db.Read().Setting.Query().Count(ctx); err != nil || n != 0 {
					t.Errorf("%d settings are left, %v", n, err)
				}
			})
		})
	}
}

// A unit of work that gives way while it ends runs again, and one that failed
// unseen is never acknowledged.
func TestUnreadGivesWay(t *testing.T) {
	db := storetest.Postgres(t)
	ctx, runs := t.Context(), 0
	err := db.Do(ctx, func(tx *ent.Tx) error {
		runs++
		if runs == 1 {
			if _, err := tx.ExecContext(store.Unread(ctx), `DO $$ BEGIN RAISE SQLSTATE '40001'; END $$`); err != nil {
				return err
			}
		}
		return addAgency(store.Unread(ctx), tx, "kept")
	})
	if got := names(t, db); err != nil || runs != 2 || !slices.Equal(got, []string{"kept"}) {
		t.Errorf("after %d runs: %q, %v", runs, got, err)
	}
	err = db.Do(ctx, func(tx *ent.Tx) error {
		_, _ = tx.ExecContext(ctx, `INSERT INTO nothing VALUES (1)`)
		return addAgency(store.Unread(ctx), tx, "after a fault")
	})
	if err == nil || strings.Contains(strings.Join(names(t, db), " "), "fault") {
		t.Errorf("told %v, kept %q", err, names(t, db))
	}
}

// Neither who goes away nor who gives up leaves anything of what was waiting.
func TestUnreadIsGivenUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		no := errors.New("no")
		if err := db.Do(ctx, func(tx *ent.Tx) error { return errors.Join(addAgency(store.Unread(ctx), tx, "gone"), no) }); !errors.Is(err, no) {
			t.Errorf("who gives up is told: %v", err)
		}
		if err := db.Do(ctx, func(tx *ent.Tx) error { defer cancel(); return addAgency(store.Unread(ctx), tx, "gone") }); !errors.Is(err, context.Canceled) {
			t.Errorf("who goes away is told: %v", err)
		}
		if err := db.Do(t.Context(), func(*ent.Tx) error { return nil }); err != nil {
			t.Errorf("who says nothing is told: %v", err)
		}
		oneAgency(t, db, "kept")
		if got := names(t, db); !slices.Equal(got, []string{"kept"}) {
			t.Errorf("agencies %q", got)
		}
	})
}

// A statement that was never sent, as its own time was over, takes all of its unit
// of work with it, also where nobody minds: what waited for it must not be
// missing, and what comes after must not be kept by itself.
func TestUnreadIsNotLeftOut(t *testing.T) {
	for name, began := range map[string]bool{"begun": true, "not begun": false} {
		for _, minds := range []error{nil, errors.New("no")} {
			t.Run(name, func(t *testing.T) {
				db := storetest.Postgres(t)
				ctx := t.Context()
				err := db.Do(ctx, func(tx *ent.Tx) error {
					if began {
						if _, err := tx.Setting.Query().Count(ctx); err != nil {
							return err
						}
					}
					if err := tx.Setting.Create().SetKey("line").SetValue("1").Exec(store.Unread(ctx)); err != nil {
						return err
					}
					over, end := context.WithCancel(ctx)
					end()
					_, _ = tx.Setting.Query().Count(over)
					_ = addAgency(ctx, tx, "kept alone")
					return minds
				})
				if err == nil {
					t.Error("it is acknowledged")
				}
				oneAgency(t, db, "next")
				if got := names(t, db); !slices.Equal(got, []string{"next"}) {
					t.Errorf("agencies %q", got)
				}
			})
		}
	}
}

// Rows that are left open hold up neither what is said after them, nor the end of
// their unit of work, nor the next one; and nothing is kept halfway.
func TestRowsLeftOpen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		ends := map[string]func(tx *ent.Tx) error{
			"nothing more": func(*ent.Tx) error { return nil },
			"gives up":     func(*ent.Tx) error { return errors.New("no") },
			"goes on":      func(tx *ent.Tx) error { return addAgency(context.Background(), tx, "meanwhile") },
			"goes on, and nobody minds": func(tx *ent.Tx) error {
				_, _ = tx.ExecContext(context.Background(), `UPDATE settings SET value = '2'`)
				return nil
			},
		}
		for name, end := range ends {
			ended := make(chan error, 1)
			go func() {
				ended <- db.Do(ctx, func(tx *ent.Tx) error {
					rows, err := tx.QueryContext(ctx, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT i FROM n`)
					if err != nil || !rows.Next() {
						return errors.Join(err, errors.New("nothing comes"))
					}
					return end(tx)
				})
			}()
			select {
			case err := <-ended:
				if (err == nil) != (db.Dialect() == store.SQLite && name != "gives up") {
					t.Errorf("%s: it was told %v", name, err)
				}
			case <-time.After(20 * time.Second):
				t.Fatalf("%s: it hangs", name)
			}
		}
		oneAgency(t, db, "kept")
		want := []string{"kept"}
		if db.Dialect() == store.SQLite {
			want = []string{"meanwhile", "kept"} // it answers two questions at once
		}
		if got := names(t, db); !slices.Equal(got, want) {
			t.Errorf("agencies %q", got)
		}
	})
}
