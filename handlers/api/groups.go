package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// What is given of several people of one encounter. Each person is a referral
// of its own, and its record tells no other's reference.
type (
	group struct {
		Reference string          `json:"reference" say:"of the group, which is no referral"`
		Label     string          `json:"label" say:"its operation and day; never a name"`
		Rev       int             `json:"rev" say:"send it with the next change of the group"`
		UpdatedAt time.Time       `json:"updatedAt,omitzero"`
		Answers   json.RawMessage `json:"answers,omitempty" say:"the facts that are the same for everybody"`
		Count     int             `json:"count" say:"people"`
		Sent      int             `json:"sent" say:"of them"`
		Behind    int             `json:"behind,omitempty" say:"drafts that a change of the facts has not been carried into"`
		People    []person        `json:"people,omitempty"`
	}

	person struct {
		N          int             `json:"n" say:"the person's number in the group"`
		Reference  string          `json:"reference"`
		Status     workflow.Status `json:"status"`
		Rev        int             `json:"rev"`
		UpdatedAt  time.Time       `json:"updatedAt,omitzero"`
		ReceivedAt time.Time       `json:"receivedAt,omitzero"`
		DueAt      time.Time       `json:"dueAt,omitzero"`
		Missing    int             `json:"missing,omitempty" say:"answers that the draft still needs"`
	}

	together struct {
		N      int `json:"n,omitempty" say:"the person's number; for the referrer"`
		People int `json:"people" say:"of the same encounter, this one among them"`
		Sent   int `json:"sent,omitempty" say:"of them; for the referrer"`
	}

	results struct {
		Results []result `json:"results"`
	}

	result struct {
		N         int            `json:"n"`
		Reference string         `json:"reference"`
		Receipt   *receipt       `json:"receipt,omitempty" say:"missing when it was not sent"`
		Problems  forms.Problems `json:"problems,omitempty" say:"what stands against sending it"`
		Detail    string         `json:"detail,omitempty" say:"why it was not sent"`
	}
)

// Schemas of bodies about groups.
const (
	bodyFacts     = "Facts"
	bodyGroup     = "NewGroup"
	bodyGroupSave = "SaveGroup"
	bodyPeople    = "AddPeople"
	bodyDrafts    = "SendDrafts"
)

// groups are the calls about several people of one encounter.
func groups() []route {
	return []route{
		{Method: post, Path: "/groups", Name: "beginGroup", Say: "Begin a group: the facts that are the same for everybody, and a draft for each of so many people", Body: bodyGroup, Status: 201, Gives: "Group", Handle: (*server).beginGroup},
		{Method: get, Path: "/groups/:ref", Name: "group", Say: "A group of the caller's own, by its reference or by that of one of its people", Status: 200, Gives: "Group", Handle: (*server).group},
		{Method: put, Path: "/groups/:ref", Name: "saveGroup", Say: "Replace the shared facts; no person's referral changes", Body: bodyGroupSave, Status: 200, Gives: "Group", Handle: (*server).saveGroup},
		{Method: remove, Path: "/groups/:ref", Name: "discardGroup", Say: "Destroy the drafts of a group, and the group when nobody is left in it", Body: bodyRev, Status: 204, Handle: (*server).discardGroup},
		{Method: post, Path: "/groups/:ref/people", Name: "addPeople", Say: "Add drafts for more people", Body: bodyPeople, Status: 201, Gives: "Group", Handle: (*server).addPeople},
		{Method: post, Path: "/groups/:ref/carry", Name: "carryFacts", Say: "Carry the shared facts into the drafts that still say what was shared before", Body: bodyRev, Status: 200, Gives: "Group", Handle: (*server).carryFacts},
		{Method: post, Path: "/groups/:ref/submit", Name: "submitGroup", Say: "Submit several drafts of a group, each alone", Key: may, Body: bodyDrafts, Status: 200, Gives: "Results", Handle: (*server).submitGroup},
		{Method: get, Path: "/referrals/:ref/encounter", Name: "encounter", Say: "What the State received of the same encounter, for reviewers, directors and program staff", Status: 200, Gives: "Page", Handle: (*server).encounter},
	}
}

// groupSchemas are what the calls about groups take.
func groupSchemas() map[string]*schema {
	no := false
	object := func(needed []string, of map[string]*schema) *schema {
		return &schema{Type: "object", Required: needed, Additional: &no, Properties: of}
	}
	rev := &schema{Type: kindInteger, Description: "the revision that the caller saw"}
	facts := &schema{Ref: refTo(bodyFacts).Ref, Description: "what is the same for everybody; nothing about one person"}
	people := &schema{Type: kindInteger, Maximum: 50, Description: "how many people"}
	return map[string]*schema{
		bodyGroup:     object([]string{"people"}, map[string]*schema{"answers": facts, "people": people}),
		bodyGroupSave: object([]string{"rev", "answers"}, map[string]*schema{"rev": rev, "answers": facts}),
		bodyPeople: object([]string{"rev", "people"}, map[string]*schema{"rev": rev, "people": people,
			"countyFound": {Type: kindString, Description: "the county where these were found, if it is another than in the shared facts", Enum: forms.Facts.Field("countyFound").Codes}}),
		bodyDrafts: object([]string{"drafts"}, map[string]*schema{"drafts": {Type: "array", Items: object([]string{"reference", "rev"},
			map[string]*schema{"reference": {Type: kindString}, "rev": rev})}}),
	}
}

func groupOf(g referrals.Group) (group, error) {
	text, err := forms.Questions.JSON(g.Answers)
	if err != nil {
		return group{}, fmt.Errorf("api: writing shared facts: %w", err)
	}
	out := group{Reference: g.Reference, Label: g.Label(), Rev: g.Rev, UpdatedAt: utc(g.UpdatedAt), Answers: trimmed(text), Count: g.Count, Sent: g.Sent, Behind: g.Behind}
	for _, m := range g.People {
		out.People = append(out.People, person{N: m.N, Reference: m.Reference, Status: m.Status, Rev: m.Rev, UpdatedAt: utc(m.UpdatedAt),
			ReceivedAt: utc(m.ReceivedAt), DueAt: utc(m.DueAt), Missing: m.Missing})
	}
	return out, nil
}

func (c *call) giveGroup(g referrals.Group) error {
	out, err := groupOf(g)
	if err != nil {
		return err
	}
	if c.r.Status == http.StatusCreated {
		c.Response().Header().Set("Location", Base+"/groups/"+url.PathEscape(g.Reference))
	}
	return c.give(out)
}

func (s *server) beginGroup(c *call) error {
	in, bad := outer(c.body, "answers", "people")
	if len(bad) > 0 {
		return bad
	}
	n, err := wholeNumber(in, "people")
	if err != nil {
		return err
	}
	var facts *forms.Referral
	if in["answers"] != nil {
		facts = &forms.Referral{}
		if err := forms.Facts.DecodeJSON(facts, in["answers"]).Err(); err != nil {
			return err
		}
	}
	g, err := s.Referrals.BeginGroup(c.ctx(), c.who, facts, n)
	if err != nil {
		return err
	}
	return c.giveGroup(g)
}

func (s *server) group(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	g, err := s.Referrals.OpenGroup(c.ctx(), c.who, ref)
	if err != nil {
		return err
	}
	return c.giveGroup(g)
}

// saveGroup replaces the shared facts. An absent group is told before what is
// wrong with them.
func (s *server) saveGroup(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	in, bad := outer(c.body, "rev", "answers")
	if len(bad) > 0 {
		return bad
	}
	rev, err := wholeNumber(in, "rev")
	if err != nil {
		return err
	}
	next := &forms.Referral{}
	if in["answers"] == nil {
		return forms.Problems{{ID: "answers", Field: "answers", Message: "Give answers, an object with all shared facts: it replaces what was saved before."}}
	}
	bad = forms.Facts.DecodeJSON(next, in["answers"])
	g, err := s.Referrals.EditGroup(c.ctx(), c.who, referrals.Seen{Ref: ref, Rev: rev}, func(r *forms.Referral) forms.Problems {
		*r = *next
		return bad
	})
	if err != nil {
		return err
	}
	return c.giveGroup(g)
}

func (s *server) discardGroup(c *call) error {
	ref, deed, err := c.deed("discard")
	if err != nil {
		return err
	}
	if err := s.Referrals.DiscardGroup(c.ctx(), c.who, seen(ref, 0, deed)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (s *server) addPeople(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	in, bad := outer(c.body, "rev", "people", "countyFound")
	if len(bad) > 0 {
		return bad
	}
	rev, err := wholeNumber(in, "rev")
	if err != nil {
		return err
	}
	n, err := wholeNumber(in, "people")
	if err != nil {
		return err
	}
	apart := &forms.Referral{}
	if in["countyFound"] != nil {
		if err := forms.Facts.DecodeJSON(apart, joined(in, "countyFound")).Err(); err != nil {
			return err
		}
	}
	g, err := s.Referrals.AddPeople(c.ctx(), c.who, referrals.Seen{Ref: ref, Rev: rev}, n, apart.CountyFound)
	if err != nil {
		return err
	}
	return c.giveGroup(g)
}

func (s *server) carryFacts(c *call) error {
	ref, deed, err := c.deed("save")
	if err != nil {
		return err
	}
	g, err := s.Referrals.CarryFacts(c.ctx(), c.who, seen(ref, 0, deed))
	if err != nil {
		return err
	}
	return c.giveGroup(g)
}

// submitGroup sends drafts of a group. What became of each is told; that one
// was not sent is no refusal of the call.
func (s *server) submitGroup(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	key, err := c.key()
	if err != nil {
		return err
	}
	in, bad := outer(c.body, "drafts")
	if len(bad) > 0 {
		return bad
	}
	at, err := draftsIn(in["drafts"])
	if err != nil {
		return err
	}
	sent, err := s.Referrals.SubmitGroup(c.ctx(), c.who, ref, at, key)
	if err != nil {
		return err
	}
	out := results{Results: []result{}}
	for _, one := range sent {
		out.Results = append(out.Results, resultOf(one))
	}
	return c.give(out)
}

func resultOf(one referrals.Sent) result {
	out := result{N: one.N, Reference: one.Reference}
	var bad forms.Problems
	switch {
	case one.Err == nil:
		got := receiptOf(one.Receipt)
		out.Receipt = &got
	case errors.As(one.Err, &bad):
		out.Problems, out.Detail = bad, "What was answered needs a change before it can be sent."
	default:
		out.Detail = "A failure of the service; it was not sent. The same call again sends none twice."
		if say, ok := fault.Say(one.Err); ok {
			out.Detail = say
		}
	}
	return out
}

func (s *server) encounter(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	list, err := s.Referrals.Encounter(c.ctx(), c.who, ref)
	if err != nil {
		return err
	}
	return c.give(pageOf(referrals.Page{Lines: list}))
}

// wholeNumber reads the member of that name.
func wholeNumber(in map[string]json.RawMessage, name string) (int, error) {
	var n int
	if in[name] == nil || string(in[name]) == "null" || json.Unmarshal(in[name], &n) != nil || n < 0 || n > 1_000_000_000 {
		return 0, forms.Problems{{ID: name, Field: name, Message: "Give " + name + ", a whole number, without quotes."}}
	}
	return n, nil
}

// draftsIn reads which drafts are to be sent, each as the caller saw it.
func draftsIn(raw json.RawMessage) ([]referrals.Seen, error) {
	var list []struct {
		Reference string `json:"reference"`
		Rev       *int   `json:"rev"`
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err := d.Decode(&list)
	out := make([]referrals.Seen, 0, len(list))
	for _, one := range list {
		if one.Rev == nil {
			err = errNotObject
			break
		}
		out = append(out, referrals.Seen{Ref: one.Reference, Rev: *one.Rev})
	}
	if err != nil || len(out) == 0 {
		return nil, forms.Problems{{ID: "drafts", Field: "drafts", Message: "Give drafts, a list of objects with reference and rev: those that are to be sent, as you saw them."}}
	}
	return out, nil
}
