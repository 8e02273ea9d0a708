package handlers

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"nysreferral/cases"
	"nysreferral/forms"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// What no page of ours sends is refused, and nothing of it is kept.
func TestHostileSections(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		_, b := harbor(t, db)
		page := b.begin() + "/sections/C"
		many := url.Values{}
		for i := range 5000 {
			many.Set(fmt.Sprintf("otherNames.%d.name", i), "a")
		}
		for name, in := range map[string]url.Values{
			"unknown name":   {"familyName": {"Kept"}, "isAdmin": {"yes"}},
			"other section":  {"familyName": {"Kept"}, "summary": {"a"}},
			"derived":        {"familyName": {"Kept"}, "organization": {"FBI"}},
			"doubled":        {"familyName": {"Kept", "Twice"}},
			"NUL":            {"familyName": {"Kept\x00"}},
			"invalid UTF-8":  {"familyName": {"Kept\xff\xfe"}},
			"control":        {"familyName": {"Kept\u202e"}},
			"no option":      {"under18": {"Kept"}},
			"thousands":      many,
			"too many rows":  rowsOf(21),
			"broken row":     {"familyName": {"Kept"}, "otherNames.x.name": {"a"}},
			"unknown in row": {"familyName": {"Kept"}, "otherNames.0.evil": {"a"}},
			"removed nobody": {"familyName": {"Kept"}, "_remove": {"nothing.7"}},
		} {
			if got := b.post(page, page, in); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d", name, got.status)
			}
			if strings.Contains(b.get(page).body, "Kept") {
				t.Errorf("%s: something of a refused page was kept", name)
			}
		}
		if got := b.post(page, page, url.Values{"familyName": {strings.Repeat("a", 1<<20)}}); got.status != http.StatusRequestEntityTooLarge {
			t.Errorf("a megabyte: %d", got.status)
		}
		if strings.Contains(b.get(page).body, "Kept") {
			t.Error("something of a refused page was kept")
		}
	})
}

func rowsOf(n int) url.Values {
	in := url.Values{}
	for i := range n {
		in.Set(fmt.Sprintf("otherNames.%d.name", i), "a")
	}
	return in
}

// Every section of every case can be typed into the pages, comes back drawn as
// it was given, and is kept as it was given.
func TestEverySectionKeepsEveryAnswer(t *testing.T) {
	s, b := harbor(t, storetest.SQLite(t))
	police := s.as(s.agency("Lake City Police", "municipal_police", workflow.SidePolice), workflow.Referrer)
	for _, k := range cases.All() {
		who := b
		if k.Source == "nypd" || k.Source == "state_police" {
			who = police
		}
		s.now.set(k.Now)
		path := who.begin()
		who.fill(path, k.N)
		want := answersOf(t, k.N)
		for _, sec := range forms.Questions.Sections {
			if sec.ID == "I" && want.Under18 == "no" {
				continue
			}
			page := who.get(path + "/sections/" + sec.ID).body
			if page == "" {
				t.Fatalf("case %d: section %s is not drawn", k.N, sec.ID)
			}
			in := typedFrom(page)
			got := &forms.Referral{}
			if bad := forms.Questions.DecodeSection(got, sec.ID, in); len(bad) > 0 {
				t.Errorf("case %d: section %s does not take what it draws: %v", k.N, sec.ID, bad)
			}
			if a, b := sorted(typed(got, sec.ID)), sorted(typed(want, sec.ID)); !reflect.DeepEqual(a, b) {
				t.Errorf("case %d: section %s came back as\n%v\nand was\n%v", k.N, sec.ID, a, b)
			}
		}
	}
}

// sorted forgets in which order the answers of a list stand: a page has its own.
func sorted(in url.Values) url.Values {
	for _, list := range in {
		slices.Sort(list)
	}
	return in
}

var (
	inputTag = regexp.MustCompile(`(?s)<input[^>]*>`)
	areaTag  = regexp.MustCompile(`(?s)<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>`)
	pickTag  = regexp.MustCompile(`(?s)<select[^>]* name="([^"]+)".*?</select>`)
	picked   = regexp.MustCompile(`<option value="([^"]*)" selected`)
	attrs    = regexp.MustCompile(` (name|value|type)="([^"]*)"`)
)

// typedFrom returns what a browser would send of a page without being touched.
func typedFrom(page string) url.Values {
	_, page, _ = strings.Cut(page, `<form class="form"`)
	page, _, _ = strings.Cut(page, "</form>")
	in := url.Values{}
	for _, tag := range inputTag.FindAllString(page, -1) {
		at := map[string]string{}
		for _, m := range attrs.FindAllStringSubmatch(tag, -1) {
			at[m[1]] = html.UnescapeString(m[2])
		}
		if (at["type"] == "radio" || at["type"] == "checkbox") && !strings.Contains(tag, " checked") {
			continue
		}
		in.Add(at["name"], at["value"])
	}
	for _, m := range areaTag.FindAllStringSubmatch(page, -1) {
		in.Add(html.UnescapeString(m[1]), html.UnescapeString(m[2]))
	}
	for _, m := range pickTag.FindAllStringSubmatch(page, -1) {
		if v := picked.FindStringSubmatch(m[0]); v != nil {
			in.Add(html.UnescapeString(m[1]), html.UnescapeString(v[1]))
		}
	}
	return in
}
