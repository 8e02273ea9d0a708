package referrals

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"nysreferral/ent"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// markBytes is the length of a mark: two different answers have the same one
// time in sixteen million. markSigns is how it is written.
const (
	markBytes = 3
	markSigns = 4
)

// Typed is one section of a draft as somebody sent it from a page.
type Typed struct {
	Section string
	In      url.Values
	Shown   string // what Shown gave the page
}

// Kept is what became of it.
type Kept struct {
	Seen
	forms.Taken
	Answers *forms.Referral // as they are stored now
	Shown   string          // for the page that sent it and goes on
}

// Whole reports whether all that was typed is stored.
func (k Kept) Whole() bool { return len(k.Wrong)+len(k.Elsewhere) == 0 }

// Shown is what the page of a section carries: the revision of the draft, whom
// it was drawn for, and a mark of each answer that it shows. Who saves it then
// is told apart from who changed something else.
func (s *Service) Shown(who workflow.Actor, at Seen, r *forms.Referral, form *forms.Form, section string) (string, error) {
	m, err := s.marker(who, at.Ref)
	if err != nil {
		return "", err
	}
	return m.shown(at.Rev, form.Marks(r, section, m.of)), nil
}

// DrawnFor reports whether a page of ref that carries shown was drawn for who.
func (s *Service) DrawnFor(who workflow.Actor, ref, shown string) bool {
	m, err := s.marker(who, ref)
	if err != nil {
		return false
	}
	_, marks, _ := strings.Cut(shown, ".")
	return len(marks) >= markSigns && marks[:markSigns] == m.owner()
}

// marker makes the marks of one draft for one reader, one after the other. They
// are keyed, so that they tell nothing to whoever sees a page later.
type marker struct {
	mac hash.Hash
	who string
}

func (s *Service) marker(who workflow.Actor, ref string) (marker, error) {
	key, err := s.Ring.Derive("nysreferral/marks/1")
	if err != nil {
		return marker{}, fmt.Errorf("referrals: making marks: %w", err)
	}
	return marker{mac: hmac.New(sha256.New, key), who: strconv.Itoa(who.ID) + "\x00" + ref}, nil
}

func (m marker) make(text string) string {
	var sum [sha256.Size]byte
	m.mac.Reset()
	m.mac.Write([]byte(m.who + "\x00" + text))
	return base64.RawURLEncoding.EncodeToString(m.mac.Sum(sum[:0])[:markBytes])
}

func (m marker) owner() string { return m.make("") }

func (m marker) of(f *forms.Field, answer string) string { return m.make(f.ID + "\x00" + answer) }

func (m marker) shown(rev int, marks []string) string {
	return strconv.Itoa(rev) + "." + m.owner() + strings.Join(marks, "")
}

// read returns the revision and the marks of what a page carries. What was drawn
// for somebody else has no mark that fits.
func (m marker) read(shown string) (rev int, marks []string, err error) {
	number, rest, marked := strings.Cut(shown, ".")
	rev, err = strconv.Atoi(number)
	if err != nil || rev < 0 {
		return 0, nil, fault.New(fault.Conflict, "This page does not say what it was drawn from. Open it again, then decide.")
	}
	if !marked || len(rest) < markSigns || rest[:markSigns] != m.owner() {
		return rev, nil, nil
	}
	for chunk := range slices.Chunk([]byte(rest[markSigns:]), markSigns) {
		marks = append(marks, string(chunk))
	}
	return rev, marks, nil
}

// errRaced is a draft that somebody saved in the same moment: it is read again.
var errRaced = errors.New("referrals: saved twice in one moment")

// mostRaces is how often one saving is tried.
const mostRaces = 8

// EditSection keeps one section of the draft ref as far as it can be kept: what
// is wrong is left out, and what was answered elsewhere since stays; Kept says
// which. Other sections may have moved on. A section that no page of ours sends
// is forms.Problems, and nothing is kept.
func (s *Service) EditSection(ctx context.Context, who workflow.Actor, ref string, in Typed) (Kept, error) {
	return s.kept(ctx, who, ref, in, forms.Questions, func(ctx context.Context, tx *ent.Tx, f *file, step workflow.Step) error {
		l := s.line(who, string(workflow.Save), f.row.Ref)
		l.Rule = step.Law
		return s.record(ctx, tx, l)
	})
}

// EditGroupSection is EditSection for the shared facts of the group ref. It also
// returns the group as it is then.
func (s *Service) EditGroupSection(ctx context.Context, who workflow.Actor, ref string, in Typed) (Kept, Group, error) {
	var out Group
	kept, err := s.kept(ctx, who, ref, in, forms.Facts, func(ctx context.Context, tx *ent.Tx, f *file, step workflow.Step) (err error) {
		f.row.Rev++
		out, err = s.saved(ctx, tx, who, f, step)
		return err
	})
	return kept, out, err
}

// kept keeps a section of a draft, or of what several drafts share, and tries
// again when somebody else did so in the same moment; told writes the line.
func (s *Service) kept(ctx context.Context, who workflow.Actor, ref string, in Typed, form *forms.Form, told func(context.Context, *ent.Tx, *file, workflow.Step) error) (Kept, error) {
	m, err := s.marker(who, ref)
	if err != nil {
		return Kept{}, err
	}
	for range mostRaces {
		var kept Kept
		err = s.do(ctx, who, string(workflow.Save), ref, func(ctx context.Context, tx *ent.Tx) error {
			f, step, err := s.toKeep(ctx, tx, who, ref, form)
			if err != nil {
				return err
			}
			if kept, err = s.take(f, in, form, m); err != nil {
				return err
			}
			source(who, f.answers)
			if err := s.move(ctx, tx, f, f.row.Rev, nil); fault.KindOf(err) == fault.Conflict {
				return errRaced
			} else if err != nil {
				return err
			}
			if err := s.keepDraft(ctx, tx, f, who, false); err != nil {
				return err
			}
			return told(ctx, tx, f, step)
		})
		if !errors.Is(err, errRaced) {
			return kept, err
		}
	}
	return Kept{}, fault.New(fault.Unavailable, "This draft is being saved in several windows at once. Go back, wait a moment, and save again.")
}

// toKeep opens the draft ref, or the group when form asks what is shared, for who
// may save it.
func (s *Service) toKeep(ctx context.Context, tx *ent.Tx, who workflow.Actor, ref string, form *forms.Form) (*file, workflow.Step, error) {
	var f *file
	var err error
	c := workflow.Circumstances{}
	if form == forms.Facts {
		if f, err = s.ownSheet(ctx, tx, who, ref); err == nil {
			c = s.circumstances(f, nil)
		}
	} else {
		var look sight
		f, look, err = s.visible(ctx, tx, who, ref)
		c = look.c
	}
	if err != nil {
		return nil, workflow.Step{}, err
	}
	step, err := workflow.Next(who, workflow.Save, f.status(), c)
	return f, step, refused(err)
}

// take reads what was typed into f.
func (s *Service) take(f *file, in Typed, form *forms.Form, m marker) (Kept, error) {
	rev, was, err := m.read(in.Shown)
	if err != nil {
		return Kept{}, err
	}
	kept := Kept{Answers: f.answers, Seen: Seen{Ref: f.row.Ref, Rev: f.row.Rev + 1}}
	kept.Taken = form.Take(f.answers, forms.Sent{Section: in.Section, In: in.In, Was: was, Fresh: rev == f.row.Rev, Mark: m.of}, s.Today())
	if kept.Now == nil {
		return kept, kept.Wrong.Err()
	}
	kept.Shown = m.shown(kept.Rev, kept.Now)
	return kept, nil
}
