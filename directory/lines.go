package directory

// Line is a number that is the same for everybody in the State, with where it
// was found.
type Line struct {
	Name   string // whose number it is
	Plain  string // the same for a letter that others may open
	Phone  string // "911"
	Text   string // number for text messages, "" for none
	Word   string // what to text
	Source string // who published it
}

// The numbers of the national hotline.
const (
	HotlinePhone = "1-888-373-7888"
	HotlineText  = "233733"
)

// Lines returns the numbers that a letter may name: those that the State's own
// page publishes, and no other.
func Lines() []Line {
	return []Line{
		{Name: "Emergency", Plain: "In danger now", Phone: "911", Source: "OTDA, page on the program"},
		{Name: "National Human Trafficking Hotline", Plain: "A help line", Phone: HotlinePhone, Text: HotlineText, Word: "HELP", Source: "OTDA, page on the program"},
	}
}
