package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"nysreferral/blob"
	"nysreferral/store"
)

// FileMost is the longest file that is copied, in bytes: longer than any that the
// settings let in.
const FileMost = 128 << 20

// files calls each for every attached file that the rows of a snapshot name, and
// counts them. One that is gone was destroyed meanwhile, and so is left out.
func files(ctx context.Context, s *store.Snapshot, from blob.Store, each func(name string, b []byte) error) (Count, error) {
	out, sum := Count{Table: "files"}, sha256.New()
	names, err := s.FileNames(ctx)
	if err != nil {
		return out, err
	}
	for _, name := range names {
		if from == nil {
			return out, errors.New("backup: there are attached files, and no folder of them was named")
		}
		b, err := from.Read(ctx, name, FileMost)
		if errors.Is(err, blob.ErrAbsent) {
			continue
		}
		if err != nil {
			return out, fmt.Errorf("backup: reading a file: %w", err)
		}
		digest := sha256.Sum256(b)
		sum.Write([]byte(name))
		sum.Write(digest[:])
		out.Rows++
		if err := each(name, b); err != nil {
			return out, err
		}
	}
	out.Digest = hex.EncodeToString(sum.Sum(nil))
	return out, nil
}
