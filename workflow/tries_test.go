package workflow

import "testing"

// A try keeps to what the referral says, or to nothing: where nothing is said
// only the referrer's hand is safe, no message is left where none may be, and a
// way that nobody knows is never safe.
func TestSafeTry(t *testing.T) {
	open := Reaching{Reach: "directly", Phone: true, Messages: true, Texts: true, Email: true}
	with := func(change func(r *Reaching)) Reaching { r := open; change(&r); return r }
	for _, tt := range []struct {
		name string
		try  Try
		r    Reaching
		want bool
	}{
		{"nothing is said, by phone", Try{How: "phone"}, Reaching{}, false},
		{"nothing is said, in person", Try{How: "in_person"}, Reaching{}, false},
		{"nothing is said, through the referrer", Try{How: "through_the_referrer"}, Reaching{}, true},
		{"only through the referrer, by phone", Try{How: "phone"}, with(func(r *Reaching) { r.Reach = "only_through_the_referrer" }), false},
		{"only through the referrer, through an attorney", Try{How: "through_attorney_or_advocate"}, with(func(r *Reaching) { r.Reach = "only_through_the_referrer" }), false},
		{"through an attorney whom no release names", Try{How: "through_attorney_or_advocate"}, with(func(r *Reaching) { r.Reach = "through_attorney" }), false},
		{"directly, through an attorney whom no release names", Try{How: "through_attorney_or_advocate"}, open, false},
		{"through an advocate, whom no release can name", Try{How: "through_attorney_or_advocate"}, with(func(r *Reaching) { r.Reach, r.Released = "through_other_advocate", true }), false},
		{"only through the referrer, though a release names the attorney", Try{How: "through_attorney_or_advocate"}, with(func(r *Reaching) { r.Reach, r.Released = "only_through_the_referrer", true }), false},
		{"through an attorney whom the release names", Try{How: "through_attorney_or_advocate"}, with(func(r *Reaching) { r.Reach, r.Released = "through_attorney", true }), true},
		{"directly, through an attorney whom the release names", Try{How: "through_attorney_or_advocate"}, with(func(r *Reaching) { r.Released = true }), true},
		{"through an attorney, by e-mail to the person", Try{How: "email"}, with(func(r *Reaching) { r.Reach = "through_attorney" }), false},
		{"directly, by phone", Try{How: "phone"}, open, true},
		{"directly, without a number", Try{How: "phone"}, with(func(r *Reaching) { r.Phone = false }), false},
		{"no message may be left", Try{How: "phone", LeftMessage: true}, with(func(r *Reaching) { r.Messages = false }), false},
		{"nobody answered, and no message may be left", Try{How: "phone"}, with(func(r *Reaching) { r.Messages = false }), true},
		{"no text may be sent", Try{How: "text_message"}, with(func(r *Reaching) { r.Texts = false }), false},
		{"no e-mail is given", Try{How: "email"}, with(func(r *Reaching) { r.Email = false }), false},
		{"at the door of somebody who lives with the trafficker", Try{How: "in_person"}, with(func(r *Reaching) { r.Living = "with_trafficker" }), false},
		{"at the door of somebody who is still with the trafficker", Try{How: "in_person"}, with(func(r *Reaching) { r.LastSeen = "still_with" }), false},
		{"the person came", Try{How: "in_person", Reached: true}, Reaching{Reach: "only_through_the_referrer"}, true},
		{"at the door of somebody in danger now", Try{How: "in_person"}, with(func(r *Reaching) { r.Danger = "yes" }), false},
		{"reached where the trafficker lives", Try{How: "in_person", Reached: true}, with(func(r *Reaching) { r.Living = "with_trafficker" }), false},
		{"reached while still with the trafficker", Try{How: "in_person", Reached: true}, with(func(r *Reaching) { r.LastSeen = "still_with" }), false},
		{"reached while in danger", Try{How: "in_person", Reached: true}, with(func(r *Reaching) { r.Danger = "yes" }), false},
		{"by pigeon", Try{How: "pigeon"}, open, false},
		{"by no way", Try{}, open, false},
	} {
		if got := SafeTry(tt.try, tt.r); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

// What is said of a way before it is tried is what the log says of it after:
// every way of the form is marked, and none as permitted that would alarm.
func TestPermitsAgreesWithTheLog(t *testing.T) {
	for _, r := range []Reaching{{}, {Reach: "only_through_the_referrer", Phone: true, Texts: true}, {Reach: "directly", Phone: true}, {Reach: "directly", Phone: true, Messages: true, Texts: true, Email: true, Danger: "yes"},
		{Reach: "through_attorney", Released: true}} {
		list := Permits(r)
		if len(list) != len(TryRules) {
			t.Fatalf("%d ways are marked, of %d", len(list), len(TryRules))
		}
		for _, p := range list {
			for try, want := range map[Try]bool{{How: p.How}: p.Try, {How: p.How, LeftMessage: true}: p.Message, {How: p.How, Reached: true}: p.Reached} {
				if got := SafeTry(try, r); got != want {
					t.Errorf("%+v of %+v is marked %v, and the log says %v", try, r, want, got)
				}
			}
		}
	}
}
