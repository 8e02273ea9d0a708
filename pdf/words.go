package pdf

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"nysreferral/workflow"
)

//go:embed words/*.toml
var wordFiles embed.FS

// words are the words of all letters in one language.
type words struct {
	Tag     string `toml:"-"` // BCP 47
	Name    string // of the language, in English
	Shared  map[string]string
	Letters map[workflow.LetterKind]letterWords `toml:"-"`
}

// letterWords are the words of one letter.
type letterWords struct {
	File    string // title of the document, which file lists show: neutral
	Foot    string // at the foot of every page
	Heading string
	Office  string // under the signature
	Block   []wordBlock
}

// wordBlock is one block of a letter: exactly one of its fields is set, but Box
// has a Title.
type wordBlock struct {
	Heading, Text, Strong, Small, Box, Title, Put string
	List                                          []string
	Loud                                          bool // comes before all else: a page marks it
	Lasts                                         bool // a duty that is not done when the letter is acknowledged
}

// languages are the words files, compiled once.
var languages = mustLoad(wordFiles)

func mustLoad(files fs.FS) map[string]*words {
	all, err := loadWords(files)
	if err != nil {
		panic("pdf: " + err.Error())
	}
	return all
}

// loadWords reads every words file. A name that nobody asks for is refused.
func loadWords(files fs.FS) (map[string]*words, error) {
	names, err := fs.Glob(files, "words/*.toml")
	if err != nil {
		return nil, fmt.Errorf("words of letters: %w", err)
	}
	out := map[string]*words{}
	for _, name := range names {
		w := &words{Tag: strings.TrimSuffix(path.Base(name), ".toml"), Letters: map[workflow.LetterKind]letterWords{}}
		if err := w.read(files, name); err != nil {
			return nil, fmt.Errorf("words of letters in %s: %w", w.Tag, err)
		}
		out[w.Tag] = w
	}
	return out, nil
}

func (w *words) read(files fs.FS, name string) error {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	parts := map[string]toml.Primitive{}
	meta, err := toml.Decode(string(text), &parts)
	if err != nil {
		return err
	}
	for key, part := range parts {
		var one letterWords
		switch {
		case key == "name":
			err = meta.PrimitiveDecode(part, &w.Name)
		case key == "shared":
			err = meta.PrimitiveDecode(part, &w.Shared)
		default:
			err = meta.PrimitiveDecode(part, &one)
			w.Letters[workflow.LetterKind(key)] = one
		}
		if err != nil {
			return err
		}
	}
	if left := meta.Undecoded(); len(left) > 0 {
		return fmt.Errorf("nobody asks for %v", left)
	}
	return nil
}

// Language is a language of letters.
type Language struct {
	Tag  string // BCP 47
	Name string // in English
}

// stateLanguages are those into which the State translates what is vital.
//
// Law: Executive Law 202-a.
var stateLanguages = []Language{{"es", "Spanish"}, {"zh-Hans", "Chinese (simplified)"}, {"zh-Hant", "Chinese (traditional)"}, {"ru", "Russian"}, {"yi", "Yiddish"},
	{"bn", "Bengali"}, {"ko", "Korean"}, {"ht", "Haitian Creole"}, {"it", "Italian"}, {"ar", "Arabic"}, {"pl", "Polish"}, {"fr", "French"}, {"ur", "Urdu"}}

// Languages returns the languages that letters can be written in: English, and
// every other that has a words file.
func Languages() []Language {
	out := []Language{{"en", languages["en"].Name}}
	for tag, w := range languages {
		if tag != "en" {
			out = append(out, Language{tag, w.Name})
		}
	}
	slices.SortFunc(out[1:], func(a, b Language) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// Tags returns the tags of Languages.
func Tags() []string {
	var out []string
	for _, l := range Languages() {
		out = append(out, l.Tag)
	}
	return out
}

// Untranslated returns the names of the State's languages that letters are not
// translated into yet.
func Untranslated() []string {
	var out []string
	for _, l := range stateLanguages {
		if languages[l.Tag] == nil {
			out = append(out, l.Name)
		}
	}
	return out
}
