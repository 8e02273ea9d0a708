package referrals

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"entgo.io/ent/dialect/sql"

	"nysreferral/ent"
	"nysreferral/ent/entry"
	"nysreferral/ent/handover"
	"nysreferral/ent/referral"
	"nysreferral/ent/task"
	"nysreferral/fault"
	"nysreferral/reports"
	"nysreferral/workflow"
)

// Waiting is one hand-over on the board: how far the person is between the
// confirmation and somebody who says "I reached them". It holds dates, codes
// and offices, and no words of anybody.
type Waiting struct {
	Reference   string
	N           int
	Status      workflow.HandoverStatus
	Kind        string // ldss, rhtp or otda
	Recipient   string
	Facets      Facets
	ConfirmedAt time.Time
	ProposedAt  time.Time
	SentAt      time.Time
	AcceptedAt  time.Time
	ReachedAt   time.Time
	Unsafe      bool // somebody tried to reach the person by a way that is not permitted, and OTDA has not settled it
	Tries       []time.Time
	NoContact   bool
	BringAsked  bool
	Next        Task // what is next: the open task that is due first

	stop   reports.Stop // where the person stands, by all hand-overs
	before bool         // somebody reached the person who helps no more
}

// Person is one confirmed person on the board, counted once as reports count: at
// the farthest stop to which a hand-over came that holds, with those that are not
// closed.
type Person struct {
	Reference string
	Stop      reports.Stop
	Before    bool      // an earlier recipient reached the person and helps no more; the person waits for another
	Handovers []Waiting // the farthest first
}

// Between reports whether the person is between confirmed and reached: nobody who
// reached the person helps now.
func (p Person) Between() bool { return p.Stop < reports.AtReached }

// Beside are the hand-overs by which nobody has reached the person yet, beside one
// by which somebody has.
func (p Person) Beside() []Waiting {
	if p.Between() {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(p.Handovers), func(w Waiting) bool { return !slices.Contains(onTheWay, w.Status) })
}

// Board is everybody whom OTDA follows up.
type Board struct {
	People   []Person  // everybody whom OTDA follows up, each once
	OnTheWay []Waiting // hand-overs that reached nobody yet, what is overdue longest first
	Reached  []Waiting // hand-overs that reached the person, what is next first
	More     bool      // there are more than one board shows
	Tasks    []Task    // what program staff have to do, the next due first
}

// mostOnBoard is how many hand-overs each part of a board holds.
const mostOnBoard = 300

// onTheWay and arrived are the statuses of the two parts of the board.
var (
	onTheWay = []workflow.HandoverStatus{workflow.Proposed, workflow.Sent, workflow.Returned, workflow.Accepted, workflow.NotReached}
	arrived  = []workflow.HandoverStatus{workflow.Reached, workflow.Enrolled, workflow.Served}
)

// Board returns what program staff follow up. To others it is absent. One line
// in the log names all that it showed.
func (s *Service) Board(ctx context.Context, who workflow.Actor) (Board, error) {
	var out Board
	err := s.do(ctx, who, "board", "", func(ctx context.Context, tx *ent.Tx) error {
		if who.Duty != workflow.Program || !workflow.Fits(who.Duty, who.Side) {
			return fault.Absent()
		}
		out = Board{}
		var err error
		if out.OnTheWay, err = s.waiting(ctx, tx, onTheWay); err != nil {
			return err
		}
		if out.Reached, err = s.waiting(ctx, tx, arrived); err != nil {
			return err
		}
		if out.Tasks, err = s.tasksFor(ctx, tx, who, mine(who)); err != nil {
			return err
		}
		for _, part := range [][]Waiting{out.OnTheWay, out.Reached} {
			if err := s.addNextWaits(ctx, tx, who, part); err != nil {
				return err
			}
		}
		out.People = peopleOf(out.OnTheWay, out.Reached)
		out.More = len(out.OnTheWay) == mostOnBoard || len(out.Reached) == mostOnBoard
		ref := func(w Waiting) string { return w.Reference }
		shown := together(refsOf(out.OnTheWay, ref), refsOf(out.Reached, ref), refsOf(out.Tasks, func(t Task) string { return t.Reference }))
		return s.record(ctx, tx, s.line(who, "board", shown...))
	})
	return out, err
}

// peopleOf puts the hand-overs of one person together.
func peopleOf(parts ...[]Waiting) []Person {
	var out []Person
	at := map[string]int{}
	for _, w := range slices.Concat(parts...) {
		i, ok := at[w.Reference]
		if !ok {
			i = len(out)
			at[w.Reference] = i
			out = append(out, Person{Reference: w.Reference, Stop: w.stop, Before: w.before})
		}
		out[i].Handovers = append(out[i].Handovers, w)
	}
	for _, p := range out {
		slices.SortStableFunc(p.Handovers, func(a, b Waiting) int { return cmp.Or(b.far()-a.far(), a.N-b.N) })
	}
	return out
}

// far is how far the hand-over is on its road.
func (w Waiting) far() int {
	return slices.Index([]workflow.HandoverStatus{workflow.Returned, workflow.Proposed, workflow.Sent, workflow.NotReached, workflow.Accepted, workflow.Reached, workflow.Enrolled, workflow.Served}, w.Status)
}

// waiting reads the hand-overs of a part of the board, the next due first.
func (s *Service) waiting(ctx context.Context, tx *ent.Tx, at []workflow.HandoverStatus) ([]Waiting, error) {
	first, err := dueFirst(ctx, tx, at)
	if err != nil || len(first) == 0 {
		return nil, err
	}
	rows, err := tx.Handover.Query().Where(handover.IDIn(first...)).WithReferral().WithContact().WithAgency().All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading the board: %w", err)
	}
	slices.SortFunc(rows, nextFirst)
	ids := make([]int, len(rows))
	for i, row := range rows {
		ids[i] = row.ReferralID
	}
	files, err := s.sketches(ctx, tx, rows, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Waiting, 0, len(rows))
	for _, row := range rows {
		one, err := s.waits(files[row.ReferralID], row)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// dueFirst are the numbers of the hand-overs of a part of the board that are due
// first. Each status is read by itself: an index leads through one at a time, so
// a board costs the same however many hand-overs there ever were.
func dueFirst(ctx context.Context, tx *ent.Tx, at []workflow.HandoverStatus) ([]int, error) {
	var all []*ent.Handover
	for _, status := range at {
		some, err := tx.Handover.Query().Where(handover.Status(string(status)), ofConfirmed).Order(ent.Asc(handover.FieldNextAt, handover.FieldID)).
			Limit(mostOnBoard).Select(handover.FieldID, handover.FieldNextAt).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("referrals: reading the board: %w", err)
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, nextFirst)
	ids := make([]int, min(mostOnBoard, len(all)))
	for i := range ids {
		ids[i] = all[i].ID
	}
	return ids, nil
}

// ofConfirmed is that the referral of a hand-over is confirmed and has its key. It
// looks at the one referral of each row: asked for as a list, all that are
// confirmed would be read first.
func ofConfirmed(q *sql.Selector) {
	r := sql.Table(referral.Table)
	q.Where(sql.Exists(sql.Select(r.C(referral.FieldID)).From(r).Where(sql.And(sql.ColumnsEQ(r.C(referral.FieldID), q.C(handover.FieldReferralID)),
		sql.EQ(r.C(referral.FieldStatus), string(workflow.Confirmed)), sql.NotNull(r.C(referral.FieldDataKey))))))
}

// nextFirst orders hand-overs by their next date, those without one last.
func nextFirst(a, b *ent.Handover) int {
	switch {
	case a.NextAt == nil && b.NextAt != nil:
		return 1
	case a.NextAt != nil && b.NextAt == nil:
		return -1
	case a.NextAt != nil && !a.NextAt.Equal(*b.NextAt):
		return a.NextAt.Compare(*b.NextAt)
	}
	return a.ID - b.ID
}

// sketches are the referrals of the board as far as it needs them, by row:
// what happened without its words, and the open tasks. No answer is opened.
func (s *Service) sketches(ctx context.Context, tx *ent.Tx, rows []*ent.Handover, ids []int) (map[int]*file, error) {
	out := map[int]*file{}
	for _, row := range rows {
		r := row.Edges.Referral
		if out[r.ID] != nil {
			continue
		}
		key, err := s.Ring.Key(r.DataKey, r.Ref)
		if err != nil {
			return nil, fmt.Errorf("referrals: opening the key: %w", err)
		}
		out[r.ID] = &file{row: r, key: key, tasksRead: true}
	}
	entries, err := tx.Entry.Query().Where(entry.ReferralIDIn(ids...), entry.HandoverGT(0),
		entry.ActionIn(string(workflow.Attempt), string(workflow.Warm), string(workflow.Bring))).
		Select(entry.FieldReferralID, entry.FieldHandover, entry.FieldAction, entry.FieldAt).Order(ent.Asc(entry.FieldReferralID, entry.FieldSeq)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading the board: %w", err)
	}
	for _, e := range entries {
		f := out[e.ReferralID]
		f.entries = append(f.entries, happened{Entry: e})
	}
	tasks, err := tx.Task.Query().Where(task.ReferralIDIn(ids...), task.DoneAtIsNil(),
		task.Or(task.HandoverGT(0), task.Duty(string(workflow.Program)))).WithAgency().WithContact().Order(ent.Asc(task.FieldDueAt, task.FieldID)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading the board: %w", err)
	}
	for _, row := range tasks {
		f, one := out[*row.ReferralID], running{row: row}
		if err := f.unseal(row.Sealed, taskAt(f.row.Ref, row.CreatedAt), &one.about); err != nil {
			return nil, err
		}
		f.tasks = append(f.tasks, one)
	}
	return out, nil
}

// waits is one hand-over of the board.
func (s *Service) waits(f *file, row *ent.Handover) (Waiting, error) {
	h := &passed{Handover: row, contact: row.Edges.Contact, agency: row.Edges.Agency}
	if err := f.unseal(row.Sealed, handoverAt(f.row.Ref, row.N), &h.route); err != nil {
		return Waiting{}, err
	}
	var times Handover
	setTimes(&times, h)
	out := Waiting{Reference: f.row.Ref, N: row.N, Status: h.status(), Kind: string(h.route.Kind), Recipient: h.name(),
		ProposedAt: times.ProposedAt, SentAt: times.SentAt, AcceptedAt: times.AcceptedAt, ReachedAt: times.ReachedAt,
		Tries: f.tries(row.N), NoContact: s.noContact(f, h), BringAsked: f.bringAsked(row.N), Unsafe: f.openTask(0, workflow.TaskUnsafe) != nil}
	if f.row.DecidedAt != nil {
		out.ConfirmedAt = *f.row.DecidedAt
	}
	for _, t := range f.tasks { // the next due first
		if t.row.Handover == row.N {
			out.Next = s.task(f.row.Ref, t)
			out.Next.referral, out.Next.status = f.row.ID, workflow.Status(f.row.Status)
			break
		}
	}
	if len(f.row.Facets) > 0 {
		if err := f.unseal(f.row.Facets, facetsAt(f.row.Ref), &out.Facets); err != nil {
			return Waiting{}, err
		}
	}
	fact, err := s.fact(f.row)
	if err != nil {
		return Waiting{}, err
	}
	out.stop, _, _, _ = reports.Standing(fact)
	out.before = reports.Before(fact)
	return out, nil
}
