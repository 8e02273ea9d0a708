package forms

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A Purpose is why a section is asked for or written, and what permits it.
type Purpose struct {
	Section string
	Why     string
	Law     string
}

// lawCollect is what the State may hold at all.
const lawCollect = "Public Officers Law 94(1)(a): what is relevant and necessary (recalled, not verified)"

// Purposes is the purpose of every section. A section without one fails a test:
// what serves nothing is not asked.
//
// Law: Public Officers Law 91-99; 34 USC 12291(b)(2).
var Purposes = []Purpose{
	{"A", "To know who refers and by what right, and to consult them.", "SSL 483-cc(a), (b)"},
	{"B", "To pass on only what the person agreed to, to whom, and until when.", "28 CFR 94.115; 34 USC 12291(b)(2)"},
	{"C", "To know whom the determination is about, and whether it is a child.", "SSL 483-cc(b); 9 NYCRR 6174.3(d)"},
	{"D", "To reach the person in a way that is safe, and in no other.", "SSL 483-bb(b); 28 CFR 94.115"},
	{"E", "To be understood.", "Executive Law 202-a"},
	{"F", "To find who can help; it decides the recipient and nothing else.", "SSL 483-bb; 8 USC 1367 (recalled, not verified)"},
	{"G", "To decide by the elements of the law.", "22 USC 7102(11), 7105; 9 NYCRR 6174.3(d)"},
	{"H", "To know of proceedings that bear on safety and on help.", "9 NYCRR 6174.3(d)"},
	{"I", "To do what the law asks for a child.", "SSL 483-cc(b), 413; 22 USC 7105(b)"},
	{"J", "To find the help that is wanted.", "SSL 483-bb(b)"},
	{"K", "To act in time where somebody is in danger.", "SSL 483-bb(b)"},
	{"M", "To show what supports the referral.", lawCollect},
	{"N", "To know who answers for what was written.", "SSL 483-cc(a)"},
	{"S1", "To show that what was received is what was sent, and when it is due.", "9 NYCRR 6174.3(b)"},
	{"S2", "To show that those were consulted whom the law names.", "SSL 483-cc(b)"},
	{"S3", "To show how each element was found.", "22 USC 7102(11), 7105"},
	{"S4", "To say what was decided, why, and what can be done about it.", "SSL 483-cc(b); 9 NYCRR 6174.3(b), (c); 18 NYCRR 765.1"},
	{"S5", "To add facts, and keep what was said first.", "9 NYCRR 6174.3(d)"},
	{"S6", "To keep earlier determinations on the record.", "18 NYCRR 765.1"},
	{"S7", "To help one person once, whoever referred them.", "SSL 483-cc(b)"},
	{"T1", "To hand the person over to somebody who accepts.", "SSL 483-bb, 483-cc(b)"},
	{"T2", "To know that somebody reached the person.", "SSL 483-bb(b); State Comptroller, March 2025"},
}

// PurposeOf returns the purpose of a section, and whether there is one.
func PurposeOf(section string) (Purpose, bool) {
	at := slices.IndexFunc(Purposes, func(p Purpose) bool { return p.Section == section })
	if at < 0 {
		return Purpose{}, false
	}
	return Purposes[at], true
}

// only are the conditions on a reader, in words.
var only = map[string]string{OnlyMasked: "masked", OnlyConsult: "in a consultation, masked", OnlyRelease: "as the release allows", OnlyHealth: "as the release covers health"}

// DataMap writes, for every question and fact, why it is there, what permits it
// and who reads it, as Markdown: the file docs/security/fields.md. The error is
// the writer's.
func DataMap(w io.Writer) error {
	var b bytes.Buffer
	b.WriteString("# What is held of a person\n\nMade from the declaration of the form; do not edit it by hand. All of it lies sealed under the key of its referral, and ends with that key: " +
		"see the schedule of retention in `docs/rules.md`.\n\nReaders: R the referrer, of the own referral · V DCJS · O OTDA · P a provider, L a local department, to whom the person was handed over · " +
		"A the auditor, codes and dates · N the notice about a minor · S numbers only. A referrer reads every answer of the own referral.\n")
	for _, form := range []*Form{Questions, Reviews, Routes} {
		for _, s := range form.Sections {
			p, _ := PurposeOf(s.ID)
			fmt.Fprintf(&b, "\n## %s. %s\n\n%s *%s*\n\n| Id | What | Read by |\n| --- | --- | --- |\n", s.ID, s.Told, p.Why, p.Law)
			mapFields(&b, s.Fields)
		}
	}
	if _, err := b.WriteTo(w); err != nil {
		return fmt.Errorf("forms: writing the map of data: %w", err)
	}
	return nil
}

func mapFields(b *bytes.Buffer, fields []*Field) {
	for _, f := range fields {
		fmt.Fprintf(b, "| %s | %s | %s |\n", f.ID, strings.ReplaceAll(f.Told, "|", "/"), f.readers())
		mapFields(b, f.Fields)
	}
}

// readers are who reads f, with what must hold besides.
func (f *Field) readers() string {
	var out []string
	for r, cond := range f.Sees {
		one := string(r)
		if cond != "" {
			one += " (" + only[cond] + ")"
		}
		out = append(out, one)
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}
