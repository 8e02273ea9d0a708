// Package demo makes a small made-up State: agencies, an account of every
// duty, the directory with made-up verified contact points, and referrals in
// every status, all through the same doors that people use. It is for the
// command demo and for tests; a production folder never holds any of it.
package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"nysreferral/audit"
	"nysreferral/auth"
	"nysreferral/calendar"
	"nysreferral/cases"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/registry"
	"nysreferral/seal"
	"nysreferral/store"
	"nysreferral/workflow"
)

// Clock is a clock that can be set; it goes on from where it was set. It is
// safe for concurrent use.
type Clock struct {
	mu   sync.Mutex
	set  time.Time
	from time.Time
	wall func() time.Time
}

// NewClock returns a clock that stands at start and goes on by wall.
func NewClock(start time.Time, wall func() time.Time) *Clock {
	return &Clock{set: start, from: wall(), wall: wall}
}

// Now is the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.set.Add(c.wall().Sub(c.from))
}

// Set puts the clock to t.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.set, c.from = t, c.wall()
}

// Password signs every account of the demonstration in.
const Password = "seven quiet rivers run north"

// Account is one account with what it signs in with.
type Account struct {
	Key      string // "detective", "reviewer", …
	Duty     workflow.Duty
	Agency   string
	Name     string
	Email    string
	Password string
	Token    string // of the API
	Actor    workflow.Actor
}

// State is the made-up State.
type State struct {
	DB       *store.DB
	Ring     *seal.Ring
	Clock    *Clock
	Door     *referrals.Service
	Registry *registry.Service
	Auth     *auth.Service
	Accounts []Account
}

// New puts the doors together over a migrated database; it fills nothing in.
// cost is the cost of new passwords, low in tests and in the demonstration.
func New(db *store.DB, ring *seal.Ring, clock *Clock, wall func() time.Time, cost int) (*State, error) {
	a, err := auth.New(auth.Options{DB: db, Ring: ring, Now: wall, Cost: cost, PasswordAlone: true, Guessing: true})
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	door := &referrals.Service{DB: db, Ring: ring, Calendar: calendar.New(calendar.Options{}), Now: clock.Now, Lines: audit.NewGather(db),
		Options: referrals.Options{Reads: referrals.Reads{State: -1, Referrer: -1, Recipient: -1}}}
	reg := &registry.Service{DB: db, Auth: a, Ring: ring, Now: clock.Now, OnVerified: door.ContactVerified, OnAsked: door.ContactAsked}
	return &State{DB: db, Ring: ring, Clock: clock, Door: door, Registry: reg, Auth: a}, nil
}

// Account returns the account of that key. It panics when there is none, which
// is a slip of whoever asks.
func (s *State) Account(key string) Account {
	for _, a := range s.Accounts {
		if a.Key == key {
			return a
		}
	}
	panic("demo: no account " + key)
}

// As returns who the account of that key is to the doors.
func (s *State) As(key string) workflow.Actor { return s.Account(key).Actor }

// agencies are made up. Their kinds and sides are those of the register.
var agencies = []registry.Agency{
	{Name: "Example Police Department, Queens Squad", Kind: "nypd", Side: workflow.SidePolice, Designated: "not_applicable"},
	{Name: "Example State Police Troop", Kind: "state_police", Side: workflow.SidePolice, Designated: "not_applicable"},
	{Name: "Example House Shelter", Kind: "social_service_provider", Side: workflow.SideProvider, Designated: "ovs"},
	{Name: "Example School Support", Kind: "school", Side: workflow.SideProvider, Designated: "opdv"},
	{Name: "Example Legal Aid", Kind: "legal_service_provider", Side: workflow.SideProvider, Designated: "otda"},
	{Name: "Division of Criminal Justice Services (demonstration)", Kind: "dcjs", Side: workflow.SideDCJS, Designated: "not_applicable"},
	{Name: "Office of Temporary and Disability Assistance (demonstration)", Kind: "otda", Side: workflow.SideOTDA, Designated: "not_applicable"},
	{Name: "Harbor Light Services (made up)", Kind: "social_service_provider", Side: workflow.SideRHTP, Designated: "otda"},
	{Name: "Open Door Services (made up)", Kind: "social_service_provider", Side: workflow.SideRHTP, Designated: "otda"},
	{Name: "Hudson Bridge Services (made up)", Kind: "social_service_provider", Side: workflow.SideRHTP, Designated: "otda"},
	{Name: "Erie County department (demonstration)", Kind: "local_social_services", Side: workflow.SideLDSS, Designated: "otda", District: "erie"},
	{Name: "Wyoming County department (demonstration)", Kind: "local_social_services", Side: workflow.SideLDSS, Designated: "otda", District: "wyoming"},
	{Name: "Tompkins County department (demonstration)", Kind: "local_social_services", Side: workflow.SideLDSS, Designated: "otda", District: "tompkins"},
	{Name: "New York City adult services (demonstration)", Kind: "local_social_services", Side: workflow.SideLDSS, Designated: "otda", District: "new_york_city"},
	{Name: "New York City children's services (demonstration)", Kind: "local_social_services", Side: workflow.SideLDSS, Designated: "otda", District: "new_york_city"},
	{Name: "Program administration (demonstration)", Kind: "administration", Side: workflow.SideAdministration, Designated: "not_applicable"},
	{Name: "Office of the State Comptroller (demonstration)", Kind: "auditor", Side: workflow.SideAuditor, Designated: "not_applicable"},
}

// people are made up: key, duty, number of the agency above, name, title, lead.
var people = []struct {
	key    string
	duty   workflow.Duty
	agency int
	name   string
	title  string
	lead   bool
}{
	{"detective", workflow.Referrer, 0, "Dana Rivers", "Detective", false},
	{"trooper", workflow.Referrer, 1, "Toni Marsh", "Trooper", false},
	{"case_manager", workflow.Referrer, 2, "Casey Brook", "Case manager", false},
	{"shelter_lead", workflow.Referrer, 2, "Lee Harbor", "Program director", true},
	{"social_worker", workflow.Referrer, 3, "Sam Field", "School social worker", false},
	{"attorney", workflow.Referrer, 4, "Alex Stone", "Staff attorney", false},
	{"coordinator", workflow.Coordinator, 2, "Corey Lane", "Office manager", false},
	{"reviewer", workflow.Reviewer, 5, "Robin Hill", "Reviewer", false},
	{"second_reviewer", workflow.Reviewer, 5, "Rowan Vale", "Reviewer", false},
	{"director", workflow.Director, 5, "Devon Cliff", "Human Trafficking Director", false},
	{"deputy_director", workflow.Director, 5, "Dale Summit", "Delegate of the Human Trafficking Director", false},
	{"program", workflow.Program, 6, "Parker Shore", "Program staff", false},
	{"rhtp_harbor", workflow.Recipient, 7, "Harper Bay", "Intake worker", false},
	{"rhtp_open_door", workflow.Recipient, 8, "Oakley Pond", "Intake worker", false},
	{"rhtp_hudson", workflow.Recipient, 9, "Hayden Creek", "Intake worker", false},
	{"ldss_erie", workflow.Recipient, 10, "Emery Lake", "Caseworker", false},
	{"ldss_wyoming", workflow.Recipient, 11, "Wren Meadow", "Caseworker", false},
	{"ldss_tompkins", workflow.Recipient, 12, "Taylor Gorge", "Examiner", false},
	{"ldss_nyc_adult", workflow.Recipient, 13, "Noel Bridge", "Examiner", false},
	{"ldss_nyc_child", workflow.Recipient, 14, "Nico Park", "Child protective specialist", false},
	{"administrator", workflow.Administrator, 15, "Avery Field", "System owner", false},
	{"auditor", workflow.Auditor, 16, "Aubrey Page", "Auditor", false},
}

// links say which agency of the list above receives for a contact point.
var links = map[string]int{
	"demo-rhtp-harbor-light": 7, "demo-rhtp-open-door": 8, "demo-rhtp-hudson-bridge": 9, "demo-ldss-erie-child": 10,
	"demo-ldss-wyoming-child": 11, "demo-ldss-tompkins-adult": 12, "demo-ldss-new-york-city-adult": 13, "demo-ldss-new-york-city-child": 14,
}

// Populate makes the agencies, accounts and directory of an empty database.
func (s *State) Populate(ctx context.Context) error {
	if err := s.Registry.Dedicate(ctx, registry.Demo); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if _, err := s.Registry.Seed(ctx); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if _, err := s.Registry.SeedDemo(ctx); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	machine := s.Registry.Commands()
	ids := make([]int, len(agencies))
	for i, a := range agencies {
		a.Active = true
		kept, err := machine.AddAgency(ctx, a)
		if err != nil {
			return fmt.Errorf("demo: agency %s: %w", a.Name, err)
		}
		ids[i] = kept.ID
	}
	for key, i := range links {
		if err := machine.Link(ctx, key, ids[i]); err != nil {
			return fmt.Errorf("demo: contact %s: %w", key, err)
		}
	}
	return s.addPeople(ctx, machine, ids)
}

func (s *State) addPeople(ctx context.Context, machine registry.Commands, ids []int) error {
	for _, p := range people {
		email := p.key + "@example.org"
		kept, err := machine.AddAccount(ctx, registry.NewAccount{Name: p.name, Title: p.title, Email: email, Phone: "518-555-0100",
			Duty: p.duty, Lead: p.lead, Agency: ids[p.agency]})
		if err != nil {
			return fmt.Errorf("demo: account %s: %w", p.key, err)
		}
		if err := s.Auth.SetPassword(ctx, workflow.Actor{}, kept.ID, Password, ""); err != nil {
			return fmt.Errorf("demo: password of %s: %w", p.key, err)
		}
		if err := s.know(ctx, kept.ID, p.key, email, agencies[p.agency].Name, p.name); err != nil {
			return err
		}
	}
	return nil
}

// Referral returns the answers of case n as they stand in the file, with the
// dates moved when day is not "": met and consented to on the day before.
func Referral(n int, day forms.Date) (*forms.Referral, json.RawMessage, error) {
	return answersOf(cases.Load(n), day)
}

// Second is Referral for the second referral of case 10.
func Second(day forms.Date) (*forms.Referral, json.RawMessage, error) {
	return answersOf(*cases.Load(10).Second, day)
}

func answersOf(c cases.Case, day forms.Date) (*forms.Referral, json.RawMessage, error) {
	n, r := c.N, &forms.Referral{}
	if err := forms.Questions.DecodeJSON(r, c.Answers).Err(); err != nil {
		return nil, nil, fmt.Errorf("demo: case %d: %w", n, err)
	}
	if err := moved(r, c.Now, day); err != nil {
		return nil, nil, fmt.Errorf("demo: case %d: %w", n, err)
	}
	return r, c.Answers, nil
}

// moved moves the dates of r, which was told at that moment, unless day is "": met
// and consented to on the day before, and born as many years later.
func moved(r *forms.Referral, told time.Time, day forms.Date) error {
	if day == "" {
		return nil
	}
	t, err := time.Parse(time.DateOnly, string(day))
	if err != nil {
		return err
	}
	later(r, told, t)
	before := forms.Date(t.AddDate(0, 0, -1).Format(time.DateOnly))
	if r.FirstEncounter != "" {
		r.FirstEncounter = before
	}
	if r.AdvisedOn != "" {
		r.AdvisedOn = before
	}
	if r.SCROn != "" {
		r.SCROn = before
	}
	if r.ConsentFrom != "" {
		r.ConsentFrom, r.ConsentUntil = before, forms.Date(t.AddDate(1, 0, -1).Format(time.DateOnly))
	}
	if r.Began != "" {
		r.Began = forms.PartialDate(t.AddDate(0, -8, 0).Format("2006-01"))
	}
	return nil
}

// Known returns the accounts of a State that was populated before, each with a
// fresh token of the API.
func (s *State) Known(ctx context.Context) ([]Account, error) {
	machine := s.Registry.Commands()
	for _, p := range people {
		email := p.key + "@example.org"
		id, err := machine.AccountID(ctx, email)
		if err != nil {
			return nil, fmt.Errorf("demo: account %s: %w", p.key, err)
		}
		if err := s.know(ctx, id, p.key, email, agencies[p.agency].Name, p.name); err != nil {
			return nil, err
		}
	}
	return s.Accounts, nil
}

// know adds an account that exists to the list, with a token.
func (s *State) know(ctx context.Context, id int, key, email, agency, name string) error {
	token, err := s.Auth.NewToken(ctx, workflow.Actor{}, id, "demonstration", time.Time{}, "")
	if err != nil {
		return fmt.Errorf("demo: token of %s: %w", key, err)
	}
	who, err := s.Auth.Actor(ctx, id)
	if err != nil {
		return fmt.Errorf("demo: account %s: %w", key, err)
	}
	s.Accounts = append(s.Accounts, Account{Key: key, Duty: who.Duty, Agency: agency, Name: name, Email: email, Password: Password, Token: token, Actor: who})
	return nil
}
