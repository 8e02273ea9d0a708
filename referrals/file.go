package referrals

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"entgo.io/ent/dialect/sql"

	"nysreferral/ent"
	"nysreferral/ent/agency"
	"nysreferral/ent/answers"
	"nysreferral/ent/entry"
	"nysreferral/ent/handover"
	"nysreferral/ent/referral"
	"nysreferral/ent/user"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/seal"
	"nysreferral/workflow"
)

// file is one referral opened inside a unit of work: the row, its key, the
// answers, everything that happened, and its hand-overs.
type file struct {
	row       *ent.Referral
	at        time.Time  // when it was opened
	today     forms.Date // the same, as a day in New York
	agency    string     // name of the referring agency
	author    string     // name of the account that referred
	key       seal.Key
	answers   *forms.Referral
	version   int // of answers; 0 is the draft
	digest    string
	sent      string // digest of version 1: of what was sent
	entries   []happened
	known     int  // of entries: those that stood when the file was opened
	locked    bool // the row was written by this unit of work
	sends     bool // this unit of work sends it, so that every entry is its own
	handovers []*passed
	manned    map[int]bool   // agencies to which a hand-over is proposed and where somebody can sign in
	names     map[int]string // of the accounts that acted
	reader    forms.Reader   // as which the actor of this unit of work reads it
	group     membership     // of a draft; groupOf says it of any
	sheet     *sheet         // set when the row is the sheet of a group, and no referral
	pairs     []*pair        // other referrals that may be about the same person; for the State alone
	pairsRead bool
	tasks     []running // see readTasks
	tasksRead bool
	counting  *counting // see Service.counting
	attached  []*ent.Attachment
	attaching []forms.Attached // files as this act leaves them; nil: it changes none
	alarmed   bool             // this act logged a try that was not safe
}

// happened is one entry with the words that came with the act.
type happened struct {
	*ent.Entry
	deed forms.Deed

	// Of what is folded alone.
	whom      string    // name of the account that the act is about
	answerDue time.Time // of a question
}

// passed is one hand-over with what is sealed of it.
type passed struct {
	*ent.Handover
	route   route
	contact *ent.ContactPoint
	agency  *ent.Agency
}

// route is the sealed part of a hand-over: why it goes where it goes.
type route struct {
	Kind         workflow.Kind        `json:"kind"`
	Rule         string               `json:"rule"`
	Version      string               `json:"version"`
	County       string               `json:"county"`
	Contact      workflow.ContactKind `json:"contact"`
	Primary      bool                 `json:"primary"`
	Reason       string               `json:"reason"`
	NotPermitted string               `json:"notPermitted,omitempty"`
	Notes        []string             `json:"notes,omitempty"`
	Considered   []workflow.RuleTry   `json:"considered,omitempty"`
	Override     string               `json:"override,omitempty"` // why OTDA chose otherwise
	Replaces     int                  `json:"replaces,omitempty"` // number of the hand-over that it follows
	Beside       bool                 `json:"beside,omitempty"`   // proposed by OTDA beside those of the rules
}

// envelope is what is sealed of one version of the answers, as it is written.
// The nonce makes the digest of a short referral impossible to guess.
type envelope struct {
	Nonce   string
	Answers []byte // JSON
	Beside  []byte // JSON of what lies beside a draft's answers, nil for nothing
}

// text is e as JSON. The answers are written as they are: the library would
// read them once more.
func (e envelope) text() []byte {
	b := make([]byte, 0, len(e.Nonce)+len(e.Answers)+32)
	b = append(b, '{')
	if e.Nonce != "" {
		b = append(append(append(b, `"nonce":"`...), e.Nonce...), `",`...) // digits
	}
	b = append(append(b, `"answers":`...), e.Answers...)
	if e.Beside != nil {
		b = append(append(b, `,"beside":`...), e.Beside...)
	}
	return append(b, '}')
}

// opened is an envelope as it is read.
type opened struct {
	Answers forms.Referral `json:"answers"`
	Beside  beside         `json:"beside"`
}

// Places of what is sealed. Each names its row, so that nothing opens where it
// does not belong.
func answersAt(ref string, version int) seal.Place {
	return seal.Place{Table: "answers", Column: "sealed", Row: ref, Version: version}
}

func entryAt(ref string, seq int) seal.Place {
	return seal.Place{Table: "entries", Column: "sealed", Row: ref, Version: seq}
}

func handoverAt(ref string, n int) seal.Place {
	return seal.Place{Table: "handovers", Column: "sealed", Row: ref, Version: n}
}

func letterAt(ref string, n int) seal.Place {
	return seal.Place{Table: "letters", Column: "sealed", Row: ref, Version: n}
}

func facetsAt(ref string) seal.Place {
	return seal.Place{Table: "referrals", Column: "facets", Row: ref, Version: 1}
}

func taskAt(ref string, created time.Time) seal.Place {
	return seal.Place{Table: "tasks", Column: "sealed", Row: ref + " " + strconv.FormatInt(created.UnixMicro(), 10), Version: 1}
}

func documentAt(ref, kind string, n, version int) seal.Place {
	return seal.Place{Table: "documents", Column: "sealed", Row: ref + " " + kind + " " + strconv.Itoa(n), Version: version}
}

// open reads the referral ref whole. It returns fault.Absent when there is
// none, and looks at nobody's rights.
func (s *Service) open(ctx context.Context, tx *ent.Tx, ref string) (*file, error) {
	clean, ok := forms.ParseReference(ref)
	if !ok {
		return nil, fault.Absent()
	}
	row, err := tx.Referral.Query().Where(referral.Ref(clean)).Modify(withNames, withAnswers).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.Absent()
	}
	if err != nil {
		return nil, fmt.Errorf("referrals: opening: %w", err)
	}
	f := &file{row: row, at: s.now(), today: s.Today()}
	if f.agency, err = joined[string](row, agencyName); err != nil {
		return nil, err
	}
	if f.author, err = joined[string](row, authorName); err != nil {
		return nil, err
	}
	if len(row.DataKey) == 0 {
		return nil, &destroyed{row, fault.Absent()}
	}
	if f.key, err = s.Ring.Key(row.DataKey, row.Ref); err != nil {
		return nil, fmt.Errorf("referrals: opening the key: %w", err)
	}
	for _, read := range []func(context.Context, *ent.Tx) error{f.readAnswers, f.readFiles, f.readEntries, f.readHandovers, f.readNames} {
		if err := read(ctx, tx); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// The columns that withNames and withAnswers add.
const (
	agencyName     = "agency_name"
	authorName     = "author_name"
	answersSealed  = "answers_sealed"
	answersVersion = "answers_version"
	answersDigest  = "answers_digest"
)

// withNames reads the names of agency and author with a referral.
func withNames(q *sql.Selector) {
	a, u := sql.Table(agency.Table), sql.Table(user.Table)
	q.Join(a).On(q.C(referral.FieldAgencyID), a.C(agency.FieldID))
	q.Join(u).On(q.C(referral.FieldAuthorID), u.C(user.FieldID))
	q.AppendSelectAs(a.C(agency.FieldName), agencyName).AppendSelectAs(u.C(user.FieldName), authorName)
}

// withAnswers reads the newest version of the answers with a referral; of one that
// was destroyed there are none.
func withAnswers(q *sql.Selector) {
	t, last := sql.Table(answers.Table), sql.Table(answers.Table).As("newest")
	newest := sql.Dialect(q.Dialect()).Select(sql.Max(last.C(answers.FieldVersion))).From(last).
		Where(sql.ColumnsEQ(last.C(answers.FieldReferralID), q.C(referral.FieldID)))
	q.LeftJoin(t).OnP(sql.And(sql.ColumnsEQ(t.C(answers.FieldReferralID), q.C(referral.FieldID)), sql.EQ(t.C(answers.FieldVersion), newest)))
	q.AppendSelectAs(t.C(answers.FieldSealed), answersSealed).AppendSelectAs(t.C(answers.FieldVersion), answersVersion).
		AppendSelectAs(t.C(answers.FieldDigest), answersDigest)
}

// joined returns a column that was read with a row of another table.
func joined[T any](row *ent.Referral, column string) (T, error) {
	v, err := row.Value(column)
	out, ok := v.(T)
	if err == nil && !ok {
		err = fmt.Errorf("it is a %T", v)
	}
	if err != nil {
		return out, fmt.Errorf("referrals: reading the %s of a referral: %w", column, err)
	}
	return out, nil
}

// readAnswers opens what withAnswers read.
func (f *file) readAnswers(ctx context.Context, tx *ent.Tx) error {
	sealed, err := joined[[]byte](f.row, answersSealed)
	if err != nil {
		return err
	}
	version, err := joined[int64](f.row, answersVersion)
	if err != nil {
		return err
	}
	if f.digest, err = joined[string](f.row, answersDigest); err != nil {
		return err
	}
	f.version, f.sent = int(version), f.digest
	var e opened
	if err := f.unseal(sealed, answersAt(f.row.Ref, f.version), &e); err != nil {
		return err
	}
	f.answers, f.group, f.sheet = &e.Answers, e.Beside.membership, e.Beside.Sheet
	if f.version < 2 {
		return nil
	}
	first, err := tx.Answers.Query().Where(answers.ReferralID(f.row.ID), answers.Version(1)).Select(answers.FieldDigest).Only(ctx)
	if err != nil {
		return fmt.Errorf("referrals: reading answers: %w", err)
	}
	f.sent = first.Digest
	return nil
}

func (f *file) readEntries(ctx context.Context, tx *ent.Tx) error {
	if f.status() == workflow.Draft {
		return nil // nothing happened yet that stays on the record
	}
	rows, err := tx.Entry.Query().Where(entry.ReferralID(f.row.ID)).Order(ent.Asc(entry.FieldSeq)).All(ctx)
	if err != nil {
		return fmt.Errorf("referrals: reading entries: %w", err)
	}
	for _, row := range rows {
		h := happened{Entry: row}
		if len(row.Sealed) > 0 {
			if err := f.unseal(row.Sealed, entryAt(f.row.Ref, row.Seq), &h.deed); err != nil {
				return err
			}
		}
		f.entries = append(f.entries, h)
	}
	f.known = len(f.entries)
	return nil
}

func (f *file) readHandovers(ctx context.Context, tx *ent.Tx) error {
	if f.row.DecidedAt == nil {
		return nil
	}
	rows, err := tx.Handover.Query().Where(handover.ReferralID(f.row.ID)).WithContact().WithAgency().Order(ent.Asc(handover.FieldN)).All(ctx)
	if err != nil {
		return fmt.Errorf("referrals: reading hand-overs: %w", err)
	}
	for _, row := range rows {
		p := &passed{Handover: row, contact: row.Edges.Contact, agency: row.Edges.Agency}
		if err := f.unseal(row.Sealed, handoverAt(f.row.Ref, row.N), &p.route); err != nil {
			return err
		}
		f.handovers = append(f.handovers, p)
	}
	f.manned, err = manned(ctx, tx, f.waitToGo())
	return err
}

// waitToGo are the agencies to which a hand-over is proposed.
func (f *file) waitToGo() []int {
	var out []int
	for _, h := range f.handovers {
		if h.status() == workflow.Proposed && h.route.Kind != workflow.KindOTDA && h.AgencyID != nil {
			out = append(out, *h.AgencyID)
		}
	}
	return out
}

// readNames reads the names of the accounts that acted, for signatures and the
// timeline.
func (f *file) readNames(ctx context.Context, tx *ent.Tx) error {
	f.names = map[int]string{f.row.AuthorID: f.author}
	var ids []int
	for _, e := range f.entries {
		if e.AuthorID != nil && f.names[*e.AuthorID] == "" {
			ids = append(ids, *e.AuthorID)
		}
		if e.deed.Account.Set {
			ids = append(ids, e.deed.Account.N)
		}
	}
	if f.row.AssignedID != nil {
		ids = append(ids, *f.row.AssignedID)
	}
	if len(ids) == 0 {
		return nil
	}
	users, err := namesOf(ctx, tx, ids)
	if err != nil {
		return err
	}
	for id, name := range users {
		f.names[id] = name
	}
	return nil
}

func (f *file) unseal(sealed []byte, at seal.Place, into any) error {
	text, err := f.key.Open(sealed, at)
	if err != nil {
		return fmt.Errorf("referrals: opening %s of a referral: %w", at.Table, err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("referrals: reading %s of a referral: %w", at.Table, err)
	}
	return nil
}

// sealed returns v as JSON, sealed for at.
func (f *file) sealed(v any, at seal.Place) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("referrals: sealing %s: %w", at.Table, err)
	}
	return f.key.Seal(text, at), nil
}

func (f *file) status() workflow.Status { return workflow.Status(f.row.Status) }

// handover returns hand-over n, or nil.
func (f *file) handover(n int) *passed {
	for _, h := range f.handovers {
		if h.N == n {
			return h
		}
	}
	return nil
}

func (p *passed) status() workflow.HandoverStatus { return workflow.HandoverStatus(p.Status) }
