package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"nysreferral/calendar"
)

// usageExit is what the program ends with when it was called in a way that it
// does not know.
const usageExit = 2

// newParser reads the command line into c.
func newParser(c *cli) (*kong.Kong, error) {
	return kong.New(c, kong.Name("nysreferral"), kong.DefaultEnvars(envPrefix), kong.PostBuild(plainEnv), kong.ValueFormatter(oneEnv), kong.PostBuild(ownFirst),
		kong.Description("Referrals of people who have been trafficked in New York: sent, decided in time, and handed to those who help. nysreferral help COMMAND says what a command does, and its settings."))
}

// envPrefix begins the name of each variable of the environment.
const envPrefix = "NYSREFERRAL"

// plainEnv names the variable of each flag as the flag is written:
// NYSREFERRAL_S3_BUCKET for --s3-bucket. The parser splits names at their digits,
// and what it made of them goes on to be read where the plain one is not set. Where
// both are and differ, nobody can know which place is meant.
func plainEnv(k *kong.Kong) error {
	for _, n := range k.Model.Leaves(false) {
		for _, f := range n.Flags {
			name := envPrefix + "_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
			if slices.Contains(f.Envs, name) {
				continue
			}
			for _, before := range f.Envs {
				plain, set := os.LookupEnv(name)
				if old, too := os.LookupEnv(before); set && too && old != plain {
					return fmt.Errorf("%s and %s are both set, and differ: take %s out", name, before, before)
				}
			}
			f.Envs = append([]string{name}, f.Envs...)
			f.Tag.Envs = f.Envs
		}
	}
	return nil
}

// oneEnv writes the help of a flag with its plain variable alone.
func oneEnv(v *kong.Value) string {
	if len(v.Tag.Envs) < 2 {
		return kong.DefaultHelpValueFormatter(v)
	}
	one, tag := *v, *v.Tag
	tag.Envs = tag.Envs[:1]
	one.Tag = &tag
	return kong.DefaultHelpValueFormatter(&one)
}

// common are the flags that a command shares with all that read the settings. In its
// help they stand below its own.
var common = &kong.Group{Key: "settings", Title: "Settings, the same for every command:"}

// ownFirst sets the settings of each command apart from the flags of its own.
func ownFirst(k *kong.Kong) error {
	for _, n := range k.Model.Leaves(false) {
		settings := settingsOf(n)
		for _, f := range n.Flags {
			if settings.IsValid() && inside(settings, f.Target) {
				f.Group = common
			}
		}
	}
	return nil
}

// settingsOf are the settings that a command embeds; not valid where it has none.
func settingsOf(n *kong.Node) reflect.Value {
	command := reflect.Indirect(n.Target)
	if command.Kind() != reflect.Struct {
		return reflect.Value{}
	}
	if f, ok := command.Type().FieldByName("Settings"); !ok || !f.Anonymous {
		return reflect.Value{}
	}
	return command.FieldByName("Settings")
}

// inside reports whether a value is a part of another one.
func inside(whole, part reflect.Value) bool {
	from, at := whole.Addr().Pointer(), part.Addr().Pointer()
	return at >= from && at < from+whole.Type().Size()
}

// typed turns "help COMMAND" into the flag that every command has.
func typed(args []string) []string {
	if len(args) == 0 || args[0] != "help" {
		return args
	}
	return append(slices.Clone(args[1:]), "--help")
}

// wrong is one sentence for who called the program in a way that it does not
// know: what is wrong, the nearest flag that there is, and where more is said.
func wrong(err error) string {
	var bad *kong.ParseError
	if !errors.As(err, &bad) || bad.Context == nil {
		return err.Error()
	}
	more := "nysreferral help"
	at := bad.Context.Model.Node
	if one := bad.Context.Selected(); one != nil {
		at = one
	}
	if command := commandOf(at); command != "" {
		more += " " + command
	}
	flag, ok := strings.CutPrefix(err.Error(), "unknown flag ")
	if !ok {
		return strings.TrimSuffix(plainly(err), "?") + "; see " + more
	}
	flag, _, _ = strings.Cut(flag, ",")
	near := nearest(flag, at)
	if near == "" {
		return "there is no flag " + flag + "; see " + more
	}
	return "there is no flag " + flag + "; the nearest is " + near + "; see " + more
}

// plainly says what is wrong with a moment or a file that was named, and any other
// error as it is.
func plainly(err error) string {
	flag, _, _ := strings.Cut(err.Error(), ": ")
	var moment *time.ParseError
	if errors.As(err, &moment) {
		example := time.Date(2026, 11, 3, 9, 0, 0, 0, calendar.NewYork()).Format(moment.Layout)
		what := "a moment"
		if moment.Layout == time.DateOnly {
			what = "a day"
		}
		return fmt.Sprintf("%s takes %s written as %s, and not %q", flag, what, example, moment.Value)
	}
	var file *fs.PathError
	if errors.As(err, &file) && errors.Is(err, fs.ErrNotExist) {
		return fmt.Sprintf("%s: there is no file %s", flag, file.Path)
	}
	return err.Error()
}

// commandOf is how a command is called, "" for the program itself.
func commandOf(n *kong.Node) string {
	var words []string
	for ; n != nil && n.Parent != nil; n = n.Parent {
		if n.Type == kong.CommandNode {
			words = append(words, n.Name)
		}
	}
	slices.Reverse(words)
	return strings.Join(words, " ")
}

// far is how many letters two flags may differ in before one is no slip for the
// other.
const far = 3

// nearest is the flag of the command that is written most like flag, "" where
// none is near.
func nearest(flag string, at *kong.Node) string {
	best, least := "", far+1
	for _, group := range at.AllFlags(true) {
		for _, f := range group {
			if d := distance(flag, "--"+f.Name); d < least {
				best, least = "--"+f.Name, d
			}
		}
	}
	return best
}

// distance is how many letters have to be put in, left out or changed to make b
// of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(row[j+1]+1, row[j]+1, change)
		}
	}
	return row[len(b)]
}
