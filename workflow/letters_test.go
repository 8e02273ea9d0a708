package workflow

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// codes of the form that a rule of ways reads, and some that it does not know.
var (
	reaches = []string{"", "only_through_the_referrer", "directly", "through_attorney", "through_other_advocate", "by_drone"}
	livings = []string{"", "own_home", "with_family_or_friends", "domestic_violence_shelter", "homeless_shelter", "runaway_or_homeless_youth_program", "hospital",
		"foster_care_or_ldss_custody", "orr_custody", "jail_prison_or_detention", "with_trafficker", "street", "hotel", "other", "unknown", "on_the_moon"}
	knowing = []string{"", "yes", "no", "unsafe_to_tell"}
)

// everyReaching calls what for every mix of what the referral can say.
func everyReaching(what func(r Reaching)) {
	for _, reach := range reaches {
		for _, living := range livings {
			for _, knows := range knowing {
				for flags := range 64 {
					r := Reaching{Reach: reach, Living: living, Knows: knows, Minor: flags&1 > 0, Address: flags&2 > 0, Warned: flags&4 > 0, Released: flags&32 > 0}
					if flags&8 > 0 {
						r.LastSeen = "still_with"
					}
					if flags&16 > 0 {
						r.Danger = "yes"
					}
					what(r)
				}
			}
		}
	}
}

// A letter to a person who lives or is still with the trafficker, is in danger,
// does not know of the referral, or may be reached only through the referrer, and
// one about whom somebody wrote that something is not safe, goes by the
// referrer's hand and by no other way. Nothing that a referral can say, nor what it leaves
// out, permits more; only a person who may be reached directly gets mail, only a
// harmless letter, only an adult, and only at a safe address; the notice of
// confirmation is never mailed.
func TestWaysAreSafe(t *testing.T) {
	everyReaching(func(r Reaching) {
		for _, l := range Letters {
			ways := SafeWays(l.Kind, r)
			if l.To != ToPerson {
				if len(ways) != 1 || l.To == ToReferrer && ways[0] != OnPage || l.To == ToDistrict && ways[0] != ToInbox {
					t.Fatalf("%s: %v", l.Kind, ways)
				}
				continue
			}
			if len(ways) == 0 {
				t.Fatalf("%s, %+v: no way at all", l.Kind, r)
			}
			hand := r.Living == "with_trafficker" || r.LastSeen == "still_with" || r.Danger == "yes" || r.Warned || r.Knows == "no" || r.Knows == "unsafe_to_tell" || r.Reach == "only_through_the_referrer" || r.Reach == "through_other_advocate" || r.Reach == "through_attorney" && !r.Released || r.Reach == "" || r.Reach == "by_drone"
			if hand && !slices.Equal(ways, []Way{ByReferrer}) {
				t.Fatalf("%s, %+v: %v", l.Kind, r, ways)
			}
			for _, w := range ways {
				switch w {
				case ByReferrer:
					if !hand && r.Reach != "directly" {
						t.Fatalf("%s, %+v: the referrer's hand, although the person said otherwise", l.Kind, r)
					}
				case ByAttorney, ByAdvocate:
					if want := map[Way]string{ByAttorney: "through_attorney", ByAdvocate: "through_other_advocate"}[w]; r.Reach != want {
						t.Fatalf("%s, %+v: %s", l.Kind, r, w)
					}
				case ByMail:
					safe := slices.Contains([]string{"own_home", "domestic_violence_shelter", "homeless_shelter", "runaway_or_homeless_youth_program"}, r.Living)
					if l.Kind == LetterConfirmation || !l.Harmless || r.Reach != "directly" || !r.Address || r.Minor || !safe {
						t.Fatalf("%s, %+v: mailed", l.Kind, r)
					}
				default:
					t.Fatalf("%s, %+v: %s", l.Kind, r, w)
				}
			}
		}
	})
	if got := SafeWays("postcard", Reaching{Reach: "directly"}); got != nil {
		t.Errorf("a letter that there is not goes by %v", got)
	}
	mail := Reaching{Reach: "directly", Living: "own_home", Address: true}
	if got := SafeWays(LetterWithdrawal, mail); !slices.Equal(got, []Way{ByReferrer, ByMail}) {
		t.Errorf("a harmless letter to an adult at a safe address: %v", got)
	}
}

// OTDA alone mails, whoever signed: the director reads neither the address nor
// what is not safe. What one office sent, the other says nothing about.
func TestOnlyOTDAMails(t *testing.T) {
	everyReaching(func(r Reaching) {
		for _, l := range Letters {
			for _, d := range Duties() {
				for _, w := range WaysFor(d, l.Kind, r) {
					if w == ByMail && d != Program || w != ByMail && !slices.Contains(l.Signers, d) || !slices.Contains(SafeWays(l.Kind, r), w) {
						t.Fatalf("%s sends %s by %s, %+v", d, l.Kind, w, r)
					}
				}
			}
		}
	})
	mail := Reaching{Reach: "directly", Living: "own_home", Address: true}
	c := letterFor(Director)
	for _, tt := range []struct {
		who  Duty
		way  Way
		want bool
	}{{Director, ByMail, false}, {Director, ByReferrer, true}, {Program, ByMail, true}, {Program, ByReferrer, false}, {Reviewer, ByMail, false}, {Referrer, ByMail, false}} {
		c.Way, c.Reaching = tt.way, mail
		if _, err := NextLetter(person(tt.who), Deliver, Signed, c); (err == nil) != tt.want {
			t.Errorf("%s sends the letter after a decline %s: %v", tt.who, tt.way, err)
		}
		if _, err := NextLetter(person(tt.who), CouldNot, LetterSent, c); (err == nil) != (tt.want && tt.way == ByMail) {
			t.Errorf("%s says that the letter after a decline came back, sent %s: %v", tt.who, tt.way, err)
		}
	}
}

// letterMatrix is written by hand: who may do what to a letter, where nothing
// else stands in the way.
var letterMatrix = map[Duty]map[LetterStatus]string{
	Referrer: {LetterSent: "hand_over could_not"},
	Director: {Prepared: "sign stop", Signed: "deliver stop", LetterSent: "", NotHanded: "deliver stop"},
	Program:  {Prepared: "sign stop", Signed: "deliver stop", LetterSent: "", NotHanded: "deliver stop"},
}

// letterFor are circumstances in which nothing stands in the way of a letter
// that the duty signs, or hands over.
func letterFor(d Duty) Circumstances {
	c := allMet()
	c.Letter, c.Way, c.Referral, c.Reaching = LetterConfirmation, ByReferrer, Confirmed, Reaching{Reach: "only_through_the_referrer"}
	if d == Director {
		c.Letter, c.Referral = LetterNotConfirmed, Declined
	}
	return c
}

// What is not listed is refused: every duty, status and action on a letter.
func TestNextLetterRefusesWhatIsNotListed(t *testing.T) {
	for _, d := range append(Duties(), "", "owner") {
		for _, from := range append(LetterStatuses(), Unwritten, "lost") {
			want := strings.Fields(letterMatrix[d][from])
			for _, do := range append(LetterActions(), Submit, Send, "burn") {
				_, err := NextLetter(person(d), do, from, letterFor(d))
				if (err == nil) != slices.Contains(want, string(do)) {
					t.Errorf("%q, %s at %q: %v", d, do, from, err)
				}
			}
			var offered []string
			for _, o := range OpenLetter(person(d), from, letterFor(d)) {
				offered = append(offered, string(o.Do))
			}
			slices.Sort(offered)
			slices.Sort(want)
			if !slices.Equal(offered, want) {
				t.Errorf("%q at %q is offered %v, want %v", d, from, offered, want)
			}
		}
	}
}

// Each need of a letter refuses alone, and says which one it is.
func TestLetterNeedsRefuse(t *testing.T) {
	stranger := person(Referrer)
	stranger.ID, stranger.Agency = 77, 78
	if _, err := NextLetter(stranger, HandOver, LetterSent, letterFor(Referrer)); err == nil {
		t.Error("a stranger says that a letter was handed over")
	}
	for _, tt := range []struct {
		name string
		who  Duty
		do   Action
		from LetterStatus
		turn func(c *Circumstances)
		want Guard
	}{
		{"another office's letter is signed", Director, Sign, Prepared, func(c *Circumstances) { c.Letter = LetterConfirmation }, LetterSigner},
		{"and the other way round", Program, Sign, Prepared, func(c *Circumstances) { c.Letter = LetterNotConfirmed }, LetterSigner},
		{"a notice that nobody signs is signed", Program, Sign, Prepared, func(c *Circumstances) { c.Letter = LetterMinor }, LetterSigner},
		{"a letter of no kind is signed", Program, Sign, Prepared, func(c *Circumstances) { c.Letter = "" }, LetterSigner},
		{"a confirmation is sent after a withdrawal", Program, Deliver, Signed, func(c *Circumstances) { c.Referral = Withdrawn }, LetterTime},
		{"a decline is signed that was reopened", Director, Sign, Prepared, func(c *Circumstances) { c.Referral = InReview }, LetterTime},
		{"a confirmation is mailed", Program, Deliver, Signed, func(c *Circumstances) { c.Way = ByMail }, SafeWay},
		{"a letter is sent by no way", Program, Deliver, Signed, func(c *Circumstances) { c.Way = "" }, SafeWay},
		{"through the attorney, although the person lives with the trafficker", Program, Deliver, NotHanded,
			func(c *Circumstances) {
				c.Way, c.Reaching = ByAttorney, Reaching{Reach: "through_attorney", Living: "with_trafficker"}
			}, SafeWay},
		{"the referrer speaks for the attorney", Referrer, HandOver, LetterSent, func(c *Circumstances) { c.Way = ByAttorney }, HandedByReferrer},
		{"OTDA speaks for the referrer", Program, HandOver, LetterSent, func(c *Circumstances) {}, HandedByOffice},
		{"the referrer gives no reason", Referrer, CouldNot, LetterSent, func(c *Circumstances) { c.HasReason = false }, ReasonGiven},
		{"a letter is stopped without a reason", Program, Stop, Signed, func(c *Circumstances) { c.HasReason = false }, ReasonGiven},
	} {
		c := letterFor(tt.who)
		tt.turn(&c)
		_, err := NextLetter(person(tt.who), tt.do, tt.from, c)
		var r *Refusal
		if !errors.As(err, &r) || r.Guard != tt.want {
			t.Errorf("%s: %v, want refusal by %s", tt.name, err, tt.want)
		}
	}
	c := letterFor(Program)
	c.Way = ByMail
	if _, err := NextLetter(person(Program), CouldNot, LetterSent, c); err != nil {
		t.Errorf("mail that comes back: %v", err)
	}
}

// Every letter has a name, a source and somebody who is told; whoever signs it
// can, and a letter that goes out by itself has nobody.
func TestLettersAreWhole(t *testing.T) {
	for _, l := range Letters {
		if l.Name == "" || l.Law == "" || l.After == "" || (len(l.Signers) == 0) != (l.To == ToDistrict) || len(l.Signers) > 0 && len(l.At) == 0 {
			t.Errorf("%+v", l)
		}
		if l.Harmless && l.To != ToPerson {
			t.Errorf("%s is harmless for nobody", l.Kind)
		}
		for _, d := range l.Signers {
			c := letterFor(d)
			c.Letter, c.Referral = l.Kind, l.At[0]
			if _, err := NextLetter(person(d), Sign, Prepared, c); err != nil {
				t.Errorf("%s signs %s: %v", d, l.Kind, err)
			}
		}
	}
	if EndsLetters(Withdraw, LetterWithdrawal) || !EndsLetters(Withdraw, LetterConfirmation) || !EndsLetters(Appeal, LetterNotConfirmed) || EndsLetters(Confirm, LetterConfirmation) {
		t.Error("the wrong letters are stopped")
	}
	if len(LettersAfter(Confirm)) != 2 || len(LettersAfter(Submit)) != 0 {
		t.Error("the wrong letters are written")
	}
}

// Words that tell are found however they are written; plain words are not.
func TestHarmful(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "",
		"What we know is not enough yet.":   "",
		"New facts can be sent at any time": "",
		"You have not been TRAFFICKED.":     "TRAFFICKED",
		"the Police, and police officers":   "Police police officers",
		"anti-trafficking, sex-work":        "trafficking sex",
		"no force, fraud or coercion":       "force fraud coercion",
	} {
		if got := strings.Join(Harmful(text), " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
