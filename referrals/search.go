package referrals

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/referral"
	"nysreferral/ent/search"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/match"
	"nysreferral/seal"
	"nysreferral/store"
	"nysreferral/workflow"
)

// Sought is what somebody of the State looks for, and why. A reference finds
// that referral; otherwise every part that is given has to agree, and a name or
// a date alone is refused: it fits too many.
type Sought struct {
	Reference string
	Family    forms.Text
	Given     forms.Text
	Born      forms.PartialDate
	Phone     forms.Phone
	Reason    workflow.SearchReason
	Words     string // why, in a sentence; kept sealed
}

// Hit is one referral that was found. Opening it is another line of the log.
type Hit struct {
	Reference  string
	Status     workflow.Status
	ReceivedAt time.Time
	Agrees     []string // why it was found, in words; none for a reference
}

// Search looks for a person among the referrals that were sent and may be looked
// for, by the keyed hashes of their identities, and shows a few. It is for the
// State alone; anybody else gets fault.NotFound. forms.Problems say what to
// write; more searches in an hour than are permitted are fault.TooMany. The log
// keeps who, the reason and how many were shown, and what was opened: never what
// was looked for, which is kept nowhere.
func (s *Service) Search(ctx context.Context, who workflow.Actor, sought Sought) ([]Hit, error) {
	var out []Hit
	err := s.do(ctx, who, "search", "", func(ctx context.Context, tx *ent.Tx) error {
		out = nil
		if !workflow.MaySearch(who) {
			return fault.Absent()
		}
		if err := sought.problems().Err(); err != nil {
			return err
		}
		if err := s.searchesLeft(ctx, tx, who); err != nil {
			return err
		}
		var opened []string
		var err error
		if sought.Reference != "" {
			out, err = s.seekReference(ctx, tx, who, sought.Reference)
		} else {
			out, opened, err = s.seekPerson(ctx, tx, who, sought.identity())
		}
		if err != nil {
			return err
		}
		return s.searched(ctx, tx, who, sought, out, opened)
	})
	return out, err
}

// identity is what is compared with what referrals tell.
func (q Sought) identity() match.Identity {
	id := match.Identity{Names: []match.Name{{Family: q.Family, Given: q.Given}}, Born: q.Born}
	if q.Phone != "" {
		id.Phones = []forms.Phone{q.Phone}
	}
	return id
}

// tells says whether what was given stands for few people: a number, both names,
// or a name with the date of birth.
func (q Sought) tells() bool {
	given := q.Phone != "" || q.Family != "" && q.Given != "" || q.Born != "" && (q.Family != "" || q.Given != "")
	return given && len(match.Keys(q.identity())) > 0
}

// problems say what has to be written, at the fields of the page.
func (q Sought) problems() (bad forms.Problems) {
	add := func(id, say string) { bad = append(bad, forms.Problem{ID: id, Field: id, Message: say}) }
	_, known := forms.ParseReference(q.Reference)
	switch {
	case q.Reference != "" && !known:
		add("reference", "Copy the reference sign by sign: 13 letters and digits in groups.")
	case q.Reference == "" && !q.tells():
		add("family", "Write a reference, a telephone number, both names, or a name and the date of birth. A name alone or a date alone fits too many people.")
	}
	if _, err := time.Parse(time.DateOnly, string(q.Born)); q.Born != "" && err != nil {
		add("born", "Write the date with month, day and year, for example 3 9 1994.")
	}
	if !workflow.SearchReasonKnown(q.Reason) {
		add("reason", "Choose why you look for this person.")
	}
	if len([]rune(strings.TrimSpace(q.Words))) < workflow.SearchWords {
		add("words", "Say in a sentence what this search is needed for.")
	}
	return bad
}

// searchesLeft refuses above the limit of an hour.
func (s *Service) searchesLeft(ctx context.Context, tx *ent.Tx, who workflow.Actor) error {
	if err := s.DB.Alone(ctx, tx, store.LimitOfAccount, who.ID); err != nil {
		return err
	}
	n, err := tx.Search.Query().Where(search.UserID(who.ID), search.AtGT(s.now().Add(-time.Hour))).Count(ctx)
	if err != nil {
		return fmt.Errorf("referrals: counting searches: %w", err)
	}
	if n >= workflow.SearchesAnHour {
		return fault.New(fault.TooMany, fmt.Sprintf("You have searched %d times in an hour, which is the limit. Wait a while, or ask a colleague.", n))
	}
	return nil
}

// seekReference finds one referral, where who may see it.
func (s *Service) seekReference(ctx context.Context, tx *ent.Tx, who workflow.Actor, typed string) ([]Hit, error) {
	ref, _ := forms.ParseReference(typed)
	hit, err := s.hit(ctx, tx, who, ref, nil)
	if hit == nil || err != nil {
		return nil, err
	}
	return []Hit{*hit}, nil
}

// hit is a referral as who may learn of it; nil where it is absent, and where it
// was found by an answer that this reader does not see: finding it would tell.
func (s *Service) hit(ctx context.Context, tx *ent.Tx, who workflow.Actor, ref string, why []forms.Agreement) (*Hit, error) {
	f, _, err := s.visible(ctx, tx, who, ref)
	if kind := fault.KindOf(err); kind == fault.NotFound || kind == fault.Gone {
		return nil, nil
	}
	if err != nil || f.row.SubmittedAt == nil {
		return nil, err
	}
	out := &Hit{Reference: f.row.Ref, Status: f.status(), ReceivedAt: *f.row.SubmittedAt}
	for _, code := range why {
		if !readsAll(f.reader, match.Reads(code)) {
			return nil, nil
		}
		out.Agrees = append(out.Agrees, wordsOf(code))
	}
	return out, nil
}

// seekPerson opens the referrals that share a key with what is looked for, and
// returns those that agree in all of it, and what was opened.
func (s *Service) seekPerson(ctx context.Context, tx *ent.Tx, who workflow.Actor, id match.Identity) (out []Hit, opened []string, err error) {
	var full []uint64
	for _, key := range match.Keys(id) {
		mac, err := s.keyed(fmt.Sprintf("pair key v%d", pairGeneration), []byte(key))
		if err != nil {
			return nil, nil, err
		}
		full = append(full, binary.BigEndian.Uint64(mac))
	}
	ids, err := s.sharingAny(ctx, tx.Client(), full, 0)
	if err != nil || len(ids) == 0 {
		return nil, nil, err
	}
	rows, err := tx.Referral.Query().Where(referral.IDIn(ids...), referral.SubmittedAtNotNil(), referral.StatusNEQ(string(workflow.Withdrawn))).
		Order(ent.Desc(referral.FieldSubmittedAt, referral.FieldID)).All(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("referrals: reading what was found: %w", err)
	}
	told, err := s.answersOf(ctx, tx.Client(), rows)
	if err != nil {
		return nil, nil, err
	}
	for _, row := range rows {
		r := told[row.ID]
		if r == nil {
			continue
		}
		opened = append(opened, row.Ref)
		if !s.mayBeLookedFor(r) || len(out) == workflow.SearchShows {
			continue
		}
		why, ok := agrees(id, match.Compare(id, s.identity(r, row)))
		if !ok {
			continue
		}
		hit, err := s.hit(ctx, tx, who, row.Ref, why)
		if err != nil {
			return nil, nil, err
		}
		if hit != nil {
			out = append(out, *hit)
		}
	}
	return out, opened, nil
}

// agrees reports whether all that was looked for agrees, and in what: the same
// number, a name that is alike, a date that is or may be the same.
func agrees(id match.Identity, like match.Likeness) (why []forms.Agreement, ok bool) {
	var phone, name, born bool
	for _, r := range like.Reasons {
		switch r.Code {
		case match.PhoneSame:
			phone = true
		case match.BirthSame, match.BirthSwapped, match.BirthFits:
			born = true
		case match.BirthDiffers, match.NamesDiffer, match.GivenDiffers:
			return nil, false
		case match.NameSame, match.NameAccents, match.NameSpelling, match.NameScript, match.NameOrder, match.NamePart, match.NameOther, match.FamilyName:
			name = true
		default:
			continue
		}
		why = append(why, r.Code)
	}
	named := id.Names[0].Family != "" || id.Names[0].Given != ""
	return why, (phone || len(id.Phones) == 0) && (name || !named) && (born || id.Born == "")
}

// searched keeps that it was looked for somebody, and why.
func (s *Service) searched(ctx context.Context, tx *ent.Tx, who workflow.Actor, sought Sought, shown []Hit, opened []string) error {
	mark := rand.Text()
	sealed, err := s.Ring.Seal([]byte(sought.Words), searchAt(mark))
	if err != nil {
		return fmt.Errorf("referrals: keeping why it was searched: %w", err)
	}
	err = tx.Search.Create().SetMark(mark).SetUserID(who.ID).SetAt(s.now()).SetCode(string(sought.Reason)).SetFound(len(shown)).SetSealed(sealed).Exec(ctx)
	if err != nil {
		return fmt.Errorf("referrals: keeping a search: %w", err)
	}
	if sought.Reference != "" {
		for _, h := range shown {
			opened = append(opened, h.Reference)
		}
	}
	l := s.line(who, "search", opened...)
	l.Reason = fmt.Sprintf("%s; shown: %d", sought.Reason, len(shown))
	return s.record(ctx, tx, l)
}

func searchAt(mark string) seal.Place {
	return seal.Place{Table: "searches", Column: "sealed", Row: mark, Version: 1}
}
