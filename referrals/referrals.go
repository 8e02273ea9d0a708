// Package referrals is the one door through which a referral is read or
// written. Every method finds out what the actor may see and do (package
// workflow says it), opens what is sealed, and commits the row, the audit line
// and the jobs together or not at all. A page, the API and a worker call the
// same methods. The package draws nothing, sends nothing and knows no HTTP.
package referrals

import (
	"context"
	"time"

	"nysreferral/attach"
	"nysreferral/audit"
	"nysreferral/blob"
	"nysreferral/calendar"
	"nysreferral/directory"
	"nysreferral/ent"
	"nysreferral/forms"
	"nysreferral/seal"
	"nysreferral/store"
	"nysreferral/workflow"
)

// Service is the door. All fields but Ledger, Options, Lines and those of files
// are needed.
type Service struct {
	DB       *store.DB
	Ring     *seal.Ring
	Ledger   *seal.Ledger // of destroyed keys; nil: none can be destroyed
	Calendar *calendar.Calendar
	Now      func() time.Time // moments are kept in UTC and whole microseconds
	Options  Options
	Lines    *audit.Gather // of the log, for what only reads; nil: each is a unit of work of its own

	Files   blob.Store    // of attached files; nil: none are taken
	Taker   *attach.Taker // takes them in; needed with Files
	Scanner Scanner       // looks through them; nil: they are held until there is one
}

// Scanner says whether bytes are known to do harm. An error means that nobody
// looked.
type Scanner interface {
	Scan(ctx context.Context, b []byte) (found string, err error)
}

// Options are what the State may configure.
type Options struct {
	Reads             Reads    // referrals that one account opens in an hour before it proves who it is
	DraftsAnHour      int      // drafts that one account may begin in an hour; 0 is 100
	SubmissionsAnHour int      // referrals that one account may send in an hour; 0 is 200
	HideFromProgram   bool     // OTDA does not read what happened, even during a consultation
	QuestionPause     int      // most business days for which a question may stop the clock of the determination; 0: it never does
	AgencyFiles       int64    // bytes of all files of one agency; 0 is 2 GiB
	Languages         []string // that letters can be written in, BCP 47 tags; none is English
}

// Seen is a referral, its hand-over N, or its pair with another referral, as the
// actor last saw it: an act on another revision is refused with fault.Conflict.
type Seen struct {
	Ref   string
	N     int    // number of the hand-over; 0 is the referral itself
	Other string // reference of the other one of a pair; "" is no pair
	Rev   int    // of what is meant
}

// Receipt is what a referrer is told after sending.
type Receipt struct {
	Reference  string
	Status     workflow.Status
	ReceivedAt time.Time
	DueAt      time.Time // the determination is due
	RouteDueAt time.Time // notice and routing are due
	Digest     string    // SHA-256 of the canonical answers and a sealed nonce, in hex
	Again      bool      // the same key had sent it before; nothing was done now
}

// Record is one referral as one actor may see it now.
type Record struct {
	Reference  string
	Status     workflow.Status
	Rev        int
	Extent     workflow.Extent
	Reader     forms.Reader
	CreatedAt  time.Time
	UpdatedAt  time.Time // zero for a reader who may not know it
	ReceivedAt time.Time // zero: a draft
	DueAt      time.Time
	RouteDueAt time.Time
	DecidedAt  time.Time
	Digest     string // of the answers as they are now
	SentDigest string // of the answers as they were sent
	Agency     string // name of the referring agency; "" for a reader who may not know it
	HeldBy     string // name of the reviewer who took it; for the State only
	Mine       bool   // the actor holds it
	Round      Round  // how far the review has come; for the State

	WithdrawnAt time.Time // zero: it was not
	NoticeSent  time.Time // the last notice about a minor went out, whatever the age is now; zero: none did. For the referrer and the State
	Unsafe      bool      // the act that returned this logged a try by a way that is not permitted
	Call        *NearBy   // then OTDA's number, nil where the directory has none that is verified

	FileNames  map[int]string // what files were called, by number; when asked for, for the referrer
	Colleagues []Colleague    // who can be excluded or readmitted; when asked for, for directors

	Answers  *forms.Referral // of the actor's own draft, or of what was sent when it is to be added to
	Problems forms.Problems  // what stands against submitting; of the own draft only
	Warnings forms.Problems  // what looks odd; of the own draft, and for reviewers
	View     forms.View
	Offers   []workflow.Offer
	Timeline []Event
	Handover []Handover  // those that the actor may see
	Proposal *Proposal   // of one more hand-over; for program staff
	Lines    []Candidate // of the directory, when asked for; for program staff
	Letters  []Letter    // those that the actor may see
	Notice   *Paper      // of a notice about a minor that was opened: what its paper is drawn from
	Group    *Together   // others of the same encounter; for the referrer and the State alone
	Kept     DraftKept   // of the own draft
	Holds    []Hold      // legal holds, the last first; for the State alone
	Pairs    []Pair      // for the State, of a referral that was opened: not of one that was just acted on
	Clocks   []Task      // of the referral itself, running and done, as far as the reader may know; those of a hand-over stand with it
}

// Event is one thing that happened, in words that this reader may read.
type Event struct {
	At     time.Time
	Action workflow.Action
	N      int    // number of the hand-over, 0 for the referral
	Words  string // "The referral was received."
	Who    string // name or office, as far as the reader may know
}

// Look is one time that somebody opened the referral.
type Look struct {
	At   time.Time
	Who  string // the office, not the person
	What string // action of the audit line
}

// Handover is one hand-over as one actor may see it.
type Handover struct {
	N          int
	Status     workflow.HandoverStatus
	Rev        int
	Kind       string            // ldss, rhtp or otda
	Recipient  string            // name; "" for a reader who may not know it
	Contact    string            // key of the directory's line; for program staff
	AskedOn    string            // the day since when the administrator is asked to verify it, or ""; for program staff
	Point      directory.Contact // the directory's line; for program staff
	Heed       []Heed            // what OTDA has to know before it sends
	NoAccount  bool              // a proposal to a verified line at which nobody can sign in to receive; for program staff
	Verified   bool
	Permitted  bool // the release names this kind of recipient
	Primary    bool
	Rule       string // R0 … R12; for program staff
	Reason     string
	Notes      []string // what else the rules said
	Candidates []Candidate
	ProposedAt time.Time
	SentAt     time.Time
	AcceptBy   time.Time
	AcceptedAt time.Time
	ReachedAt  time.Time
	ClosedAt   time.Time
	NextAt     time.Time
	Revoked    bool              // the person took the release back for it; for the referrer
	Tries      int               // to reach the person, so far; for program staff and the recipient
	TriedAt    time.Time         // the last one
	NoContact  bool              // too many tries, or too long; for program staff and the recipient
	BringAsked bool              // the referrer was asked to bring them together and has not answered
	Ways       []workflow.Permit // how far each way of reaching the person is permitted; for the recipient that has the person
	Clocks     []Task            // as far as the reader may know
	Offers     []workflow.HandoverOffer
}

// Candidate is a line of the directory that a hand-over could go to.
type Candidate struct {
	Key      string
	Name     string
	Verified bool
	Why      string // why it stands where it stands, or why not
	Point    directory.Contact
	Heed     []Heed // what OTDA has to know before it chooses the line
	AskedOn  string // the day since when the administrator is asked to verify it, or ""

	agency *int // that receives there, nil for none
}

// Letter is a notice or letter beside the hand-overs, as one actor may see it.
type Letter struct {
	Reference      string
	N              int
	Kind           workflow.LetterKind
	Name           string // of the kind, as the State calls it
	To             workflow.Addressee
	Status         workflow.LetterStatus
	Recipient      string // of a notice to a department
	Verified       bool
	CreatedAt      time.Time
	SentAt         time.Time // zero: not yet
	AcknowledgedAt time.Time // the department has it, or the person
	Signed         Signature // Name is for the State
	Language       string
	Way            workflow.Way   // by which it went last, "" before
	Ways           []workflow.Way // by which it may go; for its sender, by which that office sends
	Reach          []forms.Item   // what whoever mails it reads first; empty where mail is not safe, or another's
	Why            string         // it could not be handed over, or is not sent
	Offers         []workflow.LetterOffer
}

// Line is one referral in a list, with no more than a list shows.
type Line struct {
	Reference  string
	Status     workflow.Status
	Rev        int
	Agency     string
	HeldBy     string
	UpdatedAt  time.Time // zero for a reader who may not know it
	ReceivedAt time.Time
	DueAt      time.Time
	Destroyed  time.Time      // its key was destroyed then; zero: it was not
	DueBefore  time.Time      // before it was extended; zero: it was not
	Facets     Facets         // zero for a reader who may not know them
	Handover   []Handover     // short: for program staff and recipients
	AnswerDue  time.Time      // of an open question, for its referrer; zero: none
	Missing    int            // answers that stand against sending a draft
	Amiss      forms.Problems // those of them that are there, and cannot be sent as they are
	Kept       DraftKept      // of a draft
	Letter     *Letter        // set when the line is a notice, or in a referrer's list when a letter waits to be handed over
	Group      string         // reference of the group; for the referrer alone
}

// Page is a part of a list with the cursor of the next one ("" at the end). How
// many there are in all is not counted: that would cost a walk over the list.
type Page struct {
	Lines  []Line
	Groups []Group // of a referrer: those of the lines, without their people
	Next   string

	Tasks   int    // of a referrer: how many things are to be done
	Stopped []Task // in a recipient's inbox: hand-overs that it must no longer act on, until it says so
}

// Filter narrows a list.
type Filter struct {
	Status  workflow.Status // "" is every status that the actor may see
	Cursor  string          // of Page.Next
	Last    bool            // the last page
	Size    int             // lines a page; 0 is 50, at most 200
	Mine    bool            // held by the actor
	Free    bool            // held by nobody
	Waiting bool            // open: submitted, in review or asked, by due date
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// Today is the calendar day in New York.
func (s *Service) Today() forms.Date {
	return forms.Date(calendar.DateOf(s.now()).String())
}

// line begins an audit line of who.
func (s *Service) line(who workflow.Actor, action string, refs ...string) audit.Line {
	return audit.Line{At: s.now(), Actor: who.ID, Duty: string(who.Duty), Agency: who.Agency, Action: action, Outcome: audit.Done, Refs: refs}
}

// record adds the audit line as the last thing of a unit of work. What the line
// says was opened counts against the budget of its account, see within.
func (s *Service) record(ctx context.Context, tx *ent.Tx, l audit.Line) error {
	if err := s.within(ctx, tx, &l); err != nil {
		return err
	}
	return audit.Add(ctx, tx, l)
}
