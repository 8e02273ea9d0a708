package web

import (
	"strings"
	"testing"

	"github.com/a-h/templ"
)

func administrator(title string) Page {
	return Page{Title: title, CSRF: "made-up-token", User: &UserLine{Name: "Lee Park", Agency: "State administration", Duty: "Administrator"},
		Nav: []Link{{Label: "Directory", Href: "/directory", Current: true}, {Label: "Agencies", Href: "/agencies"}}, Idle: &Idle{Seconds: 900}}
}

// Each page of the registry is whole and usable, with everything that it can
// hold, and also with nothing.
func TestRegistryPagesAreWellFormed(t *testing.T) {
	note := NotePart(Box{Kind: BoxWarning, Title: "Nobody has verified this line"}, "Nothing is sent here.", "Ask first.")
	table := Table{Caption: "Lines", Columns: []Column{{Label: "Name", Row: true}, {Label: "State"}, {Label: "What you can do"}},
		Rows: [][]Cell{{{Text: "Erie", Href: "/directory/ldss-erie"}, {Part: TagsPart(StateTag(StateVerified), StateTag(StateLead))},
			{Part: SmallFormPart(SmallForm{Action: "/people/act", CSRF: "x", Rev: "3", Hidden: []Hidden{{"account", "7"}}, Buttons: []Button{{Label: "Switch off", Name: "do", Value: "disable", Hint: "(Sam)"}}})}},
			{{Text: "Albany"}, {Part: WholePart("518-555-0147")}, {Part: NotedPart("Show the checkpoint of 5 lines", "five\nlines")}}}}
	field := Field{Kind: KindSelect, ID: "county", Name: "county", Label: "County", Options: []Option{{Code: "erie", Label: "Erie"}}, Error: "Choose a county."}
	drawn := Drawn{Fields: []Field{field}, Problems: []Problem{{"county", "Choose a county."}}}
	for name, page := range map[string]templ.Component{
		"list": RegisterPage(administrator("Directory"), Register{Above: []templ.Component{note}, Buttons: []Button{{Label: "Add a line", Href: "/directory/new"}},
			Views: []Link{{Label: "In use", Href: "/directory", Current: true}, {Label: "Ended", Href: "/directory?show=ended"}}, Count: "2 lines", Tables: []Table{table},
			Filter: &Filter{Form: Form{Action: "/directory", CSRF: "x"}, Drawn: drawn, Button: "Show", Title: "Find", Open: true},
			More:   &SmallForm{Action: "/log", CSRF: "x", Buttons: []Button{{Label: "Older lines"}}}, Next: &Link{Label: "Next lines", Href: "/directory?after=a"}}),
		"empty list": RegisterPage(administrator("Directory"), Register{}),
		"line": DetailPage(administrator("Line"), Detail{Tags: []StatusTag{StateTag(StateUnverified)}, Above: []templ.Component{note},
			Summaries: []Summary{{Title: "Erie", Rows: []Row{{Label: "Phone", Values: []string{"716-555-0111"}}}}}, Buttons: []Button{{Label: "Verify", Href: "/directory/ldss-erie/verify"}}}),
		"file": UploadPage(administrator("Import"), Upload{Action: "/directory/import", CSRF: "x", ID: "file", Label: "File", Hint: "A table.", Accept: ".csv", Button: "Show",
			Problems: []Problem{{"file", "Choose a file."}}, Back: Link{Label: "Directory", Href: "/directory"}}),
		"preview": PreviewPage(administrator("Preview"), Preview{Action: "/directory/import/confirm", CSRF: "x", Hidden: []Hidden{{"file", "a\n\"b\""}},
			Above: []templ.Component{note}, Tables: []Table{table}, Button: "Import", Back: Link{Label: "Another file", Href: "/directory/import"}}),
		"check": LogCheckPage(administrator("Verify the log"), LogCheck{Drawn: drawn, Form: Form{Action: "/log/verify", CSRF: "x"}, Button: "Verify now", Above: []templ.Component{note},
			Rows: []Row{{Label: "Lines", Values: []string{"5"}}}, Keep: "five\nlines", Note: "Keep it."}),
		"check before": LogCheckPage(administrator("Verify the log"), LogCheck{Form: Form{Action: "/log/verify", CSRF: "x"}, Button: "Verify now"}),
	} {
		t.Run(name, func(t *testing.T) {
			html := draw(t, page)
			balanced(t, html)
			checkPage(t, html)
		})
	}
}

// A file that somebody chose stays a text in the page that shows what it would
// do.
func TestHiddenEscapes(t *testing.T) {
	page := draw(t, PreviewPage(Page{Title: "Preview"}, Preview{Hidden: []Hidden{{"file", `"><script>alert(1)</script>`}}}))
	if strings.Contains(page, "<script>alert") {
		t.Error("the file became a part of the page")
	}
}

// A state of the registry is never told by color alone.
func TestRegistryTags(t *testing.T) {
	seen := map[string]bool{}
	for state, tag := range registryTags {
		if tag.Word == "" || tag.Shape.Path == "" || tag.Tone == "" || seen[tag.Word] {
			t.Errorf("%s lacks a word of its own, a shape or a tone", state)
		}
		seen[tag.Word] = true
	}
	if StateTag("parked").Word != "parked" {
		t.Error("an unknown state is hidden")
	}
}
