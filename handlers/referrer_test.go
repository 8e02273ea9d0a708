package handlers

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"nysreferral/cases"
	"nysreferral/forms"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/web"
	"nysreferral/workflow"
)

// harbor is a site with a provider, and a referrer of it who is signed in.
func harbor(t testing.TB, db *store.DB) (*site, *browser) {
	t.Helper()
	s := newSite(t, db)
	return s, s.as(s.agency("Harbor House", "social_service_provider", workflow.SideProvider), workflow.Referrer)
}

// begin begins a draft by the page and returns its path.
func (b *browser) begin() string {
	b.t.Helper()
	got := b.post("/referrals", "/referrals", nil)
	if got.status != http.StatusSeeOther || !strings.HasPrefix(got.to(), "/referrals/") {
		b.t.Fatalf("beginning a draft answers %d %s", got.status, got.to())
	}
	return got.to()
}

// typed returns what somebody types who answers a section as r has it.
func typed(r *forms.Referral, section string) url.Values {
	in := url.Values{}
	for _, a := range forms.Questions.Answers(r) {
		if a.Field.Section != section || a.Field.Derived {
			continue
		}
		for _, code := range a.Codes() {
			if a.Field.Kind != forms.KindDate && a.Field.Kind != forms.KindPartial {
				in.Add(a.Path, code)
				continue
			}
			if code == forms.Unknown {
				in.Set(a.Path+web.DateUnknown, "yes")
				continue
			}
			year, month, day := forms.PartialDate(code).Boxes()
			in.Set(a.Path+web.DateYear, year)
			in.Set(a.Path+web.DateMonth, month)
			in.Set(a.Path+web.DateDay, day)
		}
	}
	return in
}

// answersOf are the answers of case n.
func answersOf(t testing.TB, n int) *forms.Referral {
	t.Helper()
	r := &forms.Referral{}
	if bad := forms.Questions.DecodeJSON(r, cases.Load(n).Answers); len(bad) > 0 {
		t.Fatal(bad)
	}
	return r
}

// fill types every section of case n into the draft at path, page by page.
func (b *browser) fill(path string, n int) {
	b.t.Helper()
	r := answersOf(b.t, n)
	for _, sec := range forms.Questions.Sections {
		page := path + "/sections/" + sec.ID
		if sec.ID == "I" && r.Under18 == "no" {
			continue
		}
		if got := b.post(page, page, typed(r, sec.ID)); got.status != http.StatusSeeOther {
			b.t.Fatalf("section %s answers %d: %s", sec.ID, got.status, problemsIn(got.body))
		}
	}
}

var problemList = regexp.MustCompile(`(?s)data-problems.*?</ul>`)

func problemsIn(page string) string { return problemList.FindString(page) }

// Who is not signed in is asked to sign in and comes back; a POST is refused.
func TestNoSession(t *testing.T) {
	s, _ := harbor(t, storetest.SQLite(t))
	b := s.browser()
	got := b.get("/referrals")
	if got.status != http.StatusSeeOther || got.to() != "/sign-in?next=%2Freferrals" {
		t.Errorf("got %d %s", got.status, got.to())
	}
	if got := b.do("POST", "/referrals", ""); got.status != http.StatusUnauthorized {
		t.Errorf("a POST answers %d", got.status)
	}
	if got := b.get("/referrals", "Accept", "application/json"); got.status != http.StatusUnauthorized {
		t.Errorf("the page's script gets %d", got.status)
	}
}

// What is absent, what is somebody else's, what is no reference, what another
// duty may open and what there is no page for get the same answer, byte for
// byte.
func TestAbsentAndNotYoursAreTheSame(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, b := harbor(t, db)
		path := b.begin()
		other := s.as(s.agency("Pine Bridge", "social_service_provider", workflow.SideProvider), workflow.Referrer)
		reviewer := s.as(s.agency("DCJS", "dcjs", workflow.SideDCJS), workflow.Reviewer)
		for who, paths := range map[*browser][]string{
			other: {path, "/referrals/7K4M-2QX9-C3TB-5", "/referrals/nonsense", path + "/sections/A", path + "/sections/ZZ", path + "/check", path + "/receipt", path + "/looks",
				path + "/withdraw", path + "/discard", path + "/confirm", path + "/save", path + "/submit", path + "/nonsense", "/no/such/page"},
			reviewer: {path, "/referrals/nonsense", path + "/sections/A", path + "/check", "/no/such/page"},
		} {
			want := who.get("/nothing")
			if want.status != http.StatusNotFound {
				t.Fatalf("an absent page answers %d", want.status)
			}
			for _, p := range paths {
				got := who.get(p)
				if got.status != http.StatusNotFound || got.body != want.body {
					t.Errorf("%s: %d, other bytes: %t", p, got.status, got.body != want.body)
				}
				for _, name := range []string{"Content-Type", "Content-Length", "Set-Cookie", "Cache-Control"} {
					if got.header.Get(name) != want.header.Get(name) {
						t.Errorf("%s: %s differs", p, name)
					}
				}
			}
		}
		own := hiddenOf(other.get("/help").body)
		own.Set("_rev", "0")
		for _, p := range []string{path + "/sections/A", path + "/submit", path + "/discard", "/referrals/7K4M-2QX9-C3TB-5/sections/A"} {
			own.Set("_key", "k")
			if got := other.do("POST", p, own.Encode()); got.status != http.StatusNotFound {
				t.Errorf("POST %s: %d", p, got.status)
			}
		}
	})
}

// A page that was drawn before somebody else saved changes nothing.
func TestStaleSectionIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		_, b := harbor(t, db)
		page := b.begin() + "/sections/C"
		stale := hiddenOf(b.get(page).body)
		if got := b.post(page, page, url.Values{"familyName": {"Example"}}); got.status != http.StatusSeeOther {
			t.Fatalf("saving answers %d", got.status)
		}
		stale.Set("familyName", "Overwritten")
		if got := b.do("POST", page, stale.Encode()); got.status != http.StatusConflict {
			t.Errorf("a stale page answers %d", got.status)
		}
		if got := b.get(page).body; strings.Contains(got, "Overwritten") || !strings.Contains(got, "Example") {
			t.Error("the stale page was saved")
		}
		stale.Del("_rev")
		if got := b.do("POST", page, stale.Encode()); got.status != http.StatusConflict {
			t.Errorf("a page without a revision answers %d", got.status)
		}
	})
}

// A refused section comes back as it was typed, dates that are none included,
// with each problem linked to its field; what is wrong is not kept.
func TestRefusedSectionKeepsWhatWasTyped(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		_, b := harbor(t, db)
		page := b.begin() + "/sections/C"
		got := b.post(page, page, url.Values{"familyName": {"Quoin <b>"}, "born.year": {"19x4"}, "born.month": {"13"}, "born.day": {"7"}, "age": {"old"},
			"under18": {"not_sure"}, "race": {"asian", "white"}, "singleName": {"yes"}, "birthCountry": {"Atlantis"}, "otherNames.0.name": {"Mei 3"}, "citizenships": {"Guatemala", "Nowhere"}})
		if got.status != http.StatusUnprocessableEntity {
			t.Fatalf("answers %d", got.status)
		}
		for _, want := range []string{`<title>Error: `, `value="Quoin &lt;b&gt;"`, `value="19x4"`, `value="13"`, `value="7"`, `value="old"`, `value="Atlantis"`, `value="Mei 3"`, `value="Nowhere"`} {
			if !strings.Contains(got.body, want) {
				t.Errorf("the page lacks %s", want)
			}
		}
		for _, checked := range []string{`name="under18" value="not_sure" checked`, `name="race" value="asian" checked`, `name="race" value="white" checked`, `name="singleName" value="yes" checked`} {
			if !strings.Contains(got.body, checked) {
				t.Errorf("not ticked any more: %s", checked)
			}
		}
		list := problemsIn(got.body)
		links := regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(list, -1)
		if len(links) < 4 {
			t.Errorf("only %d problems are linked: %s", len(links), list)
		}
		for _, l := range links {
			if !strings.Contains(got.body, `id="`+l[1]+`"`) {
				t.Errorf("#%s leads nowhere", l[1])
			}
		}
		after := b.get(page).body
		for _, wrong := range []string{"19x4", "Atlantis", "Nowhere"} {
			if strings.Contains(after, wrong) {
				t.Errorf("%s was kept", wrong)
			}
		}
	})
}

// A referral goes from nothing to a receipt by the pages alone; sending the
// same page twice is one sending.
func TestReferralIsSentByThePages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, b := harbor(t, db)
		k := cases.Load(7)
		s.now.set(k.Now)
		path := b.begin()
		if got := b.get(path + "/check").body; strings.Contains(got, "/submit") || !strings.Contains(got, "Needed before you can send it") {
			t.Error("an empty draft could be sent")
		}
		b.fill(path, 7)
		check := b.get(path + "/check")
		if !strings.Contains(check.body, path+"/submit") {
			t.Fatalf("the whole draft cannot be sent: %s", regexp.MustCompile(`(?s)<div class="box .*?</ul>`).FindString(check.body))
		}
		in := hiddenOf(check.body)
		for range 2 {
			got := b.do("POST", path+"/submit", in.Encode())
			if got.status != http.StatusSeeOther || got.to() != path+"/receipt" {
				t.Fatalf("sending answers %d %s", got.status, got.to())
			}
		}
		receipt := b.get(path + "/receipt").body
		for _, want := range []string{strings.TrimPrefix(path, "/referrals/"), "/papers/receipt", "/papers/referral", "due by"} {
			if !strings.Contains(receipt, want) {
				t.Errorf("the receipt lacks %q", want)
			}
		}
		if got := b.get(path + "/sections/A"); got.status != http.StatusNotFound {
			t.Errorf("a sent referral can still be typed into: %d", got.status)
		}
		if got := b.get("/referrals").body; strings.Count(got, path+`"`) != 1 {
			t.Error("the list shows the referral more or less than once")
		}
	})
}

// What a draft lacks is refused when it is sent all the same, and nothing is
// sent.
func TestUnreadyDraftIsNotSent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		_, b := harbor(t, db)
		path := b.begin()
		in := hiddenOf(b.get(path + "/sections/A").body)
		in.Set("_key", "0123456789")
		if got := b.do("POST", path+"/submit", in.Encode()); got.status != http.StatusUnprocessableEntity {
			t.Errorf("sending answers %d", got.status)
		}
		if got := b.get(path + "/receipt"); got.status != http.StatusNotFound {
			t.Errorf("there is a receipt: %d", got.status)
		}
	})
}

// Saving while typing answers the script with what the page is drawn from now.
// Saving the same again loses nothing, and a broken answer is 422.
func TestSavingWhileTyping(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		_, b := harbor(t, db)
		page := b.begin() + "/sections/C"
		in := hiddenOf(b.get(page).body)
		in.Set("familyName", "Example")
		got := b.do("POST", page, in.Encode(), "Accept", "application/json")
		var said struct{ Saved, Rev string }
		if err := json.Unmarshal([]byte(got.body), &said); err != nil || got.status != http.StatusOK || said.Saved != "10:00" {
			t.Fatalf("answers %d %s", got.status, got.body)
		}
		if got := b.do("POST", page, in.Encode(), "Accept", "application/json"); got.status != http.StatusOK {
			t.Errorf("the same once more answers %d", got.status)
		}
		in.Set("_rev", said.Rev)
		in.Set("born.year", "84")
		if got := b.do("POST", page, in.Encode(), "Accept", "application/json"); got.status != http.StatusUnprocessableEntity {
			t.Errorf("half a date answers %d", got.status)
		}
	})
}

// A row is added by a button and removed by a tick, without scripts.
func TestRowsComeAndGo(t *testing.T) {
	_, b := harbor(t, storetest.SQLite(t))
	page := b.begin() + "/sections/C"
	if n := strings.Count(b.get(page).body, ".kind\""); n == 0 {
		t.Fatal("there is no row to fill in")
	}
	rowsIn := func() int { return strings.Count(b.get(page).body, `class="item"`) }
	if rowsIn() != 1 {
		t.Fatalf("%d rows at first", rowsIn())
	}
	got := b.post(page, page, url.Values{"otherNames.0.name": {"Mei"}, "_add": {"otherNames"}})
	if got.to() != page+"#C3" || rowsIn() != 2 {
		t.Errorf("adding leads to %s with %d rows", got.to(), rowsIn())
	}
	b.post(page, page, url.Values{"otherNames.0.name": {"Mei"}, "otherNames.1.name": {"Ling"}})
	if rowsIn() != 3 {
		t.Errorf("%d rows", rowsIn())
	}
	b.post(page, page, url.Values{"otherNames.0.name": {"Mei"}, "otherNames.1.name": {"Ling"}, "_remove": {"otherNames.0"}})
	if got := b.get(page).body; rowsIn() != 2 || strings.Contains(got, "Mei") || !strings.Contains(got, "Ling") {
		t.Error("the wrong row was removed")
	}
}

// A provider reads first what consent means; police are not asked for it. The
// section on children is asked only where it applies.
func TestSectionsOfADraft(t *testing.T) {
	s, b := harbor(t, storetest.SQLite(t))
	police := s.as(s.agency("Lake City Police", "municipal_police", workflow.SidePolice), workflow.Referrer)
	sections := func(who *browser, path string) string {
		var out []string
		for _, m := range regexp.MustCompile(`/sections/([A-Z])"`).FindAllStringSubmatch(who.get(path).body, -1) {
			out = append(out, m[1])
		}
		return strings.Join(out, "")
	}
	path := b.begin()
	if got := sections(b, path); got != "BACEDFGHJKMN" {
		t.Errorf("a provider's sections are %s", got)
	}
	if got := b.get(path + "/sections/B").body; !strings.Contains(got, "What the State can see") {
		t.Error("a provider is not told what consent means")
	}
	b.post(path+"/sections/C", path+"/sections/C", url.Values{"under18": {"not_sure"}})
	if got := sections(b, path); got != "BACEDFGHIJKMN" {
		t.Errorf("for a minor the sections are %s", got)
	}
	of := police.begin()
	if got := sections(police, of); got != "ABCEDFGHJKMN" {
		t.Errorf("police's sections are %s", got)
	}
	if got := police.get(of + "/sections/B").body; strings.Contains(got, "What the State can see") || strings.Contains(got, `name="toldThePerson"`) || !strings.Contains(got, `name="advisedOfServices"`) {
		t.Error("police are asked what a provider is")
	}
}
