package api_test

import (
	"slices"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/forms"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// Whatever a program reads, the log has one line of it, which names what was
// shown; a packet that is asked for by the kind of its recipient is no more than
// one.
func TestOneLineACall(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		receipt, err := h.Send(t.Context(), 3)
		if err != nil {
			t.Fatal(err)
		}
		ref := receipt.Reference
		steps := append(slices.Clone(demo.ToDecision), demo.Confirm, demo.Step{Who: "program", Do: workflow.Send, N: 1}, demo.Step{Who: "ldss_erie", Do: workflow.Accept, N: 1})
		if _, err := h.Take(t.Context(), ref, steps...); err != nil {
			t.Fatal(err)
		}
		for _, call := range []struct {
			key, path string
			refused   bool
		}{
			{"program", "/referrals/" + ref + "/packet?for=ldss", false}, {"program", "/referrals/" + ref + "/packet?for=1", false},
			{"program", "/referrals/" + ref + "/packet?for=rhtp", true}, {"ldss_erie", "/referrals/" + ref + "/packet?for=rhtp", true},
			{"ldss_erie", "/referrals/" + ref + "/packet?for=ldss", false}, {"ldss_erie", "/referrals/" + ref + "/packet", false},
			{"trooper", "/referrals/" + ref + "/packet?for=ldss", true},
			{"program", "/referrals/" + ref, false}, {"program", "/referrals", false}, {"ldss_erie", "/tasks", false}, {"ldss_erie", "/letters", false},
		} {
			before := db.Read().AuditEntry.Query().Order(ent.Desc(auditentry.FieldID)).FirstIDX(t.Context())
			got := h.ask(call.key, "GET", call.path, nil)
			lines := db.Read().AuditEntry.Query().Where(auditentry.IDGT(before)).AllX(t.Context())
			if (got.status == 404) != call.refused || got.status != 200 && got.status != 404 {
				t.Errorf("%s %s: %d", call.key, strings.ReplaceAll(call.path, ref, "…"), got.status)
			}
			if len(lines) != 1 || !slices.Contains(lines[0].Refs, ref) {
				t.Errorf("%s %s: %d lines %v", call.key, strings.ReplaceAll(call.path, ref, "…"), len(lines), lines)
			}
		}
	})
}

// A program of OTDA proposes one more hand-over as the pages do: where the record
// offers it, at the number and the revision that the record says. For everybody
// else there is no such call, and without the release it is refused.
func TestProposeByTheAPI(t *testing.T) {
	h := open(t, storetest.SQLite(t))
	receipt, err := h.Send(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	ref := receipt.Reference
	if _, err := h.Take(t.Context(), ref, append(slices.Clone(demo.ToDecision), demo.Confirm)...); err != nil {
		t.Fatal(err)
	}
	var rec struct {
		Rev      int `json:"rev"`
		Proposal *struct {
			N          int                    `json:"n"`
			Action     struct{ Ready bool }   `json:"action"`
			Candidates []struct{ Key string } `json:"candidates"`
		} `json:"proposal"`
		Handovers []struct{ N int } `json:"handovers"`
	}
	h.want(200, "program", "GET", "/referrals/"+ref, nil).into(t, &rec)
	if rec.Proposal == nil || rec.Proposal.N != 2 || !rec.Proposal.Action.Ready || len(rec.Proposal.Candidates) == 0 {
		t.Fatalf("%+v", rec)
	}
	path := "/referrals/" + ref + "/handovers/2/propose"
	body := map[string]any{"rev": rec.Rev, "contact": rec.Proposal.Candidates[0].Key, "reason": "The district pays for the stay."}
	for _, key := range []string{"reviewer", "detective", "rhtp_harbor", "auditor"} {
		h.want(404, key, "POST", path, body)
	}
	h.want(409, "program", "POST", path, map[string]any{"rev": rec.Rev + 1, "contact": "demo-rhtp-open-door", "reason": "x"})
	h.want(422, "program", "POST", path, map[string]any{"rev": rec.Rev, "contact": "demo-rhtp-open-door"})
	h.want(200, "program", "POST", path, body).into(t, &rec)
	if len(rec.Handovers) != 2 || rec.Proposal.N != 3 {
		t.Errorf("%+v", rec)
	}
	rec.Proposal, rec.Handovers = nil, nil
	h.want(200, "detective", "GET", "/referrals/"+ref, nil).into(t, &rec)
	if len(rec.Handovers) != 1 || rec.Proposal != nil {
		t.Errorf("the referrer reads %+v", rec)
	}
}

// A program that sends a person to a line which does not fit reads what does not,
// each with a code, and is refused at the field until it gives them all.
func TestSendKnowinglyByTheAPI(t *testing.T) {
	h := open(t, storetest.SQLite(t))
	receipt, err := h.Send(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	path := "/referrals/" + receipt.Reference
	choose := demo.Step{Who: "program", Do: workflow.Reroute, N: 1, Deed: func(d *forms.Deed) { d.Contact, d.Reason = "demo-rhtp-hudson-bridge", "Her sister lives there." }}
	if _, err := h.Take(t.Context(), receipt.Reference, append(slices.Clone(demo.ToDecision), demo.Confirm, choose)...); err != nil {
		t.Fatal(err)
	}
	var rec struct {
		Handovers []struct {
			Rev    int
			Status string
			Heed   []struct{ Code, Say string }
		} `json:"handovers"`
	}
	h.want(200, "program", "GET", path, nil).into(t, &rec)
	if got := rec.Handovers[1].Heed; len(got) != 1 || got[0].Code != "another_county" || !strings.Contains(got[0].Say, "It serves Westchester") {
		t.Fatalf("it is warned of %+v", got)
	}
	send, rev := path+"/handovers/2/send", rec.Handovers[1].Rev
	for _, heeded := range [][]string{nil, {"another_kind"}, {"no_such_code"}} {
		got := h.want(422, "program", "POST", send, map[string]any{"rev": rev, "heeded": heeded}).trouble(t)
		if len(got.Problems) != 1 || !strings.HasPrefix(got.Problems[0].Field, "heeded") {
			t.Errorf("with %v it is refused for %+v", heeded, got.Problems)
		}
	}
	h.want(404, "reviewer", "POST", send, map[string]any{"rev": rev, "heeded": []string{"another_county"}})
	h.want(200, "program", "POST", send, map[string]any{"rev": rev, "heeded": []string{"another_county"}}).into(t, &rec)
	if rec.Handovers[1].Status != "sent" {
		t.Errorf("%+v", rec.Handovers[1])
	}
}
