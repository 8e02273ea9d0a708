package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// What the API gives. Empty things are left out; times are UTC. OpenAPI
// describes these types by walking them, so a name or a tag say is changed here
// and nowhere else.
type (
	record struct {
		Reference  string          `json:"reference"`
		Status     workflow.Status `json:"status,omitempty" say:"missing when the caller may not see the referral any more"`
		Rev        int             `json:"rev" say:"the revision seen; send it with the next step"`
		CreatedAt  time.Time       `json:"createdAt,omitzero"`
		UpdatedAt  time.Time       `json:"updatedAt,omitzero"`
		ReceivedAt time.Time       `json:"receivedAt,omitzero"`
		DueAt      time.Time       `json:"dueAt,omitzero" say:"the determination is due"`
		RouteDueAt time.Time       `json:"routeDueAt,omitzero" say:"notice and hand-over are due"`
		DecidedAt  time.Time       `json:"decidedAt,omitzero"`
		Digest     string          `json:"digest,omitempty" say:"SHA-256 of the canonical answers and a sealed nonce, in hex"`
		Agency     string          `json:"agency,omitempty" say:"that referred the person"`
		HeldBy     string          `json:"heldBy,omitempty" say:"who took it"`
		Mine       bool            `json:"mine,omitempty" say:"the caller holds it"`
		Answers    json.RawMessage `json:"answers,omitempty" say:"answers by name, as far as the caller reads them; one that is withheld until revealed is {\"masked\":true}"`
		Review     json.RawMessage `json:"review,omitempty" say:"what the State added, as far as the caller reads it"`
		Handovers  []handover      `json:"handovers,omitempty"`
		Proposal   *proposal       `json:"proposal,omitempty" say:"the hand-over that could be proposed beside those that there are"`
		Actions    []action        `json:"actions,omitempty" say:"what the caller can do now, or once what is missing is there"`
		Timeline   []event         `json:"timeline,omitempty"`
		Letters    []letter        `json:"letters,omitempty" say:"notices beside the hand-overs"`
		Pairs      []pair          `json:"pairs,omitempty" say:"referrals that may be about the same person, of one that was opened; for DCJS and OTDA"`
		Group      *together       `json:"group,omitempty" say:"others of the same encounter; for the referrer and the State"`
		Problems   forms.Problems  `json:"problems,omitempty" say:"what stands against submitting the draft"`
		Warnings   forms.Problems  `json:"warnings,omitempty" say:"what looks odd and blocks nothing"`
		Revisions  []revision      `json:"revisions,omitempty" say:"what was told after the submission, each with what it changed as far as the caller reads it"`
		Masked     []string        `json:"masked,omitempty" say:"ids of the answers that are withheld until revealed"`
	}

	revision struct {
		Version int       `json:"version" say:"of the answers; 1 is what was sent"`
		At      time.Time `json:"at"`
		Changes []change  `json:"changes,omitempty"`
	}

	change struct {
		ID     string   `json:"id"`
		Field  string   `json:"field"`
		Label  string   `json:"label"`
		Before []string `json:"before,omitempty" say:"as people read it; missing when there was no answer"`
		After  []string `json:"after,omitempty"`
		Masked []string `json:"masked,omitempty" say:"ids of what is withheld in it until revealed"`
	}

	handover struct {
		N          int                     `json:"n"`
		Status     workflow.HandoverStatus `json:"status"`
		Rev        int                     `json:"rev"`
		Kind       string                  `json:"kind,omitempty" say:"ldss, rhtp or otda"`
		Recipient  string                  `json:"recipient,omitempty"`
		Contact    string                  `json:"contact,omitempty" say:"key of the line of the directory"`
		Rule       string                  `json:"rule,omitempty" say:"of routing, that decided"`
		Reason     string                  `json:"reason,omitempty"`
		Notes      []string                `json:"notes,omitempty"`
		Candidates []candidate             `json:"candidates,omitempty" say:"where it could go instead"`
		Permitted  bool                    `json:"permitted,omitempty" say:"the release names this kind of recipient"`
		Verified   bool                    `json:"verified,omitempty" say:"the contact was verified"`
		Heed       []heed                  `json:"heed,omitempty" say:"what does not fit the person; to send it there all the same, give each code in heeded"`
		Primary    bool                    `json:"primary,omitempty"`
		ProposedAt time.Time               `json:"proposedAt,omitzero"`
		SentAt     time.Time               `json:"sentAt,omitzero"`
		AcceptBy   time.Time               `json:"acceptBy,omitzero"`
		AcceptedAt time.Time               `json:"acceptedAt,omitzero"`
		ReachedAt  time.Time               `json:"reachedAt,omitzero"`
		ClosedAt   time.Time               `json:"closedAt,omitzero"`
		NextAt     time.Time               `json:"nextAt,omitzero" say:"somebody looks again"`
		Actions    []action                `json:"actions,omitempty"`
		Facts      json.RawMessage         `json:"facts,omitempty" say:"what is known of it, as far as the caller reads it"`
	}

	proposal struct {
		N          int         `json:"n" say:"its number, for the address"`
		Action     action      `json:"action"`
		Candidates []candidate `json:"candidates,omitempty" say:"where it could go"`
	}

	candidate struct {
		Key      string `json:"key"`
		Name     string `json:"name"`
		Verified bool   `json:"verified,omitempty"`
		Why      string `json:"why,omitempty"`
		Heed     []heed `json:"heed,omitempty" say:"what to know before it is chosen"`
	}

	action struct {
		Action  workflow.Action `json:"action"`
		Say     string          `json:"say" say:"the words of the button"`
		Ready   bool            `json:"ready"`
		Missing []string        `json:"missing,omitempty" say:"sentences that say what is missing"`
	}

	event struct {
		At       time.Time       `json:"at"`
		Action   workflow.Action `json:"action"`
		Handover int             `json:"handover,omitempty"`
		Say      string          `json:"say"`
		Who      string          `json:"who,omitempty"`
	}

	look struct {
		At     time.Time `json:"at"`
		Who    string    `json:"who" say:"the office"`
		Action string    `json:"action"`
	}

	letter struct {
		Reference      string    `json:"reference"`
		N              int       `json:"n"`
		Kind           string    `json:"kind"`
		To             string    `json:"to"`
		Status         string    `json:"status"`
		Recipient      string    `json:"recipient,omitempty"`
		Verified       bool      `json:"verified,omitempty"`
		CreatedAt      time.Time `json:"createdAt,omitzero"`
		SignedAt       time.Time `json:"signedAt,omitzero"`
		SignedBy       string    `json:"signedBy,omitempty" say:"for the State"`
		SentAt         time.Time `json:"sentAt,omitzero"`
		AcknowledgedAt time.Time `json:"acknowledgedAt,omitzero" say:"the department has it, or the person"`
		Language       string    `json:"language,omitempty"`
		Way            string    `json:"way,omitempty" say:"by which it went"`
		Ways           []string  `json:"ways,omitempty" say:"by which it may go"`
		Why            string    `json:"why,omitempty" say:"it could not be handed over, or is not sent"`
		Actions        []action  `json:"actions,omitempty"`
	}
)

func recordOf(r referrals.Record) (record, error) {
	out := record{Reference: r.Reference, Status: r.Status, Rev: r.Rev, CreatedAt: utc(r.CreatedAt), UpdatedAt: utc(r.UpdatedAt),
		ReceivedAt: utc(r.ReceivedAt), DueAt: utc(r.DueAt), RouteDueAt: utc(r.RouteDueAt), DecidedAt: utc(r.DecidedAt),
		Digest: r.Digest, Agency: r.Agency, HeldBy: r.HeldBy, Mine: r.Mine, Actions: actionsOf(r.Offers), Proposal: proposalOf(r.Proposal),
		Problems: r.Problems, Warnings: r.Warnings, Masked: r.View.Masked()}
	seen, err := viewOf(r.View)
	if err != nil {
		return record{}, err
	}
	out.Answers, out.Review = trimmed(seen.Answers), trimmed(seen.Review)
	if r.Answers != nil {
		// The own draft, to go on with: with the answers that do not apply at
		// this moment, which a view leaves out and a draft keeps.
		whole, err := json.Marshal(r.Answers)
		if err != nil {
			return record{}, fmt.Errorf("api: writing a draft: %w", err)
		}
		out.Answers = trimmed(whole)
	}
	facts, err := seen.facts()
	if err != nil {
		return record{}, err
	}
	for _, h := range r.Handover {
		one := handoverOf(h)
		one.Facts = facts[h.N]
		out.Handovers = append(out.Handovers, one)
	}
	for _, e := range r.Timeline {
		out.Timeline = append(out.Timeline, event{At: utc(e.At), Action: e.Action, Handover: e.N, Say: e.Words, Who: e.Who})
	}
	for _, p := range r.Pairs {
		out.Pairs = append(out.Pairs, pairOf(p))
	}
	if r.Group != nil {
		out.Group = &together{N: r.Group.N, People: r.Group.People, Sent: r.Group.Sent}
	}
	for _, l := range r.Letters {
		out.Letters = append(out.Letters, letterOf(l))
	}
	out.Revisions = revisionsOf(r.View.Revisions)
	return out, nil
}

func revisionsOf(list []forms.Revision) []revision {
	var out []revision
	for _, r := range list {
		at, err := time.Parse(time.RFC3339, string(r.At))
		if err != nil {
			continue // a version has a moment
		}
		one := revision{Version: r.Version, At: at}
		for _, c := range r.Changes {
			one.Changes = append(one.Changes, change{ID: c.ID, Field: c.Path, Label: c.Label, Before: c.Before, After: c.After, Masked: c.Masked})
		}
		out = append(out, one)
	}
	return out
}

// seenView is a view as forms writes it.
type seenView struct {
	Answers json.RawMessage   `json:"answers"`
	Review  json.RawMessage   `json:"review"`
	Routes  []json.RawMessage `json:"routes"`
}

func viewOf(v forms.View) (seenView, error) {
	var out seenView
	text, err := json.Marshal(v)
	if err != nil {
		return out, fmt.Errorf("api: writing a view: %w", err)
	}
	if err := json.Unmarshal(text, &out); err != nil {
		return out, fmt.Errorf("api: reading a view: %w", err)
	}
	return out, nil
}

// facts are what the view tells of each hand-over, by its number.
func (v seenView) facts() (map[int]json.RawMessage, error) {
	out := map[int]json.RawMessage{}
	for _, raw := range v.Routes {
		list, err := membersOf(raw)
		if err != nil {
			return nil, fmt.Errorf("api: reading the hand-overs of a view: %w", err)
		}
		if len(list) == 0 || list[0].name != "n" {
			return nil, errors.New("api: a hand-over of a view has no number")
		}
		var n int
		if err := json.Unmarshal(list[0].value, &n); err != nil {
			return nil, fmt.Errorf("api: reading the hand-overs of a view: %w", err)
		}
		out[n] = written(list[1:])
	}
	return out, nil
}

func handoverOf(h referrals.Handover) handover {
	out := handover{N: h.N, Status: h.Status, Rev: h.Rev, Kind: h.Kind, Recipient: h.Recipient, Contact: h.Contact, Rule: h.Rule,
		Reason: h.Reason, Notes: h.Notes, Permitted: h.Permitted, Verified: h.Verified, Primary: h.Primary,
		ProposedAt: utc(h.ProposedAt), SentAt: utc(h.SentAt), AcceptBy: utc(h.AcceptBy), AcceptedAt: utc(h.AcceptedAt),
		ReachedAt: utc(h.ReachedAt), ClosedAt: utc(h.ClosedAt), NextAt: utc(h.NextAt), Actions: actionsOf(h.Offers)}
	out.Candidates, out.Heed = candidatesOf(h.Candidates), heedsOf(h.Heed)
	return out
}

// actionsOf lists the buttons of a referral or of a hand-over.
func actionsOf[S workflow.Road](offers []workflow.OfferOn[S]) []action {
	var out []action
	for _, o := range offers {
		one := action{Action: o.Do, Say: o.Say, Ready: o.Ready()}
		for _, g := range o.Missing {
			one.Missing = append(one.Missing, g.Say())
		}
		out = append(out, one)
	}
	return out
}

func letterOf(l referrals.Letter) letter {
	out := letter{Reference: l.Reference, N: l.N, Kind: string(l.Kind), To: string(l.To), Status: string(l.Status), Recipient: l.Recipient, Verified: l.Verified,
		CreatedAt: utc(l.CreatedAt), SignedAt: utc(l.Signed.At), SignedBy: l.Signed.Name, SentAt: utc(l.SentAt), AcknowledgedAt: utc(l.AcknowledgedAt),
		Language: l.Language, Way: string(l.Way), Why: l.Why, Actions: actionsOf(l.Offers)}
	for _, w := range l.Ways {
		out.Ways = append(out.Ways, string(w))
	}
	return out
}

// utc returns t in UTC; the zero time stays zero and is left out.
func utc(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC()
}

// What lists and drafts give.
type (
	receipt struct {
		Reference  string          `json:"reference"`
		Status     workflow.Status `json:"status"`
		ReceivedAt time.Time       `json:"receivedAt"`
		DueAt      time.Time       `json:"dueAt" say:"the determination is due"`
		RouteDueAt time.Time       `json:"routeDueAt" say:"notice and hand-over are due"`
		Digest     string          `json:"digest,omitempty" say:"SHA-256 of the canonical answers and a sealed nonce, in hex"`
	}

	draft struct {
		Reference string          `json:"reference"`
		Rev       int             `json:"rev" say:"send it with the next step"`
		Status    workflow.Status `json:"status"`
	}

	page struct {
		Referrals []line  `json:"referrals"`
		Groups    []group `json:"groups,omitempty" say:"of the referrer: those that lines belong to, without their people"`
		Next      string  `json:"next,omitempty" say:"cursor of the next page; missing at the end"`
	}

	line struct {
		Reference  string          `json:"reference"`
		Status     workflow.Status `json:"status"`
		Rev        int             `json:"rev"`
		Agency     string          `json:"agency,omitempty"`
		HeldBy     string          `json:"heldBy,omitempty"`
		UpdatedAt  time.Time       `json:"updatedAt,omitzero"`
		ReceivedAt time.Time       `json:"receivedAt,omitzero"`
		DueAt      time.Time       `json:"dueAt,omitzero"`
		Destroyed  time.Time       `json:"destroyedAt,omitzero" say:"its key was destroyed then, and nothing of it can be read"`
		Facets     *facets         `json:"facets,omitempty" say:"what a queue shows, as codes"`
		Handovers  []handover      `json:"handovers,omitempty"`
		Missing    int             `json:"missing,omitempty" say:"answers that the draft still needs"`
		Group      string          `json:"group,omitempty" say:"reference of the group that the person is of; for the referrer"`
		Letter     *letter         `json:"letter,omitempty"`
	}

	facets struct {
		AgeBand  string `json:"ageBand,omitempty"`
		Type     string `json:"type,omitempty"`
		Source   string `json:"source,omitempty"`
		Urgency  string `json:"urgency,omitempty"`
		Minor    bool   `json:"minor,omitempty" say:"treated as one"`
		Tonight  bool   `json:"tonight,omitempty" say:"needs shelter"`
		Detained bool   `json:"detained,omitempty"`
		Deadline string `json:"deadline,omitempty" say:"a day"`
	}
	letters struct {
		Letters []letter `json:"letters"`
	}
	tasks struct {
		Tasks []task `json:"tasks"`
		Next  string `json:"next,omitempty"`
	}

	task struct {
		ID        int       `json:"id"`
		Reference string    `json:"reference"`
		Handover  int       `json:"handover,omitempty"`
		Kind      string    `json:"kind"`
		Say       string    `json:"say" say:"what is to be done"`
		Contact   string    `json:"contact,omitempty" say:"key of the line of the directory to verify"`
		CreatedAt time.Time `json:"createdAt,omitzero"`
		DueAt     time.Time `json:"dueAt,omitzero"`
		DoneAt    time.Time `json:"doneAt,omitzero"`
		ByHand    bool      `json:"byHand,omitempty" say:"OTDA marks it done; the others end with the act that they ask for"`
	}
)

func receiptOf(r referrals.Receipt) receipt {
	return receipt{Reference: r.Reference, Status: r.Status, ReceivedAt: utc(r.ReceivedAt), DueAt: utc(r.DueAt), RouteDueAt: utc(r.RouteDueAt), Digest: r.Digest}
}

func pageOf(p referrals.Page) page {
	out := page{Referrals: []line{}, Next: p.Next}
	for _, l := range p.Lines {
		out.Referrals = append(out.Referrals, lineOf(l))
	}
	return out
}

func lineOf(l referrals.Line) line {
	out := line{Reference: l.Reference, Status: l.Status, Rev: l.Rev, Agency: l.Agency, HeldBy: l.HeldBy, UpdatedAt: utc(l.UpdatedAt),
		ReceivedAt: utc(l.ReceivedAt), DueAt: utc(l.DueAt), Destroyed: utc(l.Destroyed), Missing: l.Missing, Group: l.Group}
	f := facets{AgeBand: l.Facets.AgeBand, Type: l.Facets.Type, Source: l.Facets.Source, Urgency: l.Facets.Urgency,
		Minor: l.Facets.Minor, Tonight: l.Facets.Tonight, Detained: l.Facets.Detained, Deadline: l.Facets.Deadline}
	if f != (facets{}) {
		out.Facets = &f
	}
	for _, h := range l.Handover {
		out.Handovers = append(out.Handovers, handoverOf(h))
	}
	if l.Letter != nil {
		one := letterOf(*l.Letter)
		out.Letter = &one
	}
	return out
}
