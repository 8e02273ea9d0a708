package handlers

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"nysreferral/audit"
	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/referrals"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// Whatever page somebody opens, the log has at most one line of it, and a page
// that shows referrals has one that names each of them. One on which somebody is
// opened has a mark of who looks, and no other has.
func TestOneLineAPage(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		refs := []string{s.send(3, confirmed(sent)...), s.send(1, confirmed()...), s.send(9, demo.ToDecision[0])}
		provider, police := s.twice()
		refs = append(refs[:2], provider, police)
		last := func() int {
			return db.Read().AuditEntry.Query().Order(ent.Desc(auditentry.FieldID)).FirstIDX(t.Context())
		}
		for _, a := range s.state.Accounts {
			b := s.at(a.Key)
			for _, path := range pathsFor(a.Duty, refs) {
				before := last()
				got := b.get(path)
				if got.status >= 500 {
					t.Errorf("%s: %s answers %d", a.Key, path, got.status)
				}
				lines := db.Read().AuditEntry.Query().Where(auditentry.IDGT(before)).AllX(t.Context())
				if len(lines) > 1 {
					t.Errorf("%s: %s is %d lines", a.Key, path, len(lines))
				}
				if got.status != http.StatusOK || strings.HasPrefix(got.header.Get("Content-Type"), "application/pdf") {
					continue
				}
				shows := len(lines) == 1 && lines[0].Outcome == audit.Done && slices.Contains(opening, lines[0].Action)
				if strings.Contains(got.body, `class="mark"`) != shows {
					t.Errorf("%s: %s shows somebody %t, and has a mark of who looks %t", a.Key, path, shows, !shows)
				}
				for _, ref := range refs {
					if !strings.Contains(got.body, ref) || path == "/log" { // the log shows what it holds
						continue
					}
					if len(lines) != 1 || !slices.Contains(lines[0].Refs, ref) {
						t.Errorf("%s: %s shows %s and the log does not say so: %+v", a.Key, path, ref, lines)
					}
				}
			}
		}
	})
}

// opening are the acts of the log that show somebody, by a page.
var opening = []string{"read", "print", "paper", "foresee", "compare", "read_disclosure", string(workflow.Reveal)}

// pathsFor are all pages that a duty can open, of each of the referrals.
func pathsFor(duty workflow.Duty, refs []string) []string {
	var out []string
	for _, r := range (&server{}).routes() {
		if r.Method != get || r.Duties == nil || !slices.Contains(r.Duties, duty) {
			continue
		}
		paths := []string{r.Path}
		for name, values := range map[string][]string{":ref": refs, ":other": refs, ":n": {"1"}, ":section": {"A", "G"}, ":key": {"demo-ldss-erie-child"}, ":number": {"1"},
			":year": {"2026"}, ":kind": {referrals.PaperPacket, referrals.PaperFile, referrals.PaperReceipt},
			":action": {string(workflow.Note), string(workflow.Withdraw), string(workflow.Reroute), string(workflow.Attempt), string(workflow.Close), string(workflow.Consult)}} {
			var more []string
			for _, path := range paths {
				for _, v := range values {
					more = append(more, strings.ReplaceAll(path, name, v))
				}
				if !strings.Contains(path, name) {
					more = append(more[:len(more)-len(values)], path)
				}
			}
			paths = more
		}
		out = append(out, paths...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
