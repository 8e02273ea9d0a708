package referrals_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"nysreferral/cases"
	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/contactpoint"
	"nysreferral/ent/handover"
	"nysreferral/ent/referral"
	"nysreferral/ent/task"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// Histories that are tried on each database, and acts in each.
const (
	histories = 5
	longest   = 40
)

// history is one random road of a confirmed referral.
type history struct {
	t    *testing.T
	s    *demo.State
	ref  string
	rand *rand.Rand
	told []string // what happened, for whoever reads a failure
	did  map[workflow.Action]int

	referrer string // key of the account
}

// Nobody is ever lost: whatever recipients, OTDA and the referrer do with the
// hand-overs of a confirmed person in whatever order, and however much time
// passes between, each hand-over that has not ended has an open task whose due
// date is its next date, stands on the board until the person is reached, and
// where every hand-over ended OTDA has a task. What ended has none. The person
// counts as between confirmed and reached until somebody who reached the person
// helps, also after a no, and what was not reached beside that is marked. An agency
// with two hand-overs sees both; after a release was taken back OTDA has a task.
func TestNobodyIsLost(t *testing.T) {
	each(t, cases.Load(5).Now, func(t *testing.T, s *demo.State) {
		did := map[workflow.Action]int{}
		change(t, s, func(tx *ent.Tx) error { // Harbor Light has two lines
			return tx.ContactPoint.Update().Where(contactpoint.Key("demo-rhtp-hudson-bridge")).SetAgencyID(s.As("rhtp_harbor").Agency).Exec(viewer.Job(t.Context(), "test"))
		})
		for seed := range uint64(histories) {
			s.Clock.Set(cases.Load(5).Now.AddDate(0, 0, int(seed)))
			h := &history{t: t, s: s, rand: rand.New(rand.NewPCG(seed, 13)), did: did}
			h.refer([]int{5, 1, 3, 1, 1}[seed], seed == 3)
			confirmed(t, s, h.ref)
			h.check()
			for range longest {
				h.step()
				if h.check(); t.Failed() {
					t.Fatalf("history %d:\n%s", seed, strings.Join(h.told, "\n"))
				}
			}
		}
		for _, do := range workflow.HandoverActions() {
			if did[do] == 0 {
				t.Errorf("no history had the act %s; they prove nothing of it", do)
			}
		}
	})
}

// refer sends a case; one in which the person wants to hear from nobody is kept
// by OTDA itself.
func (h *history) refer(n int, kept bool) {
	h.t.Helper()
	r, _, err := demo.Referral(n, h.s.Door.Today())
	if err != nil {
		h.t.Fatal(err)
	}
	if kept {
		r.WishedLink = []forms.Link{"neither_yet"}
	}
	receipt, err := h.s.Door.Send(h.t.Context(), h.s.As(demo.Referrers[n]), r, "", nil)
	if err != nil {
		h.t.Fatal(err)
	}
	h.ref, h.referrer = receipt.Reference, demo.Referrers[n]
}

// step lets time pass, or somebody does something that is offered.
func (h *history) step() {
	h.t.Helper()
	switch h.rand.IntN(10) {
	case 0, 1, 2:
		h.s.Clock.Set(h.s.Clock.Now().Add(time.Duration(1+h.rand.IntN(24*9)) * time.Hour))
		n, err := h.s.Door.Climb(h.t.Context())
		h.told = append(h.told, fmt.Sprintf("%s: %d things happened by themselves", h.s.Clock.Now().Format(time.DateTime), n))
		if err != nil {
			h.t.Error(err)
		}
	case 3:
		h.byHand()
	default:
		h.act()
	}
}

// act does a random act that is offered, to OTDA, to the recipient, or to the
// referrer.
func (h *history) act() {
	h.t.Helper()
	key := h.s.Account("program").Key
	rec := open(h.t, h.s, key, h.ref)
	list := rec.Handover
	goes := slices.DeleteFunc(slices.Clone(list), func(o referrals.Handover) bool { return o.Status == workflow.HandoverClosed })
	if p := rec.Proposal; p != nil && p.Offer.Ready() && len(p.Candidates) > 0 && (len(goes) == 0 || h.rand.IntN(20) == 0) {
		h.propose(key, rec)
		return
	}
	if len(goes) == 0 {
		return
	}
	one := goes[h.rand.IntN(len(goes))]
	permitted := one.Permitted
	theirs := one.Status != workflow.Proposed && one.Status != workflow.Returned
	if theirs && one.Kind != string(workflow.KindOTDA) && h.rand.IntN(5) > 0 {
		if key = h.other(one); key == "" {
			return
		}
		rec, err := h.s.Door.Open(h.t.Context(), h.s.As(key), h.ref, referrals.Want{})
		at := slices.IndexFunc(rec.Handover, func(o referrals.Handover) bool { return o.N == one.N })
		if err == nil && at < 0 && key != h.referrer && permitted {
			h.t.Errorf("hand-over %d at %s is not shown to %s", one.N, one.Status, key)
		}
		if err != nil || at < 0 {
			return // it sees nothing of it any more, or not yet
		}
		one = rec.Handover[at]
	}
	ready := slices.DeleteFunc(slices.Clone(one.Offers), func(o workflow.HandoverOffer) bool {
		ends := slices.Contains([]workflow.Action{workflow.Close, workflow.Refuse, workflow.Revoke, workflow.Reroute, workflow.Return}, o.Do)
		return !o.Ready() || ends && h.rand.IntN(5) > 0 // else nobody would come far
	})
	if len(ready) == 0 {
		return
	}
	do := ready[h.rand.IntN(len(ready))].Do
	if h.rand.IntN(2) == 0 { // what was done least
		do = slices.MinFunc(ready, func(a, b workflow.HandoverOffer) int { return h.did[a.Do] - h.did[b.Do] }).Do
	}
	_, err := h.s.Door.Act(h.t.Context(), h.s.As(key), referrals.Seen{Ref: h.ref, N: one.N, Rev: one.Rev}, do, h.deed(do))
	h.told = append(h.told, fmt.Sprintf("%s: %s does %s on %d at %s: %v", h.s.Clock.Now().Format(time.DateTime), key, do, one.N, one.Status, err))
	if elsewhere := (forms.Problems{}); do == workflow.Reroute && errors.As(err, &elsewhere) {
		return // the one drawn by lot has the person already, may not, or is for another age
	}
	if err != nil {
		h.t.Errorf("%s, which was offered: %v", do, err)
	}
	h.did[do]++
	if left := kinds(h.t, h.s, "program", h.ref); do == workflow.Revoke && err == nil &&
		!slices.Contains(left, workflow.TaskTakenBack) && !slices.Contains(left, workflow.TaskWrapUp) {
		h.t.Errorf("the release for hand-over %d was taken back, and OTDA has %v", one.N, left)
	}
}

// propose has OTDA propose one more hand-over.
func (h *history) propose(key string, rec referrals.Record) {
	h.t.Helper()
	deed := h.deed(workflow.Propose)
	deed.Contact = forms.Text(rec.Proposal.Candidates[h.rand.IntN(len(rec.Proposal.Candidates))].Key)
	_, err := h.s.Door.Act(h.t.Context(), h.s.As(key), referrals.Seen{Ref: h.ref, N: rec.Proposal.N, Rev: rec.Rev}, workflow.Propose, deed)
	h.told = append(h.told, fmt.Sprintf("%s: OTDA proposes hand-over %d: %v", h.s.Clock.Now().Format(time.DateTime), rec.Proposal.N, err))
	if err != nil {
		h.t.Error(err)
	}
	h.did[workflow.Propose]++
}

// other is the recipient of a hand-over, or at times the referrer; "" when the
// recipient has no account.
func (h *history) other(one referrals.Handover) string {
	if h.rand.IntN(4) == 0 {
		return h.referrer
	}
	for _, a := range h.s.Accounts {
		if a.Duty == workflow.Recipient && a.Agency == one.Recipient {
			return a.Key
		}
	}
	return ""
}

// deed fills in what the act asks.
func (h *history) deed(do workflow.Action) *forms.Deed {
	d := &forms.Deed{}
	pick := func(list []string) string { return list[h.rand.IntN(len(list))] }
	for _, f := range forms.FormOf("handover." + string(do)).Fields {
		switch f.Name {
		case "contact":
			d.Contact = forms.Text(pick([]string{"demo-rhtp-harbor-light", "demo-rhtp-open-door", "demo-rhtp-hudson-bridge", "demo-ldss-tompkins-adult", "ldss-erie"}))
		case "heeded":
			demo.Knowingly(d)
		case "reason":
			d.Reason = "For a reason."
		case "returnReason":
			d.ReturnReason = forms.ReturnReason(pick(f.Codes))
		case "closeReason":
			d.CloseReason = forms.CloseReason(pick(f.Codes))
		case "how":
			d.How = forms.ContactMethod(pick(f.Codes))
			if h.did[workflow.Attempt]%3 != 0 {
				d.How = "through_the_referrer" // which is permitted, else nobody would come far
			}
		case "note":
			d.Note = "Spoken with her."
		case "result":
			d.Result = forms.ContactResult(pick(f.Codes))
		case "servicesStarted":
			d.Started = []forms.Help{forms.Help(pick(f.Codes))}
		case "progress":
			d.Progress = forms.Progress(pick(f.Codes))
		case "canBring":
			d.CanBring = forms.CanBring(pick(f.Codes))
		case "passOnTo":
			d.PassOnTo = "Another provider"
		case "waitUntil":
			d.WaitUntil = forms.Date(h.s.Clock.Now().AddDate(0, 0, 2+h.rand.IntN(55)).Format(time.DateOnly))
		}
	}
	return d
}

// byHand marks a task of OTDA's done.
func (h *history) byHand() {
	h.t.Helper()
	list, err := h.s.Door.Tasks(h.t.Context(), h.s.As("program"), false)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, one := range list {
		if one.Reference == h.ref && one.ByHand {
			err := h.s.Door.Done(h.t.Context(), h.s.As("program"), one.ID, noteFor(one.Kind))
			h.told = append(h.told, fmt.Sprintf("%s: OTDA marks %s done: %v", h.s.Clock.Now().Format(time.DateTime), one.Kind, err))
			if err != nil && fault.KindOf(err) != fault.Conflict {
				h.t.Error(err)
			}
			return
		}
	}
}

// check wants what must hold after every step.
func (h *history) check() {
	h.t.Helper()
	db := h.s.DB.Read()
	r := db.Referral.Query().Where(referral.Ref(h.ref)).OnlyX(viewer.Job(h.t.Context(), "test"))
	open := db.Task.Query().Where(task.ReferralID(r.ID), task.DoneAtIsNil()).AllX(viewer.Job(h.t.Context(), "test"))
	left := db.Handover.Query().Where(handover.ReferralID(r.ID), handover.StatusNEQ(string(workflow.HandoverClosed))).AllX(viewer.Job(h.t.Context(), "test"))
	board, err := h.s.Door.Board(h.t.Context(), h.s.As("program"))
	if err != nil {
		h.t.Fatal(err)
	}
	for _, one := range left {
		next := nextOf(open, one.N)
		if next.IsZero() || one.NextAt == nil || !one.NextAt.Equal(next) {
			h.t.Errorf("hand-over %d at %s: next %v, by its open tasks %v", one.N, one.Status, one.NextAt, next)
		}
		stands := slices.IndexFunc(board.OnTheWay, func(w referrals.Waiting) bool {
			return w.Reference == h.ref && w.N == one.N && w.Next.DueAt.Equal(next)
		})
		if reached := one.Status == "reached" || one.Status == "enrolled" || one.Status == "served"; (stands < 0) != reached {
			h.t.Errorf("hand-over %d at %s stands among those on the way: %v", one.N, one.Status, stands >= 0)
		}
	}
	h.stands(board, db.Handover.Query().Where(handover.ReferralID(r.ID)).AllX(viewer.Job(h.t.Context(), "test")), len(left))
	without := func(kind string) bool {
		return slices.Contains([]string{workflow.TaskSaidNo, workflow.TaskStopUnread, workflow.TaskTakenBack}, kind)
	}
	if len(left) == 0 && !slices.Equal(slices.DeleteFunc(kinds(h.t, h.s, "program", h.ref), without), []string{workflow.TaskWrapUp}) {
		h.t.Errorf("every hand-over ended and OTDA has %v", kinds(h.t, h.s, "program", h.ref))
	}
	for _, one := range open {
		over := one.Handover > 0 && !slices.ContainsFunc(left, func(l *ent.Handover) bool { return l.N == one.Handover })
		if one.DueAt == nil || over && !h.outlives(one.ID) {
			h.t.Errorf("a task of hand-over %d is open though it ended, or has no date", one.Handover)
		}
	}
}

// stands wants the person on the board as long as a hand-over is open: between
// confirmed and reached until somebody who reached the person helps, and from then
// on with a mark for each that did not.
func (h *history) stands(board referrals.Board, all []*ent.Handover, open int) {
	h.t.Helper()
	at := slices.IndexFunc(board.People, func(p referrals.Person) bool { return p.Reference == h.ref })
	if (at >= 0) != (open > 0) {
		h.t.Errorf("%d hand-overs are open, and the person stands on the board: %v", open, at >= 0)
	}
	if at < 0 {
		return
	}
	p := board.People[at]
	reached, waits := false, 0
	for _, one := range all {
		reached = reached || one.ReachedAt != nil && helps(h.t, h.s, one)
		if slices.Contains([]string{"proposed", "sent", "returned", "accepted", "not_reached"}, one.Status) {
			waits++
		}
	}
	if p.Between() == reached {
		h.t.Errorf("somebody who helps reached the person: %v, and the person counts as between: %v", reached, p.Between())
	}
	if marked := len(p.Beside()); reached && marked != waits {
		h.t.Errorf("%d hand-overs beside are marked, of %d", marked, waits)
	}
}

// nextOf is the earliest due date of the open tasks of a hand-over.
func nextOf(open []*ent.Task, n int) time.Time {
	var out time.Time
	for _, one := range open {
		if one.Handover == n && one.DueAt != nil && (out.IsZero() || one.DueAt.Before(out)) {
			out = *one.DueAt
		}
	}
	return out
}

// noteFor is a note with which a task of a kind may be marked done.
func noteFor(kind string) string {
	k, _ := workflow.TaskOf(kind)
	if len(k.Begins) > 0 {
		return k.Begins[0] + " Seen the birth certificate."
	}
	return "Looked at it."
}

// outlives reports whether a task stands beyond the end of its hand-over: a
// recipient has to stop, or OTDA calls it, looks at a no or at what was taken back.
func (h *history) outlives(id int) bool {
	for _, list := range []func(context.Context, workflow.Actor) ([]referrals.Task, error){h.s.Door.Watched, func(ctx context.Context, who workflow.Actor) ([]referrals.Task, error) {
		return h.s.Door.Tasks(ctx, who, false)
	}} {
		tasks, err := list(h.t.Context(), h.s.As("program"))
		if err != nil {
			h.t.Fatal(err)
		}
		for _, one := range tasks {
			if one.ID == id {
				return slices.Contains([]string{workflow.TaskStopped, workflow.TaskStopUnread, workflow.TaskSaidNo, workflow.TaskTakenBack}, one.Kind)
			}
		}
	}
	return false
}
