package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"nysreferral/demo"
	"nysreferral/forms"
)

// crowdCommand is the word by which this program starts itself again as a crowd.
const crowdCommand = "crowd"

// invitation is all that a crowd is told.
type invitation struct {
	URL           string
	Referrers     []string // by what they sign in with; so are the other two
	Reviewer      string
	Program       string
	Today         forms.Date
	WarmUp, Whole time.Duration
}

// asked is what a crowd did.
type asked struct{ Sent, Requests, Waited int64 }

// crowd are all people who use a soaked server, in a process of their own: what
// they need of memory, descriptors and goroutines is not the server's.
type crowd struct {
	invitation
	ctx    context.Context
	people chan *remote
	dcjs   *remote
	otda   *remote
	form   *forms.Referral
	sent   atomic.Int64 // referrals
	asked  atomic.Int64 // requests
	waited atomic.Int64 // referrals, for somebody who is free
	failed chan error
}

// outside is the process of a crowd, seen from the server.
type outside struct {
	cmd  *exec.Cmd
	said *json.Decoder
	err  bytes.Buffer
}

// invite starts a crowd.
func invite(ctx context.Context, to invitation) (*outside, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program: %w", err)
	}
	text, err := json.Marshal(to)
	if err != nil {
		return nil, fmt.Errorf("inviting: %w", err)
	}
	o := &outside{cmd: exec.CommandContext(ctx, self, crowdCommand)}
	o.cmd.Stdin, o.cmd.Stderr = bytes.NewReader(text), &o.err
	out, err := o.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("inviting: %w", err)
	}
	o.said = json.NewDecoder(out)
	if err := o.cmd.Start(); err != nil {
		return nil, fmt.Errorf("inviting: %w", err)
	}
	return o, nil
}

// did waits until the crowd says what it did so far: once when it is warm, once
// at its end.
func (o *outside) did() (all asked, err error) {
	if err := o.said.Decode(&all); err != nil {
		ended := o.cmd.Wait() // what it says of why is whole then
		return all, errors.Join(fmt.Errorf("the crowd ended: %w: %s", err, o.err.String()), ended)
	}
	return all, nil
}

// crowded is the whole life of the process of a crowd.
func crowded(ctx context.Context, in io.Reader, out io.Writer) error {
	c := &crowd{ctx: ctx, people: make(chan *remote, soakPeople), failed: make(chan error, 1)}
	if err := json.NewDecoder(in).Decode(&c.invitation); err != nil {
		return fmt.Errorf("reading an invitation: %w", err)
	}
	if err := c.enter(); err != nil {
		return err
	}
	c.burst()
	say := json.NewEncoder(out)
	for _, length := range []time.Duration{c.WarmUp, c.Whole} {
		if err := c.drive(length); err != nil {
			return err
		}
		if err := say.Encode(asked{c.sent.Load(), c.asked.Load(), c.waited.Load()}); err != nil {
			return fmt.Errorf("saying what was asked: %w", err)
		}
	}
	return nil
}

// enter signs everybody in.
func (c *crowd) enter() (err error) {
	for _, email := range c.Referrers {
		p, err := enter(c.ctx, c.URL, email)
		if err != nil {
			return err
		}
		c.people <- p
	}
	if c.dcjs, err = enter(c.ctx, c.URL, c.Reviewer); err != nil {
		return err
	}
	if c.otda, err = enter(c.ctx, c.URL, c.Program); err != nil {
		return err
	}
	c.form, _, err = demo.Referral(submitted, c.Today)
	return err
}

// burst has every connection opened that a pool may have: the first moment at
// which many are needed would look like growth.
func (c *crowd) burst() {
	var all sync.WaitGroup
	for range soakAtOnce {
		all.Go(c.one)
	}
	all.Wait()
}

// drive begins a referral at each beat until the time is over, whether or not
// those before are done.
func (c *crowd) drive(length time.Duration) error {
	ctx, stop := context.WithTimeout(c.ctx, length)
	defer stop()
	beat := time.NewTicker(soakAll)
	defer beat.Stop()
	var all sync.WaitGroup
	defer all.Wait()
	for {
		select {
		case err := <-c.failed:
			return err
		case <-beat.C:
			all.Go(c.one)
		case <-ctx.Done():
			all.Wait()
			select {
			case err := <-c.failed:
				return err
			default:
				return c.ctx.Err()
			}
		}
	}
}

// one is a referral as people make it. The first failure ends the soak.
func (c *crowd) one() {
	var p *remote
	select {
	case p = <-c.people:
	default:
		c.waited.Add(1)
		p = <-c.people
	}
	err := c.refer(p)
	c.people <- p
	if err != nil {
		select {
		case c.failed <- err:
		default:
		}
	}
}

var sectionLink = regexp.MustCompile(`href="(/referrals/[^"/]+)/sections/([A-Z])"`)

// refer fills a form in section by section, sends it, has the State open it, and
// withdraws it: as many are open at the end as at the beginning, so that what grows
// is not what there is to show.
func (c *crowd) refer(p *remote) error {
	list, err := c.ask(p, "/referrals")
	if err != nil {
		return err
	}
	began, err := c.post(p, "/referrals", hidden(list.body))
	if err != nil {
		return err
	}
	ref, err := c.begun(p, began)
	if err != nil {
		return err
	}
	for _, section := range forms.Questions.Sections {
		if err := c.fill(p, ref, section.ID); err != nil {
			return err
		}
	}
	check, err := c.ask(p, ref+"/check")
	if err != nil {
		return err
	}
	if _, err := c.post(p, ref+"/submit", hidden(check.body)); err != nil {
		return err
	}
	c.sent.Add(1)
	for _, one := range []struct {
		who  *remote
		path string
	}{{c.dcjs, "/queue"}, {c.dcjs, ref}, {c.otda, "/board"}} {
		if _, err := c.ask(one.who, one.path); err != nil {
			return err
		}
	}
	question, err := c.ask(p, ref+"/withdraw")
	if err != nil {
		return err
	}
	_, err = c.post(p, ref+"/withdraw", hidden(question.body))
	return err
}

// begun is the address of the draft that was begun.
func (c *crowd) begun(p *remote, from reply) (string, error) {
	page, err := c.ask(p, from.to)
	if err != nil {
		return "", err
	}
	found := sectionLink.FindSubmatch(page.body)
	if found == nil {
		return "", fmt.Errorf("%s leads to no section", from.to)
	}
	return string(found[1]), nil
}

// fill asks for one section and sends it filled in. One that this referral does
// not ask is passed by.
func (c *crowd) fill(p *remote, ref, section string) error {
	in := typed(c.form, section)
	if len(in) == 0 {
		return nil
	}
	path := ref + "/sections/" + section
	page, err := c.ask(p, path)
	if err != nil {
		return err
	}
	for name, list := range hidden(page.body) {
		in[name] = list
	}
	for _, name := range []string{"familyName", "givenNames"} {
		if in.Has(name) {
			in.Set(name, invented())
		}
	}
	_, err = c.post(p, path, in)
	return err
}

// invented is a name of nobody: one name for all would make each referral one of
// the person of every other.
func invented() string {
	return strings.Map(func(r rune) rune {
		if r < 'A' { // a digit
			return r - '0' + 'a'
		}
		return r
	}, rand.Text()[:10])
}

func (c *crowd) ask(p *remote, path string) (reply, error) {
	c.asked.Add(1)
	return p.page(path)
}

func (c *crowd) post(p *remote, path string, in map[string][]string) (reply, error) {
	c.asked.Add(1)
	return p.want(http.StatusSeeOther, http.MethodPost, path, in, "text/html")
}
