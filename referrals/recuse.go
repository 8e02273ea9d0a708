package referrals

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"nysreferral/ent"
	"nysreferral/ent/agency"
	"nysreferral/ent/entry"
	"nysreferral/ent/predicate"
	"nysreferral/ent/user"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// Colleague is somebody at DCJS who takes part in determinations.
type Colleague struct {
	Key  string // the work address, by which an act names the colleague
	Name string
	Duty workflow.Duty
	Out  bool // stepped back from the referral, or was excluded from it
}

// recuse has the actor step back from the referral: the entry is its last trace
// that the actor sees.
//
// Law: Public Officers Law 74.
func recuse(ctx context.Context, x *act) error {
	x.deed.Account = forms.Of(x.who.ID)
	return x.leave(ctx, x.who.ID)
}

// exclude has a colleague step back.
//
// Law: Public Officers Law 74.
func exclude(ctx context.Context, x *act) error {
	who, err := x.colleague(ctx, false)
	if err != nil {
		return err
	}
	x.deed.Account = forms.Of(who.ID)
	x.f.names[who.ID] = who.Name
	return x.leave(ctx, who.ID)
}

// readmit undoes that.
func readmit(ctx context.Context, x *act) error {
	who, err := x.colleague(ctx, true)
	if err != nil {
		return err
	}
	x.deed.Account = forms.Of(who.ID)
	x.f.names[who.ID] = who.Name
	was := reading(x.s.circumstances(x.f, nil))
	if err := x.move(ctx, nil); err != nil {
		return err
	}
	return x.readAnew(ctx, was)
}

// leave takes the referral from whoever leaves it, and tells the others that it
// waits for somebody.
func (x *act) leave(ctx context.Context, account int) error {
	held := x.f.row.AssignedID != nil && *x.f.row.AssignedID == account
	was := reading(x.s.circumstances(x.f, nil))
	err := x.move(ctx, func(up *ent.ReferralUpdate) {
		if held {
			up.ClearAssignedID()
		}
	})
	if err != nil {
		return err
	}
	if err := x.readAnew(ctx, was); err != nil || !held {
		return err
	}
	return x.mail(ctx, Mail{Duty: workflow.Reviewer, What: "waiting"})
}

// colleague is the account that the act names: somebody else, who is out already
// or is not.
func (x *act) colleague(ctx context.Context, out bool) (*ent.User, error) {
	wrong := forms.Problems{{ID: "whom", Field: "whom", Message: "Choose a colleague of the list."}}
	u, err := x.tx.User.Query().Where(append(deciders(), user.Email(strings.ToLower(string(x.deed.Whom))))...).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, wrong
	}
	if err != nil {
		return nil, fmt.Errorf("referrals: reading a colleague: %w", err)
	}
	if u.ID == x.who.ID || slices.Contains(x.f.recused(), u.ID) != out {
		return nil, wrong
	}
	return u, nil
}

// deciders are the accounts that take part in determinations.
func deciders() []predicate.User {
	return []predicate.User{user.DutyIn(string(workflow.Reviewer), string(workflow.Director)), user.DisabledAtIsNil(),
		user.HasAgencyWith(agency.Side(string(workflow.SideDCJS)), agency.Active(true))}
}

// colleagues are those who can be excluded from f, and those who can be
// readmitted, for a director.
func (s *Service) colleagues(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file) ([]Colleague, error) {
	if who.Duty != workflow.Director {
		return nil, nil
	}
	users, err := tx.User.Query().Where(append(deciders(), user.IDNEQ(who.ID))...).Order(ent.Asc(user.FieldName, user.FieldID)).Limit(200).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading colleagues: %w", err)
	}
	out := f.recused()
	list := make([]Colleague, len(users))
	for i, u := range users {
		list[i] = Colleague{Key: u.Email, Name: u.Name, Duty: workflow.Duty(u.Duty), Out: slices.Contains(out, u.ID)}
	}
	return list, nil
}

// leaves are the acts by which somebody leaves a referral or comes back.
var leaves = []string{string(workflow.Recuse), string(workflow.Exclude), string(workflow.Readmit)}

// recused are the accounts that see nothing of the referral any more.
func (f *file) recused() []int {
	var out []int
	for _, e := range f.entries {
		if slices.Contains(leaves, e.Action) {
			out = left(out, workflow.Action(e.Action), e.deed.Account.N)
		}
	}
	return out
}

// left adds an account to those who are out, or takes it away.
func left(out []int, do workflow.Action, account int) []int {
	if do == workflow.Readmit {
		return slices.DeleteFunc(out, func(id int) bool { return id == account })
	}
	if account == 0 || slices.Contains(out, account) {
		return out
	}
	return append(out, account)
}

// unseen are those of the rows, by their ids, that who is to see nothing of:
// one more question to the database for a whole page, and most often no answer.
func (s *Service) unseen(ctx context.Context, tx *ent.Tx, who workflow.Actor, rows []*ent.Referral) (map[int]bool, error) {
	if who.Duty != workflow.Reviewer && who.Duty != workflow.Director || len(rows) == 0 {
		return nil, nil
	}
	byID := map[int]*ent.Referral{}
	ids := make([]int, 0, len(rows))
	for _, row := range rows {
		if row != nil && byID[row.ID] == nil {
			byID[row.ID] = row
			ids = append(ids, row.ID)
		}
	}
	acts, err := tx.Entry.Query().Where(entry.ReferralIDIn(ids...), entry.ActionIn(leaves...)).Order(ent.Asc(entry.FieldReferralID, entry.FieldSeq)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading who stepped back: %w", err)
	}
	out := map[int]bool{}
	for _, e := range acts {
		row := byID[e.ReferralID]
		if len(row.DataKey) == 0 {
			out[row.ID] = out[row.ID] || leftUnread([]*ent.Entry{e}, who)
			continue
		}
		var deed forms.Deed
		if err := s.openAt(row, e.Sealed, entryAt(row.Ref, e.Seq), &deed); err != nil {
			return nil, err
		}
		if deed.Account.N == who.ID {
			out[row.ID] = workflow.Action(e.Action) != workflow.Readmit
		}
	}
	return out, nil
}
