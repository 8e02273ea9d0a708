// Package tools_test holds the rules about the source itself: who imports whom,
// where the clock may be read, how long files and functions are, and which
// words do not belong here. It tests nothing that the program does.
package tools_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

// module is the name of ours, as it stands before every import.
const module = "nysreferral"

// mayImport says which packages of ours a package may import. A package
// that is not listed is refused: say first what it is for and whom it needs.
// Tests may import more.
var mayImport = map[string][]string{
	// Rules and plain tools: nothing of ours.
	"abroad":     nil,
	"attach":     nil,
	"blob":       nil,
	"calendar":   nil,
	"config":     nil,
	"directory":  nil,
	"fault":      nil,
	"forms":      nil,
	"mail":       nil,
	"match":      {"forms"},
	"migrations": nil,
	"scan":       nil,
	"seal":       nil,
	"hsm":        {"seal"},
	"workflow":   nil,

	// Rules of counting: facts in, tables out.
	"reports": {"calendar", "forms"},

	// Tables. All but ent/schema is generated and counted as one.
	"ent":        {"ent", "ent/schema", "workflow"},
	"ent/schema": {"ent", "viewer", "workflow"},

	// What whoever runs the program sees of it.
	"metrics": {"jobs"},

	// For whom rows of a person are read.
	"viewer": {"workflow"},

	// What stands on the tables.
	"store":   {"ent", "migrations", "fault"},
	"audit":   {"ent", "store", "fault", "seal"},
	"auth":    {"abroad", "audit", "ent", "jobs", "store", "fault", "seal", "tallies", "workflow"},
	"jobs":    {"ent", "store", "fault"},
	"tallies": {"ent", "store"},

	// Whole databases, from one place to another: nothing of what they say.
	"backup": {"audit", "blob", "jobs", "seal", "store"},

	// The two doors.
	"referrals": {"attach", "audit", "auth", "blob", "calendar", "directory", "ent", "fault", "forms", "jobs", "match", "reports", "seal", "store", "tallies", "viewer", "workflow"},
	"registry":  {"audit", "auth", "calendar", "directory", "ent", "fault", "forms", "jobs", "seal", "store", "workflow"},

	// What is seen.
	"web": {"directory", "forms", "workflow"},
	"pdf": {"forms", "workflow"},

	// The edges: never the tables.
	"handlers": {"handlers/api", "auth", "fault", "forms", "jobs", "mail", "pdf", "referrals", "registry", "reports", "web", "workflow"},
	"workers":  {"auth", "fault", "forms", "jobs", "mail", "pdf", "referrals", "registry", "reports", "web", "workflow"},

	"handlers/api": {"auth", "fault", "forms", "jobs", "pdf", "referrals", "registry", "reports", "workflow"},

	// A made-up State, and the situations that it and the tests tell.
	"cases": {"forms"},
	"demo":  {"audit", "auth", "calendar", "cases", "directory", "fault", "forms", "jobs", "referrals", "registry", "seal", "store", "workflow"},

	// Wiring.
	"cmd/nysreferral": {"*"},
	"cmd/migration":   {"*"},

	// Measurements, for developers.
	"bench":  {"*"},
	"faults": {"*"},

	// Attack tools on the running program, for developers.
	"attacks": {"auth", "config", "demo", "forms", "handlers"},

	// What may be seen and done, held against tables written by hand: tests alone.
	"policy": nil,

	// For tests of other packages.
	"abroad/abroadtest":       nil,
	"blob/blobtest":           {"blob"},
	"store/storetest":         {"ent", "migrations", "store", "store/storetest/scratch"},
	"store/storetest/scratch": nil,
	"auth/authtest":           nil,
	"pdf/pdftest":             nil,
}

// listed is one package as `go list` tells it.
type listed struct {
	ImportPath string
	Imports    []string
}

// packages lists all packages of ours.
func packages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var all []listed
	for dec := json.NewDecoder(out); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	return all
}

// ours returns the name of a package in the table, and whether it is one of ours.
func ours(path string) (string, bool) {
	name, ok := strings.CutPrefix(path, module+"/")
	if !ok {
		return "", false
	}
	if rest, generated := strings.CutPrefix(name, "ent/"); generated && rest != "schema" {
		return "ent", true
	}
	return name, true
}

// refusal says why a package may not import another, or "" when it may.
func refusal(from, to string) string {
	allowed, known := mayImport[from]
	switch {
	case !known:
		return from + " is not in the table of imports: say there whom it needs"
	case strings.HasPrefix(to, "cmd/"):
		return from + " imports " + to + ": nobody imports a command"
	case strings.HasPrefix(to, "store/storetest") && from != "cmd/migration" && !strings.HasPrefix(from, "store/storetest"):
		return from + " imports " + to + ": that is for tests"
	case !slices.Contains(allowed, "*") && !slices.Contains(allowed, to):
		return from + " imports " + to + ": the table does not allow it"
	}
	return ""
}

// The table refuses what it is there to refuse.
func TestTreeRefuses(t *testing.T) {
	for _, c := range [][2]string{
		{"handlers", "ent"}, {"workers", "ent"}, {"handlers", "store"}, {"forms", "workflow"}, {"web", "referrals"},
		{"pdf", "ent"}, {"referrals", "web"}, {"referrals", "config"}, {"handlers", "cmd/nysreferral"}, {"newcomer", "fault"},
		{"store", "store/storetest"}, {"audit", "referrals"},
	} {
		if refusal(c[0], c[1]) == "" {
			t.Errorf("%s may import %s", c[0], c[1])
		}
	}
	for _, c := range [][2]string{{"handlers", "referrals"}, {"referrals", "ent"}, {"cmd/nysreferral", "handlers"}, {"cmd/migration", "store/storetest/scratch"}} {
		if why := refusal(c[0], c[1]); why != "" {
			t.Error(why)
		}
	}
}

// Each package imports only whom the table allows, and each has its line there.
func TestTreeImports(t *testing.T) {
	all := packages(t)
	if len(all) < 5 {
		t.Fatalf("only %d packages are listed", len(all))
	}
	for _, p := range all {
		from, ok := ours(p.ImportPath)
		if !ok {
			continue // the folder of this file
		}
		if _, known := mayImport[from]; !known {
			t.Error(refusal(from, ""))
			continue
		}
		for _, i := range p.Imports {
			if to, ok := ours(i); ok && to != from {
				if why := refusal(from, to); why != "" {
					t.Error(why)
				}
			}
		}
	}
}

// The program stands on at most 50 modules of others by its own choice.
func TestTreeModules(t *testing.T) {
	raw, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := modfile.Parse("go.mod", raw, nil)
	if err != nil {
		t.Fatal(err)
	}
	direct := 0
	for _, r := range mod.Require {
		if !r.Indirect {
			direct++
		}
	}
	if direct == 0 || direct > 50 {
		t.Errorf("go.mod requires %d modules directly, want 1 to 50", direct)
	}
	if len(mod.Replace) > 0 {
		t.Error("go.mod replaces modules; nobody could build the program from its source alone")
	}
}
