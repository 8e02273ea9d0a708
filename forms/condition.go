package forms

import (
	"fmt"
	"slices"
	"strings"
)

// Condition says when a question applies: all of its terms hold. The empty
// condition always holds. It is data, so that the server, the page's script
// and the schema read the same one.
type Condition []Term

// Term compares the answer to one earlier question with codes. Not turns it
// around. The code "" stands for "not answered".
type Term struct {
	Name  string
	Codes []string
	Not   bool
}

// aliases are conditions that stand in many places.
var aliases = map[string]string{
	"law":      "sourceKind=municipal_police|nypd|sheriff|state_police|other_law_enforcement|district_attorney",
	"provider": "sourceKind!=municipal_police|nypd|sheriff|state_police|other_law_enforcement|district_attorney",
	"minor":    "under18=yes|not_sure",
}

// parseCondition reads "name=code|code; name!=code; alias".
func parseCondition(tag string) Condition {
	var all Condition
	for part := range strings.SplitSeq(tag, ";") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		if full, ok := aliases[part]; ok {
			part = full
		}
		name, codes, ok := strings.Cut(part, "=")
		if !ok {
			panic(fmt.Sprintf("forms: condition %q is no comparison and no alias", part))
		}
		term := Term{Name: strings.TrimSuffix(name, "!"), Not: strings.HasSuffix(name, "!"), Codes: strings.Split(codes, "|")}
		all = append(all, term)
	}
	return all
}

// Holds reports whether the condition holds for answers, which returns the
// codes that answer a question by name; no code means no answer.
func (c Condition) Holds(answers func(name string) []string) bool {
	for _, t := range c {
		if t.holds(answers(t.Name)) == t.Not {
			return false
		}
	}
	return true
}

func (t Term) holds(codes []string) bool {
	if len(codes) == 0 {
		return slices.Contains(t.Codes, "")
	}
	for _, code := range codes {
		if slices.Contains(t.Codes, code) {
			return true
		}
	}
	return false
}

// String returns the condition as it stands in a tag.
func (c Condition) String() string {
	parts := make([]string, len(c))
	for i, t := range c {
		op := "="
		if t.Not {
			op = "!="
		}
		parts[i] = t.Name + op + strings.Join(t.Codes, "|")
	}
	return strings.Join(parts, "; ")
}
