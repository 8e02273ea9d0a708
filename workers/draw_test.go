package workers_test

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nysreferral/cases"
	"nysreferral/demo"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/pdf/pdftest"
	"nysreferral/referrals"
	"nysreferral/seal"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workers"
	"nysreferral/workflow"
)

// world is the made-up State on db, with case n sent and its reference.
func world(t *testing.T, db *store.DB, n int) (*demo.State, string) {
	t.Helper()
	start := cases.Load(n).Now
	file := filepath.Join(t.TempDir(), "key")
	if err := seal.Create(file, start); err != nil {
		t.Fatal(err)
	}
	ring, err := seal.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := demo.New(db, ring, demo.NewClock(start, time.Now), time.Now, 10)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Populate(t.Context()); err != nil {
		t.Fatal(err)
	}
	receipt, err := s.Send(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return s, receipt.Reference
}

// text is the text of a PDF, with single spaces.
func text(t *testing.T, pdf []byte) string {
	t.Helper()
	return strings.Join(strings.Fields(pdftest.Text(t, pdf)), " ")
}

// A kind of paper that nobody knows is refused, and one that belongs to nobody's view too.
func TestDrawRefuses(t *testing.T) {
	if _, err := workers.Draw(t.Context(), referrals.Paper{Kind: "letter", At: time.Unix(0, 0)}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an unknown kind: %v", err)
	}
	for _, kind := range []string{referrals.PaperReceipt, referrals.PaperReferral, referrals.PaperFile, referrals.PaperPacket, referrals.PaperLetter} {
		if out, err := workers.Draw(t.Context(), referrals.Paper{Kind: kind, At: time.Unix(0, 0), View: forms.View{Reader: forms.ReadsWaiting}}); err == nil {
			t.Errorf("%s for a recipient that waits: %d bytes", kind, len(out))
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := workers.Draw(ended, referrals.Paper{Kind: referrals.PaperConsent, At: time.Unix(0, 0)}); err == nil {
		t.Error("drawn for nobody who waits")
	}
}

// A paper that was kept is given out as it was kept.
func TestDrawKept(t *testing.T) {
	out, err := workers.Draw(t.Context(), referrals.Paper{Kind: referrals.PaperPacket, Stored: []byte("as kept")})
	if err != nil || string(out) != "as kept" {
		t.Errorf("%q, %v", out, err)
	}
}

// The blank consent sheet is drawn from a moment alone.
func TestDrawConsent(t *testing.T) {
	out, err := workers.Draw(t.Context(), referrals.Paper{Kind: referrals.PaperConsent, At: cases.Load(2).Now})
	if err != nil {
		t.Fatal(err)
	}
	if got := text(t, out); !strings.Contains(got, "Consent to a referral") || strings.Contains(got, "Version") {
		t.Error(got)
	}
}

// What cannot be printed is logged as a number: neither the character nor the name it stands in.
func TestDrawLogsNoContent(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	r := new(forms.Referral)
	r.FamilyName = "Lopez \U0001F600"
	paper := referrals.Paper{Kind: referrals.PaperReferral, Reference: "7K4M-2QX9-C3TB-5", At: cases.Load(1).Now, View: forms.NewView(forms.Sight{Reader: forms.ReadsReferrer}, r, nil)}
	out, err := workers.Draw(t.Context(), paper)
	if err != nil {
		t.Fatal(err)
	}
	if said := log.String(); !strings.Contains(said, "characters=1") || !strings.Contains(said, "paper=referral") ||
		strings.Contains(said, "Lopez") || strings.Contains(said, "1F600") || strings.Contains(said, "\U0001F600") || strings.Contains(said, "7K4M") {
		t.Errorf("the log says %q", said)
	}
	if got := text(t, out); !strings.Contains(got, "Lopez [U+1F600 cannot be printed]") {
		t.Error(got)
	}
}

// Through the door: each paper of a referral is drawn for whom it is, twice with the same bytes, and what each reader
// must not read does not stand in it.
func TestDrawPapers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, ref := world(t, db, 1)
		draw := func(who, kind string, n int) string {
			t.Helper()
			paper, err := s.Door.Paper(t.Context(), s.As(who), ref, kind, n)
			if err != nil {
				t.Fatalf("%s for %s: %v", kind, who, err)
			}
			out, err := workers.Draw(t.Context(), paper)
			if err != nil {
				t.Fatalf("%s for %s: %v", kind, who, err)
			}
			if again, err := workers.Draw(t.Context(), paper); err != nil || !bytes.Equal(out, again) {
				t.Errorf("%s for %s: other bytes, %v", kind, who, err)
			}
			return text(t, out)
		}
		holds := func(name, got string, want []string, never ...string) {
			t.Helper()
			for _, w := range want {
				if !strings.Contains(got, w) {
					t.Errorf("%s lacks %q:\n%s", name, w, got)
				}
			}
			for _, n := range never {
				if strings.Contains(got, n) {
					t.Errorf("%s says %q", name, n)
				}
			}
		}
		const story = "A recruiter promised a job"
		holds("receipt", draw("detective", referrals.PaperReceipt, 0), []string{ref, "November 6, 2026, 5:00 pm", "November 2, 2026, 10:15 am"}, story, "刘", "Flushing")
		holds("referral", draw("detective", referrals.PaperReferral, 0), []string{ref, story, "刘", "Your name"}, "withheld")
		if _, err := s.Take(t.Context(), ref, append(demo.ToDecision, demo.Confirm)...); err != nil {
			t.Fatal(err)
		}
		holds("file of DCJS", draw("reviewer", referrals.PaperFile, 0), []string{story, "Withheld", "Name of the referrer", "file of DCJS"}, "Other status, no status, or pending")
		holds("file of OTDA", draw("program", referrals.PaperFile, 0), []string{"Other status, no status, or pending", "file of OTDA"}, story)
		confirmation := string(workflow.LetterConfirmation)
		if _, err := s.Door.Paper(t.Context(), s.As("detective"), ref, confirmation, 0); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a letter that nobody has signed: %v", err)
		}
		holds("preview", draw("program", confirmation, 0), []string{ref, "Nobody has signed this letter yet", "刘"}, story, "Code")
		if _, err := s.Take(t.Context(), ref, demo.Letters...); err != nil {
			t.Fatal(err)
		}
		letter := draw("detective", confirmation, 0)
		holds("notice", letter, []string{ref, "Code", "November 2, 2026", "刘", "March 9, 1984", "Program Manager", "State-confirmed is not federally certified"}, story, "Police Department", "Nobody has signed")
		if draw("program", confirmation, 0) != letter {
			t.Error("the notice depends on who prints it")
		}
		holds("notice to the agency", draw("detective", string(workflow.LetterAgency), 0), []string{ref, "Never mail it", "Example Police Department"}, story, "刘")
		if _, err := s.Take(t.Context(), ref, demo.Step{Who: "program", Do: workflow.Send, N: 1}, demo.Step{Who: "rhtp_harbor", Do: workflow.Accept, N: 1}); err != nil {
			t.Fatal(err)
		}
		packet := strings.ReplaceAll(draw("rhtp_harbor", referrals.PaperPacket, 0), "detective@example.org", "the referrer's address")
		holds("packet", packet, []string{"The person lives with the trafficker.", "刘", "Fuzhounese", "the referrer's address"}, story, "Flushing", "detective")
	})
}

// The paper of a letter is drawn once by its job and kept, and given out as it was kept; a job for a letter that is gone
// does nothing. The words that a page shows before the signature are those of the paper.
func TestDrawLetters(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, ref := world(t, db, 3)
		deps := workers.Deps{Referrals: s.Door, Draw: workers.Draw}
		if _, err := workers.Letter(referrals.Paper{Kind: referrals.PaperReceipt}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a receipt is shown as a letter: %v", err)
		}
		for range 2 { // a job may run twice
			if err := deps.DrawLetter(t.Context(), referrals.DrawLetter{Ref: ref, N: 1}); err != nil {
				t.Fatal(err)
			}
		}
		if err := deps.DrawLetter(t.Context(), referrals.DrawLetter{Ref: ref, N: 9}); err != nil {
			t.Errorf("a letter that there is not: %v", err)
		}
		paper, err := s.Door.LetterPaper(t.Context(), s.As("ldss_erie"), ref, 1)
		if err != nil || len(paper.Stored) == 0 {
			t.Fatal(len(paper.Stored), err)
		}
		for _, want := range []string{"Minor Individual Referred", "Erie", ref, "It is not a confirmation", "Generated for"} {
			if got := text(t, paper.Stored); !strings.Contains(got, want) {
				t.Errorf("the notice lacks %q: %s", want, got)
			}
		}
		blocks, err := workers.Letter(paper)
		if err != nil || len(blocks) < 5 || !strings.Contains(text(t, paper.Stored), blocks[0].Heading) {
			t.Errorf("%v %v", blocks, err)
		}
	})
}
