package web

// startFrame is the frame of the start page, which has a heading of its own.
func startFrame(p Page) Page {
	p.Title, p.NoHeading, p.QuickExit = "Start", true, true
	return p
}

// startRoad explains the road of a referral.
//
// Law: Social Services Law 483-cc; 9 NYCRR 6174.3 (three business days, and
// three more for good cause).
func startRoad() []Stop {
	return []Stop{
		{Title: "Referral", Text: "You send it. You get a reference, a receipt and your own copy at once."},
		{Title: "Decision within 3 business days", Text: "The Division of Criminal Justice Services decides on what the law asks. For good cause it may take 3 more."},
		{Title: "Hand-over", Text: "If confirmed, the Office of Temporary and Disability Assistance finds a provider or the local department."},
		{Title: "Reached", Text: "Somebody there says: I have reached the person. Until then the State keeps asking."},
	}
}

// whoSees says in a few words which reader sees which answers; the rules
// themselves stand in the declaration of the form.
func whoSees() Table {
	row := func(who, contact, happened, needs string) []Cell {
		return []Cell{{Text: who}, {Text: contact}, {Text: happened}, {Text: needs}}
	}
	return Table{
		Caption: "Who sees which answers of a referral", Hidden: true,
		Columns: []Column{{Label: "Who", Row: true}, {Label: "Name and safe contact"}, {Label: "What happened"}, {Label: "Needs and safety"}},
		Rows: [][]Cell{
			row("You, and your agency’s lead", "Yes", "Yes", "Yes"),
			row("Division of Criminal Justice Services, which decides", "The name; not the safe phone or address", "Yes", "Only what is urgent"),
			row("Office of Temporary and Disability Assistance, which hands over", "Yes", "Only while it is asked for its view", "Yes"),
			row("The provider or department that helps", "After confirmation, as far as the consent goes", "No", "After confirmation, as far as the consent goes"),
			row("Police, about a referral by a provider", "No", "No", "No"),
			row("Auditors", "No", "No: dates and codes only", "No"),
		},
	}
}
