package web

// Files is the page of the files of a referral.
type Files struct {
	Reference string
	Scans     bool // whether there is a scanner
	Lines     []FileLine
	Form      *FileForm // nil: nothing can be added
}

// FileLine is one file.
type FileLine struct {
	N      int
	State  StatusTag
	Says   string // what the state means
	Open   string // address of its copy; "" cannot be opened
	Rows   []Row
	Remove *SmallForm // nil: it stays
}

// FileForm asks for one file. The file comes last, so that what is said of it is
// known before it is read.
type FileForm struct {
	Action   string
	CSRF     string
	Fields   []Field
	Problems []Problem
	Name     string // of the input of the file; its id too
	Hint     string
	Wrong    string // what is wrong with the file that was sent
}

var fileTags = map[string]StatusTag{
	"held":    {"Waits for the scan", shapeRing, ToneAsk},
	"clean":   {"Scanned", shapeCheck, ToneGood},
	"harmful": {"Harmful", shapeCross, ToneOver},
}

// FileTag returns how the state of a file is shown.
func FileTag(state string) StatusTag {
	if t, ok := fileTags[state]; ok {
		return t
	}
	return fileTags["held"]
}

// waiting says whether a file of the page waits.
func (v Files) waiting() bool {
	for _, l := range v.Lines {
		if l.State == fileTags["held"] {
			return true
		}
	}
	return false
}

// describedBy are the ids of what stands beside the input of the file.
func (f FileForm) describedBy() string {
	if f.Wrong == "" {
		return f.Name + "-hint"
	}
	return f.Name + "-error " + f.Name + "-hint"
}
