package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// treasures are addresses that lists of words forget.
var treasures = []string{".env", ".env.local", ".git/config", ".git/HEAD", ".svn/entries", ".DS_Store", ".htaccess", "debug/pprof/", "debug/vars", "metrics", "healthz", "readyz",
	"server-status", "actuator/env", "backup.zip", "backup.sql", "database.sql", "data.db", "nysreferral.db", "config.yml", "config.toml", "keys", "id_rsa", "go.mod", "main.go",
	"Dockerfile", "swagger.json", "openapi.json", "graphql", "admin", "console", "phpmyadmin", "wp-login.php", "static/", "css/", "js/", "api/", "api/v1/", "api/v1/openapi.json", "robots.txt", "sitemap.xml"}

// ffuf looks for what nobody links to, as nobody and as a referrer, and guesses
// references.
func ffuf(ctx context.Context, r *run, t *target) ([]string, error) {
	words := r.file(".txt")
	list := strings.Join(treasures, "\n") + "\n"
	if text, err := os.ReadFile("/usr/share/dirb/wordlists/common.txt"); err == nil {
		list += string(text)
	}
	if err := os.WriteFile(words, []byte(list), 0o600); err != nil {
		return nil, fmt.Errorf("writing words: %w", err)
	}
	out, err := r.fuzz(ctx, t.plain+"/FUZZ", words)
	if err != nil || t.flawed {
		return out, err
	}
	more, err := r.fuzz(ctx, t.plain+"/FUZZ", words, "-H", "Cookie: "+t.of("referrer").cookie)
	for _, f := range more {
		out = append(out, "signed in: "+f)
	}
	if err != nil {
		return nil, err
	}
	var guesses strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&guesses, "7K4M-2QX9-%04d-5\n%d\n", i, i)
	}
	if err := os.WriteFile(words, []byte(guesses.String()), 0o600); err != nil {
		return nil, fmt.Errorf("writing guesses: %w", err)
	}
	more, err = r.fuzz(ctx, t.plain+"/api/v1/referrals/FUZZ", words, "-H", "Authorization: Bearer "+t.of("recipient").token)
	for _, f := range more {
		out = append(out, "guessed: "+f)
	}
	return out, err
}

// fuzz runs ffuf and returns what answered with a page or a failure.
func (r *run) fuzz(ctx context.Context, address, words string, more ...string) ([]string, error) {
	file := r.file(".json")
	args := append([]string{"-s", "-u", address, "-w", words, "-mc", "200,201,204,500,502,503", "-t", "10", "-o", file, "-of", "json"}, more...)
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
		// As nobody it may send forms; signed in it would sign itself out.
		starts = map[string][]string{t.secure + "/": {"-H", "Sec-Fetch-Site: same-origin"}, t.plain + "/referrals": {"-H", "Cookie: " + t.of("referrer").cookie}}
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
	return out, t.heard(ctx)
}

var sqlFound = regexp.MustCompile(`(?m)^Parameter: (.*) \((.*)\)`)

// sqlmap tries to change the question that is asked of the database, through
// every parameter that reaches one.
func sqlmap(ctx context.Context, r *run, t *target) ([]string, error) {
	var out []string
	for _, p := range t.points() {
		args := append([]string{"--batch", "--disable-coloring", "--level", "2", "--risk", "2", "--dbms", "sqlite", "--technique", "BEU", "--threads", "4", "--flush-session",
			"--ignore-code", "*", "--output-dir", filepath.Join(r.dir, "sqlmap")}, p...)
		said, err := r.tool(ctx, "sqlmap", args...)
		if err != nil {
			return nil, err
		}
		found := sqlFound.FindAllStringSubmatch(said, -1)
		for _, f := range found {
			out = append(out, "injectable: "+f[1])
		}
		if len(found) == 0 && !strings.Contains(said, "do not appear to be injectable") {
			return nil, fmt.Errorf("sqlmap did not come to an end with %s: %s", p[1], said[max(0, len(said)-300):])
		}
	}
	return out, t.heard(ctx)
}

// points are the parameters that are tried, each with who sends it.
func (t *target) points() [][]string {
	if t.flawed {
		return [][]string{{"-u", t.plain + "/item?id=1", "-p", "id"}}
	}
	page := func(duty, path, params string) []string {
		return []string{"-u", t.plain + path, "-p", params, "--cookie", t.of(duty).cookie}
	}
	form := func(path, data, params string) []string {
		p := t.of("referrer")
		return []string{"-u", t.plain + path, "--data", data + "&_csrf=" + p.csrf, "-p", params, "--cookie", p.cookie, "--headers", "Origin: " + t.plain + "\nSec-Fetch-Site: same-origin"}
	}
	call := func(duty, path string) []string {
		return []string{"-u", t.plain + "/api/v1" + path, "--headers", "Authorization: Bearer " + t.of(duty).token}
	}
	return [][]string{
		page("reviewer", "/queue?status=submitted&mine=1&cursor=a&last=0", "status,cursor,last"),
		page("referrer", "/referrals?cursor=a", "cursor"),
		page("administrator", "/directory?show=all&county=erie&kind=adult&after=a", "show,county,kind,after"),
		page("administrator", "/people?agency=1&show=all", "agency,show"),
		form("/check-a-letter", "reference=7K4M-2QX9-C3TB-5&code=abcd", "reference,code"),
		form("/referrals", "name=a&kind=b", "name,kind"),
		call("referrer", "/referrals?status=draft*&cursor=a*"),
		call("referrer", "/referrals/7K4M-2QX9-C3TB-5*"),
		page("director", "/reports/time?from=2026-01-01&to=2026-12-31", "from,to"),
	}
}
