package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"nysreferral/audit"
	"nysreferral/config"
	"nysreferral/fault"
	"nysreferral/referrals"
	"nysreferral/registry"
	"nysreferral/seal"
	"nysreferral/store"
	"nysreferral/workers"
	"nysreferral/workflow"
)

// with opens the program for one command, migrated, and closes it.
func with(e *env, s config.Settings, do func(p *program) error) (err error) {
	if err := s.Check(); err != nil {
		return err
	}
	p, err := open(e.ctx, s, time.Now, e.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	if err := p.ready(e); err != nil {
		return err
	}
	return do(p)
}

type agencies struct {
	Add  agencyAdd  `cmd:"" help:"Add an agency."`
	List agencyList `cmd:"" help:"List agencies."`
}

type agencyAdd struct {
	config.Settings
	Name       string `required:"" help:"Name as people write it."`
	Kind       string `required:"" help:"Kind, one of: municipal_police, nypd, sheriff, state_police, other_law_enforcement, district_attorney, social_service_provider, legal_service_provider, health, court, local_social_services, school, other, dcjs, otda, administration, auditor."`
	Side       string `required:"" help:"Side: police, provider, dcjs, otda, rhtp, ldss, administration or auditor."`
	Designated string `default:"unverified" help:"Office that designated a provider: otda, opdv, ovs, not_applicable or unverified."`
	District   string `help:"District of a local department."`
	Domain     string `help:"Domain of its people's e-mail."`
}

// Run adds the agency.
func (c *agencyAdd) Run(e *env) error {
	return with(e, c.Settings, func(p *program) error {
		a, err := p.registry.Commands().AddAgency(e.ctx, registry.Agency{Name: tidy(c.Name), Kind: c.Kind, Side: workflow.Side(c.Side),
			Designated: c.Designated, District: c.District, Domain: c.Domain, Active: true})
		if err != nil {
			return err
		}
		fmt.Fprintf(e.out, "Added agency %d, %s.\n", a.ID, a.Name)
		return nil
	})
}

type agencyList struct{ config.Settings }

// Run lists agencies, beside a server that may be running.
func (c *agencyList) Run(e *env) error {
	err := with(e, c.Settings, func(p *program) error { return c.list(e, p.registry) })
	if !errors.Is(err, store.ErrInUse) {
		return err
	}
	return reading(e, c.Settings, func(db *store.DB, ring *seal.Ring) error {
		return c.list(e, &registry.Service{DB: db, Ring: ring, Now: time.Now})
	})
}

func (c *agencyList) list(e *env, r *registry.Service) error {
	list, err := r.Commands().Agencies(e.ctx)
	for _, a := range list {
		fmt.Fprintf(e.out, "%d\t%s\t%s\t%s\n", a.ID, a.Side, a.Kind, a.Name)
	}
	return err
}

type users struct {
	Add      userAdd      `cmd:"" help:"Add an account."`
	List     userList     `cmd:"" help:"List accounts: number, agency, duty, e-mail, state and last sign-in. That it was asked is a line of the log."`
	Password userPassword `cmd:"" help:"Set the password of an account; it is read from standard input."`
	Invite   userInvite   `cmd:"" help:"Let the owner of an account choose a first password, or begin anew; prints a code."`
	Disable  userDisable  `cmd:"" help:"Switch an account off, at once and everywhere."`
}

type userAdd struct {
	config.Settings
	Name   string `required:"" help:"Name."`
	Email  string `required:"" help:"Work e-mail, with which the person signs in."`
	Title  string `help:"Title or role."`
	Phone  string `help:"Work phone."`
	Duty   string `required:"" help:"Duty: referrer, coordinator, reviewer, director, program, recipient, administrator or auditor."`
	Agency int    `required:"" help:"Number of the agency, as agency list says it."`
	Lead   bool   `help:"A referrer who sees the agency's referrals."`
}

// Run adds the account, without a password.
func (c *userAdd) Run(e *env) error {
	return with(e, c.Settings, func(p *program) error {
		a, err := p.registry.Commands().AddAccount(e.ctx, registry.NewAccount{Name: tidy(c.Name), Title: tidy(c.Title), Email: tidy(c.Email),
			Phone: tidy(c.Phone), Duty: workflow.Duty(c.Duty), Lead: c.Lead, Agency: c.Agency})
		if err != nil {
			return absent(err, noAgency)
		}
		fmt.Fprintf(e.out, "Added account %d. Let the person in with: nysreferral user invite %s\n", a.ID, a.Email)
		return nil
	})
}

type userPassword struct {
	config.Settings
	ID int `arg:"" help:"Number of the account."`
}

// Run reads one line and sets it as the password.
func (c *userPassword) Run(e *env) error {
	line := bufio.NewScanner(os.Stdin)
	if !line.Scan() {
		return errors.New("no password came on standard input")
	}
	return with(e, c.Settings, func(p *program) error {
		if err := p.auth.SetPassword(e.ctx, workflow.Actor{}, c.ID, line.Text(), "command"); err != nil {
			return absent(err, noNumber)
		}
		fmt.Fprintln(e.out, "The password is set; sessions of the account are ended.")
		return nil
	})
}

type userDisable struct {
	config.Settings
	Email string `arg:"" help:"E-mail of the account."`
}

// Run switches the account off.
func (c *userDisable) Run(e *env) error {
	return with(e, c.Settings, func(p *program) error {
		if err := p.registry.Commands().Disable(e.ctx, c.Email); err != nil {
			return absent(err, noEmail)
		}
		fmt.Fprintln(e.out, "The account is off.")
		return nil
	})
}

// What is said where nobody has what a command was given.
const (
	noEmail  = "no account has this e-mail: nothing was changed"
	noNumber = "no account has this number; the numbers are in: nysreferral user list"
	noAgency = "no agency has this number; the numbers are in: nysreferral agency list"
)

// absent says in the words of a command what a page says of a record that is
// absent.
func absent(err error, say string) error {
	if fault.KindOf(err) == fault.NotFound {
		return errors.New(say)
	}
	return err
}

type tokens struct {
	Add tokenAdd `cmd:"" help:"Make a token for an account; it is shown once."`
}

type tokenAdd struct {
	config.Settings
	ID    int           `arg:"" help:"Number of the account."`
	Label string        `required:"" help:"What it is for."`
	For   time.Duration `default:"2160h" help:"How long it is valid."`
}

// Run makes a token and prints it.
func (c *tokenAdd) Run(e *env) error {
	return with(e, c.Settings, func(p *program) error {
		text, err := p.auth.NewToken(e.ctx, workflow.Actor{}, c.ID, c.Label, time.Now().Add(c.For), "command")
		if err != nil {
			return absent(err, noNumber)
		}
		fmt.Fprintln(e.out, text)
		return nil
	})
}

type contacts struct {
	Import contactImport `cmd:"" help:"Read a CSV of contact points and say what would change; with --apply, change it."`
}

type contactImport struct {
	config.Settings
	File  string `arg:"" help:"The CSV."`
	Apply bool   `help:"Change the directory as the report says."`
}

// Run reports, and changes what it reported when asked to.
func (c *contactImport) Run(e *env) error {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("reading the file: %w", err)
	}
	return with(e, c.Settings, func(p *program) error {
		report, err := p.registry.Commands().Preview(e.ctx, text)
		if err != nil {
			return err
		}
		fmt.Fprintln(e.out, report.Changes.String())
		if !c.Apply {
			fmt.Fprintln(e.out, "Nothing was changed. Run it again with --apply to change it.")
			return nil
		}
		if _, err := p.registry.Commands().Import(e.ctx, text, report.Digest); err != nil {
			return err
		}
		fmt.Fprintln(e.out, "The directory was changed as reported.")
		return nil
	})
}

type auditLog struct {
	Verify  auditVerify  `cmd:"" help:"Check every line of the log against its tree; say the first bad one."`
	Weekly  auditWeekly  `cmd:"" help:"Write what somebody looks through who reviews the log every week."`
	Anchor  auditAnchor  `cmd:"" help:"Print the newest signed head of the log, and append it to the file of anchors where one is set."`
	Export  auditExport  `cmd:"" help:"Write the log's lines for somebody who checks them elsewhere."`
	Touched auditTouched `cmd:"" help:"After something went wrong: list whose records an account, a session or a span of time touched."`
}

type auditVerify struct {
	config.Settings
	Checkpoint []string `type:"existingfile" help:"A checkpoint that was kept elsewhere; the log must still agree with it."`
	Anchors    []string `type:"existingfile" help:"A file of checkpoints that were kept elsewhere: what anchor-file names, or mails as they came; the log must go on from each."`
}

// Run verifies; it fails when a line is bad.
func (c *auditVerify) Run(e *env) error {
	return reading(e, c.Settings, func(db *store.DB, ring *seal.Ring) error {
		var kept [][]byte
		for _, file := range c.Checkpoint {
			text, err := os.ReadFile(file)
			if err != nil {
				return fmt.Errorf("reading a checkpoint: %w", err)
			}
			kept = append(kept, text)
		}
		for _, file := range c.Anchors {
			text, err := os.ReadFile(file)
			if err != nil {
				return fmt.Errorf("reading anchors: %w", err)
			}
			found := audit.Anchors(text)
			if len(found) == 0 {
				return fmt.Errorf("%s holds no checkpoint", file)
			}
			kept = append(kept, found...)
		}
		if err := keysFit(e.ctx, db, ring); err != nil {
			return err
		}
		_, verifier, err := audit.Keys(ring)
		if err != nil {
			return err
		}
		report, err := audit.Verify(e.ctx, db, verifier, kept...)
		if err != nil {
			return err
		}
		return say(e, report)
	})
}

// say prints what was verified and fails when something was wrong.
func say(e *env, r audit.Report) error {
	fmt.Fprintf(e.out, "%d lines and %d checkpoints checked; %d kept checkpoints agree; %d lines wait for the tree.\n", r.Lines, r.Checkpoints, r.Kept, r.Waiting)
	if r.Bad != nil {
		return fmt.Errorf("the log does not hold: %s (places %d to %d)", r.Bad.What, r.Bad.From, r.Bad.To)
	}
	fmt.Fprintf(e.out, "The log holds. Keep this checkpoint in another place:\n\n%s", r.Head)
	return nil
}

type auditExport struct {
	config.Settings
}

// Run writes the log to standard output and its checkpoint to the log.
func (c *auditExport) Run(e *env) error {
	return reading(e, c.Settings, func(db *store.DB, _ *seal.Ring) error {
		checkpoint, err := audit.Export(e.ctx, db, e.out)
		if err != nil {
			return err
		}
		fmt.Fprint(os.Stderr, checkpoint)
		return nil
	})
}

// reading opens the database beside a server that may be running.
func reading(e *env, s config.Settings, do func(*store.DB, *seal.Ring) error) (err error) {
	ring, err := ringOf(s)
	if err != nil {
		return err
	}
	url, err := urlOf(s)
	if err != nil {
		return err
	}
	db, err := store.OpenReadOnly(e.ctx, url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return do(db, ring)
}

type packet struct {
	config.Settings
	Reference string `arg:"" help:"Reference of the referral."`
	Handover  int    `arg:"" help:"Number of the hand-over."`
	As        string `required:"" help:"E-mail of the program staff account for which it is opened; it stands in the log."`
	Out       string `required:"" help:"File to write; it must not be there."`
}

// Run writes the packet as its recipient reads it.
func (c *packet) Run(e *env) error {
	return with(e, c.Settings, func(p *program) error {
		who, err := actorOf(e.ctx, p, c.As)
		if err != nil {
			return err
		}
		paper, err := p.door.Paper(e.ctx, who, c.Reference, referrals.PaperPacket, c.Handover)
		if err != nil {
			return err
		}
		pdf := paper.Stored
		if pdf == nil {
			if pdf, err = workers.Draw(e.ctx, paper); err != nil {
				return err
			}
		}
		f, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return fmt.Errorf("writing the packet: %w", err)
		}
		if _, err := f.Write(pdf); err != nil {
			return errors.Join(fmt.Errorf("writing the packet: %w", err), f.Close())
		}
		fmt.Fprintf(e.out, "Wrote %s, %d bytes.\n", c.Out, len(pdf))
		return f.Close()
	})
}

// actorOf is the account with that e-mail, as the doors know it.
func actorOf(ctx context.Context, p *program, email string) (workflow.Actor, error) {
	id, err := p.registry.Commands().AccountID(ctx, email)
	if err != nil {
		return workflow.Actor{}, err
	}
	return p.auth.Actor(ctx, id)
}

type printInfo struct{}

// Run prints the version that the build stamped.
func (printInfo) Run(e *env) error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return errors.New("this build carries no version")
	}
	fmt.Fprintln(e.out, "nysreferral", info.Main.Version, info.GoVersion)
	return nil
}
