package referrals

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/predicate"
	"nysreferral/ent/task"
	"nysreferral/fault"
	"nysreferral/seal"
	"nysreferral/workflow"
)

// newTask is a task before it is written. What it is about is sealed: the kind
// alone would say that somebody is a minor.
type newTask struct {
	kind     string
	duty     workflow.Duty
	agency   int // 0: whoever has the duty
	handover int
	due      time.Time
	contact  *ent.ContactPoint
	say      string // more than the kind's own words
}

// about is the sealed part of a task.
type about struct {
	Kind string `json:"kind"`
	Say  string `json:"say,omitempty"`
}

// taskWords are what a task asks, by kind.
var taskWords = map[string]string{
	"determination":     "Determine the referral.",
	"notice":            "Tell the person and the referrer, and hand the person over.",
	"minor_check":       "The person may be under 18: settle it, or tell the district of the county where the child was found.",
	"hhs_request":       "See that the request to HHS is made within 24 hours.",
	"shelter":           "The person needs shelter tonight: find a place and tell the referrer.",
	"minor_notice":      "The notice about a minor waits for a verified contact.",
	"answer":            "Answer the reviewer's question.",
	"acceptance":        "Accept the person, or give the hand-over back.",
	"first_contact":     "Reach the person.",
	"contact_to_verify": "The recipient's contact is not verified.",
	"obtain_consent":    "Obtain the person's consent to this recipient.",
	"route":             "Look at the proposed hand-over and send it.",
	taskSign:            "Letters wait to be signed and sent.",
	taskHand:            "A letter for the person is ready: hand it over safely.",
	taskOut:             "Find out whether the letter to the person arrived.",
	taskBack:            "A letter could not be handed over: find another safe way, or do not send it.",
}

// addTasks writes tasks of a referral.
func (s *Service) addTasks(ctx context.Context, tx *ent.Tx, f *file, tasks ...newTask) error {
	adds := make([]*ent.TaskCreate, len(tasks))
	for i, t := range tasks {
		created := s.now().Add(time.Duration(i) * time.Microsecond) // the place of what is sealed
		sealed, err := f.sealed(about{Kind: t.kind, Say: t.say}, taskAt(f.row.Ref, created))
		if err != nil {
			return err
		}
		adds[i] = tx.Task.Create().SetReferralID(f.row.ID).SetHandover(t.handover).SetDuty(string(t.duty)).SetCreatedAt(created).
			SetDueAt(t.due).SetSealed(sealed)
		if t.agency != 0 {
			adds[i].SetAgencyID(t.agency)
		}
		if t.contact != nil {
			adds[i].SetContactID(t.contact.ID)
		}
	}
	if len(adds) == 0 {
		return nil
	}
	if err := tx.Task.CreateBulk(adds...).Exec(ctx); err != nil {
		return fmt.Errorf("referrals: adding tasks: %w", err)
	}
	return nil
}

// endTasks marks open tasks of the referral done: those of the kinds, or all.
func (s *Service) endTasks(ctx context.Context, tx *ent.Tx, f *file, who workflow.Actor, kinds ...string) error {
	return s.endTasksWhere(ctx, tx, f, who, kinds, task.ReferralID(f.row.ID))
}

// endTasksOf is endTasks for one hand-over.
func (s *Service) endTasksOf(ctx context.Context, tx *ent.Tx, f *file, n int, who workflow.Actor, kinds ...string) error {
	return s.endTasksWhere(ctx, tx, f, who, kinds, task.ReferralID(f.row.ID), task.Handover(n))
}

func (s *Service) endTasksWhere(ctx context.Context, tx *ent.Tx, f *file, who workflow.Actor, kinds []string, where ...predicate.Task) error {
	open, err := tx.Task.Query().Where(append(where, task.DoneAtIsNil())...).All(ctx)
	if err != nil {
		return fmt.Errorf("referrals: reading tasks: %w", err)
	}
	for _, t := range open {
		var a about
		if err := f.unseal(t.Sealed, taskAt(f.row.Ref, t.CreatedAt), &a); err != nil {
			return err
		}
		if len(kinds) > 0 && !slices.Contains(kinds, a.Kind) {
			continue
		}
		up := t.Update().SetDoneAt(s.now())
		if who.ID != 0 {
			up.SetDoneByID(who.ID)
		}
		if err := up.Exec(ctx); err != nil {
			return fmt.Errorf("referrals: ending a task: %w", err)
		}
	}
	return nil
}

// Tasks returns what who has to do, the next due first; with done, also what
// was done in the last 30 days. Those without tasks get none.
func (s *Service) Tasks(ctx context.Context, who workflow.Actor, done bool) ([]Task, error) {
	var out []Task
	err := s.do(ctx, who, "tasks", "", func(tx *ent.Tx) error {
		var err error
		if out, err = s.tasksFor(ctx, tx, who, done); err != nil || mine(who) == nil {
			return err
		}
		return s.record(ctx, tx, s.line(who, "tasks", refsOf(out, func(t Task) string { return t.Reference })...))
	})
	return out, err
}

// tasksFor is Tasks without its line in the log.
func (s *Service) tasksFor(ctx context.Context, tx *ent.Tx, who workflow.Actor, done bool) ([]Task, error) {
	where := mine(who)
	if where == nil {
		return nil, nil
	}
	if done {
		where = append(where, task.Or(task.DoneAtIsNil(), task.DoneAtGT(s.now().AddDate(0, 0, -30))))
	} else {
		where = append(where, task.DoneAtIsNil())
	}
	rows, err := tx.Task.Query().Where(where...).WithReferral().WithContact().Order(ent.Asc(task.FieldDueAt, task.FieldID)).Limit(500).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading tasks: %w", err)
	}
	referrals := make([]*ent.Referral, len(rows))
	for i, row := range rows {
		referrals[i] = row.Edges.Referral
	}
	unseen, err := s.unseen(ctx, tx, who, referrals)
	if err != nil {
		return nil, err
	}
	var out []Task
	for _, row := range rows {
		if row.ReferralID != nil && unseen[*row.ReferralID] {
			continue
		}
		t, err := s.task(row)
		if err != nil {
			return nil, err
		}
		if t.ID != 0 && (who.Duty == workflow.Referrer || who.Duty == workflow.Recipient) {
			if t, err = s.ownTask(ctx, tx, who, row, t); err != nil {
				return nil, err
			}
		}
		if t.ID != 0 {
			out = append(out, t)
		}
	}
	return out, nil
}

// ownTask leaves a referrer only the tasks of referrals that the referrer sees,
// and a recipient those of hand-overs that it sees now.
func (s *Service) ownTask(ctx context.Context, tx *ent.Tx, who workflow.Actor, row *ent.Task, t Task) (Task, error) {
	if who.Duty == workflow.Recipient {
		f, err := s.open(ctx, tx, t.Reference)
		if err != nil {
			return Task{}, err
		}
		h := f.handover(t.N)
		if h == nil || workflow.Look(who, f.status(), s.circumstances(f, h)) == workflow.Nothing {
			return Task{}, nil
		}
		return t, nil
	}
	r := row.Edges.Referral
	c := workflow.Circumstances{AgencyID: r.AgencyID, AuthorID: r.AuthorID}
	if !workflow.Owns(who, c) {
		return Task{}, nil
	}
	return t, nil
}

// mine are the tasks of an actor: the duty's, and for those outside the State
// the agency's.
func mine(who workflow.Actor) []predicate.Task {
	switch who.Duty {
	case workflow.Reviewer:
		return []predicate.Task{task.Duty(string(workflow.Reviewer))}
	case workflow.Director:
		return []predicate.Task{task.DutyIn(string(workflow.Reviewer), string(workflow.Director))}
	case workflow.Program:
		return []predicate.Task{task.Duty(string(workflow.Program))}
	case workflow.Referrer, workflow.Recipient:
		return []predicate.Task{task.Duty(string(who.Duty)), task.AgencyID(who.Agency)}
	}
	return nil
}

func (s *Service) task(row *ent.Task) (Task, error) {
	r := row.Edges.Referral
	t := Task{ID: row.ID, N: row.Handover, CreatedAt: row.CreatedAt}
	if row.DueAt != nil {
		t.DueAt = *row.DueAt
	}
	if row.DoneAt != nil {
		t.DoneAt = *row.DoneAt
	}
	if row.Edges.Contact != nil {
		t.Contact = row.Edges.Contact.Key
	}
	if r == nil || len(r.DataKey) == 0 {
		return Task{}, nil
	}
	t.Reference = r.Ref
	var a about
	if err := s.openAt(r, row.Sealed, taskAt(r.Ref, row.CreatedAt), &a); err != nil {
		return Task{}, err
	}
	t.Kind, t.Words, t.ByHand = a.Kind, taskWords[a.Kind], slices.Contains(byHand, a.Kind)
	if a.Say != "" {
		t.Words += " " + a.Say
	}
	return t, nil
}

// openAt opens one sealed thing of a referral whose row is at hand.
func (s *Service) openAt(r *ent.Referral, sealed []byte, at seal.Place, into any) error {
	key, err := s.Ring.Key(r.DataKey, r.Ref)
	if err != nil {
		return fmt.Errorf("referrals: opening the key: %w", err)
	}
	text, err := key.Open(sealed, at)
	if err != nil {
		return fmt.Errorf("referrals: opening %s of a referral: %w", at.Table, err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("referrals: reading %s of a referral: %w", at.Table, err)
	}
	return nil
}

// byHand are the kinds of tasks that somebody marks done; the others end with
// the act that they ask for.
var byHand = []string{"hhs_request", "shelter", "minor_check"}

// Done marks a task of program staff done, with a note that stays on the
// record. A task that ends with an act is fault.Forbidden.
func (s *Service) Done(ctx context.Context, who workflow.Actor, id int, note string) error {
	return s.do(ctx, who, string(taskEnded), "", func(tx *ent.Tx) error {
		where := mine(who)
		if where == nil || who.Duty != workflow.Program {
			return fault.Absent()
		}
		row, err := tx.Task.Query().Where(append(where, task.ID(id))...).WithReferral().WithContact().Only(ctx)
		if ent.IsNotFound(err) {
			return fault.Absent()
		}
		if err != nil {
			return fmt.Errorf("referrals: reading a task: %w", err)
		}
		t, err := s.task(row)
		if err != nil {
			return err
		}
		if !t.ByHand {
			return fault.New(fault.Forbidden, "This task ends with the act that it asks for. Open the referral and do it there.")
		}
		if !t.DoneAt.IsZero() {
			return fault.New(fault.Conflict, "This task was done already.")
		}
		if err := row.Update().SetDoneAt(s.now()).SetDoneByID(who.ID).Exec(ctx); err != nil {
			return fmt.Errorf("referrals: ending a task: %w", err)
		}
		return s.taskDone(ctx, tx, who, t, note)
	})
}
