package web

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// framed draws parts in order inside the frame of a page.
func framed(p Page, parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return Frame(p).Render(templ.WithChildren(ctx, templ.Join(parts...)), w)
	})
}

// around draws parts as the children of frame.
func around(frame templ.Component, parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return frame.Render(templ.WithChildren(ctx, templ.Join(parts...)), w)
	})
}

func said(text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, "<p>"+templ.EscapeString(text)+"</p>")
		return err
	})
}

func headed(text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, "<h2>"+templ.EscapeString(text)+"</h2>")
		return err
	})
}

func partsPage(p Page) templ.Component {
	p.Back = &Link{Label: "My referrals", Href: "/referrals"}
	p.Flash = &Flash{Kind: BoxSuccess, Text: "Your draft was saved."}
	p.Lead = "Every part of a page, drawn with made-up records."
	parts := []templ.Component{headed("Statuses")}
	for _, s := range []string{"Draft", "Submitted", "InReview", "Asked", "Confirmed", "Declined", "HandedOver", "Reached", "Withdrawn", "Closed", "Proposed", "Sent", "Accepted", "Returned", "NotReached", "Served", "Something new"} {
		parts = append(parts, TagPart(TagOf(s)))
	}
	parts = append(parts, headed("Clocks"), ClockPart(DueClock(2, "5 pm", "Friday, November 6, 5 pm")), ClockPart(DueClock(1, "5 pm", "")), ClockPart(DueClock(0, "5 pm", "")), ClockPart(DueClock(-1, "5 pm", "")), ClockPart(HoursClock(20, "")),
		headed("Road"), RoadPart([]Stop{{"Referral", "Received November 2, 10:15 am", StopDone}, {"Decision", "Due Friday, November 6, 5 pm", StopHere}, {"Hand-over", "", StopNext}, {"Reached", "", StopNext}}),
		headed("Boxes"))
	for _, k := range []BoxKind{BoxInfo, BoxWarning, BoxDanger, BoxSuccess} {
		parts = append(parts, around(BoxPart(Box{Kind: k, Title: "Never contact the person directly"}), said("The person lives with the one who controls them. Only the referrer can reach them.")))
	}
	draft := TagOf("draft")
	clock := DueClock(0, "5 pm", "")
	parts = append(parts,
		headed("Summary"), SummaryPart(madeUpSummary()),
		headed("Timeline"), TimelinePart([]Event{
			{"November 2, 2026, 10:15 am", "Referral received", "Reference 7K4M-2QX9-C3TB-5", "Harbor House of Westchester", ToneCalm},
			{"November 3, 2026, 2:05 pm", "Question for you", "Where did the person sleep while working?", "Division of Criminal Justice Services", ToneAsk},
			{"November 6, 2026, 11:40 am", "Confirmed", "The letters are ready to hand over.", "Division of Criminal Justice Services", ToneGood}}),
		headed("Cards"), around(CardPart(Card{Title: "7K4M-2QX9-C3TB-5", Href: "/referrals/7K4M-2QX9-C3TB-5", Tag: &draft, Clock: &clock}), said("Saved yesterday, 9:12 pm. Missing: how you know, needs, signature.")),
		around(CardPart(Card{Title: "Minor notice not sent", Loud: true}), said("Send it before 4 pm today.")),
		headed("Tasks"), TasksPart([]Task{{"About you", "/s/A", "", TaskDone}, {"Consent", "/s/B", "What the State can and cannot see", TaskStarted}, {"The person", "/s/C", "", TaskNew}, {"What happened", "/s/G", "", TaskFix}}),
		headed("Veil"), around(VeilPart(Veil{Note: "Describes violence against a child.", Show: "Show the account"}), said("An account that was made up for this page.")),
		headed("Empty"), TablePart(Table{Caption: "Referrals", Empty: "You have no referrals yet. Choose “New referral” to begin; it takes about ten minutes."}),
		ButtonPart(Button{Label: "Confirm", Href: "/x"}), ButtonPart(Button{Label: "Ask", Look: ButtonSecond}), ButtonPart(Button{Label: "Withdraw", Look: ButtonDanger}), ButtonPart(Button{Label: "Cancel", Look: ButtonQuiet, Href: "/y"}))
	return framed(p, parts...)
}

func madeUpSummary() Summary {
	return Summary{ID: "C", Title: "The person", Change: "/referrals/x/C", Rows: []Row{
		{Label: "Given name", Values: []string{"María <Example>"}, Change: "/referrals/x/C#C2"},
		{Label: "Under 18 now?", Missing: true, Change: "/referrals/x/C#C7"},
		{Label: "Date of birth", Values: []string{"March 1994"}, Odd: "The age given is 16. Please look at both.", Change: "/referrals/x/C#C5"},
		{Label: "Immigration category", Masked: "Answered. Shown only when you ask for it."},
		{Label: "What happened", Values: []string{"First paragraph, made up.", "Second paragraph, made up."}, Veil: "May be hard to read.", Change: "/referrals/x/G"},
		{Label: "Disability"},
	}}
}

func queuePage(p Page) templ.Component {
	cols := []Column{{Label: "Reference", Row: true}, {Label: "Due"}, {Label: "Flags"}, {Label: "Source"}, {Label: "Age"}, {Label: "Type"}, {Label: "Held by"}}
	row := func(ref string, c Clock, flags, source, age, kind, held string) []Cell {
		return []Cell{{Text: ref, Href: "/referrals/" + ref}, {Part: ClockPart(c)}, {Text: flags}, {Text: source}, {Text: age}, {Text: kind}, {Text: held}}
	}
	return framed(p, TablePart(Table{Caption: "17 referrals wait for a decision", Queue: true, Columns: cols, Rows: [][]Cell{
		row("9XQ2-77MB-K0VD-A", DueClock(-1, "", ""), "Minor · Tonight", "Provider", "Under 18", "Sex", "Nobody"),
		row("7K4M-2QX9-C3TB-5", DueClock(0, "5 pm", ""), "Detained", "Police", "25–39", "Labor", "You"),
		row("B2N8-04TY-QQ6H-3", DueClock(2, "", ""), "", "District attorney", "18–24", "Both", "R. Lee"),
	}}))
}

func fieldsPage(p Page, refused bool) templ.Component {
	list := madeUpFields()
	var problems []Problem
	if refused {
		p.ErrorTitle = true
		for i := range list {
			list[i].Error = "Say what to do about “" + list[i].Label + "”, or choose Unknown."
			problems = append(problems, Problem{list[i].ID, list[i].Error})
		}
	}
	form := around(FormPart(Form{Action: "/referrals/x/C", CSRF: "made-up-token", Rev: "6", Save: "/referrals/x/C/save", Saved: "Saved 14:02",
		Answers: Answers(map[string][]string{"sourceKind": {"social_service_provider"}})}),
		FieldsPart(list), ListPart("countries", []Option{{Code: "GT", Label: "Guatemala"}, {Code: "US", Label: "United States"}}), ButtonsPart("Continue", "Save and leave", "Back"))
	return framed(p, ProblemsPart(problems), form)
}

func madeUpFields() []Field {
	yes := []Option{{Code: "yes", Label: "Yes"}, {Code: "no", Label: "No"}, {Code: "unknown", Label: "Unknown", Apart: true}}
	when := []Option{{Code: "", Label: "Not needed"}, {Code: "now", Label: "Now"}, {Code: "soon", Label: "Soon"}, {Code: "later", Label: "Later"}}
	return []Field{
		{Kind: KindText, ID: "C2", Name: "givenNames", Label: "Given names", Hint: "As the person says them.", Value: "María \"Mari\" <b>", Width: Width30},
		{Kind: KindTick, ID: "C2.unknown", Name: "givenNamesUnknown", Label: "Unknown"},
		{Kind: KindPartial, ID: "C5", Name: "born", Label: "Date of birth", Hint: "Fill in what is known. A year alone is fine.", Value: "1994-03"},
		{Kind: KindNumber, ID: "C6", Name: "age", Label: "Age, or best estimate", Width: Width2, Conditional: true, When: When(Test{Name: "born", Is: []string{"unknown", ""}})},
		{Kind: KindDate, ID: "A10", Name: "firstEncounter", Label: "Date of first encounter", Value: "2026-10-31"},
		{Kind: KindChoice, ID: "D1", Name: "reach", Label: "How may the person be reached?", Value: "directly", Options: []Option{
			{Code: "only_through_me", Label: "Only through me"}, {Code: "directly", Label: "Directly", Hint: "You will be asked for a safe telephone or e-mail."}, {Code: "attorney", Label: "Through an attorney"}}},
		{Kind: KindPhone, ID: "D2.phone", Name: "safePhone.phone", Label: "Safe telephone number", Width: Width20, Conditional: true, When: When(Test{Name: "reach", Is: []string{"directly"}})},
		{Kind: KindEmail, ID: "D3", Name: "safeEmail", Label: "Safe e-mail address", Hint: "Only if nobody else reads it.", Optional: true, Width: Width30},
		{Kind: KindMany, ID: "G7", Name: "coercion", Label: "Coercion", Why: "The law asks by which means an adult was made to work.", Values: []string{"debt", "papers"}, Options: []Option{
			{Code: "harm", Label: "Threat of harm"}, {Code: "family", Label: "Threat to the family"}, {Code: "arrest", Label: "Threat of arrest"}, {Code: "deportation", Label: "Threat of deportation"}, {Code: "papers", Label: "Papers taken away"},
			{Code: "debt", Label: "Debt"}, {Code: "wages", Label: "Pay held back"}, {Code: "alone", Label: "Kept alone or watched"}, {Code: "secrets", Label: "Secrets or pictures"}, {Code: "other", Label: "Other"}, {Code: "unknown", Label: "Unknown", Apart: true}}},
		{Kind: KindSelect, ID: "A12", Name: "countyFound", Label: "County where you found the person", Options: []Option{{Code: "albany", Label: "Albany"}, {Code: "bronx", Label: "New York City (Bronx)"}}, Value: "bronx"},
		{Kind: KindLookup, ID: "C12", Name: "birthCountry", Label: "Country of birth", List: "countries", Width: Width20},
		{Kind: KindLookup, ID: "E1", Name: "spokenLanguage", Label: "Language", Options: []Option{{Code: "quc", Label: "K’iche’"}}, Width: Width20},
		{Kind: KindProse, ID: "G14", Name: "summary", Label: "What happened", Hint: "In your own words. Do not name other people who may be victims.", Max: 15000, Rows: 10, Value: "\nFirst line <script>\nSecond line", Beside: []string{"How did they meet?", "What was the person asked to do?", "How were they controlled?", "What happened if they refused?", "How did it end?"}},
		{Kind: KindProse, ID: "D5", Name: "notSafe", Label: "Times or ways that are not safe", Max: 500, Optional: true},
		{Kind: KindGroup, ID: "D11", Name: "representative", Label: "Attorney or advocate", Hint: "If the person has one.", Fields: []Field{
			{Kind: KindText, ID: "D11.name", Name: "representative.name", Label: "Name", Width: Width30},
			{Kind: KindChoice, ID: "D11.accredited", Name: "representative.accredited", Label: "Accredited?", Options: yes}}},
		{Kind: KindRepeat, ID: "C3", Name: "otherNames", Label: "Other names", Max: 20, Add: "Add another name", Items: []Item{
			{Title: "Name 1", Index: 0, Fields: []Field{{Kind: KindText, ID: "C3.0.name", Name: "otherNames.0.name", Label: "Name", Value: "刘 美玲"}}},
			{Title: "Name 2", Index: 1, Fields: []Field{{Kind: KindText, ID: "C3.1.name", Name: "otherNames.1.name", Label: "Name"}}}}},
		{Kind: KindGrid, ID: "J1", Name: "needs", Label: "What does the person need?", Hint: "One answer a line.", Options: when, Fields: []Field{
			{Kind: KindChoice, ID: "J1.housing", Name: "needs.emergencyHousing", Label: "Emergency housing", Value: "now"},
			{Kind: KindChoice, ID: "J1.food", Name: "needs.food", Label: "Food"},
			{Kind: KindChoice, ID: "J1.legal", Name: "needs.legalCriminal", Label: "A lawyer: criminal record (vacatur)", Error: "Choose one."},
			{Kind: KindTick, ID: "J1.none", Name: "needs.noneWanted", Label: "The person wants no help now"}}},
		{Kind: KindPassword, ID: "pw", Name: "password", Label: "Password", Value: "never shown", Width: Width20},
		{Kind: KindCode, ID: "code", Name: "code", Label: "Code", Width: Width10},
	}
}
