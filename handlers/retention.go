package handlers

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/registry"
	"nysreferral/web"
	"nysreferral/workflow"
)

const retentionPath = "/retention"

// Who, for the pages below.
var (
	custodians = []workflow.Duty{workflow.Director, workflow.Program}
	disposals  = []workflow.Duty{workflow.Director, workflow.Program, workflow.Auditor}
)

// retentionRoutes are the pages of how long records are kept, of what is
// destroyed, of legal holds, and of what is given to somebody outside.
func (s *server) retentionRoutes() []route {
	return []route{
		{get, retentionPath, disposals, s.retention},
		{post, retentionPath, custodians, s.proposeDisposal},
		{get, retentionPath + "/:n", disposals, s.disposal},
		{get, retentionPath + "/:n/certificate", disposals, s.certificate},
		{get, retentionPath + "/:n/file", disposals, s.certificateFile},
		{get, retentionPath + "/:n/:action", custodians, s.disposalAct},
		{post, retentionPath + "/:n/:action", custodians, s.disposalActed},

		{get, "/referrals/:ref/holds", staff, s.holds},
		{get, "/referrals/:ref/holds/:n/:action", custodians, s.holdAct},
		{post, "/referrals/:ref/holds/:n/:action", custodians, s.holdActed},
	}
}

// outcomeWords are the outcomes of the schedule as people read them.
func outcomeWords(o workflow.Outcome) string {
	r, _ := workflow.RetainedAs(o)
	return r.Name
}

// retention shows how long records are kept, whose time is over, what is held,
// and the batches: references and dates, and nothing of a person.
func (s *server) retention(c *call) error {
	r, err := s.Referrals.Retention(c.ctx(), c.who)
	if err != nil {
		return err
	}
	p := c.page("Retention")
	p.Wide = true
	p.Lead = "How long records are kept, and what is destroyed when the time is over. Here stand references and dates, and nothing of a person."
	v := web.Register{Tables: []web.Table{overTable(r)}}
	if len(r.Holds) > 0 {
		v.Tables = append(v.Tables, holdTable(r.Holds))
	}
	v.Tables = append(v.Tables, batchTable(r.Batches), scheduleTable(r.Schedule))
	if r.Offer {
		v.Above = []templ.Component{web.SmallFormPart(web.SmallForm{Action: retentionPath, CSRF: p.CSRF,
			Buttons: []web.Button{{Label: "Propose a batch"}}})}
	}
	return c.show(http.StatusOK, web.RegisterPage(p, v))
}

func scheduleTable(list []referrals.KeptFor) web.Table {
	t := web.Table{Caption: "The schedule", Columns: []web.Column{{Label: "Outcome", Row: true}, {Label: "Kept"}, {Label: "From when"}, {Label: "How it ends"}, {Label: "Source"}}}
	for _, k := range list {
		t.Rows = append(t.Rows, []web.Cell{{Text: k.Name}, {Text: k.Length}, {Text: k.From}, {Text: k.Ends}, {Text: k.Law}})
	}
	return t
}

func overTable(r referrals.Retention) web.Table {
	t := web.Table{Caption: "Their time is over", Empty: "No referral's time is over.", Columns: []web.Column{{Label: "Reference", Row: true}, {Label: "Outcome"}, {Label: "Time was over"}, {Label: "State"}}}
	for _, o := range r.Over {
		state := web.Cell{Text: "Waits to be proposed"}
		switch {
		case o.Held:
			state = web.Cell{Text: "Legal hold", Href: refPath(o.Reference, "holds")}
		case o.Batch != 0:
			state = web.Cell{Text: "In batch " + strconv.Itoa(o.Batch), Href: batchPath(o.Batch)}
		}
		t.Rows = append(t.Rows, []web.Cell{{Text: o.Reference}, {Text: outcomeWords(o.Outcome)}, {Text: web.Day(o.DueAt)}, state})
	}
	return t
}

func holdTable(list []referrals.HoldLine) web.Table {
	t := web.Table{Caption: "Legal holds", Columns: []web.Column{{Label: "Reference", Row: true}, {Label: "Since"}, {Label: "State"}}}
	for _, h := range list {
		state := "Holds"
		if h.Asked {
			state = "Holds; somebody asked that it ends"
		}
		t.Rows = append(t.Rows, []web.Cell{{Text: h.Reference, Href: refPath(h.Reference, "holds")}, {Text: web.Day(h.PlacedAt)}, {Text: state}})
	}
	return t
}

func batchPath(n int, more ...string) string {
	return address(retentionPath, append([]string{strconv.Itoa(n)}, more...)...)
}

// batchStates are how a batch is shown.
var batchStates = map[workflow.DisposalStatus]string{
	workflow.DisposalProposed: "Waits for a second person",
	workflow.DisposalApproved: "Approved: keys are being destroyed",
	workflow.DisposalRefused:  "Refused: nothing was destroyed",
	workflow.DisposalDone:     "Done",
}

func batchTable(list []referrals.Batch) web.Table {
	t := web.Table{Caption: "Batches", Empty: "Nothing was proposed yet.", Columns: []web.Column{{Label: "Batch", Row: true}, {Label: "Proposed"}, {Label: "By"}, {Label: "State"}}}
	for _, b := range list {
		t.Rows = append(t.Rows, []web.Cell{{Text: "Batch " + strconv.Itoa(b.N), Href: batchPath(b.N)}, {Text: web.Day(b.ProposedAt)}, {Text: signatory(b.ProposedBy)}, {Text: batchStates[b.Status]}})
	}
	return t
}

func signatory(one referrals.Signatory) string {
	if one.Account == 0 {
		return ""
	}
	return one.Office + ", account " + strconv.Itoa(one.Account)
}

// proposeDisposal makes a batch of what waits.
func (s *server) proposeDisposal(c *call) error {
	b, err := s.Referrals.ProposeDisposal(c.ctx(), c.who)
	if err != nil {
		return err
	}
	c.flash(web.BoxSuccess, "Proposed. Nothing is destroyed before another person approves.")
	return c.to(batchPath(b.N))
}

// disposal shows one batch.
func (s *server) disposal(c *call) error {
	b, err := s.batch(c)
	if err != nil {
		return err
	}
	p := c.frame("Batch", retentionPath)
	p.Wide, p.Back = true, &web.Link{Label: "Retention", Href: retentionPath}
	v := web.Register{Above: batchParts(b), Tables: []web.Table{itemTable(b)}}
	for _, o := range b.Offers {
		if !o.Ready() {
			v.Above = append(v.Above, web.NotePart(web.Box{Kind: web.BoxInfo, Title: o.Say}, sentences(o.Missing)...))
			continue
		}
		look := web.ButtonSecond
		if o.Do == workflow.ApproveBatch {
			look = web.ButtonPrimary
		}
		v.Buttons = append(v.Buttons, web.Button{Label: o.Say, Href: batchPath(b.N, string(o.Do)), Look: look})
	}
	if b.Status == workflow.DisposalDone {
		v.Buttons = append(v.Buttons, web.Button{Label: "Certificate (PDF)", Href: batchPath(b.N, "certificate"), Look: web.ButtonSecond}, web.Button{Label: "Certificate (CSV)", Href: batchPath(b.N, "file"), Look: web.ButtonQuiet})
	}
	return c.show(http.StatusOK, web.RegisterPage(p, v))
}

// batch reads the batch in the address.
func (s *server) batch(c *call) (referrals.Batch, error) {
	n, err := c.n()
	if err != nil {
		return referrals.Batch{}, err
	}
	return s.Referrals.Disposal(c.ctx(), c.who, n)
}

func batchParts(b referrals.Batch) []templ.Component {
	about := web.Summary{Title: "Batch " + strconv.Itoa(b.N), Rows: []web.Row{textRow("State", batchStates[b.Status]),
		textRow("Proposed", web.Moment(b.ProposedAt)+", by "+signatory(b.ProposedBy))}}
	if !b.DecidedAt.IsZero() {
		about.Rows = append(about.Rows, textRow("Decided", web.Moment(b.DecidedAt)+", by "+signatory(b.DecidedBy)))
	}
	if r, ok := workflow.RefuseReasonOf(b.Reason); ok {
		about.Rows = append(about.Rows, textRow("Why", r.Says))
	}
	if b.Status == workflow.DisposalDone {
		about.Rows = append(about.Rows, textRow("Done", web.Moment(b.DoneAt)), textRow("Destroyed", strconv.Itoa(b.Destroyed)), textRow("Left as they are", strconv.Itoa(b.LeftOut)),
			textRow("SHA-256 of the certificate", b.Digest))
	}
	if b.Hidden > 0 {
		about.Rows = append(about.Rows, textRow("Not shown to you", howMany(b.Hidden, "referral that you stepped back from", "referrals that you stepped back from")))
	}
	return []templ.Component{web.SummaryPart(about)}
}

func itemTable(b referrals.Batch) web.Table {
	t := web.Table{Caption: "Referrals of this batch", Hidden: true, Empty: "None that you may see.", Columns: []web.Column{{Label: "Reference", Row: true}, {Label: "Outcome"}, {Label: "Time was over"}, {Label: "State"}}}
	for _, it := range b.Items {
		state := "Waits"
		switch {
		case it.LeftOut != "":
			state = "Left as it is. " + workflow.LeftReasons[it.LeftOut]
		case !it.DoneAt.IsZero():
			state = "Destroyed " + web.Moment(it.DoneAt)
		}
		t.Rows = append(t.Rows, []web.Cell{{Text: it.Reference}, {Text: outcomeWords(it.Outcome)}, {Text: web.Day(it.DueAt)}, {Text: state}})
	}
	return t
}

// disposalAct asks before a batch is approved or refused.
func (s *server) disposalAct(c *call) error {
	b, err := s.batch(c)
	if err != nil {
		return err
	}
	return s.askBatch(c, b, nil)
}

func (s *server) askBatch(c *call, b referrals.Batch, bad registry.Problems) error {
	back := web.Link{Label: "Batch", Href: batchPath(b.N)}
	for _, o := range b.Offers {
		if string(o.Do) != c.Param("action") {
			continue
		}
		a := asking{Title: o.Say, Action: batchPath(b.N, string(o.Do)), Rev: b.Rev,
			Act: web.Act{Above: append(batchParts(b), web.TablePart(itemTable(b))), Button: o.Say, Danger: o.Do == workflow.ApproveBatch, Back: back, Missing: sentences(o.Missing)}}
		if o.Do == workflow.RefuseBatch {
			why := field(web.KindChoice, "reason", "Why?")
			why.Value = c.form().Get("reason")
			for _, r := range workflow.RefuseReasons {
				why.Options = append(why.Options, web.Option{Code: r.Code, Label: r.Says})
			}
			a.Fields = []web.Field{why}
		} else {
			a.Lead = "This destroys the only key of each referral below. Nobody can ever read them again, in this system or in a copy of it. It cannot be taken back."
		}
		return c.ask(a, bad)
	}
	return fault.Absent()
}

// disposalActed approves or refuses a batch.
func (s *server) disposalActed(c *call) error {
	n, err := c.n()
	if err != nil {
		return err
	}
	rev, err := c.rev()
	if err != nil {
		return err
	}
	do := workflow.Action(c.Param("action"))
	_, err = s.Referrals.DecideDisposal(c.ctx(), c.who, referrals.BatchDecision{N: n, Rev: rev, Do: do, Reason: c.text("reason")})
	if bad, err := asProblems(err, "Choose why."); err != nil || bad != nil {
		return orAsk(err, func() error {
			b, err := s.Referrals.Disposal(c.ctx(), c.who, n)
			if err != nil {
				return err
			}
			return s.askBatch(c, b, bad)
		})
	}
	say := "Refused. Nothing was destroyed."
	if do == workflow.ApproveBatch {
		say = "Approved. The keys are destroyed now, one after the other; the certificate follows."
	}
	c.flash(web.BoxSuccess, say)
	return c.to(batchPath(n))
}

// asProblems turns what is wrong with answers into what a page of the registry draws;
// say stands at a field that was left empty, "" leaves the words as they are.
func asProblems(err error, say string) (registry.Problems, error) {
	var bad forms.Problems
	if !errors.As(err, &bad) {
		return nil, err
	}
	out := registry.Problems{}
	for _, one := range bad {
		text := one.Message
		if say != "" {
			text = say
		}
		out = append(out, registry.Problem{Field: one.Field, Say: text})
	}
	return out, nil
}

// certificate answers with the certificate as a PDF.
func (s *server) certificate(c *call) error {
	cert, err := s.certificateOf(c)
	if err != nil {
		return err
	}
	return s.drawn(c, referrals.Paper{Kind: referrals.PaperCertificate, At: cert.DoneAt, Digest: cert.Digest, Certificate: &cert})
}

// certificateFile answers with it as a file.
func (s *server) certificateFile(c *call) error {
	cert, err := s.certificateOf(c)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="certificate-`+strconv.Itoa(cert.N)+`.csv"`)
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", cert.CSV)
}

func (s *server) certificateOf(c *call) (referrals.Certificate, error) {
	n, err := c.n()
	if err != nil {
		return referrals.Certificate{}, err
	}
	return s.Referrals.Certificate(c.ctx(), c.who, n)
}
