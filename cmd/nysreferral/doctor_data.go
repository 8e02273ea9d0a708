package main

import (
	"crypto/fips140"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"nysreferral/audit"
	"nysreferral/registry"
	"nysreferral/seal"
	"nysreferral/store"
)

// settings says what a server would refuse to start with.
func (x *examination) settings() {
	if err := x.s.CheckServe(); err != nil {
		x.failed("settings", err, "A server does not start with these. Set what is named; --pilot is for trials with made-up people.")
		return
	}
	if x.s.Pilot {
		x.warn("settings", "a trial (--pilot)", "Only made-up people may be entered.")
		return
	}
	x.fine("settings", "complete")
}

func (x *examination) cryptography() {
	is := fmt.Sprintf("Go's FIPS 140-3 module, %s", fips140.Version())
	switch {
	case fips140.Enabled():
		x.fine("cryptography", "%s", is)
	case x.s.FIPS == "required":
		x.fail("cryptography", is+", is not in use", "Build with GOFIPS140=certified, as make build does, and do not set GODEBUG=fips140=off.")
	default:
		x.warn("cryptography", is+", is not in use", "Build with GOFIPS140=certified, as make build does, where the FBI's CJIS policy holds.")
	}
}

// oldKey is how long one version of the key is used before it is advised to
// make another.
const oldKey = 2 * 365 * 24 * time.Hour

// keys opens them, as a server would, and says how old they are.
func (x *examination) keys() {
	path, err := keysOf(x.s).Path()
	if err == nil {
		err = seal.Apart(path, x.s.Data)
	}
	if err == nil {
		x.ring, err = ringOf(x.s)
	}
	if err != nil {
		x.failed("keys", err, "Without its keys nothing stored can be read. Bring them back from where the copy is kept, for this account alone (mode 0400).")
		return
	}
	x.versions(path)
	ledger, err := ledgerOf(x.s, x.ring)
	switch {
	case err != nil:
		x.failed("keys", err, "Name a file for the list of destroyed keys outside of the data folder.")
	case ledger == nil:
		x.warn("keys", "no list of destroyed keys", "Set shred-ledger: without it nobody knows which keys to destroy again after a backup was put back.")
	default:
		n, there, err := ledger.Lines()
		if err != nil {
			x.failed("keys", err, "Bring the list of destroyed keys back from where its copy is kept.")
		} else if there {
			x.fine("keys", "the list of destroyed keys is whole, %d lines", n)
		} else {
			x.fine("keys", "no key was destroyed")
		}
	}
}

func (x *examination) versions(path string) {
	list, err := seal.Versions(path)
	if err != nil || len(list) == 0 {
		x.fine("keys", "they open")
		return
	}
	newest := list[len(list)-1]
	is := fmt.Sprintf("version %d is current, %d in all, for this account alone", newest.ID, len(list))
	if age := x.now.Sub(newest.Made); age > oldKey {
		x.warn("keys", is+", "+span(age)+" old", "Run nysreferral key rotate.")
		return
	}
	x.fine("keys", "%s", is)
}

// open opens the database for reading.
func (x *examination) open() {
	url, err := urlOf(x.s)
	if err == nil {
		x.db, err = store.OpenReadOnly(x.ctx, url)
		x.own = err == nil
	}
	if err != nil {
		x.db = nil
		x.failed("database", err, "No server works without it. Look whether it runs and whether the settings name it.")
	}
}

// database reads back what the database must be.
func (x *examination) database() {
	if x.db == nil {
		return
	}
	list, err := x.db.Standings(x.ctx)
	if err != nil {
		x.failed("database", err, "Look whether the database runs, and whether it is one of this program's.")
		return
	}
	var good []string
	for _, s := range list {
		switch {
		case s.Good:
			good = append(good, s.Name+" "+s.Is)
		case s.Grave:
			x.fail("database", s.Name+": "+s.Is, s.Do)
		default:
			x.warn("database", s.Name+": "+s.Is, s.Do)
		}
	}
	x.fine("database", "%s", strings.Join(good, ", "))
}

// migrations says whether the tables are those of this program, and for what the
// database is.
func (x *examination) migrations() {
	if x.db == nil {
		return
	}
	todo, err := store.Pending(x.ctx, x.db)
	switch {
	case errors.Is(err, store.ErrNewer):
		x.failed("migrations", err, "Use the newer program, or put back the backup that was made before it.")
		return
	case err != nil:
		x.failed("migrations", err, "Do not write into this database before it is known what happened.")
		return
	case len(todo) > 0:
		x.warn("migrations", fmt.Sprintf("%d to come, the next is %s", len(todo), todo[0]), "Write a backup; then the next start of a server brings the tables up to date.")
		return
	}
	x.fine("migrations", "up to date")
	x.purpose()
}

func (x *examination) purpose() {
	r := &registry.Service{DB: x.db}
	kind, err := r.Folder(x.ctx)
	of := ""
	if err == nil {
		of, err = r.Restored(x.ctx)
	}
	switch {
	case err != nil:
		x.failed("database", err, "Look whether the database runs.")
	case of != "":
		x.fail("database", "a copy of "+of+" that was put back", "Look through it, then run nysreferral backup accept.")
	case kind == registry.Demo:
		x.demo = true
		x.warn("database", "a demonstration's, of made-up people", "A server does not start on it.")
	case kind == registry.Moved:
		x.fail("database", "moved to another one", "Name the other one in database-file.")
	}
}

// folder says whether others than this account can read what lies in the folders.
func (x *examination) folder() {
	paths := x.folders()
	if x.db != nil && x.db.Path() != "" {
		paths = append(paths, x.db.Path(), x.db.Path()+"-wal", x.db.Path()+"-shm")
	}
	open, seen := 0, 0
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			continue // it is made when it is needed
		}
		seen++
		if info.Mode().Perm()&0o077 != 0 {
			open++
			x.fail("files", fmt.Sprintf("%s has mode %04o", filepath.Base(path), info.Mode().Perm()), "Close it to other accounts: chmod go-rwx.")
		}
	}
	if open == 0 {
		x.fine("files", "%d folders and files, for this account alone", seen)
	}
}

const (
	lateTree = 2 * time.Minute  // a line waits longer than this for the tree only where no server runs
	lateHead = 30 * time.Minute // longest time without a head outside while lines are written
)

// log verifies the newest signed head and says how old it is.
func (x *examination) log() {
	if x.db == nil || x.ring == nil {
		return
	}
	_, verifier, err := audit.Keys(x.ring)
	if err != nil {
		x.failed("log", err, "Look at the keys first.")
		return
	}
	if errors.Is(audit.SignedBy(x.ctx, x.db, verifier), audit.ErrOtherKey) {
		x.fail("log", "signed with the key of another key file", "Look whether key-file and the database of the settings belong together. If they do, somebody replaced the newest head: stop the server, keep everything as it is, and tell the auditor.")
		return
	}
	head, r, err := audit.Glance(x.ctx, x.db, verifier)
	switch {
	case err != nil:
		x.failed("log", err, "Look whether the database runs.")
	case r.Bad != nil:
		x.fail("log", string(r.Bad.What), "Stop the server, keep everything as it is, tell the auditor, and run nysreferral audit verify with the checkpoints that were kept elsewhere.")
	case r.Waiting > 0 && x.now.Sub(*r.Oldest) > lateTree && !x.demo:
		x.fail("log", fmt.Sprintf("%d lines wait for a signed head, the oldest for %s", r.Waiting, span(x.now.Sub(*r.Oldest))), "Start the server; where it runs, its own log says why the audit tree does not grow.")
	case head.Size == 0:
		x.warn("log", "empty", "Start the server once.")
	default:
		x.fine("log", "%d lines under a signed head that is %s old and agrees with the stored hashes", head.Size, span(x.now.Sub(head.At)))
	}
}

// anchors says whether what was given outside is still the beginning of the log,
// and how much is not yet outside.
func (x *examination) anchors() {
	if x.db == nil || x.ring == nil {
		return
	}
	if x.s.Anchor.File == "" {
		x.warn("anchors", "no heads of the log go into a file elsewhere", "Set anchor-file, on another machine, and anchor-mail, to the auditor: without them a database that is put back to an older state looks whole.")
		return
	}
	if len(x.s.Anchor.Mail) == 0 {
		x.warn("anchors", "heads of the log go to one place only", "Set anchor-mail to whoever keeps them outside, such as the auditor.")
	}
	_, verifier, err := audit.Keys(x.ring)
	if err != nil {
		x.failed("anchors", err, "Look at the keys first.")
		return
	}
	if x.outside == nil {
		x.outside = &outside{file: x.s.Anchor.File, verifier: verifier}
	}
	a := &anchoring{Anchor: x.s.Anchor, db: x.db, out: *x.outside}
	_, err = a.check(x.ctx)
	*x.outside = a.out
	found, says := a.found.Load(), a.out.says
	if err != nil && found == nil {
		x.failed("anchors", err, "Look whether the place of anchor-file can be reached.")
		return
	}
	if found != nil {
		x.fail("anchors", string(found.What), rolledBack)
		return
	}
	since, err := audit.UnanchoredSince(x.ctx, x.db, says.Size)
	switch {
	case err != nil:
		x.failed("anchors", err, "Look whether the database runs.")
	case !since.IsZero() && x.now.Sub(since) > lateHead:
		x.fail("anchors", fmt.Sprintf("nothing of the last %s is covered by a head outside", span(x.now.Sub(since))), "Look whether the place of anchor-file can be written, and whether the server runs; meanwhile keep what nysreferral audit anchor prints.")
	default:
		x.fine("anchors", "the log goes on from the head of %d lines that lies outside", says.Size)
	}
}

// lateReview is how long after a week somebody has looked through it.
const lateReview = 4 * 24 * time.Hour

// review says whether somebody looks through the log each week.
func (x *examination) review() {
	if x.db == nil || x.demo {
		return
	}
	left, err := (&registry.Service{DB: x.db, Now: func() time.Time { return x.now }}).Unreviewed(x.ctx, lateReview)
	switch {
	case err != nil:
		x.failed("review", err, "Look whether the database runs.")
	case left:
		x.warn("review", "nobody looked through the last week of the log", "Have an auditor open Log, Weekly review, and say there what was found.")
	default:
		x.fine("review", "the log is looked through each week")
	}
}
