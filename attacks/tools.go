package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// tools is where scripts/ensure-attack-tools.sh builds what no package brings.
const tools = ".tools"

// here says whether a program is on the machine.
func here(name string) bool { return path(name) != "" }

// path is where a program lies, "" for nowhere.
func path(name string) string {
	if own, err := filepath.Abs(filepath.Join(tools, name)); err == nil {
		if _, err := os.Stat(own); err == nil {
			return own
		}
	}
	at, err := exec.LookPath(name)
	if err != nil {
		return ""
	}
	return at
}

// tool runs a tool in a folder of its own and returns what it said. That it ends
// with a complaint is no failure: many do so when they have found something.
func (r *run) tool(ctx context.Context, name string, args ...string) (string, error) {
	dir, err := os.MkdirTemp(r.dir, name)
	if err != nil {
		return "", fmt.Errorf("making a folder: %w", err)
	}
	cmd := exec.CommandContext(ctx, path(name), args...)
	cmd.Dir, cmd.WaitDelay = dir, 5*time.Second
	cmd.Env = append(os.Environ(), "HOME="+dir, "TERM=dumb", "http_proxy=", "https_proxy=", "HTTP_PROXY=", "HTTPS_PROXY=", "ALL_PROXY=", "NO_PROXY=127.0.0.1")
	out, err := cmd.CombinedOutput()
	if r.full {
		fmt.Fprintf(r.log, "%s\n", out)
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return "", fmt.Errorf("running %s: %w", name, err)
	}
	if ctx.Err() != nil {
		return string(out), fmt.Errorf("%s did not end in time", name)
	}
	return string(out), nil
}

// report reads what a tool wrote to a file.
func report[T any](name string, read func([]byte, any) error) (T, error) {
	var v T
	text, err := os.ReadFile(name)
	if err == nil {
		err = read(text, &v)
	}
	if err != nil {
		return v, fmt.Errorf("reading a report: %w", err)
	}
	return v, nil
}

// file is a name for what a tool writes, that nothing has yet.
func (r *run) file(end string) string {
	return filepath.Join(r.dir, fmt.Sprintf("%d%s", time.Now().UnixNano(), end))
}

// policyIsStrict has csp_evaluator judge the policy of every kind of answer.
func policyIsStrict(ctx context.Context, r *run, t *target) ([]string, error) {
	policies := map[string]bool{}
	for _, path := range []string{"/", "/none", "/api/v1/none", "/sign-in"} {
		got, err := ask(ctx, nobody(), http.MethodGet, t.plain+path, "")
		if err != nil {
			return nil, err
		}
		policies[got.header.Get("Content-Security-Policy")] = true
	}
	if t.flawed {
		policies["script-src 'unsafe-inline' *; object-src *"] = true
	}
	var out []string
	for p := range policies {
		found, err := judgePolicy(ctx, p)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// judgePolicy asks csp_evaluator what is wrong with a policy.
func judgePolicy(ctx context.Context, policy string) ([]string, error) {
	dir := "."
	if _, err := os.Stat("csp.cjs"); err != nil {
		dir = "attacks"
	}
	cmd := exec.CommandContext(ctx, path("node"), "csp.cjs", policy)
	cmd.Dir = dir
	var bad bytes.Buffer
	cmd.Stderr = &bad
	text, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("csp_evaluator: %w: %.300s", err, bad.String())
	}
	var out []string
	if err := json.Unmarshal(text, &out); err != nil {
		return nil, fmt.Errorf("csp_evaluator: %w", err)
	}
	return out, nil
}

// sslscan lists what protocols and ciphers are offered.
func sslscan(ctx context.Context, r *run, t *target) ([]string, error) {
	file := r.file(".xml")
	if _, err := r.tool(ctx, "sslscan", "--no-colour", "--xml="+file, strings.TrimPrefix(t.secure, "https://")); err != nil {
		return nil, err
	}
	type scan struct {
		Test struct {
			Protocols []struct {
				Type    string `xml:"type,attr"`
				Version string `xml:"version,attr"`
				Enabled string `xml:"enabled,attr"`
			} `xml:"protocol"`
			Ciphers []struct {
				Version string `xml:"sslversion,attr"`
				Cipher  string `xml:"cipher,attr"`
			} `xml:"cipher"`
			Heartbleed []struct {
				Vulnerable string `xml:"vulnerable,attr"`
			} `xml:"heartbleed"`
			Compression struct {
				Supported string `xml:"supported,attr"`
			} `xml:"compression"`
		} `xml:"ssltest"`
	}
	got, err := report[scan](file, xml.Unmarshal)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, p := range got.Test.Protocols {
		if p.Enabled == "1" && !(p.Type == "tls" && (p.Version == "1.2" || p.Version == "1.3")) {
			out = append(out, strings.ToUpper(p.Type)+"v"+p.Version+" is offered")
		}
	}
	for _, c := range got.Test.Ciphers {
		if !strings.Contains(c.Cipher, "GCM") && !strings.Contains(c.Cipher, "CHACHA20") {
			out = append(out, c.Version+" "+c.Cipher+" is offered")
		}
	}
	for _, h := range got.Test.Heartbleed {
		if h.Vulnerable == "1" {
			out = append(out, "heartbleed")
		}
	}
	if got.Test.Compression.Supported == "1" {
		out = append(out, "compression is offered")
	}
	if len(got.Test.Ciphers) == 0 {
		return nil, errors.New("sslscan saw no cipher")
	}
	return out, nil
}

// testssl tries the known weaknesses of TLS.
func testssl(ctx context.Context, r *run, t *target) ([]string, error) {
	file := r.file(".json")
	if _, err := r.tool(ctx, "testssl", "--quiet", "--color", "0", "--warnings", "off", "--nodns", "none", "-p", "-S", "-U", "-f", "--jsonfile", file, t.secure); err != nil {
		return nil, err
	}
	got, err := report[[]struct{ ID, Severity, Finding string }](file, json.Unmarshal)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, f := range got {
		switch f.Severity {
		case "OK", "INFO", "DEBUG":
		default:
			out = append(out, fmt.Sprintf("%s %s: %s", f.ID, f.Severity, f.Finding))
		}
	}
	if len(got) < 20 {
		return nil, fmt.Errorf("testssl judged only %d things", len(got))
	}
	return out, nil
}

// h2spec holds HTTP/2 against its specification.
func h2spec(ctx context.Context, r *run, t *target) ([]string, error) {
	file := r.file(".xml")
	host, port, err := net.SplitHostPort(t.h2)
	if err != nil {
		return nil, fmt.Errorf("reading an address: %w", err)
	}
	args := []string{"-h", host, "-p", port, "-t", "-k", "-o", "2", "-j", file}
	if t.flawed {
		args = append(args, "-o", "1", "http2/3.5", "http2/6.7") // a few suffice; each waits for its time
	}
	if _, err := r.tool(ctx, "h2spec", args...); err != nil {
		return nil, err
	}
	type suites struct {
		Suites []struct {
			ID    string `xml:"id,attr"`
			Cases []struct {
				Class   string    `xml:"classname,attr"`
				Failure *struct{} `xml:"failure"`
				Error   *struct{} `xml:"error"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	got, err := report[suites](file, xml.Unmarshal)
	if err != nil {
		return nil, err
	}
	var out []string
	cases := 0
	for _, s := range got.Suites {
		for _, c := range s.Cases {
			if cases++; c.Failure != nil || c.Error != nil {
				out = append(out, s.ID+": "+c.Class)
			}
		}
	}
	if cases < 100 && !t.flawed {
		return nil, fmt.Errorf("h2spec tried only %d cases", cases)
	}
	return out, nil
}

// colors are what a tool paints its words with.
var colors = regexp.MustCompile("\x1b\\[[0-9;]*[A-Za-z]")

var serviceSaid = regexp.MustCompile(`service available:\s*(\w+)`)

// slowhttptest holds many connections open by headers, bodies and answers that
// take their time, and asks meanwhile whether anybody else is answered.
func slowhttptest(ctx context.Context, r *run, t *target) ([]string, error) {
	ways := map[string][]string{
		"slow headers": {"-H", "-i", "5", "-t", "GET", "-u", t.plain + "/"},
		"slow bodies":  {"-B", "-i", "5", "-s", "8192", "-t", "POST", "-u", t.plain + "/sign-in"},
		"slow readers": {"-X", "-w", "10", "-y", "20", "-n", "5", "-z", "32", "-k", "3", "-u", t.plain + "/"},
	}
	var out []string
	for way, args := range ways {
		if t.flawed && way != "slow headers" {
			continue
		}
		said, err := r.tool(ctx, "slowhttptest", append([]string{"-c", "250", "-r", "125", "-x", "24", "-p", "3", "-l", "20"}, args...)...)
		if err != nil {
			return nil, err
		}
		states := serviceSaid.FindAllStringSubmatch(colors.ReplaceAllString(said, ""), -1)
		if len(states) == 0 {
			return nil, fmt.Errorf("%s: slowhttptest says nothing of the service: %.200s", way, said)
		}
		for _, s := range states {
			if s[1] == "NO" {
				out = append(out, "not available beside "+way)
			}
		}
	}
	return out, nil
}
