package e2e

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// road is one referral on its way through the pages, each person at a machine
// of their own.
type road struct {
	t     *testing.T
	prog  *Program
	seats map[string]*Page
	ref   string
}

func newRoad(t *testing.T, prog *Program) *road {
	return &road{t: t, prog: prog, seats: map[string]*Page{}}
}

// at returns the page of who has that key, signed in.
func (r *road) at(key string) *Page {
	r.t.Helper()
	if r.seats[key] == nil {
		r.seats[key] = seat(r.t, r.prog, key, View{})
	}
	return r.seats[key]
}

// path is an address of the referral.
func (r *road) path(more ...string) string {
	return strings.Join(append([]string{"/referrals", r.ref}, more...), "/")
}

// open opens the referral as who has that key.
func (r *road) open(key string, more ...string) *Page {
	r.t.Helper()
	p := r.at(key)
	if got := p.Open(r.path(more...)); got != http.StatusOK {
		r.t.Fatalf("%s: %s answers %d", key, r.path(more...), got)
	}
	return p
}

// write begins a referral as who has that key and fills it in by the pages,
// section by section in their order, up to the page that checks the answers.
func (r *road) write(key string, a answers) *Page {
	r.t.Helper()
	p := r.at(key)
	p.Open("/referrals")
	p.Follow(Button("New referral"))
	r.ref = strings.TrimPrefix(p.Path(), "/referrals/")
	p.Follow(`.tasks a`)
	var filled []string
	for range 20 {
		if !strings.Contains(p.Path(), "/sections/") {
			break
		}
		filled = append(filled, fill(r.t, p, a)...)
		here := p.Path()
		if got := p.Follow(Button("Save and continue")); got != http.StatusOK {
			r.t.Fatalf("%s answers %d:\n%s", here, got, p.Text(".problems"))
		}
	}
	if got := p.Path(); got != r.path("check") {
		r.t.Fatalf("after the last section comes %s", got)
	}
	a.asked(r.t, filled)
	return p
}

// send sends the referral from the page that checks the answers, and holds the
// receipt against what it must say.
func (r *road) send(p *Page, says ...string) {
	r.t.Helper()
	p.Follow(Button("Send the referral"))
	r.received(p, says...)
}

// received holds the receipt against what it must say.
func (r *road) received(p *Page, says ...string) {
	r.t.Helper()
	if got := p.Path(); got != r.path("receipt") {
		r.t.Fatalf("sending leads to %s:\n%s", got, p.Says())
	}
	for _, text := range append(says, r.ref) {
		p.See(text)
	}
}

// does does an act from the page of the referral: it follows the button or the
// link to the act, answers what its page asks, sends it, and wants to be told
// that it was done.
func (r *road) does(key, action string, a answers) *Page {
	r.t.Helper()
	p := r.open(key)
	if strings.HasPrefix(action, "handovers/") && !p.Has(doing(action)) {
		p = r.open(key, strings.Split(action, "/")[:2]...)
	}
	if action == "confirm" {
		p.Follow(doing("decide"))
	}
	p.Follow(doing(action))
	if form := Sel(`form.form[action$="/` + action + `"]`); p.Has(form) {
		a.asked(r.t, fill(r.t, p, a))
		if got := p.Follow(form + ` .buttons button:not([value="foresee"]):not([value="find"])`); got != http.StatusOK {
			r.t.Fatalf("%s: %s answers %d:\n%s", key, action, got, p.Says())
		}
	}
	if !p.Has(".flash") {
		r.t.Fatalf("%s: %s was not done; %s says:\n%s", key, action, p.Path(), p.Says())
	}
	return p
}

// doing finds what leads to an act: its link, or the button that does it.
func doing(action string) Sel {
	return Sel(`main a[href$="/` + action + `"], main a[href*="/` + action + `?"], main form[action$="/` + action + `"] .button, main button[formaction$="/` + action + `"]`)
}

// elements are what the grid of the determination gets: by which answers action
// and means are shown, "" where means are waived for a minor, and whether the
// person is one, with the answers that show it.
type elements struct {
	action, means, minor string
	minorBy              []string
}

// decided takes the referral from the queue to the confirmation.
func (r *road) decided(shown elements, confirm answers) {
	r.t.Helper()
	p := r.at("reviewer")
	p.Open("/queue")
	p.Follow(Link(r.ref))
	r.does("reviewer", "take", nil)
	r.does("program", "consult", answers{"outcome": {"agrees"}})
	r.does("reviewer", "consult", answers{"with": {"The referrer"}, "outcome": {"spoken_with"}})
	grid := answers{
		"elementAction.finding": {"shown"}, "elementAction.shownBy": {shown.action},
		"elementMeans.finding":   {"waived"},
		"elementPurpose.finding": {"shown"}, "elementPurpose.shownBy": {"G1"},
		"elementMinor.finding": {shown.minor}, "elementMinor.shownBy": shown.minorBy,
	}
	if shown.means != "" {
		grid["elementMeans.finding"], grid["elementMeans.shownBy"] = []string{"shown"}, []string{shown.means}
	}
	r.does("reviewer", "assess", grid)
	r.does("reviewer", "recommend", answers{"recommendation": {"confirm"}, "reason": {"Every element is shown."}})
	r.does("director", "confirm", confirm)
}

// handedOver sends the hand-over to its recipient, who accepts it, and returns
// the page on which the recipient reads how the person may be reached.
func (r *road) handedOver(recipient string) *Page {
	r.t.Helper()
	p := r.at("program")
	p.Open("/board")
	p.Follow(Link(r.ref))
	r.does("program", "handovers/1/send", nil)
	p = r.at(recipient)
	p.Open("/inbox")
	p.Follow(Sel(`main a[href="` + r.path() + `"]`))
	p.See("Do not try to reach the person yet")
	return r.does(recipient, "handovers/1/accept", nil)
}

// paper gets the PDF that a link of the page leads to.
func paper(t testing.TB, p *Page, link Sel) []byte {
	t.Helper()
	href := Eval[string](p, link.js()+".href")
	res, err := p.Client().Get(href)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "application/pdf" {
		t.Fatalf("%s answers %d %s: %v", href, res.StatusCode, res.Header.Get("Content-Type"), err)
	}
	PDFValid(t, raw)
	return raw
}
