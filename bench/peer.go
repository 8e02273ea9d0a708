package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"nysreferral/demo"
	"nysreferral/forms"
)

// What the peer was recorded with: the referral form of the United Kingdom's
// Home Office (Node, its framework HOF), on two cores of the same kind, the
// better end of each range. It is not run here.
const (
	peerPages = 48.0  // form pages a second
	peerPosts = 66.0  // steps a second into PostgreSQL
	peerRSS   = 157.0 // MiB
	peerReady = 2600 * time.Millisecond
	peerPage  = 924.0 // kB, the largest
)

// Goals beside the peer.
const (
	peerTimesPages = 40.0
	peerTimesPosts = 10.0
	peerPartRSS    = 0.25
	peerReadyGoal  = 300 * time.Millisecond
	peerPageGoal   = 60.0
)

// running is the built program over a database of its own, in a process.
type running struct {
	r     *run
	cmd   *exec.Cmd
	url   string
	flags []string
	said  bytes.Buffer
}

// peer measures the built program as the peer was measured: form pages a
// second, steps into PostgreSQL, memory under that load, time to be ready, and
// the largest page.
func (r *run) peer() error {
	if r.postgres == "" {
		r.say("   left out: the peer wrote into PostgreSQL, and TEST_POSTGRES names none")
		return nil
	}
	p, err := r.newRunning()
	if err != nil {
		return err
	}
	first, users, err := p.first()
	if err != nil {
		return err
	}
	ready, err := p.again()
	if err != nil {
		return err
	}
	r.say("   first start with the making of the demonstration %s", first.Round(time.Millisecond))
	if err := p.load(users); err != nil {
		return errors.Join(err, p.end())
	}
	r.judge(ready <= peerReadyGoal, "beside the peer, ready", fmt.Sprintf("%d ms (recorded %d)", ready.Milliseconds(), peerReady.Milliseconds()), "≤ 300 ms")
	return p.end()
}

// newRunning builds the program and makes it a database.
func (r *run) newRunning() (*running, error) {
	s := &site{}
	r.made++
	address, err := r.address(s, "PostgreSQL")
	if err != nil {
		return nil, err
	}
	program := filepath.Join(r.dir, "program")
	if err := r.build(program); err != nil {
		return nil, err
	}
	home := filepath.Join(r.dir, strconv.Itoa(r.made))
	p := &running{r: r, flags: []string{program, "demo", "--empty", "--data", filepath.Join(home, "data"), "--database", address, "--ready-file", filepath.Join(home, "ready")}}
	return p, os.MkdirAll(home, 0o700)
}

// start starts the program and returns how long it took to answer.
func (p *running) start() (time.Duration, error) {
	addr, err := free()
	if err != nil {
		return 0, err
	}
	p.url = "http://" + addr
	p.cmd = exec.CommandContext(p.r.ctx, p.flags[0], append(slices.Clone(p.flags[1:]), "--addr", addr)...)
	p.cmd.Stdout, p.cmd.Stderr = io.Discard, &p.said
	began := time.Now()
	if err := p.cmd.Start(); err != nil {
		return 0, fmt.Errorf("starting the program: %w", err)
	}
	took, err := answered(addr, began)
	if err != nil {
		err = fmt.Errorf("%w: %s", err, p.said.String())
	}
	return took, err
}

func (p *running) end() error { return ended(p.cmd) }

// first starts it over the empty database and reads who can sign in.
func (p *running) first() (time.Duration, map[string]string, error) {
	took, err := p.start()
	if err != nil {
		return 0, nil, err
	}
	text, err := waitFor(p.r.ctx, p.flags[len(p.flags)-1])
	if err != nil {
		return 0, nil, errors.Join(err, p.end())
	}
	var said struct {
		Users []struct{ Email, Token string }
	}
	if err := json.Unmarshal(text, &said); err != nil {
		return 0, nil, errors.Join(fmt.Errorf("reading who can sign in: %w", err), p.end())
	}
	tokens := map[string]string{}
	for _, u := range said.Users {
		tokens[u.Email] = u.Token
	}
	return took, tokens, p.end()
}

// waitFor reads a file as soon as it is there.
func waitFor(ctx context.Context, path string) ([]byte, error) {
	for ctx.Err() == nil {
		if text, err := os.ReadFile(path); err == nil {
			return text, nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return nil, ctx.Err()
}

// again starts it as often as starts are counted, and leaves the last running.
func (p *running) again() (time.Duration, error) {
	took := make([]time.Duration, p.r.starts)
	for i := range took {
		one, err := p.start()
		if err != nil {
			return 0, err
		}
		took[i] = one
		if i < len(took)-1 {
			if err := p.end(); err != nil {
				return 0, err
			}
		}
	}
	return median(took), nil
}

// load asks for pages and sends steps, and looks at memory and CPU meanwhile.
func (p *running) load(tokens map[string]string) error {
	const email = "case_manager@example.org"
	who, err := enter(p.r.ctx, p.url, email)
	if err != nil {
		return err
	}
	drafts, err := p.drafts(tokens[email], usual)
	if err != nil {
		return err
	}
	paths, largest, err := p.sections(who, drafts[0])
	if err != nil {
		return err
	}
	stop := p.watch()
	pages, pageCPU, err := p.pages(who, paths)
	if err != nil {
		return err
	}
	posts, postCPU, err := p.posts(who, drafts)
	if err != nil {
		return err
	}
	p.told(pages, pageCPU, posts, postCPU, stop(), largest)
	return nil
}

// told prints and judges the ratios against what was recorded of the peer.
func (p *running) told(pages load, pageCPU time.Duration, posts load, postCPU time.Duration, rss, largest float64) {
	r := p.r
	r.say("   ours, in a process of its own, %d clients on the same cores:", usual)
	r.say("   form pages %6.0f/s, %d µs CPU of the server each, p99 %.1f ms", pages.perSecond, pageCPU.Microseconds(), millis(pages.p99))
	r.say("   steps      %6.0f/s, %d µs CPU of the server each, p99 %.1f ms, each a sealed draft and a line of the log in PostgreSQL", posts.perSecond, postCPU.Microseconds(), millis(posts.p99))
	r.say("   memory at most %.0f MiB; largest page %.1f kB with the files that it loads, as gzip", rss, largest)
	r.judge(pages.perSecond >= peerTimesPages*peerPages, "beside the peer, form pages (recorded 48/s)", fmt.Sprintf("%.0f × (%.0f/s)", pages.perSecond/peerPages, pages.perSecond), "≥ 40 ×")
	r.judge(posts.perSecond >= peerTimesPosts*peerPosts, "beside the peer, steps (recorded 66/s)", fmt.Sprintf("%.0f × (%.0f/s)", posts.perSecond/peerPosts, posts.perSecond), "≥ 10 ×")
	r.judge(rss <= peerPartRSS*peerRSS, "beside the peer, memory (recorded 157 MiB)", fmt.Sprintf("%.2f × (%.0f MiB)", rss/peerRSS, rss), "≤ 0.25 ×")
	r.judge(largest <= peerPageGoal, "beside the peer, largest page (recorded 924 kB)", fmt.Sprintf("%.1f kB", largest), "≤ 60 kB")
}

// drafts makes n drafts that are filled in.
func (p *running) drafts(token string, n int) ([]string, error) {
	answers, _, err := demo.Referral(submitted, forms.Date(time.Now().Format(time.DateOnly)))
	if err != nil {
		return nil, err
	}
	body, err := forms.Questions.JSON(answers)
	if err != nil {
		return nil, fmt.Errorf("writing a draft: %w", err)
	}
	out := make([]string, n)
	for i := range out {
		q, err := http.NewRequestWithContext(p.r.ctx, http.MethodPost, p.url+"/api/v1/drafts", bytes.NewReader(body))
		if err != nil {
			return nil, fmt.Errorf("making a draft: %w", err)
		}
		q.Header.Set("Authorization", "Bearer "+token)
		q.Header.Set("Content-Type", "application/json")
		got, err := client.Do(q)
		if err != nil {
			return nil, fmt.Errorf("making a draft: %w", err)
		}
		var said struct{ Reference string }
		err = json.NewDecoder(got.Body).Decode(&said)
		if err := errors.Join(err, got.Body.Close()); err != nil || said.Reference == "" {
			return nil, fmt.Errorf("making a draft is answered %d: %w", got.StatusCode, err)
		}
		out[i] = "/referrals/" + said.Reference
	}
	return out, nil
}

// sections are the pages of a draft, and the weight of the heaviest with all
// that it loads, in kB as gzip.
func (p *running) sections(who *remote, draft string) (paths []string, largest float64, err error) {
	list, err := who.page(draft)
	if err != nil {
		return nil, 0, err
	}
	for _, m := range sectionLink.FindAllSubmatch(list.body, -1) {
		if path := string(m[1]) + "/sections/" + string(m[2]); !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	for _, path := range paths {
		page, err := who.page(path)
		if err != nil {
			return nil, 0, err
		}
		all, err := zipped(page.body)
		if err != nil {
			return nil, 0, err
		}
		var loaded []string
		for _, m := range assetLink.FindAllSubmatch(page.body, -1) {
			if one := string(m[1]); !slices.Contains(loaded, one) {
				loaded = append(loaded, one)
			}
		}
		for _, one := range loaded {
			got, err := who.page(one)
			if err != nil {
				return nil, 0, err
			}
			n, err := zipped(got.body)
			if err != nil {
				return nil, 0, err
			}
			all += n
		}
		largest = max(largest, float64(all)/1000)
	}
	return paths, largest, nil
}

// pages asks for one section after the other.
func (p *running) pages(who *remote, paths []string) (load, time.Duration, error) {
	all, err := p.clients(who)
	if err != nil {
		return load{}, 0, err
	}
	at := make([]int, usual)
	return p.drive(func(w int) error {
		at[w]++
		_, err := all[w].page(paths[(at[w]+w)%len(paths)])
		return err
	})
}

// posts saves a section again and again, each client in a draft of its own.
func (p *running) posts(who *remote, drafts []string) (load, time.Duration, error) {
	answers, _, err := demo.Referral(submitted, forms.Date(time.Now().Format(time.DateOnly)))
	if err != nil {
		return load{}, 0, err
	}
	in := make([]url.Values, len(drafts))
	for i, draft := range drafts {
		page, err := who.page(draft + "/sections/" + saved)
		if err != nil {
			return load{}, 0, err
		}
		in[i] = typed(answers, saved)
		for name, list := range hidden(page.body) {
			in[i][name] = list
		}
	}
	all, err := p.clients(who)
	if err != nil {
		return load{}, 0, err
	}
	return p.drive(func(w int) error {
		got, err := all[w].want(http.StatusOK, http.MethodPost, drafts[w]+"/sections/"+saved, in[w], "application/json")
		if err != nil {
			return err
		}
		return revised(in[w], got.body)
	})
}

// drive is a warm-up and the rounds of one kind of request, with the CPU of the
// server for each.
func (p *running) drive(call func(w int) error) (load, time.Duration, error) {
	if _, err := drive(p.r.ctx, usual, p.r.slice, call); err != nil {
		return load{}, 0, err
	}
	var all []load
	var cpus []time.Duration
	for range p.r.rounds {
		before, err := p.spent()
		if err != nil {
			return load{}, 0, err
		}
		one, err := drive(p.r.ctx, usual, p.r.slice, call)
		if err != nil {
			return load{}, 0, err
		}
		after, err := p.spent()
		if err != nil {
			return load{}, 0, err
		}
		all, cpus = append(all, one), append(cpus, (after-before)/time.Duration(one.n))
	}
	return load{perSecond: median(of(all, rate)), p99: median(of(all, most))}, median(cpus), nil
}

// spent is the CPU time of the server so far. The kernel counts it in
// hundredths of a second.
func (p *running) spent() (time.Duration, error) {
	text := word(filepath.Join("/proc", strconv.Itoa(p.cmd.Process.Pid), "stat"))
	_, rest, _ := strings.Cut(text, ") ")
	words := strings.Fields(rest)
	if len(words) < 13 {
		return 0, errors.New("the server has ended")
	}
	user, err := strconv.ParseInt(words[11], 10, 64)
	system, failed := strconv.ParseInt(words[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond, errors.Join(err, failed)
}

// watch looks at the server's memory until what it returns is called, which
// gives the most.
func (p *running) watch() func() float64 {
	stop, done := make(chan struct{}), make(chan float64)
	go func() {
		top := 0.0
		for tick := time.NewTicker(20 * time.Millisecond); ; {
			select {
			case <-tick.C:
				if rss, err := resident(strconv.Itoa(p.cmd.Process.Pid)); err == nil {
					top = max(top, rss)
				}
			case <-stop:
				tick.Stop()
				done <- top
				return
			}
		}
	}()
	return func() float64 { close(stop); return <-done }
}
