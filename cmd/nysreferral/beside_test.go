package main

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"nysreferral/config"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

// types runs the command line that somebody typed, with the settings, and returns
// what it said.
func types(t *testing.T, s config.Settings, words ...string) (string, error) {
	t.Helper()
	var c cli
	p, err := newParser(&c)
	if err != nil {
		t.Fatal(err)
	}
	words = append(words, "--data", s.Data, "--key-file", s.KeyFile)
	if s.Database != "" {
		words = append(words, "--database", s.Database.Reveal())
	}
	command, err := p.Parse(typed(words))
	if err != nil {
		t.Fatalf("%q: %s", words, wrong(err))
	}
	var out bytes.Buffer
	err = obey(command, &env{ctx: t.Context(), out: &out, log: slog.New(slog.DiscardHandler)})
	return out.String(), err
}

// Who switches an account off, or does anything else that writes, while a server
// has the SQLite database reads on which page it is done meanwhile, and changes
// nothing; who lists agencies gets them.
func TestBesideAServer(t *testing.T) {
	s := settingsFor(storetest.SQLiteURL(t), keyFile(t))
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("key\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := types(t, s, "agency", "add", "--name", "Harbor Legal", "--kind", "legal_service_provider", "--side", "provider", "--designated", "otda"); err != nil {
		t.Fatal(out, err)
	}
	opened(t, s, func(p *program) {
		for _, c := range []struct{ typed, page string }{
			{"user disable somebody@example.org", "the page People"},
			{"user invite somebody@example.org", "the page People"},
			{"user add --name X --email x@example.org --duty referrer --agency 1", "the page People"},
			{"agency add --name X --kind sheriff --side police", "the page Agencies"},
			{"directory import --apply " + file, "the page Directory"},
			{"audit weekly", "the page Weekly review"},
			{"report yearly", "the page Reports"},
			{"packet 7K4M-2QX9-C3TB-5 1 --as x@example.org --out " + file + ".pdf", "the page Hand-over"},
			{"key shred 7K4M-2QX9-C3TB-5 --why court --as x@example.org --and y@example.org", "the page Retention"},
			{"migrate", "when it started"},
			{"key retire 1", "stop it first"},
			{"backup accept", "stop it first"},
		} {
			_, err := types(t, s, strings.Fields(c.typed)...)
			if !errors.Is(err, store.ErrInUse) || !strings.Contains(err.Error(), c.page) || !strings.Contains(err.Error(), "stop it first") {
				t.Errorf("%s: %v", c.typed, err)
			}
		}
		if out, err := types(t, s, "agency", "list"); err != nil || !strings.HasSuffix(out, "\tHarbor Legal\n") {
			t.Errorf("agencies: %q %v", out, err)
		}
		if n := p.db.Read().User.Query().CountX(t.Context()); n != 0 {
			t.Errorf("%d accounts", n)
		}
	})
}

// stopFirst are the commands that write and that nothing replaces while a server
// runs on SQLite, and neverRefused those that it does not refuse.
var (
	stopFirst    = []string{"serve", "token add", "key retire", "backup accept", "audit touched"}
	neverRefused = []string{"agency list", "audit verify", "audit export", "backup key", "backup write", "backup check", "backup drill", "doctor",
		"key new", "key token", "key rotate", "key list", "version"}
)

// Whoever adds a command says what is done in its place beside a server; what is
// said is of a command that there is, and names pages that there are.
func TestMeanwhileIsSaid(t *testing.T) {
	var c cli
	p, err := newParser(&c)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, list := range [][]string{stopFirst, neverRefused} {
		for _, command := range list {
			known[command] = true
		}
	}
	for command := range meanwhile {
		if known[command] {
			t.Errorf("%s stands in two lists", command)
		}
		known[command] = true
	}
	for _, leaf := range p.Model.Leaves(true) {
		if leaf.Type == kong.CommandNode && !known[commandOf(leaf)] {
			t.Errorf("nobody says what is done in place of %s beside a server", commandOf(leaf))
		}
		delete(known, commandOf(leaf))
	}
	for command := range known {
		t.Errorf("there is no command %s", command)
	}
	titles := pageTitles(t)
	page := regexp.MustCompile(`the page ([A-Z][a-z-]+( review)?)`)
	for command, way := range meanwhile {
		for _, found := range page.FindAllStringSubmatch(way, -1) {
			if !titles[found[1]] {
				t.Errorf("%s: there is no page %s", command, found[1])
			}
		}
	}
}

// pageTitles are the titles that pages have.
func pageTitles(t *testing.T) map[string]bool {
	t.Helper()
	list, err := filepath.Glob("../../handlers/*.go")
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	title := regexp.MustCompile(`c\.page\("([^"]+)"\)`)
	titles := map[string]bool{}
	for _, file := range list {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range title.FindAllSubmatch(text, -1) {
			titles[string(found[1])] = true
		}
	}
	return titles
}
