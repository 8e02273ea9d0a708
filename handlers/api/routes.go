package api

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"nysreferral/forms"
	"nysreferral/workflow"
)

// route is one call: what it takes, what it gives, who answers it.
type route struct {
	Method string
	Path   string // below Base, as the router writes it
	Name   string // of the operation, for programs that are made from the description
	Say    string // what it does
	Public bool   // needs no token
	Query  []param
	Key    need   // the idempotency key
	Body   string // schema of the body, "" for none
	Spare  bool   // the body may be left out
	Status int    // of a good answer
	Gives  string // schema of a good answer, "" for none, or a media type
	Also   string // another media type of the same answer, "" for none
	Handle func(*server, *call) error

	do workflow.Action // of a route that is one act
}

// need says whether something is taken.
type need int

const (
	never need = iota
	may
	must
)

// param is one parameter of the query.
type param struct {
	Name  string
	Kind  string // string, boolean or integer
	Codes []string
	Most  int // greatest integer, longest string
	Say   string
}

// takes reports whether value is one that the parameter may have; empty is
// "not given".
func (p param) takes(value string) bool {
	switch {
	case value == "":
		return true
	case len(p.Codes) > 0:
		return slices.Contains(p.Codes, value)
	case p.Kind == kindBoolean:
		return value == "true" || value == "false"
	case p.Kind == kindInteger:
		n, err := strconv.Atoi(value)
		return err == nil && n >= 1 && n <= p.Most
	}
	return len(value) <= p.Most
}

const (
	kindString  = "string"
	kindBoolean = "boolean"
	kindInteger = "integer"
)

const (
	get    = http.MethodGet
	post   = http.MethodPost
	put    = http.MethodPut
	remove = http.MethodDelete
)

// Media types of what is not our own JSON.
const (
	mediaPDF    = "application/pdf"
	mediaSchema = "application/schema+json"
	mediaJSON   = "application/json"
	mediaCSV    = "text/csv"
	mediaFile   = "application/octet-stream" // a file as it is
)

// Schemas of bodies; those of acts are named after the act.
const (
	bodyReferral = "Referral"
	bodySave     = "Save"
	bodyNothing  = "Nothing"
	bodyRev      = "deed"
	bodyNote     = "deed.letter.acknowledge"
)

// routes is every call. Which acts there are, and what each asks, comes from
// the tables of workflow and forms.
func routes() []route {
	list := []route{
		{Method: get, Path: "/openapi.json", Name: "describe", Public: true, Say: "This description", Status: 200, Gives: mediaJSON, Handle: (*server).description},
		{Method: get, Path: "/me", Name: "me", Say: "Whom the token stands for", Status: 200, Gives: "Me", Handle: (*server).me},
		{Method: get, Path: "/form", Name: "form", Say: "The form as JSON Schema 2020-12, with an ETag", Status: 200, Gives: mediaSchema, Handle: (*server).schema},

		{Method: post, Path: "/referrals", Name: "send", Say: "Submit a referral in one call", Key: must, Body: bodyReferral, Status: 201, Gives: "Receipt", Handle: (*server).send},
		{Method: get, Path: "/referrals", Name: "list", Say: "The referrals that the caller sees", Status: 200, Gives: "Page", Handle: (*server).list, Query: listQuery()},
		{Method: get, Path: "/referrals/:ref", Name: "open", Say: "One referral or draft as the caller may see it", Status: 200, Gives: "Record", Handle: (*server).open,
			Query: []param{{Name: "reveal", Kind: kindString, Most: 200, Say: "ids of masked answers to be shown, with commas between; this is an act of its own in the log"}}},

		{Method: post, Path: "/drafts", Name: "draft", Say: "Begin a draft: with these answers, or without a body with what the account tells", Body: bodyReferral, Spare: true,
			Status: 201, Gives: "Draft", Handle: (*server).begin,
			Query: []param{{Name: "with", Kind: kindString, Most: 20, Say: "a group, or a draft or referral of the caller's own: this person was met in the same encounter, and the shared facts are filled in where the answers do not say otherwise"}}},
		{Method: put, Path: "/drafts/:ref", Name: "save", Say: "Replace the answers of a draft", Body: bodySave, Status: 200, Gives: "Draft", Handle: (*server).save},
		{Method: post, Path: "/drafts/:ref/submit", Name: "submit", Say: "Submit a draft", Key: may, Body: bodyRev, Status: 201, Gives: "Receipt", Handle: (*server).submit},
		{Method: remove, Path: "/drafts/:ref", Name: "discard", Say: "Destroy a draft", Body: bodyRev, Status: 204, Handle: (*server).discard},

		{Method: get, Path: "/referrals/:ref/receipt", Name: "receipt", Say: "The receipt", Status: 200, Gives: mediaPDF, Handle: (*server).receipt},
		{Method: get, Path: "/referrals/:ref/packet", Name: "packet", Say: "The packet of a hand-over", Status: 200, Gives: mediaPDF, Handle: (*server).packet,
			Query: []param{{Name: "for", Kind: kindString, Most: 10, Say: "number of the hand-over, or its kind (ldss, rhtp); a recipient can leave it out"}}},
		{Method: post, Path: "/referrals/:ref/files", Name: "attach", Say: "Add a file to a draft, or to a referral that was sent: a PDF, a JPEG or PNG picture, or a plain text", Body: mediaFile,
			Status: 200, Gives: "Draft", Handle: (*server).attach, Query: attachQuery()},
		{Method: get, Path: "/referrals/:ref/files/:n", Name: "file", Say: "The copy of a file, once it was scanned", Status: 200, Gives: mediaFile, Handle: (*server).file},
		{Method: remove, Path: "/referrals/:ref/files/:n", Name: "detach", Say: "Take a file out of a draft", Status: 204, Handle: (*server).detach},
		{Method: get, Path: "/referrals/:ref/letter/:kind", Name: "letterPaper", Say: "A letter, or the referral itself, as a document", Status: 200, Gives: mediaPDF, Handle: (*server).paper},
		{Method: get, Path: "/referrals/:ref/letters/:n", Name: "letter", Say: "The notice about a minor, for the department that it was sent to", Status: 200, Gives: "Record", Handle: (*server).letter},
		{Method: get, Path: "/referrals/:ref/letters/:n/paper", Name: "letterDocument", Say: "That letter as a document; before it is signed, for the State, a preview", Status: 200, Gives: mediaPDF, Handle: (*server).letterPaper},
		{Method: post, Path: "/referrals/:ref/letters/:n/acknowledge", Name: "acknowledge", Say: "Say that the notice arrived", Body: bodyNothing, Spare: true, Status: 204, Handle: (*server).acknowledge},
		{Method: get, Path: "/referrals/:ref/looks", Name: "looks", Say: "Which offices opened the referral, the last first", Status: 200, Gives: "Looks", Handle: (*server).looks,
			Query: []param{{Name: "cursor", Kind: kindString, Most: 200, Say: "next of the answer before, about the same referral"}}},
		{Method: post, Path: "/referrals/:ref/notify", Name: "notify", Say: "Send the notice about a person who may be a minor", Body: bodyNothing, Spare: true, Status: 204, Handle: (*server).notify},
		{Method: get, Path: pairPath, Name: "compare", Say: "Two referrals that may be about the same person, side by side, for DCJS and OTDA", Status: 200, Gives: "Comparison", Handle: (*server).compare},
		{Method: get, Path: "/letters", Name: "letters", Say: "The notices that were sent to the caller's department", Status: 200, Gives: "Letters", Handle: (*server).letters},

		{Method: get, Path: "/tasks", Name: "tasks", Say: "What the caller has to do: the hand-overs to stop with, then the next due first", Status: 200, Gives: "Tasks", Handle: (*server).tasks,
			Query: []param{{Name: "all", Kind: kindBoolean, Say: "also what was done in the last 30 days"},
				{Name: "cursor", Kind: kindString, Most: 200, Say: "next of the answer before, of the same list"}}},
		{Method: get, Path: "/reports/:name", Name: "report", Say: "Numbers about the referrals of a period, never about one person; small ones are withheld", Status: 200, Gives: "Report", Also: mediaCSV,
			Query: []param{{Name: "from", Kind: kindString, Most: 10, Say: "first month, as 2026-01; eleven months before the last when left out"},
				{Name: "to", Kind: kindString, Most: 10, Say: "last month, as 2026-12; this month when left out"},
				{Name: "format", Kind: kindString, Codes: []string{"json", "csv"}, Say: "json when left out"}}, Handle: (*server).report},
		{Method: post, Path: "/tasks/:id/done", Name: "done", Say: "Mark a task of OTDA done", Body: bodyNote, Spare: true, Status: 204, Handle: (*server).done},
	}
	return slices.Concat(list, groups(), acts(), handoverActs(), letterActs(), pairActs())
}

// attachQuery is what is said of a file: codes alone, as an address is no place
// for words.
func attachQuery() []param {
	var out []param
	for _, f := range forms.AttachedFields() {
		if f.Kind == forms.KindChoice {
			out = append(out, param{Name: f.Name, Kind: kindString, Codes: f.Codes, Say: f.Label})
		}
	}
	return out
}

func listQuery() []param {
	return []param{
		{Name: "status", Kind: kindString, Codes: workflow.Status("").Values(), Say: "only this status"},
		{Name: "cursor", Kind: kindString, Most: 200, Say: "next of the page before"},
		{Name: "size", Kind: kindInteger, Most: 200, Say: "lines a page; 50 when left out"},
		{Name: "last", Kind: kindBoolean, Say: "the last page"},
		{Name: "mine", Kind: kindBoolean, Say: "held by the caller"},
		{Name: "waiting", Kind: kindBoolean, Say: "waits for a determination, the next due first"},
	}
}

// acts are the calls of the referral's table: one for each action.
func acts() []route {
	var list []route
	for _, do := range workflow.Actions() {
		say := sayOf(workflow.Steps, do)
		if say == "" {
			continue
		}
		r := route{Method: post, Path: "/referrals/:ref/" + string(do), Name: "act_" + string(do), Say: say, Body: deedName(string(do)),
			Status: 200, Gives: "Record", Handle: (*server).act, do: do}
		switch do {
		case workflow.Save:
			r.Body, r.Gives, r.Handle = bodySave, "Draft", (*server).save
		case workflow.Submit:
			r.Key, r.Status, r.Gives, r.Handle = may, 201, "Receipt", (*server).submit
		case workflow.Discard:
			r.Status, r.Gives, r.Handle = 204, "", (*server).discard
		case workflow.Reveal:
			r.Handle = (*server).reveal
		}
		list = append(list, r)
	}
	return list
}

// handoverActs are the calls of the hand-over's table. One that is proposed has
// the number after the last, and the revision of the referral.
func handoverActs() []route {
	var list []route
	for _, do := range workflow.HandoverActions() {
		say := sayOf(workflow.HandoverSteps, do)
		if say == "" {
			continue
		}
		if do == workflow.Propose {
			say += ": n is that of proposal in the record, and rev that of the referral"
		}
		list = append(list, route{Method: post, Path: "/referrals/:ref/handovers/:n/" + string(do), Name: "handover_" + string(do), Say: say,
			Body: deedName("handover." + string(do)), Status: 200, Gives: "Record", Handle: (*server).act, do: do})
	}
	return list
}

// letterActs are the calls of the letter's table.
func letterActs() []route {
	var list []route
	for _, do := range workflow.LetterActions() {
		list = append(list, route{Method: post, Path: "/referrals/:ref/letters/:n/" + string(do), Name: "letter_" + string(do), Say: sayOf(workflow.LetterSteps, do),
			Body: deedName("letter." + string(do)), Status: 200, Gives: "Record", Handle: (*server).actLetter, do: do})
	}
	return list
}

// sayOf returns the words of an action, or "" when no step of the table is it.
func sayOf[S workflow.Road](steps []workflow.StepOn[S], do workflow.Action) string {
	for _, s := range steps {
		if s.Do == do {
			return s.Say
		}
	}
	return ""
}

// deedName is the schema of what an act asks: acts that ask nothing share one.
func deedName(do string) string {
	if len(forms.FormOf(do).Fields) == 0 {
		return bodyRev
	}
	return bodyRev + "." + do
}

// onHandover reports whether the route is an act on a hand-over.
func (r route) onHandover() bool { return strings.Contains(r.Path, "/handovers/") }

// onLetter reports whether the route is an act on a letter.
func (r route) onLetter() bool { return strings.Contains(r.Path, "/letters/") }

// deed is the name of the form of a route that is one act.
func (r route) deed() string {
	switch {
	case r.onHandover():
		return "handover." + string(r.do)
	case r.onLetter():
		return "letter." + string(r.do)
	}
	if strings.HasPrefix(r.Path, pairPath) {
		return "pair." + string(r.do)
	}
	return string(r.do)
}
