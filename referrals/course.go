package referrals

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/referral"
	"nysreferral/forms"
	"nysreferral/reports"
	"nysreferral/workflow"
)

// Course is what came of a referral, as far as numbers need it: folded from
// what happened, act by act, so that a report opens one small record a referral
// and no entry. What happened remains the record.
type Course struct {
	DecidedAt time.Time       `json:"decidedAt,omitzero"` // first determination
	Outcome   reports.Outcome `json:"outcome,omitempty"`  // that stands now
	Found     string          `json:"found,omitempty"`    // type that was confirmed
	Reason    string          `json:"reason,omitempty"`   // category of a decline
	Extended  bool            `json:"extended,omitempty"`
	NoticeAt  time.Time       `json:"noticeAt,omitzero"` // the first notice about a minor went out
	Handed    []Passage       `json:"handed,omitempty"`
}

// Passage is the course of hand-over N.
type Passage struct {
	N          int       `json:"n"`
	Kind       string    `json:"kind"`
	County     string    `json:"county,omitempty"`
	SentAt     time.Time `json:"sentAt,omitzero"`
	AcceptedAt time.Time `json:"acceptedAt,omitzero"`
	ReachedAt  time.Time `json:"reachedAt,omitzero"`
	ServedAt   time.Time `json:"servedAt,omitzero"`
	ClosedAt   time.Time `json:"closedAt,omitzero"`
	UndoneAt   time.Time `json:"undoneAt,omitzero"` // nobody helps by it any more, and nobody called it done
}

// courses says what each act on a referral adds to its course.
var courses = map[workflow.Action]func(c *Course, at time.Time, deed *forms.Deed){
	workflow.Confirm: func(c *Course, at time.Time, deed *forms.Deed) {
		c.decide(at, reports.Confirmed)
		c.Found, c.Reason = string(deed.Confirmed), ""
	},
	workflow.Decline: func(c *Course, at time.Time, deed *forms.Deed) {
		c.decide(at, reports.Declined)
		c.Found, c.Reason = "", string(deed.ReasonCode)
	},
	workflow.Extend:     func(c *Course, _ time.Time, _ *forms.Deed) { c.Extended = true },
	workflow.Reconsider: func(c *Course, _ time.Time, _ *forms.Deed) { c.Outcome = reports.Pending },
	workflow.Appeal:     func(c *Course, _ time.Time, _ *forms.Deed) { c.Outcome = reports.Pending },
	workflow.Deliver: func(c *Course, at time.Time, deed *forms.Deed) {
		if toInbox(deed) {
			first(&c.NoticeAt, at)
		}
	},
}

// passages says what each act on a hand-over adds to its course.
var passages = map[workflow.Action]func(p *Passage, at time.Time, deed *forms.Deed){
	workflow.Send:    func(p *Passage, at time.Time, _ *forms.Deed) { first(&p.SentAt, at) },
	workflow.Accept:  func(p *Passage, at time.Time, _ *forms.Deed) { first(&p.AcceptedAt, at) },
	workflow.Reach:   func(p *Passage, at time.Time, _ *forms.Deed) { first(&p.ReachedAt, at) },
	workflow.Serve:   func(p *Passage, at time.Time, _ *forms.Deed) { first(&p.ServedAt, at) },
	workflow.Close:   (*Passage).close,
	workflow.Refuse:  func(p *Passage, at time.Time, deed *forms.Deed) { first(&p.ReachedAt, at); p.undone(at, deed) }, // who said no was reached
	workflow.Reroute: (*Passage).undone,
	workflow.Revoke:  (*Passage).undone,

	workflow.Return:   func(p *Passage, at time.Time, _ *forms.Deed) { first(&p.UndoneAt, at) }, // and OTDA looks for another
	workflow.Transfer: func(p *Passage, at time.Time, _ *forms.Deed) { first(&p.UndoneAt, at) },
}

// close ends a hand-over. Only one whose services were completed is called done: by
// any other reason, "other" too, which says nothing sure, nobody helps the person.
func (p *Passage) close(at time.Time, deed *forms.Deed) {
	if deed.CloseReason != closedAsDone {
		p.undone(at, deed)
	}
	first(&p.ClosedAt, at)
}

// closedAsDone and closedAsNo are two of the reasons for which a hand-over is closed.
const (
	closedAsDone forms.CloseReason = "services_completed"
	closedAsNo   forms.CloseReason = "declined_by_the_person"
)

// undone ends a hand-over by which nobody helps the person any more.
func (p *Passage) undone(at time.Time, _ *forms.Deed) {
	first(&p.UndoneAt, at)
	first(&p.ClosedAt, at)
}

func (c *Course) decide(at time.Time, what reports.Outcome) {
	first(&c.DecidedAt, at)
	c.Outcome = what
}

// first keeps the first moment at which something happened.
func first(into *time.Time, at time.Time) {
	if into.IsZero() {
		*into = at
	}
}

// goOn takes what happened into the course of the referral.
func (s *Service) goOn(ctx context.Context, tx *ent.Tx, f *file, h happened) error {
	do := workflow.Action(h.Action)
	if h.Handover == 0 {
		if add := courses[do]; add != nil {
			return s.follow(ctx, tx, f, func(c *Course) { add(c, h.At, &h.deed) })
		}
		return nil
	}
	if add := passages[do]; add != nil {
		return s.follow(ctx, tx, f, func(c *Course) {
			if i := slices.IndexFunc(c.Handed, func(p Passage) bool { return p.N == h.Handover }); i >= 0 {
				add(&c.Handed[i], h.At, &h.deed)
			}
		})
	}
	return nil
}

// course folds the course of a referral from what happened: as the acts left it,
// and also where facets were kept without it.
func (f *file) course() Course {
	var out Course
	for _, h := range f.handovers {
		out.Handed = append(out.Handed, Passage{N: h.N, Kind: string(h.route.Kind), County: h.route.County})
	}
	for _, e := range f.entries {
		do := workflow.Action(e.Action)
		if add := courses[do]; e.Handover == 0 && add != nil {
			add(&out, e.At, &e.deed)
		}
		i := slices.IndexFunc(out.Handed, func(p Passage) bool { return p.N == e.Handover })
		if add := passages[do]; i >= 0 && add != nil {
			add(&out.Handed[i], e.At, &e.deed)
		}
	}
	return out
}

// follow changes the course in the sealed facets of a referral whose row this
// unit of work has locked, and leaves all else that is sealed there as it is.
// They are read anew, since another unit may have changed them after the file
// was opened.
func (s *Service) follow(ctx context.Context, tx *ent.Tx, f *file, change func(*Course)) error {
	row, err := tx.Referral.Query().Where(referral.ID(f.row.ID)).Select(referral.FieldFacets).Only(ctx)
	if err != nil {
		return fmt.Errorf("referrals: reading facets: %w", err)
	}
	if len(row.Facets) == 0 {
		return nil
	}
	kept := map[string]json.RawMessage{}
	if err := f.unseal(row.Facets, facetsAt(f.row.Ref), &kept); err != nil {
		return err
	}
	var course Course
	if text := kept[inFacets]; text != nil {
		if err := json.Unmarshal(text, &course); err != nil {
			return fmt.Errorf("referrals: reading facets: %w", err)
		}
	}
	if f.row.DecidedAt != nil && course.DecidedAt.IsZero() {
		course = f.course() // facts that were told once took it away
	}
	change(&course)
	if kept[inFacets], err = json.Marshal(course); err != nil {
		return fmt.Errorf("referrals: writing facets: %w", err)
	}
	sealed, err := f.sealed(kept, facetsAt(f.row.Ref))
	if err != nil {
		return err
	}
	if err := tx.Referral.UpdateOneID(f.row.ID).SetFacets(sealed).Exec(ctx); err != nil {
		return fmt.Errorf("referrals: writing facets: %w", err)
	}
	f.row.Facets = sealed
	return nil
}

// inFacets is the name of Facets.Course in what is sealed.
const inFacets = "course"

// decidedAs is what a referral's status tells of the determination.
var decidedAs = map[workflow.Status]reports.Outcome{workflow.Confirmed: reports.Confirmed, workflow.Declined: reports.Declined}

// fact is a referral as reports count it. Nothing of one that was withdrawn is
// opened, and what was destroyed cannot be.
func (s *Service) fact(row *ent.Referral) (*reports.Fact, error) {
	out := &reports.Fact{ReceivedAt: *row.SubmittedAt, Outcome: reports.Withdrawn}
	if row.Status == string(workflow.Withdrawn) || len(row.DataKey) == 0 || len(row.Facets) == 0 {
		return out, nil
	}
	key, err := s.Ring.Key(row.DataKey, row.Ref)
	if err != nil {
		return nil, fmt.Errorf("referrals: opening the key: %w", err)
	}
	text, err := key.Open(row.Facets, facetsAt(row.Ref))
	if err != nil {
		return nil, fmt.Errorf("referrals: opening the facets of a referral: %w", err)
	}
	var f Facets
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, fmt.Errorf("referrals: reading the facets of a referral: %w", err)
	}
	c := f.Course
	if c.DecidedAt.IsZero() && row.DecidedAt != nil { // decided before facets kept it
		c.DecidedAt, c.Outcome = *row.DecidedAt, decidedAs[workflow.Status(row.Status)]
	}
	out.DecidedAt, out.Outcome, out.Extended, out.Found, out.Reason = c.DecidedAt, c.Outcome, c.Extended, c.Found, c.Reason
	out.Source, out.Type, out.AgeBand, out.Gender, out.Origin, out.Language = f.Source, f.Type, f.AgeBand, f.Gender, f.Foreign, f.Language
	out.County, out.Stays, out.Venues, out.Sectors, out.Minor, out.NoticeAt = f.County, f.CountyNow, f.Venues, f.Sectors, f.Minor, c.NoticeAt
	for _, p := range c.Handed {
		out.Handed = append(out.Handed, reports.Handed{Kind: p.Kind, County: p.County, SentAt: p.SentAt, AcceptedAt: p.AcceptedAt,
			ReachedAt: p.ReachedAt, ServedAt: p.ServedAt, ClosedAt: p.ClosedAt, UndoneAt: p.UndoneAt})
	}
	return out, nil
}
