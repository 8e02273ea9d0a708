package policy_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"nysreferral/forms"
)

// reading is, by id, the readers of an answer with what must hold besides.
type reading map[string]map[string]string

func readers(t *testing.T) reading {
	t.Helper()
	out := reading{}
	for _, line := range lines(t, "fields.txt") {
		words := strings.Fields(line)
		if out[words[0]] != nil {
			t.Errorf("fields.txt: %s stands twice", words[0])
		}
		out[words[0]] = map[string]string{}
		for _, word := range words[1:] {
			reader, besides, _ := strings.Cut(word, ":")
			out[words[0]][reader] = besides
		}
	}
	return out
}

// of returns who reads the answer of that id: its own line, or that of the
// question that it is a part of.
func (r reading) of(id string) map[string]string {
	for {
		if line, ok := r[id]; ok {
			return line
		}
		dot := strings.LastIndex(id, ".")
		if dot < 0 {
			return nil
		}
		id = id[:dot]
	}
}

// circumstance is under what somebody reads.
type circumstance struct{ consulting, release, health, asked bool }

// reads reports whether the table lets reader read the answer itself.
func (r reading) reads(id, reader string, c circumstance) bool {
	besides, ok := r.of(id)[reader]
	return ok && map[string]bool{"": true, "masked": c.asked, "consult": c.consulting && c.asked, "release": c.release, "health": c.health}[besides]
}

// leaves are the questions of a form that hold an answer themselves.
func leaves(fields []*forms.Field) []*forms.Field {
	var out []*forms.Field
	for _, f := range fields {
		if f.Leaf() {
			out = append(out, f)
			continue
		}
		out = append(out, leaves(f.Fields)...)
	}
	return out
}

// all is every leaf of everything that is read of a referral, by id.
func all() map[string]*forms.Field {
	out := map[string]*forms.Field{}
	for _, form := range []*forms.Form{forms.Questions, forms.Reviews, forms.Routes} {
		for _, s := range form.Sections {
			for _, f := range leaves(s.Fields) {
				out[f.ID] = f
			}
		}
	}
	return out
}

// Every question has a line in the table, and no line is of no question.
func TestFieldsAreAllThere(t *testing.T) {
	table, every := readers(t), all()
	for id := range every {
		held(t, len(table.of(id)) > 0, "%s has no line in fields.txt", id)
	}
	for id := range table {
		used := slices.ContainsFunc(sorted(every), func(one string) bool { return one == id || strings.HasPrefix(one, id+".") })
		held(t, used, "%s of fields.txt is no question", id)
	}
}

func sorted(every map[string]*forms.Field) []string {
	var out []string
	for id := range every {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// The declaration lets exactly those read an answer whom the table lets, under
// each circumstance, for every question and reader.
func TestFieldsByDeclaration(t *testing.T) {
	table := readers(t)
	for id, f := range all() {
		for _, reader := range forms.Readers() {
			for n := range 16 {
				c := circumstance{n&1 > 0, n&2 > 0, n&4 > 0, n&8 > 0}
				got, want := declared(f, reader, c), table.reads(id, string(reader), c)
				held(t, got == want, "%s is read by %s with %+v: %v, want %v", id, reader, c, got, want)
			}
		}
	}
}

// declared reads the declaration's own map, as forms.View does.
func declared(f *forms.Field, reader forms.Reader, c circumstance) bool {
	besides, ok := f.Sees[reader]
	return ok && map[string]bool{"": true, forms.OnlyMasked: c.asked, forms.OnlyConsult: c.consulting && c.asked, forms.OnlyRelease: c.release, forms.OnlyHealth: c.health}[besides]
}

// The view shows of a referral that answers every question exactly what the
// table lets the reader read, as data and as text.
func TestFieldsByView(t *testing.T) {
	table := readers(t)
	for _, how := range []map[string]string{grown, child} {
		r, marks := marked(t, how)
		r.SourceKind = "social_service_provider"
		marks = applying(t, r, marks)
		for _, reader := range forms.Readers() {
			for n := range 16 {
				c := circumstance{n&1 > 0, n&2 > 0, n&4 > 0, n&8 > 0}
				sight := forms.Sight{Reader: reader, Consulting: c.consulting, Release: c.release, Health: c.health, Revealed: map[string]bool{}}
				for id := range all() {
					sight.Revealed[id] = c.asked
				}
				text, err := json.Marshal(forms.NewView(sight, r, nil).Parts)
				if err != nil {
					t.Fatal(err)
				}
				for mark, id := range marks {
					want := table.reads(id, string(reader), c)
					if reader == forms.ReadsAuditor {
						want = false // an auditor reads no words
					}
					held(t, strings.Contains(string(text), mark) == want, "%s stands in the view of %s with %+v: want %v", id, reader, c, want)
				}
			}
		}
	}
}

// applying leaves out the marks of questions that do not apply to the answers.
func applying(t *testing.T, r *forms.Referral, marks map[string]string) map[string]string {
	t.Helper()
	asked := r.Clone()
	forms.Questions.Prune(asked)
	text, err := json.Marshal(asked)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for mark, id := range marks {
		if strings.Contains(string(text), mark) {
			out[mark] = id
		}
	}
	if len(out) < 50 {
		t.Fatalf("only %d marks apply", len(out))
	}
	return out
}
