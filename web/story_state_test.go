package web

import (
	"github.com/a-h/templ"

	"nysreferral/forms"
)

// madeUpView is what reader sees of a made-up referral that was assessed and
// handed over.
func madeUpView(reader forms.Reader, revealed ...string) forms.View {
	r := &forms.Referral{}
	bad := forms.Questions.DecodeJSON(r, []byte(`{"referrerName":"Dana Example","referrerPhone":"518-555-0100","under18":"no","gender":"woman_or_girl",
		"familyName":"Exampleton","givenNames":"Casey","born":"1984-03","otherNames":[{"name":"Cass","kind":"other_spelling"},{"name":"Kay","kind":"other_spelling"}],
		"spokenLanguage":"spanish","interpreterNeeded":"yes","reach":"directly","safePhone":{"phone":"518-555-0111","voicemail":"no","text":"unknown","sayWho":"no"},
		"notSafe":"Never after six in the evening.","countyNow":"queens","category":"unknown","trafficking":["sex"],"actions":["recruited","harbored"],
		"coercion":["debt_or_bond"],"summary":"First made-up paragraph.\nSecond <b>paragraph</b>.","shelterTonight":"yes","fear":"yes","fearText":"Afraid of the street.",
		"needs":{"emergencyHousing":"now","medical":"soon","legalImmigration":"later","other":"soon","otherText":"A quiet room"},"accessNeedsText":"Uses a wheelchair."}`))
	if len(bad) > 0 {
		panic(bad)
	}
	review := &forms.Review{}
	review.AgeBand, review.ConsentCheck = "40_to_59", "in_order"
	review.Action, review.Means = forms.Element{Finding: "shown", ShownBy: "G4, G14"}, forms.Element{Finding: "unclear", ShownBy: "G7 X1"}
	route := &forms.Route{}
	route.Kind, route.Recipient = "rhtp", "Harbor Light Services (made up)"
	sight := forms.Sight{Reader: reader, Consulting: true, Release: true, Health: true, Revealed: map[string]bool{}}
	for _, id := range revealed {
		sight.Revealed[id] = true
	}
	return forms.NewView(sight, r, review, forms.NumberedRoute{N: 1, Route: route})
}

// worker is the frame of a page of somebody who works on referrals.
func worker(title string) Page {
	p := reviewer()
	p.Title, p.Wide = title, true
	return p
}

func stateStories() []story {
	facts := FactParts("", madeUpView(forms.ReadsReviewer).Of("referral"), forms.Problems{{Field: "born", Message: "The age and the date do not agree."}})
	headed := worker("Referral")
	headed.NoHeading = true
	lines := []ElementLine{{"Action", "What was done?", FindingTag("shown"), Pointers("G4, G14", facts)}, {"Means", "By force?", FindingTag("unclear"), Pointers("G7 X1", facts)},
		{"Minor", "Under 18?", FindingTag(""), nil}}
	steps := StepsBar{Ready: []Step{{Label: "Recommend", Href: "/referrals/x/recommend", Primary: true}, {Label: "Take it", Post: &Form{Action: "/referrals/x/take", CSRF: "made-up-token", Rev: "3"}},
		{Label: "Ask", Href: "/a"}, {Label: "Consult", Href: "/b"}, {Label: "Note", Href: "/c"}}, NotYet: []Step{{Label: "Second", Missing: []string{"Ask a colleague to read it."}}}}
	due := DueClock(0, "5 pm", "Friday, November 6, 5:00 pm")
	task := TaskLine{Words: "Find a place for tonight.", Title: "7K4M-2QX9-C3TB-5", Href: "/referrals/x", Clock: &due, Contact: "ldss-example", Line: "/directory/x", Loud: true,
		Extra: &Link{Label: "Send the notice", Href: "/n"}, Done: &DoneForm{Form: Form{Action: "/tasks", CSRF: "made-up-token"}, Task: "7", Asks: []Field{{Kind: KindProse, ID: "note-7", Name: InputNote, Label: "What was done?"}}}}
	card := StateHandoverCard{Card: Card{Title: "Harbor Light Services (made up)", Href: "/h", Clock: &due}, Lines: []string{"Next: look and send."}}
	said := []Talk{{Kind: "Question to the referrer", When: "November 3, 2026, 2:05 pm", Text: "Where?", About: Pointers("G14", facts), Wait: "Not answered yet."},
		{Kind: "OTDA’s view", When: "November 3, 2026, 1:05 pm", Who: "Agrees, P. Shore", Text: "As told."}}
	review := StateReview{Reference: "7K4M-2QX9-C3TB-5", Tag: TagOf("in_review"), Clocks: []NamedClock{{"Decision", due}},
		Flags: Flags{Tonight: true, Minor: true, Detained: true, Deadline: "Nov 12", Soon: true}.Tags(), Head: []Row{{Label: "From", Values: []string{"Harbor House"}}},
		Odd: []OddLine{{"Look at the age.", "#section-C"}, {Text: "Look at it."}}, Index: []Link{{Label: "The person", Href: "#section-C"}}, Facts: facts,
		Reveal: &Reveal{Action: "/referrals/x/reveal", CSRF: "made-up-token", Shown: []string{"F1"}}, Elements: lines, Unfilled: "Not yet.",
		Wanted: []Checkpoint{{true, "OTDA’s view is on the record"}, {false, "Every element is assessed"}}, Advice: &Row{Label: "Recommended: confirm", Values: []string{"All shown."}},
		Decision: &Summary{Title: "Determination", Rows: []Row{{Label: "Type", Values: []string{"Labor"}}}}, Said: said, Handovers: []StateHandoverCard{card},
		Elsewhere: []Link{{Label: "Under 9XQ2-77MB-K0VD-A: Open Door", Href: "/p"}}, Apart: []PairLine{{Reference: "B2N8-04TY-QQ6H-3", Href: "/p", Tag: PairTag("dismissed"), From: "From Harbor House"}},
		Pairs:   []PairLine{{Reference: "9XQ2-77MB-K0VD-A", Href: "/p", Tag: PairTag("found"), From: "From Harbor House", Reasons: []string{"The same date of birth"}, Note: "Decided.", Why: "As told.", Elsewhere: "Handed over to Open Door."}},
		Letters: []LetterLine{{"Notice about a minor", "To a department.", TagOf("sent")}}, Papers: []Link{{Label: "File (PDF)", Href: "/f"}},
		History: []Event{{When: "November 3, 2026", Title: "The review began.", Who: "R. Hill"}}, Steps: steps}
	sealed := StateReview{Reference: "7K4M-2QX9-C3TB-5", Tag: TagOf("withdrawn"), Sealed: "Its answers are sealed."}
	says := []SaidTo{{"The person", "A notice."}, {"OTDA", "The same."}}
	return []story{
		{"state-queue", StateQueuePage(worker("Queue"), StateQueue{Views: []Link{{Label: "Open", Href: "/queue", Current: true}, {Label: "Closed", Href: "/queue?status=closed"}},
			Mine: &Link{Label: "Held by me", Href: "/queue?mine=1"}, Count: "1 referral", Take: &Form{Action: "/queue/next", CSRF: "made-up-token"}, First: "/queue", Next: "/queue?cursor=a", Last: "/queue?last=1",
			Table: Table{Caption: "Referrals", Queue: true, Columns: []Column{{Label: "Reference", Row: true}, {Label: "Flags"}}, Rows: [][]Cell{{{Text: "7K4M", Href: "/r"}, {Part: Tags(review.Flags)}}}}})},
		{"state-review", StateReviewPage(headed, review)},
		{"state-review-withdrawn", StateReviewPage(headed, sealed)},
		{"state-decide", StateDecidePage(worker("Decide"), StateDecide{Reference: "7K4M-2QX9-C3TB-5", Clock: &due, Elements: []ElementLine{{"Action", "What was done?", FindingTag("shown"), Pointers("G4", nil)}}, Wanted: review.Wanted, Advice: review.Advice, Signs: "Signed.",
			Ways: []DecideWay{{Title: "Confirm", Href: "/c", Primary: true, Says: says}, {Title: "Decline", Href: "/d", Missing: []string{"A second reader."}, Says: says}}})},
		{"state-act", ActPage(worker("Assess"), Act{Form: Form{Action: "/x", CSRF: "made-up-token", Rev: "3"}, Button: "Save", Back: Link{Label: "Back", Href: "/r"}, Beside: FactsPart(facts, nil)})},
		{"state-act-above", ActPage(worker("Confirm"), Act{Form: Form{Action: "/x", CSRF: "made-up-token"}, Button: "Sign", Back: Link{Label: "Back", Href: "/r"},
			Above: []templ.Component{ElementsBox(lines[2:], nil), SaidToBox("Who is told what", says), FactsBox("What was told", FactParts("about-", madeUpView(forms.ReadsReviewer).Of("referral"), nil)), RemarkBox(Box{Kind: BoxInfo, Title: "Note"}, "Text.")}})},
		{"state-compare", StateComparePage(worker("Maybe the same person"), compareStory(facts, steps))},
		{"state-board", StateBoardPage(worker("Board"), StateBoard{Directory: "/directory", Tasks: []TaskLine{{Words: "Obtain consent.", Title: "7K4M", Href: "/t", Clock: &due}}, More: Link{Label: "All tasks (2)", Href: "/tasks"}, Summary: "1 between confirmed and reached", Cut: "More follow.",
			Lanes: []Lane{{ID: "lane-to-send", Title: "To send", Cards: []LaneCard{{Title: "7K4M", Href: "/h", Tag: TagOf("proposed"), Clock: &due, County: "Queens", To: "Harbor Light", Kind: "RHTP provider", Next: "Look and send", Waits: "Confirmed 2 days ago", Marks: []StatusTag{UnsafeTryTag, NoContactTag, BesideSilentTag}, Before: "Somebody reached the person before and helps no more.", Beside: []LaneBeside{{Label: "Hand-over 2", Href: "/h", Tag: TagOf("accepted"), Marks: []StatusTag{NoContactTag}, Clock: &due, Next: "Reach the person · Open Door"}}, Tries: "2 tries", Strip: NewStrip([]StripDay{{StripToSend, false}, {StripSent, false}, {StripAccepted, true}}, false), Loud: true}}},
				{ID: "lane-sent", Title: "Sent", Empty: "Nothing waits."}}})},
		{"state-tasks", StateTasksPage(worker("Tasks"), StateTasks{Views: []Link{{Label: "Open", Href: "/tasks", Current: true}}, Groups: []TaskGroup{{ID: "group-overdue", Title: "Overdue", Tasks: []TaskLine{task, {Words: "Done.", Title: "7K4M", Href: "/r", DoneAt: "November 3, 2026", Whose: "OTDA"}}}}})},
		{"state-tasks-none", StateTasksPage(worker("Tasks"), StateTasks{Empty: "Nothing is left to do."})},
		{"state-handover", StateHandoverPage(worker("Hand-over"), StateHandover{Reference: "7K4M-2QX9-C3TB-5", Tag: TagOf("proposed"), Clock: &due, Kind: "RHTP provider", Recipient: "Harbor Light", Contact: "rhtp-example", Line: "/directory/x", Rule: "R5",
			Reason: "By the rules.", Override: "No bed.", Notes: []string{"Ask first."}, Forbidden: "Obtain consent.", Others: []OtherPlace{{"Harbor Light", true, "Near.", "RHTP provider", true}, {"Open Door", false, "Farther.", "RHTP provider", false}}, Reroute: "/rr",
			Dates: []Row{{Label: "Sent", Values: []string{"November 3, 2026"}}}, Clocks: []Row{{Label: "Acceptance", Values: []string{"Due before: Friday."}, Part: ClockPart(Clock{Words: "1 day over", Tone: ToneOver, Was: "Friday"})}}, Mark: &NoContactTag, Log: said[1:], Preview: []Link{{Label: "What it reads", Href: "/p"}}, Steps: StepsBar{Ready: steps.Ready, NotYet: steps.NotYet, Heed: []Row{{Label: "Do not refer to", Values: []string{"Harbor Light, my cousin works there"}}}}})},
		{"state-preview", StatePreviewPage(worker("What the recipient sees"), StatePreview{For: "Harbor Light", Outline: FactParts("outline-", madeUpView(forms.ReadsWaiting).Parts, nil)[0].Facts,
			Parts: Unnumbered(FactParts("", madeUpView(forms.ReadsProvider).Parts, nil)), Packet: "/p", Back: "/b"})},
	}
}

func recipientStories() []story {
	due := DueClock(-1, "5 pm", "Friday, November 6, 5:00 pm")
	p := worker("Inbox")
	p.Wide = false
	headed := p
	headed.Title, headed.NoHeading = "Hand-over", true
	next := NextBox{Words: "Accept, or give it back", Clock: &due, Href: "/r", Title: "7K4M-2QX9-C3TB-5"}
	here := NextBox{Words: "Reach the person", Clock: &due}
	tag := TagOf("sent")
	needs := []NeedGroup{{"Now", []string{"Emergency housing"}, true}, {"Soon", []string{"Medical care"}, false}}
	rows := []Row{{Label: "Language", Values: []string{"Spanish"}}}
	parts := Unnumbered(FactParts("", madeUpView(forms.ReadsProvider).Parts, nil))
	notice := []LetterBlock{{Heading: "Notice of Minor"}, {Title: "Danger now", Text: "Ask OTDA at once.", Loud: true}, {Rows: rows}, {Title: "To call back", Text: "OTDA: 518-555-0171"},
		{Heading: "Within 24 hours"}, {Text: "A missing child is yours to report.", Lasts: true}, {List: []string{"It is not a confirmation."}}}
	return []story{
		{"recipient-inbox", InboxPage(p, Inbox{Next: &next, More: "/inbox?cursor=a", Groups: []InboxGroup{{"New", "Accept it, or give it back.", []InboxCard{{Card{Title: "7K4M", Href: "/r", Tag: &tag, Clock: &due, Loud: true}, []string{"Accept."}, nil}}}}})},
		{"recipient-inbox-stopped", InboxPage(p, Inbox{Groups: []InboxGroup{{"Stop", "Stop, then say so.", []InboxCard{{Card{Title: "7K4M", Tag: &tag, Clock: &due, Loud: true}, []string{"This hand-over has ended for you."}, &Form{Action: "/s", CSRF: "t"}}}}}})},
		{"recipient-inbox-empty", InboxPage(p, Inbox{Empty: "Nothing waits for you."})},
		{"recipient-waiting", RecipientCardPage(headed, RecipientCard{Reference: "7K4M-2QX9-C3TB-5", Tag: tag, Next: here, Waiting: true, Outline: FactParts("", madeUpView(forms.ReadsWaiting).Parts, nil)[0].Facts, Needs: needs})},
		{"recipient-card", RecipientCardPage(headed, RecipientCard{Reference: "7K4M-2QX9-C3TB-5", Tag: TagOf("accepted"), Next: here, Beside: []LaneBeside{{Label: "Hand-over 3", Href: "/h", Tag: tag, Marks: []StatusTag{NoContactTag}, Clock: &due, Next: "Accept, or give it back"}}, Contact: &SafeContact{Warning: "The person lives with the trafficker.", Title: "Only through the referrer", Never: true, Lines: []string{"Do not call."}, Rows: rows, Folded: rows, Show: "Show the ways"},
			Speaks: rows, Needs: needs, Safety: rows, Confirmation: rows, Packet: "/p", Log: []Talk{{Kind: "A try", When: "November 3, 2026", Who: "Phone"}}, Facts: parts,
			Mark: &NoContactTag, Quick: []QuickForm{{Title: "Give it back", Hint: "OTDA finds somebody else.", Form: Form{Action: "/q", CSRF: "made-up-token", Rev: "2"}, Name: "returnReason", Options: []Option{{Code: "capacity", Label: "Capacity"}}, More: Link{Label: "With more words", Href: "/q"}, Loud: true}},
			Tries: &TryForm{Reached: "/reach", Words: "/attempt", Form: Form{Action: "/a", CSRF: "made-up-token", Rev: "2"}, Name: "how", Result: "result", First: "phone", Hows: []TryHow{{Code: "phone", Label: "Phone", Hint: "Leave no message."}, {Code: "in_person", Label: "In person", Barred: true}}, Results: []Option{{Code: "no_answer", Label: "No answer"}}},
			Steps: StepsBar{Ready: []Step{{Label: "Reached", Href: "/x", Primary: true}}}})},
		{"recipient-letter", RecipientLetterPage(p, RecipientLetter{Reference: "7K4M-2QX9-C3TB-5", Sent: "November 3, 2026", Blocks: notice, Paper: "/p", Form: &Form{Action: "/a", CSRF: "made-up-token"}})},
		{"recipient-letter-known", RecipientLetterPage(p, RecipientLetter{Reference: "7K4M-2QX9-C3TB-5", Sent: "November 3, 2026", Blocks: notice, Paper: "/p", Known: "November 4, 2026"})},
	}
}

// compareStory is two made-up referrals side by side.
func compareStory(facts []FactPart, steps StepsBar) StateCompare {
	var rows [][]Cell
	for i, f := range facts[len(facts)-1].Facts {
		row := []Cell{{Text: f.Label}, CompareCell(&f, "/r/1"), CompareCell(nil, "/r/2"), MarkCell(nil)}
		if i%2 == 0 {
			row[2], row[3] = CompareCell(&f, "/r/2"), MarkCell(&MarkSame)
		}
		rows = append(rows, row)
	}
	sides := [2]CompareSide{{Title: ThisReferral, Reference: "7K4M-2QX9-C3TB-5", Href: "/r/1", Tag: TagOf("in_review"), Rows: []Row{{Label: "From", Values: []string{"Harbor House"}}}},
		{Title: OtherReferral, Reference: "9XQ2-77MB-K0VD-A", Href: "/r/2", Tag: TagOf("confirmed")}}
	return StateCompare{Tag: PairTag("found"), Score: "68 of 100 points", Reasons: []PairReason{{"The age fits", "+15", false}, {"The given names differ", "", true}}, Note: "Decided.", Why: "As told.",
		Sides: sides, First: []Table{CompareTable("The person", rows)}, More: []Table{CompareTable("Needs", rows)}, Steps: steps}
}
