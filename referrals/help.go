package referrals

import (
	"context"
	"fmt"

	"nysreferral/directory"
	"nysreferral/ent"
	"nysreferral/ent/contactpoint"
	"nysreferral/ent/document"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// Help is whom a letter names for help: the numbers that are the same for
// everybody, and verified lines of the directory. Nothing in it is made up.
type Help struct {
	Lines   []directory.Line `json:"lines,omitempty"`
	Near    []NearBy         `json:"near,omitempty"`
	LeftOut bool             `json:"leftOut,omitempty"` // there are others that nobody has verified, or none at all
	Call    *NearBy          `json:"call,omitempty"`    // OTDA's number, for a letter to a department; nil where none is verified
	Silent  bool             `json:"silent,omitempty"`  // nobody near is named, since that would tell where the person is
}

// NearBy is a verified provider that serves the county of the person.
type NearBy struct {
	Name     string     `json:"name"`
	Phone    string     `json:"phone,omitempty"`
	Verified forms.Date `json:"verified"`
}

// mostNear is how many providers near a person a letter names.
const mostNear = 5

// silent reports whether a letter of that kind names nobody near: others may open
// it, or it is to a person whose papers the trafficker may find. A name would tell
// where the person goes for help.
func (f *file) silent(kind workflow.LetterKind) bool {
	l, _ := workflow.LetterOf(kind)
	return l.Harmless || l.To == workflow.ToPerson && f.reaching().Exposed()
}

// hush takes those near out of the letters to the person that were signed and are
// not in the person's hand yet, when the answers say now that the trafficker may
// find them. They are drawn anew; the words that were signed stay.
//
// Law: 28 CFR 94.115.
func (s *Service) hush(ctx context.Context, tx *ent.Tx, f *file) error {
	list, err := s.posts(ctx, tx, f)
	if err != nil {
		return err
	}
	for _, p := range list {
		if !p.open() || p.signed.At.IsZero() || p.Help.Silent || !f.silent(p.Kind) {
			continue
		}
		p.Help = Help{Lines: p.Help.Lines, Silent: true}
		if err := s.reseal(ctx, tx, f, p); err != nil {
			return err
		}
		if _, err := tx.Document.Delete().Where(document.ReferralID(f.row.ID), document.Kind(PaperLetter), document.Handover(p.N)).Exec(ctx); err != nil {
			return fmt.Errorf("referrals: taking back the paper of a letter: %w", err)
		}
		if err := s.later(ctx, tx, DrawLetter{Ref: f.row.Ref, N: p.N}); err != nil {
			return err
		}
	}
	return nil
}

// helpFor finds whom a letter of that kind names. The county that the person wishes
// to go to is never used.
func (s *Service) helpFor(ctx context.Context, tx *ent.Tx, f *file, kind workflow.LetterKind) (Help, error) {
	l, _ := workflow.LetterOf(kind)
	if l.To == workflow.ToDistrict {
		call, err := s.callBack(ctx, tx)
		return Help{Call: call}, err
	}
	out := Help{Lines: directory.Lines()}
	if f.silent(kind) {
		out.Silent = true
		return out, nil
	}
	rows, err := tx.ContactPoint.Query().Where(contactpoint.Kind(string(directory.RHTP))).All(ctx)
	if err != nil {
		return Help{}, fmt.Errorf("referrals: reading the directory: %w", err)
	}
	list := make([]directory.Contact, len(rows))
	for i, row := range rows {
		list[i] = contactOf(row)
	}
	for _, c := range directory.Serving(list, f.countyNow(), directory.RHTP, string(s.Today())) {
		switch {
		case excluded(f.answers, c.Key, c.Name): // the person asked not to be referred there
		case !c.Verified():
			out.LeftOut = true
		case len(out.Near) < mostNear:
			out.Near = append(out.Near, NearBy{Name: c.Name, Phone: c.Phone, Verified: forms.Date(c.VerifiedOn)})
		}
	}
	out.LeftOut = out.LeftOut || len(out.Near) == 0
	return out, nil
}

// callBack is the number at which a department reaches OTDA: a line of the
// directory that somebody verified and that holds today, the first by key; nil
// for none. A number that nobody checked is never printed: whoever answers there
// would be told of a child.
func (s *Service) callBack(ctx context.Context, tx *ent.Tx) (*NearBy, error) {
	rows, err := tx.ContactPoint.Query().Where(contactpoint.Kind(string(directory.State)), contactpoint.PhoneNEQ("")).Order(ent.Asc(contactpoint.FieldKey)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading the directory: %w", err)
	}
	for _, row := range rows {
		if verified(row) && holds(row, string(s.Today())) {
			return &NearBy{Name: row.Name, Phone: row.Phone, Verified: forms.Date(row.VerifiedOn)}, nil
		}
	}
	return nil, nil
}

// countyNow is the county in which the person stays, else the one where the
// person was found.
func (f *file) countyNow() string {
	for _, code := range []string{string(f.answers.CountyNow), string(f.answers.HomelessCounty), string(f.answers.CountyFound)} {
		if _, ok := directory.CountyOf(code); ok {
			return code
		}
	}
	return ""
}
