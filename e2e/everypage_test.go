package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Limits of a crawl: how many pages of one kind are looked at, a referral being
// several kinds of page by how far it is, and how many pages in all.
const (
	mostOfKind    = 2
	mostReferrals = 12
	mostPages     = 120
)

// numbered are the parts of an address that name one thing of its kind.
var numbered = regexp.MustCompile(`/([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]|[0-9]+)(/|$)`)

// kindOf returns the address with what names one thing taken out, and of its
// questions the names alone.
func kindOf(u *url.URL) string {
	path := u.Path
	for numbered.MatchString(path) {
		path = numbered.ReplaceAllString(path, "/:one$2")
	}
	parts := strings.Split(path, "/")
	if len(parts) > 2 && parts[1] == "directory" && !slices.Contains([]string{"new", "import"}, parts[2]) {
		parts[2] = ":one"
	}
	var asks []string
	for name := range u.Query() {
		asks = append(asks, name)
	}
	slices.Sort(asks)
	return strings.Join(parts, "/") + "?" + strings.Join(asks, "&")
}

// elsewhere are the addresses that a crawl leaves alone: what is no page, and
// what ends the visit.
var elsewhere = regexp.MustCompile(`^/(exit|sign-out|static)|/papers/|/export$|/file$|^/api/`)

// crawl walks through the pages of one duty.
type crawl struct {
	t     *testing.T
	page  *Page
	seen  map[string]bool
	kinds map[string]int
	names []string // of people, which no title may hold
	said  map[string]bool
	from  map[string]string // by path, the page that leads there
}

// Every page of every duty answers, has one heading and a title that names
// nobody, breaks no accessibility rule on a desk or a phone, fits the phone,
// and writes no error to the console. The public pages stand in demo_test.go.
func TestEveryPageOfEveryDuty(t *testing.T) {
	prog := Shared(t)
	names := namesOfPeople(t)
	for _, key := range []string{"case_manager", "trooper", "detective", "coordinator", "reviewer", "director", "program", "rhtp_harbor", "ldss_erie", "ldss_tompkins", "administrator", "auditor"} {
		t.Run(key, func(t *testing.T) {
			c := &crawl{t: t, page: seat(t, prog, key, View{ReducedMotion: true}), seen: map[string]bool{}, kinds: map[string]int{}, names: names, said: map[string]bool{}, from: map[string]string{}}
			c.walk(c.page.Path())
			t.Logf("%d pages of %d kinds", len(c.seen), len(c.kinds))
		})
	}
}

// namesOfPeople returns the names of all people in the cases.
func namesOfPeople(t *testing.T) []string {
	t.Helper()
	var out []string
	for n := 1; n <= 10; n++ {
		for name, list := range situationOf(t, n).byName() {
			if name == "familyName" || name == "givenNames" || strings.HasPrefix(name, "otherNames.") && strings.HasSuffix(name, ".name") {
				out = append(out, list...)
			}
		}
	}
	if len(out) < 9 {
		t.Fatalf("the cases have only the names %q", out)
	}
	return out
}

// walk looks at the page of a path and at all pages that its links lead to.
func (c *crawl) walk(first string) {
	c.t.Helper()
	queue := []string{first}
	for len(queue) > 0 && len(c.seen) < mostPages {
		path := queue[0]
		queue = queue[1:]
		if !c.wants(path) {
			continue
		}
		c.page.Look(View{ReducedMotion: true})
		if got := c.page.Open(path); got != http.StatusOK {
			c.t.Errorf("%s, to which %s leads, answers %d", path, c.from[path], got)
			continue
		}
		for _, to := range c.links() {
			if c.from[to] == "" {
				c.from[to] = path
			}
			queue = append(queue, to)
		}
		c.look(path)
	}
	if len(queue) > 0 && len(c.seen) == mostPages {
		c.t.Errorf("%d pages were not looked at", len(queue))
	}
}

// wants reports whether a page is to be looked at, and counts it.
func (c *crawl) wants(path string) bool {
	u, err := url.Parse(path)
	if err != nil || elsewhere.MatchString(u.Path) || c.seen[path] {
		return false
	}
	kind, most := kindOf(u), mostOfKind
	if kind == "/referrals/:one?" {
		most = mostReferrals
	}
	if c.kinds[kind] == most {
		return false
	}
	c.kinds[kind]++
	c.seen[path] = true
	return true
}

// links returns where the links of the page lead on this site.
func (c *crawl) links() []string {
	c.t.Helper()
	return Eval[[]string](c.page, `[...document.querySelectorAll("a[href]")].map(a => new URL(a.href))
		.filter(u => u.origin === location.origin).map(u => u.pathname + u.search)`)
}

// look holds the page against what every page must be.
func (c *crawl) look(path string) {
	c.t.Helper()
	if n := c.page.Count("h1"); n != 1 {
		c.t.Errorf("%s has %d headings of the first level", path, n)
	}
	title := c.page.Title()
	for _, name := range c.names {
		if strings.Contains(strings.ToLower(title), strings.ToLower(name)) {
			c.t.Errorf("%s: the title %q names somebody", path, title)
		}
	}
	c.rules(path, "desk")
	c.page.Look(View{Window: Phone, ReducedMotion: true})
	c.widest()
	Fits(c.t, c.page)
	if u, err := url.Parse(path); err == nil && c.kinds[kindOf(u)] == 1 {
		c.rules(path, "phone")
	}
	for _, problem := range c.page.Problems() {
		c.t.Errorf("%s: %s", path, problem)
	}
}

// widest gives all references on the page the widest letter, for whether a page fits
// must not depend on which letters were drawn.
func (c *crawl) widest() {
	c.t.Helper()
	Eval[bool](c.page, `(() => {
		const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.replace(/\b[0-9A-Z]{4}(-[0-9A-Z]{4}){2}-[0-9A-Z]\b/g, "WWWW-WWWW-WWWW-W");
		return true; })()`)
}

// rules reports each accessibility rule that the page breaks, once for all
// pages that break it at the same place.
func (c *crawl) rules(path, view string) {
	c.t.Helper()
	for _, v := range Violations(c.t, c.page) {
		for _, n := range v.Nodes {
			key := fmt.Sprint(v.ID, n.Target)
			if !c.said[key] {
				c.said[key] = true
				c.t.Errorf("%s (%s) breaks an accessibility rule: %s", path, view, v)
			}
		}
	}
}

// The page of a reviewer on which a withheld answer was asked for is held to
// the same rules; it answers a button, so that no link leads there.
func TestRevealedAnswerIsAPageLikeOthers(t *testing.T) {
	p := seat(t, Shared(t), "reviewer", View{Window: Phone, ReducedMotion: true})
	p.Follow(`main td a[href^="/referrals/"], main th a[href^="/referrals/"]`)
	if got := p.Follow(Button("Show")); got != http.StatusOK {
		t.Fatalf("showing an answer answers %d", got)
	}
	Axe(t, p)
	Fits(t, p)
}
