package referrals

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/answers"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// Kinds of a version of the answers, as the column holds them.
const (
	kindSubmission = "submission"
	kindAddition   = "addition"
)

// Tell is Act for what a referrer tells of a referral that was sent: the answer
// to a question, added facts, new facts on a decline. change fills in the answers
// that are different now. What it finds wrong, what has a wrong shape afterwards
// and what would newly stand against sending come back as forms.Problems, and
// nothing is kept. What was sent before stays as it was: the answers become a
// version of their own.
//
// Law: SSL 483-cc(b): in consultation with the referring agency.
func (s *Service) Tell(ctx context.Context, who workflow.Actor, at Seen, do workflow.Action, deed *forms.Deed, change func(r *forms.Referral) forms.Problems) (Record, error) {
	if !Tells(do) {
		return Record{}, fault.New(fault.Forbidden, "No answer is changed by this act. Add facts instead.")
	}
	return s.act(ctx, who, at, do, deed, change)
}

// Tells reports whether the act is one by which a referrer tells more, and may
// change answers.
func Tells(do workflow.Action) bool {
	return slices.Contains([]workflow.Action{workflow.Answer, workflow.Add, workflow.Reconsider}, do)
}

// retell makes a new version of the answers of what was told with the act, and
// returns what it changes in the row; nil when no answer is different.
func (x *act) retell(ctx context.Context) (func(*ent.ReferralUpdate), error) {
	if x.change == nil {
		return nil, nil
	}
	before, after := x.f.answers, x.f.answers.Clone()
	if err := x.changes(before, after); err != nil {
		return nil, err
	}
	after.WordedNow(before)
	if len(forms.Questions.Changed(before, after)) == 0 {
		return nil, nil
	}
	x.f.answers = after
	if err := x.keep(ctx); err != nil {
		return nil, err
	}
	x.deed.Version = forms.Of(x.f.version)
	group, err := x.s.groupOf(x.f)
	if err != nil {
		return nil, err
	}
	kept := x.s.facets(after, *x.f.row.SubmittedAt)
	kept.Course = x.f.course()
	facets, err := x.f.sealed(keptFacets{kept, group}, facetsAt(x.f.row.Ref))
	if err != nil {
		return nil, err
	}
	return func(up *ent.ReferralUpdate) { up.SetFacets(facets) }, nil
}

// keep writes the answers as the next version, an addition.
func (x *act) keep(ctx context.Context) error {
	sealed, digest, err := x.f.submission()
	if err != nil {
		return err
	}
	x.f.version, x.f.digest = x.f.version+1, digest
	err = x.tx.Answers.Create().SetReferralID(x.f.row.ID).SetVersion(x.f.version).SetKind(kindAddition).SetAuthorID(x.who.ID).
		SetAt(x.s.now()).SetSealed(sealed).SetDigest(digest).Exec(ctx)
	if err != nil {
		return fmt.Errorf("referrals: writing answers: %w", err)
	}
	return nil
}

// changes makes after of before, or says what stands against it.
func (x *act) changes(before, after *forms.Referral) error {
	problems := x.change(after)
	may := x.mayChange()
	for _, f := range forms.Questions.Changed(before, after) {
		if !slices.ContainsFunc(may, func(one *forms.Field) bool { return one.ID == f.ID }) {
			return fault.New(fault.Forbidden, "This answer cannot be changed here. Add it in your own words.")
		}
	}
	if after.Under18 == "yes" {
		after.Under18Then = "yes" // being under 18 now says so
	}
	today := x.s.Today()
	stood := forms.Questions.Check(before.Clone(), today)
	for _, p := range forms.Questions.Check(after, today) { // drops what does not apply
		if problems.Of(p.Field) == "" && !slices.Contains(stood, p) && !foundOut(p, before, after) {
			problems = append(problems, p)
		}
	}
	return problems.Err()
}

// foundOut reports whether p stands there because the one who gave consent turned
// out to be an alleged trafficker. That is never refused: it must be known, and
// from then on the consent counts as absent.
//
// Law: 28 CFR 94.115.
func foundOut(p forms.Problem, before, after *forms.Referral) bool {
	return p.Field == "consentGiver.name" && after.GiverIsTrafficker() && before.Consenter == after.Consenter
}

// mayChange are the questions whose answers the act may change: of an answer
// those that were asked about, else all but the signature.
func (x *act) mayChange() []*forms.Field {
	if x.f.attaching != nil {
		return []*forms.Field{forms.Questions.ByID(attachedField)}
	}
	if x.step.Do == workflow.Answer {
		return forms.Questions.With(forms.Pointed(string(x.f.asked().About)))
	}
	var out []*forms.Field
	for _, s := range forms.Questions.Sections {
		if s.ID != signing {
			out = append(out, s.Fields...)
		}
	}
	return slices.DeleteFunc(out, func(f *forms.Field) bool { return f.Derived })
}

// signing is the section of the signature, which is given once.
const signing = "N"

// said reports whether the act told anything: words, or an answer that is
// different now.
func (x *act) said(words forms.Prose) bool { return words != "" || x.deed.Version.Set }

// nothingSaid is what is wrong with an act that tells nothing.
func nothingSaid(do workflow.Action, name string) error {
	f := forms.FormOf(string(do)).Field(name)
	return forms.Problems{{ID: f.ID, Field: name, Message: f.Missing}}
}

// told does what follows from answers that are different now: the notices that
// the law starts with them, the end of tasks that nobody needs any more, and a
// mail to recipients who read another answer than before.
//
// Law: SSL 483-cc(b) (notice about a minor); 22 USC 7105(b).
func (x *act) told(ctx context.Context, before *forms.Referral) error {
	if !x.deed.Version.Set {
		return nil
	}
	received := x.f.receivedOn()
	was, is := workflow.Notices(startsWith(before, received)), workflow.Notices(startsWith(x.f.answers, received))
	for _, n := range was {
		if !n.Sends && !slices.ContainsFunc(is, func(one workflow.Notice) bool { return one.Key == n.Key }) {
			if err := x.s.endTasks(ctx, x.tx, x.f, x.who, n.Key); err != nil {
				return err
			}
		}
	}
	for _, n := range is {
		if n.Sends || slices.ContainsFunc(was, func(one workflow.Notice) bool { return one.Key == n.Key }) {
			continue
		}
		if err := x.begins(ctx, n); err != nil {
			return err
		}
	}
	if err := x.keepOffices(ctx); err != nil {
		return err
	}
	if err := x.s.keepNotice(ctx, x.tx, x.f, x.who, before); err != nil {
		return err
	}
	if err := x.s.hush(ctx, x.tx, x.f); err != nil {
		return err
	}
	// Whom the new answers resemble is looked for after the commit, as with a
	// submission.
	if err := x.s.later(ctx, x.tx, FindPairs{Ref: x.f.row.Ref}); err != nil {
		return err
	}
	if err := x.released(ctx, before); err != nil {
		return err
	}
	return x.tellRecipients(ctx, before)
}

// startsWith is what the answers to a referral that was received on a day say that
// starts a notice or a task.
func startsWith(r *forms.Referral, received forms.Date) workflow.Receipt {
	return workflow.Receipt{Minor: workflow.Minor(r.UnderAge(received)), Immigration: workflow.Immigration(r.Category),
		HHSRequest: string(r.HHSRequest), Shelter: r.Tonight == "yes", Report: string(r.SCR),
		Sex: slices.Contains(r.Trafficking, "sex"), Missing: string(r.Missing), ToNCMEC: string(r.NCMEC)}
}

// begins sets the task of a notice that nobody sends by itself; keepNotice has
// the others.
func (x *act) begins(ctx context.Context, n workflow.Notice) error {
	err := x.s.addTasks(ctx, x.tx, x.f, noticeTask(x.f, n, time.Time{}))
	if err != nil || n.For == workflow.Referrer { // who told it reads it next
		return err
	}
	return x.mail(ctx, Mail{Duty: n.For, What: "waiting"})
}

// tellRecipients tells those who read the whole of a hand-over, when something
// that they read is different now: a safe way to the person, most of all. Their
// packet is drawn anew.
func (x *act) tellRecipients(ctx context.Context, before *forms.Referral) error {
	for _, h := range x.f.handovers {
		c := x.s.circumstances(x.f, h)
		kind := forms.ReadsDistrict
		if h.route.Kind == workflow.KindRHTP {
			kind = forms.ReadsProvider
		}
		to := workflow.Actor{ID: -1, Agency: c.RecipientID, Duty: workflow.Recipient, Side: workflow.SideLDSS}
		if h.AgencyID == nil || workflow.Look(to, x.f.status(), c) != workflow.Whole {
			continue
		}
		sight := forms.Sight{Reader: kind, Release: c.ReleaseAllows, Health: x.f.answers.ReleaseHealth == "yes"}
		if len(forms.Changes(sight, before, x.f.answers)) == 0 {
			continue
		}
		if err := x.mail(ctx, Mail{Agency: *h.AgencyID, What: MailChanged}, DrawPacket{Ref: x.f.row.Ref, N: h.N}); err != nil {
			return err
		}
	}
	return nil
}

// revisions are the versions that were told after the submission, each with what
// it changed as the sight allows.
func (s *Service) revisions(ctx context.Context, tx *ent.Tx, f *file, look sight, revealed map[string]bool) ([]forms.Revision, error) {
	if f.version < 2 || !slices.Contains([]forms.Reader{forms.ReadsReferrer, forms.ReadsReviewer, forms.ReadsProgram}, look.reader) {
		return nil, nil
	}
	rows, err := tx.Answers.Query().Where(answers.ReferralID(f.row.ID)).Order(ent.Asc(answers.FieldVersion)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading versions: %w", err)
	}
	var out []forms.Revision
	var before *forms.Referral
	for _, row := range rows {
		var now opened
		if err := f.unseal(row.Sealed, answersAt(f.row.Ref, row.Version), &now); err != nil {
			return nil, err
		}
		if before != nil {
			out = append(out, forms.Revision{Version: row.Version, At: forms.At(row.At), Changes: forms.Changes(s.how(f, look, revealed), before, &now.Answers)})
		}
		before = &now.Answers
	}
	return out, nil
}

// pinned returns the ids of the questions that a reviewer asks about, each
// once: those that reviewers read, and that a referrer answers.
func pinned(text forms.Text) (forms.Text, error) {
	var ids, wrong []string
	for _, id := range forms.Pointed(string(text)) {
		top, _, _ := strings.Cut(id, ".")
		f := forms.Questions.ByID(id)
		if f == nil || !Askable(f) {
			f = forms.Questions.ByID(top)
		}
		switch {
		case f == nil || !Askable(f):
			wrong = append(wrong, id)
		case !slices.Contains(ids, f.ID):
			ids = append(ids, f.ID)
		}
	}
	if len(wrong) > 0 {
		return "", forms.Problems{{ID: "about", Field: "about", Message: "The referrer cannot be asked about " + strings.Join(wrong, ", ") + ". Choose questions of the form."}}
	}
	return forms.Text(strings.Join(ids, " ")), nil
}

// Askable reports whether a question to the referrer can be pinned to f: a
// question as a whole, which reviewers read and the referrer answers.
func Askable(f *forms.Field) bool {
	_, read := f.Sees[forms.ReadsReviewer]
	return read && !f.Derived && f.Section != signing && !strings.Contains(f.Path, ".")
}
