package workers

import (
	"context"

	"nysreferral/referrals"
)

// DrawLetter works one job, as River would.
func (d Deps) DrawLetter(ctx context.Context, job referrals.DrawLetter) error {
	return d.drawLetter(ctx, job)
}
