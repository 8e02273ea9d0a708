package main

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"nysreferral/fault"
	"nysreferral/registry"
	"nysreferral/store/storetest"
)

// Who types a flag or a command that there is not reads one sentence, which names
// it, the nearest flag that there is, and where more is said; never the list of
// all settings.
func TestWrongFlagIsOneSentence(t *testing.T) {
	for _, c := range []struct{ typed, says string }{
		{"demo --histroy", "there is no flag --histroy; the nearest is --history; see nysreferral help demo"},
		{"demo --data x --histori=yes", "there is no flag --histori; the nearest is --history; see nysreferral help demo"},
		{"serve --publicurl https://example.org", "there is no flag --publicurl; the nearest is --public-url; see nysreferral help serve"},
		{"audit verify --checkpoints x", "there is no flag --checkpoints; the nearest is --checkpoint; see nysreferral help audit verify"},
		{"--verison", "there is no flag --verison; see nysreferral help"},
		{"serve --bogus", "there is no flag --bogus; see nysreferral help serve"},
		{"demo --now yesterday", "--now takes a moment written as 2026-11-03T09:00:00-05:00, and not \"yesterday\"; see nysreferral help demo"},
		{"audit weekly --until 2026-13-45", "--until takes a day written as 2026-11-03, and not \"2026-13-45\"; see nysreferral help audit weekly"},
		{"audit verify --checkpoint not.there", "/not.there; see nysreferral help audit verify"},
		{"user add", "see nysreferral help user add"},
		{"dmeo", "see nysreferral help"},
		{"", "see nysreferral help"},
	} {
		var into cli
		p, err := newParser(&into)
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.Parse(typed(strings.Fields(c.typed)))
		if err == nil {
			t.Errorf("%q is taken", c.typed)
			continue
		}
		if got := wrong(err); !strings.HasSuffix(got, c.says) || strings.Contains(got, "\n") || len(got) > 400 {
			t.Errorf("%q: %q", c.typed, got)
		}
	}
}

// "help COMMAND" is the command's own help, and what is right is taken.
func TestHelpOfACommand(t *testing.T) {
	if got := strings.Join(typed([]string{"help", "user", "add"}), " "); got != "user add --help" {
		t.Errorf("it asks %q", got)
	}
	if got := strings.Join(typed([]string{"help"}), " "); got != "--help" {
		t.Errorf("it asks %q", got)
	}
	var c cli
	p, err := newParser(&c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Parse(typed([]string{"demo", "--history"})); err != nil || !c.Demo.History {
		t.Errorf("the flag is not taken: %v", err)
	}
}

// Who asks how a command is called reads its own flags before the settings that
// every command has, whatever the command.
func TestHelpHasOwnFlagsFirst(t *testing.T) {
	for _, c := range []struct{ typed, own string }{
		{"user add", "--email"}, {"agency add", "--designated"}, {"audit touched", "--session"}, {"audit weekly", "--until"}, {"report", "--format"}, {"migrate", "--app-role"},
		{"backup restore", "--without-list"}, {"key retire", "--restarted"},
	} {
		help := helpOf(t, c.typed)
		own, title, shared := strings.Index(help, "  "+c.own), strings.Index(help, common.Title), strings.Index(help, "  --key-file")
		if own < 0 || title < own || shared < title {
			t.Errorf("%s: its own flag stands at %d, the title at %d, a setting at %d of\n%s", c.typed, own, title, shared, help)
		}
	}
	if help := helpOf(t, "demo"); strings.Contains(help, common.Title) {
		t.Errorf("the demonstration has no settings:\n%s", help)
	}
}

// Whoever writes the settings into a file of variables names each as its flag is
// named, digits too; files with the names of before go on to work. Where both are
// set and differ nothing runs. The help names the plain one.
func TestVariablesAreNamedAsTheirFlags(t *testing.T) {
	bucket := func() string {
		t.Helper()
		var c cli
		p, err := newParser(&c)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Parse([]string{"serve"}); err != nil {
			t.Fatal(err)
		}
		return c.Serve.S3.Bucket + " " + c.Serve.KeyFile
	}
	t.Setenv("NYSREFERRAL_KEY_FILE", "keys")
	t.Setenv("NYSREFERRAL_S_3_BUCKET", "before")
	if got := bucket(); got != "before keys" {
		t.Errorf("by the names of before: %q", got)
	}
	t.Setenv("NYSREFERRAL_S3_BUCKET", "plain")
	if _, err := newParser(&cli{}); err == nil || !strings.Contains(err.Error(), "NYSREFERRAL_S_3_BUCKET") || strings.Contains(err.Error(), "plain") {
		t.Errorf("of both: %v", err)
	}
	t.Setenv("NYSREFERRAL_S_3_BUCKET", "plain")
	if got := bucket(); got != "plain keys" {
		t.Errorf("by the plain names: %q", got)
	}
	help := helpOf(t, "serve")
	if !strings.Contains(help, "$NYSREFERRAL_S3_BUCKET") || strings.Contains(help, "S_3") || !strings.Contains(help, "$NYSREFERRAL_KEY_FILE") {
		t.Errorf("the help says\n%s", help)
	}
}

// helpOf is the help of a command.
func helpOf(t *testing.T, command string) string {
	t.Helper()
	var c cli
	p, err := newParser(&c)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	p.Stdout, p.Exit = &out, func(int) {}
	_, _ = p.Parse(typed(append([]string{"help"}, strings.Fields(command)...))) // what is missing for a run is told after the help
	return out.String()
}

// What adds an agency names every kind there is, where somebody looks for it.
func TestHelpNamesKinds(t *testing.T) {
	kind, ok := reflect.TypeFor[agencyAdd]().FieldByName("Kind")
	if !ok {
		t.Fatal("there is no flag for the kind")
	}
	listed := strings.FieldsFunc(kind.Tag.Get("help"), func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') })
	for _, k := range registry.Kinds() {
		if !slices.Contains(listed, k.Code) {
			t.Errorf("%s is not named", k.Code)
		}
	}
}

// Who names an address or a number that nobody has is told so, and not that a page
// is missing; who adds somebody reads how that person comes in.
func TestNobodyHasItIsSaid(t *testing.T) {
	s := settingsFor(storetest.SQLiteURL(t), keyFile(t))
	add := []string{"user", "add", "--name", "Quinn Example", "--email", "Quinn@example.org", "--duty", "reviewer", "--agency", "1"}
	for _, c := range []struct {
		words []string
		says  string
	}{
		{add, noAgency},
		{[]string{"user", "disable", "quinn@example.org"}, noEmail},
		{[]string{"user", "invite", "quinn@example.org"}, noEmail},
		{[]string{"token", "add", "7", "--label", "x"}, noNumber},
		{[]string{"audit", "touched", "--account", "7"}, noNumber},
	} {
		if out, err := types(t, s, c.words...); err == nil || err.Error() != c.says {
			t.Errorf("%q: %q, %v", c.words, out, err)
		}
	}
	if out, err := types(t, s, "agency", "add", "--name", "DCJS", "--kind", "dcjs", "--side", "dcjs"); err != nil {
		t.Fatal(out, err)
	}
	if out, err := types(t, s, add...); err != nil || !strings.HasSuffix(out, ": nysreferral user invite quinn@example.org\n") {
		t.Errorf("it says %q, %v", out, err)
	}
	if out, err := types(t, s, "audit", "touched", "--account", "1"); err != nil || strings.Count(out, "\n") != 1 {
		t.Errorf("of an account that touched nothing it says %q, %v", out, err)
	}
	other := fault.New(fault.Conflict, "Somebody was first.")
	if err := absent(other, noEmail); !errors.Is(err, other) {
		t.Errorf("of something else it says %v", err)
	}
}
