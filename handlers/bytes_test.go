package handlers

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"regexp"
	"slices"
	"testing"

	"nysreferral/demo"
	"nysreferral/store/storetest"
)

// formBytes is how much the form may weigh over the wire, as gzip: each of its
// sections once, and each file that they load once. The measurements of bench
// count the same.
const formBytes = 60_000

var (
	sectionLink = regexp.MustCompile(`href="(/referrals/[^"]+/sections/[A-Z])"`)
	loaded      = regexp.MustCompile(`(?:href|src)="(/static/[^"]+)"`)
)

// Whoever fills the form in at the end of a bad line loads no more than it says
// in docs/performance.md, however many questions there are.
func TestFormWeighsLittle(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	answers, _, err := demo.Referral(heaviest, s.state.Door.Today())
	if err != nil {
		t.Fatal(err)
	}
	draft, err := s.state.Door.Import(t.Context(), s.state.As("case_manager"), answers)
	if err != nil {
		t.Fatal(err)
	}
	b := s.at("case_manager")
	weigh := func(path string) (int, []byte) {
		got := b.get(path)
		if got.status != http.StatusOK {
			t.Fatalf("%s answers %d", path, got.status)
		}
		var z bytes.Buffer
		w := gzip.NewWriter(&z)
		if _, err := w.Write([]byte(got.body)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return z.Len(), []byte(got.body)
	}
	var sections, files []string
	_, list := weigh(refPath(draft.Ref))
	for _, m := range sectionLink.FindAllSubmatch(list, -1) {
		if path := string(m[1]); !slices.Contains(sections, path) {
			sections = append(sections, path)
		}
	}
	pages, assets := 0, 0
	for _, path := range sections {
		n, page := weigh(path)
		pages += n
		for _, m := range loaded.FindAllSubmatch(page, -1) {
			if file := string(m[1]); !slices.Contains(files, file) {
				files = append(files, file)
			}
		}
	}
	for _, path := range files {
		n, _ := weigh(path)
		assets += n
	}
	t.Logf("%d sections %d, %d files %d", len(sections), pages, len(files), assets)
	if pages+assets > formBytes || len(sections) < 10 || len(files) < 2 {
		t.Errorf("%d sections weigh %d, %d files %d: together %d, and %d at most", len(sections), pages, len(files), assets, pages+assets, formBytes)
	}
}

// heaviest is the case that the measurements fill the form in with.
const heaviest = 6
