package referrals_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"nysreferral/audit"
	"nysreferral/cases"
	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/ent/referral"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// toReferrer is all that a referrer gets, and what it cost to give it.
type toReferrer struct {
	Bytes      []string // answers of the door, reference, digest and moments left out
	Statements int64
	Seals      int64
	Lines      []string // of the log, of the referrer's own requests
	Jobs       []string // that those asked for
}

// moments are what differs between any two referrals: moment, digest, reference.
var moments = regexp.MustCompile(`\d{4}-\d\d-\d\dT[0-9:.]+Z|[0-9a-f]{64}|\b[0-9A-HJKMNP-TV-Z]{4}-?[0-9A-HJKMNP-TV-Z]{4}-?[0-9A-HJKMNP-TV-Z]{4}-?[0-9A-Z*~$=]\b`)

// lastLine is the number of the last line of the log.
func lastLine(t *testing.T, s *demo.State) int {
	t.Helper()
	return s.DB.Read().AuditEntry.Query().Order(ent.Desc(auditentry.FieldID)).FirstIDX(t.Context())
}

// watch runs do as the referrer and counts what it costs. Jobs do not run.
func (out *toReferrer) watch(t *testing.T, s *demo.State, do func(door *referrals.Service) any) {
	t.Helper()
	var statements, seals atomic.Int64
	door := *s.Door
	door.DB = s.DB.Watched(func() { statements.Add(1) })
	door.Ring = s.Ring.Watched(func() { seals.Add(1) })
	before := lastLine(t, s)
	jobs := jobKinds(t, s)
	text, err := json.Marshal(do(&door))
	if err != nil {
		t.Fatal(err)
	}
	out.Bytes = append(out.Bytes, moments.ReplaceAllString(string(text), "·"))
	out.Statements += statements.Load()
	out.Seals += seals.Load()
	for _, l := range s.DB.Read().AuditEntry.Query().Where(auditentry.IDGT(before)).Order(ent.Asc(auditentry.FieldID)).AllX(t.Context()) {
		if l.Outcome != audit.Done {
			t.Errorf("refused: %s", l.Action)
		}
		out.Lines = append(out.Lines, fmt.Sprint(l.Action, " ", l.Actor, " ", len(l.Refs), " ", l.Fields, l.Reason))
	}
	out.Jobs = append(out.Jobs, jobKinds(t, s)[len(jobs):]...)
}

// jobKinds are the kinds of all jobs, with what they tell beside references.
func jobKinds(t *testing.T, s *demo.State) []string {
	t.Helper()
	rows, err := s.DB.Read().QueryContext(t.Context(), "SELECT kind FROM river_job ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var kind string
		if err := rows.Scan(&kind); err != nil {
			t.Fatal(err)
		}
		out = append(out, kind)
	}
	return out
}

// second is the second referrer of case 10 at the door.
type second struct {
	t   *testing.T
	s   *demo.State
	who workflow.Actor
	ref string
	toReferrer
}

// secondReferrer lives the road of the second referrer of case 10, in a State
// that already has a provider's referral: of the same person, or of another
// one with as many answers. Between the referrer's requests the jobs run, and
// the State does what it would do.
func secondReferrer(t *testing.T, db *store.DB, samePerson bool) toReferrer {
	t.Helper()
	s := world(t, db, cases.Load(10).Now)
	first, _, err := demo.Referral(10, "")
	if err != nil {
		t.Fatal(err)
	}
	if !samePerson {
		first.FamilyName, first.GivenNames, first.Born = "Okonkwo Ibekwe", "Ngozi Ifeoma", "1971-11-30"
		first.Places[0].Text = "Harborside Lodge, Ocean Parkway"
	}
	one, err := s.Door.Send(t.Context(), s.As("case_manager"), first, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	find(t, s, one.Reference)
	s.Clock.Set(cases.Load(10).Second.Now)
	me := second{t: t, s: s, who: s.As(demo.SecondReferrer)}
	me.send(one.Reference)
	find(t, s, me.ref)
	if n := len(open(t, s, "reviewer", me.ref).Pairs); (n == 1) != samePerson {
		t.Fatalf("%d pairs: what is compared here does not differ", n)
	}
	me.read()
	if samePerson {
		if _, err := s.Door.Compare(t.Context(), s.As("reviewer"), me.ref, one.Reference); err != nil {
			t.Fatal(err)
		}
		must(t, s, "reviewer", me.ref, one.Reference, workflow.Link)
	} else {
		open(t, s, "reviewer", me.ref) // as often as on the way to a link
	}
	me.act(workflow.Add, func(d *forms.Deed) { d.Facts = "She asked for a doctor." })
	me.read()
	me.act(workflow.Withdraw, func(*forms.Deed) {})
	return me.toReferrer
}

// send refers, and names the reference of the first.
func (me *second) send(prior string) {
	me.watch(me.t, me.s, func(door *referrals.Service) any {
		r, body, err := demo.Second("")
		if err != nil {
			me.t.Fatal(err)
		}
		r.PriorReference, r.ReferredBefore = forms.Text(prior), "yes"
		receipt, err := door.Send(me.t.Context(), me.who, r, "key-of-the-second", body)
		if err != nil {
			me.t.Fatal(err)
		}
		me.ref = receipt.Reference
		return receipt
	})
}

// read asks for all that a referrer can read.
func (me *second) read() {
	t, ctx := me.t, me.t.Context()
	me.watch(t, me.s, func(door *referrals.Service) any { return mustGet(t)(door.Open(ctx, me.who, me.ref, referrals.Want{})) })
	me.watch(t, me.s, func(door *referrals.Service) any { return mustGet(t)(door.Looks(ctx, me.who, me.ref, "")) })
	me.watch(t, me.s, func(door *referrals.Service) any { return mustGet(t)(door.List(ctx, me.who, referrals.Filter{})) })
	me.watch(t, me.s, func(door *referrals.Service) any { return mustGet(t)(door.Tasks(ctx, me.who, true)) })
}

// act takes a step on what the referrer sees now.
func (me *second) act(what workflow.Action, fill func(*forms.Deed)) {
	deed := &forms.Deed{}
	fill(deed)
	at := referrals.Seen{Ref: me.ref, Rev: open(me.t, me.s, demo.SecondReferrer, me.ref).Rev}
	me.watch(me.t, me.s, func(door *referrals.Service) any {
		return mustGet(me.t)(door.Act(me.t.Context(), me.who, at, what, deed))
	})
}

func mustGet(t *testing.T) func(v any, err error) any {
	t.Helper()
	return func(v any, err error) any {
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// Whether the person was referred before by another agency changes nothing of
// what the second referrer gets, and nothing of what it costs: not a byte, not
// a statement, not a seal opened, not a line of the log, not a job or a mail.
// Equal counts stand in for timing. Not even a reference that the referrer
// names is looked up.
func TestSecondReferrerLearnsNothing(t *testing.T) {
	for name, open := range map[string]func(testing.TB) *store.DB{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			same, other := secondReferrer(t, open(t), true), secondReferrer(t, open(t), false)
			if same.Statements != other.Statements || same.Seals != other.Seals || same.Statements < 50 || same.Seals < 20 {
				t.Errorf("%d statements and %d seals, without a match %d and %d", same.Statements, same.Seals, other.Statements, other.Seals)
			}
			for i := range same.Bytes {
				if same.Bytes[i] != other.Bytes[i] {
					t.Errorf("answer %d:\n%s\nwithout a match:\n%s", i, same.Bytes[i], other.Bytes[i])
				}
			}
			if !slices.Equal(same.Lines, other.Lines) || !slices.Equal(same.Jobs, other.Jobs) {
				t.Errorf("lines %q and jobs %q, without a match %q and %q", same.Lines, same.Jobs, other.Lines, other.Jobs)
			}
			if !slices.Contains(same.Jobs, "find_pairs") || !strings.Contains(same.Bytes[0], "·") {
				t.Errorf("nothing was looked at: %v, %s", same.Jobs, same.Bytes[0])
			}
		})
	}
}

// Keys are so short that each stands for two people at least; however the table
// grows, its lengths follow.
func TestKeysAreShared(t *testing.T) {
	each(t, cases.Load(10).Now, func(t *testing.T, s *demo.State) {
		for i := range 9 {
			r, _, err := demo.Referral(10, "")
			if err != nil {
				t.Fatal(err)
			}
			r.GivenNames = forms.Text(fmt.Sprintf("Maria %s", strings.Repeat("ba", i+1)))
			receipt, err := s.Door.Send(t.Context(), s.As("case_manager"), r, "", nil)
			if err != nil {
				t.Fatal(err)
			}
			find(t, s, receipt.Reference)
		}
		for _, row := range s.DB.Read().PairIndex.Query().AllX(viewer.Job(t.Context(), "test")) {
			if row.Bits > 2 {
				t.Errorf("9 people, and %d bits of each hash are kept", row.Bits)
			}
		}
		for _, key := range s.DB.Read().PairKey.Query().AllX(viewer.Job(t.Context(), "test")) {
			if key.Hash >= 1<<3 {
				t.Errorf("a key of %b", key.Hash)
			}
		}
	})
}

// Without the person's consent nobody is looked for, hashed or not: a police
// referral whose offer was not accepted, and any whose release has ended, has no
// keys and is in no pair.
func TestOnlyWithConsent(t *testing.T) {
	each(t, cases.Load(10).Now, func(t *testing.T, s *demo.State) {
		provider, police := twice(t, s, func(r *forms.Referral) { r.OfferedLink = "declined" })
		if n := s.DB.Read().PairIndex.Query().CountX(viewer.Job(t.Context(), "test")); n != 1 {
			t.Errorf("%d are looked for", n)
		}
		for _, ref := range []string{provider, police} {
			if list := open(t, s, "reviewer", ref).Pairs; len(list) > 0 {
				t.Errorf("%+v", list)
			}
		}
		s.Clock.Set(cases.Load(10).Now.AddDate(1, 0, 5)) // the provider's release ended
		if err := s.Door.SweepPairs(t.Context(), referrals.SweepPairs{}); err != nil {
			t.Fatal(err)
		}
		if kinds := jobKinds(t, s); kinds[len(kinds)-1] != "find_pairs" {
			t.Fatalf("the sweep asks for %v", kinds)
		}
		find(t, s, provider)
		if n := s.DB.Read().PairKey.Query().CountX(viewer.Job(t.Context(), "test")) + s.DB.Read().PairIndex.Query().CountX(viewer.Job(t.Context(), "test")); n != 0 {
			t.Errorf("%d rows after the release ended", n)
		}
	})
}

// When a key is destroyed the referral goes from the index and from all pairs,
// whether that was asked for before or not; the page of another that was its
// pair still opens.
func TestShreddedIsNoPair(t *testing.T) {
	each(t, cases.Load(10).Now, func(t *testing.T, s *demo.State) {
		provider, police := twice(t, s)
		shred := func(ref string) {
			change(t, s, func(tx *ent.Tx) error {
				return tx.Referral.Update().Where(referral.Ref(ref)).ClearDataKey().Exec(viewer.Job(t.Context(), "test"))
			})
		}
		rows := func() int {
			c := s.DB.Read()
			return c.PairEntry.Query().CountX(viewer.Job(t.Context(), "test")) + c.PairKey.Query().CountX(viewer.Job(t.Context(), "test")) + c.PairIndex.Query().CountX(viewer.Job(t.Context(), "test"))
		}
		shred(provider)
		if list := open(t, s, "reviewer", police).Pairs; len(list) > 0 {
			t.Errorf("%+v", list)
		}
		find(t, s, provider)
		find(t, s, police)
		if n := s.DB.Read().PairEntry.Query().CountX(viewer.Job(t.Context(), "test")); n != 0 || rows() == 0 {
			t.Errorf("%d entries are left of %d rows", n, rows())
		}
		change(t, s, func(tx *ent.Tx) error { return s.Door.ForgetPairs(t.Context(), tx, police) })
		shred(police)
		if n := rows(); n != 0 {
			t.Errorf("%d rows are left", n)
		}
	})
}

// Nothing of a pair can be read in the tables: not the other's reference, not
// why they are alike, not what was decided.
func TestPairsAreSealed(t *testing.T) {
	each(t, cases.Load(10).Now, func(t *testing.T, s *demo.State) {
		provider, police := twice(t, s)
		must(t, s, "reviewer", provider, police, workflow.Link)
		for _, word := range []string{"Gutierrez", "gutierrez", "Gutiérrez", "Starlight", "CTRC", "1999-04-12", "name_part", "likely", "Read both side by side"} {
			if where := inClear(t, s, word); where != "" {
				t.Errorf("%q lies in clear in %s", word, where)
			}
		}
		for _, row := range s.DB.Read().PairEntry.Query().AllX(viewer.Job(t.Context(), "test")) {
			if text := fmt.Sprint(row, string(row.Sealed)); strings.Contains(text, provider) || strings.Contains(text, police) || strings.Contains(text, "link") {
				t.Errorf("%s", text)
			}
		}
		if _, err := s.DB.SQL().Exec("UPDATE pair_entries SET seq = seq + 100"); err == nil {
			t.Error("what was decided can be rewritten")
		}
	})
}

// Two referrals whose jobs run at the same time still find each other.
func TestFoundAtOnce(t *testing.T) {
	each(t, cases.Load(10).Now, func(t *testing.T, s *demo.State) {
		one := refer(t, s, 10).Reference
		s.Clock.Set(cases.Load(10).Second.Now)
		r, body, err := demo.Second("")
		if err != nil {
			t.Fatal(err)
		}
		two, err := s.Door.Send(t.Context(), s.As(demo.SecondReferrer), r, "", body)
		if err != nil {
			t.Fatal(err)
		}
		errs := make(chan error)
		for _, ref := range []string{one, two.Reference} {
			go func() { errs <- s.Door.Find(t.Context(), referrals.FindPairs{Ref: ref}) }()
		}
		for range 2 {
			if err := <-errs; err != nil { // the job is tried again
				time.Sleep(10 * time.Millisecond)
				find(t, s, one)
				find(t, s, two.Reference)
			}
		}
		if p := onePair(t, s, "reviewer", one); p.Reference != two.Reference {
			t.Errorf("%+v", p)
		}
	})
}
