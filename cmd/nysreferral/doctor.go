package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"nysreferral/config"
	"nysreferral/seal"
	"nysreferral/store"
)

// doctor looks at a set-up, beside a server that may be running, and changes
// nothing.
type doctor struct{ config.Settings }

// Help says what is looked at.
func (doctor) Help() string {
	return "Looks at what the settings name: settings, the program's age, keys, database and how one signs in to it, log, what is kept outside, backups, disk, clock, scanner, mail, certificate, jobs and directory. " +
		"It changes nothing, sends no mail, and shows nothing of anybody. It ends with 1 when something must be mended. Give it the settings of serve."
}

// Run looks and says what it found.
func (c *doctor) Run(e *env) (err error) {
	x := &examination{ctx: e.ctx, s: c.Profiled(), now: time.Now()}
	defer func() { err = joined(err, x.close()) }()
	x.settings()
	x.cryptography()
	x.keys()
	x.open()
	for _, look := range x.looks() {
		look.do()
	}
	return x.say(e.out)
}

// How a check ended.
type level int

const (
	fine level = iota
	doubtful
	broken // it must be mended
)

func (l level) String() string { return [...]string{"ok", "warn", "FAIL"}[l] }

// finding is one check.
type finding struct {
	level
	check string
	is    string // what was seen
	do    string // what to do, where it is not fine
	tell  bool   // who runs the system is told of it, though it is no more than doubtful
}

// examination is one look at a set-up.
type examination struct {
	ctx     context.Context
	s       config.Settings
	now     time.Time
	ring    *seal.Ring     // nil where the keys do not open
	db      *store.DB      // nil where the database does not
	own     bool           // db is to be closed
	outside *outside       // what was held against heads outside before; nil at first
	demo    bool           // it is a demonstration's, whose clock is its own
	roots   *x509.CertPool // who is trusted to vouch for a certificate; nil: whom the machine trusts
	list    []finding
}

// look is a part of an examination. A server does those itself, too, where
// watched, and tells who runs it.
type look struct {
	do      func()
	watched bool
}

func (x *examination) looks() []look {
	return []look{{x.program, false}, {x.database, true}, {x.access, false}, {x.migrations, false}, {x.folder, false}, {x.log, true}, {x.anchors, true}, {x.backups, true}, {x.store, true}, {x.space, true}, {x.clock, true},
		{x.jobs, true}, {x.misuse, true}, {x.scanner, true}, {x.mail, false}, {x.certificate, true}, {x.directory, false}, {x.review, false}}
}

func (x *examination) fine(check, is string, args ...any) {
	x.list = append(x.list, finding{level: fine, check: check, is: fmt.Sprintf(is, args...)})
}

func (x *examination) warn(check, is, do string) {
	x.list = append(x.list, finding{level: doubtful, check: check, is: is, do: do})
}

// soon is a warning of which whoever runs the system is told while there is time.
func (x *examination) soon(check, is, do string) {
	x.list = append(x.list, finding{level: doubtful, check: check, is: is, do: do, tell: true})
}

func (x *examination) fail(check, is, do string) {
	x.list = append(x.list, finding{level: broken, check: check, is: is, do: do})
}

// failed notes that something could not even be looked at.
func (x *examination) failed(check string, err error, do string) {
	x.fail(check, strings.ReplaceAll(err.Error(), "\n", "; "), do)
}

func (x *examination) close() error {
	if x.db == nil || !x.own {
		return nil
	}
	return x.db.Close()
}

// say writes the table, and fails where something must be mended.
func (x *examination) say(w io.Writer) error {
	bad, doubts := 0, 0
	for _, f := range x.list {
		fmt.Fprintf(w, "%-5s %-12s %s\n", f.level, f.check, f.is)
		if f.level != fine {
			fmt.Fprintf(w, "%-18s → %s\n", "", f.do)
		}
		switch f.level {
		case broken:
			bad++
		case doubtful:
			doubts++
		}
	}
	fmt.Fprintf(w, "\n%s, %d to mend, %d to look at.\n", counted(len(x.list), "check", "checks"), bad, doubts)
	if bad > 0 {
		return errors.New(counted(bad, "check", "checks") + " failed")
	}
	return nil
}

// span is a length of time for people, in its largest unit.
func span(d time.Duration) string {
	for _, unit := range []struct {
		one  time.Duration
		name string
	}{{24 * time.Hour, "days"}, {time.Hour, "hours"}, {time.Minute, "minutes"}} {
		if d >= 2*unit.one {
			return fmt.Sprintf("%d %s", d/unit.one, unit.name)
		}
	}
	return fmt.Sprintf("%d seconds", d/time.Second)
}
