package main

import (
	"context"
	"time"

	"nysreferral/audit"
	"nysreferral/ent"
	"nysreferral/store"
)

const (
	lookSaving = time.Second     // how soon it is told that nothing can be saved
	tryAgain   = 3 * time.Second // between two tries whether the disk takes something again
)

// unsaved says what to do where nothing can be saved.
func unsaved(db *store.DB) string {
	if db.Failed() {
		return "Stop the server, look at the disk, and start it again: it reads what is there, and finds what was saved. Until then it shows nothing of anybody."
	}
	return "Make room on the disk, or mend it: the server tries by itself and goes on when it can. Until then it changes nothing, and shows only what it can log."
}

// keepSaving tells those who run the program as soon as nothing can be saved, and
// tries until something can.
func (p *program) keepSaving(ctx context.Context) {
	told, tried := false, time.Time{}
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(lookSaving):
		}
		err := p.db.Saves()
		if err == nil {
			told = false
			continue
		}
		if !told {
			told = true
			p.log.Error("nothing can be saved: this server only reads", "error", err, "do", unsaved(p.db))
		}
		if time.Since(tried) >= tryAgain {
			tried = time.Now()
			p.saveAgain(ctx)
		}
	}
}

// saveAgain tries whether the log takes a line, which then says that there was a
// while without.
func (p *program) saveAgain(ctx context.Context) {
	err := p.db.Resume(ctx, func(tx *ent.Tx) error {
		return audit.Add(ctx, tx, audit.Line{At: time.Now(), Duty: "system", Action: audit.Saving, Outcome: audit.Done, Reason: "nothing could be saved for a while"})
	})
	if err == nil {
		p.log.Info("saving again")
	}
}
