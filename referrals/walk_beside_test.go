package referrals_test

import (
	"slices"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// beside does one thing beside the roads of the referral and of its hand-overs:
// to a letter, to the answers, to a pair, or what happens by itself.
func (w *walk) beside(ref string) {
	switch w.chance.IntN(8) {
	case 0:
		w.tell(ref)
	case 1:
		w.pair(ref)
	case 2:
		if _, err := w.s.Door.Climb(w.t.Context()); err != nil {
			w.t.Errorf("what happens by itself: %v", err)
		}
	default:
		w.letter(ref)
	}
}

// onward now and then has letters sent, and a recipient accept and serve, where
// that is open.
func (w *walk) onward(ref string) {
	if w.chance.IntN(2) == 0 {
		for _, step := range demo.Letters {
			if _, err := w.s.Take(w.t.Context(), ref, step); err == nil {
				w.done["letter "+string(step.Do)]++
			}
		}
	}
	who := one(w, []string{"rhtp_harbor", "ldss_tompkins", "ldss_erie"})
	for _, do := range []workflow.Action{workflow.Accept, workflow.Attempt, workflow.Reach, workflow.Serve}[:w.chance.IntN(5)] {
		step := demo.Step{Who: who, Do: do, N: 1, Deed: func(d *forms.Deed) {
			d.How, d.Result, d.Started = "through_the_referrer", "no_answer", []forms.Help{"benefits"}
		}}
		if _, err := w.s.Take(w.t.Context(), ref, step); err == nil {
			w.count(do, 1)
		}
	}
}

// author is the account that referred.
func (w *walk) author(row stood) demo.Account {
	i := slices.IndexFunc(w.s.Accounts, func(a demo.Account) bool { return a.Actor.ID == row.AuthorID })
	return w.s.Accounts[i]
}

// staff is an account of one of the duties, or now and then any other.
func (w *walk) staff(duties ...workflow.Duty) demo.Account {
	if w.chance.IntN(8) == 0 {
		return one(w, w.s.Accounts)
	}
	return one(w, slices.DeleteFunc(slices.Clone(w.s.Accounts), func(a demo.Account) bool { return !slices.Contains(duties, a.Duty) }))
}

// letters is where each letter of a referral stands, as OTDA sees it.
func (w *walk) letters(ref string) map[int]workflow.LetterStatus {
	out := map[int]workflow.LetterStatus{}
	rec, err := w.s.Door.Open(w.t.Context(), w.s.As("program"), ref, referrals.Want{})
	if err != nil {
		w.t.Error(err)
	}
	for _, l := range rec.Letters {
		out[l.N] = l.Status
	}
	return out
}

// letter does one thing to one of the letters, or signs all that wait. Only that
// one moves, by a line of the table.
func (w *walk) letter(ref string) {
	was, stood := w.row(ref), w.letters(ref)
	who := w.staff(workflow.Director, workflow.Program)
	if w.chance.IntN(4) == 0 {
		who = w.author(was)
	}
	d := &forms.Deed{}
	d.Title, d.Reason, d.Way = "Program Manager", "For a reason.", forms.Text(one(w, workflow.Ways).Way)
	n, do := w.chance.IntN(len(stood)+1), one(w, workflow.LetterActions())
	if w.chance.IntN(2) == 0 {
		d.Way = forms.Text(workflow.ByReferrer) // which is always safe
	}
	if likely := actions(workflow.LetterSteps, stood[n]); len(likely) > 0 && w.chance.IntN(4) > 0 {
		do = one(w, likely)
	}
	_, err := w.s.Door.ActLetter(w.t.Context(), who.Actor, referrals.Seen{Ref: ref, N: n, Rev: was.Rev}, do, d)
	if err != nil {
		w.refused(err, was, w.row(ref))
		return
	}
	w.done["letter "+string(do)]++
	for i, now := range w.letters(ref) {
		listed := slices.ContainsFunc(workflow.LetterSteps, func(s workflow.LetterStep) bool {
			return s.Do == do && s.From == stood[i] && s.To == now && slices.Contains(s.Duties, who.Duty)
		})
		if now != stood[i] && (!listed || n != 0 && n != i) {
			w.t.Errorf("%s does %s to letter %d, and letter %d goes from %q to %q", who.Key, do, n, i, stood[i], now)
		}
	}
}

// changes are answers that become different after a submission, and change who
// may read what.
var changes = []func(r *forms.Referral){
	func(r *forms.Referral) { r.Reach = "through_referrer" },
	func(r *forms.Referral) { r.Living = "with_trafficker" },
	func(r *forms.Referral) { r.Release = []forms.Receiver{"dcjs_and_otda"} },
	func(r *forms.Referral) { r.Release = []forms.Receiver{"dcjs_and_otda", "rhtp_provider", "ldss"} },
	func(r *forms.Referral) { r.Under18 = "not_sure" },
	func(r *forms.Referral) { r.Under18 = "yes" },
	func(r *forms.Referral) { r.CountyFound = "monroe" },
}

// tell has the referrer tell that an answer is different now.
func (w *walk) tell(ref string) {
	was := w.row(ref)
	d := &forms.Deed{}
	d.Facts = "It is different now."
	_, err := w.s.Door.Tell(w.t.Context(), w.author(was).Actor, referrals.Seen{Ref: ref, Rev: was.Rev}, workflow.Add, d,
		func(r *forms.Referral) forms.Problems { one(w, changes)(r); return nil })
	if err != nil {
		w.refused(err, was, w.row(ref))
		return
	}
	w.done["tell"]++
}

// contested says that nobody agrees to a decline, nor signs one, while a second
// reader who disagreed was not answered by a new assessment or recommendation,
// and that nobody reads second what the same person recommended last.
func (w *walk) contested(row stood) {
	against, advised := false, 0
	for _, e := range row.entries {
		by := 0
		if e.AuthorID != nil {
			by = *e.AuthorID
		}
		switch do := workflow.Action(e.Action); do {
		case workflow.Second, workflow.Disagree, workflow.Decline:
			if against || do != workflow.Decline && by == advised {
				w.t.Errorf("%s: %s by %d, and a second reader disagreed (%v) or %d recommended it", row.Ref, do, by, against, advised)
			}
			against = do == workflow.Disagree
		case workflow.Recommend:
			against, advised = false, by
		case workflow.Assess:
			against, advised = false, 0
		case workflow.Exclude, workflow.Recuse, workflow.Reconsider, workflow.Appeal:
			against, advised = false, 0 // a word may count no longer
		}
	}
}

// pair looks for others of the same person, and decides of one of them. No row, no
// entry and no revision of a referral tells of it.
func (w *walk) pair(ref string) {
	if err := w.s.Door.Find(w.t.Context(), referrals.FindPairs{Ref: ref}); err != nil {
		w.t.Error(err)
	}
	was, who := w.row(ref), w.staff(workflow.Reviewer, workflow.Director, workflow.Program)
	rec, err := w.s.Door.Open(w.t.Context(), who.Actor, ref, referrals.Want{})
	if err != nil || len(rec.Pairs) == 0 {
		return
	}
	p, d := one(w, rec.Pairs), &forms.Deed{}
	do := one(w, []workflow.Action{workflow.Link, workflow.Dismiss, workflow.Undo})
	d.Reason = "Read both side by side."
	_, err = w.s.Door.Act(w.t.Context(), who.Actor, referrals.Seen{Ref: ref, Other: p.Reference, Rev: p.Rev}, do, d)
	w.refused(err, was, w.row(ref)) // nothing of the referral changed, either way
	if err == nil {
		w.done["pair "+string(do)]++
	}
}
