package policy_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/registry"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// stage is a moment in the life of a referral: the steps to it, and where it
// then stands.
type stage struct {
	steps      []demo.Step
	at, way    string // statuses of the referral and of its hand-over
	consulting bool   // DCJS waits for OTDA's view
}

func step(who string, do workflow.Action, n int, fill ...func(*forms.Deed)) demo.Step {
	return demo.Step{Who: who, Do: do, N: n, Deed: func(d *forms.Deed) {
		for _, f := range fill {
			f(d)
		}
	}}
}

var (
	phone    = func(d *forms.Deed) { d.How, d.Result = "phone", "no_answer" }
	question = func(d *forms.Deed) { d.Question, d.About = "Since when?", "G20" }
	answered = func(d *forms.Deed) { d.Answer = "Since spring." }
	noRoom   = func(d *forms.Deed) { d.ReturnReason, d.Reason = "capacity", "No bed." }
	helped   = func(d *forms.Deed) { d.Started, d.Services = []forms.Help{"benefits"}, "Assistance" }
	finished = func(d *forms.Deed) { d.CloseReason, d.Reason = "services_completed", "Settled." }
)

// begun are the stages up to a confirmation.
var begun = []stage{
	{at: "submitted"},
	{steps: []demo.Step{step("director", workflow.Exclude, 0, func(d *forms.Deed) { d.Whom, d.Reason = "deputy_director@example.org", "A relative." })}, at: "submitted"},
	{steps: demo.ToDecision[:1], at: "in_review", consulting: true},
	{steps: []demo.Step{step("reviewer", workflow.Ask, 0, question)}, at: "asked", consulting: true},
	{steps: append([]demo.Step{step("@author", workflow.Answer, 0, answered)}, demo.ToDecision[1:]...), at: "in_review"},
	{steps: []demo.Step{demo.Confirm}, at: "confirmed", way: "proposed"},
	{steps: []demo.Step{step("program", workflow.Send, 1)}, at: "confirmed", way: "sent"},
	{steps: []demo.Step{step("@recipient", workflow.Accept, 1)}, at: "confirmed", way: "accepted"},
}

// roads are the lives that are walked, by name: with the choices of the person.
var roads = []struct {
	name   string
	how    map[string]string
	stages []stage
}{
	{"to the end", grown, append(slices.Clone(begun),
		stage{steps: []demo.Step{step("@recipient", workflow.Attempt, 1, phone), step("@recipient", workflow.Miss, 1)}, at: "confirmed", way: "not_reached"},
		stage{steps: []demo.Step{step("@recipient", workflow.Reach, 1, phone)}, at: "confirmed", way: "reached"},
		stage{steps: []demo.Step{step("@recipient", workflow.Enroll, 1)}, at: "confirmed", way: "enrolled"},
		stage{steps: []demo.Step{step("@recipient", workflow.Serve, 1, helped)}, at: "confirmed", way: "served"},
		stage{steps: []demo.Step{step("@recipient", workflow.Close, 1, finished)}, at: "confirmed", way: "closed"},
		stage{steps: []demo.Step{step("program", workflow.Close, 0)}, at: "closed", way: "closed"},
	)},
	{"taken back", child, append(slices.Clone(begun),
		stage{steps: []demo.Step{step("@recipient", workflow.Return, 1, noRoom)}, at: "confirmed", way: "returned"},
		stage{steps: []demo.Step{step("@author", workflow.Withdraw, 0)}, at: "withdrawn", way: "closed"},
	)},
	{"declined", grown, append(slices.Clone(begun[:5]),
		stage{steps: demo.Decline, at: "declined"},
	)},
}

// life is one referral on its road, with who is what to it.
type life struct {
	*site
	t      *testing.T
	ref    string
	marks  map[string]string // that apply, by mark the id
	health bool
	table  reading
	sights map[string]sighted
	are    map[string]string // by what they are to the referral, the key of the account
	took   string            // key of the recipient, once there is one
	letter string            // as which it reads
}

// Over pages, the API and papers, everybody finds of a referral that answers
// every question what the tables let them find and nothing else, at every stage
// of its life: the author and the lead, a colleague and other agencies, whoever
// decides, consults, stepped back, receives or received, runs or audits.
func TestOutputs(t *testing.T) {
	s := newSite(t, storetest.SQLite(t))
	table, sights := readers(t), sights(t)
	s.addColleague()
	for _, road := range roads {
		t.Run(road.name, func(t *testing.T) {
			l := &life{site: s, t: t, table: table, sights: sights, health: road.how["mayReceiveHealth"] == "yes", are: map[string]string{
				"author": "case_manager", "lead": "shelter_lead", "colleague": "colleague", "referrer elsewhere": "detective",
				"coordinator": "coordinator", "reviewer": "reviewer", "second reviewer": "second_reviewer", "director": "director",
				"director who stepped back": "deputy_director", "program": "program", "administrator": "administrator", "auditor": "auditor",
				"recipient of another": "rhtp_hudson", "district of another": "ldss_wyoming"}}
			l.begin(road.how)
			for i, at := range road.stages {
				l.walk(at)
				if i == 0 {
					delete(l.are, "director who stepped back") // not yet
				} else {
					l.are["director who stepped back"] = "deputy_director"
				}
				l.look(at)
			}
		})
	}
}

// addColleague adds an account at the shelter that wrote nothing and leads nobody.
func (s *site) addColleague() {
	s.t.Helper()
	kept, err := s.Registry.Commands().AddAccount(s.t.Context(), registry.NewAccount{Name: "Kim Shore", Title: "Volunteer", Email: "colleague@example.org",
		Phone: "518-555-0100", Duty: workflow.Referrer, Agency: s.As("case_manager").Agency})
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.Auth.SetPassword(s.t.Context(), workflow.Actor{}, kept.ID, demo.Password, ""); err != nil {
		s.t.Fatal(err)
	}
	token, err := s.Auth.NewToken(s.t.Context(), workflow.Actor{}, kept.ID, "test", time.Time{}, "")
	if err != nil {
		s.t.Fatal(err)
	}
	who, err := s.Auth.Actor(s.t.Context(), kept.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	s.Accounts = append(s.Accounts, demo.Account{Key: "colleague", Duty: who.Duty, Email: "colleague@example.org", Token: token, Actor: who})
}

// begin sends the referral and looks at it as a draft first.
func (l *life) begin(how map[string]string) {
	l.t.Helper()
	r, marks := marked(l.t, how)
	today := l.Door.Today()
	r.ConsentFrom, r.FirstEncounter, r.SourceKind = today, today, "social_service_provider"
	l.marks = applying(l.t, r, marks)
	who := l.As(l.are["author"])
	seen, err := l.Door.Import(l.t.Context(), who, r)
	if err != nil {
		l.t.Fatalf("%+v", err)
	}
	l.ref = seen.Ref
	stepped := l.are["director who stepped back"]
	delete(l.are, "director who stepped back")
	l.look(stage{at: "draft"})
	l.are["director who stepped back"] = stepped
	if _, err := l.Door.Submit(l.t.Context(), who, seen, ""); err != nil {
		l.t.Fatalf("%+v", err)
	}
}

// walk takes the steps to a stage and finds who the recipient is.
func (l *life) walk(to stage) {
	l.t.Helper()
	for _, one := range to.steps {
		one.Who = strings.NewReplacer("@author", l.are["author"], "@recipient", l.took).Replace(one.Who)
		if _, err := l.Take(l.t.Context(), l.ref, one); err != nil {
			l.t.Fatal(err)
		}
	}
	if l.took != "" || to.way == "" {
		return
	}
	rec, err := l.Take(l.t.Context(), l.ref)
	if err != nil {
		l.t.Fatal(err)
	}
	if rec, err = l.Door.Open(l.t.Context(), l.As("program"), l.ref, referrals.Want{}); err != nil || len(rec.Handover) == 0 {
		l.t.Fatalf("%v, %d hand-overs", err, len(rec.Handover))
	}
	for _, a := range l.Accounts {
		if a.Duty == workflow.Recipient && a.Agency == rec.Handover[0].Recipient {
			l.took, l.letter = a.Key, "P"
			if a.Actor.Side == workflow.SideLDSS {
				l.letter = "L"
			}
			l.are[map[string]string{"P": "recipient", "L": "district"}[l.letter]] = a.Key
		}
	}
	if l.took == "" || l.took == l.are["recipient of another"] || l.took == l.are["district of another"] {
		l.t.Fatalf("the hand-over went to %q", rec.Handover[0].Recipient)
	}
}

// look has everybody look at everything.
func (l *life) look(at stage) {
	l.t.Helper()
	for what, key := range l.are {
		sees := l.sights[what].much(at.at, at.way, true)
		reader := l.sights[what].reader
		switch {
		case sees == "nothing":
			reader = ""
		case sees == "outline" && l.As(key).Duty == workflow.Recipient:
			reader = string(forms.ReadsWaiting)
		case sees == "outline":
			reader = "" // that it was withdrawn, and no answer
		}
		l.outputs(at, what, key, sees, reader)
	}
}

// outputs holds each output for one account against the tables.
func (l *life) outputs(at stage, what, key, sees, reader string) {
	l.t.Helper()
	plain, asked := circumstance{consulting: at.consulting, release: true, health: l.health}, circumstance{at.consulting, true, l.health, true}
	record := "/api/v1/referrals/" + l.ref
	got := l.ask(key, http.MethodGet, record, "")
	held(l.t, (got.status == http.StatusOK) == (sees != "nothing"), "%s at %s %s: the API answers %d, and the table says %s", what, at.at, at.way, got.status, sees)
	l.exactly(at, what, "the API", got.body, reader, plain)
	page := l.ask(key, http.MethodGet, "/referrals/"+l.ref, "")
	if sees == "nothing" {
		held(l.t, page.status == http.StatusNotFound, "%s at %s %s: the page answers %d", what, at.at, at.way, page.status)
	}
	l.atMost(at, what, "the page", page.body, reader, plain)
	if reader == "V" || reader == "O" {
		var ids []string
		for _, id := range l.marks {
			if l.table.reads(id, reader, asked) && !l.table.reads(id, reader, plain) {
				ids = append(ids, id)
			}
		}
		if slices.Sort(ids); len(ids) > 0 && len(ids) < 12 {
			if got := l.ask(key, http.MethodGet, record+"?reveal="+strings.Join(ids, ","), ""); got.status == http.StatusOK {
				l.exactly(at, what, "the API, asked", got.body, reader, asked)
			} else {
				held(l.t, at.at == "closed", "%s at %s: asked for %v the API answers %d", what, at.at, ids, got.status)
			}
		}
	}
	for _, path := range []string{"/papers/receipt", "/papers/referral", "/papers/file", "/papers/packet?n=1", "/papers/letter?n=1"} {
		paper := l.ask(key, http.MethodGet, "/referrals/"+l.ref+path, "")
		if sees == "nothing" && path != "/papers/letter?n=1" { // a letter to a department has a reader of its own
			held(l.t, paper.status == http.StatusNotFound, "%s at %s %s: %s answers %d", what, at.at, at.way, path, paper.status)
		}
		if strings.HasSuffix(path, "letter?n=1") && paper.status == http.StatusOK {
			continue // held by the tests of letters
		}
		as := reader
		if as == "O" && strings.Contains(path, "packet") {
			as = l.letter // OTDA looks at what it sends: the recipient's view
		}
		l.atMost(at, what, path, l.text(paper), as, circumstance{at.consulting, true, l.health, true})
	}
	for _, path := range []string{"/referrals", "/tasks", "/queue", "/inbox", "/board", "/api/v1/referrals", "/api/v1/tasks", "/api/v1/letters"} {
		l.atMost(at, what, path, l.ask(key, http.MethodGet, path, "").body, reader, plain)
	}
}

// exactly wants the answers that the reader reads, and no other.
func (l *life) exactly(at stage, what, where, text, reader string, c circumstance) {
	l.t.Helper()
	for mark, id := range l.marks {
		want := reader != "" && reader != "A" && l.table.reads(id, reader, c)
		held(l.t, strings.Contains(text, mark) == want, "%s at %s %s: %s of %s: there %v, want %v", what, at.at, at.way, id, where, !want, want)
	}
}

// atMost wants no answer that the reader does not read.
func (l *life) atMost(at stage, what, where, text, reader string, c circumstance) {
	l.t.Helper()
	for mark, id := range l.marks {
		may := reader != "" && reader != "A" && l.table.reads(id, reader, c)
		held(l.t, may || !strings.Contains(text, mark), "%s at %s %s: %s stands in %s", what, at.at, at.way, id, where)
	}
}
