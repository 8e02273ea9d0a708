package audit

import (
	"context"
	"fmt"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/setting"
	"nysreferral/store"
)

// What the database itself keeps of the heads that were given outside. Neither
// makes a line of the log: a line for each head would make the next head due.
const (
	anchorsBegunKey = "anchors.begun"  // when the first head went into a file
	anchorMailedKey = "anchors.mailed" // when the last head went by mail
)

// AnchorsBegun says whether this log ever gave a head to a file outside.
func AnchorsBegun(ctx context.Context, db *store.DB) (bool, error) {
	begun, err := db.Read().Setting.Query().Where(setting.Key(anchorsBegunKey)).Exist(ctx)
	if err != nil {
		return false, fmt.Errorf("audit: reading whether anchors were begun: %w", err)
	}
	return begun, nil
}

// BeginAnchors keeps that this log gave a head to a file outside. Saying it again
// changes nothing.
func BeginAnchors(ctx context.Context, db *store.DB, at time.Time) error {
	if begun, err := AnchorsBegun(ctx, db); begun || err != nil {
		return err
	}
	err := db.Do(ctx, func(tx *ent.Tx) error {
		return tx.Setting.Create().SetKey(anchorsBegunKey).SetValue(at.UTC().Format(time.RFC3339)).Exec(ctx)
	})
	if err != nil && !ent.IsConstraintError(err) { // another server was faster
		return fmt.Errorf("audit: keeping that anchors were begun: %w", err)
	}
	return nil
}

// AnchorMailed returns when a head was mailed last; the zero time where none was.
func AnchorMailed(ctx context.Context, db *store.DB) (time.Time, error) {
	row, err := db.Read().Setting.Query().Where(setting.Key(anchorMailedKey)).Only(ctx)
	if ent.IsNotFound(err) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("audit: reading when a head was mailed: %w", err)
	}
	at, err := time.Parse(time.RFC3339, row.Value)
	if err != nil {
		return time.Time{}, fmt.Errorf("audit: reading when a head was mailed: %w", err)
	}
	return at, nil
}

// SetAnchorMailed keeps when a head was mailed, so that a server that starts again
// and again mails no more than one that runs.
func SetAnchorMailed(ctx context.Context, db *store.DB, at time.Time) error {
	value := at.UTC().Format(time.RFC3339)
	err := db.Do(ctx, func(tx *ent.Tx) error {
		n, err := tx.Setting.Update().Where(setting.Key(anchorMailedKey)).SetValue(value).Save(ctx)
		if err != nil || n > 0 {
			return err
		}
		return tx.Setting.Create().SetKey(anchorMailedKey).SetValue(value).Exec(ctx)
	})
	if err != nil && !ent.IsConstraintError(err) { // another server mailed one at the same moment
		return fmt.Errorf("audit: keeping when a head was mailed: %w", err)
	}
	return nil
}
