package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// The load of a soak. The greatest hour of a whole nation is taken to bring 300
// referrals (an operation on a training day, at the scale of the United
// Kingdom); the soak has fifty such hours at once. With each referral come the
// pages of its form, its saves, and what the State opens of it.
const (
	nationalHour = 300
	soakTimes    = 50
	soakAll      = time.Hour / (nationalHour * soakTimes) // between two referrals
	soakMost     = 0.05                                   // how much more the last third may have than the first
	soakPeople   = 160                                    // nobody begins more referrals in an hour than one may
	soakAtOnce   = 40                                     // more than any pool has connections
)

// soaking is one soak.
type soaking struct {
	r      *run
	s      *site
	people chan *remote
	dcjs   *remote
	otda   *remote
	form   *forms.Referral
	sent   atomic.Int64 // referrals
	asked  atomic.Int64 // requests
	late   atomic.Int64 // referrals that had to wait for somebody who is free
	failed chan error
}

// sample is what the process had at one moment.
type sample struct {
	at                           time.Duration
	rss, heap, descriptors, work float64
}

// soak works at fifty times the national load, and looks whether anything grows.
func (r *run) soak() error {
	for _, dialect := range r.dialects() {
		if err := r.soakOn(dialect); err != nil {
			return err
		}
		if err := r.cleanUp(); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) soakOn(dialect string) error {
	m, err := r.newSoak(dialect)
	if err != nil {
		return err
	}
	end, err := (&submission{r: r, s: m.s}).background()
	if err != nil {
		return err
	}
	length, every := time.Duration(r.minutes*float64(time.Minute)), 10*time.Second
	if r.calls == quick.calls {
		length, every = 20*time.Second, time.Second
	}
	r.say("   %s: %s, a referral each %s with all pages of its form, after %d at once and a tenth of that to warm up", dialect, length, soakAll, soakAtOnce)
	got, err := m.whole(dialect, length, every)
	if err := errors.Join(err, end()); err != nil {
		return err
	}
	r.say("   %s: %d referrals and %d requests in all, none failed; %d referrals waited for somebody who was free", dialect, m.sent.Load(), m.asked.Load(), m.late.Load())
	return r.soaked(dialect, got)
}

// whole warms up, and soaks.
func (m *soaking) whole(dialect string, length, every time.Duration) ([]sample, error) {
	m.burst()
	if _, err := m.drive(length/10, 0); err != nil {
		return nil, err
	}
	if err := m.r.heapTo(dialect + "-begin"); err != nil {
		return nil, err
	}
	got, err := m.drive(length, every)
	if err != nil {
		return nil, err
	}
	return got, m.r.heapTo(dialect + "-end")
}

// newSoak makes the people and signs them in.
func (r *run) newSoak(dialect string) (*soaking, error) {
	s, err := r.open(dialect)
	if err != nil {
		return nil, err
	}
	if err := s.Populate(r.ctx); err != nil {
		return nil, err
	}
	m := &soaking{r: r, s: s, people: make(chan *remote, soakPeople), failed: make(chan error, 1)}
	agency, err := s.agency(r.ctx, "Example Harbor Shelter", "social_service_provider", workflow.SideProvider, "ovs")
	if err != nil {
		return nil, err
	}
	all, err := s.people(r.ctx, agency, workflow.Referrer, soakPeople)
	if err != nil {
		return nil, err
	}
	for _, who := range all {
		if err := s.Auth.SetPassword(r.ctx, workflow.Actor{}, who.ID, demo.Password, ""); err != nil {
			return nil, err
		}
		p, err := enter(r.ctx, s.url, who.email)
		if err != nil {
			return nil, err
		}
		m.people <- p
	}
	if m.dcjs, err = enter(r.ctx, s.url, s.Account("reviewer").Email); err != nil {
		return nil, err
	}
	if m.otda, err = enter(r.ctx, s.url, s.Account("program").Email); err != nil {
		return nil, err
	}
	m.form, _, err = demo.Referral(submitted, s.Door.Today())
	return m, err
}

// burst has every connection opened that a pool may have. They stay open, and
// the first moment at which many are needed would look like growth.
func (m *soaking) burst() {
	var all sync.WaitGroup
	for range soakAtOnce {
		all.Go(m.one)
	}
	all.Wait()
}

// drive begins a referral at each beat until the time is over, whether or not
// those before are done, and samples as often as every says; 0: never.
func (m *soaking) drive(length, every time.Duration) (out []sample, err error) {
	ctx, stop := context.WithTimeout(m.r.ctx, length)
	defer stop()
	beat := time.NewTicker(soakAll)
	defer beat.Stop()
	look := make(<-chan time.Time)
	if every > 0 {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		look = ticker.C
	}
	var all sync.WaitGroup
	defer all.Wait()
	for began := time.Now(); ; {
		select {
		case <-ctx.Done():
			all.Wait()
			select {
			case err := <-m.failed:
				return nil, err
			default:
				return out, m.r.ctx.Err()
			}
		case err := <-m.failed:
			return nil, err
		case <-look:
			one, err := look1(time.Since(began))
			if err != nil {
				return nil, err
			}
			out = append(out, one)
		case <-beat.C:
			all.Go(m.one)
		}
	}
}

// one is a referral as people make it. The first failure ends the soak.
func (m *soaking) one() {
	var p *remote
	select {
	case p = <-m.people:
	default:
		m.late.Add(1)
		p = <-m.people
	}
	err := m.refer(p)
	m.people <- p
	if err != nil {
		select {
		case m.failed <- err:
		default:
		}
	}
}

var sectionLink = regexp.MustCompile(`href="(/referrals/[^"/]+)/sections/([A-Z])"`)

// refer fills a form in section by section, sends it, has the State open it, and
// withdraws it: as many are open at the end as at the beginning, so that what grows
// is not what there is to show.
func (m *soaking) refer(p *remote) error {
	list, err := m.ask(p, "/referrals")
	if err != nil {
		return err
	}
	began, err := m.post(p, "/referrals", hidden(list.body))
	if err != nil {
		return err
	}
	ref, err := m.begun(p, began)
	if err != nil {
		return err
	}
	for _, section := range forms.Questions.Sections {
		if err := m.fill(p, ref, section.ID); err != nil {
			return err
		}
	}
	check, err := m.ask(p, ref+"/check")
	if err != nil {
		return err
	}
	if _, err := m.post(p, ref+"/submit", hidden(check.body)); err != nil {
		return err
	}
	m.sent.Add(1)
	for _, one := range []struct {
		who  *remote
		path string
	}{{m.dcjs, "/queue"}, {m.dcjs, ref}, {m.otda, "/board"}} {
		if _, err := m.ask(one.who, one.path); err != nil {
			return err
		}
	}
	question, err := m.ask(p, ref+"/withdraw")
	if err != nil {
		return err
	}
	_, err = m.post(p, ref+"/withdraw", hidden(question.body))
	return err
}

// begun is the address of the draft that was begun.
func (m *soaking) begun(p *remote, from reply) (string, error) {
	page, err := m.ask(p, from.to)
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
func (m *soaking) fill(p *remote, ref, section string) error {
	in := typed(m.form, section)
	if len(in) == 0 {
		return nil
	}
	path := ref + "/sections/" + section
	page, err := m.ask(p, path)
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
	_, err = m.post(p, path, in)
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

func (m *soaking) ask(p *remote, path string) (reply, error) {
	m.asked.Add(1)
	return p.page(path)
}

func (m *soaking) post(p *remote, path string, in map[string][]string) (reply, error) {
	m.asked.Add(1)
	return p.want(http.StatusSeeOther, http.MethodPost, path, in, "text/html")
}

// look1 is what the process has now: memory as the kernel counts it, what the
// heap holds after a collection, open descriptors and goroutines.
func look1(at time.Duration) (sample, error) {
	rss, err := resident("self")
	if err != nil {
		return sample{}, err
	}
	runtime.GC()
	var heap runtime.MemStats
	runtime.ReadMemStats(&heap)
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return sample{}, fmt.Errorf("counting descriptors: %w", err)
	}
	return sample{at, rss, float64(heap.HeapAlloc) / (1 << 20), float64(len(open)), float64(runtime.NumGoroutine())}, nil
}

// resident is the memory of a process, in megabytes.
func resident(pid string) (float64, error) {
	kilobytes, _, _ := strings.Cut(field(filepath.Join("/proc", pid, "status"), "VmRSS"), " ")
	n, err := strconv.ParseFloat(kilobytes, 64)
	if err != nil {
		return 0, fmt.Errorf("reading the memory of %s: %w", pid, err)
	}
	return n / 1024, nil
}

// soaked says and judges whether anything grew between the thirds. The middle
// sample of a third counts: one that meets a packet being drawn has its memory,
// which goes with it.
func (r *run) soaked(dialect string, got []sample) error {
	if len(got) < 6 {
		return fmt.Errorf("only %d samples: soak longer", len(got))
	}
	for _, one := range []struct {
		name, unit string
		pick       func(sample) float64
	}{{"memory (RSS)", "MB", func(s sample) float64 { return s.rss }}, {"heap after collection", "MB", func(s sample) float64 { return s.heap }},
		{"descriptors", "", func(s sample) float64 { return s.descriptors }}, {"goroutines", "", func(s sample) float64 { return s.work }}} {
		values := make([]float64, len(got))
		for i, s := range got {
			values[i] = one.pick(s)
		}
		third := len(values) / 3
		first, last := median(values[:third]), median(values[len(values)-third:])
		more := last/first - 1
		r.say("   %-22s %s  %.1f to %.1f %s", one.name, plot(values, 60), slices.Min(values), slices.Max(values), one.unit)
		r.judge(more <= soakMost, "soak, "+dialect+", "+one.name, fmt.Sprintf("%+.1f %% (%.1f, %.1f)", 100*more, first, last), "≤ +5 %")
	}
	return nil
}

func mean(list []float64) float64 {
	sum := 0.0
	for _, v := range list {
		sum += v
	}
	return sum / float64(len(list))
}

// plot draws values from nothing to the greatest of them, at most wide signs.
func plot(values []float64, wide int) string {
	blocks := []rune(" ▁▂▃▄▅▆▇█")
	top := slices.Max(values)
	out := make([]rune, min(wide, len(values)))
	for i := range out {
		part := values[i*len(values)/len(out) : (i+1)*len(values)/len(out)]
		out[i] = blocks[int(mean(part)/max(top, 1e-9)*float64(len(blocks)-1)+0.5)]
	}
	return string(out)
}
