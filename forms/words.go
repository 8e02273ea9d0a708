package forms

import (
	"embed"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

//go:embed words/*.toml
var wordFiles embed.FS

// words are what people read, in one language.
type words struct {
	Lang     string
	Sections map[string]sectionWords
	Fields   map[string]fieldWords
	Options  map[string]map[string]string
	Rules    map[string]string
	Gates    map[string]string
	Warnings map[string]string
}

type sectionWords struct{ Title, Intro, Told string }

type fieldWords struct{ Label, Hint, Why, Missing, Told string }

// The form and what the State adds to it, in English, compiled once. R reads
// every question of the own referral; what the State adds names its readers.
// Facts is the part of the form that people of one encounter have in common.
var (
	english   = load("en")
	Questions = compile(reflect.TypeFor[Referral](), english, ReadsReferrer)
	Reviews   = compile(reflect.TypeFor[Review](), english)
	Routes    = compile(reflect.TypeFor[Route](), english)
	Facts     = Questions.shared()
)

func load(lang string) *words {
	text, err := wordFiles.ReadFile("words/" + lang + ".toml")
	if err != nil {
		panic("forms: " + err.Error())
	}
	w := &words{Lang: lang}
	meta, err := toml.Decode(string(text), w)
	if err != nil {
		panic("forms: words of " + lang + ": " + err.Error())
	}
	if left := meta.Undecoded(); len(left) > 0 {
		panic(fmt.Sprintf("forms: words of %s: nobody asks for %v", lang, left))
	}
	return w
}

func (w *words) section(id string) (title, intro, told string) {
	s, ok := w.Sections[id]
	if !ok {
		panic("forms: no words for section " + id)
	}
	if s.Told == "" {
		s.Told = s.Title
	}
	return s.Title, s.Intro, s.Told
}

// fill gives f its words, and panics when it has no label.
func (w *words) fill(f *Field) {
	f.say(w.Fields[f.ID])
	f.Labels = make([]string, len(f.Codes))
	for i, code := range f.Codes {
		f.Labels[i] = w.option(f.List, code)
	}
}

// say takes the words over, and panics when there is no label.
func (f *Field) say(said fieldWords) {
	if said.Label == "" {
		panic("forms: no words for " + f.ID)
	}
	f.Label, f.Hint, f.Why, f.Missing, f.Told = said.Label, said.Hint, said.Why, said.Missing, said.Told
	if f.Told == "" {
		f.Told = f.Label
	}
	if f.Missing == "" {
		f.Missing = "Answer this question: " + strings.TrimSuffix(f.Label, "?") + "."
	}
}

// inWords is the same field in other words.
func (f *Field) inWords(said fieldWords) *Field {
	out := *f
	out.say(said)
	return &out
}

// option returns the label of a code: from the list's own table, from the table
// of all lists, or the name of a country.
func (w *words) option(list, code string) string {
	if label, ok := w.Options[list][code]; ok {
		return label
	}
	if label, ok := w.Options["all"][code]; ok {
		return label
	}
	if list == "Country" {
		return countryName(code)
	}
	if list == "StaysIn" {
		return w.option("County", code)
	}
	if list == "Reading" {
		return w.option("Tongue", code)
	}
	panic("forms: no words for the option " + list + "." + code)
}

// unlisted returns the sentence for an answer to f that its list does not have. A
// list with "other" is not at its end there: the sentence says what to choose, and
// where naming writes it, nil for nowhere.
func (w *words) unlisted(f, naming *Field) string {
	switch other := slices.Contains(f.Codes, "other"); {
	case f.Kind != KindChoice || !other:
		return w.Rules["option"]
	case naming == nil:
		return strings.Replace(w.Rules["option_other"], "{}", f.LabelOf("other"), 1)
	default:
		said := strings.Replace(w.Rules["option_named"], "{}", f.LabelOf("other"), 1)
		return strings.Replace(said, "{}", naming.Label, 1)
	}
}

// rule returns the sentence for a broken rule of shape.
func (w *words) rule(tag, param string, f *Field) string {
	if tag == "option" {
		return f.unlisted
	}
	if say, ok := w.Rules[tag+"_"+string(f.Kind)]; ok {
		return strings.ReplaceAll(say, "{}", param)
	}
	if say, ok := w.Rules[tag]; ok {
		return strings.ReplaceAll(say, "{}", param)
	}
	panic("forms: no words for the rule " + tag)
}
