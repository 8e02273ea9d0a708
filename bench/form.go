package main

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"time"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/web"
)

// The goals of the form: time in the program for one section, above what asking
// for it and logging it costs alone, and all sections with the files that they load.
const (
	sectionGoal = 500 * time.Microsecond
	wireGoal    = 60_000
)

// saved is the section that is saved while somebody types.
const saved = "C"

// form asks for every section of a draft that is filled in, and saves one.
func (r *run) form() error {
	for _, dialect := range r.dialects() {
		s, err := r.open(dialect)
		if err != nil {
			return err
		}
		all, err := s.referrers(r.ctx, 1)
		if err != nil {
			return err
		}
		b, err := r.signIn(s, all[0])
		if err != nil {
			return err
		}
		drafts, err := r.drafts(s, all[0], usual)
		if err != nil {
			return err
		}
		if err := r.sections(dialect, b, drafts[0]); err != nil {
			return err
		}
		if err := r.typing(dialect, b, drafts); err != nil {
			return err
		}
		if err := r.cleanUp(); err != nil {
			return err
		}
	}
	return nil
}

// drafts makes n drafts with all answers of the case.
func (r *run) drafts(s *site, who person, n int) ([]referrals.Seen, error) {
	out := make([]referrals.Seen, n)
	for i := range out {
		answers, _, err := demo.Referral(submitted, s.Door.Today())
		if err != nil {
			return nil, err
		}
		if out[i], err = s.Door.Import(r.ctx, who.Actor, answers); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// addresses are the pages of the sections that a draft asks.
func addresses(b *browser, draft referrals.Seen) ([]string, error) {
	list, err := b.want(http.StatusOK, http.MethodGet, "/referrals/"+draft.Ref, nil)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, m := range regexp.MustCompile(`href="(/referrals/[^"]+/sections/[A-Z])"`).FindAllSubmatch(list.body, -1) {
		if path := string(m[1]); !slices.Contains(out, path) {
			out = append(out, path)
		}
	}
	if len(out) < 5 {
		return nil, fmt.Errorf("only %d sections are found", len(out))
	}
	return out, nil
}

// sections measures the time of each section without a network, the bytes, and
// how many a second are served on the loopback.
func (r *run) sections(dialect string, b *browser, draft referrals.Seen) error {
	paths, err := addresses(b, draft)
	if err != nil {
		return err
	}
	bare, err := r.newBarePage(b, draft.Ref, paths[0])
	if err != nil {
		return err
	}
	took, cpus := make([][]time.Duration, len(paths)), make([][]time.Duration, len(paths))
	var floors []time.Duration
	for range r.rounds {
		floor, err := bare.times(r)
		if err != nil {
			return err
		}
		floors = append(floors, median(floor))
		got, err := r.pages(b, paths)
		if err != nil {
			return err
		}
		for i, one := range got {
			took[i], cpus[i] = append(took[i], median(one.took)), append(cpus[i], one.cpu)
		}
	}
	var sum, sumCPU, worst time.Duration
	var where string
	for i, path := range paths {
		mid := median(took[i])
		sum, sumCPU = sum+mid, sumCPU+median(cpus[i])
		if mid > worst {
			worst, where = mid, path[len(path)-1:]
		}
	}
	n := time.Duration(len(paths))
	r.say("   %s: %d sections, in the program: %.2f ms a section (median calls, mean of the sections), slowest %s with %.2f ms; cpu %.2f ms",
		dialect, len(paths), millis(sum/n), where, millis(worst), millis(sumCPU/n))
	floor := median(floors)
	r.say("   %s: the bare page, which asks and logs the same and draws nothing: %.2f ms", dialect, millis(floor))
	r.judge(sum/n-floor <= sectionGoal, "form page, "+dialect+", mean of the sections, above the bare page", fmt.Sprintf("%.2f ms (%.2f in all)", millis(sum/n-floor), millis(sum/n)), "≤ 0.5 ms")
	if dialect == "SQLite" {
		if err := r.wire(b, paths); err != nil {
			return err
		}
	}
	at := make([]int, usual)
	got, err := r.compare(usual, side{name: "sections", call: func(w int) error {
		at[w]++
		_, err := b.over(http.MethodGet, paths[(at[w]+w)%len(paths)], nil, "text/html")
		return err
	}})
	if err != nil {
		return err
	}
	r.say("   %s: sections over the loopback, %d clients  %s", dialect, usual, told(got[0]))
	return nil
}

var assetLink = regexp.MustCompile(`(?:href|src)="(/static/[^"]+)"`)

// wire counts the bytes of every section once and of what they load once.
func (r *run) wire(b *browser, paths []string) error {
	plain, packed := 0, 0
	files := map[string]bool{}
	for _, path := range paths {
		got, err := b.want(http.StatusOK, http.MethodGet, path, nil)
		if err != nil {
			return err
		}
		z, err := zipped(got.body)
		if err != nil {
			return err
		}
		plain, packed = plain+len(got.body), packed+z
		for _, m := range assetLink.FindAllSubmatch(got.body, -1) {
			files[string(m[1])] = true
		}
	}
	assets := 0
	for path := range files {
		got, err := b.want(http.StatusOK, http.MethodGet, path, nil)
		if err != nil {
			return err
		}
		z, err := zipped(got.body)
		if err != nil {
			return err
		}
		assets += z
	}
	r.say("   bytes: %d sections %d, as gzip %d; %d files that they load, once, as gzip %d", len(paths), plain, packed, len(files), assets)
	r.judge(packed+assets <= wireGoal, "form, all sections and files, as gzip", fmt.Sprintf("%.1f KB", float64(packed+assets)/1000), "≤ 60 KB")
	return nil
}

func gzipTo(out io.Writer, b []byte) error {
	z := gzip.NewWriter(out)
	if _, err := z.Write(b); err != nil {
		return fmt.Errorf("compressing: %w", err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("compressing: %w", err)
	}
	return nil
}

// typing saves a section again and again, as the page does while one types.
// Each client has a draft of its own.
func (r *run) typing(dialect string, b *browser, drafts []referrals.Seen) error {
	type page struct {
		path string
		in   url.Values
	}
	open := make([]page, len(drafts))
	for i, d := range drafts {
		p := page{path: "/referrals/" + d.Ref + "/sections/" + saved}
		drawn, err := b.want(http.StatusOK, http.MethodGet, p.path, nil)
		if err != nil {
			return err
		}
		answers, _, err := demo.Referral(submitted, b.s.Door.Today())
		if err != nil {
			return err
		}
		p.in = typed(answers, saved)
		for name, list := range hidden(drawn.body) {
			p.in[name] = list
		}
		open[i] = p
	}
	got, err := r.compare(len(drafts), side{name: "saving", call: func(w int) error {
		body, err := b.over(http.MethodPost, open[w].path, open[w].in, "application/json")
		if err != nil {
			return err
		}
		return revised(open[w].in, body)
	}})
	if err != nil {
		return err
	}
	r.say("   %s: saving a draft over the loopback, %d clients   %s", dialect, len(drafts), told(got[0]))
	return nil
}

// revised puts the revision that an answer to saving tells into what is sent next.
func revised(in url.Values, body []byte) error {
	var said struct{ Rev string }
	if err := json.Unmarshal(body, &said); err != nil {
		return fmt.Errorf("reading what was saved: %w", err)
	}
	in.Set(web.InputRev, said.Rev)
	return nil
}

// typed is what a browser sends of a section that is answered as r has it.
func typed(r *forms.Referral, section string) url.Values {
	in := url.Values{}
	for _, a := range forms.Questions.Answers(r) {
		if a.Field.Section != section || a.Field.Derived {
			continue
		}
		for _, code := range a.Codes() {
			switch {
			case a.Field.Kind != forms.KindDate && a.Field.Kind != forms.KindPartial:
				in.Add(a.Path, code)
			case code == forms.Unknown:
				in.Set(a.Path+web.DateUnknown, "yes")
			default:
				year, month, day := forms.PartialDate(code).Boxes()
				in.Set(a.Path+web.DateYear, year)
				in.Set(a.Path+web.DateMonth, month)
				in.Set(a.Path+web.DateDay, day)
			}
		}
	}
	return in
}
