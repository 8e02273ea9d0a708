package handlers

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"nysreferral/store"
	"nysreferral/store/storetest"
)

// Whoever leaves a page while it is being saved finds on the next one what was
// typed, even if the next one was asked for first. A page that was left in
// another way does not wait, and one whose save never comes is shown all the
// same.
func TestPageWaitsForTheSaveBefore(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		_, b := harbor(t, db)
		page := b.begin() + "/sections/C"
		before := b.get(page)
		leaving := []string{"Cookie", leaveCookie + "=1"}
		shown := make(chan url.Values)
		go func() { shown <- typedFrom(b.get(page, leaving...).body) }()
		time.Sleep(patience / 10) // the save comes second
		if got := b.fields(page).Get("familyName"); got != "" {
			t.Errorf("another page shows %q", got)
		}
		if got := b.save(page, before, url.Values{"familyName": {"Quoin"}}, leaving...); got.status != http.StatusSeeOther {
			t.Errorf("the save answers %d", got.status)
		}
		if got := (<-shown).Get("familyName"); got != "Quoin" {
			t.Errorf("the page that was asked for before it was saved shows %q", got)
		}
		if got := b.get(page, "Cookie", leaveCookie+"=2"); got.status != http.StatusOK {
			t.Errorf("the page of a save that never came answers %d", got.status)
		}
	})
}

// A stranger who sends marks as long as a header may be has the program hold no
// more for each than somebody with a short one.
func TestLongMarksAreHeldShort(t *testing.T) {
	var o inOrder
	for i := range 3 {
		o.of(keyOf(strings.Repeat("s", 30<<10), strconv.Itoa(i)))
	}
	o.of(keyOf(strings.Repeat("s", 30<<10), "0"))
	if len(o.leaves) != 3 {
		t.Fatalf("%d leaves of three marks", len(o.leaves))
	}
	for key := range o.leaves {
		if n := len(key); n > 64 {
			t.Errorf("%d bytes are held of a mark", n)
		}
	}
}
