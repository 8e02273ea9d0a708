package web

import (
	"net/http"
	"strings"

	"github.com/a-h/templ"
)

// story is one page drawn with made-up people and records.
type story struct {
	Name string
	Page templ.Component
}

func referrer() Page {
	return Page{
		Title: "My referrals", CSRF: "made-up-token", QuickExit: true, Banner: "Demonstration: all people and records here are made up.",
		User: &UserLine{Name: "Ana Ruiz", Agency: "Harbor House of Westchester", Duty: "Referrer"},
		Nav: []Link{{Label: "My referrals", Href: "/referrals", Current: true}, {Label: "New referral", Href: "/referrals/new"},
			{Label: "Questions for me", Href: "/questions", Count: 2}, {Label: "Account", Href: "/account"}},
		Idle: &Idle{Seconds: 900, Draft: true},
	}
}

func titled(p Page, title string) Page {
	p.Title = title
	return p
}

func madeUpCounties() []County {
	names := strings.Fields("Albany Allegany Bronx Broome Cattaraugus Cayuga Chautauqua Chemung Chenango Clinton Columbia Cortland")
	list := make([]County, 0, len(names)+1)
	for _, n := range names {
		list = append(list, County{County: n, Department: n + " County Department of Social Services", Phone: "518-555-0147"})
	}
	list = append(list, County{County: "St. Lawrence", Department: "St. Lawrence County Department of Social Services",
		Address: "6 Example Street, Canton, NY 13617", Phone: "315-555-0123", Provider: "North Star Help", Line: "315-555-0199", Verified: "November 2, 2026"},
		County{County: "Monroe", Department: "Monroe County Department of Human Services"})
	return list
}

func stories() []story {
	public := Page{CSRF: "made-up-token"}
	list := []story{
		{"start", StartPage(public)},
		{"get-help", GetHelpPage(public, madeUpCounties())},
		{"get-help-without-list", GetHelpPage(public, nil)},
		{"help", HelpPage(public)},
		{"privacy", PrivacyPage(public)},
		{"accessibility", AccessibilityPage(public)},
		{"sign-in", SignInPage(public, SignIn{})},
		{"sign-in-refused", SignInPage(public, SignIn{Email: "ana.ruiz@example.org", Next: "/referrals", Ended: true, Error: "The e-mail address and the password do not belong together. Check both."})},
		{"sign-in-out", SignInPage(public, SignIn{Out: true})},
		{"sign-in-code", CodePage(public, Code{Error: "The code is not right."})},
		{"sign-in-set-up", SetUpPage(public, SetUp{App: true, Passkeys: true, Why: "A password alone is not enough here."})},
		{"sign-in-app", AppPage(public, App{Secret: "ABCD EFGH", QR: "M0 0h1v1h-1z", Size: 25, Error: "This is not the code."})},
		{"sign-in-codes", CodesPage(public, Codes{List: []string{"7K4M-2QX9-C3TB-5RW0-AAAA-BBBB"}, Next: Link{Label: "Go on", Href: "/"}})},
		{"sign-in-prove", ProvePage(public, Prove{Action: "/people/new", Code: true, Fields: []Hidden{{Name: "name", Value: "Bea"}}, Error: "That is not right."})},
		{"sign-in-passkey", NewPasskeyPage(public, Ceremony{Action: PathNewPasskey, Make: true, Name: true, Ask: "{}", Input: "answer", Label: "Add a passkey"}, "")},
		{"check-a-letter", CheckLetterPage(public, LetterCheck{})},
		{"check-a-letter-genuine", CheckLetterPage(public, LetterCheck{Reference: "7K4M-2QX9-C3TB-5", Code: "4817-22", Result: LetterGenuine, Issued: "November 6, 2026"})},
		{"check-a-letter-unknown", CheckLetterPage(public, LetterCheck{Reference: "7K4M-2QX9-C3TB-5", Code: "4817-23", Result: LetterUnknown})},
		{"check-a-letter-refused", CheckLetterPage(public, LetterCheck{Reference: "7K4M", Problems: []Problem{{LetterReferenceID, "Enter all 13 letters and digits of the reference."}, {LetterCodeID, "Enter the code that is printed below the reference."}}})},
		{"record-asked", RecordPage(titled(referrer(), "Your referral"), Record{Reference: "7K4M-2QX9-C3TB-5", Tag: TagOf("confirmed"), Clock: &Clock{Words: "1 day over", Tone: ToneOver, When: "Friday", Was: "Thursday"},
			Asked: []AskedFor{{Words: "Can you bring them together?", Clock: &Clock{Words: "2 business days left"}, Button: Button{Label: "Answer", Href: "/b", Hint: "whether you can"}}}})},
		{"parts", partsPage(titled(referrer(), "Parts"))},
		{"fields", fieldsPage(titled(referrer(), "About the person"), false)},
		{"fields-refused", fieldsPage(titled(referrer(), "About the person"), true)},
		{"fields-right-to-left", fieldsPage(arabic(titled(referrer(), "About the person")), false)},
		{"queue", queuePage(reviewer())},
		{"report", reportPage(titled(reviewer(), "Time to the determination"))},
		{"report-too-few", ReportPage(titled(reviewer(), "Reports"), Report{Period: "November 2026", TooFew: "Too few to show.", Filter: periodFilter(), File: "/reports/road/file"})},
	}
	for _, status := range []int{400, 401, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503} {
		list = append(list, story{"trouble-" + http.StatusText(status), TroublePage(public, TroubleOf(status))})
	}
	list = append(list, story{"trouble-signed-in", TroublePage(referrer(), TroubleOf(409))})
	return append(append(list, stateStories()...), recipientStories()...)
}

func arabic(p Page) Page {
	p.Lang = "ar"
	return p
}

func reviewer() Page {
	return Page{Title: "Queue", CSRF: "made-up-token", Wide: true,
		User: &UserLine{Name: "Sam Okafor", Agency: "Division of Criminal Justice Services", Duty: "Reviewer"},
		Nav:  []Link{{Label: "Queue", Href: "/queue", Current: true, Count: 17}, {Label: "Held by me", Href: "/mine"}, {Label: "Search", Href: "/search"}, {Label: "Reports", Href: "/reports"}},
		Idle: &Idle{Seconds: 900}}
}
