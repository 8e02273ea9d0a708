package directory

import (
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// column is one column of a directory file and one field of Contact. Either
// text or list is set. wrong says in plain words what is wrong with a cell (or
// with one entry of a list) that is not empty, or "".
type column struct {
	name  string
	must  bool
	text  func(*Contact) *string
	list  func(*Contact) *[]string
	wrong func(string) string
}

// columns returns the columns in the order in which Write puts them. Parse,
// Write and Diff walk it.
func columns() []column {
	return []column{
		{name: "key", must: true, text: func(c *Contact) *string { return &c.Key }, wrong: wrongKey},
		{name: "kind", must: true, text: func(c *Contact) *string { return (*string)(&c.Kind) }, wrong: wrongKind},
		{name: "district", text: func(c *Contact) *string { return &c.District }, wrong: wrongDistrict},
		{name: "name", must: true, text: func(c *Contact) *string { return &c.Name }},
		{name: "counties", list: func(c *Contact) *[]string { return &c.Counties }, wrong: wrongCounty},
		{name: "region", text: func(c *Contact) *string { return &c.Region }, wrong: wrongRegion},
		{name: "languages", list: func(c *Contact) *[]string { return &c.Languages }, wrong: wrongCode},
		{name: "specialties", list: func(c *Contact) *[]string { return &c.Specialties }, wrong: wrongCode},
		{name: "phone", text: func(c *Contact) *string { return &c.Phone }, wrong: wrongPhone},
		{name: "address", text: func(c *Contact) *string { return &c.Address }},
		{name: "email", text: func(c *Contact) *string { return &c.Email }, wrong: wrongEmail},
		{name: "url", text: func(c *Contact) *string { return &c.URL }, wrong: wrongURL},
		{name: "source", text: func(c *Contact) *string { return &c.Source }},
		{name: "verified_on", text: func(c *Contact) *string { return &c.VerifiedOn }, wrong: wrongDay},
		{name: "verified_by", text: func(c *Contact) *string { return &c.VerifiedBy }},
		{name: "verified_how", text: func(c *Contact) *string { return &c.VerifiedHow }},
		{name: "valid_from", text: func(c *Contact) *string { return &c.ValidFrom }, wrong: wrongDay},
		{name: "valid_to", text: func(c *Contact) *string { return &c.ValidTo }, wrong: wrongDay},
	}
}

// cell returns the text of the column in c; a list is sorted and joined with
// semicolons.
func (k column) cell(c *Contact) string {
	if k.text != nil {
		return *k.text(c)
	}
	return strings.Join(slices.Sorted(slices.Values(*k.list(c))), ";")
}

// mostLetters is the longest cell, in characters.
const mostLetters = 1000

// put writes a cell into c, or says in plain words what is wrong with it.
func (k column) put(c *Contact, cell string) string {
	if wrong := wrongText(cell); wrong != "" {
		return wrong
	}
	if cell == "" && k.must {
		return "is empty, but every line needs it"
	}
	if k.list != nil {
		entries, wrong := k.entries(cell)
		*k.list(c) = entries
		return wrong
	}
	if cell != "" && k.wrong != nil {
		if wrong := k.wrong(cell); wrong != "" {
			return wrong
		}
	}
	*k.text(c) = cell
	return ""
}

// entries splits a list and sorts it.
func (k column) entries(cell string) (entries []string, wrong string) {
	if cell == "" {
		return nil, ""
	}
	for entry := range strings.SplitSeq(cell, ";") {
		entry = strings.TrimSpace(entry)
		if wrong := k.wrong(entry); wrong != "" {
			return nil, wrong
		}
		if slices.Contains(entries, entry) {
			return nil, "names " + entry + " twice"
		}
		entries = append(entries, entry)
	}
	slices.Sort(entries)
	return entries, ""
}

// wrongText says what no cell may hold, so that nothing is shown otherwise
// than it is stored.
func wrongText(s string) string {
	switch {
	case !utf8.ValidString(s):
		return "is not UTF-8 text; save the file as \"CSV UTF-8\""
	case strings.ContainsRune(s, 0):
		return "holds a zero byte; this may not be a text file"
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }):
		return "holds a line break or another character that is not shown"
	case utf8.RuneCountInString(s) > mostLetters:
		return "is longer than 1,000 characters"
	}
	return ""
}

var (
	keyForm   = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	codeForm  = regexp.MustCompile(`^[a-z0-9]+(_[a-z0-9]+)*$`)
	phoneForm = regexp.MustCompile(`^[+(]?[0-9][0-9 ().-]{1,30}[0-9]( ?(x|ext\.?) ?[0-9]{1,6})?$`)
)

func wrongKey(s string) string {
	if !keyForm.MatchString(s) || len(s) > 80 {
		return "is not a key: lower-case letters, digits and single hyphens, like ldss-erie-child, 80 at most"
	}
	return ""
}

func wrongCode(s string) string {
	if !codeForm.MatchString(s) || len(s) > 80 {
		return "is not a list of codes like spanish;chinese_mandarin"
	}
	return ""
}

func wrongKind(s string) string {
	if slices.Contains(Kinds(), Kind(s)) {
		return ""
	}
	names := make([]string, 0, len(Kinds()))
	for _, k := range Kinds() {
		names = append(names, string(k))
	}
	return "is none of " + strings.Join(names, ", ")
}

func wrongCounty(s string) string {
	if wrong := wrongCode(s); wrong != "" {
		return "is not a list of counties like new_york;st_lawrence"
	}
	if _, ok := CountyOf(s); !ok {
		return "names " + s + ", which is no county of New York"
	}
	return ""
}

func wrongDistrict(s string) string {
	if !slices.ContainsFunc(known().districts, func(d District) bool { return d.Code == s }) {
		return "is no social services district: a county like st_lawrence, or new_york_city"
	}
	return ""
}

func wrongRegion(s string) string {
	if s != NewYorkCity && s != MetroArea && s != RestOfState {
		return "is none of " + NewYorkCity + ", " + MetroArea + ", " + RestOfState
	}
	return ""
}

func wrongPhone(s string) string {
	if !phoneForm.MatchString(s) {
		return "is not one phone number like 518-555-0123 or 518-555-0123 ext. 4"
	}
	return ""
}

func wrongEmail(s string) string {
	if a, err := mail.ParseAddress(s); err != nil || a.Address != s {
		return "is not one email address like desk@example.org"
	}
	return ""
}

func wrongURL(s string) string {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Hostname() == "" || u.User != nil {
		return "is not a web address like https://example.org/contact"
	}
	return ""
}

func wrongDay(s string) string {
	if t, err := time.Parse(time.DateOnly, s); err != nil || t.Year() < 2000 || t.Year() > 2199 {
		return "is not a day like 2026-11-03"
	}
	return ""
}

// wrongTogether says which column of a line contradicts the others.
func wrongTogether(c Contact) (name, wrong string) {
	switch {
	case c.Kind != State && len(c.Counties) == 0 && c.District == "" && c.Region == "":
		return "counties", "is empty, and so are district and region: the line serves nobody"
	case c.VerifiedOn != "" && c.VerifiedBy == "":
		return "verified_by", "is empty, but verified_on is not: say who asked"
	case c.VerifiedOn == "" && c.VerifiedBy != "":
		return "verified_on", "is empty, but verified_by is not: say on which day"
	case c.ValidFrom != "" && c.ValidTo != "" && c.ValidTo < c.ValidFrom:
		return "valid_to", "is before valid_from"
	}
	return "", ""
}
