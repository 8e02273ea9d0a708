package web

// helpLine is a public line with what it is for.
type helpLine struct {
	Name  string
	Phone string
	About string
}

// helpLines are lines with a public source: OTDA, OCFS, My Sisters' Place, the
// Albany County District Attorney.
func helpLines() []helpLine {
	return []helpLine{
		{"Child abuse and neglect, State Central Register", "1-800-342-3720", "Anybody who is worried about a child may call."},
		{"Child abuse and neglect, for mandated reporters", "1-800-635-1522", "For people whose work obliges them to report."},
		{"My Sisters’ Place, Westchester and beyond", "1-800-298-7233", "Day and night, every day."},
		{"My Sisters’ Place, by text or chat", "914-600-4208", "Monday to Saturday, 10 am to 10 pm."},
		{"Crime Victims Unit, Albany County District Attorney", "518-694-8445", "For people in Albany County."},
	}
}

// publicFrame is the frame of a public page.
func publicFrame(p Page, title, lead string) Page {
	p.Title, p.Lead, p.QuickExit = title, lead, true
	return p
}

func publicSupport(p Page) string { return p.support() }
