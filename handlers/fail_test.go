package handlers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/registry"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// Every kind of refusal has its status, also wrapped, and whatever is no
// refusal is our own failure.
func TestStatusOf(t *testing.T) {
	for want, err := range map[int]error{
		404: fault.Absent(),
		403: fmt.Errorf("handlers: x: %w", fault.New(fault.Forbidden, "No.")),
		409: fault.New(fault.Conflict, "Late."),
		422: forms.Problems{{Message: "No."}},
		401: fault.New(fault.Unauthorized, "Who?"),
		429: fault.New(fault.TooMany, "Slow."),
		413: &http.MaxBytesError{},
		503: fmt.Errorf("reading: %w", context.DeadlineExceeded),
		400: echo.NewHTTPError(400),
		500: errors.New("disk is full"),
	} {
		if got := statusOf(err); got != want {
			t.Errorf("%v: %d, wants %d", err, got, want)
		}
	}
	if got := statusOf(registry.Problems{{Say: "No."}}); got != 422 {
		t.Errorf("problems of the registry: %d", got)
	}
	if got := statusOf(echo.NewHTTPError(502)); got != 500 {
		t.Errorf("a status that we do not speak: %d", got)
	}
}

// A panic is our own failure: the answer has a number that the log has too,
// and neither holds what was being worked on.
func TestPanicTellsNothing(t *testing.T) {
	s := newSite(t, storetest.SQLite(t), func(d *Deps) {
		d.API = func(g *echo.Group) { g.GET("/panic", func(echo.Context) error { panic("Wanda Example") }) }
	})
	got := s.browser().get("/api/v1/panic")
	if got.status != 500 || !strings.HasPrefix(got.header.Get("Content-Type"), "application/problem+json") {
		t.Errorf("answers %d %s", got.status, got.header.Get("Content-Type"))
	}
	_, rest, ok := strings.Cut(got.body, `"number":"`)
	if number, _, _ := strings.Cut(rest, `"`); !ok || len(number) != 8 || !strings.Contains(s.log.String(), number) {
		t.Errorf("no number joins answer and log: %s", got.body)
	}
	if strings.Contains(got.body, "Wanda") || strings.Contains(s.log.String(), "Wanda") {
		t.Error("what was being worked on was told")
	}
	if got := s.browser().get("/api/v1/none"); strings.Contains(got.body, "number") {
		t.Error("a refusal has a number")
	}
}

// Above the limit of drafts in an hour the referrer is asked to wait.
func TestTooManyDrafts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, b := harbor(t, db)
		s.referrals.Options.DraftsAnHour = 2
		b.begin()
		b.begin()
		if got := b.post("/referrals", "/referrals", nil); got.status != http.StatusTooManyRequests || !strings.Contains(got.body, "Wait a while") {
			t.Errorf("the third answers %d", got.status)
		}
	})
}

// An account that is disabled is out at its next request.
func TestDisabledAccountIsOut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db)
		agency := s.agency("Harbor House", "social_service_provider", workflow.SideProvider)
		email, _ := s.account(agency, workflow.Referrer, "Ada Example")
		_, coordinator := s.account(agency, workflow.Coordinator, "Bea Example")
		b := s.browser()
		b.signIn(email)
		list, err := s.registry.Accounts(t.Context(), coordinator, registry.AccountFilter{})
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range list {
			if a.Email == email {
				if err := s.registry.Disable(t.Context(), coordinator, a.ID, a.Rev); err != nil {
					t.Fatal(err)
				}
			}
		}
		if got := b.get("/referrals"); got.status != http.StatusSeeOther || !strings.HasPrefix(got.to(), "/sign-in") {
			t.Errorf("still in: %d", got.status)
		}
	})
}

// The public page on help lists every county, also without a checked line.
func TestEveryCountyIsListed(t *testing.T) {
	s := newSite(t, storetest.SQLite(t))
	if err := s.registry.Dedicate(t.Context(), registry.Demo); err != nil {
		t.Fatal(err)
	}
	if _, err := s.registry.SeedDemo(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := s.browser().get("/get-help")
	if !strings.Contains(got.body, "Checked by the State on") {
		t.Error("no checked line is shown")
	}
	if n := strings.Count(got.body, `class="county"`); got.status != 200 || n != 62 {
		t.Errorf("%d, %d counties", got.status, n)
	}
}
