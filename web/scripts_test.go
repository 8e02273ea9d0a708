package web

import (
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// scripts are the scripts that browsers get, by their names.
func scripts(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(files, "static", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".js") {
			return err
		}
		text, err := fs.ReadFile(files, path)
		all[strings.TrimPrefix(path, "static/")] = string(text)
		return err
	})
	if err != nil || len(all) < 8 {
		t.Fatalf("%d scripts, %v", len(all), err)
	}
	return all
}

// sign is one sign of a script: a name, a number, a text with its quotes, a regular
// expression, or an operator.
type sign struct {
	kind byte // 'n'ame, '0' number, '"' text, '/' regular expression, '.' operator
	text string
	line int
}

var (
	space   = regexp.MustCompile(`^(?:\s+|//[^\n]*|/\*(?s:.*?)\*/)`)
	name    = regexp.MustCompile(`^[\p{L}_$#][\p{L}\p{N}_$]*`)
	number  = regexp.MustCompile(`^(?:0[xX][0-9a-fA-F_]+|[0-9][0-9_]*(?:\.[0-9_]+)?(?:[eE][-+]?[0-9]+)?n?)`)
	quoted  = regexp.MustCompile(`^(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')`)
	pattern = regexp.MustCompile(`^/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*`)
	// The longest first; what is not among them is one character.
	operator = regexp.MustCompile(`^(?:>>>=|\.\.\.|===|!==|\*\*=|<<=|>>=|>>>|&&=|\|\|=|\?\?=|=>|==|!=|<=|>=|\+\+|--|\+=|-=|\*=|/=|%=|&=|\|=|\^=|&&|\|\||\?\?|\?\.|\*\*|<<|>>|.)`)
	words    = strings.Fields("return typeof case in of delete do else void throw new yield await instanceof const let var import export")
)

// ends says whether a value can end with s, so that what follows goes on with it.
func (s sign) ends() bool {
	switch s.kind {
	case 'n':
		return !slices.Contains(words, s.text)
	case '.':
		return s.text == ")" || s.text == "]" || s.text == "?."
	}
	return s.kind != 0
}

// signs reads a script. What stands in a text with ${} is read as well.
func signs(text string, line int) ([]sign, error) {
	var out []sign
	for text != "" {
		var last sign
		if len(out) > 0 {
			last = out[len(out)-1]
		}
		found := space.FindString(text)
		switch s := (sign{line: line}); {
		case found != "":
		case text[0] == '`':
			inner, n, err := template(text, line)
			if err != nil {
				return nil, err
			}
			out, found = append(append(out, sign{'"', "``", line}), inner...), text[:n]
			out = append(out, sign{'"', "``", line})
		default:
			for kind, re := range map[byte]*regexp.Regexp{'n': name, '0': number, '"': quoted} {
				if m := re.FindString(text); m != "" {
					s.kind, found = kind, m
				}
			}
			if found == "" && text[0] == '/' && !last.ends() {
				s.kind, found = '/', pattern.FindString(text)
			}
			if found == "" {
				s.kind, found = '.', operator.FindString(text)
			}
			if s.text = found; found == "" || s.kind == '.' && strings.ContainsAny(found, "\"'`\\") {
				return nil, fmt.Errorf("line %d: nobody can read %.20q", line, text)
			}
			out = append(out, s)
		}
		line += strings.Count(found, "\n")
		text = text[len(found):]
	}
	return out, nil
}

// template reads a text with ${} that text begins with: the signs within, and how
// many bytes it is long.
func template(text string, line int) (inner []sign, n int, err error) {
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case text[i] == '`':
			return inner, i + 1, nil
		case strings.HasPrefix(text[i:], "${"):
			end := strings.IndexByte(text[i:], '}') // one without braces of its own
			if end < 0 || strings.ContainsAny(text[i+2:i+end], "{`") {
				return nil, 0, fmt.Errorf("line %d: nobody can read %.20q", line, text[i:])
			}
			more, err := signs(text[i+2:i+end], line)
			if err != nil {
				return nil, 0, err
			}
			inner, i = append(append(append(inner, sign{'.', "(", line}), more...), sign{'.', ")", line}), i+end
		}
	}
	return nil, 0, fmt.Errorf("line %d: a text does not end", line)
}

// foreign is where a script lets a name that it computes choose a property.
type foreign struct {
	what string // the words of the script
	how  string
	line int
}

var (
	assigns = strings.Fields("= += -= *= /= %= **= <<= >>= >>>= &= |= ^= &&= ||= ??= ++ --")
	// common is what reaches all objects at once, or copies whatever names there are.
	common = strings.Fields("__proto__ prototype constructor setPrototypeOf defineProperty defineProperties fromEntries Reflect eval Function __defineSetter__ __defineGetter__ __lookupGetter__ __lookupSetter__")
)

// strangers finds each of them.
func strangers(s []sign) (out []foreign) {
	at := func(i int) sign {
		if i < 0 || i >= len(s) {
			return sign{}
		}
		return s[i]
	}
	for i, one := range s {
		add := func(from, to int, how string) { out = append(out, foreign{joinedSigns(s[from : to+1]), how, one.line}) }
		switch {
		case one.kind == 'n' && slices.Contains(common, one.text), one.kind == '"' && slices.Contains(common, strings.Trim(one.text, `"'`)):
			add(i, i, "reaches what all objects have in common")
		case one.kind == 'n' && one.text == "in":
			add(start(s, i-1), i+1, "asks for")
		case one.text == "assign" && at(i-1).text == "." && at(i-2).text == "Object":
			for _, from := range arguments(s, i+1)[1:] {
				if at(from).text != "{" {
					add(i-2, from, "copies whatever names there are")
				}
			}
		case one.kind == '.' && one.text == "[":
			end := closing(s, i)
			alone := end == i+2 && (at(i+1).kind == '0' || at(i+1).kind == '"' && at(i+1).text != "``" && !slices.Contains(common, strings.Trim(at(i+1).text, `"'`)))
			from := start(s, i-1)
			switch {
			case alone:
			case !at(i - 1).ends():
				if before, after := at(i-1).text, at(end+1).text; (before == "{" || before == ",") && (after == ":" || after == "(") {
					add(i, end, "makes")
				}
			case slices.Contains(assigns, at(end+1).text), at(from-1).text == "++", at(from-1).text == "--", at(from-1).text == "delete":
				add(from, end, "writes")
			default:
				add(from, end, "reads")
			}
		}
	}
	return out
}

// closing is where the bracket at i is closed.
func closing(s []sign, i int) int {
	depth := 0
	for j := i; j < len(s); j++ {
		if s[j].kind != '.' {
			continue
		}
		switch s[j].text {
		case "[", "(", "{":
			depth++
		case "]", ")", "}":
			if depth--; depth == 0 {
				return j
			}
		}
	}
	return len(s) - 1
}

// opening is where the bracket is opened that is closed at i.
func opening(s []sign, i int) int {
	depth := 0
	for j := i; j >= 0; j-- {
		switch {
		case s[j].kind != '.':
		case strings.Contains(")]}", s[j].text):
			depth++
		case strings.Contains("([{", s[j].text):
			if depth--; depth == 0 {
				return j
			}
		}
	}
	return 0
}

// start is where the value begins that ends at i: names with dots between, calls and
// what stands in brackets.
func start(s []sign, i int) int {
	for i > 0 {
		switch {
		case s[i].text == "?.":
			i--
		case s[i].kind == '.' && (s[i].text == ")" || s[i].text == "]"):
			if i = opening(s, i); i == 0 || !s[i-1].ends() {
				return i
			}
			i--
		case i > 1 && (s[i-1].text == "." || s[i-1].text == "?."):
			i -= 2
		default:
			return i
		}
	}
	return 0
}

// arguments are where those of the call whose bracket stands at i begin.
func arguments(s []sign, i int) []int {
	list, end := []int{i + 1}, closing(s, i)
	for j := i + 1; j < end; j++ {
		switch {
		case s[j].kind != '.':
		case strings.Contains("([{", s[j].text):
			j = closing(s, j)
		case s[j].text == ",":
			list = append(list, j+1)
		}
	}
	return list
}

func joinedSigns(list []sign) string {
	var b strings.Builder
	for _, s := range list {
		if s.text == "in" {
			s.text = " in "
		}
		b.WriteString(s.text)
	}
	return b.String()
}

// known are the places in which a script reads by a name that it computes, each with
// the reason for which no stranger chooses the name. None is written by.
var known = map[string]string{
	"js/2-when.js: reads earlier[name]":               "the name is one of the form's questions, out of data-when",
	"js/3-save.js: asks for response.status in words": "a status of HTTP is a number",
	"js/3-save.js: reads words[response.status]":      "a status of HTTP is a number",
	"js/6-session.js: asks for name in more":          "what is sent more is written in this script",
	"js/6-session.js: reads more[name]":               "what is sent more is written in this script",
	"staffjs/1-queue.js: reads links[next]":           "a place in a list",
}

// No script writes under a name that it computes, copies names that it does not know,
// or touches what all objects have in common: a name that a stranger chose changes
// nothing but a Map or a FormData. Where one is read by, there is a reason.
func TestScriptsPolluteNothing(t *testing.T) {
	found := map[string]bool{}
	for file, text := range scripts(t) {
		list, err := signs(text, 1)
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		for _, f := range strangers(list) {
			place := file + ": " + f.how + " " + f.what
			if found[place] = true; known[place] == "" {
				t.Errorf("line %d of %s", f.line, place)
			}
		}
	}
	for place := range maps.Keys(known) {
		if !found[place] {
			t.Errorf("no longer there: %s", place)
		}
	}
}

// What would let a stranger's name through is found wherever it stands, and what only
// looks like it is not.
func TestScriptsPollutionIsFound(t *testing.T) {
	for text, want := range map[string]string{
		`left[name] = value;`:                "writes left[name]",
		`a.b[key] ||= {};`:                   "writes a.b[key]",
		`list(x)[i] += 1`:                    "writes list(x)[i]",
		`a[b][c] = d`:                        "reads a[b]; writes a[b][c]",
		"o[`${k}`] = 1":                      "writes o[``(k)``]",
		`o ?. [k] = 1`:                       "writes o?.[k]",
		`delete o[k]`:                        "writes o[k]",
		`o[k]++`:                             "writes o[k]",
		"o\n  [k]\n  = 1":                    "writes o[k]",
		`o[/* "x" */ k] = 1`:                 "writes o[k]",
		`o.__proto__ = {}`:                   "reaches what all objects have in common __proto__",
		`o["__proto__"].x = 1`:               "reads o[\"__proto__\"]; reaches what all objects have in common \"__proto__\"",
		`Object.assign(o, JSON.parse(text))`: "copies whatever names there are Object.assign(o,JSON",
		`Object.assign({}, {}, more)`:        "copies whatever names there are Object.assign({},{},more",
		`const o = { [name]: 1 };`:           "makes [name]",
		`const o = { a, [name](x) {} };`:     "makes [name]",
		`return Object.fromEntries(new FormData(form));`:   "reaches what all objects have in common fromEntries",
		"say(`${words[code]} and ${1}`)":                   "reads words[code]",
		`if (key in o) go()`:                               "asks for key in o",
		`const re = /[^\]"]/g; o[k] = 1`:                   "writes o[k]",
		`const n = a / b; o[k] = c / d`:                    "writes o[k]",
		`const [a, b] = pair;`:                             "",
		`let x; [a, b] = pair;`:                            "",
		`for (const [k, v] of map) left.set(k, v)`:         "",
		`Object.assign(make(tag), { textContent: w, id })`: "",
		`values[0] = 1; a["x"] = 2`:                        "",
		`// left[name] = value`:                            "",
		`say("left[name] = value")`:                        "",
		"say(`left[name] = value`)":                        "",
		`text.replace(/left[name]=/g, "")`:                 "",
		`return [a].map((x) => [x, 1]);`:                   "",
	} {
		list, err := signs(text, 1)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
		var got []string
		for _, f := range strangers(list) {
			got = append(got, f.how+" "+f.what)
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{"`${a", "`${ {} }`", `"open`, `'open`} {
		if list, err := signs(text, 1); err == nil {
			t.Errorf("%s is read as %v", text, list)
		}
	}
}
