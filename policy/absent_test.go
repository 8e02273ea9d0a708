package policy_test

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// filled are addresses of a route with every parameter filled in.
func filled(path, ref string) []string {
	out := []string{path}
	params := map[string][]string{":ref": {ref}, ":other": {ref}, ":n": {"1"}, ":section": {"C", "G"}, ":key": {"demo-ldss-erie-child"},
		":number": {"1"}, ":year": {"2026"}, ":name": {"timeliness"}, ":id": {"1"}, ":group": {ref},
		":kind":   {"packet", "file", "receipt", "referral", "letter", "notice_of_confirmation"},
		":action": {"note", "withdraw", "accept", "reroute", "decide", "consult", "link"}}
	names := slices.Sorted(maps.Keys(params))
	slices.Reverse(names) // ":name" before ":n"
	for _, name := range names {
		var more []string
		for _, one := range out {
			if !strings.Contains(one, name) {
				more = append(more, one)
				continue
			}
			for _, value := range params[name] {
				more = append(more, strings.ReplaceAll(one, name, value))
			}
		}
		out = more
	}
	return out
}

// addresses are every method and address of pages and API, about ref where they
// are about a referral at all.
func (s *site) addresses(ref string) []string {
	var out []string
	for _, r := range s.mux.Routes() {
		if r.Method != http.MethodGet && r.Method != http.MethodPost && r.Method != http.MethodPut && r.Method != http.MethodDelete || strings.Contains(r.Path, "*") {
			continue
		}
		for _, path := range filled(r.Path, ref) {
			out = append(out, r.Method+" "+path)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// typedBefore is what somebody typed before signing in, sealed: other bytes each
// time.
var typedBefore = regexp.MustCompile(`name="_typed" value="[^"]+"`)

// told is an answer as its receiver has it, without what differs between any two
// answers: the hour, and the address that was asked for where a page repeats it.
func told(a answer, ref string) string {
	a.header.Del("Date")
	a.header.Del("Set-Cookie")
	body := typedBefore.ReplaceAllString(a.body, "(sealed)")
	return strings.ReplaceAll(fmt.Sprint(a.status, a.header, body), ref, "(reference)")
}

// A referral of others and one that never was get the same answer, byte for byte
// and header for header, on every address of pages and API, read or written, for
// everybody who is not of it: nobody finds out whether there is one.
func TestAbsentAndNotYoursAreTheSame(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db)
		s.addColleague()
		receipt, err := s.Send(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		steps := append(slices.Clone(demo.ToDecision), demo.Confirm, step("program", workflow.Send, 1), step("rhtp_harbor", workflow.Accept, 1))
		if _, err := s.Take(t.Context(), receipt.Reference, steps...); err != nil {
			t.Fatal(err)
		}
		there, never := receipt.Reference, forms.NewReference(1<<40+99)
		asked, refused := 0, 0
		for _, key := range []string{"", "case_manager", "shelter_lead", "attorney", "trooper", "coordinator", "rhtp_hudson", "ldss_wyoming", "administrator"} {
			token := ""
			if key == "" {
				s.ask(key, http.MethodGet, "/sign-in", "") // begins the visit
			} else {
				token = hidden(s.ask(key, http.MethodGet, "/help", "").body).Encode()
			}
			for _, one := range s.addresses(there) {
				if !strings.Contains(one, there) {
					continue
				}
				method, path, _ := strings.Cut(one, " ")
				other := strings.ReplaceAll(path, there, never)
				body := token
				if strings.HasPrefix(path, "/api/") {
					body = `{"rev":1}`
				}
				if method == http.MethodGet {
					body = ""
				}
				mine, none := s.ask(key, method, path, body), s.ask(key, method, other, body)
				asked++
				held(t, told(mine, there) == told(none, never), "%s: %s: another's referral answers\n%s\nand one that never was\n%s", key, one, told(mine, there), told(none, never))
				held(t, mine.status >= 300, "%s: %s answers %d", key, one, mine.status)
				if mine.status == http.StatusNotFound {
					refused++
				}
			}
		}
		if asked < 1000 || refused < 500 {
			t.Errorf("only %d addresses were asked, %d of them absent", asked, refused)
		}
	})
}
