package migrations_test

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"nysreferral/migrations"
)

// takesAway are the ways in which a migration breaks a program of the release
// before, which goes on beside it: what it reads is gone or has another name, what
// it writes is refused.
var takesAway = []struct {
	what    string
	pattern *regexp.Regexp
}{
	{"drops a table", regexp.MustCompile(`(?i)\bDROP\s+TABLE\b`)},
	{"drops a column", regexp.MustCompile(`(?i)\bDROP\s+COLUMN\b`)},
	{"renames", regexp.MustCompile(`(?i)\bRENAME\b`)},
	{"changes a column", regexp.MustCompile(`(?i)\bALTER\s+COLUMN\b`)},
	{"adds a rule", regexp.MustCompile(`(?i)\bADD\s+(CONSTRAINT|CHECK|UNIQUE|FOREIGN|PRIMARY)\b`)},
	{"drops a trigger", regexp.MustCompile(`(?i)\bDROP\s+TRIGGER\b`)},
}

// contract is what a migration says that takes away what no program reads any
// more: in which release it was read last.
var contract = regexp.MustCompile(`(?m)^-- contract: not read since \S+`)

var (
	addColumn = regexp.MustCompile("(?i)ADD COLUMN [\"`]\\w+[\"`] [^,;]*")
	created   = regexp.MustCompile("(?i)CREATE TABLE [\"`](\\w+)[\"`]")
	unique    = regexp.MustCompile("(?i)CREATE UNIQUE INDEX [\"`]\\w+[\"`] ON [\"`](\\w+)[\"`]")
)

// breaks says what in a migration a program of the release before would not
// survive.
func breaks(text string) (out []string) {
	if contract.MatchString(text) {
		return nil
	}
	for _, t := range takesAway {
		if t.pattern.MatchString(text) {
			out = append(out, t.what)
		}
	}
	for _, column := range addColumn.FindAllString(text, -1) {
		if strings.Contains(strings.ToUpper(column), "NOT NULL") && !strings.Contains(strings.ToUpper(column), "DEFAULT") {
			out = append(out, "adds a column that an older program does not fill")
		}
	}
	var made []string
	for _, m := range created.FindAllStringSubmatch(text, -1) {
		made = append(made, m[1])
	}
	for _, m := range unique.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(made, m[1]) {
			out = append(out, "wants a column of a table that was there to be unique")
		}
	}
	return out
}

// The rule finds what it is there to find, and lets additions pass, and what says
// that it takes away what nobody reads any more.
func TestRuleFinds(t *testing.T) {
	for text, broken := range map[string]bool{
		`ALTER TABLE "users" DROP COLUMN "phone";`:                                                              true,
		"ALTER TABLE `users` RENAME COLUMN `phone` TO `telephone`;":                                             true,
		"CREATE TABLE `new_users` (`id` integer);\nDROP TABLE `users`;":                                         true,
		`ALTER TABLE "users" ALTER COLUMN "phone" SET NOT NULL;`:                                                true,
		`ALTER TABLE "users" ADD COLUMN "x" bigint NULL, ADD COLUMN "y" bigint NOT NULL;`:                       true,
		`CREATE UNIQUE INDEX "users_phone" ON "users" ("phone");`:                                               true,
		`ALTER TABLE "users" ADD CONSTRAINT "x" CHECK (true);`:                                                  true,
		`ALTER TABLE "users" ADD COLUMN "y" bigint NOT NULL DEFAULT 0;`:                                         false,
		"ALTER TABLE `users` ADD COLUMN `y` integer NULL;":                                                      false,
		"CREATE TABLE \"more\" (\"id\" bigint NOT NULL);\nCREATE UNIQUE INDEX \"more_x\" ON \"more\" (\"id\");": false,
		"-- contract: not read since v1.4.0\nALTER TABLE \"users\" DROP COLUMN \"phone\";":                      false,
	} {
		if got := breaks(text); (len(got) > 0) != broken {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// Servers of the release before go on while a migration runs and after it: each
// migration only adds, but those that made the first tables, and those that say
// since which release nobody reads what they take away.
func TestMigrationsOnlyAdd(t *testing.T) {
	for _, dir := range []string{"sqlite", "postgres"} {
		names, err := fs.Glob(migrations.Files, dir+"/*.sql")
		if err != nil || len(names) < 10 {
			t.Fatal(names, err)
		}
		for _, name := range names {
			text, err := migrations.Files.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if found := breaks(string(text)); len(found) > 0 {
				t.Errorf("%s: %s. Add first; take away in a later release, and say there: -- contract: not read since vN", name, strings.Join(found, ", "))
			}
		}
	}
}
