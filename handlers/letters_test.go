package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workers"
	"nysreferral/workflow"
)

// withLetters has the site show and draw letters as the program does.
func withLetters(d *Deps) { d.Letter, d.Draw = workers.Letter, workers.Draw }

// The letters after a confirmation are read together, signed together and sent,
// the one to the person into the referrer's hand and by no other way; the
// referrer sees that it is there and says that it could not be handed over, then
// that it was.
func TestLettersAreReadSignedAndSent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, withLetters)
		ref := s.send(1, confirmed()...)
		desk := lettersPath(ref)
		for _, other := range []string{"detective", "case_manager", "rhtp_harbor", "ldss_erie", "administrator", "auditor", "coordinator"} {
			if got := s.at(other).get(desk); got.status != http.StatusNotFound {
				t.Errorf("%s opens the letters: %d", other, got.status)
			}
			if got := s.at(other).post("/accessibility", desk, url.Values{"title": {"x"}, "_rev": {"1"}}); got.status != http.StatusNotFound {
				t.Errorf("%s signs: %d", other, got.status)
			}
		}
		if strings.Contains(s.at("detective").mustShow(refPath(ref), "OTDA writes a letter"), "hand it over safely") {
			t.Error("the detective is told of a letter that nobody has signed")
		}
		b := s.at("program")
		b.mustShow(tasksPath, "Letters wait to be signed and sent.", desk)
		b.mustShow(refPath(ref), "Read, sign and send the letters")
		b.mustShow(desk, "Notice of confirmation", "Notice to the referring agency", "To be signed", "Nobody has signed this letter yet", "State-confirmed is not federally certified",
			"2 letters wait for your signature", "Not translated yet", "Spanish", "For this person the referral says", "With the trafficker")
		if got := b.post(desk, desk, url.Values{"title": {""}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Enter your title") {
			t.Errorf("signed without a title: %d", got.status)
		}
		b.mustDo(desk, desk, url.Values{"title": {"Program Manager"}})
		page := b.mustShow(desk, "Signed by", "Program Manager", "By the referrer’s own hand", "The referral permits no other")
		if strings.Contains(page, "By mail") || strings.Contains(page, "waits for your signature") {
			t.Error("the page offers a way that is not safe, or to sign again")
		}
		if got := b.post(desk, letterPath(ref, 1)+"/deliver", url.Values{"way": {"by_mail"}}); got.status != http.StatusForbidden {
			t.Errorf("mailed: %d", got.status)
		}
		b.mustDo(desk, letterPath(ref, 1)+"/deliver", url.Values{"way": {"by_referrer"}})
		b.mustDo(desk, letterPath(ref, 2)+"/deliver", url.Values{"way": {"on_page"}})

		d := s.at("detective")
		d.mustShow("/referrals", "Letters to hand over", "A letter for the person is ready")
		d.mustShow(refPath(ref), "A letter for the person is ready: hand it over safely.", letterPath(ref, 1), "Notice to the referring agency")
		d.mustShow(letterPath(ref, 1), "Hand it to the person yourself", "Only through", "I handed it over", "I could not")
		if got := d.get(paperPath(ref, referrals.PaperLetter, 1)); got.status != http.StatusOK || !strings.HasPrefix(got.body, "%PDF") || got.header.Get("Content-Disposition") != `inline; filename="document.pdf"` {
			t.Errorf("the letter: %d, %s", got.status, got.header.Get("Content-Disposition"))
		}
		could := letterPath(ref, 1) + "/could_not"
		if got := d.post(could, could, url.Values{"reason": {""}}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("could not, without a reason: %d", got.status)
		}
		d.mustDo(could, could, url.Values{"reason": {"Nobody was alone with the person."}})
		d.mustShow(letterPath(ref, 1), "You said that you could not hand it over")
		b.mustShow(desk, "Could not be handed over", "Nobody was alone with the person.", "Send again", "Do not send it again")
		b.mustDo(desk, letterPath(ref, 1)+"/deliver", url.Values{"way": {"by_referrer"}})
		d.mustDo(letterPath(ref, 1), letterPath(ref, 1)+"/hand_over", nil)
		d.mustShow(letterPath(ref, 1), "You said on")
		b.mustShow(desk, "Handed over on")
	})
}

// A decline is signed by the director, in words that harm nobody who carries
// them; a word that tells comes back at its field with all that was typed.
func TestLetterAfterADecline(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, withLetters)
		ref := s.send(9, append(append([]demo.Step{}, demo.ToDecision...), demo.Decline...)...)
		desk := lettersPath(ref)
		b := s.at("director")
		b.mustShow(desk, "Letter after a decline", "is written when the letter is signed", "The reason, as the person reads it")
		got := b.post(desk, desk, url.Values{"title": {"Director"}, "reasonForPerson": {"The police did not see force."}})
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Say it without these words: police, force.") || !strings.Contains(got.body, "The police did not see force.") {
			t.Errorf("a word that tells: %d", got.status)
		}
		b.mustDo(desk, desk, url.Values{"title": {"Director"}, "reasonForPerson": {"It would help to know who kept the papers."}})
		b.mustShow(desk, "It would help to know who kept the papers.", "Signed by")
		s.at("program").mustShow(desk, "Letter after a decline")
		if got := s.at("program").get(letterPath(ref, 1) + "/stop"); got.status != http.StatusConflict {
			t.Errorf("OTDA stops a letter of DCJS: %d", got.status)
		}
	})
}

// A withdrawn referral shows its one letter, and OTDA signs it from there.
func TestLetterAfterAWithdrawal(t *testing.T) {
	s := newStage(t, storetest.SQLite(t), withLetters)
	ref := s.send(1, demo.Step{Who: "detective", Do: workflow.Withdraw, Deed: func(d *forms.Deed) { d.Reason = "Asked by the person." }})
	b := s.at("program")
	b.mustShow(refPath(ref), "Read, sign and send the letters")
	page := b.mustShow(lettersPath(ref), "Letter after a withdrawal", "It is locked away")
	if strings.Contains(page, "With the trafficker") || strings.Contains(page, told) {
		t.Error("the answers of a withdrawn referral stand on the page")
	}
	b.mustDo(lettersPath(ref), lettersPath(ref), url.Values{"title": {"Program Manager"}})
	b.mustDo(lettersPath(ref), letterPath(ref, 1)+"/deliver", url.Values{"way": {"by_referrer"}})
	s.at("detective").mustShow(refPath(ref), "A letter for the person is ready")
	s.at("detective").mustDo(letterPath(ref, 1), letterPath(ref, 1)+"/hand_over", nil)
}
