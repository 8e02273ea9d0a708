package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"nysreferral/config"
	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/registry"
	"nysreferral/workflow"
)

// asProgram in the environment makes the binary of the tests the program itself.
const asProgram = "TEST_AS_PROGRAM"

// process is a server as a process of its own.
type process struct {
	cmd  *exec.Cmd
	base string
	said *safeLog
}

// house is a database, its keys and those who work there.
type house struct {
	settings config.Settings
	p        *program // opened here, as a command beside the servers
	tokens   []string // of referrers
	accounts []int
}

// freeAddr is an address of the loopback that nobody listens on.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// starts starts servers over the database of s, all at the same moment, and ends
// them with the test.
func starts(t *testing.T, s config.Settings, n int, more ...string) []*process {
	t.Helper()
	all := make([]*process, n)
	for i := range all {
		addr := freeAddr(t)
		args := append([]string{"serve", "--pilot", "--addr", addr, "--database", s.Database.Reveal(), "--key-file", s.KeyFile, "--data", s.Data, "--drain", "1s"}, more...)
		one := &process{cmd: exec.Command(os.Args[0], args...), base: "http://" + addr, said: &safeLog{}}
		one.cmd.Env = append(os.Environ(), asProgram+"=1")
		one.cmd.Stdout, one.cmd.Stderr = one.said, one.said
		all[i] = one
	}
	for _, one := range all {
		if err := one.cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if one.cmd.ProcessState == nil {
				one.ends(t, syscall.SIGKILL)
			}
		})
	}
	for _, one := range all {
		one.answers(t)
	}
	return all
}

// answers returns once the server is ready.
func (one *process) answers(t *testing.T) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if got, err := http.Get(one.base + pathReady); err == nil {
			_ = got.Body.Close()
			if got.StatusCode == http.StatusOK {
				return
			}
		}
		if bytes.Contains(one.said.bytes(), []byte("nysreferral: ")) {
			break
		}
	}
	t.Fatalf("a server does not become ready: %s", one.said.bytes())
}

// ends sends a signal and waits for the process.
func (one *process) ends(t *testing.T, with syscall.Signal) {
	t.Helper()
	if err := one.cmd.Process.Signal(with); err != nil {
		t.Fatal(err)
	}
	if err := one.cmd.Wait(); err != nil && with != syscall.SIGKILL {
		t.Errorf("it ends with %v: %s", err, one.said.bytes())
	}
}

// people adds agencies and accounts: four referrers, a reviewer and one of OTDA.
func people(t *testing.T, s config.Settings) *house {
	t.Helper()
	p, err := open(t.Context(), s, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.close(); err != nil {
			t.Error(err)
		}
	})
	h, ctx, c := &house{settings: s, p: p}, t.Context(), p.registry.Commands()
	add := func(kind string, side workflow.Side, designated string, duties ...workflow.Duty) {
		a, err := c.AddAgency(ctx, registry.Agency{Name: "Example " + kind, Kind: kind, Side: side, Designated: designated, Active: true})
		if err != nil {
			t.Fatal(err)
		}
		for i, duty := range duties {
			u, err := c.AddAccount(ctx, registry.NewAccount{Name: "Quinn Example", Title: "Advocate", Phone: "518-555-0100",
				Email: fmt.Sprintf("%s%d@example.org", duty, i), Duty: duty, Agency: a.ID})
			if err != nil {
				t.Fatal(err)
			}
			h.accounts = append(h.accounts, u.ID)
			if duty != workflow.Referrer {
				continue
			}
			token, err := p.auth.NewToken(ctx, workflow.Actor{}, u.ID, "test", time.Time{}, "test")
			if err != nil {
				t.Fatal(err)
			}
			h.tokens = append(h.tokens, token)
		}
	}
	add("social_service_provider", workflow.SideProvider, "ovs", workflow.Referrer, workflow.Referrer, workflow.Referrer, workflow.Referrer)
	add("dcjs", workflow.SideDCJS, "not_applicable", workflow.Reviewer)
	add("otda", workflow.SideOTDA, "not_applicable", workflow.Program)
	return h
}

// sends sends the referral of key and returns what the server says.
func (h *house) sends(t *testing.T, base string, who int, key string) (status int, text string) {
	t.Helper()
	r, _, err := demo.Referral(6, forms.Date(time.Now().Format(time.DateOnly)))
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	r.FamilyName = forms.Text("Made Up " + strings.Map(func(c rune) rune { return 'a' + (c-'0')%26 }, key))
	body, err := forms.Questions.JSON(r)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	q, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/api/v1/referrals", bytes.NewReader(body))
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	q.Header.Set("Authorization", "Bearer "+h.tokens[who])
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("Idempotency-Key", key)
	got, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer got.Body.Close()
	out, err := io.ReadAll(got.Body)
	if err != nil {
		t.Error(err)
	}
	return got.StatusCode, string(out)
}

// signedIn is a session of the account, as a browser's cookie.
func (h *house) signedIn(t *testing.T, id int) string {
	t.Helper()
	who, err := h.p.auth.Actor(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	sessions := h.p.auth.Sessions(true)
	ctx, err := sessions.Load(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if err := sessions.Begin(ctx, who); err != nil {
		t.Fatal(err)
	}
	token, _, err := sessions.Commit(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return sessions.Cookie.Name + "=" + token
}

// browser asks as a browser with that cookie and follows nothing.
func browser(t *testing.T, method, address, cookie string, form url.Values) (status int, text string) {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Cookie", cookie)
	q.Header.Set("Sec-Fetch-Site", "same-origin")
	if form != nil {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	got, err := http.DefaultTransport.RoundTrip(q)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got.StatusCode, string(body)
}
