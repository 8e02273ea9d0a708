package handlers

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/forms"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/web"
)

// save sends a page that was drawn before, with what is typed over it.
func (b *browser) save(path string, page answer, typed url.Values, headers ...string) answer {
	b.t.Helper()
	in := typedFrom(page.body)
	for name, list := range typed {
		in[name] = list
	}
	in.Del("_go")
	return b.do(http.MethodPost, path, in.Encode(), headers...)
}

// fields returns what a page asks, as a browser would send it.
func (b *browser) fields(path string) url.Values {
	b.t.Helper()
	return typedFrom(b.get(path).body)
}

// A section with a mistake is saved but for the mistake, by the button and while
// one types alike: who then leaves the page finds every other answer. The page
// that comes back can be corrected and sent.
func TestMistakeLosesNoOtherAnswer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		_, b := harbor(t, db)
		for name, headers := range map[string][]string{"scripts off": nil, "while typing": {"Accept", "application/json"}} {
			page := b.begin() + "/sections/C"
			b.post(page, page, url.Values{"age": {"33"}})
			got := b.save(page, b.get(page), url.Values{"familyName": {"Quoin"}, "born.year": {"84"}, "age": {"old"}, "race": {"asian"},
				"otherNames.0.name": {"Mei\u202e"}, "otherNames.0.kind": {"nickname"}, "otherNames.1.name": {"Ling"}}, headers...)
			if got.status != http.StatusUnprocessableEntity {
				t.Fatalf("%s: answers %d", name, got.status)
			}
			kept := b.fields(page)
			for field, want := range map[string]string{"familyName": "Quoin", "race": "asian", "otherNames.1.name": "Ling", "age": "33", "born.year": "", "otherNames.0.name": ""} {
				if kept.Get(field) != want {
					t.Errorf("%s: afterwards %s is %q and not %q", name, field, kept.Get(field), want)
				}
			}
			if headers != nil {
				continue
			}
			if !strings.Contains(got.body, `value="84"`) || !strings.Contains(got.body, "but for the answers that are marked") {
				t.Errorf("%s: the page lacks what was typed, or does not say what was saved", name)
			}
			fixed := b.save(page, got, url.Values{"born.year": {"1984"}, "age": {"42"}, "otherNames.0.name": {"Mei"}})
			if now := b.fields(page); fixed.status != http.StatusSeeOther || now.Get("born.year") != "1984" || now.Get("age") != "42" || now.Get("familyName") != "Quoin" || now.Get("otherNames.0.name") != "Mei" {
				t.Errorf("%s: corrected it answers %d, and %v is kept", name, fixed.status, now)
			}
		}
	})
}

// Two windows on one draft: each saves its own section, and neither loses a word
// nor an answer of the other, whichever was opened first.
func TestSectionsOfOneDraftAreSavedApart(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		_, b := harbor(t, db)
		draft := b.begin()
		urgency, person := b.get(draft+"/sections/K"), b.get(draft+"/sections/C")
		if got := b.save(draft+"/sections/K", urgency, url.Values{"danger": {"no"}}); got.status != http.StatusSeeOther {
			t.Fatalf("the first window answers %d", got.status)
		}
		if got := b.save(draft+"/sections/C", person, url.Values{"familyName": {"Quoin"}}); got.status != http.StatusSeeOther {
			t.Fatalf("the second window answers %d: %s", got.status, got.body)
		}
		if b.fields(draft+"/sections/K").Get("danger") != "no" || b.fields(draft+"/sections/C").Get("familyName") != "Quoin" {
			t.Error("an answer is gone")
		}
	})
}

// Two windows on one section: what only one of them changed is kept of both.
// What both changed comes back with 409 in the words of a draft, with all that
// was typed and what is stored beside it; saving that again is the decision.
func TestSameAnswerInTwoWindows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		_, b := harbor(t, db)
		page := b.begin() + "/sections/C"
		first, second := b.get(page), b.get(page)
		b.save(page, first, url.Values{"familyName": {"Quoin"}, "otherNames.0.name": {"Mei"}, "age": {"33"}})
		got := b.save(page, second, url.Values{"familyName": {"Coyne"}, "givenNames": {"Ada"}, "race": {"asian"}})
		if got.status != http.StatusConflict {
			t.Fatalf("the second window answers %d", got.status)
		}
		for _, want := range []string{`value="Coyne"`, `value="Ada"`, "Stored now: Quoin", `value="Mei"`, `value="33"`, "changed in another window", `value="asian" checked`} {
			if !strings.Contains(got.body, want) {
				t.Errorf("the page lacks %s", want)
			}
		}
		for _, wrong := range []string{"Somebody else was first", "then decide", "nothing of yours was saved"} {
			if strings.Contains(got.body, wrong) {
				t.Errorf("the page says %q", wrong)
			}
		}
		want := map[string]string{"familyName": "Quoin", "givenNames": "Ada", "race": "asian", "otherNames.0.name": "Mei", "age": "33"}
		for _, again := range []bool{false, true} {
			if again {
				want["familyName"] = "Coyne"
				if got := b.save(page, got, nil); got.status != http.StatusSeeOther {
					t.Fatalf("saving again answers %d", got.status)
				}
			}
			now := b.fields(page)
			for field, value := range want {
				if now.Get(field) != value {
					t.Errorf("again %t: %s is %q and not %q", again, field, now.Get(field), value)
				}
			}
		}
	})
}

// A page that saves while one types in a window does not undo, by saving more,
// what another window changed meanwhile; and an answer that both changed is told
// as 409, while the others are saved.
func TestTypingInTwoWindows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		_, b := harbor(t, db)
		page := b.begin() + "/sections/C"
		in := b.fields(page)
		typing := func(name, value string) int {
			in.Set(name, value)
			got := b.do(http.MethodPost, page, in.Encode(), "Accept", "application/json")
			var said saved
			if err := json.Unmarshal([]byte(got.body), &said); err != nil || said.Rev == "" {
				t.Fatalf("answers %d %s", got.status, got.body)
			}
			in.Set("_rev", said.Rev)
			return got.status
		}
		typing("familyName", "Q")
		b.save(page, b.get(page), url.Values{"givenNames": {"Ada"}, "age": {"33"}})
		for _, more := range []string{"Qu", "Quo"} {
			if status := typing("familyName", more); status != http.StatusOK {
				t.Errorf("typing %q answers %d", more, status)
			}
		}
		if status := typing("givenNames", "Eve"); status != http.StatusConflict {
			t.Errorf("the other window's answer is overwritten with %d", status)
		}
		if status := typing("familyName", "Quoin"); status != http.StatusConflict {
			t.Errorf("typing on answers %d", status)
		}
		if now := b.fields(page); now.Get("familyName") != "Quoin" || now.Get("givenNames") != "Ada" || now.Get("age") != "33" {
			t.Errorf("kept is %v", now)
		}
	})
}

// A page whose saving was answered into the void, as it was loaded anew in that
// moment, does not stand against its own words later.
func TestSavedWhileLoading(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		_, b := harbor(t, db)
		page := b.begin() + "/sections/C"
		first := b.get(page)
		second := b.get(page) // loaded before the saving of the first arrives
		b.save(page, first, url.Values{"familyName": {"Quoin"}}, "Accept", "application/json")
		if got := b.get(page); !strings.Contains(got.body, `value="Quoin"`) || got.header.Get("Cache-Control") != "no-store" {
			t.Error("the page that is drawn afterwards does not show it, or may be kept by the browser")
		}
		for _, typed := range []url.Values{{"age": {"33"}}, {"age": {"34"}, "familyName": {"Quoin"}}} {
			if got := b.save(page, second, typed); got.status != http.StatusSeeOther {
				t.Errorf("saving %v answers %d", typed, got.status)
			}
			second = b.get(page)
		}
		if now := b.fields(page); now.Get("familyName") != "Quoin" || now.Get("age") != "34" {
			t.Errorf("kept is %v", now)
		}
	})
}

// A section that another answer took away while somebody typed into it is saved
// all the same: what does not apply is dropped when the referral is sent.
func TestSectionTakenAwayWhileTyping(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		_, b := harbor(t, db)
		draft := b.begin()
		b.post(draft+"/sections/C", draft+"/sections/C", url.Values{"under18": {"not_sure"}})
		child := b.get(draft + "/sections/I")
		name := forms.Questions.Section("I").Fields[0].Name
		typed := url.Values{}
		for _, f := range forms.Questions.Section("I").Fields {
			if f.Kind == forms.KindProse || f.Kind == forms.KindText {
				name = f.Name
				typed.Set(name, "Typed")
				break
			}
		}
		b.post(draft+"/sections/C", draft+"/sections/C", url.Values{"under18": {"no"}})
		if got := b.save(draft+"/sections/I", child, typed); got.status != http.StatusSeeOther {
			t.Errorf("saving answers %d", got.status)
		}
		b.post(draft+"/sections/C", draft+"/sections/C", url.Values{"under18": {"yes"}})
		if got := b.fields(draft + "/sections/I").Get(name); got != typed.Get(name) {
			t.Errorf("%s is %q", name, got)
		}
	})
}

// Saving a section is one line of the log, with a mistake and without.
func TestSavingIsOneLine(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		_, b := harbor(t, db)
		page := b.begin() + "/sections/C"
		for _, typed := range []url.Values{{"familyName": {"Quoin"}}, {"age": {"old"}}} {
			drawn := b.get(page)
			last := db.Read().AuditEntry.Query().Order(ent.Desc(auditentry.FieldID)).FirstIDX(t.Context())
			b.save(page, drawn, typed)
			if n := db.Read().AuditEntry.Query().Where(auditentry.IDGT(last)).CountX(t.Context()); n != 1 {
				t.Errorf("saving %v is %d lines", typed, n)
			}
		}
	})
}

// A page of the form is drawn while its line of the log is being written. Where
// that fails, nothing of what was drawn is sent.
func TestNoLineNoPage(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, b := harbor(t, db)
		page := b.begin() + "/sections/C"
		b.post(page, page, url.Values{"familyName": {"Quoin"}})
		if !strings.Contains(b.get(page).body, "Quoin") {
			t.Fatal("the page lacks the name")
		}
		saved := "Your draft was saved."
		in := b.fields(page)
		in.Set(web.InputGo, web.GoSave) // is said on the next page
		b.do(http.MethodPost, page, in.Encode())
		logAgain := noLog(t, db)
		if got := b.get(page); got.status != http.StatusInternalServerError || strings.Contains(got.body+s.log.String(), "Quoin") {
			t.Errorf("without its line the page answers %d: %s", got.status, got.body)
		}
		logAgain()
		for _, want := range []bool{true, false} {
			if got := b.get(page); got.status != http.StatusOK || strings.Contains(got.body, saved) != want {
				t.Errorf("the page answers %d, and says what was done: %v, want %v", got.status, !want, want)
			}
		}
	})
}

// noLog makes the database refuse every new line of the log, until what it returns
// is called.
func noLog(t *testing.T, db *store.DB) (logAgain func()) {
	t.Helper()
	statement, back := `CREATE TRIGGER no_room BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'no room'); END`, `DROP TRIGGER no_room`
	if db.Dialect() == store.Postgres {
		back += ` ON audit_entries`
		statement = `CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no room'; END $$;
			CREATE TRIGGER no_room BEFORE INSERT ON audit_entries FOR EACH ROW EXECUTE FUNCTION no_room()`
	}
	run := func(statement string) {
		if _, err := db.SQL().ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	run(statement)
	return func() { run(back) }
}

// The same holds for what several people of one encounter share: a mistake loses
// no other answer, two windows do not stand in each other's way, and what both
// changed comes back with both.
func TestSharedFactsAreNotLost(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, b := harbor(t, db)
		page := b.post("/referrals", "/groups", nil).to()
		if !strings.HasSuffix(page, "/sections/A") {
			t.Fatalf("a group begins at %s", page)
		}
		first, second := b.get(page), b.get(page)
		got := b.save(page, first, url.Values{"firstEncounter.year": {"19x4"}, "countyFound": {"monroe"}})
		if now := b.fields(page); got.status != http.StatusUnprocessableEntity || now.Get("countyFound") != "monroe" || !strings.Contains(got.body, `value="19x4"`) {
			t.Fatalf("a mistake answers %d, and %q is kept", got.status, now.Get("countyFound"))
		}
		got = b.save(page, second, url.Values{"firstEncounter.year": {"2026"}, "firstEncounter.month": {"3"}, "firstEncounter.day": {"7"}, "countyFound": {"erie"}}, "Accept", "application/json")
		if now := b.fields(page); got.status != http.StatusConflict || now.Get("countyFound") != "monroe" || now.Get("firstEncounter.year") != "2026" {
			t.Errorf("the second window answers %d, and %v is kept", got.status, now)
		}
		got = b.save(page, second, url.Values{"firstEncounter.year": {"2026"}, "firstEncounter.month": {"3"}, "firstEncounter.day": {"7"}, "countyFound": {"erie"}})
		if got.status != http.StatusConflict || !strings.Contains(got.body, "Stored now: Monroe") {
			t.Errorf("its button answers %d", got.status)
		}
		if got = b.save(page, got, nil); got.status != http.StatusSeeOther || b.fields(page).Get("countyFound") != "erie" {
			t.Errorf("saving it again answers %d", got.status)
		}
		if got := s.browser().save(page, first, url.Values{"countyFound": {"erie"}}); got.status != http.StatusUnauthorized || !strings.Contains(got.body, "is not lost") {
			t.Errorf("after the session ended it answers %d", got.status)
		}
	})
}
