package main

import (
	"errors"
	"fmt"

	"github.com/alecthomas/kong"

	"nysreferral/store"
)

// meanwhile says for each command that writes what is done in its place while a
// server has the embedded database, which one process writes. A command that does
// not stand here has no other way than to stop the server, or needs none: it only
// reads, or has the server do it.
var meanwhile = map[string]string{
	"agency add":       "While it runs, an administrator adds an agency on the page Agencies.",
	"user add":         "While it runs, a coordinator of the agency adds a person, and an administrator a coordinator, on the page People.",
	"user list":        "While it runs, a coordinator of the agency or an administrator reads the accounts on the page People.",
	"user password":    "While it runs, a coordinator of the agency invites the person, and an administrator a coordinator, on the page People, who then chooses a password; if somebody else may be in the account, sign it out everywhere there first.",
	"user invite":      "While it runs, a coordinator of the agency invites the person, and an administrator a coordinator, on the page People.",
	"user disable":     "While it runs, a coordinator of the agency or an administrator switches the account off on the page People.",
	"directory import": "While it runs, an administrator brings the file in on the page Directory.",
	"audit weekly":     "While it runs, an auditor reads the week on the page Weekly review.",
	"audit anchor":     "The head is in the file; name the same file in anchor-file of the server, and it notes that the file was begun.",
	"packet":           "While it runs, program staff open the packet on the page Hand-over.",
	"report":           "While it runs, the page Reports has the same numbers, and so has its API at /api/v1/reports.",
	"key shred":        "While it runs, two persons of the State's destroy what is over its time on the page Retention; what was withdrawn or a court orders is destroyed here.",
	"migrate":          "The server brought the tables up to date when it started; for anything else stop it.",
	"backup restore":   "A backup is put back into an empty database: name another folder with --data and, where --files or a bucket is set, another place for attached files, too.",
	"demo":             "It may be a demonstration that runs already: name another folder with --data.",
}

// obey runs the command that was typed.
func obey(command *kong.Context, e *env) error {
	return beside(commandOf(command.Selected()), command.Run(e))
}

// beside adds to the refusal of a database that somebody else writes what is done
// in place of the command; any other error stays as it is.
func beside(command string, err error) error {
	way := meanwhile[command]
	if way == "" || !errors.Is(err, store.ErrInUse) {
		return err
	}
	return fmt.Errorf("%w. %s", store.ErrInUse, way)
}
