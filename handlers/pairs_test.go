package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"nysreferral/referrals"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

// twice sends both referrals of case 10 and does the jobs that they ask for.
func (s *stage) twice() (provider, police string) {
	s.t.Helper()
	provider = s.send(10)
	receipt, err := s.state.SendSecond(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, ref := range []string{provider, receipt.Reference} {
		if err := s.state.Door.Find(s.t.Context(), referrals.FindPairs{Ref: ref}); err != nil {
			s.t.Fatal(err)
		}
	}
	return provider, receipt.Reference
}

// Case 10 by the pages: DCJS reads why two referrals may be of one person,
// compares them without what is withheld or hard to read, says why it links
// them, and takes it back; the referrers' pages say nothing of it.
func TestPairByTheForms(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		provider, police := s.twice()
		pair := pairPath(police, provider)
		reviewer := s.at("reviewer")
		reviewer.mustShow(refPath(police), "Maybe the same person", "A part of the name", "The age fits", "The same place", pair, "Example House Shelter")
		page := reviewer.mustShow(pair, "Gutierrez Lopez", "Gutiérrez", "Starlight Motel", "of 100 points", "Decide later", "shown in the referral", "read in the referral", "Alike", "Same")
		for _, word := range []string{"Her passport was held", "A man at the desk", "518-555-0177"} {
			if strings.Contains(page, word) {
				t.Errorf("the comparison tells %q", word)
			}
		}
		bare := reviewer.post(pair+"/link", pair+"/link", url.Values{"reason": {""}})
		if bare.status != http.StatusUnprocessableEntity || !strings.Contains(bare.body, "Write the reason") {
			t.Errorf("without a reason: %d", bare.status)
		}
		to := reviewer.mustDo(pair+"/link", pair+"/link", url.Values{"reason": {"The same motel, name and age."}})
		reviewer.mustShow(to, "Linked. Both keep their own road.", "The same person", "Robin Hill")
		s.at("program").mustShow(refPath(provider), "Decided: the same person", "The same motel, name and age.")
		s.at("program").mustDo(pair+"/undo", pair+"/undo", url.Values{"reason": {"Too early."}})
		reviewer.mustDo(pairPath(provider, police)+"/dismiss", pairPath(provider, police)+"/dismiss", url.Values{"reason": {"Two people."}})
		reviewer.mustShow(refPath(police), "Not the same person", "Nothing is open.")
		s.silent(provider, police)
	})
}

// silent wants the pages of the referrers to say nothing of the other one.
func (s *stage) silent(provider, police string) {
	s.t.Helper()
	for key, refs := range map[string][2]string{"case_manager": {provider, police}, "shelter_lead": {provider, police}, "detective": {police, provider}} {
		for _, path := range []string{"/referrals", refPath(refs[0]), refPath(refs[0], "looks"), refPath(refs[0], "receipt")} {
			page := s.at(key).mustShow(path)
			for _, word := range []string{refs[1], "same person", "ompare"} {
				if strings.Contains(page, word) {
					s.t.Errorf("%s: %s tells %q", key, path, word)
				}
			}
		}
		for _, path := range []string{pairPath(refs[0], refs[1]), pairPath(refs[0], refs[1]) + "/link"} {
			there, absent := s.at(key).get(path), s.at(key).get(pairPath(refs[0], "7K4M-2QX9-C3TB-5"))
			if there.status != http.StatusNotFound || there.body != absent.body {
				s.t.Errorf("%s: %s answers %d", key, path, there.status)
			}
		}
	}
}

// OTDA reads that the person was handed over under the other referral before it
// sends, and has to say why it sends all the same; DCJS and the referrer see
// the proposal as ever.
func TestSecondHandoverByTheForms(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	provider, police := s.twice()
	for _, ref := range []string{provider, police} {
		if _, err := s.state.Take(t.Context(), ref, confirmed()...); err != nil {
			t.Fatal(err)
		}
	}
	program, page := s.at("program"), handoverPath(police, 1)
	program.mustDo(handoverPath(provider, 1), handoverPath(provider, 1, "send"), nil)
	pair := pairPath(police, provider)
	program.mustDo(pair+"/link", pair+"/link", url.Values{"reason": {"The same."}})
	program.mustShow(page, "Already handed over under another referral", provider, pair)
	program.mustShow(refPath(police), "Already handed over under another referral")
	if got := program.post(page+"/send", page+"/send", nil); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "handed over under another referral") {
		t.Errorf("sent without a reason: %d", got.status)
	}
	if text := s.at("reviewer").mustShow(refPath(police)); strings.Contains(text, "Already handed over") {
		t.Error("DCJS reads where the person is under the other one")
	}
	program.mustDo(page+"/send", page+"/send", url.Values{"reason": {"She wishes another provider."}})
	program.mustShow(page, "Sent")
}
