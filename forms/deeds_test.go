package forms

import (
	"slices"
	"strings"
	"testing"
)

// A hand-over is given back with one choice; "other" wants words, and so does
// whatever always did. What the page of another act asks is not taken.
func TestOtherWantsWords(t *testing.T) {
	for _, tt := range []struct {
		act  string
		deed Deed
		want string
	}{
		{"handover.return", Deed{}, "returnReason"},
		{"handover.return", Deed{Deeds{ReturnReason: "other"}}, "reason"},
		{"handover.return", Deed{Deeds{ReturnReason: "other", Reason: "The building burned."}}, ""},
		{"handover.return", Deed{Deeds{ReturnReason: "capacity"}}, ""},
		{"handover.close", Deed{Deeds{CloseReason: "other"}}, "reason"},
		{"handover.close", Deed{Deeds{CloseReason: "moved_away"}}, ""},
		{"handover.reroute", Deed{Deeds{Contact: "a-line"}}, "reason"},
		{"handover.serve", Deed{Deeds{Services: "A bed"}}, "servicesStarted"},
	} {
		form := FormOf(tt.act)
		got := form.Check(&tt.deed, "2026-11-02")
		if tt.want == "" && len(got) > 0 || tt.want != "" && got.Of(tt.want) == "" {
			t.Errorf("%s of %+v: %+v, want a problem at %q", tt.act, tt.deed, []Problem(got), tt.want)
		}
		if has := form.HasReason(&tt.deed); has != (got.Of("reason") == "" && got.Of("returnReason") == "" && tt.act != "handover.serve") {
			t.Errorf("%s of %+v has a reason: %v", tt.act, tt.deed, has)
		}
	}
}

// The services that can begin are the needs that the form asks about, by the
// same names and in the same words.
func TestHelpIsWhatIsNeeded(t *testing.T) {
	var names []string
	for _, f := range Questions.Field("needs").Fields {
		if f.Kind == KindChoice {
			names = append(names, f.Path[len("needs."):])
		}
	}
	started := FormOf("handover.serve").Field("servicesStarted")
	if !slices.Equal(names, started.Codes) {
		t.Fatalf("%v, want %v", started.Codes, names)
	}
	for i, name := range names {
		if want := Questions.Field("needs." + name).Label; started.Labels[i] != want {
			t.Errorf("%s reads %q, want %q", name, started.Labels[i], want)
		}
	}
}

// Every act asks in words that belong to it: who writes that the person was
// reached, or says no, is asked how they spoke, and never how somebody tried. The
// words are those of the page and of the refusal, and other acts keep theirs.
func TestActsAskInTheirOwnWords(t *testing.T) {
	for _, tt := range []struct{ act, field, label, missing string }{
		{"handover.attempt", "how", "How?", "Choose how you tried."},
		{"handover.reach", "how", "How did you speak with the person?", "Choose how you spoke with the person."},
		{"handover.refuse", "how", "How did the person say so?", "Choose how the person said so."},
		{"handover.refuse", "note", "What did the person say?", "Write what the person said."},
		{"handover.attempt", "note", "Note", "Write the note."},
	} {
		form := FormOf(tt.act)
		f := form.Field(tt.field)
		if f.Label != tt.label || f.Missing != tt.missing || !slices.Contains(form.Fields, f) || !slices.Contains(form.Sections[0].Fields, f) || form.ByID(tt.field) != f {
			t.Errorf("%s asks %s: %q, %q", tt.act, tt.field, f.Label, f.Missing)
		}
		if said := form.Check(&Deed{}, "2026-11-02").Of(tt.field); form.Needs(tt.field) && said != tt.missing {
			t.Errorf("%s without %s: %q", tt.act, tt.field, said)
		}
	}
}

// askedByAct reports whether id names words that an act has of its own for a field
// that it asks: "handover.refuse.how".
func askedByAct(id string) bool {
	at := strings.LastIndex(id, ".")
	return at > 0 && slices.ContainsFunc(FormOf(id[:at]).Fields, func(f *Field) bool { return f.Name == id[at+1:] })
}
