package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"nysreferral/forms"
)

// treasures are addresses that lists of words forget.
var treasures = []string{".env", ".env.local", ".git/config", ".git/HEAD", ".svn/entries", ".DS_Store", ".htaccess", "debug/pprof/", "debug/vars", "metrics", "healthz", "readyz",
	"server-status", "actuator/env", "backup.zip", "backup.sql", "database.sql", "data.db", "nysreferral.db", "config.yml", "config.toml", "keys", "id_rsa", "go.mod", "main.go",
	"Dockerfile", "swagger.json", "openapi.json", "graphql", "admin", "console", "phpmyadmin", "wp-login.php", "static/", "css/", "js/", "api/", "api/v1/", "api/v1/openapi.json", "robots.txt", "sitemap.xml"}

// ffuf looks for what nobody links to, as nobody and as a referrer, and guesses
// references.
func ffuf(ctx context.Context, r *run, t *target) ([]string, error) {
	list := strings.Join(treasures, "\n") + "\n"
	if text, err := os.ReadFile("/usr/share/dirb/wordlists/common.txt"); err == nil {
		list += string(text)
	}
	out, err := r.fuzz(ctx, t.plain+"/FUZZ", list)
	if err != nil || t.flawed {
		return out, err
	}
	// Whoever asks for the way out is signed out, and every word after it would be
	// asked by nobody.
	more, err := r.fuzz(ctx, t.plain+"/FUZZ", strings.ReplaceAll(list, "\nexit\n", "\n"), "-H", "Cookie: "+t.of("referrer").cookie)
	for _, f := range more {
		out = append(out, "signed in: "+f)
	}
	if err != nil {
		return nil, err
	}
	var guesses strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&guesses, "%s\n%d\n", forms.NewReference(uint64(i+1)), i)
	}
	more, err = r.fuzz(ctx, t.plain+"/api/v1/referrals/FUZZ", guesses.String(), "-H", "Authorization: Bearer "+t.of("recipient").token)
	for _, f := range more {
		out = append(out, "guessed: "+f)
	}
	return out, err
}

// fuzz runs ffuf and returns what answered with a page or a failure.
func (r *run) fuzz(ctx context.Context, address, words string, more ...string) ([]string, error) {
	return r.ffuf(ctx, address, words, append(more, "-mc", "200,201,204,500,502,503")...)
}

// ffuf asks for each word, one a line, at its place in the address, and returns
// what answered as more says that it counts.
func (r *run) ffuf(ctx context.Context, address, words string, more ...string) ([]string, error) {
	file, list := r.file(".json"), r.file(".txt")
	if err := os.WriteFile(list, []byte(words), 0o600); err != nil {
		return nil, fmt.Errorf("writing words: %w", err)
	}
	args := append([]string{"-s", "-u", address, "-w", list, "-t", strconv.Itoa(atOnce), "-o", file, "-of", "json"}, more...)
	if _, err := r.tool(ctx, "ffuf", args...); err != nil {
		return nil, err
	}
	type found struct {
		Results []struct {
			Input  map[string]string
			Status int
		}
	}
	got, err := report[found](file, json.Unmarshal)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, f := range got.Results {
		out = append(out, fmt.Sprintf("%d /%s", f.Status, f.Input["FUZZ"]))
	}
	return out, nil
}

// wapitiModules are what wapiti tries. The one that has a server fetch something
// is never among them: it calls a host outside. Forged forms are tried by attacks of
// our own: this tool takes two equal refusals for a form that was taken.
const wapitiModules = "sql,xss,file,exec,crlf,csp,http_headers,cookieflags,redirect,backup,methods,htaccess,permanentxss"

// wapiti walks the pages and sends what harms to each input.
func wapiti(ctx context.Context, r *run, t *target) ([]string, error) {
	starts := map[string][]string{t.plain + "/": nil}
	if !t.flawed {
		// As nobody it may send forms and go everywhere; signed in it would sign itself
		// out, by a form or by the link that leads away. So there it sends none, and
		// stays on pages that take something.
		page := func(duty string) []string { return []string{"--scope", "page", "-H", "Cookie: " + t.of(duty).cookie} }
		starts = map[string][]string{t.secure + "/": {"-H", "Sec-Fetch-Site: same-origin"}, t.plain + "/referrals?cursor=a": page("referrer"),
			t.plain + "/queue?status=submitted&mine=1": page("reviewer"), t.plain + "/directory?show=verified&county=erie": page("administrator")}
	}
	var out []string
	for start, more := range starts {
		file := r.file(".json")
		args := append([]string{"-u", start, "--scope", "folder", "-m", wapitiModules, "--no-bugreport", "--flush-session", "--verify-ssl", "0", "-f", "json", "-o", file,
			"--max-scan-time", "25", "--max-attack-time", "8", "--max-links-per-page", "20", "-v", "0"}, more...)
		said, err := r.tool(ctx, "wapiti", args...)
		if err != nil {
			return nil, fmt.Errorf("%w: %.300s", err, said)
		}
		type scan struct {
			Vulnerabilities, Anomalies map[string][]struct{ Method, Path, Info, Parameter string }
		}
		got, err := report[scan](file, json.Unmarshal)
		if err != nil {
			return nil, fmt.Errorf("%w: %.300s", err, said[max(0, len(said)-300):])
		}
		for _, list := range []map[string][]struct{ Method, Path, Info, Parameter string }{got.Vulnerabilities, got.Anomalies} {
			for kind, all := range list {
				for _, f := range all {
					out = append(out, strings.Join(strings.Fields(fmt.Sprintf("%s: %s %s %s", kind, f.Path, f.Parameter, f.Info)), " "))
				}
			}
		}
	}
	return out, nil
}

var sqlFound = regexp.MustCompile(`(?m)^Parameter: (.*) \((.*)\)`)

// sqlmap tries to change the question that is asked of the database, through
// every parameter that reaches one.
func sqlmap(ctx context.Context, r *run, t *target) ([]string, error) {
	var out []string
	for _, p := range t.points() {
		args := append([]string{"--batch", "--disable-coloring", "--level", "2", "--risk", "2", "--dbms", "sqlite", "--technique", "BEU", "--threads", "4", "--flush-session",
			"--ignore-code", "*", "--output-dir", filepath.Join(r.dir, "sqlmap")}, p.args...)
		before := t.plainLog.now()
		said, err := r.tool(ctx, "sqlmap", args...)
		if err != nil {
			return nil, err
		}
		found := sqlFound.FindAllStringSubmatch(said, -1)
		for _, f := range found {
			out = append(out, "injectable: "+f[1])
		}
		if len(found) == 0 && !strings.Contains(said, "do not appear to be injectable") {
			return nil, fmt.Errorf("sqlmap did not come to an end with %s: %s", p.args[1], said[max(0, len(said)-300):])
		}
		if err := t.tried(r, p, before); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// point is a question whose parameters are tried.
type point struct {
	args  []string
	route string // as the program's log names it
	like  int    // how the question is answered as it stands
}

// leastTried is how many questions one point sees at least.
const leastTried = 50

// tried sees that a point answered, as it does to who may ask, and was no page that
// refuses everything.
func (t *target) tried(r *run, p point, before tally) error {
	if t.flawed {
		return nil
	}
	got := t.plainLog.now().since(before).on(p.route)
	fmt.Fprintf(r.log, "   %s: %s\n", p.route, got)
	if got.of(p.like) == 0 || got.all() < leastTried || got.of(http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests) > 0 {
		return fmt.Errorf("%s was not tried: %s, and %d was to be among them", p.route, got, p.like)
	}
	return nil
}

// points are the parameters that are tried, each with who sends it.
func (t *target) points() []point {
	if t.flawed {
		return []point{{args: []string{"-u", t.plain + "/item?id=1", "-p", "id"}}}
	}
	page := func(duty, path, params string, like int) point {
		route, _, _ := strings.Cut(path, "?")
		return point{[]string{"-u", t.plain + path, "-p", params, "--cookie", t.of(duty).cookie}, "GET " + strings.Replace(route, "/timeliness", "/:name", 1), like}
	}
	form := func(path, data, params string, like int) point {
		p := t.of("referrer")
		return point{[]string{"-u", t.plain + path, "--data", data + "&_csrf=" + p.csrf, "-p", params, "--cookie", p.cookie, "--headers", "Origin: " + t.plain + "\nSec-Fetch-Site: same-origin"},
			"POST " + path, like}
	}
	call := func(duty, path, route string, like int) point {
		return point{[]string{"-u", t.plain + "/api/v1" + path, "--headers", "Authorization: Bearer " + t.of(duty).token}, "GET /api/v1" + route, like}
	}
	return []point{
		page("reviewer", "/queue?status=submitted&mine=1&last=1", "status,mine,last", http.StatusOK),
		page("reviewer", "/queue?cursor=a", "cursor", http.StatusUnprocessableEntity), // one that was not sealed here
		page("referrer", "/referrals?cursor=a", "cursor", http.StatusUnprocessableEntity),
		page("administrator", "/directory?show=verified&county=erie&kind=adult&after=a", "show,county,kind,after", http.StatusOK),
		page("administrator", "/people?agency=1&show=all", "agency,show", http.StatusOK),
		form("/check-a-letter", "reference="+forms.NewReference(1)+"&code=abcd", "reference,code", http.StatusOK),
		form("/referrals", "name=a&kind=b", "name,kind", http.StatusSeeOther),
		call("referrer", "/referrals?status=draft*", "/referrals", http.StatusOK),
		call("referrer", "/referrals?cursor=a*", "/referrals", http.StatusUnprocessableEntity),
		call("referrer", "/referrals/"+forms.NewReference(1)+"*", "/referrals/:ref", http.StatusNotFound),
		page("director", "/reports/timeliness?from=2026-09&to=2026-10", "from,to", http.StatusOK),
	}
}
