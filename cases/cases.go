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

//go:embed files/*.json groups/*.json
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
