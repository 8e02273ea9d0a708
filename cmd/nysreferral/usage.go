package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// usageExit is what the program ends with when it was called in a way that it
// does not know.
const usageExit = 2

// newParser reads the command line into c.
func newParser(c *cli) (*kong.Kong, error) {
	return kong.New(c, kong.Name("nysreferral"), kong.DefaultEnvars("NYSREFERRAL"),
		kong.Description("Referrals of people who have been trafficked in New York: sent, decided in time, and handed to those who help. nysreferral help COMMAND says what a command does, and its settings."))
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
		return strings.TrimSuffix(err.Error(), "?") + "; see " + more
	}
	flag, _, _ = strings.Cut(flag, ",")
	near := nearest(flag, at)
	if near == "" {
		return "there is no flag " + flag + "; see " + more
	}
	return "there is no flag " + flag + "; the nearest is " + near + "; see " + more
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
