package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/ent/contactpoint"
	"nysreferral/jobs"
	"nysreferral/scan"
)

const (
	oldBackup     = 26 * time.Hour       // where the settings do not say how often
	oldDrill      = 100 * 24 * time.Hour // drills are each quarter
	warnCert      = 21 * 24 * time.Hour  // before a certificate ends
	stuckJob      = 10 * time.Minute     // a job that is ready is begun sooner where a server runs
	fewBytes      = uint64(1) << 30      // less room than this is too little
	drillMark     = "last-drill"         // beside the backups
	farAhead      = 5 * time.Second      // a moment of the log that the clock has not reached
	oldSignatures = 7 * 24 * time.Hour   // what is known to do harm changes each day
	firstYear     = 2026                 // no right clock is before this program
)

// backups says how old the newest is, and when one was last put back to try.
func (x *examination) backups() {
	if x.s.Backup.Folder == "" {
		x.warn("backups", "none are written", "Set backup-key, backup-folder and backup-every, and copy what is written to another machine.")
		return
	}
	list, err := written(x.s)
	if err != nil || len(list) == 0 {
		x.fail("backups", "there is none in "+x.s.Backup.Folder, "Run nysreferral backup write, and look why the server wrote none.")
		return
	}
	newest := list[len(list)-1]
	info, err := os.Stat(newest + manifestEnd)
	if err != nil {
		x.failed("backups", err, "Look whether the folder of backups can be read.")
		return
	}
	late := oldBackup
	if x.s.Backup.Every > 0 {
		late = min(late, 2*x.s.Backup.Every+5*time.Minute)
	}
	age := x.now.Sub(info.ModTime())
	if age > late {
		x.fail("backups", "the newest is "+span(age)+" old", "Look why the server wrote none since; its log says it. Run nysreferral backup write.")
	} else {
		x.fine("backups", "%d, the newest is %s old", len(list), span(age))
	}
	x.drilled()
}

func (x *examination) drilled() {
	info, err := os.Stat(filepath.Join(x.s.Backup.Folder, drillMark))
	const do = "Run nysreferral backup drill: a backup that nobody put back may be none."
	if err != nil {
		x.warn("drill", "no backup was put back to try", do)
	} else if age := x.now.Sub(info.ModTime()); age > oldDrill {
		x.warn("drill", "the last was "+span(age)+" ago", do)
	} else {
		x.fine("drill", "the last was %s ago", span(age))
	}
}

// space says how much room there is where something is written.
func (x *examination) space() {
	least, where, free := 100, "", uint64(0)
	for _, path := range append(x.folders(), x.s.Backup.Folder) {
		if path == "" {
			continue
		}
		room, all, ok := diskSpace(path)
		if !ok || all == 0 {
			continue
		}
		if percent := int(room * 100 / all); where == "" || percent < least {
			least, where, free = percent, path, room
		}
	}
	if where == "" {
		x.warn("disk", "nobody knows how much room there is", "Look at the disk by other means.")
		return
	}
	x.room(least, free, fmt.Sprintf("%d%% free, %d MiB, where %s lies", least, free>>20, filepath.Base(where)))
}

// room judges how much is free, in percent and in bytes.
func (x *examination) room(least int, free uint64, is string) {
	switch {
	case free < fewBytes || least < 5 && free < 10*fewBytes:
		x.fail("disk", is, "Make room: where the disk is full nothing can be saved or logged, and nothing is shown that cannot be logged.")
	case least < 15:
		x.soon("disk", is, "Make room soon.")
	default:
		x.fine("disk", "%s", is)
	}
}

// clock says whether the machine's clock can be right: legal time limits, codes
// and the log hang on it.
func (x *examination) clock() {
	if x.now.Year() < firstYear {
		x.fail("clock", "it shows "+x.now.UTC().Format(time.RFC3339), "Set the clock.")
		return
	}
	if x.db != nil && !x.demo {
		row, err := x.db.Read().AuditEntry.Query().Order(ent.Desc(auditentry.FieldID)).First(x.ctx)
		if err == nil && row.At.Sub(x.now) > farAhead {
			x.fail("clock", "the last line of the log is "+span(row.At.Sub(x.now))+" later than the clock shows", "The clock was put back, or was wrong before. Set it by a time server, and have the auditor look at the lines clock_step.")
			return
		}
	}
	if synchronized, known := clockSynchronized(); known && !synchronized {
		x.warn("clock", "no time server keeps it right", "Run chrony or systemd-timesyncd: legal time limits and sign-in codes hang on the clock.")
		return
	}
	x.fine("clock", "%s", x.now.UTC().Format(time.RFC3339))
}

// jobs says whether work waits that nobody does.
func (x *examination) jobs() {
	if x.db == nil {
		return
	}
	b, err := jobs.Count(x.ctx, x.db)
	switch {
	case err != nil:
		x.failed("jobs", err, "Look whether the database is migrated.")
	case b.Oldest > stuckJob:
		x.fail("jobs", fmt.Sprintf("%d wait, the oldest for %s", b.Waiting, span(b.Oldest)), "Start a server; where one runs, its log says what fails: mails and packets wait in there.")
	case b.Discarded > 0:
		x.warn("jobs", fmt.Sprintf("%d failed for good in the last days", b.Discarded), "Look in the server's log for \"a job failed for the last time\": a mail was not sent, or a packet was not drawn.")
	default:
		x.fine("jobs", "%d wait, %d are tried again", b.Waiting, b.Retrying)
	}
}

func (x *examination) scanner() {
	const do = "Start clamd, and look whether clamd names where it answers: until then nobody can open an attached file."
	if x.s.Clamd == "" {
		x.warn("scanner", "none is set", "Set clamd: attached files are taken and held, and nobody can open them.")
		return
	}
	c, err := scan.New(x.s.Clamd, 5*time.Second)
	if err == nil {
		err = c.Ping(x.ctx)
	}
	if err != nil {
		x.failed("scanner", err, do)
		return
	}
	made, err := c.Signatures(x.ctx)
	switch {
	case err != nil:
		x.failed("scanner", err, "Look whether freshclam ran: without its list clamd finds nothing.")
	case x.now.Sub(made) > oldSignatures:
		x.soon("scanner", "clamd answers, and what it knows is "+span(x.now.Sub(made))+" old", "Look why freshclam brings nothing new.")
	default:
		x.fine("scanner", "clamd answers, and knows what was known on %s", made.Format(time.DateOnly))
	}
}

// mail says whether the mail server takes this account, and sends nothing.
func (x *examination) mail() {
	sender, err := (&program{settings: x.s}).mailer()
	switch {
	case err != nil:
		x.failed("mail", err, "Look at the settings that begin with smtp-.")
	case sender == nil:
		x.warn("mail", "no mail server is set", "Set smtp-addr: without mail nobody learns that a referral waits.")
	default:
		if err := sender.Reach(x.ctx); err != nil {
			x.failed("mail", err, "Nobody is told that something waits. Look at the mail server, its certificate and the account.")
			return
		}
		x.fine("mail", "the server answers")
	}
}

// certificate says for how long the server's certificate is good, and for whom.
func (x *examination) certificate() {
	if x.s.TLSCert == "" {
		if strings.HasPrefix(x.s.PublicURL, "https://") {
			x.fine("certificate", "a proxy before the server has it")
		}
		return
	}
	pair, err := tls.LoadX509KeyPair(x.s.TLSCert, x.s.TLSKey)
	var leaf *x509.Certificate
	if err == nil {
		leaf, err = x509.ParseCertificate(pair.Certificate[0])
	}
	if err != nil {
		x.failed("certificate", err, "Look at tls-cert and tls-key.")
		return
	}
	if info, err := os.Stat(x.s.TLSKey); err == nil && info.Mode().Perm()&0o077 != 0 {
		x.fail("certificate", fmt.Sprintf("its private key has mode %04o", info.Mode().Perm()), "Close it to other accounts: chmod 0400.")
	}
	x.vouched(pair, leaf)
	left := leaf.NotAfter.Sub(x.now)
	host := ""
	if u, err := url.Parse(x.s.PublicURL); err == nil {
		host = u.Hostname()
	}
	switch {
	case left <= 0:
		x.fail("certificate", "it ended on "+leaf.NotAfter.UTC().Format(time.DateOnly), "Renew it: no browser reaches the system.")
	case leaf.VerifyHostname(host) != nil:
		x.fail("certificate", "it is not for "+host, "Have one made for the name in public-url.")
	case left < warnCert:
		x.soon("certificate", "it ends in "+span(left), "Renew it.")
	default:
		x.fine("certificate", "good for %s", span(left))
	}
}

// directory counts the contacts to which nothing can be sent.
func (x *examination) directory() {
	if x.db == nil {
		return
	}
	today := x.now.Format(time.DateOnly)
	inUse := contactpoint.Or(contactpoint.ValidTo(""), contactpoint.ValidToGTE(today))
	all, err := x.db.Read().ContactPoint.Query().Where(inUse).Count(x.ctx)
	if err != nil {
		x.failed("directory", err, "Look whether the database is migrated.")
		return
	}
	open, err := x.db.Read().ContactPoint.Query().Where(inUse, contactpoint.VerifiedOn("")).Count(x.ctx)
	switch {
	case err != nil:
		x.failed("directory", err, "Look whether the database is migrated.")
	case all == 0:
		x.warn("directory", "there are no contacts", "Run nysreferral migrate, or import them: nobody can be handed over to anybody.")
	case open > 0:
		x.warn("directory", fmt.Sprintf("%d of %d contacts are not verified", open, all), "Have an administrator call them: nothing is ever sent to one that nobody verified.")
	default:
		x.fine("directory", "%d contacts, all verified", all)
	}
}
