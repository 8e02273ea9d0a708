package referrals_test

import (
	"slices"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/ent/document"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// The notice about a minor has a paper: for the department that it went to and
// for OTDA, drawn from reader N's view, kept sealed under a kind that tells
// nothing, and named nowhere in clear.
func TestMinorNoticeHasAPaper(t *testing.T) {
	each(t, day("2026-12-18T21:20:00Z"), func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 3).Reference
		for _, stranger := range []string{"ldss_wyoming", "ldss_tompkins", "rhtp_harbor", "reviewer", "director", "social_worker", "auditor", "case_manager"} {
			if _, err := s.Door.LetterPaper(t.Context(), s.As(stranger), ref, 1); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s reads the notice: %v", stranger, err)
			}
			if _, err := s.Door.Paper(t.Context(), s.As(stranger), ref, string(workflow.LetterMinor), 0); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s reads the notice by its kind: %v", stranger, err)
			}
		}
		theirs, err := s.Door.LetterPaper(t.Context(), s.As("ldss_erie"), ref, 1)
		if err != nil {
			t.Fatal(err)
		}
		ours, err := s.Door.Paper(t.Context(), s.As("program"), ref, string(workflow.LetterMinor), 0)
		if err != nil || ours.View.Reader != forms.ReadsNotice || len(ours.View.Parts) != len(theirs.View.Parts) || !ours.At.Equal(theirs.At) {
			t.Errorf("OTDA reads another notice: %+v %v", ours, err)
		}
		if theirs.View.Item("summary") != nil || theirs.View.Item("needs") != nil || theirs.View.Item("countyFound") == nil || theirs.View.Item("reach") == nil {
			t.Errorf("%+v", theirs.View)
		}
		job := referrals.DrawLetter{Ref: ref, N: 1}
		drawn, ok, err := s.Door.LetterToDraw(t.Context(), job)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		if _, err := s.Door.KeepPaper(t.Context(), drawn, []byte("%PDF of the notice")); err != nil {
			t.Fatal(err)
		}
		if _, ok, err := s.Door.LetterToDraw(t.Context(), job); ok || err != nil {
			t.Errorf("drawn twice: %v", err)
		}
		if kept, err := s.Door.LetterPaper(t.Context(), s.As("ldss_erie"), ref, 1); err != nil || string(kept.Stored) != "%PDF of the notice" {
			t.Errorf("%q %v", kept.Stored, err)
		}
		hidden(t, s)
	})
}

// hidden fails when a kind of letter stands in clear: in a document's row or in
// the log.
func hidden(t *testing.T, s *demo.State) {
	t.Helper()
	err := s.DB.Do(t.Context(), func(tx *ent.Tx) error {
		docs, err := tx.Document.Query().Where(document.Kind(referrals.PaperLetter)).All(viewer.Job(t.Context(), "test"))
		if err != nil {
			return err
		}
		if len(docs) != 1 || strings.Contains(string(docs[0].Sealed), "PDF") {
			t.Errorf("%d documents, or one in clear", len(docs))
		}
		lines, err := tx.AuditEntry.Query().Where(auditentry.ActionIn("paper", "keep_paper", "draw_letter")).All(t.Context())
		for _, l := range lines {
			if strings.Contains(l.Reason+l.Action, "minor") || strings.Contains(l.Reason+l.Action, "confirm") {
				t.Errorf("the log says %q", l.Reason)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A letter names for help only what the directory holds as verified, says that
// others were left out, and to a person who lives with the trafficker names
// nobody near. What was signed does not change with the directory.
func TestLettersNameOnlyVerifiedHelp(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		help := func(n int, ref string, letter int) referrals.Help {
			t.Helper()
			paper, err := s.Door.LetterPaper(t.Context(), s.As("program"), ref, letter)
			if err != nil {
				t.Fatal(err)
			}
			if len(paper.Letter.Help.Lines) != 2 || paper.Letter.Help.Lines[0].Phone != "911" {
				t.Errorf("case %d: %+v", n, paper.Letter.Help.Lines)
			}
			return paper.Letter.Help
		}
		captive := refer(t, s, 1).Reference
		confirmed(t, s, captive)
		if got := help(1, captive, 1); !got.Silent || len(got.Near) > 0 {
			t.Errorf("a letter into the trafficker's home names %+v", got)
		}
		if got := help(1, captive, 2); got.Silent || len(got.Near) == 0 {
			t.Errorf("the agency is told nobody: %+v", got)
		}
		alone := refer(t, s, 7).Reference // Monroe: no verified provider
		confirmed(t, s, alone)
		if got := help(7, alone, 1); len(got.Near) != 0 || !got.LeftOut {
			t.Errorf("a contact that nobody verified is named: %+v", got)
		}
		letters(t, s, alone, "program", workflow.Sign, 0, titled)
		if got := help(7, alone, 1); len(got.Lines) != 2 || !got.LeftOut {
			t.Errorf("signed: %+v", got)
		}
	})
}

// What was signed stays as it was when the referrer tells another name
// afterwards; by which way the letter may go is asked of the newest answers: a
// person who now lives with the trafficker gets it from the referrer's hand alone.
func TestSignedLetterStaysAndTheWayFollowsTheAnswers(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 7).Reference
		tell := func(change func(r *forms.Referral)) {
			t.Helper()
			now := open(t, s, demo.Referrers[7], ref)
			_, err := s.Door.Tell(t.Context(), s.As(demo.Referrers[7]), referrals.Seen{Ref: ref, Rev: now.Rev}, workflow.Add,
				&forms.Deed{Deeds: forms.Deeds{Facts: "It is different now."}}, func(r *forms.Referral) forms.Problems { change(r); return nil })
			if err != nil {
				t.Fatal(err)
			}
		}
		tell(func(r *forms.Referral) {
			r.FamilyName, r.FamilyNameUnknown, r.Reach, r.Living = "Before", false, "through_attorney", "own_home"
			r.Release = append(slices.Clone(r.Release), "victims_attorney")
		})
		confirmed(t, s, ref)
		letters(t, s, ref, "program", workflow.Sign, 0, titled)
		ways := func() string {
			l, _ := letterOf(t, s, "program", ref, workflow.LetterConfirmation)
			var out []string
			for _, w := range l.Ways {
				out = append(out, string(w))
			}
			return strings.Join(out, " ")
		}
		if got := ways(); got != "by_attorney" {
			t.Fatalf("ways at first: %q", got)
		}
		tell(func(r *forms.Referral) { r.FamilyName, r.Living = "After", "with_trafficker" })
		if got := ways(); got != "by_referrer" {
			t.Errorf("ways now: %q", got)
		}
		if err := tryLetter(t, s, ref, "program", workflow.Deliver, 1, by(workflow.ByAttorney)); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("sent by the way that was safe before: %v", err)
		}
		paper, err := s.Door.LetterPaper(t.Context(), s.As("program"), ref, 1)
		if err != nil {
			t.Fatal(err)
		}
		if it := paper.View.Item("familyName"); it == nil || it.Text[0] != "Before" {
			t.Errorf("the signed letter names %+v", it)
		}
	})
}

// A person whom the trafficker still has, or who is in danger now, gets a letter
// that names nobody near, wherever the person lives; also one that was signed
// before anybody said so, while it is not in the person's hand. The agency reads
// who is near all the same.
func TestLettersAreSilentInDanger(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		safe := func(r *forms.Referral) { r.Living, r.LastContact, r.Danger = "own_home", "over_a_year", "no" }
		near := func(ref string, n int) referrals.Help {
			t.Helper()
			paper, err := s.Door.LetterPaper(t.Context(), s.As("program"), ref, n)
			if err != nil {
				t.Fatal(err)
			}
			return paper.Letter.Help
		}
		for name, change := range map[string]func(*forms.Referral){
			"still with": func(r *forms.Referral) { r.LastContact = "still_with" },
			"in danger":  func(r *forms.Referral) { r.Danger = "yes" },
		} {
			ref := sendsAs(t, s, 1, func(r *forms.Referral) { safe(r); change(r) })
			confirmed(t, s, ref)
			if got := near(ref, 1); !got.Silent || len(got.Near) > 0 {
				t.Errorf("%s: it names %+v", name, got)
			}
			if got := near(ref, 2); got.Silent || len(got.Near) == 0 {
				t.Errorf("%s: the agency is told nobody: %+v", name, got)
			}
			later := sendsAs(t, s, 1, safe)
			confirmed(t, s, later)
			letters(t, s, later, "program", workflow.Sign, 0, titled)
			if got := near(later, 1); got.Silent || len(got.Near) == 0 {
				t.Fatalf("%s: a person who is safe is told nobody: %+v", name, got)
			}
			drawn(t, s, later, 1)
			adds(t, s, "detective", later, change)
			if got := near(later, 1); !got.Silent || len(got.Near) > 0 {
				t.Errorf("%s: the signed letter names %+v", name, got)
			}
			if paper, _, err := s.Door.LetterToDraw(t.Context(), referrals.DrawLetter{Ref: later, N: 1}); err != nil || paper.Stored != nil {
				t.Errorf("%s: the paper that names them is kept, %v", name, err)
			}
		}
	})
}

// drawn keeps a paper of letter n, as the worker does.
func drawn(t *testing.T, s *demo.State, ref string, n int) {
	t.Helper()
	paper, ok, err := s.Door.LetterToDraw(t.Context(), referrals.DrawLetter{Ref: ref, N: n})
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if _, err := s.Door.KeepPaper(t.Context(), paper, []byte("%PDF")); err != nil {
		t.Fatal(err)
	}
}
