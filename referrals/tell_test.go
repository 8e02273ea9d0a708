package referrals_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/answers"
	"nysreferral/ent/letter"
	"nysreferral/ent/referral"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// tells has an account do an act that changes answers.
func tells(t *testing.T, s *demo.State, key, ref string, do workflow.Action, deed forms.Deed, change func(*forms.Referral)) (referrals.Record, error) {
	t.Helper()
	rec := open(t, s, key, ref)
	return s.Door.Tell(t.Context(), s.As(key), referrals.Seen{Ref: ref, Rev: rec.Rev}, do, &deed, func(r *forms.Referral) forms.Problems {
		if change != nil {
			change(r)
		}
		return nil
	})
}

// asks is a question about answers.
func asks(about string) func(*forms.Deed) {
	return func(d *forms.Deed) {
		d.Question, d.About = "Since when, and who kept the papers?", forms.Text(about)
	}
}

// An answer to a question changes only what was asked about, is refused when it
// says nothing or would break what had to be answered, and makes a version of
// its own: what was sent stays to the byte.
func TestAnswerIsAVersion(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		sent := refer(t, s, 1)
		ref := sent.Reference
		before := sealedOf(t, s, ref)
		take(t, s, ref, demo.ToDecision[0], do("reviewer", workflow.Ask, 0, asks("G20, g10 G14")))
		if _, err := tells(t, s, "detective", ref, workflow.Answer, forms.Deed{}, func(r *forms.Referral) { r.FamilyName = "Other" }); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("an answer changes what was not asked about: %v", err)
		}
		var bad forms.Problems
		if _, err := tells(t, s, "detective", ref, workflow.Answer, forms.Deed{}, nil); !errors.As(err, &bad) || bad.Of("answer") == "" {
			t.Errorf("an answer that says nothing: %v", err)
		}
		if _, err := tells(t, s, "detective", ref, workflow.Answer, forms.Deed{}, func(r *forms.Referral) { r.Summary = "" }); !errors.As(err, &bad) || bad.Of("summary") == "" {
			t.Errorf("an answer takes away what must be there: %v", err)
		}
		rec, err := tells(t, s, "detective", ref, workflow.Answer, forms.Deed{Deeds: forms.Deeds{Answer: "Her cousin has the passport."}}, func(r *forms.Referral) {
			r.Began, r.PapersHeld, r.PapersWhich = "2025-11", "no", ""
		})
		if err != nil {
			t.Fatal(err)
		}
		if rec.Status != workflow.InReview || rec.Digest == sent.Digest || rec.SentDigest != sent.Digest {
			t.Errorf("%s, digest %s, of what was sent %s, in the receipt %s", rec.Status, rec.Digest, rec.SentDigest, sent.Digest)
		}
		after := sealedOf(t, s, ref)
		if len(after) != 2 || string(after[0].Sealed) != string(before[0].Sealed) || after[1].Kind != "addition" || after[1].Version != 2 {
			t.Errorf("%d versions, or the first is not as it was", len(after))
		}
		got := open(t, s, "reviewer", ref).View
		want := []string{"G10 Yes > No", "G10.which Passport > ", "G20 March 2026 > November 2025"}
		if len(got.Revisions) != 1 || !slices.Equal(lines(got.Revisions[0]), want) {
			t.Errorf("the reviewer reads %+v, want %v", got.Revisions, want)
		}
		if got.Item("began").Value != "2025-11" || got.Item("questions.0.answersVersion").Value != 2 || got.Item("questions.0.answer").Value != "Her cousin has the passport." {
			t.Error("the answers of now, or the answer in words, are not shown")
		}
	})
}

// lines are the changes of a version in short.
func lines(r forms.Revision) []string {
	var out []string
	for _, c := range r.Changes {
		line := c.ID + " " + strings.Join(c.Before, "; ") + " > " + strings.Join(c.After, "; ")
		if len(c.Masked) > 0 {
			line = c.ID + " withheld"
		}
		out = append(out, line)
	}
	return out
}

func sealedOf(t *testing.T, s *demo.State, ref string) []*ent.Answers {
	t.Helper()
	rows, err := s.DB.Read().Answers.Query().Where(answers.HasReferralWith(referral.Ref(ref))).Order(ent.Asc(answers.FieldVersion)).All(viewer.Job(t.Context(), "test"))
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// What changed is read by each through the own view and masks: the reviewer a
// withheld answer only when asked for, OTDA what happened only while its view is
// waited for, a recipient and an auditor nothing of it.
func TestChangesAreReadAsTheAnswersAre(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		take(t, s, ref, demo.ToDecision[0])
		change := func(r *forms.Referral) {
			r.Category, r.Summary, r.Needs.Wanted.Food = "unknown", r.Summary+" She left on Sunday.", "now"
		}
		if _, err := tells(t, s, "detective", ref, workflow.Add, forms.Deed{}, change); err != nil {
			t.Fatal(err)
		}
		read := func(key string, ids ...string) []string {
			rec, err := s.Door.Open(t.Context(), s.As(key), ref, referrals.Want{Reveal: ids})
			if err != nil {
				t.Fatal(err)
			}
			if len(rec.View.Revisions) == 0 {
				return nil
			}
			out := lines(rec.View.Revisions[0])
			for i := range out {
				out[i], _, _ = strings.Cut(out[i], " A recruiter")
			}
			return out
		}
		category := "F1 Other status, no status, or pending > Unknown"
		for _, tt := range []struct {
			name string
			got  []string
			want []string
		}{
			{"reviewer", read("reviewer"), []string{"F1 withheld", "G14"}},
			{"reviewer who asks", read("reviewer", "F1"), []string{category, "G14"}},
			{"OTDA", read("program"), []string{category, "G14 withheld", "J1.food  > Now"}},
			{"OTDA who asks", read("program", "G14"), []string{category, "G14", "J1.food  > Now"}},
			{"referrer", read("detective"), []string{category, "G14", "J1.food  > Now"}},
			{"auditor", read("auditor"), nil},
		} {
			if !slices.Equal(tt.got, tt.want) {
				t.Errorf("%s reads %q, want %q", tt.name, tt.got, tt.want)
			}
		}
		take(t, s, ref, demo.ToDecision[1])
		if got := read("program"); slices.Contains(got, "G14 withheld") {
			t.Errorf("after its view is on the record OTDA reads %q", got)
		}
		for _, word := range []string{"She left on Sunday", "other_or_no_status", `"food"`} {
			if where := inClear(t, s, word); where != "" {
				t.Errorf("%q lies in clear in %s", word, where)
			}
		}
	})
}

// Facts that are added can change any answer but the signature and what the
// account tells; an old page changes nothing; a recipient who reads the person's
// contact reads it as it is now.
func TestAddedFactsReachTheRecipient(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		take(t, s, ref, do("program", workflow.Send, 1, nil), do("rhtp_harbor", workflow.Accept, 1, nil))
		for name, change := range map[string]func(*forms.Referral){
			"signature":    func(r *forms.Referral) { r.Signature = "Somebody Else" },
			"organization": func(r *forms.Referral) { r.Organization = "Another agency" },
		} {
			if _, err := tells(t, s, "detective", ref, workflow.Add, forms.Deed{}, change); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("the %s was changed: %v", name, err)
			}
		}
		jobsBefore := mailsAbout(t, s, referrals.MailChanged)
		if _, err := tells(t, s, "detective", ref, workflow.Add, forms.Deed{}, func(r *forms.Referral) { r.Reach, r.SafePhone.Phone = "directly", "518-555-0177" }); err != nil {
			t.Fatal(err)
		}
		got := open(t, s, "rhtp_harbor", ref)
		if it := got.View.Item("safePhone.phone"); it == nil || it.Value != "518-555-0177" {
			t.Error("the recipient does not read the new way to the person")
		}
		if len(got.View.Revisions) > 0 {
			t.Error("a recipient reads what it was before")
		}
		if n := mailsAbout(t, s, referrals.MailChanged) - jobsBefore; n != 1 {
			t.Errorf("%d mails say that something changed, want one", n)
		}
		if _, err := tells(t, s, "detective", ref, workflow.Add, forms.Deed{}, func(r *forms.Referral) { r.Reasons = "Only for the State." }); err != nil {
			t.Fatal(err)
		}
		if n := mailsAbout(t, s, referrals.MailChanged) - jobsBefore; n != 1 {
			t.Error("the recipient is told of what it does not read")
		}
	})
}

// mailsAbout counts the mails of a kind that were queued.
func mailsAbout(t *testing.T, s *demo.State, what string) int {
	t.Helper()
	return countMails(t, s, func(m referrals.Mail) bool { return m.What == what })
}

// mailsTo counts those to the recipients of an agency.
func mailsTo(t *testing.T, s *demo.State, what string, agency int) int {
	t.Helper()
	return countMails(t, s, func(m referrals.Mail) bool { return m.What == what && m.Agency == agency })
}

func countMails(t *testing.T, s *demo.State, fits func(referrals.Mail) bool) int {
	t.Helper()
	rows, err := s.DB.Read().QueryContext(t.Context(), "SELECT args FROM river_job WHERE kind = 'mail'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var text []byte
		var m referrals.Mail
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &m); err != nil {
			t.Fatal(err)
		}
		if fits(m) {
			n++
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return n
}

// An answer that makes the person a minor starts what the law starts with one,
// on the day on which it is told, and once; one that settles the age ends the
// task that waited for it.
func TestToldLaterIsTreatedAsAMinor(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		minor := func(code forms.YesNoNotSure) func(*forms.Referral) {
			return func(r *forms.Referral) {
				r.Under18, r.Under18Then, r.Custody, r.SCR, r.HHSRequest, r.Born = code, "yes", "no", "no", "no", "unknown"
			}
		}
		var bad forms.Problems
		if _, err := tells(t, s, "detective", ref, workflow.Add, forms.Deed{}, func(r *forms.Referral) { r.Under18, r.Under18Then = "yes", "yes" }); !errors.As(err, &bad) || bad.Of("custody") == "" {
			t.Fatalf("a minor without the answers about children: %v", err)
		}
		kinds := func() []string {
			list, err := s.Door.Tasks(t.Context(), s.As("program"), false)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, one := range list {
				out = append(out, one.Kind)
			}
			slices.Sort(out)
			return out
		}
		if _, err := tells(t, s, "detective", ref, workflow.Add, forms.Deed{}, minor("not_sure")); err != nil {
			t.Fatal(err)
		}
		if got := kinds(); !slices.Contains(got, "minor_check") || !slices.Contains(got, "hhs_request") {
			t.Errorf("tasks %v", got)
		}
		if _, err := tells(t, s, "detective", ref, workflow.Add, forms.Deed{}, minor("yes")); err != nil {
			t.Fatal(err)
		}
		if _, err := tells(t, s, "detective", ref, workflow.Add, forms.Deed{}, minor("not_sure")); err != nil {
			t.Fatal(err)
		}
		if _, err := tells(t, s, "detective", ref, workflow.Add, forms.Deed{}, minor("yes")); err != nil {
			t.Fatal(err)
		}
		n, err := s.DB.Read().Letter.Query().Where(letter.HasReferralWith(referral.Ref(ref))).Count(viewer.Job(t.Context(), "test"))
		if got := kinds(); err != nil || n != 1 || slices.Contains(got, "minor_check") {
			t.Errorf("%d notices (%v), tasks %v", n, err, got)
		}
		list, err := s.Door.List(t.Context(), s.As("reviewer"), referrals.Filter{Waiting: true})
		if err != nil || !list.Lines[0].Facets.Minor {
			t.Errorf("the queue does not flag a minor: %+v %v", list.Lines, err)
		}
	})
}
