package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"nysreferral/auth"
	"nysreferral/config"
	"nysreferral/demo"
	"nysreferral/forms"
)

const (
	guesses = 200 // of references: ten times what ends a session
	atOnce  = 10  // requests that ffuf has under way

	// readings is how many referrals there are to read: more than three times the
	// largest budget, and no more than one account may send within an hour.
	readings = 190

	// readsStop is how many times its budget an account reads at most.
	readsStop = 3
)

// limitsHold reads and guesses too much, at a program with the limits as they are.
// All other attacks meet a program that holds up nobody, or they would try nothing
// but the limits; there the same has to go through, or this has shown nothing.
func limitsHold(ctx context.Context, r *run, t *target) ([]string, error) {
	if t.flawed {
		n, err := r.guess(ctx, t.plain+"/item?id=FUZZ")
		return notStopped(nil, "guessing", n, auth.MissesEnd+atOnce), err
	}
	limited, err := t.again(ctx)
	if err != nil {
		return nil, err
	}
	defer limited.close()
	out, err := limited.tooMuch(ctx, r)
	if err != nil {
		return nil, err
	}
	for _, p := range limited.people {
		if p.duty == "recipient" || p.duty == "program" {
			continue // they guessed
		}
		if err := limited.lives(ctx, p); err != nil {
			return nil, fmt.Errorf("somebody else was held up: %w", err)
		}
	}
	control, err := t.tooMuch(ctx, r)
	if err == nil && len(control) != waysTooMuch {
		err = fmt.Errorf("without limits only %d of %d ways go through: %s", len(control), waysTooMuch, strings.Join(control, "; "))
	}
	return out, err
}

// waysTooMuch is how many there are in tooMuch.
const waysTooMuch = 4

// tooMuch guesses references by pages and by a program, reads by both, and returns
// what was not stopped.
func (t *target) tooMuch(ctx context.Context, r *run) ([]string, error) {
	refs, err := t.sent(ctx, readings)
	if err != nil {
		return nil, err
	}
	budgets := config.Default().Limits
	reader := t.of("referrer")
	n, err := r.opened(ctx, refs, t.plain+"/referrals/FUZZ", "-H", "Cookie: "+reader.cookie, "-fr", "Confirm that it is you") // which is answered 200, too
	if err != nil {
		return nil, err
	}
	out := notStopped(nil, "reading by the pages", n, readsStop*budgets.ReadsReferrer)
	m, err := r.opened(ctx, refs, t.plain+"/api/v1/referrals/FUZZ", "-H", "Authorization: Bearer "+t.of("reviewer").token)
	if err != nil {
		return nil, err
	}
	out = notStopped(out, "reading by a program", m, readsStop*budgets.ReadsState)
	if len(out) == 0 && (n != readsStop*budgets.ReadsReferrer || m != readsStop*budgets.ReadsState) {
		return nil, fmt.Errorf("%d and %d referrals were opened before the end: that is none of our limits", n, m)
	}
	guesser := t.of("recipient")
	k, err := r.guess(ctx, t.plain+"/referrals/FUZZ", "-H", "Cookie: "+guesser.cookie)
	if err != nil {
		return nil, err
	}
	most := auth.MissesEnd + atOnce
	if t.lives(ctx, guesser) == nil && k <= most {
		return nil, fmt.Errorf("only %d guesses were answered, and the session lives on", k)
	}
	out = notStopped(out, "guessing by the pages", k, most)
	l, err := r.guess(ctx, t.plain+"/api/v1/referrals/FUZZ", "-H", "Authorization: Bearer "+t.of("program").token)
	fmt.Fprintf(r.log, "   of %d referrals %d were opened by pages and %d by a program; of %d guesses %d were answered by pages and %d to a program\n",
		len(refs), n, m, guesses, k, l)
	return notStopped(out, "guessing by a program", l, most), err
}

// notStopped adds a finding where more went through than may.
func notStopped(out []string, what string, n, most int) []string {
	if n > most {
		out = append(out, fmt.Sprintf("not stopped: %s, %d times", what, n))
	}
	return out
}

// guess asks for references that nobody has, and returns how often the answer was
// that there is none.
func (r *run) guess(ctx context.Context, address string, more ...string) (int, error) {
	words := make([]string, guesses)
	for i := range words {
		words[i] = forms.NewReference(uint64(i + 1))
	}
	return r.counted(ctx, words, address, append(more, "-mc", strconv.Itoa(http.StatusNotFound))...)
}

// opened asks for referrals and returns how many were shown.
func (r *run) opened(ctx context.Context, refs []string, address string, more ...string) (int, error) {
	return r.counted(ctx, refs, address, append(more, "-mc", strconv.Itoa(http.StatusOK))...)
}

// counted has ffuf ask for each word and returns how many answers it counts.
func (r *run) counted(ctx context.Context, words []string, address string, more ...string) (int, error) {
	found, err := r.ffuf(ctx, address, strings.Join(words, "\n")+"\n", more...)
	return len(found), err
}

// sent has the referrer send so many referrals, of people who do not exist, and
// returns their references.
func (t *target) sent(ctx context.Context, n int) ([]string, error) {
	out := make([]string, n)
	for i := range out {
		answers, _, err := demo.Referral(1, forms.Date(time.Now().Format(time.DateOnly)))
		if err != nil {
			return nil, fmt.Errorf("making a referral: %w", err)
		}
		demo.Invent(i).Fill(answers)
		body, err := forms.Questions.JSON(answers)
		if err != nil {
			return nil, fmt.Errorf("making a referral: %w", err)
		}
		got, err := ask(ctx, nobody(), http.MethodPost, t.plain+"/api/v1/referrals", string(body),
			"Authorization", "Bearer "+t.of("referrer").token, "Content-Type", "application/json", "Idempotency-Key", "attack-"+strconv.Itoa(i))
		if err != nil {
			return nil, err
		}
		var receipt struct{ Reference string }
		if err := json.Unmarshal([]byte(got.body), &receipt); err != nil || receipt.Reference == "" {
			return nil, fmt.Errorf("sending a referral answers %d: %w", got.status, errors.Join(err, fmt.Errorf("%.300s", got.body)))
		}
		out[i] = receipt.Reference
	}
	return out, nil
}
