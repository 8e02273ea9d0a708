package web

import (
	"strings"
	"testing"
)

// The page of files stands by itself: what waits is said in words, what is wrong
// stands beside the file and leads to it, and only what was scanned has a link.
func TestFilesPage(t *testing.T) {
	line := FileLine{N: 1, State: FileTag("held"), Says: "Not yet", Rows: []Row{{Label: "Format", Values: []string{"PDF"}}},
		Remove: &SmallForm{Action: "/remove", CSRF: "x", Buttons: []Button{{Label: "Remove", Hint: "(file 1)"}}}}
	clean := FileLine{N: 2, State: FileTag("clean"), Open: "/files/2", Rows: []Row{{Label: "Format", Values: []string{"PDF"}}}}
	form := &FileForm{Action: "/files", CSRF: "x", Name: "file", Hint: "A PDF.", Wrong: "Choose a file.", Problems: []Problem{{"file", "Choose a file."}},
		Fields: []Field{{Kind: KindChoice, ID: "kind", Name: "kind", Label: "Kind", Options: []Option{{Code: "consent", Label: "Consent"}}}, {Kind: KindText, ID: "text", Name: "text", Label: "What it is", Max: 200}}}
	for name, v := range map[string]Files{"none": {Scans: true}, "no scanner": {Lines: []FileLine{line}, Form: form}, "waiting": {Scans: true, Lines: []FileLine{line, clean}, Form: form}, "to read": {Scans: true, Lines: []FileLine{clean}}} {
		t.Run(name, func(t *testing.T) {
			html := draw(t, FilesPage(Page{Title: "Files"}, v))
			balanced(t, html)
			checkPage(t, html)
			if strings.Contains(html, "No virus scanner is set up") == v.Scans || strings.Contains(html, "A file waits to be scanned") != (name == "waiting") {
				t.Error("it does not say whether files can be opened")
			}
			if v.Form != nil && (!strings.Contains(html, `enctype="multipart/form-data"`) || !strings.Contains(html, `aria-describedby="file-error file-hint"`)) {
				t.Error("the form does not send files, or does not say what is wrong with one")
			}
		})
	}
	for state, tag := range fileTags {
		if tag.Word == "" || tag.Shape.Path == "" || tag.Tone == "" {
			t.Errorf("%s lacks a word, a shape or a tone", state)
		}
	}
	if FileTag("new") != fileTags["held"] {
		t.Error("an unknown state looks as if the file could be opened")
	}
}
