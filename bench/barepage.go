package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"nysreferral/store"
)

// barePage is what a page of the form is compared with: database/sql alone asks
// for the session and for the draft, commits the line of the log that the page
// commits, and the same bytes are sent. It admits anybody, opens and checks
// nothing, and draws nothing.
type barePage struct {
	db            *store.DB
	session, line insert
	ref           string
	page          []byte
}

const (
	askSession = `SELECT u.name, a.name, s.data FROM sessions s JOIN users u ON u.id = s.user_id JOIN agencies a ON a.id = u.agency_id WHERE s.token_hash = $1`
	askDraft   = `SELECT r.status, r.data_key, v.sealed FROM referrals r JOIN answers v ON v.referral_id = r.id WHERE r.ref = $1 ORDER BY v.version DESC LIMIT 1`
)

// newBarePage has b open the page at path of the draft ref once, and repeats it.
func (r *run) newBarePage(b *browser, ref, path string) (*barePage, error) {
	p := &barePage{db: b.s.DB, ref: ref}
	var last int64
	if err := p.db.SQL().QueryRowContext(r.ctx, `SELECT max(id) FROM audit_entries`).Scan(&last); err != nil {
		return nil, fmt.Errorf("looking at the log: %w", err)
	}
	got, err := b.want(http.StatusOK, http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	p.page = got.body
	lines, err := written(r.ctx, p.db, "audit_entries", last)
	if err != nil {
		return nil, err
	}
	sessions, err := written(r.ctx, p.db, "sessions", 0)
	if err != nil {
		return nil, err
	}
	if len(lines) != 1 || len(lines[0].rows) != 1 || len(sessions) != 1 {
		return nil, errors.New("a page wrote another number of lines than one")
	}
	p.line, p.session = lines[0], sessions[0]
	p.line.write()
	return p, nil
}

// hash is that of the session's token.
func (p *barePage) hash() any {
	for i, c := range p.session.columns {
		if c == "token_hash" {
			return p.session.rows[0][i]
		}
	}
	return nil
}

// ServeHTTP answers with the page.
func (p *barePage) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	if err := p.work(q.Context()); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(p.page)
}

func (p *barePage) work(ctx context.Context) error {
	var one, two, three sql.RawBytes
	for _, ask := range []struct {
		text string
		by   any
	}{{askSession, p.hash()}, {askDraft, p.ref}} {
		rows, err := p.db.SQL().QueryContext(ctx, ask.text, ask.by)
		if err != nil {
			return err
		}
		if !rows.Next() {
			return errors.Join(errors.New("nothing is found"), rows.Err(), rows.Close())
		}
		if err := errors.Join(rows.Scan(&one, &two, &three), rows.Close()); err != nil {
			return err
		}
	}
	_, err := p.db.SQL().ExecContext(ctx, p.line.text, p.line.rows[0]...)
	return err
}

// times asks for the page calls times, without a network.
func (p *barePage) times(r *run) ([]time.Duration, error) {
	took := make([]time.Duration, r.calls)
	for i := range took {
		q, w := httptest.NewRequestWithContext(r.ctx, http.MethodGet, "/", http.NoBody), httptest.NewRecorder()
		began := time.Now()
		p.ServeHTTP(w, q)
		took[i] = time.Since(began)
		if w.Code != http.StatusOK {
			return nil, fmt.Errorf("the bare page is answered %d: %s", w.Code, w.Body)
		}
	}
	return took, nil
}
