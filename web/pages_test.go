package web

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// Every page is whole and usable: one h1, a title, a language, labels bound to
// their inputs, unique ids, links within the page that lead somewhere, and
// nothing inline or from elsewhere.
func TestPagesAreWellFormed(t *testing.T) {
	for _, s := range stories() {
		t.Run(s.Name, func(t *testing.T) {
			page := draw(t, s.Page)
			balanced(t, page)
			checkPage(t, page)
		})
	}
}

// The check of pages finds each fault that it is for.
func TestCheckerFindsFaults(t *testing.T) {
	const whole = `<!DOCTYPE html><html lang="en"><head><title>T</title></head><body><main><h1>T</h1>%s</main></body></html>`
	for _, part := range []string{
		`<h1>Two</h1>`, `<p style="color:red">x</p>`, `<script>1</script>`, `<style>p{}</style>`, `<button onclick="x()">x</button>`,
		`<a href="https://example.org/">x</a>`, `<img src="//example.org/x.png" alt="">`, `<input id="a" name="a">`, `<label for="b">x</label>`,
		`<p id="c"></p><p id="c"></p>`, `<input type="hidden" aria-describedby="nowhere">`, `<a href="#nowhere">x</a>`, `<a href="javascript:x()">x</a>`,
		`<form method="get" action="/x"></form>`, `<img src="/x.png">`,
	} {
		if len(faults(fmt.Sprintf(whole, part))) == 0 {
			t.Errorf("not found: %s", part)
		}
	}
	if f := faults(fmt.Sprintf(whole, `<label for="a">A</label><input id="a" name="a">`)); len(f) > 0 {
		t.Errorf("found in a whole page: %v", f)
	}
}

func checkPage(t *testing.T, page string) {
	t.Helper()
	for _, f := range faults(page) {
		t.Error(f)
	}
}

// faults returns what is wrong with a page.
func faults(page string) []string {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return []string{err.Error()}
	}
	c := &pageCheck{ids: map[string]int{}, count: map[string]int{}, labels: map[string]bool{}}
	if !strings.HasPrefix(page, "<!doctype html>") && !strings.HasPrefix(page, "<!DOCTYPE html>") {
		c.say("no doctype")
	}
	c.walk(root)
	c.whole()
	return c.found
}

// pageCheck walks one page and notes what is wrong.
type pageCheck struct {
	found  []string
	ids    map[string]int
	count  map[string]int
	labels map[string]bool
	points []string
	inputs []string
}

func (c *pageCheck) say(format string, args ...any) {
	c.found = append(c.found, fmt.Sprintf(format, args...))
}

func (c *pageCheck) walk(n *html.Node) {
	if n.Type == html.ElementNode {
		c.element(n)
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		c.walk(child)
	}
}

func (c *pageCheck) element(n *html.Node) {
	c.count[n.Data]++
	for _, a := range n.Attr {
		c.attribute(n, a)
	}
	switch n.Data {
	case "html":
		if attr(n, "lang") == "" {
			c.say("no language")
		}
	case "title":
		if n.FirstChild == nil || strings.TrimSpace(n.FirstChild.Data) == "" {
			c.say("no title")
		}
	case "style":
		c.say("inline style sheet")
	case "script":
		if attr(n, "src") == "" || n.FirstChild != nil {
			c.say("inline script")
		}
	case "img":
		if !has(n, "alt") {
			c.say("picture without words")
		}
	case "form":
		if attr(n, "method") != "post" {
			c.say("form that puts answers in the address")
		}
	case "input", "select", "textarea":
		if kind := attr(n, "type"); kind != "hidden" && kind != "submit" && !inLabel(n) {
			c.inputs = append(c.inputs, attr(n, "id"))
		}
	case "label":
		if target := attr(n, "for"); target != "" {
			c.labels[target] = true
			c.points = append(c.points, target)
		} else if !hasInput(n) {
			c.say("label of nothing")
		}
	}
}

func (c *pageCheck) attribute(n *html.Node, a html.Attribute) {
	switch {
	case a.Key == "id":
		c.ids[a.Val]++
	case a.Key == "style":
		c.say("inline style on %s", n.Data)
	case strings.HasPrefix(a.Key, "on"):
		c.say("inline script %s on %s", a.Key, n.Data)
	case a.Key == "aria-describedby", a.Key == "aria-labelledby", a.Key == "list":
		c.points = append(c.points, strings.Fields(a.Val)...)
	case a.Key == "href" || a.Key == "src" || a.Key == "action" || strings.HasPrefix(a.Key, "data-leave") && strings.Contains(a.Val, "://"):
		c.address(a)
	}
}

func (c *pageCheck) address(a html.Attribute) {
	v := a.Val
	switch {
	case strings.HasPrefix(v, "#"):
		c.points = append(c.points, v[1:])
	case strings.HasPrefix(v, "//"):
		c.say("address of another site: %s", v)
	case strings.HasPrefix(v, "/"), strings.HasPrefix(v, "tel:"), strings.HasPrefix(v, "sms:"):
	default:
		c.say("address of another site or kind: %q", v)
	}
}

func (c *pageCheck) whole() {
	if c.count["h1"] != 1 {
		c.say("%d headings of level 1", c.count["h1"])
	}
	if c.count["main"] != 1 {
		c.say("%d main parts", c.count["main"])
	}
	for id, n := range c.ids {
		if n > 1 || id == "" {
			c.say("id %q stands %d times", id, n)
		}
	}
	for _, p := range c.points {
		if c.ids[p] == 0 {
			c.say("nothing has the id %q", p)
		}
	}
	for _, id := range c.inputs {
		if !c.labels[id] {
			c.say("input %q has no label", id)
		}
	}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}

func inLabel(n *html.Node) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data == "label" {
			return true
		}
	}
	return false
}

func hasInput(n *html.Node) bool {
	for child := range n.Descendants() {
		if child.Data == "input" {
			return true
		}
	}
	return false
}

// balanced complains when a tag is closed that is not the one open.
func balanced(t *testing.T, page string) {
	t.Helper()
	void := map[string]bool{"meta": true, "link": true, "input": true, "br": true, "img": true, "hr": true}
	var open []string
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				t.Errorf("never closed: %v", open)
			}
			return
		case html.StartTagToken:
			if name, _ := z.TagName(); !void[string(name)] {
				open = append(open, string(name))
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if len(open) == 0 || open[len(open)-1] != string(name) {
				t.Fatalf("%s is closed while %v is open", name, open)
			}
			open = open[:len(open)-1]
		}
	}
}
