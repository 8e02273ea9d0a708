package pdf

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"nysreferral/forms"
	"nysreferral/pdf/pdftest"
)

// answered is one answer of the filled forms, as the tags of the structs declare it.
type answered struct {
	form string // "referral", "review" or "handover"
	id   string
	path string // with the number of the row
	sees string // the tag
	mark string // stands nowhere else; "" for a choice or a tick
}

// filled are forms with an answer in every place, and what stands where.
type filled struct {
	referral *forms.Referral
	review   *forms.Review
	routes   []forms.NumberedRoute
	all      []answered
	choices  map[string]string
	n        int
}

// chosen are the choices that must stand so that what depends on them is asked; chosenToo are those for the questions
// that these exclude.
var chosen = map[string]string{
	"sourceKind": "nypd", "consented": "yes_written", "consentDocument": "typed_signature", "consentLanguage": "spanish", "under18": "yes",
	"offeredToConnect": "not_offered", "tribalNation": "other", "spokenLanguage": "other", "writtenLanguage": "other", "reach": "through_other_advocate",
	"countyNow": "outside_new_york", "living": "hospital", "category": "unknown", "missing": "now", "screeningTool": "tvit_short", "ongoing": "no", "freeToLeave": "no",
	"county": "outside_new_york", "born": "unknown",
}

func chosenToo() map[string]string {
	out := maps.Clone(chosen)
	out["sourceKind"], out["countyNow"], out["born"], out["reach"], out["living"] = "social_service_provider", "homeless", "", "directly", "with_trafficker"
	return out
}

// fillForms answers every question of every form: texts, numbers and dates with a mark of their own, lists with an option,
// repeats with two rows. It reads the structs and their tags, and nothing of the compiled form.
func fillForms(choices map[string]string) *filled {
	f := &filled{referral: new(forms.Referral), review: new(forms.Review), choices: choices}
	f.sections("referral", reflect.ValueOf(f.referral).Elem())
	f.sections("review", reflect.ValueOf(f.review).Elem())
	for n := 1; n <= 2; n++ {
		route := new(forms.Route)
		f.sections(fmt.Sprintf("handover %d", n), reflect.ValueOf(route).Elem())
		f.routes = append(f.routes, forms.NumberedRoute{N: n, Route: route})
	}
	return f
}

func (f *filled) sections(form string, v reflect.Value) {
	for i := range v.NumField() {
		f.fields(form, "", "", "", v.Field(i))
	}
}

func (f *filled) fields(form, id, path, sees string, v reflect.Value) {
	for i := range v.NumField() {
		tag, value := v.Type().Field(i).Tag, v.Field(i)
		a := answered{form: form, id: tag.Get("id"), path: path + tag.Get("json"), sees: tag.Get("sees")}
		if id != "" {
			a.id = id + "." + tag.Get("json")
		}
		if a.sees == "" {
			a.sees = sees
		}
		switch kind := value.Type(); {
		case kind == reflect.TypeFor[forms.Number]():
		case kind.Kind() == reflect.Struct:
			f.fields(form, a.id, a.path+".", a.sees, value)
			continue
		case kind.Kind() == reflect.Slice && kind.Elem().Kind() == reflect.Struct:
			value.Set(reflect.MakeSlice(kind, 2, 2))
			for row := range 2 {
				f.fields(form, a.id, fmt.Sprintf("%s.%d.", a.path, row), a.sees, value.Index(row))
			}
			continue
		}
		f.answer(a, tag.Get("json"), value)
	}
}

// answer fills one place.
func (f *filled) answer(a answered, name string, v reflect.Value) {
	f.n++
	switch value := v.Interface().(type) {
	case forms.Text, forms.Prose, forms.Email, forms.Phone:
		a.mark = fmt.Sprintf("Qx%04dz", f.n)
		v.SetString(a.mark)
	case forms.Number:
		a.mark = fmt.Sprintf("7%05d3", f.n)
		v.Set(reflect.ValueOf(forms.Of(7000003 + 10*f.n)))
	case forms.Date, forms.PartialDate:
		on := time.Date(1901, 1, f.n, 0, 0, 0, 0, time.UTC)
		a.mark = on.Format("January 2, 2006")
		v.SetString(on.Format(time.DateOnly))
		if code, ok := f.choices[name]; ok {
			a.mark = ""
			v.SetString(code)
		}
	case forms.Moment:
		at := time.Date(1951, 1, f.n, 12, 0, 0, 0, newYork)
		a.mark = at.Format("January 2, 2006") + ", 12:00 pm"
		v.Set(reflect.ValueOf(forms.At(at)))
	case forms.Tick:
		v.SetBool(true)
	case interface{ Options() []string }:
		v.SetString(f.option(name, value.Options()))
	default: // several of a list
		codes := reflect.Zero(v.Type().Elem()).Interface().(interface{ Options() []string }).Options()
		if len(codes) > 40 {
			codes = codes[:5] // countries: nobody has all
		}
		for _, code := range codes {
			one := reflect.New(v.Type().Elem()).Elem()
			one.SetString(code)
			v.Set(reflect.Append(v, one))
		}
	}
	f.all = append(f.all, a)
}

func (f *filled) option(name string, codes []string) string {
	if code, ok := f.choices[name]; ok && slices.Contains(codes, code) {
		return code
	}
	return codes[0]
}

// declared says whether the reader of s reads a, by the tag alone.
func declared(s forms.Sight, a answered) bool {
	if s.Reader == forms.ReadsReferrer && a.form == "referral" {
		return true
	}
	for one := range strings.FieldsSeq(a.sees) {
		reader, must, _ := strings.Cut(one, "/")
		if reader != string(s.Reader) {
			continue
		}
		return map[string]bool{"": true, "masked": s.Revealed[a.id], "consult": s.Consulting && s.Revealed[a.id], "release": s.Release, "health": s.Health}[must]
	}
	return false
}

// applies says whether the question of a is asked at all, given the other answers.
func (f *filled) applies() func(a answered) bool {
	pruned := *f.referral
	dropped := forms.Questions.Prune(deep(&pruned))
	return func(a answered) bool {
		return a.form != "referral" || !slices.ContainsFunc(dropped, func(path string) bool { return a.path == path || strings.HasPrefix(a.path, path+".") })
	}
}

// deep copies a referral so that pruning leaves the rows of the first one alone.
func deep(r *forms.Referral) *forms.Referral {
	again := fillForms(nil).referral
	copyInto(reflect.ValueOf(again).Elem(), reflect.ValueOf(r).Elem())
	return again
}

func copyInto(to, from reflect.Value) {
	switch from.Kind() {
	case reflect.Struct:
		for i := range from.NumField() {
			copyInto(to.Field(i), from.Field(i))
		}
	case reflect.Slice:
		to.Set(reflect.AppendSlice(reflect.MakeSlice(from.Type(), 0, from.Len()), from))
	default:
		to.Set(from)
	}
}

// revealed is every answer asked for.
func (f *filled) revealed() map[string]bool {
	out := map[string]bool{}
	for _, a := range f.all {
		out[a.id] = true
	}
	return out
}

// sights are all under which a document is drawn.
func (f *filled) sights() []forms.Sight {
	all := f.revealed()
	return []forms.Sight{
		{Reader: forms.ReadsReferrer},
		{Reader: forms.ReadsReviewer}, {Reader: forms.ReadsReviewer, Revealed: all},
		{Reader: forms.ReadsProgram}, {Reader: forms.ReadsProgram, Consulting: true}, {Reader: forms.ReadsProgram, Consulting: true, Revealed: all},
		{Reader: forms.ReadsProvider}, {Reader: forms.ReadsProvider, Release: true, Health: true, Consulting: true, Revealed: all},
		{Reader: forms.ReadsDistrict}, {Reader: forms.ReadsDistrict, Release: true}, {Reader: forms.ReadsDistrict, Health: true},
		{Reader: forms.ReadsDistrict, Release: true, Health: true, Consulting: true, Revealed: all},
	}
}

// view is what s shows: a recipient has one hand-over, its own, which is the second.
func (f *filled) view(s forms.Sight) forms.View {
	if s.Reader == forms.ReadsProvider || s.Reader == forms.ReadsDistrict {
		return forms.NewView(s, f.referral, f.review, f.routes[1])
	}
	return forms.NewView(s, f.referral, f.review, f.routes...)
}

// drawnAs is the document that holds all that a reader may read.
var drawnAs = map[forms.Reader]func(Facts, forms.View) ([]byte, []Undrawn, error){
	forms.ReadsReferrer: Referral, forms.ReadsReviewer: File, forms.ReadsProgram: File, forms.ReadsProvider: Packet, forms.ReadsDistrict: Packet,
}

// drawnFor draws the document of a reader.
func drawnFor(t *testing.T, v forms.View) []byte {
	t.Helper()
	out, lack, err := drawnAs[v.Reader](someFacts(), v)
	if err != nil || lack != nil {
		t.Fatal(err, lack)
	}
	return out
}

func someFacts() Facts {
	return Facts{Reference: "7K4M-2QX9-C3TB-5", GeneratedFor: "Example Office", Version: 2, Digest: strings.Repeat("0123456789abcdef", 4), Status: "Confirmed",
		Agency: "Example Agency", Code: "ab12cd34ef", At: noon, ReceivedAt: noon.AddDate(0, 0, -9), DueAt: noon.AddDate(0, 0, -4), RouteDueAt: noon.AddDate(0, 0, -1), DecidedAt: noon.AddDate(0, 0, -2)}
}

// A mark stands in a reader's document exactly once when the declaration lets that reader read it and the question
// applies, and never otherwise. Every answer of every form is tried.
func TestDocumentsShowWhatIsDeclared(t *testing.T) {
	pdftest.Tool(t, "pdftotext")
	tried, shown := map[string]bool{}, map[string]bool{}
	for _, choices := range []map[string]string{chosen, chosenToo()} {
		f := fillForms(choices)
		applies := f.applies()
		for _, s := range f.sights() {
			out := drawnFor(t, f.view(s))
			text := copied(t, out)
			for _, a := range f.all {
				if a.mark == "" {
					continue
				}
				want := 0
				if declared(s, a) && applies(a) {
					want = 1
				}
				if strings.HasPrefix(a.form, "handover") && a.form != "handover 2" && (s.Reader == forms.ReadsProvider || s.Reader == forms.ReadsDistrict) {
					want = 0
				}
				tried[a.id], shown[a.id] = true, shown[a.id] || want == 1
				if got := strings.Count(text, a.mark); got != want {
					t.Errorf("%s %s for %+v: %d times, want %d", a.id, a.path, brief(s), got, want)
				}
			}
			sound(t, out)
		}
	}
	for id := range tried {
		if !shown[id] {
			t.Errorf("%s is shown in no document", id)
		}
	}
	if len(tried) < 100 {
		t.Errorf("only %d questions were tried", len(tried))
	}
}

// brief is a sight without the list of what was revealed.
func brief(s forms.Sight) string {
	return fmt.Sprintf("%s consulting %v release %v health %v revealed %v", s.Reader, s.Consulting, s.Release, s.Health, s.Revealed != nil)
}

// sound fails unless qpdf finds nothing wrong.
func sound(t *testing.T, pdf []byte) {
	t.Helper()
	if said := pdftest.Run(t, pdf, "qpdf", "--check", "@"); strings.Contains(said, "WARNING") || strings.Contains(said, "ERROR") {
		t.Error(said)
	}
}
