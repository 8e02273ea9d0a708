package referrals

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/predicate"
	"nysreferral/ent/referral"
	"nysreferral/fault"
	"nysreferral/seal"
	"nysreferral/workflow"
)

// order is a way through a list that a cursor can go on with. It follows an
// index, so that a page of a long list costs what one of a short list does.
type order struct {
	byDue    bool     // by due date, then by number; else by number alone
	falling  bool     // the last first
	fromEnd  bool     // the last page is asked for: read the other way round
	statuses []string // read one after the other and joined: an index leads through one status at a time
}

// orderOf: what waits for a determination comes by its legal due date. The
// State's lists of one status come by it too, the last first; a due date falls
// as the day of receipt does. All else comes the last begun first.
func orderOf(who workflow.Actor, filter Filter) order {
	o := order{falling: !filter.Waiting, fromEnd: filter.Last}
	state := slices.Contains([]workflow.Duty{workflow.Reviewer, workflow.Director, workflow.Program, workflow.Auditor}, who.Duty)
	o.byDue = filter.Waiting || state && filter.Status != ""
	if filter.Waiting && filter.Status == "" {
		o.statuses = waiting
	}
	return o
}

// read returns the first rows in the order, at most limit.
func (o order) read(ctx context.Context, tx *ent.Tx, where []predicate.Referral, limit int) ([]*ent.Referral, error) {
	if len(o.statuses) > 0 {
		ids, err := o.ids(ctx, tx, where, limit)
		if err != nil || len(ids) == 0 {
			return nil, err
		}
		where = []predicate.Referral{referral.IDIn(ids...)}
	}
	return tx.Referral.Query().Where(where...).WithAgency().WithAssigned().Order(o.sql()...).Limit(limit).All(ctx)
}

// ids are those of the first rows of all the statuses together.
func (o order) ids(ctx context.Context, tx *ent.Tx, where []predicate.Referral, limit int) ([]int, error) {
	var all []*ent.Referral
	for _, status := range o.statuses {
		some, err := tx.Referral.Query().Where(append(slices.Clone(where), referral.Status(status))...).
			Order(o.sql()...).Limit(limit).Select(referral.FieldID, referral.FieldDueAt).All(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b *ent.Referral) int {
		if o.falls() {
			a, b = b, a
		}
		return cmp.Or(due(a).Compare(due(b)), cmp.Compare(a.ID, b.ID))
	})
	ids := make([]int, min(limit, len(all)))
	for i := range ids {
		ids[i] = all[i].ID
	}
	return ids, nil
}

func due(r *ent.Referral) time.Time {
	if r.DueAt == nil {
		return time.Time{}
	}
	return *r.DueAt
}

// falls is the direction in which rows are read.
func (o order) falls() bool { return o.falling != o.fromEnd }

func (o order) sql() []referral.OrderOption {
	by := []string{referral.FieldID}
	if o.byDue {
		by = []string{referral.FieldDueAt, referral.FieldID}
	}
	if o.falls() {
		return []referral.OrderOption{ent.Desc(by...)}
	}
	return []referral.OrderOption{ent.Asc(by...)}
}

// cursor is the place after last, sealed: the number of a row would tell how
// many people were referred. It is of this way through a list and of who.
func (s *Service) cursor(who workflow.Actor, o order, last *ent.Referral) (string, error) {
	place := make([]byte, 0, 16)
	place = binary.BigEndian.AppendUint64(place, uint64(due(last).UnixMicro()))
	place = binary.BigEndian.AppendUint64(place, uint64(last.ID))
	sealed, err := s.Ring.Seal(place, cursorAt(who, o))
	if err != nil {
		return "", fmt.Errorf("referrals: writing a cursor: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(sealed), nil
}

func cursorAt(who workflow.Actor, o order) seal.Place {
	return seal.Place{Table: "referrals", Column: "cursor", Row: fmt.Sprintf("%d %t %t %s", who.ID, o.byDue, o.falling, strings.Join(o.statuses, " ")), Version: 1}
}

// beyond are the rows after a cursor that who was given; any other is
// fault.Invalid. The first term of a comparison by due date is there for the
// index.
func (s *Service) beyond(who workflow.Actor, o order, cursor string) ([]predicate.Referral, error) {
	if cursor == "" {
		return nil, nil
	}
	sealed, err := base64.RawURLEncoding.DecodeString(cursor)
	place, sealErr := s.Ring.Open(sealed, cursorAt(who, o))
	if err != nil || sealErr != nil || len(place) != 16 {
		return nil, fault.New(fault.Invalid, "This page of the list does not exist. Begin with the first page.")
	}
	at, id := time.UnixMicro(int64(binary.BigEndian.Uint64(place))).UTC(), int(binary.BigEndian.Uint64(place[8:]))
	switch {
	case o.byDue && o.falling:
		return []predicate.Referral{referral.DueAtLTE(at), referral.Or(referral.DueAtLT(at), referral.And(referral.DueAt(at), referral.IDLT(id)))}, nil
	case o.byDue:
		return []predicate.Referral{referral.DueAtGTE(at), referral.Or(referral.DueAtGT(at), referral.And(referral.DueAt(at), referral.IDGT(id)))}, nil
	case o.falling:
		return []predicate.Referral{referral.IDLT(id)}, nil
	}
	return []predicate.Referral{referral.IDGT(id)}, nil
}
