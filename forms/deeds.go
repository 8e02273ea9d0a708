package forms

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Deed is what is typed with an act: every field that the page of an act can
// ask, each once, and what the program found out with it, which no act asks.
// Which act asks which stands in asks.
type Deed struct {
	Deeds `section:"X"`
}

// Deeds are the fields of a deed.
type Deeds struct {
	Rev          Number        `id:"rev" json:"rev" sees:"V" validate:"omitempty,min=0,max=1000000000"`
	Question     Prose         `id:"question" json:"question" sees:"V" validate:"omitempty,max=2000,prose"`
	About        Text          `id:"about" json:"about" sees:"V" points:"yes" validate:"omitempty,max=200,line"`
	AnswerBy     Date          `id:"answerBy" json:"answerBy" sees:"V" validate:"omitempty,date"`
	Pause        Tick          `id:"pause" json:"pause" sees:"V"`
	Answer       Prose         `id:"answer" json:"answer" sees:"V" validate:"omitempty,max=15000,prose"`
	Facts        Prose         `id:"facts" json:"facts" sees:"V" validate:"omitempty,max=15000,prose"`
	Party        Party         `id:"party" json:"party" sees:"V" validate:"omitempty,option"`
	With         Text          `id:"with" json:"with" sees:"V" validate:"omitempty,max=100,line"`
	Outcome      Outcome       `id:"outcome" json:"outcome" sees:"V" validate:"omitempty,option"`
	Note         Prose         `id:"note" json:"note" sees:"V" validate:"omitempty,max=2000,prose"`
	Action       Element       `id:"elementAction" json:"elementAction" sees:"V"`
	Means        Element       `id:"elementMeans" json:"elementMeans" sees:"V"`
	Purpose      Element       `id:"elementPurpose" json:"elementPurpose" sees:"V"`
	Minor        Element       `id:"elementMinor" json:"elementMinor" sees:"V"`
	Advice       Advice        `id:"recommendation" json:"recommendation" sees:"V" validate:"omitempty,option"`
	Bases        []Basis       `id:"bases" json:"bases" sees:"V" validate:"max=10,dive,option"`
	Confirmed    Confirmed     `id:"typeConfirmed" json:"typeConfirmed" sees:"V" validate:"omitempty,option"`
	ReasonCode   ReasonCode    `id:"reasonCategory" json:"reasonCategory" sees:"V" validate:"omitempty,option"`
	Until        Date          `id:"until" json:"until" sees:"V" validate:"omitempty,date"`
	Kind         RouteKind     `id:"kind" json:"kind" sees:"V" validate:"omitempty,option"`
	Contact      Text          `id:"contact" json:"contact" sees:"V" validate:"omitempty,max=100,line"`
	Heeded       []Heeded      `id:"heeded" json:"heeded" sees:"V" validate:"max=10,dive,option"`
	Warned       Prose         `id:"warned" json:"warned" sees:"V" validate:"omitempty,max=2000,prose"`
	ReturnReason ReturnReason  `id:"returnReason" json:"returnReason" sees:"V" validate:"omitempty,option"`
	How          ContactMethod `id:"how" json:"how" sees:"V" validate:"omitempty,option"`
	Result       ContactResult `id:"result" json:"result" sees:"V" validate:"omitempty,option"`
	Started      []Help        `id:"servicesStarted" json:"servicesStarted" sees:"V" validate:"max=40,dive,option"`
	Services     Text          `id:"services" json:"services" sees:"V" validate:"omitempty,max=500,line"`
	Progress     Progress      `id:"progress" json:"progress" sees:"V" validate:"omitempty,option"`
	CanBring     CanBring      `id:"canBring" json:"canBring" sees:"V" validate:"omitempty,option"`
	WaitUntil    Date          `id:"waitUntil" json:"waitUntil" sees:"V" validate:"omitempty,date"`
	PassOnTo     Text          `id:"passOnTo" json:"passOnTo" sees:"V" validate:"omitempty,max=200,line"`
	CloseReason  CloseReason   `id:"closeReason" json:"closeReason" sees:"V" validate:"omitempty,option"`
	Reason       Prose         `id:"reason" json:"reason" sees:"V" validate:"omitempty,max=4000,prose"`
	OtherHelp    Prose         `id:"otherHelp" json:"otherHelp" sees:"V" validate:"omitempty,max=4000,prose"`
	Whom         Text          `id:"whom" json:"whom" sees:"V" validate:"omitempty,max=254,line"`
	DueBefore    Moment        `id:"dueBefore" json:"dueBefore" sees:"V"`
	DueAfter     Moment        `id:"dueAfter" json:"dueAfter" sees:"V"`
	AppealUntil  Moment        `id:"appealUntil" json:"appealUntil" sees:"V"`
	Days         Number        `id:"days" json:"days" sees:"V" validate:"omitempty,min=0,max=1000"`
	Account      Number        `id:"account" json:"account" sees:"V" validate:"omitempty,min=0"`
	Rules        Text          `id:"rules" json:"rules" sees:"V" validate:"omitempty,max=60,line"`
	Unpermitted  Tick          `id:"unpermitted" json:"unpermitted,omitempty" sees:"V"`
	Version      Number        `id:"version" json:"version" sees:"V" validate:"omitempty,min=0,max=1000000"`
	Letter       Number        `id:"letter" json:"letter" sees:"V" validate:"omitempty,min=0,max=9999"`
	Title        Text          `id:"title" json:"title" sees:"V" validate:"omitempty,max=100,line"`
	Language     Text          `id:"language" json:"language" sees:"V" validate:"omitempty,max=20,line"`
	ForPerson    Prose         `id:"reasonForPerson" json:"reasonForPerson" sees:"V" validate:"omitempty,max=2000,prose"`
	Way          Text          `id:"way" json:"way" sees:"V" validate:"omitempty,max=20,line"`
	Reveal       Text          `id:"reveal" json:"reveal" sees:"V" validate:"omitempty,max=200,line"`
}

// asks says what the page of an act asks, in order; "!" marks what must be
// answered, "!other" what must be answered when "other" was chosen. An act of a
// hand-over begins with "handover.", one of a letter with "letter.", one of a
// pair with "pair.". Every act takes rev,
// the revision that the actor saw. An act that is not here asks nothing more.
// A field that one act asks in words of its own has them under the act and its
// name in the words file: "handover.refuse.how".
var asks = map[string]string{
	"ask":                "question! about answerBy pause",
	"answer":             "answer",
	"add":                "facts",
	"consult":            "party with! outcome! note",
	"assess":             "elementAction! elementMeans! elementPurpose! elementMinor!",
	"recommend":          "recommendation! reasonCategory reason",
	"note":               "note!",
	"second":             "note",
	"disagree":           "reason!",
	"confirm":            "typeConfirmed! bases!",
	"decline":            "reasonCategory! reason! otherHelp",
	"extend":             "until! reason!",
	"reconsider":         "reason!",
	"appeal":             "reason!",
	"withdraw":           "reason",
	"close":              "note",
	"reveal":             "reveal!",
	"recuse":             "reason!",
	"exclude":            "whom! reason!",
	"readmit":            "whom! reason!",
	"pair.link":          "reason!",
	"pair.dismiss":       "reason!",
	"pair.undo":          "reason!",
	"handover.send":      "heeded reason",
	"handover.propose":   "contact! reason!",
	"handover.reroute":   "contact! reason!",
	"handover.revoke":    "reason",
	"handover.return":    "returnReason! reason!other",
	"handover.attempt":   "how! result! note",
	"handover.reach":     "how! note",
	"handover.miss":      "note",
	"handover.enroll":    "note",
	"handover.serve":     "servicesStarted! services note",
	"handover.tell":      "progress! note",
	"handover.refuse":    "how! note!",
	"handover.transfer":  "passOnTo! note",
	"handover.wait":      "waitUntil! reason!",
	"handover.warm":      "note",
	"handover.bring":     "canBring! note",
	"handover.close":     "closeReason! reason!other",
	"handover.accept":    "note",
	"letter.acknowledge": "note",
	"letter.sign":        "title! language reasonForPerson",
	"letter.deliver":     "way!",
	"letter.hand_over":   "note",
	"letter.could_not":   "reason!",
	"letter.stop":        "reason!",
}

// DeedForm is what the page of one act asks.
type DeedForm struct {
	*Form
	Fields  []*Field        // in order, without rev
	needed  map[string]bool // names that must be answered
	ifOther map[string]bool // names that must be answered when "other" was chosen
}

// deedForms is compiled once from asks.
var deedForms = func() map[string]*DeedForm {
	all := compile(reflect.TypeFor[Deed](), english)
	out := map[string]*DeedForm{}
	for act, names := range asks {
		out[act] = newDeedForm(all, act, names)
	}
	out[""] = newDeedForm(all, "", "")
	return out
}()

func newDeedForm(all *Form, act, names string) *DeedForm {
	section := &Section{ID: "X", Fields: []*Field{all.byPath["rev"]}}
	d := &DeedForm{needed: map[string]bool{}, ifOther: map[string]bool{}}
	form := *all
	form.byPath, form.byID = maps.Clone(all.byPath), maps.Clone(all.byID)
	for name := range strings.FieldsSeq(names) {
		bare, mark, must := strings.Cut(name, "!")
		f := all.byPath[bare]
		if f == nil {
			panic("forms: an act asks " + bare + ", which is no field of a deed")
		}
		if said, ok := all.words.Fields[act+"."+bare]; ok {
			f = f.inWords(said)
			form.byPath[f.Path], form.byID[f.ID] = f, f
		}
		d.needed[bare], d.ifOther[bare] = must && mark == "", mark == "other"
		d.Fields = append(d.Fields, f)
	}
	section.Fields = append(section.Fields, d.Fields...)
	form.Sections = []*Section{section}
	d.Form = &form
	return d
}

// FormOf returns what the act asks: do is the action of a referral ("ask"), or
// "handover.", "letter." or "pair." and the action of such a one.
func FormOf(do string) *DeedForm {
	if d, ok := deedForms[do]; ok {
		return d
	}
	return deedForms[""]
}

// Needs reports whether the act wants an answer to the field of that name.
func (d *DeedForm) Needs(name string) bool { return d.needed[name] }

// Check returns what is wrong with deed as the words of this act: shape first,
// then what must be answered.
func (d *DeedForm) Check(deed *Deed, on Date) Problems {
	out := d.Shape(deed, on)
	other := d.choseOther(deed)
	for _, f := range d.Fields {
		if !d.needed[f.Name] && !(other && d.ifOther[f.Name]) || out.Of(f.Name) != "" {
			continue
		}
		missing := f.Name
		if f.Kind == KindGroup {
			missing = f.Name + ".finding"
		}
		if !d.answered(deed, missing) {
			out = append(out, Problem{ID: d.byPath[missing].ID, Field: missing, Message: f.Missing})
		}
	}
	return out
}

// choseOther reports whether "other" is among the answers to this act's lists.
func (d *DeedForm) choseOther(deed *Deed) bool {
	for _, one := range d.Answers(deed) {
		if one.Field.Kind == KindChoice && slices.Contains(one.Codes(), "other") {
			return true
		}
	}
	return false
}

// HasReason reports whether deed says why, as far as the act asks it: the
// words, or a reason of a list that needs none.
func (d *DeedForm) HasReason(deed *Deed) bool {
	if deed.Reason != "" {
		return true
	}
	return d.ifOther["reason"] && !d.choseOther(deed) && (deed.ReturnReason != "" || deed.CloseReason != "")
}
