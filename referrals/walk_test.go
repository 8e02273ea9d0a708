package referrals_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/task"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// Whoever does whatever in whatever order: a referral and its hand-overs move
// by the lines of the tables alone, what is refused changes nothing, history is
// one line without a gap, nobody sees more than the statuses allow, no clock is
// lost, and the log is whole at the end. The walk is random and its seed is told.
func TestRandomWalk(t *testing.T) {
	each(t, day("2026-12-21T15:00:00Z"), func(t *testing.T, s *demo.State) {
		done := map[string]int{}
		for seed := range uint64(walks) {
			w := &walk{t: t, s: s, chance: rand.New(rand.NewPCG(seed, 15)), done: done}
			for range 300 {
				if w.step(); t.Failed() {
					t.Fatalf("seed %d: %s", seed, strings.Join(w.told[max(0, len(w.told)-12):], "\n"))
				}
			}
		}
		for _, kind := range []string{"ask", "answer", "extend", "confirm", "decline", "reconsider", "appeal", "withdraw",
			"handover send", "handover accept", "handover return", "handover attempt", "handover reach", "handover serve", "handover close", "handover reroute",
			"letter sign", "letter deliver", "letter stop", "tell", "pair link", "pair dismiss", "second", "disagree",
			"group begin", "group edit", "group carry", "group add", "group send"} {
			if done[kind] == 0 {
				t.Errorf("no walk came to %q: %v", kind, done)
			}
		}
		wholeAndAgreed(t, s)
	})
}

// walks are enough to come to every act that is looked for.
const walks = 5

// walk is one random history of everybody.
type walk struct {
	t      *testing.T
	s      *demo.State
	chance *rand.Rand
	refs   []string
	told   []string       // what was done, for whom it concerns
	done   map[string]int // acts that were not refused, by kind
	groups []encounter    // encounters of several people
}

// step does one thing and looks at all that must hold then.
func (w *walk) step() {
	switch n := w.chance.IntN(30); {
	case n < 1 || len(w.refs) == 0:
		w.refer()
	case n < 5:
		w.s.Clock.Set(w.s.Clock.Now().Add(time.Duration(1+w.chance.IntN(60)) * time.Hour))
	case n < 6:
		w.group()
	case n < 11:
		w.along(w.refs[len(w.refs)-1])
	case n < 17:
		w.beside(one(w, w.refs[max(0, len(w.refs)-3):]))
	default:
		w.act(one(w, w.refs[max(0, len(w.refs)-3):]))
	}
	ref := one(w, w.refs)
	row := w.row(ref)
	w.linear(row)
	w.contested(row)
	w.clocks(row)
	for range 3 {
		w.sees(one(w, w.s.Accounts), row)
	}
}

// along takes the usual road as far as it goes, so that hand-overs come about
// more often than chance brings them.
func (w *walk) along(ref string) {
	steps := append(slices.Clone(demo.ToDecision), demo.Confirm)
	if w.chance.IntN(4) == 0 {
		steps = append(slices.Clone(demo.ToDecision), demo.Decline...)
	}
	if w.chance.IntN(6) == 0 { // somebody reads it second, and disagrees
		steps = append(slices.Clone(demo.ToDecision), disagrees("second_reviewer"))
	}
	for _, step := range append(steps, demo.Step{Who: "program", Do: workflow.Send, N: 1}) {
		if _, err := w.s.Take(w.t.Context(), ref, step); err == nil {
			w.count(step.Do, step.N)
		}
	}
	w.onward(ref)
}

func (w *walk) count(do workflow.Action, n int) {
	if n > 0 {
		do = "handover " + do
	}
	w.done[string(do)]++
}

func one[T any](w *walk, of []T) T { return of[w.chance.IntN(len(of))] }

func (w *walk) refer() {
	receipt, err := w.s.Send(w.t.Context(), one(w, []int{1, 3, 4, 5, 7, 9}))
	if err != nil {
		w.t.Fatal(err)
	}
	w.refs = append(w.refs, receipt.Reference)
}

// act has an account that is likely to be able to do something, or any other,
// do one thing on the referral or on one of its hand-overs.
func (w *walk) act(ref string) {
	row := w.row(ref)
	do, n, rev, status := w.choose(row)
	who := one(w, w.s.Accounts)
	if w.chance.IntN(10) > 0 {
		who = w.fitting(row, do, n)
	}
	if w.chance.IntN(15) == 0 {
		rev--
	}
	w.told = append(w.told, fmt.Sprintf("%s does %s on %d at %s", who.Key, do, n, status))
	_, err := w.s.Door.Act(w.t.Context(), who.Actor, referrals.Seen{Ref: ref, N: n, Rev: rev}, do, w.deed(row, who, do, n))
	now := w.row(ref)
	if err != nil {
		w.refused(err, row, now)
		return
	}
	w.count(do, n)
	w.permitted(who, do, n, now.entries[len(row.entries):])
}

// choose picks a hand-over or the referral, and an action: mostly one that has
// a line at its status.
func (w *walk) choose(row stood) (do workflow.Action, n, rev int, status string) {
	if hs := row.handovers; len(hs) > 0 && w.chance.IntN(3) > 0 {
		h := one(w, hs)
		likely := actions(workflow.HandoverSteps, workflow.HandoverStatus(h.Status))
		if len(likely) == 0 || w.chance.IntN(8) == 0 {
			likely = workflow.HandoverActions()
		}
		return w.next(likely), h.N, h.Rev, h.Status
	}
	likely := actions(workflow.Steps, workflow.Status(row.Status))
	if len(likely) == 0 || w.chance.IntN(8) == 0 {
		likely = workflow.Actions()
	}
	return w.next(likely), 0, row.Rev, row.Status
}

// next is one of the acts: every other time one that leads onward, and seldom
// one that ends a history or leaves nobody to go on with it.
func (w *walk) next(likely []workflow.Action) workflow.Action {
	onward := []workflow.Action{workflow.Ask, workflow.Answer, workflow.Send, workflow.Accept, workflow.Attempt, workflow.Reach, workflow.Serve, workflow.Extend, workflow.Appeal, workflow.Reconsider, workflow.Disagree}
	if w.chance.IntN(2) == 0 {
		if some := slices.DeleteFunc(slices.Clone(likely), func(do workflow.Action) bool { return !slices.Contains(onward, do) }); len(some) > 0 {
			likely = some
		}
	}
	last := []workflow.Action{workflow.Withdraw, workflow.Close, workflow.Reroute, workflow.Recuse, workflow.Exclude,
		workflow.Refuse, workflow.Transfer}
	do := one(w, likely)
	for slices.Contains(last, do) && w.chance.IntN(5) > 0 {
		do = one(w, likely)
	}
	return do
}

func actions[S workflow.Road](steps []workflow.StepOn[S], from S) (out []workflow.Action) {
	for _, s := range steps {
		if s.From == from {
			out = append(out, s.Do)
		}
	}
	return out
}

// fitting is an account of a duty that the tables name for the action, and of
// the agency to which it belongs where only that may act.
func (w *walk) fitting(row stood, do workflow.Action, n int) demo.Account {
	duties, agency := []workflow.Duty{}, row.AgencyID
	if n == 0 {
		for _, s := range workflow.Steps {
			if s.Do == do {
				duties = append(duties, s.Duties...)
			}
		}
	} else {
		for _, s := range workflow.HandoverSteps {
			if s.Do == do {
				duties = append(duties, s.Duties...)
			}
		}
		if at := row.handovers[n-1].AgencyID; at != nil {
			agency = *at
		}
	}
	var out []demo.Account
	for _, a := range w.s.Accounts {
		outside := a.Duty == workflow.Referrer || a.Duty == workflow.Recipient
		if slices.Contains(duties, a.Duty) && (!outside || a.Actor.Agency == agency) {
			out = append(out, a)
		}
	}
	if len(out) == 0 {
		return one(w, w.s.Accounts)
	}
	return one(w, out)
}

// deed is words with which the act can succeed.
func (w *walk) deed(row stood, who demo.Account, do workflow.Action, n int) *forms.Deed {
	d := &forms.Deed{}
	for _, step := range append(slices.Concat(demo.ToDecision, demo.Decline), demo.Confirm) {
		if step.Do == do && step.Deed != nil && (do != workflow.Consult || step.Who == string(who.Key) || who.Duty != workflow.Program) {
			step.Deed(d)
		}
	}
	d.Question, d.Answer, d.Facts, d.Note = "Since when?", "Since the spring.", "More was said.", "A note."
	d.How, d.Result, d.Services, d.Started = "phone", "no_answer", "Temporary assistance", []forms.Help{"benefits"}
	d.Progress, d.CanBring, d.PassOnTo = "in_services", "yes_call_me_first", "A provider near her sister"
	d.WaitUntil = forms.Date(w.s.Clock.Now().AddDate(0, 0, 3).Format(time.DateOnly))
	d.ReturnReason, d.CloseReason = "capacity", "services_completed"
	if d.Reason == "" {
		d.Reason = "For a reason in plain words."
	}
	if do == workflow.Extend && row.DueAt != nil {
		d.Until = forms.Date(row.DueAt.AddDate(0, 0, 7).Format(time.DateOnly))
	}
	if do == workflow.Reroute || do == workflow.Propose {
		d.Contact = forms.Text(w.candidate(row, n))
	}
	return d
}

// candidate is a line of the directory that the hand-over could go to.
func (w *walk) candidate(row stood, n int) string {
	got, err := w.s.Door.Open(w.t.Context(), w.s.As("program"), row.Ref, referrals.Want{})
	if err != nil {
		return ""
	}
	for _, h := range got.Handover {
		if h.N == n && len(h.Candidates) > 0 {
			return one(w, h.Candidates).Key
		}
	}
	return ""
}

// refused says that a refusal is one that people are told, and left all as it was.
func (w *walk) refused(err error, was, now stood) {
	if problems, ok := err.(forms.Problems); err != nil && !ok && !slices.Contains([]fault.Kind{fault.NotFound, fault.Forbidden, fault.Conflict, fault.Invalid}, fault.KindOf(err)) {
		w.t.Errorf("refused with %v %v", err, problems)
	}
	if len(now.entries) != len(was.entries) || now.Rev != was.Rev || now.Status != was.Status {
		w.t.Errorf("refused with %v, and yet something changed", err)
	}
	for i, h := range was.handovers {
		if len(now.handovers) != len(was.handovers) || now.handovers[i].Rev != h.Rev || now.handovers[i].Status != h.Status {
			w.t.Errorf("refused with %v, and yet hand-over %d changed", err, h.N)
		}
	}
}

// permitted says that an act's first entry is a line of the tables for that duty.
func (w *walk) permitted(who demo.Account, do workflow.Action, n int, entries []*ent.Entry) {
	if len(entries) == 0 {
		w.t.Errorf("%s left no entry", do)
		return
	}
	e, listed := entries[0], false
	if n == 0 {
		for _, s := range workflow.Steps {
			listed = listed || s.Do == do && string(s.From) == e.FromStatus && string(s.To) == e.ToStatus && slices.Contains(s.Duties, who.Duty)
		}
	} else {
		for _, s := range workflow.HandoverSteps {
			listed = listed || s.Do == do && string(s.From) == e.FromStatus && string(s.To) == e.ToStatus && slices.Contains(s.Duties, who.Duty)
		}
	}
	if !listed || e.AuthorID == nil || *e.AuthorID != who.Actor.ID || e.Handover != n {
		w.t.Errorf("no table lets %s do %s from %q to %q", who.Duty, do, e.FromStatus, e.ToStatus)
	}
}

// linear says that the entries are numbered without a gap, never run back in
// time, and that each begins where the one before it on the same road ended.
func (w *walk) linear(row stood) {
	stands := map[int]string{}
	for i, e := range row.entries {
		if e.Seq != i+1 || i > 0 && e.At.Before(row.entries[i-1].At) {
			w.t.Errorf("entry %d of %s stands at place %d, at %s", e.Seq, row.Ref, i+1, e.At)
		}
		if e.ToStatus == "" {
			continue // a fact beside the road
		}
		if at, known := stands[e.Handover]; known && at != e.FromStatus {
			w.t.Errorf("%s: %s on %d goes from %q, where it stood at %q", row.Ref, e.Action, e.Handover, e.FromStatus, at)
		}
		stands[e.Handover] = e.ToStatus
	}
}

// clocks says that the determination has a due date and somebody's task, and
// that a confirmed person has a next date or somebody who must act.
func (w *walk) clocks(row stood) {
	open := func(duties ...workflow.Duty) int {
		q := w.s.DB.Read().Task.Query().Where(task.ReferralID(row.ID), task.DoneAtIsNil(), task.DueAtNotNil())
		for _, d := range duties {
			q.Where(task.Duty(string(d)))
		}
		return q.CountX(viewer.Job(w.t.Context(), "test"))
	}
	switch workflow.Status(row.Status) {
	case workflow.Submitted, workflow.InReview, workflow.Asked:
		if row.DueAt == nil || open(workflow.Reviewer) == 0 {
			w.t.Errorf("%s at %s: the clock of the determination is lost", row.Ref, row.Status)
		}
	case workflow.Confirmed:
		next := slices.ContainsFunc(row.handovers, func(h *ent.Handover) bool {
			return h.NextAt != nil && h.Status != string(workflow.HandoverClosed)
		})
		if !next && open(workflow.Program) == 0 {
			w.t.Errorf("%s is confirmed, and nobody has to do anything next", row.Ref)
		}
	case workflow.Withdrawn, workflow.Closed:
		if left := w.left(row); len(left) > 0 {
			w.t.Errorf("%s at %s: %v are left open", row.Ref, row.Status, left)
		}
	}
}

// sees says that the account sees the referral only if this short list allows
// it, which knows nothing of the tables.
func (w *walk) sees(a demo.Account, row stood) {
	got, err := w.s.Door.Open(w.t.Context(), a.Actor, row.Ref, referrals.Want{})
	var at []string // of the agency's own hand-overs
	for _, h := range row.handovers {
		if h.AgencyID != nil && *h.AgencyID == a.Actor.Agency {
			at = append(at, h.Status)
		}
	}
	var may bool
	switch a.Duty {
	case workflow.Referrer:
		may = row.AuthorID == a.Actor.ID || a.Actor.Lead && row.AgencyID == a.Actor.Agency
	case workflow.Reviewer, workflow.Director, workflow.Program, workflow.Auditor:
		may = true
	case workflow.Recipient:
		may = row.Status == "confirmed" && slices.ContainsFunc(at, func(status string) bool {
			return slices.Contains([]string{"sent", "accepted", "reached", "not_reached", "enrolled", "served"}, status)
		})
	}
	if err != nil {
		if fault.KindOf(err) != fault.NotFound {
			w.t.Errorf("%s opens: %v", a.Key, err)
		}
		return
	}
	if !may {
		w.t.Errorf("%s sees a referral at %s, with own hand-overs at %v", a.Key, row.Status, at)
	}
	if row.Status == "withdrawn" && a.Duty != workflow.Referrer && len(got.View.Parts) > 0 {
		w.t.Errorf("%s reads a withdrawn referral", a.Key)
	}
	if a.Duty == workflow.Recipient {
		w.narrow(a, got, row, slices.Equal(at, []string{"sent"}))
	}
}

// narrow says that a recipient reads no word of what happened, and before it
// accepted no more than the outline.
func (w *walk) narrow(a demo.Account, got referrals.Record, row stood, before bool) {
	for _, p := range got.View.Parts {
		for _, i := range p.Items {
			if slices.Contains([]string{"G13", "G14", "G17", "G30", "G8"}, i.ID) || p.Form == "review" && i.ID == "V14" {
				w.t.Errorf("%s reads %s", a.Key, i.ID)
			}
			if before && p.Form == "referral" && !slices.Contains([]string{"E1", "E2", "C9", "D6", "J1", "K2", "G1"}, i.ID) {
				w.t.Errorf("%s reads %s before accepting", a.Key, i.ID)
			}
		}
	}
	w.ownAlone(a, got, row)
}
