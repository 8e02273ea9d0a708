package registry

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"nysreferral/audit"
	"nysreferral/ent"
	"nysreferral/ent/auditcheckpoint"
	"nysreferral/fault"
	"nysreferral/workflow"
)

// Proof is what a check of the whole log found.
type Proof struct {
	Lines       int64  // checked
	Checkpoints int    // whose signatures were checked
	Kept        bool   // the auditor's own checkpoint agrees
	Waiting     int    // lines not yet in the tree
	Found       string // the first thing wrong; "" when nothing is
	From, To    int64  // places that are wrong or may be; -1 when it is none of the tree's
	Head        string // the newest checkpoint, to keep
}

// VerifyNow checks the whole log: every line, every hash, every signature, and
// that the log goes on from the checkpoint that the auditor kept, if one is
// given as its text. It reads everything, so it takes a second for some tens
// of thousands of lines.
func (s *Service) VerifyNow(ctx context.Context, who workflow.Actor, kept string) (Proof, error) {
	var out Proof
	err := s.look(ctx, who, VerifyLog, func(l *audit.Line) error {
		_, verifier, err := audit.Keys(s.Ring)
		if err != nil {
			return err
		}
		var own [][]byte
		if kept = strings.ReplaceAll(strings.TrimSpace(kept), "\r\n", "\n"); kept != "" {
			own = append(own, []byte(kept+"\n"))
		}
		report, err := audit.Verify(ctx, s.DB, verifier, own...)
		if err != nil {
			return err
		}
		out = Proof{Lines: report.Lines, Checkpoints: report.Checkpoints, Kept: report.Kept > 0, Waiting: report.Waiting, Head: report.Head}
		l.Reason = fmt.Sprintf("%d lines", report.Lines)
		if report.Bad != nil {
			out.Found, out.From, out.To = string(report.Bad.What), report.Bad.From, report.Bad.To
			l.Outcome, l.Reason = audit.Failed, out.Found
		}
		return nil
	})
	if err != nil {
		return Proof{}, err
	}
	return out, nil
}

// Checkpoint is a signed head of the log.
type Checkpoint struct {
	Size int64 // lines that it covers
	At   time.Time
	Text string // the signed note, whole: what an auditor keeps
}

// CheckpointPage is a part of the checkpoints, newest first.
type CheckpointPage struct {
	Lines []Checkpoint
	Next  string // "" at the end
}

// Checkpoints returns 25 signed heads of the log from the cursor on, newest
// first.
func (s *Service) Checkpoints(ctx context.Context, who workflow.Actor, cursor string) (CheckpointPage, error) {
	const size = 25
	var out CheckpointPage
	err := s.look(ctx, who, ReadHeads, func(*audit.Line) error {
		q := s.DB.Read().AuditCheckpoint.Query().Order(ent.Desc(auditcheckpoint.FieldID)).Limit(size + 1)
		if cursor != "" {
			id, err := strconv.Atoi(cursor)
			if err != nil {
				return fault.Absent()
			}
			q.Where(auditcheckpoint.IDLT(id))
		}
		rows, err := q.All(ctx)
		if err != nil {
			return fmt.Errorf("registry: reading checkpoints: %w", err)
		}
		if len(rows) > size {
			rows = rows[:size]
			out.Next = strconv.Itoa(rows[size-1].ID)
		}
		for _, row := range rows {
			out.Lines = append(out.Lines, Checkpoint{Size: row.Size, At: row.At.UTC(), Text: row.Text})
		}
		return nil
	})
	if err != nil {
		return CheckpointPage{}, err
	}
	return out, nil
}
