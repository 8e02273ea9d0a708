package handlers

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"nysreferral/cases"
	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/forms"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/web"
)

// typedShared is what somebody types who answers a shared section.
func typedShared(r *forms.Referral, section string) url.Values {
	in := typed(r, section)
	for name := range in {
		top, _, _ := strings.Cut(name, ".")
		if f := forms.Questions.Field(top); f == nil || f.Shared == forms.SharedNever {
			delete(in, name)
		}
	}
	return in
}

var memberLink = regexp.MustCompile(`<a href="(/referrals/[0-9A-Z-]+)">Person ([0-9]+)</a>`)

// membersOf are the addresses of the people that a group's page shows.
func membersOf(page string) []string {
	var out []string
	for _, m := range memberLink.FindAllStringSubmatch(page, -1) {
		out = append(out, m[1])
	}
	return out
}

// Case 15 through the pages, without a script: the trooper types the shared
// facts once, adds eight people and six at the other place, says of each what is
// the person's own, and sends all that are ready; what is not ready holds nobody
// back. Each is due on Tuesday, and the reviewer sees one of fourteen.
func TestCase15ByThePages(t *testing.T) {
	k := cases.LoadGroup(15)
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		s.state.Clock.Set(k.Now)
		facts, people, err := demo.Operation(15, "")
		if err != nil {
			t.Fatal(err)
		}
		b := s.at("trooper")
		got := b.post("/referrals", "/groups", nil)
		path, _, _ := strings.Cut(got.to(), "/sections/")
		for _, section := range []string{"A", "G", "H"} {
			if got.status != http.StatusSeeOther || got.to() != path+"/sections/"+section {
				t.Fatalf("to %s: %d %s", section, got.status, got.to())
			}
			got = b.post(got.to(), got.to(), typedShared(facts, section))
		}
		if got.to() != path {
			t.Fatalf("after the last section: %s", got.to())
		}
		b.post(path, path+"/people", url.Values{"people": {"8"}, "countyFound": {""}})
		if got := b.post(path, path+"/people", url.Values{"people": {"6"}, "countyFound": {"suffolk"}}); got.status != http.StatusSeeOther {
			t.Fatalf("adding people: %d %s", got.status, problemsIn(got.body))
		}
		members := membersOf(b.get(path).body)
		if len(members) != 14 {
			t.Fatalf("%d people", len(members))
		}
		b.tellOfEach(members, people, facts)
		page := b.get("/referrals").body
		if !strings.Contains(page, "Raid or operation, October 15, 2026") || !strings.Contains(page, "14 people, none sent yet.") || strings.Contains(page, members[0]) {
			t.Error("the list does not show the group together")
		}
		if got := b.post(path+"/send", path+"/send", sendInputs(b.get(path+"/send").body)); got.status != http.StatusSeeOther {
			t.Fatalf("sending answers %d", got.status)
		}
		page = b.get(path).body
		for _, want := range []string{"13 referrals were sent", "14 people, 13 sent.", "Tuesday, October 20", "2 answers are needed."} {
			if !strings.Contains(page, want) {
				t.Errorf("the group does not say %q", want)
			}
		}
		if receipt := b.get(members[3] + "/receipt").body; !strings.Contains(receipt, "Tuesday, October 20, 2026") || !strings.Contains(receipt, "Person 4 of one encounter: 14 people, 13 sent.") {
			t.Error("the receipt does not say when, or of which encounter")
		}
		review := s.at("reviewer").get(members[3]).body
		if !strings.Contains(review, "One of 13 people") || !strings.Contains(review, "Orrinsdale") || strings.Contains(review, "Tarnwick") {
			t.Error("the reviewer does not see one of thirteen, or sees another")
		}
		if list := s.at("reviewer").get(members[3] + "/encounter").body; strings.Count(list, `<a href="/referrals/`) < 13 || strings.Contains(list, "Orrinsdale") {
			t.Error("the encounter does not list thirteen without names")
		}
	})
}

// tellOfEach types what is the own of each person, and leaves the last unsigned.
func (b *browser) tellOfEach(members []string, people []*forms.Referral, facts *forms.Referral) {
	b.t.Helper()
	for i, draft := range members {
		own := *people[i]
		forms.Take(&own, facts, forms.SharedOperation)
		for _, section := range strings.Fields("B C E D F G H I J K N") {
			if section == "I" && own.Under18 == "no" || i == len(members)-1 && section == "N" {
				continue
			}
			page := draft + "/sections/" + section
			if got := b.post(page, page, typed(&own, section)); got.status != http.StatusSeeOther {
				b.t.Fatalf("person %d, section %s: %d %s", i+1, section, got.status, problemsIn(got.body))
			}
		}
	}
}

// sendInputs are the drafts that a page offers to send.
func sendInputs(page string) url.Values {
	out := url.Values{}
	for _, m := range regexp.MustCompile(`name="_send" value="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		out.Add(web.InputSend, m[1])
	}
	return out
}

// gather begins a group of filled-in drafts at the door and returns its path.
func (s *stage) gather(n int) (string, []string) {
	s.t.Helper()
	s.state.Clock.Set(cases.LoadGroup(15).Now)
	g, err := s.state.Gather(s.t.Context(), 15, n, "")
	if err != nil {
		s.t.Fatal(err)
	}
	var refs []string
	for _, m := range g.People {
		refs = append(refs, m.Reference)
	}
	return "/groups/" + g.Reference, refs
}

// When some of the drafts cannot be sent, the others are, the page says what
// became of each, and pressing again sends none twice.
func TestSomeAreNotSent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		path, refs := s.gather(3)
		b := s.at("trooper")
		page := b.get(path + "/send").body
		sending := sendInputs(page)
		all := hiddenOf(page)
		all[web.InputSend] = sending[web.InputSend]
		section := "/referrals/" + refs[1] + "/sections/J"
		b.post(section, section, url.Values{"needs.food": {"now"}}) // typed in another window
		for range 2 {
			got := b.do(http.MethodPost, path+"/send", all.Encode())
			if got.status != http.StatusUnprocessableEntity || strings.Count(got.body, "Sent. The decision is due by Tuesday, October 20, 2026") != 2 || !strings.Contains(got.body, "Not sent. This referral moved on") {
				t.Errorf("%d: the page does not say what became of each", got.status)
			}
		}
		if got := b.do(http.MethodPost, path+"/send", strings.ReplaceAll(all.Encode(), refs[0], "7K4M-2QX9-C3TB-5")); got.status != http.StatusNotFound {
			t.Errorf("somebody else's draft: %d", got.status)
		}
		delete(all, "_key")
		if got := b.do(http.MethodPost, path+"/send", all.Encode()); got.status != http.StatusForbidden {
			t.Errorf("without a key: %d", got.status)
		}
		if got := b.post(path+"/send", path+"/send", sendInputs(b.get(path+"/send").body)); got.status != http.StatusSeeOther {
			t.Errorf("the one that was left: %d", got.status)
		}
		if page := b.get(path).body; !strings.Contains(page, "3 people, 3 sent.") || strings.Contains(page, "Send all") || strings.Contains(page, "Discard what") {
			t.Error("all are sent, and the page offers more")
		}
	})
}

// What cannot be added, kept or discarded is said in a sentence at its place,
// and everything typed stays.
func TestGroupPagesRefuse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		path, _ := s.gather(2)
		b := s.at("trooper")
		for _, n := range []string{"", "0", "49", "many", "-1"} {
			got := b.post(path, path+"/people", url.Values{"people": {n}, "countyFound": {"suffolk"}})
			if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#how-many"`) || !strings.Contains(got.body, "A group holds 1 to 50 people") || !strings.Contains(got.body, `value="suffolk" selected`) {
				t.Errorf("%q: %d %s", n, got.status, problemsIn(got.body))
			}
		}
		page := path + "/sections/A"
		in := typedFrom(b.get(page).body)
		in.Set("firstEncounter"+web.DateYear, "2027")
		in.Set("referrerTitle", "Sergeant")
		if got := b.post(page, page, in); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Sergeant") || !strings.Contains(problemsIn(got.body), `href="#A10`) {
			t.Errorf("a day to come: %d %s", got.status, problemsIn(got.body))
		}
		if got := b.post(page, page, url.Values{"familyName": {"Xa"}}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("a name among the shared facts: %d", got.status)
		}
		if got := b.get(path + "/sections/C"); got.status != http.StatusNotFound {
			t.Errorf("a section about the person: %d", got.status)
		}
		for _, from := range []string{"/people", "/carry", "/discard"} {
			old := url.Values{web.InputRev: {"0"}, "people": {"1"}}
			if got := b.post(path, path+from, old); got.status != http.StatusConflict {
				t.Errorf("%s by an old page: %d", from, got.status)
			}
		}
		for _, a := range s.state.Accounts {
			if a.Key == "trooper" {
				continue
			}
			who := s.at(a.Key)
			for _, more := range []string{"", "/sections/A", "/send", "/discard"} {
				if got, none := who.get(path+more), who.get("/nothing"); got.status != http.StatusNotFound || got.body != none.body {
					t.Errorf("%s: %s answers %d", a.Key, more, got.status)
				}
			}
		}
	})
}

// A change of what is shared is offered to the drafts, and saved while typing;
// another person with the same facts begins from any referral; what is not sent
// can be discarded.
func TestGroupPages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		path, refs := s.gather(3)
		b := s.at("trooper")
		section := path + "/sections/A"
		in := typedFrom(b.get(section).body)
		in.Set("firstEncounter"+web.DateDay, "14")
		in.Set("_auto", "1")
		if got := b.post(section, section, in); got.status != http.StatusOK || !strings.Contains(got.body, `"rev"`) {
			t.Errorf("saving while typing: %d %s", got.status, got.body)
		}
		page := b.get(path).body
		if !strings.Contains(page, "Carry the change into 3 drafts") {
			t.Fatal("the change is not offered to the drafts")
		}
		carry := hiddenOf(page[:strings.Index(page, "Carry the change")])
		if got := b.do(http.MethodPost, path+"/carry", carry.Encode()); got.status != http.StatusSeeOther {
			t.Errorf("carrying: %d", got.status)
		}
		if page := b.get(path).body; strings.Contains(page, "Carry the change") {
			t.Error("what was carried is offered again")
		}
		if got := b.post("/referrals/"+refs[2], "/referrals/"+refs[2]+"/another", nil); got.status != http.StatusSeeOther || slices.Contains(refs, strings.TrimPrefix(got.to(), "/referrals/")) {
			t.Fatalf("another: %d %s", got.status, got.to())
		} else if draft := b.get(got.to()).body; !strings.Contains(draft, "Person 4 of one encounter: 4 people, none sent yet.") {
			t.Error("another is not of the group")
		}
		if got := b.get("/groups/" + refs[0]).body; !strings.Contains(got, "4 people, none sent yet.") {
			t.Error("the group does not open by the reference of a person")
		}
		alone := s.send(5)
		got := b.post("/referrals/"+alone, "/referrals/"+alone+"/another", nil)
		if draft := b.get(got.to() + "/sections/A").body; !strings.Contains(draft, `value="trooper@example.org"`) {
			t.Error("the facts of the encounter are not filled in")
		}
		if got := b.post(path+"/discard", path+"/discard", nil); got.status != http.StatusSeeOther {
			t.Errorf("discarding: %d", got.status)
		}
		if got := b.get(path); got.status != http.StatusNotFound {
			t.Errorf("a group of nobody: %d", got.status)
		}
	})
}

// The log has one line of each page of a group, which names whoever it showed;
// a page about one person names nobody else, in itself and in the log.
func TestGroupPagesInTheLog(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		path, refs := s.gather(3)
		b := s.at("trooper")
		if got := b.post(path+"/send", path+"/send", sendInputs(b.get(path+"/send").body)); got.status != http.StatusSeeOther {
			t.Fatal(got.status)
		}
		for who, paths := range map[string][]string{
			"trooper":  {path, path + "/sections/G", path + "/send", path + "/discard", "/groups/" + refs[0], "/referrals", "/referrals/" + refs[1], "/referrals/" + refs[1] + "/receipt"},
			"reviewer": {"/referrals/" + refs[1], "/referrals/" + refs[1] + "/encounter", "/queue"},
			"program":  {"/referrals/" + refs[1], "/referrals/" + refs[1] + "/encounter"},
		} {
			s.at(who).get("/help")
			for _, one := range paths {
				before := lastLine(t, db)
				got := s.at(who).get(one)
				lines := linesSince(t, db, before)
				if got.status != http.StatusOK || len(lines) != 1 {
					t.Errorf("%s: %s answers %d with %d lines", who, one, got.status, len(lines))
					continue
				}
				for i, ref := range refs {
					shown, alone := strings.Contains(got.body, ref), strings.HasPrefix(one, "/referrals/"+refs[1]) && !strings.HasSuffix(one, "/encounter")
					if shown && !slices.Contains(lines[0].Refs, ref) {
						t.Errorf("%s: %s shows person %d and the log does not say so", who, one, i+1)
					}
					if alone && i != 1 && (shown || slices.Contains(lines[0].Refs, ref)) {
						t.Errorf("%s: %s names person %d", who, one, i+1)
					}
				}
			}
		}
		if got := s.at("trooper").get("/referrals/" + refs[0] + "/looks").body; strings.Contains(got, "Division of Criminal Justice Services (demonstration)") {
			t.Error("who listed the encounter is said to have opened the referral")
		}
	})
}

func lastLine(t *testing.T, db *store.DB) int {
	t.Helper()
	return db.Read().AuditEntry.Query().Order(ent.Desc(auditentry.FieldID)).FirstIDX(t.Context())
}

func linesSince(t *testing.T, db *store.DB, id int) []*ent.AuditEntry {
	t.Helper()
	return db.Read().AuditEntry.Query().Where(auditentry.IDGT(id)).AllX(t.Context())
}
