package demo

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"nysreferral/cases"
	"nysreferral/forms"
)

// rules are what the answers to different questions must not say against each
// other. Each returns what it found, "" for nothing.
var rules = []func(r *forms.Referral, on forms.Date) string{
	applies, aged, understood, categorized, kindTold, placed, reached, endangered, released, inTime, spokenOf, toldAndTicked,
}

// everybody are all who are made up: every case and its second referral, the people
// of one encounter, those of the stories, and many who are invented.
func everybody(t *testing.T, on forms.Date) map[string]*forms.Referral {
	t.Helper()
	out := map[string]*forms.Referral{}
	add := func(name string, r *forms.Referral, source string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		r.SourceKind = forms.SourceKind(source)
		out[name] = r
	}
	for _, c := range cases.All() {
		r, _, err := Referral(c.N, on)
		add(fmt.Sprintf("case %d", c.N), r, c.Source, err)
	}
	r, _, err := Second(on)
	add("the second referral of case 10", r, cases.Load(10).Second.Source, err)
	k := cases.LoadStory(12)
	told := cases.Case{N: 12, Now: k.Now, Answers: k.Answers}
	r, _, err = answersOf(told, on)
	add("case 12", r, k.Source, err)
	facts, own, err := Operation(15, on)
	if err != nil {
		t.Fatal(err)
	}
	for i, one := range own {
		r := facts.Clone()
		Says(one)(r)
		add(fmt.Sprintf("person %d of case 15", i+1), r, cases.LoadGroup(15).Source, nil)
	}
	for i, one := range stories() {
		r, key, err := one.answers(on)
		source := cases.Load(one.n).Source
		if one.second {
			source = cases.Load(one.n).Second.Source
		}
		add(fmt.Sprintf("story %d of case %d by %s", i, one.n, key), r, source, err)
	}
	for n := range 60 {
		for _, base := range []int{5, 7} {
			r, _, err := Referral(base, on)
			p := (&life{number: n, years: yearOf(on) - inventedIn}).person()
			p.Fill(r)
			add(fmt.Sprintf("invented %d as in case %d", n, base), r, cases.Load(base).Source, err)
			less := r.Clone()
			p.unshown(less)
			add(fmt.Sprintf("invented %d as in case %d, without means", n, base), less, cases.Load(base).Source, nil)
		}
	}
	return out
}

func yearOf(on forms.Date) int {
	var y int
	_, _ = fmt.Sscanf(string(on), "%d", &y)
	return y
}

// Nobody of the demonstration says one thing here and another there: the answers
// about everybody who is made up agree with each other, in the year of the cases
// and years later.
func TestAnswersAgreeWithEachOther(t *testing.T) {
	for _, on := range []forms.Date{"2026-11-02", "2031-03-05"} {
		for name, r := range everybody(t, on) {
			for _, rule := range rules {
				if fault := rule(r, on); fault != "" {
					t.Errorf("%s, %s: %s", on, name, fault)
				}
			}
		}
	}
}

// The rules find what stood in the demonstration once, each by itself.
func TestRulesFindContradictions(t *testing.T) {
	for name, broken := range map[string]func(*forms.Referral){
		"an answer that is not asked": func(r *forms.Referral) { r.SpokenOther = "Tagalog" },
		"a child that is no child":    func(r *forms.Referral) { r.Born = "2012-05-02" },
		"no interpreter":              func(r *forms.Referral) { r.Spoken = "english" },
		"a foreign citizen":           func(r *forms.Referral) { r.Category = "us_citizen_or_national" },
		"another kind":                func(r *forms.Referral) { r.Trafficking = []forms.Trafficking{"labor"}; r.SexVenues = nil },
		"a place, and none":           func(r *forms.Referral) { r.PlacesUnknown = true },
		"a number beside it":          func(r *forms.Referral) { r.SafePhone.Phone = "518-555-0177" },
		"no danger":                   func(r *forms.Referral) { r.Danger = "no" },
		"advised before they met":     func(r *forms.Referral) { r.AdvisedOn = "2026-10-02" },
		"another pronoun":             func(r *forms.Referral) { r.Gender = "man_or_boy" },
		"a passport": func(r *forms.Referral) {
			r.Coercion = []forms.Coercion{"debt_or_bond", "threat_of_deportation"}
			r.PapersHeld, r.PapersWhich = "", ""
		},
		"a debt": func(r *forms.Referral) { r.Coercion = r.Coercion[:1] },
	} {
		r, _, err := Referral(1, "2026-11-02")
		if err != nil {
			t.Fatal(err)
		}
		r.SourceKind = "nypd"
		broken(r)
		if !slices.ContainsFunc(rules, func(rule func(*forms.Referral, forms.Date) string) bool { return rule(r, "2026-11-02") != "" }) {
			t.Errorf("%s is not found", name)
		}
	}
	r, _, err := Referral(6, "2026-11-02")
	if err != nil {
		t.Fatal(err)
	}
	r.WishedLink = []forms.Link{"rhtp_provider"}
	if released(r, "") == "" {
		t.Error("a wish that the release forbids is not found")
	}
}

func applies(r *forms.Referral, _ forms.Date) string {
	pruned := r.Clone()
	forms.Questions.Prune(pruned)
	left := map[string][]string{}
	for _, a := range forms.Questions.Answers(pruned) {
		left[a.Path] = a.Codes()
	}
	for _, a := range forms.Questions.Answers(r) {
		if !slices.Equal(a.Codes(), left[a.Path]) {
			return a.Path + " is answered, and does not apply"
		}
	}
	return ""
}

// odd are the questions at which no warning may stand.
var odd = []string{"firstEncounter", "consentGivenOn", "consentValidUntil", "under18", "age", "familyName", "givenNames", "safePhone.phone", "reach", "ended", "ageThen"}

func aged(r *forms.Referral, on forms.Date) string {
	for _, w := range forms.Questions.Warn(r, on) {
		if slices.Contains(odd, w.Field) {
			return w.Field + ": " + w.Message
		}
	}
	if r.Under18 == "yes" && r.Under18Then == "no" {
		return "a child now was none before"
	}
	return ""
}

func understood(r *forms.Referral, _ forms.Date) string {
	switch {
	case (r.Spoken == "other") != (r.SpokenOther != ""):
		return "the other language is not named, or named without need"
	case r.Spoken == "english" && r.NeedsInterpreter == "yes":
		return "an interpreter for who speaks English"
	case r.ConsentLanguage != "" && r.ConsentLanguage != r.Spoken:
		return "consent in " + string(r.ConsentLanguage) + ", of who speaks " + string(r.Spoken)
	case r.ConsentFrom != "" && (r.Interpreter == "") != (r.ConsentLanguage == "english"):
		return "how consent was interpreted"
	}
	return ""
}

func categorized(r *forms.Referral, _ forms.Date) string {
	citizen := slices.Contains(r.Citizenships, "US")
	switch {
	case len(r.Citizenships) > 0 && citizen != (r.Category == "us_citizen_or_national"):
		return "citizenship and category"
	case slices.Contains(r.FederalSteps, "t_visa_granted") && r.Category != "qualified_status":
		return "a T visa and no qualified status"
	}
	return ""
}

func kindTold(r *forms.Referral, _ forms.Date) string {
	sex, labor := slices.Contains(r.Trafficking, "sex"), slices.Contains(r.Trafficking, "labor")
	switch {
	case sex != (len(r.SexVenues) > 0), labor != (len(r.LaborSectors) > 0):
		return "kind of trafficking, and where"
	case !sex && slices.Contains(r.Actions, "advanced_or_profited_from_prostitution"):
		return "prostitution without sex trafficking"
	}
	return ""
}

func placed(r *forms.Referral, _ forms.Date) string {
	if bool(r.PlacesUnknown) == (len(r.Places) > 0) {
		return "places, and that they are not known"
	}
	return ""
}

func reached(r *forms.Referral, _ forms.Date) string {
	own := r.SafePhone.Phone != "" || r.SafeEmail != "" || r.SafeAddress != ""
	if own != (r.Reach == "directly") {
		return "how the person is reached, and at which number"
	}
	return ""
}

func endangered(r *forms.Referral, _ forms.Date) string {
	with := r.Living == "with_trafficker"
	related := slices.ContainsFunc(r.Traffickers, func(t forms.Trafficker) bool { return t.Relationship == "relative" })
	switch {
	case with && (r.Danger == "no" || r.Ongoing == "no" || r.LastContact != "" && r.LastContact != "still_with"):
		return "lives with the trafficker, in no danger or without contact"
	case !with && r.LastContact == "still_with":
		return "still with the trafficker, and lives elsewhere"
	case related && r.Living == "with_family_or_friends":
		return "lives with the family of a relative who is the trafficker"
	case r.Tonight == "yes" && r.Wanted.Housing != "now" && r.Wanted.SafeHouse != "now":
		return "shelter tonight, and no housing now"
	case (r.PapersHeld == "yes") != (r.PapersWhich != ""):
		return "papers that are held"
	}
	return ""
}

func released(r *forms.Referral, _ forms.Date) string {
	for _, wish := range r.WishedLink {
		if r.ConsentFrom != "" && wish != "neither_yet" && !slices.Contains(r.Release, forms.Receiver(wish)) {
			return "wishes contact with " + string(wish) + ", whom the release does not name"
		}
	}
	return ""
}

func inTime(r *forms.Referral, on forms.Date) string {
	for _, one := range []struct {
		name        string
		first, then forms.Date
	}{
		{"met, then consented", r.FirstEncounter, r.ConsentFrom}, {"met, then advised", r.FirstEncounter, r.AdvisedOn},
		{"consented by now", r.ConsentFrom, on}, {"advised by now", r.AdvisedOn, on}, {"reported by now", r.SCROn, on}, {"consent lasts", on, r.ConsentUntil},
		{"began before they met", r.Began.First(), r.FirstEncounter},
	} {
		if one.first != "" && one.then != "" && one.first > one.then {
			return one.name + ": " + string(one.first) + " and " + string(one.then)
		}
	}
	return ""
}

var (
	hers = regexp.MustCompile(`(?i)\b(she|her|hers)\b`)
	his  = regexp.MustCompile(`(?i)\b(he|him|his)\b`)
)

func spokenOf(r *forms.Referral, _ forms.Date) string {
	she, he := hers.MatchString(string(r.Summary)), his.MatchString(string(r.Summary))
	woman, man := strings.Contains(string(r.Gender), "woman"), r.Gender == "man_or_boy" || r.Gender == "transgender_man"
	if woman && he && !she || man && she && !he || !woman && !man && (he || she) {
		return "the account speaks of another gender: " + string(r.Summary)
	}
	return ""
}

// tellings are words of an account, and the means of which one must then be ticked.
var tellings = []struct {
	words *regexp.Regexp
	means string
}{
	{regexp.MustCompile(`[Pp]assport|\bpapers\b`), "documents_taken_or_destroyed"},
	{regexp.MustCompile(`\bdebt\b|\bowe[ds]?\b|\bloan\b|to pay a smuggler`), "debt_or_bond"},
	{regexp.MustCompile(`deport|send her away`), "threat_of_deportation"},
	{regexp.MustCompile(`without pay|[Pp]ay was withheld|kept the pay|for tips alone|paid for two of|asked for her pay`), "wages_withheld"},
	{regexp.MustCompile(`threatened|told what would happen`), "threat_of_harm_to_the_person threat_of_arrest_or_accusation exposing_secrets_or_images"},
	{regexp.MustCompile(`kn[eo]w where (the family|his mother)`), "threat_of_harm_to_family"},
	{regexp.MustCompile(`children would be taken`), "threat_to_children_or_custody"},
	{regexp.MustCompile(`camera|listened to|went out alone|leave the room only`), "monitoring_or_isolation"},
	{regexp.MustCompile(`beaten`), "physical_violence"},
	{regexp.MustCompile(`not allowed to see a doctor`), "deprived_of_food_sleep_or_care"},
	{regexp.MustCompile(`promised (a job|in)|job was promised`), "false_job"},
	{regexp.MustCompile(`promised .* visa`), "false_immigration_promise"},
}

func toldAndTicked(r *forms.Referral, _ forms.Date) string {
	var ticked []string
	for _, name := range []string{"force", "fraud", "coercion"} {
		ticked = append(ticked, forms.Questions.Codes(r, name)...)
	}
	account := strings.ReplaceAll(string(r.Summary), "nobody threatened", "")
	for _, one := range tellings {
		if one.words.MatchString(account) && !slices.ContainsFunc(strings.Fields(one.means), func(code string) bool { return slices.Contains(ticked, code) }) {
			return "the account says " + one.words.FindString(account) + ", and nobody ticked " + one.means
		}
	}
	switch {
	case strings.Contains(account, "could leave, and went home") && len(ticked) > 0:
		return "could leave, and was kept"
	case r.PapersHeld == "yes" && !slices.Contains(ticked, "documents_taken_or_destroyed"), r.PapersHeld == "no" && slices.Contains(ticked, "documents_taken_or_destroyed"):
		return "papers that are held, and taken"
	case r.Debt != "" && !slices.Contains(ticked, "debt_or_bond"):
		return "a debt that binds nobody"
	}
	return ""
}
