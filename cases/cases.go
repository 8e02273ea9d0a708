// Package cases holds composite situations as fixtures: the answers that a
// referrer would give, and the moment at which the clock stands. The tests of
// the door, of the pages and of the API, and the demo read the same files. No
// real person is meant; every name is made up.
package cases

import (
	"embed"
	"encoding/json"
	"fmt"
	"time"
)

//go:embed files/*.json groups/*.json stories/*.json
var files embed.FS

// Case is one situation.
type Case struct {
	N       int             `json:"case"`
	Title   string          `json:"title"`
	Now     time.Time       `json:"now"`     // the moment of the referral
	Source  string          `json:"source"`  // kind of the referring agency, a forms.SourceKind
	Answers json.RawMessage `json:"answers"` // as the API takes them
	Second  *Case           `json:"second"`  // another referral of the same person; nil in most
}

// Load returns the case n, from 1 to 10. It panics when there is none, which is
// a slip in the program.
func Load(n int) Case {
	text, err := files.ReadFile(fmt.Sprintf("files/%d.json", n))
	if err != nil {
		panic("cases: " + err.Error())
	}
	var c Case
	if err := json.Unmarshal(text, &c); err != nil {
		panic("cases: " + err.Error())
	}
	return c
}

// All returns every case in order.
func All() []Case {
	entries, err := files.ReadDir("files")
	if err != nil {
		panic("cases: " + err.Error())
	}
	out := make([]Case, len(entries))
	for i := range entries {
		out[i] = Load(i + 1)
	}
	return out
}

// Group is a situation with several people of one encounter: what is typed
// once, and what is said of each.
type Group struct {
	N      int               `json:"case"`
	Title  string            `json:"title"`
	Now    time.Time         `json:"now"`
	Source string            `json:"source"`
	Shared json.RawMessage   `json:"shared"` // as the API takes the facts of a group
	People []json.RawMessage `json:"people"` // the answers about each that are not shared, or differ
}

// LoadGroup returns the case n of several people: 15. It panics when there is
// none, which is a slip in the program.
func LoadGroup(n int) Group {
	text, err := files.ReadFile(fmt.Sprintf("groups/%d.json", n))
	if err != nil {
		panic("cases: " + err.Error())
	}
	var g Group
	if err := json.Unmarshal(text, &g); err != nil {
		panic("cases: " + err.Error())
	}
	return g
}

// Story is a situation that goes on after the referral: what was done by whom,
// in order, and when.
type Story struct {
	N       int             `json:"case"`
	Title   string          `json:"title"`
	From    int             `json:"from"` // the case that it goes on with; 0: its own answers
	Now     time.Time       `json:"now"`
	Source  string          `json:"source"`
	Answers json.RawMessage `json:"answers"`
	Steps   []Deed          `json:"steps"`
}

// Deed is one act of a story, as the API takes it.
type Deed struct {
	At      time.Time       `json:"at"`
	Who     string          `json:"who"` // key of an account of the demonstration
	Do      string          `json:"do"`
	Words   json.RawMessage `json:"words"`
	Answers json.RawMessage `json:"answers"` // that are different now
}

// LoadStory returns the story of case n: 11 or 12. What goes on with another
// case has its answers and moment. It panics when there is none, which is a slip
// in the program.
func LoadStory(n int) Story {
	text, err := files.ReadFile(fmt.Sprintf("stories/%d.json", n))
	if err != nil {
		panic("cases: " + err.Error())
	}
	var s Story
	if err := json.Unmarshal(text, &s); err != nil {
		panic("cases: " + err.Error())
	}
	if s.From != 0 {
		c := Load(s.From)
		s.Now, s.Source, s.Answers = c.Now, c.Source, c.Answers
	}
	return s
}
